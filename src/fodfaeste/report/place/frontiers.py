"""What more of one outcome costs of another, as a line of plans."""

from __future__ import annotations

from fodfaeste.place import Plan
from fodfaeste.place.frontier import Frontier
from fodfaeste.report.document import Block, Cell, Chart, Column, Figure, Table, Text
from fodfaeste.report.place import charts
from fodfaeste.report.place.facts import OutcomeSum
from fodfaeste.report.place.shared import base, outcome_name, sentence, value
from fodfaeste.report.words import Words


def tell(plan: Plan, found: Frontier, sums: tuple[OutcomeSum, ...], w: Words) -> tuple[Block, ...]:
    """Draw the line with the plan on or under it, and tabulate it."""
    if found.table.height < 2:
        return Text(w("frontier.one")), _table(plan, found, w)
    top, bottom = found.table.row(-1, named=True), found.table.row(0, named=True)
    told = {
        "first": outcome_name(found.first, w),
        "second": outcome_name(found.second, w),
        "gain": value(top["first"] - bottom["first"], w),
        "loss": value(bottom["second"] - top["second"], w),
    }
    n = w.count(found.table.height)
    figure = Figure(
        "frontier",
        w("frontier.chart", **told),
        _chart(found, sums, w),
        w("frontier.alt", n=n),
        base(plan, w),
        w("frontier.under"),
    )
    return Text(w("frontier.intro", n=n, **told)), figure, _table(plan, found, w)


def _chart(found: Frontier, sums: tuple[OutcomeSum, ...], w: Words) -> Chart:
    rows = [
        {"x": row["first"], "y": row["second"], "step": step}
        for step, row in enumerate(found.table.iter_rows(named=True))
    ]
    mine = {one.name: one.total for one in sums}
    here = (
        [{"x": mine[found.first], "y": mine[found.second], "label": w("frontier.here")}]
        if {found.first, found.second} <= set(mine)
        else []
    )
    names = (sentence(outcome_name(name, w)) for name in (found.first, found.second))
    x_title, y_title = names
    return charts.frontier(rows, here, x_title=x_title, y_title=y_title)


def _table(plan: Plan, found: Frontier, w: Words) -> Table:
    first, second = outcome_name(found.first, w), outcome_name(found.second, w)
    wishes = found.table["wishes_met"].is_not_null().any()
    heads = [
        Column(w("frontier.weight", name=first)),
        Column(sentence(first), "number", 2),
        Column(sentence(second), "number", 2),
        Column(w("col.persons"), "count"),
        *([Column(w("frontier.share_wishes"), "percent", 0)] if wishes else []),
    ]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            w.percent(row["weight_first"], 1),
            row["first"],
            row["second"],
            row["persons_placed"],
            *((row["wishes_met"],) if wishes else ()),
        )
        for row in found.table.iter_rows(named=True)
    )
    return Table("frontier_plans", w("frontier.table"), tuple(heads), rows, base(plan, w), w("frontier.note"))
