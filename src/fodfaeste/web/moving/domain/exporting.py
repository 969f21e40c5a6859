"""The file for a municipality that does not use the system: a ZIP of tables with what goes along, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.base.cells import defused
from fodfaeste.web.moving.domain.across import across
from fodfaeste.web.moving.groups import ROWS, Group
from fodfaeste.web.moving.models import Move, Mover
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.people.permissions import looking_back
from fodfaeste.web.programme.models import Activity, FollowUp, Goal, Plan
from fodfaeste.web.programme.words import said

FACTS = (
    "case_number",
    "given_name",
    "family_name",
    "own_script",
    "birth_date",
    "sex",
    "citizenship",
    "permit",
    "civil_status",
    "schooling",
    "schooling_years",
    "arrival_date",
    "takeover_date",
    "cpr",
    "phone",
    "language",
    "protected",
)
"""Basic facts, which go along always."""

HIDDEN = frozenset({"id", "person", "kept_by", "version"})
"""Columns of rows that say nothing to another office."""

Table = list[dict[str, Any]]


def is_to_be_had(move: Move) -> bool:
    """Say whether the file of a move can be fetched: until another office here has written of whoever moved."""
    people = list(move.movers.values_list("person", flat=True))
    with across([move.from_office_id], people):
        since = Responsibility.objects.filter(person__in=people).exclude(end__lte=move.day)
        return not since.exclude(organisation=move.from_office_id).exists()


def packed_file(move: Move, movers: Sequence[Mover], viewer: Viewer) -> bytes:
    """Give the ZIP: a CSV a table, and `datapackage.json` that describes them."""
    tables = {name: rows for name, rows in _tables(move, movers, viewer).items() if rows}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, rows in tables.items():
            pack.writestr(f"{name}.csv", _csv(rows))
        pack.writestr("datapackage.json", json.dumps(_described(move, tables), ensure_ascii=False, indent=2))
    return out.getvalue()


def _tables(move: Move, movers: Sequence[Mover], viewer: Viewer) -> dict[str, Table]:
    people = [mover.person_id for mover in movers]
    # The office that hands over is responsible no longer: of the persons it reads what they are called, for this file.
    with across([move.from_office_id], people):
        facts = list(Person.objects.filter(pk__in=people).order_by("pk"))
    numbers = {person.pk: person.case_number for person in facts}
    tables: dict[str, Table] = {"persons": [{name: getattr(one, name) for name in FACTS} for one in facts]}
    back = looking_back(Viewer(viewer.user, frozenset({(move.from_office_id, Role.WORKER)})))
    for group, models in ROWS.items():
        for model in models if group in move.groups else ():
            rows = visible(back, model).filter(person__in=people).order_by("person", "pk")
            tables[model._meta.model_name or ""] = [_row(row, numbers) for row in rows]
    if Group.PLAN in move.groups:
        holds = Q(plan__state=Plan.State.APPROVED, plan__programme__person__in=people)
        goals = visible(back, Goal).filter(holds).select_related("plan__programme")
        activities = visible(back, Activity).filter(holds).select_related("plan__programme")
        tables["goals"] = [_planned(row, numbers, ("words", "language", "own_words", "danish")) for row in goals]
        tables["activities"] = [
            _planned(row, numbers, ("kind", "name", "place", "hours_a_week", "start", "end", "wish"))
            for row in activities
        ]
    if Group.FOLLOW_UPS in move.groups:
        open_ones = visible(back, FollowUp).filter(programme__person__in=people, held=None).select_related("programme")
        tables["follow_ups"] = [
            {"case_number": numbers[row.programme.person_id], "due": row.due, "words": said(row.words)}
            for row in open_ones
        ]
    return tables


def _row(row: Any, numbers: dict[int, str]) -> dict[str, Any]:
    told = {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in HIDDEN}
    return {"case_number": numbers[row.person_id], **told}


def _planned(row: Any, numbers: dict[int, str], names: Iterable[str]) -> dict[str, Any]:
    number = numbers[row.plan.programme.person_id]
    return {"case_number": number, "number": row.number, **{name: getattr(row, name) for name in names}}


def _csv(rows: Table) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(
        {name: defused(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows
    )
    return out.getvalue()


def _described(move: Move, tables: dict[str, Table]) -> dict[str, Any]:
    return {
        "name": f"sag-{move.pk}",
        "title": _("Sag fra %(old)s til %(new)s, %(day)s")
        % {"old": move.from_office, "new": move.to_name, "day": move.day},
        "resources": [
            {
                "name": name.replace("_", "-"),
                "path": f"{name}.csv",
                "format": "csv",
                "encoding": "utf-8",
                "schema": {"fields": [{"name": column} for column in rows[0]]},
            }
            for name, rows in tables.items()
        ],
    }
