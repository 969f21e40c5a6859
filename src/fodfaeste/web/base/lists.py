"""Lists: a view says once what a list shows, and filters, order, pages, files and print come with it.

    PERSONS = List(
        name="personer",
        title=_("Personer"),
        columns=(
            Column("navn", _("Navn"), str, sort=("family_name", "given_name"), link=address_of),
            Column("sag", _("Sagsnummer"), "case_number", sort=("case_number",)),
        ),
        filters=(containing("q", _("Navn eller sagsnummer"), "family_name", "given_name", "case_number"),),
        order=("family_name", "given_name"),
    )

    @login_required
    def persons(request: HttpRequest) -> HttpResponseBase:
        return answer(request, PERSONS, visible(request.viewer, Person))

The address holds all of it: ``?q=son&orden=-navn&side=2&antal=200``, and with ``&format=csv`` or ``&format=xlsx`` the
same rows come as a file, with ``&format=zip`` as one that says what is in it. A list shows, counts and exports the rows
it is given, so these come from the gate.

What must not stand in an address, such as a CPR number, a filter says with `private`. Such a list is asked by POST:
what may stand in an address leads there, what may not is answered at once, as one page without links and files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, reduce, wraps
from operator import or_
from typing import Any, TypeAlias

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.base import files, packages
from fodfaeste.web.base.cells import is_number, shown, value_of

SIZES = (50, 200, 1000)
"""Rows that a page may have; the first is what it has unless asked."""

PAGE, ORDER, SIZE, FORMAT = "side", "orden", "antal", "format"
"""What the address calls them. No filter may have one of these names."""

FEW = 1000
"""Rows that are sorted faster than they are looked for in an index of all."""

Rows: TypeAlias = QuerySet
View: TypeAlias = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes
    ----------
    name : str
        Its name in the address.
    label : str
        Its heading.
    value : str or function of a row
        A path of fields (``organisation__name``), or what computes the cell.
    sort : tuple of str
        Fields that the rows can be sorted by; empty where they cannot.
    link : function of a row, or None
        The address that the cell leads to.
    in_files : bool
        Whether files have it too.
    """

    name: str
    label: str
    value: str | Callable[[Any], object]
    sort: tuple[str, ...] = ()
    link: Callable[[Any], str] | None = None
    in_files: bool = True

    def of(self, row: Any) -> object:
        """Give the value in a row."""
        return value_of(row, self.value) if isinstance(self.value, str) else self.value(row)


def to_page_of(address: str, key: str = "pk") -> Callable[[Any], str]:
    """Lead each row to a page whose address has a number of the row in it: that of ``people:person`` its own.

    The address is worked out once, and not for every row of every page.
    """
    return lambda row: _around_number(address).format(getattr(row, key))


@cache
def _around_number(address: str) -> str:
    """Give an address with a gap where the number goes."""
    return reverse(address, args=[_NUMBER]).replace(str(_NUMBER), "{}")


_NUMBER = 1_234_567_890
"""A number that stands in no address but as what was put into it."""


@dataclass(frozen=True)
class Filter:
    """A filter: the field of a form by which it is asked, and what it does to the rows once it is answered.

    `private` says of what was typed whether it must stay out of addresses.
    """

    name: str
    asked: forms.Field
    apply: Callable[[Rows, Any], Rows]
    private: Callable[[str], bool] | None = None


def containing(name: str, label: str, *fields: str, hint: str = "") -> Filter:
    """Keep rows in which each word that is typed is in one of the fields."""

    def apply(rows: Rows, typed: str) -> Rows:
        for word in typed.split():
            rows = rows.filter(reduce(or_, (_holding(path, word) for path in fields)))
        return rows

    return Filter(name, forms.CharField(label=label, required=False, max_length=100, help_text=hint), apply)


def _holding(path: str, word: str) -> Q:
    """Find a word in a field, in whichever case: SQLite knows capitals of English letters alone."""
    written = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return reduce(or_, (Q(**{f"{path}__icontains": each}) for each in sorted(written)))


def one_of(name: str, label: str, path: str, choices: Any) -> Filter:
    """Keep rows with the chosen value in a field. `choices` are pairs of value and words, or a function giving them."""

    def offered() -> list[tuple[object, object]]:
        return [("", _("Alle")), *(choices() if callable(choices) else choices)]

    asked = forms.ChoiceField(label=label, required=False, choices=offered)
    return Filter(name, asked, lambda rows, chosen: rows.filter(**{path: chosen}))


