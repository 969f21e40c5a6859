"""A database as of a large installation: 50,000 people of 20 municipalities, one of 10,000, and 200,000 events.

    python -m benchmarks.web_people FOLDER      # SQLite, in FOLDER: look at it with FODFAESTE_DATA=FOLDER

Events are programmes, plans, follow-ups, notes of the journal and openings; who is responsible for whom, where people
live and what plans say come on top. All is made by chance from a seed and the day on which it is made, with the
names of the demonstration, and inserted in bulk; triggers write the change log as always. Nobody in it exists.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

SEED = 2002
PEOPLE, BIG, SMALL = 50_000, 10_000, 19
"""How many there are, how many of them live in the big municipality, and how many others there are."""

CASES = 50
"""Persons that a worker works with."""

PROGRAMMES, NOTES, OPENINGS = 20_000, 50_000, 50_000
FOLLOW_UPS = 3
"""Of each programme."""

APPROVED = 0.7
"""Share of the plans that both sides have approved."""

AT_ONCE = 1000
ARRIVED_WITHIN = 5 * 365
SYLLABLES_SHORT, SYLLABLES_LONG, SHORT = 2, 3, 0.6
LAND = (("SYR", "ar"), ("UKR", "uk"), ("ERI", "ti"), ("AFG", "fa"), ("IRQ", "ar"), ("SOM", "so"))
SAID = (
    "Vi talte om, hvordan det går med undervisning og arbejde. (opdigtet)",
    "Ringede om mødet på torsdag; kommer med tolk. (opdigtet)",
    "Har fået brev fra sprogskolen om nyt hold. (opdigtet)",
)


@dataclass(frozen=True)
class Office:
    """A municipality with its workers."""

    row: Any
    workers: tuple[Any, ...]


@dataclass(frozen=True)
class Filled:
    """What was made: municipalities, the big one first, and how many rows of each kind."""

    offices: tuple[Office, ...]
    rows: dict[str, int]


def fill(*, people: int = PEOPLE, seed: int = SEED) -> Filled:
    """Fill an empty database in one transaction; fewer `people` have everything in the same shares."""
    from django.db import transaction
    from django.utils import timezone

    chance = random.Random(seed)
    share = people / PEOPLE
    rows: dict[str, int] = {}
    today = timezone.localdate()
    with transaction.atomic():
        offices = _offices(chance, people, today)
        persons, held = _people(chance, offices, people, today)
        rows["persons"] = _add(persons)
        rows["responsibilities"] = _add(held)
        codes = {office.row.pk: office.row.code for office in offices}
        rows["residence spells"] = _add(_stays(held, codes))
        rows |= _programmes(chance, chance.sample(held, round(PROGRAMMES * share)), today)
        rows["notes"] = _add(_notes(chance, held, round(NOTES * share), today))
        rows["openings"] = _add(_openings(chance, held, round(OPENINGS * share)))
    _analyse()
    return Filled(offices, rows)


def _add(rows: Iterable[Any]) -> int:
    made = list(rows)
    type(made[0]).objects.bulk_create(made, batch_size=AT_ONCE)
    return len(made)


def _analyse() -> None:
    """Let the database count what it has, as it does by itself after a night."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


# Municipalities and people


