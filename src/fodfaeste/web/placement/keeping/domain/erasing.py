"""Deletes what the rule says of a household whose time is over. Only who owns the tables can; others are refused.

What stays is the case without its people: that somebody was placed where, when, by whom and on which grounds, so that
counts stay what they were. The log of changes loses its lines about the household, the chain gets an entry.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connections
from django.db.models import Q

from fodfaeste.web.audit.context import current
from fodfaeste.web.audit.installing import logs_off
from fodfaeste.web.audit.models import Change
from fodfaeste.web.base.kept import POSTGRESQL
from fodfaeste.web.placement.chain.chained import reference as chained_reference
from fodfaeste.web.placement.desk.models import (
    Arrival,
    ArrivalOpening,
    ArrivalWish,
    ArrivingPerson,
    Asking,
    PlacementRecord,
    Proposal,
)
from fodfaeste.web.placement.door.models import ArrivalLink, WishDraft
from fodfaeste.web.placement.keeping.archive import Archive
from fodfaeste.web.placement.keeping.due import keeping_of, rules_on, with_keeping
from fodfaeste.web.placement.keeping.models import Erasure, KeepingHold, Step
from fodfaeste.web.placement.keeping.reduced import without_names

Counts = dict[str, int]
PATIENCE = "10s"
"""How long a deletion waits for others to let go of a table; then the next night comes."""

OF_NEEDS: tuple[Any, ...] = (ArrivalWish, ArrivalLink, WishDraft)
OF_PERSONS: tuple[Any, ...] = (ArrivingPerson, ArrivalOpening, KeepingHold)
LOGGED: tuple[Any, ...] = (*OF_NEEDS, *OF_PERSONS, PlacementRecord, Asking)
"""Rows of a household that the log of changes has lines about, each with the household's number."""
OPENED = (Arrival, *LOGGED, Proposal, Change)
"""Tables that let themselves be changed while a household is deleted."""


def erase(pk: int, step: Step, archive: Archive, *, today: date, using: str = "default") -> Erasure | None:
    """Delete a step of a household, if it is due; nothing where it is not, or somebody holds it up meanwhile.

    Parameters
    ----------
    archive : Archive
        Where the whole household is written down first.
    using : str
        The connection of who owns the tables.
    """
    with logs_off(using, only=[model._meta.db_table for model in OPENED]):
        _patient(using)
        Arrival.objects.using(using).select_for_update().get(pk=pk)
        arrival = with_keeping(Arrival.objects.using(using).filter(pk=pk)).get()
        keeping = keeping_of(arrival, today)
        if keeping.settled is None or not keeping.is_due(step, today):
            return None
        kept = archive.keep(arrival)
        counts = _delete(arrival, OF_NEEDS)
        now: list[dict[str, Any]] = []
        if step == Step.PERSONS:
            counts |= _delete(arrival, OF_PERSONS)
            now = _reduce(arrival)
            counts["records"] = len(now)
        else:
            arrival.needs = None
            arrival.save(using=using, update_fields=["needs"])
        counts["changes"] = _forget(arrival, step)
        erasure = Erasure(
            organisation_id=arrival.organisation_id,
            arrival=pk,
            step=step,
            rule_set=rules_on(today).id,
            months=keeping.months[step],
            settled=keeping.settled,
            due=keeping.due[step],
            counts={name: many for name, many in counts.items() if many},
            archive=archive.name,
            sha256=kept,
            now=now,
            by_name=current().words or "system",
        )
        erasure.save(using=using)
        return erasure


def _patient(using: str) -> None:
    if connections[using].vendor == POSTGRESQL:
        with connections[using].cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")


def _delete(arrival: Arrival, models: tuple[Any, ...]) -> Counts:
    """Delete rows of a household, and say how many of each kind."""
    using = arrival._state.db
    return {
        model._meta.model_name: model._default_manager.using(using).filter(arrival=arrival.pk).delete()[0]
        for model in models
    }


def _reduce(arrival: Arrival) -> list[dict[str, Any]]:
    """Take the names from a household and its records; gives what the chain is to say of each record from now on."""
    using, old, called = arrival._state.db, arrival.reference, f"slettet-{arrival.pk}"
    for proposal in Proposal.objects.using(using).filter(organisation=arrival.organisation_id):
        locks = {key: code for key, code in proposal.locks.items() if key != old}
        forbids = [one for one in proposal.forbids if one[0] != old]
        if locks != proposal.locks or forbids != proposal.forbids:
            proposal.locks, proposal.forbids = locks, forbids
            proposal.save(using=using, update_fields=["locks", "forbids"])
    arrival.reference, arrival.name, arrival.needs, arrival.digest = called, "", None, ""
    arrival.arrives, arrival.together_with, arrival.erased = arrival.arrives.replace(day=1), None, True
    arrival.version += 1
    arrival.save(using=using)
    records = PlacementRecord.objects.using(using).filter(arrival=arrival.pk).order_by("pk")
    for one in records:
        records.filter(pk=one.pk).update(facts=without_names(one.facts, called), salt="")
    return [chained_reference(one) for one in records.all()]


def _forget(arrival: Arrival, step: Step) -> int:
    """Take a household's lines out of the log of changes."""
    lines = Change.objects.using(arrival._state.db)
    if step == Step.NEEDS:
        return sum(_lines_of(lines, model, arrival.pk).delete()[0] for model in OF_NEEDS)
    gone = lines.filter(table=Arrival._meta.db_table, row=str(arrival.pk)).delete()[0]
    return int(gone + sum(_lines_of(lines, model, arrival.pk).delete()[0] for model in LOGGED))


def _lines_of(lines: Any, model: Any, pk: int) -> Any:
    named = Q(before__arrival_id=pk) | Q(after__arrival_id=pk)
    return lines.filter(named, table=model._meta.db_table)
