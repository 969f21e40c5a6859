"""Proposals for all who arrive in a period: begun, changed by locking and forbidding, solved again, thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.place import Plan
from fodfaeste.place.compare import Comparison, compare
from fodfaeste.place.evaluation.baselines import Chance
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.computing import Desk, desk_of, waiting
from fodfaeste.web.placement.desk.models import Proposal
from fodfaeste.web.placement.desk.own_side import by_lot, worth
from fodfaeste.web.placement.desk.permissions import must_be_officer
from fodfaeste.web.placement.desk.safeguards import limited
from fodfaeste.web.placement.floors.keeping import Floors, with_floors
from fodfaeste.web.placement.lots.drawing import Lots, with_lots


@dataclass(frozen=True, eq=False)
class Solved:
    """A proposal with its plan, by what is known now.

    Attributes
    ----------
    cost : float
        What all together lose by the limit below which nobody may get, in units of the goal's score; 0 without one.
    floors : Floors
        What keeping every group at what lots would give it did to the plan.
    lots : Lots
        What lots decided among places that are equal.
    chances : mapping of outcome to Chance
        What lots would give each household.
    """

    proposal: Proposal
    desk: Desk
    plan: Plan
    floors: Floors
    lots: Lots
    chances: Mapping[str, Chance]
    cost: float = 0.0


def propose(
    organisation: Organisation, *, name: str, first: date, last: date, like: Proposal | None = None, by: User
) -> Proposal:
    """Begin a proposal; `like` another one it takes over what was locked and forbidden there.

    Raises
    ------
    Refused
        If the period ends before it begins.
    """
    if last < first:
        raise Refused(_("Perioden slutter, før den begynder. Ret en af datoerne."))
    with change(by), seeing([organisation.pk]):
        must_be_officer(by, organisation)
        return Proposal.objects.create(
            organisation=organisation,
            name=name,
            first=first,
            last=last,
            locks=dict(like.locks) if like else {},
            forbids=list(like.forbids) if like else [],
            protects=like.protects if like else "",
            made_by=by,
        )


def set_terms(
    proposal: Proposal, *, locks: Mapping[str, str], forbids: Iterable[tuple[str, str]], protects: str = "", by: User
) -> Proposal:
    """Lock households to municipalities, forbid them others, and say below what nobody may get.

    Keys are the households' numbers; `protects` is one of `Proposal.Protects`.

    Raises
    ------
    Refused
        If there is no such limit.
    """
    if protects not in Proposal.Protects.values:
        raise Refused(_("Den grænse er der ikke. Vælg en fra listen."))
    with change(by), seeing([proposal.organisation_id]):
        must_be_officer(by, proposal.organisation)
        proposal.locks, proposal.forbids = dict(locks), [list(one) for one in forbids]
        proposal.protects = protects
        proposal.save(update_fields=["locks", "forbids", "protects"])
    return proposal


def discard(proposal: Proposal, *, by: User) -> None:
    """Throw a proposal away; nothing was decided by it."""
    with change(by), seeing([proposal.organisation_id]):
        must_be_officer(by, proposal.organisation)
        proposal.delete()


def solved(proposal: Proposal) -> Solved:
    """Propose a place for everybody of the period who still waits.

    Raises
    ------
    Refused
        If nobody waits, the year has no quotas, or what is locked, and the limit for each, cannot all hold.
    """
    office = proposal.organisation
    everybody = [one for one in waiting(office) if proposal.first <= one.arrives <= proposal.last]
    by_reference = {one.reference: one.pk for one in everybody}
    locks = {by_reference[key]: code for key, code in proposal.locks.items() if key in by_reference}
    forbids = [(by_reference[key], code) for key, code in proposal.forbids if key in by_reference]
    desk = desk_of(office, everybody, locks=locks, forbids=forbids)
    plan, chances, cost = desk.plan(), by_lot(desk), 0.0
    if proposal.protects:
        fair = limited(desk, proposal.protects)
        plan, cost = fair, max(0.0, worth(plan) - worth(fair))
    plan, lots = with_lots(desk, plan)
    plan, floors = with_floors(desk, plan, chances, may_unplace=not proposal.protects)
    return Solved(proposal, desk, plan, floors, lots.without(floors.moved), chances, cost)


def beside(one: Solved, other: Solved) -> Comparison:
    """Compare two proposals by the library: outcomes, wishes, groups, places, who gains and who loses."""
    return compare(one.plan, other.plan)
