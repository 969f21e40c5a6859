"""How every change here is made: in one transaction, by somebody, never over what another has saved meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.audit.context import acting, current
from fodfaeste.web.people.models import Versioned

Row = TypeVar("Row", bound=Versioned)


class Clash(Refused):
    """Somebody else has saved a row since it was opened: `theirs` is the row as it is now."""

    def __init__(self, theirs: Versioned) -> None:
        self.theirs = theirs
        super().__init__(
            _("En anden har gemt ændringer, siden du åbnede siden. Intet er gemt endnu: se begge tekster, og gem igen.")
        )


@contextmanager
def change(by: User) -> Iterator[None]:
    """Make a change: all of it or nothing, and in words what the database refuses.

    Raises
    ------
    Refused
        Where a rule of the database is broken (`refusals.RULES`), or somebody changes who may not any more.
    """
    from fodfaeste.web.people.domain.refusals import refusal_of

    if not by.is_active:
        raise Refused(_("Brugeren er lukket og kan ikke ændre noget."))
    try:
        # In a request the log knows who acts; a command or a job tells it here.
        with nullcontext() if current().user == by.pk else acting(by), transaction.atomic():
            yield
    except IntegrityError as error:
        refused = refusal_of(error)
        if refused is None:
            raise
        raise refused from error


def save(row: Row, version: int, values: Mapping[str, Any]) -> Row:
    """Write values into a row that is still as it was when its version was read; to be called inside `change`.

    Raises
    ------
    Clash
        Where it is not.
    """
    kind = type(row)
    kept = kind._default_manager.filter(pk=row.pk, version=version)
    changed = kept.update(version=version + 1, **values)
    now = kind._default_manager.get(pk=row.pk)
    if not changed:
        raise Clash(now)
    return now
