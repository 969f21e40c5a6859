"""Pages of an office's own administration: they connect, and decide nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST

from fodfaeste.errors import Refused
from fodfaeste.web.accounts import drafts as kept_drafts
from fodfaeste.web.accounts.domain import organisations, roles, taking_on
from fodfaeste.web.accounts.domain.phones import set_own_phone
from fodfaeste.web.accounts.forms import EndForm, InviteForm, OwnPhoneForm, PartnerForm, RoleForm
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.accounts.models import CooperationOffer, Invitation, Membership, Organisation, User
from fodfaeste.web.accounts.permissions import administered, administers
from fodfaeste.web.accounts.second_factor import has_one


def office_or_404(request: HttpRequest, office: int) -> Organisation:
    """Give an organisation that the viewer administers; whoever does not learns no more than that there is none."""
    if office not in administered(request.viewer):
        raise Http404
    return Organisation.objects.get(pk=office)


def attempt(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do something and say so; or say why it is refused."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True


def say_wrong(request: HttpRequest, form: Any) -> None:
    """Say what is wrong with a small form that has no page of its own."""
    for field, errors in form.errors.items():
        label = form.fields[field].label if field in form.fields else ""
        for error in errors:
            messages.error(request, f"{label}: {error}" if label else str(error))


@login_required
@cache_control(private=True, max_age=24 * 60 * 60)
def logo(request: HttpRequest, office: int) -> HttpResponse:
    """Hand out an office's logo to whoever is somebody there; a new one has a new address."""
    held = request.user.memberships.on(timezone.localdate()).filter(organisation=office).exclude(organisation__logo="")
    mine = held.select_related("organisation").first()
    if mine is None or not mine.organisation.logo.storage.exists(mine.organisation.logo.name):
        raise Http404
    with mine.organisation.logo.open("rb") as file:
        kind = "png" if file.name.endswith(".png") else "jpeg"
        return HttpResponse(file.read(), content_type=f"image/{kind}")


@login_required
def offices(request: HttpRequest) -> HttpResponse:
    """Lead to the office that the viewer administers, or list them."""
    found = Organisation.objects.filter(pk__in=administered(request.viewer)).order_by("name")
    if not found:
        raise Http404
    if len(found) == 1:
        return redirect("accounts:people", found[0].pk)
    return render(request, "accounts/offices.html", {"found": found})


@login_required
def people(request: HttpRequest, office: int) -> HttpResponse:
    """List who has, had or will have a role in an office."""
    organisation = office_or_404(request, office)
    held = visible(request.viewer, Membership).filter(organisation=organisation)
    users = (
        User.objects.filter(memberships__organisation=organisation)
        .distinct()
        .order_by("-is_active", "name", "pk")
        .prefetch_related(Prefetch("memberships", held.order_by("start"), to_attr="roles_here"), "authenticator_set")
    )
    invited = visible(request.viewer, Invitation).filter(organisation=organisation, pk__in=taking_on.open_ones())
    page = {"office": organisation, "users": users, "invited": invited.select_related("user").order_by("made")}
    return render(request, "accounts/people.html", page)


