"""What people said themselves, what goes with moving away, and which printed figures do not add up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fodfaeste.data import report2002
from fodfaeste.measure.intervals import normal_quantile
from fodfaeste.report import charts
from fodfaeste.report.dk2002.conclusions import Conclusion
from fodfaeste.report.dk2002.findings import KINDS, REASONS, Answer, Findings, Group, table
from fodfaeste.report.document import Block, Cell, Column, Figure, Table, Text
from fodfaeste.report.words import DASH, Words

_QUALIFIERS = (
    "just_over",
    "more_than",
    "less_than",
    "at_least",
    "at_most",
    "almost",
    "about",
    "all",
    "rows_together",
    "row",
)
_GROUPS: tuple[Group, Group] = ("move", "stay")
_VERDICTS = {
    "misprint": "misprint",
    "impossible for the group size": "impossible",
    "text against table": "text_against_table",
    "text against text": "text_against_text",
}


def tell_survey(found: Findings, w: Words) -> tuple[Block, ...]:
    """Show reasons to move and to stay side by side."""
    asked = found.survey
    by_key = {(answer.reason, answer.group): answer for answer in asked.answers}
    order = sorted((reason for reason, _, _ in REASONS), key=lambda reason: -by_key[reason, "stay"].k)
    rows = [
        {
            "label": w(f"reason.{reason}"),
            "group": w(f"mark.{group}"),
            "rate": by_key[reason, group].k / by_key[reason, group].n,
            "lower": by_key[reason, group].lower,
            "upper": by_key[reason, group].upper,
        }
        for reason in order
        for group in _GROUPS
    ]
    base = w("survey.base", move=asked.movers, stay=asked.stayers)
    stay, move = asked.commonest("stay"), asked.commonest("move")
    figure = Figure(
        "reasons",
        w(
            "survey.title",
            stay_reason=w(f"reason.{stay.reason}"),
            stay=w("survey.people_of", k=stay.k, n=stay.n),
            move_reason=w(f"reason.{move.reason}"),
            move=w("survey.people_of", k=move.k, n=move.n),
        ),
        charts.dots(
            rows,
            x_title=w("axis.yes"),
            estimate=w("mark.rate"),
            groups=[w(f"mark.{group}") for group in _GROUPS],
            step=13,
        ),
        w("survey.alt"),
        base,
        w("survey.note"),
    )
    columns = (
        Column(w("col.reason")),
        Column(w("col.kind_of_reason")),
        Column(w("col.yes"), "percent", 0),
        Column(w("col.count_of")),
        Column(w("col.interval"), "percent_interval", 0),
    )
    cells = tuple(_row(by_key[reason, group], w) for reason in order for group in _GROUPS)
    return (
        Text(w("survey.intro")),
        figure,
        Table("reasons_table", w("survey.table_title"), columns, cells, base, w("survey.note")),
    )


def _row(answer: Answer, w: Words) -> tuple[Cell, ...]:
    people = w("survey.people_of", k=answer.k, n=answer.n) if answer.possible else w("survey.impossible", n=answer.n)
    interval = (answer.lower, answer.upper)
    return w(f"reason.{answer.reason}"), w(f"mark.{answer.group}"), answer.printed, people, interval


def tell_gammas(found: Findings, gammas: Conclusion, w: Words) -> tuple[Block, ...]:
    """Show the 44 gammas against what chance alone would give."""
    judged = found.gammas.table
    labels = dict(table("gamma_correlations").select("variable", f"label_{w.lang}").iter_rows())
    units = [row["unit"].split("|") for row in judged.iter_rows(named=True)]
    k = judged.height
    rows = [
        {"label": labels[variable], "group": w(f"name.{kind}_head"), "gamma": row["gamma"]}
        for (variable, kind), row in zip(units, judged.iter_rows(named=True), strict=True)
    ]
    # Every z has the same variance, so both limits are sizes of gamma.
    unit_size = float((judged["gamma"] / judged["z"]).abs().median())  # type: ignore[arg-type]  # a column of numbers
    limits = unit_size * normal_quantile(0.975), unit_size * normal_quantile(1 - 0.025 / k)
    figures = gammas.figures
    figure = Figure(
        "gammas",
        w("gammas.title", told=figures["told"], k=k, largest=w.number(figures["largest"], 2)),
        charts.gammas(
            rows,
            x_title=w("axis.gamma"),
            groups=[w(f"name.{kind}_head") for kind in KINDS],
            limits=limits,
            names=(w("mark.one_test"), w("mark.all_tests", k=k)),
        ),
        w("gammas.alt"),
        w("gammas.base"),
        w("gammas.note"),
    )
    columns = (
        Column(w("col.variable")),
        Column(w("col.kind")),
        Column(w("col.gamma"), "number", 3),
        Column(w("col.p_value"), "p_value"),
        Column(w("col.p_holm", k=k), "p_value"),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (labels[variable], w(f"name.{kind}_head"), row["gamma"], row["p_value"], row["p_holm"])
        for (variable, kind), row in zip(units, judged.iter_rows(named=True), strict=True)
    )
    return figure, Table(
        "gammas_table", w("gammas.table_title"), columns, cells, w("gammas.base"), w("gammas.note"), long=True
    )


def tell_audit(found: Findings, w: Words) -> tuple[Block, ...]:
    """List the printed figures that do not follow from their own inputs."""
    columns = (
        Column(w("col.table")),
        Column(w("col.row")),
        Column(w("col.printed")),
        Column(w("col.recomputed")),
        Column(w("col.kind_of_finding")),
        Column(w("col.explanation")),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row["table"],
            _in_words(row["row"], w),
            _in_words(row["printed"], w),
            words_of(row["recomputed"], w),
            w(f"audit.{_VERDICTS[row['verdict']]}"),
            _explained(row, w),
        )
        for row in found.audit.table.iter_rows(named=True)
    )
    base = w("audit.base", tables=len(report2002.names()))
    return (
        Text(w("audit.intro", **audit_words(found, w))),
        Table("audit", w("audit.title"), columns, cells, base, w("audit.note")),
    )


def _explained(row: Mapping[str, Any], w: Words) -> str:
    """Say why a figure does not follow; the rules speak English, the Danish sentences are ours."""
    if w.lang == "en":
        return f"{row['explanation']} {row['suggestion'] or ''}".strip()
    recomputed = words_of(row["recomputed"], w) or DASH
    return w(f"audit.because.{row['rule']}", printed=_in_words(row["printed"], w), recomputed=recomputed)


def _in_words(printed: str, w: Words) -> str:
    """Write a printed figure or the name of its row as the reader would: decimal sign, and how it is qualified."""
    if w.lang == "en":
        return printed
    for word in _QUALIFIERS:
        printed = re.sub(rf"\b{word.replace('_', ' ')}\b", w(f"audit.word.{word}"), printed)
    return re.sub(r"(?<=\d)\.(?=\d)", ",", printed)


def audit_words(found: Findings, w: Words) -> dict[str, str]:
    """Say how many figures were recomputed and how many do not add up."""
    return {"checked": w.count(found.audit.summary["figures_checked"]), "findings": w.count(found.audit.table.height)}


def words_of(recomputed: float | None, w: Words) -> str | None:
    """Write a recomputed figure with no more decimals than it needs."""
    if recomputed is None:
        return None
    decimals = next(places for places in range(3) if places == 2 or abs(round(recomputed, places) - recomputed) < 5e-4)
    return w.number(recomputed, decimals)
