"""What saving a list made: remembered with its looks, and taken away again while it still looks so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Field, Model
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from fodfaeste.web.people.importing.models import ImportedList, ImportedThing

UNSEEN = frozenset({"search"})
"""Fields that are computed from others, and may be computed anew without anybody having changed anything."""

MOST_NAMED = 10
"""So many things in the way are named."""


def remember(imported: ImportedList, made: Iterable[Any]) -> None:
    """Write down what was made, as the database has it now: one question for all of a kind."""
    keys: dict[type[Model], list[int]] = defaultdict(list)
    for row in made:
        keys[type(row)].append(row.pk)
    rows = (row for kind, found in keys.items() for row in kind._default_manager.filter(pk__in=found))
    ImportedThing.objects.bulk_create(
        ImportedThing(imported=imported, kind=row._meta.label, key=row.pk, fingerprint=fingerprint(row)) for row in rows
    )


def fingerprint(row: Model) -> str:
    """Give a keyed hash of all that a row holds."""
    held = [
        (field.attname, str(getattr(row, field.attname)))
        for field in row._meta.concrete_fields
        if field.name not in UNSEEN
    ]
    return str(salted_hmac("fodfaeste.imported thing", repr(held), algorithm="sha256").hexdigest())


def in_the_way(imported: ImportedList) -> list[str]:
    """Say by name what keeps a saved list from being undone: what was changed, is gone, or has been built on."""
    things = _by_kind(imported)
    words = [*_changed(things), *_built_on(things)]
    more = len(words) - MOST_NAMED
    return [*words[:MOST_NAMED], _("og %(n)d mere") % {"n": more}] if more > 0 else words


def remove(imported: ImportedList) -> None:
    """Take away what was made, the last first."""
    for kind, fingerprints in reversed(list(_by_kind(imported).items())):
        # Not instance by instance: nothing may go but what is named here, and it does not cascade to anything.
        kind._default_manager.filter(pk__in=fingerprints).delete()
    imported.things.all().delete()


def _by_kind(imported: ImportedList) -> Mapping[type[Model], Mapping[int, str]]:
    """Give keys and fingerprints by model; models in an order in which each refers to earlier ones only."""
    found: dict[type[Model], dict[int, str]] = defaultdict(dict)
    for thing in imported.things.all():
        found[apps.get_model(thing.kind)][thing.key] = thing.fingerprint
    return dict(sorted(found.items(), key=lambda pair: (len(_references(pair[0])), pair[0]._meta.label)))


def _references(kind: type[Model]) -> list[Field]:
    return [field for field in kind._meta.concrete_fields if field.is_relation and field.related_model is not kind]


def _changed(things: Mapping[type[Model], Mapping[int, str]]) -> Iterator[str]:
    for kind, fingerprints in things.items():
        rows = {row.pk: row for row in kind._default_manager.filter(pk__in=fingerprints)}
        for key, looked in fingerprints.items():
            if key not in rows:
                yield _("%(what)s nr. %(key)d er slettet") % {"what": kind._meta.verbose_name, "key": key}
            elif fingerprint(rows[key]) != looked:
                yield _("%(what)s ”%(name)s” er ændret") % {"what": kind._meta.verbose_name, "name": rows[key]}


def _built_on(things: Mapping[type[Model], Mapping[int, str]]) -> Iterator[str]:
    """Find rows of any app that refer to what was made and were not made with it."""
    for kind, fingerprints in things.items():
        for relation in kind._meta.get_fields(include_hidden=True):
            if not relation.auto_created or relation.concrete or not (relation.one_to_many or relation.one_to_one):
                continue
            other, field = relation.related_model, relation.field.name
            if other._meta.label.startswith("people.Imported"):
                continue
            rows = other._default_manager.filter(**{f"{field}__in": list(fingerprints)})
            for row in rows.exclude(pk__in=list(things.get(other, {}))):
                words = {"name": getattr(row, field), "what": other._meta.verbose_name, "row": row}
                yield _("”%(name)s” har fået %(what)s: %(row)s") % words
