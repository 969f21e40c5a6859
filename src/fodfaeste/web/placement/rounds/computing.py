"""Between the rows of a round and the library, which alone computes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from fodfaeste.place.quota import Answer, Quotas, answers, quota
from fodfaeste.place.rule_sets import RuleSet, rule_set_of_track
from fodfaeste.web.placement.rounds.models import QuotaAgreement, QuotaLine, QuotaRound

COUNTS = ("population", "immigrants_refugees", "family_reunified")
STEPS = ("p", "m", "s", "calculated", "provisional", "exact", "one_more", "why")


def rules_of(round_: QuotaRound) -> RuleSet:
    """Give the rules that a round is made by."""
    return rule_set_of_track(round_.rules_on, round_.track)


def uses_formula(round_: QuotaRound) -> bool:
    """Say whether a round is computed by 2p − m; else the population alone decides."""
    return bool(rules_of(round_)["formula"] == "2p-m")


def frame_of(lines: Iterable[QuotaLine]) -> pl.DataFrame:
    """Give the figures of lines as the library takes them."""
    rows = list(lines)
    columns: dict[str, list[Any]] = {
        "municipality": [line.name for line in rows],
        "code": [line.code for line in rows],
        "region": [line.region for line in rows],
    }
    for name in COUNTS:
        values = [getattr(line, name) for line in rows]
        if None not in values:
            columns[name] = values
    return pl.DataFrame(columns)


def computed(figures: pl.DataFrame, national: int, rules: RuleSet, agreed: pl.DataFrame | None = None) -> Quotas:
    """Compute quotas by the rules of a round, with agreements where there are any."""
    return quota(figures, national, rule_set=rules, rule="agreed" if agreed is not None else None, agreed=agreed)


def answers_to(agreement: QuotaAgreement, lines: Sequence[QuotaLine]) -> tuple[Answer, ...]:
    """Answer every condition that an agreement has to hold, beside the calculated figures of its region."""
    round_ = agreement.round
    names = {line.code: line.name for line in lines if line.region == agreement.region}
    numbers = [one for one in agreement.numbers.all() if one.code in names]
    return answers(
        {names[one.code]: one.quota for one in numbers},
        list(names.values()),
        sum(line.calculated_quota for line in lines if line.region == agreement.region),
        written=agreement.written,
        signed=[names[one.code] for one in numbers if one.signed],
        national_changed=round_.stage == QuotaRound.Stage.REVISION,
        says_how_to_change=agreement.says_how_to_change,
        told_beforehand=agreement.told_beforehand,
        rule_set=rules_of(round_),
    )


def recompute(round_: QuotaRound, figures: pl.DataFrame | None = None) -> list[QuotaLine]:
    """Compute a draft anew from its figures and its agreements, and write every step down.

    Parameters
    ----------
    figures : polars.DataFrame, optional
        New figures; those of its lines without.

    Raises
    ------
    BadInput
        If nobody lives anywhere, or no immigrant or refugee does.
    """
    rules = rules_of(round_)
    figures = frame_of(round_.lines.all()) if figures is None else figures
    if figures.is_empty():
        return []
    calculated = computed(figures, round_.national, rules)
    lines = _lines(round_, calculated, calculated)
    agreed = _agreed(round_, lines)
    if agreed is not None:
        lines = _lines(round_, calculated, computed(figures, round_.national, rules, agreed))
    round_.lines.all().delete()
    return QuotaLine.objects.bulk_create(lines)


def _lines(round_: QuotaRound, calculated: Quotas, found: Quotas) -> list[QuotaLine]:
    numbers = dict(zip(calculated.table["code"], calculated.table["quota"], strict=True))
    return [
        QuotaLine(
            round=round_,
            code=row["code"],
            name=row["municipality"],
            region=row["region"],
            calculated_quota=numbers[row["code"]],
            quota=row["quota"],
            **{name: row[name] for name in (*COUNTS, *STEPS)},
        )
        for row in found.table.iter_rows(named=True)
    ]


def _agreed(round_: QuotaRound, lines: Sequence[QuotaLine]) -> pl.DataFrame | None:
    """Give the numbers of the agreements that hold every condition; write down which do."""
    rows = []
    for agreement in round_.agreements.prefetch_related("numbers"):
        agreement.round = round_
        counts = all(answer.holds for answer in answers_to(agreement, lines))
        if counts != agreement.counts:
            QuotaAgreement.objects.filter(pk=agreement.pk).update(counts=counts)
        if counts:
            rows += [(one.code, one.quota) for one in agreement.numbers.all()]
    if not rows:
        return None
    return pl.DataFrame(rows, schema={"code": pl.String, "quota": pl.Int64}, orient="row")
