"""The demonstration of placing: train on a synthetic register, place a year week by week, and judge it by the truth.

Everything is done as on a day in the past: the model sees what the register knew on the last day of `TRAINED_UNTIL`,
the year before is all that is known of who may come, and households are placed as they arrive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from fodfaeste.cli._output import Progress

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from fodfaeste.place import Goal, Plan, Problem
    from fodfaeste.place.outcomes.frames import Frames
    from fodfaeste.place.outcomes.model import Model
    from fodfaeste.place.outcomes.score import Scored
    from fodfaeste.report.place.evaluation import Against, Evaluation, Promise
    from fodfaeste.report.words import Lang

PLACED_YEAR = 2004
"""The last year whose arrivals the synthetic register has."""

TRAINED_UNTIL = date(2003, 12, 31)
WORK, STAYING = "work_24", "staying_12"
STAYING_MONTHS = 48
"""From arrival: the residence rule's 36 months, and 12 of free choice."""

SLACK = 1.05
"""Room, as a multiple of the persons whom each municipality really got."""

GAP, ROUGH = 1e-3, 5e-3
"""How near the best plans are solved; the second where plans only show how things move."""

FOLDS = 3
SAMPLES = 10
"""Futures that are sampled before each week."""

SHUFFLES = 3
"""Worlds without place effects that the null test tries: few, because each trains and plans again."""

CODES = ("600", "799")
"""Central Jutland, some 60 municipalities: quotas are agreed region by region, and a year of it takes seconds."""

REFUGEE = "refugee"
"""The permit of those who are placed; others come to family."""


@dataclass(frozen=True, eq=False)
class Year:
    """A year's arrivals as a problem, with what the model says of them.

    `codes` are those of the problem's places, `observed` the positions of where the households really went.
    """

    problem: Problem
    scored: Scored
    codes: tuple[str, ...]
    observed: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Trained:
    """What was known on the day, what was learnt from it, and the seed of everything drawn."""

    known: Frames
    model: Model
    seed: int


@dataclass(frozen=True, eq=False)
class Kept:
    """Draws kept in memory, because each is asked for many times and takes long to make."""

    drawn: Sequence[Mapping[str, NDArray[np.float32]]]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.drawn)

    def outcomes(self, draw: int) -> Mapping[str, NDArray[np.float32]]:
        """Give every outcome of one draw."""
        return self.drawn[draw]


def place_a_year(source: Path, out: Path, langs: Sequence[Lang], seed: int, show: Progress) -> dict[Lang, list[Path]]:
    """Train, place and report; `out` gets a folder a language.

    Parameters
    ----------
    source : Path
        A synthetic register, built with `seed`.
    out : Path
    langs : sequence of {"da", "en"}
    seed : int
    show : callable
        Hears what is being done, and the share of 1 that is done.
    """
    from fodfaeste.place.outcomes.training import train
    from fodfaeste.report.place import write_plan_report

    show("read the register", 0.0)
    everything = read(source)
    known = as_known_on(everything, TRAINED_UNTIL)
    # The regression alone: boosted trees take minutes, and are rarely kept.
    model = train(
        known,
        (WORK, STAYING),
        kinds=("glm",),
        folds=FOLDS,
        seed=seed,
        progress=lambda doing, share: show(f"train: {doing}", 0.02 + 0.4 * share),
    )
    show("score the arrivals", 0.42)
    before, year = years(everything, known, model)
    plan = week_by_week(year.problem, before.problem, seed, lambda doing, share: show(doing, 0.45 + 0.15 * share))
    trained = Trained(known, model, seed)
    evaluation = evaluate(plan, year, trained, lambda doing, share: show(doing, 0.6 + 0.25 * share))
    made: dict[Lang, list[Path]] = {}
    for done, lang in enumerate(langs):

        def told(doing: str, share: float, lang: Lang = lang, before: int = done) -> None:
            show(f"{lang}: {doing}", 0.85 + 0.15 * (before + share) / len(langs))

        made[lang] = write_plan_report(plan, out / lang, lang, evaluation=evaluation, progress=told)
    return made


def read(source: Path) -> Frames:
    """Read a register's tables into memory, with what it says of itself."""
    import json

    import polars as pl

    from fodfaeste.place.outcomes.frames import Frames

    told = json.loads((source / "register.json").read_text(encoding="utf-8"))
    names = ("persons", "residence_spells", "employment_spells", "municipalities", "municipality_indicators")
    tables = {name: pl.read_parquet(source / f"{name}.parquet") for name in names}
    return Frames(
        **tables,
        observed_until=date.fromisoformat(told["observed_until"]),
        rule_from=date.fromisoformat(told["rule"]["from"]),
        rule_months=int(told["rule"]["months"]),
        # Whoever came before the first cohort is in the register for having stayed.
        watched_from=date(int(told["cohort_years"][0]), 1, 1),
        title=told["title"],
    )


