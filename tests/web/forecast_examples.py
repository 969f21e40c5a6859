"""Trained models for tests: an invented register of the four municipalities, a model of it, and its trial on the past.

Made once for all tests that look, and copied into each test's database.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fodfaeste.place.outcomes import Frames, Model, load, save, train
from fodfaeste.place.outcomes.trial import Trial, trial
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.placement.forecasts.domain.making import cards
from fodfaeste.web.placement.forecasts.domain.register import bring_in, keep_trial
from fodfaeste.web.placement.forecasts.models import ForecastModel, ForecastTrial

from .desk_examples import AALBORG, AARHUS, ESBJERG, ODENSE
from .quota_examples import agency, officer_of

CITIES, COUNTRY = (AARHUS, ODENSE), (AALBORG, ESBJERG)
OUTCOMES = ("work_24", "staying_24")


def _worlds() -> Any:
    path = Path(__file__).parents[1] / "place" / "outcomes" / "worlds.py"
    spec = importlib.util.spec_from_file_location("forecast_worlds", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@cache
def frames() -> Frames:
    """Who has much schooling works in the two cities, who has little in the two others."""
    made = _worlds().world(1, households=1200, places=4, place_sd=0.0).frames
    codes = dict(zip(("100", "101", "102", "103"), (*CITIES, *COUNTRY), strict=True))
    spells = made.residence_spells.with_columns(
        pl.col("municipality").replace_strict(codes), pl.col("to").replace_strict(codes, default=None)
    )
    of = made.persons.select("person", "schooling").join(
        spells.select("person", "municipality", "start"), on="person", maintain_order="left"
    )
    high = of["schooling"].is_in(["secondary", "tertiary"]).to_numpy()
    city = of["municipality"].is_in(list(CITIES)).to_numpy()
    rng = np.random.Generator(np.random.PCG64(1))
    works = rng.random(of.height) < np.where(high == city, 0.8, 0.2)
    jobs = of.filter(pl.Series(works)).select("person", pl.col("start").dt.offset_by("300d"))
    kinds = pl.DataFrame({"code": [*CITIES, *COUNTRY], "kind": ["city", "city", "country", "country"]})
    return replace(
        made,
        residence_spells=spells,
        employment_spells=jobs.with_columns(end=pl.lit(None, pl.Date), kind=pl.lit("employee")),
        municipalities=kinds.with_columns(name="code"),
        title="Opdigtet register",
    )


@cache
def model() -> Model:
    """A regression of it."""
    return train(frames(), OUTCOMES, kinds=("glm",), seed=1)


@cache
def tried() -> Trial:
    """What its past says: it passes."""
    found = trial(frames(), model(), bootstraps=199, seed=1)
    assert found.passed, found.checks
    return found


def folder(room: Path, of: Model | None = None) -> Path:
    """The model as `fodfaeste place train` writes it."""
    of = of or model()
    save(of, room / "model", texts=cards(of))
    return room / "model"


def brought(room: Path, *, office: Organisation | None = None, of: Model | None = None, **more: Any) -> ForecastModel:
    """A model that was brought in."""
    office = office or agency()
    told = {"name": "arbejde", "source": "Opdigtet register, kun til prøver.", "by": officer_of(office), **more}
    return bring_in(office, folder(room, of), **told)


def passed(kept: ForecastModel) -> ForecastTrial:
    """Its trial, kept."""
    return keep_trial(kept, tried(), by_name="system: prøve")


def switched_on(kept: ForecastModel, two: Sequence[User]) -> None:
    """Switched on by two persons who saw its trial."""
    from fodfaeste.web.placement.desk.domain import forecast

    seen = passed(kept).sha256
    forecast.ask(kept.organisation, kept, reason="Den har bestået.", seen=seen, by=two[0])
    forecast.switch_on(kept.organisation, reason="Set efter.", seen=seen, by=two[1])


def as_read(room: Path) -> Model:
    """The model as the library itself reads it from a folder."""
    return load(folder(room))


def register_folder(room: Path) -> Path:
    """The register as files, for commands."""
    there = room / "register"
    there.mkdir()
    told = frames()
    for name in ("persons", "residence_spells", "employment_spells"):
        frame = getattr(told, name)
        frame.with_columns(pl.col("person").cast(pl.String)).write_parquet(there / f"{name}.parquet")
    since = pl.lit(date(1990, 1, 1)).alias("valid_from")
    told.municipalities.with_columns(since).write_parquet(there / "municipalities.parquet")
    about = {"observed_until": str(told.observed_until), "title": told.title}
    (there / "register.json").write_text(json.dumps(about), encoding="utf-8")
    return there
