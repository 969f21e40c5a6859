"""Write a register to a folder: one replica after the other, so that memory does not grow with its size."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self, get_args

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from fodfaeste.data.synthetic.simulate import SyntheticRegister, simulate
from fodfaeste.errors import BadInput, Problem, Refused, UnknownName

FileFormat = Literal["parquet", "csv"]

Progress = Callable[[int, int], None]
"""Hears how many replicas are written, and of how many."""

PERSONAL = ("persons", "residence_spells", "employment_spells")
TRUTH, SETTINGS = "truth.json", "register.json"


def build(
    seed: int,
    scale: float = 1.0,
    out: str | Path = "register",
    *,
    file_format: FileFormat = "parquet",
    progress: Progress | None = None,
    release: bool = True,
) -> Path:
    """Write a synthetic register whose tabulations are the report's.

    Parameters
    ----------
    seed : int
        The same seed gives the same bytes.
    scale : float, default 1.0
        1 is about 100,000 persons. A whole number k writes k replicas into one register: other people in the same
        municipalities, each time meeting the report's counts, so that all counts are k times the report's. Below 1 it
        is the share of households that is kept by lot; then nothing is exact any more, and truth.json says so.
    out : str or Path
        The folder. It is replaced if it holds a synthetic register, and has to be empty or missing otherwise.
    file_format : {"parquet", "csv"}
    progress : callable, optional
        Called with the number of replicas written, and with how many there are.
    release : bool, default True
        See `simulate`.

    Returns
    -------
    Path
        The folder, with persons, residence_spells, employment_spells, municipalities and municipality_indicators,
        register.json and truth.json. It appears when it is complete; what an interrupted run leaves has another name.

    Raises
    ------
    BadInput
        If `scale` is not above 0, or above 1 and not whole, or `out` is in use.
    UnknownName
        If the file format is none of those.
    """
    _checked(scale, file_format)
    folder = _free(Path(out))
    half = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    number = max(1, round(scale))
    with ExitStack() as stack:
        writers = {name: stack.enter_context(_Writer(half / f"{name}.{file_format}")) for name in PERSONAL}
        before = (0, 0)
        for replica in range(number):
            drawn = simulate(seed, release=release, replica=replica)
            tables = _renumbered(drawn.tables, before)
            before = _last_numbers(tables)
            for name, table in (tables if scale >= 1 else _sampled(tables, scale, seed)).items():
                writers[name].add(table)
            if progress:
                progress(replica + 1, number)
    _write_rest(half, drawn, file_format, {"seed": seed, "scale": scale, "replicas": number})
    shutil.rmtree(folder, ignore_errors=True)
    half.rename(folder)
    return folder


@dataclass
class _Writer:
    """A table that grows by a row group, or by lines, with each replica."""

    path: Path

    def __post_init__(self) -> None:
        self._parquet: pq.ParquetWriter | None = None
        self._lines = self.path.open("wb") if self.path.suffix == ".csv" else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._parquet:
            self._parquet.close()
        if self._lines:
            self._lines.close()

    def add(self, table: pl.DataFrame) -> None:
        if self._lines:
            table.write_csv(self._lines, include_header=self._lines.tell() == 0)
            return
        arrow = _arrow(table)
        self._parquet = self._parquet or pq.ParquetWriter(self.path, arrow.schema, compression="zstd")
        self._parquet.write_table(arrow, row_group_size=max(table.height, 1))


def _arrow(table: pl.DataFrame) -> pa.Table:
    """Hand text over as plain strings, which every engine reads."""
    arrow = table.to_arrow(compat_level=pl.CompatLevel.oldest())
    plain = pa.schema([(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in arrow.schema])
    return arrow.cast(plain)


def _checked(scale: float, file_format: str) -> None:
    if file_format not in get_args(FileFormat):
        raise UnknownName("the file format", file_format, get_args(FileFormat))
    if not scale > 0 or (scale > 1 and not float(scale).is_integer()):
        todo = "Below 1 it is a share of the households, above 1 a number of registers in one."
        raise BadInput(Problem(f"scale {scale:g}", "a number from 0 to 1, or a whole number above", todo))


def _free(folder: Path) -> Path:
    ours = (folder / TRUTH).is_file() and (folder / SETTINGS).is_file()
    if folder.exists() and not ours and any(folder.iterdir()):
        raise Refused(f"{folder} holds files that are no synthetic register. Choose another folder, or empty it.")
    return folder


def _renumbered(tables: Mapping[str, pl.DataFrame], before: tuple[int, int]) -> dict[str, pl.DataFrame]:
    persons, households = before
    renumbered = {name: tables[name].with_columns(pl.col("person") + persons) for name in PERSONAL}
    renumbered["persons"] = renumbered["persons"].with_columns(pl.col("household") + households)
    return renumbered


def _last_numbers(tables: Mapping[str, pl.DataFrame]) -> tuple[int, int]:
    person, household = tables["persons"].select(pl.col("person").max(), pl.col("household").max()).row(0)
    return int(person), int(household)


def _sampled(tables: Mapping[str, pl.DataFrame], share: float, seed: int) -> dict[str, pl.DataFrame]:
    persons = tables["persons"]
    households = persons["household"].unique(maintain_order=True)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(2,))))
    kept = households.filter(pl.Series(rng.random(households.len()) < share))
    some = persons.filter(pl.col("household").is_in(kept.implode()))
    return {"persons": some} | {
        name: tables[name].join(some.select("person"), on="person", how="semi", maintain_order="left")
        for name in PERSONAL[1:]
    }


def _write_rest(folder: Path, drawn: SyntheticRegister, file_format: str, told: dict[str, Any]) -> None:
    for name in ("municipalities", "municipality_indicators"):
        with _Writer(folder / f"{name}.{file_format}") as writer:
            writer.add(drawn.tables[name])
    truth = told | drawn.truth
    if told["scale"] < 1:
        truth |= {"exact": [], "rounded": []}
    for name, content in ((SETTINGS, drawn.register), (TRUTH, truth)):
        text = json.dumps(content, ensure_ascii=False, indent=1)
        (folder / name).write_text(text + "\n", encoding="utf-8")
