"""A forecast model of the demonstration country: trained on a synthetic register and tried on its past, by no one used.

Nobody in the register exists. The two officers can look at the trial and switch the model on themselves.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.db.models import QuerySet

from fodfaeste.data import synthetic
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.placement.forecasts.domain.making import Recipe, read, train_and_bring_in, try_on_the_past
from fodfaeste.web.placement.forecasts.domain.register import is_due
from fodfaeste.web.placement.forecasts.models import ForecastModel
from fodfaeste.web.placement.forecasts.store import forget

SEED, SCALE = 1, 0.5
NAME = "arbejde-og-ophold"
SOURCE = "Syntetisk register: ingen i det findes. Det stemmer med de offentliggjorte tabeller fra 2002."
TODAYS_CODES = date(2007, 1, 1)
"""The register's own codes are those of 2002; the desk has today's."""

RECIPE = Recipe(outcomes=("work_24", "staying_12"), kinds=("glm",), folds=3, seed=SEED)
"""The regression alone, and an outcome of staying that the register's years reach: quick."""

Progress = Callable[[str, float], None]


def add_forecast(*, scale: float = SCALE, progress: Progress | None = None) -> list[ForecastModel]:
    """Train a model for each made-up agency that places people, and try it on the past; nothing where that is done."""
    show = progress or (lambda *_: None)
    offices = Organisation.objects.filter(made_up__isnull=False, memberships__role=Role.OFFICER).distinct()
    due = [office for office in offices if _is_due(office)]
    if not due:
        return []
    with tempfile.TemporaryDirectory() as room:
        show("a synthetic register to learn from", 0.0)
        register = synthetic.build(SEED, scale, Path(room) / "register")
        frames = read(str(register), codes_of=TODAYS_CODES)
        made = []
        for office in due:
            by = office.memberships.filter(role=Role.OFFICER).order_by("pk").select_related("user")[0].user
            with seeing([office.pk]):
                model = ForecastModel.objects.filter(organisation=office).first() or train_and_bring_in(
                    office, frames, RECIPE, name=NAME, source=SOURCE, by=by, progress=show
                )
                try_on_the_past([model], frames, by_name=by.name or by.email, seed=SEED, progress=show)
            made.append(model)
        return made


def forget_forecasts(organisations: QuerySet[Organisation]) -> None:
    """Take the files of made-up agencies' models away; their rows stay, as those of logs do."""
    for sha256 in ForecastModel.objects.filter(organisation__in=organisations).values_list("sha256", flat=True):
        if not ForecastModel.objects.filter(sha256=sha256).exclude(organisation__in=organisations).exists():
            forget(sha256)


def _is_due(office: Organisation) -> bool:
    with seeing([office.pk]):
        kept = ForecastModel.objects.filter(organisation=office).first()
        return kept is None or is_due(kept)