@login_required
@never_cache
def invite(request: HttpRequest, office: int) -> HttpResponse:
    """Make somebody's account with a first role."""
    organisation = office_or_404(request, office)
    data = request.POST if request.method == "POST" else kept_drafts.offered(request)
    form = InviteForm(organisation, data)
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            taken = taking_on.take_on(said["email"], said["name"], organisation, **form.given, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _taken_on(request, organisation, taken)
    return render(request, "accounts/invite.html", {"office": organisation, "form": form})


def _taken_on(request: HttpRequest, organisation: Organisation, taken: taking_on.TakenOn) -> HttpResponse:
    """Lead to somebody who was taken on; or show the link that they need first, the only time that it is seen."""
    if taken.invitation is not None:
        path = reverse("accounts:invitation", args=[taking_on.token_of(taken.invitation)])
        page = {"office": organisation, "of": taken.user, "link": request.build_absolute_uri(path)}
        return render(request, "accounts/invited.html", page)
    new = taken.user
    return _to_user(organisation.pk, new.pk) if new.has_usable_password() else _show_link(request, organisation, new)


@login_required
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show a role that another office offers to whoever is signed in, and take their yes."""
    found = taking_on.read(token)
    if found is None or found.user_id != request.user.pk:
        raise Http404
    if request.method == "POST" and attempt(
        request,
        lambda: taking_on.accept(found, by=request.user),
        _("Du har nu en rolle i %(office)s.") % {"office": found.organisation},
    ):
        return redirect("front")
    return render(request, "accounts/invitation.html", {"found": found})


@login_required
@require_POST
def withdraw_invitation(request: HttpRequest, office: int, pk: int) -> HttpResponse:
    """Take an invitation back."""
    organisation = office_or_404(request, office)
    found = visible_or_404(request.viewer, Invitation, pk=pk, organisation=organisation)
    attempt(request, lambda: taking_on.withdraw(found, by=request.user), _("Invitationen er trukket tilbage."))
    return redirect("accounts:people", office)


def _show_link(request: HttpRequest, organisation: Organisation, of: User) -> HttpResponse:
    """Show the link with which somebody chooses a password: the only time that it is seen."""
    try:
        path = roles.new_password_link(of, organisation, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return _to_user(organisation.pk, of.pk)
    page = {"office": organisation, "of": of, "link": request.build_absolute_uri(path)}
    return render(request, "accounts/link.html", page)


def _to_user(office: int, pk: int) -> HttpResponse:
    return redirect("accounts:user", office, pk)


def _user_or_404(request: HttpRequest, organisation: Organisation, pk: int) -> User:
    """Give somebody who has, had or will have a role in an office."""
    held = visible(request.viewer, Membership).filter(organisation=organisation, user=pk).select_related("user").first()
    if held is None:
        raise Http404
    return held.user


@login_required
def user(request: HttpRequest, office: int, pk: int) -> HttpResponse:
    """Show somebody's account and roles in an office."""
    organisation = office_or_404(request, office)
    shown = _user_or_404(request, organisation, pk)
    today = timezone.localdate()
    held = visible(request.viewer, Membership).filter(organisation=organisation, user=shown).order_by("start", "pk")
    return render(
        request,
        "accounts/user.html",
        {
            "office": organisation,
            "shown": shown,
            "running": [role for role in held if role.end is None or role.end > today],
            "ended": [role for role in held if role.end is not None and role.end <= today],
            "second_factor": has_one(shown),
            "form": RoleForm(organisation),
            "end_form": EndForm(initial={"last": today}, auto_id=False),
        },
    )


@login_required
@require_POST
def give_role(request: HttpRequest, office: int, pk: int) -> HttpResponse:
    """Give somebody a further role."""
    organisation = office_or_404(request, office)
    to = _user_or_404(request, organisation, pk)
    form = RoleForm(organisation, request.POST)
    if form.is_valid():
        attempt(
            request, lambda: roles.give_role(to, organisation, **form.given, by=request.user), _("Rollen er givet.")
        )
    else:
        say_wrong(request, form)
    return _to_user(office, pk)


@login_required
@require_POST
def end_role(request: HttpRequest, office: int, pk: int) -> HttpResponse:
    """End a role."""
    organisation = office_or_404(request, office)
    held = visible_or_404(request.viewer, Membership, pk=pk, organisation=organisation)
    form = EndForm(request.POST)
    if form.is_valid():
        attempt(request, lambda: roles.end_role(held, form.day, by=request.user), _("Rollens sidste dag er gemt."))
    else:
        say_wrong(request, form)
    still = administers(request.user, organisation)
    return _to_user(office, held.user_id) if still else redirect("front")


@login_required
@require_POST
@never_cache
def new_link(request: HttpRequest, office: int, pk: int) -> HttpResponse:
    """Show a new link with which somebody chooses a password."""
    organisation = office_or_404(request, office)
    return _show_link(request, organisation, _user_or_404(request, organisation, pk))


@login_required
@require_POST
def reset_second_factor(request: HttpRequest, office: int, pk: int) -> HttpResponse:
    """Take away somebody's second factor, as when a telephone is lost."""
    organisation = office_or_404(request, office)
    of = _user_or_404(request, organisation, pk)
    done = _("Det andet trin er nulstillet. %(user)s vælger et nyt ved næste log ind.") % {"user": of}
    attempt(request, lambda: roles.reset_second_factor(of, organisation, by=request.user), done)
    return _to_user(office, pk)


@login_required
@require_POST
def close(request: HttpRequest, office: int, pk: int) -> HttpResponse:
    """Close somebody's account."""
    organisation = office_or_404(request, office)
    of = _user_or_404(request, organisation, pk)
    done = _("Kontoen for %(user)s er lukket.") % {"user": of}
    attempt(request, lambda: roles.close_account(of, organisation, by=request.user), done)
    return _to_user(office, pk)


@login_required
def partners(request: HttpRequest, office: int) -> HttpResponse:
    """Show with whom an office cooperates, and offer it to others."""
    organisation = office_or_404(request, office)
    form = PartnerForm(organisation, request.POST or None)
    if request.method == "POST" and form.is_valid():
        receiver = form.cleaned_data["receiver"]
        done = _("%(receiver)s er spurgt.") % {"receiver": receiver}
        attempt(request, lambda: organisations.offer_cooperation(organisation, receiver, by=request.user), done)
        return redirect("accounts:partners", office)
    offers = visible(request.viewer, CooperationOffer).select_related("sender", "receiver")
    page = {
        "office": organisation,
        "form": form,
        "partners": organisation.partners.order_by("name"),
        "sent": offers.filter(sender=organisation),
        "received": offers.filter(receiver=organisation),
    }
    return render(request, "accounts/partners.html", page)


@login_required
@require_POST
def answer_offer(request: HttpRequest, office: int, pk: int) -> HttpResponse:
    """Accept an offer, or turn it down or take it back."""
    office_or_404(request, office)
    offer = visible_or_404(request.viewer, CooperationOffer, pk=pk)
    if office not in {offer.sender_id, offer.receiver_id}:
        raise Http404
    if request.POST.get("answer") == "yes":
        done = _("I samarbejder nu med %(sender)s.") % {"sender": offer.sender}
        attempt(request, lambda: organisations.accept_cooperation(offer, by=request.user), done)
    else:
        attempt(request, lambda: organisations.withdraw_offer(offer, by=request.user), _("Tilbuddet er væk."))
    return redirect("accounts:partners", office)


@login_required
@require_POST
def end_cooperation(request: HttpRequest, office: int, pk: int) -> HttpResponse:
    """End a cooperation."""
    organisation = office_or_404(request, office)
    other = get_object_or_404(organisation.partners, pk=pk)
    done = _("I samarbejder ikke længere med %(other)s.") % {"other": other}
    attempt(request, lambda: organisations.end_cooperation(organisation, other, by=request.user), done)
    return redirect("accounts:partners", office)


@login_required
def own_phone(request: HttpRequest) -> HttpResponse:
    """Take where somebody is reached at work."""
    form = OwnPhoneForm(request.POST or None, initial={"phone": request.user.phone})
    if request.method == "POST" and form.is_valid():
        set_own_phone(request.user, form.cleaned_data["phone"])
        messages.success(request, _("Nummeret er gemt."))
        return redirect("accounts:own_phone")
    return render(request, "accounts/own_phone.html", {"form": form})


@login_required
@never_cache
def drafts(request: HttpRequest) -> HttpResponse:
    """Show what was typed before a session ended, to be sent again or thrown away."""
    if request.method == "POST":
        kept_drafts.forget(request, lambda _draft: True)
        messages.success(request, _("Det, du skrev, er smidt væk."))
        return redirect(reverse("front"))
    return render(request, "accounts/drafts.html", {"drafts": kept_drafts.of_user(request)})
