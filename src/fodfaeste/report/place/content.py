"""The plan report told: which chapters it has, and what stands above and below them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fodfaeste import __version__
from fodfaeste.place import Plan
from fodfaeste.report.document import Block, Document, Points, Section, Text
from fodfaeste.report.place import (
    card,
    certificate,
    facts,
    frontiers,
    gains,
    groups,
    households,
    outcomes,
    placed,
    places,
    robust,
    ties,
    wishes,
)
from fodfaeste.report.place.evaluation import Evaluation
from fodfaeste.report.place.shared import listing, outcome_name, value, words
from fodfaeste.report.words import Lang, Words


@dataclass(frozen=True, eq=False)
class Findings:
    """What is counted once for all languages."""

    plan: Plan
    evaluation: Evaluation
    sums: tuple[facts.OutcomeSum, ...]
    looked: facts.Households | None
    met: facts.WishesMet | None


def find(plan: Plan, evaluation: Evaluation | None = None) -> Findings:
    """Count what the chapters tell."""
    return Findings(
        plan, evaluation or Evaluation(), facts.outcome_sums(plan), facts.look_up(plan), facts.wishes_met(plan)
    )


def document(found: Findings, lang: Lang) -> Document:
    """Tell everything in one language."""
    w, plan, problem = words(lang), found.plan, found.plan.problem
    persons = w.count(problem.persons.sum())
    sizes = {"households": w.count(len(problem.households)), "places": w.count(len(problem.places))}
    made = w(
        "colophon.made",
        version=__version__,
        fingerprint=facts.fingerprint(problem),
        method=plan.certificate.method,
        seed=plan.certificate.seed,
    )
    return Document(
        lang,
        w("title", placed=w.count(plan.certificate.persons_placed), persons=persons),
        w("subtitle", **sizes),
        tuple(Section(name, w(f"{name}.heading"), blocks) for name, blocks in _chapters(found, w)),
        (w("colophon.source", persons=persons, **sizes), made),
    )


def _chapters(found: Findings, w: Words) -> Iterator[tuple[str, tuple[Block, ...]]]:
    """Tell the chapters that there is something to tell of."""
    plan, evaluation = found.plan, found.evaluation
    yield "summary", _summary(found, w)
    yield "placed", placed.tell(plan, w)
    yield "outcomes", outcomes.tell(plan, found.sums, found.looked, w)
    yield "gains", gains.tell(plan, evaluation.promises, w)
    yield "wishes", wishes.tell(found.met, w)
    yield "places", places.tell(plan, w)
    if evaluation.fairness or evaluation.harm:
        yield "groups", groups.tell(plan, evaluation.fairness, evaluation.harm, w)
    if evaluation.frontier is not None:
        yield "frontier", frontiers.tell(plan, evaluation.frontier, found.sums, w)
    if evaluation.near_ties is not None:
        yield "near_ties", ties.tell(plan, evaluation.near_ties, w)
    if evaluation.sensitivity is not None:
        yield "sensitivity", robust.tell(plan, evaluation.sensitivity, w)
    if evaluation.card is not None:
        yield "model", card.chapter(evaluation.card, w.lang)
    yield "certificate", certificate.tell(plan, w)
    yield "households", households.tell(plan, found.looked, w)
    yield "methods", _methods(plan, w)


def _summary(found: Findings, w: Words) -> tuple[Block, ...]:
    plan, problem = found.plan, found.plan.problem
    used = int((plan.used()[:, problem.person_dimension] > 0).sum())
    intro = w(
        "summary.intro",
        placed=w.count(plan.placed.sum()),
        households=w.count(len(problem.households)),
        persons_placed=w.count(plan.certificate.persons_placed),
        persons=w.count(problem.persons.sum()),
        used=w.count(used),
        places=w.count(len(problem.places)),
    )
    said = (
        placed.point(plan, w),
        *outcomes.points(found.sums, w),
        *gains.points(found.evaluation.promises, w),
        wishes.point(found.met, w),
        certificate.point(plan, w),
        places.point(plan, w),
        groups.point(found.evaluation.fairness, w),
        ties.point(found.evaluation.near_ties, w) if found.evaluation.near_ties else "",
        robust.point(found.evaluation.sensitivity, w) if found.evaluation.sensitivity else "",
    )
    return Text(intro), Points(tuple(point for point in said if point))


def _methods(plan: Plan, w: Words) -> tuple[Block, ...]:
    goal = plan.goal
    told = [w("methods.proposal")]
    if goal.unplaced == "first":
        told.append(w("methods.order"))
    else:
        told.append(w("methods.penalty", penalty=value(float(goal.unplaced), w)))
    weights = goal.weights_for(plan.problem)
    if weights:
        named = (f"{outcome_name(name, w)} {w.number(weight, 2)}" for name, weight in weights.items())
        told.append(w("methods.weights", weights=listing(named, w)))
    if goal.caution:
        told.append(w("methods.caution", caution=w.number(goal.caution, 1)))
    told += [w("methods.attributes"), w("methods.same")]
    notes = (Text(w("methods.notes")), Points(plan.notes)) if plan.notes else ()
    return Points(tuple(told)), *notes
