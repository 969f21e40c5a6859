"""Insight's lists: all municipalities, and who stands behind a figure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from fodfaeste.report.register.shared import kind_name
from fodfaeste.web.base.lists import Column, List, containing, one_of
from fodfaeste.web.insight.findings import reader
from fodfaeste.web.insight.measures import BY_NAME, MEASURES
from fodfaeste.web.insight.models import Figure

HIDDEN = _("skjult")


def municipalities() -> List:
    """Give the comparison: a row a measure and municipality, or kind of municipality."""
    return List(
        name="indsigt",
        title=_("Alle kommuner"),
        columns=(
            Column("kommune", _("Kommune"), _name, sort=("name",)),
            Column("type", _("Type"), lambda row: kind_name(row.kind, reader()), sort=("kind",)),
            Column("maal", _("Mål"), lambda row: str(BY_NAME[row.measure].title), sort=("measure",)),
            Column("ud-af", _("Ud af"), lambda row: _cell(row.n)),
            Column("antal", _("Antal"), lambda row: _cell(row.events)),
            Column("andel", _("Andel (%)"), _per_cent("rate")),
            Column("nedre", _("95 % fra (%)"), _per_cent("low")),
            Column("oevre", _("95 % til (%)"), _per_cent("high")),
            Column("tragt", _("Tragt"), _flag),
            Column("plads", _("Plads"), _ranks),
        ),
        filters=(
            containing("q", _("Kommune"), "name"),
            one_of("maal", _("Mål"), "measure", lambda: [(one.name, one.title) for one in MEASURES]),
        ),
        order=("measure", "kind", "name"),
        empty=_("Der er intet at vise. Ret eller ryd filtrene for at se mere."),
    )


def _name(row: Figure) -> str:
    return row.name or str(_("Alle af typen"))


def _cell(value: int | None) -> object:
    return str(HIDDEN) if value is None else value


def _per_cent(name: str) -> Any:
    def value(row: Figure) -> object:
        return round(100 * row.more[name], 1) if name in row.more else ""

    return value


def _flag(row: Figure) -> str:
    words = {"inside": _("inden for"), "outside 95": _("uden for 95 %"), "outside 99.8": _("uden for 99,8 %")}
    return str(words[row.more["flag"]]) if "flag" in row.more else ""


def _ranks(row: Figure) -> str:
    return "–".join(map(str, row.more["ranks"])) if "ranks" in row.more else ""
