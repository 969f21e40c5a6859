"""Why a household is proposed where it is: the facts, place by place; `report` words them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import UnknownName
from fodfaeste.measure.result import Note
from fodfaeste.place.evaluation.flips import flips_of
from fodfaeste.place.evaluation.options import (
    DISPLACED,
    Option,
    forecast_rows,
    options_of,
    ruled_out_rows,
    term_rows,
)
from fodfaeste.place.evaluation.part import may_at_all, together
from fodfaeste.place.evaluation.plain import plain
from fodfaeste.place.evaluation.price import (
    has_prices,
    room_price,
    summed_scores,
    wishes_come_first,
)
from fodfaeste.place.evaluation.worth import has_doubt
from fodfaeste.place.plan import Plan, Reason
from fodfaeste.place.problem import NOWHERE, Ints
from fodfaeste.place.scores import Draws

Decided = Literal[
    "unplaced",
    "lock",
    "tie_to_locked",
    "only_place",
    "wishes",
    "near_tie",
    "tie",
    "highest_score",
    "price",
    "whole_plan",
]
"""What decided, the first of these that holds: it has no place; the officer locked it, or one it is tied to; no other
place is allowed; its wish counts before the score; another place is as good within the error; alone it would be
elsewhere and the tie took it along; its score is highest here; it is best here when each place pays for the room it
takes; none of these: elsewhere would be better for it and worse for the plan as a whole."""

OTHERS = 4
"""How many other places are shown."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a household is proposed where it is, and what would have to differ.

    Amounts are in units of the goal's score, summed over the households that are tied and so go together.

    Attributes
    ----------
    household : str
    together : tuple of str
        The household and those tied to it.
    persons : int
        How many people they are.
    place : str or None
        Where they are proposed.
    reason : str
        Why they are unplaced; empty for the placed.
    decided_by : str
        See `Decided`.
    basis : {"prices", "recomputed"}
        Whether room is priced by the certificate, or, where that has no prices, by what those lose who are now at a
        place if the household comes.
    options : polars.DataFrame
        The proposed place first, then the next best, best first. `place`; `chosen`; `score`, `score_sd`; `besides`,
        what compatriots and balance add; `price` of the room taken; `net`, score and besides less price; `behind`, by
        how much the net is below the proposed place's, with `behind_lower` and `behind_upper` for the uncertainty of
        the scores; `equal`, whether that is less than the error; `wish`, the household's rank of the place (0: not
        wished, null: no wish is known of it); `fits`, whether nobody has to make way; `short` and `short_of`, how much
        room is lacking and of which dimension; `needed_by`, how many households placed there gain more a person by it
        than this one would (0 where it fits); `losers` and `others_lose`, how many households would lose, and how much
        all others together; `cost_at_least`, `cost_at_most`: bounds on what the plan as a whole loses if it goes there,
        null where unknown.
    forecasts : polars.DataFrame
        `place`, `outcome`, `weight`, `forecast`, `sd`, `lower`, `upper` of the household itself (null without doubt
        given).
    terms : polars.DataFrame
        `place`, `term`, `amount`: what the net adds up from. A term is an outcome, `wishes`, `caution`, `network`,
        `balance`, or `price` of a `dimension`.
    displaced : polars.DataFrame
        `place` (the option), `household`, `from_place`, `to_place` (null: nowhere), `persons`, `change`: who would
        move, and what it does to them, if the household went there.
    flips : polars.DataFrame
        What would have to change for another place to win, the smallest of a kind first. `kind` (`score`, `outcome`,
        `wish`, `weight`, `capacity`, `allow`, `unlock`, `untie`), `place`, `name` (of the outcome or dimension),
        `needed`: with a smaller change nothing flips; `enough`: with this one it does; null where unknown. `score` is
        all that the goal weighs, added up; `outcome` and `wish` (a share of the household's wishes) are its parts, each
        alone. A change of weight is worked out for this household alone at the given prices.
    ruled_out : polars.DataFrame
        `place`, `score`, `why` (`not_allowed`, `too_large`): places of a higher score than the proposed, best first.
    wishes_known : bool
        Whether the household said anything.
    level : float
        Of all intervals.
    exact : bool
        Whether costs were found by solving the whole problem again for each option.
    notes : tuple of Note
    """

    household: str
    together: tuple[str, ...]
    persons: int
    place: str | None
    reason: Reason
    decided_by: Decided
    basis: Literal["prices", "recomputed"]
    options: pl.DataFrame
    forecasts: pl.DataFrame
    terms: pl.DataFrame
    displaced: pl.DataFrame
    flips: pl.DataFrame
    ruled_out: pl.DataFrame
    wishes_known: bool
    level: float
    exact: bool
    notes: tuple[Note, ...]

    @property
    def equal(self) -> tuple[str, ...]:
        """The other places that are as good as the proposed one within the error."""
        return tuple(self.options.filter(pl.col("equal") & ~pl.col("chosen"))["place"])

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        told: dict[str, Any] = plain(self)
        return told


def explain(
    plan: Plan,
    household: str | int,
    *,
    level: float = 0.95,
    within: float = 1.0,
    draws: Draws | None = None,
    exact: bool = False,
) -> Explanation:
    """Explain why a household is proposed where it is.

    Parameters
    ----------
    plan : Plan
    household : str or int
        Its name, or its position.
    level : float
        Of the intervals.
    within : float
        How many standard errors of a difference count as no difference.
    draws : Draws, optional
        Draws of the outcomes, for intervals and errors; without them the problem's `sds` are taken, the errors at two
        places as independent.
    exact : bool
        Solve the whole problem again for each place shown, so that what a change costs, and what is enough, is known
        up to the plan's gap and not only bounded.

    Returns
    -------
    Explanation

    Raises
    ------
    UnknownName
        If there is no such household.
    """
    problem = plan.problem
    who = _position(plan, household)
    rows = together(problem, who)
    here = int(plan.place[who])
    options = options_of(plan, rows, others=OTHERS, level=level, within=within, draws=draws, exact=exact)
    shown = np.array([option.position for option in options], np.int64)
    return Explanation(
        household=problem.households[who],
        together=tuple(problem.households[row] for row in rows),
        persons=int(problem.persons[rows].sum()),
        place=problem.places[here] if here != NOWHERE else None,
        reason=plan.reasons[who],
        decided_by=_decided(plan, rows, options),
        basis="prices" if has_prices(plan) else "recomputed",
        options=pl.DataFrame([_option_row(plan, who, option) for option in options], schema=OPTIONS, orient="row"),
        forecasts=forecast_rows(plan, who, shown, level, draws),
        terms=term_rows(plan, rows, options),
        displaced=pl.concat([pl.DataFrame(schema=DISPLACED), *(option.displaced for option in options)]),
        flips=flips_of(plan, rows, options, exact=exact),
        ruled_out=ruled_out_rows(plan, rows, OTHERS),
        wishes_known=problem.wishes is not None and bool(problem.wishes.said[who]),
        level=level,
        exact=exact,
        notes=tuple(_notes(plan, draws)),
    )


OPTIONS = {
    "place": pl.String,
    "chosen": pl.Boolean,
    "score": pl.Float64,
    "score_sd": pl.Float64,
    "besides": pl.Float64,
    "price": pl.Float64,
    "net": pl.Float64,
    "behind": pl.Float64,
    "behind_lower": pl.Float64,
    "behind_upper": pl.Float64,
    "equal": pl.Boolean,
    "wish": pl.Int64,
    "fits": pl.Boolean,
    "short": pl.Int64,
    "short_of": pl.String,
    "needed_by": pl.Int64,
    "losers": pl.Int64,
    "others_lose": pl.Float64,
    "cost_at_least": pl.Float64,
    "cost_at_most": pl.Float64,
}


def _option_row(plan: Plan, who: int, option: Option) -> list[object]:
    wishes = plan.problem.wishes
    known = wishes is not None and bool(wishes.said[who])
    wish = int(wishes.rank[who, option.position]) if known and wishes is not None else None
    told = {**vars(option), "place": plan.problem.places[option.position], "wish": wish}
    return [told[name] for name in OPTIONS]


def _position(plan: Plan, household: str | int) -> int:
    names = plan.problem.households
    if isinstance(household, str):
        if household not in names:
            raise UnknownName("the household", household, names)
        return names.index(household)
    if not 0 <= household < len(names):
        raise UnknownName("the household in position", str(household), map(str, range(len(names))))
    return household


def _decided(plan: Plan, rows: Ints, options: list[Option]) -> Decided:
    problem, who = plan.problem, int(rows[0])
    if plan.place[who] == NOWHERE:
        return "unplaced"
    if problem.locks[who] != NOWHERE:
        return "lock"
    if (problem.locks[rows] != NOWHERE).any():
        return "tie_to_locked"
    if may_at_all(problem, rows).sum() == 1:
        return "only_place"
    chosen, others = options[0], options[1:]
    if wishes_come_first(problem, plan.goal) and _wished(plan, who) and any(other.behind < 0 for other in others):
        return "wishes"
    if any(other.equal for other in others):
        return "near_tie"
    if rows.size > 1 and _alone_elsewhere(plan, who):
        return "tie"
    if all(chosen.score >= other.score for other in others) and not _better_elsewhere(plan, rows):
        return "highest_score"
    return "price" if all(other.behind >= 0 for other in others) else "whole_plan"


def _wished(plan: Plan, who: int) -> bool:
    wishes = plan.problem.wishes
    return wishes is not None and bool(wishes.rank[who, plan.place[who]] > 0)


def _alone_elsewhere(plan: Plan, who: int) -> bool:
    scores, may = _net(plan, np.array([who])), may_at_all(plan.problem, np.array([who]))
    return bool(np.where(may, scores, -np.inf).max() > scores[plan.place[who]])


def _better_elsewhere(plan: Plan, rows: Ints) -> bool:
    scores, may = summed_scores(plan.problem, plan.goal, rows), may_at_all(plan.problem, rows)
    return bool(np.where(may, scores, -np.inf).max() > scores[plan.place[rows[0]]])


def _net(plan: Plan, rows: Ints) -> NDArray[np.float64]:
    return np.asarray(summed_scores(plan.problem, plan.goal, rows) - room_price(plan, rows))


def _notes(plan: Plan, draws: Draws | None) -> list[Note]:
    notes = []
    if draws is None and not has_doubt(plan.problem, plan.goal):
        text = "No uncertainty of the forecasts is known, so no place can be called equal within the error."
        notes.append(Note("no_uncertainty", text, "warning"))
    elif draws is None:
        text = "The errors at two places are taken as independent; where they are not, fewer places are equal."
        notes.append(Note("independent_errors", text))
    if not has_prices(plan):
        text = "The plan has no prices; what a place costs is what those lose who are there now and would make way."
        notes.append(Note("no_prices", text))
    if wishes_come_first(plan.problem, plan.goal):
        text = "Wishes come before scores, so what the plan as a whole loses at least is not known from prices."
        notes.append(Note("wishes_first", text))
    return notes
