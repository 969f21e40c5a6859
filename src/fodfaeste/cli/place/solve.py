"""`fodfaeste place solve`: proposes a place for each household and writes the plan with its certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fodfaeste.cli._output import Progress, progress, say_json
from fodfaeste.cli.place import _options
from fodfaeste.cli.place._options import AsJson, Dir
from fodfaeste.cli.report import Language

if TYPE_CHECKING:
    from fodfaeste.place import Plan

INTERRUPTED = 130


def solve(
    source: Dir,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write the plan into.")],
    *,
    weight: _options.Weights = None,
    gap: Annotated[float, typer.Option(help="How far below the bound the plan may stay, as a share.", min=0.0)] = 1e-3,
    unplaced_penalty: _options.Unplaced = _options.FIRST,
    seed: _options.Seed = 0,
    floor: _options.Floors = None,
    caution: _options.Caution = 0.0,
    short_price: _options.ShortPrice = None,
    wish_tolerance: _options.WishTolerance = "0.05",
    device: Annotated[
        str,
        typer.Option(help="Where scores are read: cpu, or a device of PyTorch such as cuda where that is installed."),
    ] = "cpu",
    lang: Annotated[Language, typer.Option(help="The report's language.")] = Language.da,
    report: Annotated[bool, typer.Option(help="With or without report.html; without is faster in scripts.")] = True,
    evaluate: Annotated[
        bool,
        typer.Option(help="Compare the plan in its report with chance, greed, other weights; makes many plans more."),
    ] = False,
    log: Annotated[Path | None, typer.Option(help="The audit log to record the proposal in.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Who proposes, for the log; a second person where weights change.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Propose a place for each household. The plan is a proposal: a person decides.

    Ctrl-C writes the best plan so far, with its gap, and leaves with exit code 130.
    """
    from fodfaeste.place import solve as solved
    from fodfaeste.place.folder import read_folder

    goal = _options.goal_from(
        weight,
        unplaced=unplaced_penalty,
        floors=floor,
        caution=caution,
        short_price=short_price,
        wish_tolerance=wish_tolerance,
    )
    reading = read_folder(source)
    with progress() as show:
        plan = solved(reading.problem, goal, gap=gap, seed=seed, progress=show, device=device)
    plan = replace(plan, notes=(*(note.text for note in reading.notes), *plan.notes))
    if log is not None:
        # Before anything is written: what the log refuses is not to lie about as a plan.
        _record(log, plan, by or [])
    finish(plan, out, source, lang=lang.value if report else None, as_json=as_json, evaluate=evaluate)
    if plan.certificate.stopped == "interrupted":
        typer.echo("Interrupted: this is the best plan so far.", err=True)
        raise typer.Exit(INTERRUPTED)


def finish(plan: Plan, out: Path, source: Path, *, lang: str | None, as_json: bool, evaluate: bool = False) -> None:
    """Write a plan with its report and say what came out; `lang` None leaves the report out."""
    from fodfaeste.place.plan_folder import certificate_facts, write_plan

    with progress() as show:
        write_plan(plan, out, source=source, also=_report_in(plan, lang, show, evaluate=evaluate) if lang else None)
    if as_json:
        say_json(certificate_facts(plan))
        return
    for line in summary(plan):
        typer.echo(line)
    for name in ("plan.csv", "certificate.json", *(["report.html"] if lang else [])):
        typer.echo(str(out / name))


def summary(plan: Plan) -> Iterator[str]:
    """Say in a few lines what a plan does and how good it is."""
    proof = plan.certificate
    placed = int(plan.placed.sum())
    yield f"{placed} of {plan.place.size} households placed, {proof.persons_placed} of {proof.persons} persons."
    yield (
        f"Value {proof.value:.6g}, at most {proof.bound:.6g}: gap {proof.gap:.4%} "
        f"({proof.method}, stopped: {proof.stopped}, {proof.seconds:.1f} s)."
    )
    left = [reason for reason in plan.reasons if reason]
    for reason in dict.fromkeys(left):
        yield f"Unplaced, {reason}: {left.count(reason)} households."
    for note in plan.notes:
        yield f"Note: {note}"
    yield "The value is a sum of forecasts, not an observed effect. A plan is a proposal: a person decides."


def _report_in(plan: Plan, lang: str, show: Progress, *, evaluate: bool) -> Callable[[Path], list[Path]]:
    def write(folder: Path) -> list[Path]:
        from fodfaeste.cli.place._evaluation import evaluated
        from fodfaeste.report.place import write_plan_report

        found = evaluated(plan, plan.certificate.seed, show) if evaluate else None
        return write_plan_report(plan, folder, "en" if lang == "en" else "da", evaluation=found, progress=show)

    return write


def _record(log: Path, plan: Plan, by: list[str]) -> None:
    from datetime import UTC, datetime

    from fodfaeste.place.audit_log import change_goal, goal_in_force, record_proposal, same_goal

    at = datetime.now(UTC)
    before = goal_in_force(log)
    if before is not None and not same_goal(before, plan.goal):
        change_goal(log, before, plan.goal, by=by, at=at, reason="solve with other options")
    record_proposal(log, plan, by=by[0] if by else "", at=at)
