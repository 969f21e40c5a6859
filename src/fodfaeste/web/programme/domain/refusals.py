"""Turns what the database refuses into words that an office understands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from fodfaeste.errors import Refused


@contextmanager
def in_words(words: str) -> Iterator[None]:
    """Refuse in words what a constraint of the database refuses, leaving everything before it as it was."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refusal:
        raise Refused(words) from refusal
