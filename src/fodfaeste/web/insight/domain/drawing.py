"""Charts of an edition, drawn once in both languages: a page only shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils import translation
from django.utils.translation import gettext as _

from fodfaeste import measure
from fodfaeste.data.municipalities import KINDS as MUNICIPALITY_KINDS
from fodfaeste.measure.funnel import FunnelResult
from fodfaeste.report import charts
from fodfaeste.report.charts import Line
from fodfaeste.report.document import Chart, Figure
from fodfaeste.report.register.publication import INTERVALS
from fodfaeste.report.register.shared import kind_name
from fodfaeste.report.register.tables import RegisterTables
from fodfaeste.report.render import FONT, svg
from fodfaeste.report.words import Lang, Words
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.insight.measures import LEVEL, RELEASE, STAYED
from fodfaeste.web.insight.models import Edition, Picture

Row = Mapping[str, Any]
LANGUAGES: tuple[Lang, ...] = ("da", "en")
CURVE, FUNNEL, KINDS = "kurve", "tragt", "slags"
LAST = 60
FEWEST = 3
"""Of fewer municipalities with figures that can be shown, a funnel tells nothing."""
MONTHS = (6, 12, 24, RELEASE, 48, LAST)
_BEGINNING: Row = {"time": 0, "rate": 0.0, "lower": 0.0, "upper": 0.0}
CAUSES: Mapping[str | int, str] = {"moved": "moved", "emigrated": "emigrated", "dead": "dead"}


@dataclass(frozen=True)
class Kind:
    """A kind of municipality, and who of its people had moved by when, as published; empty where that is hidden."""

    name: str
    moved: Sequence[Row] = ()


def own(edition: Edition, office: Organisation, tables: RegisterTables, unit: str, kind: Kind) -> Iterator[Picture]:
    """Draw a municipality's own chart: who has moved, month by month after arrival, beside all of the same kind."""
    curve = moved_curve(tables, unit)
    if not curve:
        return
    for lang in LANGUAGES:
        with translation.override(lang):
            w = Words(lang, "register")
            picture = _picture(edition, CURVE, lang, _curve(curve, unit, kind, w), _finding(curve, kind, w))
            picture.organisation = office
            picture.rows = [_beside(row, kind, w) for row in _at(curve)]
            yield picture


def kinds(edition: Edition, moved: Mapping[str, Sequence[Row]]) -> Iterator[Picture]:
    """Draw who has moved by when for each kind of municipality; `rows` are kept with their figures, for own charts."""
    if not moved:
        return
    ordered = sorted(
        moved, key=lambda kind: (MUNICIPALITY_KINDS.index(kind) if kind in MUNICIPALITY_KINDS else 9, kind)
    )
    for lang in LANGUAGES:
        with translation.override(lang):
            w = Words(lang, "register")
            told = [{**row, "group": kind_name(kind, w)} for kind in ordered for row in (_BEGINNING, *moved[kind])]
            chart = _lines(told, [kind_name(kind, w) for kind in ordered])
            title = _("Hvornår der flyttes, efter slags kommune")
            picture = _picture(edition, KINDS, lang, chart, title)
            picture.rows = [
                {**row, "kind": kind, "name": kind_name(kind, w), **_told(row, w)}
                for kind in ordered
                for row in moved[kind]
            ]
            yield picture


def everybody(edition: Edition, shown: pl.DataFrame) -> Iterator[Picture]:
    """Draw all municipalities together: who stays, inside the limits that chance alone would set."""
    counted = shown.filter(pl.col("measure") == STAYED.name).drop_nulls(["unit", "n", "events"])
    counted = counted.filter(pl.col("n") > 0).sort("unit")
    if counted.height < FEWEST or counted["events"].sum() in (0, counted["n"].sum()):
        return
    funnel = measure.funnel(counted, "events", "n", "unit", good="high", adjust="none")
    outside = funnel.table.filter(pl.col("flag") != "inside").height
    for lang in LANGUAGES:
        with translation.override(lang):
            title = _("%(outside)s af %(of)s kommuner ligger uden for det, tilfældet alene kan give") % {
                "outside": outside,
                "of": counted.height,
            }
            yield _picture(edition, FUNNEL, lang, _funnel(funnel), title)


