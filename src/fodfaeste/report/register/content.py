"""The register report told: which chapters it has, and what stands above and below them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fodfaeste import __version__
from fodfaeste.errors import NotEnoughPeople, Problem
from fodfaeste.measure import Result
from fodfaeste.report.document import Block, Document, Points, Section, Table, Text
from fodfaeste.report.register import (
    arrivals,
    context,
    destinations,
    league,
    mix,
    models,
    retention,
    rule,
    time,
    work,
)
from fodfaeste.report.register.publication import PublishedTables
from fodfaeste.report.register.shared import SEED, columns, day, followed, words
from fodfaeste.report.register.tables import Progress, RegisterTables
from fodfaeste.report.words import Lang, Words
from fodfaeste.tables import fingerprint


@dataclass(frozen=True, eq=False)
class Findings:
    """What every chapter found; `None` where the edition or the register does not allow it."""

    tables: RegisterTables
    arrivals: arrivals.Arrivals
    retention: retention.Retention
    league: league.League | None
    time: time.Time | None
    rule: rule.Rule | None
    destinations: destinations.Destinations | None
    work: work.Work | None
    mix: mix.Mix | None
    models: models.Models | None
    context: context.Context | context.NoContext | None

    @property
    def results(self) -> Iterable[Result]:
        """Everything computed, in the order of the chapters."""
        for chapter in vars(self).values():
            yield from getattr(chapter, "results", ())


Step = tuple[str, Callable[[RegisterTables], object]]
CHAPTERS: tuple[Step, ...] = (
    ("arrivals", arrivals.find),
    ("retention", retention.find),
    ("league", league.find),
    ("time", time.find),
    ("rule", rule.find),
    ("destinations", destinations.find),
    ("work", work.find),
    ("mix", mix.find),
    ("models", models.find),
    ("context", context.find),
)


def find(tables: RegisterTables, progress: Progress) -> Findings:
    """Compute every chapter; `progress` hears its name and the share of 1 that is done."""
    _check_people(tables)
    found: dict[str, object] = {}
    for done, (name, compute) in enumerate(CHAPTERS):
        progress(f"compute {name}", done / len(CHAPTERS))
        found[name] = compute(tables)
    return Findings(tables, **found)  # type: ignore[arg-type]  # the names above are the fields


def _check_people(tables: RegisterTables) -> None:
    if not tables.status_by("kind")["known"].sum():
        years, day_ = followed(tables.about), tables.about.reference_day
        found = f"nobody who arrived {years} and whose address is known on {day_}"
        todo = "Say in register.json which years to follow (cohort_years) to which day (reference_day)."
        raise NotEnoughPeople(Problem(found, "people to follow", todo, "register.json"))


def document(found: Findings, lang: Lang) -> Document:
    """Tell everything in one language."""
    w = words(lang)
    about, published = found.tables.about, found.tables.published
    sections = (
        ("summary", _summary(found, w)),
        ("arrivals", arrivals.tell(found.arrivals, w)),
        ("retention", retention.tell(found.retention, w)),
        ("league", league.tell(found.league, found.mix.league if found.mix else None, w)),
        ("time", time.tell(found.time, w)),
        *([] if published else [("rule", rule.tell(found.rule, w))]),
        ("destinations", destinations.tell(found.destinations, w)),
        ("work", work.tell(found.work, w)),
        *([] if published else _of_persons(found, w)),
        ("methods", _methods(found, w)),
    )
    edition = f" · {w('edition.public')}" if published else ""
    years = followed(about)
    persons = w.count(found.tables.arrivals)
    colophon = (
        w("colophon.source", title=about.title, until=day(about.observed_until, lang), persons=persons, years=years),
        w(
            "colophon.made",
            version=__version__,
            fingerprint=fingerprint(found.retention.by_kind.table),
            seed=SEED,
        ),
    )
    return Document(
        lang,
        w("title", title=about.title),
        w("subtitle", years=years, day=day(about.reference_day, lang)) + edition,
        tuple(Section(name, w(f"{name}.heading"), blocks) for name, blocks in sections),
        colophon,
    )


def _of_persons(found: Findings, w: Words) -> list[tuple[str, tuple[Block, ...]]]:
    """Tell what is computed from the persons, and so not published."""
    return [
        ("mix", mix.tell(found.mix, w)),
        ("models", models.tell(found.models, w)),
        ("context", context.tell(found.context, w)),
    ]


def _summary(found: Findings, w: Words) -> tuple[Block, ...]:
    about = found.tables.about
    intro = w(
        "summary.intro",
        arrived=w.count(found.tables.arrivals),
        years=followed(about),
        day=day(about.reference_day, w.lang),
    )
    said = (
        retention.point(found.retention, arrivals.order(found.arrivals, w), w),
        league.point(found.league, w),
        time.point(found.time, w),
        rule.point(found.rule, w),
        work.point(found.work, w),
        mix.point(found.mix, w),
    )
    size = league.size(found.league, w)
    return Text(f"{intro} {size}".strip()), Points(tuple(point for point in said if point))


def _methods(found: Findings, w: Words) -> tuple[Block, ...]:
    rules = Points(tuple(w(f"methods.{name}") for name in ("exposure", "random", "level", "people")))
    unique = {result.method.name: result.method.reference for result in found.results}
    used = Table(
        "methods",
        w("methods.table_title"),
        columns(w, "method", "reference"),
        tuple(sorted(unique.items())),
        w("methods.table_base", n=len(unique)),
    )
    return rules, *_protection(found.tables, w), used


def _protection(tables: RegisterTables, w: Words) -> tuple[Block, ...]:
    if not isinstance(tables, PublishedTables):
        return ()
    hidden = tables.protection.summary
    counts = {name: w.count(float(hidden[name])) for name in ("suppressed", "cells")}
    threshold = w.count(float(tables.protection.params["threshold"]))
    return Text(w("methods.hidden", threshold=threshold, **counts)), Text(w("methods.left_out"))
