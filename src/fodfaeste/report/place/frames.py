"""A register's tables as outcome models read them: the door between `data` and `place`, for all who may open both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fodfaeste.data.register import at_vintage, open_register
from fodfaeste.place.outcomes import Frames

Progress = Callable[[str, float], None]


def frames_of(
    source: str, *, engine: str = "duckdb", codes_of: date | None = None, progress: Progress | None = None
) -> Frames:
    """Open a register and bring the columns that training reads into memory.

    Parameters
    ----------
    source : str
        A folder of CSV or Parquet files, or ``duckdb://``, ``sqlite:///``, ``postgres://``.
    engine : str
        ``duckdb``; ``local`` or ``spark://host:port`` for Spark.
    codes_of : date, optional
        Municipality codes of which day; the register's last one without it.
    progress : callable, optional
        Hears what is being done, and the share of 1 that is done.
    """
    show = progress or (lambda *_: None)
    with open_register(source, engine=engine, progress=show) as opened:
        show("tables", 1.0)
        now = at_vintage(opened, codes_of or opened.settings.observed_until).register
        tables = {name: now.engine.fetch(table) for name, table in now.tables.items()}
        settings = now.settings
    return Frames(
        persons=tables["persons"],
        residence_spells=tables["residence_spells"],
        employment_spells=tables["employment_spells"],
        municipalities=tables["municipalities"],
        observed_until=settings.observed_until,
        municipality_indicators=tables.get("municipality_indicators"),
        rule_from=settings.rule_from,
        rule_months=settings.rule_months,
        title=settings.title,
    )
