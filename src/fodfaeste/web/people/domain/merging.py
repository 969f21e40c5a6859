"""Two persons who turn out to be one: merging them, and undoing it.

Whatever belongs to the one moves to the other, in every room, but what both have alike stays with the row of who goes:
a spell that overlaps is joined into that of who is kept, so nothing counts twice and nothing is deleted. The row that
goes keeps its case number, by which the other is found, and is shown nowhere (`permissions`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.people import cpr
from fodfaeste.web.people.domain.changing import change, save
from fodfaeste.web.people.domain.facts import PersonFacts, facts_of, values_of
from fodfaeste.web.people.domain.refusals import refusal_of
from fodfaeste.web.people.models import (
    EmploymentSpell,
    HouseholdMember,
    Kept,
    LanguageSkill,
    Merge,
    Person,
    ResidenceSpell,
    Responsibility,
)

STAYS = frozenset({"audit"})
"""Apps whose rows tell of what was, and are moved by nobody."""

FILLED = ("own_script", "civil_status", "schooling_years", "cpr", "phone")
"""Facts that who is kept takes over where they have none."""


@dataclass(frozen=True)
class Spells:
    """How spells of two persons come together.

    Attributes
    ----------
    model : model class
    beside : tuple of str
        Columns in which spells have to agree for an overlap to count at all.
    alike : tuple of str
        Columns in which overlapping spells have to agree to be one.
    end : tuple of str
        Columns that tell of the end.
    refusal : str
        What is said where they do not agree.
    """

    model: type[models.Model]
    alike: tuple[str, ...]
    refusal: Any
    beside: tuple[str, ...] = ()
    end: tuple[str, ...] = ("end",)


SPELLS = (
    Spells(
        Responsibility,
        ("organisation_id",),
        gettext_lazy("De to har hver sin ansvarlige kommune i samme periode. Overdrag sagen, før de lægges sammen."),
    ),
    Spells(
        ResidenceSpell,
        ("municipality",),
        gettext_lazy("De to bor i hver sin kommune i samme periode. Ret opholdene, før de lægges sammen."),
        end=("end", "end_reason", "to"),
    ),
    Spells(
        HouseholdMember,
        ("household_id",),
        gettext_lazy("De to hører til hver sin husstand i samme periode. Ret husstandene, før de lægges sammen."),
    ),
    Spells(
        EmploymentSpell,
        ("employer",),
        gettext_lazy("De to har hver sin beskæftigelse af samme art i samme periode. Ret den, før de lægges sammen."),
        beside=("kind",),
    ),
)


@dataclass
class Record:
    """What was done: rows that moved, rows that were joined with what they were before, facts that were taken over."""

    moved: list[dict[str, Any]] = field(default_factory=list)
    joined: list[dict[str, Any]] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    version: int = 0

    def stored(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return json.loads(json.dumps(self.__dict__, cls=DjangoJSONEncoder))


def merge_persons(kept: Person, gone: Person, *, by: User) -> Merge:
    """Let two persons be one: `kept` has everything after it, `gone` leads to them by its case number.

    Raises
    ------
    Refused
        In words, where they cannot be one: two CPR numbers, two municipalities responsible or lived in at one time, two
        households, two jobs of a kind at one time. Nothing is done then.
    """
    with change(by):
        kept, gone = _locked(kept, gone)
        _check(kept, gone)
        record = Record()
        staying = {spells.model: _join(spells, kept, gone, record) for spells in SPELLS}
        staying[LanguageSkill] = _known_already(kept, gone)
        for model, column in _relations():
            rows = model._base_manager.filter(**{column: gone.pk}).exclude(pk__in=staying.get(model, []))
            record.moved += _move(rows, column, kept)
        _take_over(kept, gone, record)
        Person.objects.filter(pk=gone.pk).update(merged_into=kept)
        return Merge.objects.create(kept=kept, gone=gone, by=by, record=record.stored())


def undo_merge(merge: Merge, *, by: User) -> Merge:
    """Let them be two again, each with what was theirs; what was written since stays with who was kept.

    Raises
    ------
    Refused
        Where something that was moved or joined has been changed since, in words that name it.
    """
    with change(by):
        merge = Merge.objects.select_for_update().get(pk=merge.pk)
        kept, gone = _locked(merge.kept, merge.gone)
        record = Record(**merge.record)
        _check_unchanged(merge, kept, record)
        for entry in record.joined:
            _rows(entry).update(**entry["before"])
        for entry in record.moved:
            _rows(entry).update(**{entry["column"]: gone.pk})
        _give_back(kept, gone, record)
        Person.objects.filter(pk=gone.pk).update(merged_into=None)
        merge.undone, merge.undone_by = timezone.now(), by
        merge.save(update_fields=["undone", "undone_by"])
        return merge


def _locked(kept: Person, gone: Person) -> tuple[Person, Person]:
    rows = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk]).order_by("pk")}
    return rows[kept.pk], rows[gone.pk]


def _check(kept: Person, gone: Person) -> None:
    if kept.pk == gone.pk:
        raise Refused(_("En person kan ikke lægges sammen med sig selv."))
    if kept.merged_into_id or gone.merged_into_id:
        raise Refused(_("Personen er allerede lagt sammen med en anden."))
    if kept.cpr and gone.cpr:
        raise Refused(_("De to har hvert sit CPR-nummer. Er det ene skrevet forkert, så ret det først."))


# Spells


def _join(spells: Spells, kept: Person, gone: Person, record: Record) -> list[int]:
    """Join overlapping spells of the two; give the keys of those of who goes that are now part of another."""
    # What an office has kept stays a row of its own: joined with another it would be seen by others, or by none.
    current = {"kept_by": None} if issubclass(spells.model, Kept) else {}
    theirs = list(spells.model._default_manager.filter(person=kept, **current))
    joined = []
    for spell in spells.model._default_manager.filter(person=gone, **current):
        meeting = [other for other in theirs if _agree(spell, other, spells.beside) and _overlap(spell, other)]
        if not meeting:
            continue
        if len(meeting) > 1 or not _agree(spell, meeting[0], spells.alike):
            raise Refused(str(spells.refusal))
        _widen(meeting[0], spell, spells, record)
        joined.append(spell.pk)
    return joined


def _agree(one: Any, other: Any, columns: Sequence[str]) -> bool:
    return all(getattr(one, column) == getattr(other, column) for column in columns)


def _overlap(one: Any, other: Any) -> bool:
    return one.start < (other.end or date.max) and other.start < (one.end or date.max)


def _widen(spell: Any, other: Any, spells: Spells, record: Record) -> None:
    """Let a spell last from the first day of both to the last, unless it does."""
    columns = ("start", *spells.end)
    before = {column: getattr(spell, column) for column in columns}
    spell.start = min(spell.start, other.start)
    if (other.end or date.max) > (spell.end or date.max):
        for column in spells.end:
            setattr(spell, column, getattr(other, column))
    if any(getattr(spell, column) != before[column] for column in columns):
        spell.save(update_fields=columns)
        record.joined.append({**_entry(spell), "before": before})


def _known_already(kept: Person, gone: Person) -> list[int]:
    """Give the languages of who goes that who is kept has, too."""
    known = kept.languages.filter(kept_by=None).values("language")
    return list(gone.languages.filter(kept_by=None, language__in=known).values_list("pk", flat=True))


# Everything that belongs to a person, in every room


def _relations() -> Iterator[tuple[type[models.Model], str]]:
    """Give each model that points at persons, with the column by which it does; also those of rooms not known here."""
    for relation in Person._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        model = relation.related_model
        if model is not Merge and model._meta.app_label not in STAYS:
            yield model, relation.field.attname


def _move(rows: models.QuerySet[models.Model], column: str, kept: Person) -> list[dict[str, Any]]:
    """Let rows point at who is kept; give an entry for each."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    moving = rows.model._base_manager.filter(pk__in=keys)
    try:
        with transaction.atomic():
            moving.update(**{column: kept.pk})
    except IntegrityError as error:
        both = _("Begge har %(what)s, som ikke kan stå to gange. Ret det ene sted, før de lægges sammen.")
        raise refusal_of(error) or Refused(both % {"what": rows.model._meta.verbose_name_plural}) from error
    return [{**_entry(row), "column": column} for row in moving.order_by("pk")]


