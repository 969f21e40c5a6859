"""Everything that the report on the 2002 figures says, computed: no words, no looks.

Each function takes the published tables and answers with frozen results of `fodfaeste.measure`; what takes seconds is
kept, so that a second language costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import numpy as np
import polars as pl

from fodfaeste import measure
from fodfaeste.data import report2002, roles
from fodfaeste.data.seats import Seat, seats
from fodfaeste.measure.bounds import BoundsResult
from fodfaeste.measure.composition import KitagawaResult
from fodfaeste.measure.flows import FlowsResult
from fodfaeste.measure.funnel import FunnelResult
from fodfaeste.measure.intervals import interval
from fodfaeste.measure.rank import RankResult
from fodfaeste.measure.result import Result
from fodfaeste.measure.shrink import ShrinkResult
from fodfaeste.measure.survey import possible_counts

KindOfMunicipality = Literal["rural", "small_town"]
Group = Literal["move", "stay"]
KINDS: tuple[KindOfMunicipality, KindOfMunicipality] = ("rural", "small_town")
MUNICIPALITIES_OF_A_KIND = 108
TOP = 15
SEED = 2002
HOUSEHOLD = 3
"""People who move as one in the check on how much the intervals owe to counting persons instead of households."""
REASONS: tuple[tuple[str, str, str], ...] = (
    ("family", "family_and_friends", "family_and_friends"),
    ("jobs", "better_job_chances", "good_job_chances"),
    ("childcare", "better_childcare", "good_childcare"),
    ("nationality", "same_nationality", "same_ethnic_background"),
    ("culture", "more_culture_and_leisure", "enough_culture_and_leisure"),
    ("transport", "poor_transport", "good_transport"),
    ("help", "other_municipality_helps_find_work", "municipality_helps_find_work"),
    ("home", "better_home", "good_home"),
    ("children", "children_do_not_thrive", "children_thrive"),
    ("danes", "no_contact_with_danes", "contact_with_danes"),
    ("welcome", "not_welcome", "feels_welcome"),
)
"""The reasons that the two lists of the survey share: a name of ours, the key in the one and in the other."""


def table(name: str) -> pl.DataFrame:
    """Give one of the published tables."""
    return report2002.load(name).frame


@dataclass(frozen=True, eq=False)
class Retention:
    """The municipalities of one kind that the report lists, and the total of all 108.

    `listed` has a row a municipality in printed order: unit, rank_group, printed_rank, n, events, rate, lower, upper,
    shrunk, shrunk_lower, shrunk_upper, rank_lower, rank_upper, told_apart, told_apart_clustered.
    """

    kind: KindOfMunicipality
    listed: pl.DataFrame
    total_n: int
    total_events: int
    funnel: FunnelResult

    @property
    def average(self) -> float:
        """Share moved away in all 108 municipalities."""
        return self.total_events / self.total_n

    def told_apart(self, rank_group: Literal["top", "bottom"], *, clustered: bool = False) -> int:
        """Count the listed municipalities that can be told from the average."""
        column = "told_apart_clustered" if clustered else "told_apart"
        return int(self.listed.filter(pl.col("rank_group") == rank_group)[column].sum())


@cache
def retention(kind: KindOfMunicipality) -> Retention:
    """Measure the municipalities listed as best and worst at keeping people."""
    printed = table("retention_1995_98").filter(pl.col("kind") == kind).sort("rank_order")
    total = table("retention_totals").filter(pl.col("kind") == kind)
    total_n, total_events = int(total["arrived"][0]), int(total["moved_away"][0])
    columns = "moved_away", "arrived", "municipality"
    average = total_events / total_n
    shrunk = measure.shrink(printed, *columns, hyper="integrated", selected=True)
    ranks = measure.rank(shrunk, good="low", top=TOP).table
    x, n = printed["moved_away"].to_numpy(), printed["arrived"].to_numpy()
    lower, upper = interval(x, n)
    listed = pl.DataFrame(
        {
            "unit": printed["municipality"],
            "rank_group": printed["rank_group"],
            "printed_rank": printed["rank_order"],
            "printed_rate": printed["moved_pct_published"] / 100,
            "n": printed["arrived"],
            "events": printed["moved_away"],
            "rate": x / n,
            "lower": lower,
            "upper": upper,
            "shrunk": shrunk.table["shrunk"],
            "shrunk_lower": shrunk.table["lower"],
            "shrunk_upper": shrunk.table["upper"],
            "rank_lower": ranks["rank_lower"],
            "rank_upper": ranks["rank_upper"],
            "told_apart": told_apart(x, n, average),
            "told_apart_clustered": told_apart(x, n, average, household=HOUSEHOLD),
        }
    )
    funnel = measure.funnel(printed, *columns, good="low", target=average, adjust="none", selected=True)
    return Retention(kind, listed, total_n, total_events, funnel)


def told_apart(
    events: np.ndarray, n: np.ndarray, average: float, household: int = 1, level: float = 0.95
) -> np.ndarray:
    """Say which municipalities the average lies outside the interval of, with all 108 comparisons allowed for.

    `household` people moving as one leave n / household independent moves.

    References
    ----------
    Wilson (1927) at the level of Bonferroni: 1 - (1 - level) / 108. Kish (1965), Survey Sampling: design effect of
    clusters that are wholly alike.
    """
    lower, upper = interval(events / household, n / household, level=1 - (1 - level) / MUNICIPALITIES_OF_A_KIND)
    return (average < lower) | (average > upper)


@dataclass(frozen=True, eq=False)
class Employment:
    """Work in all 216 municipalities; tables have a row each in printed order."""

    shrunk: ShrinkResult
    ranks: RankResult
    funnel: FunnelResult
    stability: Result
    needed: int
    seats: dict[str, Seat]

    @property
    def n(self) -> int:
        """People in all municipalities."""
        return int(self.shrunk.table["n"].sum())


@cache
def employment() -> Employment:
    """Measure the share in work on 1 January 2000."""
    printed = table("employment_2000").with_columns(
        n=pl.col("employed") + pl.col("unemployed") + pl.col("outside_labour_force")
    )
    columns = "employed", "n", "municipality"
    shrunk = measure.shrink(printed, *columns, hyper="integrated")
    average = float(shrunk.summary["pooled_rate"])
    return Employment(
        shrunk,
        measure.rank(shrunk, good="high", top=TOP),
        measure.funnel(printed, *columns, good="high", adjust="none"),
        measure.stability(shrunk, good="high", top=TOP, seed=SEED),
        int(measure.n_halfwidth(average, 0.10).summary["n"]),
        seats(printed["municipality"]),
    )


def missing() -> dict[float, BoundsResult]:
    """Bound the share moved away for the smallest and the largest missing share that the report states."""
    totals = table("retention_totals")
    return {
        share: measure.bounds(totals, events="moved_away", known="arrived", missing_share=share, unit="kind")
        for share in (_text_pct("dead_and_emigrated_low"), _text_pct("dead_and_emigrated_high"))
    }


def _text_pct(key: str) -> float:
    return float(table("text_figures").filter(pl.col("key") == key)["value_pct_published"][0]) / 100


def flows() -> FlowsResult:
    """Measure where people went; the printed rural total, which its parts contradict, is acknowledged."""
    return measure.flows(
        table("moves_matrix"),
        origin="origin_kind",
        destination="destination_kind",
        stayed="same_municipality",
        acknowledge_totals=True,
    )


def by_nationality() -> dict[str, Result]:
    """Measure the share moved away by citizenship, for each kind of municipality."""
    return {
        kind: measure.proportion(_nationalities(kind), "moved_away", "arrived", "nationality", level=0.95)
        for kind in KINDS
    }


def nationality_pairs() -> dict[str, Result]:
    """Find which nationalities can be put in order; the mixed rest is left out."""
    return {
        kind: measure.rank_sets(
            _nationalities(kind).filter(pl.col("nationality") != "other_countries"),
            "moved_away",
            "arrived",
            "nationality",
            good="low",
        )
        for kind in KINDS
    }


def composition() -> KitagawaResult:
    """Split the gap between the kinds into mix of nationalities and level."""
    return measure.kitagawa(
        _nationalities("rural"), _nationalities("small_town"), "nationality", "arrived", "moved_away"
    )


def _nationalities(kind: str) -> pl.DataFrame:
    return table("moves_by_nationality").filter(pl.col("row_role") == "part", pl.col("kind") == kind)


def gammas() -> Result:
    """Judge the 44 printed gammas together."""
    printed = table("gamma_correlations").with_columns(unit=pl.col("variable") + "|" + pl.col("kind"))
    threshold = float(table("text_figures").filter(pl.col("key") == "gamma_threshold")["value"][0])
    return measure.gamma_from_published(printed, MUNICIPALITIES_OF_A_KIND, unit="unit", threshold=threshold)


def keeping_and_working() -> Result:
    """Associate the share moved away with the share in work, where both are printed with counts."""
    moved = table("retention_1995_98").select("municipality", moved=pl.col("moved_away") / pl.col("arrived"))
    work = table("employment_2000").select(
        "municipality",
        working=pl.col("employed") / (pl.col("employed") + pl.col("unemployed") + pl.col("outside_labour_force")),
    )
    both = moved.join(work, on="municipality", how="inner")
    return measure.gamma(both["moved"], both["working"])


@dataclass(frozen=True)
class Answer:
    """A reason of the survey in one group: what is printed, and the whole people it can stand for.

    `possible` is false where no whole number of the `n` people gives the printed percentage; `k` is then the nearest.
    """

    reason: str
    group: Group
    printed: float
    k: int
    n: int
    possible: bool
    lower: float
    upper: float


@dataclass(frozen=True)
class Survey:
    """The answers that 81 people gave; the group sizes are read back from the percentages."""

    movers: int
    stayers: int
    answers: tuple[Answer, ...]
    employed: tuple[int, int]
    unemployed: tuple[int, int]

    def commonest(self, group: Group) -> Answer:
        """Give the reason that most of a group named."""
        return max((answer for answer in self.answers if answer.group == group), key=lambda answer: answer.k)

    @cached_property
    def wish(self) -> Result:
        """Compare the wish to move of the unemployed with that of the employed."""
        return measure.two_proportions(*self.unemployed, *self.employed)


def survey() -> Survey:
    """Read the survey's counts back from its percentages."""
    shares = dict(table("survey_shares").select("key", "share_pct_published").iter_rows())
    everyone = int(table("survey_shares").filter(pl.col("key") == "respondents")["count_published"][0])
    to_move, to_stay = table("survey_reasons_to_move"), table("survey_reasons_to_stay")
    blocks = {
        name: list(frame.select("yes_pct_published", "no_pct_published").iter_rows())
        for name, frame in (("move", to_move), ("stay", to_stay))
    }
    movers = measure.grim(blocks, total=everyone).best[0]
    employed = nearest_count(shares["employed"], everyone)
    groups: tuple[tuple[Group, pl.DataFrame, int, int], ...] = (
        ("move", to_move, movers, 1),
        ("stay", to_stay, everyone - movers, 2),
    )
    answers = [
        _answer(keys[0], group, frame.filter(pl.col("reason") == keys[position]), n)
        for keys in REASONS
        for group, frame, n, position in groups
    ]
    return Survey(
        movers,
        everyone - movers,
        tuple(answers),
        (nearest_count(shares["wants_to_move_if_employed"], employed), employed),
        (nearest_count(shares["wants_to_move_if_unemployed"], everyone - employed), everyone - employed),
    )


