"""Times one function in this process and prints what it took: `python -m benchmarks.alone module:function argument`."""

from __future__ import annotations

import json
import sys
import warnings
from dataclasses import asdict
from functools import partial
from importlib import import_module

from benchmarks.timing import peak_mib, timed


def main(name: str, arguments: list[str]) -> None:
    """Import, run until it is warm, run, print."""
    warnings.simplefilter("ignore")
    module, function = name.split(":")
    call = partial(getattr(import_module(module), function), *arguments)
    held = peak_mib()
    timing = asdict(timed(name, call, warm=False))
    told = {key: timing[key] for key in ("seconds", "cpu", "runs", "first")}
    print(json.dumps({**told, "mib": peak_mib(), "held": held}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
