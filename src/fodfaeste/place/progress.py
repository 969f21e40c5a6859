"""How far a solver is, told in words and as a share of 1, whichever solver works."""

from __future__ import annotations

import math
from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Told what is being done, and which share of 1 of the whole is done."""

FINEST = 1e-6
"""A gap this small counts as none."""
TENTH = 0.9


def told_by_gap(progress: Progress, wanted: float) -> Progress:
    """Turn what a search tells, its step and its gap so far, into words and a share of 1.

    The share runs along the logarithm of the gap, from 100 % down to what is wanted. A step is told again when its gap
    has become smaller by a tenth, so that a long search does not fill the screen.

    Parameters
    ----------
    progress : callable
    wanted : float
        The gap at which the search ends.
    """
    finest = min(max(wanted, FINEST), 0.5)
    last: tuple[str, float] = ("", math.inf)

    def tell(step: str, gap: float) -> None:
        nonlocal last
        if step == last[0] and gap > TENTH * last[1]:
            return
        last = step, gap
        if not math.isfinite(gap):
            progress(step, 0.0)
            return
        share = math.log(min(1.0, max(gap, finest))) / math.log(finest)
        progress(f"{step}, gap {gap:.2%}", share)

    return tell
