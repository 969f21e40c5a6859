"""The formula for quotas in exact fractions, so that a tie is a tie and a sum is a sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from fodfaeste.errors import BadInput, Problem

Reduction = Literal["proportional", "share_key", "none"]
"""How what is above zero is brought to the national number: each by the same factor; each by its share s of the excess,
cut at zero as often as needed; not at all."""

Exact = tuple[Fraction, ...]


@dataclass(frozen=True)
class Steps:
    """Each step of the formula for each municipality, as the order on placement (BO § 4) has them.

    Attributes
    ----------
    p : tuple of Fraction
        Share of all inhabitants.
    m : tuple of Fraction
        Share of all immigrants and refugees.
    s : tuple of Fraction
        Distribution share ``2 p - m``; sums to 1.
    B : tuple of Fraction
        Calculated figure ``s (L + F)``.
    V : tuple of Fraction
        Provisional figure ``B - f``; sums to L.
    reduced : tuple of Fraction
        What is left after negative ones became 0 and the others were reduced.
    """

    p: Exact
    m: Exact
    s: Exact
    B: Exact
    V: Exact
    reduced: Exact


def two_p_minus_m(
    population: Sequence[int],
    immigrants_refugees: Sequence[int],
    family_reunified: Sequence[int],
    national: int,
    reduction: Reduction,
) -> Steps:
    """Work the formula out: inhabitants count for a municipality, immigrants and refugees against it.

    Raises
    ------
    BadInput
        If nobody lives anywhere, or no immigrant or refugee does: the shares are not known then.
    """
    p, m = shares(population, "population"), shares(immigrants_refugees, "immigrants_refugees")
    s = tuple(2 * a - b for a, b in zip(p, m, strict=True))
    together = national + sum(family_reunified)
    calculated = tuple(share * together for share in s)
    provisional = tuple(b - f for b, f in zip(calculated, family_reunified, strict=True))
    return Steps(p, m, s, calculated, provisional, reduced(provisional, s, national, reduction))


def by_population(population: Sequence[int], national: int) -> Steps:
    """Give each municipality its share of the inhabitants; nothing is taken off, so nothing has to be reduced."""
    p = shares(population, "population")
    exact = tuple(share * national for share in p)
    return Steps(p, (), p, exact, exact, exact)


def shares(counts: Sequence[int], column: str) -> Exact:
    """Divide counts by their sum.

    Raises
    ------
    BadInput
        If the sum is 0.
    """
    total = sum(counts)
    if total == 0:
        todo = "Fill the column in, or use the rule population." if column != "population" else "Fill the column in."
        raise BadInput(
            Problem("a sum of 0", "at least one person", f"Shares of nobody are not known. {todo}", column=column)
        )
    return tuple(Fraction(count, total) for count in counts)


def reduced(provisional: Exact, s: Exact, national: int, reduction: Reduction) -> Exact:
    """Set what is negative to 0 and reduce the others until they add up to the national number."""
    above = tuple(max(value, Fraction(0)) for value in provisional)
    if reduction == "none":
        return above
    if reduction == "proportional":
        total = sum(above)
        return tuple(value * national / total for value in above) if total else above
    return _by_share(above, s, national)


def _by_share(above: Exact, s: Exact, national: int) -> Exact:
    """Take the excess off by the shares s; who would fall below 0 gives what it has, and the others share the rest."""
    left = list(above)
    while excess := sum(left) - national:
        open_ = [place for place, value in enumerate(left) if value > 0]
        total = sum(s[place] for place in open_)
        for place in open_:
            left[place] = max(left[place] - excess * s[place] / total, Fraction(0))
    return tuple(left)


def largest_remainder(
    exact: Sequence[Fraction], total: int, order: Sequence[int]
) -> tuple[tuple[int, ...], frozenset[int]]:
    """Round to whole persons that add up to `total`: all down, then one more to the largest fractions.

    Parameters
    ----------
    exact : sequence of Fraction
        Not negative.
    total : int
        From the sum of the parts rounded down to as many more as there are parts.
    order : sequence of int
        Positions in the order that decides between equal fractions.

    Returns
    -------
    whole : tuple of int
    up : frozenset of int
        Positions that got one more.
    """
    down = [value.numerator // value.denominator for value in exact]
    ranked = sorted(order, key=lambda place: down[place] - exact[place])
    up = frozenset(ranked[: total - sum(down)])
    return tuple(value + (place in up) for place, value in enumerate(down)), up