def as_known_on(frames: Frames, day: date) -> Frames:
    """Give a register as it was on the evening of a day: nobody who came later, and no end that came later."""
    import polars as pl

    def begun(table: pl.DataFrame) -> pl.DataFrame:
        there = table.filter(pl.col("start") <= day)
        after = [name for name in ("end", "end_reason", "to") if name in there.columns]
        open_still = (pl.col("end") > day).fill_null(value=True)
        return there.with_columns(pl.when(open_still).then(None).otherwise(pl.col(name)).alias(name) for name in after)

    indicators = frames.municipality_indicators
    return replace(
        frames,
        persons=frames.persons.filter(pl.col("arrival_date") <= day),
        residence_spells=begun(frames.residence_spells),
        employment_spells=begun(frames.employment_spells),
        municipalities=frames.municipalities.filter(pl.col("valid_from") <= day),
        municipality_indicators=None if indicators is None else indicators.filter(pl.col("year") <= day.year),
        observed_until=day,
    )


def years(everything: Frames, known: Frames, model: Model) -> tuple[Year, Year]:
    """Make the problems of the refugees of the year before and of the year to be placed, with the same places.

    There is room where the second year's refugees really went, and a little more. Compatriots are counted as the
    register knew them.
    """
    from fodfaeste.place.outcomes.arriving import places_for

    before, coming = (refugees(everything, model, one) for one in (PLACED_YEAR - 1, PLACED_YEAR))
    places = places_for(known, coming, slack=SLACK)
    first, second = (_year(model, known, people, places) for people in (before, coming))
    return first, second


def refugees(everything: Frames, model: Model, year: int) -> pl.DataFrame:
    """Take the persons whom the region got in a year in households of refugees.

    Whoever came to family is not placed.
    """
    import polars as pl

    from fodfaeste.place.outcomes.arriving import arriving

    whole_country = arriving(everything, model, date(year, 1, 1), date(year, 12, 31))
    first, last = map(pl.lit, CODES)
    everybody = whole_country.filter(pl.col("observed").is_between(first, last))
    by_permit = everything.persons.filter(pl.col("permit") == REFUGEE).select("person")
    placed = everybody.join(by_permit, on="person", how="semi").select("household").unique()
    return with_household_type(everybody.join(placed, on="household", how="semi", maintain_order="left"))


def _year(model: Model, known: Frames, people: pl.DataFrame, places: pl.DataFrame) -> Year:
    import numpy as np

    from fodfaeste.place.outcomes.score import problem_from, score

    scored = score(model, people, places)
    problem = problem_from(model, people, places, scored=scored)
    codes = problem.places
    went = dict(people.select("household", "observed").iter_rows())
    position = {code: one for one, code in enumerate(codes)}
    observed = np.array([position.get(went[name], -1) for name in problem.households], np.int64)
    names = dict(known.municipalities.select("code", "name").iter_rows())
    return Year(replace(problem, places=tuple(names[code] for code in codes)), scored, codes, observed)


def with_household_type(people: pl.DataFrame) -> pl.DataFrame:
    """Say of each person in which kind of household it comes: what is compared, and no model reads."""
    import polars as pl

    adults, children = pl.col("adult").sum().over("household"), (1 - pl.col("adult")).sum().over("household")
    kind = (
        pl.when((adults <= 1) & (children == 0))
        .then(pl.lit("single"))
        .when(children == 0)
        .then(pl.lit("couple"))
        .when(adults <= 1)
        .then(pl.lit("parent alone with children"))
        .otherwise(pl.lit("family with children"))
    )
    return people.with_columns(kind.alias("group_household_type"))


def week_by_week(problem: Problem, before: Problem, seed: int, show: Progress) -> Plan:
    """Place households as they come, a week at a time, knowing of the future only who came the year before."""
    from fodfaeste.place.online import ArrivalModel, place_online

    arrivals = ArrivalModel((before,))
    return place_online(
        problem, _goal(WORK, STAYING), batch="week", arrivals=arrivals, samples=SAMPLES, seed=seed, progress=show
    )


def _goal(*outcomes: str) -> Goal:
    from fodfaeste.place import Goal

    return Goal(weights=dict.fromkeys(outcomes, 1.0))


def evaluate(plan: Plan, year: Year, trained: Trained, show: Progress) -> Evaluation:
    """Compare the plan with others, by fresh draws, by worlds in which places do nothing, and by the truth."""
    from fodfaeste.place.fairness import fairness
    from fodfaeste.place.frontier import frontier
    from fodfaeste.place.near_ties import near_ties
    from fodfaeste.place.no_harm import harm
    from fodfaeste.place.sensitivity import sensitivity
    from fodfaeste.report.place.evaluation import Evaluation

    show("gains", 0.0)
    seed = trained.seed
    others = baselines(year, seed)
    found = promises(plan, year, others, seed, null_gains(year, trained, others, show))
    show("groups", 0.5)
    groups = (fairness(plan, "household_type", random_draws=100, seed=seed),)
    show("frontier", 0.6)
    line = frontier(year.problem, WORK, STAYING, points=5, gap=ROUGH, seed=seed)
    show("worlds in which the forecasts are wrong", 0.75)
    moved = sensitivity(plan, repeats=1, random_draws=20, places=1, group="household_type", seed=seed, gap=ROUGH)
    show("near-ties", 0.95)
    return Evaluation(
        promises=found,
        fairness=groups,
        harm={"observed": harm(plan, year.observed)},
        frontier=line,
        near_ties=near_ties(plan),
        sensitivity=moved,
        card=trained.model.facts(),
    )


