"""Makes an instance ready for one solver, times the solver alone, and prints that with what came of it.

python -m benchmarks.place.alone module:function folder argument ...
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

from benchmarks.timing import peak_mib, timed


@dataclass(frozen=True)
class Prepared:
    """A solver with its model in its hands: `run` is timed, `tell` says what its result is worth.

    `same` says whether two results are one; without it that is not looked at.
    """

    run: Callable[[], Any]
    tell: Callable[[Any], dict[str, Any]]
    same: Callable[[Any, Any], bool] | None = None


def main(name: str, arguments: list[str]) -> None:
    """Prepare, run until it is warm, run, and print a line of JSON."""
    warnings.simplefilter("ignore")
    module, function = name.split(":")
    prepared: Prepared = getattr(import_module(module), function)(*arguments)
    held = peak_mib()
    results: list[Any] = []

    def run() -> None:
        # The first and the last are enough to compare.
        results[1:] = [prepared.run()]

    timing = asdict(timed(name, run, warm=False))
    told = {key: timing[key] for key in ("seconds", "cpu", "runs", "first")}
    mib = peak_mib()
    answer = prepared.tell(results[-1])
    if prepared.same is not None and len(results) > 1:
        answer["same"] = prepared.same(results[0], results[-1])
    print(json.dumps({**told, "mib": mib, "held": held, "answer": answer}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
