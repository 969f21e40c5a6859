"""Made-up arrivals, any number of them: the same in every run, because each is worked out from their own number."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

MUNICIPALITIES = 275
CHUNK = 10_000_000
CAUSES = ("moved", "emigrated", "dead")
PERSON = ("sex", "age_band", "citizenship", "civil_status", "schooling")
"""288 patterns, and 12 coefficients beside the intercept."""

# A share of 1 in column k of person i. One argument to hash: of several, DuckDB mixes the bits too little.
_SHARE = "greatest(hash(i * 16 + {k})::double / 18446744073709551616.0, 1e-12)"

_PEOPLE = f"""
with drawn as (
    select i, {", ".join(f"{_SHARE.format(k=k)} as u{k}" for k in range(12))}
    from range({{first}}, {{last}}) as persons(i)
),
traits as (
    select *,
        least(floor({MUNICIPALITIES} * u0 * sqrt(u0)), {MUNICIPALITIES - 1})::int as place,
        if(u1 < 0.5, 'bound', 'free') as cohort,
        if(u2 < 0.5, 'female', 'male') as sex,
        ['0-17', '18-34', '35-49', '50+'][1 + floor(4 * u3)::int] as age_band,
        ['AFG', 'BIH', 'IRN', 'IRQ', 'SOM', 'XXA'][1 + floor(6 * u4 * u4)::int] as citizenship,
        if(u5 < 0.45, 'married', 'unmarried') as civil_status,
        ['primary', 'secondary', 'tertiary'][1 + floor(3 * u6)::int] as schooling
    from drawn
),
ways as (
    select *,
        0.012 * exp(0.4 * sin(place) + 0.3 * (age_band = '18-34')::int - 0.3 * (civil_status = 'married')::int)
            as hazard,
        -ln(u7) as until_move,
        24 + floor(72 * u10) as watched
    from traits
),
times as (
    select *,
        case when cohort = 'free' then until_move / hazard
             when until_move < 36 * 0.4 * hazard then until_move / (0.4 * hazard)
             else 36 + (until_move - 36 * 0.4 * hazard) / (1.5 * hazard) end as moves,
        -ln(u8) / 0.003 as emigrates,
        -ln(u9) / 0.001 as dies
    from ways
)
select format('{{{{:03d}}}}', place) as municipality,
    cohort, sex, age_band, citizenship, civil_status, schooling,
    least(1 + floor(least(moves, emigrates, dies)), watched)::smallint as months,
    case when 1 + floor(least(moves, emigrates, dies)) > watched then 'censored'
         when moves <= least(emigrates, dies) then 'moved'
         when emigrates <= dies then 'emigrated' else 'dead' end as event,
    (u11 < 1 / (1 + exp(0.4 - 0.5 * sin(3 * place) - 0.4 * (sex = 'male')::int + 0.3 * (age_band = '50+')::int
        - 0.5 * (schooling = 'tertiary')::int)))::tinyint as employed
from times
"""


@cache
def folder() -> Path:
    """Give the folder for data of this run, which goes when it ends."""
    made = Path(tempfile.mkdtemp(prefix="fodfaeste-benchmarks-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@cache
def people(rows: int) -> Path:
    """Give arrivals as a Parquet file; written once a run."""
    return write_people(folder() / f"people-{rows}.parquet", rows)


def write_people(path: Path, rows: int) -> Path:
    """Write arrivals as Parquet, `CHUNK` at a time where there are more: then `path` is a folder of files.

    Columns: municipality (275, of uneven size), cohort (free, or bound by a rule of 36 months that is followed by a
    pile-up), `PERSON`, months (1 to 96), event (moved, emigrated, dead, censored), employed (1 or 0).
    """
    if rows <= CHUNK:
        _write(path, 0, rows)
        return path
    path.mkdir()
    for first in range(0, rows, CHUNK):
        _write(path / f"part-{first // CHUNK:03d}.parquet", first, min(first + CHUNK, rows))
    return path


def _write(path: Path, first: int, last: int) -> None:
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        # In the order of their numbers, so that the first rows of many are the same as few rows.
        connection.execute(f"copy ({_PEOPLE.format(first=first, last=last)}) to '{path}' (format parquet)")


def rows_for_r(rows: int, columns: tuple[str, ...]) -> Path:
    """Write some columns as CSV; causes as numbers, 0 for censored."""
    coded = {"censored": 0, **{cause: code for code, cause in enumerate(CAUSES, 1)}}
    event = pl.col("event").replace_strict(coded, return_dtype=pl.Int8)
    path = folder() / f"{'-'.join(columns)}-{rows}.csv"
    pl.scan_parquet(people(rows)).with_columns(event).select(columns).collect().write_csv(path)
    return path


def cells_for_r(rows: int, columns: tuple[str, ...]) -> Path:
    """Write cells as CSV: a row a combination, with how many are employed (`yes`) and how many are not (`no`)."""
    yes = pl.col("employed").cast(pl.Int64).sum().alias("yes")
    cells = pl.scan_parquet(people(rows)).group_by(columns).agg(yes, (pl.len() - yes).alias("no")).sort(columns)
    path = folder() / f"cells-{rows}.csv"
    cells.collect().write_csv(path)
    return path