def moved_curve(tables: RegisterTables, unit: str) -> Sequence[Row]:
    """Give the share moved away by month with its interval, from all arrivals; nothing where nobody is watched."""
    moves = tables.moves_by("unit").filter(pl.col("unit") == unit)
    if moves.height == 0:
        return []
    found = measure.cif(
        moves, "months", "event", by="unit", causes=CAUSES, times=(RELEASE,), level=LEVEL, count="persons"
    )
    rows = found.curve.filter(pl.col("cause") == "moved", pl.col("unit") == unit, pl.col("time") <= LAST)
    kept = rows.drop_nulls("rate").select("time", "rate", "lower", "upper").sort("time")
    later: list[Row] = [{**row} for row in kept.iter_rows(named=True) if row["time"] > 0]
    curve: list[Row] = [_BEGINNING, *later]
    return curve if later else []


def _at(rows: Sequence[Row]) -> list[Row]:
    """Give the curve at whole half-years, as far as it goes."""
    reached = [month for month in MONTHS if month <= rows[-1]["time"]]
    found: list[Row] = [{**[row for row in rows if row["time"] <= month][-1], "time": month} for month in reached]
    return found or [rows[-1]]


def _told(row: Row, w: Words) -> dict[str, str]:
    interval = "" if row["lower"] is None or not row["time"] else w.interval(row["lower"], row["upper"], 0)
    return {"month": w.count(row["time"]), "share": w.percent(row["rate"], 0), "interval": interval}


def _beside(row: Row, kind: Kind, w: Words) -> dict[str, str]:
    """Say a row of the own curve, and what all of the kind have come to in the same month."""
    there = next((one for one in kind.moved if one["time"] == row["time"]), None)
    told = _told(there, w) if there else {"share": "", "interval": ""}
    return {**_told(row, w), "kind_share": told["share"], "kind_interval": told["interval"]}


def _finding(rows: Sequence[Row], kind: Kind, w: Words) -> str:
    both = [row for row in _at(rows) if any(one["time"] == row["time"] for one in kind.moved)]
    told = _beside((both or _at(rows))[-1], kind, w)
    if not told["interval"]:
        return _("Efter %(month)s måneder er %(share)s flyttet.") % told
    if not told["kind_share"]:
        return _("Efter %(month)s måneder er %(share)s flyttet (95 %%-interval %(interval)s).") % told
    return (
        _(
            "Efter %(month)s måneder er %(share)s flyttet (%(interval)s), mod %(kind_share)s (%(kind_interval)s) "
            "i alle af samme slags."
        )
        % told
    )


def _curve(rows: Sequence[Row], unit: str, kind: Kind, w: Words) -> Chart:
    last = rows[-1]["time"]
    told = [{**row, "group": unit} for row in rows]
    if not kind.moved:
        return _lines(told, [unit])
    name = _("alle af samme slags: %(kind)s") % {"kind": kind_name(kind.name, w)}
    shown = [row for row in (_BEGINNING, *kind.moved) if row["time"] <= max(last, INTERVALS[0])]
    return _lines([*told, *({**row, "group": name} for row in shown)], [unit, name])


def _lines(rows: Sequence[Row], groups: Sequence[str]) -> Chart:
    mark = Line(RELEASE, _("måned %(month)s") % {"month": RELEASE})
    return charts.curves(
        rows,
        x_title=_("Måneder efter ankomst"),
        y_title=_("Andel flyttet"),
        groups=groups,
        mark=mark,
        step=False,
    )


def _funnel(funnel: FunnelResult) -> Chart:
    flags = {"inside": _("inden for"), "outside 95": _("uden for 95 %"), "outside 99.8": _("uden for 99,8 %")}
    limits = {0.025: _("95 %-grænse"), 0.001: _("99,8 %-grænse")}
    units = [
        {**row, "label": row["unit"], "flag": flags[row["flag"]]}
        for row in funnel.table.select("unit", "n", "rate", "z", "flag").iter_rows(named=True)
    ]
    lines = [
        {**row, "name": limits[round(min(row["tail"], 1 - row["tail"]), 6)]}
        for row in funnel.limits().select("n", "tail", "limit").iter_rows(named=True)
    ]
    return charts.funnel(
        units,
        lines,
        target=funnel.target,
        x_title=_("Personer (logaritmisk)"),
        y_title=_("Andel, der bor der stadig"),
        flags=list(flags.values()),
        limits=list(limits.values()),
    )


def _picture(edition: Edition, name: str, lang: Lang, chart: Chart, title: str) -> Picture:
    # A picture of its own does not have the letters of the page: any without serifs will do.
    drawn = svg(Figure(name, title, chart, title, ""), lang).replace(FONT, f"{FONT}, sans-serif")
    return Picture(edition=edition, name=name, language=lang, title=title, svg=drawn)
