"""Takes the demonstration country away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from fodfaeste.web.demonstration.country import remove


class Command(BaseCommand):
    """``remove_demonstration``."""

    help = "Takes the demonstration country away, and nothing else."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Take it away and say how much it was."""
        self.stdout.write(f"{remove()} made-up persons taken away.")
