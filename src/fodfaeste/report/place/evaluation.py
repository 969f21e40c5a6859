"""What a plan report can show beside the plan: gains, groups, the frontier, near-ties, and how far all of it moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fodfaeste.place.fairness import Fairness
from fodfaeste.place.frontier import Frontier
from fodfaeste.place.gains import Gain
from fodfaeste.place.near_ties import NearTies
from fodfaeste.place.no_harm import Harm
from fodfaeste.place.sensitivity import Sensitivity

Against = Literal["random", "greedy", "observed", "hindsight"]


@dataclass(frozen=True, eq=False)
class Promise:
    """What the plan gains in one outcome over another plan, and how much of such gains is optimism.

    Attributes
    ----------
    outcome : str
        Its name, or `all` for the weighted sum.
    against : {"random", "greedy", "observed", "hindsight"}
    gain : Gain
    null : float or None
        The relative gain that the same method finds where places do nothing (null test).
    truth : float or None
        What is gained in truth, in the units of `gain`: known on simulated registers only.
    truth_baseline : float or None
        What the other plan is worth in truth.
    """

    outcome: str
    against: Against
    gain: Gain
    null: float | None = None
    truth: float | None = None
    truth_baseline: float | None = None

    @property
    def true_share(self) -> float | None:
        """The true gain as a share of what the other plan is worth in truth."""
        return None if self.truth is None or not self.truth_baseline else self.truth / self.truth_baseline

    @property
    def holds(self) -> bool:
        """Whether the interval lies above nothing, and above what the null test finds."""
        return self.gain.relative_lower > max(0.0, self.null or 0.0)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """All that was evaluated of one plan; what is left out is not shown, and the report says so where it matters."""

    promises: tuple[Promise, ...] = ()
    fairness: tuple[Fairness, ...] = ()
    harm: Mapping[Against, Harm] = field(default_factory=dict)
    frontier: Frontier | None = None
    near_ties: NearTies | None = None
    sensitivity: Sensitivity | None = None
    card: Mapping[str, Any] | None = None
