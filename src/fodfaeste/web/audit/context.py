"""Who acts, told to the database: triggers write it down, and the wall compares with it.

One value says who acts and whom they may see. It holds for a block (`acting`, `telling`), and blocks nest. SQLite asks
for it through a function of the connection; PostgreSQL is told by settings of the connection, when a block begins,
when it ends, and whenever a connection is opened. PostgreSQL takes such a setting back when the transaction in which it
was made is rolled back; since blocks and transactions nest, what it is taken back to is what held before.
"""

from __future__ import annotations

import re
import sys
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import connections

from fodfaeste.web.accounts.roles import WITH_A_REASON

NAMESPACE = "fodfaeste"
ANONYMOUS = "anonymous"
"""What the log says of a request of nobody who is signed in."""
ONESELF = "personen selv"
"""What the log says of a request of a newcomer at their own things."""
WORKPLACE = "arbejdspladsen"
"""What the log says of a request of whoever came by the link to an agreement with a workplace."""
HOUSEHOLD = "husstanden selv"
"""What the log says of a request of an arriving household at its own things."""


@dataclass(frozen=True)
class Context:
    """Who acts, and whom the wall lets them see.

    Attributes
    ----------
    user : int or None
    words : str
        Who acts where it is no user: ``system: COMMAND``, ``personen selv``, ``husstanden selv``, ``arbejdspladsen``,
        or ``anonymous``.
    request : str
        What ties lines of one request together.
    organisations : frozenset of int
        Municipalities whose persons they work with.
    watched : frozenset of int
        Municipalities whose logs they may read.
    persons : frozenset of int
        Single persons that they have given a reason to see, or who they are.
    agreements : frozenset of int
        The one agreement with a workplace that they came for, by its link.
    arrival : int or None
        The arriving household that they are.
    schools : frozenset of int
        Language schools whose learners they see, by the few columns that schools see.
    associations : frozenset of int
        Associations for which they see, likewise, who has agreed to be in touch.
    """

    user: int | None = None
    words: str = ""
    request: str = ""
    organisations: frozenset[int] = field(default_factory=frozenset)
    watched: frozenset[int] = field(default_factory=frozenset)
    persons: frozenset[int] = field(default_factory=frozenset)
    agreements: frozenset[int] = field(default_factory=frozenset)
    arrival: int | None = None
    schools: frozenset[int] = field(default_factory=frozenset)
    associations: frozenset[int] = field(default_factory=frozenset)

    def settings(self) -> dict[str, str]:
        """Give what a connection is told, by name."""
        return {
            "user": "" if self.user is None else str(self.user),
            "words": self.words,
            "request": self.request,
            "organisations": _numbers(self.organisations),
            "watched": _numbers(self.watched),
            "persons": _numbers(self.persons),
            "agreements": _numbers(self.agreements),
            "arrival": "" if self.arrival is None else str(self.arrival),
            "schools": _numbers(self.schools),
            "associations": _numbers(self.associations),
        }


def _numbers(found: Iterable[int]) -> str:
    return ",".join(map(str, sorted(found)))


def command_name(arguments: list[str]) -> str:
    """Name a command by its programme and its first word; what follows may be nobody's business."""
    program = Path(arguments[0]).name if arguments and arguments[0] else "python"
    first = arguments[1] if len(arguments) > 1 and re.fullmatch(r"[a-z_]+", arguments[1]) else ""
    return f"system: {program} {first}".strip()


_CURRENT: ContextVar[Context | None] = ContextVar("fodfaeste_context", default=None)


def current() -> Context:
    """Give who acts now; the system, by the name of the command, where nobody does."""
    return _CURRENT.get() or Context(words=command_name(sys.argv))


@contextmanager
def telling(context: Context) -> Iterator[Context]:
    """Let somebody act for a block, and tell every connection that is open."""
    before = _CURRENT.set(context)
    try:
        _tell_all()
        yield context
    finally:
        _CURRENT.reset(before)
        _tell_all()