def baselines(year: Year, seed: int) -> dict[Against, NDArray[np.int64]]:
    """Give the placements that the plan is compared with: random, greedy in the order of arrival, and what was done."""
    from fodfaeste.place.evaluation.baselines import greedy_placement, random_placements

    return {
        "random": next(random_placements(year.problem, 1, seed)),
        "greedy": greedy_placement(year.problem, _goal(WORK, STAYING)),
        "observed": year.observed,
    }


def promises(
    plan: Plan,
    year: Year,
    others: Mapping[Against, NDArray[np.int64]],
    seed: int,
    null: Mapping[tuple[str, Against], float],
) -> tuple[Promise, ...]:
    """Say what is gained in each outcome over each other placement, with the null test and the truth beside it."""
    import numpy as np

    from fodfaeste.place.gains import expected_gain
    from fodfaeste.report.place.evaluation import Promise

    draws = year.scored.draws
    kept = Kept(
        [
            {name: values.astype(np.float32) for name, values in draws.outcomes(draw).items()}
            for draw in range(draws.count)
        ]
    )
    truth = true_stays(year, seed)
    found = []
    for outcome in (WORK, STAYING):
        alone = replace(plan, goal=_goal(outcome))
        for against, other in others.items():
            gain = expected_gain(alone, other, kept, around=draws.around)
            # Who finds work has nothing to do with the municipality in this register, so in truth nothing is gained.
            there = gain.baseline_value if outcome == WORK else _sum_at(truth, other)
            true_gain = 0.0 if outcome == WORK else _sum_at(truth, plan.place) - there
            found.append(Promise(outcome, against, gain, null[outcome, against], true_gain, there))
    return tuple(found)


def true_stays(year: Year, seed: int) -> NDArray[np.float64]:
    """Give the true number of adults of each household who would stay, by place; shape (households, places)."""
    import numpy as np

    from fodfaeste.data.synthetic.stays import chances_of_staying

    told = chances_of_staying(seed, PLACED_YEAR, STAYING_MONTHS)
    number = np.array([int(name.partition("@")[0]) for name in year.problem.households])
    row, column = np.searchsorted(told.households, number), np.searchsorted(told.municipalities, year.codes)
    ready = year.scored.draws.ready
    adults = np.bincount(ready.of[ready.counted["staying"]], minlength=number.size)
    return np.asarray(adults[:, None] * told.chance[np.ix_(row, column)])


def null_gains(
    year: Year, trained: Trained, others: Mapping[Against, NDArray[np.int64]], show: Progress
) -> dict[tuple[str, Against], float]:
    """Shuffle places, train and plan again; give the mean relative gains that then seem to be there.

    Plans are made knowing the whole year, which promises a little more than week by week: the careful side.
    """
    import numpy as np

    from fodfaeste.place import solve
    from fodfaeste.place.outcomes.frames import outcome
    from fodfaeste.place.outcomes.optimism import WITHIN, shuffled
    from fodfaeste.place.outcomes.rows import training_rows
    from fodfaeste.place.outcomes.training import Settings, fit_only

    known, model, seed = trained.known, trained.model, trained.seed
    rows = training_rows(known, [outcome(name) for name in (WORK, STAYING)], model.rules)
    settings = Settings((WORK, STAYING), model.rules.name, seed=seed)
    rng = np.random.Generator(np.random.PCG64(seed))
    within = tuple(name for name in WITHIN if name in rows.frame.columns)
    found: dict[tuple[str, Against], list[float]] = {(name, one): [] for name in (WORK, STAYING) for one in others}
    for number in range(SHUFFLES):
        show("null test", 0.45 * number / SHUFFLES)
        again = fit_only(shuffled(rows, within, rng), settings, model)
        outcomes = {name: year.scored.draws.ready.household_scores(one, "sum") for name, one in again.outcomes.items()}
        plan = solve(replace(year.problem, outcomes=outcomes, sds={}), _goal(WORK, STAYING), gap=GAP, seed=seed)
        for (name, against), gained in found.items():
            there = _sum_at(outcomes[name], others[against])
            gained.append((_sum_at(outcomes[name], plan.place) - there) / there)
    return {key: float(np.mean(values)) for key, values in found.items()}


def _sum_at(scores: NDArray[np.float64], place: NDArray[np.int64]) -> float:
    import numpy as np

    placed = np.flatnonzero(place >= 0)
    return float(scores[placed, place[placed]].sum())
