from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from worlds import world

from fodfaeste.errors import BadInput, NotEnoughPeople, UnknownName
from fodfaeste.place.outcomes import Frames, outcome, rule_set, training_rows

DENMARK = rule_set("denmark")


@pytest.mark.parametrize("name", ["work", "work_0", "staying_x", "language_12"])
def test_an_outcome_has_a_name_and_a_number_of_months(name: str) -> None:
    with pytest.raises(UnknownName):
        outcome(name)


def told_of(frames: Frames, name: str, person: int) -> tuple[float, bool]:
    rows = training_rows(frames, [outcome(name)], DENMARK)
    at = rows.frame["person"].to_list().index(person)
    return rows.seen[name].y[at], bool(rows.seen[name].weight[at] > 0)


def with_person(
    born: date, spells: list[tuple[date, date | None, str]], work: list[tuple[date, date | None, str]]
) -> Frames:
    """A small world, and one more person, number 9001."""
    frames = world(3, households=300, places=4).frames
    person = frames.persons.head(1).with_columns(
        person=pl.lit(9001, pl.Int64),
        household=pl.lit(9001, pl.Int64),
        birth_date=pl.lit(born),
        arrival_date=spells[0][0],
    )
    residence = pl.DataFrame(
        [(9001, str(100 + at), start, end, why, None) for at, (start, end, why) in enumerate(spells)],
        schema=frames.residence_spells.schema,
        orient="row",
    )
    jobs = pl.DataFrame([(9001, *one) for one in work], schema=frames.employment_spells.schema, orient="row")
    return replace(
        frames,
        persons=pl.concat([frames.persons, person], how="vertical_relaxed"),
        residence_spells=pl.concat([frames.residence_spells, residence]),
        employment_spells=pl.concat([frames.employment_spells, jobs]),
    )


BORN, CAME = date(1970, 5, 5), date(2001, 3, 10)
STAYS = [(CAME, None, "open")]


@pytest.mark.parametrize(
    ("work", "name", "expected"),
    [
        ([(date(2003, 3, 10), None, "employee")], "work_24", 1),
        ([(date(2003, 3, 11), None, "employee")], "work_24", 0),
        ([(date(2002, 1, 1), date(2003, 3, 10), "employee")], "work_24", 0),
        ([(date(2002, 1, 1), date(2003, 3, 11), "employee")], "work_24", 1),
        ([(date(2002, 1, 1), None, "unemployed")], "work_24", 0),
        ([(date(2002, 1, 1), None, "subsidised")], "work_24", 1),
        ([(date(2002, 1, 1), None, "subsidised")], "self_support_24", 0),
        ([(date(2002, 1, 1), None, "education")], "work_24", 0),
        ([(date(2002, 1, 1), None, "education")], "work_or_education_24", 1),
    ],
)
def test_who_is_in_work_on_the_day_itself(work: list[tuple[date, date | None, str]], name: str, expected: int) -> None:
    assert told_of(with_person(BORN, STAYS, work), name, 9001) == (expected, True)


@pytest.mark.parametrize(
    ("end", "why", "expected"),
    [
        (date(2002, 3, 10), "moved", (0, True)),
        (date(2002, 3, 11), "moved", (1, True)),
        (date(2002, 3, 10), "emigrated", (1, False)),
        (date(2002, 3, 10), "died", (1, False)),
        (date(2002, 3, 10), "unknown", (1, False)),
        (date(2002, 3, 11), "emigrated", (1, True)),
    ],
)
def test_staying_ends_with_the_first_move_and_is_unknown_of_the_dead_and_the_gone(
    end: date, why: str, expected: tuple[int, bool]
) -> None:
    assert told_of(with_person(BORN, [(CAME, end, why)], []), "staying_12", 9001) == expected


def test_where_the_residence_rule_binds_months_count_from_the_end_of_it() -> None:
    """Arrived in March 2001 and bound for 36 months: staying_12 asks in March 2005."""
    moved_in_2004 = with_person(BORN, [(CAME, date(2004, 9, 1), "moved")], [])
    bound = replace(moved_in_2004, rule_from=date(2001, 3, 10))
    free = replace(moved_in_2004, rule_from=date(2001, 3, 11))
    assert told_of(bound, "staying_12", 9001) == (0, True)
    assert told_of(free, "staying_12", 9001) == (1, True)


