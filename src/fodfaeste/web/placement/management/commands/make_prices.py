"""`make_prices`: what room at each municipality is worth to those who come later in the year."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.placement.prices.making import make_prices


class Command(BaseCommand):
    """Makes the price list of every agency; meant for each night."""

    help = "Work out what room at each municipality is worth to those who come later in the year."

    def handle(self, *_given: Any, **_more: Any) -> None:
        """Make them, and say what became of it."""
        for office in Organisation.objects.filter(kind=Kind.AGENCY).order_by("pk"):
            try:
                made = make_prices(office, timezone.localdate())
            except Refused as refusal:
                self.stdout.write(f"{office}: {refusal}")
            else:
                self.stdout.write(
                    f"{office}: {len(made.prices)} municipalities priced; {made.waiting} persons wait, "
                    f"about {made.to_come:.0f} are still to come."
                )
