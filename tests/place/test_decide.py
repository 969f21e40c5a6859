"""A plan is a proposal: only a named person makes a placement of it, and says why where it is another."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import fodfaeste.place
from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.intervals import interval
from fodfaeste.place.decide import REASON_CODES, Decision, decide, decide_all, placements
from fodfaeste.place.overrides import decision_of, decision_table, override_rates, overrides

from .proposals import WHY, a_plan


def test_a_person_accepts_a_proposal():
    made = decide(a_plan(), "h1", by="anna")
    assert made == Decision("h1", 2, "A", "accept", "A", "anna", groups={"language": "Dari"})
    assert not made.override
    assert placements([made]) == {"h1": "A"}


def test_a_person_chooses_another_place_and_says_why():
    made = decide(a_plan(), "h1", by="anna", decision="other_place", place="B", **WHY)
    assert (made.proposed, made.place, made.override) == ("A", "B", True)
    assert placements([made]) == {"h1": "B"}


def test_a_person_postpones_and_nobody_is_placed():
    made = decide(a_plan(), "h1", by="anna", decision="postpone", **WHY)
    assert made.place is None
    assert placements([made]) == {}


def test_who_has_no_proposal_can_still_be_placed_or_postponed():
    plan = a_plan()
    with pytest.raises(Refused, match="No place is proposed for household h4"):
        decide(plan, "h4", by="anna")
    assert decide(plan, "h4", by="anna", decision="other_place", place="B", **WHY).place == "B"


@pytest.mark.parametrize("nobody", ["", "  "])
def test_nobody_decides_nothing(nobody):
    with pytest.raises(Refused, match="Nobody decides: a placement is made by a person"):
        decide(a_plan(), "h1", by=nobody)
    with pytest.raises(Refused, match="Nobody decides"):
        Decision("h1", 2, "A", "accept", "A", nobody)


def test_no_other_code_makes_a_decision():
    """A decision names a person whoever makes it; and in the package only these places do."""
    home = Path(fodfaeste.place.__file__).parents[1]
    making = [
        f"{path.relative_to(home)}: {line.strip()}"
        for path in sorted(home.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\bDecision\(", line) and "class " not in line
    ]
    assert [line.partition("  #")[0] for line in making] == [
        "place/decide.py: return Decision(",
        "place/overrides.py: return Decision(**told)",
        "web/placement/desk/domain/decisions.py: return Decision(",  # what an officer has chosen on the page
        "web/placement/forecasts/domain/watching.py: Decision(",  # what was decided, read again to be counted
    ]


@pytest.mark.parametrize("kind", ["other_place", "postpone"])
def test_an_override_needs_a_code_and_words(kind):
    plan = a_plan()
    with pytest.raises(UnknownName, match="the reason code 'rain'"):
        decide(plan, "h1", by="anna", decision=kind, place="B", reason_code="rain", text="It rains.")
    with pytest.raises(UnknownName, match="the reason code ''"):
        decide(plan, "h1", by="anna", decision=kind, place="B", text="It rains.")
    with pytest.raises(Refused, match="says nothing beside its code housing"):
        decide(plan, "h1", by="anna", decision=kind, place="B", reason_code="housing", text=" ")
    assert "other" in REASON_CODES


def test_names_that_are_not_there():
    plan = a_plan()
    with pytest.raises(UnknownName, match="the household 'h9'"):
        decide(plan, "h9", by="anna")
    with pytest.raises(UnknownName, match="the place 'C'"):
        decide(plan, "h1", by="anna", decision="other_place", place="C", **WHY)
    with pytest.raises(UnknownName, match="the place ''"):
        decide(plan, "h1", by="anna", decision="other_place", **WHY)
    with pytest.raises(UnknownName, match="the decision 'reject'"):
        decide(plan, "h1", by="anna", decision="reject", place="A", **WHY)


def test_a_hard_rule_holds_for_persons_too():
    allowed = np.ones((4, 2), bool)
    allowed[0, 1] = False
    with pytest.raises(Refused, match="A rule forbids B for household h1"):
        decide(a_plan(allowed=allowed), "h1", by="anna", decision="other_place", place="B", **WHY)


def test_room_counts_as_things_stand():
    plan = a_plan()
    with pytest.raises(Refused, match="A has room for 0 persons as things stand and household h3 needs 1"):
        decide(plan, "h3", by="anna", decision="other_place", place="A", **WHY)
    left = decide(plan, "h1", by="anna", decision="postpone", **WHY)
    assert decide(plan, "h3", by="anna", decision="other_place", place="A", earlier=[left], **WHY).place == "A"


def test_a_household_is_decided_once():
    plan = a_plan()
    made = decide(plan, "h1", by="anna")
    with pytest.raises(Refused, match="h1 is decided already"):
        decide(plan, "h1", by="bo", earlier=[made])


def test_parting_a_tie_is_said():
    plan = a_plan(ties=((0, 1),))
    assert decide(plan, "h1", by="anna").parts_from == ()
    parted = decide(plan, "h1", by="anna", decision="other_place", place="B", **WHY)
    assert parted.parts_from == ("h2",)
    # The second of the two follows; B has room for them both once h3 is elsewhere.
    away = decide(plan, "h3", by="anna", decision="postpone", **WHY)
    follows = decide(plan, "h2", by="anna", decision="other_place", place="B", earlier=[parted, away], **WHY)
    assert follows.parts_from == ()


# Lists


def test_a_list_that_was_shown_is_accepted_and_nothing_else():
    made = decide_all(a_plan(), by="anna", shown={"h1": "A", "h3": "B"})
    assert placements(made) == {"h1": "A", "h3": "B"}
    assert {one.by for one in made} == {"anna"}


def test_without_a_list_nothing_is_accepted():
    with pytest.raises(Refused, match="No list was shown"):
        decide_all(a_plan(), by="anna", shown={})
    with pytest.raises(TypeError):
        decide_all(a_plan(), by="anna")


@pytest.mark.parametrize("shown", [{"h1": "B"}, {"h4": None}, {"h4": "A"}])
def test_a_list_that_showed_something_else_is_not_accepted(shown):
    with pytest.raises(Refused, match=r"The list showed .* for household h"):
        decide_all(a_plan(), by="anna", shown=shown)


def test_a_list_with_a_household_that_is_not_there():
    with pytest.raises(UnknownName, match="the household 'h9'"):
        decide_all(a_plan(), by="anna", shown={"h1": "A", "h9": "A"})


# Overrides as data


def many(accepted, overridden, by, language="Dari"):
    groups = {"language": language}
    return [
        *(Decision(f"{by}{number}", 1, "A", "accept", "A", by, groups=groups) for number in range(accepted)),
        *(
            Decision(f"{by}{number}", 1, "A", "postpone", None, by, "wish", "said so", groups=groups)
            for number in range(accepted, accepted + overridden)
        ),
    ]


def test_overrides_are_kept_apart():
    parted = decide(a_plan(ties=((0, 1),)), "h1", by="bo", decision="other_place", place="B", **WHY)
    decisions = [*many(2, 1, "anna"), parted]
    apart = overrides(decisions)
    assert apart["household"].to_list() == ["anna2", "h1"]
    assert apart["parts_from"].to_list() == ["", "h2"]
    assert apart["language"].to_list() == ["Dari", "Dari"]
    assert decision_table(decisions).height == 4
    assert overrides([]).height == 0


@pytest.mark.parametrize("by", ["officer", "place", "language"])
def test_override_rates_have_wilson_intervals(by):
    rates = override_rates(many(12, 4, "anna"), by=by)
    row = rates.table.row(0, named=True)
    assert (row["n"], row["events"], row["rate"]) == (16, 4, 0.25)
    low, high = interval(4, 16)
    assert (row["lower"], row["upper"]) == pytest.approx((float(low), float(high)))


def test_fewer_than_ten_decisions_are_pooled():
    rates = override_rates([*many(12, 8, "anna"), *many(5, 1, "bo"), *many(4, 1, "carl")], by="officer")
    assert rates.table["unit"].to_list() == ["anna", "other"]
    assert rates.table["n"].to_list() == [20, 11]


def test_a_pool_that_is_still_too_small_takes_the_next_along():
    rates = override_rates([*many(12, 8, "anna"), *many(10, 1, "bo"), *many(4, 1, "carl")], by="officer")
    assert rates.table["unit"].to_list() == ["anna", "other"]
    assert rates.table["n"].to_list() == [20, 16]


def test_fewer_than_ten_decisions_in_all_have_no_rate():
    with pytest.raises(NotEnoughPeople, match="9 decisions"):
        override_rates(many(8, 1, "anna"), by="officer")


def test_rates_by_something_that_nobody_knows():
    with pytest.raises(UnknownName, match="decisions by 'langage'"):
        override_rates(many(12, 4, "anna"), by="langage")


def test_a_decision_that_is_none():
    with pytest.raises(BadInput, match="found no decision"):
        decision_of({"household": "h1"})
    with pytest.raises(BadInput, match="found no decision"):
        decision_of({"parts_from": []})
