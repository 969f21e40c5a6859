"""Readers who know their own counts: what they could work out of the others by subtracting, and that it is hidden."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from fodfaeste.errors import BadInput
from fodfaeste.measure.disclosure import audit, protect

PLACES, SPLIT = ("A", "B", "C"), ("yes", "no")


def counted(counts):
    """Yes and no in each place, in long form."""
    rows = [(place, answer, n) for place, pair in counts.items() for answer, n in zip(SPLIT, pair, strict=True)]
    schema = {"unit": pl.String, "answer": pl.String, "count": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def own_of(frame, place):
    return frame.filter(pl.col("unit") == place, pl.col("count") > 0)


def attacked(printed, frame, place):
    """Give how far apart a place's reader can have each hidden count of another place, by programmes of their own.

    Every count is unknown but the reader's own; each printed figure is a sum that holds.
    """
    cells = list(frame.select("unit", "answer").iter_rows())
    true = dict(zip(cells, frame["count"].to_list(), strict=True))
    lines, values = [], []
    for row in printed.iter_rows(named=True):
        if row["count"] is not None:
            lines.append([float(row["unit"] in (None, u) and row["answer"] in (None, a)) for u, a in cells])
            values.append(row["count"])
    for cell in cells:
        if cell[0] == place:
            lines.append([float(cell == other) for other in cells])
            values.append(true[cell])
    holds = LinearConstraint(np.array(lines), values, values)
    found = {}
    for at, cell in enumerate(cells):
        cost = np.zeros(len(cells))
        cost[at] = 1
        low, high = (milp(sign * cost, constraints=holds, integrality=np.ones(len(cells))) for sign in (1, -1))
        found[cell] = np.inf if high.fun is None else round(-high.fun) - round(low.fun)
    return {cell: (true[cell], width) for cell, width in found.items() if cell[0] != place}


def found_out(printed, frame, place, threshold=5):
    return {cell: told for cell, told in attacked(printed, frame, place).items() if 0 < told[0] < threshold > told[1]}


SMALL_IN_TWO = counted({"A": (3, 20), "B": (2, 30), "C": (40, 50)})


def test_two_places_hidden_for_each_other_are_seen_by_each_other_and_by_nobody_else():
    protection = protect(SMALL_IN_TWO)
    assert audit(protection.published).safe
    assert found_out(protection.table, SMALL_IN_TWO, "A")
    assert not found_out(protection.table, SMALL_IN_TWO, "C")


def test_more_is_hidden_where_they_are_known_to_read():
    readers = {place: {"table 1": own_of(SMALL_IN_TWO, place)} for place in PLACES}
    plain, protection = protect(SMALL_IN_TWO), protect(SMALL_IN_TWO, insiders=readers)
    assert protection.summary["suppressed"] > plain.summary["suppressed"]
    assert protection.summary["suppressed_for_insiders"] == (
        protection.summary["suppressed"] - plain.summary["suppressed"]
    )
    assert protection.summary["exposed_to_insiders"] > 0
    assert audit(protection.published).safe
    for place in PLACES:
        assert not found_out(protection.table, SMALL_IN_TWO, place)


def test_a_large_sum_that_is_small_without_the_readers_own_people_is_hidden():
    """Of 23 who said yes 20 are A's: to A the sum tells that 3 of the others did, though nothing in it is small."""
    frame = pl.DataFrame({"sex": ["f", "f", "m", "m"], "answer": ["yes", "no", "yes", "no"], "count": [23, 40, 50, 60]})
    mine = frame.with_columns(count=pl.Series([20, 10, 10, 10]))
    assert protect(frame).summary["suppressed"] == 0
    protection = protect({"by sex": frame}, insiders={"A": {"by sex": mine}})
    shown = protection.table.filter(pl.col("sex") == "f", pl.col("answer") == "yes")
    assert shown["suppressed"].to_list() == [True]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 30)), min_size=3, max_size=3))
@settings(max_examples=40, deadline=None)
def test_no_reader_works_out_a_small_count_of_another(counts):
    frame = counted(dict(zip(PLACES, counts, strict=True)))
    readers = {place: {"table 1": own_of(frame, place)} for place in PLACES if own_of(frame, place).height}
    protection = protect(frame, insiders=readers)
    assert audit(protection.published).safe
    for place in readers:
        assert not found_out(protection.table, frame, place)


def test_own_counts_have_to_be_a_part_of_all():
    frame = SMALL_IN_TWO
    with pytest.raises(BadInput, match="more people of A than there are"):
        protect(frame, insiders={"A": {"table 1": own_of(frame, "A").with_columns(count=pl.col("count") + 50)}})
    with pytest.raises(BadInput, match="names of printed tables"):
        protect(frame, insiders={"A": {"another": own_of(frame, "A")}})
    with pytest.raises(BadInput, match="cells of the printed table"):
        protect(frame, insiders={"A": {"table 1": own_of(frame, "A").with_columns(unit=pl.lit("D"))}})
