"""`train_forecast`: train a model on a register, bring it in, and try it on the past."""

from __future__ import annotations

from typing import Any

from fodfaeste.place.outcomes.fitting import KINDS
from fodfaeste.place.outcomes.training import DEFAULT
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.forecasts.commands import ForecastCommand
from fodfaeste.web.placement.forecasts.domain.making import Recipe, read, train_and_bring_in, try_on_the_past


class Command(ForecastCommand):
    """``train_forecast REGISTER --organisation NAME --by EMAIL --name NAME``."""

    help = (
        "Train a forecast model on a register, bring it in at an agency, and try it on the past. Switches nothing on."
    )

    def add_arguments(self, parser: Any) -> None:
        """Take the register, what is learnt, and who answers for it."""
        super().add_arguments(parser)
        parser.add_argument("register", help="A folder of CSV or Parquet files, or duckdb://, sqlite:///, postgres://.")
        parser.add_argument("--by", required=True, help="The e-mail of the placement officer who brings it in.")
        parser.add_argument("--name", default="arbejde-og-ophold", help="The model's name; its version is counted up.")
        parser.add_argument("--source", default="", help="Where the data came from, in words.")
        parser.add_argument("--outcome", action="append", help="work_24, staying_36 and so on; again for more.")
        parser.add_argument("--feature", action="append", help="A column of persons to learn from; again for more.")
        parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), help="glm alone is quick.")
        parser.add_argument("--seed", type=int, default=0, help="The same seed gives the same model.")
        parser.add_argument("--no-trial", action="store_true", help="Do not try it on the past now: try_forecast will.")

    def act(self, office: Organisation, options: dict[str, Any]) -> None:
        """Train, bring in, try."""
        by = self.person(options["by"])
        frames = read(options["register"], progress=lambda doing, share: self.show(doing, 0.1 * share))
        recipe = Recipe(
            outcomes=tuple(options["outcome"] or DEFAULT),
            features=tuple(options["feature"]) if options["feature"] else None,
            kinds=tuple(options["kinds"]),
            seed=options["seed"],
        )
        model = train_and_bring_in(
            office,
            frames,
            recipe,
            name=options["name"],
            source=options["source"] or frames.title,
            by=by,
            progress=lambda doing, share: self.show(doing, 0.1 + 0.5 * share),
        )
        self.stdout.write(f"{model} is brought in: {model.adults} adults, {model.sha256}")
        if options["no_trial"]:
            return
        trials = try_on_the_past(
            [model],
            frames,
            by_name=by.name or by.email,
            progress=lambda doing, share: self.show(doing, 0.6 + 0.4 * share),
        )
        self.stdout.write(f"{model} {'passed' if trials[0].passed else 'did not pass'} its trial on the past.")
