"""The rules for printed tables: an outcome for every figure that was checked, a note for what could not be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from fodfaeste.checks import (
    Base,
    Between,
    BetweenGroups,
    Cells,
    Check,
    Expression,
    Follows,
    Hundred,
    Order,
    Parts,
    Rate,
    Taken,
    WeightedGroups,
    WholePersons,
)
from fodfaeste.errors import BadInput, Problem
from fodfaeste.measure._printed_cells import SLACK, Amount, Cell, Printed, plain, total
from fodfaeste.measure.result import Note
from fodfaeste.values import printed_decimals, round_half_up, truncated

Verdict = Literal["misprint", "impossible for the group size", "text against table", "text against text"]

MOST_WHO_DID_NOT_ANSWER = 0.1
"""How much smaller a group is tried when no whole number of it fits a percentage."""


@dataclass(frozen=True)
class Outcome:
    """One figure checked by one rule, `cell` against `inputs`.

    `instead` are the outcomes that hold if another of the figures is the wrong one; `printed` is given where what is
    printed is more than one cell, `vague` says that it was meant only roughly.
    """

    rule: str
    cell: Cell
    inputs: tuple[Cell, ...] = ()
    agrees: bool = True
    verdict: Verdict = "misprint"
    recomputed: float | None = None
    explanation: str = ""
    suggestion: str = ""
    instead: tuple[Outcome, ...] = ()
    printed: str = ""
    vague: bool = False


Answers = Iterator[Outcome | Note]


def _correction(text: str, wanted: Amount, unit: str = "") -> str:
    """Say how a printed figure could have come about from the right one."""
    decimals = printed_decimals(text)
    right = plain(wanted.value, decimals) + unit
    if truncated(wanted.value, decimals) == float(text) and decimals + 1 <= 9 and wanted.value != float(text):
        return f"Cut off instead of rounded: {plain(wanted.value)} rounds to {right}."
    digits = sum(letter.isdigit() for letter in text)
    slips = [slip for slip in _slips(text) if digits > 1 and wanted.low - SLACK <= float(slip) <= wanted.high + SLACK]
    if slips:
        nearest = min(slips, key=lambda slip: abs(float(slip) - wanted.value))
        how = "Two digits exchanged" if sorted(nearest) == sorted(text) else "One digit differs"
        return f"{how}: {nearest}{unit} instead of {text}{unit}."
    return f"{right} would agree."


def _slips(text: str) -> Iterator[str]:
    for position, letter in enumerate(text):
        if letter.isdigit():
            for other in "0123456789":
                if other != letter and not (other == "0" and position == 0):
                    yield text[:position] + other + text[position + 1 :]
    for position in range(len(text) - 1):
        if text[position : position + 2].isdigit() and not (text[position + 1] == "0" and position == 0):
            yield text[:position] + text[position + 1] + text[position] + text[position + 2 :]


def _around(value: float, text: str) -> Amount:
    half = 0.5 * 10.0 ** -printed_decimals(text)
    return Amount(value - half, value, value + half, "")


# Rules: each yields an outcome for every figure that it checked


def _rate(printed: Printed, check: Rate) -> Answers:
    for cell in printed.find(check.figure):
        figure = printed.figure(cell)
        events, people = (_beside(printed, cell, columns) for columns in (check.events, check.of))
        if figure is None or events is None or people is None:
            continue
        text, line = printed.text(cell), printed.table(cell.table).text.lines[cell.at]
        if events.value > people.value:
            raise BadInput(
                Problem(
                    f"{plain(events.value)} of {plain(people.value)}",
                    f"at most as many {' + '.join(check.events)} as {' + '.join(check.of)}",
                    "Check that the two columns are not exchanged.",
                    printed.table(cell.table).text.file,
                    line,
                    check.events[0],
                )
            )
        if people.value == 0:
            yield Note("nobody", f"{cell.table}, {printed.row(cell)}: the rate of nobody is unknown.", "warning")
            continue
        value = 100 * events.value / people.value
        decimals = printed_decimals(text)
        rounded = f"{round_half_up(value, decimals):.{decimals}f}"
        yield Outcome(
            check.name,
            cell,
            events.cells + people.cells,
            figure.meets(Amount(value, value, value, "")),
            "misprint",
            value,
            f"{plain(events.value)} of {plain(people.value)} is {rounded} %, but {text} % is printed.",
            _correction(text, _around(value, text), " %"),
        )


def _beside(printed: Printed, cell: Cell, columns: Sequence[str]) -> Amount | None:
    figures = [printed.figure(Cell(cell.table, cell.at, column)) for column in columns]
    known = [figure for figure in figures if figure is not None]
    return total(known) if len(known) == len(figures) else None


def _parts(printed: Printed, check: Parts) -> Answers:
    within = tuple((name,) for name in check.within)
    for bound in printed.groups(within, check.figure):
        every = printed.find(check.figure, bound)
        totals = printed.find(replace(check.figure, where=check.figure.where + check.total), bound)
        parts = [cell for cell in every if cell not in totals]
        figures = [figure for cell in parts if (figure := printed.figure(cell)) is not None]
        if len(totals) != 1 or not figures or (said := printed.figure(totals[0])) is None:
            text = f"{check.figure.table} {' '.join(bound.values())}: {len(totals)} totals of {len(figures)} parts."
            yield Note("no-total", text, "warning")
            continue
        added = total(figures)
        shares: list[Outcome] = []
        support = ""
        if check.share is not None:
            shares, agreeing = _shares(printed, check.share, every, totals[0], (said, added))
            support = f" {agreeing[1]} of {len(shares)} shares agree with {plain(added.value)}, "
            support += f"{agreeing[0]} with {said.words}."
        text = printed.text(totals[0])
        yield Outcome(
            "parts",
            totals[0],
            added.cells,
            said.meets(added),
            "misprint",
            added.value,
            f"The parts are {added.words}, but the total is printed as {text}.",
            _correction(text, added) + support,
        )
        yield from shares


def _shares(
    printed: Printed, share: str, cells: Sequence[Cell], of_all: Cell, bases: Sequence[Amount]
) -> tuple[list[Outcome], list[int]]:
    """Check shares against the total that more of them support; also count how many agree with each."""
    made = [
        [
            outcome
            for cell in cells
            if (part := base if cell == of_all else printed.figure(cell)) is not None
            and (outcome := _share(printed, Cell(cell.table, cell.at, share), cell, part, base)) is not None
        ]
        for base in bases
    ]
    agreeing = [sum(outcome.agrees for outcome in outcomes) for outcomes in made]
    return made[agreeing.index(max(agreeing))], agreeing


def _share(printed: Printed, place: Cell, counted: Cell, part: Amount, base: Amount) -> Outcome | None:
    figure = printed.figure(place)
    if figure is None or base.low <= 0:
        return None
    value, text = 100 * part.value / base.value, printed.text(place)
    return Outcome(
        "share",
        place,
        (counted,),
        figure.meets(Amount(100 * part.low / base.high, value, 100 * part.high / base.low, "")),
        "misprint",
        value,
        f"{plain(part.value)} of {plain(base.value)} is {plain(value)} %, but {text} % is printed.",
        _correction(text, _around(value, text), " %"),
    )


def _hundred(printed: Printed, check: Hundred) -> Answers:
    groups: list[tuple[list[Cell], Amount]] = []
    for bound in printed.groups(check.each, *check.figures):
        cells = [cell for one in check.figures for cell in printed.find(one, bound)]
        figures = [printed.figure(cell) for cell in cells]
        known = [figure for figure in figures if figure is not None]
        if len(known) == len(figures) > 1:
            groups.append((cells, total(known)))
    whole = Amount(100, 100, 100, "")
    adding = sum(added.meets(whole) for _, added in groups)
    for cells, added in groups:
        agrees = added.meets(whole)
        others, adding_others = len(groups) - 1, adding - agrees
        if check.rest and added.high < 100 and not (others >= 3 and adding_others >= 0.8 * others):
            # Some may have answered neither: only a table whose other rows do add to 100 says that nobody did.
            agrees = True
        beside = f", while {adding_others} of the {others} other rows add to 100" if others else ""
        ambiguous = [_short_of_100(printed, cell, cells, added, beside) for cell in cells]
        blamed, *instead = ambiguous
        yield replace(blamed, agrees=agrees, instead=tuple(instead))


def _short_of_100(printed: Printed, cell: Cell, cells: Sequence[Cell], added: Amount, beside: str) -> Outcome:
    text = printed.text(cell)
    own = printed.figure(cell)
    value = 100 - (added.value - (own.value if own else 0))
    said = " + ".join(f"{printed.text(one)} %" for one in cells)
    fits = 0 <= value <= 100
    return Outcome(
        "hundred",
        cell,
        tuple(other for other in cells if other != cell),
        False,
        "misprint",
        value if fits else None,
        f"{said} is {plain(added.value)} %, not 100 %{beside}.",
        _correction(text, _around(value, text), " %") if fits else "More than one of them is wrong.",
    )


def _whole_persons(printed: Printed, check: WholePersons) -> Answers:
    cells = [cell for cell in printed.find(check.figure) if printed.figure(cell) is not None]
    sizes = {cell: printed.sizes(check.base, cell) for cell in cells}
    if isinstance(check.base, Between):
        fits = Counter(
            {n: sum(bool(printed.persons(cell, n)) for cell in cells) for n in sizes[cells[0]]} if cells else {}
        )
        best = tuple(n for n, fit in fits.items() if fit == max(fits.values()))
        sizes = dict.fromkeys(cells, best)
    failing = [cell for cell in cells if sizes[cell] and not _possible(printed, cell, cell, sizes)]
    for cell in cells:
        if not sizes[cell]:
            text = f"{cell.table}, {printed.row(cell)}: how many persons it is a percentage of is unknown."
            yield Note("base-unknown", text, "warning")
        elif cell in failing:
            yield _impossible(printed, cell, failing, sizes, printed.made_of(check.base, cell))
        else:
            yield Outcome(check.name, cell)


def _possible(printed: Printed, figure: Cell, place: Cell, sizes: Mapping[Cell, tuple[int, ...]]) -> bool:
    return any(printed.persons(figure, n) for n in sizes[place])


def _impossible(
    printed: Printed, cell: Cell, failing: Sequence[Cell], sizes: Mapping[Cell, tuple[int, ...]], made_of: str
) -> Outcome:
    text, n = printed.text(cell), sizes[cell][0]
    figure = printed.figure(cell)
    value = figure.value if figure else 0.0
    decimals = printed_decimals(text)
    below = min(max(int(value * n // 100), 0), n)
    near = sorted({below, min(below + 1, n)}, key=lambda k: abs(100 * k / n - value))
    around = " and ".join(f"{k} are {plain(100 * k / n, decimals + 1)} %" for k in sorted(near))
    groups = " or ".join(str(size) for size in sizes[cell][:4])
    said = f"No whole number of {groups} persons{made_of} is {text} %: {around}."
    for other in failing:
        if other != cell and _possible(printed, cell, other, sizes) and _possible(printed, other, cell, sizes):
            k, there = printed.persons(other, n)[0], next(size for size in sizes[other] if printed.persons(cell, size))
            suggestion = (
                f"Exchanged with {printed.named(other)}: {k} of {n} is {printed.text(other)} %, "
                f"and {printed.persons(cell, there)[0]} of {there} is {text} %."
            )
            break
    else:
        smaller = range(n - 1, n - max(1, int(n * MOST_WHO_DID_NOT_ANSWER)) - 1, -1)
        fitting = next((size for size in smaller if printed.persons(cell, size)), None)
        suggestion = f"{plain(100 * near[0] / n, decimals)} % would agree."
        if fitting:
            missing = "one did" if fitting == n - 1 else f"{n - fitting} did"
            k = printed.persons(cell, fitting)[0]
            suggestion += f" Or {missing} not answer: {k} of {fitting} is {text} %."
    verdict: Verdict = "impossible for the group size"
    return Outcome("whole_persons", cell, (), False, verdict, round(100 * near[0] / n, decimals + 2), said, suggestion)


def _follows(printed: Printed, check: Follows) -> Answers:
    if isinstance(check.figure, Taken):
        yield from _list_follows(printed, check.figure, check.source)
        return
    for bound in printed.groups(check.each, check.figure):
        for cell in printed.find(check.figure, bound):
            figure, source = printed.figure(cell), printed.amount(check.source, bound)
            if figure is None or source is None:
                continue
            text = printed.text(cell)
            exact = printed.qualifier(cell) == "exact"
            yield Outcome(
                check.name,
                cell,
                source.cells,
                _repeats(figure, source) if isinstance(check.source, Cells) else figure.meets(source),
                _verdict(printed, cell, source.cells),
                source.value,
                f"{_source_words(printed, check.source, source)}, but {figure.words} is printed here.",
                _correction(text, _within_print(source, text))
                if exact
                else f"{plain(source.value)} is not {figure.words}.",
            )


def _list_follows(printed: Printed, figure: Taken, wanted: Expression) -> Answers:
    said, source = printed.amount(figure), printed.amount(wanted)
    if said is None or source is None:
        return
    cell = Cell(figure.cells.table, -1, figure.cells.column or "")
    missing = source.value - said.value
    yield Outcome(
        "follows",
        cell,
        source.cells,
        said.meets(source),
        "misprint",
        source.value,
        f"{_source_words(printed, wanted, source)}, but the list has {said.words}.",
        f"{plain(abs(missing))} {'are missing from' if missing > 0 else 'are too many in'} the list.",
        (),
        plain(said.value),
    )


def _within_print(source: Amount, text: str) -> Amount:
    around = _around(source.value, text)
    return Amount(min(source.low, around.low), source.value, max(source.high, around.high), "")


def _repeats(figure: Amount, source: Amount) -> bool:
    """Say whether two printings can be of one figure; one tie rounded up here and down there is two figures."""
    if figure.low < figure.high and source.low < source.high:
        return min(figure.high, source.high) - max(figure.low, source.low) > SLACK
    return figure.meets(source)


def _source_words(printed: Printed, source: Expression, amount: Amount) -> str:
    if isinstance(source, Cells):
        return f"{source.table} has {amount.words} for {printed.named(amount.cells[0])}"
    if isinstance(source, Taken) and source.how == "rows":
        return f"{source.cells.table} has {plain(amount.value)} such rows"
    return amount.words[0].upper() + amount.words[1:]


def _verdict(printed: Printed, cell: Cell, others: Sequence[Cell]) -> Verdict:
    if not printed.table(cell.table).running_text:
        return "misprint"
    tables = {other.table for other in others}
    if tables and all(printed.table(name).running_text for name in tables):
        return "text against text"
    return "text against table"


def _between_groups(printed: Printed, check: BetweenGroups) -> Answers:
    for bound in printed.groups(check.each, check.figure, check.groups):
        groups = [figure for cell in printed.find(check.groups, bound) if (figure := printed.figure(cell)) is not None]
        if len(groups) < 2:
            continue
        lowest, highest = (chosen(groups, key=lambda one: one.value) for chosen in (min, max))
        span = Amount(lowest.low, lowest.value, highest.high, "")
        for cell in printed.find(check.figure, bound):
            if (figure := printed.figure(cell)) is None:
                continue
            nearest = lowest if figure.value < lowest.value else highest
            names = f"{printed.named(lowest.cells[0])} ({lowest.words}) and {printed.named(highest.cells[0])}"
            yield Outcome(
                check.name,
                cell,
                tuple(place for group in groups for place in group.cells),
                figure.meets(span),
                _verdict(printed, cell, lowest.cells + highest.cells),
                nearest.value,
                f"All together cannot be {figure.words} when the groups lie between {names} ({highest.words}).",
                f"It has to be from {lowest.words} to {highest.words}.",
            )


@dataclass(frozen=True)
class _Group:
    cell: Cell
    n: int
    persons: tuple[int, ...]
    words: str

    def of(self) -> str:
        return f"{self.words} % of {self.n}"


def _weighted_groups(printed: Printed, check: WeightedGroups) -> Answers:
    found = [_group(printed, figure, base) for figure, base in [(check.figure, check.base), *check.groups]]
    known = [group for group in found if group is not None]
    if len(known) < len(found):
        text = f"no whole number of persons stands behind {_spoken(check)} or one of its groups."
        yield Note("base-unknown", f"{check.figure.table}.{check.figure.column}: {text}", "warning")
        return
    whole, *groups = known
    low, high = sum(group.persons[0] for group in groups), sum(group.persons[-1] for group in groups)
    agrees = whole.persons[0] <= high and low <= whole.persons[-1]
    cells = [group.cell for group in known]
    verdict = _verdict_of_all(printed, cells)
    listed = " and ".join(f"{group.of()} ({_count(group.persons)})" for group in groups)
    together = f", together {_span(low, high)}" if len(groups) > 1 else ""
    said = f"{whole.of()} is {_count(whole.persons)} persons, but the same persons are {listed}{together}."
    outcomes = []
    for group in known:
        if group is whole:
            needed = (low, high)
        else:
            needed = (
                whole.persons[0] - high + group.persons[-1],
                whole.persons[-1] - low + group.persons[0],
            )
        nearest = min(needed, key=lambda k: min(abs(k - own) for own in group.persons))
        share = 100 * nearest / group.n
        fits = 0 <= nearest <= group.n
        suggestion = (
            f"{nearest} of {group.n} would be {plain(share, 1)} %." if fits else "Another of these figures is wrong."
        )
        outcomes.append(
            Outcome(
                check.name,
                group.cell,
                tuple(cell for cell in cells if cell != group.cell),
                agrees,
                verdict,
                share if fits else None,
                said,
                suggestion,
                vague=printed.qualifier(group.cell) != "exact",
            )
        )
    yield replace(outcomes[0], instead=tuple(outcomes[1:]))


def _spoken(check: WeightedGroups) -> str:
    return ", ".join("|".join(condition.values) for condition in check.figure.where) or "it"


def _group(printed: Printed, figure: Cells, base: Base) -> _Group | None:
    found = printed.find(figure)
    if len(found) != 1:
        return None
    sizes = printed.sizes(base, found[0])
    said = printed.figure(found[0])
    if len(sizes) != 1 or said is None:
        return None
    persons = printed.persons(found[0], sizes[0])
    return _Group(found[0], sizes[0], persons, said.words) if persons else None


def _count(persons: Sequence[int]) -> str:
    return _span(persons[0], persons[-1])


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _verdict_of_all(printed: Printed, cells: Sequence[Cell]) -> Verdict:
    kinds = {printed.table(cell.table).running_text for cell in cells}
    if kinds == {True}:
        return "text against text"
    return "misprint" if kinds == {False} else "text against table"


def _order(printed: Printed, check: Order) -> Answers:
    way = "falls" if check.falling else "rises"
    for bound in printed.groups(check.each, check.figure):
        placed = [(cell, figure) for cell in printed.find(check.figure, bound) if (figure := printed.figure(cell))]
        for (before, earlier), (cell, figure) in pairwise(placed):
            higher, lower = (earlier, figure) if check.falling else (figure, earlier)
            outcome = Outcome(
                check.name,
                cell,
                (before,),
                lower.value <= higher.value,
                "misprint",
                None,
                f"The order {way}, but {figure.words} stands after {earlier.words} ({printed.named(before)}).",
                "Either figure, or the place of its row, is wrong.",
            )
            yield replace(outcome, instead=(replace(outcome, cell=before, inputs=(cell,)),))


RULES: Mapping[type[Check], Callable[[Printed, Any], Answers]] = {
    Rate: _rate,
    Parts: _parts,
    Hundred: _hundred,
    WholePersons: _whole_persons,
    Follows: _follows,
    BetweenGroups: _between_groups,
    WeightedGroups: _weighted_groups,
    Order: _order,
}
