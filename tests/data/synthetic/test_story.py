"""What the register tells beyond the printed figures: lawful spells, families, the rule and its release."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from fodfaeste.data.synthetic import simulate

END = date(2006, 12, 31)
BORN_OUT = 3  # standard errors


def next_of(spells, column):
    return pl.col(column).shift(-1).over("person")


@pytest.fixture(scope="module")
def spells(register):
    return register.tables["residence_spells"].sort("person", "start")


def test_each_person_is_somewhere_once_and_moves_to_where_the_next_spell_is(spells):
    after = spells.with_columns(next_start=next_of(spells, "start"), next_code=next_of(spells, "municipality"))
    moved = after.filter(pl.col("end_reason") == "moved")
    assert moved["end"].equals(moved["next_start"].alias("end"))
    assert moved["to"].equals(moved["next_code"].alias("to"))
    assert after.filter(pl.col("end_reason") != "moved")["next_start"].is_null().all()
    assert (moved["to"] != moved["municipality"]).all()


def test_spells_have_days_and_end_in_time_with_a_reason(spells):
    ended = spells.filter(pl.col("end").is_not_null())
    assert (ended["end"] > ended["start"]).all()
    assert ended["end"].max() <= END
    assert set(ended["end_reason"]) == {"moved", "emigrated", "died", "unknown"}
    assert set(spells.filter(pl.col("end").is_null())["end_reason"]) == {"open"}
    assert spells.filter(pl.col("end_reason") != "moved")["to"].is_null().all()


def test_work_spells_neither_overlap_nor_outlast_the_stay(register, spells):
    work = register.tables["employment_spells"].sort("person", "start")
    after = work.with_columns(next_start=next_of(work, "start"))
    assert after.filter(pl.col("end").fill_null(date(2100, 1, 1)) > pl.col("next_start")).is_empty()
    stay = spells.group_by("person").agg(
        since=pl.col("start").min(), gone=pl.col("end").last(), still=pl.col("end").has_nulls()
    )
    joined = work.join(stay, on="person")
    assert (joined["start"] >= joined["since"]).all()
    gone = joined.filter(~pl.col("still"))
    assert (gone["end"] <= gone["gone"]).all()
    assert work["end"].max() <= END


def test_codes_are_those_of_2002_and_outlive_every_spell(register, spells):
    codes = register.tables["municipalities"].filter(pl.col("valid_from") < date(2002, 1, 1))
    assert codes.height == 275
    assert codes["valid_to"].fill_null(END).min() == END
    assert set(spells["municipality"]) | set(spells["to"].drop_nulls()) == set(codes["code"])


def test_households_arrive_together_and_mostly_move_together(register, spells, people):
    persons = register.tables["persons"]
    assert persons.group_by("household").agg(pl.col("arrival_date").n_unique())["arrival_date"].max() == 1
    first = (
        spells.group_by("person", maintain_order=True).first().join(persons.select("person", "household"), on="person")
    )
    together = first.group_by("household").agg(pl.len(), pl.col("end").n_unique())
    families = together.filter(pl.col("len") > 1)
    assert families["len"].sum() > persons.height / 2
    assert (families["end"] == 1).all()


def test_nearly_all_children_arrive_with_a_grown_up(people):
    grown_up = people.filter(pl.col("age") >= 16)["household"].unique()
    children = people.filter(pl.col("age") < 16)
    assert children["household"].is_in(grown_up.implode()).mean() > 0.98


def test_the_status_at_a_date_hides_moves_that_were_reversed(known, spells):
    first = spells.group_by("person", maintain_order=True).first()
    stayed = known.filter(~pl.col("moved")).join(first.select("person", "end", "end_reason"), on="person")
    away = (stayed["end_reason"] == "moved") & (stayed["end"] < date(2001, 1, 1))
    assert 0.02 < away.mean() < 0.06


def test_the_1995_98_arrivals_are_followed_to_the_end_of_2006(known, spells):
    later = spells.filter(pl.col("start") > date(2001, 1, 1), pl.col("start") <= END)
    moved_later = known.filter(~pl.col("moved")).join(later, on="person", how="semi")
    assert moved_later.height > 1000


def first_moves(tables):
    """At-risk persons and first moves by month after arrival, of the free and of those who came since 1999."""
    first = tables["residence_spells"].sort("person", "start").group_by("person", maintain_order=True).first()
    first = first.filter(pl.col("start") >= date(1995, 1, 1)).with_columns(end=pl.col("end").fill_null(END))
    number = {name: 12 * pl.col(name).dt.year().cast(pl.Int64) + pl.col(name).dt.month() for name in ("start", "end")}
    later = (pl.col("end").dt.day() > pl.col("start").dt.day()).cast(pl.Int64)
    first = first.with_columns(month=pl.max_horizontal(number["end"] - number["start"] + later, 1))
    told = {}
    for cohort, free in (("free", True), ("bound", False)):
        rows = first.filter((pl.col("start") < date(1999, 1, 1)) == free)
        month = rows["month"].to_numpy()
        moved = (rows["end_reason"] == "moved").to_numpy()
        at_risk = np.bincount(month, minlength=200)[::-1].cumsum()[::-1]
        told[cohort] = at_risk[1:120], np.bincount(month[moved], minlength=200)[1:120]
    return told


def over_expected(told, first, last):
    (free_risk, free_moves), (bound_risk, bound_moves) = told["free"], told["bound"]
    months = slice(first - 1, last)
    expected = (bound_risk[months] * free_moves[months] / free_risk[months]).sum()
    observed = bound_moves[months].sum()
    # Households move together, about two and a half persons' worth of variance in each; the free cohort has its own.
    spread = np.sqrt(2.5 * (1 / observed + 1 / free_moves[months].sum()))
    return observed / expected, spread


def test_moves_are_held_down_for_36_months_and_pile_up_right_afterwards(register):
    told = first_moves(register.tables)
    truth = register.truth["release"]
    held, _ = over_expected(told, 1, 36)
    assert held < 0.5
    piled, spread = over_expected(told, 37, 42)
    assert abs(np.log(piled / truth["ratio"])) < BORN_OUT * spread
    assert piled > 1.5
    after, spread = over_expected(told, 43, 60)
    assert abs(np.log(after)) < BORN_OUT * spread


def test_without_the_rule_later_arrivals_move_as_the_earlier_did():
    free = simulate(1, release=False)
    told = first_moves(free.tables)
    assert free.truth["release"]["ratio"] == 1.0
    for first, last in ((1, 36), (37, 42), (43, 60)):
        ratio, spread = over_expected(told, first, last)
        assert abs(np.log(ratio)) < BORN_OUT * spread
    assert not any("1999" in figure and "cohort" in figure for figure in free.truth["rounded"])
    assert "move_rate_before_after_1999" not in " ".join(free.truth["rounded"])


def test_free_moves_are_many_at_first_and_become_fewer(register):
    risk, moves = first_moves(register.tables)["free"]
    hazard = [moves[at : at + 12].sum() / risk[at : at + 12].sum() for at in (0, 24, 48, 72)]
    assert hazard == sorted(hazard, reverse=True)
    assert hazard[0] > 2 * hazard[-1]


def test_who_a_person_is_goes_with_moving_as_the_truth_says(known):
    before = known.filter(pl.col("year") < 1998, pl.col("kind").is_in(["rural", "small_town"]))

    def odds(rows):
        share = rows["moved"].mean()
        return np.log(share / (1 - share))

    married, unmarried = (before.filter(pl.col("age") >= 18, civil_status=s) for s in ("married", "unmarried"))
    assert odds(married) < odds(unmarried) - 0.2
    assert odds(before.filter(citizenship="BIH")) < odds(before.filter(citizenship="SOM")) - 0.4


def test_the_mix_of_people_differs_between_municipalities(known):
    bosnians = known.group_by("code").agg(n=pl.len(), share=(pl.col("citizenship") == "BIH").mean())
    large = bosnians.filter(pl.col("n") > 100)
    assert large["share"].std() > 0.1


def test_truth_names_every_municipality_and_whether_its_level_is_the_reports(register):
    told = register.truth["municipalities"]
    assert len(told) == 275
    assert sum(one["from"] == "report" for one in told) == 60


def test_indicators_cover_every_municipality_and_year_and_go_with_the_level(register):
    indicators = register.tables["municipality_indicators"]
    assert indicators.height == 275 * 12
    level = pl.DataFrame(register.truth["municipalities"]).select("code", "log_odds_moved")
    mean = indicators.group_by("code").agg(pl.col("rental_share").mean()).join(level, on="code")
    assert mean.select(pl.corr("rental_share", "log_odds_moved")).item() < -0.2
