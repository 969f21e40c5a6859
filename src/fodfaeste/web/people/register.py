"""The register that goes out: who came, where they lived and worked, by number instead of by name.

What daily work writes down leaves as the tables that the measures read (`fodfaeste.data.register`), in such an order
that nothing in them is refused. Persons with a protected name and address are left out, whatever the number.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from fodfaeste.data.municipalities import municipalities
from fodfaeste.data.register.schema import NO_COUNTRY, SETTINGS, TABLES
from fodfaeste.data.register.vintages import readings
from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.context import current, telling
from fodfaeste.web.base.packages import DESCRIPTOR, Made, as_text
from fodfaeste.web.people.models import HouseholdMember, Person, ResidenceSpell
from fodfaeste.web.people.register_package import described

SEES_FIGURES = frozenset({Role.LEADER, Role.ANALYST})
"""Who may take a municipality's register away."""

PSEUDONYM = 16
"""Hexadecimal digits of a pseudonym."""

WORK: Mapping[str, str] = {
    "ordinary": "employee",
    "subsidised": "subsidised",
    "education": "education",
    "unemployed": "unemployed",
}
"""The register's kind of each kind of work. It has none for a traineeship: that is outside the labour force."""

AT_A_TIME = 2000
"""Persons that are read from the database together."""

Row = dict[str, Any]
Reading = Callable[[str, date], str | None]
"""Gives the code that was valid on a day for a code of any time; None where nobody can know."""


@dataclass(frozen=True)
class Stay:
    """A residence spell on its way out."""

    municipality: str
    start: date
    end: date | None
    reason: str
    to: str


@dataclass(frozen=True, eq=False)
class RegisterTables:
    """A register.

    Attributes
    ----------
    tables : mapping of str to DataFrame
        `persons`, `residence_spells`, `employment_spells` and `municipalities`, with the columns of their schemas.
    settings : mapping
        What `register.json` says.
    left_out : int
        Persons with a protected name and address, who are in none of the tables.
    persons : tuple of int
        Who is in them, by their keys here; for the log, and in no file.
    """

    tables: Mapping[str, pl.DataFrame]
    settings: Mapping[str, Any]
    left_out: int
    persons: tuple[int, ...] = ()


def offices_of(viewer: Viewer) -> frozenset[int]:
    """Give the municipalities whose register a viewer may take away."""
    held = viewer.organisations(SEES_FIGURES)
    if not held:
        return held
    return frozenset(Organisation.objects.filter(pk__in=held, kind=Kind.MUNICIPALITY).values_list("pk", flat=True))


def register_tables(organisation: Organisation | None = None, *, day: date) -> RegisterTables:
    """Give the register of a municipality, or of all together.

    A municipality's holds everybody that it is or was responsible for: where they lived, also after they moved away,
    and their work for as long as it was responsible.

    Parameters
    ----------
    organisation : Organisation, optional
    day : date
        The last day that the register knows; what begins later is not in it, and what ends later is open.
    """
    offices = [organisation.pk] if organisation else Organisation.objects.values_list("pk", flat=True)
    with _in_sight(frozenset(offices)):
        return _tables(organisation, day)


def write_register(register: RegisterTables, folder: Path) -> None:
    """Write a register into a folder that is not there yet, whole or not at all.

    Raises
    ------
    Refused
        If there is such a folder or file.
    """
    if folder.exists():
        raise Refused(_("%(folder)s findes allerede. Vælg en anden mappe, eller slet den.") % {"folder": folder})
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".register-") as half_written:
        whole = Path(half_written) / folder.name
        whole.mkdir()
        for name, content in _files(register):
            (whole / name).write_bytes(content)
        shutil.move(whole, folder)


def packed(register: RegisterTables, made: Made | None = None) -> bytes:
    """Give a register as a ZIP file of its folder; its description says who made it, where somebody did."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in _files(register, made):
            parts.writestr(f"register/{name}", content)
    return out.getvalue()


def pseudonym(kind: str, key: int) -> str:
    """Give the number that stands for a row in every register of this installation; nobody without its key finds back.

    The key is that of encrypted fields, which outlives changes of the key that signs sessions.
    """
    keys = [settings.SALT_KEY] if isinstance(settings.SALT_KEY, str) else settings.SALT_KEY
    # The last is the oldest: a new key put before it must not make new persons of everybody.
    digest = salted_hmac(f"fodfaeste.register.{kind}", str(key), secret=keys[-1], algorithm="sha256")
    return str(digest.hexdigest()[:PSEUDONYM])


def valid_code(code: str, day: date) -> str | None:
    """Give the code that a municipality's code of any time has in the register on a day; None where it has none."""
    return _Places().valid(code, day)


