"""What the database itself keeps of published quotas: the round, its lines and its agreements; and that they add up."""

from __future__ import annotations

from fodfaeste.web.programme.locks import SAME, Refusal

ROUND, LINE = "placement_quotaround", "placement_quotaline"
AGREEMENT, AGREED = "placement_quotaagreement", "placement_agreedquota"
LOCKED = "published_is_locked"
NOT_DRAFT = "<> 'draft'"

SAID = (
    "id",
    "organisation_id",
    "year",
    "track",
    "number",
    "stage",
    "rule_set",
    "rules_on",
    "national",
    "follows_id",
    "reason",
    "made",
    "made_by_id",
    "published",
)
"""Columns of a round that say what was published."""

FORWARDS = (("published", "revised"), ("published", "closed"), ("revised", "closed"))
"""How the state of a published round may change."""


def published_is_locked() -> list[Refusal]:
    """Refuse every change of what is published. It can go away with a closed round, when its keeping time is over."""
    changed = " OR ".join(f"NOT (OLD.{column} {SAME} NEW.{column})" for column in SAID)
    moves = " OR ".join(f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in FORWARDS)
    backwards = f"NOT (OLD.state = NEW.state OR {moves})"
    found = [
        Refusal(LOCKED, ROUND, "UPDATE", f"OLD.state <> 'draft' AND ({changed} OR {backwards})"),
        Refusal(LOCKED, ROUND, "DELETE", "OLD.state IN ('published', 'revised')"),
    ]
    for table, round_of in (
        (LINE, "{row}.round_id"),
        (AGREEMENT, "{row}.round_id"),
        (AGREED, f"(SELECT round_id FROM {AGREEMENT} WHERE id = {{row}}.agreement_id)"),
    ):
        old, new = round_of.format(row="OLD"), round_of.format(row="NEW")
        found += [
            Refusal(LOCKED, table, "INSERT", _state_of(new, NOT_DRAFT)),
            Refusal(LOCKED, table, "UPDATE", f"{_state_of(old, NOT_DRAFT)} OR {_state_of(new, NOT_DRAFT)}"),
            Refusal(LOCKED, table, "DELETE", _state_of(old, "IN ('published', 'revised')")),
        ]
    return found


def published_adds_up() -> list[Refusal]:
    """Refuse to publish quotas that do not add up to the national number, and rounds that begin published."""
    total = f"(SELECT COALESCE(SUM(quota), -1) FROM {LINE} WHERE round_id = NEW.id)"
    begins = "NEW.state = 'published' AND OLD.state = 'draft'"
    return [
        Refusal("published_adds_up", ROUND, "UPDATE", f"{begins} AND {total} <> NEW.national"),
        Refusal("published_adds_up", ROUND, "INSERT", "NEW.state <> 'draft'"),
    ]


def _state_of(round_: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {ROUND} WHERE id = {round_} AND state {condition})"
