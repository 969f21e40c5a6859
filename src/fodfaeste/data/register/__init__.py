"""A register of persons and spells: opened where it lies, checked, and mended only on request.

>>> with open_register("extract/") as register:            # doctest: +SKIP
...     register.engine.fetch(register.tables["persons"].count().as_table())
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import polars as pl

from fodfaeste.data.engine import ROW, Engine, open_engine
from fodfaeste.data.register.findings import Findings, Progress, look_through
from fodfaeste.data.register.mending import Mended, mend
from fodfaeste.data.register.reading import UNREAD, Loaded, Source, load
from fodfaeste.data.register.schema import TABLES, Settings, TableSchema
from fodfaeste.data.register.vintages import Vintage, at_vintage

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = [
    "TABLES",
    "Findings",
    "Mended",
    "Register",
    "Settings",
    "Source",
    "TableSchema",
    "Vintage",
    "at_vintage",
    "check",
    "mend",
    "open_register",
]


@dataclass(frozen=True, eq=False)
class Register:
    """A register that has been looked through and can be used.

    Attributes
    ----------
    tables : mapping of name to Ibis table
        `persons`, `residence_spells`, `employment_spells`, `municipalities` and, where there is one,
        `municipality_indicators`, with the columns and types of their schemas. Nothing is in memory.
    settings : Settings
        What `register.json` says.
    findings : DataFrame
        What was told and did not refuse the register; see `Findings`.
    rows : DataFrame
        table, rows_in, rows_used, rows_listed.
    engine : Engine
        Where the tables are. Close the register (or use it in `with`) to close an engine that it opened itself.
    """

    tables: Mapping[str, ir.Table]
    settings: Settings
    findings: pl.DataFrame
    rows: pl.DataFrame
    engine: Engine
    owns_engine: bool = False

    def close(self) -> None:
        """Close the engine, if the register opened it."""
        if self.owns_engine:
            self.engine.close()

    def __enter__(self) -> Register:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


def open_register(
    source: Source,
    *,
    engine: str | Engine = "duckdb",
    work: Path | None = None,
    settings: Path | Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Register:
    """Open a register that fulfils every rule.

    Parameters
    ----------
    source : path or str
        A folder with the tables as CSV or Parquet and `register.json`, or a connection string such as
        `duckdb://file.db`, `sqlite:///file.db` or `postgres://user@host/name`.
    engine : str or Engine
        `duckdb`, `local` or `spark://host:port`; or one that is already open, which stays open.
    work : Path, optional
        Work folder of an engine opened here; a temporary one if it is left out.
    settings : Path or mapping, optional
        What `register.json` would say, for a database that has none beside it.
    progress : callable, optional
        Hears what is being done, and the share of 1 that is done.

    Raises
    ------
    BadInput
        If any rule that refuses finds something: the first 20 problems, and how many there are of each rule.
    """
    own = isinstance(engine, str)
    opened = open_engine(engine, work) if isinstance(engine, str) else engine
    try:
        loaded, told = load(source, opened, settings)
        findings = look_through(loaded, told, progress)
        findings.raise_refused()
    except BaseException:
        if own:
            opened.close()
        raise
    return Register(_clean(loaded), loaded.settings, findings.table, findings.rows, opened, own)


def check(
    source: Source,
    *,
    engine: str | Engine = "duckdb",
    work: Path | None = None,
    settings: Path | Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Look a register through and give all findings; takes what `open_register` takes and refuses nothing.

    Raises
    ------
    BadInput
        If there is no such folder or database, or `register.json` cannot be used.
    """
    with open_engine(engine, work) if isinstance(engine, str) else nullcontext(engine) as opened:
        loaded, told = load(source, opened, settings)
        return look_through(loaded, told, progress)


def _clean(loaded: Loaded) -> Mapping[str, ir.Table]:
    return {name: table.drop(ROW, UNREAD) for name, table in loaded.typed.items()}
