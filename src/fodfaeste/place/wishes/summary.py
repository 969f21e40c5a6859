"""What became of wishes: how many households said anything, and how many of these got what they named."""

from __future__ import annotations

import numpy as np
import polars as pl

from fodfaeste.errors import Refused
from fodfaeste.measure.counts import one_level
from fodfaeste.measure.intervals import interval
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.place.evaluation.wished import ranks_got
from fodfaeste.place.plan import Plan

METHOD = Method(
    "Shares of the households that named a place, Wilson interval", "Wilson 1927, J. Am. Stat. Assoc. 22, 209-212"
)


def wish_summary(plan: Plan, *, level: float = 0.95) -> Result:
    """Count what households got of what they wished for; who said nothing is counted apart and never as met or unmet.

    Parameters
    ----------
    plan : Plan
        Of a problem with wishes.
    level : float
        Two-sided level of the Wilson intervals: how sure a share is as one of households like these.

    Returns
    -------
    Result
        `table`: one row for each rank that anybody named, then ``not_named`` (has a place that it did not name) and
        ``unplaced``: got, rank, households, persons, n (households that named a place), share of n, lower, upper,
        level. `summary`: households, said, silent, silent_placed, coverage (share that named a place) and met (share
        of these that got a place they named), each with _lower and _upper; unknown shares are None.

    Raises
    ------
    Refused
        If the problem has no wishes: that nobody was asked is not that nobody's wish was met.
    """
    level = one_level(level)
    problem = plan.problem
    if problem.wishes is None:
        raise Refused("The problem has no wishes: nobody was asked, so nobody's wish was met or missed.")
    said, placed, got = problem.wishes.said, plan.placed, ranks_got(problem, plan.place)
    ranks = range(1, int(problem.wishes.rank.max(initial=0)) + 1)
    rows = {str(rank): said & (got == rank) for rank in ranks}
    rows |= {"not_named": said & placed & (got == 0), "unplaced": said & ~placed}
    n = int(said.sum())
    households = np.array([int(those.sum()) for those in rows.values()])
    share, lower, upper = _shares(households, n, level)
    table = pl.DataFrame(
        {
            "got": list(rows),
            "rank": pl.Series([*ranks, None, None], dtype=pl.Int64),
            "households": households,
            "persons": [int(problem.persons[those].sum()) for those in rows.values()],
            "n": pl.Series([n] * len(rows), dtype=pl.Int64),
            "share": share,
            "lower": lower,
            "upper": upper,
            "level": [level] * len(rows),
        }
    )
    silent = said.size - n
    text = f"{silent} of {said.size} households named no place. They are in no share: their wish is not known."
    notes = (Note("silent", text, "warning"),) if silent else ()
    summary = {
        "households": said.size,
        "said": n,
        "silent": silent,
        "silent_placed": int((placed & ~said).sum()),
        **_told("coverage", n, said.size, level),
        **_told("met", int((said & (got > 0)).sum()), n, level),
    }
    asked = pl.DataFrame({"place": plan.place, "got": got, "said": said})
    return Result(table, summary, notes, METHOD, provenance(asked, method=plan.certificate.method, level=level))


def _shares(counts: np.ndarray, n: int, level: float) -> tuple[pl.Series, pl.Series, pl.Series]:
    lower, upper = interval(counts, n, level=level)
    share = counts / n if n else np.full(counts.size, np.nan)
    found = [pl.Series(values, dtype=pl.Float64).fill_nan(None) for values in (share, lower, upper)]
    return found[0], found[1], found[2]


def _told(name: str, count: int, n: int, level: float) -> dict[str, float | None]:
    share, lower, upper = (values[0] for values in _shares(np.array([count]), n, level))
    return {name: share, f"{name}_lower": lower, f"{name}_upper": upper}
