"""The columns of the tables that come into a round: what they are called, and what to write in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Column:
    """A column: its name in code, its heads in Danish and English, and what to write in it.

    A table without a `required` column is not read. With `number`, cells are whole persons.
    """

    name: str
    danish: str
    english: str
    how: Any
    required: bool = True
    number: bool = False


CODE = Column("code", "Kode", "Code", _("kommunens kode på tre cifre, eller tom, når navnet står der"), required=False)
NAME = Column("name", "Kommune", "Municipality", _("kommunens navn, eller tomt, når koden står der"), required=False)

REGION = Column("region", "Region", "Region", _("tom: regionen følger af koden"), required=False)
POPULATION = Column("population", "Indbyggere", "Population", _("hele personer pr. 1. januar"), number=True)
IMMIGRANTS = Column(
    "immigrants_refugees",
    "Indvandrere og flygtninge",
    "Immigrants and refugees",
    _("hele personer, efter regelsættets afgrænsning"),
    number=True,
)
FAMILY = Column(
    "family_reunified",
    "Familiesammenførte",
    "Family reunified",
    _("hele personer i kalenderåret før udmeldingen"),
    number=True,
)

FIGURES = (CODE, NAME, REGION, POPULATION, IMMIGRANTS, FAMILY)
"""Figures by the formula 2p − m."""

INHABITANTS = (CODE, NAME, REGION, POPULATION)
"""Figures where the population alone decides."""

AGREED = (
    CODE,
    NAME,
    Column("quota", "Kvote", "Quota", _("hele personer, som aftalt"), number=True),
    Column("signed", "Underskrevet", "Signed", _("ja eller nej: om kommunalbestyrelsen har skrevet under")),
)
"""An agreement of a region."""

Columns = tuple[Column, ...]
Cells = dict[str, str]
"""A row as text, by column."""


def by_head(columns: Columns) -> Mapping[str, Column]:
    """Give the columns by their heads, as `folded` writes them."""
    return {folded(head): column for column in columns for head in (column.danish, column.english, column.name)}


def folded(head: str) -> str:
    """Write a head so that capitals, stars, points and spaces do not matter."""
    return re.sub(r"[\W_]+", " ", head.casefold()).strip()
