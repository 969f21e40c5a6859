"""The placement problem of the desk: waiting households, the room that the published quotas leave, forecasts, wishes.

Everything is computed by `fodfaeste.place`; here rows of the database become its tables. The forecast gets a row a
person with three columns (`PEOPLE`): the household, whether it is an adult, and the language. Age, sex and citizenship
never reach it, and the library refuses them by name should a column be added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fodfaeste.data.regions import regions
from fodfaeste.errors import Refused
from fodfaeste.place import NOWHERE, Goal, Plan, Problem, Wishes, solve
from fodfaeste.place.outcomes import default_denmark, refuse_forbidden, rule_set
from fodfaeste.place.outcomes.default import STAYING, WORK, DefaultScores, distances_km
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.desk.models import Arrival, ArrivalWish, ForecastSwitch, PlaceFacts, RoomTaken
from fodfaeste.web.placement.rounds.models import QuotaLine, QuotaRound

FORBIDDEN_BY = "denmark"
"""The rule set of attributes that may not enter a forecast."""
MODEL = "default_denmark"
PEOPLE = ("household", "adult", "network")
"""All that the forecast knows of a person."""

ADULT, FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR = 18, 6, 16
SMALL, LARGE = 30_000, 80_000
"""Inhabitants from which a municipality is middling, and large."""
WISH = 1.0
"""What a household's whole wish weighs beside an adult in work, or one who stays: places differ by far less, so that
wishes come first and the forecast decides among places that are wished for alike."""
GAP, SEED = 1e-3, 0

DWELLINGS, SCHOOL = "dwellings", "school_places"
Kind = ArrivalWish.Kind


@dataclass(frozen=True)
class Place:
    """A municipality of the round: `left` is what the quota leaves, in persons."""

    code: str
    name: str
    population: int
    quota: int
    left: int
    facts: PlaceFacts | None


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
    forecast : str
        The model that forecasts; empty where none does.
    met : mapping of (arrival, code) to wishes
        Which wishes a place meets.
    """

    round: QuotaRound
    arrivals: tuple[Arrival, ...]
    places: tuple[Place, ...]
    problem: Problem
    goal: Goal
    forecast: str
    met: Mapping[tuple[int, str], tuple[ArrivalWish, ...]]

    def named(self, name: str) -> Place:
        """Give a municipality by its name, which the problem knows it by."""
        return next(one for one in self.places if one.name == name)

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
    return rows.select_related("together_with").prefetch_related("members", "wishes", "followed_by")


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
    forecast: bool | None = None,
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
    forecast : bool, optional
        Whether the model forecasts; as the agency's switch stands without it.

    Raises
    ------
    Refused
        If the year has no published quotas, or nobody waits.
    """
    if not arrivals:
        raise Refused(_("Der er ingen husstande at placere."))
    round_ = round_in_force(organisation, min(one.arrives for one in arrivals).year)
    places = _places(round_)
    wanted = _Wanted(places)
    allowed, rank, met = wanted.of(arrivals)
    number = {place.code: column for column, place in enumerate(places)}
    for arrival, code in forbids:
        rows = [row for row, one in enumerate(arrivals) if one.pk == arrival]
        if code in number:
            allowed[rows, number[code]] = False
    for row, one in enumerate(arrivals):
        for code in _where_its_own_are(one):
            allowed[row] &= np.array([place.code == code for place in places])
    locked = np.full(len(arrivals), NOWHERE)
    for row, one in enumerate(arrivals):
        code = (locks or {}).get(one.pk, "")
        if code in number:
            locked[row] = number[code]
            allowed[row, number[code]] = True
    on = is_on(organisation) if forecast is None else forecast
    scores = forecasts(places, arrivals) if on else None
    sizes, capacity, dimensions = _rooms(places, arrivals)
    problem = Problem(
        households=tuple(one.reference for one in arrivals),
        places=tuple(place.name for place in places),
        sizes=sizes,
        capacity=capacity,
        dimensions=dimensions,
        outcomes={} if scores is None else scores.outcomes,
        sds={} if scores is None else scores.sds,
        allowed=allowed,
        ties=_ties(arrivals),
        locks=locked,
        groups={
            "language": tuple(one.language for one in arrivals),
            "household": tuple("alone" if one.size == 1 else "family" for one in map(_Counted, arrivals)),
        },
        wishes=Wishes(rank),
    )
    weights = {**({} if scores is None else {WORK: 1.0, STAYING: 1.0}), "wishes": WISH}
    return Desk(round_, tuple(arrivals), places, problem, Goal(weights=weights), MODEL if scores else "", met)


def is_on(organisation: Organisation) -> bool:
    """Say whether an agency's forecast is switched on: by two persons, and not off again since."""
    last = ForecastSwitch.objects.filter(organisation=organisation).exclude(act="asked").order_by("-pk").first()
    return last is not None and last.act == ForecastSwitch.Act.ON


def forecasts(places: Sequence[Place], arrivals: Sequence[Arrival]) -> DefaultScores | None:
    """Let the library forecast; None where no municipality's share in work is known.

    Where one municipality's is not, it counts as the average of the others, which the desk says.
    """
    known = [place.facts.employment_rate for place in places if place.facts and place.facts.employment_rate is not None]
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
                **{f"stock_{one}": int((place.facts.speakers if place.facts else {}).get(one, 0)) for one in languages},
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
    return None if place.facts is None else place.facts.employment_rate


