"""What is said of floors, on the pages of proposals and of households; and the names of groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fodfaeste.place.evaluation.small import POOLED
from fodfaeste.place.lift import Lift
from fodfaeste.web.people.words import language
from fodfaeste.web.placement.desk.words import number, per_cent
from fodfaeste.web.placement.floors.keeping import Floors
from fodfaeste.web.placement.floors.models import FloorSwitch

UNNOTICED = 0.005
"""A share that is written as 0 %."""


def column_words(column: str) -> str:
    """Name by what households are grouped."""
    return {"language": _("Sprog"), "household": _("Husstand")}[column]


def value_words(value: str) -> str:
    """Name a group."""
    known = {"alone": _("én person"), "family": _("flere personer"), POOLED: _("andre")}
    return known.get(value) or language(value)


def of_proposal(floors: Floors) -> list[str]:
    """Say what the floors did to a proposal, and what it cost."""
    told = []
    if floors.moved:
        moved = ngettext(
            "Gulvet for grupper giver %(n)d husstand et andet sted.",
            "Gulvet for grupper giver %(n)d husstande et andet sted.",
            len(floors.moved),
        ) % {"n": len(floors.moved)}
        told.append(f"{moved} {_cost(floors.cost)}")
    elif floors.groups and not floors.short:
        told.append(
            _("Hver gruppe får samlet mindst det, lodtrækning ville give den. Gulvet ændrer intet og koster intet.")
        )
    return [*told, *_lifted(floors), *off_words(floors.off)]


def of_household(facts: Mapping[str, Any]) -> list[str]:
    """Say on a household's page what the floors have to do with its proposal, from its facts."""
    floors = facts.get("floors")
    if not floors:
        return []
    told = []
    if floors["moved"]:
        told.append(_("Stedet er valgt, for at en gruppe ikke samlet får mindre, end lodtrækning ville give den."))
    return [*told, *off_words(floors["off"])]


def off_words(columns: Any) -> list[str]:
    """Say which floors are switched off."""
    names = dict(FloorSwitch.Column.choices)
    return [
        _("Gulvet efter %(column)s er slået fra af to personer: en gruppe kan få mindre end ved lodtrækning.")
        % {"column": names[one]}
        for one in columns
    ]


def _cost(share: float) -> str:
    if share < UNNOTICED:
        return _("Det koster under 1 % af det, forslaget samlet giver.")
    return _("Det koster %(share)s af det, forslaget samlet giver.") % {"share": per_cent(share)}


def _lifted(floors: Floors) -> Iterator[str]:
    short = {(one.floor.column, one.floor.group) for one in floors.short}
    for one in floors.lifted:
        told = {"group": group_words(one), **_each(one)}
        if (one.floor.column, one.floor.group) in short:
            yield (
                _(
                    "%(group)s: fra %(before)s til %(after)s pr. husstand. Gulvet er %(floor)s; ingen ombytning af to "
                    "husstande når det."
                )
                % told
            )
        else:
            yield (_("%(group)s: gulvet løfter fra %(before)s til %(after)s pr. husstand; gulvet er %(floor)s.") % told)


def group_words(one: Lift) -> str:
    """Name a group by its column too."""
    return f"{column_words(one.floor.column)}, {value_words(one.floor.group)}"


def _each(one: Lift) -> dict[str, str]:
    many = len(one.floor.members)
    return {
        "before": number(one.before / many),
        "after": number(one.after / many),
        "floor": number(one.floor.least / many),
    }
