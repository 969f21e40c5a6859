"""What addresses with a number in them are walked with: one thing of the own municipality, and one of the other's.

A route says ``object = "person"`` in access_matrix.toml; here stands what that is. Add a function for a new thing::

    @walked_with("plan")
    def _plans(country: Country) -> Pair:
        own, their = made_plan(country.person), made_plan(country.their_person)
        return {"pk": own.pk}, {"pk": their.pk}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from fodfaeste.web.accounts.models import CooperationOffer, Invitation, Membership, Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.api.tokens import Scope, make_token
from fodfaeste.web.audit.domain.samples import draw_sample
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.handover.domain.handovers import begin_handover, offer, tell
from fodfaeste.web.handover.domain.later import offer_later
from fodfaeste.web.handover.domain.stand_ins import arrange_stand_in
from fodfaeste.web.handover.models import HandedCase
from fodfaeste.web.learning.domain.levels import pass_test
from fodfaeste.web.moving.domain.handing import hand_over_as_file
from fodfaeste.web.moving.domain.preparing import Terms, prepare
from fodfaeste.web.moving.models import Move
from fodfaeste.web.newcomer.domain.links import give_access
from fodfaeste.web.people.domain.merging import merge_persons
from fodfaeste.web.people.importing.acts import begin_import
from fodfaeste.web.people.importing.template import EXAMPLE, write_csv
from fodfaeste.web.people.models import Household, HouseholdMember, Need, Person
from fodfaeste.web.placement.desk.domain.proposals import propose
from fodfaeste.web.placement.models import Arrival
from fodfaeste.web.placement.rounds.domain.tables import type_figures
from fodfaeste.web.programme.domain.drafts import keep_draft
from fodfaeste.web.programme.domain.files import CheckedFile
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.models import Draft
from fodfaeste.web.workplace.domain.links import give_link

from .conftest import TAKEOVER, Country, made_person, made_user
from .desk_examples import arriving, decided, opened_round
from .door_examples import given_to
from .forecast_examples import brought, passed
from .insight_examples import made_figures
from .learning_examples import learner, school, worker_of
from .moving_examples import consented, offered, prepared
from .newcomer_examples import appointment
from .programme_examples import agreed, opened
from .quota_examples import FIVE, NORTH, YEAR, agency, drafted, north, officer_of, published
from .quota_examples import agreed as agreed_quotas
from .workplace_examples import ACTIVITY, at_work
from .workplace_examples import sent as sent_to_three

Arguments = dict[str, Any]
"""Arguments of an address, by name."""

Pair = tuple[Arguments, Arguments]
"""Those of the own municipality's thing, and of the other's."""

OBJECTS: dict[str, Callable[[Country], Pair]] = {}


def walked_with(name: str) -> Callable[[Callable[[Country], Pair]], Callable[[Country], Pair]]:
    """Register what makes two things, once."""

    def register(make: Callable[[Country], Pair]) -> Callable[[Country], Pair]:
        assert name not in OBJECTS, f"{name} is walked with something already"
        OBJECTS[name] = make
        return make

    return register


@walked_with("person")
def _persons(country: Country) -> Pair:
    return {"pk": country.person.pk}, {"pk": country.their_person.pk}


@walked_with("sample")
def _samples(country: Country) -> Pair:
    """October's openings: one by each municipality's worker, which its leaders are asked about."""
    pair = []
    for office, worker, person in (
        (country.own, country.users[Role.WORKER], country.person),
        (country.other, country.stranger, country.their_person),
    ):
        at = timezone.make_aware(datetime(2026, 10, 15))
        Opening.objects.create(person=person.pk, page="people:person", user=worker, organisation=office, at=at)
        pair.append({"pk": draw_sample(organisation=office, month=at.date(), by=None).pk})
    return pair[0], pair[1]


@walked_with("office")
def _offices(country: Country) -> Pair:
    return {"office": country.own.pk}, {"office": country.other.pk}


@walked_with("logo")
def _logos(country: Country) -> Pair:
    for office in (country.own, country.other):
        office.logo.save("logo.png", ContentFile(b"a picture"))
    return _offices(country)


@walked_with("step")
def _steps(country: Country) -> Pair:
    return {"office": country.own.pk, "step": "sprog"}, {"office": country.other.pk, "step": "sprog"}


@walked_with("colleague")
def _colleagues(country: Country) -> Pair:
    own, theirs = country.users[Role.LEADER], country.stranger
    return {"office": country.own.pk, "pk": own.pk}, {"office": country.other.pk, "pk": theirs.pk}


@walked_with("invitation")
def _invitations(country: Country) -> Pair:
    """Each municipality offers a role to somebody of the other's."""
    pair = []
    for office, somebody, by in (
        (country.own, country.stranger, country.users[Role.ADMINISTRATOR]),
        (country.other, country.users[Role.LEADER], country.stranger),
    ):
        row = Invitation.objects.create(
            user=somebody, organisation=office, role=Role.WORKER, start=timezone.localdate(), by=by
        )
        pair.append({"office": office.pk, "pk": row.pk})
    return pair[0], pair[1]


