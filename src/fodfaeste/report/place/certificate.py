"""How good the plan is, in words and in figures."""

from __future__ import annotations

import math

from fodfaeste.place import Plan
from fodfaeste.report.document import Block, Column, Table, Text
from fodfaeste.report.place.shared import base, said, value
from fodfaeste.report.words import DASH, Words

PROVED = 1e-9
"""A gap this small is none: sums of many scores are no more exact."""

SMALLEST_TOLD = 1e-4
"""Per cent: smaller gaps are told as this one."""


def gap(share: float, w: Words) -> str:
    """Write a gap as per cent with two figures that count, and never as 0."""
    if share >= 0.1:
        return w.percent(share, 1)
    percent = max(share * 100, SMALLEST_TOLD)
    return w.percent(percent / 100, max(2, 1 - math.floor(math.log10(percent))))


def point(plan: Plan, w: Words) -> str:
    """Say how far the plan can be from the best."""
    certificate = plan.certificate
    if not math.isfinite(certificate.gap):
        return w("certificate.unknown")
    if certificate.stopped == "online":
        return w("certificate.online", gap=gap(certificate.gap, w))
    if certificate.proof == "none":
        return w("certificate.unproved", gap=gap(certificate.gap, w))
    if certificate.gap <= PROVED:
        return w("certificate.optimal")
    return w("certificate.proved", gap=gap(certificate.gap, w))


def tell(plan: Plan, w: Words) -> tuple[Block, ...]:
    """Show the certificate."""
    certificate = plan.certificate
    most = w(
        "certificate.most_placed",
        bound=w.count(certificate.persons_bound),
        placed=w.count(certificate.persons_placed),
    )
    rows: tuple[tuple[str, str], ...] = (
        (w("certificate.value"), value(certificate.value, w)),
        *(
            ((w("certificate.objective"), value(certificate.objective, w)),)
            if not math.isclose(certificate.objective, certificate.value, rel_tol=1e-9, abs_tol=1e-9)
            else ()
        ),
        (w("certificate.bound"), value(certificate.bound, w) if math.isfinite(certificate.bound) else DASH),
        (w("certificate.gap"), gap(certificate.gap, w) if math.isfinite(certificate.gap) else DASH),
        (w("certificate.method"), said("method", certificate.method, w)),
        (w("certificate.stopped"), said("stopped", certificate.stopped, w)),
        (w("certificate.seconds"), w.number(certificate.seconds, 2)),
    )
    heads = Column(w("col.what")), Column(w("col.figure"))
    table = Table("certificate", w("certificate.table"), heads, rows, base(plan, w), w("certificate.table_note"))
    return Text(f"{point(plan, w)} {most} {w('certificate.forecast')}"), table
