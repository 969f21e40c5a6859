"""The places: what is used of their room, their minimums, and what one more room would be worth."""

from __future__ import annotations

import numpy as np

from fodfaeste.place import Plan
from fodfaeste.report.document import Block, Cell, Figure, Table, Text
from fodfaeste.report.place import charts
from fodfaeste.report.place.shared import column, dimension_name, listing, value
from fodfaeste.report.words import Words

SHOWN = 500
"""Places that the table shows."""

DEAREST = 15
"""Places that the chart shows."""

NOTHING = 1e-9
"""A price this small is no price."""


def point(plan: Plan, w: Words) -> str:
    """Say where one more room is worth most."""
    best = _dearest(plan)
    if best is None:
        return ""
    place, dimension, price = best
    told = {"place": plan.problem.places[place], "name": _dimension(plan, dimension, w), "price": value(price, w)}
    return w("places.dearest", **told)


def tell(plan: Plan, w: Words) -> tuple[Block, ...]:
    """Show prices as a chart, and all of it as a table."""
    used, capacity = plan.used(), plan.problem.capacity
    full = int(((used >= capacity) & (capacity > 0)).any(axis=1).sum())
    texts = [w("places.intro", full=w.count(full), places=w.count(capacity.shape[0]))]
    if _dearest(plan) is None:
        # Where the bound does not follow from prices, prices of nothing say nothing.
        texts.append(w("places.unpriced" if full and not _priced(plan) else "places.free"))
    elif not plan.placed.all() and plan.goal.unplaced == "first":
        texts.append(w("places.first"))
    if (plan.certificate.prices < -NOTHING).any():
        texts.append(w("places.below"))
    texts += _short(plan, w)
    return Text(" ".join(texts)), *_chart(plan, w), _table(plan, w)


def _priced(plan: Plan) -> bool:
    return plan.certificate.proof != "none" and plan.certificate.stopped != "online"


def _short(plan: Plan, w: Words) -> list[str]:
    persons = plan.used()[:, plan.problem.person_dimension]
    short = np.flatnonzero(persons < plan.problem.minimum).tolist()
    if not short:
        return []
    names = [plan.problem.places[place] for place in short[:10]] + (["…"] if len(short) > 10 else [])
    return [w("places.short", n=w.count(len(short)), names=listing(names, w))]


def _dearest(plan: Plan) -> tuple[int, int, float] | None:
    prices = plan.certificate.prices
    if not (prices > NOTHING).any():
        return None
    place, dimension = (int(one) for one in np.unravel_index(prices.argmax(), prices.shape))
    return place, dimension, float(prices[place, dimension])


def _dimension(plan: Plan, dimension: int, w: Words) -> str:
    return dimension_name(plan.problem.dimensions[dimension], w)


def _chart(plan: Plan, w: Words) -> tuple[Figure, ...]:
    best = _dearest(plan)
    if best is None:
        return ()
    place, dimension, price = best
    prices = plan.certificate.prices[:, dimension]
    order = np.argsort(-prices, kind="stable")[:DEAREST]
    shown = order[prices[order] > NOTHING]
    name = _dimension(plan, dimension, w)
    rows = [{"label": plan.problem.places[j], "value": float(prices[j])} for j in shown.tolist()]
    chart = charts.bars(rows, x_title=w("places.axis", name=name))
    title = w("places.chart", place=plan.problem.places[place], price=value(price, w), name=name)
    return (Figure("prices", title, chart, w("places.alt", n=shown.size), _base(plan, w)),)


def _base(plan: Plan, w: Words) -> str:
    persons = w.count(plan.certificate.persons_placed)
    return w("base.places", places=w.count(len(plan.problem.places)), persons=persons)


def _table(plan: Plan, w: Words) -> Table:
    problem, used, prices = plan.problem, plan.used(), plan.certificate.prices
    many = len(problem.places)
    order = np.arange(many) if many <= SHOWN else np.argsort(-prices.max(axis=1), kind="stable")[:SHOWN]
    names = [dimension_name(name, w) for name in problem.dimensions]
    heads = [column("place", w)]
    for name in names:
        heads += [column("used", w, "count", name=name), column("capacity", w, "count", name=name)]
    minimums = bool(problem.minimum.any())
    heads += [column("minimum", w, "count")] if minimums else []
    heads += [column("price", w, "number", 3, name=name) for name in names]
    rows = []
    for j in order.tolist():
        row: list[Cell] = [problem.places[j]]
        for dimension in range(len(names)):
            row += [int(used[j, dimension]), int(problem.capacity[j, dimension])]
        row += [int(problem.minimum[j])] if minimums else []
        rows.append((*row, *prices[j].tolist()))
    note = w("places.table_capped", shown=w.count(SHOWN), n=w.count(many)) if many > SHOWN else ""
    return Table("places", w("places.table"), tuple(heads), tuple(rows), _base(plan, w), note, long=many > 25)