def age_on(birth: date, day: date) -> int:
    """Count whole years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_adult(birth: date, day: date) -> bool:
    """Say whether somebody is of age on a day."""
    return age_on(birth, day) >= ADULT


class _Counted:
    """What a household takes of each kind of room."""

    def __init__(self, arrival: Arrival) -> None:
        ages = [age_on(member.birth_date, arrival.arrives) for member in arrival.members.all()]
        self.size = len(ages)
        self.pupils = len([age for age in ages if FIRST_SCHOOL_YEAR <= age <= LAST_SCHOOL_YEAR])


def _places(round_: QuotaRound) -> tuple[Place, ...]:
    """Give the municipalities that have a quota."""
    facts = {one.code: one for one in PlaceFacts.objects.filter(organisation=round_.organisation_id)}
    taken = {
        one.code: one.persons for one in RoomTaken.objects.filter(organisation=round_.organisation_id, year=round_.year)
    }
    lines = QuotaLine.objects.filter(round=round_, quota__gt=0).order_by("code")
    return tuple(
        Place(
            line.code,
            line.name,
            line.population,
            line.quota,
            max(0, line.quota - taken.get(line.code, 0)),
            facts.get(line.code),
        )
        for line in lines
    )


def _rooms(places: Sequence[Place], arrivals: Sequence[Arrival]) -> tuple[Any, Any, tuple[str, ...]]:
    """Count what households take and municipalities have; where one has not said, it has enough."""
    counted = [_Counted(one) for one in arrivals]
    sizes = [[one.size for one in counted]]
    capacity = [[place.left for place in places]]
    dimensions = ["persons"]
    for name, takes in ((DWELLINGS, [1] * len(counted)), (SCHOOL, [one.pupils for one in counted])):
        said = [getattr(place.facts, name) if place.facts else None for place in places]
        if any(one is not None for one in said) and any(takes):
            dimensions.append(name)
            sizes.append(takes)
            capacity.append([sum(takes) if one is None else one for one in said])
    return np.array(sizes).T, np.array(capacity).T, tuple(dimensions)


def _where_its_own_are(arrival: Arrival) -> set[str]:
    """Give where those are placed already whom a household goes together with."""
    own = [*([arrival.together_with] if arrival.together_with else []), *arrival.followed_by.all()]
    return {one.place for one in own if one.place}


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


class _Wanted:
    """Reads conditions and wishes as places: which are allowed, and which are wished for how much."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places
        self.codes, self.apart = _distances()

    def of(self, arrivals: Sequence[Arrival]) -> tuple[Any, Any, dict[tuple[int, str], tuple[ArrivalWish, ...]]]:
        """Give what is allowed and the ranks, both of shape (households, places), and which wishes are met."""
        shape = (len(arrivals), len(self.places))
        allowed, rank = np.ones(shape, np.bool_), np.zeros(shape, np.int64)
        met: dict[tuple[int, str], tuple[ArrivalWish, ...]] = {}
        for row, arrival in enumerate(arrivals):
            said = list(arrival.wishes.all())
            hard = [one for one in said if one.hard or one.kind == Kind.AVOID]
            soft = [one for one in said if one not in hard]
            points = np.zeros(len(self.places), np.int64)
            for column, place in enumerate(self.places):
                allowed[row, column] = self._allows(hard, place)
                fulfilled = tuple(one for one in soft if self.meets(one, place))
                met[arrival.pk, place.code] = fulfilled
                points[column] = sum(one.weight for one in fulfilled)
            rank[row] = _ranks(points)
        return allowed, rank, met

    def meets(self, wish: ArrivalWish, place: Place) -> bool:
        """Say whether a place is what a wish asks for."""
        if wish.kind == Kind.TOWN:
            return wish.size == size_of(place.population)
        if wish.kind == Kind.AVOID:
            return place.code != wish.code
        return place.code == wish.code or self.km(place.code, wish.code) <= wish.km

    def km(self, one: str, other: str) -> float:
        """Give how far two municipalities' seats are apart; far where it is not known."""
        if one not in self.codes or other not in self.codes:
            return np.inf
        return float(self.apart[self.codes[one], self.codes[other]])

    def _allows(self, hard: Sequence[ArrivalWish], place: Place) -> bool:
        """Of one kind any condition is enough (two hospitals), of different kinds each must hold."""
        kinds = {one.kind for one in hard if one.kind != Kind.AVOID}
        refused = any(one.kind == Kind.AVOID and not self.meets(one, place) for one in hard)
        return not refused and all(any(self.meets(one, place) for one in hard if one.kind == kind) for kind in kinds)


def size_of(population: int) -> str:
    """Say how large a municipality is."""
    if population < SMALL:
        return str(ArrivalWish.Size.SMALL)
    return str(ArrivalWish.Size.MIDDLE if population <= LARGE else ArrivalWish.Size.LARGE)


def _ranks(points: Any) -> Any:
    """Rank places by what they fulfil: 1 for the most, equal ones alike, 0 for those that fulfil nothing."""
    levels = sorted({int(one) for one in points if one > 0}, reverse=True)
    return np.array([levels.index(int(one)) + 1 if one > 0 else 0 for one in points], np.int64)


@cache
def _distances() -> tuple[dict[str, int], Any]:
    table = regions()
    apart = distances_km(table["latitude"].to_numpy(), table["longitude"].to_numpy())
    return {code: number for number, code in enumerate(table["code"])}, apart