def test_work_is_asked_of_adults_who_were_18_to_64_on_arrival() -> None:
    assert told_of(with_person(date(1983, 3, 10), STAYS, []), "work_24", 9001) == (0, True)
    assert told_of(with_person(date(1936, 3, 10), STAYS, []), "work_24", 9001) == (0, False)
    with pytest.raises(ValueError, match="9001"):
        told_of(with_person(date(1983, 3, 11), STAYS, []), "work_24", 9001)


def test_only_those_who_were_there_on_the_day_are_counted_in_the_household() -> None:
    frames = world(3, households=300, places=4).frames
    rows = training_rows(frames, [outcome("work_24")], DENMARK)
    first = rows.frame.filter(pl.col("adults") == 2)["person"][0]
    late = frames.residence_spells.with_columns(
        start=pl.when(pl.col("person") == first + 1)
        .then(pl.col("start").dt.offset_by("1mo"))
        .otherwise(pl.col("start"))
    )
    again = training_rows(replace(frames, residence_spells=late), [outcome("work_24")], DENMARK)
    assert again.frame.filter(pl.col("person") == first)["adults"].item() == 1
    assert again.frame.filter(pl.col("person") == first + 1)["adults"].item() == 2


def test_arrivals_before_the_register_watched_are_left_out_and_counted() -> None:
    frames = replace(world(3, households=400, places=4).frames, watched_from=date(2001, 1, 1))
    rows = training_rows(frames, [outcome("work_24")], DENMARK)
    assert rows.frame["start"].min() >= date(2001, 1, 1)  # type: ignore[operator]
    assert rows.left_out["arrived_before_watching"] + rows.frame.height == frames.persons.height
    assert replace(frames, watched_from=None).seen_from() == frames.residence_spells["end"].min()


def test_a_forbidden_feature_is_refused_and_an_unknown_one_answered() -> None:
    frames = world(3, households=300, places=4).frames
    with pytest.raises(BadInput, match="column sex: found a column that carries sex"):
        training_rows(frames, [outcome("work_24")], DENMARK, ["schooling", "sex"])
    with pytest.raises(UnknownName, match="schooling"):
        training_rows(frames, [outcome("work_24")], DENMARK, ["scooling"])


def test_sex_age_and_citizenship_are_beside_the_features_never_among_them() -> None:
    rows = training_rows(world(3, households=300, places=4).frames, [outcome("work_24")], DENMARK)
    assert rows.audit.columns == ["sex", "age", "citizenship"]
    features = (*rows.person_features, *rows.place_features, *rows.pair_features)
    assert [name for name in features if DENMARK.carries(name)] == []
    assert rows.pair_features == ("compatriots", "recent_compatriots")
    american = training_rows(world(3, households=300, places=4).frames, [outcome("work_24")], rule_set("united_states"))
    assert american.pair_features == ()


def test_too_few_people_or_too_long_a_window_is_refused_with_a_way_out() -> None:
    frames = world(3, households=100, places=4).frames
    with pytest.raises(NotEnoughPeople, match="default model"):
        training_rows(frames, [outcome("work_24")], DENMARK)
    frames = world(3, households=300, places=4).frames
    with pytest.raises(NotEnoughPeople, match="fewer months"):
        training_rows(frames, [outcome("work_120")], DENMARK)


def test_a_table_without_a_needed_column_is_named() -> None:
    frames = world(3, households=300, places=4).frames
    with pytest.raises(BadInput, match="employment_spells, column kind"):
        replace(frames, employment_spells=frames.employment_spells.drop("kind"))
    with pytest.raises(BadInput, match="residence_spells"):
        replace(frames, residence_spells=frames.residence_spells.clear())


def test_figures_of_a_place_are_those_of_the_year_before() -> None:
    frames = world(3, households=300, places=4).frames
    figures = pl.DataFrame(
        {"code": ["100", "100", "101"], "year": [2000, 2001, 2001], "rate": [0.1, 0.2, 0.3]},
    )
    rows = training_rows(replace(frames, municipality_indicators=figures), [outcome("work_24")], DENMARK)
    seen = rows.frame.group_by("place", "year").agg(pl.col("place_rate").first()).sort("place", "year")
    told = {(place, year): rate for place, year, rate in seen.iter_rows()}
    assert [told["100", year] for year in (2000, 2001, 2002)] == [0.1, 0.1, 0.2]
    assert told["101", 2001] == 0.3
    assert told["102", 2001] is None


def test_persons_without_household_are_each_their_own() -> None:
    frames = world(3, households=300, places=4).frames
    rows = training_rows(replace(frames, persons=frames.persons.drop("household")), [outcome("work_24")], DENMARK)
    assert rows.frame["household"].n_unique() == rows.frame.height
    assert set(rows.frame["adults"]) == {1}
