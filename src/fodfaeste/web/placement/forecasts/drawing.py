"""Charts of a model's calibration, drawn once when it is brought in: a page only shows them."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.utils import translation
from django.utils.translation import gettext as _

from fodfaeste.place.outcomes import Model
from fodfaeste.report import charts
from fodfaeste.report.charts import Line
from fodfaeste.report.document import Figure
from fodfaeste.report.place.shared import outcome_name, sentence, words
from fodfaeste.report.render import FONT, svg
from fodfaeste.report.words import Lang
from fodfaeste.web.placement.forecasts.words import group_words

LANGUAGES: tuple[Lang, ...] = ("da", "en")
SPREAD = 1.96
DRAWN = ("tenth", "sex", "age", "citizenship", "place_kind", "year")
"""Groupings that are drawn; places are in the table alone, where there are many."""


def pictures_of(model: Model) -> list[dict[str, str]]:
    """Draw each outcome's calibration: how much more came than was forecast, by group, in both languages."""
    return [_drawn(model, name, lang) for name in model.outcomes for lang in LANGUAGES]


def _of(table: pl.DataFrame, by: str) -> list[dict[str, Any]]:
    """Give the rows of a grouping; tenths in the order of their numbers."""
    rows = [row for row in table.iter_rows(named=True) if row["by"] == by]
    return sorted(rows, key=lambda row: int(row["group"])) if by == "tenth" else rows


def _drawn(model: Model, name: str, lang: Lang) -> dict[str, str]:
    table = model.outcomes[name].calibration
    with translation.override(lang):
        rows = [
            {
                "label": group_words(row["by"], row["group"]),
                "rate": row["observed"] - row["forecast"],
                "lower": row["observed"] - row["forecast"] - SPREAD * row["error"],
                "upper": row["observed"] - row["forecast"] + SPREAD * row["error"],
            }
            for by in DRAWN
            for row in _of(table, by)
        ]
        far = [one for one in rows if not one["lower"] <= 0 <= one["upper"]]
        title = _("%(outcome)s: i %(far)d af %(all)d grupper ligger det, der skete, uden for prognosens interval") % {
            "outcome": sentence(outcome_name(name, words(lang))),
            "far": len(far),
            "all": len(rows),
        }
        reach = max([0.05, *(abs(one[end]) for one in rows for end in ("lower", "upper"))])
        chart = charts.dots(
            rows,
            x_title=_("Det, der skete, minus prognosen"),
            estimate=_("forskel med 95 %-interval"),
            line=Line(0.0, _("som forudsagt")),
            domain=(-reach, reach),
        )
        # A picture of its own does not have the letters of the page: any without serifs will do.
        drawn = svg(Figure(name, title, chart, title, ""), lang).replace(FONT, f"{FONT}, sans-serif")
    return {"outcome": name, "language": lang, "title": title, "svg": drawn}
