"""Training rows: one an adult, with what was known on the day of arrival, and what became of the adult."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, UnknownName
from fodfaeste.place.outcomes.attributes import RuleSet, refuse_forbidden
from fodfaeste.place.outcomes.censoring import censoring_weights
from fodfaeste.place.outcomes.frames import ADULT, OLDEST_AT_WORK, WORKING, Frames, Outcome, years_old
from fodfaeste.place.outcomes.places import COMPATRIOTS, RECENT, network_table, place_table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PERSON_FEATURES = ("schooling", "civil_status")
"""Columns of persons that are features unless others are asked for; those that a register lacks are left out.

`permit` is none of them: in registers like ours it gives nationality away, and the proxy audit refuses it."""

HOUSEHOLD_FEATURES = ("adults", "children")
BOUND = "bound"
"""1 for whom the residence rule binds."""

GONE = ("emigrated", "died", "unknown")
DAYS_A_MONTH = 365.25 / 12
FEWEST_ROWS = 200


@dataclass(frozen=True, eq=False)
class Seen:
    """One outcome of the rows: `y` is 1 or 0, `weight` 0 where it is not known or does not apply.

    `closes` is the day on which it is looked up.
    """

    y: Floats
    weight: Floats
    closes: NDArray[np.datetime64]
    left_out: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Rows:
    """Adults with what was known on the day of arrival.

    Attributes
    ----------
    frame : polars.DataFrame
        A row an adult: person, household (int), place, start, year, and the features.
    person_features, place_features, pair_features : tuple of str
        Columns of `frame`.
    seen : mapping of outcome to Seen
    audit : polars.DataFrame
        sex, age and citizenship as far as the register has them: what groups are compared by, and no feature.
    places : polars.DataFrame
        The features of each place on the last first of January of the register.
    left_out : mapping of reason to persons
    """

    frame: pl.DataFrame
    person_features: tuple[str, ...]
    place_features: tuple[str, ...]
    pair_features: tuple[str, ...]
    seen: Mapping[str, Seen]
    audit: pl.DataFrame
    places: pl.DataFrame
    left_out: Mapping[str, int]

    @property
    def household(self) -> Ints:
        """Number of each adult's household, from 0."""
        return self.frame["household"].to_numpy().astype(np.int64)


def training_rows(
    frames: Frames, outcomes: Sequence[Outcome], rules: RuleSet, features: Sequence[str] | None = None
) -> Rows:
    """Make the rows.

    Parameters
    ----------
    frames : Frames
    outcomes : sequence of Outcome
    rules : RuleSet
        Says what may not be a feature, and whether compatriots may be counted.
    features : sequence of str, optional
        Columns of persons; by default schooling and civil status.

    Raises
    ------
    BadInput
        If a feature carries an attribute that the rule set forbids.
    UnknownName
        If there is no such column.
    NotEnoughPeople
        If fewer than 200 adults have a known outcome.
    """
    names = _person_features(frames, rules, features)
    _check_composition(rules)
    stays, left_out = _first_stays(frames)
    people = _with_household(stays, frames)
    years = sorted(people["year"].unique().to_list())
    last = frames.observed_until.year
    table = place_table(frames, [*years, *([last] if last not in years else [])])
    people = people.join(table, on=("place", "year"), how="left")
    pairs: tuple[str, ...] = ()
    if "citizenship" in frames.persons.columns and rules.permits("citizenship", "network"):
        people, pairs = _with_network(people, frames, years), (COMPATRIOTS, RECENT)
    people = people.sort("household", "person")
    bound = (BOUND,) if 0 < int(people[BOUND].sum()) < people.height else ()
    kept = [*names, *HOUSEHOLD_FEATURES, *bound]
    place_features = tuple(name for name in table.columns if name not in ("place", "year"))
    audit = people.select(*(name for name in ("sex", "age", "citizenship") if name in people.columns))
    return Rows(
        frame=people.select("person", "household", "place", "start", "year", *kept, *place_features, *pairs),
        person_features=tuple(kept),
        place_features=place_features,
        pair_features=pairs,
        seen={one.name: _seen(people, frames, one) for one in outcomes},
        audit=audit,
        places=table.filter(pl.col("year") == last).drop("year"),
        left_out=left_out,
    )


