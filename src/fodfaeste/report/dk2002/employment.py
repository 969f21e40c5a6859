"""Who got people into work: funnel, map, places and the table of all 216."""

from __future__ import annotations

from fodfaeste.data.coast import shores
from fodfaeste.measure.intervals import interval
from fodfaeste.report import charts
from fodfaeste.report.dk2002.findings import TOP, Findings
from fodfaeste.report.dk2002.shared import funnel_chart
from fodfaeste.report.document import Block, Cell, Column, Figure, Table, Text
from fodfaeste.report.words import Words

_GRADES = {"better than average": "better", "as expected": "expected", "worse than average": "worse"}
_HOW = {"same name": "same_name", "seat by table": "seat_by_table", "rough position": "rough_position"}


def tell(found: Findings, w: Words) -> tuple[Block, ...]:
    """Show work in all 216 municipalities."""
    work = found.employment
    shrunk = work.shrunk.table
    base = w("employment.base", n=w.count(work.n), units=shrunk.height)
    average = w.percent(float(work.shrunk.summary["pooled_rate"]))
    intro = Text(
        w(
            "employment.intro",
            few=w.count(shrunk["n"].to_numpy().min()),
            average=average,
            needed=w.count(work.needed),
            enough=w.count(int((shrunk["n"] >= work.needed).sum())),
        )
    )
    funnel = Figure(
        "funnel_employment",
        w("employment.funnel_title", outside=int((work.funnel.table["flag"] != "inside").sum()), units=shrunk.height),
        funnel_chart(work.funnel, w, w("axis.people_log"), w("axis.employment")),
        w("employment.funnel_alt", average=average),
        base,
        w("employment.funnel_note", phi=w.number(work.funnel.phi)),
    )
    return (
        intro,
        funnel,
        _map(found, base, w),
        _rank_chart(found, base, w),
        _table(found, base, w),
        _positions(found, w),
    )


def _map(found: Findings, base: str, w: Words) -> Figure:
    work = found.employment
    shrunk = work.shrunk.table
    rows = [
        {
            "label": row["unit"],
            "latitude": work.seats[row["unit"]].latitude,
            "longitude": work.seats[row["unit"]].longitude,
            "n": row["n"],
            "rate": row["shrunk"],
        }
        for row in shrunk.iter_rows(named=True)
    ]
    rough = sum(seat.how == "rough position" for seat in work.seats.values())
    return Figure(
        "map_employment",
        w(
            "employment.map_title",
            low=w.percent(shrunk["shrunk"].to_numpy().min(), 0),
            high=w.percent(shrunk["shrunk"].to_numpy().max(), 0),
            printed_low=w.percent(shrunk["rate"].to_numpy().min(), 0),
            printed_high=w.percent(shrunk["rate"].to_numpy().max(), 0),
        ),
        charts.map_of(rows, shores(), colour_title=w("col.shrunken"), size_title=w("axis.people")),
        w("employment.map_alt", units=shrunk.height),
        base,
        w("employment.map_note", rough=rough),
    )


def _rank_chart(found: Findings, base: str, w: Words) -> Figure:
    ranks, summary = found.employment.ranks.table.sort("expected_rank"), found.employment.ranks.summary
    rows = [
        {
            "label": row["unit"],
            "order": order,
            "expected": row["expected_rank"],
            "lower": row["rank_lower"],
            "upper": row["rank_upper"],
        }
        for order, row in enumerate(ranks.iter_rows(named=True))
    ]
    widths = (ranks["rank_upper"] - ranks["rank_lower"]).to_numpy()
    named = [rows[k]["label"] for k in (0, 4, 8, len(rows) // 2, len(rows) - 9, len(rows) - 5, len(rows) - 1)]
    return Figure(
        "ranks_employment",
        w("employment.rank_title", pairs=w.percent(summary["share_of_pairs_ordered"], 0)),
        charts.ranks(rows, x_title=w("axis.rank", k=ranks.height), named=named, estimate=w("mark.rank_line")),
        w("employment.rank_alt", width=w.count(sorted(widths)[len(widths) // 2])),
        base,
        w(
            "employment.rank_note",
            true_top=w.number(summary["expected_true_top"]),
            true_bottom=w.number(summary["expected_true_bottom"]),
        ),
    )


def _table(found: Findings, base: str, w: Words) -> Table:
    work = found.employment
    rows = work.shrunk.table.join(
        work.ranks.table.drop("n", "events", "rate", "shrunk", "lower", "upper", "level"), on="unit"
    )
    rates = interval(rows["events"].to_numpy(), rows["n"].to_numpy())
    columns = (
        Column(w("col.municipality")),
        Column(w("col.printed_rank"), "count"),
        Column(w("col.people"), "count"),
        Column(w("col.employed"), "count"),
        Column(w("col.employment_share"), "percent"),
        Column(w("col.interval"), "percent_interval", 0),
        Column(w("col.shrunken"), "percent"),
        Column(w("col.shrunken_interval"), "percent_interval", 0),
        Column(w("col.rank_interval"), "rank_interval"),
        Column(w("col.p_top", m=TOP), "percent", 0),
        Column(w("col.grade")),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row["unit"],
            place + 1,
            row["n"],
            row["events"],
            row["rate"],
            (float(rates[0][place]), float(rates[1][place])),
            row["shrunk"],
            (row["lower"], row["upper"]),
            (row["rank_lower"], row["rank_upper"]),
            row["p_top"],
            w(f"mark.{_GRADES[row['grade']]}"),
        )
        for place, row in enumerate(rows.iter_rows(named=True))
    )
    title, note = w("employment.table_title"), w("employment.table_note")
    return Table("employment_all", title, columns, cells, base, note, long=True)


def _positions(found: Findings, w: Words) -> Table:
    columns = (
        Column(w("col.municipality")),
        Column(w("col.seat")),
        Column(w("col.latitude"), "number", 4),
        Column(w("col.longitude"), "number", 4),
        Column(w("col.position")),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (name, seat.town, seat.latitude, seat.longitude, w(f"mark.{_HOW[seat.how]}"))
        for name, seat in found.employment.seats.items()
    )
    base = w("employment.positions_base", units=len(cells))
    return Table("positions", w("employment.positions_title"), columns, cells, base, workbook_only=True)
