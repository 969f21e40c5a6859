"""Scores read by PyTorch: the same lists and the same plan as read by the processor."""

from __future__ import annotations

import importlib
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from fodfaeste.errors import Refused
from fodfaeste.place import Goal, Problem, solve
from fodfaeste.place.prices import apart_of
from fodfaeste.place.prices.device import reader_on
from fodfaeste.place.prices.market import look, market_of
from fodfaeste.place.units import units_of

from .checker import check
from .countries import country

PROBLEMS = {
    "plain": country(300, 12),
    "everything allowed": country(300, 12, forbidden=0.0),
    "three kinds of room": country(300, 12, dimensions=3),
    "factors": country(300, 12, rank=4, forbidden=0.0),
}


def named(problem: Problem, device: str, slack: float, most: int) -> tuple[float, list[dict[int, float]], int]:
    """Total, and each unit's named places with their scores, for all units and in odd pieces."""
    pytest.importorskip("torch", reason="reading scores on a device needs PyTorch")
    units = units_of(problem, Goal(unplaced=0.3))
    market = market_of(units, Goal(unplaced=0.3), 0.3, apart_of(units))
    if device:
        market = replace(market, reader=reader_on(device, units.scores, units.allowed))
    prices = np.vstack(
        [np.random.default_rng(0).random((12, market.most.shape[1])) / 5, np.zeros(market.most.shape[1])]
    )
    rows = np.arange(0, 300, 2)
    total, lists, left = look(market, prices, np.full(market.sizes.shape[0], slack), most, rows=rows)
    of_each = [
        dict(zip(lists.place[i, :n].tolist(), lists.gain[i, :n].tolist(), strict=True))
        for i, n in enumerate(lists.count.tolist())
    ]
    return total, of_each, left


@pytest.fixture
def torch_on_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the name of the processor stand for PyTorch's too."""
    monkeypatch.setattr("fodfaeste.place.prices.device.PROCESSOR", "")


@pytest.mark.usefixtures("torch_on_the_processor")
@pytest.mark.parametrize("which", PROBLEMS)
def test_the_same_places_are_named_with_the_same_scores(which: str) -> None:
    ours, theirs = (named(PROBLEMS[which], device, 0.3, 13) for device in ("", "cpu"))
    assert theirs[0] == pytest.approx(ours[0], rel=1e-6)
    assert [list(one) for one in map(sorted, theirs[1])] == [list(one) for one in map(sorted, ours[1])]
    for one, other in zip(theirs[1], ours[1], strict=True):
        assert [one[place] for place in sorted(one)] == pytest.approx(
            [other[place] for place in sorted(other)], rel=1e-6
        )
    assert theirs[2] == ours[2] == 0


@pytest.mark.usefixtures("torch_on_the_processor")
@pytest.mark.parametrize("which", PROBLEMS)
def test_where_a_list_is_short_the_best_are_on_it(which: str) -> None:
    _, everything, _ = named(PROBLEMS[which], "", 9.0, 13)
    total, short, left = named(PROBLEMS[which], "cpu", 9.0, 4)
    assert left > 0
    assert all(len(one) == min(4, len(full)) for one, full in zip(short, everything, strict=True))
    assert total == pytest.approx(named(PROBLEMS[which], "", 9.0, 13)[0], rel=1e-6)


@pytest.mark.usefixtures("torch_on_the_processor")
@pytest.mark.parametrize("which", PROBLEMS)
def test_the_plan_is_as_good(which: str) -> None:
    pytest.importorskip("torch", reason="reading scores on a device needs PyTorch")
    ours, theirs = (solve(PROBLEMS[which], gap=1e-3, method="prices", device=device) for device in ("", "cpu"))
    check(theirs)
    assert theirs.certificate.bound == pytest.approx(ours.certificate.bound, rel=2e-3)
    assert theirs.certificate.value == pytest.approx(ours.certificate.value, rel=2e-3)


def test_without_pytorch_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleType:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(Refused, match="Reading scores on cuda takes PyTorch, which is not installed"):
        solve(PROBLEMS["plain"], device="cuda")


def test_a_device_that_is_not_there_is_refused() -> None:
    pytest.importorskip("torch", reason="reading scores on a device needs PyTorch")
    with pytest.raises(Refused, match="PyTorch finds no device cuda:77 here"):
        solve(PROBLEMS["plain"], device="cuda:77")
