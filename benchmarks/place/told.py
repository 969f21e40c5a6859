"""Rows of placement benchmarks told: the table, the targets and whether they are met, what does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.place.cases import Case, Entrant, Target
from benchmarks.place.checks import faults_of
from benchmarks.timing import Absent, Peer, Timing
from benchmarks.told import Row, compared, figures, markdown

HEADER = ("what", "who", "seconds", "CPU s", "MiB", "gap", "ours is", "says")
TARGETS = ("what", "target", "reached", "verdict")

Rows = Mapping[str, Peer]
"""Who took what, of one case."""


def table(cases: Mapping[str, Case], rows: Mapping[str, Rows]) -> list[Row]:
    """Give a row a solver, ours first; a case without rows is left out."""
    return [
        (case.title if first == 0 else "", *row)
        for name, case in cases.items()
        for first, row in enumerate(case_rows(case, rows.get(name, {})))
    ]


def case_rows(case: Case, rows: Rows) -> Iterator[Row]:
    """Give the rows of one case."""
    ours = rows.get(case.entrants[0].who)
    for entrant in case.entrants:
        if (peer := rows.get(entrant.who)) is None:
            continue
        times = "" if ours is None or entrant is case.entrants[0] else compared(ours, peer)
        yield *figures(peer), gap_text(peer), times, says(entrant, peer)


def targets(cases: Mapping[str, Case], rows: Mapping[str, Rows]) -> list[Row]:
    """Give a row a target, with what was reached."""
    return [
        (case.title, *target_row(case, target, rows.get(name, {})))
        for name, case in cases.items()
        for target in case.targets
    ]


def target_row(case: Case, target: Target, rows: Rows) -> Row:
    """Say what was to be reached, what was, and whether that is enough."""
    ours = rows.get(case.entrants[0].who)
    asked = _asked(target)
    if not isinstance(ours, Timing):
        return asked, "-", "not measured"
    gap = _gap(ours)
    near = gap is not None and gap <= case.gap + 1e-12 and not ours.stopped
    told = f"gap {gap_text(ours)}"
    if target.times is not None:
        best, who = quickest(target, rows)
        if best is None:
            return asked, told, "not measured"
        ratio = best.seconds / ours.seconds
        over = "over " if best.stopped else ""
        return (
            asked,
            f"{over}{ratio:.3g} times ({who}: {best.seconds:.3g} s), {told}",
            _verdict(near, ratio >= target.times),
        )
    if target.reads is not None:
        reads = (ours.answer or {}).get("reads", float("inf"))
        return asked, f"{reads:.3g} reads, {told}", _verdict(near, reads <= target.reads)
    enough = target.seconds is None or ours.seconds <= target.seconds
    enough = enough and (target.mib is None or (ours.mib or 0.0) <= target.mib)
    memory = f", {(ours.mib or 0.0) / 1024:.2g} GiB" if target.mib else ""
    return asked, f"{ours.seconds:.3g} s{memory}, {told}", _verdict(near, enough)


def _verdict(near: bool, enough: bool) -> str:
    if near and enough:
        return "met"
    return "missed" if near else "missed: the gap is not reached"


def quickest(target: Target, rows: Rows) -> tuple[Timing | None, str]:
    """Find the quickest of the peers that ended; if none did, the one that was stopped first."""
    timed = [(peer, who) for who in target.than if isinstance(peer := rows.get(who), Timing)]
    ended = [(peer, who) for peer, who in timed if not peer.stopped and _finished(peer)]
    return min(ended or timed, key=lambda one: one[0].seconds, default=(None, ""))


def _asked(target: Target) -> str:
    if target.times is not None:
        than = target.than[0] if len(target.than) == 1 else f"the quickest of {', '.join(target.than)}"
        return f"{target.times:g} times as quick as {than}"
    if target.reads is not None:
        return f"all scores read {target.reads:g} times"
    memory = f" and {target.mib / 1024:g} GiB" if target.mib else ""
    return f"{target.seconds:g} s{memory}"


def _finished(peer: Timing) -> bool:
    return peer.answer is None or bool(peer.answer.get("finished", True))


def _gap(peer: Timing) -> float | None:
    answer = peer.answer or {}
    if answer.get("gap") is not None:
        return float(answer["gap"])
    value, bound = answer.get("value"), answer.get("bound")
    if value is None or bound is None:
        return None
    return max(0.0, bound - value) / max(abs(bound), 1e-9)


def gap_text(peer: Peer) -> str:
    """Give the gap in per cent; a hair above nothing is nothing."""
    gap = _gap(peer) if isinstance(peer, Timing) else None
    if gap is None:
        return "-"
    return "0" if gap < 1e-9 else f"{gap * 100:.2g} %"


def says(entrant: Entrant, peer: Peer) -> str:
    """Say what the figures do not."""
    if isinstance(peer, Absent):
        return f"left out: {peer.why}"
    if peer.stopped:
        return f"stopped after {peer.cpu:.0f} s of processor time"
    answer = peer.answer or {}
    parts = [*(_of_ours(answer) if entrant.mine else _of_peer(answer))]
    if entrant.mine and peer.first is not None and peer.runs > 1:
        parts.append(f"first call of a process {peer.first:.2g} s")
    return "; ".join(parts)


def _of_peer(answer: Mapping[str, Any]) -> Iterator[str]:
    if not answer.get("finished", True):
        yield "out of its own time"
    divided, amiss = answer.get("divided"), answer.get("amiss", 0.0)
    if divided is None:
        yield "no plan yet"
    else:
        yield f"no plan: divides {divided:,} households" if divided else "a plan"
    if amiss > 1e-6:
        yield f"breaks a row by {amiss:.2g}"


def _of_ours(answer: Mapping[str, Any]) -> Iterator[str]:
    if not answer:
        return
    everybody = answer["placed"] == answer["persons"]
    yield f"{'all' if everybody else format(answer['placed'], ',') + ' of'} {answer['persons']:,} persons placed"
    yield f"bound from {answer['proof']}; scores read {answer['reads']:.3g} times; {answer['method']}"
    if answer["greedy"]:
        lost = (answer["persons"] - answer["greedy_placed"]) if answer["greedy_placed"] is not None else 0
        less = (1 - answer["greedy"] / answer["value"]) * 100
        yield f"greedy {less:.2g} % less" + (f", {lost:,} unplaced" if lost else "")
    if answer.get("same"):
        yield "same plan again"


def faults(cases: Mapping[str, Case], rows: Mapping[str, Rows]) -> list[str]:
    """Name what does not hold of what was answered, case by case."""
    found = []
    for name, case in cases.items():
        there = rows.get(name, {}).items()
        answers = {who: peer.answer for who, peer in there if isinstance(peer, Timing) and peer.answer}
        mine = [entrant.who for entrant in case.entrants if entrant.mine]
        found += [f"{case.title}: {fault}" for fault in faults_of(answers, mine)]
    return found


def _held(cases: Mapping[str, Case], rows: Mapping[str, Rows]) -> str:
    there = [
        rows.get(name, {}).get(entrant.who) for name, case in cases.items() for entrant in case.entrants if entrant.mine
    ]
    answers = [peer.answer for peer in there if isinstance(peer, Timing) and peer.answer]
    beside = sum(answer.get("greedy") is not None for answer in answers)
    again = sum("same" in answer for answer in answers)
    return (
        f"Of {len(answers)} plans of ours none takes more room than there is or sends anybody where it is forbidden, "
        f"none of {beside} compared is worth less than greedy, and {again} that were made again are the same. "
        "No bound of ours is below a value that a peer reached, no value of ours above a bound that a peer proved."
    )


def text(cases: Mapping[str, Case], rows: Mapping[str, Rows], machine: str) -> str:
    """Lay everything out as Markdown."""
    wrong = faults(cases, rows)
    checked = "\n".join(f"- {fault}" for fault in wrong) if wrong else _held(cases, rows)
    parts = (machine, markdown(HEADER, table(cases, rows)), markdown(TARGETS, targets(cases, rows)), checked)
    return "\n\n".join(parts) + "\n"
