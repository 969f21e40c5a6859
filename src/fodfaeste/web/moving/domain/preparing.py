"""Preparing a move: who moves, where to, when, and what goes along. Changing, offering, returning, withdrawing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import CASEWORK
from fodfaeste.web.moving.domain.needed import lacking
from fodfaeste.web.moving.grounds import ground
from fodfaeste.web.moving.groups import Group
from fodfaeste.web.moving.models import Agreement, Move, Mover
from fodfaeste.web.people.domain.changing import change, save
from fodfaeste.web.people.domain.parts import withdraw_consent
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.programme.permissions import refuse_strangers

State = Move.State


@dataclass(frozen=True)
class Terms:
    """Where a move leads, when, and what goes along.

    Attributes
    ----------
    to_office : Organisation or None
        None for a municipality that does not use the system; `to_code` and `to_name` say which it is.
    groups : tuple of str
        The groups that go along (`groups.Group`).
    ground, ground_words : str
        The legal ground and why it holds, where there is one.
    """

    to_office: Organisation | None
    day: date
    groups: tuple[str, ...] = ()
    to_code: str = ""
    to_name: str = ""
    ground: str = ""
    ground_words: str = ""

    def values(self) -> dict[str, object]:
        """Give what is stored of it."""
        return {
            "to_office": self.to_office,
            "to_code": self.to_office.code if self.to_office else self.to_code,
            "to_name": self.to_office.name if self.to_office else self.to_name.strip(),
            "day": self.day,
            "groups": [group.value for group in Group if group in self.groups],
            "ground": self.ground,
            "ground_words": self.ground_words.strip() if self.ground else "",
        }


def prepare(persons: Sequence[Person], terms: Terms, *, from_office: Organisation, by: User) -> Move:
    """Prepare the move of persons whom an office is responsible for.

    Raises
    ------
    Refused
        Where somebody is not the office's, moves already, or the terms do not hold.
    """
    if not persons:
        raise Refused(_("Vælg mindst én, der flytter."))
    for person in persons:
        refuse_strangers(by, person)
    _check(terms, from_office)
    with change(by):
        move = Move.objects.create(from_office=from_office, made_by=by, **terms.values())
        _take_along(move, persons)
    return move


def _take_along(move: Move, persons: Iterable[Person]) -> None:
    for person in persons:
        if not _held(person, move.from_office, move.day):
            raise Refused(_("%(who)s er ikke jeres på flyttedagen.") % {"who": person})
        try:
            with transaction.atomic():
                Mover.objects.create(
                    move=move,
                    person=person,
                    name=str(person),
                    case_number=person.case_number,
                    birth_date=person.birth_date,
                )
        except IntegrityError as error:
            raise Refused(
                _("Der er allerede forberedt en flytning for %(who)s. Ret eller træk den tilbage.") % {"who": person}
            ) from error


def _held(person: Person, office: Organisation, day: date) -> bool:
    rows = Responsibility.objects.filter(person=person, organisation=office, start__lt=day)
    return rows.exclude(end__lte=day).exists()


def change_move(move: Move, persons: Sequence[Person], terms: Terms, *, version: int, by: User) -> Move:
    """Change a move that is not sent; whoever has agreed to something else is asked again."""
    _must_be_of(move, by)
    if move.state not in (State.PREPARED, State.RETURNED):
        raise Refused(_("Flytningen er sendt. Træk den tilbage, og forbered en ny."))
    if not persons:
        raise Refused(_("Vælg mindst én, der flytter."))
    _check(terms, move.from_office)
    with change(by):
        before = dict(zip(("to", "day", "groups"), _agreed_to(move), strict=True))
        changed = save(move, version, {**terms.values(), "state": State.PREPARED})
        kept = {person.pk for person in persons}
        gone = list(changed.movers.exclude(person__in=kept))
        different = dict(zip(("to", "day", "groups"), _agreed_to(changed), strict=True)) != before
        _ask_again(gone if not different else list(changed.movers.all()), by)
        Mover.objects.filter(pk__in=[one.pk for one in gone]).update(live=False)
        Mover.objects.filter(pk__in=[one.pk for one in gone]).delete()
        there = set(changed.movers.values_list("person", flat=True))
        _take_along(changed, [person for person in persons if person.pk not in there])
    return changed


def _agreed_to(move: Move) -> tuple[object, ...]:
    return (move.to_office_id, move.to_code), move.day, sorted(move.groups)


def _ask_again(movers: Iterable[Mover], by: User) -> None:
    """Withdraw consents to what is not going to happen; that they were given stays written."""
    today = timezone.localdate()
    for agreement in Agreement.objects.filter(mover__in=list(movers), consent__withdrawn=None).select_related(
        "consent"
    ):
        consent = agreement.consent
        withdraw_consent(consent, withdrawn=max(today, consent.given), version=consent.version, by=by)


def offer(move: Move, *, by: User) -> Move:
    """Send a move to the office that it leads to.

    Raises
    ------
    Refused
        Without consent of everybody or a legal ground for all that goes along, saying what is missing.
    """
    _must_be_of(move, by)
    today = timezone.localdate()
    with change(by):
        move = Move.objects.select_for_update(of=("self",)).get(pk=move.pk)
        if move.state not in (State.PREPARED, State.RETURNED):
            raise Refused(_("Flytningen er allerede sendt eller afsluttet."))
        if move.to_office is None:
            raise Refused(
                _("%(where)s bruger ikke systemet. Afslut sagen, og aflever den som fil.") % {"where": move.to_name}
            )
        missing = lacking(move, today)
        if missing:
            raise Refused(" ".join(missing))
        return save(
            move,
            move.version,
            {
                "state": State.OFFERED,
                "sent_by": by,
                "sent": timezone.now(),
                "why": "",
                "answered": None,
                "answered_by": None,
            },
        )


def return_move(move: Move, *, why: str, by: User) -> Move:
    """Send a move back to where it came from, saying why; nothing of the file has gone anywhere."""
    if move.to_office is None or not works_in(by, move.to_office, timezone.localdate()):
        raise Refused(_("Kun den kommune, der er tilbudt sagen, kan sende den tilbage."))
    if not why.strip():
        raise Refused(_("Skriv, hvorfor sagen sendes tilbage."))
    with change(by):
        move = Move.objects.select_for_update(of=("self",)).get(pk=move.pk)
        if move.state != State.OFFERED:
            raise Refused(_("Flytningen er allerede besvaret eller trukket tilbage."))
        answered = {"state": State.RETURNED, "why": why.strip(), "answered_by": by, "answered": timezone.now()}
        return save(move, move.version, answered)


def withdraw(move: Move, *, by: User) -> Move:
    """Withdraw a move that has not come about; the persons stay where they are."""
    _must_be_of(move, by)
    with change(by):
        move = Move.objects.select_for_update(of=("self",)).get(pk=move.pk)
        if not move.is_live:
            raise Refused(_("Flytningen er afsluttet og kan ikke trækkes tilbage."))
        _ask_again(move.movers.all(), by)
        move.movers.update(live=False)
        return save(move, move.version, {"state": State.WITHDRAWN})


def works_in(user: User, office: Organisation, day: date) -> bool:
    """Say whether somebody works with an office's persons on a day."""
    held = Membership.objects.on(day).filter(user=user, organisation=office, role__in=CASEWORK)
    return user.is_active and held.exists()


def _must_be_of(move: Move, by: User) -> None:
    if not works_in(by, move.from_office, timezone.localdate()):
        raise Refused(_("Kun den kommune, der har sagen, kan gøre det."))


def _check(terms: Terms, from_office: Organisation) -> None:
    if terms.to_office is not None and terms.to_office.pk == from_office.pk:
        raise Refused(
            _("Vælg en anden kommune end jeres egen. En flytning inden for kommunen er et nyt ophold hos jer.")
        )
    if terms.to_office is None and not terms.to_name.strip():
        raise Refused(_("Vælg den kommune, der flyttes til, eller skriv, hvad den hedder."))
    if terms.to_office is None and terms.to_code and (len(terms.to_code) != 3 or not terms.to_code.isdigit()):
        raise Refused(_("En kommunekode er tre cifre, fx 791."))
    unknown = set(terms.groups) - set(Group)
    if unknown:
        raise Refused(_("Ukendt gruppe: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    if terms.ground and ground(terms.ground, timezone.localdate()) is None:
        raise Refused(_("Hjemlen gælder ikke i dag. Vælg en anden."))
    if terms.ground and not terms.ground_words.strip():
        raise Refused(_("Skriv, hvorfor hjemlen er opfyldt."))
