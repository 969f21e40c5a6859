"""What a place is like on the first of January before somebody arrives: its figures, its newcomers, compatriots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.place.outcomes.frames import ADULT, OLDEST_AT_WORK, WORKING, Frames, years_old

Floats = NDArray[np.float64]

PREFIX = "place_"
KIND, NEWCOMERS, NEWCOMERS_WORKING = "place_kind", "place_newcomers", "place_newcomers_working"
COMPATRIOTS, RECENT = "compatriots", "recent_compatriots"
"""Pair features: log(1 + persons) of the same network at the place, and of those who came in the last two years."""

RECENT_YEARS = 2


def place_table(frames: Frames, years: Sequence[int]) -> pl.DataFrame:
    """Make a row a place and year: `place`, `year`, and its features as known on 1 January of that year.

    Indicators are those of the year before; where a register has none so early, the first that it has.
    """
    codes = frames.municipalities.group_by("code").agg(pl.col("kind").last()).sort("code")
    grid = codes.select(place="code", **{KIND: "kind"}).join(pl.DataFrame({"year": list(years)}), how="cross")
    stocks = [_newcomers(frames, year) for year in years]
    table = grid.join(pl.concat(stocks), on=("place", "year"), how="left").with_columns(
        pl.col(NEWCOMERS).fill_null(0.0)
    )
    working = frames.employment_spells.height > 0
    table = table if working else table.drop(NEWCOMERS_WORKING)
    return _with_indicators(table, frames).sort("place", "year")


def network_table(frames: Frames, years: Sequence[int]) -> pl.DataFrame:
    """Count persons by place, year and citizenship: those living there on 1 January, and the recent of them."""
    parts = []
    for year in years:
        first = date(year, 1, 1)
        recent = pl.col("arrived") >= date(year - RECENT_YEARS, 1, 1)
        parts.append(
            _residents(frames, first)
            .group_by("place", "citizenship")
            .agg(pl.len().alias("stock"), recent.sum().alias("recent"))
            .with_columns(year=pl.lit(year, pl.Int32))
        )
    return pl.concat(parts)


def shrunken_rates(events: Floats, weight: Floats) -> tuple[Floats, float]:
    """Pull each unit's rate to the common one, the more the fewer persons stand behind it.

    The weight M of the common rate, in persons, follows from how much more rates differ than chance would make them.

    Returns
    -------
    rates : ndarray of float, shape (units,)
    M : float

    References
    ----------
    Kleinman (1973), J. Am. Stat. Assoc. 68, 46-54: method of moments for the beta-binomial.
    """
    total = weight.sum()
    common = float(events.sum() / total) if total else 0.5
    chance = common * (1 - common)
    known = weight > 0
    apart = np.zeros_like(weight)
    apart[known] = events[known] / weight[known] - common
    units = int(known.sum())
    spread = float(weight @ apart**2) - (units - 1) * chance
    between = spread / max(total - float(weight @ weight) / max(total, 1e-12), 1e-12)
    M = float(np.clip(chance / max(between, 1e-12) - 1, 1.0, 1e6))
    return (events + M * common) / (weight + M), M


def _residents(frames: Frames, day: date) -> pl.DataFrame:
    there = (pl.col("start") <= day) & (pl.col("end").is_null() | (pl.col("end") > day))
    here = frames.residence_spells.filter(there).select("person", place="municipality")
    first = frames.residence_spells.group_by("person").agg(arrived=pl.col("start").min())
    columns = [name for name in ("birth_date", "citizenship") if name in frames.persons.columns]
    return here.join(frames.persons.select("person", *columns), on="person").join(first, on="person")


def _newcomers(frames: Frames, year: int) -> pl.DataFrame:
    day = date(year, 1, 1)
    there = (pl.col("start") <= day) & (pl.col("end").is_null() | (pl.col("end") > day))
    at_work = frames.employment_spells.filter(there & pl.col("kind").is_in(WORKING["work"]))
    residents = _residents(frames, day).with_columns(pl.lit(day).alias("on"))
    age = years_old("birth_date", "on")
    counted = (
        residents.with_columns(
            able=age.is_between(ADULT, OLDEST_AT_WORK), works=pl.col("person").is_in(at_work["person"].implode())
        )
        .group_by("place")
        .agg(persons=pl.len(), able=pl.col("able").sum(), working=(pl.col("able") & pl.col("works")).sum())
        .sort("place")
    )
    working, able = (counted[name].to_numpy().astype(np.float64) for name in ("working", "able"))
    rates, _ = shrunken_rates(working, able)
    return counted.select(
        "place",
        pl.lit(year, pl.Int64).alias("year"),
        pl.col("persons").cast(pl.Float64).log1p().alias(NEWCOMERS),
        # Beside the country's share of that year: what tells places apart, not years.
        pl.Series(NEWCOMERS_WORKING, rates - working.sum() / max(able.sum(), 1.0)),
    )


def _with_indicators(table: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    given = frames.municipality_indicators
    if given is None or given.is_empty():
        return table
    names = [name for name in given.columns if name not in ("code", "year")]
    figures = given.select(
        place="code",
        figures_of=pl.col("year").cast(pl.Int64),
        **{PREFIX + name: pl.col(name).cast(pl.Float64) for name in names},
    ).sort("figures_of")
    wanted = table.with_columns(before=pl.col("year") - 1).sort("before")
    found = wanted.join_asof(
        figures, left_on="before", right_on="figures_of", by="place", strategy="backward", check_sortedness=False
    )
    first = figures.group_by("place").agg(pl.exclude("figures_of").first())
    filled = found.drop("before", "figures_of").join(first, on="place", how="left", suffix="_first")
    columns = [pl.coalesce(PREFIX + name, f"{PREFIX}{name}_first").alias(PREFIX + name) for name in names]
    return filled.with_columns(columns).drop(*(f"{PREFIX}{name}_first" for name in names))
