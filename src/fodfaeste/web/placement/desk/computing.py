"""The placement problem of the desk: waiting households, the room that the published quotas leave, forecasts, wishes.

Everything is computed by `fodfaeste.place`; here rows of the database become its tables. The default forecast gets a
row a person with three columns (`PEOPLE`): the household, whether it is an adult, and the language; a trained one, what
`forecasts.scoring` says. Age, sex and citizenship never reach either, and the library refuses them by name should a
column be added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.data.regions import regions
from fodfaeste.errors import Refused
from fodfaeste.place import NOWHERE, Goal, Plan, Problem, Wishes, solve
from fodfaeste.place.outcomes import default_denmark, outcome, refuse_forbidden, rule_set
from fodfaeste.place.outcomes.default import STAYING, WORK, DefaultScores
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.desk.ages import is_adult
from fodfaeste.web.placement.desk.models import Arrival, ArrivalWish
from fodfaeste.web.placement.desk.municipalities import Place, country_of
from fodfaeste.web.placement.desk.rooms import Rooms, needs_of, taken_of
from fodfaeste.web.placement.desk.wanted import AtPlaces, Wanted
from fodfaeste.web.placement.forecasts.in_use import Choice, state_of
from fodfaeste.web.placement.forecasts.scoring import Forecast, forecast_by
from fodfaeste.web.placement.forecasts.store import loaded
from fodfaeste.web.placement.prices.lists import Standing, Unpriced, standing
from fodfaeste.web.placement.prices.models import PriceList
from fodfaeste.web.placement.rounds.models import QuotaRound

FORBIDDEN_BY = "denmark"
"""The rule set of attributes that may not enter a forecast."""
PEOPLE = ("household", "adult", "network")
"""All that the forecast knows of a person."""
MONTHS = {"work": outcome(WORK).months, "staying": outcome(STAYING).months}
"""After arrival, in the default model: its published figures know no residence rule."""

WISH = 1.0
"""What a household's whole wish weighs beside an adult in work, or one who stays: places differ by far less, so that
wishes come first and the forecast decides among places that are wished for alike."""
GAP, SEED = 1e-3, 0

LATER = "others_later"
"""What taking room costs those who come later in the year, as it stands in the problem beside the outcomes."""


@dataclass(frozen=True, eq=False)
class Desk:
    """Everything that a proposal rests on.

    Attributes
    ----------
    round : QuotaRound
    arrivals : tuple of Arrival
        Of the households of the problem, in its order.
    places : tuple of Place
        In the order of the problem.
    problem : Problem
        Households are called by their reference, places by their name: so the library's sentences can be read.
    goal : Goal
    model : Choice or None
        The model that forecasts; None where none does.
    forecast : Forecast or None
        What it says.
    judged : mapping of (arrival, code) to wishes
        What each wish comes to at each place.
    rooms : Rooms
        What is free beside the quota, as far as it is known.
    price_list : PriceList or None
        What room is worth to those who come later; None where nobody has worked it out of late, with this forecast.
    unpriced : str
        Why there is none, as in `prices.lists`; empty where there is one, or none is wanted.
    """

    round: QuotaRound
    arrivals: tuple[Arrival, ...]
    places: tuple[Place, ...]
    problem: Problem
    goal: Goal
    model: Choice | None
    forecast: Forecast | None
    judged: AtPlaces
    rooms: Rooms
    price_list: PriceList | None = None
    unpriced: Unpriced = ""

    def named(self, name: str) -> Place:
        """Give a municipality by its name, which the problem knows it by."""
        return next(one for one in self.places if one.name == name)

    def met(self, arrival: Arrival, place: Place) -> tuple[ArrivalWish, ...]:
        """Give the wishes of a household that a place meets."""
        return tuple(one for one, found in self.judged[arrival.pk, place.code] if one.is_soft and found.met)

    def plan(self) -> Plan:
        """Propose a place for each household.

        Raises
        ------
        Refused
            If what is locked, tied and conditioned cannot all hold.
        """
        try:
            return solve(self.problem, self.goal, gap=GAP, seed=SEED, method="prices")
        except Refused as conflict:
            raise Refused(
                _("Alt det låste og alle betingelser kan ikke holde på én gang. Fjern en lås eller en betingelse.")
            ) from conflict


def waiting(organisation: Organisation) -> tuple[Arrival, ...]:
    """Give all who wait at an agency, with all that their placement needs."""
    rows = Arrival.objects.filter(organisation=organisation, state=Arrival.State.WAITING)
    return tuple(with_all(rows))


def with_all(rows: QuerySet[Arrival]) -> QuerySet[Arrival]:
    """Load households with all that their placement needs."""
    return rows.select_related("together_with").prefetch_related("members", "wishes", "askings", "followed_by")


def round_in_force(organisation: Organisation, year: int) -> QuotaRound:
    """Give the published round that households of a year are placed by.

    Raises
    ------
    Refused
        If there is none.
    """
    found = QuotaRound.objects.filter(
        organisation=organisation, year=year, track=QuotaRound.Track.QUOTA, state=QuotaRound.State.PUBLISHED
    ).first()
    if found is None:
        raise Refused(
            _("Der er ingen offentliggjorte kvoter for %(year)d. Offentliggør årets runde, før nogen placeres.")
            % {"year": year}
        )
    return found


def desk_of(
    organisation: Organisation,
    arrivals: Sequence[Arrival],
    *,
    locks: Mapping[int, str] | None = None,
    forbids: Iterable[tuple[int, str]] = (),
    model: Choice | None = None,
    round_: QuotaRound | None = None,
    priced: bool = True,
) -> Desk:
    """Make the problem of some households.

    Parameters
    ----------
    organisation : Organisation
        The agency; its published round of the year of the first arrival counts.
    arrivals : sequence of Arrival
        With `members` and `wishes` loaded.
    locks : mapping of arrival to code, optional
    forbids : iterable of (arrival, code), optional
    model : Choice, optional
        Which model forecasts; as the agency's switch stands without it.
    round_ : QuotaRound, optional
        Quotas to place by, whenever the households came.
    priced : bool
        Whether a place costs what its room is worth to those who come later.

    Raises
    ------
    Refused
        If the year has no published quotas, nobody waits, or the model's files are not what was brought in.
    BadInput
        If the forecast would be told an attribute that may not enter.
    """
    if not arrivals:
        raise Refused(_("Der er ingen husstande at placere."))
    if round_ is None:
        round_ = round_in_force(organisation, min(one.arrives for one in arrivals).year)
    country = country_of(round_)
    places = country.places
    allowed, rank, judged = Wanted(country).of(arrivals)
    number = {place.code: column for column, place in enumerate(places)}
    for arrival, code in forbids:
        rows = [row for row, one in enumerate(arrivals) if one.pk == arrival]
        if code in number:
            allowed[rows, number[code]] = False
    for row, one in enumerate(arrivals):
        for code in where_its_own_are(one):
            allowed[row] &= np.array([place.code == code for place in places])
    locked = np.full(len(arrivals), NOWHERE)
    for row, one in enumerate(arrivals):
        code = (locks or {}).get(one.pk, "")
        if code in number:
            locked[row] = number[code]
            allowed[row, number[code]] = True
    chosen = state_of(organisation).on if model is None else model
    scores = None if chosen is None else forecast_of(chosen, places, arrivals)
    needs = [needs_of(one) for one in arrivals]
    rooms = Rooms(places, needs, taken_of(round_))
    persons = np.array([one.persons for one in needs])
    priced_by = standing(organisation, round_.year, timezone.localdate(), chosen) if priced else Standing(None)
    listed = priced_by.listed
    later = {} if listed is None else {LATER: _cost_later(listed, places, persons)}
    problem = Problem(
        households=tuple(one.reference for one in arrivals),
        places=tuple(place.name for place in places),
        sizes=np.array([persons, *(one.takes for one in rooms.dimensions)]).T,
        capacity=np.array([[place.left for place in places], *(one.room for one in rooms.dimensions)]).T,
        dimensions=("persons", *(one.name for one in rooms.dimensions)),
        outcomes={**({} if scores is None else scores.outcomes), **later},
        sds={} if scores is None else scores.sds,
        allowed=allowed,
        ties=_ties_that_can_hold(arrivals, allowed),
        locks=locked,
        groups={
            "language": tuple(one.language for one in arrivals),
            "household": tuple("alone" if one.persons == 1 else "family" for one in needs),
        },
        wishes=Wishes(rank),
    )
    outcomes = {} if scores is None else {scores.work: 1.0, scores.staying: 1.0}
    weights = {**outcomes, "wishes": WISH, **dict.fromkeys(later, 1.0)}
    used = None if scores is None else chosen
    return Desk(
        round=round_,
        arrivals=tuple(arrivals),
        places=places,
        problem=problem,
        goal=Goal(weights=weights),
        model=used,
        forecast=scores,
        judged=judged,
        rooms=rooms,
        price_list=listed,
        unpriced=priced_by.why_not,
    )


def is_on(organisation: Organisation) -> bool:
    """Say whether a forecast is switched on at an agency: by two persons, and not off again since."""
    return state_of(organisation).on is not None


def forecast_of(model: Choice, places: Sequence[Place], arrivals: Sequence[Arrival]) -> Forecast | None:
    """Let a model forecast; None where the default one knows no municipality's share in work."""
    if not model.is_default:
        return forecast_by(loaded(model.sha256), places, arrivals)
    scores = forecasts(places, arrivals)
    return None if scores is None else Forecast(WORK, STAYING, scores.outcomes, scores.sds, MONTHS)


