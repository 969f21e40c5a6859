"""The reasons of one proposal in words: for the officer with every figure, and as sheets for household and receiver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import polars as pl

from fodfaeste.place.explain import Explanation
from fodfaeste.report.document import Block, Cell, Column, Document, Points, Section, Table, Text
from fodfaeste.report.place.shared import dimension_name, listing, outcome_name, said, sentence, value, words
from fodfaeste.report.words import Lang, Words, placeholders, texts

Reader = Literal["officer", "household", "municipality"]

MOVERS = 3
"""Households that would make way and are named."""

NONE = 5e-5
"""A change that would be written as 0."""

CAUTION, PRICE = "caution", "price"


def explanation_document(explained: Explanation, lang: Lang, reader: Reader = "officer") -> Document:
    """Word an explanation.

    Parameters
    ----------
    explained : Explanation
        From `fodfaeste.place.explain`.
    lang : {"da", "en"}
    reader : {"officer", "household", "municipality"}
        Who reads it: the officer gets every figure; the household why, how much choice there is, how sure it is and how
        to object; the municipality why, and what to say before it is decided.

    Returns
    -------
    Document
    """
    w = words(lang)
    if reader == "household":
        return _household(explained, w)
    if reader == "municipality":
        return _municipality(explained, w)
    return _officer(explained, w)


def _officer(explained: Explanation, w: Words) -> Document:
    sections = (
        _section("why", w, Points(tuple(_why(explained, w)))),
        _section("options", w, _options(explained, w)),
        _section("terms", w, _terms(explained, w)),
        _section("change", w, Points(tuple(_changes(explained, w)))),
        _section("limits", w, Points(tuple(_limits(explained, w)))),
    )
    kept = tuple(section for section in sections if not _empty(section))
    return Document(w.lang, _title(explained, w), _subtitle(explained, w), kept)


def _title(explained: Explanation, w: Words) -> str:
    if explained.place is None:
        return w("explain.title_none", household=explained.household)
    return w("explain.title", household=explained.household, place=explained.place)


def _subtitle(explained: Explanation, w: Words) -> str:
    one = explained.persons == 1
    return w("explain.subtitle_one") if one else w("explain.subtitle", persons=w.count(explained.persons))


def _section(name: str, w: Words, *blocks: Block) -> Section:
    return Section(name, w(f"explain.{name}"), blocks)


def _empty(section: Section) -> bool:
    return all(
        not block.items if isinstance(block, Points) else isinstance(block, Table) and not block.rows
        for block in section.blocks
    )


def _why(explained: Explanation, w: Words) -> Iterator[str]:
    yield decision(explained, w)
    if len(explained.together) > 1:
        yield w("explain.together", others=listing(explained.together[1:], w))
    yield from _equal(explained, w)
    for row in _others(explained).filter(pl.col("needed_by") > 0).iter_rows(named=True):
        if row["needed_by"] == 1:
            yield w("explain.needed_by_one", place=row["place"])
        else:
            yield w("explain.needed_by", place=row["place"], n=w.count(row["needed_by"]))
    yield from _wish(explained, w)


def decision(explained: Explanation, w: Words) -> str:
    """Say in a sentence what decided."""
    if explained.decided_by == "price":
        return _decided_by_price(explained, w)
    return _decided("explain", explained, w)


def _decided(prefix: str, explained: Explanation, w: Words) -> str:
    key = f"{prefix}.decided.{explained.decided_by}"
    known = {"reason": said("reason", explained.reason, w), "place": explained.place}
    return w(key, **{name: known[name] for name in placeholders(texts(w.catalogue)[key]["en"])})


def _decided_by_price(explained: Explanation, w: Words) -> str:
    others = _others(explained).sort("score", descending=True)
    more = float(others["score"][0]) - float(_chosen(explained)["score"]) if others.height else 0.0
    if more <= 0:
        return w("explain.decided.price_far", place=explained.place)
    return w("explain.decided.price", place=explained.place, best=others["place"][0], more=value(more, w))


def _chosen(explained: Explanation) -> dict[str, Any]:
    return explained.options.filter("chosen").row(0, named=True)


def _others(explained: Explanation) -> pl.DataFrame:
    return explained.options.filter(~pl.col("chosen"))


def _equal(explained: Explanation, w: Words) -> Iterator[str]:
    if explained.equal:
        key = "explain.equal_one" if len(explained.equal) == 1 else "explain.equal"
        yield w(key, places=listing(explained.equal, w))


def _wish(explained: Explanation, w: Words) -> Iterator[str]:
    if not explained.wishes_known:
        yield w("explain.wish_unknown")
    elif explained.place is not None:
        rank = _chosen(explained)["wish"]
        yield w("explain.wish_first", rank=rank) if rank else w("explain.wish_other")


def _options(explained: Explanation, w: Words) -> Table:
    heads = [
        Column(w("col.place")),
        Column(w("col.value")),
        Column(w("explain.price"), "number", 3),
        Column(w("explain.net"), "number", 3),
        Column(w("explain.behind")),
        Column(w("explain.equal_column")),
    ]
    heads += [Column(w("col.wish"), "count")] if explained.wishes_known else []
    outcomes = explained.forecasts["outcome"].unique(maintain_order=True).to_list()
    heads += [Column(sentence(outcome_name(name, w))) for name in outcomes]
    rows = tuple(_option(row, explained, outcomes, w) for row in explained.options.iter_rows(named=True))
    return Table("options", w("explain.options"), tuple(heads), rows, _base(explained, w), w("explain.options_note"))


def _option(row: dict[str, Any], explained: Explanation, outcomes: list[str], w: Words) -> tuple[Cell, ...]:
    behind = None if row["chosen"] else _between(row["behind"], row["behind_lower"], row["behind_upper"], w)
    half = None if row["score_sd"] is None else 1.96 * row["score_sd"]
    cells: list[Cell] = [
        row["place"],
        value(row["score"], w)
        if half is None
        else w("explain.score", score=value(row["score"], w), half=value(half, w)),
        row["price"],
        row["net"],
        behind,
        w("explain.yes") if row["equal"] else None,
    ]
    cells += [row["wish"] or None] if explained.wishes_known else []
    there = explained.forecasts.filter(pl.col("place") == row["place"])
    for name in outcomes:
        one = there.filter(pl.col("outcome") == name).row(0, named=True)
        cells.append(_between(one["forecast"], one["lower"], one["upper"], w))
    return tuple(cells)


def _between(amount: float, low: float | None, high: float | None, w: Words) -> str:
    shown = value(amount, w)
    return shown if low is None or high is None else f"{shown} ({value(low, w)} – {value(high, w)})"


def _base(explained: Explanation, w: Words) -> str:
    return w("explain.base", persons=w.count(explained.persons), places=explained.options.height)


def _terms(explained: Explanation, w: Words) -> Table:
    """Put the terms of the places side by side, the largest of the proposed place first."""
    places = explained.options["place"].to_list()
    amounts = {(row["term"], row["dimension"], row["place"]): row["amount"] for row in explained.terms.to_dicts()}
    names = dict.fromkeys((term, dimension) for term, dimension, _ in amounts)
    shown = sorted(names, key=lambda name: -abs(amounts.get((*name, places[0]), 0.0)) if places else 0.0)
    rows = tuple(
        (_term(term, dimension, w), *(amounts.get((term, dimension, place)) for place in places))
        for term, dimension in shown
    )
    heads = (Column(w("explain.term")), *(Column(place, "number", 3) for place in places))
    return Table("terms", w("explain.terms"), heads, rows, _base(explained, w), w("explain.terms_note"))


def _term(term: str, dimension: str | None, w: Words) -> str:
    if term == CAUTION:
        return w("explain.caution_term")
    if term == PRICE:
        return w("explain.price_of", dimension=dimension_name(dimension, w)) if dimension else w("explain.price_term")
    return outcome_name(term, w)


def _changes(explained: Explanation, w: Words) -> Iterator[str]:
    """Say the smallest change of each kind, what the next best costs the plan, and who would have to move for it."""
    yield from flips(explained, w) or [w("explain.no_flip")]
    for row in _others(explained).head(1).iter_rows(named=True):
        yield from _costs(row, w)
        yield from _moves(explained, row["place"], w)


def flips(
    explained: Explanation, w: Words, kinds: Sequence[str] = (), most: Mapping[str, float] | None = None
) -> list[str]:
    """Say the smallest change of each kind, or of some, that would lead to another place.

    Parameters
    ----------
    explained : Explanation
    w : Words
    kinds : sequence of str, optional
        Kinds of `Explanation.flips` that are told, in their order; all without it.
    most : mapping of outcome to amount, optional
        The outcomes that are told of, with the most that each can be for the household and those it goes with: a rise
        beyond that is no way to get there, and is left out.
    """
    rows = list(explained.flips.iter_rows(named=True))
    can = [one for one in rows if one["kind"] != "outcome" or most is None or _can_rise(explained, one, most)]
    told = []
    for kind in kinds or dict.fromkeys(one["kind"] for one in can):
        of_kind = [one for one in can if one["kind"] == kind]
        if of_kind:
            alike = [one for one in of_kind if _is_alike(one, of_kind[0])]
            told.append(_flip(of_kind[0], alike, explained, w))
    return [one for one in told if one]


def _can_rise(explained: Explanation, row: Mapping[str, Any], most: Mapping[str, float]) -> bool:
    """Say whether an outcome can be as much higher at a place as is needed."""
    rise = row["enough"] if _told(row["needed"]) is None else row["needed"]
    if row["name"] not in most or rise is None:
        return False
    terms = explained.terms.filter((pl.col("place") == row["place"]) & (pl.col("term") == row["name"]))
    weights = explained.forecasts.filter(pl.col("outcome") == row["name"])["weight"]
    now = float(terms["amount"].sum()) / float(weights[0])
    return bool(now + rise <= most[row["name"]])


def _is_alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[name] == other[name] for name in ("kind", "place", "needed", "enough"))


def _flip(row: Mapping[str, Any], alike: Sequence[Mapping[str, Any]], explained: Explanation, w: Words) -> str:
    place, needed, enough = row["place"], row["needed"], row["enough"]
    least = _told(needed)
    match row["kind"]:
        case "score" if least is not None or enough is not None:
            return _of_all(row, explained, w)
        case "outcome" if least is not None or enough is not None:
            name = listing([outcome_name(one["name"], w) for one in alike], w, "or")
            if least is None:
                return w("explain.flip.outcome_enough", place=place, name=name, enough=value(enough, w))
            return w("explain.flip.outcome", place=place, name=name, needed=value(least, w))
        case "wish":
            return w("explain.flip.wish" if enough is None else "explain.flip.wish_enough", place=place)
        case "weight":
            name = outcome_name(row["name"], w)
            return w("explain.flip.weight", place=place, name=name, needed=value(needed, w))
        case "capacity" if row["name"] is None:
            return w("explain.flip.size", place=place)
        case "capacity" if enough is not None:
            name = dimension_name(row["name"], w)
            return w("explain.flip.capacity_enough", place=place, name=name, enough=w.count(enough))
        case "capacity":
            return w("explain.flip.capacity", place=place, name=dimension_name(row["name"], w))
        case "allow":
            return w("explain.flip.allow", place=place)
        case "unlock" | "untie":
            return w(f"explain.flip.{row['kind']}")
    return ""


def _told(needed: float | None) -> float | None:
    """Leave out a least change that is none: then nothing is known of how little would do."""
    return needed if needed is not None and needed >= NONE else None


def _of_all(row: Mapping[str, Any], explained: Explanation, w: Words) -> str:
    """Say the rise of all that a place counts for, and what is added up in it."""
    needed, enough = _told(row["needed"]), row["enough"]
    counted = explained.terms.filter(~pl.col("term").is_in([PRICE, CAUTION]))["term"].unique(maintain_order=True)
    told: dict[str, object] = {"place": row["place"], "parts": listing([outcome_name(one, w) for one in counted], w)}
    if needed is None:
        return w("explain.flip.score_enough", **told, enough=value(enough, w))
    if enough is None:
        return w("explain.flip.score_needed", **told, needed=value(needed, w))
    return w("explain.flip.score", **told, needed=value(needed, w), enough=value(enough, w))


def _costs(row: dict[str, Any], w: Words) -> Iterator[str]:
    least, most = row["cost_at_least"], row["cost_at_most"]
    if most is None:
        return
    if least is None:
        yield w("explain.costs_most", place=row["place"], most=value(most, w))
    else:
        yield w("explain.costs", place=row["place"], least=value(least, w), most=value(most, w))


def _moves(explained: Explanation, place: str, w: Words) -> Iterator[str]:
    moved = explained.displaced.filter(pl.col("place") == place)
    if moved.is_empty():
        return
    who = [
        w("explain.mover", household=row["household"], to=row["to_place"] or w("explain.nowhere"))
        for row in moved.head(MOVERS).iter_rows(named=True)
    ]
    named = listing([*who, *(["…"] if moved.height > MOVERS else [])], w)
    if moved.height == 1:
        yield w("explain.moves_one", place=place, who=named)
    else:
        yield w("explain.moves", place=place, n=w.count(moved.height), who=named)


def _limits(explained: Explanation, w: Words) -> Iterator[str]:
    for row in explained.ruled_out.iter_rows(named=True):
        why = w(f"explain.{row['why']}")
        yield w("explain.ruled_out", place=row["place"], score=value(row["score"], w), why=why)
    for note in explained.notes:
        yield w(f"explain.note.{note.code}") if f"explain.note.{note.code}" in texts(w.catalogue) else note.text


def _household(explained: Explanation, w: Words) -> Document:
    placed = explained.place is not None
    title = w("sheet.household_title", place=explained.place) if placed else w("sheet.household_title_none")
    wish = _chosen(explained)["wish"] if placed else None
    if not explained.wishes_known:
        wishes = w("sheet.wish_unknown")
    else:
        wishes = w("sheet.wish_met", rank=wish) if wish else w("sheet.wish_not_met")
    sections = (
        Section("why", w("explain.why"), (Text(_decided("sheet", explained, w)),)),
        Section("choice", w("sheet.choice"), (Text(" ".join(_choice(explained, w))),)),
        Section("wishes", w("sheet.wishes"), (Text(wishes),)),
        Section("sure", w("sheet.sure"), (Text(f"{w('sheet.sure_text')} {w('sheet.not_used')}"),)),
        Section("object", w("sheet.object"), (Text(w("sheet.object_text")),)),
    )
    return Document(w.lang, title, w("sheet.household_subtitle", household=explained.household), sections)


def _choice(explained: Explanation, w: Words) -> Iterator[str]:
    if explained.decided_by == "only_place":
        yield w("sheet.choice_one")
        return
    yield w("sheet.choice_open", places=explained.options.height)
    if explained.equal:
        yield w("sheet.choice_equal", places=listing(explained.equal, w))


def _municipality(explained: Explanation, w: Words) -> Document:
    named = {"household": explained.household, "place": explained.place or w("explain.nowhere")}
    sections = (
        Section("why", w("explain.why"), (Text(decision(explained, w)), *_receiver(explained, w))),
        Section("sure", w("sheet.sure"), (Text(f"{w('sheet.sure_text')} {w('sheet.not_used')}"),)),
    )
    subtitle = w("sheet.municipality_subtitle", persons=w.count(explained.persons))
    return Document(w.lang, w("sheet.municipality_title", **named), subtitle, sections)


def _receiver(explained: Explanation, w: Words) -> tuple[Block, ...]:
    facts = w("sheet.receiver_facts", persons=w.count(explained.persons))
    return (Text(f"{facts} {w('sheet.receiver_say')}"),)
