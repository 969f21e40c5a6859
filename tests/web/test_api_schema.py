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
from fodfaeste.web.api.tokens import Scope, make_token

from .conftest import Country
from .programme_examples import agreed, opened

pytestmark = pytest.mark.long
EXAMPLES = 200


@pytest.fixture
def described(country: Country):
    """The description, and a token that may read everything."""
    agreed(opened(country), country.users[Role.WORKER])
    by = country.users[Role.ADMINISTRATOR]
    _, secret = make_token("prøve", country.own, list(Scope), expires=timezone.now() + timedelta(days=7), by=by)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return schema, secret


def test_every_operation_answers_as_described(described) -> None:
    schema, secret = described
    headers, asked = {"Authorization": f"Bearer {secret}"}, []

    def ask(case) -> None:
        asked.append(case)
        case.call_and_validate(headers=headers)

    patient = settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
    )
    for result in schema.get_all_operations():
        patient(given(case=result.ok().as_strategy())(ask))()
    assert len(asked) >= EXAMPLES
