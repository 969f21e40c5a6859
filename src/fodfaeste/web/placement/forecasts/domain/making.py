"""Training a model on a register and trying it on the past: minutes of work, done by commands and never by a page.

Everything is made in a folder that is thrown away; what is stopped halfway leaves nothing behind.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fodfaeste.place.outcomes import Frames, Model, save, train
from fodfaeste.place.outcomes.fitting import KINDS, Kind
from fodfaeste.place.outcomes.training import DEFAULT, DRAWS, FOLDS
from fodfaeste.place.outcomes.trial import BOOTSTRAPS, SHUFFLES, trial
from fodfaeste.report.place.card import card_text
from fodfaeste.report.place.frames import frames_of
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.placement.desk.computing import FORBIDDEN_BY
from fodfaeste.web.placement.forecasts.domain.register import bring_in, keep_trial
from fodfaeste.web.placement.forecasts.models import ForecastModel, ForecastTrial
from fodfaeste.web.placement.forecasts.store import loaded

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Recipe:
    """How a model is trained.

    outcomes : tuple of str
    features : tuple of str or None
        Columns of persons to learn from; schooling and civil status without them.
    kinds : tuple of {"glm", "boosting"}
    draws, folds, seed : int
    """

    outcomes: tuple[str, ...] = DEFAULT
    features: tuple[str, ...] | None = None
    kinds: tuple[Kind, ...] = KINDS
    draws: int = DRAWS
    folds: int = FOLDS
    seed: int = 0


def read(register: str, *, codes_of: date | None = None, progress: Progress | None = None) -> Frames:
    """Read a register."""
    return frames_of(register, codes_of=codes_of, progress=progress)


def train_and_bring_in(
    organisation: Organisation,
    frames: Frames,
    recipe: Recipe,
    *,
    name: str,
    source: str,
    by: User,
    progress: Progress | None = None,
) -> ForecastModel:
    """Train a model by the rule set that holds at the desk, and bring it in.

    Raises
    ------
    BadInput
        If a feature carries a forbidden attribute.
    Refused
        If features give one away, or the desk cannot ask what the model needs.
    """
    model = train(
        frames,
        recipe.outcomes,
        rule_set=FORBIDDEN_BY,
        features=recipe.features,
        kinds=recipe.kinds,
        draws=recipe.draws,
        folds=recipe.folds,
        seed=recipe.seed,
        progress=progress,
    )
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "model"
        save(model, folder, texts=cards(model))
        return bring_in(organisation, folder, name=name, source=source, by=by)


def cards(model: Model) -> dict[str, str]:
    """Write the card that lies in the model's folder, in both languages."""
    facts = model.facts()
    return {"card.da.md": card_text(facts, "da"), "card.en.md": card_text(facts, "en")}


def try_on_the_past(
    models: Sequence[ForecastModel],
    frames: Frames,
    *,
    by_name: str,
    bootstraps: int = BOOTSTRAPS,
    shuffles: int = SHUFFLES,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[ForecastTrial]:
    """Try models on the past of a register; each is kept when it is done, so that stopping loses one at most."""
    show = progress or (lambda *_: None)
    kept = []
    for number, one in enumerate(models):

        def part(doing: str, share: float, one: ForecastModel = one, number: int = number) -> None:
            show(f"{one}: {doing}", (number + share) / len(models))

        found = trial(frames, loaded(one.sha256), bootstraps=bootstraps, shuffles=shuffles, seed=seed, progress=part)
        kept.append(keep_trial(one, found, by_name=by_name))
    return kept
