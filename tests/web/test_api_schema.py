"""The interface holds what its description says, whatever is asked: schemathesis asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis.generation.modes import GenerationMode

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.api.tokens import make_token, scopes_of

from .conftest import Country, made_user
from .desk_examples import arriving
from .programme_examples import agreed, opened
from .quota_examples import agency

pytestmark = pytest.mark.long
EXAMPLES = 200


@pytest.fixture
def described(country: Country):
    """The description, and tokens of a municipality and of an agency that may do all that theirs can."""
    agreed(opened(country), country.users[Role.WORKER])
    arriving()
    made = []
    for office, by in (
        (country.own, country.users[Role.ADMINISTRATOR]),
        (agency(), made_user("administrator-styrelse", agency(), Role.ADMINISTRATOR)),
    ):
        soon = timezone.now() + timedelta(days=7)
        made.append(make_token("prøve", office, scopes_of(office), expires=soon, by=by)[1])
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return schema, *made


def test_every_operation_answers_as_described(described) -> None:
    schema, municipality, authority = described
    asked = []

    def ask(case) -> None:
        asked.append(case)
        secret = authority if case.path.startswith("/api/v1/arrivals") else municipality
        case.call_and_validate(headers={"Authorization": f"Bearer {secret}"})

    patient = settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
    )
    for result in schema.get_all_operations():
        patient(given(case=result.ok().as_strategy())(ask))()
    assert len(asked) >= EXAMPLES
