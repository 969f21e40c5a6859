"""The lists of moves, and of files that the office has closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.base.lists import Column, List, containing, from_day, one_of, to_page_of
from fodfaeste.web.moving.models import ClosedCase, Move, Mover
from fodfaeste.web.people.models import Person


def protected(viewer: Viewer) -> set[int]:
    """Give who has a protected name today, of those whose names stand in moves and closed files of a viewer's offices.

    Whoever has closed a file no longer sees the person; that the name may not be shown, they have to know.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT fodfaeste_protected_of_closed()")
            return {number for (number,) in cursor.fetchall()}
    people = Q(pk__in=visible(viewer, ClosedCase).values("person")) | Q(pk__in=visible(viewer, Mover).values("person"))
    return set(Person.objects.filter(people, protected=True).values_list("pk", flat=True))


def shown(row: Any, hidden: set[int]) -> str:
    """Name somebody by the case number alone where the name is protected."""
    return _("Beskyttet (%(case)s)") % {"case": row.case_number} if row.person_id in hidden else row.name


def moves_list(hidden: set[int]) -> List:
    """Give the list of moves, without the names of whoever is protected."""
    return List(
        name="flytninger",
        title=gettext_lazy("Flytninger"),
        columns=(
            Column(
                "hvem",
                gettext_lazy("Hvem"),
                lambda move: ", ".join(shown(mover, hidden) for mover in move.movers.all()) or "–",
                link=to_page_of("moving:move"),
            ),
            Column("fra", gettext_lazy("Fra"), "from_office__name", sort=("from_office__name",)),
            Column("til", gettext_lazy("Til"), "to_name", sort=("to_name",)),
            Column("dag", gettext_lazy("Første dag"), "day", sort=("day",)),
            Column("stand", gettext_lazy("Stand"), "state", sort=("state",)),
        ),
        filters=(
            one_of("stand", gettext_lazy("Stand"), "state", Move.State.choices),
            from_day("fra", gettext_lazy("Første dag fra"), "day"),
        ),
        order=("-day",),
        empty=gettext_lazy("Der er ingen flytninger. En flytning forberedes fra personens side."),
    )


def moves_rows(viewer: Viewer) -> QuerySet[Move]:
    """Give the moves that a viewer may see, with who moves."""
    rows = visible(viewer, Move).select_related("from_office")
    return rows.prefetch_related(Prefetch("movers", Mover.objects.order_by("birth_date", "pk")))


def closed_list(hidden: set[int]) -> List:
    """Give the list of closed files. Who is protected is not found by name."""
    by_words = containing("q", gettext_lazy("Navn eller sagsnummer"), "name", "case_number")
    numbers = containing("q", gettext_lazy("Navn eller sagsnummer"), "case_number")

    def found(rows: QuerySet[ClosedCase], typed: str) -> QuerySet[ClosedCase]:
        named = by_words.apply(rows.exclude(person__in=hidden), typed)
        return rows.filter(Q(pk__in=named.values("pk")) | Q(pk__in=numbers.apply(rows, typed).values("pk")))

    return List(
        name="afsluttede-sager",
        title=gettext_lazy("Afsluttede sager"),
        columns=(
            Column(
                "navn",
                gettext_lazy("Navn"),
                lambda row: shown(row, hidden),
                link=to_page_of("moving:closed-case"),
            ),
            Column("sag", gettext_lazy("Sagsnummer"), "case_number", sort=("case_number",)),
            Column("dag", gettext_lazy("Første dag uden"), "day", sort=("day",)),
            Column("hvorfor", gettext_lazy("Hvorfor"), "why", sort=("why",)),
            Column("medarbejder", gettext_lazy("Sidste medarbejder"), "worker__name", sort=("worker__name",)),
        ),
        filters=(
            replace(by_words, apply=found),
            one_of("hvorfor", gettext_lazy("Hvorfor"), "why", ClosedCase.Why.choices),
            from_day("fra", gettext_lazy("Afsluttet fra"), "day"),
        ),
        order=("-day",),
        empty=gettext_lazy("Der er ingen afsluttede sager, som filtrene viser."),
    )
