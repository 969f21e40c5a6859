"""The one gate: whatever shows something about a person asks here which rows this viewer may see.

A model that holds something about persons says once, with `scoped`, which of its rows a viewer may see. Pages, lists,
counts, files, feeds, mails and the API all begin with `visible`, and nothing else. A model without a scope cannot be
shown at all: asking for it is an error, not everything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection, models
from django.http import Http404

from fodfaeste.web.accounts.viewer import Viewer

Scope = Callable[[Viewer], models.Q | None]
"""Which rows a viewer may see; None for none at all."""

_SCOPES: dict[type[models.Model], Scope] = {}

_ONE_A_DAY: set[str] = set()
"""Tables of which never two rows of one parent hold on one day."""

Row = TypeVar("Row", bound=models.Model)


def scoped(model: type[models.Model]) -> Callable[[Scope], Scope]:
    """Say which rows of a model a viewer may see, once."""

    def register(scope: Scope) -> Scope:
        if model in _SCOPES:
            raise ValueError(f"{model.__name__} has a scope already.")
        _SCOPES[model] = scope
        return scope

    return register


def never_two(model: type[models.Model]) -> None:
    """Say that of a model's rows never two of one parent hold on one day: a scope of a day repeats nothing."""
    _ONE_A_DAY.add(model._meta.db_table)


def visible(viewer: Viewer, model: type[Row]) -> models.QuerySet[Row]:
    """Give the rows of a model that a viewer may see.

    Raises
    ------
    LookupError
        If nobody has said which rows of the model may be seen by whom.
    """
    if model not in _SCOPES:
        raise LookupError(f"Nobody has said who may see {model.__name__}: register a scope for it.")
    rows = _SCOPES[model](viewer)
    everything = model._default_manager.all()
    if rows is None:
        return everything.none()
    kept = everything.filter(rows)
    return kept.distinct() if _may_repeat(kept) else kept


def one_by_one(viewer: Viewer, model: type[Row]) -> models.QuerySet[Row]:
    """Give the same rows as `visible`, each asked for by itself: for the first ones in the order of an index.

    SQLite lists all that a viewer may see for `visible`: faster to count them, or to find few among them. PostgreSQL
    chooses by itself.
    """
    if connection.vendor == "postgresql":
        return visible(viewer, model)
    seen = visible(viewer, model).filter(pk=models.OuterRef("pk"))
    return model._default_manager.filter(models.Exists(seen))


def _may_repeat(rows: models.QuerySet[Row]) -> bool:
    """Say whether a row can come more than once: where it is joined with many of another table.

    Elsewhere `distinct` would compare whole rows, and all that a viewer may see, before the first is shown.
    """
    tables = rows.query.alias_map.values()
    joins = [(table.table_name, table.join_field) for table in tables if table.parent_alias is not None]
    return any((field.one_to_many or field.many_to_many) and name not in _ONE_A_DAY for name, field in joins)


def visible_or_404(viewer: Viewer, model: type[Row], **by: Any) -> Row:
    """Give one row that a viewer may see; whoever may not see it learns no more than that there is none."""
    try:
        return visible(viewer, model).get(**by)
    except (model.DoesNotExist, ValueError):
        raise Http404 from None


def scoped_models() -> frozenset[type[models.Model]]:
    """Give every model whose rows somebody may see."""
    return frozenset(_SCOPES)
