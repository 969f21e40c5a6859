"""A family moves: what has to be there before it is sent, what goes along and what stays, on the day and not before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Membership, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.moving.domain.accepting import accept
from fodfaeste.web.moving.domain.agreeing import agree_at_desk, agree_oneself, text_seen
from fodfaeste.web.moving.domain.closing import reopen
from fodfaeste.web.moving.domain.handing import hand_over_as_file
from fodfaeste.web.moving.domain.needed import agreement_of, fingerprint, lacking, movers_of
from fodfaeste.web.moving.domain.preparing import Terms, change_move, offer, prepare, return_move, withdraw
from fodfaeste.web.moving.grounds import ground, grounds, own_consent_age
from fodfaeste.web.moving.groups import BY_DEFAULT, GROUP_OF, Group, named
from fodfaeste.web.moving.models import Agreement, ClosedCase, Move, Mover
from fodfaeste.web.people.domain import parts
from fodfaeste.web.people.domain.merging import merge_persons, undo_merge
from fodfaeste.web.people.models import (
    Consent,
    EmploymentSpell,
    HouseholdMember,
    LanguageSkill,
    Need,
    Occupation,
    Person,
    ResidenceSpell,
    Responsibility,
    Wish,
)
from fodfaeste.web.people.permissions import looking_back
from fodfaeste.web.people.register import register_tables
from fodfaeste.web.programme.domain.follow_ups import agree_follow_up, record_follow_up
from fodfaeste.web.programme.domain.text import text_of
from fodfaeste.web.programme.models import FollowUp, Goal, JournalNote, Plan, Programme

from .conftest import TAKEOVER, Country, made_person, made_user
from .moving_examples import (
    EVERYTHING,
    MARKS,
    NOTE,
    consented,
    family,
    filled,
    moved,
    offered,
    prepared,
    today,
)
from .programme_examples import PLAN

A_DAY = timedelta(days=1)


def worker_of(country: Country) -> User:
    return country.users[Role.WORKER]


def seen_by(viewer: Viewer, person: Person) -> set[Group]:
    """The groups of which a viewer sees something of a person that came from the old office."""
    found = {
        GROUP_OF[model]
        for model in (LanguageSkill, Occupation, Wish, Need)
        if visible(viewer, model).filter(person=person).exists()
    }
    if visible(viewer, Consent).filter(person=person, to_what=MARKS[Group.CONSENTS]).exists():
        found.add(Group.CONSENTS)
    if visible(viewer, EmploymentSpell).filter(person=person).exists():
        found.add(Group.SPELLS)
    if visible(viewer, Goal).filter(plan__programme__person=person).exists():
        found.add(Group.PLAN)
    if visible(viewer, FollowUp).filter(programme__person=person).exists():
        found.add(Group.FOLLOW_UPS)
    return found


# Before it is sent


def test_without_consent_or_ground_it_is_not_sent(country: Country) -> None:
    move = prepared(country)
    assert lacking(move, today()) == ["Samtykke mangler fra: Prøve Eksempel. Uden samtykke skal der være en hjemmel."]
    with pytest.raises(Refused, match="Samtykke mangler fra: Prøve Eksempel"):
        offer(move, by=worker_of(country))
    assert Move.objects.get().state == "prepared"


def test_with_consent_it_is_sent(country: Country) -> None:
    move = offered(country)
    assert move.state == "offered"
    consent = Consent.objects.get()
    assert consent.to_what.startswith(f"Sagen flytter {today().day}.{today().month}.{today().year}: sprog, tidligere")
    assert consent.to_whom == "Nabo"
    signed = Agreement.objects.get()
    assert (signed.name, signed.present, signed.with_interpreter, signed.language) == (
        "Prøve Eksempel",
        "Tolk 12",
        True,
        "ar",
    )


def test_a_ground_carries_what_it_carries_and_no_more(country: Country) -> None:
    basis = {"ground": "il18_must_work", "ground_words": "Hun har fået job på mejeriet."}
    move = prepared(country, ["language", "work", "plan", "follow_ups", "spells"], **basis)
    assert lacking(move, today()) == []
    assert offer(move, by=worker_of(country)).state == "offered"
    withdraw(move, by=worker_of(country))
    more = prepared(country, ["plan", "needs", "wishes"], **basis)
    assert lacking(more, today()) == [
        "Hjemlen bærer ikke: ønsker, hensyn (helbred). Tag det fra, eller få samtykke fra: Prøve Eksempel."
    ]
    with pytest.raises(Refused, match="Hjemlen bærer ikke"):
        offer(more, by=worker_of(country))
    assert lacking(consented(more, worker_of(country)), today()) == []


def test_grounds_have_source_day_and_certainty() -> None:
    found = grounds(date(2026, 11, 27))
    assert {one.id: (one.source, one.certainty) for one in found} == {
        "il18_must_work": ("IL § 18", "A"),
        "il18_must_personal": ("IL § 18", "A"),
        "il18_may": ("IL § 18", "A"),
        "fvl28": ("FVL § 28", "C"),
    }
    assert all(one.words and one.since == date(1999, 1, 1) for one in found)
    assert not any(one.carries & {Group.NEEDS, Group.CONSENTS} for one in found)
    assert ground("made_up", today()) is None
    assert own_consent_age(today()) == 15


def test_needs_are_never_ticked_by_themselves() -> None:
    assert Group.NEEDS not in BY_DEFAULT
    assert len(BY_DEFAULT) == len(Group) - 1
    assert named(["plan", "language"]) == ["sprog", "planen, der gælder, med mål og aktiviteter"]


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"to_office": "own"}, "en anden kommune end jeres egen"),
        ({"to_office": None}, "skriv, hvad den hedder"),
        ({"to_office": None, "to_name": "Fjern", "to_code": "7x1"}, "tre cifre"),
        ({"groups": ("journal",)}, "Ukendt gruppe: journal"),
        ({"ground": "made_up", "ground_words": "x"}, "gælder ikke i dag"),
        ({"ground": "fvl28", "ground_words": " "}, "hvorfor hjemlen er opfyldt"),
        ({"day": TAKEOVER}, "er ikke jeres på flyttedagen"),
    ],
)
def test_terms_that_do_not_hold_are_refused(country: Country, terms: dict[str, object], words: str) -> None:
    given = {"to_office": country.other, "day": today(), **terms}
    if given["to_office"] == "own":
        given["to_office"] = country.own
    with pytest.raises(Refused, match=words):
        prepare([country.person], Terms(**given), from_office=country.own, by=worker_of(country))
    assert not Move.objects.exists()


def test_somebody_moves_who_is_chosen_and_theirs_and_once(country: Country) -> None:
    worker, terms = worker_of(country), Terms(to_office=country.other, day=today())
    with pytest.raises(Refused, match="mindst én"):
        prepare([], terms, from_office=country.own, by=worker)
    with pytest.raises(Refused, match="hører ikke til din kommune"):
        prepare([country.their_person], terms, from_office=country.own, by=worker)
    prepared(country)
    with pytest.raises(Refused, match="allerede forberedt en flytning for Prøve Eksempel"):
        prepared(country)
    assert Move.objects.count() == 1


def test_each_signs_who_is_old_enough_and_for_small_children_somebody_does(country: Country) -> None:
    adult, child, teenager = family(country, "Lille", "Ung")
    Person.objects.filter(pk=teenager.pk).update(birth_date=date(today().year - 16, 1, 1))
    teenager.refresh_from_db()
    move = prepared(country, persons=[adult, child, teenager])
    movers = {mover.person_id: mover for mover in movers_of(move)}
    signed = {"present": "Tolk 12", "with_interpreter": True, "language": "ar", "by": worker_of(country)}
    with pytest.raises(Refused, match="Hver skriver selv under: Prøve Eksempel, Ung Eksempel"):
        agree_at_desk(move, list(movers.values()), name="Prøve", seen=text_seen(move), **signed)
    with pytest.raises(Refused, match="hvem samtykket gælder for"):
        agree_at_desk(move, [], name="Prøve", seen=text_seen(move), **signed)
    agree_at_desk(move, [movers[adult.pk], movers[child.pk]], name="Prøve", seen=text_seen(move), **signed)
    assert lacking(move, today()) == ["Samtykke mangler fra: Ung Eksempel. Uden samtykke skal der være en hjemmel."]
    with pytest.raises(Refused, match="allerede samtykke fra: Prøve Eksempel"):
        agree_at_desk(move, [movers[adult.pk]], name="Prøve", seen=text_seen(move), **signed)
    agree_at_desk(move, [movers[teenager.pk]], name="Ung", seen=text_seen(move), **signed)
    assert lacking(move, today()) == []
    assert Consent.objects.count() == 3


def test_consent_is_signed_by_somebody_before_somebody_to_what_was_read_and_not_tomorrow(country: Country) -> None:
    move = prepared(country)
    signed = {"with_interpreter": False, "language": "ar", "by": worker_of(country)}
    movers = movers_of(move)
    for name, present in (("", "Tolk"), ("Prøve", " ")):
        with pytest.raises(Refused, match="Skriv navnet"):
            agree_at_desk(move, movers, name=name, present=present, seen=text_seen(move), **signed)
    with pytest.raises(Refused, match="i fremtiden"):
        agree_at_desk(move, movers, name="P", present="T", seen=text_seen(move), day=today() + A_DAY, **signed)
    with pytest.raises(Refused, match="ændret, siden den blev vist"):
        agree_at_desk(move, movers, name="P", present="T", seen="something else", **signed)
    with pytest.raises(Refused, match="Kun den kommune, der har sagen"):
        agree_at_desk(move, movers, name="P", present="T", seen=text_seen(move), **{**signed, "by": country.stranger})
    withdraw(move, by=worker_of(country))
    move.refresh_from_db()
    with pytest.raises(Refused, match="intet at give samtykke til"):
        agree_at_desk(move, movers, name="P", present="T", seen=text_seen(move), **signed)


def test_on_their_own_page_somebody_agrees_once(country: Country) -> None:
    mover = movers_of(prepared(country))[0]
    with pytest.raises(Refused, match="Skriv dit navn"):
        agree_oneself(mover, name=" ", language="ar", seen=fingerprint(mover))
    with pytest.raises(Refused, match="ændret, siden"):
        agree_oneself(mover, name="Prøve", language="ar", seen="x")
    first = agree_oneself(mover, name="Prøve", language="ar", seen=fingerprint(mover))
    assert agree_oneself(mover, name="Prøve", language="ar", seen=fingerprint(mover)) == first
    assert (first.taken_by, first.language) == (None, "ar")
    offer(mover.move, by=worker_of(country))
    withdraw(mover.move, by=worker_of(country))
    mover.move.refresh_from_db()
    with pytest.raises(Refused, match="afsluttet"):
        agree_oneself(mover, name="Prøve", language="ar", seen=fingerprint(mover))


def test_who_agreed_to_something_else_is_asked_again(country: Country) -> None:
    move = consented(prepared(country, ["plan"]), worker_of(country))
    same = Terms(to_office=country.other, day=today(), groups=("plan",))
    move = change_move(move, [country.person], same, version=move.version, by=worker_of(country))
    assert lacking(move, today()) == []
    more = Terms(to_office=country.other, day=today(), groups=("plan", "needs"))
    move = change_move(move, [country.person], more, version=move.version, by=worker_of(country))
    assert lacking(move, today()) != []
    assert Consent.objects.get().withdrawn == today()
    assert agreement_of(movers_of(move)[0], today()) is None


def test_who_moves_can_be_changed_until_it_is_sent(country: Country) -> None:
    adult, child = family(country, "Lille")
    move, terms = prepared(country, persons=[adult]), Terms(to_office=country.other, day=today())
    move = change_move(move, [adult, child], terms, version=move.version, by=worker_of(country))
    assert {one.person for one in move.movers.all()} == {adult, child}
    move = change_move(move, [child], terms, version=move.version, by=worker_of(country))
    assert [one.person for one in move.movers.all()] == [child]
    with pytest.raises(Refused, match="mindst én"):
        change_move(move, [], terms, version=move.version, by=worker_of(country))
    move = offer(consented(move, worker_of(country)), by=worker_of(country))
    with pytest.raises(Refused, match="Flytningen er sendt"):
        change_move(move, [child], terms, version=move.version, by=worker_of(country))
    with pytest.raises(Refused, match="allerede sendt"):
        offer(move, by=worker_of(country))


def test_a_move_comes_back_with_words_and_can_be_sent_again_or_withdrawn(country: Country) -> None:
    move = offered(country)
    with pytest.raises(Refused, match="Kun den kommune, der er tilbudt sagen"):
        return_move(move, why="Nej", by=worker_of(country))
    with pytest.raises(Refused, match="hvorfor sagen sendes tilbage"):
        return_move(move, why=" ", by=country.stranger)
    move = return_move(move, why="Hun bor her ikke.", by=country.stranger)
    assert (move.state, move.why, move.answered_by) == ("returned", "Hun bor her ikke.", country.stranger)
    with pytest.raises(Refused, match="allerede besvaret"):
        return_move(move, why="Igen", by=country.stranger)
    with pytest.raises(Refused, match="allerede besvaret"):
        accept(move, worker=country.stranger, by=country.stranger)
    move = offer(move, by=worker_of(country))
    assert (move.state, move.why) == ("offered", "")
    with pytest.raises(Refused, match="Kun den kommune, der har sagen"):
        withdraw(move, by=country.stranger)
    move = withdraw(move, by=worker_of(country))
    assert move.state == "withdrawn"
    assert Consent.objects.get().withdrawn == today()
    with pytest.raises(Refused, match="afsluttet"):
        withdraw(move, by=worker_of(country))
    assert prepared(country).state == "prepared"


# Accepted


def test_a_consent_that_was_withdrawn_meanwhile_stops_it(country: Country) -> None:
    move = offered(country)
    consent = Consent.objects.get()
    parts.withdraw_consent(consent, withdrawn=today(), version=consent.version, by=worker_of(country))
    with pytest.raises(Refused, match="kan ikke modtages længere"):
        accept(move, worker=country.stranger, by=country.stranger)
    assert Responsibility.objects.get(person=country.person).end is None


def test_who_accepts_works_there_and_so_does_who_gets_the_case(country: Country) -> None:
    move = offered(country)
    with pytest.raises(Refused, match="Kun den kommune, der er tilbudt sagen"):
        accept(move, worker=country.stranger, by=worker_of(country))
    with pytest.raises(Refused, match="arbejder ikke i Nabo på flyttedagen"):
        accept(move, worker=worker_of(country), by=country.stranger)
    Membership.objects.filter(user=country.stranger).update(end=today() + 10 * A_DAY)
    withdraw(move, by=worker_of(country))
    with pytest.raises(Refused, match="på flyttedagen"):
        moved(country, day=today() + 10 * A_DAY)


def test_on_the_day_one_responsibility_ends_and_the_next_begins(country: Country) -> None:
    filled(country)
    move = moved(country)
    assert (move.state, move.worker, move.answered_by) == ("accepted", country.stranger, country.stranger)
    held = Responsibility.objects.filter(person=country.person).order_by("start")
    assert [(one.organisation, one.start, one.end, one.worker) for one in held] == [
        (country.own, TAKEOVER, today(), worker_of(country)),
        (country.other, today(), None, country.stranger),
    ]
    stays = ResidenceSpell.objects.filter(person=country.person).order_by("start")
    assert [(one.municipality, one.start, one.end, one.end_reason, one.to) for one in stays] == [
        ("901", TAKEOVER, today(), "moved", "902"),
        ("902", today(), None, "", ""),
    ]
    with pytest.raises(Refused, match="allerede besvaret"):
        accept(move, worker=country.stranger, by=country.stranger)


def test_two_responsible_municipalities_on_one_day_are_impossible(country: Country) -> None:
    """By the database itself: a row that is written past every act is refused."""
    moved(country)
    for start, end in ((today(), None), (today() - A_DAY, today() + A_DAY), (TAKEOVER, today())):
        with pytest.raises(IntegrityError), transaction.atomic():
            Responsibility.objects.bulk_create(
                [
                    Responsibility(
                        person=country.person,
                        organisation=country.own,
                        worker=worker_of(country),
                        start=start,
                        end=end,
                    )
                ]
            )
    assert Responsibility.objects.filter(person=country.person).count() == 2


def test_the_programme_goes_on_by_the_same_rules_with_a_draft_of_the_plan(country: Country) -> None:
    before = filled(country)
    moved(country)
    before.refresh_from_db()
    after = Programme.objects.exclude(pk=before.pk).get()
    assert (before.end, after.start, after.end) == (today(), today(), None)
    assert (after.organisation, after.takeover, after.rule_set) == (country.other, TAKEOVER, before.rule_set)
    plan = after.plans.get()
    assert (plan.number, plan.state, text_of(plan)) == (1, "draft", PLAN)
    assert before.plans.get().state == "approved"


def test_open_follow_ups_are_made_anew_and_none_is_overdue_before_the_office_had_it(country: Country) -> None:
    before = filled(country)
    late = before.follow_ups.filter(due__lt=today()).first()
    assert late is not None
    moved(country)
    after = Programme.objects.exclude(pk=before.pk).get()
    assert {one.held for one in after.follow_ups.all()} == {None}
    assert min(after.follow_ups.values_list("due", flat=True)) >= today()
    again = after.follow_ups.get(code=late.code, due=today())
    assert again.moved_from == late.due
    assert again.moved_why["da"] == "Fulgte med fra den tidligere kommune."
    assert after.follow_ups.filter(words__da=MARKS[Group.FOLLOW_UPS]).get().due > today()


def test_without_programme_none_is_opened_and_without_plan_that_holds_the_draft_is_empty(country: Country) -> None:
    moved(country)
    assert not Programme.objects.exists()


def test_a_programme_that_begins_later_stops_it(country: Country) -> None:
    from .programme_examples import opened

    opened(country, start=today() + 5 * A_DAY)
    with pytest.raises(Refused, match="der først begynder"):
        moved(country)
    assert not ClosedCase.objects.exists()


# What goes along and what stays


@pytest.mark.parametrize("group", list(Group))
def test_each_group_goes_along_when_ticked_and_alone(country: Country, group: Group) -> None:
    filled(country)
    moved(country, [group])
    new, old = viewer_of(country.stranger, today()), viewer_of(worker_of(country), today())
    assert seen_by(new, country.person) == {group}
    assert seen_by(old, country.person) == set()
    kept = {one for one in Group if one != group} | {Group.PLAN, Group.FOLLOW_UPS}
    assert seen_by(looking_back(old), country.person) == kept
    assert seen_by(looking_back(new), country.person) & {*Group} <= {group} & {Group.PLAN, Group.FOLLOW_UPS}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups=st.sets(st.sampled_from(list(Group))), ahead=st.integers(0, 40))
def test_the_new_office_sees_exactly_what_was_ticked(
    country: Country, monkeypatch: pytest.MonkeyPatch, groups: set[Group], ahead: int
) -> None:
    day = today() + ahead * A_DAY
    with transaction.atomic(), monkeypatch.context() as patch:
        filled(country)
        moved(country, groups, day=day)
        if ahead:
            old, new = viewer_of(worker_of(country), today()), viewer_of(country.stranger, today())
            assert seen_by(old, country.person) == {*Group}
            assert seen_by(new, country.person) == set()
        patch.setattr("django.utils.timezone.localdate", lambda *_args, **_kwargs: day)
        assert seen_by(viewer_of(country.stranger, day), country.person) == groups
        assert seen_by(viewer_of(worker_of(country), day), country.person) == set()
        notes = visible(viewer_of(country.stranger, day), JournalNote)
        assert not notes.filter(person=country.person).exists()
        transaction.set_rollback(True)


def test_notes_stay_with_who_wrote_them(country: Country) -> None:
    filled(country)
    moved(country, EVERYTHING)
    new, old = viewer_of(country.stranger, today()), viewer_of(worker_of(country), today())
    assert not visible(new, JournalNote).exists()
    assert not visible(old, JournalNote).exists()
    assert [note.text for note in visible(looking_back(old), JournalNote)] == [NOTE]
    assert not visible(old, Person).filter(pk=country.person.pk).exists()


def test_what_was_kept_does_not_stand_in_the_way_of_the_next(country: Country) -> None:
    """The new office writes what it is told, though the old one has a row of the same."""
    filled(country)
    moved(country, [])
    person, by = country.person, country.stranger
    parts.add_language(person, language="ti", spoken="B1", by=by)
    parts.start_work(person, kind="ordinary", employer="Mejeriet", start=TAKEOVER, by=by)
    assert LanguageSkill.objects.filter(person=person, language="ti").count() == 2
    assert [one.employer for one in visible(viewer_of(by, today()), EmploymentSpell)] == ["Mejeriet"]
    with pytest.raises(Refused, match="Sproget står der allerede"):
        parts.add_language(person, language="ti", by=by)
    with pytest.raises(Refused, match="allerede beskæftigelse af samme art"):
        parts.start_work(person, kind="ordinary", start=today(), by=by)


def test_who_comes_back_finds_what_the_office_kept_and_takes_it_along_next_time(country: Country) -> None:
    filled(country)
    moved(country, ["wishes"])
    parts.add_language(country.person, language="ti", spoken="B1", by=country.stranger)
    back = prepare(
        [country.person],
        Terms(to_office=country.own, day=today() + A_DAY, groups=("language",)),
        from_office=country.other,
        by=country.stranger,
    )
    for mover in movers_of(back):
        agree_oneself(mover, name="Prøve", language="ar", seen=fingerprint(mover))
    offer(back, by=country.stranger)
    worker = worker_of(country)
    with pytest.MonkeyPatch.context() as patch:
        accept(back, worker=worker, by=worker)
        tomorrow = today() + A_DAY
        patch.setattr("django.utils.timezone.localdate", lambda *_args, **_kwargs: tomorrow)
        own = viewer_of(worker, tomorrow)
        assert visible(own, Need).get().words == MARKS[Group.NEEDS]
        assert visible(own, LanguageSkill).count() == 2
        assert not visible(own, Wish).exists()
        assert [one.words for one in visible(looking_back(viewer_of(country.stranger, tomorrow)), Wish)] == [
            MARKS[Group.WISHES]
        ]
        on = prepare(
            [country.person],
            Terms(to_office=country.other, day=tomorrow + A_DAY, groups=("language", "needs")),
            from_office=country.own,
            by=worker,
        )
        for mover in movers_of(on):
            agree_oneself(mover, name="Prøve", language="ar", seen=fingerprint(mover))
        offer(on, by=worker)
        accept(on, worker=country.stranger, by=country.stranger)
        then = tomorrow + A_DAY
        patch.setattr("django.utils.timezone.localdate", lambda *_args, **_kwargs: then)
        new = viewer_of(country.stranger, then)
        assert visible(new, Need).get().words == MARKS[Group.NEEDS]
        assert [one.spoken for one in visible(new, LanguageSkill)] == ["B1"], "the same language went along once"


# A day that is still to come


def test_until_the_day_nothing_has_changed_and_on_it_everything_has(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(country)
    day = today() + 10 * A_DAY
    moved(country, ["plan"], day=day)
    old, new = viewer_of(worker_of(country), today()), viewer_of(country.stranger, today())
    assert visible(old, Person).filter(pk=country.person.pk).exists()
    assert visible(old, Programme).get().end == day
    assert not visible(new, Person).filter(pk=country.person.pk).exists()
    assert not visible(new, Plan).exists()
    assert not visible(old, ClosedCase).exists()
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args, **_kwargs: day)
    assert not visible(old, Person).filter(pk=country.person.pk).exists()
    assert visible(old, ClosedCase).get().day == day
    assert visible(new, Person).filter(pk=country.person.pk).exists()
    assert visible(new, Plan).get().number == 1


def test_what_is_written_until_the_day_goes_along_or_stays_as_was_decided(country: Country) -> None:
    filled(country)
    moved(country, ["wishes"], day=today() + 10 * A_DAY)
    worker = worker_of(country)
    wish = parts.record_wish(country.person, about="work", words="Bus", said=today(), by=worker)
    need = parts.note_need(country.person, words="Briller", noted=today(), by=worker)
    other = parts.note_need(country.their_person, words="Andet", noted=today(), by=country.stranger)
    assert (wish.kept_by, need.kept_by, other.kept_by) == (None, country.own, None)


def test_follow_ups_held_or_agreed_until_the_day_are_asked_of_the_new_office_or_not(country: Country) -> None:
    before = filled(country)
    worker, day = worker_of(country), today() + 10 * A_DAY
    move = moved(country, ["follow_ups"], day=day)
    after = move.movers.get().new_programme
    late = before.follow_ups.filter(held=None, due__lt=today()).earliest("due")
    assert after.follow_ups.filter(code=late.code, due=day).exists()
    record_follow_up(late, by=worker, held=today(), note="Vi talte.", today=today())
    assert not after.follow_ups.filter(code=late.code, due=day).exists()
    new = agree_follow_up(before, by=worker, day=day + 41 * A_DAY, words={"da": "Ny", "en": "New"})
    assert after.follow_ups.filter(due=new.due, words__da="Ny").exists()


def test_a_case_that_a_colleague_was_to_take_over_goes_to_the_neighbour_instead(country: Country) -> None:
    later = today() + 5 * A_DAY
    Responsibility.objects.filter(person=country.person).update(end=later)
    Responsibility.objects.create(
        person=country.person, organisation=country.own, worker=country.users[Role.CONSULTANT], start=later
    )
    moved(country, day=today() + 2 * A_DAY)
    held = Responsibility.objects.filter(person=country.person).order_by("start")
    assert [(one.organisation, one.worker) for one in held] == [
        (country.own, worker_of(country)),
        (country.other, country.stranger),
    ]


def test_who_is_gone_already_is_not_handed_over(country: Country) -> None:
    move = offered(country, day=today() + 10 * A_DAY)
    Responsibility.objects.filter(person=country.person).update(end=today() + A_DAY)
    with pytest.raises(Refused, match="er ikke Egenbys dagen før"):
        accept(move, worker=country.stranger, by=country.stranger)


def test_part_of_a_household_moves_as_a_household_of_its_own(country: Country) -> None:
    adult, child, stays = family(country, "Lille", "Bliver")
    moved(country, persons=[adult, child])
    homes = HouseholdMember.objects.filter(end=None).values_list("household", "person")
    together: dict[int, set[int]] = {}
    for home, person in homes:
        together.setdefault(home, set()).add(person)
    assert sorted(together.values(), key=len) == [{stays.pk}, {adult.pk, child.pk}]


def test_a_whole_household_stays_one(country: Country) -> None:
    everybody = family(country, "Lille")
    moved(country, persons=everybody)
    assert HouseholdMember.objects.filter(end=None).count() == 2
    assert HouseholdMember.objects.values("household").distinct().count() == 1


# Elsewhere, abroad, dead


def test_a_municipality_without_the_system_gets_a_file_and_the_case_closes(country: Country) -> None:
    filled(country)
    worker = worker_of(country)
    terms = Terms(to_office=None, to_name="Fjern", to_code="903", day=today(), groups=("plan",))
    move = prepare([country.person], terms, from_office=country.own, by=worker)
    with pytest.raises(Refused, match="Fjern bruger ikke systemet"):
        offer(consented(move, worker), by=worker)
    with pytest.raises(Refused, match="Kun den kommune, der har sagen"):
        hand_over_as_file(move, by=country.stranger)
    move = hand_over_as_file(move, by=worker)
    assert move.state == "handed"
    assert ResidenceSpell.objects.get(person=country.person).to == "903"
    closed = ClosedCase.objects.get()
    assert (closed.organisation, closed.day, closed.gone_along) == (country.own, today(), ["plan"])
    assert seen_by(looking_back(viewer_of(worker, today())), country.person) == {*Group}
    with pytest.raises(Refused, match="allerede sendt eller afsluttet"):
        hand_over_as_file(move, by=worker)


def test_a_file_is_not_handed_over_without_consent_nor_past_who_uses_the_system(country: Country) -> None:
    worker = worker_of(country)
    terms = Terms(to_office=None, to_name="Fjern", day=today())
    move = prepare([country.person], terms, from_office=country.own, by=worker)
    with pytest.raises(Refused, match="Samtykke mangler"):
        hand_over_as_file(move, by=worker)
    withdraw(move, by=worker)
    with pytest.raises(Refused, match="Nabo bruger systemet"):
        hand_over_as_file(consented(prepared(country), worker), by=worker)


def test_a_file_of_who_is_gone_is_not_handed_over(country: Country) -> None:
    worker, terms = worker_of(country), Terms(to_office=None, to_name="Fjern", day=today() + 9 * A_DAY)
    move = consented(prepare([country.person], terms, from_office=country.own, by=worker), worker)
    Responsibility.objects.filter(person=country.person).update(end=today() + A_DAY)
    with pytest.raises(Refused, match="ikke jeres på flyttedagen"):
        hand_over_as_file(move, by=worker)


@pytest.mark.parametrize("reason", ["emigrated", "died"])
def test_who_leaves_the_country_or_dies_is_nobodys_and_the_file_closes(country: Country, reason: str) -> None:
    before = filled(country)
    worker, stay = worker_of(country), ResidenceSpell.objects.get(person=country.person)
    parts.end_residence(stay, end=today(), reason=reason, version=stay.version, by=worker)
    assert Responsibility.objects.get(person=country.person).end == today()
    before.refresh_from_db()
    assert before.end == today()
    closed = ClosedCase.objects.get()
    assert (closed.why, closed.worker, closed.gone_along, closed.move) == (reason, worker, [], None)
    assert seen_by(looking_back(viewer_of(worker, today())), country.person) == {*Group}


def test_a_file_closed_by_mistake_is_reopened(country: Country) -> None:
    worker = worker_of(country)
    filled(country)
    stay = ResidenceSpell.objects.get(person=country.person)
    parts.end_residence(stay, end=today(), reason="died", version=stay.version, by=worker)
    closed = ClosedCase.objects.get()
    with pytest.raises(Refused, match="Kun den kommune, der lukkede sagen"):
        reopen(closed, by=country.stranger)
    reopen(closed, by=worker)
    assert visible(viewer_of(worker, today()), Need).get().words == MARKS[Group.NEEDS]
    with pytest.raises(Refused, match="allerede genåbnet"):
        reopen(closed, by=worker)
    moved(country, day=today() + A_DAY)
    with pytest.raises(Refused, match="flyttet til en anden kommune"):
        reopen(ClosedCase.objects.get(why="moved"), by=worker)


def test_who_moves_within_the_country_without_a_move_stays_the_offices(country: Country) -> None:
    filled(country)
    stay = ResidenceSpell.objects.get(person=country.person)
    parts.end_residence(stay, end=today(), reason="moved", to="902", version=stay.version, by=worker_of(country))
    assert Responsibility.objects.get(person=country.person).end is None
    moved(country)
    assert [one.municipality for one in ResidenceSpell.objects.filter(end=None, person=country.person)] == ["902"]


# Merging, and the register


def test_merging_leaves_what_was_kept_apart(country: Country) -> None:
    """The neighbour finds that the one who came was registered there before; what the old office kept stays its own."""
    filled(country)
    moved(country, [])
    by = country.stranger
    twin = made_person("Tvilling", by, country.other)
    Responsibility.objects.filter(person=twin).update(start=today())
    parts.add_language(twin, language="ti", spoken="A2", by=by)
    parts.start_work(twin, kind="ordinary", employer="Mejeriet", start=TAKEOVER, by=by)
    merge = merge_persons(country.person, twin, by=by)
    new, old = viewer_of(by, today()), looking_back(viewer_of(worker_of(country), today()))
    assert [one.spoken for one in visible(new, LanguageSkill)] == ["A2"]
    assert [one.employer for one in visible(new, EmploymentSpell)] == ["Mejeriet"]
    assert [one.spoken for one in visible(old, LanguageSkill)] == ["C2"]
    assert [one.employer for one in visible(old, EmploymentSpell)] == [MARKS[Group.SPELLS]]
    undo_merge(merge, by=by)
    assert LanguageSkill.objects.get(person=twin).spoken == "A2"


def test_a_language_that_both_have_goes_along_once(country: Country) -> None:
    by = worker_of(country)
    twin = made_person("Tvilling", by, country.own)
    for person in (country.person, twin):
        parts.add_language(person, language="ti", by=by)
    merge_persons(country.person, twin, by=by)
    moved(country, ["language"])
    assert visible(viewer_of(country.stranger, today()), LanguageSkill).count() == 1


def test_the_register_of_an_office_tells_what_the_office_knows(country: Country) -> None:
    filled(country)
    moved(country, [])
    parts.start_work(
        country.person, kind="ordinary", employer="Mejeriet", start=today() - 30 * A_DAY, by=country.stranger
    )
    later = today() + A_DAY

    def work(office: object) -> list[tuple[date, date | None]]:
        table = register_tables(office, day=later).tables["employment_spells"]
        return sorted((row["start"], row["end"]) for row in table.iter_rows(named=True))

    def stays(office: object) -> list[tuple[str, date]]:
        table = register_tables(office, day=later).tables["residence_spells"]
        return sorted((row["municipality"], row["start"]) for row in table.iter_rows(named=True))

    assert work(country.own) == [(TAKEOVER, today())]
    assert work(country.other) == [(today() - 30 * A_DAY, None)]
    assert work(None) == [(TAKEOVER, today() - 30 * A_DAY), (today() - 30 * A_DAY, None)]
    assert stays(country.other) == [("902", today())]


def test_words_for_rows(country: Country) -> None:
    move = moved(country)
    assert str(move) == f"Egenby → Nabo, {today()}"
    assert str(Mover.objects.get()) == "Prøve Eksempel"
    assert str(Agreement.objects.get()) == "Prøve Eksempel"
    assert str(ClosedCase.objects.get()) == "S-Prøve"


def test_a_worker_of_two_offices_accepts_for_the_one_that_was_asked(country: Country) -> None:
    both = made_user("both", country.other, Role.WORKER)
    Membership.objects.create(user=both, organisation=country.own, role=Role.WORKER, start=TAKEOVER)
    move = accept(offered(country), worker=both, by=both)
    assert move.state == "accepted"
