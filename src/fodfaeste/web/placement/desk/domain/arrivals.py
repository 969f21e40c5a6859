"""Writing arriving households down, and changing them as long as nothing is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.models import Arrival, ArrivalOpening, ArrivalWish, ArrivingPerson, Asking
from fodfaeste.web.placement.desk.permissions import must_be_officer

Rows = Sequence[Mapping[str, Any]]
MOST_MEMBERS = 20
Origin = ArrivalWish.Origin


def add_arrival(
    organisation: Organisation, *, household: Mapping[str, Any], members: Rows, wishes: Rows = (), by: User
) -> Arrival:
    """Write a household down, with its people and what it needs and wishes.

    Raises
    ------
    Refused
        If nobody is in it, or somebody is born after it arrives.
    """
    with change(by), seeing([organisation.pk]):
        must_be_officer(by, organisation)
        reference = household.get("reference") or _next_reference(organisation)
        if Arrival.objects.filter(organisation=organisation, reference=reference).exists():
            raise Refused(_("Nummeret %(reference)s er brugt til en anden husstand.") % {"reference": reference})
        arrival = Arrival.objects.create(**{**household, "reference": reference}, organisation=organisation, made_by=by)
        _fill(arrival, members, wishes, by=by)
    return arrival


def take_from_system(
    organisation: Organisation,
    *,
    household: Mapping[str, Any],
    members: Rows,
    wishes: Rows,
    digest: str,
    answers_for: User,
) -> Arrival:
    """Write a household down that another system has sent; who let the system in answers for it, and the log names it.

    Raises
    ------
    Refused
        If the number is used, nobody is in it, or somebody is born after it arrives.
    """
    used = Refused(_("Nummeret %(reference)s er brugt til en anden husstand.") % {"reference": household["reference"]})
    with transaction.atomic():
        try:
            with transaction.atomic():
                arrival = Arrival.objects.create(
                    **household, digest=digest, organisation=organisation, made_by=answers_for
                )
        except IntegrityError as error:
            raise used from error
        _fill(arrival, members, wishes, by=answers_for)
    return arrival


def opened_by_system(arrivals: Iterable[Arrival], *, words: str, page: str) -> None:
    """Write down that another system has read about households."""
    ArrivalOpening.objects.bulk_create(ArrivalOpening(arrival=one, words=words, page=page) for one in arrivals)


def change_arrival(
    arrival: Arrival,
    *,
    household: Mapping[str, Any],
    members: Rows,
    wishes: Rows = (),
    version: int | None = None,
    by: User,
) -> Arrival:
    """Write a household down anew, as long as it waits. Its own wishes stay its own where they stay as they are.

    Parameters
    ----------
    version : int, optional
        Which version the officer had before them.

    Raises
    ------
    Refused
        If it is decided already, or somebody, perhaps the household itself, has changed it meanwhile.
    """
    with change(by), seeing([arrival.organisation_id]):
        arrival = still_waiting(arrival, by)
        if version not in (None, arrival.version):
            raise Refused(_("Husstanden er ændret, siden du åbnede siden. Åbn den igen, og ret den så."))
        before = [(_wish(one), one.origin) for one in arrival.wishes.all()]
        for name, value in household.items():
            setattr(arrival, name, value)
        arrival.version += 1
        arrival.save()
        arrival.members.all().delete()
        arrival.wishes.all().delete()
        _fill(arrival, members, wishes, before=before, by=by)
    return arrival


def still_waiting(arrival: Arrival, by: User) -> Arrival:
    """Take a household for a change, and let nobody else change it meanwhile.

    Raises
    ------
    Refused
        If it is decided already.
    """
    found = locked(arrival, by)
    if found.state != Arrival.State.WAITING:
        raise Refused(_("Husstanden er allerede afgjort. Fortryd afgørelsen, før den ændres."))
    return found


def locked(arrival: Arrival, by: User) -> Arrival:
    """Take a household that an officer of its agency acts on.

    Raises
    ------
    Refused
        If its data are deleted by rule.
    """
    must_be_officer(by, arrival.organisation)
    found = Arrival.objects.select_for_update().get(pk=arrival.pk)
    if found.erased:
        raise Refused(_("Husstandens oplysninger er slettet efter reglen. Sagen kan ikke ændres mere."))
    return found


def _fill(
    arrival: Arrival,
    members: Rows,
    wishes: Rows,
    *,
    before: Sequence[tuple[Mapping[str, Any], str]] = (),
    by: User,
) -> None:
    if not members:
        raise Refused(_("Skriv mindst én person i husstanden."))
    for facts in members:
        if facts["birth_date"] > arrival.arrives:
            raise Refused(_("%(name)s er født efter ankomsten. Ret en af datoerne.") % {"name": facts["given_name"]})
    ArrivingPerson.objects.bulk_create(ArrivingPerson(arrival=arrival, **facts) for facts in members)
    made = [ArrivalWish(arrival=arrival, **facts) for facts in wishes]
    known = [facts for facts, _origin in before]
    for one in made:
        one.origin = next((origin for facts, origin in before if facts == _wish(one)), Origin.OFFICER)
    ArrivalWish.objects.bulk_create(made)
    if any(one.kind != ArrivalWish.Kind.TREATMENT and _wish(one) not in known for one in made):
        Asking.objects.create(arrival=arrival, act=Asking.Act.ANSWERED, by=by)


def _wish(wish: ArrivalWish) -> dict[str, Any]:
    """Give what a wish says, apart from who said it."""
    left_out = {"id", "arrival", "origin"}
    return {one.name: getattr(wish, one.name) for one in wish._meta.concrete_fields if one.name not in left_out}


def _next_reference(organisation: Organisation) -> str:
    """Give the number after the last of the agency's own."""
    used = Arrival.objects.filter(organisation=organisation, reference__regex=r"^V\d+$").values_list(
        "reference", flat=True
    )
    return f"V{max((int(one[1:]) for one in used), default=0) + 1:05d}"
