"""`follow_forecasts`: count what came of forecasts, beside what was forecast; meant for nights."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.placement.forecasts.domain.reality import count_outcomes


class Command(BaseCommand):
    """Counts for every agency that places people."""

    help = "Count what came of forecasts, where receiving municipalities have written it down."

    def handle(self, *_given: Any, **_more: Any) -> None:
        """Count, and say how many figures that makes."""
        for office in Organisation.objects.filter(kind=Kind.AGENCY).order_by("pk"):
            rows = count_outcomes(office, timezone.localdate())
            if rows:
                self.stdout.write(f"{office}: {rows} figures of what came of forecasts.")
