"""Flows: where people go, with those who stayed apart from those who moved."""

import math
from importlib.resources import as_file, files

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.proportion import multinomial_proportions_confint, proportion_confint

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.flows import flows, flows_from_spells, goodman_interval

KINDS = {"origin": "origin_kind", "destination": "destination_kind", "stayed": "same_municipality"}


@pytest.fixture(scope="module")
def matrix():
    """The report's table on choice of destination; it has a row of stayers and a printed total for each origin."""
    with as_file(files("fodfaeste") / "data" / "report2002" / "tables" / "moves_matrix.csv") as path:
        yield path


@pytest.fixture(scope="module")
def report(matrix):
    return flows(matrix, **KINDS, acknowledge_totals=True)


def long(square, names="ABCDE"):
    """Write a square table as rows; None leaves the row out."""
    rows = [
        (names[i], names[j], cell) for i, row in enumerate(square) for j, cell in enumerate(row) if cell is not None
    ]
    return pl.DataFrame(rows, schema=["origin", "destination", "persons"], orient="row")


# Three towns: 100, 50 and 10 stayed; 30 moved from A to B ...
THREE = long([[100, 30, 10], [20, 50, 0], [5, 5, 10]])


@st.composite
def square_tables(draw, least=0):
    size = draw(st.integers(3, 5))
    cells = draw(st.lists(st.integers(least, 40), min_size=size * size, max_size=size * size))
    return np.array(cells).reshape(size, size)


# Shares


def test_the_report_gives_six_destinations_of_all_who_arrived_and_five_of_those_who_moved(report):
    rural = report.table.filter(origin="rural")
    assert rural.group_by("denominator", maintain_order=True).len().rows() == [("arrivals", 6), ("movers", 5)]
    assert rural.select("destination", "events", "n", "rate").row(0) == ("same_municipality", 3478, 9134, 3478 / 9134)
    assert rural.filter(denominator="movers")["n"].unique().to_list() == [5656]
    assert rural["unit"][0] == "rural → same_municipality (of arrivals)"
    assert rural["unit"][6] == "rural → rural (of movers)"


def test_a_move_to_another_municipality_of_the_same_kind_is_a_move(report):
    assert report.origins.select("unit", "n", "movers").rows() == [("rural", 9134, 5656), ("small_town", 13347, 5277)]
    assert report.origins["rate"].to_list() == pytest.approx([0.6192, 0.3954], abs=5e-5)
    assert report.summary["out_rate"] == pytest.approx((5656 + 5277) / 22481)


def test_the_shares_of_arrivals_are_the_printed_ones(report, matrix):
    printed = pl.read_csv(matrix).filter(row_role="part")["share_pct_published"].to_list()
    shares = report.table.filter(denominator="arrivals")["rate"].to_list()
    assert [100 * share for share in shares] == pytest.approx(printed, abs=0.1)


def test_where_origin_is_destination_people_stayed():
    found = flows(THREE)
    assert found.origins.select("unit", "n", "movers").rows() == [("A", 140, 40), ("B", 70, 20), ("C", 20, 10)]
    assert found.table.filter(origin="A", denominator="movers")["destination"].to_list() == ["B", "C"]
    assert found.summary["movers"] == 70


@settings(max_examples=25)
@given(square_tables(least=1))
def test_shares_of_one_denominator_sum_to_one(square):
    table = flows(long(square)).table
    sums = table.group_by("origin", "denominator").agg(pl.col("rate").sum())["rate"].to_list()
    assert sums == pytest.approx([1] * len(sums), abs=1e-12)


def test_statsmodels_has_the_same_wilson_and_goodman_intervals(report):
    rural = report.table.filter(origin="rural", denominator="movers")
    counts = rural["events"].to_numpy()
    wilson = np.array([proportion_confint(x, counts.sum(), method="wilson") for x in counts])
    assert rural.select("lower", "upper").to_numpy() == pytest.approx(wilson, abs=1e-12)
    goodman = multinomial_proportions_confint(counts, alpha=0.05, method="goodman")
    assert rural.select("simultaneous_lower", "simultaneous_upper").to_numpy() == pytest.approx(goodman, abs=1e-12)


