"""The list of persons, the page of one, and the forms of what is known of them as such."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, Prefetch, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fodfaeste.errors import Refused
from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import one_by_one, visible
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.audit.access import open_person
from fodfaeste.web.base.lists import (
    Column,
    Filter,
    List,
    answer,
    containing,
    from_day,
    one_of,
    out_of_addresses,
    ticked,
    to_page_of,
)
from fodfaeste.web.people import cpr, words
from fodfaeste.web.people.domain.changing import Clash
from fodfaeste.web.people.domain.duplicates import likely_same
from fodfaeste.web.people.domain.persons import change_person, register_person
from fodfaeste.web.people.forms import PersonForm
from fodfaeste.web.people.models import (
    Consent,
    EmploymentSpell,
    HouseholdMember,
    LanguageSkill,
    Merge,
    Need,
    Occupation,
    Permit,
    Person,
    ResidenceSpell,
    Responsibility,
    Wish,
)
from fodfaeste.web.people.permissions import changeable_or_404
from fodfaeste.web.people.search import MOST, find_keys
from fodfaeste.web.people.timeline import facts_of, timeline
from fodfaeste.web.people.views.clashes import both_texts, with_version

LIST_CRUMB = gettext_lazy("Personer")

# The list


def _named(rows: QuerySet[Person], typed: str) -> QuerySet[Person]:
    """Keep who is found by what was typed, and say how near each is."""
    keys = find_keys(rows, typed, today=timezone.localdate())[:MOST]
    near = Case(*(When(pk=key, then=place) for place, key in enumerate(keys)), default=len(keys))
    return rows.filter(pk__in=keys).annotate(near=near)


def _worker(person: Any) -> str:
    return ", ".join(str(held.worker) for held in person.held)


PERSONS = List(
    name="personer",
    title=gettext_lazy("Personer"),
    columns=(
        Column(
            "navn",
            gettext_lazy("Navn"),
            words.name_in_lists,
            sort=("family_name", "given_name"),
            link=to_page_of("people:person"),
        ),
        Column("sag", gettext_lazy("Sagsnummer"), "case_number", sort=("case_number",)),
        Column("foedt", gettext_lazy("Født"), "birth_date", sort=("birth_date",)),
        Column("land", gettext_lazy("Statsborgerskab"), lambda person: words.country(person.citizenship)),
        Column("grundlag", gettext_lazy("Opholdsgrundlag"), "permit", sort=("permit",)),
        Column("overtaget", gettext_lazy("Overtaget"), "takeover_date", sort=("takeover_date",)),
        Column("medarbejder", gettext_lazy("Medarbejder"), _worker),
    ),
    filters=(
        replace(
            containing("q", gettext_lazy("Navn, sagsnummer, fødselsdag eller CPR-nummer")),
            apply=_named,
            private=cpr.may_hold_one,
        ),
        one_of("grundlag", gettext_lazy("Opholdsgrundlag"), "permit", Permit.choices),
        from_day("fra", gettext_lazy("Overtaget siden"), "takeover_date"),
        ticked("beskyttet", gettext_lazy("Kun beskyttede"), Q(protected=True)),
    ),
    order=("family_name", "given_name"),
)


SHOWN = (
    "case_number",
    "family_name",
    "given_name",
    "birth_date",
    "citizenship",
    "permit",
    "takeover_date",
    "protected",
)
"""Fields that the cells of the list read."""


@out_of_addresses(PERSONS)
@login_required
def persons(request: HttpRequest) -> HttpResponseBase:
    """List the persons of the viewer's municipality, the nearest first where somebody is looked for."""
    listing = PERSONS
    viewer: Viewer = request.viewer
    walked: QuerySet[Person] | None = _listed(one_by_one(viewer, Person))
    if (request.POST if request.method == "POST" else request.GET).get("q", "").strip():
        listing, walked = replace(PERSONS, order=("near", *PERSONS.order)), None
    if viewer.user is not None:
        listing = replace(listing, filters=(*listing.filters, _own_cases(viewer)))
    rows = _listed(visible(viewer, Person))
    context = {"may_register": bool(viewer.casework)}
    return answer(
        request,
        listing,
        rows,
        template="people/list.html",
        context=context,
        handed_out=audit.handed_out,
        one_by_one=walked,
    )


def _own_cases(viewer: Viewer) -> Filter:
    today = timezone.localdate()
    held = Responsibility.objects.filter(Q(end=None) | Q(end__gt=today), worker=viewer.user, start__lte=today)
    return ticked("mine", _("Kun mine"), Q(pk__in=held.values("person")))


def _listed(rows: QuerySet[Person]) -> QuerySet[Person]:
    """Read what the list shows and nothing else: no CPR number is deciphered for it."""
    return rows.only(*SHOWN).prefetch_related(_held_today())


def _held_today() -> Prefetch:
    today = timezone.localdate()
    held = (
        Responsibility.objects.filter(Q(end=None) | Q(end__gt=today), start__lte=today)
        .select_related("worker")
        .only("person", "worker__name", "worker__email")
    )
    return Prefetch("responsibilities", queryset=held, to_attr="held")


# The page of one


