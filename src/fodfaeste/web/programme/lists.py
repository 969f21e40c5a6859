"""The programme's lists: what each shows, and by what it is filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fodfaeste.plan import programme_rule_sets
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.base.lists import Column, Filter, List, containing, from_day, one_of, to_day, to_page_of
from fodfaeste.web.programme.domain.day import KINDS, caseload, kind_words
from fodfaeste.web.programme.domain.lists import held_on, sunday_of
from fodfaeste.web.programme.models import Absence, JournalNote, NoteTag, Plan
from fodfaeste.web.programme.templatetags.programme import shown
from fodfaeste.web.programme.words import said

TO_PROGRAMME = to_page_of("programme:person", "person_id")

OVERDUE, TODAY, WEEK, LATER = "overskredet", "i-dag", "uge", "senere"
NAMES = ("family_name", "given_name")
NONE = "ingen"
OWN = "mig"


def colleague(viewer: Viewer, day: date, path: str = "person") -> Filter:
    """Keep the cases that a colleague has on a day, or those on the viewer's own day; `path` leads to the person."""

    def choices() -> list[tuple[object, object]]:
        workers = held_on(viewer, day).order_by().values_list("worker", flat=True)
        named = User.objects.filter(pk__in=workers).order_by("name").values_list("pk", "name")
        return [(OWN, _("mig og dem, jeg er vikar for")), *named]

    def apply(rows: QuerySet, chosen: Any) -> QuerySet:
        held = caseload(viewer, day) if chosen == OWN else held_on(viewer, day).filter(worker=chosen)
        return rows.filter(**{f"{path}__in": held.values("person")})

    return replace(one_of("kollega", _("Kollega"), path, choices), apply=apply)


# ------------------------------------------------------------------ follow-ups


def follow_ups(viewer: Viewer, day: date) -> List:
    """Give the list of what nobody has held yet."""
    return List(
        name="opfoelgning",
        title=_("Opfølgning"),
        columns=(
            Column("dag", _("Dag"), "due", sort=("due", "hour")),
            Column("person", _("Person"), _person_of, _through(NAMES), _talk_of),
            Column("sag", _("Sagsnummer"), "programme__person__case_number", sort=("programme__person__case_number",)),
            Column("hvad", _("Hvad"), lambda row: said(row.words), sort=("code",)),
            Column("hvornaar", _("Hvornår"), lambda row: when(row.due, day)),
            Column("kollega", _("Kollega"), _workers),
        ),
        filters=(
            _named("programme__person__"),
            _due(day),
            one_of("art", _("Art"), "code", lambda: [(code, said(both)) for code, both in KINDS.items()]),
            colleague(viewer, day, "programme__person"),
        ),
        order=("due", "hour"),
        empty=_("Der er ingen opfølgning at vise. Ret eller ryd filtrene for at se mere."),
    )


def when(due: date, day: date) -> str:
    """Say how a day stands to today, in a word."""
    if due < day:
        return str(_("overskredet"))
    if due == day:
        return str(_("i dag"))
    return str(_("i denne uge") if due <= sunday_of(day) else _("senere"))


def _due(day: date) -> Filter:
    spans = {
        OVERDUE: Q(due__lt=day),
        TODAY: Q(due=day),
        WEEK: Q(due__gt=day, due__lte=sunday_of(day)),
        LATER: Q(due__gt=sunday_of(day)),
    }
    choices = (
        (OVERDUE, _("overskredet")),
        (TODAY, _("i dag")),
        (WEEK, _("resten af ugen")),
        (LATER, _("senere")),
    )
    return replace(one_of("hvornaar", _("Hvornår"), "due", choices), apply=lambda rows, span: rows.filter(spans[span]))


def _person_of(row: Any) -> str:
    return shown(row.programme.person)


def _talk_of(row: Any) -> str:
    return reverse("programme:person", args=[row.programme.person_id])


def _workers(row: Any) -> str:
    return ", ".join(str(held.worker) for held in row.programme.person.held_today)


def _through(fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"programme__person__{name}" for name in fields)


def _named(prefix: str) -> Filter:
    """Find by name or case number; whose name is protected is found by case number alone."""
    names = [f"{prefix}{name}" for name in NAMES]
    by_number = containing("q", _("Navn eller sagsnummer"), f"{prefix}case_number")
    by_name = containing("q", _("Navn eller sagsnummer"), *names, f"{prefix}case_number")
    protected = {f"{prefix}protected": True}

    def apply(rows: QuerySet, typed: str) -> QuerySet:
        named = by_name.apply(rows.exclude(**protected), typed).values("pk")
        numbered = by_number.apply(rows, typed).values("pk")
        return rows.filter(Q(pk__in=named) | Q(pk__in=numbered))

    return replace(by_name, apply=apply)


# ------------------------------------------------------------------ cases


def cases(viewer: Viewer, day: date, *, own: bool) -> List:
    """Give the list of cases; `own` names it so."""
    return List(
        name="sager",
        title=_("Mine sager") if own else _("Sager"),
        columns=(
            Column("person", _("Person"), lambda row: shown(row.person), sort=_of_person(NAMES), link=TO_PROGRAMME),
            Column("sag", _("Sagsnummer"), "person__case_number", sort=("person__case_number",)),
            Column("kollega", _("Kollega"), "worker__name", sort=("worker__name",)),
            Column("regler", _("Regelsæt"), "rule_set", sort=("rule_set",)),
            Column("plan", _("Plan"), lambda row: dict(_states())[row.plan_state or NONE], sort=("plan_state",)),
            Column("naeste", _("Næste opfølgning"), "next_due", sort=("next_due",)),
            Column("overskredet", _("Overskredet"), "overdue", sort=("overdue",)),
        ),
        filters=(
            _named("person__"),
            colleague(viewer, day),
            one_of("regler", _("Regelsæt"), "rule_set", lambda: [(one.id, one.id) for one in programme_rule_sets()]),
            replace(one_of("plan", _("Plan"), "plan_state", _states), apply=_in_state),
        ),
        order=("-overdue", "next_due"),
        empty=_("Der er ingen sager at vise. Ret eller ryd filtrene for at se mere."),
    )


