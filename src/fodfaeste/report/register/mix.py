"""Mix of people or level: case mix by municipality, and the difference between the two largest kinds in parts."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fodfaeste import measure
from fodfaeste.errors import FodfaesteError
from fodfaeste.measure import Result
from fodfaeste.measure.casemix import CaseMix
from fodfaeste.measure.oaxaca import OaxacaResult
from fodfaeste.report.document import Block, Cell, Points, Table, Text
from fodfaeste.report.register.shared import SEED, base, columns, group_name, kind_name, kinds_by_size, points
from fodfaeste.report.register.tables import PERSON, RegisterTables
from fodfaeste.report.words import Words


@dataclass(frozen=True, eq=False)
class Mix:
    """What the mix of people explains.

    Attributes
    ----------
    model : CaseMix
        Who moved, by who people are and where they live.
    expected, predicted, parts : Result
        Observed against expected; predicted against expected; each municipality's distance in parts.
    pair : tuple of str or None
        The two largest kinds, the one with the higher rate first; `split` of the difference between them, empty where
        one kind has nobody of some group.
    units : polars.DataFrame
        unit, kind.
    """

    model: CaseMix
    expected: Result
    predicted: Result
    parts: Result
    calibration: Result
    pair: tuple[str, str] | None
    split: OaxacaResult | None
    units: pl.DataFrame

    @property
    def results(self) -> tuple[Result, ...]:
        """What was computed, for the list of methods."""
        found = (self.model, self.expected, self.predicted, self.parts, self.calibration, self.split)
        return tuple(result for result in found if result is not None)

    @property
    def league(self) -> pl.DataFrame:
        """Give the columns that the league table shows: unit, expected, ratio, lower, upper."""
        return self.expected.table.select("unit", "expected", "ratio", lower="ratio_lower", upper="ratio_upper")


def find(tables: RegisterTables) -> Mix | None:
    """Fit the model; nothing in the edition to be published, which has no persons, nor with one municipality."""
    if tables.published or tables.units.height < 2:
        return None
    cells = _known(tables)
    covariates = [name for name in (*PERSON, "arrival_year") if cells[name].n_unique() > 1]
    model = measure.casemix(cells, "moved", unit="unit", person=covariates, count="persons")
    pair = _pair(tables)
    return Mix(
        model,
        model.oe(),
        model.pe(seed=SEED),
        model.decompose(),
        model.calibration(),
        pair,
        _split(cells, covariates, pair) if pair else None,
        tables.units,
    )


def _known(tables: RegisterTables) -> pl.DataFrame:
    """Give those whose address is known: moved is 1 or 0; a year is a group, not a number."""
    return tables.status.filter(pl.col("status").is_in(["stayed", "moved"])).with_columns(
        moved=(pl.col("status") == "moved").cast(pl.Int64), arrival_year=pl.col("arrival_year").cast(pl.String)
    )


def _pair(tables: RegisterTables) -> tuple[str, str] | None:
    by_kind = tables.status_by("kind")
    largest = list(kinds_by_size(by_kind)[:2])
    rates = by_kind.filter(pl.col("kind").is_in(largest)).with_columns(rate=pl.col("moved") / pl.col("known"))
    order = rates.sort("rate", descending=True)["kind"].to_list()
    return (order[0], order[1]) if len(order) > 1 else None


def _split(cells: pl.DataFrame, covariates: list[str], pair: tuple[str, str]) -> OaxacaResult | None:
    two = cells.filter(pl.col("kind").is_in(pair))
    varied = [name for name in covariates if two[name].n_unique() > 1]
    try:
        return measure.oaxaca(two, "moved", varied, "kind", family="logistic", groups=pair, count="persons")
    except FodfaesteError:
        # A group that one kind has nobody of cannot be compared; the chapter says that there is no split.
        return None


def point(found: Mix | None, w: Words) -> str:
    """Say the main point: how much of the difference between the kinds the mix of people explains."""
    if found is None or found.split is None or found.pair is None:
        return ""
    told = found.split.summary
    first, second = found.pair
    return w(
        "mix.point",
        first=kind_name(first, w),
        second=kind_name(second, w),
        difference=w.number(100 * told["difference"]),
        composition=w.number(100 * told["composition"]),
        interval=_limits(found.split, w),
    )


def _limits(split: OaxacaResult, w: Words) -> str:
    row = split.parts.filter(pl.col("fold") == "two-fold", pl.col("unit") == "composition").row(0, named=True)
    return points(row["lower"], row["upper"], w) if row["lower"] is not None else "–"


def tell(found: Mix | None, w: Words) -> tuple[Block, ...]:
    """Show how much is mix and how much level, and the model behind it."""
    if found is None:
        return (Text(w("mix.none")),)
    shares = found.parts.summary
    summary = found.model.summary
    said = (
        w(
            "mix.shares",
            composition=w.percent(shares["composition_share"], 0),
            level=w.percent(shares["level_share"], 0),
            rest=w.percent(shares["rest_share"], 0),
        ),
        w(
            "mix.spread",
            ratio=w.number(summary["median_odds_ratio"], 2),
            share=w.percent(summary["latent_share"], 1),
            c=w.number(summary["c_statistic"], 2),
            c_units=w.number(summary["c_statistic_with_units"], 2),
        ),
    )
    return (
        Text(w("mix.intro")),
        Points(tuple(text for text in (point(found, w), *said) if text)),
        *_parts(found, w),
        _model(found, w),
        _units(found, w),
        _calibration(found, w),
        Text(w("mix.limits")),
    )


def _people(found: Mix, w: Words) -> str:
    return base(found.model.summary["persons"], w, units=w.count(found.model.summary["units"]))


def _parts(found: Mix, w: Words) -> tuple[Block, ...]:
    if found.split is None or found.pair is None:
        return (Text(w("mix.no_split")),)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (w(f"mix.{row['fold'].replace('-', '_')}"), _part(row["unit"], w), 100 * row["estimate"], *_hundred(row))
        for row in found.split.parts.iter_rows(named=True)
        if row["fold"] != "difference"
    )
    first, second = (kind_name(kind, w) for kind in found.pair)
    told = found.split.summary
    heads = columns(w, "split", "part", ("points", "number"), ("points_low", "number"), ("points_high", "number"))
    n = base(told["n_first"] + told["n_second"], w)
    return (Table("split", w("mix.split_title", first=first, second=second), heads, rows, n, w("mix.split_note")),)


def _part(unit: str, w: Words) -> str:
    return w(f"mix.part_{unit.partition(' ')[0]}")


def _hundred(row: dict[str, float]) -> tuple[Cell, Cell]:
    low, high = row["lower"], row["upper"]
    return (None, None) if low is None else (100 * low, 100 * high)


def term_name(term: str, w: Words) -> str:
    """Name a coefficient: "sex=male" is "Sex: men"."""
    dimension, equals, value = term.partition("=")
    return f"{w(f'dimension.{dimension}')}: {group_name(dimension, value, w)}" if equals else term


def _model(found: Mix, w: Words) -> Table:
    frame = found.model.table.filter(pl.col("kind") != "intercept")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            term_name(row["term"], w),
            group_name(row["term"].partition("=")[0], row["reference"], w),
            row["odds_ratio"],
            row["lower_ratio"],
            row["upper_ratio"],
            row["p_holm"],
        )
        for row in frame.with_columns(lower_ratio=pl.col("lower").exp(), upper_ratio=pl.col("upper").exp()).iter_rows(
            named=True
        )
    )
    heads = columns(
        w,
        "group",
        "against",
        ("odds_ratio", "number", 2),
        ("ratio_low", "number", 2),
        ("ratio_high", "number", 2),
        ("p_holm", "p_value"),
    )
    return Table("casemix_model", w("mix.model_title"), heads, rows, _people(found, w), w("mix.model_note"), long=True)


def _units(found: Mix, w: Words) -> Table:
    frame = (
        found.expected.table.select("unit", "n", "events", "rate", "expected", oe="ratio")
        .join(
            found.predicted.table.select("unit", "ratio", "ratio_lower", "ratio_upper", "standardised", "direct"),
            on="unit",
        )
        .join(found.parts.table.select("unit", "composition", "level", "rest"), on="unit")
        .sort("ratio", "unit")
    )
    names = ("composition", "level", "rest")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(
                row[name]
                for name in ("unit", "n", "events", "rate", "expected", "oe", "ratio", "ratio_lower", "ratio_upper")
            ),
            row["standardised"],
            row["direct"],
            *(100 * row[name] for name in names),
        )
        for row in frame.iter_rows(named=True)
    )
    heads = columns(
        w,
        "unit",
        ("n", "count"),
        ("moved", "count"),
        ("rate", "percent"),
        ("expected", "number"),
        ("ratio", "number", 2),
        ("predicted_ratio", "number", 2),
        ("ratio_low", "number", 2),
        ("ratio_high", "number", 2),
        ("standardised", "percent"),
        ("direct", "percent"),
        *((f"part_{name}", "number") for name in names),
    )
    return Table(
        "casemix", w("mix.units_title"), heads, rows, _people(found, w), w("mix.units_note"), workbook_only=True
    )


def _calibration(found: Mix, w: Words) -> Table:
    frame = found.calibration.table
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (_risk(row["grouping"], row["group"], w), row["n"], row["events"], row["expected"], row["predicted"])
        for row in frame.iter_rows(named=True)
    )
    heads = columns(w, "group", ("n", "count"), ("moved", "count"), ("expected", "number"), ("predicted", "number"))
    return Table(
        "calibration",
        w("mix.calibration_title"),
        heads,
        rows,
        _people(found, w),
        w("mix.calibration_note"),
        workbook_only=True,
    )


def _risk(grouping: str, group: str, w: Words) -> str:
    return w("mix.risk" if "risk" in grouping else "mix.size", group=group)