def _offices(chance: random.Random, people: int, today: date) -> tuple[Office, ...]:
    from fodfaeste.web.accounts.models import Membership, Organisation, User
    from fodfaeste.web.accounts.roles import Kind, Role

    sizes = [people * BIG // PEOPLE, *([people * (PEOPLE - BIG) // PEOPLE // SMALL] * SMALL)]
    made = []
    for number, size in enumerate(sizes):
        row = Organisation.objects.create(
            kind=Kind.MUNICIPALITY, name=f"Kommune {number} (opdigtet)", code=str(900 + number)
        )
        users = [
            User(email=f"worker{each}.{number}@demo.invalid", name=f"Opdigtet {_name(chance)} {_name(chance)}")
            for each in range(max(1, size // CASES))
        ]
        for user in users:
            user.set_unusable_password()
        User.objects.bulk_create(users, batch_size=AT_ONCE)
        start = today.replace(year=today.year - 10, day=1)
        Membership.objects.bulk_create(
            [Membership(user=user, organisation=row, role=Role.WORKER, start=start) for user in users],
            batch_size=AT_ONCE,
        )
        made.append(Office(row, tuple(users)))
    return tuple(made)


def _people(chance: random.Random, offices: Sequence[Office], people: int, today: date) -> tuple[list[Any], list[Any]]:
    from fodfaeste.web.people.domain.facts import PersonFacts, values_of
    from fodfaeste.web.people.models import Person, Responsibility

    big, *others = offices
    persons, held = [], []
    given: dict[date, int] = {}
    numbers = _case_numbers(chance)
    for at in range(people):
        office = big if at < people * BIG // PEOPLE else others[at % len(others)]
        birth = date(1950, 1, 1) + timedelta(days=chance.randrange(60 * 365))
        arrival = today - timedelta(days=chance.randrange(30, ARRIVED_WITHIN))
        citizenship, language = chance.choice(LAND)
        given[birth] = given.get(birth, -1) + 1
        facts = PersonFacts(
            given_name=_name(chance),
            family_name=_name(chance),
            birth_date=birth,
            sex=chance.choice(("female", "male")),
            citizenship=citizenship,
            permit=chance.choice(("refugee", "refugee", "family")),
            arrival_date=arrival,
            takeover_date=arrival,
            cpr=_cpr(birth, given[birth]),
            phone=f"+45 00 00 {at // 100 % 100:02} {at % 100:02}",
            language=language if language in ("ar", "uk") else "da",
        )
        person = Person(case_number=next(numbers), **values_of(facts))
        persons.append(person)
        worker = chance.choice(office.workers)
        held.append(Responsibility(person=person, organisation=office.row, worker=worker, start=arrival))
    return persons, held


def _name(chance: random.Random) -> str:
    from fodfaeste.web.demonstration.newcomers import SYLLABLES

    many = SYLLABLES_SHORT if chance.random() < SHORT else SYLLABLES_LONG
    return "".join(chance.choices(SYLLABLES, k=many)).capitalize()


def _cpr(birth: date, place: int) -> str:
    """Give the number of the n-th born on a day; its seventh digit says the century."""
    return f"{birth:%d%m%y}{(5000 if birth.year >= 2000 else 1000) + place:04}"


def _case_numbers(chance: random.Random) -> Iterator[str]:
    """Draw case numbers as the application does, but by the seed."""
    from fodfaeste.web.people.domain.case_numbers import DIGITS, LETTERS

    drawn: set[str] = set()
    while True:
        letters = "".join(chance.choices(LETTERS, k=4))
        number = f"{letters[:3]}-{''.join(chance.choices(DIGITS, k=4))}-{letters[3]}"
        if number not in drawn:
            drawn.add(number)
            yield number


def _stays(held: Sequence[Any], codes: dict[int, str]) -> Iterator[Any]:
    from fodfaeste.web.people.models import ResidenceSpell

    for one in held:
        yield ResidenceSpell(person=one.person, municipality=codes[one.organisation_id], start=one.start)


# What happened


def _programmes(chance: random.Random, chosen: Sequence[Any], today: date) -> dict[str, int]:
    """Open programmes, write their plans, have most approved, and follow them up."""
    from fodfaeste.web.programme.domain.programmes import rules_for
    from fodfaeste.web.programme.models import Goal, Plan, Programme

    days, office = {one.person.takeover_date for one in chosen}, chosen[0].organisation
    names = {day: rules_for(day, "integration", office).id for day in days}  # no office has chosen rules of its own
    running = [
        Programme(
            person=one.person,
            organisation=one.organisation,
            rule_set=names[one.person.takeover_date],
            takeover=one.person.takeover_date,
            start=one.person.takeover_date + timedelta(days=20),
        )
        for one in chosen
    ]
    rows = {"programmes": _add(running)}
    plans = [Plan(programme=one, number=1, made_by=held.worker) for one, held in zip(running, chosen, strict=True)]
    rows["plans"] = _add(plans)
    rows["goals"] = _add(Goal(plan=plan, number=1, words="Bestå modultest i dansk. (opdigtet)") for plan in plans)
    rows |= _activities(chance, plans)
    rows |= _approvals(chance, plans)
    rows["follow-ups"] = _add(_follow_ups(chance, running, chosen, today))
    return rows


def _activities(chance: random.Random, plans: Sequence[Any]) -> dict[str, int]:
    from fodfaeste.web.programme.models import Activity, Alternative

    activities = [
        Activity(
            plan=plan,
            number=number,
            kind=kind,
            name=name,
            place="Byen (opdigtet)",
            hours_a_week=Decimal(12),
            start=plan.programme.start,
            end=plan.programme.start + timedelta(days=3 * 365),
            chosen_on=plan.programme.start,
        )
        for plan in plans
        for number, (kind, name) in enumerate((("danish", "Dansk"), ("traineeship", "Praktik")), start=1)
    ]
    added = _add(activities)
    offered = (
        Alternative(activity=activity, number=number, words=f"Mulighed {number}", chosen=number == chosen)
        for activity in activities
        for chosen in [chance.choice((1, 2))]
        for number in (1, 2)
    )
    return {"activities": added, "alternatives": _add(offered)}


def _approvals(chance: random.Random, plans: Sequence[Any]) -> dict[str, int]:
    """Let both sides approve most plans; the database itself sees to it that both have."""
    from django.utils import timezone

    from fodfaeste.web.programme.models import Approval, ChoiceCount, Plan

    approved = [plan for plan in plans if chance.random() < APPROVED]
    for plan in approved:
        plan.text_hash = f"{chance.getrandbits(256):064x}"
        plan.state, plan.approved_on = Plan.State.APPROVED, plan.programme.start
    signed = (
        Approval(
            plan=plan,
            side=side,
            name="Opdigtet",
            at=timezone.make_aware(datetime.combine(plan.programme.start, datetime.min.time())),
            text_hash=plan.text_hash,
            present="tolk",
            taken_by=plan.made_by,
        )
        for plan in approved
        for side in Approval.Side.values
    )
    count = _add(signed)
    Plan.objects.bulk_update(approved, ["text_hash", "state", "approved_on"], batch_size=200)
    _add(ChoiceCount(programme=plan.programme, chosen=2, of=2) for plan in approved)
    return {"approvals": count}


def _follow_ups(chance: random.Random, running: Sequence[Any], chosen: Sequence[Any], today: date) -> Iterator[Any]:
    """Make some of the past, which were held, and one to come; of twenty one is overdue."""
    from fodfaeste.web.programme.domain.day import KINDS
    from fodfaeste.web.programme.models import FollowUp

    for programme, held in zip(running, chosen, strict=True):
        past = max(1, (today - programme.start).days)
        for place in range(FOLLOW_UPS):
            last = place == FOLLOW_UPS - 1
            due = (
                today + timedelta(days=chance.randrange(60))
                if last
                else today - timedelta(chance.randrange(1, past + 1))
            )
            code = ("first_talk", "plan_talk", "agreed")[place]
            done = not last and chance.random() < 0.95
            yield FollowUp(
                programme=programme,
                code=code,
                words=KINDS[code],
                due=due,
                held_from=due - timedelta(days=7),
                held=due if done else None,
                held_by=held.worker if done else None,
            )


def _notes(chance: random.Random, held: Sequence[Any], many: int, today: date) -> Iterator[Any]:
    from fodfaeste.web.programme.models import JournalNote

    for one in chance.choices(held, k=many):
        day = one.start + timedelta(days=chance.randrange((today - one.start).days + 1))
        yield JournalNote(
            person=one.person, organisation=one.organisation, day=day, text=chance.choice(SAID), author=one.worker
        )


def _openings(chance: random.Random, held: Sequence[Any], many: int) -> Iterator[Any]:
    from fodfaeste.web.audit.models import Opening

    for one in chance.choices(held, k=many):
        yield Opening(
            person=one.person.pk,
            user=one.worker,
            organisation=one.organisation,
            page="people:person",
            request=f"{chance.getrandbits(128):032x}",
        )


def told(filled: Filled, seconds: float) -> str:
    """Say in one line what was made."""
    rows = ", ".join(f"{count:,} {kind}" for kind, count in filled.rows.items())
    return f"{len(filled.offices)} municipalities: {rows}, in {seconds:.0f} s"


def main(arguments: Sequence[str]) -> int:
    """Fill a database on SQLite in a new folder."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    os.environ |= {"FODFAESTE_DATA": arguments[0], "DJANGO_SETTINGS_MODULE": "fodfaeste.web.config.settings"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    filled = fill()
    print(told(filled, time.perf_counter() - began))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