@walked_with("neighbours_colleague")
def _neighbours_colleagues(country: Country) -> Pair:
    """Through the own office's address, somebody of the other's."""
    own, theirs = _colleagues(country)
    return own, theirs | {"office": country.own.pk}


@walked_with("role")
def _roles(country: Country) -> Pair:
    own = Membership.objects.get(user=country.users[Role.LEADER])
    theirs = Membership.objects.get(user=country.stranger)
    return {"office": country.own.pk, "pk": own.pk}, {"office": country.own.pk, "pk": theirs.pk}


@walked_with("partner")
def _partners(country: Country) -> Pair:
    """A partner of the own office, and one of the other's alone."""
    friend = Organisation.objects.create(kind=Kind.SCHOOL, name="Sprogskolen")
    stranger = Organisation.objects.create(kind=Kind.SCHOOL, name="En anden sprogskole")
    country.own.partners.add(friend)
    country.other.partners.add(stranger)
    return {"office": country.own.pk, "pk": friend.pk}, {"office": country.own.pk, "pk": stranger.pk}


@walked_with("offer")
def _offers(country: Country) -> Pair:
    """An offer to the own office, and one between two others."""
    third = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Tredje")
    ours = CooperationOffer.objects.create(sender=third, receiver=country.own, by=country.stranger)
    theirs = CooperationOffer.objects.create(sender=third, receiver=country.other, by=country.stranger)
    return {"office": country.own.pk, "pk": ours.pk}, {"office": country.own.pk, "pk": theirs.pk}


@walked_with("need")
def _needs(country: Country) -> Pair:
    own = Need.objects.create(person=country.person, words="Hensyn", noted=TAKEOVER)
    their = Need.objects.create(person=country.their_person, words="Hensyn", noted=TAKEOVER)
    return {"pk": country.person.pk, "row": own.pk}, {"pk": country.their_person.pk, "row": their.pk}


@walked_with("merge")
def _merges(country: Country) -> Pair:
    return _merge(country.person, country), _merge(country.their_person, country)


def _merge(kept: Person, country: Country) -> Arguments:
    office, worker = kept.responsibilities.get().organisation, kept.responsibilities.get().worker
    twin = made_person(f"Tvilling til {kept.pk}", worker, office)
    return {"pk": kept.pk, "merge": merge_persons(kept, twin, by=worker).pk}


@walked_with("household")
def _households(country: Country) -> Pair:
    return {"pk": _home(country.person).household_id}, {"pk": _home(country.their_person).household_id}


@walked_with("expected")
def _expected(country: Country) -> Pair:
    own, their = _home(country.person), _home(country.their_person)
    return {"pk": own.household_id, "member": own.pk}, {"pk": their.household_id, "member": their.pk}


def _home(person: Person) -> HouseholdMember:
    home = Household.objects.create(name="Et hjem")
    return HouseholdMember.objects.create(household=home, person=person, start=TAKEOVER)


@walked_with("list")
def _lists(country: Country) -> Pair:
    """A list that is read in, and a row of it."""
    own, theirs = (
        begin_import(organisation=office, file_name="liste.csv", content=write_csv([EXAMPLE]), by=user)
        for office, user in ((country.own, country.users[Role.WORKER]), (country.other, country.stranger))
    )
    return {"pk": own.pk, "row": own.rows.get().pk}, {"pk": theirs.pk, "row": theirs.rows.get().pk}


@walked_with("programme")
def _programmes(country: Country) -> Pair:
    """A person with a plan that both have approved."""
    for who, by in ((country, country.users[Role.WORKER]), (_theirs(country), country.stranger)):
        agreed(opened(who, by=by), by)
    return {"pk": country.person.pk}, {"pk": country.their_person.pk}


@walked_with("appointment")
def _appointments(country: Country) -> Pair:
    own, theirs = (
        appointment(opened(who, by=by))
        for who, by in ((country, country.users[Role.WORKER]), (_theirs(country), country.stranger))
    )
    return {"pk": own.pk}, {"pk": theirs.pk}


