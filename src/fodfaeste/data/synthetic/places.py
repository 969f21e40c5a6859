"""The 275 municipalities as arrays, and how many arrive and move in each, by the report or between its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from fodfaeste.data.municipalities import KINDS, valid_on
from fodfaeste.data.synthetic.days import Floats, Ints
from fodfaeste.data.synthetic.fitting import deal, deal_between, draw_columns, draw_from
from fodfaeste.data.synthetic.story import STORY
from fodfaeste.data.synthetic.targets import COVERED, targets

TIGHT = 0.15
"""Below this share of its workplaces' people left for others, nobody is sent to a municipality who need not be."""

WORKING_AGE_SHARE = 0.72
"""About how many of the arrivals are of working age on 1 January 2000."""

FEWEST = 12
"""Arrivals 1995-98 in the smallest municipality that the report does not list; the smallest it lists has 14."""

BIG = {"København": 500.0, "Aarhus": 290.0, "Odense": 185.0, "Aalborg": 165.0, "Frederiksberg": 90.0}
"""Sizes in thousands, as known by everybody; the other municipalities outside the report count as 45."""


@dataclass(frozen=True, eq=False)
class Places:
    """The municipalities of 2002 in the order of their codes; arrays have the shape (275, ...).

    `kind` is the position in `KINDS`, `work` the employed, unemployed and outside on 1 January 2000 (0 where the
    report does not say), `arrived` and `moved` the report's counts for the arrivals 1995-98 (-1 where not printed).
    """

    code: NDArray[np.str_]
    name: tuple[str, ...]
    kind: Ints
    latitude: Floats
    longitude: Floats
    work: Ints
    arrived: Ints
    moved: Ints
    size: Floats

    def of_kind(self, kind: int) -> Ints:
        """Positions of the municipalities of one kind."""
        return np.flatnonzero(self.kind == kind)


@dataclass(frozen=True, eq=False)
class Counts:
    """How many arrive in each municipality (arrays of 275) and what becomes of them by 1 January 2001.

    Attributes
    ----------
    known, moved : ndarray of int
        Arrivals 1995-98 with known status, and those living elsewhere.
    known_1998, moved_1998 : ndarray of int
        Those of them who arrived in 1998 (only where the report says something on that year).
    missing : ndarray of int
        Arrivals 1995-98 who died, emigrated or have no address.
    known_1999, missing_1999 : ndarray of int
    room : ndarray of float
        How attractive a municipality is to those who move there: the people of working age that it has room for.
    level : ndarray of float
        Log-odds of having moved: printed, drawn, or drawn around the story's share.
    """

    known: Ints
    moved: Ints
    known_1998: Ints
    moved_1998: Ints
    missing: Ints
    known_1999: Ints
    missing_1999: Ints
    room: Floats
    level: Floats


@cache
def places() -> Places:
    """Put the municipalities of 2002 beside the report's tables."""
    frame = valid_on(date(2002, 1, 1)).sort("code")
    name = tuple(frame["name"])
    known = [targets().named.get(one, (-1, -1)) for one in name]
    work = np.array([targets().work.get(one, (0, 0, 0)) for one in name], np.int64)
    everybody = work.sum(axis=1)
    elsewhere = np.array([BIG.get(one, 45.0) for one in name])
    return Places(
        code=frame["code"].to_numpy().astype(str),
        name=name,
        kind=np.array([KINDS.index(kind) for kind in frame["kind"]], np.int64),
        latitude=frame["latitude"].fill_null(np.nan).to_numpy(),
        longitude=frame["longitude"].fill_null(np.nan).to_numpy(),
        work=work,
        arrived=np.array([count[0] for count in known], np.int64),
        moved=np.array([count[1] for count in known], np.int64),
        size=np.where(everybody > 0, everybody, elsewhere),
    )


def draw_counts(rng: np.random.Generator) -> Counts:
    """Draw what the report leaves open; every sum that it prints is met exactly."""
    there = places()
    known, moved, level = _known_and_moved(rng)
    everybody = there.work.sum(axis=1)
    left = everybody - WORKING_AGE_SHARE * (known - moved)
    tight = (everybody > 0) & (left < TIGHT * everybody)
    room = np.where(everybody > 0, np.where(tight, 0.0, left), there.size)
    known_1998, moved_1998 = _arrivals_1998(known, moved, tight, rng)
    known_1999 = _dealt_by_kind(room * rng.lognormal(0, 0.3, room.size), STORY.known_1999)
    gone = known_1999 * STORY.missing_share_1999 / (1 - STORY.missing_share_1999)
    return Counts(
        known=known,
        moved=moved,
        known_1998=known_1998,
        moved_1998=moved_1998,
        missing=_missing(known),
        known_1999=known_1999,
        missing_1999=np.round(gone).astype(np.int64),
        room=room,
        level=level,
    )