# Facts


def _take_over(kept: Person, gone: Person, record: Record) -> None:
    """Fill what who is kept has no answer to, protect them if either is, and let both names find them."""
    facts, others = facts_of(kept), facts_of(gone)
    taken = {name: getattr(others, name) for name in FILLED if not getattr(facts, name) and getattr(others, name)}
    taken |= {"protected": True} if others.protected and not facts.protected else {}
    record.before = {name: getattr(facts, name) for name in taken}
    if "cpr" in taken:
        Person.objects.filter(pk=gone.pk).update(cpr=None, cpr_hash="")
    record.version = _store(kept, replace(facts, **taken), [*kept.merged.all(), gone]).version


def _give_back(kept: Person, gone: Person, record: Record) -> None:
    number = kept.cpr if "cpr" in record.before else None
    _store(kept, replace(facts_of(kept), **record.before), kept.merged.exclude(pk=gone.pk))
    if number:
        Person.objects.filter(pk=gone.pk).update(cpr=number, cpr_hash=cpr.hashes(number)[0])


def _store(kept: Person, facts: PersonFacts, merged: Any) -> Person:
    names = " ".join(f"{person.given_name} {person.family_name} {person.own_script}" for person in merged)
    return save(kept, kept.version, values_of(facts, also_found_by=names))


# What was done


def _entry(row: models.Model) -> dict[str, Any]:
    """Name a row, with a fingerprint of what it holds. A key is in it, so that nobody can guess what was written."""
    return {"model": row._meta.label, "row": row.pk, "fingerprint": _fingerprint(row)}


def _fingerprint(row: models.Model) -> str:
    held = json.dumps([each.value_to_string(row) for each in row._meta.concrete_fields], default=str)
    return hmac.new(settings.SECRET_KEY.encode(), held.encode(), hashlib.sha256).hexdigest()


def _rows(entry: dict[str, Any]) -> models.QuerySet[models.Model]:
    return apps.get_model(entry["model"])._base_manager.filter(pk=entry["row"])


def _check_unchanged(merge: Merge, kept: Person, record: Record) -> None:
    if merge.undone is not None:
        raise Refused(_("Sammenlægningen er allerede fortrudt."))
    if kept.merged_into_id:
        raise Refused(_("Personen er siden lagt sammen med en anden: fortryd det først."))
    if kept.version != record.version:
        raise Refused(_("Personens oplysninger er ændret siden, så sammenlægningen kan ikke fortrydes."))
    for entry in [*record.joined, *record.moved]:
        row = _rows(entry).first()
        if row is None or _fingerprint(row) != entry["fingerprint"]:
            what = apps.get_model(entry["model"])._meta.verbose_name
            raise Refused(
                _("Det er ændret siden: %(what)s. Derfor kan sammenlægningen ikke fortrydes.") % {"what": what}
            )
