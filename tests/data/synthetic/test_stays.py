"""The true chances behind a register: they are those that it was drawn with."""

import numpy as np
import polars as pl
import pytest

from fodfaeste.data.synthetic.stays import chances_of_staying
from fodfaeste.errors import BadInput


def observed(register, year, months):
    """Say of each household that was not lost where it was placed, and whether it moved within the months."""
    first = register.tables["residence_spells"].group_by("person", maintain_order=True).first()
    arrived = register.tables["persons"].join(first, on="person").unique("household", keep="first", maintain_order=True)
    closes = pl.col("start").dt.offset_by(f"{months}mo")
    ended = (pl.col("end") <= closes).fill_null(value=False)
    of_year = arrived.filter(pl.col("arrival_date").dt.year() == year)
    known = of_year.filter(~(ended & (pl.col("end_reason") != "moved")))
    return known.select("household", "municipality", moved=ended & (pl.col("end_reason") == "moved"))


@pytest.mark.parametrize(("year", "months"), [(2004, 24), (2001, 60)])
def test_as_many_households_move_as_their_chances_say(register, year, months):
    told = chances_of_staying(1, year, months)
    seen = observed(register, year, months)
    row = np.searchsorted(told.households, seen["household"].to_numpy())
    place = np.searchsorted(told.municipalities, seen["municipality"].to_numpy())
    assert (told.households[row] == seen["household"].to_numpy()).all()
    moves = 1 - told.chance[row, place]
    sd = np.sqrt((moves * (1 - moves)).sum())
    assert abs(seen["moved"].sum() - moves.sum()) < 3 * sd
    likely = moves > np.median(moves)
    assert seen.filter(pl.Series(likely))["moved"].mean() > 2 * seen.filter(pl.Series(~likely))["moved"].mean()


def test_chances_fall_with_time_and_faster_without_a_rule():
    one, two = (chances_of_staying(1, 2003, months) for months in (12, 24))
    assert (two.chance <= one.chance).all()
    assert (two.chance > 0).all()
    free = chances_of_staying(1, 2003, 24, release=False)
    assert free.chance.mean() < two.chance.mean()


@pytest.mark.parametrize(("year", "months"), [(1999, 12), (2004, 0), (2004, 97)])
def test_what_was_not_drawn_by_hazards_is_not_told(year, months):
    with pytest.raises(BadInput, match="2000 to 2004"):
        chances_of_staying(1, year, months)
