"""What the report on the 2002 figures finds: recomputed here by hand from the published tables."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from fodfaeste.measure.intervals import interval
from fodfaeste.report.dk2002 import conclusions as judging
from fodfaeste.report.dk2002.conclusions import conclusions, exposure
from fodfaeste.report.dk2002.findings import KINDS, nearest_count, table, told_apart


@pytest.fixture(scope="module")
def judged(found):
    return {conclusion.key: conclusion for conclusion in conclusions(found)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_league_table_keeps_the_printed_order_and_every_municipality(found, kind):
    listed = found.retention[kind].listed
    printed = table("retention_1995_98").filter(pl.col("kind") == kind)
    assert listed["unit"].to_list() == printed["municipality"].to_list()
    assert (listed["lower"] <= listed["rate"]).all()
    assert (listed["rate"] <= listed["upper"]).all()
    assert (listed["rank_lower"] <= listed["rank_upper"]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_shrunken_rates_lie_between_the_printed_ones_and_the_middle(found, kind):
    listed = found.retention[kind].listed
    middle = float((listed["shrunk"] - listed["rate"]).to_numpy()[0] > 0)
    assert middle == 1.0  # the best is drawn up
    assert listed["shrunk"].to_numpy()[-1] < listed["rate"].to_numpy()[-1]  # the worst is drawn down
    assert np.ptp(listed["shrunk"].to_numpy()) < np.ptp(listed["rate"].to_numpy())


def test_counting_households_instead_of_persons_tells_fewer_apart(found):
    for kind in KINDS:
        for group in ("top", "bottom"):
            assert found.retention[kind].told_apart(group, clustered=True) <= found.retention[kind].told_apart(group)


def test_a_municipality_at_the_average_is_not_told_apart():
    assert not told_apart(np.array([62.0]), np.array([100.0]), 0.62)[0]
    assert told_apart(np.array([10.0]), np.array([100.0]), 0.62)[0]


def test_one_in_a_hundred_and_eight_is_what_the_interval_allows_for():
    """46 of 100 is outside the 95 % interval of 62 %, but among 108 municipalities one such is nothing to point at."""
    assert interval(46, 100)[1] < 0.62
    assert not told_apart(np.array([46.0]), np.array([100.0]), 0.62)[0]
    assert told_apart(np.array([44.0]), np.array([100.0]), 0.62)[0]


def test_the_survey_asked_37_who_want_to_move_and_44_who_do_not(found):
    assert (found.survey.movers, found.survey.stayers) == (37, 44)
    assert found.survey.employed == (13, 37)
    assert found.survey.unemployed == (24, 44)


def test_every_reason_is_in_both_lists(found):
    answers = found.survey.answers
    assert len(answers) == 22
    assert {answer.reason for answer in answers if answer.group == "move"} == {
        answer.reason for answer in answers if answer.group == "stay"
    }


def test_the_nearest_count_is_within_half_a_person():
    assert nearest_count(60, 37) == 22


@pytest.mark.parametrize(("cohort", "years"), [("1995-1998", (2, 6)), ("1999", (1, 2))])
def test_cohorts_have_had_different_times_to_move(cohort, years):
    assert exposure(cohort, date(2001, 1, 1)) == years


def test_verdicts_follow_from_the_figures(judged):
    assert {key: conclusion.verdict for key, conclusion in judged.items()} == {
        "kinds": "in_part",  # beyond chance, but 33 % missing is more than the 18 % that could turn it
        "act": "cannot_tell",
        "top_rural": "in_part",
        "top_small_town": "in_part",
        "employment_spread": "in_part",
        "employment_top": "not_shown",  # 7.4 of 15
        "two_goals": "stands",
        "nationality": "in_part",
        "groups": "cannot_tell",
        "gammas": "in_part",
        "rental": "cannot_tell",
        "wish": "not_shown",  # 24 of 44 against 13 of 37
    }


def test_the_order_of_the_kinds_breaks_at_the_share_of_the_formula(judged):
    rural, small_town = 5656 / 9134, 5277 / 13347
    gap = rural - small_town
    assert judged["kinds"].figures["breakdown"] == pytest.approx(gap / (1 + gap))


def test_fewer_missing_would_let_the_order_of_the_kinds_stand(found):
    one = found.missing[min(found.missing)]
    assert judging.kinds(replaced(found, missing={0.16: one})).verdict == "stands"


def test_equal_wishes_would_not_be_shown_and_far_ones_would(found):
    far = replaced(found.survey, employed=(1, 37), unemployed=(40, 44))
    assert judging.wish(replaced(found, survey=far)).verdict == "in_part"


@pytest.mark.parametrize(("true", "verdict"), [(15, "stands"), (12, "stands"), (8, "in_part"), (7.4, "not_shown")])
def test_a_list_stands_by_how_many_of_its_members_are_expected_to_belong(true, verdict):
    assert judging._verdict_on_list(true, 15) == verdict


@pytest.mark.parametrize(
    ("lower", "upper", "verdict", "excluded"),
    [(-0.2, 0.1, "stands", "strong"), (-0.4, 0.1, "in_part", "nothing"), (0.1, 0.5, "not_shown", "none")],
)
def test_two_goals_are_judged_by_what_the_interval_excludes(found, lower, upper, verdict, excluded):
    row = found.keeping_and_working.table.with_columns(lower=pl.lit(lower), upper=pl.lit(upper))
    told = judging.two_goals(replaced(found, keeping_and_working=replaced(found.keeping_and_working, table=row)))
    assert (told.verdict, told.figures["excluded"]) == (verdict, excluded)


def test_a_world_of_pure_chance_shows_no_spread(found):
    nothing = replaced(found.employment.shrunk, boundary=True)
    told = judging.employment_spread(replaced(found, employment=replaced(found.employment, shrunk=nothing)))
    assert told.verdict == "not_shown"


def test_lists_whose_members_cannot_be_told_apart_are_not_shown(found):
    def with_marks(apart, clustered):
        marks = {"told_apart": pl.lit(apart), "told_apart_clustered": pl.lit(clustered)}
        rural = replaced(found.retention["rural"], listed=found.retention["rural"].listed.with_columns(**marks))
        judge = judging._list_of("rural")
        return judge(replaced(found, retention={**found.retention, "rural": rural})).verdict

    assert with_marks(False, False) == "not_shown"
    assert with_marks(True, False) == "in_part"
    assert with_marks(True, True) == "stands"


def test_the_audit_finds_what_the_report_is_known_for(found):
    by_place = {(row["table"], row["row"].split(" (")[0]): row for row in found.audit.table.iter_rows(named=True)}
    assert by_place["moves_matrix", "rural, total"]["recomputed"] == 9134
    assert by_place["regression", "appendix_small_town"]["recomputed"] == pytest.approx(71.2)
    assert by_place["survey_shares", "does_not_want_to_move"]["printed"] == "56"
    assert by_place["survey_respondents", "all 6 rows together"]["printed"] == "78"


def replaced(value, **changes):
    import copy

    other = copy.copy(value)
    for name, change in changes.items():
        object.__setattr__(other, name, change)
    other.__dict__.pop("wish", None)
    return other
