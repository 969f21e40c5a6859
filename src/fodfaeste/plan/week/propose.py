"""A week proposed for a person, or the fewest rules that leave none."""

from __future__ import annotations

from dataclasses import dataclass

from fodfaeste.plan.text import Text
from fodfaeste.plan.week.clashes import travel_minutes
from fodfaeste.plan.week.day_plans import breaking_least, day_plans
from fodfaeste.plan.week.network import network_of
from fodfaeste.plan.week.reasons import Reason, reasons_of
from fodfaeste.plan.week.request import WeekRequest
from fodfaeste.plan.week.rules import Rule, rules_of
from fodfaeste.plan.week.smallest import smallest_conflict
from fodfaeste.plan.week.solver import WeekProgramme
from fodfaeste.plan.week.texts import joined, said
from fodfaeste.plan.week.values import Activity, Week


@dataclass(frozen=True)
class Proposal:
    """The best week that the offers leave; a person accepts it or not.

    Attributes
    ----------
    week : Week
        Without a clash.
    kept, added, given_up : tuple of Activity
        Of the present week what stays, what is new, and what goes.
    travel_minutes : tuple of int
        Of each day from Monday to Sunday.
    value : int
        Minutes of travel a week, and what counts as such: days that were not wished, and what is given up. No other
        week of the offers has less.
    reasons : tuple of Reason
        Why each candidate was chosen or not; then hours, ways and value.
    """

    week: Week
    kept: tuple[Activity, ...]
    added: tuple[Activity, ...]
    given_up: tuple[Activity, ...]
    travel_minutes: tuple[int, ...]
    value: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Conflict:
    """The fewest rules that leave no week: without any one of them the others leave some.

    Attributes
    ----------
    rules : tuple of Rule
    one_is_enough : tuple of Rule
        Those of them of which to give up one is enough; where there is none, other rules stand in the way too.
    text : Text
    """

    rules: tuple[Rule, ...]
    one_is_enough: tuple[Rule, ...]
    text: Text


def propose_week(request: WeekRequest) -> Proposal | Conflict:
    """Choose the best week from what is offered.

    Everything in it can follow each other with the way between, the hours asked for are reached, the limits are kept,
    and the value is the least that can be: proven, and the same whenever the same is asked, in whatever order the
    offers were given. Among weeks of equal value that with the fewest minutes is chosen, then that with the earlier
    activities.

    Parameters
    ----------
    request : WeekRequest

    Returns
    -------
    Proposal, or Conflict where there is no such week

    Raises
    ------
    BadInput
        If a way that could be needed is neither in the travel table nor can be estimated.

    Notes
    -----
    A day is a path from home through activities and home again, in a network of the ways that can follow each other. Of
    paths with the same consequences only the best is kept; an integer programme chooses one a day so that the rules of
    the whole week hold. Each rule has a switch that gives it up, by which the smallest conflict is found: see
    `smallest_conflict`.
    """
    network = network_of(request)
    rules = rules_of(request, network)
    plans = day_plans(request, network)
    chosen = WeekProgramme(request, [plan for plan in plans if not plan.broken], rules).best()
    if chosen is None:
        return _conflict(WeekProgramme(request, breaking_least(request, plans), rules), rules)
    return _proposal(request, tuple(network.candidates[node] for node in chosen))


def _proposal(request: WeekRequest, chosen: tuple[Activity, ...]) -> Proposal:
    present = request.week
    care = [one for one in present.activities if one.kind == "childcare"]
    week = Week(present.home, (*chosen, *care), present.begins, present.ends)
    travel = travel_minutes(week, request.travel)
    value = request.value(chosen, sum(travel))
    kept = tuple(one for one in chosen if request.is_present(one))
    given_up = tuple(one for one in request.candidates if request.is_present(one) and one not in chosen)
    added = tuple(one for one in chosen if one not in kept)
    return Proposal(week, kept, added, given_up, travel, value, reasons_of(request, week, value))


def _conflict(programme: WeekProgramme, rules: tuple[Rule, ...]) -> Conflict:
    every = range(len(rules))
    found = smallest_conflict(programme.kept, len(rules))
    enough = tuple(
        rules[one] for one in found if programme.kept([other for other in every if other != one]) is not None
    )
    against = tuple(rules[one] for one in found)
    parts = [said("conflict.cannot", rules=joined(rule.text for rule in against))]
    if len(against) == len(enough) > 1:
        parts.append(said("conflict.any_enough"))
    elif len(against) > 1 and enough:
        parts.append(said("conflict.one_enough", rules=joined(rule.text for rule in enough)))
    if not enough:
        parts.append(said("conflict.not_enough"))
    return Conflict(against, enough, joined(parts, " "))
