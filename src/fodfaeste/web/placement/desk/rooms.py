"""What households take of what is free in a municipality, as the dimensions of the problem.

A household needs one dwelling with a room for every two persons, a place for each child in day care or school, a seat
at the language school for each adult, and a place of treatment where treatment is a condition: free when it arrives.
A larger dwelling does where a smaller would; so there is a dimension for each number of rooms that somebody needs,
which counts all dwellings of that size or more, and for each day before which something is not free yet. That no
dimension lacks room is needed for all to have theirs, and nearly enough; whether it is, the municipality knows.

Where a municipality has said nothing of something, it has enough of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from fodfaeste.web.placement.desk.ages import age_on, is_adult
from fodfaeste.web.placement.desk.figures import BANDS, Topic
from fodfaeste.web.placement.desk.models import Arrival, ArrivalWish
from fodfaeste.web.placement.desk.municipalities import Free, Place
from fodfaeste.web.placement.rounds.models import QuotaRound

PERSONS_A_ROOM = 2
"""So many persons share a room."""
MOST_CUTS = 6
"""Days from which something more is free that one topic is looked at; if there are more, weeks are, or months."""
AT_SCHOOL = "6-16"
"""Children of school age, whichever class: for places of which nobody has said the age."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Needs:
    """What a household takes."""

    arrives: date
    persons: int
    rooms: int
    adults: int
    children: Mapping[str, int]
    treatment: bool


def needs_of(arrival: Arrival) -> Needs:
    """Count what a household takes on the day when it arrives."""
    treatment = any(one.hard and one.kind == ArrivalWish.Kind.TREATMENT for one in arrival.wishes.all())
    return _needs(arrival, treatment)