def test_a_destination_of_nobody_or_everybody_has_exact_ends():
    lower, upper = goodman_interval(np.array([0.0, 12.0]), 0.95)
    assert lower[0] == 0
    assert upper[1] == 1
    assert 0 < upper[0] < 1
    assert 0 < lower[1] < 1


def test_entropy_and_herfindahl_say_how_concentrated_destinations_are():
    even, single = flows(long([[1, 10, 10], [10, 1, 0], [1, 1, 1]])).origins.head(2).to_dicts()
    assert (even["entropy"], even["herfindahl"]) == pytest.approx((math.log(2), 0.5))
    assert (single["entropy"], single["herfindahl"]) == (0, 1)


def test_an_origin_that_nobody_left_has_no_shares_of_movers():
    found = flows(long([[9, 0], [4, 6]]))
    quiet = found.origins.to_dicts()[0]
    assert (quiet["rate"], quiet["entropy"], quiet["herfindahl"]) == (0, None, None)
    assert found.table.filter(origin="A")["denominator"].unique().to_list() == ["arrivals"]


def test_an_origin_without_anybody_has_no_rate():
    found = flows(long([[0, 0], [4, 6]]))
    assert found.origins["rate"].to_list() == [None, 0.4]
    assert found.table["origin"].unique().to_list() == ["B"]


def test_without_stayers_the_out_rate_is_unknown_and_said_so():
    found = flows(long([[None, 3], [4, 6]]))
    assert found.origins["rate"].to_list() == [None, 0.4]
    assert found.summary["out_rate"] is found.summary["crude_migration_intensity"] is None
    assert found.summary["migration_effectiveness_index"] == pytest.approx(1 / 7)
    assert [note.code for note in found.notes] == ["stayed-unknown"]
    assert "A" in found.notes[0].text


def test_a_pair_without_a_row_is_a_flow_of_zero_and_counted():
    found = flows(long([[5, 3, None], [4, 6, 1], [1, None, 8]]))
    assert found.moved.tolist() == [[0, 3, 0], [4, 0, 1], [1, 0, 0]]
    assert found.notes[0].text == "2 pairs have no row and count as flows of 0."


# Balance


def test_net_gross_and_indices_by_hand():
    found = flows(THREE)
    assert found.balance.drop("effectiveness").rows() == [
        ("A", 40, 25, -15, 65),
        ("B", 20, 35, 15, 55),
        ("C", 10, 10, 0, 20),
    ]
    assert found.balance["effectiveness"].to_list() == pytest.approx([-15 / 65, 15 / 55, 0])
    # 230 persons, 70 movers, net flows of 30 in all.
    assert found.summary["crude_migration_intensity"] == pytest.approx(70 / 230)
    assert found.summary["aggregate_net_migration_rate"] == pytest.approx(15 / 230)
    assert found.summary["migration_effectiveness_index"] == pytest.approx(30 / 140)


@settings(max_examples=25)
@given(square_tables(least=1))
def test_net_flows_sum_to_zero_and_the_net_rate_is_intensity_times_effectiveness(square):
    found = flows(long(square))
    assert found.balance["net"].sum() == 0
    s = found.summary
    product = s["crude_migration_intensity"] * s["migration_effectiveness_index"]
    assert s["aggregate_net_migration_rate"] == pytest.approx(product, abs=1e-12)


def test_moves_within_a_kind_change_no_balance():
    od = pl.DataFrame(
        {
            "origin": ["x", "x", "x", "y", "y", "y"],
            "destination": ["x", "y", "home", "x", "y", "home"],
            "persons": [7, 5, 80, 2, 9, 60],
        }
    )
    found = flows(od, stayed="home")
    assert found.balance.drop("effectiveness").rows() == [("x", 5, 2, -3, 7), ("y", 2, 5, 3, 7)]
    assert found.summary["movers"] == 23
    assert found.summary["crude_migration_intensity"] == pytest.approx(7 / 163)


def test_a_place_without_flows_has_no_effectiveness():
    found = flows(long([[5, 3, 0], [4, 6, 0], [0, 0, 8]]))
    assert found.balance["effectiveness"].to_list()[2] is None


def test_the_reports_table_is_not_square_so_it_has_no_net_flows(report):
    assert report.balance is None
    assert report.summary["migration_effectiveness_index"] is None
    assert "not-square" in [note.code for note in report.notes]


