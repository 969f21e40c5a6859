"""The online study: how much of what hindsight could reach is reached while households come, in many random orders.

    python -m benchmarks.place.study              20 orders of each case (about 20 minutes of one core)
    python -m benchmarks.place.study 3            3 orders

Writes `online-study.json` and `.md` into `benchmarks/results`; `docs/figures/online_study.py` draws the figure from it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.place.years import Mix, Places, two_years, with_room
from fodfaeste.cli.demo import place_a_year as demonstration
from fodfaeste.data import synthetic
from fodfaeste.place import Goal, Problem, solve
from fodfaeste.place.online import ArrivalModel, place_online
from fodfaeste.place.outcomes.training import train

RESULTS = Path(__file__).parents[1] / "results"
NAME = "online-study"
RULES = {"greedy": "greedy", "potentials": "published potentials", "prices": "ours"}
SEED = 2002
ORDERS = 20
REGISTER_ORDERS, ONE_BY_ONE = 10, 2
"""Orders of the synthetic register, and of it one by one: the published potentials take long there."""
REGISTER_ROOM = demonstration.SLACK
GOAL = Goal(unplaced=0.0)


@dataclass(frozen=True)
class Case:
    """What is varied; the year is of 329 households, the other of 499."""

    room: float = 1.0
    batch: int = 1
    other: str = "another year"
    numbers: float | None = None
    register: bool = False

    def __str__(self) -> str:
        if self.register:
            return f"a year of the synthetic register, room {self.room:g}, batches of {self.batch}"
        off = f", number off by {self.numbers - 1:+.0%}" if self.numbers else ""
        return f"room {self.room:g}, batches of {self.batch}, {self.other}{off}"


CASES = (
    Case(1.0),
    Case(1.05),
    Case(1.1),
    Case(1.1, batch=7),
    Case(1.1, batch=30),
    Case(1.1, other="another year of a shifted mix"),
    Case(1.1, numbers=0.6),
    Case(1.1, numbers=1.4),
    Case(REGISTER_ROOM, register=True),
    Case(REGISTER_ROOM, batch=7, register=True),
    Case(REGISTER_ROOM, batch=30, register=True),
)


def problems(case: Case) -> tuple[Problem, ArrivalModel]:
    """Make the year to place and what is known of it."""
    if case.register:
        return of_register()
    shift = 1.0 if "shifted" in case.other else 0.1
    places, year, other = two_years(SEED, Mix(329), Mix(499, singles=0.5, shift=shift))
    room: Places = places
    announced = None if case.numbers is None else case.numbers * float(year.persons.sum())
    model = ArrivalModel((with_room(other, room, case.room),), persons=announced)
    return with_room(year, room, case.room), model


@cache
def of_register() -> tuple[Problem, ArrivalModel]:
    """Make the year that the demonstration places: refugees of 2004 in central Jutland, by what was known before."""
    with tempfile.TemporaryDirectory() as room:
        everything = demonstration.read(synthetic.build(1, 1.0, Path(room) / "register"))
    known = demonstration.as_known_on(everything, demonstration.TRAINED_UNTIL)
    outcomes = (demonstration.WORK, demonstration.STAYING)
    model = train(known, outcomes, kinds=("glm",), folds=demonstration.FOLDS, seed=1)
    before, year = demonstration.years(everything, known, model)
    return year.problem, ArrivalModel((before.problem,))


def rows(case: Case, orders: int) -> Iterator[dict[str, Any]]:
    """Run each rule in every order: what it reached of what was possible in hindsight."""
    year, model = problems(case)
    if case.register:
        orders = min(orders, ONE_BY_ONE if case.batch == 1 else REGISTER_ORDERS)
    bound = solve(year, GOAL, gap=1e-4).certificate.bound
    for rule, name in RULES.items():
        plans, seconds = [], []
        for seed in range(orders):
            began = time.process_time()
            plans.append(
                place_online(year, GOAL, arrivals=model, batch=case.batch, order="shuffled", rule=rule, seed=seed)
            )
            seconds.append(time.process_time() - began)
        reached = np.array([plan.certificate.value for plan in plans]) / bound
        placed = np.array([plan.certificate.persons_placed / plan.certificate.persons for plan in plans])
        yield {
            "case": str(case),
            **asdict(case),
            "rule": name,
            "orders": orders,
            "least": float(reached.min()),
            "median": float(np.median(reached)),
            "most": float(reached.max()),
            "persons_placed": float(np.median(placed)),
            "cpu_seconds": float(np.median(seconds)),
        }


def table(found: list[dict[str, Any]]) -> str:
    """Write the rows as Markdown."""
    lines = ["| case | rule | least | median | most | persons placed | CPU s a year |", "|---|---|---|---|---|---|---|"]
    for row in found:
        figures = (f"{row[name]:.2%}" for name in ("least", "median", "most", "persons_placed"))
        lines.append(f"| {row['case']} | {row['rule']} | {' | '.join(figures)} | {row['cpu_seconds']:.1f} |")
    return "\n".join(lines) + "\n"


def told(found: list[dict[str, Any]]) -> str:
    """Write the page of results."""
    orders = found[0]["orders"]
    return (
        f"# Placing as households come, against hindsight\n\nA made-up year of 329 households and 20 places, {orders} "
        "random orders a case; per cent of the bound that hindsight proves (nobody has to be placed: the plain sum of "
        f"scores).\n\n{table(found)}"
    )


def main(orders: int = ORDERS) -> None:
    """Run all cases and write what was found, after each."""
    found: list[dict[str, Any]] = []
    for case in CASES:
        for row in rows(case, orders):
            found.append(row)
            print(f"{row['case']}, {row['rule']}: {row['least']:.2%} {row['median']:.2%} {row['most']:.2%}", flush=True)
        (RESULTS / f"{NAME}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        (RESULTS / f"{NAME}.md").write_text(told(found), encoding="utf-8")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