def from_day(name: str, label: str, path: str) -> Filter:
    """Keep rows of a day or later."""
    return Filter(name, _day(label), lambda rows, day: rows.filter(**{f"{path}__gte": day}))


def to_day(name: str, label: str, path: str) -> Filter:
    """Keep rows of a day or earlier."""
    return Filter(name, _day(label), lambda rows, day: rows.filter(**{f"{path}__lte": day}))


def before_day(name: str, label: str, path: str) -> Filter:
    """Keep rows of before a day."""
    return Filter(name, _day(label), lambda rows, day: rows.filter(**{f"{path}__lt": day}))


def ticked(name: str, label: str, only: Q) -> Filter:
    """Keep rows of a kind when a box is ticked."""
    return Filter(name, forms.BooleanField(label=label, required=False), lambda rows, _yes: rows.filter(only))


def _day(label: str) -> forms.Field:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget, input_formats=["%Y-%m-%d", "%d-%m-%Y"])


@dataclass(frozen=True)
class List:
    """A list.

    Attributes
    ----------
    name : str
        What its files are called.
    title : str
        What its page is called.
    columns : tuple of Column
        The first names the row.
    filters : tuple of Filter
    order : tuple of str
        Fields that rows are sorted by unless somebody asks for another order. Equals come by their key.
    empty : str
        What stands there when there are no rows.
    key : str
        The field by which equals come; that of the group where rows are counts.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    order: tuple[str, ...] = ()
    empty: str = field(default_factory=lambda: _("Der er intet at vise. Ret eller ryd filtrene for at se mere."))
    key: str = "pk"

    def form(self, data: Any) -> forms.Form:
        """Give the form of its filters, filled in."""
        kind = type("Filters", (forms.Form,), {each.name: each.asked for each in self.filters})
        return kind(data, auto_id="filter-%s")

    def filtered(self, rows: Rows, form: forms.Form) -> Rows:
        """Give the rows that the filters keep; none when a filter was not understood."""
        if not form.is_valid():
            return rows.none()
        for each in self.filters:
            if form.cleaned_data[each.name]:
                rows = each.apply(rows, form.cleaned_data[each.name])
        return rows

    @property
    def by_post(self) -> bool:
        """Say whether it is asked by POST, so that no browser puts what is private into an address."""
        return any(each.private for each in self.filters)

    def is_private(self, given: Any) -> bool:
        """Say whether something that was typed must stay out of addresses."""
        return any(each.private(given.get(each.name, "")) for each in self.filters if each.private)

    def ordered(self, rows: Rows, asked: str) -> Rows:
        """Give the rows in the order that was asked for: a column's name, with ``-`` before it for the reverse."""
        column = next((each for each in self.columns if each.sort and each.name == asked.removeprefix("-")), None)
        by = column.sort if column else self.order
        turned = tuple(_turn(path) for path in by) if column and asked.startswith("-") else by
        return rows.order_by(*turned, self.key)


def _turn(path: str) -> str:
    return path.removeprefix("-") if path.startswith("-") else f"-{path}"


@dataclass(frozen=True)
class Cell:
    """A cell as a page shows it: `number` stands to the end, and what is `unbroken` keeps to one line."""

    text: str
    href: str
    number: bool
    unbroken: bool


CODE_LENGTH = 12
PHONE = re.compile(r"\+?\d[\d ]{4,18}\d")


def is_unbroken(value: object) -> bool:
    """Whether something is a day, a case number, a telephone number or the like, which reads badly over two lines."""
    if isinstance(value, date):
        return True
    if not isinstance(value, str):
        return False
    is_code = "-" in value and " " not in value and len(value) <= CODE_LENGTH
    return is_code or PHONE.fullmatch(value) is not None


@dataclass(frozen=True)
class Heading:
    """A column's heading: `sorted_by` is ascending, descending or nothing, `href` leads to the other order."""

    name: str
    label: str
    sorted_by: str
    href: str