def _files(register: RegisterTables, made: Made | None = None) -> Iterator[tuple[str, bytes]]:
    tables = {name: (frame.height, frame.write_csv().encode()) for name, frame in register.tables.items()}
    for name, (_rows, content) in tables.items():
        yield f"{name}.csv", content
    yield SETTINGS, json.dumps(dict(register.settings), ensure_ascii=False, indent=2).encode()
    said = made.described() if made else {"created": timezone.localtime().isoformat(timespec="seconds")}
    yield DESCRIPTOR, as_text(described(register.settings["title"], tables, said)).encode()


def _frame(name: str, rows: Iterable[Row]) -> pl.DataFrame:
    kinds: dict[str, Any] = {"date": pl.Date, "text": pl.String, "number": pl.Float64}
    return pl.DataFrame(list(rows), schema={column.name: kinds[column.kind] for column in TABLES[name].columns})


@contextmanager
def _in_sight(offices: frozenset[int]) -> Iterator[None]:
    """Let the wall show whom some municipalities are or were responsible for, while their register is made."""
    ever: frozenset[int] = frozenset()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT fodfaeste_ever_responsible(%s)", [sorted(offices)])
            ever = frozenset(person for (person,) in cursor.fetchall())
    now = current()
    with telling(replace(now, organisations=now.organisations | offices, persons=now.persons | ever)):
        yield


# Persons


def _tables(organisation: Organisation | None, day: date) -> RegisterTables:
    everybody = _persons(organisation, day)
    places = _Places()
    within: list[int] = []
    rows: dict[str, list[Row]] = {name: [] for name in ("persons", "residence_spells", "employment_spells")}
    for person in everybody.filter(protected=False).iterator(chunk_size=AT_A_TIME):
        if not person.birth_date <= person.arrival_date <= day:
            continue
        number = pseudonym("person", person.pk)
        within.append(person.pk)
        homes, work = _told(person, organisation)
        stays = _stays(homes, person, places, day)
        rows["persons"].append(_person(person, number))
        rows["residence_spells"] += [_stay(stay, number) for stay in stays]
        gone = [one for one in (_gone_for_good(stays), _handed_on(person, organisation)) if one]
        rows["employment_spells"] += _work(work, person, number, day, min(gone, default=None))
    tables = {name: _frame(name, found) for name, found in rows.items()}
    said = {"title": organisation.name if organisation else "Fodfæste", "observed_until": day.isoformat()}
    left_out = everybody.filter(protected=True).count()
    return RegisterTables({**tables, "municipalities": places.table}, said, left_out, tuple(within))


def _told(person: Person, organisation: Organisation | None) -> tuple[list[Any], list[Any]]:
    """Give the stays and the work of a person that an office may tell of; all, for all offices together.

    Beside what goes along with the person it tells what it has kept. Where it has kept them and the person has moved
    on, it tells nothing else: what the next office writes is not its to know.
    """
    stays, work = list(person.residence_spells.all()), list(person.employment_spells.all())
    if organisation is None:
        return stays, work
    kept = {spell.kept_by_id for spell in (*stays, *work)}
    gone = _handed_on(person, organisation) is not None and organisation.pk in kept
    own = {organisation.pk} if gone else {organisation.pk, None}
    return [one for one in stays if one.kept_by_id in own], [one for one in work if one.kept_by_id in own]


def _once(spells: Iterable[Any], *beside: str) -> Iterator[tuple[Any, date | None]]:
    """Give spells with their ends, in order, no day twice.

    An office may have kept a spell of which the next one was told again: what was kept counts for the time before.
    """
    every = sorted(spells, key=lambda spell: (spell.kept_by_id is not None, spell.start, spell.pk))
    taken: list[tuple[Any, date | None]] = []
    for spell in every:
        alike = [(other, end) for other, end in taken if all(getattr(spell, c) == getattr(other, c) for c in beside)]
        meeting = [
            other.start
            for other, end in alike
            if spell.start < (end or date.max) and other.start < (spell.end or date.max)
        ]
        if not meeting:
            taken.append((spell, spell.end))
        elif min(meeting) > spell.start:
            taken.append((spell, min(meeting)))
    yield from sorted(taken, key=lambda pair: (pair[0].start, pair[0].pk))


def _persons(organisation: Organisation | None, day: date) -> QuerySet[Person]:
    # Not through the gate: a leader sees no person, and what leaves here names none.
    persons = Person.objects.filter(merged_into=None).order_by("pk")
    if organisation is not None:
        held = Q(responsibilities__organisation=organisation, responsibilities__start__lte=day)
        persons = persons.filter(held).distinct()
    return persons.prefetch_related(
        "responsibilities",
        "employment_spells",
        Prefetch("residence_spells", ResidenceSpell.objects.order_by("start")),
        Prefetch("households", HouseholdMember.objects.order_by("start", "pk")),
    )


