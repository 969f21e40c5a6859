"""`check_records`: check that no record of placement was changed, removed or inserted; meant for nights."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.placement.chain.checking import keep_check
from fodfaeste.web.placement.chain.words import found_words


class Command(BaseCommand):
    """Checks every agency's chain; ends with exit code 1 where something does not fit, so that who runs it is told."""

    help = "Check every agency's records of placement by the chain of their hashes."

    def handle(self, *_given: Any, **_more: Any) -> None:
        """Check, and say how each chain ends: the last hash belongs into somebody else's keeping."""
        wrong = False
        with translation.override("en"):
            for office in Organisation.objects.filter(kind=Kind.AGENCY).order_by("pk"):
                checked = keep_check(office)
                wrong = wrong or bool(checked.found)
                said = (
                    "as they were written" if not checked.found else f"{len(checked.found) + checked.more} do not fit"
                )
                self.stdout.write(f"{office}: {checked.lines} records, {said}; the last hash is {checked.hash}")
                for one in checked.found:
                    self.stdout.write(f"  {found_words(one)}")
        if wrong:
            raise CommandError("Records do not fit their chain. Find out first who changed them, then read the docs.")