@dataclass(frozen=True)
class Shown:
    """A page of a list, as its template wants it; what `stands_alone` has no address to lead on from."""

    listing: List
    form: forms.Form
    page: Page
    asked: dict[str, str]
    stands_alone: bool = False

    @property
    def headings(self) -> list[Heading]:
        """Give the headings."""
        return [self._heading(column) for column in self.listing.columns]

    @property
    def rows(self) -> list[list[Cell]]:
        """Give the rows' cells."""
        return [[_cell(column, row) for column in self.listing.columns] for row in self.page.object_list]

    @property
    def total(self) -> int:
        """Count the rows of all pages."""
        return int(self.page.paginator.count)

    @property
    def pages(self) -> list[tuple[str, str]]:
        """Give the numbers of pages to go to with their addresses; a gap has none."""
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)
        return [(str(number), self.address(**{PAGE: number}) if isinstance(number, int) else "") for number in numbers]

    @property
    def previous(self) -> str:
        """Give the address of the page before."""
        return self.address(**{PAGE: self.page.number - 1}) if self.page.has_previous() else ""

    @property
    def next(self) -> str:
        """Give the address of the page after."""
        return self.address(**{PAGE: self.page.number + 1}) if self.page.has_next() else ""

    @property
    def sizes(self) -> list[tuple[int, str]]:
        """Give the numbers of rows that a page may have, with their addresses."""
        return [(size, self.address(**{SIZE: size, PAGE: ""})) for size in SIZES]

    @property
    def as_csv(self) -> str:
        """Give the address of the rows as CSV."""
        return self.address(**{FORMAT: "csv", PAGE: "", SIZE: ""})

    @property
    def as_xlsx(self) -> str:
        """Give the address of the rows as a spreadsheet."""
        return self.address(**{FORMAT: "xlsx", PAGE: "", SIZE: ""})

    @property
    def is_filtered(self) -> bool:
        """Say whether a filter is set."""
        return any(each.name in self.asked for each in self.listing.filters)

    @property
    def as_package(self) -> str:
        """Give the address of the rows as CSV with their description."""
        return self.address(**{FORMAT: packages.FORMAT, PAGE: "", SIZE: ""})

    def address(self, **changed: object) -> str:
        """Give the address of this page with something changed; what is empty falls out."""
        parts = {name: value for name, value in {**self.asked, **changed}.items() if value != ""}
        return f"?{urlencode(parts)}"

    def _heading(self, column: Column) -> Heading:
        if not column.sort or self.stands_alone:
            return Heading(column.name, str(column.label), "", "")
        asked = self.asked.get(ORDER, "")
        up, down = asked == column.name, asked == f"-{column.name}"
        if not asked and column.sort == self.listing.order:
            up = True
        href = self.address(**{ORDER: f"-{column.name}" if up else column.name, PAGE: ""})
        return Heading(column.name, str(column.label), "ascending" if up else "descending" if down else "", href)


def answer(
    request: HttpRequest,
    listing: List,
    rows: Rows,
    *,
    template: str = "base/list_page.html",
    context: dict[str, Any] | None = None,
    handed_out: Callable[[HttpRequest, Rows], None] | None = None,
    one_by_one: Rows | None = None,
    in_full: Callable[[HttpRequest, Iterable[Any]], None] | None = None,
) -> HttpResponseBase:
    """Answer a request for a list with a page of it, or with all its filtered rows as a file.

    Parameters
    ----------
    rows : QuerySet
        All rows that this viewer may see, with `select_related` and `prefetch_related` of what the cells read.
    template : str
        A page that includes ``base/list.html``; it finds the list as ``list``. Rows that are no table it shows itself,
        by ``{% include "base/list.html" with rows="app/rows.html" %}``.
    context : dict, optional
        What else the template wants.
    handed_out : callable, optional
        Told which rows leave in a file, before they do: to write down whose they are.
    one_by_one : QuerySet, optional
        The same rows from `gate.one_by_one`, where the database has an index of the list's own order: of many rows it
        then finds a page without sorting them all.
    in_full : callable, optional
        Told which rows stand on the page, of a list that leads to no page of each: to write down whose they are.
    """
    if listing.is_private(request.GET):
        return _refused(request)
    if request.method == "POST" and not listing.is_private(request.POST):
        return _to_address(request, listing)
    if request.method == "POST":
        return _at_once(request, listing, rows, template, context or {})
    asked = request.GET.get(FORMAT, "")
    if asked in (*files.FORMATS, packages.FORMAT):
        form = listing.form(request.GET)
        if form.is_valid():
            kept = listing.ordered(listing.filtered(rows, form), request.GET.get(ORDER, ""))
            if handed_out is not None:
                handed_out(request, kept)
            return _file(request, listing, kept, asked)
    return beside_a_form(
        request,
        listing,
        rows,
        template=template,
        context=context,
        status=400 if asked else 200,
        one_by_one=one_by_one,
        in_full=in_full,
    )