def _person(person: Person, number: str) -> Row:
    homes = [member.household_id for member in person.households.all()]
    letters = person.citizenship.upper()
    return {
        "person": number,
        "household": pseudonym("household", homes[0]) if homes else None,
        "sex": person.sex,
        "birth_date": person.birth_date,
        "citizenship": letters if len(letters) == 3 and letters.isascii() and letters.isalpha() else NO_COUNTRY,
        "civil_status": person.civil_status or None,
        "arrival_date": person.arrival_date,
        "permit": person.permit,
        "schooling": person.schooling,
    }


# Where they lived


def _stays(homes: Iterable[Any], person: Person, places: _Places, day: date) -> list[Stay]:
    """Put a person's stays into an order that a register takes: none after death, moves that lead to the next one."""
    stays = list(_known(homes, person, places, day))
    return _led_on(_joined(_until_death(stays)))


def _known(homes: Iterable[Any], person: Person, places: _Places, day: date) -> Iterator[Stay]:
    for spell, last in _once(homes):
        start = max(spell.start, person.arrival_date)
        end = last if last and last <= day else None
        code = places.valid(spell.municipality, start)
        if start > day or (end and end <= start) or code is None:
            continue
        reason = (spell.end_reason if last == spell.end else "") or "unknown" if end else "open"
        to = spell.to if reason == "moved" and places.known(spell.to) else ""
        yield Stay(code, start, end, reason, to)


def _until_death(stays: Sequence[Stay]) -> list[Stay]:
    for last, stay in enumerate(stays):
        if stay.reason == "died":
            return list(stays[: last + 1])
    return list(stays)


def _joined(stays: Sequence[Stay]) -> list[Stay]:
    """Make one stay of those that follow each other in one municipality."""
    whole: list[Stay] = []
    for stay in stays:
        last = whole[-1] if whole else None
        if last and last.end == stay.start and last.municipality == stay.municipality:
            whole[-1] = replace(stay, start=last.start)
        else:
            whole.append(stay)
    return whole


def _led_on(stays: Sequence[Stay]) -> list[Stay]:
    """Let a stay that ends where another begins end by a move to it, and a move to nowhere else for an unknown end."""
    led = []
    for stay, following in zip(stays, [*stays[1:], None], strict=False):
        if following and stay.end == following.start:
            led.append(replace(stay, reason="moved", to=following.municipality))
        elif stay.to == stay.municipality:
            led.append(replace(stay, reason="unknown", to=""))
        else:
            led.append(stay)
    return led


def _stay(stay: Stay, number: str) -> Row:
    return {
        "person": number,
        "municipality": stay.municipality,
        "start": stay.start,
        "end": stay.end,
        "end_reason": stay.reason,
        "to": stay.to or None,
    }


# How they worked


def _gone_for_good(stays: Sequence[Stay]) -> date | None:
    """Give the day on which somebody died or left the country and did not come back."""
    return stays[-1].end if stays and stays[-1].reason in {"died", "emigrated"} else None


def _handed_on(person: Person, organisation: Organisation | None) -> date | None:
    """Give the first day on which a municipality was no longer responsible; None while it is, or for all together."""
    if organisation is None:
        return None
    ends = [held.end for held in person.responsibilities.all() if held.organisation_id == organisation.pk]
    return None if None in ends else max(ends)


def _work(work: Iterable[Any], person: Person, number: str, day: date, gone: date | None) -> Iterator[Row]:
    for spell, last in _once(work, "kind"):
        end = last if last and last <= day else None
        if gone and (end is None or end > gone):
            end = gone if gone <= day else None
        begins_too_late = spell.start > day or (end and spell.start >= end)
        if spell.kind in WORK and spell.start >= person.birth_date and not begins_too_late:
            yield {"person": number, "start": spell.start, "end": end, "kind": WORK[spell.kind]}


# Municipalities


class _Places:
    """The country's municipalities, and those that this installation knows beside them."""

    def __init__(self) -> None:
        listed = municipalities()
        codes = set(listed["code"])
        own = Organisation.objects.filter(kind=Kind.MUNICIPALITY).exclude(code="").exclude(code__in=codes)
        further = [{"code": one.code, "name": one.name, "kind": "unknown"} for one in own.order_by("code")]
        columns = [column.name for column in TABLES["municipalities"].columns]
        self.table = pl.concat([listed.select(columns), _frame("municipalities", further)], how="vertical_relaxed")
        self._codes = set(self.table["code"])
        self._reads: dict[str, list[tuple[date, date, str]]] = {}
        for code, since, until, reads_as, _divided in readings(self.table.with_row_index("row")).iter_rows():
            self._reads.setdefault(code, []).append((since, until, reads_as))

    def known(self, code: str) -> bool:
        """Say whether there is or was such a code."""
        return code in self._codes

    def valid(self, code: str, day: date) -> str | None:
        """Give the code of a day; None where there is none."""
        return next((as_it_was for since, until, as_it_was in self._reads.get(code, ()) if since <= day <= until), None)