def forecasts(places: Sequence[Place], arrivals: Sequence[Arrival]) -> DefaultScores | None:
    """Let the library forecast; None where no municipality's share in work is known.

    Where one municipality's is not, it counts as the average of the others, which the desk says.
    """
    known = [rate for place in places if (rate := rate_of(place)) is not None]
    if not known:
        return None
    average = float(np.mean(known))
    people = people_table(arrivals)
    refuse_forbidden(people.columns, rule_set(FORBIDDEN_BY))
    at = {row["code"]: row for row in regions().iter_rows(named=True)}
    languages = sorted(set(people["network"]))
    table = pl.DataFrame(
        [
            {
                "place": place.name,
                "employment_rate": average if rate_of(place) is None else rate_of(place),
                "population": place.population,
                "latitude": at[place.code]["latitude"] if place.code in at else None,
                "longitude": at[place.code]["longitude"] if place.code in at else None,
                **{f"stock_{one}": int(place.known.speakers.get(one, 0)) for one in languages},
            }
            for place in places
        ],
        infer_schema_length=None,
    )
    return default_denmark(table, people)


def people_table(arrivals: Sequence[Arrival]) -> pl.DataFrame:
    """Tell the forecast all that it may know: `PEOPLE`, a row a person."""
    rows = [
        (one.reference, int(is_adult(member.birth_date, one.arrives)), one.language)
        for one in arrivals
        for member in one.members.all()
    ]
    schema = {"household": pl.String, "adult": pl.Int64, "network": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def rate_of(place: Place) -> float | None:
    """Give a municipality's share in work, if it is known."""
    return place.known.employment_rate


def _cost_later(listed: PriceList, places: Sequence[Place], persons: Any) -> Any:
    """Say what those who come later lose by each household at each place, as an amount below zero."""
    return -np.outer(persons, [float(listed.prices.get(place.code, 0.0)) for place in places])


def where_its_own_are(arrival: Arrival) -> set[str]:
    """Give where those are placed already whom a household goes together with."""
    own = [*([arrival.together_with] if arrival.together_with else []), *arrival.followed_by.all()]
    return {one.place for one in own if one.place}


def _ties_that_can_hold(arrivals: Sequence[Arrival], allowed: Any) -> tuple[tuple[int, ...], ...]:
    """Join households that go together, and let those wait whose conditions leave them no place in common.

    Households write conditions themselves: what cannot hold for some of them is in nobody else's way. Where an officer
    has locked one of them, the lock stays, and the library says what cannot hold.
    """
    held = []
    for tie in _ties(arrivals):
        rows = list(tie)
        if allowed[rows].all(axis=0).any():
            held.append(tie)
        else:
            allowed[rows] = False
    return tuple(held)


def _ties(arrivals: Sequence[Arrival]) -> tuple[tuple[int, ...], ...]:
    """Join households that go together, however long the chain."""
    row = {one.pk: number for number, one in enumerate(arrivals)}
    group = list(range(len(arrivals)))
    for number, one in enumerate(arrivals):
        if one.together_with_id in row:
            old, new = group[number], group[row[one.together_with_id]]
            group = [new if known == old else known for known in group]
    tied = [tuple(number for number, known in enumerate(group) if known == one) for one in sorted(set(group))]
    return tuple(tie for tie in tied if len(tie) > 1)
