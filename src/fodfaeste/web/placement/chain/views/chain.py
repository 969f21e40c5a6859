"""The chain of an agency's records: how it ends, what a check found, its latest entries, all of it to take away."""

from __future__ import annotations

import tempfile
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.audit.context import also_see
from fodfaeste.web.base.files import private
from fodfaeste.web.placement.chain.checking import keep_check
from fodfaeste.web.placement.chain.exporting import write_export
from fodfaeste.web.placement.chain.models import ChainCheck, ChainEntry, ChainHead
from fodfaeste.web.placement.chain.permissions import kept_by
from fodfaeste.web.placement.chain.words import found_words, record_words
from fodfaeste.web.placement.desk.permissions import is_officer
from fodfaeste.web.placement.desk.views.doors import View

LATEST = 50


def for_keepers(view: View) -> View:
    """Give a page the agency whose records somebody may check."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, **more: Any) -> HttpResponseBase:
        office = kept_by(request.viewer)
        if office is None:
            raise PermissionDenied
        also_see(organisations=[office.pk])
        return view(request, office, **more)

    return entered


@for_keepers
def chain(request: HttpRequest, office: Organisation) -> HttpResponse:
    """Show how the chain stands."""
    entries = visible(request.viewer, ChainEntry).filter(organisation=office).order_by("-number")[:LATEST]
    checks: QuerySet[ChainCheck] = visible(request.viewer, ChainCheck).filter(organisation=office)
    last = checks.first()
    context = {
        "office": office,
        "at_desk": is_officer(request.viewer),
        "head": visible(request.viewer, ChainHead).filter(organisation=office).first(),
        "checked": last,
        "found": [] if last is None else [found_words(one) for one in last.found],
        "entries": _told(list(entries)),
    }
    return render(request, "placement/chain.html", context)


@require_POST
@for_keepers
def check_now(_request: HttpRequest, office: Organisation) -> HttpResponse:
    """Check the chain now."""
    keep_check(office)
    return redirect("placement:chain")


@require_POST
@for_keepers
def take_away(_request: HttpRequest, office: Organisation) -> HttpResponseBase:
    """Hand the chain and its records out."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it once it is sent
    write_export(office, out)
    out.seek(0)
    return private(FileResponse(out, content_type="application/zip"), f"optegnelser-{timezone.localdate()}.zip")


def _told(entries: list[ChainEntry]) -> list[dict[str, Any]]:
    numbers = {int(who) for one in entries for who in one.by if who.isdigit()}
    names = {str(one.pk): one.name or one.email for one in User.objects.filter(pk__in=numbers)}
    return [
        {
            "number": one.number,
            "at": timezone.datetime.fromisoformat(one.at),
            "what": record_words(one.facts.get("table", "")),
            "row": one.facts.get("row"),
            "by": ", ".join(names.get(who, who) for who in one.by) or _("ingen"),
            "hash": one.hash[:16],
        }
        for one in entries
    ]
