"""The register of models behind PostgreSQL's wall: another agency has no model, and nobody changes a row."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction  # noqa: F401 - skipif asks the connection

from fodfaeste.web import audit
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.placement.forecasts.domain.reality import count_outcomes
from fodfaeste.web.placement.forecasts.models import ForecastModel, ForecastOutcome, ForecastTrial

from .conftest import made_user, signed_in
from .desk_examples import arriving, opened_round
from .forecast_examples import brought, passed
from .quota_examples import agency, officer_of
from .test_forecast_models import received
from .test_wall import as_the_application

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the wall is PostgreSQL's"),
]


@pytest.fixture(autouse=True)
def _own_room(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def test_two_officers_switch_a_model_on_behind_the_wall_and_the_desk_uses_it(tmp_path: Path) -> None:
    opened_round()
    kept = brought(tmp_path)
    seen = passed(kept).sha256
    family = arriving()
    one, other = officer_of(agency()), made_user("anden-visitator", agency(), Role.OFFICER)
    first, second = signed_in(one), signed_in(other)
    stranger = signed_in(officer_of(agency("En anden styrelse")))
    address = f"{kept.get_absolute_url()}fortiden/"
    with as_the_application():
        assert stranger.get(address).status_code == 404
        assert first.post(address, {"act": "ask", "reason": "Nu", "seen": seen}).status_code == 302
        assert second.post(address, {"act": "on", "reason": "Set", "seen": seen}).status_code == 302
        assert "prognoser af modellen arbejde" in first.get(family.get_absolute_url()).text
        assert first.get(kept.get_absolute_url()).status_code == 200


def test_another_agency_sees_no_model_and_no_trial(tmp_path: Path) -> None:
    passed(brought(tmp_path))
    with audit.acting(officer_of(agency("En anden styrelse"))), as_the_application():
        assert not ForecastModel.objects.exists()
        assert not ForecastTrial.objects.exists()


def test_outcomes_are_counted_behind_the_wall_and_the_agency_sees_no_person(tmp_path: Path) -> None:
    opened_round()
    for number in range(10):
        received(number, works=number < 4)
    # The municipality is responsible from arrival on, which for the wall's clock is still to come.
    Responsibility.objects.update(start=date(2026, 1, 1))
    with audit.acting(), as_the_application():
        assert count_outcomes(agency(), date(2030, 1, 1)) > 0
    with audit.acting(officer_of(agency())), as_the_application():
        assert not Person.objects.exists()
    with audit.acting(officer_of(agency()), organisations=[agency().pk]), as_the_application():
        told = ForecastOutcome.objects.get(by="all", kind="work")
        assert (told.adults, told.came) == (10, 4)
    with audit.acting(officer_of(agency("En anden styrelse"))), as_the_application():
        assert not ForecastOutcome.objects.exists()


def test_not_even_the_application_changes_what_was_written(tmp_path: Path) -> None:
    kept = brought(tmp_path)
    trial = passed(kept)
    with audit.acting(officer_of(agency()), organisations=[agency().pk]), as_the_application():
        for rows in (ForecastModel.objects.filter(pk=kept.pk), ForecastTrial.objects.filter(pk=trial.pk)):
            assert rows.exists()
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(sha256="0" * 64)
