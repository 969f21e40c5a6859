"""Who enters the register of models: whoever works at the desk, each for their own agency."""

from __future__ import annotations

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from fodfaeste.web.accounts.gate import visible_or_404
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.desk.views.doors import View, for_officers, see_own_offices
from fodfaeste.web.placement.forecasts.models import ForecastModel
from fodfaeste.web.placement.rounds.permissions import agencies


def for_office(view: View) -> View:
    """Give a page the officer's own agency."""

    @for_officers
    @wraps(view)
    def entered(request: HttpRequest, **more: object) -> HttpResponseBase:
        office = Organisation.objects.filter(pk__in=agencies(request.viewer)).order_by("pk").first()
        if office is None:
            raise Http404
        return view(request, office, **more)

    return entered


def of_model(view: View) -> View:
    """Give a page a model of the officer's own agency; to others there is none."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, pk: int, **more: object) -> HttpResponseBase:
        see_own_offices(request)
        return view(request, visible_or_404(request.viewer, ForecastModel, pk=pk), **more)

    return entered
