"""Scores and rules of large problems as arrays on disk: memory-mapped, or as factors that are never multiplied out."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import Problem as Fault
from fodfaeste.place.folder_tables import Faults
from fodfaeste.place.problem import Bools
from fodfaeste.place.scores import LowRank, Scores

FOLDER = "scores"
ALLOWED = "allowed.npy"
LEFT, RIGHT = ".left", ".right"
SD = "_sd"


@dataclass(frozen=True, eq=False)
class Arrays:
    """What a folder holds as arrays."""

    outcomes: Mapping[str, Scores]
    sds: Mapping[str, Scores]
    allowed: Bools | None


def read_arrays(
    folder: Path, shape: tuple[int, int], faults: Faults, taken: Container[str], allowed_taken: bool
) -> Arrays:
    """Map what lies in `scores/*.npy` and `allowed.npy` into memory; nothing is read yet.

    Parameters
    ----------
    shape : (households, places)
    taken : names of outcomes
        Those that a table has; they may not come twice.
    allowed_taken : bool
        Whether a table of rules is there as well.
    """
    found: dict[str, Scores] = {}
    files = sorted((folder / FOLDER).glob("*.npy"))
    for path in files:
        name = path.stem
        if name.endswith(RIGHT) and path.with_name(f"{name.removesuffix(RIGHT)}{LEFT}.npy") in files:
            continue
        scores = _factors(path, shape, faults) if name.endswith((LEFT, RIGHT)) else _dense(path, shape, faults)
        name = name.removesuffix(LEFT)
        if name in taken or name in found:
            said = ("each outcome once", "Remove one of the two.")
            faults.add(Fault(f"the outcome {name} a second time", *said, f"{FOLDER}/{path.name}"))
        if scores is not None:
            found[name] = scores
    sds = [name for name in found if name.endswith(SD) and name.removesuffix(SD) in found]
    return Arrays(
        {name: scores for name, scores in found.items() if name not in sds},
        {name.removesuffix(SD): found[name] for name in sds},
        _rules(folder / ALLOWED, shape, faults, allowed_taken),
    )


def _rules(path: Path, shape: tuple[int, int], faults: Faults, taken: bool) -> Bools | None:
    if not path.is_file():
        return None
    if taken:
        faults.add(Fault(f"{ALLOWED} beside a table allowed", "one of the two", "Remove the other.", ALLOWED))
    array = _mapped(path, faults)
    if array is None:
        return None
    if array.dtype not in (np.bool_, np.uint8) or array.shape != shape:
        expected = f"{_size(shape)} of bool"
        faults.add(Fault(f"{_size(array.shape)} of {array.dtype}", expected, "Write it again.", ALLOWED))
        return None
    return array if array.dtype == np.bool_ else array.view(np.bool_)


def _dense(path: Path, shape: tuple[int, int], faults: Faults) -> NDArray[Any] | None:
    array = _mapped(path, faults)
    if array is None:
        return None
    if array.shape != shape or array.dtype not in (np.float32, np.float64):
        found, expected = f"{_size(array.shape)} of {array.dtype}", f"{_size(shape)} of float32 or float64"
        todo = "Write a row for each household and a column for each place, in the order of their tables."
        faults.add(Fault(found, expected, todo, f"{FOLDER}/{path.name}"))
        return None
    return array


def _factors(path: Path, shape: tuple[int, int], faults: Faults) -> LowRank | None:
    stem = path.stem.removesuffix(LEFT).removesuffix(RIGHT)
    pair = [path.with_name(f"{stem}{side}.npy") for side in (LEFT, RIGHT)]
    for one in pair:
        if not one.is_file():
            expected = f"{pair[0].name} and {pair[1].name}"
            faults.add(Fault(f"no {one.name}", expected, "Add the other factor.", f"{FOLDER}/{path.name}"))
            return None
    left, right = (_mapped(one, faults) for one in pair)
    if left is None or right is None:
        return None
    fits = left.ndim == right.ndim == 2 and (left.shape[0], right.shape[0]) == shape and left.shape[1] == right.shape[1]
    if not fits or left.dtype not in (np.float32, np.float64) or left.dtype != right.dtype:
        found = f"{_size(left.shape)} of {left.dtype} and {_size(right.shape)} of {right.dtype}"
        expected = f"{shape[0]} x rank and {shape[1]} x rank, both of float32 or float64"
        faults.add(Fault(found, expected, "Write both factors again.", f"{FOLDER}/{path.name}"))
        return None
    return LowRank(left, right)


def _mapped(path: Path, faults: Faults) -> NDArray[Any] | None:
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (ValueError, EOFError) as error:
        where = path.name if path.name == ALLOWED else f"{FOLDER}/{path.name}"
        found, expected = f"a file that cannot be read ({error})", "an array written by numpy.save"
        faults.add(Fault(found, expected, "Write it again.", where))
        return None


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
