"""Training: both kinds of model side by side, the better one kept, and everything measured that a card has to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from fodfaeste import __version__
from fodfaeste.errors import BadInput, Problem
from fodfaeste.measure.bootstrap import needed_draws
from fodfaeste.place.outcomes.attributes import RuleSet
from fodfaeste.place.outcomes.attributes import rule_set as look_up
from fodfaeste.place.outcomes.drift import reference
from fodfaeste.place.outcomes.encode import Encoder, encoder
from fodfaeste.place.outcomes.fitting import (
    KINDS,
    Data,
    Kind,
    cross_fitted,
    data_of,
    fit,
    forecast,
    one_thread,
    refit,
    row_log_odds,
    time_split,
)
from fodfaeste.place.outcomes.frames import Frames, age_groups, outcome
from fodfaeste.place.outcomes.metrics import (
    LEVEL,
    Told,
    calibration_table,
    figures,
    log_losses,
    mean_with_interval,
    recalibration,
)
from fodfaeste.place.outcomes.model import Model, OutcomeModel
from fodfaeste.place.outcomes.proxies import LIMIT, proxy_audit, refuse_proxies, with_forecasts
from fodfaeste.place.outcomes.rows import Rows, training_rows

Floats = NDArray[np.float64]

DRAWS = 40
FOLDS = 5
DEFAULT = ("work_24", "staying_36")

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Settings:
    """How models are trained.

    outcomes : tuple of str
    rule_set : str
    features : tuple of str or None
        Columns of persons; None: schooling and civil status, as far as the register has them.
    proxy_limit : float
        AUC from which features give a forbidden attribute away.
    draws, folds, seed : int
    kinds : tuple of {"glm", "boosting"}
        What is tried; the first is kept unless another is better for sure.
    """

    outcomes: tuple[str, ...] = DEFAULT
    rule_set: str = "denmark"
    features: tuple[str, ...] | None = None
    proxy_limit: float = LIMIT
    draws: int = DRAWS
    folds: int = FOLDS
    seed: int = 0
    kinds: tuple[Kind, ...] = KINDS

    def __post_init__(self) -> None:
        if self.draws < needed_draws(LEVEL):
            found = f"draws={self.draws}"
            raise BadInput(Problem(found, f"at least {needed_draws(LEVEL)} for intervals at 95 %", "Draw more."))


def train(
    frames: Frames,
    outcomes: Sequence[str] = DEFAULT,
    *,
    rule_set: str = "denmark",
    seed: int = 0,
    features: Sequence[str] | None = None,
    proxy_limit: float = LIMIT,
    draws: int = DRAWS,
    folds: int = FOLDS,
    kinds: Sequence[Kind] = KINDS,
    progress: Progress | None = None,
) -> Model:
    """Train a model of each outcome on a register.

    For each outcome a regularised logistic regression and boosted trees forecast every adult from the other
    households. Boosting is kept only if its log loss is lower by an interval that lies above zero. The model is tested
    once more on later years, as if it had been made on a day in the past, and recalibrated where that helps there.

    Parameters
    ----------
    frames : Frames
    outcomes : sequence of str
        `work_24`, `staying_36`, `self_support_12` ...; see `frames.outcome`.
    rule_set : str
        Says which attributes may not enter: `denmark`, `denmark_with_age`, `united_states`.
    seed : int
    features : sequence of str, optional
        Columns of persons to learn from.
    proxy_limit : float
    draws : int
        Draws of the model, for the uncertainty of scores.
    folds : int
    kinds : sequence of {"glm", "boosting"}
        `("glm",)` trains the regression alone.
    progress : callable, optional
        Hears what is being done, and the share of 1 that is done.

    Returns
    -------
    Model

    Raises
    ------
    BadInput
        If a feature carries a forbidden attribute.
    Refused
        If the features give one away.
    NotEnoughPeople, UnknownName
    """
    settings = Settings(
        tuple(outcomes),
        rule_set,
        None if features is None else tuple(features),
        proxy_limit,
        draws,
        folds,
        seed,
        tuple(kinds),
    )
    show = progress or (lambda *_: None)
    rules = look_up(rule_set)
    show("training rows", 0.0)
    rows = training_rows(frames, [outcome(name) for name in settings.outcomes], rules, settings.features)
    model = train_rows(rows, settings, rules, progress=lambda doing, share: show(doing, 0.1 + 0.9 * share))
    return _with_register(model, frames, rows)


def train_rows(rows: Rows, settings: Settings, rules: RuleSet, *, progress: Progress | None = None) -> Model:
    """Train on rows that are made already; see `train`."""
    show = progress or (lambda *_: None)
    encode = encoder(rows.frame, rows.person_features, rows.place_features, rows.pair_features)
    codes = tuple(sorted(rows.frame["place"].unique().to_list()))
    with one_thread():
        show("proxy audit", 0.0)
        # Before anything is trained: what may not be used is not even tried.
        audit = proxy_audit(rows, rules, seed=settings.seed)
        refuse_proxies(rows, audit, settings.proxy_limit, seed=settings.seed)
        models, forecasts = {}, {}
        for number, name in enumerate(settings.outcomes):
            told = _part_of(show, name, 0.05 + number * 0.9 / len(settings.outcomes), 0.9 / len(settings.outcomes))
            models[name], forecasts[name] = _train_one(rows, name, encode, codes, settings, show=told)
        audit = with_forecasts(audit, rows, forecasts, seed=settings.seed)
    return Model(
        outcomes=models,
        rules=rules,
        encoder=encode,
        person_features=rows.person_features,
        place_features=rows.place_features,
        pair_features=rows.pair_features,
        place_codes=codes,
        places=rows.places,
        rule_from=None,
        reference=reference(rows.frame, (*rows.person_features, *rows.place_features)),
        audit=audit,
        proxy_limit=settings.proxy_limit,
        register={"adults": rows.frame.height, "left_out": dict(rows.left_out)},
        version=__version__,
        seed=settings.seed,
    )


def fit_only(rows: Rows, settings: Settings, like: Model) -> Model:
    """Fit the kinds that a model chose to other rows, with its recalibration and nothing measured."""
    fits = {}
    with one_thread():
        for name, one in like.outcomes.items():
            data = data_of(rows, name, like.encoder, like.place_codes)
            found = fit(one.kind, data, seed=settings.seed)
            fits[name] = OutcomeModel(one.outcome, one.kind, found, (), one.platt, {}, one.calibration)
    return Model(**{**vars(like), "outcomes": fits})


def _train_one(
    rows: Rows, name: str, encode: Encoder, codes: tuple[str, ...], settings: Settings, *, show: Progress
) -> tuple[OutcomeModel, Floats]:
    data = data_of(rows, name, encode, codes)
    seed = settings.seed
    etas: dict[Kind, Floats] = {}
    for number, kind in enumerate(settings.kinds):
        show(f"cross-fitting {kind}", 0.1 + 0.2 * number)
        etas[kind] = cross_fitted(kind, data, folds=settings.folds, seed=seed)
    kind, versus = _chosen(etas, data, settings)
    show("cross-fitting without places", 0.5)
    placeless = expit(cross_fitted("glm", data.without_places(), folds=settings.folds, seed=seed))
    show("later years", 0.6)
    later, platt = _later_years(kind, data, settings)
    if platt != (1.0, 0.0):
        platt = recalibration(expit(etas[kind]), data.y, data.weight)
    show(f"fitting {kind}", 0.75)
    fitted = fit(kind, data, seed=seed, draws=settings.draws)
    refits = tuple(
        _drawn(data, seed, draw, settings.draws, show) for draw in range(settings.draws if kind == "boosting" else 0)
    )
    p = forecast(etas[kind], platt)
    told = Told(p, data.y, data.weight, data.household)
    facts = {
        "what": outcome(name).what,
        "months": outcome(name).months,
        "adults": data.size,
        "households": int(np.unique(data.household).size),
        "share": float(data.weight @ data.y / data.weight.sum()),
        "left_out": dict(rows.seen[name].left_out),
        "first_arrival": str(data.start.min().astype("M8[D]")),
        "last_arrival": str(data.start.max().astype("M8[D]")),
        "cross_fitted": figures(Told(expit(etas[kind]), data.y, data.weight, data.household), seed),
        "versus": versus,
        "places_tell": _better(placeless, expit(etas[kind]), data, seed),
        "later_years": later,
        "recalibrated": platt != (1.0, 0.0),
        "draws": settings.draws,
    }
    table = calibration_table(told, _groups(rows, data))
    scores = np.full(rows.frame.height, np.nan)
    scores[data.row] = p
    return OutcomeModel(outcome(name), kind, fitted, refits, platt, facts, table), scores


def _part_of(show: Progress, name: str, start: float, part: float) -> Progress:
    return lambda doing, share: show(f"{name}: {doing}", start + share * part)


def _drawn(data: Data, seed: int, draw: int, draws: int, show: Progress) -> Any:
    show("refitting boosting", 0.8 + 0.2 * draw / draws)
    return refit(data, seed=seed, draw=draw)


def _chosen(etas: dict[Kind, Floats], data: Data, settings: Settings) -> tuple[Kind, dict[str, Any]]:
    """Keep the first kind unless another one's log loss is lower by an interval above zero."""
    first, *others = settings.kinds
    chosen, versus = first, {}
    for kind in others:
        gain = _better(expit(etas[first]), expit(etas[kind]), data, settings.seed)
        versus = {"kept": first, "tried": kind, "lower_by": gain}
        if gain["low"] > 0:
            chosen, versus["kept"] = kind, kind
    return chosen, versus


