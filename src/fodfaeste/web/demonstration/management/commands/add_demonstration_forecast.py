"""Trains a forecast model for the demonstration country and tries it on the past."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from fodfaeste.web.demonstration.forecasts import add_forecast


class Command(BaseCommand):
    """``add_demonstration_forecast``: nothing where there is one; switches nothing on."""

    help = "Trains a forecast model on a synthetic register for the demonstration country, and tries it on the past."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Train it, and say what became of it."""
        for model in add_forecast(progress=self._show):
            self.stdout.write(f"{model}: {model.adults} adults, none of whom exists.")

    def _show(self, doing: str, share: float) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{share:4.0%} {doing}", ending="")
