"""Watching a model: who waits now beside whom it learnt from, overrides, objections, and what came of forecasts."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from fodfaeste.errors import NotEnoughPeople, Refused
from fodfaeste.measure.intervals import interval
from fodfaeste.place.decide import Decision
from fodfaeste.place.evaluation.small import SMALLEST, pooled
from fodfaeste.place.outcomes.arrivals import read_arrivals
from fodfaeste.place.outcomes.drift import drift
from fodfaeste.place.overrides import override_rates
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.desk.computing import round_in_force, waiting
from fodfaeste.web.placement.desk.models import PlacementRecord
from fodfaeste.web.placement.forecasts import words
from fodfaeste.web.placement.forecasts.models import ForecastModel
from fodfaeste.web.placement.forecasts.scoring import ASKED, people_for
from fodfaeste.web.placement.forecasts.store import loaded
from fodfaeste.web.placement.rounds.models import QuotaLine

Act = PlacementRecord.Act
Told = dict[str, Any]
LEVEL = 0.95


def drifted(model: ForecastModel) -> Told:
    """Set who waits now beside whom the model learnt from; nothing of fewer than ten adults.

    Raises
    ------
    Refused
        If the model's files are not what was brought in.
    """
    read, arrivals = loaded(model.sha256), waiting(model.organisation)
    if not arrivals:
        return {"adults": 0, "rows": []}
    people = people_for(read, arrivals)
    adults = read_arrivals(read, people).people.filter(pl.col("adult"))
    if adults.height < SMALLEST:
        return {"adults": adults.height, "rows": []}
    found = drift(read.reference, adults)
    return {
        "adults": adults.height,
        "rows": [
            {
                "feature": words.feature_words(one.feature),
                "psi": words.decimal(one.psi, 2),
                "outside": words.share(one.outside, 0),
                "verdict": words.DRIFT[one.verdict],
                "warn": one.verdict in ("outside", "another"),
            }
            for one in found
        ],
        "warn": any(one.verdict in ("outside", "another") for one in found),
        "unknown": {
            words.feature_words(name): adults[name].null_count()
            for name in ASKED
            if name in adults.columns and adults[name].null_count()
        },
        "new_places": _new_places(model.organisation, min(one.arrives for one in arrivals).year, read.place_codes),
    }


def _new_places(office: Organisation, year: int, known: tuple[str, ...]) -> list[str]:
    """Name the municipalities with a quota that the model never saw anybody sent to."""
    try:
        round_ = round_in_force(office, year)
    except Refused:
        return []
    lines = QuotaLine.objects.filter(round=round_, quota__gt=0).order_by("name")
    return [name for code, name in lines.values_list("code", "name") if code not in set(known)]


def decisions_of(office: Organisation) -> list[Decision]:
    """Give all that was decided, each with the model that forecast as one more group."""
    records = PlacementRecord.objects.filter(arrival__organisation=office, act=Act.DECIDED)
    names = ("household", "persons", "proposed", "kind", "by", "reason_code", "text")
    return [
        Decision(
            **{name: said[name] for name in names},
            place=said["place_name"],
            groups={**said["groups"], "model": _model_of(facts)},
        )
        for facts in records.values_list("facts", flat=True)
        for said in [facts["decision"]]
    ]


def _model_of(facts: Told) -> str:
    told = facts.get("forecast")
    return f"{told['model']} {told.get('version', '')}".strip() if told else ""


def override_rows(decisions: list[Decision], names: dict[str, str]) -> list[Told]:
    """Say how often officers decided otherwise, by officer, place proposed, group and model; small ones pooled."""
    found: list[Told] = []
    if not decisions:
        return found
    for by in ("model", "officer", "place", "language", "household"):
        try:
            table = override_rates(decisions, by=by).table
        except NotEnoughPeople:
            return []
        found += [
            {
                "by": by,
                "value": names.get(row["unit"], row["unit"]),
                "n": row["n"],
                "events": row["events"],
                "rate": words.shares(row["rate"], row["lower"], row["upper"]),
            }
            for row in table.iter_rows(named=True)
        ]
    return found


def reasons(decisions: list[Decision]) -> list[tuple[str, int]]:
    """Count the coded reasons of overrides; reasons of fewer than ten stand together, and alone they do not stand."""
    codes = np.array([one.reason_code for one in decisions if one.override], object)
    return sorted(((code, who.size) for code, who in pooled(codes).items()), key=lambda one: (-one[1], one[0]))


def objections(office: Organisation) -> Told | None:
    """Count objections and what became of them; None where fewer than ten households were decided on.

    A household counts once, however often it objected; a reversal is one that was reopened after an objection.
    """
    acts: dict[int, set[str]] = {}
    decided_, objected_, reopened_, upheld_ = map(str, (Act.DECIDED, Act.OBJECTED, Act.REOPENED, Act.UPHELD))
    records = PlacementRecord.objects.filter(arrival__organisation=office)
    for arrival, act in records.values_list("arrival", "act"):
        acts.setdefault(arrival, set()).add(act)
    decided = [one for one in acts.values() if decided_ in one]
    if len(decided) < SMALLEST:
        return None
    objected = [one for one in decided if objected_ in one]
    reopened = [one for one in objected if reopened_ in one]
    upheld = [one for one in objected if upheld_ in one and reopened_ not in one]
    return {
        "decided": len(decided),
        "objected": len(objected),
        "reopened": len(reopened),
        "upheld": len(upheld),
        "waiting": len(objected) - len(reopened) - len(upheld),
        "rate": _rate(len(objected), len(decided)),
        "reversed": _rate(len(reopened), len(objected)) if objected else "",
    }


def _rate(events: int, n: int) -> str:
    low, high = interval(events, n, level=LEVEL)
    return words.shares(events / n, float(low), float(high))
