"""What the database keeps as it was written: files and words beside a note, and what was said of a goal."""

from __future__ import annotations

from fodfaeste.web.programme.locks import Refusal, _changed, _lasts

FILE = ("id", "note_id", "name", "kind", "size", "stored")
EVALUATION = ("id", "follow_up_id", "goal_id", "outcome", "words", "by_id", "at")
PLAN_OF_GOAL = "(SELECT plan_id FROM programme_goal WHERE id = OLD.goal_id)"


def written_once() -> list[Refusal]:
    """Refuse to change them; an evaluation is not taken away either while the programme lasts."""
    return [
        Refusal("a_file_stays", "programme_notefile", "UPDATE", _changed(FILE)),
        Refusal("a_tag_stays", "programme_notetag", "UPDATE", _changed(("id", "note_id", "word"))),
        Refusal("an_evaluation_stays", "programme_goalevaluation", "UPDATE", _changed(EVALUATION)),
        Refusal("an_evaluation_stays", "programme_goalevaluation", "DELETE", _lasts(PLAN_OF_GOAL)),
    ]
