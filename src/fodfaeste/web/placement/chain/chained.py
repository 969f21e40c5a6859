"""What makes a record a link of its agency's chain: written once, and in the same transaction with its entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar, NoReturn

from django.apps import apps
from django.db import models, transaction

from fodfaeste.place.audit_chain import hash_of

Facts = dict[str, Any]


class ChainedManager(models.Manager[Any]):
    """Makes records one by one: each has to know the one before."""

    def bulk_create(self, *_rows: Any, **_more: Any) -> NoReturn:
        """Refuse.

        Raises
        ------
        TypeError
        """
        raise TypeError(f"{self.model.__name__} is chained: create its rows one by one.")


class Chained(models.Model):
    """A record whose hash goes into the chain of its agency when it is made.

    Attributes
    ----------
    CHAIN_OF : str
        The way to the agency, as a filter names it.
    """

    CHAIN_OF: ClassVar[str] = "organisation"

    objects = ChainedManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **more: Any) -> None:
        """Save, and add a new record to the chain."""
        from fodfaeste.web.placement.chain.writing import add  # it reads models that are made of this one

        with transaction.atomic(using=more.get("using") or self._state.db or "default"):
            adding = self._state.adding
            super().save(*args, **more)
            if adding:
                add(self)

    @property
    def chained_to(self) -> int:
        """The number of the agency whose chain it belongs to."""
        row: Any = self
        *way, last = self.CHAIN_OF.split("__")
        for name in way:
            row = getattr(row, name)
        return int(getattr(row, f"{last}_id"))

    @property
    def chained_by(self) -> str:
        """Who made it: a user's number, or what the record calls who is no user."""
        number = getattr(self, "by_id", None)
        return str(number) if number is not None else str(getattr(self, "by_name", "") or "system")

    def more_facts(self) -> Facts:
        """Give what the entry says besides, of other records that this one tells of."""
        return {}


def chained_models() -> list[type[Chained]]:
    """Give every model whose rows are chained."""
    return [model for model in apps.get_models() if issubclass(model, Chained)]


def reference(row: models.Model) -> Facts:
    """Tell a record to the chain: where it lies, which columns are hashed, and their hash."""
    columns = sorted(field.column for field in row._meta.concrete_fields)
    return {
        "table": row._meta.db_table,
        "row": row.pk,
        "columns": columns,
        "digest": digest(row, columns),
    }


def digest(row: models.Model, columns: Iterable[str]) -> str:
    """Give the hash of a record's columns, those that are not there any more left out."""
    return hash_of(content(row, columns))


def content(row: models.Model, columns: Iterable[str]) -> Mapping[str, Any]:
    """Give what is hashed of a record: its columns by name, times in UTC."""
    fields = {field.column: field.attname for field in row._meta.concrete_fields}
    return {name: _plain(getattr(row, fields[name])) for name in columns if name in fields}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
