"""The receiving municipality takes a household in: its people become persons there, as if an office had typed them."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.people.domain.facts import PersonFacts
from fodfaeste.web.people.domain.households import join_household, make_household
from fodfaeste.web.people.domain.persons import register_person
from fodfaeste.web.people.models import Person, Schooling
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord

LETTERS = ("da", "ar", "uk", "en")
"""Languages that letters are written in; whoever reads none of them gets Danish."""


def receive(arrival: Arrival, *, by: User) -> list[Person]:
    """Take a household in: each of its people becomes a person of the municipality, in a household together.

    Raises
    ------
    Refused
        If it was not sent to a municipality that whoever acts works for, or is taken in already.
    """
    with change(by):
        viewer = viewer_of(by, timezone.localdate())
        found = visible(viewer, Arrival).filter(pk=arrival.pk, receiver__in=viewer.casework).first()
        if found is None or found.state != Arrival.State.SENT:
            raise Refused(_("Husstanden er ikke sendt til jer, eller den er allerede modtaget."))
        members = list(found.members.all())
        persons = [
            register_person(
                PersonFacts(
                    given_name=member.given_name,
                    family_name=member.family_name,
                    birth_date=member.birth_date,
                    sex=member.sex,
                    citizenship=member.citizenship,
                    civil_status=member.civil_status,
                    schooling=member.schooling or str(Schooling.UNKNOWN),
                    arrival_date=found.arrives,
                    takeover_date=found.arrives,
                    language=found.language if found.language in LETTERS else "da",
                ),
                organisation=found.receiver,
                by=by,
            )
            for member in members
        ]
        if len(persons) > 1:
            household = make_household(found.name, by=by)
            for person in persons:
                join_household(household, person, relation="", start=found.arrives, by=by)
        for member, person in zip(members, persons, strict=True):
            member.case_number = person.case_number
            member.save(update_fields=["case_number"])
        found.state = Arrival.State.RECEIVED
        found.version += 1
        found.save(update_fields=["state", "version"])
        facts = {"persons": [person.case_number for person in persons]}
        PlacementRecord.objects.create(
            arrival=found, act=PlacementRecord.Act.RECEIVED, by=by, by_name=by.name or by.email, facts=facts
        )
    return persons
