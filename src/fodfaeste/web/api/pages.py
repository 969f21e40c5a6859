"""The page on which an administrator gives other systems tokens, and takes them back."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible, visible_or_404
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.views import attempt, office_or_404
from fodfaeste.web.api.forms import TokenForm
from fodfaeste.web.api.models import Token
from fodfaeste.web.api.tokens import SCOPES, Scope, make_token, revoke, scopes_of


@login_required
@never_cache
def tokens(request: HttpRequest, office: int) -> HttpResponse:
    """List the tokens of an office, and make a new one; its secret is on the answer, and nowhere else."""
    organisation = _giver_or_404(request, office)
    form = TokenForm(request.POST or None, office=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = make_token(organisation=organisation, **form.given, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "api/made.html", {"office": organisation, "token": token, "secret": secret})
    rows = visible(request.viewer, Token).filter(organisation=organisation).select_related("made_by")
    now = timezone.now()
    page = {
        "office": organisation,
        "form": form,
        "running": [_shown(row) for row in rows.order_by("name", "pk") if row.revoked is None and row.expires > now],
        "ended": [_shown(row) for row in rows.order_by("-made", "-pk") if row.revoked or row.expires <= now],
    }
    return render(request, "api/tokens.html", page)


@login_required
@require_POST
def withdraw(request: HttpRequest, office: int, pk: int) -> HttpResponse:
    """Withdraw a token."""
    organisation = _giver_or_404(request, office)
    token = visible_or_404(request.viewer, Token, pk=pk, organisation=organisation)
    done = _("Adgangsnøglen til %(system)s er trukket tilbage og virker ikke mere.") % {"system": token}
    attempt(request, lambda: revoke(token, by=request.user), done)
    return redirect("tokens:list", office)


def _giver_or_404(request: HttpRequest, office: int) -> Organisation:
    organisation = office_or_404(request, office)
    if not scopes_of(organisation):
        raise Http404
    return organisation


def _shown(token: Token) -> dict[str, object]:
    return {"token": token, "scopes": [SCOPES[Scope(one)] for one in token.scopes]}
