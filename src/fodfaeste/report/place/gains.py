"""What the plan gains over others, what of it is optimism, and, where people are invented, what is true."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fodfaeste.place import Plan
from fodfaeste.report.document import Block, Cell, Column, Figure, Points, Table, Text
from fodfaeste.report.place import charts
from fodfaeste.report.place.evaluation import Promise
from fodfaeste.report.place.shared import base, column, listing, outcome_name, sentence, value
from fodfaeste.report.words import Words


def points(promises: Sequence[Promise], w: Words) -> tuple[str, ...]:
    """Say for each outcome what is gained over random placement, or over the first plan compared with."""
    first: dict[str, Promise] = {}
    for one in promises:
        if one.outcome not in first or one.against == "random":
            first[one.outcome] = one
    return tuple(_point(one, w) for one in first.values())


def tell(plan: Plan, promises: Sequence[Promise], w: Words) -> tuple[Block, ...]:
    """Show the gains with the null test beside them."""
    if not promises:
        return (Text(w("gains.none")),)
    told = [*(_told(one, w) for one in promises), *_truths(promises, w)]
    return Text(w("gains.intro")), Points(tuple(told)), *_chart(plan, promises, w), _table(plan, promises, w)


def share(amount: float, w: Words) -> str:
    """Write a relative gain with its sign."""
    return ("+" if amount > 0 else "") + w.percent(amount, 1)


def _point(one: Promise, w: Words) -> str:
    """Say it with its label."""
    return f"{_told(one, w)[:-1]} – {w('label')}."


def _told(one: Promise, w: Words) -> str:
    gain = one.gain
    names = _names(one, w)
    if not math.isfinite(gain.relative):
        limits = {"low": value(gain.lower, w), "high": value(gain.upper, w)}
        return w("gains.absolute", **names, gain=value(gain.gain, w), **limits)
    told = {
        "relative": share(gain.relative, w),
        "low": share(gain.relative_lower, w),
        "high": share(gain.relative_upper, w),
    }
    if one.null is None:
        return w("gains.relative", **names, **told)
    return w("gains.with_null" if one.holds else "gains.nothing", **names, **told, null=share(one.null, w))


def _names(one: Promise, w: Words, *, first: bool = True) -> dict[str, str]:
    name = outcome_name(one.outcome, w)
    return {"name": sentence(name) if first else name, "against": w(f"gains.against.{one.against}")}


def _truths(promises: Sequence[Promise], w: Words) -> list[str]:
    known = [one for one in promises if one.true_share is not None]
    if not known:
        return []
    told = [
        w("gains.truth_of", **_names(one, w, first=False), relative=share(one.true_share or 0.0, w)) for one in known
    ]
    return [w("gains.truth", told=listing(told, w))]


def _chart(plan: Plan, promises: Sequence[Promise], w: Words) -> tuple[Figure, ...]:
    shown = [one for one in promises if math.isfinite(one.gain.relative)]
    if not shown:
        return ()
    rows = [
        {
            "label": sentence(outcome_name(one.outcome, w)),
            "group": w(f"gains.against.{one.against}"),
            "gain": one.gain.relative,
            "lower": one.gain.relative_lower,
            "upper": one.gain.relative_upper,
            "null": one.null,
            "truth": one.true_share,
        }
        for one in shown
    ]
    groups = list(dict.fromkeys(str(row["group"]) for row in rows))
    chart = charts.gains(
        rows, x_title=w("gains.axis"), groups=groups, optimism=w("gains.optimism_mark"), truth=w("gains.truth_mark")
    )
    best = shown[0]
    title = w(
        "gains.chart",
        name=sentence(outcome_name(best.outcome, w)),
        relative=share(best.gain.relative, w),
        against=w(f"gains.against.{best.against}"),
    )
    return (Figure("gains", title, chart, w("gains.alt"), base(plan, w)),)


def _table(plan: Plan, promises: Sequence[Promise], w: Words) -> Table:
    null, truth = (any(getattr(one, name) is not None for one in promises) for name in ("null", "truth"))
    heads = [
        column("outcome", w),
        Column(w("gains.col.against")),
        Column(w("gains.col.baseline"), "number", 1),
        Column(w("gains.col.naive"), "number", 1),
        Column(w("gains.col.gain"), "number", 1),
        Column(w("gains.col.interval"), "number"),
        Column(w("gains.col.relative"), "percent", 1),
        *([Column(w("gains.col.null"), "percent", 1)] if null else []),
        *(
            [Column(w("gains.col.truth"), "number", 1), Column(w("gains.col.truth_share"), "percent", 1)]
            if truth
            else []
        ),
    ]
    rows = tuple(_row(one, w, null=null, truth=truth) for one in promises)
    note = f"{w('gains.note')} {w('gains.note_truth')}" if truth else w("gains.note")
    return Table("gains_table", w("gains.table"), tuple(heads), rows, base(plan, w), note)


def _row(one: Promise, w: Words, *, null: bool, truth: bool) -> tuple[Cell, ...]:
    gain = one.gain
    cells: list[Cell] = [
        outcome_name(one.outcome, w),
        w(f"gains.against.{one.against}"),
        gain.baseline_value,
        gain.naive,
        gain.gain,
        f"{w.number(gain.lower)} – {w.number(gain.upper)}",
        gain.relative if math.isfinite(gain.relative) else None,
    ]
    cells += [one.null] if null else []
    return (*cells, *((one.truth, one.true_share) if truth else ()))
