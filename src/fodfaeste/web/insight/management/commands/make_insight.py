"""`make_insight`: the night's figures, and once a year the comparison."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fodfaeste.web.insight.domain.making import make_insight


class Command(BaseCommand):
    """Makes the figures that /indsigt/ shows; meant for each night."""

    help = "Make the night's own figures of every municipality, and the comparison where the year has none yet."

    def handle(self, *_given: Any, **_more: Any) -> None:
        """Make them, and say what became of it."""
        own, compared = make_insight(timezone.localdate(), self.stderr.write)
        if not own.good:
            raise CommandError(f"No new figures: {own.words} The last good ones are still shown.")
        self.stdout.write(f"Own figures of {own.day}: {own.persons} persons, {own.left_out} protected ones left out.")
        if compared is not None and not compared.good:
            self.stdout.write(f"No comparison yet: {compared.words}")
        elif compared is not None:
            self.stdout.write(f"The comparison of {compared.year} is made and holds for the year.")