def _better(before: Floats, after: Floats, data: Data, seed: int) -> dict[str, float]:
    """Say by how much log loss falls."""
    fall = log_losses(before, data.y) - log_losses(after, data.y)
    return mean_with_interval(fall, data.weight, data.household, seed).to_dict()


def _later_years(kind: Kind, data: Data, settings: Settings) -> tuple[dict[str, Any] | None, tuple[float, float]]:
    """Train on a past, test on who came later; recalibrate if that would have helped them for sure."""
    split = time_split(data)
    if split is None:
        return None, (1.0, 0.0)
    day, past, later = split
    then, now = data.part(past), data.part(later)
    eta = row_log_odds(fit(kind, then, seed=settings.seed), now)
    held_out = cross_fitted(kind, then, folds=settings.folds, seed=settings.seed)
    platt = recalibration(expit(held_out), then.y, then.weight)
    gain = _better(expit(eta), forecast(eta, platt), now, settings.seed)
    helped = gain["low"] > 0
    told = {
        "day": str(day),
        "adults_before": then.size,
        "adults_after": now.size,
        "figures": figures(Told(expit(eta), now.y, now.weight, now.household), settings.seed),
        "recalibration_lowers_log_loss_by": gain,
    }
    return told, platt if helped else (1.0, 0.0)


def _groups(rows: Rows, data: Data) -> dict[str, pl.Series]:
    """Give what calibration is shown by: what households are compared by, the year, the kind of place and the place."""
    audit, frame = rows.audit[data.row], rows.frame[data.row]
    groups = {name: audit[name] for name in audit.columns if name != "age"}
    if "age" in audit.columns:
        groups["age"] = age_groups(audit["age"])
    groups["year"] = frame["year"]
    if "place_kind" in frame.columns:
        groups["place_kind"] = frame["place_kind"]
    return {**groups, "place": frame["place"]}


def _with_register(model: Model, frames: Frames, rows: Rows) -> Model:
    first: date = rows.frame["start"].min()  # type: ignore[assignment]
    last: date = rows.frame["start"].max()  # type: ignore[assignment]
    register = {
        "title": frames.title,
        "observed_until": str(frames.observed_until),
        "first_arrival": str(first),
        "last_arrival": str(last),
        "rule_from": None if frames.rule_from is None else str(frames.rule_from),
        "rule_months": frames.rule_months,
        **model.register,
    }
    return Model(**{**vars(model), "register": register, "rule_from": frames.rule_from})
