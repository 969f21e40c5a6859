"""Draws what a plan promises, what it is told to gain, and what it truly gains, as forecasts get worse: simulated.

python docs/figures honest_gains
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from fodfaeste.place import Problem, solve
from fodfaeste.place.gains import Gain, expected_gain
from fodfaeste.report.document import Chart, Figure
from fodfaeste.report.render import INK, svg

HOUSEHOLDS, PLACES, WORLDS, DRAWS = 60, 6, 12, 100
SPREAD = 0.1
"""How much places truly differ for a household: the standard deviation of its chances."""
ERRORS = (0.02, 0.05, 0.1, 0.15, 0.2)
KINDS = {"promised": "#b3541e", "told": "#0b4f6c", "true": INK}

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Posterior:
    """Where the truth may lie, given what was seen: normal round a shrunken mean."""

    mean: Array
    sd: float
    count: int
    seed: int

    def outcomes(self, draw: int) -> Mapping[str, Array]:
        """Draw once."""
        rng = np.random.default_rng([self.seed, draw])
        return {"work": self.mean + self.sd * rng.standard_normal(self.mean.shape)}


def world(seed: int, error: float) -> tuple[Gain, float]:
    """Make one world, place by what is seen, and give the gain told and the true one over places dealt out in turn."""
    rng = np.random.default_rng(seed)
    truth = 0.5 + SPREAD * rng.standard_normal((HOUSEHOLDS, PLACES))
    seen = truth + error * rng.standard_normal(truth.shape)
    trust = SPREAD**2 / (SPREAD**2 + error**2)
    problem = Problem(
        households=tuple(map(str, range(HOUSEHOLDS))),
        places=tuple(map(str, range(PLACES))),
        sizes=np.ones(HOUSEHOLDS, int),
        capacity=np.full(PLACES, HOUSEHOLDS // PLACES + 1),
        outcomes={"work": seen},
    )
    plan = solve(problem)
    dealt = np.arange(HOUSEHOLDS) % PLACES
    posterior = Posterior(0.5 + trust * (seen - 0.5), SPREAD * float(np.sqrt(1 - trust)), DRAWS, seed)
    rows = np.arange(HOUSEHOLDS)
    return expected_gain(plan, dealt, posterior), float((truth[rows, plan.place] - truth[rows, dealt]).sum())


def rows() -> Iterator[dict[str, Any]]:
    """Give a mark a kind of figure and size of error: the mean over worlds, per 100 households."""
    for error in ERRORS:
        found = [world(seed, error) for seed in range(WORLDS)]
        told = {
            "promised": [gain.naive for gain, _ in found],
            "told": [gain.gain for gain, _ in found],
            "true": [true for _, true in found],
        }
        for kind, figures in told.items():
            yield {"error": error, "kind": kind, "gain": round(float(np.mean(figures)) / HOUSEHOLDS * 100, 3)}


def chart(marks: list[dict[str, Any]]) -> Chart:
    """Draw a line a kind."""
    base = alt.Chart(alt.InlineData(values=marks)).encode(
        x=alt.X("error:Q", title="standard error of a forecast", axis=alt.Axis(format=".2f", values=list(ERRORS))),
        y=alt.Y("gain:Q", title="more at work, per 100 households", scale=alt.Scale(zero=True)),
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=list(KINDS), range=list(KINDS.values())),
            legend=alt.Legend(title=None, orient="top"),
        ),
    )
    drawn: Chart = alt.layer(base.mark_line(), base.mark_point(filled=True, opacity=1)).properties(
        width=480, height=220
    )
    return drawn


def draw(out: Path) -> Path:
    """Write `honest-gains.svg` into the folder `out`."""
    marks = list(rows())
    at = {(mark["error"], mark["kind"]): mark["gain"] for mark in marks}
    worst = ", ".join(f"{kind} {at[ERRORS[-1], kind]:.1f}" for kind in KINDS)
    said = (
        f"Three lines of the gain per 100 households against the error of forecasts from {ERRORS[0]} to {ERRORS[-1]}. "
        f"Promised rises with the error, told falls with the true one. At {ERRORS[-1]}: {worst}."
    )
    under = f"Simulated: {WORLDS} worlds of {HOUSEHOLDS} households and {PLACES} places for each error."
    figure = Figure("honest-gains", "What a plan promises and what it gains", chart(marks), said, under)
    path = out / "honest-gains.svg"
    path.write_text(svg(figure, "en") + "\n", encoding="utf-8")
    return path
