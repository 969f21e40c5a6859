"""Working out a price list: who waits, who may still come, and what room at each municipality is worth to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.place import Problem
from fodfaeste.place.online import ArrivalModel, needed_later
from fodfaeste.place.online.arrivals import OWN_WEIGHT
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.placement.desk.computing import Desk, desk_of, waiting, with_all
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.desk.permissions import must_be_officer
from fodfaeste.web.placement.forecasts.in_use import state_of
from fodfaeste.web.placement.prices.lists import worked_out_by
from fodfaeste.web.placement.prices.models import PriceList

EARLIER = 400
"""So many of the households that came last stand for those to come."""
SAMPLES = 24
ROUNDED = 6


def make_prices(organisation: Organisation, today: date, *, by: User | None = None) -> PriceList:
    """Work out what room is worth to those who come later this year, and write it down.

    Futures are drawn from the households that came this year and the year before, those of this year three times as
    often; as many persons come as the quotas have room for.

    Parameters
    ----------
    organisation : Organisation
        The agency.
    today : date
        Its year's quotas count.
    by : User, optional
        Who asked; the night's command without one.

    Raises
    ------
    Refused
        If nobody waits, the year has no published quotas, or whoever asks is no officer of the agency.
    """
    with seeing([organisation.pk]):
        if by is not None:
            must_be_officer(by, organisation)
        return _made(organisation, today, by)


def _made(organisation: Organisation, today: date, by: User | None) -> PriceList:
    everybody = [one for one in waiting(organisation) if one.arrives.year == today.year]
    if not everybody:
        raise Refused(_("Ingen venter på årets kvoter. Prisen på plads regnes, når nogen gør."))
    used = state_of(organisation).on
    desk = desk_of(organisation, everybody, model=used, priced=False)
    now = _in_persons(desk.problem)
    came = Arrival.objects.filter(
        organisation=organisation, year__in=(today.year - 1, today.year), together_with=None, followed_by=None
    )
    known = list(with_all(came.order_by("-arrives", "-pk"))[:EARLIER])
    last = [one for one in known if one.year < today.year]
    this = [one for one in known if one.year == today.year]
    pools = [(_pool(organisation, last, desk), 1.0), (_pool(organisation, this, desk), OWN_WEIGHT), (now, OWN_WEIGHT)]
    years = [(pool, weight) for pool, weight in pools if pool is not None]
    model = ArrivalModel(
        years=tuple(pool for pool, _weight in years),
        weights=tuple(weight for _pool, weight in years),
        own_weight=OWN_WEIGHT,
        persons=float(sum(place.left for place in desk.places)),
    )
    later = needed_later(now, desk.goal, model, samples=SAMPLES)
    prices = later.price - later.price.min()
    return PriceList.objects.create(
        organisation=organisation,
        year=today.year,
        day=today,
        prices={place.code: round(float(price), ROUNDED) for place, price in zip(desk.places, prices, strict=True)},
        waiting=int(now.persons.sum()),
        to_come=round(later.persons, 1),
        known=sum(len(pool.households) for pool, _weight in years),
        samples=later.samples,
        by=by,
        **worked_out_by(used),
    )


def _pool(organisation: Organisation, came: list[Arrival], desk: Desk) -> Problem | None:
    """Weigh the same places for households that came: somebody like them may come again."""
    if not came:
        return None
    return _in_persons(desk_of(organisation, came, round_=desk.round, priced=False).problem)


def _in_persons(problem: Problem) -> Problem:
    """Count room in persons alone: dwellings and school places of later months nobody knows yet."""
    persons = [problem.person_dimension]
    return replace(
        problem,
        sizes=problem.sizes[:, persons],
        capacity=problem.capacity[:, persons],
        dimensions=(problem.dimensions[problem.person_dimension],),
    )
