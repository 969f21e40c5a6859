"""Pages of the logs: the person's own, the protection officer's, and the monthly sample."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.errors import Refused
from fodfaeste.web import audit
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.domain.samples import SIZE, answer_line, draw_sample, drawn, month_after
from fodfaeste.web.audit.installing import logs_off
from fodfaeste.web.audit.models import Change, Opening, Sample, SampleLine
from fodfaeste.web.people.models import Need, Person

from .conftest import TAKEOVER, Country, made_person, made_user, signed_in

OCTOBER = date(2026, 10, 1)


def looked(country: Country, user: User, at: datetime | None = None, **more: Any) -> Opening:
    """An opening by somebody of the own municipality."""
    facts = {"person": country.person.pk, "page": "people:person", "organisation": country.own, **more}
    return Opening.objects.create(user=user, **facts, **({"at": at} if at else {}))


def in_october(day: int = 15, hour: int = 12) -> datetime:
    return timezone.make_aware(datetime(2026, 10, day, hour))


def test_the_protection_officer_reads_who_opened_a_file(country: Country) -> None:
    worker = country.users[Role.WORKER]
    looked(country, worker)
    looked(country, country.users[Role.LEADER], reason="Klage over sagsbehandlingen")
    officer = signed_in(country.users[Role.PROTECTION])
    page = officer.get(f"/log/person/{country.person.pk}/")
    assert "worker@example.invalid" in page.text
    assert "Klage over sagsbehandlingen" in page.text
    assert "Personens side" in page.text
    # Reading it is an opening itself.
    assert Opening.objects.latest("pk").user == country.users[Role.PROTECTION]


def test_and_what_was_changed_without_what_is_encrypted(country: Country) -> None:
    with audit.acting(country.users[Role.WORKER]):
        Person.objects.filter(pk=country.person.pk).update(phone="12 34 56 78")
        Need.objects.create(person=country.person, words="kan ikke løfte", noted=TAKEOVER)
    page = signed_in(country.users[Role.PROTECTION]).get(f"/log/person/{country.person.pk}/aendringer/")
    assert "phone: – → 12 34 56 78" in page.text
    assert "words: – → (krypteret)" in page.text
    assert "gAAAA" not in page.text
    assert "worker@example.invalid" in page.text


def test_the_person_gets_when_what_and_why_and_not_who(country: Country) -> None:
    looked(country, country.users[Role.WORKER], in_october(), reason="")
    looked(country, country.users[Role.LEADER], in_october(16), reason="Klage over sagsbehandlingen")
    for role in (Role.WORKER, Role.PROTECTION):
        page = signed_in(country.users[role]).get(f"/log/person/{country.person.pk}/egen/")
        assert "15-10-2026 12:00" in page.text
        assert "Klage over sagsbehandlingen" in page.text
        assert "Arbejde med sagen" in page.text
        assert "@example.invalid" not in page.text
    sent = signed_in(country.users[Role.WORKER]).get(f"/log/person/{country.person.pk}/egen/?format=csv")
    text = b"".join(sent.streaming_content).decode("utf-8-sig")
    assert "2026-10-15 12:00" in text
    assert "@example.invalid" not in text


def test_search_by_day_and_by_user(country: Country) -> None:
    looked(country, country.users[Role.WORKER], in_october(1, 0))
    looked(country, country.users[Role.CONSULTANT], in_october(31, 23))
    officer = signed_in(country.users[Role.PROTECTION])

    def found(query: str) -> set[str]:
        text = officer.get(f"/log/?{query}").text
        return {name for name in ("worker", "consultant") if f"{name}@example.invalid" in text}

    assert found("") == {"worker", "consultant"}
    assert found("fra=2026-10-02") == {"consultant"}
    assert found("foer=2026-10-31") == {"worker"}
    assert found("hvem=consultant") == {"consultant"}
    assert found("sagsnummer=S-Prøve&foer=2026-10-31") == {"worker"}
    assert found("sagsnummer=S-Anden") == set()


def test_openings_without_relation_have_a_list_of_their_own(country: Country) -> None:
    looked(country, country.users[Role.WORKER])
    looked(country, country.users[Role.LEADER], reason="Klage over sagsbehandlingen")
    page = signed_in(country.users[Role.PROTECTION]).get("/log/uden-relation/")
    assert "leader@example.invalid" in page.text
    assert "worker@example.invalid" not in page.text


PAGES = (
    "/log/",
    "/log/uden-relation/",
    "/log/person/{own}/",
    "/log/person/{own}/aendringer/",
    "/log/stikproever/",
    "/log/stikproever/{sample}/",
)
MAY: dict[Role, set[str]] = {Role.PROTECTION: set(PAGES), Role.LEADER: set(PAGES[4:])}


@pytest.mark.parametrize("path", PAGES)
def test_who_may_read_the_logs(country: Country, path: str) -> None:
    looked(country, country.users[Role.WORKER], in_october())
    sample = draw_sample(organisation=country.own, month=OCTOBER, by=country.users[Role.PROTECTION])
    address = path.format(own=country.person.pk, sample=sample.pk)
    allowed = {role for role, user in country.users.items() if signed_in(user).get(address).status_code == 200}
    assert allowed == {role for role, paths in MAY.items() if path in paths}
    assert signed_in(country.stranger).get(address).status_code == 404
    assert signed_in(None).get(address).status_code == 302


def test_the_protection_officer_of_another_municipality_finds_nothing(country: Country) -> None:
    looked(country, country.users[Role.WORKER], in_october())
    sample = draw_sample(organisation=country.own, month=OCTOBER, by=country.users[Role.PROTECTION])
    theirs = signed_in(made_user("theirs", country.other, Role.PROTECTION))
    assert "worker@example.invalid" not in theirs.get("/log/").text
    for path in PAGES[2:4] + PAGES[5:] + ("/log/person/{own}/egen/",):
        assert theirs.get(path.format(own=country.person.pk, sample=sample.pk)).status_code == 404


def test_a_case_that_has_moved_away_shows_no_number(country: Country) -> None:
    looked(country, country.users[Role.WORKER], person=country.their_person.pk)
    page = signed_in(country.users[Role.PROTECTION]).get("/log/")
    assert f"#{country.their_person.pk}" in page.text
    assert "S-Anden" not in page.text


def test_pages_ask_the_database_as_often_for_many_lines_as_for_few(
    country: Country, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    officer = signed_in(country.users[Role.PROTECTION])
    for number in range(40):
        person = made_person(f"N{number}", country.users[Role.WORKER], country.own)
        looked(country, country.users[Role.WORKER], person=person.pk)
    officer.get("/log/")
    with django_assert_max_num_queries(15):
        officer.get("/log/")


# The monthly sample.


@given(st.sets(st.integers(1, 10**6), max_size=60), st.text(max_size=8), st.randoms(use_true_random=False))
def test_who_knows_the_seed_draws_the_same(openings: set[int], seed: str, order: Any) -> None:
    mixed = list(openings)
    order.shuffle(mixed)
    found = drawn(mixed, seed=seed)
    assert found == drawn(sorted(openings), seed=seed)
    assert len(set(found)) == len(found) == min(SIZE, len(openings))
    assert set(found) <= openings


def test_each_opening_has_the_same_chance() -> None:
    times = dict.fromkeys(range(100), 0)
    for seed in range(1000):
        for opening in drawn(range(100), seed=str(seed), size=20):
            times[opening] += 1
    # Of 1,000 draws of 20 in 100 each opening is in 200, give or take 12.6: five times that is beyond chance.
    assert all(abs(count - 200) < 64 for count in times.values())


def test_a_sample_is_of_one_month_and_of_files_that_were_opened(country: Country) -> None:
    worker = country.users[Role.WORKER]
    inside = [looked(country, worker, in_october(1, 0)), looked(country, worker, in_october(31, 23))]
    looked(country, worker, timezone.make_aware(datetime(2026, 9, 30, 23)))
    looked(country, worker, timezone.make_aware(datetime(2026, 11, 1)))
    looked(country, worker, in_october(), in_list=True)
    looked(country, worker, in_october(), organisation=country.other)
    sample = draw_sample(organisation=country.own, month=date(2026, 10, 31), by=country.users[Role.PROTECTION])
    assert {line.opening for line in sample.lines.all()} == set(inside)
    assert (sample.month, len(sample.seed)) == (OCTOBER, 16)


def test_what_cannot_be_drawn_is_refused_in_words(country: Country) -> None:
    officer = country.users[Role.PROTECTION]
    with pytest.raises(Refused, match="Ingen i Egenby åbnede en persons side i 10-2026"):
        draw_sample(organisation=country.own, month=OCTOBER, by=officer)
    with pytest.raises(Refused, match="er ikke forbi"):
        draw_sample(organisation=country.own, month=timezone.localdate(), by=officer)
    looked(country, officer, in_october())
    draw_sample(organisation=country.own, month=OCTOBER, by=officer)
    with pytest.raises(Refused, match="Stikprøven for 10-2026 i Egenby er trukket"):
        draw_sample(organisation=country.own, month=OCTOBER, by=officer)


def test_who_is_not_asked_is_refused(country: Country) -> None:
    looked(country, country.users[Role.CONSULTANT], in_october())
    with pytest.raises(Refused, match="Kun databeskyttelsesrådgiveren i Egenby"):
        draw_sample(organisation=country.own, month=OCTOBER, by=country.users[Role.LEADER])
    sample = draw_sample(organisation=country.own, month=OCTOBER, by=country.users[Role.PROTECTION])
    with pytest.raises(Refused, match="Kun ledere og databeskyttelsesrådgiveren"):
        answer_line(line=sample.lines.get(), needed=True, why="Ja", by=country.users[Role.WORKER])


def test_a_command_draws_for_every_municipality_and_says_where_not(
    country: Country, capsys: pytest.CaptureFixture[str]
) -> None:
    looked(country, country.users[Role.WORKER], in_october())
    call_command("draw_samples", month="2026-10")
    said = capsys.readouterr()
    assert [sample.organisation for sample in Sample.objects.all()] == [country.own]
    assert "Egenby, 2026-10: 1" in said.out
    assert "Ingen i Nabo åbnede en persons side i 10-2026" in said.err
    line = Change.objects.filter(table="audit_sample").get()
    assert line.words.startswith("system: ")
    with pytest.raises(CommandError, match="2026-10"):
        call_command("draw_samples", month="oktober")


def test_months_follow_each_other() -> None:
    assert month_after(date(2026, 12, 31)) == date(2027, 1, 1)
    assert month_after(date(2028, 1, 31)) == date(2028, 2, 1)


def test_a_leader_answers_and_nobody_judges_themselves(country: Country) -> None:
    leader, worker = country.users[Role.LEADER], country.users[Role.WORKER]
    looked(country, worker, in_october())
    looked(country, leader, in_october(16), reason="Klage over sagsbehandlingen")
    sample = draw_sample(organisation=country.own, month=OCTOBER, by=country.users[Role.PROTECTION], seed="øre")
    by_worker, by_leader = sample.lines.order_by("opening__at")
    answer_line(line=by_worker, needed=True, why="Samtale samme dag", by=leader)
    with pytest.raises(Refused, match="dit eget opslag"):
        answer_line(line=by_leader, needed=True, why="Det var det", by=leader)
    with pytest.raises(Refused, match="har vurderet opslaget imens"):
        answer_line(line=by_worker, needed=False, why="Fortrudt", by=country.users[Role.PROTECTION])
    assert Change.objects.filter(table="audit_sampleline", operation="update").count() == 1
    with pytest.raises(IntegrityError, match="an_answer_says_why_and_who"), transaction.atomic():
        SampleLine.objects.filter(pk=by_leader.pk).update(needed=True)


def test_the_page_takes_the_answers_that_are_there(country: Country) -> None:
    for day in (1, 2, 3):
        looked(country, country.users[Role.WORKER], in_october(day))
    looked(country, country.users[Role.LEADER], in_october(4))
    sample = draw_sample(organisation=country.own, month=OCTOBER, by=country.users[Role.PROTECTION])
    first, second, third, own = sample.lines.order_by("opening__at")
    leader, address = signed_in(country.users[Role.LEADER]), f"/log/stikproever/{sample.pk}/"
    shown = leader.get(address)
    assert "sag S-Prøve" in shown.text
    assert f'name="{own.pk}-why"' not in shown.text
    half = leader.post(address, {f"{first.pk}-needed": "yes"})
    assert "Skriv, hvorfor det var eller ikke var nødvendigt" in half.text
    assert not SampleLine.objects.exclude(needed=None).exists()
    said = {f"{first.pk}-needed": "yes", f"{first.pk}-why": "Samtale", f"{second.pk}-needed": "no"}
    leader.post(address, {**said, f"{second.pk}-why": "Ingen sag den dag"})
    assert [line.needed for line in sample.lines.order_by("opening__at")] == [True, False, None, None]
    assert "Ingen sag den dag" in leader.get(address).text
    assert SampleLine.objects.get(pk=third.pk).by is None


def test_what_is_not_answered_in_fourteen_days_is_shown(country: Country) -> None:
    looked(country, country.users[Role.WORKER], in_october())
    sample = draw_sample(organisation=country.own, month=OCTOBER, by=country.users[Role.PROTECTION])
    leader = signed_in(country.users[Role.LEADER])
    for days, late in [(13, 0), (15, 1)]:
        Sample.objects.filter(pk=sample.pk).update(made=timezone.now() - timedelta(days=days))
        (row,) = leader.get("/log/stikproever/").context["list"].page.object_list
        assert (row.drawn, row.open, row.late) == (1, 1, late)


def test_the_protection_officer_draws(country: Country) -> None:
    looked(country, country.users[Role.WORKER], in_october())
    officer = signed_in(country.users[Role.PROTECTION])
    said = {"organisation": country.own.pk, "month": "2026-10"}
    assert officer.post("/log/stikproever/traek/", said)["Location"] == f"/log/stikproever/{Sample.objects.get().pk}/"
    again = officer.post("/log/stikproever/traek/", said, follow=True)
    assert "Stikprøven for 10-2026 i Egenby er trukket" in again.text
    wrong = officer.post("/log/stikproever/traek/", {"organisation": country.other.pk, "month": "nu"}, follow=True)
    assert wrong.status_code == 200
    assert Sample.objects.count() == 1
    assert signed_in(country.users[Role.LEADER]).post("/log/stikproever/traek/", said).status_code == 404


def test_lines_go_only_by_the_owners_hand(country: Country) -> None:
    looked(country, country.users[Role.WORKER])
    with logs_off():
        Opening.objects.all().delete()
    assert not Opening.objects.exists()
    looked(country, country.users[Role.WORKER])
    with pytest.raises(IntegrityError, match="the_log_is_not_changed"), transaction.atomic():
        Opening.objects.all().delete()
