"""`try_forecast`: try an agency's models on the past of a register; meant for nights."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.forecasts.commands import ForecastCommand
from fodfaeste.web.placement.forecasts.domain.making import read, try_on_the_past
from fodfaeste.web.placement.forecasts.domain.register import is_due
from fodfaeste.web.placement.forecasts.models import ForecastModel

NIGHT = "system: try_forecast"


class Command(ForecastCommand):
    """``try_forecast REGISTER --organisation NAME [--model NAME --version N]``."""

    help = "Try the models of an agency that have no fresh trial on the past of a register."

    def add_arguments(self, parser: Any) -> None:
        """Take the register, and one model or all that are due."""
        super().add_arguments(parser)
        parser.add_argument("register", help="A folder of CSV or Parquet files, or duckdb://, sqlite:///, postgres://.")
        parser.add_argument("--model", default="", help="Try this one, due or not: its name, a space and its version.")

    def act(self, office: Organisation, options: dict[str, Any]) -> None:
        """Try them."""
        models = list(ForecastModel.objects.filter(organisation=office))
        chosen = [one for one in models if str(one) == options["model"]] if options["model"] else None
        if chosen == []:
            raise CommandError(f"There is no model {options['model']!r}. There is: {', '.join(map(str, models))}.")
        due = [one for one in models if is_due(one)] if chosen is None else chosen
        if not due:
            self.stdout.write("No model is due.")
            return
        frames = read(options["register"], progress=lambda doing, share: self.show(doing, 0.1 * share))
        tried = try_on_the_past(
            due, frames, by_name=NIGHT, progress=lambda doing, share: self.show(doing, 0.1 + 0.9 * share)
        )
        for model, trial in zip(due, tried, strict=True):
            self.stdout.write(f"{model} {'passed' if trial.passed else 'did not pass'} its trial on the past.")