# Printed totals


def test_the_reports_rural_total_is_ten_below_its_parts_and_has_to_be_acknowledged(matrix, report):
    with pytest.raises(BadInput) as error:
        flows(matrix, **KINDS)
    assert "moves_matrix.csv" in str(error.value)
    assert "the printed total 9124, while its parts sum to 9134" in str(error.value)
    assert len(error.value.problems) == 1  # small towns add up
    noted = [note for note in report.notes if note.code == "total-differs"]
    assert [note.severity for note in noted] == ["warning"]
    assert report.summary["arrivals"] == 9134 + 13347


def test_totals_of_rows_columns_and_everything_are_compared_and_never_counted():
    rows = [("A", "Total", 140), ("TOTAL", "B", 85), ("total", "total", 230)]
    with_totals = pl.concat([THREE, pl.DataFrame(rows, schema=THREE.columns, orient="row")])
    assert flows(with_totals).to_dict()["table"] == flows(THREE).to_dict()["table"]
    wrong = with_totals.with_columns(pl.col("persons") + (pl.col("destination") == "total"))
    with pytest.raises(BadInput, match="the printed total 231, while its parts sum to 230"):
        flows(wrong)


# What size alone gives


@settings(max_examples=25)
@given(square_tables(least=1))
def test_expected_flows_have_the_margins_of_the_table_and_an_empty_diagonal(square):
    if len(square) < 4:
        square = np.pad(square, (0, 1), constant_values=3)
    found = flows(long(square))
    expected = found.quasi_independence().expected
    tolerance = 1e-9 * found.moved.sum()
    assert expected.sum(axis=0) == pytest.approx(found.moved.sum(axis=0), abs=tolerance)
    assert expected.sum(axis=1) == pytest.approx(found.moved.sum(axis=1), abs=tolerance)
    assert np.all(np.diag(expected) == 0)


def test_a_poisson_regression_without_the_diagonal_has_the_same_deviance_and_residuals():
    rng = np.random.default_rng(5)
    square = rng.poisson(np.outer([3, 5, 8, 2, 4], [4, 2, 6, 3, 3]))
    found = flows(long(square)).quasi_independence()
    i, j = np.nonzero(~np.eye(5, dtype=bool))
    design = np.column_stack([np.eye(5)[i], np.eye(5)[j][:, 1:]])
    model = sm.GLM(square[i, j], design, family=sm.families.Poisson()).fit(tol=1e-12)
    assert found.summary["df"] == model.df_resid == 11
    assert found.summary["deviance"] == pytest.approx(model.deviance, abs=1e-8)
    assert found.summary["pearson"] == pytest.approx(model.pearson_chi2, abs=1e-8)
    assert found.summary["p_value"] == pytest.approx(stats.chi2.sf(model.deviance, 11), abs=1e-8)
    assert found.table["expected"].to_numpy() == pytest.approx(model.fittedvalues, abs=1e-8)
    standardised = model.resid_pearson / np.sqrt(1 - model.get_hat_matrix_diag())
    assert found.table["residual"].to_numpy() == pytest.approx(standardised, abs=1e-7)


def test_where_every_cell_is_possible_it_is_plain_independence(report):
    found = report.quasi_independence()
    plain = Table(report.moved, shift_zeros=False)
    assert found.expected == pytest.approx(plain.fittedvalues, abs=1e-7)
    assert found.table["residual"].to_numpy() == pytest.approx(plain.standardized_resids.ravel(), abs=1e-7)
    assert found.summary["pearson"] == pytest.approx(plain.test_nominal_association().statistic, abs=1e-6)


def test_the_reports_rural_movers_go_to_larger_provincial_towns_more_than_size_alone_gives(report):
    flags = dict(report.quasi_independence().table.select("unit", "flag").iter_rows())
    assert flags["rural → larger_provincial_town"] == "more than size"
    assert flags["rural → capital_area"] == "fewer than size"
    assert flags["rural → small_town"] == "as size"


def test_flows_that_are_products_of_sizes_fit_exactly():
    square = np.outer([2, 3, 5, 1], [10, 20, 30, 40])
    found = flows(long(square)).quasi_independence()
    assert found.summary["deviance"] == pytest.approx(0, abs=1e-9)
    assert set(found.table["flag"]) == {"as size"}


