"""Bringing a trained model in, and keeping what the past says of it: written once, and nothing is switched on by it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.place.outcomes import Model, load, refuse_forbidden, rule_set
from fodfaeste.place.outcomes.proxies import LIMIT
from fodfaeste.place.outcomes.trial import Trial
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.desk.computing import FORBIDDEN_BY
from fodfaeste.web.placement.desk.permissions import must_be_officer
from fodfaeste.web.placement.forecasts import store
from fodfaeste.web.placement.forecasts.drawing import pictures_of
from fodfaeste.web.placement.forecasts.models import ForecastModel, ForecastTrial
from fodfaeste.web.placement.forecasts.scoring import ASKED, asked_features, outcome_names

FRESH_DAYS = 365
"""For so long what the past says of a model is held to be fresh."""


def bring_in(organisation: Organisation, folder: Path, *, name: str, source: str, by: User) -> ForecastModel:
    """Bring a trained model's folder in, as the next version of its name.

    Parameters
    ----------
    folder : Path
        That `fodfaeste place train` wrote.
    source : str
        Where its data came from, in words: the data sheet's first line.

    Raises
    ------
    BadInput
        If it is no model, or a feature carries an attribute that may not enter.
    Refused
        If the desk cannot ask what it needs, its features give an attribute away, or it is here already.
    """
    if not name.strip() or not source.strip():
        raise Refused(_("Giv modellen et navn, og skriv, hvor dens data kommer fra."))
    model = load(folder)
    must_fit_the_desk(model)
    with change(by), seeing([organisation.pk]):
        must_be_officer(by, organisation)
        sha256 = store.put(folder)
        here = ForecastModel.objects.filter(organisation=organisation)
        if here.filter(sha256=sha256).exists():
            raise Refused(_("Modellen er allerede lagt ind."))
        last = here.filter(name=name.strip()).aggregate(last=Max("version"))["last"] or 0
        facts = model.facts()
        return ForecastModel.objects.create(
            organisation=organisation,
            name=name.strip(),
            version=last + 1,
            sha256=sha256,
            software=model.version,
            first_arrival=date.fromisoformat(facts["register"]["first_arrival"]),
            last_arrival=date.fromisoformat(facts["register"]["last_arrival"]),
            observed_until=date.fromisoformat(facts["register"]["observed_until"]),
            adults=facts["register"]["adults"],
            source=source.strip(),
            facts=json.loads(json.dumps(facts, default=str)),
            calibration=calibration_of(model),
            pictures=pictures_of(model),
            by=by,
            by_name=by.name or by.email,
        )


def must_fit_the_desk(model: Model) -> None:
    """Refuse a model that may not be used here, or that asks what nobody knows.

    Raises
    ------
    BadInput, Refused
    """
    rules = rule_set(FORBIDDEN_BY)
    refuse_forbidden(model.person_features, rules)
    looser = sorted(set(rules.forbidden) - set(model.rules.forbidden))
    if looser:
        raise Refused(
            _(
                "Modellen er trænet efter regelsættet %(theirs)s, der tillader %(what)s. Træn den efter %(ours)s, "
                "som gælder her."
            )
            % {"theirs": model.rules.name, "what": ", ".join(looser), "ours": rules.name}
        )
    unknown = sorted(set(asked_features(model)) - set(ASKED))
    if unknown:
        raise Refused(
            _("Modellen har lært af %(what)s, som visitationen ikke kender. Træn den uden: --feature.")
            % {"what": ", ".join(unknown)}
        )
    if not model.audit:
        raise Refused(_("Modellens oplysninger er ikke prøvet for, om de røber køn, alder eller statsborgerskab."))
    worst = max(model.audit, key=lambda one: one.auc)
    if worst.auc > LIMIT:
        raise Refused(
            _("Modellens oplysninger røber %(what)s %(value)s (AUC %(auc).2f, grænsen er %(limit).2f).")
            % {"what": worst.attribute, "value": worst.value, "auc": worst.auc, "limit": LIMIT}
        )
    outcome_names(model)


def calibration_of(model: Model) -> list[dict[str, Any]]:
    """Give what was forecast beside what came, by outcome and group; groups of fewer than ten are not in it."""
    return [
        {"outcome": name, **row}
        for name, one in model.outcomes.items()
        for row in one.calibration.iter_rows(named=True)
    ]


def keep_trial(model: ForecastModel, found: Trial, *, by_name: str) -> ForecastTrial:
    """Keep what the past says of a model."""
    told = found.to_dict()
    with seeing([model.organisation_id]):
        return ForecastTrial.objects.create(
            model=model, sha256=fingerprint(told), passed=found.passed, told=told, by_name=by_name
        )


def fingerprint(told: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a result: what two persons saw is what was computed."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def last_trial(model: ForecastModel) -> ForecastTrial | None:
    """Give the newest trial of a model."""
    return model.trials.order_by("-pk").first()


def is_fresh(trial: ForecastTrial) -> bool:
    """Say whether a trial is not too old to be relied on."""
    return trial.at > timezone.now() - timedelta(days=FRESH_DAYS)


def is_due(model: ForecastModel) -> bool:
    """Say whether a model has no trial that is fresh."""
    trial = last_trial(model)
    return trial is None or not is_fresh(trial)
