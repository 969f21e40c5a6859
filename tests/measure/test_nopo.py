"""Exact matching: two groups compared where each has people like the other's, and apart where one has none."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.composition import kitagawa
from fodfaeste.measure.nopo import nopo

# Citizenship: (persons, of whom moved) in A and in B. LKA came to A only, SOM to B only.
PLACES = {"AFG": ((10, 6), (20, 5)), "IRQ": ((30, 9), (20, 4)), "LKA": ((10, 9), (0, 0)), "SOM": ((0, 0), (40, 2))}


def cells_of(places):
    rows = [
        (kind, who, event, persons)
        for who, sides in places.items()
        for kind, (n, x) in zip("AB", sides, strict=True)
        for event, persons in ((1, x), (0, n - x))
    ]
    return pl.DataFrame(rows, schema=["kind", "citizenship", "moved", "persons"], orient="row")


def split(places=None, **more):
    return nopo(cells_of(places or PLACES), "moved", ["citizenship"], "kind", count="persons", **more)


def parts_of(found):
    return dict(found.parts.select("unit", "estimate").iter_rows())


persons = st.integers(0, 15).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@st.composite
def registers(draw, least=0):
    """Two groups in up to six cells, the first of which both have."""
    some = persons.filter(lambda pair: pair[0] > 0)
    own = some if least else persons
    cells = [(draw(some), draw(some)), *draw(st.lists(st.tuples(own, own), max_size=5))]
    return {f"c{k}": sides for k, sides in enumerate(cells)}


# The four parts


def test_the_four_parts_by_hand():
    parts = parts_of(split())
    # The matched: A has shares 1/4, 3/4 and rates 0.6, 0.3; B has shares 1/2, 1/2 and rates 0.25, 0.2.
    assert parts["D"] == pytest.approx(24 / 50 - 11 / 80)
    assert parts["D0"] == pytest.approx(0.5 * (0.6 - 0.25) + 0.5 * (0.3 - 0.2))
    assert parts["DX"] == pytest.approx(-0.25 * 0.6 + 0.25 * 0.3)
    assert parts["DA"] == pytest.approx(24 / 50 - 15 / 40)
    assert parts["DB"] == pytest.approx(9 / 40 - 11 / 80)


@settings(max_examples=40, deadline=None)
@given(registers())
def test_the_four_parts_add_up_to_the_difference(places):
    found = split(places)
    *four, total = [found.summary[name] for name in ("D0", "DX", "DA", "DB", "difference")]
    assert sum(four) == pytest.approx(total, abs=1e-12)
    assert total == pytest.approx(found.summary["mean_first"] - found.summary["mean_second"], abs=1e-14)


@settings(max_examples=30, deadline=None)
@given(registers())
def test_the_cells_of_the_table_add_up_to_the_parts_among_the_matched(places):
    found = split(places)
    assert found.table.select("D0", "DX").sum().row(0) == pytest.approx([found.summary["D0"], found.summary["DX"]])
    assert found.table["n_first"].sum() == found.summary["n_first"]


@settings(max_examples=30, deadline=None)
@given(registers())
def test_exchanging_the_groups_turns_every_sign_and_the_unmatched_change_sides(places):
    forth, back = parts_of(split(places)), parts_of(split(places, groups=("B", "A")))
    assert forth["D"] == pytest.approx(-back["D"], abs=1e-12)
    assert forth["DA"] == pytest.approx(-back["DB"], abs=1e-12)
    assert forth["DB"] == pytest.approx(-back["DA"], abs=1e-12)
    assert forth["D0"] + forth["DX"] == pytest.approx(-(back["D0"] + back["DX"]), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(registers(least=1))
def test_where_all_are_matched_level_and_its_error_are_kitagawas_rates_at_bs_shares(places):
    found = split(places)
    sides = [
        {"who": list(places), "n": [n[k][0] for n in places.values()], "x": [n[k][1] for n in places.values()]}
        for k in (0, 1)
    ]
    theirs = {row["unit"]: row for row in kitagawa(*sides, "who", "n", "x").parts.to_dicts()}
    level = found.parts.row(1, named=True)
    assert level["estimate"] == pytest.approx(theirs["rates at b's shares"]["estimate"], abs=1e-12)
    assert level["se"] == pytest.approx(theirs["rates at b's shares"]["se"], abs=1e-9)
    rest = theirs["composition at b's rates"]["estimate"] + theirs["interaction"]["estimate"]
    assert found.summary["DX"] == pytest.approx(rest, abs=1e-12)
    assert found.parts.filter(pl.col("unit").is_in(["DA", "DB"]))["estimate"].to_list() == pytest.approx([0, 0])
    assert found.parts.filter(pl.col("unit").is_in(["DA", "DB"]))["se"].to_list() == [0, 0]


def test_rows_and_cells_are_the_same_and_their_order_does_not_matter():
    cells = cells_of(PLACES)
    rows = cells.select(pl.exclude("persons").repeat_by("persons").explode()).sample(fraction=1, shuffle=True, seed=4)
    one, other = split(), nopo(rows, "moved", ["citizenship"], "kind")
    assert one.parts.equals(other.parts)
    assert one.table.equals(other.table)


def test_resamples_are_as_unsure_as_the_errors_say():
    rng = np.random.default_rng(5)
    cells = cells_of({who: tuple((10 * n, 10 * x) for n, x in sides) for who, sides in PLACES.items()})
    groups = [cells.filter(kind=kind) for kind in "AB"]

    def again():
        drawn = []
        for group in groups:
            total = int(group["persons"].sum())
            drawn.append(group.with_columns(persons=rng.multinomial(total, group["persons"] / total)))
        return nopo(pl.concat(drawn), "moved", ["citizenship"], "kind", count="persons").parts["estimate"]

    found = nopo(cells, "moved", ["citizenship"], "kind", count="persons").parts["se"].to_numpy()
    # 250 repeats give a standard deviation to within 4.5 %.
    assert np.std([again() for _ in range(250)], axis=0) == pytest.approx(found, rel=0.15)


# What is told


def test_people_whom_the_other_group_has_none_of_are_listed_and_not_compared():
    found = split()
    assert found.table.select("unit", "flag", "D0").rows()[2:] == [
        ("citizenship=LKA", "only A", 0.0),
        ("citizenship=SOM", "only B", 0.0),
    ]
    assert found.table.select("mean_first", "mean_second").rows()[2:] == [(0.9, None), (None, 0.05)]
    said = [note.text for note in found.notes if note.code == "no-match"]
    assert said == [
        "10 people of A have nobody like them in B; empty there: citizenship=LKA.",
        "40 people of B have nobody like them in A; empty there: citizenship=SOM.",
    ]
    assert (found.summary["matched_first"], found.summary["matched_second"]) == (0.8, 0.5)
    assert (found.summary["cells"], found.summary["cells_matched"]) == (4, 2)


def test_every_part_has_its_interval_and_its_meaning():
    parts = split(level=0.9).parts
    assert parts["unit"].to_list() == ["D", "D0", "DX", "DA", "DB"]
    assert ((parts["upper"] - parts["lower"]) / parts["se"]).to_list() == pytest.approx([2 * 1.6448536] * 5)
    assert parts["note"][3] == "people of A of whom B has none"
    assert parts["share"].sum() == pytest.approx(2)


def test_a_cell_with_one_person_on_a_side_is_told():
    found = split({"AFG": ((1, 1), (20, 5)), "IRQ": ((5, 2), (6, 3))})
    assert found.table["note"].to_list() == ["one person on one side", ""]
    assert "thin-cells" in {note.code for note in found.notes}
    assert "thin-cells" not in {note.code for note in split().notes}


def test_long_lists_are_cut_and_counted():
    alone = {f"c{k:02d}": ((3, 1), (0, 0)) for k in range(25)}
    found = split({"AFG": ((10, 6), (20, 5)), **alone})
    note = next(note for note in found.notes if note.code == "no-match")
    assert note.text.endswith("c19; and 5 more.")


def test_numbers_and_true_and_false_are_matched_on_their_values():
    cells = cells_of(PLACES).with_columns(
        age=pl.col("citizenship").replace_strict({"AFG": 20, "IRQ": 30, "LKA": 40, "SOM": 50}),
        man=pl.col("citizenship") == "AFG",
        moved=pl.col("moved") == 1,
    )
    by_age = nopo(cells, "moved", ["age", "man"], "kind", count="persons")
    assert by_age.parts.drop("note").equals(split().parts.drop("note"))
    assert by_age.table["unit"][0] == "age=20, man=True"


# Input


def test_groups_with_nobody_in_common_are_refused_with_the_cells():
    with pytest.raises(Refused, match=r"nobody can be compared \(citizenship=AFG; citizenship=IRQ\)"):
        split({"AFG": ((10, 6), (0, 0)), "IRQ": ((0, 0), (6, 3))})


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        ({"outcome": "citizenship", "covariates": ["moved"]}, BadInput, "found String"),
        ({"covariates": ["citizensip"]}, UnknownName, "citizenship"),
        ({"covariates": []}, BadInput, "no covariate"),
        ({"groups": ("A", "C")}, UnknownName, "no group 'C'"),
        ({"level": 0}, BadInput, "level"),
    ],
)
def test_what_cannot_be_asked_is_told(call, error, said):
    options = {"outcome": "moved", "covariates": ["citizenship"], "group": "kind", **call}
    with pytest.raises(error, match=said):
        nopo(cells_of(PLACES), **options)


def test_nobody_cannot_be_matched():
    with pytest.raises(NotEnoughPeople):
        nopo(cells_of(PLACES).clear(), "moved", ["citizenship"], "kind", count="persons")
