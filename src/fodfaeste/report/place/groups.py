"""The groups: what each gets beside chance and beside itself alone, its wishes, its envy; small ones together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from fodfaeste.place import Plan
from fodfaeste.place.evaluation.small import POOLED
from fodfaeste.place.fairness import SCORE, Fairness
from fodfaeste.place.no_harm import Harm
from fodfaeste.report.document import Block, Cell, Column, Figure, Points, Table, Text
from fodfaeste.report.place import charts
from fodfaeste.report.place.evaluation import Against
from fodfaeste.report.place.shared import base, column, listing, outcome_name, said, sentence, value
from fodfaeste.report.words import DASH, Words


def tell(plan: Plan, found: Sequence[Fairness], harm: Mapping[Against, Harm], w: Words) -> tuple[Block, ...]:
    """Show each way to group the households."""
    draws = w.count(found[0].random_draws) if found else w.count(0)
    intro = (Text(w("groups.intro", draws=draws)),) if found else ()
    told = [*(point for one in found for point in _points(one, w)), *_below_random(found, w), *_harm(harm, w)]
    blocks = [block for one in found for block in (_chart(plan, one, w), _outcomes(plan, one, w), _more(plan, one, w))]
    return *intro, Points(tuple(told)), *blocks


def point(found: Sequence[Fairness], w: Words) -> str:
    """Say whether any group gets less than by chance."""
    below = [name for one in found for name in _losers(one, w)]
    if not found:
        return ""
    if not below:
        return w("groups.none_below")
    if len(below) == 1:
        return w("groups.below_one", names=below[0])
    return w("groups.below", n=w.count(len(below)), names=listing(below, w))


def _points(found: Fairness, w: Words) -> Iterator[str]:
    if found.groups["value"].n_unique() < 2:
        return
    worst = _clearly_least(found)
    if worst is None:
        yield w("groups.alike", column=_column(found, w))
    else:
        told = {"value": sentence(_value(worst["value"], w)), "gain": value(worst["gain"], w)}
        yield w("groups.worst", column=_column(found, w), **told)


def _below_random(found: Sequence[Fairness], w: Words) -> Iterator[str]:
    if found:
        yield point(found, w)
        yield w("groups.below_random", share=w.percent(found[0].below_random, 0))


def _harm(harm: Mapping[Against, Harm], w: Words) -> Iterator[str]:
    for against, one in harm.items():
        told = {
            "share": w.percent(one.share, 0),
            "households": w.count(one.households),
            "against": w(f"gains.against.{against}"),
            "loss": value(one.mean_loss, w),
        }
        if one.clearly is None:
            yield w("groups.harm_unsure", **told)
        else:
            yield w("groups.harm", **told, clearly=w.percent(one.clearly, 0))


def _clearly_least(found: Fairness) -> dict[str, Any] | None:
    """Give the group that gains least, if its interval lies below that of the group that gains most."""
    scores = found.groups.filter(pl.col("outcome") == SCORE).sort("gain", "value")
    least, most = scores.row(0, named=True), scores.row(-1, named=True)
    apart = least["gain_upper"] is not None and least["gain_upper"] < most["gain_lower"]
    return least if apart else None


def _losers(found: Fairness, w: Words) -> list[str]:
    below = found.groups.filter(pl.col("outcome") == SCORE, pl.col("gain") < 0)
    return [f"{_value(one, w)} ({_column(found, w)})" for one in below["value"]]


def _value(name: str, w: Words) -> str:
    return w("groups.other") if name == POOLED else said("group_value", name, w)


def _column(found: Fairness, w: Words) -> str:
    return said("group", found.group.removeprefix("group_"), w)


def _chart(plan: Plan, found: Fairness, w: Words) -> Figure:
    scores = found.groups.filter(pl.col("outcome") == SCORE)
    rows = [
        {
            "label": sentence(_value(row["value"], w)),
            "gain": row["gain"],
            "lower": row["gain_lower"],
            "upper": row["gain_upper"],
        }
        for row in scores.iter_rows(named=True)
    ]
    least = _clearly_least(found)
    if least is None:
        title = w("groups.alike_chart", n=w.count(scores.height), column=_column(found, w))
    else:
        told = {"value": sentence(_value(least["value"], w)), "gain": value(least["gain"], w)}
        title = w("groups.chart", **told, column=_column(found, w))
    return Figure(
        f"groups_{found.group}",
        title,
        charts.differences(rows, x_title=w("groups.axis")),
        w("groups.alt"),
        base(plan, w),
    )


def _outcomes(plan: Plan, found: Fairness, w: Words) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _value(row["value"], w),
            w("groups.score") if row["outcome"] == SCORE else outcome_name(row["outcome"], w),
            row["households"],
            row["achieved"],
            row["random"],
            row["alone"],
            row["gain"],
            _between(row, w),
            row["below_random"],
        )
        for row in found.groups.iter_rows(named=True)
    )
    heads = (
        Column(w("groups.value")),
        column("outcome", w),
        column("households", w, "count"),
        *(Column(w(f"groups.{name}"), "number", 3) for name in ("achieved", "random", "alone", "gain")),
        Column(w("groups.interval"), "number"),
        Column(w("groups.below_column"), "percent", 0),
    )
    title = w("groups.table", column=_column(found, w))
    return Table(f"outcomes_by_{found.group}", title, heads, rows, base(plan, w), w("groups.note"), long=len(rows) > 15)


def _between(row: dict[str, Any], w: Words) -> str:
    low, high = row["gain_lower"], row["gain_upper"]
    return DASH if low is None else f"{w.number(low, 3)} – {w.number(high, 3)}"


def _more(plan: Plan, found: Fairness, w: Words) -> Table:
    joined = found.wishes.join(found.envy.select("value", envious="share"), on="value", maintain_order="left")
    wished = bool(found.wishes["said"].sum())
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _value(row["value"], w),
            row["households"],
            row["envious"],
            *((row["said"], row["share_first"], row["share_any"]) if wished else ()),
        )
        for row in joined.iter_rows(named=True)
    )
    heads = [
        Column(w("groups.value")),
        column("households", w, "count"),
        Column(w("groups.envious"), "percent", 0),
    ]
    if wished:
        heads += [
            Column(w("groups.said"), "count"),
            Column(w("groups.first"), "percent", 0),
            Column(w("groups.any"), "percent", 0),
        ]
    title = w("groups.more_table", column=_column(found, w))
    name = f"wishes_by_{found.group}"
    return Table(name, title, tuple(heads), rows, base(plan, w), w("groups.more_note"), long=len(rows) > 15)
