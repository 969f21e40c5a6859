"""Two editors of one row: whoever saves second is shown both texts, and nothing that was typed is lost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from fodfaeste.web.base.cells import shown
from fodfaeste.web.people.domain.changing import Clash
from fodfaeste.web.people.models import Versioned

HIDDEN = frozenset({"version", "cpr", "forget_cpr"})


def with_version(data: QueryDict, row: Versioned, name: str = "version") -> QueryDict:
    """Give what was typed with the version of a row as it is now, so that saving again is meant."""
    copied = data.copy()
    copied[name] = str(row.version)
    return copied


def both_texts(form: forms.Form, clash: Clash) -> list[tuple[str, str]]:
    """Say on a form that it clashed, and give what the other has saved where it differs: label and text."""
    form.full_clean()
    form.add_error(None, str(clash))
    differing = []
    for name in form.fields:
        value = getattr(clash.theirs, name, None)
        if name not in HIDDEN and hasattr(clash.theirs, name) and value != form.cleaned_data.get(name):
            differing.append((str(form.fields[name].label), _words(clash.theirs, name, value)))
    return differing


def _words(row: Versioned, name: str, value: Any) -> str:
    said = getattr(row, f"get_{name}_display", None)
    return str(said()) if callable(said) and value else shown(value)
