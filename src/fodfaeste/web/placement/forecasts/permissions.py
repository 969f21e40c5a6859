"""Who sees the agency's forecast models: its placement officers. Nobody of a household stands in them."""

from __future__ import annotations

from django.db.models import Q

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.placement.forecasts import models
from fodfaeste.web.placement.rounds.permissions import agencies


@scoped(models.ForecastModel)
def _models(viewer: Viewer) -> Q | None:
    offices = agencies(viewer)
    return Q(organisation__in=offices) if offices else None


@scoped(models.ForecastOutcome)
def _outcomes(viewer: Viewer) -> Q | None:
    offices = agencies(viewer)
    return Q(organisation__in=offices) if offices else None


@scoped(models.ForecastTrial)
def _trials(viewer: Viewer) -> Q | None:
    offices = agencies(viewer)
    return Q(model__organisation__in=offices) if offices else None
