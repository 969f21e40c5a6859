"""From figures to quotas: which rule, every step, whole persons, regions, and what the reader has to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.place.quota.agreed import AGREEMENT, CALCULATION, read_agreed, take_agreed
from fodfaeste.place.quota.agreements import TODAY, Remark
from fodfaeste.place.quota.figures import COUNTS, Figures, read_figures
from fodfaeste.place.quota.formula import Reduction, Steps, by_population, largest_remainder, two_p_minus_m
from fodfaeste.place.quota.tables import notes_of, regions_of, sums_of, table_of
from fodfaeste.place.rule_sets import RuleSet
from fodfaeste.place.rule_sets import rule_set as rules_in_force
from fodfaeste.tables import Data
from fodfaeste.values import round_half_up

Rule = Literal["2p-m", "population", "agreed"]
"""The formula of the order on placement; the plain share of the inhabitants; what the municipalities of each region
agreed on, and the formula where they did not."""

FORMULA, POPULATION, AGREED = get_args(Rule)


@dataclass(frozen=True, eq=False)
class Quotas:
    """Municipal quotas with every step.

    Attributes
    ----------
    table : polars.DataFrame
        One row a municipality in the order of the figures: municipality, code, region, population,
        immigrants_refugees, family_reunified (f), p, m, s (shares of 1), calculated (B), provisional (V), exact
        (after the reduction, before rounding), quota (Q, persons), one_more (whether a large fraction gave it one
        person more), why. What a rule does not use is empty.

        `why` is ``negative`` (V below 0), ``nothing`` (V is 0), ``cut`` (reduced to 0), ``rounded_to_zero``,
        ``nobody_expected`` (the national number is 0), ``reduced``, ``as_calculated`` or ``agreed``.
    regions : polars.DataFrame
        One row a region: region, municipalities, population, quota, by (``agreement`` or ``calculation``).
    sums : mapping of str to float or int
        municipalities, zero_municipalities, L, F, above_zero (sum of positive V), factor (what positive V were
        multiplied by; None unless the reduction is proportional), quota.
    notes : tuple of Remark
    national : int
    rule : {"2p-m", "population", "agreed"}
    reduction : {"proportional", "share_key", "none"}
    rules : RuleSet
        Whose values were used, with source and certainty.
    """

    table: pl.DataFrame
    regions: pl.DataFrame
    sums: Mapping[str, Any]
    notes: tuple[Remark, ...]
    national: int
    rule: Rule
    reduction: Reduction
    rules: RuleSet

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "table": self.table.to_dicts(),
            "regions": self.regions.to_dicts(),
            "sums": dict(self.sums),
            "notes": [asdict(note) for note in self.notes],
            "national": self.national,
            "rule": self.rule,
            "reduction": self.reduction,
            "rule_set": self.rules.id,
            "on": self.rules.on.isoformat(),
            "sources": {name: asdict(value) for name, value in self.rules.values.items()},
        }

    def to_csv(self, path: str | Path) -> None:
        """Write the table as CSV (UTF-8, decimal point)."""
        self.table.write_csv(path)


def quota(
    figures: Data,
    national: int,
    *,
    rule: Rule | None = None,
    rule_set: RuleSet | date | str = TODAY,
    reduction: Reduction | None = None,
    agreed: Data | None = None,
) -> Quotas:
    """Work out how many refugees each municipality is to receive.

    Parameters
    ----------
    figures : frame, mapping of columns or path to CSV
        One row a municipality of the whole country: `municipality` or `code`, `population`, `immigrants_refugees`,
        `family_reunified` (the last two only where the formula needs them), and `region` where there are regional
        quotas. Whole persons; which persons, the rule set says (`immigrants_counted`, `family_counted`).
    national : int
        The national number L.
    rule : {"2p-m", "population", "agreed"}, optional
        The rule set's own unless given.
    rule_set : RuleSet, date or str
        A rule set, its id, or a day; see `place.rule_sets`.
    reduction : {"proportional", "share_key", "none"}, optional
        The rule set's own unless given. With `none` the quotas add up to more than L wherever a figure is negative.
    agreed : frame, mapping of columns or path to CSV
        For the rule `agreed`: `municipality` or `code`, and `quota`. Regions
        of which it names no municipality are calculated; so are those whose numbers are no valid agreement.

    Raises
    ------
    BadInput
        Naming file, row and column of each figure that is not as it has to be; if L is no whole number from 0; if
        shares are asked of nobody; if `agreed` is missing, or there without being used.
    UnknownName
        If a column, a municipality, a rule or a rule set is not there.

    Notes
    -----
    With p the share of all inhabitants, m that of all immigrants and refugees, f family members reunified with
    refugees in the year before, and F their sum::

        s = 2 p - m        B = s (L + F)        V = B - f        Q = 0 where V < 0, else V reduced to add up to L

    All of it is computed in fractions. By which key the excess over L is taken off, and how persons are rounded, no
    rule was found: in proportion, and by largest remainder with ties to the larger population and then the lower
    code, are suggestions of this software (certainty S).

    References
    ----------
    BO (order on placement of refugees) 550 of 3 May 2022 as changed by 1259 of 9 September 2022, §§ 2, 4, 5 and 8.
    """
    rules = rules_in_force(rule_set)
    chosen: Rule = rule or rules["formula"]
    key: Reduction = reduction or rules["reduction"]
    _check(national, chosen, key, agreed)
    base = rules["formula"] if chosen == AGREED else chosen
    read = read_figures(figures, COUNTS if base == FORMULA else COUNTS[:1])
    steps = _steps(read, national, base, key)
    numbers, one_more = _whole(steps, read, national, key)
    why = [_why(place, steps, number, national) for place, number in enumerate(numbers)]
    by, notes = dict.fromkeys(read.regions, CALCULATION), notes_of(steps, national, key, base, rules)
    if agreed is not None:
        numbers, by, more = take_agreed(read, numbers, read_agreed(agreed, read), rules)
        notes += more
        as_agreed = {place for place, region in enumerate(read.regions) if by[region] == AGREEMENT}
        why = ["agreed" if place in as_agreed else said for place, said in enumerate(why)]
        one_more -= as_agreed
    table = table_of(read, steps, numbers, one_more, why)
    sums = sums_of(read, steps, numbers, national, key)
    return Quotas(table, regions_of(table, by), sums, tuple(notes), national, chosen, key, rules)


def _check(national: int, rule: str, reduction: str, agreed: Data | None) -> None:
    for what, name, known in (("the rule", rule, get_args(Rule)), ("the reduction", reduction, get_args(Reduction))):
        if name not in known:
            raise UnknownName(what, name, known)
    if not isinstance(national, int) or national < 0:
        raise BadInput(Problem(f"the national number {national}", "a whole number of persons from 0", "Correct it."))
    if (rule == AGREED) != (agreed is not None):
        said = "no agreed numbers" if agreed is None else f"agreed numbers and the rule {rule}"
        todo = "Give the agreed numbers with the rule agreed, and only with it."
        raise BadInput(Problem(said, "a table of them with the rule agreed", todo))


def _steps(read: Figures, national: int, base: str, reduction: Reduction) -> Steps:
    if base == POPULATION:
        return by_population(read.population, national)
    return two_p_minus_m(read.population, read.immigrants_refugees, read.family_reunified, national, reduction)


def _whole(steps: Steps, read: Figures, national: int, reduction: Reduction) -> tuple[tuple[int, ...], frozenset[int]]:
    """Round to whole persons; unreduced figures to their own sum, all others to the national number."""
    total = int(round_half_up(float(sum(steps.reduced)), 0)) if reduction == "none" else national
    places = range(len(read.codes))
    order = sorted(places, key=lambda place: (-read.population[place], _code(read.codes[place])))
    return largest_remainder(steps.reduced, total, order)


def _code(code: str) -> tuple[int, int, str]:
    """Sort codes as numbers where they are, and before names."""
    return (0, int(code), "") if code.isascii() and code.isdigit() else (1, 0, code)


def _why(place: int, steps: Steps, number: int, national: int) -> str:
    provisional, exact = steps.V[place], steps.reduced[place]
    if provisional < 0:
        return "negative"
    if national == 0:
        return "nobody_expected"
    if provisional == 0:
        return "nothing"
    if exact == 0:
        return "cut"
    if number == 0:
        return "rounded_to_zero"
    return "reduced" if exact < provisional else "as_calculated"
