"""Surveys of about a hundred: what may be printed of them, and what printed percentages tell about their bases."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, Refused, UnknownName
from fodfaeste.measure.counts import counts, whole
from fodfaeste.measure.intervals import interval
from fodfaeste.measure.multiplicity import holm
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data, as_frame, number, source_name
from fodfaeste.values import round_half_up

Percentage: TypeAlias = float | Decimal
Item: TypeAlias = Percentage | Sequence[Percentage]
"""One printed percentage, or those of all answers to one question, such as yes and no."""
Block: TypeAlias = Sequence[Item] | Mapping[str, Item]
"""The questions that were asked of the same people."""

COUNTS_ONLY_BELOW = 10
NO_DECIMALS_BELOW = 30
MOST_TABLES = 5_000_000


# Printed percentages read back


def possible_counts(pct: Percentage, n: int, decimals: int = 0) -> tuple[int, ...]:
    """List the whole k for which k of n could have been printed as `pct`; a half may have been rounded either way.

    Parameters
    ----------
    pct : float
        The printed percentage, 0 to 100.
    n : int
        The base; of nobody there is no count, and the answer is empty.
    decimals : int, default 0
        With how many decimals it was printed.

    Raises
    ------
    BadInput
        If `pct` lies outside 0 to 100 or has more decimals than were printed.

    References
    ----------
    Brown, Heathers (2017), Soc. Psychol. Personal. Sci. 8, 363-369.
    """
    exact = Decimal(str(pct))
    printed = exact.scaleb(decimals)
    if not 0 <= exact <= 100 or printed != printed.to_integral_value():
        raise BadInput(
            Problem(
                f"the percentage {pct}",
                f"0 to 100 with {decimals} decimals",
                "Give decimals= as printed, and percentages instead of shares.",
            )
        )
    # Whole numbers throughout, so that a tie is a tie: k is possible when |200 k 10^decimals - 2 printed n| <= n.
    shown, scale = int(printed), 200 * 10**decimals
    lowest = -((1 - 2 * shown) * n // scale)
    highest = (2 * shown + 1) * n // scale
    return tuple(range(max(lowest, 0), min(highest, n) + 1)) if n > 0 else ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Grim(Result):
    """Which base sizes the printed percentages allow.

    `table` has one row a printed percentage and n: group, unit (the question), answer (its place in the question), pct,
    n, lowest and highest (the possible k, empty where there is none) and possible (whether all answers to the question
    fit together).

    Attributes
    ----------
    by_n : polars.DataFrame
        n (and `n_other`, the second group's, under a known total), `impossible` (how many questions), `items` (which).
    bases : tuple of int
        Base sizes (of the first group) for which nothing is impossible.
    best : tuple of int
        Base sizes with the fewest impossible questions; the same as `bases` where there are any.
    """

    by_n: pl.DataFrame
    bases: tuple[int, ...]
    best: tuple[int, ...]


def grim(
    pcts: Block | Mapping[str, Block], total: int | None = None, decimals: int = 0, max_n: int | None = None
) -> Grim:
    """Find the base sizes from which a block of rounded percentages can have come.

    Parameters
    ----------
    pcts : sequence or mapping
        Without `total` one block: a percentage a question, or a sequence of them (yes, no), which may fall short of 100
        by those who do not know but cannot stand for more people than there are. With `total` a mapping of two group
        names to such blocks.
    total : int, optional
        Number of people that the two groups have together.
    decimals : int, default 0
        With how many decimals the percentages are printed.
    max_n : int, optional
        Largest base looked at; by default 100 * 10^decimals, from where on every percentage is possible.

    Raises
    ------
    BadInput
        If a percentage cannot have been printed so, a question has none, or `total` comes without two groups.

    References
    ----------
    Brown, Heathers (2017), Soc. Psychol. Personal. Sci. 8, 363-369.
    """
    groups = {"": _items(pcts)} if total is None else _two_groups(pcts)
    largest = (100 * 10**decimals if max_n is None else max_n) if total is None else total - 1
    if largest < 1:
        raise NotEnoughPeople(Problem(f"at most {largest} people", "a base of 1 or more", "Raise total= or max_n=."))
    rows = [
        {"group": group, **row}
        for group, block in groups.items()
        for name, item in block.items()
        for n in range(1, largest + 1)
        for row in _fit(name, item, n, decimals)
    ]
    table = pl.DataFrame(rows, schema_overrides={"lowest": pl.Int64, "highest": pl.Int64})
    failing = [_failing(table, group, block, largest) for group, block in groups.items()]
    sizes = range(1, largest + 1)
    items = [failing[0][n] + (failing[1][largest + 1 - n] if total is not None else ()) for n in sizes]
    columns: dict[str, object] = {"n": list(sizes)}
    if total is None:
        table = table.drop("group")
    else:
        columns["n_other"] = [total - n for n in sizes]
    by_n = pl.DataFrame(
        {**columns, "impossible": [len(names) for names in items], "items": [", ".join(names) for names in items]}
    )
    fewest = int(np.min([len(names) for names in items]))
    best = tuple(n for n, names in zip(sizes, items, strict=True) if len(names) == fewest)
    bases = best if fewest == 0 else ()
    notes = () if bases else (Note("no-base-fits", _no_base(fewest, best), "warning"),)
    return Grim(
        table=table,
        summary={"bases": list(bases), "best": list(best), "impossible_at_best": fewest},
        notes=notes,
        method=Method("Possible counts behind rounded percentages", "Brown, Heathers 2017"),
        params=provenance(table, total=total, decimals=decimals, max_n=largest),
        by_n=by_n,
        bases=bases,
        best=best,
    )


def _no_base(fewest: int, best: tuple[int, ...]) -> str:
    shown = ", ".join(str(n) for n in best[:12]) + (" ..." if len(best) > 12 else "")
    return f"No base fits all questions; with n = {shown} the fewest are impossible ({fewest})."


def _items(block: object) -> dict[str, tuple[Percentage, ...]]:
    if isinstance(block, Mapping):
        named = {str(name): item for name, item in block.items()}
    elif isinstance(block, Sequence) and not isinstance(block, str):
        named = {str(k): item for k, item in enumerate(block, start=1)}
    else:
        named = {}
    asked = {name: tuple(item) if isinstance(item, Sequence) else (item,) for name, item in named.items()}
    bad = [
        name
        for name, item in asked.items()
        if not item or not all(isinstance(pct, int | float | Decimal) for pct in item)
    ]
    if bad or not asked:
        raise BadInput(
            Problem(
                f"no percentage for {bad[0]!r}" if bad else f"no block of percentages but {block!r}",
                "one or more numbers for each question",
                "Give 60 or (60, 40); two groups need total=.",
            )
        )
    return asked


def _two_groups(pcts: object) -> dict[str, dict[str, tuple[Percentage, ...]]]:
    if not isinstance(pcts, Mapping) or len(pcts) != 2:
        raise BadInput(
            Problem(
                f"{len(pcts) if isinstance(pcts, Mapping) else 'no named'} groups",
                "two groups that add to total=",
                "Give {'first': [...], 'second': [...]}, or leave total= out.",
            )
        )
    return {str(group): _items(block) for group, block in pcts.items()}


def _fit(name: str, item: tuple[Percentage, ...], n: int, decimals: int) -> list[dict[str, object]]:
    found = [possible_counts(pct, n, decimals) for pct in item]
    possible = all(found) and sum(ks[0] for ks in found) <= n
    return [
        {
            "unit": name,
            "answer": k,
            "pct": float(pct),
            "n": n,
            "lowest": min(ks, default=None),
            "highest": max(ks, default=None),
            "possible": possible,
        }
        for k, (pct, ks) in enumerate(zip(item, found, strict=True), start=1)
    ]


def _failing(table: pl.DataFrame, group: str, block: Mapping[str, object], largest: int) -> dict[int, tuple[str, ...]]:
    failed = table.filter((pl.col("group") == group) & ~pl.col("possible")).unique(["unit", "n"]).select("unit", "n")
    pairs = set(failed.iter_rows())
    label = f"{group}: " if group else ""
    return {n: tuple(label + name for name in block if (name, n) in pairs) for n in range(1, largest + 1)}


# A survey's own table


def survey_table(
    data: Data,
    options: str | Sequence[str],
    by: str | None = None,
    *,
    n: str | int | None = None,
    events: str | None = None,
    representative: bool = False,
    design: Literal["quota"] | None = None,
    fixed: Sequence[str] = (),
    level: float = 0.95,
) -> Result:
    """Print a survey question: people and percentages of each option, with the interval that its base deserves.

    Parameters
    ----------
    data : frame, mapping or path
        One row a respondent; or, with `events` and `n`, one row an option (and group).
    options : list of str, or str
        Columns of 1 (named it), 0 (did not) and empty (no answer); or, with `events`, the column of option names.
    by : str, optional
        Column of groups to compare.
    n, events : str, optional
        Columns of people asked and of those who named the option; `n` may be one number for all options.
    representative : bool, default False
        Whether the respondents were drawn so that they stand for a population.
    design : {"quota"}, optional
        The sample was filled by quota: `fixed` names the options (or the column of groups) whose shares that decided.
    fixed : sequence of str
        Options or columns whose shares the design decided.
    level : float, default 0.95
        Of the Wilson interval.

    Returns
    -------
    Result
        One row an option (and group): unit, group, n (who answered), events, missing (who answered other options, not
        this), shown (the text to print), pct, rate, lower, upper, level; with groups p_value (Fisher) and p_holm (over
        the options). Below 10 people counts only; below 30 percentages without decimals.

    Raises
    ------
    Refused
        If an interval is asked for a share that the quotas decided.
    UnknownName
        If a column is not there.
    BadInput
        If an answer is neither 0 nor 1, or counts are not possible.
    NotEnoughPeople
        If nobody answered.

    References
    ----------
    Wilson (1927); Fisher (1935); Freeman, Halton (1951), Biometrika 38, 141-149 for several groups; Holm (1979).
    """
    names = [options] if isinstance(options, str) else list(options)
    _check_design(design, fixed, names, by)
    frame = as_frame(data)
    if events is None:
        tidy, notes = _from_respondents(frame, names, by, source_name(data))
    else:
        tidy, notes = _from_counts(frame, names[0], events, n, by=by, file=source_name(data))
    _check_options_are_free(fixed, tidy["unit"].unique().to_list())
    table = _tested(_measured(tidy, level)) if by else _measured(tidy, level)
    sums = _sums_of_pct(tidy)
    return Result(
        table=table if by else table.drop("group"),
        summary={"respondents": tidy.group_by("group").agg(pl.col("asked").max())["asked"].sum(), "sum_pct": sums},
        notes=(*notes, *_limits(sums, representative, design, fixed, by)),
        method=Method(
            "Shares of respondents, Wilson interval" + (", Fisher exact with Holm over options" if by else ""),
            "Wilson 1927" + ("; Freeman, Halton 1951; Holm 1979" if by else ""),
        ),
        params=provenance(
            tidy, options=names, by=by, representative=representative, design=design, fixed=list(fixed), level=level
        ),
    )


def _check_design(design: str | None, fixed: Sequence[str], names: Sequence[str], by: str | None) -> None:
    if design not in {None, "quota"}:
        raise UnknownName("no design", str(design), ["quota"])
    if isinstance(fixed, str):
        raise BadInput(Problem(f"fixed={fixed!r}", "a list of names", f"Write fixed=[{fixed!r}]."))
    if (design == "quota") != bool(fixed):
        raise Refused(
            "A quota sample decides some shares beforehand; which ones must be said, so that no interval is given for "
            f"them. Give design='quota' together with fixed=[...], from {', '.join(names)}{f' or {by}' if by else ''}."
        )


def _check_options_are_free(fixed: Sequence[str], options: Sequence[str]) -> None:
    decided = [name for name in fixed if name in options]
    if decided:
        raise Refused(
            f"The share of {decided[0]} was decided by the quotas, so it estimates nothing and gets no interval. "
            f"Leave it out of options; as groups (by={decided[0]!r}) it may be used."
        )


def _from_respondents(
    frame: pl.DataFrame, options: Sequence[str], by: str | None, file: str | None
) -> tuple[pl.DataFrame, list[Note]]:
    for name in [*options, *([by] if by else [])]:
        if name not in frame.columns:
            raise UnknownName("no column", name, frame.columns, file=file)
    problems: list[Problem] = []
    answers = np.column_stack([_answers(frame[name], file, problems) for name in options])
    if problems:
        raise BadInput(*problems)
    groups = np.array(["" if cell is None else str(cell) for cell in frame[by]] if by else ["all"] * frame.height)
    answered = ~np.isnan(answers).all(axis=1)
    ungrouped = answered & (groups == "")
    notes = [
        Note(code, f"{int(rows.sum())} of {frame.height} {text}", "warning")
        for code, rows, text in (
            ("no-answer", ~answered, "answered none of the options and are not in any base."),
            ("no-group", ungrouped, f"have no {by} and are left out."),
        )
        if rows.any()
    ]
    used = answered & ~ungrouped
    if not used.any():
        raise NotEnoughPeople(Problem("no answers", "at least one respondent", "Check the columns.", file))
    rows = []
    for group in dict.fromkeys(groups[used]):
        asked = answers[used & (groups == group)]
        known = ~np.isnan(asked)
        for k, option in enumerate(options):
            yes, people = int(np.nansum(asked[:, k])), int(known[:, k].sum())
            rows.append((option, group, len(asked), people, yes))
    return pl.DataFrame(rows, schema=_TIDY, orient="row"), notes


_TIDY = {"unit": pl.String, "group": pl.String, "asked": pl.Int64, "n": pl.Int64, "events": pl.Int64}


def _answers(column: pl.Series, file: str | None, problems: list[Problem]) -> NDArray[np.float64]:
    values = np.full(len(column), np.nan)
    for k, cell in enumerate(column):
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        value = float(cell) if isinstance(cell, bool) else number(str(cell))
        if value in {0.0, 1.0}:
            values[k] = value
        else:
            found = value if isinstance(value, str) else f"{value:g}"
            problems.append(Problem(found, "1, 0 or an empty cell", "Code each option so.", file, k + 2, column.name))
    return values


def _from_counts(
    frame: pl.DataFrame, option: str, events: str, n: str | int | None, *, by: str | None, file: str | None
) -> tuple[pl.DataFrame, list[Note]]:
    if n is None:
        raise BadInput(Problem("events without n", "the people asked", "Give n= as a column or a number.", file))
    people = "n" if isinstance(n, int) else n
    given = frame.with_columns(pl.lit(n).alias("n")) if isinstance(n, int) else frame
    checked = counts(given, events, people, unit=option, by=by)
    tidy = pl.DataFrame(
        {
            "unit": checked.unit,
            "group": checked.group or ["all"] * len(checked.unit),
            "n": whole(checked.n),
            "events": whole(checked.events),
        }
    )
    return tidy.with_columns(pl.col("n").max().over("group").alias("asked")), list(checked.notes)


def _measured(tidy: pl.DataFrame, level: float) -> pl.DataFrame:
    """Add what may be printed of each count, by the size of its base."""
    x, n = tidy["events"].to_numpy().astype(np.float64), tidy["n"].to_numpy().astype(np.float64)
    few = n < COUNTS_ONLY_BELOW
    lower, upper = interval(x, n, "wilson", level)
    share = np.divide(x, n, out=np.full(len(n), np.nan), where=~few)
    shown = [_shown(int(events), int(people)) for events, people in zip(x, n, strict=True)]
    return tidy.select(
        "unit",
        "group",
        "n",
        "events",
        (pl.col("asked") - pl.col("n")).alias("missing"),
        pl.Series("shown", [text for text, _ in shown]),
        pl.Series("pct", [pct for _, pct in shown], dtype=pl.Float64),
        pl.Series("rate", share).fill_nan(None),
        pl.Series("lower", np.where(few, np.nan, lower)).fill_nan(None),
        pl.Series("upper", np.where(few, np.nan, upper)).fill_nan(None),
        pl.lit(level).alias("level"),
    )


def _shown(events: int, n: int) -> tuple[str, float | None]:
    if n < COUNTS_ONLY_BELOW:
        return f"{events} of {n}", None
    decimals = 0 if n < NO_DECIMALS_BELOW else 1
    pct = round_half_up(100 * events / n, decimals)
    return f"{pct:.{decimals}f} %" + (f" ({events} of {n})" if n < NO_DECIMALS_BELOW else ""), pct


def _sums_of_pct(tidy: pl.DataFrame) -> dict[str, float]:
    sums: dict[str, float] = {}
    for group, n, events in tidy.select("group", "n", "events").iter_rows():
        sums[group] = sums.get(group, 0.0) + (100 * events / n if n else 0.0)
    return {group: round_half_up(value, 1) for group, value in sums.items()}


def _tested(table: pl.DataFrame) -> pl.DataFrame:
    options = list(dict.fromkeys(table["unit"]))
    p = np.array([_fisher(table.filter(pl.col("unit") == option)) for option in options])
    tests = pl.DataFrame({"unit": options, "p_value": p, "p_holm": holm(p)}).with_columns(
        pl.col("p_value", "p_holm").fill_nan(None)
    )
    return table.join(tests, on="unit", maintain_order="left")


def _fisher(rows: pl.DataFrame) -> float:
    """Fisher's exact p of one option over its groups: the sum of all tables not more probable than the one found."""
    n = rows["n"].to_numpy()
    x = rows["events"].to_numpy()[n > 0]
    n = n[n > 0]
    if len(n) < 2:
        return math.nan
    order = np.argsort(n)
    x, n, total = x[order], n[order], int(x.sum())
    if math.prod(int(size) + 1 for size in n[:-1]) > MOST_TABLES:
        raise Refused(f"{len(n)} groups of this size have too many tables for an exact test. Merge groups.")
    # The counts of all groups but the largest, in every combination; the margin decides that one.
    used, log_ways = np.zeros(1), np.zeros(1)
    for size in n[:-1]:
        k = np.arange(size + 1)
        used = np.add.outer(used, k).ravel()
        log_ways = np.add.outer(log_ways, _log_binomial(size, k)).ravel()
    rest = total - used
    possible = (rest >= 0) & (rest <= n[-1])
    log_ways = log_ways[possible] + _log_binomial(n[-1], rest[possible])
    found = _log_binomial(n, x).sum()
    # Tables as probable as the one found must count, also when rounding puts them a hair above it.
    extreme = log_ways <= found + 1e-7
    return float(min(1.0, np.exp(special.logsumexp(log_ways[extreme]) - special.logsumexp(log_ways))))


def _log_binomial(n: NDArray[np.int64], k: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))


def _limits(
    sums: Mapping[str, float], representative: bool, design: str | None, fixed: Sequence[str], by: str | None
) -> list[Note]:
    notes = []
    if any(value > 100 for value in sums.values()):
        text = ", ".join(f"{value:g} %" if group == "all" else f"{group} {value:g} %" for group, value in sums.items())
        notes.append(Note("several-answers", f"Respondents could name several options: the percentages add to {text}."))
    if not representative:
        notes.append(
            Note(
                "respondents-only",
                "Nothing says that these respondents stand for a population: the figures describe them alone, and the "
                "intervals show what chance would do if they were drawn at random.",
                "warning",
            )
        )
    if design == "quota":
        mixed = "" if by in fixed else " Shares over all respondents mix the quotas and hold for that mixture only."
        notes.append(Note("quota", f"The shares of {', '.join(fixed)} were decided by quotas.{mixed}", "warning"))
    return notes