def test_a_flow_that_its_margins_determine_has_no_residual():
    # From A only x is possible, as A itself means staying.
    od = {
        "origin": ["A", "B", "B", "C", "C", "A"],
        "destination": ["x", "A", "x", "A", "x", "A"],
        "persons": [7, 3, 5, 8, 2, 60],
    }
    found = flows(od).quasi_independence()
    first = found.table.to_dicts()[0]
    assert (first["unit"], first["residual"], first["p_holm"], first["flag"]) == ("A → x", None, None, "undefined")
    assert found.summary["df"] == 1


def test_places_without_movers_take_no_part():
    square = [[9, 3, 4, 0, 2], [2, 9, 5, 0, 1], [4, 4, 9, 0, 3], [0, 0, 0, 9, 0], [5, 1, 2, 0, 9]]
    found = flows(long(square)).quasi_independence()
    assert found.table.height == 12
    assert found.summary["df"] == 12 - 7
    assert found.expected[3].tolist() == found.expected[:, 3].tolist() == [0] * 5


def test_two_places_have_as_many_sizes_as_flows():
    with pytest.raises(Refused, match="Use more places"):
        flows(long([[5, 3], [4, 6]])).quasi_independence()


def test_flows_whose_zeros_leave_the_fit_without_end_are_refused():
    # The margins force two further flows to 0, which no product of sizes above 0 reaches.
    with pytest.raises(Refused, match="Merge small places"):
        flows(long([[1, 3, 0], [4, 1, 2], [0, 5, 1]])).quasi_independence()


