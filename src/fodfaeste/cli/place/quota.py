"""`fodfaeste place quota`: how many refugees each municipality is to receive, with every step."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fodfaeste.cli._output import say_json
from fodfaeste.cli.report import Language
from fodfaeste.errors import BadInput, Problem

if TYPE_CHECKING:
    import polars as pl

    from fodfaeste.place.quota import Quotas, Remark
    from fodfaeste.report.words import Words

WIDE = 200

STEPS = ("population", "p", "m", "family_reunified", "s", "calculated", "provisional", "exact", "quota")
"""Columns of figures, in the order of the formula."""

USED = ("formula", "zero_floor", "reduction", "rounding", "immigrants_counted", "family_counted", "persons_at_a_time")
"""Parameters of the rule set that decide the figures."""


class Rule(StrEnum):
    """What quotas are computed by."""

    formula = "2p-m"
    population = "population"
    agreed = "agreed"


class Reduction(StrEnum):
    """How figures above zero are brought to the national number."""

    proportional = "proportional"
    share_key = "share_key"
    none = "none"


def quota(
    figures: Annotated[
        Path,
        typer.Argument(
            help="CSV with municipality or code, population, immigrants_refugees, family_reunified; region if any."
        ),
    ],
    *,
    national: Annotated[int, typer.Option(help="The national number: refugees expected in the year.")],
    rule: Annotated[Rule | None, typer.Option(help="What to compute by.  [default: what the rule set says]")] = None,
    rule_set: Annotated[
        str | None, typer.Option(help="A rule set by its id, such as IL-2022 or UKR-2022.  [default: IL-2022]")
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Or the rules in force on this day.")
    ] = None,
    agreed: Annotated[Path | None, typer.Option(help="CSV with municipality or code, and quota.")] = None,
    reduction: Annotated[
        Reduction | None, typer.Option(help="How the excess is taken off.  [default: what the rule set says]")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the table with all steps as CSV.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
    lang: Annotated[Language, typer.Option(help="The language of the table.")] = Language.da,
) -> None:
    """Work out municipal quotas from a national number, and show every step and the source of every rule.

    Fractions are exact; whole persons go to the largest fractions. A quota is a limit agreed or fixed by law: who is
    placed where is decided later, and by a person.
    """
    from fodfaeste.place.quota import compute
    from fodfaeste.place.quota.agreements import TODAY

    if rule_set and on:
        raise BadInput(Problem("--rule-set and --on", "one of them", "A rule set has its own days: leave one out."))
    found = compute.quota(
        figures,
        national,
        rule=rule.value if rule else "agreed" if agreed else None,
        rule_set=on.date() if on else rule_set or TODAY,
        reduction=reduction.value if reduction else None,
        agreed=agreed,
    )
    if out:
        found.to_csv(out)
    if as_json:
        say_json(found.to_dict())
        return
    _print(found, lang)
    if out:
        typer.echo(str(out))


def _print(found: Quotas, lang: Language) -> None:
    from rich.console import Console
    from rich.text import Text

    from fodfaeste.report.words import Words

    words = Words(lang.value, "quota")
    console = Console(width=None if sys.stdout.isatty() else WIDE, markup=False, highlight=False)
    shown = words("title", national=words.count(found.national), municipalities=words.count(found.table.height))
    console.print(Text(shown, style="bold"))
    console.print(_grid(found, words))
    if found.regions.height > 1:
        console.print(_regions(found.regions, words))
    for line in (*_rules(found, words), *(_remark(note, words) for note in found.notes)):
        console.print(Text(line))


def _grid(found: Quotas, words: Words) -> Any:
    columns = [name for name in STEPS if found.table[name].null_count() == 0]
    grid = _empty([words("column.municipality"), *(words(f"column.{name}") for name in columns)], words("column.why"))
    for row in found.table.iter_rows(named=True):
        why = words(f"why.{row['why']}")
        said = words("why.one_more", why=why) if row["one_more"] else why
        grid.add_row(row["municipality"], *(_figure(name, row[name], words) for name in columns), said)
    grid.add_section()
    totals = found.table.select(columns).sum().row(0, named=True)
    grid.add_row(words("sum"), *(_figure(name, totals[name], words) for name in columns), "")
    return grid


def _regions(regions: pl.DataFrame, words: Words) -> Any:
    numbers = ("municipalities", "population", "quota")
    grid = _empty([words("column.region"), *(words(f"column.{name}") for name in numbers)], words("column.by"))
    for row in regions.iter_rows(named=True):
        grid.add_row(row["region"], *(words.count(row[name]) for name in numbers), words(f"by.{row['by']}"))
    return grid


def _empty(headings: list[str], last: str) -> Any:
    """Make a grid whose first and last columns are words and whose others are figures."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    grid = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for position, heading in enumerate(headings):
        grid.add_column(heading, justify="right" if position else "left", overflow="fold")
    grid.add_column(last, overflow="fold")
    return grid


def _figure(name: str, value: float, words: Words) -> str:
    if name in ("p", "m", "s"):
        return words.percent(value, 2)
    return words.number(value, 1) if name in ("calculated", "provisional", "exact") else words.count(value)


def _rules(found: Quotas, words: Words) -> list[str]:
    rules = found.rules
    values = {"id": rules.id, "title": rules.title[words.lang], "day": rules.on.isoformat()}
    said = [
        words("used.rule", rule=words(f"rule.{found.rule}"), reduction=words(f"reduction.{found.reduction}"), **values)
    ]
    for name in USED:
        if name in rules.values:
            value = rules.at(name)
            called = words(f"parameter.{name}")
            source = "; ".join(part for part in (value.source, value.note.get(words.lang, "")) if part)
            said.append(words("used.source", name=called, source=source, certainty=value.certainty))
    return [*said, words("used.certainty")]


def _remark(note: Remark, words: Words) -> str:
    values = dict(note.values)
    if "excess" in values:
        values["excess"] = words.number(values["excess"], 1)
    if "parameters" in values:
        values["parameters"] = ", ".join(words(f"parameter.{name}") for name in values["parameters"])
    if "failed" in values:
        values["failed"] = " ".join(words(f"failed.{one['code']}", **one["values"]) for one in values["failed"])
    return words(f"remark.{note.code}", **values)
