"""Where the report's tables cannot all be true of the same people, and how the synthetic register settles it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from fodfaeste.data import report2002
from fodfaeste.data.synthetic.places import places
from fodfaeste.data.synthetic.targets import COVERED, targets

Row = tuple[str, str, str, str]


def contradictions() -> pl.DataFrame:
    """List the contradictions that stand in the way of one register behind all tables.

    Returns
    -------
    polars.DataFrame
        table (of the report), printed, against (what it cannot be true together with), settled. Figures are those of
        the report's tables, or follow from them.
    """
    rows = [*_totals(), *_year_1998(), *_whole_country(), *_missing(), *_crowded()]
    return pl.DataFrame(rows, schema=["table", "printed", "against", "settled"], orient="row")


def _totals() -> Iterator[Row]:
    matrix = report2002.load("moves_matrix").frame
    for kind in COVERED:
        rows = matrix.filter(pl.col("origin_kind") == kind)
        printed = rows.filter(pl.col("row_role") == "total")["persons"].item()
        parts = rows.filter(pl.col("row_role") == "part")["persons"].sum()
        if printed != parts:
            yield (
                "moves_matrix",
                f"{kind}: {printed} in all",
                f"its parts add to {parts}, and retention_totals has {targets().known[kind][0]}",
                "the parts are met",
            )


def _year_1998() -> Iterator[Row]:
    for kind in COVERED:
        (known, moved), (persons, movers) = targets().known[kind], targets().arrivals_1998[kind].all
        printed, all_years = 100 * movers / persons, 100 * moved / known
        others = 100 * (moved - movers) / (known - persons)
        yield (
            "moves_by_group",
            f"{kind}: shares moved of women and men, married and unmarried, and of the ages, without counts",
            f"the whole, of which the text says that it is the arrivals of 1998 ({printed:.1f} % moved): with the "
            f"{all_years:.1f} % of those of 1995-98 {_women(kind, all_years)}",
            "they are met by the arrivals of 1998, with sizes of groups that round to every printed share",
        )
        if printed > all_years:
            yield (
                "moves_by_nationality",
                f"{kind}: {printed:.1f} % of the arrivals of 1998 had moved",
                f"{all_years:.1f} % of those of 1995-98, so that of those of 1995-97, who had longer to move, only "
                f"{others:.1f} % had",
                "both are met: those of 1998 moved more in their first years than those before them",
            )


def _women(kind: str, moved: float) -> str:
    """Say what share of women the two printed rates would need for a third one of all."""
    groups = report2002.load("moves_by_group").frame.filter(pl.col("kind") == kind)
    rate = dict(groups.select("group", "moved_pct_published").iter_rows())
    share = (moved - rate["men"]) / (rate["women"] - rate["men"])
    return (
        f"{100 * share:.0f} % would be women" if 0 <= share <= 1 else "neither women nor men could have moved so little"
    )


def _whole_country() -> Iterator[Row]:
    known, moved = (sum(targets().known[kind][part] for kind in COVERED) for part in (0, 1))
    yield (
        "mover_employment_status",
        f"{targets().in_work:g} % of those in work and {targets().out_of_work:g} % of the others had moved, 1995-98",
        f"{100 * moved / known:.1f} % of the arrivals 1995-98 in the report's municipalities had moved by 2001",
        "it is met by arrivals of 1995-98 in the whole country, aged 16-66, on 1 January 1999: the source is the key "
        "figures of that year, and the other 59 municipalities lose few",
    )


def _missing() -> Iterator[Row]:
    share = report2002.load("text_figures").frame.filter(pl.col("key").str.starts_with("dead_and_emigrated"))
    low, high = share["value_pct_published"].to_list()
    yield (
        "text_figures",
        f"{low:g} to {high:g} % of the arrivals are dead or emigrated",
        "the tables leave them out, and the text does not say of which groups these are the ends",
        "by kind of municipality, from the lowest to the highest; those of unknown address are among them",
    )


def _crowded() -> Iterator[Row]:
    there = places()
    for name, arrived, moved, work in zip(there.name, there.arrived, there.moved, there.work.sum(axis=1), strict=True):
        if arrived > 0 and arrived - moved > work:
            yield (
                "employment_2000",
                f"{name}: {work} of working age on 1 January 2000",
                f"{arrived - moved} of the arrivals 1995-98 lived there a year later",
                "the others are children: ages of arrivals before 1998 are lowered until the table fits",
            )
