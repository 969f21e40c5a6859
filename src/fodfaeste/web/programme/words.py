"""Sentences of the plan room in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

from fodfaeste.plan import Citation, Text

Both = Mapping[str, str]
"""A sentence as it is kept in the database: ``{"da": ..., "en": ...}``."""


def said(sentence: Text | Both | None) -> str:
    """Give a sentence in the language of the page: English where that is chosen, Danish everywhere else."""
    if sentence is None:
        return ""
    return sentence["en" if (get_language() or "").startswith("en") else "da"]


def kept(sentence: Text | None) -> Both | None:
    """Give a sentence as it is kept."""
    return None if sentence is None else {"da": sentence.da, "en": sentence.en}


def rule_kept(rule: Citation) -> Both:
    """Give where a rule stands, and how sure it is, as it is kept."""
    return {"da": rule.text.da, "en": rule.text.en}
