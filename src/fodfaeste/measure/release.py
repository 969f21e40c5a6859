"""The end of a residence rule: do moves pile up, does it fade, and was the stay only made longer?"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from fodfaeste.errors import BadInput, Problem, Refused
from fodfaeste.measure.counts import one_level
from fodfaeste.measure.histories import Value
from fodfaeste.measure.multiplicity import holm
from fodfaeste.measure.release_cells import BOUND, FREE, Cohorts, Columns, check_names, read_cohorts
from fodfaeste.measure.release_parts import (
    RELEASE_COLUMNS,
    Window,
    between_groups,
    catch_up_rows,
    censored_before,
    curve,
    gap_at,
    release_rows,
    shape_row,
    three_answers,
    windows,
)
from fodfaeste.measure.release_regression import CONTRAST, bunching_rows, regress_moves
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data

if TYPE_CHECKING:
    import altair as alt

HORIZONS = (42, 48, 60, 72, 84)
FEWEST_BOOTSTRAPS = 100
FEW_UNITS = 50

RELEASE = Method(
    "Release at the end of a residence rule: observed against expected moves, shape, catch-up share",
    "observed/expected: Ulm 1990, Am. J. Epidemiol. 131; two counts: Przyborowski, Wilenski 1940, Biometrika 31; "
    "incidence: Aalen, Johansen 1978, Scand. J. Stat. 5; bunching: Chetty et al. 2011, Q. J. Econ. 126",
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Release(Result):
    """The answers on the end of a residence rule; `release_test` describes the columns.

    Attributes
    ----------
    release : polars.DataFrame
        Observed and expected moves of the bound cohort by window.
    shape : polars.DataFrame
        Its rate just after the rule against its later rate; one row.
    catch_up : polars.DataFrame
        Share of the held-back moves made up for by each horizon.
    regression : polars.DataFrame
        Poisson regression of monthly moves, and the contrast release minus later.
    bunching : polars.DataFrame
        Excess just after the rule over a polynomial through the other months; one row.
    placebo : polars.DataFrame
        The same where no rule ends.
    heterogeneity : polars.DataFrame
        The release in groups; no rows if none were asked for.
    curve : polars.DataFrame
        Both cohorts month by month, for charts.
    """

    release: pl.DataFrame
    shape: pl.DataFrame
    catch_up: pl.DataFrame
    regression: pl.DataFrame
    bunching: pl.DataFrame
    placebo: pl.DataFrame
    heterogeneity: pl.DataFrame
    curve: pl.DataFrame

    def plot(self) -> alt.LayerChart | alt.FacetChart:
        """Draw the monthly hazards of both cohorts with their intervals, and the months after the rule."""
        import altair as alt

        rule, window = self.params["rule"], self.params["window"]
        months = alt.Chart(pl.DataFrame({"start": [rule + 0.5], "end": [rule + window + 0.5]}))
        base = alt.Chart(self.curve).encode(x=alt.X("month:Q", title="month"), color=alt.Color("cohort:N", title=None))
        return alt.layer(
            months.mark_rect(opacity=0.15).encode(x="start:Q", x2="end:Q"),
            base.mark_rule(opacity=0.4).encode(y=alt.Y("lower:Q", title="share who move in the month"), y2="upper:Q"),
            base.mark_line(point=True).encode(y="rate:Q", tooltip=["cohort", "month", "n", "events", "rate"]),
        )


def release_test(
    data: Data,
    time: str,
    event: str,
    cohort: str,
    *,
    bound: Value,
    free: Value,
    rule: int = 36,
    window: int = 6,
    horizons: Sequence[int] = HORIZONS,
    unit: str | None = None,
    covariates: Sequence[str] = (),
    by: str | Sequence[str] | None = None,
    causes: Mapping[Value, str] | None = None,
    count: str | None = None,
    level: float = 0.95,
    bootstraps: int = 1000,
    seed: int,
    observed_until: date | None = None,
) -> Release:
    """Test what happens when a residence rule ends, against a cohort that was free of it.

    Three questions, answered together. Release: do moves pile up just after the rule's last month? Shape: does that
    fade, or is the rate higher for good? Catch-up: were the moves that the rule held back only delayed, or does the
    stay last?

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a person, or a cell with its number of persons in `count`.
    time, event, cohort : str
        Columns: month of the first event or of the end of watching (month t is (t-1, t] after arrival), what happened,
        and the cohort.
    bound, free : str or int
        Values of `cohort`: under the rule, and free of it. Persons of other cohorts are left out.
    rule : int, default 36
        The last month that the rule binds.
    window : int, default 6
        Months after it in which moves may pile up.
    horizons : sequence of int, default (42, 48, 60, 72, 84)
        Months at which the catch-up share is asked for, later than `rule`.
    unit : str, optional
        Column of municipalities (or households): persons of one unit are then not taken as independent.
    covariates : sequence of str
        Columns for the regression.
    by : str or sequence of str, optional
        Columns of groups whose release is compared. What is known only of those still there at the rule's end
        (`employed_36`) may be used, since only later months are compared.
    causes : mapping of value to name, optional
        As `histories` has it; the first name is the move, the others are competing.
    count : str, optional
        Column with the number of persons of each row.
    level : float, default 0.95
        Two-sided level of the intervals; a one-sided p value below 1 - level is called a finding.
    bootstraps : int, default 1000
        Draws, at least 100.
    seed : int
        Of the draws.
    observed_until : date, optional
        The last day that the data know of: an error on too short a follow-up then names the day from which the test
        is possible.

    Returns
    -------
    Release
        `table`: the three answers, with answer, unit, n, events, estimate, lower, upper, level, z, p_value, p_holm,
        method, flag ("pile-up", "fades", "delay", "lasting", "partly made up for", ...), note.
        `release`: one row a window with n (bound at risk as it begins), events, free_n, free_events, expected, ratio,
        lower, upper, p_value (exact Poisson, one-sided, the expected count taken as known), and deciding_lower,
        deciding_upper, deciding_p, se_log_ratio, design_effect, which carry the chance variation of the free cohort
        and, with `unit`, of units; the row `compared_with` the months just before proves nothing.
        `shape`: n, events, person_months, later_events, later_person_months, ratio of the rates with the same columns
        (lower, upper, p_value: exact binomial, persons independent); free_ratio is that of the free cohort.
        `catch_up`: month, gap (free minus bound share moved) with se_gap, estimate of 1 - gap(T)/gap(rule) with se
        (influence functions; by unit if given), lower, upper (bootstrap over units if given, otherwise over persons),
        persons_lower, persons_upper. 1: only delayed; 0: the stay lasts.
        `regression`, `bunching`, `placebo`, `heterogeneity`, `curve`.

    Raises
    ------
    UnknownName
        If a column or a cohort is not there.
    BadInput
        If an argument is out of range, or the histories are wrong.
    Refused
        If a cohort is not watched up to month rule + window.

    References
    ----------
    Ulm (1990), Am. J. Epidemiol. 131, 373-375; Przyborowski, Wilenski (1940), Biometrika 31, 313-323; Rao, Scott
    (1992), Biometrics 48, 577-585; Aalen, Johansen (1978), Scand. J. Stat. 5, 141-150; Chetty, Friedman, Olsen,
    Pistaferri (2011), Q. J. Econ. 126, 749-804.
    """
    level = one_level(level)
    names = Columns(time, event, cohort, bound, free, unit, causes, count)
    check_names(names)
    asked = _checked(rule, window, horizons, bootstraps)
    groups = [by] if isinstance(by, str) else list(by or ())
    last = max(*asked, rule + 4 * window)
    register = _Register(data, names, last)
    cohorts = register.read()
    main = Window(rule, rule + window)
    _refuse_short(cohorts, main, observed_until)
    used, notes = _units(cohorts)
    by_persons, by_residuals = (np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(2))

    release = release_rows(used, rule, window, level)
    shape = shape_row(used, rule, window, level)
    catch_up = catch_up_rows(used, rule, asked, level=level, bootstraps=bootstraps, rng=by_persons)
    bunching, placebo = bunching_rows(
        used.tally, main, level=level, bootstraps=bootstraps, rng=by_residuals, names=(str(bound), str(free))
    )
    described = register.read(covariates) if covariates else cohorts
    regression = regress_moves(_units(described)[0], _periods(rule, window, last), level)
    heterogeneity, of_groups = _groups(register, groups, main, level)
    table = three_answers(release, shape, catch_up, main, level)
    return Release(
        table=table,
        summary=_summary(used, table, regression, asked, rule),
        notes=(
            *cohorts.notes,
            *notes,
            *_left_out("regression", described, cohorts.persons.sum()),
            *(note for name, read in of_groups.items() for note in _left_out(name, read, cohorts.persons.sum())),
            *_limits(used, release, main, free_ratio=shape["free_ratio"][0], unit=unit),
            *_catch_up_notes(catch_up, used, asked[-1]),
            *_design_notes(bool(covariates)),
        ),
        method=RELEASE,
        params=provenance(
            cohorts.data,
            time=time,
            event=event,
            cohort=cohort,
            bound=bound,
            free=free,
            rule=rule,
            window=window,
            horizons=list(asked),
            unit=unit,
            covariates=list(covariates),
            by=groups,
            causes=causes,
            count=count,
            level=level,
            bootstraps=bootstraps,
            seed=seed,
            observed_until=observed_until,
        ),
        release=release,
        shape=shape,
        catch_up=catch_up,
        regression=regression,
        bunching=bunching,
        placebo=placebo,
        heterogeneity=heterogeneity,
        curve=curve(used, (str(bound), str(free)), level),
    )


# What was asked


def _checked(rule: int, window: int, horizons: Sequence[int], bootstraps: int) -> tuple[int, ...]:
    problems = [
        Problem(f"{name}={value!r}", "a whole number of months, 1 or more", "A rule of three years is 36.")
        for name, value in (("rule", rule), ("window", window))
        if not isinstance(value, int) or value < 1
    ]
    if not horizons:
        problems.append(Problem("no horizon", "at least one", "Write horizons=(60,)."))
    problems += [
        Problem(f"the horizon {month!r}", f"a whole month after {rule}", "The gap is counted from the rule's end.")
        for month in horizons
        if not isinstance(month, int) or month <= rule
    ]
    if bootstraps < FEWEST_BOOTSTRAPS:
        expected = f"at least {FEWEST_BOOTSTRAPS}"
        problems.append(Problem(f"{bootstraps} bootstraps", expected, "Limits of fewer draws are the draws' own."))
    if problems:
        raise BadInput(*problems)
    return tuple(sorted(set(horizons)))


def _refuse_short(cohorts: Cohorts, main: Window, observed_until: date | None) -> None:
    for side, name in ((BOUND, "bound"), (FREE, "free")):
        watched = cohorts.followed[side]
        if watched >= main.end:
            continue
        if cohorts.ended[side]:
            raise Refused(
                f"Nobody of the {name} cohort is left after month {watched}, so there is nobody whose moves in months "
                f"{main.start + 1} to {main.end} could be compared."
            )
        later = main.end - watched
        when = f"on {_months_after(observed_until, later)}" if observed_until else "then"
        raise Refused(
            f"The {name} cohort is watched for {watched} months at most, and the test needs {main.end} (rule "
            f"{main.start} + window {main.end - main.start}). It is possible {later} months after the last day that "
            f"the data know of; ask again {when}, or name a cohort that arrived earlier."
        )


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _units(cohorts: Cohorts) -> tuple[Cohorts, tuple[Note, ...]]:
    """Fall back on persons where there is one unit: nothing varies between one."""
    if cohorts.units == 1:
        text = "All persons are of one unit: persons are taken as independent."
        return replace(cohorts, units=0), (Note("one-unit", text, "warning"),)
    if 0 < cohorts.units < FEW_UNITS:
        text = (
            f"With {cohorts.units} units the variation between units is itself uncertain and intervals are too short."
        )
        return cohorts, (Note("few-units", text, "warning"),)
    return cohorts, ()


def _periods(rule: int, window: int, last: int) -> tuple[Window, ...]:
    under, release, after, later = windows(rule, window)
    return under, release, after, Window(later.start, last)


# Other cells


@dataclass(frozen=True)
class _Register:
    """Where the cohorts are read from: once more with columns that are empty for some, who are left out there only."""

    data: Data
    names: Columns
    last: int

    def read(self, columns: Sequence[str] = ()) -> Cohorts:
        return read_cohorts(self.data, self.names, self.last, columns)


def _groups(
    register: _Register, by: Sequence[str], main: Window, level: float
) -> tuple[pl.DataFrame, dict[str, Cohorts]]:
    frames = [pl.DataFrame(schema={"variable": pl.String, **RELEASE_COLUMNS, "p_equal": pl.Float64})]
    read = {name: register.read([name]) for name in by}
    for name, cohorts in read.items():
        column, used = cohorts.columns[name], _units(cohorts)[0]
        groups = {str(value): used.part((column == value).to_numpy()) for value in column.unique().sort()}
        frames.append(between_groups(groups, main, level).with_columns(variable=pl.lit(name)).select(frames[0].columns))
    frame = pl.concat(frames)
    p = holm(frame["deciding_p"].fill_null(np.nan).to_numpy())
    return frame.with_columns(p_holm=pl.Series(p, dtype=pl.Float64).fill_nan(None)), read


def _left_out(what: str, cohorts: Cohorts, everybody: float) -> tuple[Note, ...]:
    persons = everybody - cohorts.persons.sum()
    if not persons:
        return ()
    return (Note(f"{what}-left-out", f"{what}: {persons:.0f} persons are left out for an empty cell."),)


# What is said


def _summary(
    cohorts: Cohorts, table: pl.DataFrame, regression: pl.DataFrame, horizons: Sequence[int], rule: int
) -> dict[str, Any]:
    release, shape, *catch_up = table.to_dicts()
    gap, se = gap_at(cohorts, rule)
    contrast = regression.row(by_predicate=pl.col("term") == CONTRAST, named=True)
    persons = cohorts.counts.sum(axis=(1, 2))
    shown = ("estimate", "lower", "upper", "p_value", "flag")
    return {
        "persons_in": cohorts.persons_in,
        "persons_bound": int(persons[BOUND]),
        "persons_free": int(persons[FREE]),
        "units": cohorts.units or None,
        "months_bound": cohorts.followed[BOUND],
        "months_free": cohorts.followed[FREE],
        "release": {name: release[name] for name in shown},
        "shape": {name: shape[name] for name in shown},
        "catch_up": {month: {name: row[name] for name in shown} for month, row in zip(horizons, catch_up, strict=True)},
        "gap_at_rule": gap,
        "se_gap_at_rule": se,
        "regression": {name: contrast[name] for name in ("estimate", "lower", "upper", "p_value")},
    }


def _limits(
    cohorts: Cohorts, release: pl.DataFrame, main: Window, *, free_ratio: float | None, unit: str | None
) -> tuple[Note, ...]:
    row = release.row(1, named=True)
    carried = f"the chance variation of the free cohort's {row['free_events']} moves in months {main}"
    units = f" and of units ({unit}, design effect {row['design_effect'] or 1:.2f})" if cohorts.units else ""
    fall = f", by a ratio of {free_ratio:.2f} in the free cohort" if free_ratio is not None else ""
    notes = [
        Note(
            "which-decides",
            "lower, upper and p_value of the release take the expected moves as known. deciding_lower, deciding_upper "
            f"and deciding_p carry {carried}{units}: those decide, and those stand in the table.",
        ),
        Note(
            "months-before",
            "The comparison with the months just before the end of the rule is printed since it is often made. It "
            "proves nothing: the rule holds those months down.",
        ),
        Note(
            "shape-alone",
            f"Rates fall with the length of stay also where no rule ends{fall}: the shape says something of a pile-up "
            f"only beside the release, and the regression's contrast ({CONTRAST}) compares the two falls.",
        ),
        Note(
            "bunching-leans",
            "The bunching estimate leans on the polynomial and on one step at the rule's end; it is printed beside the "
            "release, which needs neither.",
        ),
    ]
    if not cohorts.units:
        text = "Chance is counted as if persons moved one by one; families move together. Give unit=."
        notes.append(Note("independent-moves", text, "warning"))
    return tuple(notes)


def _catch_up_notes(catch_up: pl.DataFrame, cohorts: Cohorts, horizon: int) -> tuple[Note, ...]:
    notes = []
    if catch_up["note"].str.starts_with("Undefined").any():
        text = (
            "The catch-up share is undefined: the cohorts' shares moved by the end of the rule differ by less than "
            "two standard errors, so there is no gap to close."
        )
        notes.append(Note("catch-up-undefined", text, "warning"))
    bound, free = censored_before(cohorts, horizon)
    if bound or free:
        text = (
            f"Watching ends before month {horizon} for {bound:.0%} of the bound and {free:.0%} of the free cohort "
            "while they are still there; later months rest on those who arrived first."
        )
        notes.append(Note("censoring", text, "warning"))
    return tuple(notes)


def _design_notes(adjusted: bool) -> tuple[Note, ...]:
    use = "the regression takes the covariates into account" if adjusted else "give covariates= for the regression"
    return (
        Note(
            "composition",
            "The cohorts differ in who they are, and the rule keeps those who would have moved early among those still "
            f"there; observed and expected moves are not adjusted for it ({use}).",
            "warning",
        ),
        Note(
            "calendar-time",
            "The cohorts live through the same months after arrival in different years: the economy and the housing "
            "market differ.",
            "warning",
        ),
        Note(
            "introduction-programme",
            "Under the Danish act of 1998 the rule came with an introduction programme, which the free cohort did not "
            "have: the two cannot be told apart.",
            "warning",
        ),
    )
