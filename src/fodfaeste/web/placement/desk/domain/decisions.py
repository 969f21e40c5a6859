"""A person decides where a household goes, undoes it, sends it, answers an objection: each a record with its facts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.place.decide import REASON_CODES, Decision
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import HOUSEHOLD, seeing
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.case import Case, case_of, judged_facts, wish_facts
from fodfaeste.web.placement.desk.domain.arrivals import locked, still_waiting
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord, RoomTaken
from fodfaeste.web.placement.rounds.models import QuotaLine

Act, State = PlacementRecord.Act, Arrival.State
TOLD = (State.SENT, State.RECEIVED)
"""States in which a household has been told what was decided."""


def decide(
    arrival: Arrival, code: str, *, seen: str, reason_code: str = "", text: str = "", by: User
) -> PlacementRecord:
    """Decide on a place for a household; its persons come off the municipality's quota.

    Parameters
    ----------
    code : str
        The municipality's.
    seen : str
        The mark of the case that the officer had before them (`Case.mark`).
    reason_code, text : str
        Why it is another place than the first; both are needed then.

    Raises
    ------
    Refused
        If something has changed since the officer saw it, a rule forbids the place, an override has no reason, or the
        quota has no room any more.
    """
    with change(by), seeing([arrival.organisation_id]):
        arrival = still_waiting(arrival, by)
        case = case_of(arrival)
        if case.mark != seen:
            raise Refused(
                _("Forslaget er et andet, end da du åbnede siden: andre har afgjort noget imens. Se det igen.")
            )
        decision = _decision(case, code, reason_code, text.strip(), by)
        _take_room(case, code)
        arrival.state, arrival.place, arrival.year = State.DECIDED, code, case.desk.round.year
        arrival.version += 1
        arrival.save(update_fields=["state", "place", "year", "version"])
        said = {
            **asdict(decision),
            "place": code,
            "place_name": decision.place,
            "override": decision.override,
            "wishes": judged_facts(case.arrival, case.desk, code),
        }
        return _record(arrival, Act.DECIDED, by, {**case.facts, "decision": said})


def undo(arrival: Arrival, *, text: str, by: User) -> PlacementRecord:
    """Take a decision back, as long as it is not sent; the room is free again.

    Raises
    ------
    Refused
        If it is sent, or there is nothing to undo.
    """
    with change(by), seeing([arrival.organisation_id]):
        arrival = locked(arrival, by)
        if arrival.state != State.DECIDED:
            raise Refused(
                _("Kun en afgørelse, der ikke er sendt, kan fortrydes. Efter afsendelsen kan den genoptages.")
            )
        _free(arrival)
        return _record(arrival, Act.UNDONE, by, {"text": text.strip()})


def send(arrival: Arrival, *, by: User) -> PlacementRecord:
    """Send a decision: the municipality sees the household, and from now on it is not undone.

    Raises
    ------
    Refused
        If nothing is decided, it is sent already, or the household has changed its wishes since.
    """
    with change(by), seeing([arrival.organisation_id]):
        arrival = locked(arrival, by)
        if arrival.state != State.DECIDED:
            raise Refused(_("Der er ingen afgørelse at sende."))
        if _wishes_otherwise(arrival):
            raise Refused(
                _("Husstanden har ændret sine ønsker efter afgørelsen. Fortryd den, og se de bedste steder igen.")
            )
        receiver = Organisation.objects.filter(kind=Kind.MUNICIPALITY, code=arrival.place).first()
        arrival.state, arrival.receiver = State.SENT, receiver
        arrival.version += 1
        arrival.save(update_fields=["state", "receiver", "version"])
        return _record(arrival, Act.SENT, by, {"receiver": "" if receiver is None else receiver.name})


def note_objection(arrival: Arrival, *, text: str, by: User) -> PlacementRecord:
    """Write down that the household objects, in its words.

    Raises
    ------
    Refused
        If nothing is decided, it says nothing, or an objection waits for its answer already.
    """
    with change(by), seeing([arrival.organisation_id]):
        arrival = locked(arrival, by)
        if arrival.state == State.WAITING:
            raise Refused(_("Der er ingen afgørelse at klage over."))
        if open_objection(arrival):
            raise Refused(_("En klage venter allerede på svar. Besvar den først."))
        return _record(arrival, Act.OBJECTED, by, {"text": _said(text)})


def object_oneself(viewer: Viewer, *, link: int, text: str, language: str) -> PlacementRecord:
    """Let a household object to what was decided about it, in its own words and language.

    Parameters
    ----------
    viewer : Viewer
        The household, as the gate knows it.
    link : int
        The number of the link that it came by.

    Raises
    ------
    Refused
        If nothing is sent to it, it says nothing, or an objection waits for its answer already.
    """
    with transaction.atomic():
        arrival = visible(viewer, Arrival).filter(pk=viewer.arrival, state__in=TOLD).select_for_update().first()
        if viewer.arrival is None or arrival is None:
            raise Refused(_("Der er ingen afgørelse at klage over."))
        if open_objection(arrival):
            raise Refused(_("Vi har allerede en indsigelse fra jer og svarer på den."))
        said = {"text": _said(text), "language": language}
        return PlacementRecord.objects.create(
            arrival=arrival, act=Act.OBJECTED, own_link=link, by_name=HOUSEHOLD, facts=said
        )


def answer_objection(arrival: Arrival, *, reopen: bool, text: str, by: User) -> PlacementRecord:
    """Answer an objection: the decision stands, or the household is decided on anew.

    Raises
    ------
    Refused
        If no objection waits, the answer has no reason, or the municipality has taken the household in.
    """
    with change(by), seeing([arrival.organisation_id]):
        arrival = locked(arrival, by)
        if not open_objection(arrival):
            raise Refused(_("Ingen klage venter på svar."))
        if not reopen:
            return _record(arrival, Act.UPHELD, by, {"text": _said(text)})
        if arrival.state == State.RECEIVED:
            raise Refused(_("Kommunen har modtaget husstanden. En flytning aftales mellem kommunerne."))
        said = _said(text)
        _free(arrival)
        return _record(arrival, Act.REOPENED, by, {"text": said})


def open_objection(arrival: Arrival) -> PlacementRecord | None:
    """Give the objection that waits for an answer."""
    last = arrival.records.filter(act__in=(Act.OBJECTED, Act.UPHELD, Act.REOPENED)).order_by("-pk").first()
    return last if last is not None and last.act == Act.OBJECTED else None


def with_objections(rows: QuerySet[Arrival]) -> QuerySet[Arrival]:
    """Say of each household whether it has an objection that waits for an answer: `objects`."""
    acts = PlacementRecord.objects.filter(
        arrival=OuterRef("pk"), act__in=(Act.OBJECTED, Act.UPHELD, Act.REOPENED)
    ).order_by("-pk")
    return rows.annotate(objects=Exact(Subquery(acts.values("act")[:1]), Value(Act.OBJECTED)))


def _wishes_otherwise(arrival: Arrival) -> bool:
    """Say whether a household wishes something else than when it was decided on."""
    record = arrival.records.filter(act=Act.DECIDED).order_by("-pk").first()
    then = [] if record is None else record.facts["household"]["wishes"]
    names = list(then[0]) if then else ["kind"]
    now = [{name: one[name] for name in names} for one in map(wish_facts, arrival.wishes.all())]
    return sorted(map(repr, now)) != sorted(map(repr, then))


def _decision(case: Case, code: str, reason_code: str, text: str, by: User) -> Decision:
    """Let the library make the decision; what it would refuse is refused here in words of the office."""
    problem, desk = case.plan.problem, case.desk
    place = next((one for one in desk.places if one.code == code), None)
    if place is None:
        raise Refused(_("Kommunen har ingen kvote i årets runde."))
    row = problem.households.index(case.arrival.reference)
    if not problem.may(row)[problem.places.index(place.name)]:
        raise Refused(_("En betingelse udelukker %(place)s for husstanden.") % {"place": place.name})
    proposed = case.explained.place
    accepted = place.name == proposed
    if not accepted and (reason_code not in REASON_CODES or not text):
        raise Refused(_("Et andet sted end det første kræver en grund fra listen og en forklaring med ord."))
    return Decision(
        household=case.arrival.reference,
        persons=case.facts["household"]["persons"],
        proposed=proposed,
        kind="accept" if accepted else "other_place",
        place=place.name,
        by=str(by.pk),
        reason_code="" if accepted else reason_code,
        text="" if accepted else text,
        groups={name: values[row] for name, values in problem.groups.items()},
    )


def _take_room(case: Case, code: str) -> None:
    """Take the household's persons off the quota; of two officers the second waits here and finds the room taken."""
    round_, persons = case.desk.round, case.facts["household"]["persons"]
    quota = QuotaLine.objects.get(round=round_, code=code).quota
    held = {"organisation_id": round_.organisation_id, "year": round_.year, "code": code}
    RoomTaken.objects.get_or_create(**held, defaults={"quota": quota})
    with_room = RoomTaken.objects.filter(**held, persons__lte=quota - persons)
    if persons > quota or not with_room.update(quota=quota, persons=F("persons") + persons):
        raise Refused(_("Der er ikke plads til husstanden på kvoten mere: en anden har brugt den. Se forslaget igen."))


def _free(arrival: Arrival) -> None:
    persons = arrival.members.count()
    held = RoomTaken.objects.filter(organisation=arrival.organisation_id, year=arrival.year, code=arrival.place)
    held.update(persons=F("persons") - persons)
    arrival.state, arrival.place, arrival.year, arrival.receiver = State.WAITING, "", None, None
    arrival.version += 1
    arrival.save(update_fields=["state", "place", "year", "receiver", "version"])


def _said(text: str) -> str:
    said = text.strip()
    if not said:
        raise Refused(_("Skriv det med ord."))
    return said


def _record(arrival: Arrival, act: Any, by: User, facts: dict[str, Any]) -> PlacementRecord:
    return PlacementRecord.objects.create(arrival=arrival, act=act, by=by, by_name=by.name or by.email, facts=facts)
