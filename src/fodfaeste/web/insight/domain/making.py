"""Makes editions: each night the own figures of every municipality, once a year what is compared and published.

The comparison holds for its whole year and is made once, so that nothing can be learnt by taking one day's figures from
another's: there are no two.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from fodfaeste import __version__
from fodfaeste.data.register import open_register
from fodfaeste.errors import FodfaesteError
from fodfaeste.report.register.tables import RegisterTables, gather
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.audit.context import current, telling
from fodfaeste.web.insight.domain import counting, drawing
from fodfaeste.web.insight.domain.computing import difference, expected, limited, publish, shown, standing
from fodfaeste.web.insight.domain.counting import BEFORE, NOW, Row
from fodfaeste.web.insight.domain.grouped import moved_by_kind
from fodfaeste.web.insight.measures import FOLLOW_UPS, MEASURES, STAYED
from fodfaeste.web.insight.models import Counted, Edition, Figure, Picture
from fodfaeste.web.insight.permissions import latest
from fodfaeste.web.people.register import RegisterTables as Outgoing
from fodfaeste.web.people.register import register_tables, valid_code, write_register

YEARS = 4
"""Arrivals of so many whole calendar years before the edition's are followed."""

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Counts:
    """What was counted: cells of the register, rows behind the own figures, and rows of changes and kinds."""

    outgoing: Outgoing
    tables: RegisterTables
    destinations: pl.DataFrame
    offices: Mapping[str, Organisation]
    rows: tuple[Row, ...]
    parts: tuple[Row, ...]
    overdue: Mapping[tuple[int, str], int]


def make_insight(day: date, say: Progress = lambda _doing: None) -> tuple[Edition, Edition | None]:
    """Make the night's own figures, and the comparison where the year has none yet.

    What cannot be made leaves a failed edition with the reason; the last good one stays.

    Returns
    -------
    tuple of Edition
        The own figures; the comparison, None where the year has one already or the own figures failed.
    """
    offices = Organisation.objects.filter(kind=Kind.MUNICIPALITY).exclude(code="")
    every = frozenset(offices.values_list("pk", flat=True))
    now = current()
    with telling(replace(now, organisations=now.organisations | every, watched=now.watched | every)):
        try:
            counts = _count(offices, day, say)
        except FodfaesteError as refused:
            return _failed(Edition.Kind.OWN, day, refused), None
        made, compared = _own(counts, day), _compared(counts, day, say)
        say("draw")
        _draw_own(made, counts)
        return made, compared


def _count(offices: Iterable[Organisation], day: date, say: Progress) -> Counts:
    say("read the register")
    outgoing = register_tables(day=day)
    years = [day.year - YEARS, day.year - 1]
    outgoing = replace(
        outgoing, settings={**outgoing.settings, "reference_day": day.isoformat(), "cohort_years": years}
    )
    by_code = {code: office for office in offices if (code := valid_code(office.code, day))}
    keys = {code: office.pk for code, office in by_code.items()}
    with tempfile.TemporaryDirectory(prefix="fodfaeste-insight-") as room:
        write_register(outgoing, Path(room) / "register")
        say("count the register")
        with open_register(Path(room) / "register", work=Path(room) / "work") as opened:
            tables = gather(opened, Path(room) / "cells", lambda _doing, _share: None)
            found = counting.people(opened, tables.about, outgoing)
    tables, destinations = counting.followed(tables, found)
    follow_ups, parts = counting.of_follow_ups(day)
    rows = [*counting.of_register(found, tables.about, keys), *follow_ups, *counting.of_choices()]
    parts += counting.changes(found, tables.about, keys)
    return Counts(outgoing, tables, destinations, by_code, tuple(rows), tuple(parts), counting.overdue(day))


# ------------------------------------------------------------------ own figures


@transaction.atomic
def _own(counts: Counts, day: date) -> Edition:
    edition = _edition(Edition.Kind.OWN, day, counts)
    Figure.objects.bulk_create(_own_figures(edition, counts))
    Counted.objects.bulk_create(
        (
            Counted(
                edition=edition,
                organisation_id=row.office,
                person_id=row.person,
                measure=row.measure,
                n=row.n,
                events=row.events,
            )
            for row in counts.rows
        ),
        batch_size=5000,
    )
    # Of own figures only the last are kept: who stood behind older ones is nobody's business any longer.
    Edition.objects.filter(kind=Edition.Kind.OWN).exclude(pk=edition.pk).delete()
    return edition


@transaction.atomic
def _draw_own(edition: Edition, counts: Counts) -> None:
    """Draw each municipality's curve beside that of its kind in the comparison that holds."""
    compared = latest(Edition.Kind.PUBLISHED)
    drawn = Picture.objects.filter(edition=compared, name=drawing.KINDS).first() if compared else None
    moved: dict[str, list[dict[str, Any]]] = {}
    for row in drawn.rows if drawn else ():
        moved.setdefault(row["kind"], []).append(row)
    for code, office in counts.offices.items():
        unit, kind = _place(counts, code)
        beside = drawing.Kind(kind, moved.get(kind, ()))
        Picture.objects.bulk_create(drawing.own(edition, office, counts.tables, unit, beside))


