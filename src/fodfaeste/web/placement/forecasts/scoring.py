"""What the model in use says of waiting households: the library scores, here rows of the database become its tables.

A trained model gets a row a person with `household`, `adult`, `network` (the language), `arrival`, and of `ASKED` what
it was trained on. Age, sex and citizenship never reach it; the library refuses them by name should a column be added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.place.outcomes import Model, Scored, score
from fodfaeste.place.outcomes.rows import BOUND, HOUSEHOLD_FEATURES
from fodfaeste.place.scores import Scores
from fodfaeste.web.placement.desk.ages import is_adult
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.desk.municipalities import Place

ASKED = ("schooling", "civil_status")
"""What the desk knows of a person that a model may learn from, beyond who is an adult and who comes with whom."""

WORKING = ("work", "self_support", "work_or_education")
STAYING = "staying"
KINDS = {"work": WORKING, STAYING: (STAYING,)}
"""A model forecasts one outcome of each kind at the desk."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a model says of households at places, under the names of its outcomes.

    Attributes
    ----------
    work, staying : str
        Names of the two outcomes.
    outcomes, sds : mapping of outcome to array of shape (households, places)
    months : mapping of kind to int
        How long after arrival each outcome is looked up: staying is counted from the end of the residence rule, where
        one bound those whom the model learnt from last.
    notes : tuple of (code, text)
        What the library warns of.
    """

    work: str
    staying: str
    outcomes: Mapping[str, Scores]
    sds: Mapping[str, Scores]
    months: Mapping[str, int]
    notes: tuple[tuple[str, str], ...] = ()


def asked_features(model: Model) -> tuple[str, ...]:
    """Name the columns of persons that a model needs from the desk."""
    return tuple(name for name in model.person_features if name not in (*HOUSEHOLD_FEATURES, BOUND))


def outcome_names(model: Model) -> dict[str, str]:
    """Give the names of a model's outcomes by kind (`KINDS`).

    Raises
    ------
    Refused
        If it has not one of each.
    """
    found = {
        kind: [name for name, one in model.outcomes.items() if one.outcome.what in whats]
        for kind, whats in KINDS.items()
    }
    if any(len(names) != 1 for names in found.values()):
        raise Refused(
            _("Modellen skal have netop ét udfald om arbejde og ét om at blive boende. Den har: %(names)s.")
            % {"names": ", ".join(model.outcomes)}
        )
    return {kind: names[0] for kind, names in found.items()}


def forecast_by(model: Model, places: Sequence[Place], arrivals: Sequence[Arrival]) -> Forecast:
    """Let a trained model score all households at all places.

    Raises
    ------
    BadInput
        If the tables carry an attribute that its rule set forbids.
    """
    names = outcome_names(model)
    scored = scored_by(model, places, arrivals)
    notes = tuple((one.code, one.text) for one in scored.notes)
    return Forecast(names["work"], names[STAYING], scored.outcomes, scored.sds, months_of(model), notes)


def months_of(model: Model) -> dict[str, int]:
    """Say how many months after arrival a model's outcomes are looked up."""
    names = outcome_names(model)
    bound = int(model.register.get("rule_months") or 0) if model.rule_from is not None else 0
    return {"work": model.outcomes[names["work"]].outcome.months} | {
        STAYING: model.outcomes[names[STAYING]].outcome.months + bound
    }


def scored_by(model: Model, places: Sequence[Place], arrivals: Sequence[Arrival]) -> Scored:
    """Ask the library."""
    return score(model, people_for(model, arrivals), places_for(places))


def people_for(model: Model, arrivals: Sequence[Arrival]) -> pl.DataFrame:
    """Tell a model all that it may know of the persons who wait."""
    asked = [name for name in asked_features(model) if name in ASKED]
    rows: list[dict[str, Any]] = [
        {
            "household": one.reference,
            "adult": int(is_adult(member.birth_date, one.arrives)),
            "network": one.language,
            "arrival": one.arrives,
            **{name: getattr(member, name) or None for name in asked},
        }
        for one in arrivals
        for member in one.members.all()
    ]
    told = {"household": pl.String, "adult": pl.Int64, "network": pl.String, "arrival": pl.Date}
    return pl.DataFrame(rows, schema=told | dict.fromkeys(asked, pl.String))


def places_for(places: Sequence[Place]) -> pl.DataFrame:
    """Tell a model where it is asked about, and how many speak which language there; the rest it remembers."""
    languages = sorted({name for one in places for name in one.known.speakers})
    rows = [
        {"place": one.code, **{f"stock_{name}": int(one.known.speakers.get(name, 0)) for name in languages}}
        for one in places
    ]
    return pl.DataFrame(rows, schema={"place": pl.String} | {f"stock_{name}": pl.Int64 for name in languages})
