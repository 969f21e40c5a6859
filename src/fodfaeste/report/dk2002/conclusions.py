"""What the report of 2002 concluded, and what is left of each conclusion when uncertainty is shown.

Each conclusion is a rule: it takes the findings and answers with a verdict and the figures it rests on. Nothing here
knows the answer beforehand; other figures would give other verdicts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import polars as pl

from fodfaeste.measure import two_proportions
from fodfaeste.report.dk2002.findings import KINDS, TOP, Findings, KindOfMunicipality, table

Verdict = Literal["stands", "in_part", "not_shown", "cannot_tell"]

ALMOST_ALL, HALF = 0.8, 0.5
"""A list stands if at least four in five of its members are told apart, and in part from one in two."""
CLOSE = 0.3
"""The size of gamma from which the report itself speaks of an association."""
REPORT_DATE = date(2001, 1, 1)


@dataclass(frozen=True)
class Conclusion:
    """A claim of the report by its key, what is left of it, and the figures behind, raw."""

    key: str
    verdict: Verdict
    figures: dict[str, Any]


def conclusions(found: Findings) -> tuple[Conclusion, ...]:
    """Judge all of the report's conclusions, in its order."""
    return tuple(judge(found) for judge in JUDGES)


def kinds(found: Findings) -> Conclusion:
    """Small towns keep better: chance first, then the missing."""
    bounds = found.missing[min(found.missing)]
    share = bounds.breakdown("rural", "small_town").breakdown_share
    totals = {kind: found.retention[kind] for kind in KINDS}
    rural, small_town = totals["rural"], totals["small_town"]
    gap = _difference(rural.total_events, rural.total_n, small_town.total_events, small_town.total_n)
    beyond_chance = gap["low"] > 0 or gap["high"] < 0
    verdict: Verdict = "not_shown"
    if beyond_chance:
        verdict = "stands" if max(found.missing) < share else "in_part"
    return Conclusion(
        "kinds",
        verdict,
        {
            "rural": rural.average,
            "rural_n": rural.total_n,
            "small_town": small_town.average,
            "small_town_n": small_town.total_n,
            **gap,
            "breakdown": share,
            "missing_low": min(found.missing),
            "missing_high": max(found.missing),
        },
    )


def act(_: Findings) -> Conclusion:
    """Fewer move after 1999: only if both cohorts had equally long to move, and are counted."""
    cohorts = table("move_rate_before_after_1999")["arrival_cohort"].unique().sort()
    before, after = (exposure(cohort, REPORT_DATE) for cohort in cohorts)
    # With equal exposure the shares would still need the people behind them, which the table does not have.
    return Conclusion("act", "cannot_tell", {"before": before, "after": after})


def exposure(cohort: str, until: date) -> tuple[int, int]:
    """Give the fewest and the most years that arrivals of a cohort, such as 1995-1998, have had until a day."""
    first, _, last = cohort.partition("-")
    return until.year - int(last or first) - 1, until.year - int(first)


def _list_of(kind: KindOfMunicipality) -> Callable[[Findings], Conclusion]:
    def judge(found: Findings) -> Conclusion:
        measured = found.retention[kind]
        told = {group: measured.told_apart(group) for group in ("top", "bottom")}
        clustered = {group: measured.told_apart(group, clustered=True) for group in ("top", "bottom")}
        figures = {
            **told,
            **{f"{group}_clustered": count for group, count in clustered.items()},
            "people": int(measured.listed["n"].sum()),
        }
        verdict: Verdict = "not_shown"
        if sum(told.values()) >= HALF * 2 * TOP:
            # Counting persons makes intervals too narrow; a list stands only if it survives households as well.
            verdict = "stands" if sum(clustered.values()) >= ALMOST_ALL * 2 * TOP else "in_part"
        return Conclusion(f"top_{kind}", verdict, figures)

    return judge


def _verdict_on_list(true: float, listed: int) -> Verdict:
    if true >= ALMOST_ALL * listed:
        return "stands"
    return "in_part" if true >= HALF * listed else "not_shown"


def employment_spread(found: Findings) -> Conclusion:
    """Rates from 20 to 70 per cent: what is left of the spread once chance is taken off."""
    work = found.employment.shrunk.table
    printed, shrunken = work["rate"].to_numpy(), work["shrunk"].to_numpy()
    verdict: Verdict = "not_shown"
    if not found.employment.shrunk.boundary:
        verdict = "stands" if np.ptp(shrunken) >= ALMOST_ALL * np.ptp(printed) else "in_part"
    figures = {
        "low": float(printed.min()),
        "high": float(printed.max()),
        "shrunken_low": float(shrunken.min()),
        "shrunken_high": float(shrunken.max()),
        "people": found.employment.n,
        "units": work.height,
    }
    return Conclusion("employment_spread", verdict, figures)