@dataclass(frozen=True)
class Parts:
    """What belongs to a person, as far as a viewer may see it."""

    responsibilities: list[Responsibility]
    residence: list[ResidenceSpell]
    work: list[EmploymentSpell]
    languages: list[LanguageSkill]
    occupations: list[Occupation]
    wishes: list[Wish]
    needs: list[Need]
    consents: list[Consent]
    households: list[HouseholdMember]
    merges: list[Merge]


def parts_of(viewer: Viewer, person: Person) -> Parts:
    """Read what belongs to a person: a query each, however much there is."""

    def rows(model: Any, *order: str, **more: Any) -> Any:
        return visible(viewer, model).filter(person=person, **more).order_by(*order, "pk")

    return Parts(
        responsibilities=list(rows(Responsibility, "-start").select_related("organisation", "worker")),
        residence=list(rows(ResidenceSpell, "-start")),
        work=list(rows(EmploymentSpell, "-start")),
        languages=list(rows(LanguageSkill, "-mother_tongue", "language")),
        occupations=list(rows(Occupation, "-last_year")),
        wishes=list(rows(Wish, "-said")),
        needs=list(rows(Need, "-noted")),
        consents=list(rows(Consent, "-given")),
        households=list(rows(HouseholdMember, "-start").select_related("household")),
        merges=list(visible(viewer, Merge).filter(kept=person, undone=None).select_related("gone", "by")),
    )


@login_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything about a person on one page; who does not work with them is asked for a reason first."""
    file = open_person(request, Person, pk)
    if isinstance(file, HttpResponse):
        return file
    return render(request, "people/person.html", _page(request.viewer, file.reader, file.person))


@login_required
@require_POST
@never_cache
def show_cpr(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person's CPR number, to whoever works with them; that it was shown is written down."""
    found = changeable_or_404(request.viewer, pk)
    audit.opened(request, found)
    number = cpr.written(found.cpr or "")
    if request.htmx:
        return render(request, "people/cpr.html", {"person": found, "number": number})
    return render(request, "people/person.html", {**_page(request.viewer, request.viewer, found), "number": number})


def _page(viewer: Viewer, reader: Viewer, found: Person) -> dict[str, Any]:
    """Give what the page wants: `reader` is who the gate is asked as, `viewer` who may change something."""
    today = timezone.localdate()
    parts = parts_of(reader, found)
    offices = viewer.casework
    tongues = [skill.language for skill in parts.languages if skill.mother_tongue]
    return {
        "person": found,
        "reader": reader,
        "parts": parts,
        "worker": next((held for held in parts.responsibilities if _holds(held, today)), None),
        "household": next((member for member in parts.households if not _is_over(member, today)), None),
        "may_change": any(held.organisation_id in offices for held in parts.responsibilities if _holds(held, today)),
        "own_language": tongues[0] if tongues else "und",
        "timeline": timeline(facts_of(found, parts), today=today),
        "today": today,
        "crumbs": [(LIST_CRUMB, reverse("people:list"))],
    }


def _holds(spell: Any, day: Any) -> bool:
    return bool(spell.start <= day) and not _is_over(spell, day)


def _is_over(spell: Any, day: Any) -> bool:
    return spell.end is not None and spell.end <= day


# Forms


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Register a person; who may be the same is shown first."""
    viewer: Viewer = request.viewer
    if viewer.user is None or not viewer.casework:
        return render(request, "403.html", status=403)
    form = PersonForm(request.POST or None)
    same: list[Person] = []
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        names = f"{facts.given_name} {facts.family_name} {facts.own_script}"
        same = likely_same(visible(viewer, Person), names=names, birth_date=facts.birth_date, number=facts.cpr)
        if not same or request.POST.get("not_the_same"):
            try:
                made = register_person(facts, organisation=_office(viewer), by=viewer.user)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Oprettet med sagsnummer %(case)s.") % {"case": made.case_number})
                return redirect("people:person", pk=made.pk)
        else:
            form = PersonForm(request.POST, asks_whether_same=True)
            audit.listed(request, same)
    context = {"form": form, "same": same, "crumbs": [(LIST_CRUMB, reverse("people:list"))]}
    return render(request, "people/new.html", context)


def _office(viewer: Viewer) -> Organisation:
    """Give the municipality that somebody registers for: the first where they work in several."""
    return Organisation.objects.filter(pk__in=viewer.casework).order_by("pk")[0]


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a person as such."""
    found = changeable_or_404(request.viewer, pk)
    audit.opened(request, found)
    form = PersonForm(request.POST or None, person=found)
    theirs: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            change_person(found, form.facts(), version=form.cleaned_data["version"] or 0, by=request.viewer.user)
        except Clash as clash:
            form = PersonForm(with_version(request.POST, clash.theirs), person=found)
            theirs = both_texts(form, clash)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Gemt."))
            return redirect("people:person", pk=pk)
    context = {
        "form": form,
        "person": found,
        "of": found,
        "theirs": theirs,
        "title": _("Ret oplysninger"),
        "crumbs": [(LIST_CRUMB, reverse("people:list")), (str(found), reverse("people:person", args=[pk]))],
    }
    return render(request, "people/part.html", context)
