"""Funnel plots: which units lie further from a common target than chance, or the usual spread, would put them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from fodfaeste.errors import BadInput, Problem, Refused, UnknownName
from fodfaeste.measure.counts import counts, whole
from fodfaeste.measure.intervals import few_note, normal_quantile
from fodfaeste.measure.multiplicity import benjamini_hochberg, holm
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data
from fodfaeste.values import Good

if TYPE_CHECKING:
    import altair as alt

Array = NDArray[np.float64]

Adjust = Literal["additive", "multiplicative", "none"]
Transform = Literal["identity", "arcsine"]
LimitKind = Literal["exact", "normal", "predictive"]

MUCH_OVERDISPERSED = 10.0
"""Above this phi a common target is no sensible null."""


@dataclass(frozen=True)
class Curve:
    """Where the limit of a tail lies for any number of persons.

    `phi` (at least 1) widens the standard error by its root, `tau2` is added to its square; both on the scale of
    `transform`. `predictive` holds alpha and beta of a beta-binomial.
    """

    target: float
    kind: LimitKind
    transform: Transform = "identity"
    phi: float = 1.0
    tau2: float = 0.0
    predictive: tuple[float, float] | None = None

    def at(self, n: Array, tail: float) -> Array:
        """Give the limit (a share of 1) that a probability of `tail` lies below, for each of `n` persons."""
        if self.predictive is not None:
            return _beta_binomial_limit(n, tail, *self.predictive)
        limit = self._exact(n, tail) if self.kind == "exact" else self._normal(n, tail)
        # Interpolation can put an upper limit below the target where n times the target is far below one event.
        return np.clip(limit, *((0.0, self.target) if tail < 0.5 else (self.target, 1.0)))

    def _exact(self, n: Array, tail: float) -> Array:
        quantile = stats.binom.ppf(tail, n, self.target)
        below = stats.binom.cdf(quantile, n, self.target) - tail
        limit: Array = (quantile - below / stats.binom.pmf(quantile, n, self.target)) / n
        return limit

    def _normal(self, n: Array, tail: float) -> Array:
        middle = _scaled(np.asarray(self.target), self.transform)
        limit = middle + normal_quantile(tail) * self.spread(n)
        if self.transform == "arcsine":
            return np.asarray(np.sin(np.clip(limit, 0, np.pi / 2)) ** 2)
        return np.asarray(limit)

    def spread(self, n: Array) -> Array:
        """Give the adjusted standard error for each of `n` persons, on the scale of `transform`."""
        return np.sqrt(standard_error(self.target, n, self.transform) ** 2 * self.phi + self.tau2)


@dataclass(frozen=True, eq=False, kw_only=True)
class FunnelResult(Result):
    """Units against a common target.

    Attributes
    ----------
    target : float
        Share of 1.
    phi : float
        Mean of the squared winsorised z: under chance alone some 0.68 with a tenth trimmed at each end, 1 untrimmed.
    tau2 : float
        Variance between units beyond chance, on the scale of the transform.
    tails : tuple of float
        Lower tails of the limits, widest limit first.
    curve : Curve
        What the limits are computed from.
    """

    target: float
    phi: float
    tau2: float
    tails: tuple[float, ...]
    curve: Curve

    @property
    def units(self) -> pl.DataFrame:
        """The table: one row a unit."""
        return self.table

    def limits(self, grid: ArrayLike | None = None) -> pl.DataFrame:
        """Compute the limits to draw.

        Parameters
        ----------
        grid : array_like of int, optional
            Numbers of persons, at least 1; by default some 200 between the smallest and the largest unit.

        Returns
        -------
        polars.DataFrame
            One row a tail and number of persons: n, tail (lower and upper tails, ascending), limit (a share of 1).
        """
        people = self._grid() if grid is None else np.atleast_1d(np.asarray(grid, np.float64))
        wrong = np.flatnonzero(~((people >= 1) & (people == np.floor(people))))
        if wrong.size:
            found = f"{people[wrong[0]]:g} persons in the grid"
            raise BadInput(Problem(found, "whole numbers from 1", "Leave the others out."))
        tails = sorted([*self.tails, *(1 - tail for tail in self.tails)])
        return pl.DataFrame(
            {
                "n": whole(np.tile(people, len(tails))),
                "tail": np.repeat(tails, people.size),
                "limit": np.concatenate([self.curve.at(people, tail) for tail in tails]),
            }
        )

    def _grid(self) -> Array:
        people = self.table["n"].to_numpy()
        return np.unique(np.geomspace(people.min(), people.max(), 200).round())

    def plot(self) -> alt.LayerChart | alt.FacetChart:
        """Draw the funnel: rates against persons, the target and the limits."""
        import altair as alt

        lines = self.limits().with_columns(
            limits=pl.col("tail").map_elements(
                lambda tail: f"{_percent(min(tail, 1 - tail))} %", return_dtype=pl.String
            ),
        )
        share = alt.Y("limit:Q", title="rate").axis(format="%")
        curves = alt.Chart(lines).mark_line().encode(x="n:Q", y=share, detail="tail:N", strokeDash="limits:N")
        middle = (
            alt.Chart(pl.DataFrame({"target": [self.target]})).mark_rule().encode(y=alt.Y("target:Q", title="rate"))
        )
        points = (
            alt.Chart(self.table)
            .mark_point(filled=True)
            .encode(x="n:Q", y="rate:Q", color="flag:N", tooltip=["unit", "n", "events", "rate", "z", "flag"])
        )
        return alt.layer(curves, middle, points)


def funnel(
    data: Data,
    events: str,
    n: str,
    unit: str,
    *,
    good: Good,
    target: float | Literal["pooled"] = "pooled",
    tails: Sequence[float] = (0.001, 0.025),
    adjust: Adjust = "additive",
    trim: float = 0.10,
    transform: Transform = "identity",
    limits: Literal["auto", "exact", "normal"] = "auto",
    predictive: tuple[float, float] | None = None,
    selected: bool = False,
    min_n: int = 5,
) -> FunnelResult:
    """Compare each unit's rate with a common target, given how many persons it has.

    Parameters
    ----------
    data : frame, mapping or path
        One row a unit.
    events, n, unit : str
        Columns: whole numbers of persons, 0 <= events <= n, and names.
    good : {"low", "high"}
        Which way is good: low for out-migration, high for employment.
    target : float or "pooled"
        A share between 0 and 1, or all events over all persons.
    tails : sequence of float, default (0.001, 0.025)
        Tails of the limits; 0.025 and 0.975 both mean the pair of 95 % limits.
    adjust : {"additive", "multiplicative", "none"}
        How the limits are widened for variation beyond chance.
    trim : float, default 0.10
        Share of the z values winsorised at each end before phi is computed; from 0 to below 0.5.
    transform : {"identity", "arcsine"}
        Scale of z, phi and the normal limits.
    limits : {"auto", "exact", "normal"}
        Exact binomial limits allow for chance alone, so they need ``adjust="none"`` and no transform; auto takes them
        then, and normal ones otherwise.
    predictive : tuple of float, optional
        alpha and beta of a beta-binomial, as `shrink` fits them: its quantiles are the limits then.
    selected : bool, default False
        Whether the units were picked by their outcome, like the top and bottom of a list.
    min_n : int, default 5
        Units of fewer persons than this are kept, with a note.

    Returns
    -------
    FunnelResult
        `table` (also `units`): one row a unit with unit, n, events, rate, se, z, z_adjusted, p_value (exact binomial,
        twice the smaller tail), p_holm, q_bh, then for each level, say 95, lower_95, upper_95 and flag_95; flag (the
        widest limits it lies outside of), direction ("better" or "worse" by `good`, "" inside) and note.
        `limits(grid)`, `phi`, `tau2`, `target`, `plot()`.

    Raises
    ------
    BadInput, NotEnoughPeople
        As `counts` does, and for a target, tail or trim out of range.
    UnknownName
        For an unknown option.
    Refused
        If exact limits are asked for together with an adjustment or a transform.

    Notes
    -----
    Exact limits are interpolated so that the curves are smooth: a unit lies below the lower one when P(X <= x) is
    below the tail, and above the upper one when P(X > x) is. The exact p counts x itself at both ends, so a unit on
    the upper edge can lie outside although its p is above the level; a note names such units.

    References
    ----------
    Spiegelhalter (2005), Stat. Med. 24, 1185-1202; additive variance: DerSimonian, Laird (1986), Control. Clin.
    Trials 7, 177-188.
    """
    for what, given, known in (
        ("direction good =", good, ("low", "high")),
        ("adjustment", adjust, ("additive", "multiplicative", "none")),
        ("transform", transform, ("identity", "arcsine")),
        ("limits", limits, ("auto", "exact", "normal")),
    ):
        if given not in known:
            raise UnknownName(f"no {what}", str(given), known)
    lower_tails = _lower_tails(tails)
    if not 0 <= trim < 0.5:
        raise BadInput(Problem(f"trim = {trim!r}", "a share from 0 to below 0.5", "Write 0.10 for a tenth each end."))
    kind = _limit_kind(limits, adjust, transform, predictive)

    checked = counts(data, events, n, unit)
    centre = _target(target, checked.events, checked.n)
    se = standard_error(centre, checked.n, transform)
    distance = _scaled(checked.rate, transform) - _scaled(np.asarray(centre), transform)
    # Only a pooled target can be 0 or 1, and then every unit lies on it.
    z = np.divide(distance, se, out=np.zeros_like(se), where=se > 0)
    phi = overdispersion(z, trim)
    tau2 = between_variance(se, phi)
    curve = Curve(
        centre,
        kind,
        transform,
        phi=max(1.0, phi) if adjust == "multiplicative" else 1.0,
        tau2=tau2 if adjust == "additive" else 0.0,
        predictive=predictive,
    )
    spread = curve.spread(checked.n)
    p = exact_p(checked.events, checked.n, centre)
    few = checked.n < min_n

    per_level: dict[str, object] = {}
    flag = np.full(len(checked.unit), "inside", dtype=object)
    for tail in reversed(lower_tails):
        name = _percent(tail)
        lower, upper = curve.at(checked.n, tail), curve.at(checked.n, 1 - tail)
        outside = (checked.rate < lower) | (checked.rate > upper)
        flag[outside] = f"outside {name}"
        per_level |= {
            f"lower_{name}": lower,
            f"upper_{name}": upper,
            f"flag_{name}": np.where(outside, f"outside {name}", "inside"),
        }
    better = (checked.rate < centre) == (good == "low")
    table = pl.DataFrame(
        {
            **checked.columns(),
            "se": se,
            "z": z,
            "z_adjusted": np.divide(distance, spread, out=np.zeros_like(se), where=spread > 0),
            "p_value": p,
            "p_holm": holm(p),
            "q_bh": benjamini_hochberg(p),
            **per_level,
            "flag": flag.tolist(),
            "direction": np.where(flag == "inside", "", np.where(better, "better", "worse")),
            "note": np.where(few, f"n is below {min_n}", ""),
        }
    )
    return FunnelResult(
        table=table,
        summary={
            "units": len(checked.unit),
            "rows_in": checked.rows_in,
            "target": centre,
            "phi": phi,
            "tau2": tau2,
            **{
                f"outside_{_percent(tail)}": int((table[f"flag_{_percent(tail)}"] != "inside").sum())
                for tail in lower_tails
            },
        },
        notes=checked.notes
        + few_note(few, min_n)
        + _notes(
            table,
            lower_tails,
            kind=kind,
            phi=phi,
            adjust=adjust,
            selected=selected,
            pooled=target == "pooled",
        ),
        method=_method(kind, adjust, transform),
        params=provenance(
            checked.data,
            events=events,
            n=n,
            unit=unit,
            good=good,
            target=target,
            tails=list(lower_tails),
            adjust=adjust,
            trim=trim,
            transform=transform,
            limits=kind,
            predictive=None if predictive is None else list(predictive),
            selected=selected,
            min_n=min_n,
        ),
        target=centre,
        phi=phi,
        tau2=tau2,
        tails=lower_tails,
        curve=curve,
    )


def standard_error(target: float, n: Array, transform: Transform = "identity") -> Array:
    """Give the standard error of a rate under the target, on the scale of `transform`, for each of `n` persons."""
    if transform == "arcsine":
        return np.asarray(1 / (2 * np.sqrt(n)))
    return np.sqrt(target * (1 - target) / n)


def overdispersion(z: Array, trim: float = 0.10) -> float:
    """Estimate phi: the mean of the squares of z, winsorised at the quantiles `trim` and 1 - `trim` (type 7).

    References
    ----------
    Spiegelhalter (2005), Stat. Med. 24, 1185-1202.
    """
    return float(np.mean(np.clip(z, *np.quantile(z, [trim, 1 - trim])) ** 2))


def between_variance(se: Array, phi: float) -> float:
    """Estimate tau2, the variance between units beyond chance, from the standard errors and phi; at least 0.

    One unit, or standard errors of 0, tell nothing about it: 0.

    References
    ----------
    DerSimonian, Laird (1986), Control. Clin. Trials 7, 177-188.
    """
    units = se.size
    if units < 2 or not se.all():
        return 0.0
    weight = 1 / se**2
    return float(max(0.0, (units * phi - (units - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())))


def exact_p(events: Array, n: Array, target: float) -> Array:
    """Give the exact binomial p value of each unit against the target: twice the smaller tail, at most 1."""
    smaller = np.minimum(stats.binom.cdf(events, n, target), stats.binom.sf(events - 1, n, target))
    return np.asarray(np.minimum(1.0, 2 * smaller))


def _scaled(share: Array, transform: Transform) -> Array:
    return np.arcsin(np.sqrt(share)) if transform == "arcsine" else share


def _beta_binomial_limit(n: Array, tail: float, alpha: float, beta: float) -> Array:
    """Give r / n with r the smallest count whose cumulative probability reaches `tail`."""
    sizes, back = np.unique(n, return_inverse=True)
    counted = np.array([_beta_binomial_quantile(int(size), tail, alpha, beta) for size in sizes], np.float64)
    return (counted / sizes)[back]


def _beta_binomial_quantile(n: int, tail: float, alpha: float, beta: float) -> int:
    x = np.arange(n + 1)
    log_choose = -np.log(n + 1) - special.betaln(x + 1, n - x + 1)
    cumulative = np.cumsum(np.exp(log_choose + special.betaln(x + alpha, n - x + beta) - special.betaln(alpha, beta)))
    # The sum ends a rounding error away from 1, which must not push a tail near 1 beyond n.
    return min(int(np.searchsorted(cumulative, tail)), n)


def _lower_tails(tails: Sequence[float]) -> tuple[float, ...]:
    asked = tuple(tails)
    for tail in asked:
        if not (0 < tail < 1) or tail == 0.5:
            raise BadInput(Problem(f"the tail {tail!r}", "a share between 0 and 0.5", "Write 0.025 for 95 % limits."))
    if not asked:
        raise BadInput(Problem("no tail", "at least one", "Write tails=(0.025,)."))
    # 0.975 and 0.025 are the two ends of one pair of limits; 1 - 0.975 is 0.025 only up to rounding.
    return tuple(sorted({round(min(tail, 1 - tail), 12) for tail in asked}))


def _limit_kind(limits: str, adjust: Adjust, transform: Transform, predictive: tuple[float, float] | None) -> LimitKind:
    chance_alone = adjust == "none" and transform == "identity"
    if predictive is not None:
        if limits != "auto":
            raise Refused(f"Predictive limits and {limits} limits cannot both be drawn. Leave one of the two out.")
        if not all(0 < one < np.inf for one in predictive):
            found, todo = f"predictive = {predictive!r}", "Without variation beyond chance, ask for limits='exact'."
            raise BadInput(Problem(found, "finite alpha and beta above 0", todo))
        return "predictive"
    if limits == "exact" and not chance_alone:
        raise Refused(
            "Exact limits allow for chance alone, so they cannot be adjusted or transformed. "
            "Ask for adjust='none' and transform='identity', or for limits='normal'."
        )
    return "exact" if limits == "exact" or (limits == "auto" and chance_alone) else "normal"


def _target(target: float | str, events: Array, n: Array) -> float:
    if isinstance(target, str):
        if target != "pooled":
            raise UnknownName("no target", target, ["pooled"])
        return float(events.sum() / n.sum())
    if not 0 < target < 1:
        raise BadInput(Problem(f"target = {target!r}", "a share between 0 and 1", "Write 0.62 for 62 per cent."))
    return float(target)


def _percent(tail: float) -> str:
    return f"{100 * (1 - 2 * tail):.10g}"


_KINDS = {"exact": "exact binomial limits", "normal": "normal limits", "predictive": "beta-binomial limits"}


def _method(kind: LimitKind, adjust: Adjust, transform: Transform) -> Method:
    widened = "" if adjust == "none" or kind == "predictive" else f", {adjust} adjustment"
    scale = ", arcsine scale" if transform == "arcsine" else ""
    reference = "Spiegelhalter 2005, Stat. Med. 24, 1185-1202"
    if kind == "predictive":
        reference += "; Griffiths 1973, Biometrics 29, 637-648"
    if widened and adjust == "additive":
        reference += "; DerSimonian, Laird 1986, Control. Clin. Trials 7, 177-188"
    return Method(f"funnel, {_KINDS[kind]}{widened}{scale}", reference)


def _notes(
    table: pl.DataFrame,
    tails: tuple[float, ...],
    *,
    kind: LimitKind,
    phi: float,
    adjust: Adjust,
    selected: bool,
    pooled: bool,
) -> tuple[Note, ...]:
    nearest = tails[-1]
    notes = [
        Note(
            "multiplicity",
            f"{table.height} units are looked at together: some {2 * nearest * table.height:.1f} of them would lie "
            f"outside the {_percent(nearest)} % limits even if nothing set them apart. p_holm and q_bh count them all.",
        )
    ]
    if (table["z"] == 0).all():
        notes.append(Note("no-variation", "Every unit lies on the target: nothing tells them apart.", "warning"))
    if phi > MUCH_OVERDISPERSED:
        limits = "limits with tau" if adjust == "additive" else "widened limits"
        text = f"a common target is not a sensible null, and {limits} describe spread, not suspicion"
        notes.append(Note("overdispersed", f"phi is {phi:.1f}: {text}.", "warning"))
    if selected:
        estimates = "phi, tau2, the limits made from them" + (", and the pooled target" if pooled else "")
        text = f"The units were selected on their outcome: {estimates} are not estimates for all units."
        notes.append(Note("selected", text, "warning"))
    if kind == "exact":
        notes += _edge_notes(table, tails)
    return tuple(notes)


def _edge_notes(table: pl.DataFrame, tails: tuple[float, ...]) -> list[Note]:
    notes = []
    for tail in tails:
        name = _percent(tail)
        edge = table.filter((pl.col(f"flag_{name}") != "inside") & (pl.col("p_value") > 2 * tail))["unit"].to_list()
        if edge:
            text = f"outside the interpolated {name} % limits, but with an exact p above {2 * tail:g}"
            notes.append(Note("on-the-edge", f"{', '.join(edge)}: {text}."))
    return notes
