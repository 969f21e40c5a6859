"""Adds a record to its agency's chain; of two at once, the second waits for the first."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from fodfaeste.place.audit_chain import hash_of
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.placement.chain.chained import Chained, reference
from fodfaeste.web.placement.chain.models import ChainEntry, ChainHead

EVENT = "note"
"""What the library's log calls what is none of its own proposals and decisions."""


def add(row: Chained) -> ChainEntry:
    """Add a record to the chain, as the database holds it; to be called in the transaction that makes it.

    The agency's chain is in sight while this is done, also for a household or a municipality that acts.
    """
    using, office = row._state.db, row.chained_to
    with seeing([office]):
        stored = type(row)._default_manager.using(using).get(pk=row.pk)
        head = _head(office, using)
        facts = {"act": getattr(row, "act", ""), **reference(stored), **row.more_facts()}
        return append(head, facts, by=row.chained_by, at=timezone.now().isoformat(), using=using)


def append(head: Any, facts: dict[str, Any], *, by: str, at: str, using: str | None = None) -> ChainEntry:
    """Write the next entry of a chain whose head is locked, and move the head on."""
    told = {
        "number": head.lines + 1,
        "at": at,
        "by": [by],
        "event": EVENT,
        "facts": facts,
        "before": head.hash,
    }
    entry = ChainEntry(organisation_id=head.organisation_id, hash=hash_of(told), **told)
    entry.save(using=using, force_insert=True)
    head.lines, head.hash = entry.number, entry.hash
    head.save(using=using, update_fields=["lines", "hash"])
    return entry


def _head(office: int, using: str | None) -> ChainHead:
    """Take the end of an agency's chain, for which others wait until the transaction is over."""
    rows = ChainHead.objects.using(using)
    found = rows.select_for_update().filter(organisation_id=office).first()
    if found is None:
        rows.get_or_create(organisation_id=office)
        found = rows.select_for_update().get(organisation_id=office)
    return found
