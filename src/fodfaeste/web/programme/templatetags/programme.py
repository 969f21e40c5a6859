"""What the programme's templates write in few words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import template

from fodfaeste.plan import IsoWeek
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme import words

register = template.Library()


@register.filter
def said(sentence: Any) -> str:
    """Say a sentence of the plan room in the language of the page."""
    return words.said(sentence)


@register.filter
def before(day: date | None) -> date | None:
    """Give the last day of what ends before a day."""
    return day - timedelta(days=1) if day else None


@register.filter
def iso_week(day: date) -> int:
    """Give the number of the week that a day lies in."""
    return IsoWeek.of(day).week


@register.filter
def shown(person: Person) -> str:
    """Name a person in a list: by case number alone where the name is protected."""
    return person.case_number if person.protected else str(person)


@register.filter
def chosen(activity: Any) -> str:
    """Say which of the alternatives was chosen."""
    return "" if activity.chosen is None else activity.offers[activity.chosen].words


@register.filter
def entry(table: Mapping[str, Any], key: str) -> Any:
    """Look something up by its name."""
    return table.get(key)