def _answer(reason: str, group: Group, row: pl.DataFrame, n: int) -> Answer:
    printed = float(row["yes_pct_published"][0])
    k = nearest_count(printed, n)
    lower, upper = interval(k, n)
    possible = bool(possible_counts(printed, n))
    return Answer(reason, group, printed / 100, k, n, possible, float(lower), float(upper))


def nearest_count(percent: float, n: int) -> int:
    """Give the whole number of `n` people that is nearest to a percentage."""
    return round(percent * n / 100)


@cache
def audit() -> Result:
    """Recompute every derived figure of the report."""
    return measure.check_printed(*roles.of(report2002.package()))


@dataclass(frozen=True, eq=False)
class Findings:
    """All of it."""

    retention: dict[KindOfMunicipality, Retention]
    employment: Employment
    missing: dict[float, BoundsResult]
    flows: FlowsResult
    nationality: dict[str, Result]
    nationality_pairs: dict[str, Result]
    composition: KitagawaResult
    gammas: Result
    keeping_and_working: Result
    survey: Survey
    audit: Result


Step = tuple[str, Callable[[], object]]


def find(progress: Callable[[str, float], None]) -> Findings:
    """Compute everything; `progress` hears the name of each step and the share of 1 that is done."""
    steps: Sequence[Step] = (
        ("retention", lambda: {kind: retention(kind) for kind in KINDS}),
        ("employment", employment),
        ("missing", missing),
        ("flows", flows),
        ("nationality", by_nationality),
        ("nationality_pairs", nationality_pairs),
        ("composition", composition),
        ("gammas", gammas),
        ("keeping_and_working", keeping_and_working),
        ("survey", survey),
        ("audit", audit),
    )
    found: dict[str, object] = {}
    for done, (name, compute) in enumerate(steps):
        progress(name, done / len(steps))
        found[name] = compute()
    return Findings(**found)  # type: ignore[arg-type]  # the names above are the fields
