"""What the database itself refuses to change: the text of an approved plan, and a note of the journal.

Triggers on both databases, so that no `.update()`, no import and no hand at the database gets past them. They refuse
with a name, as constraints do. Deleting is let through in a programme that is over, for whoever clears what has been
kept for long enough; while it lasts nothing of a locked plan goes away.

They stay on their tables through migrations (`base.kept`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fodfaeste.web.base.kept import Keeps, Trigger

SAME = "IS NOT DISTINCT FROM"
"""As the standard has it; SQLite has it in newer versions alone, and a shorter word in all."""

LOCKED = "('approved', 'superseded')"
PLAN, PROGRAMME = "programme_plan", "programme_programme"
APPROVAL, ACTIVITY, ALTERNATIVE = "programme_approval", "programme_activity", "programme_alternative"


@dataclass(frozen=True)
class Refusal:
    """A trigger: before `event` on `table`, refuse with `name` where `when` holds; it may speak of OLD and NEW."""

    name: str
    table: str
    event: str
    when: str


class Refuse(Keeps):
    """Make triggers that refuse.

    Parameters
    ----------
    refusals : sequence of Refusal
    about : str
        What they keep, in a few words.
    """

    def __init__(self, refusals: list[Refusal], about: str) -> None:
        self.refusals, self.about = refusals, about

    def triggers(self, _app_label: str, _models: Any, _connection: Any) -> list[Trigger]:
        """Give them."""
        return [Trigger(_trigger(one), one.table, _on_sqlite(one)) for one in self.refusals]

    def on_postgresql(self, _app_label: str, _models: Any) -> list[str]:
        """Make them."""
        return [statement for one in self.refusals for statement in _on_postgresql(one)]

    def off_postgresql(self, _app_label: str, _models: Any) -> list[str]:
        """Take them away."""
        return [
            statement
            for one in self.refusals
            for statement in (f"DROP TRIGGER {_trigger(one)} ON {one.table}", f"DROP FUNCTION {_trigger(one)}()")
        ]

    def describe(self) -> str:
        """Say what it does."""
        return f"The database keeps {self.about}"


def _trigger(one: Refusal) -> str:
    return f"{one.name}_{one.table.removeprefix('programme_')}_{one.event.lower()}"


def _on_sqlite(one: Refusal) -> str:
    return (
        f"CREATE TRIGGER {_trigger(one)} BEFORE {one.event} ON {one.table} WHEN {one.when.replace(SAME, 'IS')} "
        f"BEGIN SELECT RAISE(ABORT, '{one.name}'); END"
    )


def _on_postgresql(one: Refusal) -> list[str]:
    row = "OLD" if one.event == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {_trigger(one)}() RETURNS trigger LANGUAGE plpgsql "
        # As its owner: the wall would hide the plan that a row belongs to from whoever may not see it.
        f"SECURITY DEFINER SET search_path FROM CURRENT AS $$ BEGIN "
        f"IF {one.when} THEN RAISE EXCEPTION '{one.name}' USING ERRCODE = 'check_violation'; END IF; "
        f"RETURN {row}; END $$",
        f"CREATE TRIGGER {_trigger(one)} BEFORE {one.event} ON {one.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {_trigger(one)}()",
    ]


def locked_text() -> list[Refusal]:
    """Refuse every change of a plan that was approved, but that the next version replaces it."""
    said_by = ("id", "programme_id", "number", "text_hash", "approved_on", "edits", "made", "made_by_id")
    changed = _changed(said_by)
    backwards = "NEW.state NOT IN ('approved', 'superseded') OR (OLD.state = 'superseded' AND NEW.state = 'approved')"
    plan = f"OLD.state IN {LOCKED} AND ({changed} OR {backwards})"
    found = [
        Refusal("approved_plan_is_locked", PLAN, "UPDATE", plan),
        Refusal("approved_plan_is_locked", PLAN, "DELETE", f"OLD.state IN {LOCKED} AND {_lasts('OLD.id')}"),
    ]
    for table, plan_of in (
        ("programme_goal", "{row}.plan_id"),
        (ACTIVITY, "{row}.plan_id"),
        (APPROVAL, "{row}.plan_id"),
        (ALTERNATIVE, f"(SELECT plan_id FROM {ACTIVITY} WHERE id = {{row}}.activity_id)"),
        ("programme_slot", f"(SELECT plan_id FROM {ACTIVITY} WHERE id = {{row}}.activity_id)"),
    ):
        old, new = plan_of.format(row="OLD"), plan_of.format(row="NEW")
        found += [
            Refusal("approved_plan_is_locked", table, "INSERT", _is_locked(new)),
            Refusal("approved_plan_is_locked", table, "UPDATE", f"{_is_locked(old)} OR {_is_locked(new)}"),
            Refusal("approved_plan_is_locked", table, "DELETE", f"{_is_locked(old)} AND {_lasts(old)}"),
        ]
    return found


def honest_approval() -> list[Refusal]:
    """Refuse that a plan becomes approved without both sides, or with an activity without alternatives."""
    begins = "NEW.state = 'approved' AND OLD.state <> 'approved'"
    signed = (
        f"(SELECT COUNT(*) FROM {APPROVAL} WHERE plan_id = NEW.id AND lifted IS NULL AND text_hash = NEW.text_hash)"
    )
    offered = f"(SELECT COUNT(*) FROM {ALTERNATIVE} WHERE activity_id = {ACTIVITY}.id{{more}})"
    unoffered = (
        f"EXISTS (SELECT 1 FROM {ACTIVITY} WHERE plan_id = NEW.id AND kind <> 'childcare' AND "
        f"({offered.format(more='')} < 2 OR ({offered.format(more=' AND real')} < 2 AND why_no_choice = '')))"
    )
    return [
        Refusal("approved_by_both_sides", PLAN, "UPDATE", f"{begins} AND {signed} <> 2"),
        Refusal("approved_with_choices", PLAN, "UPDATE", f"{begins} AND {unoffered}"),
        Refusal("approved_by_both_sides", PLAN, "INSERT", f"NEW.state IN {LOCKED}"),
    ]


def journal() -> list[Refusal]:
    """Refuse to overwrite a note; whose it is can change, where two persons turn out to be one."""
    said_by = (
        "id",
        "organisation_id",
        "kind",
        "day",
        "text",
        "present",
        "with_interpreter",
        "author_id",
        "at",
        "corrects_id",
    )
    return [Refusal("a_note_is_corrected_by_a_new_one", "programme_journalnote", "UPDATE", _changed(said_by))]


def _changed(columns: Iterable[str]) -> str:
    """Say in SQL that one of some columns changes; nothing to nothing is no change."""
    return " OR ".join(f"NOT (OLD.{column} {SAME} NEW.{column})" for column in columns)


def _is_locked(plan: str) -> str:
    return f"EXISTS (SELECT 1 FROM {PLAN} WHERE id = {plan} AND state IN {LOCKED})"


def _lasts(plan: str) -> str:
    return (
        f'EXISTS (SELECT 1 FROM {PROGRAMME} WHERE "end" IS NULL AND '
        f"id = (SELECT programme_id FROM {PLAN} WHERE id = {plan}))"
    )
