"""The plan: versions, both sides' approval, and the lock that the database keeps on what is approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import RuleSetUse, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.programme.domain.plans import approve, change, holding, latest, propose, write_plan
from fodfaeste.web.programme.domain.programmes import close_programme, open_programme, rules_for, rules_of
from fodfaeste.web.programme.domain.text import Offer, PlanText, compare, text_of
from fodfaeste.web.programme.models import (
    Activity,
    Alternative,
    Approval,
    FollowUp,
    Goal,
    Plan,
    Programme,
    Slot,
)

from .conftest import TAKEOVER, Country
from .programme_examples import DANISH, PLAN, WORK, agreed, longer, opened, proposed, sign


@pytest.fixture
def worker(country: Country) -> User:
    return country.users[Role.WORKER]


@pytest.fixture
def programme(country: Country) -> Programme:
    return opened(country)


# ------------------------------------------------------------------ opening


@pytest.mark.parametrize(("takeover", "rules"), [(date(2001, 5, 1), "IL-1999"), (date(2026, 5, 1), "IL-2025")])
def test_the_rule_set_is_the_one_of_the_takeover(country: Country, worker: User, takeover: date, rules: str) -> None:
    programme = open_programme(
        country.person, by=worker, organisation=country.own, track="integration", start=takeover, takeover=takeover
    )
    assert programme.rule_set == rules
    talk = programme.follow_ups.get()
    assert talk.code == "first_talk"
    assert talk.due == takeover.replace(month=6)
    assert talk.words["da"] == "Første samtale, så programmet kan begynde"


def test_an_office_that_used_the_old_rules_for_longer_keeps_to_them(country: Country, worker: User) -> None:
    """Its own rule set for the day of the takeover holds, with everything as on the set's last day; else the act's."""
    until = date(2016, 9, 1)
    RuleSetUse.objects.create(
        organisation=country.own, track="integration", rule_set="IL-2013", start=date(2013, 7, 1), end=until
    )
    late = open_programme(
        country.person,
        by=worker,
        organisation=country.own,
        track="integration",
        start=date(2016, 8, 31),
        takeover=date(2016, 8, 31),
    )
    assert (late.rule_set, rules_of(late).programme_months) == ("IL-2013", 36)
    assert rules_of(late).takeover == date(2016, 8, 31)
    act = rules_for(date(2016, 8, 31), "integration", country.other)
    assert (act.id, act.programme_months) == ("IL-2016", 12)
    assert rules_for(until, "integration", country.own).id == "IL-2016"
    assert rules_for(date(2022, 5, 1), "ukraine", country.own).id == "UKR-2022"
    # What the office uses from now on changes no programme that has begun.
    RuleSetUse.objects.all().delete()
    assert rules_of(late).id == "IL-2013"


def test_before_there_were_rules_nothing_is_opened(country: Country, worker: User) -> None:
    with pytest.raises(Refused, match=r"de første gælder fra 1\. januar 1999"):
        open_programme(
            country.person,
            by=worker,
            organisation=country.own,
            track="integration",
            start=date(1998, 1, 1),
            takeover=date(1998, 1, 1),
        )


def test_a_programme_does_not_begin_before_the_takeover(country: Country) -> None:
    with pytest.raises(Refused, match="kommunen overtager først ansvaret"):
        opened(country, start=TAKEOVER - timedelta(1))


def test_one_programme_at_a_time(country: Country, programme: Programme, worker: User) -> None:
    with pytest.raises(Refused, match="har et program i den tid"):
        opened(country)
    close_programme(programme, by=worker, end=date(2025, 1, 1))
    with pytest.raises(Refused, match="allerede afsluttet"):
        close_programme(programme, by=worker, end=date(2025, 2, 1))
    again = opened(country, start=date(2025, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=again.pk).update(start=date(2024, 12, 31))


def test_a_programme_ends_after_it_began(programme: Programme, worker: User) -> None:
    with pytest.raises(Refused, match="ikke slutte, før det er begyndt"):
        close_programme(programme, by=worker, end=TAKEOVER)


def test_strangers_open_nothing(country: Country) -> None:
    with pytest.raises(Refused, match="hører ikke til din kommune"):
        open_programme(
            country.person, by=country.stranger, organisation=country.other, track="integration", start=TAKEOVER
        )


# ------------------------------------------------------------------ versions


def test_what_is_written_is_read_again(programme: Programme, worker: User) -> None:
    plan = write_plan(programme, PLAN, by=worker)
    assert (plan.number, plan.state) == (1, "draft")
    assert text_of(plan) == PLAN
    assert text_of(plan).fingerprint == PLAN.fingerprint


def test_writing_the_same_changes_nothing(programme: Programme, worker: User) -> None:
    plan = proposed(programme, worker)
    assert write_plan(programme, PLAN, by=worker).state == "proposed"
    assert latest(programme).edits == plan.edits


def test_two_who_write_at_once_do_not_overwrite_each_other(programme: Programme, worker: User) -> None:
    seen = latest(programme).edits
    write_plan(programme, PLAN, by=worker, seen=seen)
    with pytest.raises(Refused, match="En anden har ændret planen imens"):
        write_plan(programme, PlanText(), by=worker, seen=seen)
    assert text_of(latest(programme)) == PLAN


def test_version_1_is_approved_by_both(programme: Programme, worker: User) -> None:
    plan = sign(proposed(programme, worker), worker, "person")
    assert plan.state == "proposed"
    assert holding(programme) is None
    plan = sign(plan, worker, "municipality")
    assert (plan.number, plan.state, plan.approved_on) == (1, "approved", timezone.localdate())
    signed = plan.approvals.get(side="person")
    assert (signed.name, signed.present, signed.text_hash) == ("Prøve Eksempel", "Tolk 12", PLAN.fingerprint)


def test_editing_makes_version_2_and_lifts_approvals(programme: Programme, worker: User) -> None:
    first = agreed(programme, worker)
    second = write_plan(programme, longer(PLAN, 12), by=worker)
    assert (second.number, second.state) == (2, "draft")
    assert not second.approvals.exists()
    # Until both have approved the second, the first holds, as it was.
    assert holding(programme) == first
    assert text_of(first) == PLAN
    second = sign(propose(programme, by=worker), worker)
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "approved")
    assert [one.kind for one in compare(text_of(first), text_of(second))] == ["same", "same", "same", "changed", "same"]


def test_editing_what_is_proposed_lifts_what_was_signed(programme: Programme, worker: User) -> None:
    plan = sign(proposed(programme, worker), worker, "person")
    again = write_plan(programme, longer(PLAN, 12), by=worker)
    assert (again.pk, again.state, again.text_hash) == (plan.pk, "draft", "")
    assert Approval.objects.get().lifted is not None
    signed = sign(propose(programme, by=worker), worker)
    assert signed.state == "approved"
    assert signed.approvals.count() == 3


def test_what_was_seen_is_what_is_signed(programme: Programme, worker: User) -> None:
    seen = proposed(programme, worker).text_hash
    plan = proposed(programme, worker, longer(PLAN, 12))
    with pytest.raises(Refused, match="Planen er ændret, siden den blev vist"):
        approve(plan, by=worker, side="person", name="Prøve", present="Tolk", seen=seen)


@pytest.mark.parametrize(("name", "present"), [(" ", "Tolk"), ("Prøve", "")])
def test_who_signs_has_a_name_and_company(programme: Programme, worker: User, name: str, present: str) -> None:
    plan = proposed(programme, worker)
    with pytest.raises(Refused, match="Skriv navnet"):
        approve(plan, by=worker, side="person", name=name, present=present, seen=plan.text_hash)


def test_a_side_signs_once_and_only_what_is_proposed(programme: Programme, worker: User) -> None:
    plan = sign(proposed(programme, worker), worker, "person")
    with pytest.raises(Refused, match="har allerede godkendt"):
        sign(plan, worker, "person")
    plan = sign(plan, worker, "municipality")
    with pytest.raises(Refused, match="Version 1 er godkendt; kun en foreslået plan"):
        sign(plan, worker, "person")
    with pytest.raises(Refused, match="ingen kladde at foreslå"):
        propose(programme, by=worker)


def test_when_the_programme_is_over_the_plan_is_read_only(programme: Programme, worker: User) -> None:
    agreed(programme, worker)
    close_programme(programme, by=worker, end=timezone.localdate())
    with pytest.raises(Refused, match="kan kun læses"):
        change(programme, by=worker)


# ------------------------------------------------------------------ real choices


@pytest.mark.parametrize(
    ("activity", "words"),
    [
        (replace(DANISH, offers=(Offer("Dag"),)), "mindst to muligheder"),
        (replace(DANISH, offers=(Offer("Dag"), Offer("Aften", real=False))), "færre end to muligheder var reelle"),
        (replace(DANISH, chosen=None), "valg eller eget ønske mangler"),
        (replace(DANISH, chosen_on=None), "dagen for personens valg mangler"),
    ],
)
def test_an_activity_needs_alternatives_and_a_choice(
    programme: Programme, worker: User, activity: object, words: str
) -> None:
    write_plan(programme, PLAN.with_activity(activity), by=worker)
    with pytest.raises(Refused, match=f"DU2.3: .*{words}"):
        propose(programme, by=worker)


def test_where_there_was_no_choice_the_plan_says_why_and_the_figure_counts_it(
    programme: Programme, worker: User
) -> None:
    one_way = replace(
        WORK, offers=(Offer("Værksted"), Offer("Butik", real=False)), why_no_choice="Kun ét sted i kommunen"
    )
    plan = agreed(programme, worker, PLAN.with_activity(one_way))
    assert [one.has_choice for one in text_of(plan).activities] == [True, False]


def test_an_own_wish_is_a_choice_too(programme: Programme, worker: User) -> None:
    wished = replace(DANISH, chosen=None, wish="Helst et hold med mødre")
    assert agreed(programme, worker, PLAN.with_activity(wished)).state == "approved"


def test_an_empty_plan_names_all_that_it_lacks(programme: Programme, worker: User) -> None:
    with pytest.raises(Refused, match=r"intet mål\. Planen har ingen aktivitet"):
        propose(programme, by=worker)


# ------------------------------------------------------------------ the database


def test_the_database_refuses_to_change_what_is_approved(programme: Programme, worker: User) -> None:
    plan = agreed(programme, worker)
    activity = plan.activities.get(number=1)
    writes: list[models.QuerySet[models.Model]] = [
        Goal.objects.filter(plan=plan),
        Activity.objects.filter(plan=plan),
        Alternative.objects.filter(activity=activity),
        Slot.objects.filter(activity=activity),
        Approval.objects.filter(plan=plan),
    ]
    for rows in writes:
        assert rows.exists()
        with pytest.raises(IntegrityError, match="approved_plan_is_locked"), transaction.atomic():
            rows.update(id=models.F("id"))
        with pytest.raises(IntegrityError, match="approved_plan_is_locked"), transaction.atomic():
            rows.filter(pk=rows.first().pk)._raw_delete("default")  # type: ignore[union-attr]
    for row in (
        Goal(plan=plan, number=9, words="x"),
        Slot(activity=activity, weekday=1, begins="09:00", ends="10:00"),
        Alternative(activity=activity, number=9, words="x"),
    ):
        with pytest.raises(IntegrityError, match="approved_plan_is_locked"), transaction.atomic():
            row.save()
    for values in ({"text_hash": "0" * 64}, {"edits": 99}, {"state": "draft", "approved_on": None}):
        with pytest.raises(IntegrityError, match="approved_plan_is_locked"), transaction.atomic():
            Plan.objects.filter(pk=plan.pk).update(**values)
    with pytest.raises(IntegrityError, match="approved_plan_is_locked"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk)._raw_delete("default")
    assert text_of(plan) == PLAN


def test_nothing_of_another_version_moves_into_it(programme: Programme, worker: User) -> None:
    first = agreed(programme, worker)
    second = change(programme, by=worker)
    with pytest.raises(IntegrityError, match="approved_plan_is_locked"), transaction.atomic():
        Goal.objects.filter(plan=second, number=1).update(plan=first, number=9)


def test_the_database_lets_nothing_become_approved_without_both(programme: Programme, worker: User) -> None:
    plan = sign(proposed(programme, worker), worker, "person")
    with pytest.raises(IntegrityError, match="approved_by_both_sides"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(state="approved", approved_on=TAKEOVER)
    with pytest.raises(IntegrityError, match="approved_by_both_sides"), transaction.atomic():
        Plan.objects.create(
            programme=programme, number=2, state="approved", approved_on=TAKEOVER, text_hash="x", made_by=worker
        )


def test_the_database_lets_nothing_become_approved_without_alternatives(programme: Programme, worker: User) -> None:
    plan = sign(proposed(programme, worker), worker, "person")
    Alternative.objects.filter(activity__plan=plan, activity__number=2, number=1).delete()
    with pytest.raises(IntegrityError, match="approved_with_choices"), transaction.atomic():
        sign(plan, worker, "municipality")


def test_what_is_over_can_be_cleared_when_it_has_been_kept_long_enough(programme: Programme, worker: User) -> None:
    plan = agreed(programme, worker)
    close_programme(programme, by=worker, end=timezone.localdate())
    Approval.objects.filter(plan=plan).delete()
    plan.delete()
    FollowUp.objects.filter(programme=programme).delete()
    Plan.objects.filter(programme=programme).delete()
    programme.delete()


# ------------------------------------------------------------------ who sees it


def test_another_municipality_sees_nothing_of_it(country: Country, programme: Programme, worker: User) -> None:
    agreed(programme, worker)
    stranger = viewer_of(country.stranger, timezone.localdate())
    own = viewer_of(worker, timezone.localdate())
    for model in (Programme, Plan, Goal, Activity, Alternative, Slot, Approval, FollowUp):
        assert visible(own, model).exists()
        assert not visible(stranger, model).exists()
