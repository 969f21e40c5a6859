"""A country with figures: six municipalities of one kind, whose people came, moved, worked and were followed up."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.insight.models import Counted, Edition, Figure, Picture
from fodfaeste.web.people.models import EmploymentSpell, Person, ResidenceSpell, Responsibility
from fodfaeste.web.programme.domain.day import KINDS
from fodfaeste.web.programme.models import ChoiceCount, FollowUp, Programme

from .conftest import Country, made_user, signed_in

BLANK = "\N{NO-BREAK SPACE}"
DAY = date(2026, 11, 27)
YEAR = timedelta(days=365)

PLACES = {
    "223": "Hørsholm",
    "217": "Helsingør",
    "219": "Hillerød",
    "330": "Slagelse",
    "360": "Lolland",
    "390": "Vordingborg",
}
"""Real codes, so that the register knows them; nobody there exists."""


def figures(country: Country, people: int = 24, last: int = 12, day: date = DAY) -> dict[str, Organisation]:
    """Give six municipalities people, two more in each than in the one before; in the last there are few.

    Of each four one moved away after 200 days, of each three one works, of each three one was not followed up in time,
    and every second had a real choice. One in each municipality has a protected name and address.
    """
    offices = {"223": country.own, "217": country.other}
    for code, office in offices.items():
        office.code = code
        office.save(update_fields=["code"])
    for code in list(PLACES)[2:]:
        offices[code] = Organisation.objects.create(
            kind=Kind.MUNICIPALITY, name=f"{PLACES[code]} (opdigtet)", code=code
        )
    for number, (code, office) in enumerate(offices.items()):
        _settle(office, code, last if number == len(offices) - 1 else people + 2 * number, day)
    return offices


def _settle(office: Organisation, code: str, people: int, day: date) -> None:
    worker = made_user(f"worker.{code}", office, Role.WORKER)
    arrivals = [day - YEAR - timedelta(days=30 + 17 * number) for number in range(people)]
    ends = [arrival + timedelta(days=200) if number % 4 == 0 else None for number, arrival in enumerate(arrivals)]
    came = Person.objects.bulk_create(
        Person(
            case_number=f"{code}-{number:03}",
            given_name="Opdigtet",
            family_name=f"Nr. {number}",
            birth_date=date(1990, 1, 1) - timedelta(days=400 * (number % 20)),
            sex="female" if number % 2 else "male",
            citizenship=("SYR", "AFG", "ERI")[number % 3],
            arrival_date=arrival,
            takeover_date=arrival,
            protected=number == people - 1,
        )
        for number, arrival in enumerate(arrivals)
    )
    told = list(enumerate(zip(came, arrivals, ends, strict=True)))
    ResidenceSpell.objects.bulk_create(
        ResidenceSpell(
            person=person,
            municipality=code,
            start=arrival,
            end=end,
            end_reason="moved" if end else "",
            to="101" if end else "",
        )
        for _, (person, arrival, end) in told
    )
    Responsibility.objects.bulk_create(
        Responsibility(person=person, organisation=office, worker=worker, start=arrival, end=end)
        for _, (person, arrival, end) in told
    )
    EmploymentSpell.objects.bulk_create(
        EmploymentSpell(person=person, kind="ordinary", start=arrival + timedelta(days=100), end=end)
        for number, (person, arrival, end) in told
        if number % 3 == 0
    )
    run = Programme.objects.bulk_create(
        Programme(person=person, organisation=office, rule_set="IL-2019", takeover=arrival, start=arrival, end=end)
        for _, (person, arrival, end) in told
    )
    FollowUp.objects.bulk_create(
        FollowUp(
            programme=programme,
            code="first_talk",
            words=KINDS["first_talk"],
            due=due,
            held_from=due - timedelta(days=14),
            held=due if held else None,
            held_by=worker if held else None,
        )
        for number, programme in enumerate(run)
        for due, held in ((day - timedelta(days=20), number % 3 != 1), (day - timedelta(days=500), True))
    )
    ChoiceCount.objects.bulk_create(
        ChoiceCount(programme=programme, chosen=number % 2, of=1) for number, programme in enumerate(run)
    )


def made_figures(country: Country) -> list[Picture]:
    """Own figures of both municipalities, each of its one person, without any computing; gives their charts."""
    edition = Edition.objects.create(
        kind=Edition.Kind.OWN, year=DAY.year, day=DAY, made=timezone.now(), version="0", good=True
    )
    pictures = []
    for office, person in ((country.own, country.person), (country.other, country.their_person)):
        whole = {"edition": edition, "organisation": office, "measure": "stayed", "n": 1, "events": 1}
        Figure.objects.create(**whole, code=office.code, name=office.name, kind="unknown", more={})
        Counted.objects.create(**whole, person=person)
        pictures.append(
            Picture.objects.create(
                edition=edition, organisation=office, name="kurve", language="da", title=office.name, svg="<svg/>"
            )
        )
    return pictures


def analyst() -> User:
    """Somebody of a ministry, who sees no person."""
    ministry = Organisation.objects.create(kind=Kind.AGENCY, name="Ministeriet (opdigtet)")
    return made_user("analyst.agency", ministry, Role.ANALYST)


def text_of(user: User, path: str) -> str:
    """A page's words, one blank between them."""
    answer = signed_in(user).get(path)
    assert answer.status_code == 200
    body = answer.content.decode().split('<main id="indhold"')[1].split("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).replace(BLANK, " ").split())


def undrawn(figure: Any, _lang: str) -> str:
    """What stands for a chart where nobody looks at it."""
    return f'<svg xmlns="http://www.w3.org/2000/svg"><title>{figure.title}</title></svg>'
