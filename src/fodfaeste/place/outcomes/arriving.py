"""A register's arrivals as scoring wants them: to try a model out on a year that is known."""

from __future__ import annotations

from datetime import date

import polars as pl

from fodfaeste.errors import NotEnoughPeople, Problem
from fodfaeste.place.outcomes.arrivals import CAPACITY
from fodfaeste.place.outcomes.attributes import AUDIT_PREFIX
from fodfaeste.place.outcomes.frames import ADULT, OLDEST_AT_WORK, Frames, age_groups, years_old
from fodfaeste.place.outcomes.model import Model
from fodfaeste.place.outcomes.places import network_table
from fodfaeste.place.outcomes.rows import BOUND, HOUSEHOLD_FEATURES


def arriving(frames: Frames, model: Model, first: date, last: date) -> pl.DataFrame:
    """Take who arrived from `first` to `last`, with nothing that was not known on the day.

    Returns
    -------
    polars.DataFrame
        A row a person: household, person, adult, to_work, the model's person features, network, arrival,
        `observed` (the place that it was), and group_sex, group_age and group_citizenship for audit.
    """
    stays = frames.residence_spells.sort("person", "start").group_by("person", maintain_order=True).first()
    came = stays.select("person", arrival="start", observed="municipality").filter(
        pl.col("arrival").is_between(first, last)
    )
    people = came.join(frames.persons, on="person").with_columns(age=years_old("birth_date", "arrival"))
    if people.is_empty():
        todo = "Choose days that the register has."
        raise NotEnoughPeople(Problem("nobody who arrived", f"arrivals from {first} to {last}", todo, "persons"))
    if "household" not in people.columns:
        people = people.with_columns(household=pl.col("person"))
    own = [name for name in model.person_features if name not in (*HOUSEHOLD_FEATURES, BOUND)]
    home = pl.coalesce(pl.col("household").cast(pl.String), "p" + pl.col("person").cast(pl.String))
    groups = [pl.col(name).alias(AUDIT_PREFIX + name) for name in ("sex", "citizenship") if name in people.columns]
    network = [pl.col("citizenship").alias("network")] if model.pair_features else []
    # Members of one household may come on several days; who comes later is another arrival.
    return people.select(
        (home + "@" + pl.col("arrival").cast(pl.String)).alias("household"),
        "person",
        (pl.col("age") >= ADULT).cast(pl.Int8).alias("adult"),
        pl.col("age").is_between(ADULT, OLDEST_AT_WORK).cast(pl.Int8).alias("to_work"),
        *own,
        *network,
        "arrival",
        "observed",
        *groups,
        age_groups(people["age"]).alias(f"{AUDIT_PREFIX}age"),
    ).sort("arrival", "household", "person")


def places_for(frames: Frames, people: pl.DataFrame, *, slack: float = 1.0) -> pl.DataFrame:
    """Give each place the room that it gave the arriving people, times `slack`, and its compatriots on the day before.

    Returns
    -------
    polars.DataFrame
        place, capacity_persons, and stock_ and recent_ of every network that comes.
    """
    persons = people.group_by(place="observed").agg(pl.len().alias("persons"))
    places = persons.select(
        "place", (pl.col("persons") * slack).ceil().cast(pl.Int64).alias(f"{CAPACITY}persons")
    ).sort("place")
    if "network" not in people.columns:
        return places
    year = people["arrival"].min().year  # type: ignore[union-attr]
    counts = network_table(frames, [year]).filter(pl.col("citizenship").is_in(people["network"].unique().implode()))
    for name in ("stock", "recent"):
        wide = counts.pivot("citizenship", index="place", values=name)
        renamed = wide.rename({one: f"{name}_{one}" for one in wide.columns if one != "place"})
        places = places.join(renamed, on="place", how="left")
    return places.with_columns(pl.exclude("place").fill_null(0)).sort("place")
