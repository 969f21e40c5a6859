"""A model tried on its own past: made as on a day gone by, told to place who came since, judged by what came of it.

Whether a model may be used is not decided by what it promises. `trial` fits its recipe to what was known on a day,
places everybody who came after that day, and lets `place.backtest` say what they would have got, doubly robust. Rules
that it has to pass are fixed before the figures are seen (`Check`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from scipy.stats import norm

from fodfaeste import __version__
from fodfaeste.place.evaluation.plain import plain
from fodfaeste.place.fairness import SCORE, fairness
from fodfaeste.place.gains import LABEL
from fodfaeste.place.outcomes.fitting import one_thread
from fodfaeste.place.outcomes.frames import Frames
from fodfaeste.place.outcomes.model import Model
from fodfaeste.place.outcomes.optimism import NullTest, null_test
from fodfaeste.place.outcomes.rows import BOUND, HOUSEHOLD_FEATURES, training_rows
from fodfaeste.place.outcomes.trial_judging import LEVEL, judged_by_the_past
from fodfaeste.place.outcomes.trial_past import (
    GREEDY,
    MODEL,
    Window,
    day_of,
    known_on,
    last_day,
    made_again,
    places_tried,
    windows_of,
)

Progress = Callable[[str, float], None]

BOOTSTRAPS, SHUFFLES, RANDOM_DRAWS = 500, 19, 100


@dataclass(frozen=True)
class Check:
    """A rule fixed beforehand, and whether it was kept.

    Attributes
    ----------
    code : str
        `overlap` (the past bears on the model's plan), `gain` (one outcome is better for sure), `no_loss` (none is
        worse for sure), `groups` (no group is worse for sure, all groups tested together), `optimism` (the model
        promises more than in worlds in which places do nothing).
    passed : bool
    found : str
        Outcomes or groups that fail it, or what was seen.
    """

    code: str
    passed: bool
    found: str = ""


@dataclass(frozen=True, eq=False)
class Trial:
    """What the past says of a model.

    Attributes
    ----------
    day, last : date
        The recipe knew what was known on `day`, and placed who came from then to `last`.
    register : mapping
        Title and last day of the register.
    outcomes : mapping of outcome to mapping
        `trained` (adults the recipe learnt from), `policies`, `groups` (with `by`), `overlap`, `observed`, `bound`,
        `notes`, `params`: see `place.backtest.Backtest`.
    places : tuple of str
        Municipalities that the trial covers: those that got enough people for the past to speak of them.
    covered : float
        Share of all adults who came in those days that were placed there.
    possible : tuple of mapping
        Of the year with most households, by the model's own forecasts: for each kind of household and citizenship what
        it got then (`before`), by chance, by the model's plan (`achieved`) and if it alone were placed (`alone`), a
        household; see `place.fairness`.
    null : NullTest
    checks : tuple of Check
    label : str
    version : str
    seed : int
    """

    day: date
    last: date
    register: Mapping[str, Any]
    outcomes: Mapping[str, Mapping[str, Any]]
    places: tuple[str, ...]
    covered: float
    possible: tuple[Mapping[str, Any], ...]
    null: NullTest
    checks: tuple[Check, ...]
    label: str = LABEL
    version: str = __version__
    seed: int = 0

    @property
    def passed(self) -> bool:
        """Whether every rule was kept."""
        return all(one.passed for one in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        told: dict[str, Any] = plain({**vars(self), "null": self.null.to_dict(), "passed": self.passed})
        return told | {"day": str(self.day), "last": str(self.last)}


def trial(
    frames: Frames,
    model: Model,
    *,
    bootstraps: int = BOOTSTRAPS,
    shuffles: int = SHUFFLES,
    seed: int = 0,
    progress: Progress | None = None,
) -> Trial:
    """Try a model's recipe on a past day of a register.

    Parameters
    ----------
    frames : Frames
        The register that the model learnt from, or a later extract of it.
    model : Model
        Its outcomes, features and kinds of model are fitted again to what was known on the day.
    bootstraps, shuffles, seed : int
        Of `backtest` and `null_test`.
    progress : callable, optional
        Hears what is being done, and the share of 1 that is done. What it raises stops the trial.

    Raises
    ------
    Refused
        If the register has no later years to try the model on.
    NotEnoughPeople
        If too few came, or no two municipalities got enough of them.
    """
    show = progress or (lambda *_: None)
    show("rows", 0.0)
    names = tuple(model.outcomes)
    own = [name for name in model.person_features if name not in (*HOUSEHOLD_FEATURES, BOUND)]
    rows = training_rows(frames, [one.outcome for one in model.outcomes.values()], model.rules, own)
    with one_thread():
        day = day_of(rows, model)
        known = known_on(rows, day)
        show("the model as on that day", 0.05)
        past = made_again(known, model, day)
        kept, covered = places_tried(rows, names, day)
        last = last_day(rows, names, day, kept)
        show("placing who came since", 0.15)
        windows = windows_of(frames, past, day, last, kept)
        sent = {name: dict(pair for one in windows for pair in one.sent(name)) for name in (MODEL, GREEDY)}
        outcomes: dict[str, Mapping[str, Any]] = {}
        for number, name in enumerate(names):
            show(f"{name}: what they would have got", 0.25 + 0.4 * number / len(names))
            found = judged_by_the_past(rows, name, day, kept=kept, sent=sent, bootstraps=bootstraps, seed=seed)
            outcomes[name] = {"trained": int((known.seen[name].weight > 0).sum()), **found}
        largest = max(windows, key=lambda one: len(one.problem.households))
        show("what groups could get", 0.65)
        possible = _possible(largest, seed)
        null = null_test(
            known,
            past,
            largest.built_from,
            largest.solved,
            baseline=largest.went,
            shuffles=shuffles,
            seed=seed,
            progress=lambda doing, share: show(doing, 0.7 + 0.3 * share),
        )
    register = {"title": frames.title, "observed_until": str(frames.observed_until)}
    return Trial(day, last, register, outcomes, kept, covered, possible, null, _checks(outcomes, null), seed=seed)


def _possible(window: Window, seed: int) -> tuple[Mapping[str, Any], ...]:
    shown = ("value", "households", "before", "random", "achieved", "alone")
    plan = window.solved(window.problem)
    found = []
    for by in window.problem.groups:
        told = fairness(plan, by, random_draws=RANDOM_DRAWS, seed=seed, before=window.went, gap=5e-3)
        scores = told.groups.filter(pl.col("outcome") == SCORE).select(shown)
        found += [{"by": by, **row} for row in scores.iter_rows(named=True)]
    return tuple(found)


def _checks(outcomes: Mapping[str, Mapping[str, Any]], null: NullTest) -> tuple[Check, ...]:
    own = {name: next(one for one in told["policies"] if one["policy"] == MODEL) for name, told in outcomes.items()}
    refused = [name for name, one in own.items() if one["refused"]]
    spoken = {name: one for name, one in own.items() if not one["refused"]}
    better = [name for name, one in spoken.items() if one["difference_lower"] > 0]
    worse = [name for name, one in spoken.items() if one["difference_upper"] < 0]
    harmed = _harmed(outcomes)
    return (
        Check("overlap", not refused, ", ".join(refused)),
        Check("gain", bool(better), ", ".join(better)),
        Check("no_loss", not worse, ", ".join(worse)),
        Check("groups", not harmed, "; ".join(harmed)),
        Check("optimism", null.p_value <= 1 - LEVEL + 1e-9, f"{null.promised:.4f}"),
    )


def _harmed(outcomes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Name the groups that would have been worse off for sure: one limit for all tests together (Bonferroni)."""
    told = [
        (name, one)
        for name, of in outcomes.items()
        for one in of["groups"]
        if one["policy"] == MODEL and one["difference_upper"] > one["difference_lower"]
    ]
    limit = -float(norm.ppf(1 - (1 - LEVEL) / max(1, len(told))))
    width = 2 * float(norm.ppf((1 + LEVEL) / 2))
    return [
        f"{name}: {one['by']} {one['value']}"
        for name, one in told
        if one["difference"] / ((one["difference_upper"] - one["difference_lower"]) / width) < limit
    ]
