"""Writes the demonstration country by the same acts that an office uses, and takes it away."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.utils import timezone

from fodfaeste.data import synthetic
from fodfaeste.data.municipalities import valid_on
from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.demonstration.arrivals import begin_arrivals
from fodfaeste.web.demonstration.forecasts import forget_forecasts
from fodfaeste.web.demonstration.handovers import hand_on
from fodfaeste.web.demonstration.household_pages import HouseholdPage, open_household_pages
from fodfaeste.web.demonstration.models import MadeUp
from fodfaeste.web.demonstration.moves import move_some
from fodfaeste.web.demonstration.newcomers import Newcomer, largest, newcomers
from fodfaeste.web.demonstration.own_page import OwnPage, open_own_page
from fodfaeste.web.demonstration.programmes import begin
from fodfaeste.web.demonstration.rounds import begin_rounds, let_go
from fodfaeste.web.demonstration.schools import fill_schools, meet
from fodfaeste.web.demonstration.workplaces import open_agreement
from fodfaeste.web.insight.models import Edition
from fodfaeste.web.people.domain import parts
from fodfaeste.web.people.domain.facts import PersonFacts
from fodfaeste.web.people.domain.persons import register_person
from fodfaeste.web.people.models import Household, HouseholdMember, Person
from fodfaeste.web.programme.models import Programme

SEED = 1
SCALE = 0.5
"""Share of the synthetic register that is built to choose from."""

MUNICIPALITIES, PEOPLE = 6, 400
STAFF = (Role.WORKER, Role.WORKER, Role.CONSULTANT, Role.LEADER, Role.PROTECTION, Role.ADMINISTRATOR)
"""Who works in each municipality."""

SECRET_BYTES = 12

Progress = Callable[[str, float], None]
"""Hears what is being done, and the share of 1 of it that is done."""


@dataclass(frozen=True)
class SignIn:
    """Who can sign in to the demonstration country, and as what."""

    email: str
    role: Role
    organisation: str


@dataclass(frozen=True)
class Country:
    """What was built: who can sign in, all with the same password, how many persons there are, who comes by link."""

    password: str
    sign_ins: tuple[SignIn, ...]
    persons: int
    own_page: OwnPage | None = None
    workplace: str | None = None
    households: tuple[HouseholdPage, ...] = ()


def build(*, seed: int = SEED, people: int = PEOPLE, progress: Progress | None = None) -> Country:
    """Build the country in one transaction; its password is made here and kept nowhere.

    Raises
    ------
    Refused
        If there is one already, or people are registered here who are not made up.
    """
    say = progress or (lambda _doing, _share: None)
    if MadeUp.objects.exists():
        raise Refused("There is a demonstration country already. Take it away first: fodfaeste demo remove.")
    if Person.objects.exists():
        raise Refused("People are registered here. Build the demonstration country in a data folder of its own.")
    today = timezone.localdate()
    with tempfile.TemporaryDirectory() as room:
        say("a synthetic register to choose people from", 0.0)
        register = synthetic.build(seed, SCALE, Path(room) / "register")
        codes = largest(register, today, MUNICIPALITIES)
        came = newcomers(register, codes, today, people, seed)
    password = secrets.token_urlsafe(SECRET_BYTES)
    hashed = make_password(password)
    with transaction.atomic():
        offices = {code: _municipality(code, seed, hashed, today) for code in codes}
        elsewhere = _others(seed, hashed, today)
        _rounds(elsewhere, codes, today)
        rng = np.random.Generator(np.random.PCG64(seed))
        for done, together in enumerate(_households(came)):
            settle(together, offices[together[0].municipality], today, rng)
            say("people and what is known of them", 0.2 + 0.8 * done / max(1, len(came)))
        hand_on(list(offices.values()), today=today)
        move_some(offices.values(), today=today)
        fill_schools(offices.values(), elsewhere, today=today, rng=rng)
        meet(offices.values(), elsewhere, today=today)
        own_page = open_own_page(offices.values(), today=today)
        workplace = open_agreement(offices.values(), today=today)
        households = open_household_pages(elsewhere)
    everybody = [*offices.values(), *elsewhere]
    sign_ins = tuple(sign for office in everybody for sign in _sign_ins(office))
    return Country(password, sign_ins, len(came), own_page, workplace, households)


@transaction.atomic
def renewed() -> Country:
    """Give everybody of a country that is there a new password, and a newcomer a new link; what was done in it stays.

    The old ones are kept nowhere, so that nobody can be told them again.
    """
    organisations = Organisation.objects.filter(made_up__isnull=False).order_by("pk")
    password = secrets.token_urlsafe(SECRET_BYTES)
    everybody = User.objects.filter(memberships__organisation__in=organisations)
    User.objects.filter(pk__in=everybody.values("pk")).update(password=make_password(password))
    persons = Person.objects.filter(responsibilities__organisation__in=organisations).distinct().count()
    own_page = open_own_page(organisations, today=timezone.localdate())
    workplace = open_agreement(organisations, today=timezone.localdate())
    households = open_household_pages(organisations)
    sign_ins = tuple(sign for office in organisations for sign in _sign_ins(office))
    return Country(password, sign_ins, persons, own_page, workplace, households)


@transaction.atomic
def remove() -> int:
    """Take the whole country away, and nothing else; gives how many persons it had."""
    organisations = Organisation.objects.filter(made_up__isnull=False)
    persons = Person.objects.filter(responsibilities__organisation__in=organisations).distinct()
    count = persons.count()
    users = User.objects.filter(memberships__organisation__in=organisations).distinct()
    only_here = list(users.exclude(memberships__organisation__in=Organisation.objects.filter(made_up=None)))
    let_go(organisations)
    forget_forecasts(organisations)
    # Figures of people who never were are of nobody's use when they are gone.
    Edition.objects.all().delete()
    clear(persons)
    take_away(organisations)
    take_away(User.objects.filter(pk__in=[user.pk for user in only_here]))
    return count


def clear(persons: models.QuerySet[Person]) -> None:
    """Take persons away with all that is known of them, and households in which nobody is left."""
    keys = list(persons.values_list("pk", flat=True))
    homes = Household.objects.filter(members__person__in=keys)
    others = HouseholdMember.objects.exclude(person__in=keys).values("household")
    alone = list(homes.exclude(pk__in=others).values_list("pk", flat=True))
    # What an approved plan says may be deleted once its programme is over.
    for programme in Programme.objects.filter(person__in=keys, end=None):
        programme.end = max(timezone.localdate(), programme.start + timedelta(days=1))
        programme.save(update_fields=["end"])
    take_away(Household.objects.filter(pk__in=alone))
    take_away(Person.objects.filter(pk__in=keys))


def take_away(rows: models.QuerySet[Any]) -> None:
    """Delete rows with everything that hangs on them, however far down, and their files.

    What can do without them stays without them; so do the logs, which only name them.
    """
    model, keys = rows.model, list(rows.values_list("pk", flat=True))
    if not keys:
        return
    for field in model._meta.get_fields(include_hidden=True):
        hangs_on_it = field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one)
        if hangs_on_it and field.field.db_constraint:
            hanging = field.related_model._base_manager.filter(**{f"{field.field.name}__in": keys})
            if field.field.remote_field.on_delete is models.SET_NULL:
                hanging.update(**{field.field.name: None})
            else:
                take_away(hanging)
    for column in model._meta.concrete_fields:
        if isinstance(column, models.FileField):
            kept = model._base_manager.filter(pk__in=keys).exclude(**{column.name: ""})
            for name in kept.values_list(column.name, flat=True):
                transaction.on_commit(partial(column.storage.delete, name))
    model._base_manager.filter(pk__in=keys)._raw_delete(rows.db)


def _municipality(code: str, seed: int, hashed: str, today: date) -> Organisation:
    named = {row["code"]: row["name"] for row in valid_on(today).iter_rows(named=True)}
    # Nobody's: no telephone number in Denmark begins with 0.
    named_so, phone = f"{named[code]} (opdigtet)", f"00 00 0{code[0]} {code[1:]}"
    office = Organisation.objects.create(kind=Kind.MUNICIPALITY, name=named_so, code=code, phone=phone)
    MadeUp.objects.create(organisation=office, seed=seed)
    for number, role in enumerate(STAFF, start=1):
        _staff(f"{role}{number}.{code}", office, role, hashed, today)
    return office


def _others(seed: int, hashed: str, today: date) -> list[Organisation]:
    made = []
    for kind, name, roles in (
        (Kind.SCHOOL, "Sprogcenter Fælled (opdigtet)", (Role.PLANNER, Role.TEACHER)),
        (Kind.ASSOCIATION, "Foreningen Naboer (opdigtet)", (Role.COORDINATOR, Role.ADMINISTRATOR)),
        (Kind.AGENCY, "Ministeriet (opdigtet)", (Role.ANALYST,)),
        (Kind.AGENCY, "Udlændingestyrelsen (opdigtet)", (Role.OFFICER, Role.OFFICER)),
    ):
        office = Organisation.objects.create(kind=kind, name=name)
        MadeUp.objects.create(organisation=office, seed=seed)
        made.append(office)
        for number, role in enumerate(roles):
            again = "2" if role in roles[:number] else ""
            _staff(f"{role}{again}.{kind}", office, role, hashed, today)
    return made


def _rounds(elsewhere: list[Organisation], codes: tuple[str, ...], today: date) -> None:
    for office in elsewhere:
        held = office.memberships.filter(role=Role.OFFICER).order_by("pk").select_related("user")
        if officers := [one.user for one in held]:
            begin_rounds(office, officers[0], today)
            begin_arrivals(office, officers, codes, today)


def _staff(name: str, office: Organisation, role: Role, hashed: str, today: date) -> None:
    email = f"{name}@demo.invalid"
    # Made by one hashing for all: forty of them would take as long as everything else of the staff.
    user = User.objects.create(email=email, password=hashed, name=f"Opdigtet {name}")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    Membership.objects.create(
        user=user, organisation=office, role=role, start=today.replace(year=today.year - 10, day=1)
    )


def _sign_ins(office: Organisation) -> Iterator[SignIn]:
    for held in office.memberships.select_related("user").order_by("pk"):
        yield SignIn(held.user.email, Role(held.role), office.name)


def _households(came: tuple[Newcomer, ...]) -> Iterator[list[Newcomer]]:
    together: dict[int, list[Newcomer]] = {}
    for newcomer in came:
        together.setdefault(newcomer.household, []).append(newcomer)
    yield from together.values()


def settle(together: list[Newcomer], office: Organisation, today: date, rng: np.random.Generator) -> list[Person]:
    """Register a household with what is known of its people, by workers in turn; gives who they are."""
    workers = list(office.memberships.on(today).filter(role=Role.WORKER).order_by("pk").select_related("user"))
    settled = []
    by = workers[together[0].household % len(workers)].user
    household = Household.objects.create(name=f"Familien {together[0].family_name}") if len(together) > 1 else None
    for newcomer in together:
        person = _person(newcomer, office, by, today)
        if household is not None:
            HouseholdMember.objects.create(household=household, person=person, start=newcomer.arrival)
        begin(newcomer, person, office, by=by, today=today, rng=rng)
        settled.append(person)
    return settled


def _person(newcomer: Newcomer, office: Organisation, by: User, today: date) -> Person:
    facts = PersonFacts(
        given_name=newcomer.given_name,
        family_name=newcomer.family_name,
        birth_date=newcomer.birth_date,
        sex=newcomer.sex,
        citizenship=newcomer.citizenship,
        permit=newcomer.permit,
        civil_status=newcomer.civil_status,
        schooling=newcomer.schooling,
        arrival_date=newcomer.arrival,
        takeover_date=newcomer.arrival,
    )
    person = register_person(facts, organisation=office, by=by)
    if newcomer.language:
        parts.add_language(
            person, language=newcomer.language, spoken="C2", mother_tongue=True, reads_script=True, by=by
        )
    if newcomer.trade:
        parts.add_occupation(person, name=newcomer.trade, years=newcomer.years, by=by)
        words = f"Jeg vil gerne arbejde med {newcomer.trade} igen."
        parts.record_wish(person, about="work", words=words, said=min(newcomer.arrival, today), by=by)
    for work in newcomer.work:
        parts.start_work(person, kind=work.kind, start=work.start, end=work.end, by=by)
    if newcomer.left is not None:
        stay = person.residence_spells.get()
        parts.end_residence(
            stay, end=newcomer.left, reason=newcomer.reason, to=newcomer.to, version=stay.version, by=by
        )
    return person
