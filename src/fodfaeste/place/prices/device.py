"""Reading the scores on a graphics card, by PyTorch where that is installed.

Only the passes over all scores go there, which is where the time goes when there are thousands of places: the lists
come back, and everything after them is done by the processor. So the plan and its certificate are checked as ever.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import Refused
from fodfaeste.place.problem import Bools, Ints
from fodfaeste.place.scores import LowRank, Scores

Floats = NDArray[np.float64]
Int32 = NDArray[np.int32]

PROCESSOR = "cpu"
"""The device that needs no PyTorch."""

AT_A_TIME = 2**29
"""Bytes of scores that are looked at at a time: nets and masks take some three times as much beside them."""


class Asked(NamedTuple):
    """What units are asked by, as in `kernels.choose`: kind, cost, what being unplaced is worth, slack."""

    kind: Int32
    cost: Floats
    unplaced: Floats
    slack: Floats


class Named(NamedTuple):
    """Where the places that units name are filled in, their scores, and how many they are, as in `kernels.choose`."""

    place: Int32
    gain: Floats
    many: Int32


class Reader(Protocol):
    """Reads scores and names each unit's best places, as `kernels.choose` does."""

    @property
    def at_a_time(self) -> int:
        """How many bytes of scores it is given at once."""

    def choose(self, rows: slice | Ints, asked: Asked, named: Named) -> tuple[float, int]:
        """Let the units in `rows` name their best places; all else is as in `kernels.choose`."""


class OnDevice:
    """Reads scores by PyTorch on a device of its: ``cuda``, ``cuda:1``, ``mps``, ``cpu``."""

    at_a_time = AT_A_TIME

    def __init__(self, scores: Scores, allowed: Bools | None, device: str) -> None:
        self._torch: Any = _torch(device)
        self._device = device
        self._allowed = allowed
        self._scores = scores
        # Factors are small: they stay there. A table of scores may be larger than the device, and passes through.
        self._factors = (self._sent(scores.left), self._sent(scores.right)) if isinstance(scores, LowRank) else None

    def _sent(self, array: NDArray[Any]) -> Any:
        return self._torch.from_numpy(np.ascontiguousarray(array)).to(self._device)

    def _block(self, rows: slice | Ints) -> Any:
        if self._factors is None:
            assert not isinstance(self._scores, LowRank)
            return self._sent(self._scores[rows])
        left, right = self._factors
        return (left[rows] if isinstance(rows, slice) else left[self._sent(rows)]) @ right.T

    def choose(self, rows: slice | Ints, asked: Asked, named: Named) -> tuple[float, int]:
        """Let the units in `rows` name their best places; all else is as in `kernels.choose`.

        Where more are within the slack than there is room for, the best are named, as many as there is room for.
        """
        torch = self._torch
        scores = self._block(rows)
        # In double precision: the bound is the sum of these.
        net = scores.double() - self._sent(asked.cost)[self._sent(asked.kind).long()]
        if self._allowed is not None:
            net.masked_fill_(~self._sent(self._allowed[rows]), -torch.inf)
        out = self._sent(asked.unplaced)
        best = torch.maximum(net.amax(dim=1), out)
        least = best - self._sent(asked.slack)
        within = ((net >= least[:, None]) & (net > -torch.inf)).sum(dim=1)
        stays = out >= least
        most, real = named.place.shape[1], net.shape[1]
        _, at = torch.topk(net, min(most, real), dim=1)
        many = torch.minimum(within, most - stays.long())
        named.place[:, : at.shape[1]] = at.int().cpu().numpy()
        named.gain[:, : at.shape[1]] = scores.gather(1, at).double().cpu().numpy()
        named.many[:] = many.cpu().numpy()
        staying = np.flatnonzero(stays.cpu().numpy())
        named.place[staying, named.many[staying]] = real
        named.gain[staying, named.many[staying]] = asked.unplaced[staying]
        named.many[staying] += 1
        return float(best.sum()), int((within - many).sum())


def reader_on(device: str, scores: Scores, allowed: Bools | None) -> Reader | None:
    """Give who reads the scores on a device, or None for the processor itself.

    Raises
    ------
    Refused
        Where PyTorch is not installed, or knows no such device here.
    """
    return None if device == PROCESSOR else OnDevice(scores, allowed, device)


def _torch(device: str) -> Any:
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        raise Refused(
            f"Reading scores on {device} takes PyTorch, which is not installed. Install it (pip install torch), or "
            "leave the device out: the processor reads them too."
        ) from None
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        said = str(error).splitlines()[0]
        raise Refused(
            f"PyTorch finds no device {device} here ({said}). Name one that it finds, or leave the device out: the "
            "processor reads the scores too."
        ) from None
    return torch
