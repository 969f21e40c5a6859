"""`fodfaeste place frontier`, `fairness` and `sensitivity`: what a plan costs, whom it serves, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fodfaeste.cli._output import progress, say_json
from fodfaeste.cli.place._evaluated import say_result, write_result
from fodfaeste.cli.place._options import AsJson, Dir, PlanDir, Seed

Into = Annotated[Path | None, typer.Option("--out", "-o", help="A folder to write the tables and a JSON file into.")]
Gap = Annotated[float, typer.Option(help="How far below the bound each plan may stay, as a share.", min=0.0)]

FRONTIER = ("plan", "weight_first", "first", "second", "first_mean", "second_mean", "wishes_met", "persons_placed")
GROUPS = ("value", "outcome", "households", "achieved", "random", "alone", "gain", "gain_lower", "gain_upper")
SCENARIOS = ("scenario", "name", "moved", "value", "regret", "regret_share", "gain", "gain_kept")


def frontier(
    source: Dir,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write frontier.csv and frontier.json into.")],
    *,
    first: Annotated[str, typer.Option(help="An outcome, or wishes.")] = "work",
    second: Annotated[str, typer.Option(help="The outcome to weigh it against.")] = "staying",
    points: Annotated[int, typer.Option(help="How many plans to solve at most.", min=2)] = 20,
    gap: Gap = 1e-3,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Show what more of one outcome costs of another: plans along the weights, none worse in both than another."""
    from fodfaeste.place.folder import read_problem
    from fodfaeste.place.frontier import frontier as drawn

    with progress() as show:
        found = drawn(read_problem(source), first, second, points=points, gap=gap, seed=seed, progress=show)
    write_result(out, "frontier", found.to_dict(), {"frontier": found.table})
    if as_json:
        say_json(found.to_dict())
        return
    said = f"first is {first}, second is {second}; {found.left_out} of {points} plans left out or not needed."
    say_result(found.table.select(FRONTIER), found.notes, said)


def fairness(
    plan: PlanDir,
    *,
    group: Annotated[str, typer.Option(help="The group column to compare by.")],
    before: Annotated[Path | None, typer.Option(help="The plan that was, or what was really done, as a plan.")] = None,
    random_draws: Annotated[int, typer.Option(help="Random feasible placements to compare with.", min=1)] = 500,
    seed: Seed = 0,
    out: Into = None,
    as_json: AsJson = False,
) -> None:
    """Compare what groups get by a plan with chance and with what they would get alone; envy, wishes, burden.

    Groups of fewer than ten households are shown together. households.csv, written with --out, is for the officer and
    not for publication.
    """
    from fodfaeste.place.fairness import fairness as compared
    from fodfaeste.place.folder import read_plan

    earlier = None if before is None else read_plan(before)
    found = compared(read_plan(plan), group, random_draws=random_draws, seed=seed, before=earlier)
    if out is not None:
        names = ("groups", "wishes", "envy", "places", "households")
        write_result(out, "fairness", found.to_dict(), {name: getattr(found, name) for name in names})
    if as_json:
        say_json(found.to_dict())
        return
    say_result(found.groups.select(GROUPS), ())
    said = f"{found.below_random:.1%} of the households get less than their own mean over random placements."
    say_result(found.envy.join(found.wishes.drop("households"), on="value"), found.notes, said)


def sensitivity(
    plan: PlanDir,
    *,
    noise: Annotated[
        float, typer.Option(help="Error of outcomes without standard deviations, as a share of their spread.", min=0.0)
    ] = 0.1,
    repeats: Annotated[int, typer.Option(help="How many times noise is drawn.", min=1)] = 10,
    group: Annotated[str | None, typer.Option(help="The group column whose forecasts are biased.")] = None,
    gap: Gap = 1e-3,
    seed: Seed = 0,
    out: Into = None,
    as_json: AsJson = False,
) -> None:
    """Show what becomes of a plan and its gain if the models are off in stated ways."""
    from fodfaeste.place.folder import read_plan
    from fodfaeste.place.sensitivity import sensitivity as tried

    given = read_plan(plan)
    with progress() as show:
        found = tried(given, noise=noise, repeats=repeats, group=group, gap=gap, seed=seed, progress=show)
    if out is not None:
        write_result(out, "sensitivity", found.to_dict(), {"scenarios": found.table, "households": found.households})
    if as_json:
        say_json(found.to_dict())
        return
    say_result(found.table.select(SCENARIOS), found.notes)
