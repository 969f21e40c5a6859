"""Frozen values and types that several rooms share."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Literal

Good = Literal["low", "high"]
"""Which way is good: `low` for out-migration, `high` for employment. Asked for wherever something is called good."""


def printed_decimals(text: str) -> int:
    """Count the decimals of a figure as it is printed: 2 for ``20.00``, 0 for ``38``."""
    return len(text.strip().partition(".")[2])


def round_half_up(value: float, decimals: int) -> float:
    """Round as printed tables do, halves away from zero: 0.125 to 0.13, 12.5 to 13.

    Binary noise below 1e-9 is taken off first, so that 100 * 3 / 24 = 12.5 counts as the tie that it is.
    """
    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(repr(round(float(value), 9))).quantize(step, rounding=ROUND_HALF_UP))


def agrees_with_printed(value: float, printed: float, decimals: int) -> bool:
    """Say whether `value` could have been printed as `printed`; a tie may have gone either way."""
    exact, shown = Decimal(repr(round(float(value), 9))), Decimal(repr(float(printed)))
    return abs(exact - shown) <= Decimal(5).scaleb(-decimals - 1)


def truncated(value: float, decimals: int) -> float:
    """Cut off what lies behind `decimals`, as a printer who does not round would."""
    return float(Decimal(repr(round(float(value), 9))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN))
