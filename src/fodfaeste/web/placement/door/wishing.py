"""The pages on which a household says what it wishes: which there are, and what their answers mean together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.placement.desk.words import JUDGED
from fodfaeste.web.placement.door.domain.answering import Answers
from fodfaeste.web.placement.door.forms import (
    AroundForm,
    AvoidForm,
    NearForm,
    RowForm,
    SchoolForm,
    SectorForm,
    TownForm,
    WorkForm,
)

ROWS = "rows"
MOST_ROWS = 30


@dataclass(frozen=True)
class WishPage:
    """A page of the form.

    Attributes
    ----------
    key : str
        In its address, and in the draft.
    title, lead : str
    form : type of RowForm
    many : bool
        Whether more rows can be asked for.
    judged : tuple of str
        Of what the page says by what it is judged (`words.JUDGED`).
    """

    key: str
    title: str | Promise
    lead: str | Promise
    form: type[RowForm]
    many: bool = False
    judged: tuple[str, ...] = ()

    @property
    def how_judged(self) -> list[Any]:
        """Say by what it is judged whether a place is so."""
        return [JUDGED[one] for one in self.judged]

    def formset(self, data: Any, rows: Iterable[Mapping[str, Any]]) -> Any:
        """Give the rows of the page: those that were answered, and empty ones where there may be more."""
        rows = list(rows)
        extra = 0 if data is not None else int(self.many or not rows)
        made = forms.formset_factory(self.form, extra=extra, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
        return made(data, initial=rows, prefix=ROWS)


PAGES: tuple[WishPage, ...] = (
    WishPage(
        "naer",
        _("Mennesker, I vil bo nær"),
        _("Er der familie eller venner i Danmark, som I vil bo nær ved? Skriv, hvor de bor."),
        NearForm,
        many=True,
    ),
    WishPage("by", _("Byens størrelse"), _("Vil I helst bo i en stor by, i en mindre by eller på landet?"), TownForm),
    WishPage(
        "arbejde",
        _("Slags arbejde"),
        _("Vi ser efter, hvor der er meget af det arbejde, I kan eller gerne vil have."),
        SectorForm,
        judged=("sector",),
    ),
    WishPage(
        "job",
        _("Et job, I har fået tilbudt"),
        _("Har en af jer et arbejde eller et tilbud om arbejde i Danmark, betyder det meget for, hvor I kan bo."),
        WorkForm,
    ),
    WishPage(
        "skole", _("Skole og uddannelse"), _("Skal en af jer gå på en bestemt skole eller uddannelse?"), SchoolForm
    ),
    WishPage(
        "sted",
        _("Stedet omkring jer"),
        _("Hvad betyder noget for jer dér, hvor I skal bo?"),
        AroundForm,
        judged=("water", "country", "near_town", "language", "quiet", "clubs"),
    ),
    WishPage(
        "undgaa",
        _("Steder, I ikke vil bo"),
        _("Et sted, I vælger her, får I ikke, og I behøver ikke at sige hvorfor. Med mange nej er der færre steder."),
        AvoidForm,
        many=True,
    ),
)
"""In the order in which they are asked."""


def page_of(key: str) -> WishPage | None:
    """Give a page by its key."""
    return next((page for page in PAGES if page.key == key), None)


def after(page: WishPage) -> WishPage | None:
    """Give the page after one; None after the last."""
    number = PAGES.index(page) + 1
    return PAGES[number] if number < len(PAGES) else None


def answers_of(wishes: Iterable[Mapping[str, Any]]) -> Answers:
    """Give the answers that wishes were made of."""
    said = list(wishes)
    return {page.key: page.form.rows(one for one in said if one["kind"] in page.form.kinds) for page in PAGES}


def wishes_of(answers: Answers) -> list[dict[str, Any]]:
    """Give the wishes that answers mean, each once, in the order of the pages."""
    found: list[dict[str, Any]] = []
    for page in PAGES:
        for row in answers.get(page.key, []):
            form = page.form(row)
            if form.is_valid():
                found += [one for one in form.wishes() if one not in found]
    return found
