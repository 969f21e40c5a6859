"""Pages of a move: prepared and sent by the one office, accepted or sent back by the other."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.base.lists import answer
from fodfaeste.web.moving.domain.accepting import accept
from fodfaeste.web.moving.domain.across import across
from fodfaeste.web.moving.domain.agreeing import agree_at_desk, text_seen
from fodfaeste.web.moving.domain.exporting import is_to_be_had, packed_file
from fodfaeste.web.moving.domain.handing import hand_over_as_file
from fodfaeste.web.moving.domain.needed import agreement_of, lacking
from fodfaeste.web.moving.domain.preparing import change_move, offer, prepare, return_move, withdraw
from fodfaeste.web.moving.forms import AcceptForm, ConsentForm, MoveForm, ReturnForm, beginning
from fodfaeste.web.moving.grounds import ground
from fodfaeste.web.moving.groups import BASIC, Group
from fodfaeste.web.moving.lists import moves_list, moves_rows, protected, shown
from fodfaeste.web.moving.models import Move, Mover
from fodfaeste.web.moving.texts import SOURCE, language_of, reading
from fodfaeste.web.people.models import HouseholdMember, Person
from fodfaeste.web.people.permissions import changeable_or_404
from fodfaeste.web.programme.views.rooms import done, office_of

CRUMB = gettext_lazy("Flytninger")
State = Move.State


@login_required
def moves(request: HttpRequest) -> HttpResponseBase:
    """List the moves from and to the viewer's offices."""
    if not request.viewer.casework:
        return render(request, "403.html", status=403)
    hidden = protected(request.viewer)
    rows = moves_rows(request.viewer)
    return answer(request, moves_list(hidden), rows, handed_out=partial(audit.handed_out, person="movers__person"))


@login_required
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the move of a person, and of who of the household comes along."""
    person = changeable_or_404(request.viewer, pk)
    there = visible(request.viewer, Mover).filter(person=person, live=True).first()
    if there is not None:
        return redirect("moving:move", pk=there.move_id)
    office, home = office_of(request.viewer, person), _household(request, person)
    audit.opened(request, person)
    audit.listed(request, home)
    form = MoveForm(request.POST or None, initial=beginning(None, home), persons=home, office=office)
    if form.is_valid():
        made: list[Move] = []
        if done(
            request,
            lambda: made.append(prepare(form.chosen(), form.terms(), from_office=office, by=request.user)),
            _("Flytningen er forberedt."),
            form,
        ):
            return redirect("moving:move", pk=made[0].pk)
    crumbs = [(_("Personer"), reverse("people:list")), (str(person), reverse("people:person", args=[pk]))]
    context = {"form": form, "basic": BASIC, "case_number": person.case_number, "crumbs": crumbs}
    return render(request, "moving/form.html", context)


def _household(request: HttpRequest, person: Person) -> list[Person]:
    """Give the person, and who lives with them today or is expected, as far as they are the viewer's."""
    today = timezone.localdate()
    here = visible(request.viewer, HouseholdMember).exclude(end__lte=today)
    homes = here.filter(person=person).values("household")
    members = visible(request.viewer, Person).filter(pk__in=here.filter(household__in=homes).values("person"))
    return [person, *members.exclude(pk=person.pk).order_by("birth_date", "pk")]


@login_required
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a move: what goes along, who has agreed, and what can be done with it."""
    return _page(request, _found(request, pk))


def _found(request: HttpRequest, pk: int) -> Move:
    if not request.viewer.casework:
        raise Http404
    rows = visible(request.viewer, Move).select_related("from_office", "to_office", "made_by", "sent_by", "worker")
    found = rows.select_related("answered_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _movers(request: HttpRequest, found: Move) -> list[Mover]:
    rows = visible(request.viewer, Mover).filter(move=found)
    # What was agreed to stands with the person, whom one of the two offices does not see: it is shown to both.
    with across([found.from_office_id, found.to_office_id]):
        movers = list(rows.prefetch_related("agreements__consent", "agreements__taken_by"))
    hidden = protected(request.viewer)
    for mover in movers:
        mover.move, mover.name, mover.hidden = found, shown(mover, hidden), mover.person_id in hidden
    # Who moves is shown by name: it is written down, as a list of them.
    audit.listed(request, [Person(pk=mover.person_id) for mover in movers])
    return movers


def _page(request: HttpRequest, found: Move, **forms: Any) -> HttpResponse:
    today, viewer = timezone.localdate(), request.viewer
    movers = _movers(request, found)
    from_here = found.from_office_id in viewer.casework
    to_here = found.to_office_id in viewer.casework
    missing = lacking(found, today, movers)
    open_here = from_here and found.state in (State.PREPARED, State.RETURNED)
    answers = to_here and found.state == State.OFFERED and found.to_office is not None
    context = {
        "move": found,
        "movers": [(mover, agreement_of(mover, today)) for mover in movers],
        "along": [group.label for group in Group if group in found.groups],
        "stays": [group.label for group in Group if group not in found.groups],
        "basic": BASIC,
        "ground": ground(found.ground, today) if found.ground else None,
        "missing": missing if found.is_live else [],
        "agreed": open_here and not missing,
        "open_here": open_here,
        "may_send": open_here and not missing and found.to_office is not None,
        "may_hand": open_here and not missing and found.to_office is None,
        "may_withdraw": from_here and found.is_live,
        "may_fetch": from_here and found.state == State.HANDED and is_to_be_had(found),
        "accept": forms.get("accept") or _accept_form(request, found) if answers else None,
        "return": forms.get("back") or ReturnForm() if answers else None,
        "today": today,
        "crumbs": [(CRUMB, reverse("moving:list"))],
    }
    return render(request, "moving/move.html", context)


def _accept_form(request: HttpRequest, found: Move) -> AcceptForm:
    assert found.to_office is not None
    return AcceptForm(request.POST or None, office=found.to_office, initial={"worker": request.user.pk})


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a move that is not sent."""
    found = _from_here(request, pk)
    if found.state not in (State.PREPARED, State.RETURNED):
        messages.error(request, _("Flytningen er sendt. Træk den tilbage, og forbered en ny."))
        return redirect("moving:move", pk=pk)
    people = [mover.person_id for mover in _movers(request, found)]
    moving = list(visible(request.viewer, Person).filter(pk__in=people).order_by("birth_date", "pk"))
    known = {person.pk: person for person in moving}
    for person in moving:
        known.update({one.pk: one for one in _household(request, person)})
    everybody = list(known.values())
    audit.listed(request, everybody)
    form = MoveForm(request.POST or None, initial=beginning(found, moving), persons=everybody, office=found.from_office)
    if form.is_valid() and done(
        request,
        lambda: change_move(
            found, form.chosen(), form.terms(), version=form.cleaned_data["version"] or 0, by=request.user
        ),
        _("Flytningen er rettet."),
        form,
    ):
        return redirect("moving:move", pk=pk)
    context = {"form": form, "basic": BASIC, "crumbs": _crumbs(found)}
    return render(request, "moving/form.html", context)