@contextmanager
def acting(
    user: Any = None, *, organisations: Iterable[int] | None = None, watched: Iterable[int] | None = None
) -> Iterator[Context]:
    """Let a command or a job act for a user, or for the system.

    Parameters
    ----------
    user : User or None
        Whom the log names; the system, by the command's name, without one.
    organisations : iterable of int, optional
        Municipalities whose persons it may see; the user's own without it, and none without a user.
    watched : iterable of int, optional
        Municipalities whose logs it may read; likewise.
    """
    # Models cannot be loaded while the apps are, and this module is.
    from django.utils import timezone

    from fodfaeste.web.accounts.viewer import NOBODY, viewer_of

    viewer = viewer_of(user, timezone.localdate()) if user is not None else NOBODY
    with telling(
        Context(
            user=None if user is None else user.pk,
            words=command_name(sys.argv) if user is None else "",
            request=uuid.uuid4().hex,
            organisations=viewer.casework if organisations is None else frozenset(organisations),
            watched=viewer.organisations(WITH_A_REASON) if watched is None else frozenset(watched),
            schools=viewer.schools,
            associations=viewer.associations,
        )
    ) as context:
        yield context


def of_request(viewer: Any) -> Context:
    """Say who acts in a request."""
    user = viewer.user
    if viewer.person is not None:
        return of_person(viewer.person)
    if viewer.agreement is not None:
        return of_agreement(viewer.agreement)
    if viewer.arrival is not None:
        return of_arrival(viewer.arrival)
    return Context(
        user=None if user is None else user.pk,
        words=ANONYMOUS if user is None else "",
        request=uuid.uuid4().hex,
        organisations=viewer.casework,
        watched=viewer.organisations(WITH_A_REASON),
        schools=viewer.schools,
        associations=viewer.associations,
    )


def of_person(person: int) -> Context:
    """Say that a newcomer acts at their own things: the wall lets them see themselves and nobody else."""
    return Context(words=ONESELF, request=uuid.uuid4().hex, persons=frozenset({person}))


def of_agreement(agreement: int) -> Context:
    """Say that a workplace acts on its agreement: the wall lets it see that one, and no person."""
    return Context(words=WORKPLACE, request=uuid.uuid4().hex, agreements=frozenset({agreement}))


def of_arrival(arrival: int) -> Context:
    """Say that an arriving household acts at its own things: the wall lets it see itself and no other."""
    return Context(words=HOUSEHOLD, request=uuid.uuid4().hex, arrival=arrival)


@contextmanager
def seeing(organisations: Iterable[int] = (), *, persons: Iterable[int] = ()) -> Iterator[None]:
    """Let the wall show some persons, or those of some municipalities, too, for a block: to act on them unseen."""
    now = current()
    with telling(replace(now, organisations=now.organisations | {*organisations}, persons=now.persons | {*persons})):
        yield


def also_see(*persons: int, organisations: Iterable[int] = ()) -> None:
    """Let the wall show some persons more, or those of some municipalities, until the block or the request is over."""
    now = current()
    seen = replace(now, persons=now.persons | {*persons}, organisations=now.organisations | {*organisations})
    _CURRENT.set(seen)
    _tell_all()


def act_for(words: str, *, organisations: Iterable[int]) -> None:
    """Let something that is no user act until the request is over, such as a system that shows a token.

    Parameters
    ----------
    words : str
        What the logs name it, such as ``token: journalsystem``.
    organisations : iterable of int
        Municipalities whose persons it may see.
    """
    become(replace(current(), user=None, words=words, organisations=frozenset(organisations)))


def become(context: Context) -> None:
    """Let somebody act until the block or the request is over, who is found out only while it is answered."""
    _CURRENT.set(context)
    _tell_all()


def prepare(connection: Any, **_kwargs: Any) -> None:
    """Teach a new connection who acts."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(f"{NAMESPACE}_context", 1, lambda name: current().settings()[name])
    else:
        _tell(connection)


def _tell_all() -> None:
    """Tell every open connection; one that cannot be told is closed, so that nobody acts in another's name."""
    for connection in connections.all(initialized_only=True):
        if connection.vendor != "postgresql" or connection.connection is None or _is_failing(connection):
            continue
        try:
            _tell(connection)
        except connection.Database.Error:
            connection.close()


def _tell(connection: Any) -> None:
    values = [part for name, value in current().settings().items() for part in (f"{NAMESPACE}.{name}", value)]
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(["set_config(%s, %s, false)"] * (len(values) // 2)), values)


def _is_failing(connection: Any) -> bool:
    """Say whether its transaction has failed: then it takes no more statements, and its end takes the settings back."""
    status = connection.connection.info.transaction_status
    return bool(status == status.INERROR)