@walked_with("own_link")
def _own_links(country: Country) -> Pair:
    own, theirs = (
        give_access(who.person, by=by, language="da").link
        for who, by in ((country, country.users[Role.WORKER]), (_theirs(country), country.stranger))
    )
    return {"pk": country.person.pk, "link": own.pk}, {"pk": country.their_person.pk, "link": theirs.pk}


@walked_with("note")
def _notes(country: Country) -> Pair:
    own, theirs = (
        add_note(who.person, by=by, organisation=who.own, day=TAKEOVER, text="Et notat")
        for who, by in ((country, country.users[Role.WORKER]), (_theirs(country), country.stranger))
    )
    return {"pk": country.person.pk, "note": own.pk}, {"pk": country.their_person.pk, "note": theirs.pk}


@walked_with("note_file")
def _files(country: Country) -> Pair:
    pair = []
    for who, by in ((country, country.users[Role.WORKER]), (_theirs(country), country.stranger)):
        files = [CheckedFile("brev.txt", "text/plain", b"Et brev")]
        note = add_note(who.person, by=by, organisation=who.own, day=TAKEOVER, text="Et notat", files=files)
        pair.append({"pk": who.person.pk, "file": note.files.get().pk})
    return pair[0], pair[1]


@walked_with("token")
def _tokens(country: Country) -> Pair:
    """A token of the own municipality, and one of the other's."""
    pair = []
    for office in (country.own, country.other):
        by = made_user(f"Nøgler {office}", office, Role.ADMINISTRATOR)
        week = timezone.now() + timedelta(days=7)
        token, _secret = make_token("ESDH", office, [Scope.PERSONS], expires=week, by=by)
        pair.append({"office": office.pk, "pk": token.pk})
    return pair[0], pair[1]


def _theirs(country: Country) -> Country:
    """The country as it is seen from the other municipality."""
    return replace(country, own=country.other, person=country.their_person)


@walked_with("handover")
def _handovers(country: Country) -> Pair:
    """A worker of each municipality hands their cases on."""
    own, theirs = (_offered_case(one).handover for one in _of_each(country))
    return {"pk": own.pk}, {"pk": theirs.pk}


@walked_with("handed_case")
def _handed_cases(country: Country) -> Pair:
    """A case that is offered to a colleague: here the consultant."""
    own, theirs = (_offered_case(one) for one in _of_each(country))
    return {"pk": own.pk}, {"pk": theirs.pk}


@walked_with("handover_line")
def _handover_lines(country: Country) -> Pair:
    own, theirs = (_offered_case(one) for one in _of_each(country))
    return _line_of(own), _line_of(theirs)


def _line_of(case: HandedCase) -> Arguments:
    return {"pk": case.handover_id, "person": case.person_id}


@walked_with("handover_draft")
def _handover_drafts(country: Country) -> Pair:
    found = []
    for one in _of_each(country):
        case = _offered_case(one)
        worker = case.handover.worker
        keep_draft(case.person, by=worker, address="/program/", fields=(("text", "Halvt"),), window="1")
        found.append({"pk": case.handover_id, "draft": Draft.objects.get(user=worker).pk})
    return found[0], found[1]


@walked_with("stand_in")
def _stand_ins(country: Country) -> Pair:
    """Each municipality's worker is away, and a colleague stands in."""
    found = []
    for one in _of_each(country):
        worker = one.person.responsibilities.get().worker
        colleague = made_user(f"vikar i {one.own}", one.own, Role.WORKER)
        when = {"start": timezone.localdate(), "end": timezone.localdate() + timedelta(days=7)}
        row = arrange_stand_in(worker, one.own, stand_in=colleague, urgent="Intet", by=worker, **when)
        found.append({"pk": row.pk})
    return found[0], found[1]


def _of_each(country: Country) -> tuple[Country, Country]:
    return country, _theirs(country)


@walked_with("handed_later")
def _handed_later(country: Country) -> Pair:
    """A case that begins in a month and is offered to a colleague: here the consultant."""
    found = []
    for one in _of_each(country):
        worker = one.person.responsibilities.get().worker
        later = made_person(f"Senere {one.own}", worker, one.own, family_name=one.person.family_name)
        later.responsibilities.update(start=timezone.localdate() + timedelta(days=30))
        handover = begin_handover(worker, one.own, leaves=timezone.localdate() + timedelta(days=7), by=worker)
        offer_later(handover, receiver=_colleague(one), told="Ring først", by=worker)
        found.append({"pk": handover.cases.get().pk})
    return found[0], found[1]


