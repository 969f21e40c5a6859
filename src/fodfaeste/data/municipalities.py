"""Denmark's municipalities: the 275 of 2002, and the 98 that the reform of 2007 made of them.

Codes are Statistics Denmark's official ones; names, dates and successors are those of the laws on Bornholm (2003), Ærø
(2006) and the reform of local government (2007). The 216 rural and small-town municipalities are spelled as in the
report of 2002. Their kind is the report's for the 60 that it lists by kind; for the others it follows the report's
rule (rural: largest town under 3,000 inhabitants in 1994) as far as is generally known, so that there are 108 of each.
The report's third and fourth kinds are `big_city` (Aarhus, Odense, Aalborg) and `larger_town`; `capital_area` is
Copenhagen, Frederiksberg and what else of its three counties is not among the 216. A municipality that is new since
has the kind of its most urban part.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

import polars as pl

from fodfaeste.data.seats import seat
from fodfaeste.errors import UnknownName

KINDS: tuple[str, ...] = ("rural", "small_town", "larger_town", "big_city", "capital_area")
"""From the most rural to the most urban."""


@cache
def municipalities() -> pl.DataFrame:
    """List all municipalities since 1970 that were there in 2002 or later.

    Returns
    -------
    polars.DataFrame
        code (text), name, kind, valid_from, valid_to (last day, empty if it still is), successor (codes of 2007, or of
        the merger before, joined by | where it was divided; empty if it still is), latitude, longitude (of the seat,
        empty where it is not known). A code can stand twice: a merged municipality often took over one of the codes.
    """
    text = files("fodfaeste.data").joinpath("municipalities.csv").read_bytes()
    dates = {"valid_from": pl.Date, "valid_to": pl.Date}
    frame = pl.read_csv(text, schema_overrides={"code": pl.String, "successor": pl.String, **dates})
    positions = [_position(name) for name in frame["name"]]
    return frame.with_columns(
        pl.Series("latitude", [latitude for latitude, _ in positions], pl.Float64),
        pl.Series("longitude", [longitude for _, longitude in positions], pl.Float64),
    )


def valid_on(day: date) -> pl.DataFrame:
    """Take the municipalities of one day: 275 on 1 January 2002, 98 on 1 January 2007."""
    there = (pl.col("valid_from") <= day) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= day))
    return municipalities().filter(there)


def _position(name: str) -> tuple[float | None, float | None]:
    try:
        found = seat(name)
    except UnknownName:
        return None, None
    return found.latitude, found.longitude
