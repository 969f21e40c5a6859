"""Printed tables against themselves: every derived figure recomputed from the figures it was made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from fodfaeste.checks import Check, PrintedTable
from fodfaeste.measure._printed_cells import Cell, Printed
from fodfaeste.measure._printed_rules import RULES, Outcome
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import fingerprint


def check_printed(tables: Sequence[PrintedTable], checks: Sequence[Check]) -> Result:
    """Recompute every derived figure of printed tables and list each that does not follow from its own inputs.

    Parameters
    ----------
    tables : sequence of PrintedTable
        The tables as printed and typed.
    checks : sequence of Check
        What has to be true of them (`fodfaeste.checks`); each is run on every row that it reaches.

    Returns
    -------
    Result
        `.table` has a row for each finding: table, row (its name and its line in the file), column, printed (text),
        recomputed, rule, verdict, explanation, suggestion. `.summary`: checks made, figures checked (each cell once),
        findings, and both by rule.

    Raises
    ------
    BadInput
        If a part is larger than its whole, or a check speaks of what the tables do not have.

    Notes
    -----
    A printed figure stands for everything that rounds to it, a half either way; nothing is listed that rounding
    explains. Percentages of known groups are read back as whole persons (Brown, Heathers 2017). Where two figures
    contradict each other, the one that fewer other checks confirm is listed. Figures in running text are read by their
    qualifiers: *about* within half a unit of the last digit that is not 0, or 5 %, whichever is more; *almost* and
    *just over* on their side by at most a fifth; the others have one open side.

    References
    ----------
    Brown, Heathers (2017), Soc. Psychol. Personal. Sci. 8, 363-369.
    """
    printed = Printed({table.name: table for table in tables})
    answers = [answer for check in checks for answer in RULES[type(check)](printed, check)]
    outcomes = [answer for answer in answers if isinstance(answer, Outcome)]
    notes = [answer for answer in answers if isinstance(answer, Note)]
    findings = _merged(_blamed(outcomes))
    order = {table.name: position for position, table in enumerate(tables)}
    findings.sort(key=lambda finding: (order[finding.cell.table], finding.cell.at))
    made = Counter(outcome.rule for outcome in outcomes)
    found = Counter(finding.rule for finding in findings)
    data = pl.DataFrame({"table": [table.name for table in tables], "data": [_digest(table) for table in tables]})
    return Result(
        table=_table(printed, findings),
        summary={
            "checks": len(outcomes),
            "figures_checked": len({one.cell for outcome in outcomes for one in (outcome, *outcome.instead)}),
            "findings": len(findings),
            "by_rule": {rule: {"checked": made[rule], "findings": found[rule]} for rule in made},
        },
        notes=tuple(dict.fromkeys(notes)),
        method=Method("Printed figures recomputed", "Brown, Heathers 2017"),
        params=provenance(data, tables=[table.name for table in tables], checks=len(checks)),
    )


def _digest(table: PrintedTable) -> str:
    columns = zip(*table.text.rows, strict=True)
    return fingerprint(pl.DataFrame(dict(zip(table.text.header, map(list, columns), strict=True))))


def _table(printed: Printed, findings: Sequence[Outcome]) -> pl.DataFrame:
    schema = {
        name: pl.Float64 if name == "recomputed" else pl.String
        for name in ("table", "row", "column", "printed", "recomputed", "rule", "verdict", "explanation", "suggestion")
    }
    rows = [
        {
            "table": finding.cell.table,
            "row": printed.row(finding.cell),
            "column": finding.cell.column,
            "printed": finding.printed or printed.shown(finding.cell),
            "recomputed": finding.recomputed,
            "rule": finding.rule,
            "verdict": finding.verdict,
            "explanation": finding.explanation,
            "suggestion": finding.suggestion,
        }
        for finding in findings
    ]
    return pl.DataFrame(rows, schema=schema)


# Which figure is wrong

OUT_OF_PLACE = ("between_groups", "order")
"""Rules that say of a figure that it is too large or too small, and not what it has to be."""


def _blamed(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Of the figures that contradict each other, choose one.

    It is the one that another rule contradicts too; else one that a correction could mend; else the one that fewer
    rules confirm; else one that was meant only roughly.
    """
    confirmed, denied = Counter[Cell](), Counter[Cell]()
    for outcome in outcomes:
        if outcome.agrees:
            confirmed.update({outcome.cell, *outcome.inputs})
        elif not outcome.instead:
            denied[outcome.cell] += 1
    return [
        min(
            (outcome, *outcome.instead),
            key=lambda one: (-denied[one.cell], one.recomputed is None, confirmed[one.cell], not one.vague),
        )
        for outcome in outcomes
        if not outcome.agrees
    ]


def _merged(findings: Sequence[Outcome]) -> list[Outcome]:
    """Join findings on one cell that come to one figure, or of which one only says that it is out of place."""
    merged: dict[tuple[Cell, object], Outcome] = {}
    for finding in sorted(findings, key=lambda one: one.rule in OUT_OF_PLACE):
        key: tuple[Cell, object] = (finding.cell, _comes_to(finding))
        if finding.rule in OUT_OF_PLACE:
            key = next((known for known in merged if known[0] == finding.cell), key)
        if key in merged:
            said = f"{merged[key].suggestion} Confirmed: {finding.explanation}"
            merged[key] = replace(merged[key], suggestion=said)
        else:
            merged[key] = finding
    return list(merged.values())


def _comes_to(finding: Outcome) -> object:
    return finding.rule if finding.recomputed is None else round(finding.recomputed, 6)