def _colleague(country: Country) -> Any:
    if country.person.responsibilities.get().worker == country.users[Role.WORKER]:
        return country.users[Role.CONSULTANT]
    return made_user("deres kollega", country.own, Role.CONSULTANT)


def _offered_case(country: Country) -> HandedCase:
    worker = country.person.responsibilities.get().worker
    receiver = _colleague(country)
    leaves = timezone.localdate() + timedelta(days=7)
    handover = begin_handover(worker, country.own, leaves=leaves, by=worker)
    tell(handover, country.person, told="Ring først", by=worker)
    offer(handover, [country.person], receiver=receiver, by=worker)
    return handover.cases.select_related("handover__worker", "person").get()


@walked_with("move")
def _moves(country: Country) -> Pair:
    """A move that is prepared: of the own person to the neighbour, and of the neighbour's to a third municipality."""
    own = prepared(country)
    theirs = prepared(_from_there(country, to=_third()))
    return {"pk": own.pk}, {"pk": theirs.pk}


@walked_with("offered_move")
def _offered_moves(country: Country) -> Pair:
    """A move of the neighbour's person to a third municipality, and one of another's that the own office is offered."""
    third = _third()
    worker = made_user("third", third, Role.WORKER)
    person = made_person("Tredje", worker, third, family_name=country.person.family_name)
    theirs = replace(country, own=third, person=person, users={**country.users, Role.WORKER: worker})
    own = offered(replace(theirs, other=country.own))
    away = offered(_from_there(country, to=third))
    return {"pk": own.pk}, {"pk": away.pk}


@walked_with("handed_move")
def _handed_moves(country: Country) -> Pair:
    """A file that is closed and handed over, of each municipality."""
    own, theirs = (_moved_away(who) for who in (country, _from_there(country, to=country.own)))
    return {"pk": own.pk}, {"pk": theirs.pk}


@walked_with("closed_case")
def _closed_cases(country: Country) -> Pair:
    """A closed file of each municipality."""
    own, theirs = (_moved_away(who).closed.get() for who in (country, _from_there(country, to=country.own)))
    return {"pk": own.pk}, {"pk": theirs.pk}


def _from_there(country: Country, *, to: Organisation) -> Country:
    """The country as the other municipality's worker sees it, with a neighbour of theirs."""
    users = {**country.users, Role.WORKER: country.stranger}
    return replace(country, own=country.other, other=to, person=country.their_person, users=users)


def _third() -> Organisation:
    return Organisation.objects.get_or_create(kind=Kind.MUNICIPALITY, name="Tredje", code="903")[0]


def _moved_away(country: Country) -> Move:
    worker = country.users[Role.WORKER]
    name = country.person.family_name
    person = made_person(f"Fraflyttet {country.own.pk}", worker, country.own, family_name=name)
    terms = Terms(to_office=None, to_name="Fjern", day=timezone.localdate())
    move = consented(prepare([person], terms, from_office=country.own, by=worker), worker)
    return hand_over_as_file(move, by=worker)


@walked_with("quota_draft")
def _quota_drafts(_country: Country) -> Pair:
    """A draft of each of two agencies, with an agreement in it."""
    pair = []
    for name in ("Egen agency", "En anden styrelse"):
        round_ = drafted(agency(name))
        agreement = agreed_quotas(round_, NORTH, north())
        pair.append({"pk": round_.pk, "agreement": agreement.pk, "what": "tal", "kind": "csv"})
    return pair[0], pair[1]


@walked_with("quota_few")
def _quotas_of_few(_country: Country) -> Pair:
    """The same with five municipalities, so that letters to all are soon set."""
    pair = []
    for name in ("Egen agency", "En anden styrelse"):
        round_ = drafted(agency(name))
        round_.lines.exclude(code__in=FIVE).delete()
        pair.append({"pk": round_.pk})
    return pair[0], pair[1]


@walked_with("quota_published")
def _published_quotas(_country: Country) -> Pair:
    """What the one agency has published, and a draft of another."""
    own, their = published(agency()), drafted(agency("En anden styrelse"))
    return {"pk": own.pk, "code": "751"}, {"pk": their.pk, "code": "751"}


@walked_with("quota_upload")
def _quota_uploads(_country: Country) -> Pair:
    """Figures that are being typed."""
    pair = []
    for name in ("Egen agency", "En anden styrelse"):
        round_ = drafted(agency(name))
        pair.append({"pk": type_figures(round_, by=officer_of(round_.organisation)).pk})
    return pair[0], pair[1]