def _own_figures(edition: Edition, counts: Counts) -> Iterable[Figure]:
    added, parts, mixed = counting.sums(counts.rows), counting.sums(counts.parts), expected(counts.tables)
    arrived = dict(counts.tables.status_by("unit").select("unit", "arrived").iter_rows())
    for code, office in counts.offices.items():
        unit, kind = _place(counts, code)
        about = {"edition": edition, "organisation": office, "code": code, "name": unit, "kind": kind}
        for measure in MEASURES:
            n, events = added.get((office.pk, measure.name, ""), (0, 0))
            more: dict[str, Any] = dict(limited(n, events))
            if measure is STAYED:
                more |= {"arrived": arrived.get(unit, 0), **mixed.get(unit, {})}
            yield Figure(**about, measure=measure.name, n=n, events=events, more=more)
            now, before = (parts.get((office.pk, measure.name, part), (0, 0)) for part in (NOW, BEFORE))
            if told := difference(now, before):
                told |= {"n_before": before[0], "events_before": before[1]}
                yield Figure(**about, measure=measure.name, part="change", n=now[0], events=now[1], more=told)
        yield from _kinds_of_follow_up(about, office.pk, parts, counts.overdue)


def _kinds_of_follow_up(
    about: Mapping[str, Any],
    office: int,
    parts: Mapping[tuple[int, str, str], tuple[int, int]],
    overdue: Mapping[tuple[int, str], int],
) -> Iterable[Figure]:
    codes = {part for key, measure, part in parts if (key, measure) == (office, FOLLOW_UPS.name)} - {NOW, BEFORE}
    codes |= {code for key, code in overdue if key == office}
    for code in sorted(codes):
        n, events = parts.get((office, FOLLOW_UPS.name, code), (0, 0))
        more = {**limited(n, events), "overdue": overdue.get((office, code), 0)}
        yield Figure(**about, measure="overdue", part=code, n=n, events=events, more=more)


def _place(counts: Counts, code: str) -> tuple[str, str]:
    found = counts.tables.units.filter(pl.col("municipality") == code)
    return (str(found["unit"][0]), str(found["kind"][0])) if found.height else (code, "")


# ------------------------------------------------------------------ the comparison


def _compared(counts: Counts, day: date, say: Progress) -> Edition | None:
    """Make the comparison of the year; None where there is one."""
    if Edition.objects.filter(kind=Edition.Kind.PUBLISHED, year=day.year, good=True).exists():
        return None
    say("protect small counts")
    try:
        readers = [_place(counts, code)[0] for code in counts.offices]
        published = publish(counts.tables, _beside(counts), counts.destinations, readers)
    except FodfaesteError as refused:
        return _failed(Edition.Kind.PUBLISHED, day, refused)
    return _publish(counts, shown(published), moved_by_kind(published), day)


@transaction.atomic
def _publish(counts: Counts, told: pl.DataFrame, moved: Mapping[str, Any], day: date) -> Edition:
    edition = _edition(Edition.Kind.PUBLISHED, day, counts)
    codes = {row["unit"]: row["municipality"] for row in counts.tables.units.iter_rows(named=True)}
    for (measure,), frame in told.group_by("measure", maintain_order=True):
        places = standing(frame.drop_nulls("unit"))
        Figure.objects.bulk_create(
            Figure(
                edition=edition,
                measure=str(measure),
                code=codes.get(row["unit"], ""),
                name=row["unit"] or "",
                kind=row["kind"] or "",
                n=row["n"],
                events=row["events"],
                more={**limited(row["n"], row["events"]), "arrived": row["arrived"], **places.get(row["unit"], {})},
            )
            for row in frame.iter_rows(named=True)
        )
    Picture.objects.bulk_create(drawing.everybody(edition, told))
    Picture.objects.bulk_create(drawing.kinds(edition, moved))
    Edition.objects.filter(kind=Edition.Kind.PUBLISHED, good=False).delete()
    return edition


def _beside(counts: Counts) -> pl.DataFrame:
    """Give what the register does not hold, by municipality."""
    rows = []
    by_office = {office.pk: _place(counts, code) for code, office in counts.offices.items()}
    for (office, measure, _part), (n, events) in sorted(counting.sums(counts.rows).items()):
        if office in by_office and measure in {"follow_ups", "choices"}:
            unit, kind = by_office[office]
            rows.append({"measure": measure, "kind": kind, "unit": unit, "n": n, "events": events})
    schema = {"measure": pl.String, "kind": pl.String, "unit": pl.String, "n": pl.Int64, "events": pl.Int64}
    return pl.DataFrame(rows, schema=schema)


# ------------------------------------------------------------------ editions


def _edition(kind: Any, day: date, counts: Counts) -> Edition:
    about = counts.tables.about
    return Edition.objects.create(
        kind=kind,
        year=day.year,
        day=day,
        made=timezone.now(),
        version=__version__,
        good=True,
        persons=counts.outgoing.tables["persons"].height,
        left_out=counts.outgoing.left_out,
        first_year=about.first_year,
        last_year=about.last_year,
    )


def _failed(kind: Any, day: date, refused: FodfaesteError) -> Edition:
    Edition.objects.filter(kind=kind, good=False).delete()
    return Edition.objects.create(
        kind=kind,
        year=day.year,
        day=day,
        made=timezone.now(),
        version=__version__,
        good=False,
        words=str(refused) or type(refused).__name__,
    )
