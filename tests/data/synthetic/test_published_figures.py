"""The register's tabulations are the report's: counted here from the tables alone, beside the printed figures."""

from datetime import date

import polars as pl
import pytest

from fodfaeste.data import report2002
from fodfaeste.values import round_half_up

COVERED = ["rural", "small_town"]
DESTINATION = {
    "rural": "rural",
    "small_town": "small_town",
    "capital_area": "capital_area",
    "big_city": "aarhus_odense_aalborg",
    "larger_town": "larger_provincial_town",
}


def printed(name):
    return report2002.load(name).frame


def of_1998(known):
    return known.filter(pl.col("year") == 1998, pl.col("kind").is_in(COVERED))


def test_everybody_arrives_where_the_first_residence_spell_begins(people):
    assert (people["arrival_date"] == people["start"]).all()


@pytest.mark.parametrize("kind", COVERED)
def test_kinds_have_the_printed_arrivals_and_movers(known, kind):
    here = known.filter(kind=kind)
    row = printed("retention_totals").row(by_predicate=pl.col("kind") == kind, named=True)
    assert (here.height, here["moved"].sum()) == (row["arrived"], row["moved_away"])


@pytest.mark.parametrize("kind", COVERED)
def test_the_movers_live_where_the_matrix_says(known, kind):
    here = known.filter(kind=kind)
    place = (
        pl.when("moved").then(pl.col("kind_2001").replace_strict(DESTINATION)).otherwise(pl.lit("same_municipality"))
    )
    counted = dict(here.group_by(place.alias("place")).len().iter_rows())
    parts = printed("moves_matrix").filter(pl.col("origin_kind") == kind, pl.col("row_role") == "part")
    assert counted == dict(parts.select("destination_kind", "persons").iter_rows())


def test_the_60_named_municipalities_have_their_arrivals_and_movers(known):
    counted = known.group_by(municipality="name").agg(n=pl.len(), x=pl.col("moved").sum())
    joined = printed("retention_1995_98").join(counted, on="municipality", how="left")
    assert joined.height == 60
    assert joined["n"].to_list() == joined["arrived"].to_list()
    assert joined["x"].to_list() == joined["moved_away"].to_list()


@pytest.mark.parametrize("kind", COVERED)
def test_no_other_municipality_belongs_among_the_best_or_the_worst_fifteen(known, kind):
    listed = printed("retention_1995_98").filter(pl.col("kind") == kind)
    rate = listed.with_columns(rate=pl.col("moved_away") / pl.col("arrived"))
    best = rate.filter(pl.col("rank_group") == "top")["rate"].max()
    worst = rate.filter(pl.col("rank_group") == "bottom")["rate"].min()
    others = known.filter(pl.col("kind") == kind, ~pl.col("name").is_in(listed["municipality"].implode()))
    rates = others.group_by("name").agg(rate=pl.col("moved").mean())["rate"]
    assert rates.len() == 78
    assert best < rates.min()
    assert rates.max() < worst


@pytest.mark.parametrize("kind", COVERED)
def test_nationalities_of_1998_have_the_printed_counts(known, kind):
    here = of_1998(known).filter(kind=kind)
    counted = here.group_by("nationality").agg(n=pl.len(), x=pl.col("moved").sum())
    rows = printed("moves_by_nationality").filter(pl.col("kind") == kind, pl.col("row_role") == "part")
    wanted = {name: (n, x) for name, n, x in rows.select("nationality", "arrived", "moved_away").iter_rows()}
    assert {name: (n, x) for name, n, x in counted.iter_rows()} == wanted


def test_sex_civil_status_and_age_have_the_printed_shares_of_1998(known):
    band = pl.when(pl.col("age") < 18).then(pl.lit("0-17")).when(pl.col("age") < 35).then(pl.lit("18-34"))
    group = {
        "sex": pl.col("sex").replace_strict({"female": "women", "male": "men"}),
        "civil_status": pl.col("civil_status"),
        "age": band.otherwise(pl.lit("35+")),
    }
    here = of_1998(known)
    for row in printed("moves_by_group").iter_rows(named=True):
        members = here.filter(group[row["dimension"]] == row["group"], pl.col("kind") == row["kind"])
        assert round_half_up(100 * members["moved"].mean(), 1) == row["moved_pct_published"], row