@walked_with("insight_list")
def _insight_lists(country: Country) -> Pair:
    """A figure with who stands behind it, of each municipality; and a figure that there is not."""
    made_figures(country)
    return {"slug": "fastholdelse"}, {"slug": "findes-ikke"}


@walked_with("insight_picture")
def _insight_pictures(country: Country) -> Pair:
    own, theirs = made_figures(country)
    return {"pk": own.pk}, {"pk": theirs.pk}


@walked_with("arrival")
def _arrivals(_country: Country) -> Pair:
    """A household that waits at each of two agencies."""
    pair = []
    for name in ("Egen agency", "En anden styrelse"):
        office = agency(name)
        opened_round(office)
        pair.append({"pk": arriving(office=office).pk})
    return pair[0], pair[1]


@walked_with("forecast-model")
def _forecast_models(_country: Country) -> Pair:
    """A trained model of each of two agencies, tried on the past."""
    pair = []
    for name in ("Egen agency", "En anden styrelse"):
        with TemporaryDirectory() as room:
            kept = brought(Path(room), office=agency(name))
        passed(kept)
        pair.append({"pk": kept.pk})
    return pair[0], pair[1]


@walked_with("arrival_link")
def _arrival_links(_country: Country) -> Pair:
    """A link of a household of each of two agencies."""
    pair = []
    for name in ("Egen agency", "En anden styrelse"):
        family = arriving(office=agency(name))
        pair.append({"pk": family.pk, "link": given_to(family).link.pk})
    return pair[0], pair[1]


@walked_with("proposal")
def _proposals(_country: Country) -> Pair:
    """A proposal of each of two agencies, with a household in it."""
    pair = []
    for name in ("Egen agency", "En anden styrelse"):
        office = agency(name)
        opened_round(office)
        arriving(office=office)
        day = date(YEAR, 3, 1)
        pair.append({"pk": propose(office, name="Uge 9", first=day, last=day, by=officer_of(office)).pk})
    return pair[0], pair[1]


@walked_with("arrival_decided")
def _decided_arrivals(_country: Country) -> Pair:
    """One that is decided at each of two agencies."""
    pair = []
    for name in ("Egen agency", "En anden styrelse"):
        office = agency(name)
        opened_round(office)
        family = arriving(office=office)
        decided(family)
        pair.append({"pk": family.pk})
    return pair[0], pair[1]


@walked_with("arrival_sent")
def _sent_arrivals(country: Country) -> Pair:
    """One that was sent to each of the two municipalities."""
    pair = []
    for office in (country.own, country.other):
        family = arriving(name=country.person.family_name)
        sent = {"state": "sent", "place": office.code, "year": family.arrives.year, "receiver": office}
        Arrival.objects.filter(pk=family.pk).update(**sent)
        pair.append({"pk": family.pk})
    return pair[0], pair[1]


@walked_with("work_agreement")
def _work_agreements(country: Country) -> Pair:
    """An agreement that is laid before the three, of each municipality, with a link to it."""
    pair = []
    for one in _of_each(country):
        worker = one.person.responsibilities.get().worker
        link = give_link(sent_to_three(at_work(one, worker), worker), by=worker).link
        pair.append({"pk": one.person.pk, "number": ACTIVITY, "link": link.pk})
    return pair[0], pair[1]


@walked_with("own_work_agreement")
def _own_work_agreements(country: Country) -> Pair:
    """The same by their own numbers."""
    pair = []
    for one in _of_each(country):
        worker = one.person.responsibilities.get().worker
        pair.append({"pk": sent_to_three(at_work(one, worker), worker).pk})
    return pair[0], pair[1]


@walked_with("enrolment")
def _enrolments(country: Country) -> Pair:
    """Somebody of each municipality who is taught at a school."""
    own, other = (
        {"pk": person.pk, "row": learner(person, school(f"Skole for {person.pk}")).pk}
        for person in (country.person, country.their_person)
    )
    return own, other


@walked_with("learner")
def _learners(country: Country) -> Pair:
    """A learner of each of two schools, with a module test: the own municipality's at the own school."""
    pair = []
    for person, there in ((country.person, school()), (country.their_person, school("En anden skole"))):
        row = learner(person, there)
        step = pass_test(row, level="du2-3", day=TAKEOVER, by=worker_of(person))
        pair.append({"pk": row.pk, "step": step.pk})
    return pair[0], pair[1]