def employment_top(found: Findings) -> Conclusion:
    """The best 15: how many of those printed are expected to be."""
    true_top = float(found.employment.ranks.summary["expected_true_top"])
    repeat = found.employment.stability.summary
    figures = {
        "true_top": true_top,
        "overlap": repeat["expected_top_overlap"],
        "overlap_interval": (repeat["top_overlap_lower"], repeat["top_overlap_upper"]),
    }
    return Conclusion("employment_top", _verdict_on_list(true_top, TOP), figures)


def nationality(found: Findings) -> Conclusion:
    """Nationalities differ: which share of their pairs can be put in order."""
    pairs = {kind: float(found.nationality_pairs[kind].summary["share_of_pairs_ordered"]) for kind in KINDS}
    smallest = min(int(found.nationality[kind].table["n"].to_numpy().min()) for kind in KINDS)
    verdict: Verdict = "not_shown"
    if max(pairs.values()) > 0:
        verdict = "stands" if min(pairs.values()) >= ALMOST_ALL else "in_part"
    return Conclusion(
        "nationality",
        verdict,
        {"rural_pairs": pairs["rural"], "small_town_pairs": pairs["small_town"], "smallest": smallest},
    )


def groups(_: Findings) -> Conclusion:
    """Sex, civil status and age: percentages without the people behind them."""
    counted = {"arrived", "moved_away"} <= set(table("moves_by_group").columns)
    return Conclusion("groups", "in_part" if counted else "cannot_tell", {})


def gammas(found: Findings) -> Conclusion:
    """No close association with any background variable: all judged together."""
    judged = found.gammas.table
    told = judged.filter(pl.col("p_holm") < 0.05).height
    over = judged.filter(pl.col("gamma").abs() > CLOSE).height
    figures = {"told": told, "k": judged.height, "over": over, "largest": float(judged["gamma"].abs().to_numpy().max())}
    return Conclusion("gammas", "stands" if told == over else "in_part", figures)


def two_goals(found: Findings) -> Conclusion:
    """Keeping and employing: does the interval rule out a close association, or none?"""
    row = found.keeping_and_working.table.row(0, named=True)
    includes_none = row["lower"] <= 0 <= row["upper"]
    close_excluded = row["lower"] > -CLOSE and row["upper"] < CLOSE
    verdict: Verdict = "not_shown"
    if includes_none:
        verdict = "stands" if close_excluded else "in_part"
    excluded = "strong" if close_excluded else ("nothing" if includes_none else "none")
    figures = {
        "gamma": row["gamma"],
        "low": row["lower"],
        "high": row["upper"],
        "units": row["n"],
        "excluded": excluded,
    }
    return Conclusion("two_goals", verdict, figures)


def wish(found: Findings) -> Conclusion:
    """The unemployed want to move more often: 81 people asked."""
    summary = found.survey.wish.summary
    beyond_chance = summary["difference_lower"] > 0 or summary["difference_upper"] < 0
    (employed, employed_n), (unemployed, unemployed_n) = found.survey.employed, found.survey.unemployed
    figures = {
        "employed": employed,
        "employed_n": employed_n,
        "unemployed": unemployed,
        "unemployed_n": unemployed_n,
        "difference": summary["difference"],
        "low": summary["difference_lower"],
        "high": summary["difference_upper"],
        "p": summary["fisher_p"],
    }
    return Conclusion("wish", "in_part" if beyond_chance else "not_shown", figures)


def rental(_: Findings) -> Conclusion:
    """Rental housing: means of 15 without their spread."""
    small = table("rental_share_top_bottom").filter(pl.col("kind") == "small_town")
    means = dict(small.select("rank_group", "rental_share_pct_published").iter_rows())
    return Conclusion("rental", "cannot_tell", {"top": means["top"] / 100, "bottom": means["bottom"] / 100})


JUDGES: tuple[Callable[[Findings], Conclusion], ...] = (
    kinds,
    act,
    _list_of("rural"),
    _list_of("small_town"),
    employment_spread,
    employment_top,
    two_goals,
    nationality,
    groups,
    gammas,
    rental,
    wish,
)


def _difference(x1: int, n1: int, x2: int, n2: int) -> dict[str, float]:
    summary = two_proportions(x1, n1, x2, n2).summary
    return {
        "difference": summary["difference"],
        "low": summary["difference_lower"],
        "high": summary["difference_upper"],
    }