@pytest.mark.parametrize("kind", COVERED)
def test_the_arrivals_of_1999_have_the_printed_share(people, kind):
    here = people.filter(pl.col("year") == 1999, pl.col("kind") == kind, pl.col("in_2001").is_not_null())
    rows = printed("move_rate_before_after_1999").filter(pl.col("kind") == kind, pl.col("arrival_cohort") == "1999")
    assert round_half_up(100 * here["moved"].mean(), 1) == rows["moved_pct_published"].item()


def test_work_on_1_january_2000_is_the_printed_table_in_all_216_municipalities(register, people, lookups):
    day = date(2000, 1, 1)
    age = lookups["years_old"]("birth_date", pl.lit(day))
    here = people.filter(pl.col("in_2000").is_not_null(), age.is_between(16, 66))
    here = here.join(lookups["work_on"](register.tables["employment_spells"], day), on="person", how="left")
    works = pl.col("kind_right").is_in(["employee", "self_employed", "subsidised"]).fill_null(False)
    seeks = (pl.col("kind_right") == "unemployed").fill_null(False)
    counted = here.group_by(code="in_2000").agg(e=works.sum(), u=seeks.sum(), o=(~works & ~seeks).sum())
    names = register.tables["municipalities"].filter(pl.col("valid_from") < date(2002, 1, 1))
    counted = counted.join(names.select("code", municipality="name"), on="code")
    joined = printed("employment_2000").join(counted, on="municipality", how="left")
    assert joined.height == 216
    for one, other in (("employed", "e"), ("unemployed", "u"), ("outside_labour_force", "o")):
        assert joined[one].to_list() == joined[other].to_list()


def test_by_1999_the_whole_countrys_arrivals_in_work_and_not_had_moved_as_printed(register, people, lookups):
    day = date(1999, 1, 1)
    age = lookups["years_old"]("birth_date", pl.lit(day))
    here = people.filter(pl.col("year").is_between(1995, 1998), pl.col("in_1999").is_not_null(), age.is_between(16, 66))
    work = lookups["work_on"](register.tables["employment_spells"], day)
    in_work = work.filter(pl.col("kind").is_in(["employee", "self_employed", "subsidised"]))["person"]
    had_moved = pl.col("in_1999") != pl.col("code")
    counted = dict(here.group_by(in_work=pl.col("person").is_in(in_work.implode())).agg(had_moved.mean()).iter_rows())
    rates = dict(printed("mover_employment_status").select("employment_status", "moved_pct_published").iter_rows())
    assert round_half_up(100 * counted[True], 0) == rates["in_work"]
    assert round_half_up(100 * counted[False], 0) == rates["not_in_work"]
    assert here["kind"].n_unique() == 5


def test_the_missing_are_16_to_33_per_cent_of_the_arrivals_by_kind(people):
    arrivals = people.filter(pl.col("year").is_between(1995, 1998))
    missing = arrivals.group_by("kind").agg(share=pl.col("in_2001").is_null().mean())["share"]
    low, high = (
        printed("text_figures").filter(pl.col("key") == f"dead_and_emigrated_{end}")["value_pct_published"].item()
        for end in ("low", "high")
    )
    assert (round_half_up(100 * missing.min(), 0), round_half_up(100 * missing.max(), 0)) == (low, high)


def test_another_seed_meets_the_same_counts_with_other_people(known, lookups, register):
    from fodfaeste.data.synthetic import simulate

    other = simulate(2)
    assert not other.tables["persons"].equals(register.tables["persons"])
    people = lookups["with_places"](other.tables)
    again = people.filter(pl.col("year").is_between(1995, 1998), pl.col("in_2001").is_not_null())
    margin = ("kind", "kind_2001", "moved")
    count = [f.group_by(margin).len().filter(pl.col("kind").is_in(COVERED)).sort(margin) for f in (known, again)]
    assert count[0].equals(count[1])