def beside_a_form(
    request: HttpRequest,
    listing: List,
    rows: Rows,
    *,
    template: str,
    context: dict[str, Any] | None = None,
    status: int = 200,
    one_by_one: Rows | None = None,
    in_full: Callable[[HttpRequest, Iterable[Any]], None] | None = None,
) -> HttpResponse:
    """Answer with a page of a list where what is sent is for a form on the same page, and not for the list."""
    form, order = listing.form(request.GET), request.GET.get(ORDER, "")
    pages = Paginator(listing.ordered(listing.filtered(rows, form), order), _size(request.GET.get(SIZE, "")))
    if one_by_one is not None and not order and pages.count > FEW:
        # They are counted, and the page is cut from the same rows.
        pages.object_list = listing.ordered(listing.filtered(one_by_one, form), order)
    page = pages.get_page(request.GET.get(PAGE))
    if in_full is not None:
        page.object_list = list(page.object_list)
        in_full(request, page.object_list)
    shown_page = Shown(listing, form, page, _asked(listing, request.GET))
    return render(request, template, {"list": shown_page, **(context or {})}, status=status)


def out_of_addresses(listing: List) -> Callable[[View], View]:
    """Refuse an address with something private in it before anything else, such as sign-in, can pass it on."""

    def decorated(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
            return _refused(request) if listing.is_private(request.GET) else view(request, *args, **more)

        return guarded

    return decorated


def _refused(request: HttpRequest) -> HttpResponse:
    """Lead to the list without what was asked, so that it stands in the address no longer, and say why."""
    messages.error(request, _("Der er ikke søgt: et CPR-nummer må ikke stå i en adresse. Skriv det i søgefeltet."))
    return redirect(request.path)


def _to_address(request: HttpRequest, listing: List) -> HttpResponse:
    """Lead to the address that holds what was asked: it can be kept, sent, and gone back to."""
    asked = _asked(listing, request.POST)
    return redirect(f"{request.path}?{urlencode(asked)}" if asked else request.path)


def _at_once(request: HttpRequest, listing: List, rows: Rows, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer what must not stand in an address with one page; what was asked stands on it nowhere."""
    kept = listing.ordered(listing.filtered(rows, listing.form(request.POST)), "")
    page = Paginator(kept, SIZES[0]).get_page(1)
    shown_page = Shown(listing, listing.form(None), page, {}, stands_alone=True)
    response = render(request, template, {"list": shown_page, **context})
    response["Cache-Control"] = "private, no-store"
    return response


def _file(request: HttpRequest, listing: List, rows: Rows, asked: str) -> HttpResponse:
    columns: Sequence[Column] = [column for column in listing.columns if column.in_files]
    table: Iterable[list[object]] = (
        [column.of(row) for column in columns] for row in rows.iterator(chunk_size=files.AT_A_TIME)
    )
    name, headings = f"{listing.name}-{_today():%Y-%m-%d}", [str(column.label) for column in columns]
    if asked == packages.FORMAT:
        return packages.package_file(name, str(listing.title), headings, table, _made(request))
    return files.FORMATS[asked](f"{name}.{asked}", headings, table)


def _made(request: HttpRequest) -> packages.Made:
    user = request.viewer.user
    held = user.memberships.on(_today()).select_related("organisation")
    offices = sorted({str(membership.organisation) for membership in held})
    return packages.Made(str(user), tuple(offices), timezone.localtime())


def _today() -> date:
    return timezone.localdate()


def _size(asked: str) -> int:
    return int(asked) if asked in {str(size) for size in SIZES} else SIZES[0]


def _asked(listing: List, given: Any) -> dict[str, str]:
    """Keep of the address what a list understands."""
    known = [*(each.name for each in listing.filters), ORDER, SIZE, PAGE]
    return {name: given[name] for name in known if given.get(name)}


def _cell(column: Column, row: Any) -> Cell:
    value = column.of(row)
    href = column.link(row) if column.link else ""
    return Cell(shown(value), href, is_number(value), is_unbroken(value))
