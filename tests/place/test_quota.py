"""Quotas: the worked example to the person, the laws of the formula, and what agreements have to fulfil."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.place.quota import check_agreement, must_change, quota
from fodfaeste.place.quota.formula import largest_remainder, two_p_minus_m
from fodfaeste.place.rule_sets import rule_set

EXAMPLE = {
    "municipality": ["Askby", "Birkeby", "Egeby", "Elmeby", "Pileby"],
    "code": ["101", "102", "103", "104", "105"],
    "region": ["East", "East", "West", "West", "West"],
    "population": [300_000, 250_000, 200_000, 150_000, 100_000],
    "immigrants_refugees": [55_000, 20_000, 12_000, 8_000, 5_000],
    "family_reunified": [100, 45, 30, 15, 10],
}
COLUMNS = ("population", "immigrants_refugees", "family_reunified")


def figures(population: Sequence[int], immigrants: Sequence[int], family: Sequence[int]) -> dict[str, list[Any]]:
    names = [f"m{place:03}" for place in range(len(population))]
    return {
        "municipality": names,
        **dict(zip(COLUMNS, (list(population), list(immigrants), list(family)), strict=True)),
    }


@st.composite
def countries(draw: st.DrawFn, largest: int = 40) -> dict[str, list[Any]]:
    """Municipalities with few enough persons that ties, zeros and negative figures are common."""
    many = draw(st.integers(1, 12))
    population = draw(st.lists(st.integers(0, largest), min_size=many, max_size=many).filter(any))
    immigrants = [draw(st.integers(0, persons)) for persons in population]
    assume(any(immigrants))
    family = draw(st.lists(st.integers(0, 15), min_size=many, max_size=many))
    return figures(population, immigrants, family)


LAW = settings(max_examples=40)
"""Each example is a whole computation with its tables."""

NUMBERS = st.integers(0, 300)
REDUCING = st.sampled_from(["proportional", "share_key"])


# The worked example


def test_the_worked_example_comes_out_to_the_person() -> None:
    table = quota(EXAMPLE, 1000).table
    assert table["p"].to_list() == pytest.approx([0.30, 0.25, 0.20, 0.15, 0.10])
    assert table["m"].to_list() == pytest.approx([0.55, 0.20, 0.12, 0.08, 0.05])
    assert table["s"].to_list() == pytest.approx([0.05, 0.30, 0.28, 0.22, 0.15])
    assert table["calculated"].to_list() == pytest.approx([60, 360, 336, 264, 180])
    assert table["provisional"].to_list() == pytest.approx([-40, 315, 306, 249, 170])
    assert table["exact"].to_list() == pytest.approx([0, 302.885, 294.231, 239.423, 163.462], abs=5e-4)
    assert table["quota"].to_list() == [0, 303, 294, 239, 164]
    assert table["why"].to_list() == ["negative", "reduced", "reduced", "reduced", "reduced"]
    assert table["one_more"].to_list() == [False, True, False, False, True]


def test_the_sums_say_what_was_taken_off() -> None:
    found = quota(EXAMPLE, 1000)
    assert found.sums == {
        "municipalities": 5,
        "zero_municipalities": 1,
        "L": 1000,
        "F": 200,
        "above_zero": 1040.0,
        "factor": pytest.approx(1000 / 1040),
        "quota": 1000,
    }
    assert {note.code: dict(note.values) for note in found.notes} == {
        "excess_taken_off": {"negative": 1, "excess": 40.0},
        "unsure": {"parameters": ["reduction", "rounding"]},
    }


def test_a_regional_quota_is_the_sum_of_its_municipalities() -> None:
    regions = quota(EXAMPLE, 1000).regions
    assert regions.to_dicts() == [
        {"region": "East", "municipalities": 2, "population": 550_000, "quota": 303, "by": "calculation"},
        {"region": "West", "municipalities": 3, "population": 450_000, "quota": 697, "by": "calculation"},
    ]


def test_the_excess_may_be_taken_off_by_the_distribution_share_instead() -> None:
    exact = quota(EXAMPLE, 1000, reduction="share_key").table["exact"].to_list()
    assert exact == pytest.approx([0, 315 - 40 * 30 / 95, 306 - 40 * 28 / 95, 249 - 40 * 22 / 95, 170 - 40 * 15 / 95])


def test_the_share_key_stops_at_zero_and_the_others_give_the_rest() -> None:
    population, immigrants = [30, 35, 35], [100, 0, 0]
    some = two_p_minus_m(population, immigrants, [0, 9, 0], 10, "share_key")
    assert [float(share) for share in some.s] == pytest.approx([-0.4, 0.7, 0.7])
    assert [float(value) for value in some.V] == pytest.approx([-7.6, 4.3, 13.3])
    assert [float(value) for value in some.reduced] == pytest.approx([0, 0.5, 9.5])
    # Half of the excess 9.2 is more than the 3.1 that the second has left.
    cut = two_p_minus_m(population, immigrants, [0, 13, 0], 10, "share_key")
    assert [float(value) for value in cut.V] == pytest.approx([-9.2, 3.1, 16.1])
    assert [float(value) for value in cut.reduced] == pytest.approx([0, 0, 10])
    assert quota(figures(population, [30, 0, 0], [0, 13, 0]), 10, reduction="share_key").table["why"][1] == "cut"


def test_without_reduction_the_quotas_add_up_to_more_and_a_note_says_so() -> None:
    found = quota(EXAMPLE, 1000, reduction="none")
    assert found.table["quota"].to_list() == [0, 315, 306, 249, 170]
    assert found.sums["quota"] == 1040
    assert found.sums["factor"] is None
    assert found.notes[0].code == "excess_kept"


def test_equal_fractions_go_to_the_larger_population_and_then_to_the_lower_code() -> None:
    five = {"code": ["9", "20", "100", "3", "7"], "population": [10, 10, 10, 10, 20]}
    table = quota(five, 3, rule="population").table
    # Exact figures are 0.5 four times and 1.0: of the four, codes 3 and 9 come first as numbers.
    assert table["quota"].to_list() == [1, 0, 0, 1, 1]
    larger = {"code": ["1", "2", "3"], "population": [10, 30, 40]}
    assert quota(larger, 4, rule="population").table["exact"].to_list() == [0.5, 1.5, 2.0]
    assert quota(larger, 4, rule="population").table["quota"].to_list() == [0, 2, 2]


def test_names_decide_ties_where_there_are_no_codes() -> None:
    assert quota({"municipality": ["Birkeby", "Askby"], "population": [5, 5]}, 1, rule="population").table[
        "quota"
    ].to_list() == [0, 1]


# Laws


@LAW
@given(countries(), NUMBERS, REDUCING)
def test_quotas_add_up_to_the_national_number_and_are_never_negative(
    country: Any, national: int, reduction: Any
) -> None:
    table = quota(country, national, reduction=reduction).table
    assert table["quota"].sum() == national
    assert table["quota"].min() >= 0
    assert table["exact"].min() >= 0


@given(countries(), NUMBERS)
def test_shares_add_up_to_one_and_figures_to_what_is_shared(country: Any, national: int) -> None:
    steps = two_p_minus_m(*(country[name] for name in COLUMNS), national, "proportional")
    assert sum(steps.p) == sum(steps.m) == sum(steps.s) == 1
    assert sum(steps.B) == national + sum(country["family_reunified"])
    assert sum(steps.V) == national


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12), st.integers(0, 4), st.integers(0, 4), NUMBERS)
def test_where_all_are_alike_the_quota_is_in_proportion_to_the_population(
    population: list[int], immigrants_each: int, family_each: int, national: int
) -> None:
    immigrants = [(immigrants_each + 1) * persons for persons in population]
    family = [family_each * persons for persons in population]
    steps = two_p_minus_m([10 * persons for persons in population], immigrants, family, national, "proportional")
    assert steps.reduced == tuple(Fraction(persons * national, sum(population)) for persons in population)


@LAW
@given(countries(), NUMBERS, REDUCING)
def test_twice_the_share_of_immigrants_is_always_zero(country: Any, national: int, reduction: Any) -> None:
    table = quota(country, national, reduction=reduction).table
    twice = [
        2 * Fraction(here, sum(country["population"])) <= Fraction(there, sum(country["immigrants_refugees"]))
        for here, there in zip(country["population"], country["immigrants_refugees"], strict=True)
    ]
    assert [number for number, full in zip(table["quota"], twice, strict=True) if full and number] == []


@given(countries(), NUMBERS, st.data())
def test_more_reunified_family_never_raises_the_exact_quota(country: Any, national: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(country["population"]) - 1))
    more = data.draw(st.integers(1, 30))
    before = two_p_minus_m(*(country[name] for name in COLUMNS), national, "proportional")
    assume(before.s[place] <= 1)
    raised = [f + more * (i == place) for i, f in enumerate(country["family_reunified"])]
    after = two_p_minus_m(country["population"], country["immigrants_refugees"], raised, national, "proportional")
    assert after.reduced[place] <= before.reduced[place]


@LAW
@given(countries(), NUMBERS)
def test_rounding_moves_nobody_by_a_whole_person(country: Any, national: int) -> None:
    table = quota(country, national).table
    assert ((table["quota"] - table["exact"]).abs() < 1).all()


@given(countries(), NUMBERS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_decides_nothing(country: Any, national: int, random: Any) -> None:
    frame = pl.DataFrame(country)
    rows = list(range(frame.height))
    random.shuffle(rows)
    shuffled = quota(frame[rows], national).table.sort("municipality")
    assert shuffled["quota"].to_list() == quota(frame, national).table.sort("municipality")["quota"].to_list()


@LAW
@given(countries(), NUMBERS)
def test_every_zero_has_its_reason_and_no_other_does(country: Any, national: int) -> None:
    table = quota(country, national).table
    zero = {"negative", "nothing", "rounded_to_zero", "nobody_expected"}
    assert ((table["quota"] == 0) == table["why"].is_in(list(zero))).all()


@given(st.lists(st.fractions(0, 20), min_size=1, max_size=10))
def test_largest_remainder_never_passes_over_a_larger_fraction(exact: list[Fraction]) -> None:
    total = int(sum(exact)) + (sum(exact) % 1 > 0)
    whole, up = largest_remainder(exact, total, range(len(exact)))
    assert sum(whole) == total
    left = [value % 1 for value in exact]
    assert all(left[one] >= left[other] for one in up for other in range(len(exact)) if other not in up)


# Nothing to share, or nobody to share by


def test_a_national_number_of_nought_gives_nobody_to_anybody() -> None:
    found = quota(EXAMPLE, 0)
    assert found.table["quota"].to_list() == [0] * 5
    assert set(found.table["why"]) == {"negative", "nobody_expected"}
    assert found.notes[0].code == "nobody_expected"
    assert quota(EXAMPLE, 0, reduction="share_key").table["quota"].sum() == 0


def test_no_reunified_family_leaves_the_distribution_shares_alone() -> None:
    found = quota({**EXAMPLE, "family_reunified": [0] * 5}, 1000)
    assert found.table["exact"].to_list() == pytest.approx([50, 300, 280, 220, 150])
    assert found.sums["F"] == 0
    assert set(found.table["why"]) == {"as_calculated"}


def test_figures_that_are_all_zero_give_nobody_to_anybody() -> None:
    # s = 0 everywhere cannot be; V = 0 everywhere can, where nobody is expected and family came in proportion to s.
    found = quota(figures([10, 10], [1, 1], [3, 3]), 0)
    assert found.table["provisional"].to_list() == [0, 0]
    assert found.table["quota"].to_list() == [0, 0]


def test_a_provisional_figure_of_exactly_zero_is_told_from_a_negative_one() -> None:
    found = quota(figures([10, 10], [2, 2], [0, 10]), 10)
    assert found.table["provisional"].to_list() == [10, 0]
    assert found.table["why"].to_list() == ["as_calculated", "nothing"]


def test_shares_of_nobody_are_refused() -> None:
    with pytest.raises(BadInput, match=r"column immigrants_refugees: found a sum of 0.*or use the rule population"):
        quota({**EXAMPLE, "immigrants_refugees": [0] * 5}, 1000)
    with pytest.raises(BadInput, match=r"column population: found a sum of 0"):
        quota({**EXAMPLE, "population": [0] * 5}, 1000, rule="population")


# What is wrong is named by file, row and column


def test_every_wrong_cell_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(
        "municipality,population,immigrants_refugees,family_reunified\n"
        "Askby,1000,50,\n"
        "\n"
        "Birkeby,-3,50,1.5\n"
        ",1000,50,2\n"
        "Askby,1000,50,2\n",
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as caught:
        quota(path, 100)
    places = [(problem.file, problem.row, problem.column, problem.found) for problem in caught.value.problems]
    assert places == [
        ("figures.csv", 5, "municipality", "nothing"),
        ("figures.csv", 6, "municipality", "'Askby' again"),
        ("figures.csv", 4, "population", "-3.0"),
        ("figures.csv", 2, "family_reunified", "nothing"),
        ("figures.csv", 4, "family_reunified", "1.5"),
    ]
    assert "what is not known is not 0" in str(caught.value)


def test_text_among_figures_is_named() -> None:
    with pytest.raises(BadInput, match=r"row 3, column population: found 'many'"):
        quota({"municipality": ["Askby", "Birkeby"], "population": ["10", "many"]}, 10, rule="population")


def test_more_immigrants_than_inhabitants_is_refused() -> None:
    with pytest.raises(BadInput, match=r"row 3, column immigrants_refugees: found 7 immigrants .* at most the 5 inh"):
        quota(figures([10, 5], [1, 7], [0, 0]), 10)


def test_a_missing_column_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no column 'family_reunified'"):
        quota({name: EXAMPLE[name] for name in ("municipality", "population", "immigrants_refugees")}, 10)
    with pytest.raises(UnknownName, match="no column 'municipality'"):
        quota({"kommune": ["a"], "population": [1]}, 10, rule="population")


@pytest.mark.parametrize("national", [-1, 1.5])
def test_the_national_number_is_a_whole_number_of_persons(national: Any) -> None:
    with pytest.raises(BadInput, match="a whole number of persons from 0"):
        quota(EXAMPLE, national)


@pytest.mark.parametrize("wrong", [{"rule": "2p"}, {"reduction": "share"}, {"rule_set": "IL-2021"}])
def test_unknown_choices_name_the_nearest(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnknownName, match="Did you mean"):
        quota(EXAMPLE, 10, **wrong)


def test_codes_of_a_file_stay_codes(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text("code,population\n101,30\n147,10\n", encoding="utf-8")
    table = quota(path, 4, rule="population").table
    assert table["municipality"].to_list() == table["code"].to_list() == ["101", "147"]
    path.write_text("code,population\n0101,30\n0147,10\n", encoding="utf-8")
    assert quota(path, 4, rule="population").table["code"].to_list() == ["0101", "0147"]


def test_parquet_is_read_too(tmp_path: Path) -> None:
    pl.DataFrame(EXAMPLE).write_parquet(tmp_path / "figures.parquet")
    assert quota(tmp_path / "figures.parquet", 1000).table["quota"].to_list() == [0, 303, 294, 239, 164]


# Other rules


def test_the_displaced_from_ukraine_go_by_population() -> None:
    found = quota(EXAMPLE, 10_000, rule_set="UKR-2022")
    assert found.rule == "population"
    assert found.table["quota"].to_list() == [3000, 2500, 2000, 1500, 1000]
    assert found.table["m"].null_count() == found.table["family_reunified"].null_count() == 5
    assert [note.code for note in found.notes] == ["unsure"]
    some = quota(EXAMPLE, 600, rule_set="UKR-2022")
    assert "at_a_time" in [note.code for note in some.notes]
    assert some.sums["quota"] == 600


def test_another_formula_than_the_rule_set_has_is_computed_and_told() -> None:
    found = quota(EXAMPLE, 100, rule="population", rule_set=date(2024, 6, 1))
    assert found.table["quota"].to_list() == [30, 25, 20, 15, 10]
    assert dict(found.notes[0].values) == {"id": "IL-2022", "formula": "2p-m", "asked": "population"}


def test_agreed_numbers_take_the_place_of_the_region_that_agreed_and_of_no_other() -> None:
    agreed = {"municipality": ["Egeby", "Elmeby", "Pileby"], "quota": [300, 0, 397]}
    found = quota(EXAMPLE, 1000, rule="agreed", agreed=agreed)
    assert found.table["quota"].to_list() == [0, 303, 300, 0, 397]
    assert found.table["why"].to_list() == ["negative", "reduced", "agreed", "agreed", "agreed"]
    assert found.table["one_more"].to_list() == [False, True, False, False, False]
    assert found.regions["by"].to_list() == ["calculation", "agreement"]
    assert found.notes[-1].code == "look_at_signatures"
    by_code = quota(EXAMPLE, 1000, rule="agreed", agreed={"code": ["103", "104", "105"], "quota": [300, 0, 397]})
    assert by_code.table.equals(found.table)


def test_an_agreement_that_does_not_add_up_is_replaced_by_the_calculation() -> None:
    agreed = {"municipality": ["Askby", "Birkeby", "Egeby"], "quota": [1, 303, 697]}
    found = quota(EXAMPLE, 1000, rule="agreed", agreed=agreed)
    assert found.table["quota"].to_list() == [0, 303, 294, 239, 164]
    failed = {note.values["region"]: [one["code"] for one in note.values["failed"]] for note in found.notes[2:]}
    assert failed == {"East": ["other_sum"], "West": ["no_number"]}
    assert "add up to 304, and the regional quota is 303" in found.notes[2].text


@pytest.mark.parametrize(
    ("agreed", "said"),
    [
        ({"municipality": ["Askby", "Askby"], "quota": [1, 2]}, "row 3, column municipality: found 'Askby' again"),
        ({"municipality": ["Asby"], "quota": [1]}, "row 2, column municipality: found 'Asby', expected a municipality"),
        ({"municipality": ["Askby"], "quota": [-1]}, "row 2, column quota: found -1"),
        ({"municipality": ["Askby"], "quotas": [1]}, "no column 'quota'"),
        ({"kommune": ["Askby"], "quota": [1]}, "no column 'municipality'"),
    ],
)
def test_wrong_agreed_numbers_are_named(agreed: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        quota(EXAMPLE, 1000, rule="agreed", agreed=agreed)


def test_agreed_numbers_come_with_their_rule_and_only_with_it() -> None:
    with pytest.raises(BadInput, match="no agreed numbers"):
        quota(EXAMPLE, 1000, rule="agreed")
    with pytest.raises(BadInput, match="agreed numbers and the rule 2p-m"):
        quota(EXAMPLE, 1000, agreed={"municipality": ["Askby"], "quota": [1]})


# Agreements


WEST = {"Egeby": 300, "Elmeby": 200, "Pileby": 197}


def test_an_agreement_that_fulfils_everything_fails_nothing() -> None:
    assert check_agreement(WEST, list(WEST), 697, signed=list(WEST)) == ()
    kept = check_agreement(WEST, list(WEST), 697, national_changed=True, says_how_to_change=True, told_beforehand=True)
    assert kept == ()


@pytest.mark.parametrize(
    ("numbers", "told", "code"),
    [
        (WEST, {"written": False}, "not_written"),
        (WEST, {"signed": ["Egeby", "Pileby"]}, "not_signed"),
        ({"Egeby": 300, "Elmeby": 397}, {}, "no_number"),
        ({"Egeby": 300, "Elmeby": 397, "Pileby": None}, {}, "no_number"),
        ({"Egeby": 300, "Elmeby": 398, "Pileby": -1}, {}, "no_number"),
        ({**WEST, "Egeby": 301}, {}, "other_sum"),
        (WEST, {"national_changed": True, "says_how_to_change": True}, "lapsed"),
        (WEST, {"national_changed": True, "told_beforehand": True}, "lapsed"),
    ],
)
def test_each_condition_of_an_agreement_can_fail(numbers: Any, told: dict[str, Any], code: str) -> None:
    assert code in [one.code for one in check_agreement(numbers, list(WEST), 697, **told)]


def test_every_failing_condition_is_named_in_words() -> None:
    failed = check_agreement({"Egeby": 3}, list(WEST), 697, signed=["Egeby"], national_changed=True)
    assert [one.code for one in failed] == ["not_signed", "no_number", "other_sum", "lapsed"]
    assert "Elmeby, Pileby" in failed[0].text


def test_a_stranger_in_an_agreement_is_refused() -> None:
    with pytest.raises(UnknownName, match="Did you mean Elmeby"):
        check_agreement({"Elmby": 3}, list(WEST), 3)
    with pytest.raises(UnknownName, match="Askby"):
        check_agreement(WEST, list(WEST), 697, signed=["Askby"])


# Change of the national number


@pytest.mark.parametrize(
    ("national", "expected", "must"),
    [
        (600, 840, False),  # 40 % exactly is not more than 40 %
        (600, 841, True),
        (600, 359, True),
        (8000, 11_200, False),
        (8001, 10_002, True),  # above 8,000 the limit is 25 %
        (12_000, 15_000, False),
        (12_000, 17_000, True),  # as it was in 2015 for 2016
        (0, 0, False),
        (0, 1, True),
    ],
)
def test_the_national_number_must_change_when_it_moves_by_more_than_the_threshold(
    national: int, expected: int, must: bool
) -> None:
    assert must_change(national, expected, "IL-2022").must is must


def test_the_threshold_was_another_before() -> None:
    assert must_change(3000, 4400, date(2014, 6, 1)).must is False
    assert must_change(3000, 4400, date(2022, 6, 1)).must is True
    change = must_change(3000, 4400)
    assert (change.threshold, change.moved) == (40, pytest.approx(140 / 3))
    assert must_change(0, 5).moved is None


def test_numbers_of_change_are_checked() -> None:
    with pytest.raises(BadInput, match="column expected: found -1"):
        must_change(600, -1)
    with pytest.raises(BadInput, match="UKR-2022"):
        must_change(10_000, 20_000, "UKR-2022")


# What is handed over


def test_everything_goes_out_as_plain_values_and_as_csv(tmp_path: Path) -> None:
    found = quota(EXAMPLE, 1000)
    told = found.to_dict()
    assert told["rule_set"] == "IL-2022"
    assert told["table"][1]["quota"] == 303
    assert told["sources"]["reduction"]["certainty"] == "S"
    assert told["notes"][0]["values"]["negative"] == 1
    found.to_csv(tmp_path / "quotas.csv")
    assert pl.read_csv(tmp_path / "quotas.csv")["quota"].to_list() == [0, 303, 294, 239, 164]


def test_the_rules_used_are_handed_over_with_the_quotas() -> None:
    assert quota(EXAMPLE, 10, rule_set=rule_set("IL-2007")).rules["family_counted"] == "all"
