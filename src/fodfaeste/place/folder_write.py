"""From a problem to a folder: a Frictionless data package that `folder_read` reads back the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from fodfaeste.errors import BadInput
from fodfaeste.errors import Problem as Fault
from fodfaeste.place.folder_arrays import ALLOWED, FOLDER, LEFT, RIGHT
from fodfaeste.place.folder_pairs import SD
from fodfaeste.place.folder_read import ARRIVAL, CAPACITY, TABLES
from fodfaeste.place.folder_tables import DESCRIPTOR, LONG
from fodfaeste.place.problem import NOWHERE, Problem
from fodfaeste.place.scores import LowRank, Scores
from fodfaeste.place.whole_folder import written_whole

FileFormat = Literal["csv", "parquet", "npy"]
TYPES = {
    pl.String: "string",
    pl.Enum: "string",
    pl.Int64: "integer",
    pl.Float32: "number",
    pl.Float64: "number",
    pl.Date: "date",
}


def write_problem(problem: Problem, folder: Path, *, file_format: FileFormat = "csv") -> None:
    """Write a problem as a folder, all of it or nothing; an earlier problem there is replaced.

    Parameters
    ----------
    problem : Problem
        `LowRank` scores stay factors, whatever the format. Vetoes are among what is not allowed.
    folder : Path
    file_format : {"csv", "parquet", "npy"}
        What the tables of pairs (scores, allowed) are written as; `npy` writes arrays of households by places.

    Raises
    ------
    BadInput
        If a name could not be read back: it is empty, has spaces around it, or means something else in its table.
    """
    _check_names(problem)
    with written_whole(folder, earlier_problem) as room:
        resources = [
            _write(room, name, frame, file_format if name in LONG else "csv")
            for name, frame in _tables(problem, file_format)
        ]
        resources += [_array(room, path, array) for path, array in _arrays(problem, file_format)]
        package = {"name": "placement-problem", "profile": "data-package", "resources": resources}
        (room / DESCRIPTOR).write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def earlier_problem(folder: Path) -> Iterator[Path]:
    """Give the files of a problem that lie in a folder."""
    names = [DESCRIPTOR, ALLOWED, FOLDER, *(f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet"))]
    return (path for name in names if (path := folder / name).exists())


def _tables(problem: Problem, file_format: FileFormat) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "households", _households(problem)
    yield "places", _places(problem)
    dense = {name: scores for name, scores in _named_scores(problem) if not isinstance(scores, LowRank)}
    if file_format != "npy":
        if dense:
            yield "scores", _scores(problem, dense)
        if problem.allowed is not None:
            yield "allowed", _pairs(problem, ~problem.allowed).with_columns(allowed=pl.lit(0, pl.Int64))
    if ties := [(str(number), problem.households[one]) for number, tie in enumerate(problem.ties, 1) for one in tie]:
        yield "ties", pl.DataFrame(ties, schema={"tie": pl.String, "household": pl.String}, orient="row")
    locked = np.flatnonzero(problem.locks != NOWHERE)
    if locked.size:
        yield "locks", _named(problem, locked, problem.locks[locked])
    if problem.wishes is not None:
        rank = problem.wishes.rank
        yield "wishes", _pairs(problem, rank > 0).with_columns(rank=pl.Series(rank[rank > 0]))


def _households(problem: Problem) -> pl.DataFrame:
    arrival = {} if problem.arrival is None else {ARRIVAL[0]: problem.arrival.astype("datetime64[D]")}
    return pl.DataFrame(
        {
            "household": pl.Series(problem.households, dtype=pl.String),
            **{name: problem.sizes[:, position] for position, name in enumerate(problem.dimensions)},
            **arrival,
            **{name: pl.Series(values, dtype=pl.String) for name, values in problem.groups.items()},
        }
    )


def _places(problem: Problem) -> pl.DataFrame:
    capacity = {f"{CAPACITY}{name}": problem.capacity[:, position] for position, name in enumerate(problem.dimensions)}
    minimum = {"minimum": problem.minimum} if problem.minimum.any() else {}
    return pl.DataFrame({"place": pl.Series(problem.places, dtype=pl.String), **capacity, **minimum})


def _scores(problem: Problem, dense: Mapping[str, Any]) -> pl.DataFrame:
    """Give a row for each pair that is allowed; the others need no forecast."""
    every = problem.allowed is None or not problem.allowed.any()
    allowed = np.ones(problem.shape, np.bool_) if problem.allowed is None or every else problem.allowed
    values = {name: np.asarray(scores)[allowed] for name, scores in dense.items()}
    if every:
        # A table without rows would say nothing; where no pair is allowed its scores are of no account, so 0 will do.
        values = {name: np.nan_to_num(column, posinf=0.0, neginf=0.0) for name, column in values.items()}
    return _pairs(problem, allowed).with_columns(**{name: pl.Series(column) for name, column in values.items()})


def _pairs(problem: Problem, which: Any) -> pl.DataFrame:
    household, place = np.nonzero(which)
    return _named(problem, household, place)


def _named(problem: Problem, household: Any, place: Any) -> pl.DataFrame:
    return pl.DataFrame(
        {
            # As codes: a name is kept once, however many pairs it stands in.
            "household": pl.Series(problem.households, dtype=pl.Enum(problem.households)).gather(household),
            "place": pl.Series(problem.places, dtype=pl.Enum(problem.places)).gather(place),
        }
    )


def _arrays(problem: Problem, file_format: FileFormat) -> Iterator[tuple[str, Any]]:
    for name, scores in _named_scores(problem):
        if isinstance(scores, LowRank):
            yield f"{FOLDER}/{name}{LEFT}.npy", scores.left
            yield f"{FOLDER}/{name}{RIGHT}.npy", scores.right
        elif file_format == "npy":
            yield f"{FOLDER}/{name}.npy", scores
    if file_format == "npy" and problem.allowed is not None:
        yield ALLOWED, problem.allowed


def _named_scores(problem: Problem) -> Iterator[tuple[str, Scores]]:
    yield from problem.outcomes.items()
    yield from ((f"{name}{SD}", scores) for name, scores in problem.sds.items())


def _write(room: Path, name: str, frame: pl.DataFrame, file_format: str) -> dict[str, Any]:
    path = room / f"{name}.{file_format}"
    if file_format == "csv":
        # With all digits of the float32: a shorter text would be read back as another number.
        frame.with_columns(pl.col(pl.Float32).cast(pl.Float64)).write_csv(path)
    else:
        frame.write_parquet(path)
    fields = [{"name": column, "type": TYPES.get(type(kind), "number")} for column, kind in frame.schema.items()]
    profile = {"profile": "tabular-data-resource"} if file_format == "csv" else {}
    return {"name": name, "path": path.name, "format": file_format, **profile, "schema": {"fields": fields}}


def _array(room: Path, name: str, array: Any) -> dict[str, Any]:
    path = room / name
    path.parent.mkdir(exist_ok=True)
    np.save(path, array, allow_pickle=False)
    return {"name": name.removesuffix(".npy").replace("/", "-").casefold(), "path": name, "format": "npy"}


def _check_names(problem: Problem) -> None:
    """Refuse names that would be read back as something else, or not at all."""
    households = ["household", *problem.dimensions, *ARRIVAL]
    outcomes = [name for name, _ in _named_scores(problem)]
    doubled = [name for name in problem.outcomes if name.endswith(SD) and name.removesuffix(SD) in problem.outcomes]
    doubled += [name for name in outcomes if outcomes.count(name) > 1]
    wrong = [
        *_unreadable("household", problem.households),
        *_unreadable("place", problem.places),
        *_unreadable("dimension", problem.dimensions, ["household", *ARRIVAL]),
        *_unreadable("group column", list(problem.groups), households),
        *_unreadable("outcome", outcomes, ["household", "place", *doubled], "/\\"),
    ]
    if wrong:
        raise BadInput(*wrong)


def _unreadable(what: str, names: Sequence[str], taken: Sequence[str] = (), letters: str = "") -> list[Fault]:
    todo = "Rename it; then it can be written and read back."
    bad = [name for name in names if not name or name != name.strip() or name in taken or set(letters) & set(name)]
    return [Fault(f"the {what} {name!r}", "a name of its own, without spaces around it", todo) for name in bad[:20]]
