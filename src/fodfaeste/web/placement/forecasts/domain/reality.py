"""What came of forecasts, where receiving municipalities have written it down.

A household counts in the year in which its day came, once that is over, in groups of ten households at least; what is
counted is never counted again, so that no two tables differ by a household. The agency sees nobody of a municipality.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import transaction

from fodfaeste.place.evaluation.small import pooled
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind as Office
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.people.models import EmploymentSpell, Person, ResidenceSpell
from fodfaeste.web.placement.desk.ages import is_adult
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord
from fodfaeste.web.placement.forecasts.models import ForecastOutcome

Kind, Act = ForecastOutcome.Kind, PlacementRecord.Act
AT_WORK = (EmploymentSpell.Kind.ORDINARY, EmploymentSpell.Kind.SUBSIDISED)
LOST = (ResidenceSpell.EndReason.DIED, ResidenceSpell.EndReason.EMIGRATED)
EVERYBODY = "all"


@dataclass(frozen=True)
class Due:
    """A household whose day has come: what was forecast of each of its adults, and by which groups it counts."""

    model: str
    kind: str
    day: date
    place: str
    share: float
    cases: tuple[str, ...]
    groups: Mapping[str, str]


def count_outcomes(organisation: Organisation, today: date) -> int:
    """Count the years that are over and not counted yet, for all of an agency's models; gives how many rows it made."""
    municipalities = Organisation.objects.filter(kind=Office.MUNICIPALITY).values_list("pk", flat=True)
    with seeing([organisation.pk, *municipalities]), transaction.atomic():
        due = list(_due(organisation, today))
        persons = _persons(due)
        known = [(one, came) for one in due if (came := _came(one, persons))]
        rows = list(_rows(organisation, today, known))
        ForecastOutcome.objects.bulk_create(rows)
    return len(rows)


def later(day: date, months: int) -> date:
    """Give the day so many months later; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _due(organisation: Organisation, today: date) -> Iterator[Due]:
    found = Arrival.objects.filter(organisation=organisation, state=Arrival.State.RECEIVED)
    for arrival in found.prefetch_related("members", "records"):
        decided = [one.facts for one in arrival.records.all() if one.act == Act.DECIDED][-1]
        forecast, place = decided.get("forecast"), decided["decision"]["place"]
        option = next((one for one in decided["options"] if one["code"] == place), None)
        if not forecast or option is None:
            continue
        adults = [one for one in arrival.members.all() if is_adult(one.birth_date, arrival.arrives)]
        months = forecast.get("months") or {"work": 24, "staying": 48}
        for kind in Kind.values:
            day = later(arrival.arrives, months[kind])
            if adults and option[kind] and day.year < today.year:
                yield Due(
                    model=f"{forecast['model']} {forecast.get('version', '')}".strip(),
                    kind=kind,
                    day=day,
                    place=place,
                    share=option[kind][0] / len(adults),
                    cases=tuple(one.case_number for one in adults if one.case_number),
                    groups=decided["decision"]["groups"],
                )


def _persons(due: Sequence[Due]) -> dict[str, Person]:
    """Read who they are now; those whose name is protected are not counted."""
    cases = {case for one in due for case in one.cases}
    found = Person.objects.filter(case_number__in=cases, protected=False)
    return {one.case_number: one for one in found.prefetch_related("employment_spells", "residence_spells")}


def _came(one: Due, persons: Mapping[str, Person]) -> list[bool]:
    """Say of each adult whether it came; who died or left the country, and who is not known, is left out."""
    told = [_is_so(one, persons[case]) for case in one.cases if case in persons]
    return [said for said in told if said is not None]


def _is_so(one: Due, person: Person) -> bool | None:
    stays = [spell for spell in person.residence_spells.all() if spell.start <= one.day]
    if any(spell.end_reason in LOST and spell.end and spell.end <= one.day for spell in stays):
        return None
    if one.kind == str(Kind.WORK):
        return any(
            spell.kind in AT_WORK and spell.start <= one.day and (spell.end is None or spell.end > one.day)
            for spell in person.employment_spells.all()
        )
    there = [spell for spell in stays if spell.municipality == one.place]
    return any(spell.end is None or spell.end > one.day for spell in there) if there else None


def _rows(
    organisation: Organisation, today: date, known: Sequence[tuple[Due, list[bool]]]
) -> Iterator[ForecastOutcome]:
    counted = set(ForecastOutcome.objects.filter(organisation=organisation).values_list("model", "kind", "year"))
    together: dict[tuple[str, str, int], list[tuple[Due, list[bool]]]] = defaultdict(list)
    for one, came in known:
        together[one.model, one.kind, one.day.year].append((one, came))
    for (model, kind, year), households in sorted(together.items()):
        if (model, kind, year) in counted:
            continue
        names = [EVERYBODY, *sorted({name for one, _came in households for name in one.groups})]
        for by in names:
            values = np.array([one.groups.get(by, EVERYBODY) for one, _came in households], object)
            for value, who in pooled(values).items():
                group = [households[position] for position in who]
                yield ForecastOutcome(
                    organisation=organisation,
                    year=year,
                    day=today,
                    model=model,
                    kind=kind,
                    by=by,
                    value=value,
                    households=len(group),
                    adults=sum(len(came) for _one, came in group),
                    expected=sum(one.share * len(came) for one, came in group),
                    came=sum(sum(came) for _one, came in group),
                )
