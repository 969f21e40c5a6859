"""Behind PostgreSQL's own wall the night's figures are made, and who stands behind them is shown to whom it may."""

from __future__ import annotations

import pytest
from django.db import connection  # noqa: F401 - asked by the mark

from fodfaeste.web import audit
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.insight.domain import drawing
from fodfaeste.web.insight.domain.making import make_insight
from fodfaeste.web.insight.models import Counted, Figure

from .conftest import Country, signed_in
from .insight_examples import DAY, figures, undrawn
from .test_wall import as_the_application

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL alone has the wall")


def test_figures_are_made_and_read_as_the_role_that_owns_nothing(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "svg", undrawn)
    figures(country, people=9)
    with as_the_application():
        own, _compared = make_insight(DAY)
    assert own.good, own.words
    stayed = Figure.objects.get(organisation=country.own, measure="stayed", part="")
    assert (stayed.n, stayed.events) == (8, 6)
    leader = signed_in(country.users[Role.LEADER])
    with as_the_application():
        page = leader.get("/indsigt/fastholdelse/listen/").content.decode()
        assert leader.get("/indsigt/").status_code == 200
    assert page.count('<th scope="row"><a') == 6
    with as_the_application():
        assert not Counted.objects.exists()
    for role in (Role.ADMINISTRATOR, Role.ANALYST):
        with audit.acting(country.users[role]), as_the_application():
            assert not Counted.objects.exists()
    with audit.acting(country.stranger), as_the_application():
        assert not Counted.objects.filter(organisation=country.own).exists()
