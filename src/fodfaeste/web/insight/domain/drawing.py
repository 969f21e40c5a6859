"""Charts of an edition, drawn once in both languages: a page only shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from django.utils import translation
from django.utils.translation import gettext as _

from fodfaeste import measure
from fodfaeste.measure.funnel import FunnelResult
from fodfaeste.report import charts
from fodfaeste.report.charts import Line
from fodfaeste.report.document import Chart, Figure
from fodfaeste.report.register.tables import RegisterTables
from fodfaeste.report.render import FONT, svg
from fodfaeste.report.words import Lang, Words
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.insight.measures import LEVEL, RELEASE, STAYED
from fodfaeste.web.insight.models import Edition, Picture

Row = Mapping[str, Any]
LANGUAGES: tuple[Lang, ...] = ("da", "en")
CURVE, FUNNEL = "kurve", "tragt"
LAST = 60
MONTHS = (6, 12, 24, RELEASE, 48, LAST)
CAUSES: Mapping[str | int, str] = {"moved": "moved", "emigrated": "emigrated", "dead": "dead"}


def own(edition: Edition, office: Organisation, tables: RegisterTables, unit: str) -> Iterator[Picture]:
    """Draw a municipality's own chart: who has moved, month by month after arrival."""
    curve = moved_curve(tables, unit)
    if not curve:
        return
    for lang in LANGUAGES:
        with translation.override(lang):
            w = Words(lang, "register")
            picture = _picture(edition, CURVE, lang, _curve(curve, unit), _finding(curve, w))
            picture.organisation = office
            picture.rows = [_told(row, w) for row in _at(curve)]
            yield picture


def everybody(edition: Edition, shown: pl.DataFrame) -> Iterator[Picture]:
    """Draw all municipalities together: who stays, inside the limits that chance alone would set."""
    counted = shown.filter(pl.col("measure") == STAYED.name).drop_nulls(["unit", "n", "events"])
    counted = counted.filter(pl.col("n") > 0).sort("unit")
    if counted.height < 2 or counted["events"].sum() in (0, counted["n"].sum()):
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
    beginning: Row = {"time": 0, "rate": 0.0, "lower": None, "upper": None}
    later: list[Row] = [{**row} for row in kept.iter_rows(named=True) if row["time"] > 0]
    curve: list[Row] = [beginning, *later]
    return curve if later else []


def _at(rows: Sequence[Row]) -> list[Row]:
    """Give the curve at whole half-years, as far as it goes."""
    reached = [month for month in MONTHS if month <= rows[-1]["time"]]
    found: list[Row] = [{**[row for row in rows if row["time"] <= month][-1], "time": month} for month in reached]
    return found or [rows[-1]]


def _told(row: Row, w: Words) -> dict[str, str]:
    interval = "" if row["lower"] is None else w.interval(row["lower"], row["upper"], 0)
    return {"month": w.count(row["time"]), "share": w.percent(row["rate"], 0), "interval": interval}


def _finding(rows: Sequence[Row], w: Words) -> str:
    told = _told(_at(rows)[-1], w)
    if not told["interval"]:
        return _("Efter %(month)s måneder er %(share)s flyttet.") % told
    return _("Efter %(month)s måneder er %(share)s flyttet (95 %%-interval %(interval)s).") % told


def _curve(rows: Sequence[Row], unit: str) -> Chart:
    mark = Line(RELEASE, _("måned %(month)s") % {"month": RELEASE})
    told = [{**row, "group": unit} for row in rows]
    return charts.curves(told, x_title=_("Måneder efter ankomst"), y_title=_("Andel flyttet"), groups=[unit], mark=mark)


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