# What it does not take


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("A", "B", 1), ("A", "B", 2)], "row 3: found A → B again (first on row 2)"),
        ([("A", "B", 1), ("a", "B", 2)], "row 3: found 'a' beside 'A'"),
        ([("A", "B", 1), ("A", "C", None)], "row 3, column persons: found an empty cell"),
        ([("A", "B", -1)], "row 2, column persons: found -1"),
        ([("A", None, 1)], "row 2: found an empty place"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(rows, said):
    with pytest.raises(BadInput) as error:
        flows(pl.DataFrame(rows, schema=["origin", "destination", "persons"], orient="row"))
    assert said in str(error.value)


@pytest.mark.parametrize("rows", [[("A", "A", 5), ("A", "B", 0)], [("A", "total", 5)], [("total", "total", 0)]])
def test_without_a_mover_there_is_no_flow(rows):
    with pytest.raises(NotEnoughPeople):
        flows(pl.DataFrame(rows, schema=["origin", "destination", "persons"], orient="row"))


@pytest.mark.parametrize("more", [{"origin": "from"}, {"stayed": "at home"}])
def test_an_unknown_name_is_answered_with_known_ones(more):
    with pytest.raises(UnknownName):
        flows(THREE, **more)


# From spells

SPELLS = pl.DataFrame(
    [
        ("A", "B", "moved"),
        ("A", "C", "moved"),
        ("A", None, "open"),
        ("A", None, "unknown"),
        ("B", "A", "moved"),
        ("B", None, "died"),
        ("C", None, "open"),
        ("C", "D", "moved"),
    ],
    schema=["municipality", "to", "end_reason"],
    orient="row",
)


def from_spells(spells=SPELLS, **more):
    return flows_from_spells(spells, "municipality", "to", **{"event": "end_reason", **more})


def test_spells_are_counted_into_flows_and_those_still_open_have_stayed():
    found = from_spells()
    assert found.origins.select("unit", "n", "movers").rows() == [("A", 3, 2), ("B", 1, 1), ("C", 2, 1), ("D", None, 0)]
    assert found.balance.select("unit", "out", "into").rows() == [("A", 2, 1), ("B", 1, 1), ("C", 1, 1), ("D", 0, 1)]
    assert found.summary["out_rate"] == pytest.approx(4 / 6)


def test_spells_that_ended_otherwise_are_neither_stays_nor_moves_and_are_counted():
    found = from_spells()
    assert [note.text for note in found.notes] == [
        "Spells that ended without a destination are neither stays nor moves and are left out: died (1), unknown (1)."
    ]
    assert found.summary["arrivals"] + 2 == SPELLS.height


def test_when_all_ended_by_a_move_or_a_stay_nothing_is_noted():
    assert from_spells(SPELLS.filter(pl.col("end_reason").is_in(["moved", "open"]))).notes == ()


@settings(max_examples=20, deadline=None)
@given(square_tables(least=1))
def test_counted_flows_are_those_of_the_table_of_their_counts(square):
    table = long(square.tolist())
    stays = pl.col("origin") == pl.col("destination")
    cells = table.with_columns(
        end=pl.when(stays).then(pl.lit("open")).otherwise(pl.lit("moved")),
        destination=pl.when(~stays).then("destination"),
    )
    counted = flows_from_spells(cells, "origin", "destination", event="end", count="persons")
    rows = cells.select(pl.exclude("persons").repeat_by("persons").explode())
    each = flows_from_spells(rows, "origin", "destination", event="end")
    for found in (counted, each):
        assert found.table.equals(flows(table).table)
        assert found.origins.equals(flows(table).origins)
        assert found.summary == flows(table).summary


def test_without_how_spells_ended_it_is_not_known_who_stayed():
    found = from_spells(event=None)
    assert found.summary["out_rate"] is None
    assert found.summary["movers"] == 4
    assert {note.code for note in found.notes} == {"persons-left-out", "stayed-unknown"}
    assert found.balance.select("unit", "net").rows() == [("A", -1), ("B", 0), ("C", 0), ("D", 1)]


def test_without_how_spells_ended_a_destination_that_is_the_origin_is_a_stay():
    lived = pl.DataFrame({"municipality": ["A", "A", "B", "B"], "to": ["A", "B", "B", "A"]})
    assert from_spells(lived, event=None).origins.select("unit", "n", "movers").rows() == [("A", 2, 1), ("B", 2, 1)]


def test_where_people_lived_at_a_day_is_a_destination_too():
    lived = pl.DataFrame(
        {"municipality": ["A", "A", "B"], "to": ["A", "B", None], "status": ["stayed", "moved", "dead"]}
    )
    found = from_spells(lived, event="status")
    assert found.origins.select("unit", "n", "movers").rows() == [("A", 2, 1), ("B", None, 0)]


def kinds():
    return SPELLS.with_columns(
        pl.col("municipality", "to").replace({"A": "rural", "B": "rural", "C": "town", "D": "town"})
    )


def test_between_kinds_of_places_a_move_to_the_same_kind_is_a_move():
    found = from_spells(kinds(), within=True)
    assert found.origins.select("unit", "n", "movers").rows() == [("rural", 4, 3), ("town", 2, 1)]
    shares = found.table.filter(origin="rural", denominator="arrivals").select("destination", "events").rows()
    assert shares == [("stayed", 1), ("rural", 2), ("town", 1)]
    assert found.quasi_independence is not None
    assert not found.diagonal_stays


def test_a_move_to_where_it_began_is_refused_where_places_are_places():
    with pytest.raises(BadInput, match=r"rural → rural of a spell that ended as 'moved'.*within=True"):
        from_spells(kinds())


def test_a_stay_that_leads_elsewhere_is_refused():
    with pytest.raises(BadInput, match=r"column to: found A → B of a spell that ended as 'moved'"):
        from_spells(staying=["moved"])


def test_kinds_of_places_without_how_spells_ended_are_refused():
    with pytest.raises(Refused, match="Give event="):
        from_spells(kinds(), event=None, within=True)


def test_a_place_called_total_is_a_place():
    total = SPELLS.with_columns(pl.col("municipality", "to").replace({"D": "total"}))
    assert from_spells(total).balance["unit"].to_list() == ["A", "B", "C", "total"]


def test_spells_of_nobody_who_moved_have_no_flows():
    with pytest.raises(NotEnoughPeople):
        from_spells(SPELLS.filter(end_reason="open"))
    with pytest.raises(NotEnoughPeople):
        from_spells(
            SPELLS.filter(municipality="C", end_reason="moved").with_columns(
                end_reason=pl.lit("open"), to="municipality"
            )
        )


@pytest.mark.parametrize("column", ["municipality", "to", "end_reason"])
def test_a_column_of_spells_that_is_not_there_is_named(column):
    with pytest.raises(UnknownName, match="no column"):
        from_spells(SPELLS.rename({column: "other"}))