def _person_features(frames: Frames, rules: RuleSet, features: Sequence[str] | None) -> list[str]:
    if features is None:
        return [name for name in PERSON_FEATURES if name in frames.persons.columns]
    refuse_forbidden(features, rules, file="persons")
    for name in features:
        if name not in frames.persons.columns:
            raise UnknownName("the feature", name, frames.persons.columns, file="persons")
    return list(features)


def _check_composition(rules: RuleSet) -> None:
    if not rules.permits("age", "household composition"):
        found = f"the rule set {rules.name!r}, which lets nobody tell adults from children"
        todo = 'Allow age for "household composition" only.'
        raise BadInput(Problem(found, "a rule set that does", todo))


def _first_stays(frames: Frames) -> tuple[pl.DataFrame, dict[str, int]]:
    """Take each adult's first municipality, and say who is left out and why."""
    spells = frames.residence_spells.sort("person", "start")
    first = spells.group_by("person", maintain_order=True).first()
    last = spells.group_by("person", maintain_order=True).last()
    gone = last.select("person", gone=pl.when(pl.col("end_reason").is_in(GONE)).then(pl.col("end")))
    joined = first.select("person", "start", "end", "end_reason", place="municipality").join(gone, on="person")
    everybody = joined.join(frames.persons, on="person").with_columns(age=years_old("birth_date", "start"))
    seen = everybody.filter(pl.col("start") >= frames.seen_from())
    adults = seen.filter(pl.col("age") >= ADULT)
    if adults.height < FEWEST_ROWS:
        found = f"{adults.height} adults who arrived since {frames.seen_from()}"
        todo = "A model of so few would be chance; use the default model for Denmark."
        raise NotEnoughPeople(Problem(found, f"at least {FEWEST_ROWS}", todo, "residence_spells"))
    left_out = {"arrived_before_watching": everybody.height - seen.height, "children": seen.height - adults.height}
    bound = pl.lit(False) if frames.rule_from is None else pl.col("start") >= frames.rule_from
    return adults.with_columns(
        bound.cast(pl.Int8).alias(BOUND), year=pl.col("start").dt.year().cast(pl.Int64)
    ), left_out


