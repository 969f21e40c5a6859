"""Regression of the time to the first move: hazards of one cause (Cox), and of its cumulative incidence (Fine-Gray)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.special import ndtr, ndtri
from scipy.stats import chi2

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, Refused, UnknownName
from fodfaeste.measure.counts import one_level, whole
from fodfaeste.measure.design import Design, design
from fodfaeste.measure.hazards_fit import (
    Likelihood,
    RiskTable,
    Watched,
    Weights,
    clustered,
    inverse,
    maximise,
    risk_table,
    same_as_before,
    score_residuals,
    totals,
    watched,
    weight_residuals,
    weights,
)
from fodfaeste.measure.histories import CAUSES, Histories, Value, histories
from fodfaeste.measure.multiplicity import benjamini_hochberg, holm
from fodfaeste.measure.proportionality import ALL, proportionality
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data, as_frame

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

COX = Method(
    "cause-specific Cox regression, ties by Breslow",
    "Cox (1972), J. R. Stat. Soc. B 34, 187-220; Breslow (1974), Biometrics 30, 89-99; Prentice et al. (1978), "
    "Biometrics 34, 541-554",
)
COX_ROBUST = Method(
    "cause-specific Cox regression, ties by Breslow, cluster-robust",
    f"{COX.reference}; Lin, Wei (1989), J. Am. Stat. Assoc. 84, 1074-1078",
)
FINE_GRAY = Method(
    "Fine-Gray regression, ties by Breslow, sandwich with estimated weights",
    "Fine, Gray (1999), J. Am. Stat. Assoc. 94, 496-509; late entry: Geskus (2011), Biometrics 67, 39-49",
)
FINE_GRAY_ROBUST = Method(
    "Fine-Gray regression, ties by Breslow, cluster-robust with estimated weights",
    f"{FINE_GRAY.reference}; clusters: Zhou et al. (2012), Biostatistics 13, 371-383",
)

# A change of a coefficient at the rule that is real but smaller than this (see `proportionality`) misleads nobody.
LARGE_CHANGE = 0.1
# Below this many clusters the sandwich is too short (Cameron, Gelbach, Miller 2008); below ten events a coefficient the
# estimate leans away from 0 (Peduzzi et al. 1995).
FEW_CLUSTERS = 30
FEW_EVENTS = 10

RULE_VALUES = {"bound", "free"}
TREND = "trend"


@dataclass(frozen=True, eq=False)
class _Study:
    """Persons on their grid of times, their patterns as a matrix, and what was asked."""

    cells: Watched
    clusters: sparse.csr_array | None
    x: Floats
    design: Design
    patterns: pl.DataFrame
    persons: Floats
    causes: tuple[str, ...]
    kept: Weights | None

    def table(self, cause: str) -> RiskTable:
        return risk_table(self.cells, self.code(cause), self.x.shape[0], self.kept)

    def code(self, cause: str) -> int:
        return self.causes.index(cause) + 1


@dataclass(frozen=True, eq=False, kw_only=True)
class HazardModel(Result):
    """A regression of hazards.

    Attributes
    ----------
    cause : str
        The cause whose hazard it is.
    covariance : ndarray of float64, shape (terms, terms)
        Of the estimates in `table`.
    baseline : polars.DataFrame
        One row a time with an event of the cause: time, n (persons at risk; with Fine-Gray those who left for another
        cause count with their weight), events, hazard (increment), cumulative. For the person in `summary["baseline"]`.
    proportionality : polars.DataFrame
        Whether the ratios change with time: one row a test (`trend`, linear in time; and `change at` the rule) and
        covariate, and `(all)`: test, covariate, df, chi2, p_value, p_holm, change.
    """

    cause: str
    covariance: Floats
    baseline: pl.DataFrame
    proportionality: pl.DataFrame
    _study: _Study = field(repr=False)
    _at: Likelihood = field(repr=False)

    def predict_cif(self, patterns: Data, times: ArrayLike) -> pl.DataFrame:
        """Predict the share of persons that have had the event of the cause by some times.

        Fine-Gray: 1 - exp(-cumulative hazard). Cause-specific: the same covariates are fitted to every other cause as
        well, since a person who leaves for another cause can no longer move; within a month causes share in the
        proportion of their hazards, so that shares of all causes and of those who stay add up to 1.

        Parameters
        ----------
        patterns : frame, mapping or path
            One row a pattern, with the covariates of the model.
        times : array_like of float
            Up to the last time watched.

        Returns
        -------
        polars.DataFrame
            One row a pattern and time: the covariates, time, cif (a share of 1). A prediction without an interval: it
            describes the model.

        Raises
        ------
        UnknownName
            If a covariate, or a category of one, is not known.
        BadInput
            If a time is negative, no number, or later than anybody was watched.
        Refused
            If the model of another cause has no finite estimate.

        References
        ----------
        Fine, Gray (1999), section 5; Cheng, Fine, Wei (1998), Biometrics 54, 219-228.
        """
        frame = as_frame(patterns)
        study = self._study
        x = study.design.matrix(frame) - study.design.centre
        at = np.atleast_1d(np.asarray(times, dtype=np.float64))
        _check_times(at, float(study.cells.times[-1]))
        reached = np.searchsorted(study.cells.times, at, side="right")
        shares = self._incidence(x)[reached]
        rows = frame.select(study.design.columns)[np.repeat(np.arange(frame.height), at.size)]
        return rows.with_columns(time=np.tile(at, frame.height), cif=shares.T.ravel())

    def _incidence(self, x: Floats) -> Floats:
        """Share by the number of times passed, shape (times + 1, patterns)."""
        hazard = _hazards(self._at, x)
        if self._study.kept is not None:
            return _padded(1 - np.exp(-np.cumsum(hazard, axis=0)))
        total = hazard + sum(_hazards(at, x) for at in self._other_causes())
        staying = np.exp(-_padded(np.cumsum(total, axis=0)))
        part = np.divide(hazard, total, out=np.zeros_like(hazard), where=total > 0)
        return _padded(np.cumsum((staying[:-1] - staying[1:]) * part, axis=0))

    def _other_causes(self) -> list[Likelihood]:
        study = self._study
        tables = [study.table(cause) for cause in study.causes if cause != self.cause]
        return [maximise(table, study.x, study.design.names)[1] for table in tables if table.events.any()]


def cox_cause(
    data: Data,
    time: str,
    event: str,
    covariates: Sequence[str],
    *,
    cause: str = "moved",
    causes: Mapping[Value, str] | None = None,
    entry: str | None = None,
    robust: str | None = None,
    count: str | None = None,
    level: float = 0.95,
    rule: float = 36,
    rule_column: str | None = None,
    allow_nonproportional: bool = False,
) -> HazardModel:
    """Regress the hazard of one cause: how fast persons with a trait move, of those still there.

    Other causes end the watching. A ratio above 1 does not say that more have moved in the end: where others emigrate,
    fewer are left to move. For that ask `finegray`.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a person, or a cell with its number of persons in `count`.
    time, event : str
        Columns: month of the event or of the end of watching, and what happened (see `histories`).
    covariates : sequence of str
        Text and truth values become categories against the most common one, numbers stay in their units.
    cause : str
        The cause to regress, by the name that `causes` gives it.
    causes : mapping of value to name, optional
        What in `event` is which cause; by default 1 or "moved", 2 or "emigrated", 3 or "dead".
    entry : str, optional
        Column of the month after which a person is watched (left truncation).
    robust : str, optional
        Column of clusters, such as municipalities or households: standard errors allow for persons of a cluster being
        alike. Without it the inverse information.
    count : str, optional
        Column with the number of persons of each row.
    level : float
        Confidence level.
    rule : float
        Month at which a change is looked for: until then a residence rule binds (B0).
    rule_column : str, optional
        The covariate that tells persons under the rule from others. Without it, one with the values bound and free.
    allow_nonproportional : bool
        Give one coefficient for all months although it stands for two; a note says so.

    Returns
    -------
    HazardModel
        `table`: one row a term with term, n, events (persons of the category; all for a number), estimate (log ratio),
        ratio, se, lower, upper (of the estimate), ratio_lower, ratio_upper, level, z, p_value, p_holm, q_bh (over all
        terms), method. `summary`: persons, events, other_causes, censored, patterns, clusters, log_likelihood,
        log_likelihood_null, wald, df, p_value, baseline (the values of the person that `.baseline` describes).

    Raises
    ------
    UnknownName
        If a column or the cause is not there.
    BadInput
        If rows cannot be read (see `histories`), or covariates are constant, depend on each other, or are outcomes.
    NotEnoughPeople
        If nobody has the event.
    Refused
        If a category has no event, or no finite estimate exists; or, unless allowed, if a covariate is the cohort of
        the rule and events lie on both sides of it, or its ratio changes at the rule, beyond chance and by much.

    References
    ----------
    Cox (1972), J. R. Stat. Soc. B 34, 187-220; Breslow (1974), Biometrics 30, 89-99; Prentice et al. (1978), Biometrics
    34, 541-554; clusters: Lin, Wei (1989), J. Am. Stat. Assoc. 84, 1074-1078; proportionality: Grambsch, Therneau
    (1994), Biometrika 81, 515-526.
    """
    asked = _Asked(
        time,
        event,
        _listed(covariates),
        cause,
        causes,
        entry,
        robust,
        count,
        level,
        rule,
        rule_column,
        allow_nonproportional,
    )
    return _model(data, asked.checked(), weighted=False)


def finegray(
    data: Data,
    time: str,
    event: str,
    covariates: Sequence[str],
    *,
    cause: str = "moved",
    causes: Mapping[Value, str] | None = None,
    entry: str | None = None,
    robust: str | None = None,
    count: str | None = None,
    level: float = 0.95,
    rule: float = 36,
    rule_column: str | None = None,
    allow_nonproportional: bool = False,
) -> HazardModel:
    """Regress the cumulative incidence of one cause: how many persons with a trait have moved, of all who came.

    Persons who leave for another cause stay in the risk set with the weight G(t-)/G(T-), G the product limit of
    censoring (times that of late entry). A ratio above 1 says that more have moved by any month; it is no ratio of
    speeds.

    Parameters
    ----------
    data, time, event, covariates, cause, causes, entry, robust, count, level, rule, rule_column, allow_nonproportional
        As in `cox_cause`.

    Returns
    -------
    HazardModel
        As `cox_cause` does. Standard errors are those of the sandwich of Fine and Gray, persons or clusters summed, in
        which the weights are estimated; `cmprsk::crr` has the same where no event ties with a censoring. The robust
        variance of `survival::finegray` with `coxph` takes the weights as known. There is no likelihood to compare.

    Raises
    ------
    UnknownName, BadInput, NotEnoughPeople, Refused
        As `cox_cause` does; Refused also if at some time nobody is watched, so that no weights beyond it exist.

    Notes
    -----
    Events come before censorings of the same month, as in `survival::finegray`.

    References
    ----------
    Fine, Gray (1999), J. Am. Stat. Assoc. 94, 496-509; late entry: Geskus (2011), Biometrics 67, 39-49; clusters:
    Zhou, Fine, Latouche, Labopin (2012), Biostatistics 13, 371-383.
    """
    asked = _Asked(
        time,
        event,
        _listed(covariates),
        cause,
        causes,
        entry,
        robust,
        count,
        level,
        rule,
        rule_column,
        allow_nonproportional,
    )
    return _model(data, asked.checked(), weighted=True)


_METHODS = {(False, False): COX, (False, True): COX_ROBUST, (True, False): FINE_GRAY, (True, True): FINE_GRAY_ROBUST}


@dataclass(frozen=True)
class _Asked:
    """The arguments of a call, checked where they need no data."""

    time: str
    event: str
    covariates: tuple[str, ...]
    cause: str
    causes: Mapping[Value, str] | None
    entry: str | None
    robust: str | None
    count: str | None
    level: float
    rule: float
    rule_column: str | None
    allow_nonproportional: bool

    @property
    def change(self) -> str:
        """Name of the test for a change at the rule."""
        return f"change at {self.rule:g}"

    def checked(self) -> _Asked:
        one_level(self.level)
        if not self.covariates:
            todo = "For shares and rates without covariates ask cif or rates."
            raise BadInput(Problem("no covariates", "at least one column", todo))
        if outcomes := [name for name in self.covariates if name in (self.time, self.event, self.entry, self.count)]:
            todo = "Leave it out of the covariates."
            raise BadInput(
                Problem("an outcome among the covariates", "what was known before", todo, column=outcomes[0])
            )
        if self.rule_column and self.rule_column not in self.covariates:
            raise UnknownName("no covariate", self.rule_column, self.covariates)
        if self.cause not in (known := set((self.causes or CAUSES).values())):
            raise UnknownName("no cause", self.cause, known)
        return self


def _listed(covariates: Sequence[str]) -> tuple[str, ...]:
    return (covariates,) if isinstance(covariates, str) else tuple(dict.fromkeys(covariates))


def _model(data: Data, asked: _Asked, *, weighted: bool) -> HazardModel:
    columns = [*asked.covariates, *([asked.robust] if asked.robust else [])]
    history = histories(
        data, asked.time, asked.event, columns, entry=asked.entry, causes=asked.causes, count=asked.count
    )
    if asked.cause not in history.causes:
        _nobody(asked.cause)
    return _fitted(_study(history, asked, weighted), history, asked)


def _fitted(study: _Study, history: Histories, asked: _Asked) -> HazardModel:
    table = study.table(asked.cause)
    _refuse_without_events(study, table, asked.cause)
    cohorts = _cohorts(study, table, asked)
    start, at = maximise(table, study.x, study.design.names)
    changes = _changes(study, table, at, asked)
    covariance = _covariance(study, table, at, study.code(asked.cause))
    method = _METHODS[study.kept is not None, study.clusters is not None]
    return HazardModel(
        table=_coefficients(study, table, at.beta, covariance, asked.level).with_columns(method=pl.lit(method.name)),
        summary=_summary(study, table, start, at) | _wald(at.beta, covariance, study.clusters),
        notes=(*history.notes, *cohorts, *_change_notes(changes, asked), *_few(study, table)),
        method=method,
        params=provenance(history.data, **vars(asked)),
        cause=asked.cause,
        covariance=covariance,
        baseline=_baseline(study, table, at),
        proportionality=changes,
        _study=study,
        _at=at,
    )


def _nobody(cause: str) -> NoReturn:
    todo = "Check the column of events, or ask for another cause."
    raise NotEnoughPeople(Problem(f"nobody with the event {cause!r}", "at least one person", todo))


# From histories to numbers


def _study(history: Histories, asked: _Asked, weighted: bool) -> _Study:
    columns = history.columns.select(asked.covariates)
    patterns = columns.unique(maintain_order=True)
    number = "".join(asked.covariates) + "#"  # longer than each of their names, so none of them
    numbered = columns.join(
        patterns.with_row_index(number), on=list(asked.covariates), how="left", maintain_order="left"
    )
    pattern = numbered[number].to_numpy().astype(np.intp)
    persons = totals(pattern, history.persons)
    made = design(patterns, asked.covariates, persons)
    # Cells come sorted with the cluster last, so that those that only it tells apart are neighbours.
    cell = same_as_before(history.time, history.entry, history.cause, pattern)
    rows = np.flatnonzero(np.diff(cell, prepend=-1))
    cells = watched(
        history.time[rows], history.entry[rows], history.cause[rows], pattern[rows], totals(cell, history.persons)
    )
    return _Study(
        cells=cells,
        clusters=_clusters(history, cell, asked.robust),
        x=made.matrix(patterns) - made.centre,
        design=made,
        patterns=patterns,
        persons=persons,
        causes=history.causes,
        kept=_kept(cells) if weighted else None,
    )


def _kept(cells: Watched) -> Weights:
    kept = weights(cells)
    if not (kept.weight > 0).all():
        gap = float(cells.times[np.flatnonzero(kept.weight <= 0)[0]])
        raise Refused(
            f"Around {gap:g} nobody stays under watch from before to after, so that no weight says how many of those "
            "who left would still be here. Begin later, or end the watching before."
        )
    return kept


def _clusters(history: Histories, cell: Places, robust: str | None) -> sparse.csr_array | None:
    if robust is None:
        return None
    codes = history.columns[robust].rank("dense").to_numpy().astype(np.intp) - 1
    if not codes.any():
        raise Refused(f"All persons have the same {robust}: from one cluster no variance can be told.")
    return sparse.csr_array((history.persons, (codes, cell)))


def _refuse_without_events(study: _Study, table: RiskTable, cause: str) -> None:
    if not table.events.any():
        _nobody(cause)
    empty = [
        f"{name}={value} ({persons:g} persons)"
        for name in study.design.categories
        for value, persons, events in _by_category(study, table, name).iter_rows()
        if events == 0
    ]
    if empty:
        raise Refused(
            f"Nobody has the event {cause!r} with {', '.join(empty)}, so that no ratio to it is finite. Merge it with "
            "another category, or leave these persons out."
        )


def _by_category(study: _Study, table: RiskTable, name: str) -> pl.DataFrame:
    frame = pl.DataFrame({"value": study.patterns[name], "persons": study.persons, "events": table.events_of})
    return frame.group_by("value", maintain_order=True).agg(pl.col("persons", "events").sum())


# One coefficient for two times


def _cohorts(study: _Study, table: RiskTable, asked: _Asked) -> list[Note]:
    """Refuse one ratio for a rule that ends on the way; a note where it is asked for all the same."""
    named = [name for name in study.design.columns if name == asked.rule_column or _is_cohort(study.design, name)]
    late = study.cells.times > asked.rule
    if not named or not table.events[late].any() or not table.events[~late].any():
        return []
    text = (
        f"{named[0]} tells persons under the residence rule from others, and the rule ends after month {asked.rule:g}: "
        "one ratio mixes the months in which it binds with those after."
    )
    return [_allowed("one-ratio-for-the-rule", text, asked)]


def _is_cohort(made: Design, name: str) -> bool:
    return {str(value).strip().casefold() for value in made.categories.get(name, ())} == RULE_VALUES


def _allowed(code: str, text: str, asked: _Asked) -> Note:
    if asked.allow_nonproportional:
        return Note(code, text, "warning")
    raise Refused(
        f"{text} Ask release_test; or fit the months until {asked.rule:g} (watching ended there) and those after "
        f"(entry at {asked.rule:g}) apart; or say allow_nonproportional=True for a mean over both."
    )


def _changes(study: _Study, table: RiskTable, at: Likelihood, asked: _Asked) -> pl.DataFrame:
    times = study.cells.times
    scales = {TREND: times, asked.change: (times > asked.rule).astype(np.float64)}
    groups = {name: study.design.members(name) for name in study.design.columns}
    return proportionality(table, study.x, at, groups, scales)


def _change_notes(changes: pl.DataFrame, asked: _Asked) -> list[Note]:
    found = changes.filter((pl.col("covariate") != ALL) & (pl.col("p_holm") < 1 - asked.level))
    large = found.filter((pl.col("test") == asked.change) & (pl.col("change") > LARGE_CHANGE))["covariate"].to_list()
    notes = []
    if large:
        text = f"Ratios change at month {asked.rule:g}, where the residence rule ends: {', '.join(large)}."
        notes.append(_allowed("change-at-the-rule", text, asked))
    if other := sorted(set(found["covariate"]) - set(large)):
        text = f"Ratios change with time: {', '.join(other)}. One ratio is a mean over the months; see proportionality."
        notes.append(Note("not-proportional", text, "warning"))
    return notes


# What is told


def _covariance(study: _Study, table: RiskTable, at: Likelihood, code: int) -> Floats:
    if study.kept is None and study.clusters is None:
        return inverse(at.information)
    residuals = score_residuals(study.cells, table, study.x, at, code)
    if study.kept is not None:
        residuals += weight_residuals(study.cells, table, study.x, at, study.kept)
    return clustered(residuals, study.cells.persons, at.information, study.clusters)


def _coefficients(study: _Study, table: RiskTable, beta: Floats, covariance: Floats, level: float) -> pl.DataFrame:
    chosen = np.where([term.value is None for term in study.design.terms], 1.0, study.x)
    se = np.sqrt(np.diag(covariance))
    z = beta / se
    p_value = 2 * ndtr(-np.abs(z))
    reach = ndtri((1 + level) / 2) * se
    return pl.DataFrame(
        {
            "term": study.design.names,
            "n": whole(study.persons @ chosen),
            "events": whole(table.events_of @ chosen),
            "estimate": beta,
            "ratio": np.exp(beta),
            "se": se,
            "lower": beta - reach,
            "upper": beta + reach,
            "ratio_lower": np.exp(beta - reach),
            "ratio_upper": np.exp(beta + reach),
            "level": np.full(beta.size, level),
            "z": z,
            "p_value": p_value,
            "p_holm": holm(p_value),
            "q_bh": benjamini_hochberg(p_value),
        }
    )


def _summary(study: _Study, table: RiskTable, start: Likelihood, at: Likelihood) -> dict[str, Any]:
    cells = study.cells
    persons, events = int(cells.persons.sum()), int(table.events.sum())
    censored = int(cells.persons[cells.cause == 0].sum())
    counted = {"persons": persons, "events": events, "other_causes": persons - events - censored, "censored": censored}
    # The weighted sum of Fine and Gray is maximised like a likelihood, but is none.
    likelihoods = {"log_likelihood": at.value, "log_likelihood_null": start.value} if study.kept is None else {}
    return counted | {"patterns": study.x.shape[0], "baseline": study.design.baseline} | likelihoods


def _wald(beta: Floats, covariance: Floats, clusters: sparse.csr_array | None) -> dict[str, Any]:
    """Test all terms together; the sums of a few clusters span no more than these."""
    many = {} if clusters is None else {"clusters": clusters.shape[0]}
    if clusters is not None and clusters.shape[0] <= beta.size:
        return many | {"wald": None, "df": beta.size, "p_value": None}
    wald = float(beta @ inverse(covariance) @ beta)
    return many | {"wald": wald, "df": beta.size, "p_value": float(chi2.sf(wald, beta.size))}


def _few(study: _Study, table: RiskTable) -> list[Note]:
    notes, terms = [], len(study.design.terms)
    if (events := int(table.events.sum())) < FEW_EVENTS * terms:
        text = f"{events} events for {terms} terms: below {FEW_EVENTS} a term, estimates lie too far from 0."
        notes.append(Note("few-events", text, "warning"))
    if study.clusters is not None and (many := study.clusters.shape[0]) < FEW_CLUSTERS:
        text = f"{many} clusters: below {FEW_CLUSTERS}, cluster-robust intervals are too short."
        notes.append(Note("few-clusters", text, "warning"))
    return notes


def _baseline(study: _Study, table: RiskTable, at: Likelihood) -> pl.DataFrame:
    happened = table.events > 0
    hazard = at.baseline[happened]
    at_risk = table.summed(np.ones((study.x.shape[0], 1)))[happened, 0]
    return pl.DataFrame(
        {
            "time": study.cells.times[happened],
            "n": at_risk,
            "events": whole(table.events[happened]),
            "hazard": hazard,
            "cumulative": np.cumsum(hazard),
        }
    )


def _hazards(at: Likelihood, x: Floats) -> Floats:
    """Increments of the cumulative hazard, shape (times, patterns)."""
    return at.increments[:, None] * np.exp(x @ at.beta - at.shift)


def _padded(values: Floats) -> Floats:
    return np.vstack([np.zeros(values.shape[1]), values])


def _check_times(times: Floats, last: float) -> None:
    if (bad := times[~((times >= 0) & (times <= last))]).size:
        todo = "Beyond that nobody was watched, and the model says nothing."
        raise BadInput(Problem(f"the time {bad[0]:g}", f"a number from 0 to {last:g}", todo))
