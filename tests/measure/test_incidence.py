"""How many have moved by each month, when others emigrate or die first."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, NotEnoughPeople, UnknownName
from fodfaeste.measure.incidence import cif

EVENTS = ["moved", "emigrated", "dead", "censored"]
CAUSES = EVENTS[:3]
# Ten arrivals: by month 2 two have moved and one has died; one is last seen in month 2.
TEN = {
    "months": [1, 1, 2, 2, 3, 4, 4, 5, 5, 5],
    "event": ["moved", "dead", "moved", "censored", "emigrated", "moved", "moved", *["censored"] * 3],
}
LOST = {
    "months": [3, 5, 5, 8, 12, 14, 20, 30],
    "event": ["moved", "moved", "lost", "lost", "moved", "censored", "lost", "censored"],
    "watch_months": [30] * 8,
}


def codes(result):
    return [note.code for note in result.notes]


def rates(table, cause, unit="all"):
    return table.filter(unit=unit, cause=cause)["rate"].to_list()


@st.composite
def persons(draw, *, entries=False):
    """Invent some persons with months, events and groups."""
    n = draw(st.integers(1, 25))
    months = [draw(st.integers(1, 7)) for _ in range(n)]
    return {
        "months": months,
        "event": [draw(st.sampled_from(EVENTS)) for _ in range(n)],
        "kind": [draw(st.sampled_from(["rural", "town"])) for _ in range(n)],
        "since": [draw(st.integers(0, most - 1)) if entries else 0 for most in months],
    }


def by_hand(data, month, cause):
    """B9 read plainly: rate and variance, all sums written out."""
    rows = list(zip(data["months"], data["event"], data["since"], strict=True))
    still, total, steps = 1.0, 0.0, []
    for t in range(1, month + 1):
        y = sum(since < t <= when for when, _, since in rows)
        left = [what for when, what, _ in rows if when == t and what != "censored"]
        if y == 0:
            continue
        d, own = len(left), left.count(cause)
        total += still * own / y
        steps.append((total, still, y, d, own))
        still *= 1 - d / y
    variance = 0.0
    for until, before, y, d, own in steps:
        ahead = total - until
        # Where everybody leaves nothing lies ahead, and the first term is 0.
        variance += ahead**2 * d / (y * (y - d)) if y > d else 0.0
        variance += before**2 * own * (y - own) / y**3 - 2 * ahead * before * own / y**2
    return total, variance


# The estimate


def test_each_month_adds_the_share_still_there_times_the_share_of_them_who_leave():
    result = cif(TEN, "months", "event", times=[1, 2, 3, 4, 5])

    second = 1 / 10 + 8 / 10 * 1 / 8
    still = 8 / 10 * 7 / 8 * 5 / 6
    assert rates(result.table, "moved") == pytest.approx([1 / 10, second, second, *[second + still * 2 / 5] * 2])
    assert rates(result.table, "dead") == pytest.approx([1 / 10] * 5)
    assert result.table.filter(cause="moved")["at_risk"].to_list() == [10, 8, 6, 5, 3]
    assert result.table.filter(cause="moved")["events"].to_list() == [1, 2, 2, 4, 4]
    assert result.table["n"].unique().to_list() == [10]
    assert result.summary["persons"] == 10


def test_the_table_has_a_row_a_unit_cause_and_month_with_everybody_last():
    result = cif({**TEN, "kind": ["town", "rural"] * 5}, "months", "event", by="kind", times=[2, 4])

    assert result.table.columns == (
        ["unit", "cause", "time", "n", "at_risk", "events", "rate", "se", "lower", "upper", "level"]
    )
    assert result.table.select("unit", "cause", "time").rows()[:3] == (
        [("rural", "moved", 2), ("rural", "moved", 4), ("rural", "emigrated", 2)]
    )
    assert result.table["unit"].unique(maintain_order=True).to_list() == ["rural", "town", "all"]
    assert result.summary["units"] == 2


def test_several_columns_make_one_unit_and_years_from_a_text_file_are_whole(tmp_path):
    path = tmp_path / "stays.csv"
    path.write_text("months,event,year,sex\n3,1,1995,f\n5,0,1995,m\n2,3,1996,f\n", encoding="utf-8")

    table = cif(path, "months", "event", by=["year", "sex"], times=[2]).table
    assert table["unit"].unique(maintain_order=True).to_list() == ["1995 / f", "1995 / m", "1996 / f", "all"]


@settings(max_examples=40, deadline=None)
@given(persons(entries=True))
def test_rates_and_variances_are_those_of_the_formula_read_plainly(data):
    result = cif(data, "months", "event", entry="since", times=range(1, 8))

    for row in result.table.filter(pl.col("rate").is_not_null()).iter_rows(named=True):
        rate, variance = by_hand(data, int(row["time"]), row["cause"])
        assert row["rate"] == pytest.approx(rate, abs=1e-12)
        assert row["se"] ** 2 == pytest.approx(variance, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(persons(entries=True))
def test_all_who_left_and_those_still_there_are_everybody_in_every_month(data):
    curve = cif(data, "months", "event", by="kind", entry="since").curve
    summed = curve.group_by("unit", "time").agg(pl.col("rate").sum(), pl.col("survival").first())

    np.testing.assert_allclose(summed["rate"] + summed["survival"], 1.0, rtol=1e-12)


@settings(max_examples=30, deadline=None)
@given(persons())
def test_without_competing_events_it_is_one_minus_kaplan_meier(data):
    data["event"] = ["censored" if event == "censored" else "moved" for event in data["event"]]
    curve = cif(data, "months", "event").curve

    months, moved = np.array(data["months"]), np.array([event == "moved" for event in data["event"]])
    hazard = [np.mean(moved[months >= t] & (months[months >= t] == t)) for t in curve["time"]]
    np.testing.assert_allclose(curve["rate"], 1 - np.cumprod(1 - np.array(hazard)), atol=1e-12)
    np.testing.assert_allclose(curve["survival"], 1 - curve["rate"], atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(persons(entries=True), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_cells_instead_of_rows_change_anything(data, random):
    rows = pl.DataFrame(data)
    order = random.sample(range(rows.height), rows.height)
    cells = rows.group_by(rows.columns).len("people")
    # A cell in two rows is the same cell.
    split = pl.concat([cells, cells]).with_columns(people=pl.concat([cells["people"] - 1, cells["people"] * 0 + 1]))

    options = {"by": "kind", "entry": "since"}
    first = cif(rows, "months", "event", **options)
    assert cif(rows[order], "months", "event", **options).curve.equals(first.curve)
    assert cif(cells, "months", "event", **options, count="people").table.equals(first.table)
    assert cif(split, "months", "event", **options, count="people").table.equals(first.table)


def test_one_cause_is_shown_alone_but_the_others_still_compete():
    alone = cif(TEN, "months", "event", causes="moved", times=[4])
    among = cif(TEN, "months", "event", times=[4])

    assert alone.table.equals(among.table.filter(cause="moved"))
    assert alone.curve["cause"].unique().to_list() == ["moved"]
    # One minus Kaplan-Meier, with the others censored, would say more.
    assert alone.table["rate"][0] < 1 - 9 / 10 * 7 / 8 * 3 / 5


def test_codes_can_be_named_as_causes():
    coded = {"months": TEN["months"], "what": [{"moved": 7, "dead": 9}.get(event, 0) for event in TEN["event"]]}

    result = cif(coded, "months", "what", causes={7: "left", 8: "abroad", 9: "dead"}, times=[4])
    assert result.table["cause"].to_list() == ["left", "abroad", "dead"]
    assert result.table["events"].to_list() == [4, 0, 1]


def test_times_that_are_no_whole_months_are_taken_as_they_are():
    exact = cif({"t": [0.5, 1.25, 2.75], "e": [1, 2, 1]}, "t", "e", times=[1, 2.75])

    assert rates(exact.table, "moved") == pytest.approx([1 / 3, 2 / 3])
    assert exact.curve["time"].unique(maintain_order=True).to_list() == [0.5, 1.25, 2.75]


def test_many_persons_have_the_rates_of_few_with_less_uncertainty():
    few = cif(TEN, "months", "event", times=[2, 4])
    many = cif({**TEN, "people": [1_000_000] * 10}, "months", "event", times=[2, 4], count="people")

    np.testing.assert_allclose(many.table["rate"], few.table["rate"], rtol=1e-12)
    np.testing.assert_allclose(many.table["se"] * 1000, few.table["se"], rtol=1e-9)
    assert many.summary["persons"] == 10_000_000


def test_ten_thousand_municipalities_each_have_the_answer_they_have_alone():
    rng = np.random.default_rng(3)
    unit = np.repeat(np.arange(10_000), 5)
    data = pl.DataFrame(
        {"unit": unit, "months": rng.integers(1, 60, unit.size), "event": rng.choice(EVENTS, unit.size)}
    )
    named = {cause: cause for cause in CAUSES}
    table = cif(data, "months", "event", by="unit", causes=named, times=[24]).table

    assert table.height == 3 * 10_001
    for one in (0, 4_567, 9_999):
        alone = cif(data.filter(unit=one), "months", "event", causes=named, times=[24]).table
        assert table.filter(unit=str(one)).drop("unit").equals(alone.drop("unit"))


# How sure


def test_the_interval_is_made_on_the_log_log_scale_and_says_at_which_level():
    row = cif(TEN, "months", "event", times=[4], level=0.9).table.row(0, named=True)

    spread = 1.6448536269514722 * row["se"] / abs(row["rate"] * np.log(row["rate"]))
    assert (row["lower"], row["upper"]) == pytest.approx(
        (row["rate"] ** np.exp(spread), row["rate"] ** np.exp(-spread))
    )
    assert row["level"] == 0.9


def test_a_rate_of_0_or_1_has_no_interval_rather_than_one_of_no_width():
    result = cif({"t": [1, 2, 3], "e": [1, 1, 1]}, "t", "e", times=[0.5, 3])

    assert result.table["rate"].to_list() == [0, 1]
    assert result.table["lower"].to_list() == [None, None]
    assert result.table["upper"].to_list() == [None, None]
    assert "no-interval" in codes(result)


def test_the_result_names_its_variance_and_how_it_was_asked():
    result = cif(TEN, "months", "event", times=[4], by=None)

    assert "Greenwood" in result.method.name
    assert result.params["times"] == [4.0]
    assert result.params["lost"] == "censored"
    assert "version" in result.params
    assert '"rate"' in result.to_json()


@pytest.mark.long
def test_the_interval_holds_the_true_rate_as_often_as_it_says():
    rng = np.random.default_rng(20)
    held = []
    for _ in range(400):
        moved, dead, watched = rng.exponential(30, 150), rng.exponential(60, 150), rng.uniform(6, 40, 150)
        time = np.minimum.reduce([moved, dead, watched])
        event = np.select([time == moved, time == dead], ["moved", "dead"], "censored")
        row = cif({"t": time, "e": event}, "t", "e", times=[18]).table.row(0, named=True)
        held.append(row["lower"] <= 2 / 3 * (1 - np.exp(-18 / 20)) <= row["upper"])
    # Of 400 intervals of 95 %, fewer than 366 or more than 393 would happen once in 500 times.
    assert 366 <= sum(held) <= 393


# Unequal follow-up


def test_a_rate_is_unknown_where_nobody_is_watched_any_more():
    data = {**TEN, "cohort": [1995, 1999] * 5}
    data["months"] = [40, 1, 50, 2, 60, 4, 59, 5, 60, 5]
    result = cif(data, "months", "event", by="cohort", times=[4, 48])

    assert rates(result.table, "moved", "1999")[1] is None
    assert rates(result.table, "moved", "1995")[1] is not None
    assert result.table.filter(unit="1999", time=48)["se"].to_list() == [None] * 3
    notes = {note.code: note.text for note in result.notes}
    assert "1999, from month 48 on" in notes["nobody-at-risk"]
    assert "1999 for 5 months" in notes["unequal-follow-up"]
    assert "not later than 5" in notes["unequal-follow-up"]


def test_a_group_of_whom_all_have_left_is_known_for_ever():
    result = cif({"t": [2, 3, 9], "e": [1, 3, 0], "g": ["a", "a", "b"]}, "t", "e", by="g", times=[9])

    assert rates(result.table, "moved", "a") == [0.5]
    assert result.table.filter(unit="a")["at_risk"].to_list() == [0, 0]
    assert "nobody-at-risk" not in codes(result)


def test_groups_watched_alike_need_no_remark():
    result = cif({**TEN, "kind": ["a"] * 9 + ["b"]}, "months", "event", by="kind", times=[4])
    assert "unequal-follow-up" not in codes(result)


def test_a_long_list_of_groups_is_cut_in_a_note():
    data = {"t": range(1, 13), "e": [0] * 12, "g": [f"g{k:02}" for k in range(12)]}
    note = next(note for note in cif(data, "t", "e", by="g", times=[6]).notes if note.code == "unequal-follow-up")
    assert "g07 and 3 more for 1 to 11 months" in note.text


def test_persons_are_at_risk_only_after_they_come_under_watch():
    data = {"t": [2, 4, 5, 6], "e": [1, 1, 0, 1], "since": [0, 0, 3, 4]}
    result = cif(data, "t", "e", entry="since", times=[2, 3, 4, 5])

    assert result.table["at_risk"].to_list() == [2, 1, 2, 2]
    assert rates(result.table, "moved") == pytest.approx([1 / 2, 1 / 2, 3 / 4, 3 / 4])


def test_months_in_which_nobody_was_watched_are_passed_over_with_a_warning():
    late = cif({"t": [9, 10], "e": [1, 0], "since": [5, 5]}, "t", "e", entry="since", times=[3, 9])
    gap = cif({"t": [2, 10], "e": [0, 1], "since": [0, 5]}, "t", "e", entry="since", times=[2, 4, 10])

    assert rates(late.table, "moved") == [None, 0.5]
    assert rates(gap.table, "moved") == [0, None, 1]
    assert "watched-late" in codes(late)
    assert "watched-late" in codes(gap)


# The lost


def test_the_lost_are_censored_with_a_warning_that_says_how_many():
    result = cif(LOST, "months", "event", times=[20])

    (note,) = [note for note in result.notes if note.code == "lost-censored"]
    assert note.text.startswith("3 persons")
    assert note.severity == "warning"


def test_the_bounds_take_all_lost_as_moved_or_all_as_stayed():
    moved = cif(LOST, "months", "event", times=[20], lost="moved")
    stayed = cif(LOST, "months", "event", times=[20], lost="stayed", watched="watch_months")

    # Nobody is censored before month 20 but the one in month 14.
    assert rates(moved.table, "moved") == pytest.approx([1 - 3 / 8 * 1 / 2])
    assert rates(stayed.table, "moved") == pytest.approx([3 / 8])
    assert stayed.table["at_risk"].to_list() == [4]
    assert codes(moved) == codes(stayed) == ["lost-bound"]
    assert stayed.summary["persons_in"] == 8


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["moved", "lost", "censored"])), min_size=1, max_size=20))
def test_censoring_the_lost_lies_between_the_bounds(rows):
    data = {"t": [t for t, _ in rows], "e": [e for _, e in rows], "w": [12] * len(rows)}
    low, middle, high = (
        cif(data, "t", "e", lost=way, watched="w", causes={"moved": "moved"}, times=range(1, 10)).table["rate"]
        for way in ("stayed", "censored", "moved")
    )
    known = middle.is_not_null() & low.is_not_null() & high.is_not_null()
    assert (low.filter(known) <= middle.filter(known) + 1e-12).all()
    assert (middle.filter(known) <= high.filter(known) + 1e-12).all()


def test_the_bound_needs_to_know_how_long_the_lost_could_have_been_watched():
    with pytest.raises(BadInput, match="Name it in watched="):
        cif(LOST, "months", "event", lost="stayed")
    with pytest.raises(BadInput, match=r"found 4 months for a person lost at 5.*not before the loss"):
        cif(
            {**LOST, "watch_months": [30, 30, 4, 30, 30, 30, 30, 30]},
            "months",
            "event",
            lost="stayed",
            watched="watch_months",
        )


def test_lost_as_moved_needs_a_cause_of_that_name():
    with pytest.raises(UnknownName, match="no cause 'moved'"):
        cif({"t": [1, 2], "e": ["out", "lost"]}, "t", "e", causes={"out": "left"}, lost="moved")


# Months lost


@settings(max_examples=30, deadline=None)
@given(persons(entries=True), st.floats(0.5, 9))
def test_months_lost_are_the_area_under_the_curve(data, tau):
    result = cif(data, "months", "event", by="kind", entry="since")

    for row in result.time_lost(tau).table.filter(pl.col("estimate").is_not_null()).iter_rows(named=True):
        one = result.curve.filter(unit=row["unit"], cause=row["cause"])
        ends = [*np.minimum(one["time"], tau), tau]
        area = sum(rate * (b - a) for rate, (a, b) in zip(one["rate"], pairwise(ends), strict=True))
        assert row["estimate"] == pytest.approx(area, abs=1e-10)


def test_without_censoring_months_lost_are_a_plain_mean_with_its_standard_error():
    months, moved = np.array([2, 5, 9, 9, 14, 20]), np.array([True, True, False, True, True, True])
    lost = np.where(moved, np.maximum(12 - months, 0), 0)
    result = cif({"t": months, "e": np.where(moved, 1, 3)}, "t", "e").time_lost(12)

    row = result.table.filter(cause="moved").row(0, named=True)
    assert row["estimate"] == pytest.approx(lost.mean())
    assert row["se"] == pytest.approx(lost.std() / np.sqrt(6))
    assert (row["n"], row["events"], row["time"]) == (6, 3, 12)
    assert 0 < row["lower"] < row["estimate"] < row["upper"] < 12
    assert result.method.name.startswith("Restricted mean time lost")
    assert result.params["tau"] == 12


def test_months_lost_are_unknown_beyond_what_is_watched():
    result = cif({**TEN, "kind": ["a"] * 5 + ["b"] * 5}, "months", "event", by="kind").time_lost(6)

    # Nobody of a is left after month 3; three of b are last seen in month 5.
    assert result.table.filter(unit="b")["estimate"].to_list() == [None] * 3
    assert result.table.filter(unit="a", cause="moved")["estimate"].to_list() == pytest.approx([5 / 5 + 4 / 5])
    assert any(note.code == "nobody-at-risk" and "b, all, from month 6 on" in note.text for note in result.notes)


# Drawing


def test_the_plot_has_a_panel_a_cause_with_intervals():
    spec = cif({**TEN, "kind": ["a", "b"] * 5}, "months", "event", by="kind", times=[2, 4]).plot().to_dict()

    assert spec["facet"]["column"]["field"] == "cause"
    assert [layer["mark"]["type"] for layer in spec["spec"]["layer"]] == ["rule", "line"]


# What cannot be answered


def test_everybody_censored_is_a_rate_of_0_with_no_interval():
    result = cif({"t": [3, 4], "e": ["censored", "censored"]}, "t", "e", times=[3])

    assert result.table.select("cause", "rate", "events", "upper").row(0) == ("moved", 0.0, 0, None)


def test_one_person_who_moves_is_all_who_move():
    result = cif({"t": [3], "e": ["moved"]}, "t", "e", times=[2, 3])
    assert rates(result.table, "moved") == [0.0, 1.0]


def test_persons_without_a_group_are_left_out_and_counted():
    result = cif({**TEN, "kind": [None, *["a"] * 9]}, "months", "event", by="kind")

    assert result.summary["persons"] == 9
    assert result.summary["persons_in"] == 10
    assert "persons-left-out" in codes(result)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"times": []}, BadInput, "found no months"),
        ({"times": [0]}, BadInput, "one or more numbers above 0"),
        ({"times": [12, float("nan")]}, BadInput, "one or more numbers above 0"),
        ({"level": 95}, BadInput, "Write 95 % as 0.95"),
        ({"lost": "away"}, UnknownName, "no way to treat the lost called 'away'"),
        ({"causes": "died"}, UnknownName, "no cause 'died'"),
        ({"by": "knd"}, UnknownName, "Did you mean kind"),
        ({"causes": {"moved": "moved"}}, BadInput, "Name it in causes="),
    ],
)
def test_what_is_wrong_with_the_question_is_said(options, error, said):
    with pytest.raises(error, match=said):
        cif({**TEN, "kind": ["a"] * 10}, "months", "event", **options)


def test_a_tau_of_0_is_refused():
    with pytest.raises(BadInput, match="one or more numbers above 0"):
        cif(TEN, "months", "event").time_lost(0)


@pytest.mark.parametrize(
    ("groups", "by"),
    [
        ({"g": ["a", "all"]}, "g"),
        ({"g": ["Aarhus", "aarhus "]}, "g"),
        ({"g": ["a", "a / b"], "h": ["b / c", "c"]}, ["g", "h"]),
    ],
)
def test_two_groups_of_one_name_are_refused(groups, by):
    with pytest.raises(BadInput, match="a name of its own"):
        cif({"t": [1, 2], "e": [1, 1], **groups}, "t", "e", by=by)


def test_nobody_is_no_answer():
    with pytest.raises(NotEnoughPeople):
        cif({"t": [None], "e": [None]}, "t", "e")
