"""The own municipality beside similar ones: who is similar, by a stated rule, and what is shown of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from fodfaeste.report.register.shared import kind_name
from fodfaeste.web.insight.findings import reader
from fodfaeste.web.insight.measures import BY_NAME, MEASURES, STAYED, Measure
from fodfaeste.web.insight.models import Figure

SIMILAR = 4
"""So many municipalities are shown beside the own one."""


@dataclass(frozen=True)
class Beside:
    """A municipality in a tile's table: its share in words, or that it is hidden."""

    name: str
    share: str
    interval: str
    of: str
    own: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Tile:
    """A measure of the own municipality, as a tile shows it."""

    measure: Measure
    share: str
    interval: str
    n: int
    events: int
    rows: tuple[Beside, ...]
    place: str
    ratio: str


def similar(own: Figure, published: Iterable[Figure]) -> list[Figure]:
    """Give the municipalities of the same kind that received most nearly as many people, nearest first.

    `own` is the own figure of who stays, `published` those of all municipalities.
    """
    others = [
        one
        for one in published
        if one.measure == STAYED.name and one.code not in ("", own.code) and one.kind == own.kind
    ]
    mine = own.more.get("arrived") or 0

    def near(one: Figure) -> tuple[bool, int, str]:
        arrived = one.more.get("arrived")
        return arrived is None, abs((arrived or 0) - mine), one.name

    return sorted(others, key=near)[:SIMILAR]


def tiles(own: Sequence[Figure], published: Sequence[Figure]) -> list[Tile]:
    """Give the tiles of a municipality's own figures."""
    whole = {one.measure: one for one in own if not one.part and one.measure in BY_NAME}
    stayed = whole.get(STAYED.name)
    near = [one.code for one in similar(stayed, published)] if stayed else []
    at = {(one.measure, one.code): one for one in published}
    kinds = {one.measure: one for one in published if not one.code and stayed and one.kind == stayed.kind}
    return [_tile(whole[one.name], near, at, kinds.get(one.name)) for one in MEASURES if one.name in whole]


def _tile(own: Figure, near: Sequence[str], at: Mapping[tuple[str, str], Figure], kind: Figure | None) -> Tile:
    w = reader()
    rows = [_row(own, name=_("%(name)s (egen)") % {"name": own.name}, own=True)]
    rows += [_row(at[own.measure, code]) for code in near if (own.measure, code) in at]
    if kind is not None:
        rows.append(_row(kind, name=_("Alle af samme slags: %(kind)s") % {"kind": kind_name(kind.kind, w)}))
    compared = at.get((own.measure, own.code))
    shown = rows[0]
    return Tile(
        BY_NAME[own.measure],
        shown.share,
        shown.interval,
        own.n or 0,
        own.events or 0,
        tuple(rows),
        _place(compared),
        _ratio(own),
    )


def _row(one: Figure, *, name: str = "", own: bool = False) -> Beside:
    w, more = reader(), one.more
    label = name or one.name
    if one.n is None or one.events is None:
        return Beside(label, _("skjult"), "", "", own, hidden=True)
    if "rate" not in more:
        return Beside(label, _("ingen"), "", w.count(one.n), own)
    return Beside(label, w.percent(more["rate"], 0), w.interval(more["low"], more["high"], 0), w.count(one.n), own)


def _place(one: Figure | None) -> str:
    """Say where the municipality stands among all in the comparison."""
    if one is None or one.n is None:
        return _("Tallet er skjult i sammenligningen, så der er ingen plads at vise.")
    if "ranks" not in one.more:
        return _("For få kommuner har tal, der kan vises, til at give en plads.")
    best, worst = one.more["ranks"]
    words = _("Plads %(best)s–%(worst)s af %(of)s (95 %%-interval).") % {
        "best": best,
        "worst": worst,
        "of": one.more["of"],
    }
    return f"{_FLAGS[one.more['flag']]()} {words}"


_FLAGS: Mapping[str, Any] = {
    "inside": lambda: _("Inden for tragten: forskellen til gennemsnittet kan være et tilfælde."),
    "outside 95": lambda: _("Uden for tragtens 95 %-grænse."),
    "outside 99.8": lambda: _("Uden for tragtens 99,8 %-grænse."),
}


def _ratio(own: Figure) -> str:
    if own.measure != STAYED.name:
        return ""
    w, more = reader(), own.more
    if not more.get("ratio"):
        return _("Hvor mange der var ventet at flytte efter, hvem de er, kan ikke beregnes: for få er flyttet.")
    return _("Flyttede i forhold til det ventede efter, hvem de er: %(ratio)s (95 %%-interval %(low)s–%(high)s).") % {
        "ratio": w.number(more["ratio"], 2),
        "low": w.number(more["ratio_lower"], 2),
        "high": w.number(more["ratio_upper"], 2),
    }