def _states() -> list[tuple[str, Any]]:
    return [*Plan.State.choices, (NONE, _("intet program"))]


def _in_state(rows: QuerySet, state: str) -> QuerySet:
    return rows.filter(plan_state=None if state == NONE else state)


def _of_person(fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"person__{name}" for name in fields)


# ------------------------------------------------------------------ of a person

ABSENCES = List(
    name="fravaer",
    title=_("Fravær"),
    columns=(
        Column("dag", _("Dag"), "day", sort=("day",)),
        Column("grund", _("Grund"), "reason", sort=("reason",)),
        Column("uddybning", _("Uddybning"), "words"),
        Column("lovligt", _("Lovligt"), lambda row: _lawful(row.lawful), sort=("lawful",)),
        Column("noteret_af", _("Noteret af"), "noted_by__name", sort=("noted_by__name",)),
        Column("noteret", _("Noteret"), "noted", sort=("noted",)),
    ),
    filters=(
        one_of("grund", _("Grund"), "reason", Absence.Reason.choices),
        replace(
            one_of(
                "lovligt", _("Lovligt"), "lawful", (("ja", _("ja")), ("nej", _("nej")), ("nul", _("ikke vurderet")))
            ),
            apply=lambda rows, chosen: rows.filter(lawful={"ja": True, "nej": False, "nul": None}[chosen]),
        ),
        from_day("fra", _("Fra"), "day"),
        to_day("til", _("Til og med"), "day"),
    ),
    order=("-day",),
    empty=_("Der er intet fravær at vise."),
)


def _lawful(lawful: bool | None) -> object:
    return _("ikke vurderet") if lawful is None else lawful


def journal(notes: QuerySet) -> List:
    """Give the list of a person's notes, with the authors and words that there are to choose from."""

    def authors() -> Any:
        users = User.objects.filter(pk__in=notes.order_by().values("author"))
        return users.order_by("name").values_list("pk", "name")

    def tags() -> Any:
        used = NoteTag.objects.filter(note__in=notes.order_by().values("pk")).order_by("word")
        return [(word, word) for word in used.values_list("word", flat=True).distinct()]

    return List(
        name="journal",
        title=_("Journal"),
        columns=(
            Column("dag", _("Dag"), "day", sort=("day", "at")),
            Column("art", _("Art"), "kind", sort=("kind",)),
            Column("notat", _("Notat"), whole_text),
            Column("til_stede", _("Til stede"), "present"),
            Column("tolk", _("Med tolk"), "with_interpreter"),
            Column("emneord", _("Emneord"), lambda row: ", ".join(tag.word for tag in row.tags.all())),
            Column("bilag", _("Bilag"), lambda row: ", ".join(one.name for one in row.files.all())),
            Column("forfatter", _("Skrevet af"), "author__name", sort=("author__name",)),
            Column("skrevet", _("Skrevet"), "at", sort=("at",)),
        ),
        filters=(
            replace(containing("q", _("Ord i notatet"), "text"), apply=_saying),
            one_of("art", _("Art"), "kind", JournalNote.Kind.choices),
            one_of("emneord", _("Emneord"), "tags__word", tags),
            one_of("forfatter", _("Skrevet af"), "author", authors),
            from_day("fra", _("Fra"), "day"),
            to_day("til", _("Til og med"), "day"),
        ),
        order=("-day", "-at"),
        empty=_("Ingen notater at vise."),
    )


def whole_text(note: JournalNote) -> str:
    """Give a note's text with its corrections below it, as files have it."""
    texts, later = [note.text], getattr(note, "corrected_by", None)
    while later is not None:
        texts.append(f"{_('Rettet til:')} {later.text}")
        later = getattr(later, "corrected_by", None)
    return "\n\n".join(texts)


def _saying(rows: QuerySet, typed: str) -> QuerySet:
    """Find words in a note or in what corrects it."""
    return containing("q", "", "text", "corrected_by__text", "corrected_by__corrected_by__text").apply(rows, typed)


# ------------------------------------------------------------------ what a leader counts


def missed(rows: Callable[[], QuerySet], *, several: bool) -> List:
    """Give the list of what was missed by kind; with the office where somebody leads several."""
    office = (Column("kommune", _("Kommune"), lambda row: row["office"], sort=("office",)),) if several else ()

    def kinds() -> list[tuple[str, str]]:
        codes = {row["code"] for row in rows()}
        return [(code, said(kind_words(code))) for code in sorted(codes)]

    return List(
        name="mangler",
        title=_("Opfølgning, der mangler"),
        columns=(
            Column("art", _("Art"), lambda row: said(kind_words(row["code"])), sort=("code",)),
            *office,
            Column("overskredet", _("Overskredet"), lambda row: row["overdue"], sort=("overdue",)),
            Column("uge", _("En uge eller mere"), lambda row: row["climbed"], sort=("climbed",)),
        ),
        filters=(
            one_of("art", _("Art"), "code", kinds),
            from_day("fra", _("Skulle være holdt fra"), "due"),
            to_day("til", _("Skulle være holdt til og med"), "due"),
        ),
        order=("code",),
        empty=_("Intet mangler."),
        key="office",
    )