def _needs(arrival: Arrival, treatment: bool) -> Needs:
    day, members = arrival.arrives, list(arrival.members.all())
    ages = [age_on(one.birth_date, day) for one in members]
    bands = Counter(band for age in ages for band, years in BANDS.items() if age in years)
    return Needs(
        arrives=day,
        persons=len(members),
        rooms=-(-len(members) // PERSONS_A_ROOM),
        adults=sum(is_adult(one.birth_date, day) for one in members),
        children=bands,
        treatment=treatment,
    )


@dataclass(frozen=True)
class Kind:
    """A kind of room: how much of it a household takes, and which of what is free counts as it."""

    topic: str
    key: str
    takes: Callable[[Needs], int]
    counts: Callable[[Free], bool]

    def known_at(self, place: Place) -> bool:
        """Say whether somebody has said how much of it a municipality has."""
        if self.topic == Topic.DWELLING:
            return self.topic in place.known.said
        if self.key == AT_SCHOOL:
            return any(one.topic == Topic.SCHOOL and not one.key for one in place.known.free)
        return any(self.counts(one) for one in place.known.free)

    def free_at(self, place: Place, day: date) -> int:
        """Count what is free on a day."""
        held = [one for one in place.known.free if self.counts(one)]
        return sum(one.many for one in held if one.since is None or one.since <= day)


@dataclass(frozen=True)
class Dimension:
    """A dimension of the problem: what each household takes, and what each municipality has."""

    kind: Kind
    day: date
    takes: tuple[int, ...]
    room: tuple[int, ...]

    @property
    def name(self) -> str:
        """Name it, so that `words` can say it."""
        return f"{self.kind.topic}|{self.kind.key}|{self.day.isoformat()}"


def kinds_for(needs: Iterable[Needs]) -> tuple[Kind, ...]:
    """Give the kinds of room that some households take."""
    needs = list(needs)
    sizes = sorted({one.rooms for one in needs})
    found = (
        *(_dwelling(rooms) for rooms in sizes),
        *(_band(band) for band in BANDS),
        Kind(Topic.SCHOOL, AT_SCHOOL, _pupils, lambda one: one.topic == Topic.SCHOOL and one.key != "0-5"),
        Kind(Topic.CLASS, "", lambda one: one.adults, lambda one: one.topic == Topic.CLASS),
        Kind(Topic.TREATMENT, "", lambda one: int(one.treatment), lambda one: one.topic == Topic.TREATMENT),
    )
    return tuple(kind for kind in found if any(kind.takes(one) for one in needs))


def _dwelling(rooms: int) -> Kind:
    def counts(one: Free) -> bool:
        return one.topic == Topic.DWELLING and (not one.key or int(one.key) >= rooms)

    return Kind(Topic.DWELLING, str(rooms), lambda one: int(one.rooms >= rooms), counts)


def _band(band: str) -> Kind:
    def counts(one: Free) -> bool:
        # Places of which nobody has said the age are at school.
        return one.topic == Topic.SCHOOL and (one.key == band or (not one.key and band != "0-5"))

    return Kind(Topic.SCHOOL, band, lambda one: one.children.get(band, 0), counts)


def _pupils(needs: Needs) -> int:
    return sum(many for band, many in needs.children.items() if band != "0-5")


class Rooms:
    """What some households take, and what some municipalities have for them beside those who were decided before."""

    def __init__(
        self, places: Sequence[Place], needs: Sequence[Needs], taken: Mapping[str, Sequence[tuple[date, Needs]]]
    ) -> None:
        self.places, self.needs, self.taken = places, needs, taken

    @cached_property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Give a dimension for each kind of room that is known somewhere, and each day that matters for it."""
        return tuple(one for kind in kinds_for(self.needs) for one in self._of_kind(kind))

    def left(self, kind: Kind, place: Place, day: date) -> int:
        """Count what is free on a day and not taken by those who were decided since it was said."""
        said = place.known.said[kind.topic].of
        gone = sum(
            kind.takes(needs)
            for decided, needs in self.taken.get(place.code, ())
            if needs.arrives <= day and (said is None or decided >= said)
        )
        return max(0, kind.free_at(place, day) - gone)

    def _of_kind(self, kind: Kind) -> list[Dimension]:
        known = [place for place in self.places if kind.known_at(place)]
        if not known:
            return []
        found: list[Dimension] = []
        for day in self._days(kind, known):
            takes = tuple(kind.takes(one) if one.arrives <= day else 0 for one in self.needs)
            room = tuple(self.left(kind, place, day) if place in known else sum(takes) for place in self.places)
            if any(takes):
                found.append(Dimension(kind, day, takes, room))
        return found

    def _days(self, kind: Kind, known: Sequence[Place]) -> list[date]:
        """Give the last day on which somebody arrives, and those before which something is not free yet."""
        arrive = sorted({one.arrives for one in self.needs if kind.takes(one)})
        free = {one.since for place in known for one in place.known.free if kind.counts(one) and one.since is not None}
        for later in (lambda day: day, _monday, _first_of_month):
            cuts = {later(day) for day in free}
            days = sorted({max(one for one in arrive if one < cut) for cut in cuts if arrive[0] < cut <= arrive[-1]})
            if len(days) <= MOST_CUTS:
                break
        return [*days, arrive[-1]]


def _monday(day: date) -> date:
    """Give the Monday on or after a day."""
    return day + (-day.weekday() % 7) * DAY


def _first_of_month(day: date) -> date:
    """Give the first of a month on or after a day."""
    return day if day.day == 1 else (day.replace(day=1) + 31 * DAY).replace(day=1)


def taken_of(round_: QuotaRound) -> dict[str, list[tuple[date, Needs]]]:
    """Give what those take who were decided in a round, each with the day of the decision, by municipality."""
    treatment = ArrivalWish.objects.filter(arrival=OuterRef("pk"), kind=ArrivalWish.Kind.TREATMENT, hard=True)
    rows = (
        Arrival.objects.filter(organisation=round_.organisation_id, year=round_.year)
        .exclude(place="")
        .annotate(decided=Max("records__at", filter=Q(records__act="decided")), treated=Exists(treatment))
        .prefetch_related("members")
    )
    found: dict[str, list[tuple[date, Needs]]] = {}
    for one in rows:
        found.setdefault(one.place, []).append((timezone.localdate(one.decided), _needs(one, one.treated)))
    return found
