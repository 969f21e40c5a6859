"""An arriving household's own door: its link, what it wishes page by page, and what stays closed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import scoped_models, visible
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.audit.models import Change
from fodfaeste.web.newcomer.domain import links as persons_links
from fodfaeste.web.newcomer.domain.doors import MOST_TRIES
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.domain import decisions
from fodfaeste.web.placement.desk.domain.arrivals import change_arrival, opened_by_system
from fodfaeste.web.placement.desk.domain.asking import asked_of, note_spoken
from fodfaeste.web.placement.desk.domain.proposals import propose
from fodfaeste.web.placement.desk.models import (
    Arrival,
    ArrivalOpening,
    ArrivalWish,
    ArrivingPerson,
    Asking,
    PlacementRecord,
    RoomTaken,
)
from fodfaeste.web.placement.desk.statement import object_until
from fodfaeste.web.placement.door.domain import answering, links
from fodfaeste.web.placement.door.domain.choice import how_much
from fodfaeste.web.placement.door.models import ArrivalLink, WishDraft

from .conftest import Country, signed_in
from .desk_examples import AALBORG, AARHUS, ESBJERG, ODENSE, arriving, decided, member, opened_round, wish
from .door_examples import FIRST, WHY, address, came_by, given_to, household, rows, sent
from .newcomer_examples import newcomer
from .quota_examples import QUOTAS, agency, officer_of

pytestmark = pytest.mark.django_db
WRONG = "Koden er forkert, eller linket er lukket."
MOST_QUERIES = 25


@pytest.fixture
def family(db: None) -> Arrival:
    opened_round()
    return arriving()


def itself(arrival: Arrival) -> Viewer:
    return Viewer(arrival=arrival.pk)


def officer() -> Client:
    return signed_in(officer_of(agency()))


def answered(arrival: Arrival, *wishes: dict) -> Asking:
    return answering.answer(itself(arrival), link=1, wishes=wishes)


# The link and its code


def test_a_household_s_link_is_a_secret_and_six_digits_and_neither_is_kept(family: Arrival) -> None:
    given = given_to(family, "ar")
    assert re.fullmatch(r"\d{6}", given.code)
    secret = given.token.split(".")[2]
    row = str(ArrivalLink.objects.values().get())
    assert len(secret) == 43  # 256 bits, six a letter
    assert secret not in row
    assert given.code not in row
    logged = Change.objects.get(table="placement_arrivallink")
    assert (logged.after["secret"], logged.after["code"]) == ("•••", "•••")


def test_the_officer_gives_access_on_the_household_s_page_and_is_shown_address_and_code_once(family: Arrival) -> None:
    desk = officer()
    place = reverse("placement:arrival-access", args=[family.pk])
    assert place in desk.get(family.get_absolute_url()).text
    page = desk.post(place, {"language": "ar"}).text
    path = re.search(r'href="http://testserver(/ankomst/link/[^"]+)"', page)[1]
    code = re.search(r'own-code" dir="ltr">(\d{6})<', page)[1]
    assert '<div class="own-sheet" lang="ar" dir="rtl">' in page
    assert Client().post(path, {"code": code})["Location"] == FIRST
    again = desk.get(place).text
    assert path not in again
    assert "Åbnet" in again


def test_the_pages_begin_in_the_household_s_language_or_in_english(family: Arrival) -> None:
    other = arriving("Tigrinya", language="ti")
    chosen = '<option value="{}" selected>'
    assert chosen.format("ar") in officer().get(reverse("placement:arrival-access", args=[family.pk])).text
    assert chosen.format("en") in officer().get(reverse("placement:arrival-access", args=[other.pk])).text


def test_a_link_can_be_withdrawn_and_ends_by_itself(family: Arrival) -> None:
    given, later = given_to(family), given_to(family)
    client = came_by(given)
    assert client.get(FIRST).status_code == 200
    officer().post(reverse("placement:arrival-access-withdraw", args=[family.pk, given.link.pk]))
    assert client.get(FIRST)["Location"].startswith("/ankomst/kode/")
    assert WRONG in client.post("/ankomst/kode/", {"code": given.code}).text
    ArrivalLink.objects.filter(pk=later.link.pk).update(expires=timezone.now())
    assert WRONG in Client().post(address(later), {"code": later.code}).text
    assert not links.live(family)


def test_five_wrong_codes_close_a_link(family: Arrival) -> None:
    given, client = given_to(family), Client()
    wrong = f"{(int(given.code) + 1) % 10**6:06}"
    answers = [client.post(address(given), {"code": wrong}).text for _ in range(MOST_TRIES)]
    assert all(WRONG in page for page in answers)
    assert WRONG in client.post(address(given), {"code": given.code}).text


def test_a_link_opens_in_one_browser_and_there_again(family: Arrival) -> None:
    given = given_to(family)
    client = came_by(given)
    assert WRONG in Client().post(address(given), {"code": given.code}).text
    client.post("/ankomst/ud/")
    assert client.get(FIRST).status_code == 302
    assert client.post(address(given), {"code": given.code})["Location"] == FIRST


def test_a_door_takes_no_address_of_another_door(family: Arrival, country: Country) -> None:
    given = given_to(family)
    assert persons_links.read(given.token) is None
    assert WRONG in Client().post(reverse("newcomer:link", args=[given.token]), {"code": given.code}).text


def test_only_an_officer_of_its_agency_gives_a_household_access(family: Arrival) -> None:
    stranger = officer_of(agency("En anden styrelse"))
    with pytest.raises(Refused, match="Kun en visitator"):
        links.give_access(family, by=stranger, language="da")
    with pytest.raises(Refused, match="Kun en visitator"):
        links.withdraw(given_to(family).link, by=stranger)
    theirs = signed_in(stranger).get(reverse("placement:arrival-access", args=[family.pk]))
    assert theirs.status_code == 404


# What a household sees


def test_a_household_sees_its_own_and_nothing_of_any_other(family: Arrival) -> None:
    other = arriving("En anden familie", wishes=(wish("family", ODENSE),))
    sent(other)
    given_to(other)
    me = itself(family)
    assert [*visible(me, Arrival)] == [family]
    assert {one.arrival_id for one in visible(me, ArrivingPerson)} == {family.pk}
    assert not visible(me, ArrivalWish)
    assert not visible(me, PlacementRecord)
    page = household(family)
    assert "En anden familie" not in page.get(FIRST).text
    assert page.get(other.get_absolute_url()).status_code == 302


def test_what_the_gate_gives_a_household_is_written_down_here(family: Arrival) -> None:
    """A new model is closed to households until its scope names them, and this list."""
    answered(family, wish("family", ODENSE))
    sent(family)
    officer().get(family.get_absolute_url())
    WishDraft.objects.create(arrival=family, pages="{}")
    given_to(family)
    seen = {model.__name__ for model in scoped_models() if visible(itself(family), model).exists()}
    assert seen == {
        "Arrival",
        "ArrivalOpening",
        "ArrivalWish",
        "ArrivingPerson",
        "Asking",
        "PlacementRecord",
        "WishDraft",
    }


def test_a_decision_is_not_seen_before_it_is_sent_and_one_taken_back_never(family: Arrival) -> None:
    page, by = household(family), officer_of(agency())
    decided(family, AARHUS)
    assert "Aarhus" not in page.get(FIRST).text
    assert page.get(WHY)["Location"] == FIRST
    decisions.undo(family, text="Forkert.", by=by)
    sent(family, ODENSE)
    seen = visible(itself(family), PlacementRecord)
    assert [(one.act, one.facts.get("decision", {}).get("place")) for one in seen] == [
        ("decided", ODENSE),
        ("sent", None),
    ]
    assert "Odense" in page.get(FIRST).text
    assert "Aarhus" not in page.get(FIRST).text


def test_a_user_and_a_newcomer_have_no_such_page(family: Arrival, country: Country) -> None:
    assert officer().get(FIRST).status_code == 404
    theirs = newcomer(country.person, country.users["worker"])
    assert theirs.get(FIRST)["Location"].startswith("/ankomst/kode/")
    assert household(family).get("/min/")["Location"].startswith("/min/kode/")


def test_a_browser_is_one_at_a_time(family: Arrival, country: Country) -> None:
    client = household(family)
    given = persons_links.give_access(country.person, by=country.users["worker"], language="da")
    client.post(reverse("newcomer:link", args=[given.token]), {"code": given.code})
    assert client.get("/min/").status_code == 200
    assert client.get(FIRST).status_code == 302


def test_where_somebody_is_signed_in_no_link_opens(family: Arrival) -> None:
    given = given_to(family)
    assert "En anden er logget ind her" in officer().post(address(given), {"code": given.code}).text


def test_who_has_looked_stands_on_the_page_without_names(family: Arrival) -> None:
    page = household(family)
    assert "Ingen har åbnet jeres sag endnu." in page.get("/ankomst/log/").text
    officer().get(family.get_absolute_url())
    said = page.get("/ankomst/log/").text
    assert "Jeres sag" in said
    assert str(agency()) in said
    assert officer_of(agency()).name not in said
    before = page.get("/ankomst/log/").text.count("<td>")
    opened_by_system([family], words="token: journalsystem", page="api:arrival")
    assert page.get("/ankomst/log/").text.count("<td>") == before + 3
    own = ArrivalOpening.objects.filter(by=None, words="")
    assert own.exists()
    assert not own.filter(own_link=None).exists()


@pytest.mark.parametrize("path", [FIRST, WHY, "/ankomst/oensker/", "/ankomst/oensker/naer/", "/ankomst/log/"])
def test_pages_keep_to_their_queries(family: Arrival, path: str) -> None:
    if path == WHY:
        sent(family)
    page = household(family)
    page.get(path)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert page.get(path).status_code == 200
    assert len(few) <= MOST_QUERIES
    for number in range(10):
        arriving(f"Nr. {number}")
        officer().get(family.get_absolute_url())
    with CaptureQueriesContext(connection) as many:
        page.get(path)
    assert len(many) == len(few)


def test_the_list_of_households_keeps_to_its_queries(family: Arrival) -> None:
    def queries() -> int:
        desk = officer()
        desk.get("/visitation/husstande/")
        with CaptureQueriesContext(connection) as found:
            assert desk.get("/visitation/husstande/").status_code == 200
        return len(found)

    given_to(family)
    few = queries()
    for number in range(10):
        given_to(arriving(f"Nr. {number}", wishes=(wish("family", ODENSE),)))
    assert few == queries() <= MOST_QUERIES


# Its wishes


def test_wishes_are_kept_page_by_page_and_sent_in_the_end(family: Arrival) -> None:
    page = household(family)
    near = rows({"kind": "family", "code": ODENSE, "km": 30, "weight": 3, "hard": 1}, {"kind": "", "code": ""})
    assert page.post("/ankomst/oensker/naer/", near)["Location"] == "/ankomst/oensker/by/"
    assert not family.wishes.exists()
    assert "I er begyndt at svare." in page.get(FIRST).text
    assert "meget vigtigt" in page.get("/ankomst/oensker/naer/").text
    page.post("/ankomst/oensker/by/", rows({"size": "small", "weight": 1}))
    page.post("/ankomst/oensker/arbejde/", rows({"sector": ["care", "school"], "weight": 3}))
    page.post("/ankomst/oensker/job/", rows({"code": "", "km": 0}))
    page.post("/ankomst/oensker/skole/", rows({"code": AALBORG, "km": 60}))
    page.post("/ankomst/oensker/sted/", rows({"around": ["water"], "weight": 1}))
    last = rows({"code": AARHUS}, {"code": ESBJERG})
    assert page.post("/ankomst/oensker/undgaa/", last)["Location"].startswith("/ankomst/oensker/")
    check = page.get("/ankomst/oensker/send/").text
    assert "nær familie: Odense, højst 30 km væk" in check
    assert page.post("/ankomst/oensker/send/")["Location"] == FIRST
    said = {
        (one.kind, one.code or one.sector or one.around, one.km, one.size, one.hard, one.weight, one.origin)
        for one in ArrivalWish.objects.all()
    }
    assert said == {
        ("family", ODENSE, 30, "", True, 3, "household"),
        ("town", "", 0, "small", False, 1, "household"),
        ("school", AALBORG, 60, "", False, 2, "household"),
        ("sector", "care", 0, "", False, 3, "household"),
        ("sector", "school", 0, "", False, 3, "household"),
        ("around", "water", 0, "", False, 1, "household"),
        ("avoid", AARHUS, 0, "", True, 2, "household"),
        ("avoid", ESBJERG, 0, "", True, 2, "household"),
    }
    assert not WishDraft.objects.exists()
    assert "I har svaret den" in page.get(FIRST).text
    again = page.get("/ankomst/oensker/arbejde/").text
    assert re.search(r'value="care"[^>]* checked', again)


def test_more_rows_come_when_they_are_asked_for(family: Arrival) -> None:
    page = household(family)
    two = rows({"code": AARHUS}, {"code": ODENSE})
    assert page.post("/ankomst/oensker/undgaa/", {**two, "more": "1"})["Location"] == "/ankomst/oensker/undgaa/"
    assert page.get("/ankomst/oensker/undgaa/").text.count('<fieldset class="own-row">') == 3


def test_half_an_answer_is_asked_for_and_nothing_typed_is_lost(family: Arrival) -> None:
    page = household(family)
    answer = page.post("/ankomst/oensker/naer/", rows({"kind": "family", "code": "", "weight": 3}))
    assert answer.status_code == 422
    assert "Vælg den kommune, de bor i." in answer.text
    assert re.search(r'value="3"[^>]* checked', answer.text)


def test_what_was_typed_when_the_hour_was_over_waits_behind_the_code(family: Arrival) -> None:
    given = given_to(family)
    page = came_by(given)
    del page.cookies["sessionid"]
    typed = rows({"kind": "family", "code": ODENSE, "km": 30})
    to = page.post("/ankomst/oensker/naer/", typed)["Location"]
    assert to == "/ankomst/kode/?next=%2Fankomst%2Foensker%2Fnaer%2F"
    back = page.post(to, {"code": given.code, "next": "/ankomst/oensker/naer/"}, follow=True).text
    assert "Det er ikke sendt endnu." in back
    assert f'<option value="{ODENSE}" selected>' in back


def test_no_wish_is_an_answer_and_something_else_than_not_asked(family: Arrival) -> None:
    desk = officer()
    assert "ikke spurgt" in desk.get(family.get_absolute_url()).text
    page = household(family)
    assert "intet svar endnu" in desk.get(family.get_absolute_url()).text
    assert "I har ikke sagt, hvad I ønsker." in page.get(FIRST).text
    page.post("/ankomst/oensker/ingen/")
    said = desk.get(family.get_absolute_url()).text
    assert "ingen ønsker (på sin egen side)" in said
    assert "Ingen; det er husstandens svar." in said
    assert "Det er et svar, og det tæller ikke imod jer." in page.get(FIRST).text
    listed = desk.get("/visitation/husstande/").text
    assert "ingen ønsker (på sin egen side)" in listed


def test_a_proposal_says_how_many_have_answered_and_who_was_not_asked(family: Arrival) -> None:
    asked, none, wishing = arriving("Spurgt"), arriving("Ingen"), arriving("Ønsker")
    given_to(asked)
    answered(none)
    answered(wishing, wish("family", ODENSE))
    week = propose(agency(), name="Uge 9", first=family.arrives, last=family.arrives, by=officer_of(agency()))
    page = officer().get(week.get_absolute_url()).text
    assert "<dt>Husstande, der har svaret om deres ønsker</dt><dd>2 / 4</dd>" in page
    said = re.findall(r'<td class="number">(ikke spurgt|intet svar endnu|ingen ønsker|1 / 1)</td>', page)
    assert sorted(said) == ["1 / 1", "ikke spurgt", "ingen ønsker", "intet svar endnu"]


def test_not_to_answer_never_gives_a_worse_place_than_to_have_no_wish(family: Arrival) -> None:
    others = [arriving("Spurgt"), arriving("Ingen ønsker")]
    given_to(others[0])
    answered(others[1])
    places = {str(case_of(one).facts["proposed"]) for one in (family, *others)}
    orders = {tuple(option["code"] for option in case_of(one).facts["options"]) for one in (family, *others)}
    assert len(places) == 1
    assert len(orders) == 1
    assert [asked_of(one).state for one in (family, *others)] == ["not_asked", "asked", "none"]


def test_wishes_count_at_the_desk_and_say_who_wrote_them(family: Arrival) -> None:
    before = case_of(family).facts["proposed"]
    answered(family, wish("family", ODENSE, weight=3))
    assert (before, case_of(family).facts["proposed"]) == (ESBJERG, ODENSE)
    page = officer().get(family.get_absolute_url()).text
    assert "nær familie: Odense (skrevet af husstanden selv)" in page


def test_a_new_answer_takes_the_place_of_the_household_s_last_and_leaves_the_officer_s(family: Arrival) -> None:
    clinic = wish("treatment", ODENSE, hard=True)
    change_arrival(family, household={}, members=[member()], wishes=[clinic], by=officer_of(agency()))
    answered(family, wish("family", AARHUS))
    answered(family, wish("school", AALBORG))
    assert [(one.kind, one.origin) for one in family.wishes.order_by("pk")] == [
        ("treatment", "officer"),
        ("school", "household"),
    ]
    assert asked_of(family).state == "answered"


def test_a_wish_stays_the_household_s_as_long_as_an_officer_leaves_it_as_it_is(family: Arrival) -> None:
    by = officer_of(agency())
    answered(family, wish("family", AARHUS), wish("school", AALBORG))
    kept, changed = wish("family", AARHUS), wish("school", AALBORG, weight=3)
    change_arrival(family, household={}, members=[member()], wishes=[kept, changed], by=by)
    assert {(one.kind, one.origin) for one in family.wishes.all()} == {("family", "household"), ("school", "officer")}
    assert asked_of(family).oneself is False


def test_an_officer_s_form_does_not_write_over_what_the_household_has_answered_meanwhile(family: Arrival) -> None:
    version = Arrival.objects.get().version
    answered(family, wish("family", AARHUS))
    with pytest.raises(Refused, match="ændret, siden du åbnede siden"):
        change_arrival(family, household={}, members=[member()], version=version, by=officer_of(agency()))
    assert f'name="version" value="{version + 1}"' in officer().get(f"{family.get_absolute_url()}ret/").text


def test_an_officer_writes_down_what_was_said_by_word_of_mouth(family: Arrival) -> None:
    desk, to = officer(), reverse("placement:arrival-asked", args=[family.pk])
    desk.post(to, {"act": "asked"})
    assert asked_of(family).state == "asked"
    desk.post(to, {"act": "none"})
    assert (asked_of(family).state, asked_of(family).oneself) == ("none", False)
    with pytest.raises(Refused, match="har svaret"):
        note_spoken(family, act="asked", by=officer_of(agency()))
    answered(family, wish("family", AARHUS))
    with pytest.raises(Refused, match="har ønsker"):
        note_spoken(family, act="none", by=officer_of(agency()))


def test_a_decision_is_not_sent_past_wishes_that_came_after_it(family: Arrival) -> None:
    by = officer_of(agency())
    decided(family)
    answered(family, wish("family", ODENSE))
    with pytest.raises(Refused, match="ændret sine ønsker efter afgørelsen"):
        decisions.send(family, by=by)
    decisions.undo(family, text="Nye ønsker.", by=by)
    sent(family)
    assert Arrival.objects.get().place == ODENSE


def test_once_the_decision_is_sent_wishes_are_not_changed_and_it_says_why(family: Arrival) -> None:
    page = household(family)
    sent(family)
    with pytest.raises(Refused, match="Afgørelsen er sendt"):
        answered(family, wish("family", ODENSE))
    for path, data in (
        ("naer/", rows({"kind": "family", "code": ODENSE})),
        ("send/", {}),
        ("ingen/", {}),
    ):
        answer = page.post(f"/ankomst/oensker/{path}", data, follow=True).text
        assert "Afgørelsen er sendt, så ønskerne kan ikke ændres mere." in answer
    assert page.get("/ankomst/oensker/")["Location"] == FIRST
    assert not family.wishes.exists()


def test_who_says_no_to_every_place_is_told_so_and_stands_in_nobody_s_way(family: Arrival) -> None:
    tied, other = arriving("Bundet", together_with=family), arriving("Anden")
    everywhere = [wish("avoid", code, hard=True) for code in (AARHUS, ODENSE, AALBORG, ESBJERG)]
    answered(family, *everywhere)
    answered(tied, wish("family", ODENSE, hard=True))
    assert case_of(other).facts["proposed"] == ESBJERG
    assert case_of(family).facts["proposed"] is None
    assert officer().get(family.get_absolute_url()).status_code == 200
    assert (how_much(family).with_room, how_much(family).open) == (4, 0)
    page = household(family)
    assert "Med det, I har sagt, er der intet sted tilbage." in page.get(FIRST).text


def test_how_much_choice_there_is_is_counted(family: Arrival) -> None:
    assert (how_much(family).with_quota, how_much(family).open) == (4, 4)
    answered(family, wish("avoid", AARHUS, hard=True))
    found = how_much(family)
    assert (found.with_room, found.open) == (4, 3)
    page = household(family).get(FIRST).text
    assert "Lige nu har 4 af de 4 kommuner, der tager imod nogen i 2027, plads til jer." in page
    assert "er der 3 tilbage" in page
    RoomTaken.objects.create(
        organisation=agency(), year=2027, code=ESBJERG, quota=QUOTAS[ESBJERG], persons=QUOTAS[ESBJERG] - 1
    )
    found = how_much(family)
    assert (found.with_quota, found.with_room, found.open) == (4, 3, 2)


def test_without_published_quotas_nothing_is_counted(db: None) -> None:
    early = arriving()
    assert how_much(early) is None
    assert "Lige nu har" not in household(early).get(FIRST).text


def test_a_link_lasts_from_the_question_past_the_last_day_to_object(family: Arrival) -> None:
    given = given_to(family)
    assert given.link.expires.date() > object_until(timezone.localdate() + timedelta(weeks=2))


def test_a_receiving_municipality_does_not_see_whether_a_household_was_asked(family: Arrival, country: Country) -> None:
    sent(family)
    Arrival.objects.filter(pk=family.pk).update(receiver=country.own)
    theirs = viewer_of(country.users["worker"], timezone.localdate())
    assert [*visible(theirs, Arrival)] == [family]
    assert not visible(theirs, Asking)
    assert not visible(theirs, ArrivalLink)
    assert not visible(theirs, WishDraft)
