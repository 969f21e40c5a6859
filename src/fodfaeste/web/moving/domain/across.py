"""Acting across the wall: who accepts a move changes what is the other office's, in that act alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from fodfaeste.web.audit.context import current, telling


@contextmanager
def across(offices: Iterable[int | None], persons: Iterable[int] = ()) -> Iterator[None]:
    """Let the wall show what some offices hold, and some persons, for a block."""
    now = current()
    here = now.organisations | {office for office in offices if office is not None}
    with telling(replace(now, organisations=here, persons=now.persons | {*persons})):
        yield