def _crumbs(found: Move) -> list[tuple[object, str]]:
    where = f"{found.from_office} – {found.to_name}"
    return [(CRUMB, reverse("moving:list")), (where, reverse("moving:move", args=[found.pk]))]


def _from_here(request: HttpRequest, pk: int) -> Move:
    found = _found(request, pk)
    if found.from_office_id not in request.viewer.casework:
        raise Http404
    return found


@login_required
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a consent at the desk: what goes along is read in Danish and in the person's language."""
    found, today = _from_here(request, pk), timezone.localdate()
    movers = _movers(request, found)
    asked = [mover for mover in movers if agreement_of(mover, today) is None]
    if not found.is_live or not asked:
        return redirect("moving:move", pk=pk)
    spoken = language_of(request.GET.get("sprog") or asked[0].person.language)
    beginning_with = {"seen": text_seen(found), "day": today, "language": spoken, "movers": [str(asked[0].pk)]}
    form = ConsentForm(request.POST or None, initial=beginning_with, movers=asked)
    if form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "movers"}
        if done(
            request,
            lambda: agree_at_desk(found, form.chosen(), by=request.user, **said),
            _("Samtykket er skrevet."),
            form,
        ):
            return redirect("moving:move", pk=pk)
    readings = [reading(found, code) for code in dict.fromkeys([SOURCE, spoken])]
    context = {"form": form, "move": found, "readings": readings, "crumbs": _crumbs(found)}
    return render(request, "moving/agree.html", context)


def _act(request: HttpRequest, pk: int, act: Callable[[Move], object], words: str) -> HttpResponse:
    found = _found(request, pk)
    audit.listed(request, [Person(pk=number) for number in found.movers.values_list("person", flat=True)])
    done(request, lambda: act(found), words)
    return redirect("moving:move", pk=pk)


@require_POST
@login_required
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the move to the other office."""
    _from_here(request, pk)
    return _act(request, pk, lambda found: offer(found, by=request.user), _("Sagen er tilbudt den nye kommune."))


@require_POST
@login_required
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the move."""
    _from_here(request, pk)
    return _act(request, pk, lambda found: withdraw(found, by=request.user), _("Flytningen er trukket tilbage."))


@require_POST
@login_required
def hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the file of who moves to a municipality that does not use the system."""
    _from_here(request, pk)
    words = _("Sagen er afsluttet. Hent filen, og aflever den til den nye kommune.")
    return _act(request, pk, lambda found: hand_over_as_file(found, by=request.user), words)


@require_POST
@login_required
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept the move."""
    found = _to_here(request, pk)
    form = _accept_form(request, found)
    if form.is_valid() and done(
        request,
        lambda: accept(found, worker=form.cleaned_data["worker"], by=request.user),
        _("Sagen er modtaget."),
        form,
    ):
        return redirect("moving:move", pk=pk)
    return _page(request, found, accept=form)


@require_POST
@login_required
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the move back, saying why."""
    found = _to_here(request, pk)
    form = ReturnForm(request.POST)
    if form.is_valid() and done(
        request,
        lambda: return_move(found, why=form.cleaned_data["why"], by=request.user),
        _("Sagen er sendt tilbage."),
        form,
    ):
        return redirect("moving:list")
    return _page(request, found, back=form)


def _to_here(request: HttpRequest, pk: int) -> Move:
    found = _found(request, pk)
    if found.to_office_id not in request.viewer.casework:
        raise Http404
    return found


@login_required
@never_cache
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out what goes along as a ZIP of tables, for a municipality that does not use the system."""
    found = visible_or_404(request.viewer, Move, pk=_from_here(request, pk).pk, state=State.HANDED)
    if not is_to_be_had(found):
        raise Http404
    content = packed_file(found, _movers(request, found), request.viewer)
    name = f"sag-{found.pk}-{found.day}.zip"
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type="application/zip")
