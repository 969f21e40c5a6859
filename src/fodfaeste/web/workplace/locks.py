"""What the database itself refuses of agreements: another text behind an approval, and "ready" without all three."""

from __future__ import annotations

from fodfaeste.web.programme.locks import SAME, Refusal

AGREEMENT, ANSWER = "workplace_agreement", "workplace_answer"
TEXT = (
    *("text_hash", "name", "place", "hours_a_week", "start", '"end"', "week"),
    *("employer", "cvr", "contact", "mentor", "called", "tasks", "goal", "programme_id", "activity", "sent"),
)
"""What the three have before them."""
SAID = ("agreement_id", "side", "approves", "name", "words", "present", "at", "text_hash", "taken_by_id", "link")

THREE = 3


def approved_by_three() -> list[Refusal]:
    """Refuse to change what is laid before the three, and to make it ready before all have approved that very text."""
    laid = "('sent', 'ready')"
    signed = (
        f"(SELECT COUNT(*) FROM {ANSWER} WHERE agreement_id = NEW.id AND lifted IS NULL AND approves "
        "AND text_hash = NEW.text_hash)"
    )
    state = f"(SELECT state FROM {AGREEMENT} WHERE id = {{row}}.agreement_id)"
    text = f"(SELECT text_hash FROM {AGREEMENT} WHERE id = NEW.agreement_id)"
    return [
        Refusal("ready_by_all_three", AGREEMENT, "INSERT", "NEW.state = 'ready'"),
        Refusal(
            "ready_by_all_three",
            AGREEMENT,
            "UPDATE",
            f"NEW.state = 'ready' AND OLD.state <> 'ready' AND {signed} <> {THREE}",
        ),
        Refusal(
            "what_is_approved_stays",
            AGREEMENT,
            "UPDATE",
            f"OLD.state IN {laid} AND NEW.state IN {laid} AND ({_changed(TEXT)})",
        ),
        Refusal(
            "an_answer_is_to_the_text",
            ANSWER,
            "INSERT",
            f"{state.format(row='NEW')} <> 'sent' OR {text} <> NEW.text_hash OR NEW.lifted IS NOT NULL",
        ),
        Refusal(
            "an_answer_stays",
            ANSWER,
            "UPDATE",
            f"{_changed(SAID)} OR OLD.lifted IS NOT NULL OR {state.format(row='OLD')} = 'ready'",
        ),
    ]


def _changed(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"NOT (OLD.{column} {SAME} NEW.{column})" for column in columns)
