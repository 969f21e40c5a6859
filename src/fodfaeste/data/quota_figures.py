"""Figures that quotas are computed from, made up: those of a country as large as Denmark in 2024.

For demonstrations, benchmarks and tests. No figure is a municipality's own: all follow from its kind, with chance.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from fodfaeste.data.regions import municipalities_on

ON = date(2024, 1, 1)
INHABITANTS = 5_960_000
"""About as many as lived in Denmark then."""

SIZES = {"rural": 34_000, "small_town": 44_000, "larger_town": 85_000, "big_city": 270_000, "capital_area": 62_000}
"""Inhabitants of a middling municipality of each kind, before they are brought to the country's."""

CAPITAL, CAPITAL_SIZE = "101", 650_000
"""Copenhagen is like no other of its kind."""

IMMIGRANTS = {"rural": 0.035, "small_town": 0.045, "larger_town": 0.075, "big_city": 0.11, "capital_area": 0.13}
"""Share of immigrants and refugees in a middling municipality of each kind."""

FAMILY = 900
"""Family members reunified with refugees in a year."""

SPREAD, SPREAD_OF_SHARES = 0.35, 0.30
"""How far sizes and shares scatter, as standard deviations of their logarithms."""


def made_up_figures(seed: int = 2024) -> pl.DataFrame:
    """Make figures of all 98 municipalities up.

    Parameters
    ----------
    seed : int
        The same gives the same.

    Returns
    -------
    polars.DataFrame
        municipality, code, region, population, immigrants_refugees, family_reunified: what `place.quota.quota` takes.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    places = municipalities_on(ON)
    kinds = places["kind"].to_list()
    middling = [
        CAPITAL_SIZE if code == CAPITAL else SIZES[kind] for code, kind in zip(places["code"], kinds, strict=True)
    ]
    sizes = np.array(middling) * np.exp(SPREAD * rng.standard_normal(len(kinds)))
    population = np.rint(sizes * INHABITANTS / sizes.sum()).astype(int)
    shares = np.array([IMMIGRANTS[kind] for kind in kinds]) * np.exp(SPREAD_OF_SHARES * rng.standard_normal(len(kinds)))
    immigrants = np.rint(population * np.minimum(shares, 0.5)).astype(int)
    family = rng.multinomial(FAMILY, immigrants / immigrants.sum())
    return places.select(pl.col("name").alias("municipality"), "code", "region").with_columns(
        pl.Series("population", population, pl.Int64),
        pl.Series("immigrants_refugees", immigrants, pl.Int64),
        pl.Series("family_reunified", family, pl.Int64),
    )
