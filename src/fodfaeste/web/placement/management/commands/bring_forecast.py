"""`bring_forecast`: bring in a model that was trained elsewhere, such as where the register may not leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.forecasts.commands import ForecastCommand
from fodfaeste.web.placement.forecasts.domain.register import bring_in


class Command(ForecastCommand):
    """``bring_forecast FOLDER --organisation NAME --by EMAIL --name NAME --source WORDS``."""

    help = "Bring in the folder of a model that `fodfaeste place train` wrote. Switches nothing on."

    def add_arguments(self, parser: Any) -> None:
        """Take the folder and who answers for it."""
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path, help="The folder that train wrote.")
        parser.add_argument("--by", required=True, help="The e-mail of the placement officer who brings it in.")
        parser.add_argument("--name", required=True, help="The model's name; its version is counted up.")
        parser.add_argument("--source", required=True, help="Where the data came from, in words.")

    def act(self, office: Organisation, options: dict[str, Any]) -> None:
        """Bring it in."""
        by = self.person(options["by"])
        model = bring_in(office, options["folder"], name=options["name"], source=options["source"], by=by)
        self.stdout.write(f"{model} is brought in: {model.adults} adults, {model.sha256}")
