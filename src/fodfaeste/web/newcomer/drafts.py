"""What a newcomer typed when their hour was over: kept sealed in the session of the browser, and put in again.

A page that takes typed words shows them again after the code has been given::

    form = AnswerForm(request.POST if request.method == "POST" else drafts.offered(request))
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.sealed import seal, unseal
from fodfaeste.web.newcomer.domain.doors import Claim

KEPT = "newcomer-draft"
LARGE = 20_000
"""How many signs are kept at most."""


def keep(request: HttpRequest, whose: Claim | None) -> str:
    """Keep what was sent by a browser that has opened a link, and say to which page it belongs.

    A form of a newcomer's page is sent to the page that it is on.
    """
    page = request.get_full_path()
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name[:4] != "csrf"]
    text = json.dumps({"whose": whose and whose.whose, "page": page, "fields": fields})
    if whose is not None and len(text) <= LARGE:
        request.session[KEPT] = seal(text, KEPT)
    return page


def offered(request: HttpRequest) -> QueryDict | None:
    """Give what was typed on this page before the hour was over, once; they are told that it is not sent yet."""
    viewer = request.viewer
    whose = viewer.person if viewer.person is not None else viewer.arrival
    sealed = request.session.get(KEPT)
    text = sealed and unseal(sealed, KEPT)
    if not text:
        return None
    draft = json.loads(text)
    if (draft["whose"], draft["page"]) != (whose, request.get_full_path()):
        return None
    del request.session[KEPT]
    messages.info(request, _("Det, du skrev, er her stadig. Det er ikke sendt endnu."))
    return QueryDict(urlencode([(name, value) for name, value in draft["fields"]]))
