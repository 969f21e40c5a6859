"""Lets go of drafts that nobody has touched for 30 days: for every night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.audit.context import acting
from fodfaeste.web.programme.domain.drafts import forget_old


class Command(BaseCommand):
    """Lets go of them in every municipality."""

    help = "Let go of drafts that nobody has touched for 30 days."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Let go of them."""
        offices = list(Organisation.objects.filter(kind=Kind.MUNICIPALITY).values_list("pk", flat=True))
        # A draft stands behind the wall as its person does.
        with acting(organisations=offices):
            self.stdout.write(str(forget_old()))
