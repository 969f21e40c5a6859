"""What is known of a person as such, as one value: what a form or a row of a list becomes before anything is done."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from fodfaeste.web.people import cpr
from fodfaeste.web.people.models import Person
from fodfaeste.web.people.names import search_text


@dataclass(frozen=True)
class PersonFacts:
    """Facts about a person, named as the fields of `Person`; `cpr` with or without a hyphen, "" where unknown."""

    given_name: str
    birth_date: date
    sex: str
    citizenship: str
    arrival_date: date
    takeover_date: date
    family_name: str = ""
    own_script: str = ""
    birth_date_by_decree: bool = False
    permit: str = "refugee"
    civil_status: str = ""
    schooling: str = "unknown"
    schooling_years: int | None = None
    cpr: str = ""
    phone: str = ""
    language: str = "da"
    drives: bool = False
    has_car: bool = False
    protected: bool = False


FACTS = tuple(each.name for each in fields(PersonFacts))
"""The names of all facts."""


def facts_of(person: Person) -> PersonFacts:
    """Give the facts that are stored."""
    return PersonFacts(**{name: getattr(person, name) for name in FACTS if name != "cpr"}, cpr=person.cpr or "")


def values_of(facts: PersonFacts, *, also_found_by: str = "") -> dict[str, Any]:
    """Give what is stored for facts, the number checked and hashed, the names folded.

    Parameters
    ----------
    also_found_by : str
        Further names that the person is to be found by, such as those of somebody who was merged into them.

    Raises
    ------
    Refused
        Where the CPR number cannot be this person's.
    """
    number = ""
    if facts.cpr.strip():
        number = cpr.checked(facts.cpr, birth_date=facts.birth_date, given_from=facts.arrival_date)
    return {
        **asdict(facts),
        "cpr": number or None,
        "cpr_hash": cpr.hashes(number)[0] if number else "",
        "search": search_text([facts.given_name, facts.family_name, facts.own_script, also_found_by]),
    }
