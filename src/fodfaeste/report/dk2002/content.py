"""The findings told: sections, charts and tables, in Danish or English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from fodfaeste.report.dk2002 import answers, employment, people, retention
from fodfaeste.report.dk2002.conclusions import Conclusion, conclusions
from fodfaeste.report.dk2002.findings import KINDS, SEED, Findings
from fodfaeste.report.dk2002.shared import points_interval
from fodfaeste.report.document import Block, Column, Document, Points, Section, Table, Text
from fodfaeste.report.words import Lang, Words


def document(found: Findings, lang: Lang) -> Document:
    """Tell everything in one language."""
    w = Words(lang)
    judged = {conclusion.key: conclusion for conclusion in conclusions(found)}
    tellers: tuple[tuple[str, Callable[[], tuple[Block, ...]]], ...] = (
        ("summary", lambda: _summary(found, judged, w)),
        ("stands", lambda: _stands(found, judged, w)),
        ("retention", lambda: retention.tell(found, w)),
        ("employment", lambda: employment.tell(found, w)),
        ("flows", lambda: people.tell_flows(found, w)),
        ("who", lambda: people.tell_who(found, w)),
        ("missing", lambda: people.tell_missing(found, judged["kinds"], w)),
        ("survey", lambda: answers.tell_survey(found, w)),
        ("gammas", lambda: answers.tell_gammas(found, judged["gammas"], w)),
        ("audit", lambda: answers.tell_audit(found, w)),
        ("methods", lambda: (Points(tuple(w(f"methods.points_{k}") for k in range(1, 6))),)),
    )
    params = found.employment.shrunk.params
    return Document(
        lang,
        w("title"),
        w("subtitle"),
        tuple(Section(name, w(f"{name}.heading"), tell()) for name, tell in tellers),
        (w("colophon.source"), w("colophon.made", version=params["version"], fingerprint=params["data"], seed=SEED)),
    )


def _summary(found: Findings, judged: dict[str, Conclusion], w: Words) -> tuple[Block, ...]:
    smallest = min(int(found.retention[kind].listed["n"].to_numpy().min()) for kind in KINDS)
    rural, small_town = found.retention["rural"], found.retention["small_town"]
    ranks = found.employment.ranks.summary
    return (
        Text(w("summary.intro", smallest=smallest)),
        Points(
            (
                w("summary.kinds", **_kinds_words(judged["kinds"], w, "summary")),
                w(
                    "summary.top",
                    rural=rural.told_apart("top"),
                    small_town=small_town.told_apart("top"),
                    rural_clustered=rural.told_apart("top", clustered=True),
                    small_town_clustered=small_town.told_apart("top", clustered=True),
                ),
                w(
                    "summary.ranks",
                    pairs=w.percent(ranks["share_of_pairs_ordered"], 0),
                    true_top=w.number(ranks["expected_true_top"]),
                ),
                w("summary.audit", **answers.audit_words(found, w)),
            )
        ),
    )


def _kinds_words(kinds: Conclusion, w: Words, place: Literal["summary", "claim"]) -> dict[str, str]:
    figures = kinds.figures
    words = {
        "rural": w.percent(figures["rural"]),
        "small_town": w.percent(figures["small_town"]),
        "difference": w.number(100 * figures["difference"]),
        "interval": points_interval(figures["low"], figures["high"], w),
        "breakdown": w.percent(figures["breakdown"]),
        "missing": w.interval(figures["missing_low"], figures["missing_high"], 0),
    }
    if place == "claim":
        words |= {name: w.count(figures[name]) for name in ("rural_n", "small_town_n")}
    return words


def _stands(found: Findings, judged: dict[str, Conclusion], w: Words) -> tuple[Block, ...]:
    rows = tuple(
        (
            w(f"claim.{key}.said"),
            w(f"verdict.{conclusion.verdict}"),
            w(f"claim.{key}.why", **_claim_words(conclusion, w)),
        )
        for key, conclusion in judged.items()
    )
    base = w(
        "stands.base",
        arrived=w.count(sum(found.retention[kind].total_n for kind in KINDS)),
        counted=w.count(found.employment.n),
        asked=w.count(found.survey.movers + found.survey.stayers),
    )
    columns = (Column(w("col.conclusion")), Column(w("col.verdict")), Column(w("col.why")))
    return Text(w("stands.intro")), Table("conclusions", w("stands.table"), columns, rows, base)


def _claim_words(conclusion: Conclusion, w: Words) -> dict[str, str]:
    """Write a conclusion's figures; each key of the figures says how."""
    figures = conclusion.figures
    match conclusion.key:
        case "kinds":
            return _kinds_words(conclusion, w, "claim")
        case "act":
            return {name: f"{low}–{high}" for name, (low, high) in figures.items()}
        case "employment_top":
            low, high = figures["overlap_interval"]
            return {
                "true_top": w.number(figures["true_top"]),
                "overlap": w.number(figures["overlap"]),
                "overlap_interval": f"{w.count(low)}–{w.count(high)}",
            }
        case "two_goals":
            return {
                "gamma": w.number(figures["gamma"], 2),
                "interval": f"{w.number(figures['low'], 2)} – {w.number(figures['high'], 2)}",
                "units": w.count(figures["units"]),
                "excluded": w(f"claim.two_goals.excluded_{figures['excluded']}"),
            }
        case "wish":
            words = {name: w.count(figures[name]) for name in ("employed", "employed_n", "unemployed", "unemployed_n")}
            return words | {
                "difference": w.number(100 * figures["difference"]),
                "interval": points_interval(figures["low"], figures["high"], w),
                "p": w.number(figures["p"], 2),
            }
        case "gammas":
            return {
                **{name: w.count(figures[name]) for name in ("told", "k", "over")},
                "largest": w.number(figures["largest"], 2),
            }
        case _:
            return {
                name: w.count(value) if isinstance(value, int) else w.percent(value) for name, value in figures.items()
            }