def _known_and_moved(rng: np.random.Generator) -> tuple[Ints, Ints, Floats]:
    """Count the arrivals 1995-98 and those who had moved, and give the log-odds behind them."""
    there = places()
    known, moved = there.arrived.copy(), there.moved.copy()
    listed = known > 0
    level = np.zeros(known.size)
    level[listed] = logit(moved[listed] / known[listed])
    for kind, name in enumerate(KINDS):
        here = there.of_kind(kind)
        here = here[~listed[here]]
        fill = _covered if name in COVERED else _elsewhere
        known[here], moved[here], level[here] = fill(name, here, rng)
    return known, moved, level


def _dealt_by_kind(weights: Floats, totals: Mapping[str, int]) -> Ints:
    """Deal each kind's total out over its municipalities by weight."""
    dealt = np.zeros(weights.size, np.int64)
    for kind, name in enumerate(KINDS):
        here = places().of_kind(kind)
        dealt[here] = deal(weights[here], totals[name])
    return dealt


def _covered(name: str, here: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Floats]:
    """Municipalities that the report covers but does not list lie strictly between its best and worst fifteen."""
    there, (low, high) = places(), targets().limits[name]
    listed = (there.kind == KINDS.index(name)) & (there.arrived > 0)
    persons = targets().known[name][0] - int(there.arrived[listed].sum())
    movers = targets().known[name][1] - int(there.moved[listed].sum())
    weights = there.size[here] * rng.lognormal(0, 0.3, here.size)
    known = FEWEST + deal(weights, persons - FEWEST * here.size)
    drawn = logit(movers / persons) + STORY.level_sd * rng.standard_normal(here.size)
    level = np.clip(drawn, logit(low + 0.03), logit(high - 0.03))
    fewest, most = np.floor(known * low).astype(np.int64) + 1, np.ceil(known * high).astype(np.int64) - 1
    return known, deal_between(known * expit(level), fewest, most, movers), level


def _elsewhere(name: str, here: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Floats]:
    known = deal(places().size[here] * rng.lognormal(0, 0.3, here.size), STORY.known_elsewhere[name])
    share = STORY.moved_elsewhere[name]
    level = logit(share) + STORY.level_sd * rng.standard_normal(here.size)
    none = np.zeros(here.size, np.int64)
    return known, deal_between(known * expit(level), none, known, round(share * int(known.sum()))), level


def _arrivals_1998(known: Ints, moved: Ints, tight: NDArray[np.bool_], rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Draw which of the arrivals came in 1998; none where their printed ages would leave no way out."""
    there = places()
    known_1998, moved_1998 = np.zeros_like(known), np.zeros_like(moved)
    for kind, name in enumerate(COVERED):
        here = there.of_kind(kind)
        here = here[~tight[here]]
        persons, movers = targets().arrivals_1998[name].all
        moved_1998[here] = draw_from(moved[here], movers, rng)
        known_1998[here] = moved_1998[here] + draw_from((known - moved)[here], persons - movers, rng)
    return known_1998, moved_1998


def _missing(known: Ints) -> Ints:
    there = places()
    missing = np.zeros_like(known)
    for kind, name in enumerate(KINDS):
        here, share = there.of_kind(kind), STORY.missing_share[name]
        missing[here] = deal(known[here].astype(np.float64), round(known[here].sum() * share / (1 - share)))
    return missing


@dataclass(frozen=True, eq=False)
class Gravity:
    """Where those who move go: more of them to large places with room, and to near ones."""

    chances: Floats

    def draw(self, origin: Ints, kind: Ints, rng: np.random.Generator) -> Ints:
        """Draw a destination of the given kind for each, never the origin itself."""
        drawn = np.empty(origin.size, np.int64)
        for one in range(len(KINDS)):
            asked, there = np.flatnonzero(kind == one), places().of_kind(one)
            drawn[asked] = there[draw_columns(self.chances[np.ix_(origin[asked], there)], rng)]
        return drawn


def gravity(room: Floats) -> Gravity:
    """Set the chances up: room times exp(-distance / 80 km); a municipality without position counts as 80 km away."""
    there = places()
    north, east = there.latitude * 111.2, there.longitude * 111.2 * np.cos(np.radians(56))
    apart = np.hypot(north[:, None] - north, east[:, None] - east)
    chances = room * np.exp(-np.nan_to_num(apart, nan=80.0) / 80)
    np.fill_diagonal(chances, 0.0)
    return Gravity(chances)


def draw_kinds(origin: Ints, rng: np.random.Generator) -> Ints:
    """Draw the kind of a destination by the printed matrix, or by the story's where none is printed."""
    rows = np.array([_shares(name) for name in KINDS])
    return draw_columns(rows[places().kind[origin]], rng)


def _shares(name: str) -> Floats:
    if name in COVERED:
        counts = targets().destinations[name]
        return np.asarray(counts / counts.sum())
    return np.array(STORY.destinations[name])
