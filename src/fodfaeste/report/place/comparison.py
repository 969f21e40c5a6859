"""Two plans compared in words: outcomes, who is elsewhere and why, groups, places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from fodfaeste.place.compare import Comparison
from fodfaeste.report.document import Block, Cell, Column, Document, Points, Section, Table, Text
from fodfaeste.report.place.shared import column, outcome_name, said
from fodfaeste.report.place.shared import words as words_of
from fodfaeste.report.words import DASH, Lang, Words, texts

SHOWN = 100
"""Households that are listed."""

SCORE, POOLED = "score", "other"


def comparison_document(compared: Comparison, lang: Lang) -> Document:
    """Word a comparison; plan A is the first and plan B the second.

    Parameters
    ----------
    compared : Comparison
        From `fodfaeste.place.compare`.
    lang : {"da", "en"}

    Returns
    -------
    Document
    """
    w = words_of(lang)
    changes, differ = compared.changes, compared.problem_differences
    sections = (
        _section("outcomes", w, _outcomes(compared, w), *_wishes(compared, w)),
        _section("changes", w, *((_why(compared, w), _changes(compared, w)) if changes.height else _none(w))),
        *([_section("groups", w, _groups(compared, w))] if compared.groups.height else []),
        _section("places", w, _places(compared, w)),
        *([_section("differ", w, _differences(compared, w))] if differ.height else []),
        _section("limits", w, Points(tuple(_limits(compared, w)))),
    )
    counts = {"gain": compared.gain, "lose": compared.lose, "same": compared.same}
    return Document(
        lang,
        w("compare.title", changed=w.count(changes.height)),
        w("compare.subtitle", **{name: w.count(n) for name, n in counts.items()}),
        sections,
    )


def _section(name: str, w: Words, *blocks: Block) -> Section:
    return Section(name, w(f"compare.{name}"), blocks)


def _none(w: Words) -> tuple[Block, ...]:
    return (Text(w("compare.none")),)


def _base(compared: Comparison, w: Words) -> str:
    return w("compare.base", households=w.count(compared.gain + compared.lose + compared.same))


def _name(outcome: str, w: Words) -> str:
    return w("compare.score") if outcome == SCORE else outcome_name(outcome, w)


def _between(row: dict[str, Any], w: Words, decimals: int = 2) -> str:
    low, high = row["lower"], row["upper"]
    return DASH if low is None else f"{w.number(low, decimals)} – {w.number(high, decimals)}"


def _outcomes(compared: Comparison, w: Words) -> Table:
    rows = tuple(
        (_name(row["outcome"], w), row["a"], row["b"], row["difference"], _between(row, w))
        for row in compared.outcomes.iter_rows(named=True)
    )
    heads = (
        column("outcome", w),
        *(Column(w(f"compare.{name}"), "number", 2) for name in ("a", "b", "difference")),
        Column(w("compare.interval"), "number"),
    )
    return Table("outcomes", w("compare.outcomes"), heads, rows, _base(compared, w))


def _wishes(compared: Comparison, w: Words) -> tuple[Text, ...]:
    a, b = compared.wishes.to_dicts()
    if not b["said"]:
        return ()
    told = {"first_a": a["first"], "first_b": b["first"], "any_a": a["any"], "any_b": b["any"], "said": b["said"]}
    return (Text(w("compare.wishes", **{name: w.count(n) for name, n in told.items()})),)


def _why(compared: Comparison, w: Words) -> Points:
    counted = compared.changes.group_by("why").len().sort("len", "why", descending=[True, False])
    told = [
        w("compare.counted_one", why=w(f"compare.reason.{why}"))
        if n == 1
        else w("compare.counted", n=w.count(n), why=w(f"compare.reason.{why}"))
        for why, n in counted.iter_rows()
    ]
    return Points(tuple(told))


def _changes(compared: Comparison, w: Words) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row["household"],
            row["persons"],
            row["from_place"] or DASH,
            row["to_place"] or DASH,
            w(f"compare.reason.{row['why']}"),
            row["difference"],
            _between(row, w),
            None if row["clear"] is None else w("compare.yes" if row["clear"] else "compare.no"),
        )
        for row in compared.changes.head(SHOWN).iter_rows(named=True)
    )
    heads = (
        column("household", w),
        column("persons", w, "count"),
        Column(w("compare.from_place")),
        Column(w("compare.to_place")),
        Column(w("compare.why")),
        Column(w("compare.difference"), "number", 2),
        Column(w("compare.interval"), "number"),
        Column(w("compare.clear")),
    )
    many = compared.changes.height
    note = w("near_ties.capped", shown=w.count(SHOWN), n=w.count(many)) if many > SHOWN else ""
    return Table("changes", w("compare.changes"), heads, rows, _base(compared, w), note, long=many > 25)


def _groups(compared: Comparison, w: Words) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"{row['group']}: {w('compare.other') if row['value'] == POOLED else row['value']}",
            _name(row["outcome"], w),
            row["households"],
            row["a"],
            row["b"],
            row["difference"],
            _between(row, w),
            row["gain"],
            row["lose"],
        )
        for row in compared.groups.iter_rows(named=True)
    )
    heads = (
        Column(w("compare.group")),
        column("outcome", w),
        column("households", w, "count"),
        *(Column(w(f"compare.{name}"), "number", 3) for name in ("a", "b", "difference")),
        Column(w("compare.interval"), "number"),
        Column(w("compare.gain"), "count"),
        Column(w("compare.lose"), "count"),
    )
    return Table("groups", w("compare.groups"), heads, rows, _base(compared, w))


def _places(compared: Comparison, w: Words) -> Table:
    """List the places where anything differs."""
    differs = pl.col("persons_a").ne_missing(pl.col("persons_b"))
    rows = tuple(
        (row["place"], row["persons_a"], row["persons_b"])
        for row in compared.places.filter(differs).head(SHOWN).iter_rows(named=True)
    )
    heads = column("place", w), *(Column(w(f"compare.{name}"), "count") for name in ("persons_a", "persons_b"))
    return Table("places", w("compare.places"), heads, rows, _base(compared, w))


def _differences(compared: Comparison, w: Words) -> Table:
    rows = tuple(
        (said("compare.what", row["what"], w), row["name"] or DASH, row["a"] or DASH, row["b"] or DASH)
        for row in compared.problem_differences.head(SHOWN).iter_rows(named=True)
    )
    heads = column("what", w), Column(w("compare.name")), Column(w("compare.a")), Column(w("compare.b"))
    return Table("differences", w("compare.differ"), heads, rows, _base(compared, w))


def _limits(compared: Comparison, w: Words) -> Iterator[str]:
    for note in compared.notes:
        key = f"compare.note.{note.code}"
        yield w(key) if key in texts(w.catalogue) else note.text