def _with_household(stays: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Number households, and count those who were there on the day: nobody who joined later is known yet."""
    if "household" not in stays.columns:
        stays = stays.with_columns(household=pl.lit(None, pl.String))
    stays = stays.with_columns(
        home=pl.coalesce(pl.col("household").cast(pl.String), "p" + pl.col("person").cast(pl.String))
    )
    numbered = stays.with_columns(household=pl.col("home").rank("dense").cast(pl.Int64) - 1)
    if "household" not in frames.persons.columns:
        return numbered.with_columns(adults=pl.lit(1, pl.Int64), children=pl.lit(0, pl.Int64))
    came = frames.residence_spells.group_by("person").agg(came=pl.col("start").min())
    members = (
        frames.persons.filter(pl.col("household").is_not_null())
        .select(pl.col("household").cast(pl.String).alias("home"), "person", "birth_date")
        .join(came, on="person")
        .drop("person")
    )
    there = (
        numbered.select("person", "home", "start")
        .join(members, on="home")
        .filter(pl.col("came") <= pl.col("start"))
        .with_columns(child=years_old("birth_date", "start") < ADULT)
        .group_by("person")
        .agg(adults=(~pl.col("child")).sum().cast(pl.Int64), children=pl.col("child").sum().cast(pl.Int64))
    )
    return numbered.join(there, on="person", how="left").with_columns(
        pl.col("adults").fill_null(1), pl.col("children").fill_null(0)
    )


def _with_network(people: pl.DataFrame, frames: Frames, years: Sequence[int]) -> pl.DataFrame:
    counts = network_table(frames, years).with_columns(pl.col("year").cast(pl.Int64))
    joined = people.join(counts, on=("place", "year", "citizenship"), how="left")
    return joined.with_columns(
        pl.col("stock").fill_null(0).cast(pl.Float64).log1p().alias(COMPATRIOTS),
        pl.col("recent").fill_null(0).cast(pl.Float64).log1p().alias(RECENT),
    ).drop("stock", "recent")


def _seen(people: pl.DataFrame, frames: Frames, asked: Outcome) -> Seen:
    months = pl.lit(asked.months, pl.Int64)
    if asked.what == "staying":
        months = months + pl.col(BOUND).cast(pl.Int64) * frames.rule_months
    by = pl.concat_str(months.cast(pl.String), pl.lit("mo"))
    closes = people.select(pl.col("start").dt.offset_by(by).alias("closes"), months.alias("months"))
    with_day = people.with_columns(closes)
    horizon = closes["months"].to_numpy().astype(np.int64)
    if asked.what == "staying":
        ended = pl.col("end").is_not_null() & (pl.col("end") <= pl.col("closes"))
        moved = with_day.select(ended & (pl.col("end_reason") == "moved")).to_series().fill_null(False).to_numpy()
        lost = with_day.select(ended & (pl.col("end_reason") != "moved")).to_series().fill_null(False).to_numpy()
        y, until, applies = (~moved).astype(np.float64), with_day["end"], np.ones(people.height, np.bool_)
    else:
        moved = np.zeros(people.height, np.bool_)
        lost = with_day.select(pl.col("gone") <= pl.col("closes")).to_series().fill_null(False).to_numpy()
        y, until = _working_on(with_day, frames, asked), with_day["gone"]
        applies = people["age"].to_numpy() <= OLDEST_AT_WORK
    open_ = (with_day["closes"] > frames.observed_until).to_numpy()
    used = applies & ~open_
    if int((used & ~lost).sum()) < FEWEST_ROWS:
        found = f"{int((used & ~lost).sum())} adults of whom {asked.name} is known"
        todo = "Ask for fewer months, or use the default model for Denmark."
        raise NotEnoughPeople(Problem(found, f"at least {FEWEST_ROWS}", todo, "residence_spells"))
    weight = np.zeros(people.height)
    lasted = (until - with_day["start"]).dt.total_days().cast(pl.Float64).fill_null(np.inf).to_numpy()
    known_in = np.clip(np.ceil(lasted / DAYS_A_MONTH), 1, horizon).astype(np.int64)
    known_in = np.where(moved | lost, known_in, horizon + 1)
    strata = _strata(people)
    weight[used] = censoring_weights(known_in[used], lost[used], strata[used])
    left_out = {
        "too_old_to_work": int((~applies).sum()),
        "window_still_open": int((applies & open_).sum()),
        "died_emigrated_or_lost": int((used & lost).sum()),
    }
    return Seen(y, weight, with_day["closes"].to_numpy(), left_out)


def _working_on(people: pl.DataFrame, frames: Frames, asked: Outcome) -> Floats:
    spells = frames.employment_spells.filter(pl.col("kind").is_in(WORKING[asked.what]))
    on = people.select("person", "closes").join(spells.rename({"start": "began", "end": "ended"}), on="person")
    there = (pl.col("began") <= pl.col("closes")) & (pl.col("ended").is_null() | (pl.col("ended") > pl.col("closes")))
    working = on.filter(there)["person"].unique()
    return people["person"].is_in(working.implode()).to_numpy().astype(np.float64)


def _strata(people: pl.DataFrame) -> Ints:
    """Who is comparable in how fast watching ends: by permit, by whether there are children, by whether bound."""
    permit = pl.col("permit").fill_null("unknown") if "permit" in people.columns else pl.lit("all")
    with_children = (pl.col("children") > 0).cast(pl.String)
    key = people.select(pl.concat_str(permit, with_children, pl.col(BOUND).cast(pl.String))).to_series()
    return key.rank("dense").to_numpy().astype(np.int64) - 1
