"""Draws every figure of the documentation into docs/assets: `python docs/figures`, or with names, only those.

A figure is a module in this folder with `draw(out)`, which writes into the folder `out`.
"""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

HERE = Path(__file__).resolve().parent
ASSETS = HERE.parent / "assets"


def draw(script: Path, out: Path) -> None:
    """Run one script; by its path, because a name such as `coverage` is also a library's."""
    spec = spec_from_file_location(f"figures_{script.stem}", script)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    # Its dataclasses look their module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    module.draw(out)


def main(names: list[str]) -> None:
    """Draw the figures named, or all."""
    ASSETS.mkdir(exist_ok=True)
    for script in sorted(HERE.glob("[!_]*.py")):
        if not names or script.stem in names:
            draw(script, ASSETS)


if __name__ == "__main__":
    main(sys.argv[1:])
