"""What templates of every room write in few words: a field, an icon, a day, the address of this page in another way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from fodfaeste.web.base.lists import Cell

register = template.Library()

CHOSEN_ONE_BY_ONE = (RadioSelect, CheckboxSelectMultiple)
CITATION = 48
"""Letters of a citation that stand on a page as they are."""
ICONS = "vendor/dkfds/img/all-svg-icons.svg"


@register.simple_tag
def icon(name: str, more: str = "") -> SafeString:
    """Draw an icon of the design system. It says nothing: words stand beside it."""
    mark = '<svg class="{}" focusable="false" aria-hidden="true"><use href="{}#{}"></use></svg>'
    return format_html(mark, f"icon-svg {more}".strip(), static(ICONS), name)


@register.inclusion_tag("base/field.html")
def field(bound: BoundField, *, optional: bool = True) -> dict[str, Any]:
    """Show a field of a form with label, hint and error, each tied to it for those who listen.

    With `optional`, a field that may stay empty says so; filters, which all may, do not.
    """
    widget = bound.field.widget
    kind = "text"
    if isinstance(widget, CheckboxInput):
        kind = "checkbox"
    elif isinstance(widget, CHOSEN_ONE_BY_ONE):
        kind = "choices"
    control = bound.as_widget(attrs=_attributes(bound, kind))
    return {"field": bound, "kind": kind, "control": control, "optional": optional}


@register.filter
def first_id(bound: BoundField) -> str:
    """Give the id that a link to a field leads to: that of its first choice where there are several."""
    single = not isinstance(bound.field.widget, CHOSEN_ONE_BY_ONE)
    return str(bound.id_for_label or bound.auto_id) if single else f"{bound.auto_id}_0"


@register.filter
def tel(phone: str) -> str:
    """Write a telephone number as a link has it: with Denmark's prefix where it has none."""
    digits = phone.replace(" ", "")
    return digits if digits.startswith(("+", "00")) else f"+45{digits}"


@register.filter
def cells(row: Iterable[Cell]) -> SafeString:
    """Write the cells of a list's row; the first names it.

    Not in the template: there a page of fifty rows takes three times as long.
    """
    first, *others = row
    return mark_safe("".join([_cell(first, "th", ' scope="row"'), *(_cell(cell, "td", "") for cell in others)]))


def _cell(cell: Cell, tag: str, more: str) -> str:
    text = escape(cell.text)
    if cell.href:
        text = f'<a href="{escape(cell.href)}" hx-boost="false">{text}</a>'
    kind = ' class="number"' if cell.number else ' class="unbroken"' if cell.unbroken else ""
    return f"<{tag}{more}{kind}>{text}</{tag}>"


@register.filter
def day(value: date | None) -> str:
    """Write a day: 26. november 2026."""
    return date_format(value, "DATE_FORMAT") if value else ""


@register.simple_tag
def citation(text: str) -> SafeString:
    """Write where a rule stands: a short one as it is, a long one as its beginning, which opens to the whole.

    The beginning is the first clause, or as many words of it as fit on a line.
    """
    if len(text) <= CITATION:
        return format_html("{}", text)
    first = text.split("; ", maxsplit=1)[0]
    short = first if len(first) <= CITATION else first[:CITATION].rsplit(" ", 1)[0].rstrip(",;:(")
    mark = '<details class="citation"><summary>{} …</summary><p>{}</p></details>'
    return format_html(mark, short, text)


def _attributes(bound: BoundField, kind: str) -> dict[str, object]:
    """Give the control its class, and take away a placeholder that only says again what the label says."""
    widget = bound.field.widget
    classes = {"checkbox": "form-checkbox", "choices": "form-choice"}.get(
        kind, "form-select" if isinstance(widget, Select) else "form-input"
    )
    own = widget.attrs.get("class", "")
    attributes: dict[str, object] = {"class": f"{classes} {own}".strip()}
    if str(widget.attrs.get("placeholder", "")).casefold() == str(bound.label).casefold():
        attributes["placeholder"] = False
    return attributes
