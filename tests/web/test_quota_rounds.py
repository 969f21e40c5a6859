"""Quota rounds: the worked example to the person, tables with mistakes, agreements, changes, what is locked."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from openpyxl import load_workbook
from pypdf import PdfReader

from fodfaeste.data.quota_figures import made_up_figures
from fodfaeste.errors import BadInput, Refused
from fodfaeste.place.quota import quota
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.audit.models import Change
from fodfaeste.web.placement.models import QuotaDecision, QuotaLine, QuotaRound, QuotaUpload
from fodfaeste.web.placement.rounds.columns import FIGURES
from fodfaeste.web.placement.rounds.computing import answers_to
from fodfaeste.web.placement.rounds.deadlines import days_of
from fodfaeste.web.placement.rounds.domain import rounds, tables
from fodfaeste.web.placement.rounds.letter import letters
from fodfaeste.web.placement.rounds.map import drawn
from fodfaeste.web.placement.rounds.reading import read_table
from fodfaeste.web.placement.rounds.words import Totals, failed_in_words, finding, steps_of, why_in_words

from .conftest import Country, made_user, signed_in
from .quota_examples import (
    FIVE,
    NATIONAL,
    NORTH,
    QUOTAS,
    YEAR,
    agency,
    agreed,
    as_csv,
    begun,
    drafted,
    example,
    example_rows,
    north,
    officer_of,
    published,
)
from .test_wall import as_the_application

pytestmark = pytest.mark.django_db


def quotas(round_: QuotaRound) -> dict[str, int]:
    return dict(round_.lines.filter(code__in=FIVE).values_list("code", "quota"))


def line(round_: QuotaRound, code: str) -> QuotaLine:
    return round_.lines.get(code=code)


def read(round_: QuotaRound, rows: list[Any]) -> QuotaUpload:
    by = officer_of(round_.organisation)
    return tables.read_figures(round_, file_name="tal.csv", content=as_csv(rows), by=by)


def by(round_: QuotaRound) -> Any:
    return officer_of(round_.organisation)


# The worked example


def test_the_worked_example_comes_out_to_the_person() -> None:
    round_ = begun()
    tables.save(read(round_, example_rows()), by=by(round_))
    assert quotas(round_) == QUOTAS
    assert sum(round_.lines.values_list("quota", flat=True)) == NATIONAL
    first = line(round_, "101")
    assert (first.p, first.m, first.calculated, first.provisional) == pytest.approx((0.30, 0.55, 60, -40))
    assert (first.s, first.exact, first.why) == (pytest.approx(0.05), 0, "negative")
    assert line(round_, "751").one_more


def test_every_number_is_the_librarys() -> None:
    round_ = begun(national=600)
    tables.put_figures(round_, made_up_figures(), by=by(round_))
    table = quota(made_up_figures(), 600, rule_set="IL-2022").table
    assert {one.code: (one.quota, one.why, one.exact) for one in round_.lines.all()} == {
        row["code"]: (row["quota"], row["why"], row["exact"]) for row in table.iter_rows(named=True)
    }


def test_each_step_is_said_with_its_numbers() -> None:
    round_ = drafted()
    lines = list(round_.lines.all())
    steps = steps_of(line(round_, "751"), Totals.of(round_, lines))
    assert [(step.name[0], step.arithmetic, step.result) for step in steps] == [
        ("p", "250.000 / 1.000.000", "25,000\N{NO-BREAK SPACE}%"),
        ("m", "20.000 / 100.000", "20,000\N{NO-BREAK SPACE}%"),
        ("s", "2 × 25,000\N{NO-BREAK SPACE}% − 20,000\N{NO-BREAK SPACE}%", "30,000\N{NO-BREAK SPACE}%"),
        ("B", "30,000\N{NO-BREAK SPACE}% × (1.000 + 200)", "360,00"),
        ("V", "360,00 − 45", "315,00"),
        ("N", "315,00 × 1.000 / 1.040,00", "302,885"),
        ("H", "302,885", "303"),
    ]
    assert "gav brøken én mere" in steps[-1].words
    with override("en"):
        assert steps_of(line(round_, "751"), Totals.of(round_, lines))[0].arithmetic == "250,000 / 1,000,000"


def test_why_zero_and_why_so_many_are_said() -> None:
    round_ = drafted()
    assert "40,0 flere familiesammenførte" in why_in_words(line(round_, "101"))
    assert "mindre andel" in why_in_words(line(round_, "751"))
    assert "Kvoten er 303" in why_in_words(line(round_, "751"))
    assert "ingen tilbage at fordele til Læsø" in why_in_words(line(round_, "825"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"why": "negative", "s": -0.1}, "dobbelt så stor en andel"),
        ({"why": "rounded_to_zero"}, "under en hel person"),
        ({"why": "nobody_expected"}, "Landstallet er 0"),
        ({"why": "reduced", "m": 0.25}, "samme andel"),
        ({"why": "reduced", "m": 0.5}, "større andel"),
        ({"why": "as_calculated", "exact": 315.0}, "trukket fra. Kvoten er 303"),
    ],
)
def test_each_reason_has_its_words(changed: dict[str, Any], said: str) -> None:
    one = line(drafted(), "751")
    for name, value in changed.items():
        setattr(one, name, value)
    assert said in why_in_words(one)


def test_the_finding_of_the_map_is_a_sentence() -> None:
    round_ = drafted()
    assert finding(list(round_.lines.all())) == "94 af 98 kommuner skal ingen modtage; flest skal Aarhus: 303."
    nobody = rounds.set_national(round_, 0, by=by(round_))
    assert finding(list(nobody.lines.all())) == "98 af 98 kommuner skal ingen modtage."
    assert finding([]) == ""


def test_the_map_has_a_circle_a_municipality_with_its_quota_as_area() -> None:
    map_ = drawn(list(drafted().lines.all()), "Hovedstaden", own=["751"])
    assert map_ is not None
    circles = {circle.words: circle for part in map_.parts for circle in part.circles}
    assert len(circles) == 98
    assert circles["Aarhus: 303"].radius == 22
    assert circles["Aarhus: 303"].kind == "map-some map-own"
    assert circles["Odense: 294"].radius == pytest.approx(22 * (294 / 303) ** 0.5, abs=0.05)
    assert circles["Læsø: 0"].kind == "map-none"
    assert all(part.land.startswith("M") for part in map_.parts)


def test_of_municipalities_of_before_2007_there_is_no_map() -> None:
    assert drawn([QuotaLine(code="999", name="Findes ikke", quota=1)], "Hovedstaden") is None


# Figures with mistakes


def test_a_table_with_mistakes_names_row_column_found_and_what_to_do() -> None:
    rows = example_rows()
    rows[0][3] = "mange"
    rows[1][4] = rows[1][3] + 1
    rows[2][1] = "Balerup"
    rows[3][3] = ""
    upload = read(begun(), rows)
    checked = tables.check(upload)
    problems = {(one.row, one.column): one for one in checked.problems}
    assert (problems[2, "population"].found, problems[2, "population"].todo) == ("mange", "Ret det.")
    assert "højst de 0 indbyggere" in problems[3, "immigrants_refugees"].expected
    assert problems[4, "name"].todo == "Mente du Ballerup?"
    assert "ikke 0" in problems[5, "population"].todo
    assert "ingen række for Ballerup" in checked.whole[0].found


def test_nothing_is_saved_until_everything_is_mended() -> None:
    rows = example_rows()
    rows[0][3] = "mange"
    round_ = begun()
    upload = read(round_, rows)
    with pytest.raises(Refused, match="ret først"):
        tables.save(upload, by=by(round_))
    assert not round_.lines.exists()
    tables.save(tables.mend(upload, {(2, "population"): "300.000"}, by=by(round_)), by=by(round_))
    assert quotas(round_) == QUOTAS
    assert not QuotaUpload.objects.exists()


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (["999", "", "", 1, 1, 1], "code", "en kode på en kommune"),
        (["", "", "Nord", 1, 1, 1], "name", "en kommune"),
        (["101", "Aarhus", "", 1, 1, 1], "name", "København"),
        (["101", "København Kommune", "", 1, 1, 1], "name", "hver kommune én gang"),
    ],
)
def test_municipalities_are_known_by_code_and_name(row: list[Any], column: str, said: str) -> None:
    checked = tables.check(read(begun(), [*example_rows(), row]))
    (problem,) = (one for one in checked.problems if one.row == 100)
    assert problem.column == column
    assert said in problem.expected


def test_names_alone_or_codes_alone_will_do_and_the_region_follows() -> None:
    rows = [["", name, "", *more] for _code, name, _region, *more in example_rows()]
    round_ = begun()
    tables.save(read(round_, rows), by=by(round_))
    assert line(round_, "851").region == NORTH


def test_counties_have_to_be_named_before_2007() -> None:
    round_ = begun(year=2003, rules_on=date(2002, 1, 1))
    upload = tables.type_figures(round_, by=by(round_))
    checked = tables.check(upload)
    assert len(checked.rows) == 271
    assert {one.column for one in checked.problems} == {c.name for c in FIGURES if c.number} | {"region"}


def test_typing_begins_with_what_is_there() -> None:
    round_ = drafted()
    checked = tables.check(tables.type_figures(round_, by=by(round_)))
    assert checked.can_be_saved
    assert next(row.cells for row in checked.rows if row.cells["code"] == "751")["population"] == "250000"


@pytest.mark.parametrize(
    ("heads", "rows", "said"),
    [
        (("Kode", "Indbyggere"), [["101", 1]], "Indvandrere og flygtninge"),
        (
            ("Kommune", "Indbygere", "Indvandrere og flygtninge", "Familiesammenførte"),
            [["København", 1, 1, 1]],
            "Indbygere",
        ),
        (("Indbyggere", "Indvandrere og flygtninge", "Familiesammenførte"), [[1, 1, 1]], "Kommune"),
        (
            ("Kode", "Kode", "Indbyggere", "Indvandrere og flygtninge", "Familiesammenførte"),
            [["1", "1", 1, 1, 1]],
            "to gange",
        ),
        (("Kode", "Indbyggere", "Indvandrere og flygtninge", "Familiesammenførte"), [], "0 rækker"),
    ],
)
def test_a_file_without_its_columns_is_not_read(heads: tuple[str, ...], rows: list[Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_table("tal.csv", as_csv(rows, heads), FIGURES)


def test_shares_of_nobody_are_refused() -> None:
    rows = [[*row[:3], 0, 0, 0] for row in example_rows()]
    round_ = begun()
    upload = read(round_, rows)
    with pytest.raises(BadInput):
        tables.save(upload, by=by(round_))
    page = signed_in(by(round_)).post(f"/visitation/kvoter/tabel/{upload.pk}/", {"gem": "1"})
    assert page.status_code == 422
    assert "mindst én skal bo et sted" in page.text


# The calendar


def test_a_deadline_on_a_saturday_waits_and_says_why() -> None:
    days = {day.step.code: day for day in days_of(begun(year=2028, rules_on=date(2026, 1, 1)))}
    assert (days["national_deadline"].step.day, days["national_deadline"].day) == (date(2027, 5, 1), date(2027, 5, 3))
    assert "1. maj 2027" in days["national_deadline"].moved
    assert days["population_day"].day == date(2027, 1, 1)
    assert days["fix_date"].moved == ""
    assert days["agreement_deadline"].source.endswith("læst i lov eller bekendtgørelse")


def test_the_rules_are_those_of_the_year_of_announcement() -> None:
    assert begun().rule_set == "IL-2022"
    assert begun(year=2015).rule_set == "IL-2007"
    with pytest.raises(Refused, match="år fra 2000"):
        begun(year=1990)
    with pytest.raises(Refused, match="er begyndt"):
        begun()


# Agreements


def test_an_agreement_that_holds_every_condition_takes_the_place_of_the_calculation() -> None:
    round_ = drafted()
    agreement = agreed(round_, NORTH, north(Aalborg=200, Hjørring=39))
    assert agreement.counts
    assert (line(round_, "851").quota, line(round_, "860").quota) == (200, 39)
    assert (line(round_, "851").calculated_quota, line(round_, "851").why) == (239, "agreed")
    assert "har kommunerne i regionen aftalt" in why_in_words(line(round_, "851"))
    assert steps_of(line(round_, "851"), Totals.of(round_, round_.lines.all()))[-1].result == "200"
    assert sum(round_.lines.values_list("quota", flat=True)) == NATIONAL


@pytest.mark.parametrize(
    ("rows", "told", "condition", "said"),
    [
        (north(Aalborg=239), {"written": False}, "written_and_signed", "ikke skriftlig"),
        ([*north(Aalborg=239)[1:], (north()[0][0], 0, "nej")], {}, "written_and_signed", "ikke underskrevet for"),
        (north(Aalborg=239)[1:], {}, "number_each", "intet antal for"),
        (north(Aalborg=240), {}, "sum", "Tallene giver 240, og regionens kvote er 239"),
    ],
)
def test_each_condition_is_answered_in_words(rows: list[Any], told: dict[str, bool], condition: str, said: str) -> None:
    round_ = drafted()
    agreement = agreed(round_, NORTH, rows, **told)
    given = {one.condition: failed_in_words(one) for one in answers_to(agreement, list(round_.lines.all()))}
    assert said in given[condition]
    assert list(given) == ["written_and_signed", "number_each", "sum", "lapse"]
    assert not agreement.counts
    assert quotas(round_) == QUOTAS


def test_after_a_change_of_the_national_number_an_agreement_has_lapsed_unless_it_says_how() -> None:
    changed = rounds.begin_revision(published(), expected=2000, reason="Flere ventes", by=officer_of(agency()))
    share = changed.lines.get(code="851").quota
    lapsed = agreed(changed, NORTH, north(Aalborg=share))
    assert failed_in_words(answers_to(lapsed, list(changed.lines.all()))[-1]).startswith("Landstallet er ændret")
    assert agreed(changed, NORTH, north(Aalborg=share), says_how_to_change=True, told_beforehand=True).counts


def test_an_agreement_stops_to_count_when_the_figures_change_and_can_be_taken_out() -> None:
    round_ = drafted()
    agreement = agreed(round_, NORTH, north(Hjørring=239))
    assert line(round_, "860").quota == 239
    rounds.set_national(round_, 500, by=by(round_))
    agreement.refresh_from_db()
    assert not agreement.counts
    assert line(round_, "860").quota == 0
    tables.drop_agreement(agreement, by=by(round_))
    assert not round_.agreements.exists()


def test_an_agreement_names_municipalities_of_its_region_alone() -> None:
    with pytest.raises(Refused, match="ret først"):
        agreed(drafted(), NORTH, [*north(Aalborg=239), ("Aarhus", 3, "måske")])


# From year to year, and what is locked


def test_a_year_goes_from_announced_to_fixed_and_one_version_holds() -> None:
    first = published()
    fixed = rounds.begin_fixing(first, by=by(first))
    assert quotas(fixed) == QUOTAS
    with pytest.raises(Refused, match="ingen ny version er i gang"):
        rounds.begin_fixing(first, by=by(first))
    rounds.publish(fixed, by=by(first))
    first.refresh_from_db()
    assert (first.state, fixed.number) == ("revised", 2)
    assert [one.act for one in QuotaDecision.objects.order_by("pk")] == ["published", "revised", "published"]
    facts = QuotaDecision.objects.latest("pk").facts
    assert (facts["national"], facts["zero"], facts["rule_set"]) == (1000, 94, "IL-2022")
    assert len(facts["fingerprint"]) == 64
    with pytest.raises(Refused, match="Kun udmeldte"):
        rounds.begin_fixing(fixed, by=by(first))


def test_the_thresholds_say_whether_the_national_number_must_change() -> None:
    round_ = published()
    assert [rounds.revision(round_, number).must for number in (1400, 1401, 599)] == [False, True, True]  # type: ignore[union-attr]
    changed = rounds.begin_revision(round_, expected=1401, reason="Flere ventes", by=by(round_))
    assert sum(changed.lines.values_list("quota", flat=True)) == 1401
    rounds.publish(changed, by=by(round_))
    assert QuotaDecision.objects.latest("pk").facts["must_change"] is True
    for expected, reason, said in ((1401, "Ingen", "det landstal, der gælder"), (900, " ", "Skriv, hvorfor")):
        with pytest.raises(Refused, match=said):
            rounds.begin_revision(changed, expected=expected, reason=reason, by=by(round_))


def test_the_displaced_from_ukraine_go_by_population_ten_thousand_at_a_time() -> None:
    round_ = begun(track="ukraine", year=2024, national=10_000)
    assert (round_.rule_set, round_.rules_on) == ("UKR-2022", date(2024, 1, 1))
    (day,) = days_of(round_)
    assert day.day == date(2023, 1, 1)
    tables.put_figures(round_, example().drop("immigrants_refugees", "family_reunified"), by=by(round_))
    assert quotas(round_) == dict(zip(FIVE, (3000, 2500, 2000, 1500, 1000), strict=True))
    assert "30,00\N{NO-BREAK SPACE}% af landets indbyggere" in why_in_words(line(round_, "101"))
    assert len(steps_of(line(round_, "101"), Totals.of(round_, round_.lines.all()))) == 3
    rounds.publish(round_, by=by(round_))
    more = rounds.publish(rounds.begin_tranche(round_, by=by(round_)), by=by(round_))
    round_.refresh_from_db()
    assert (round_.state, more.state, more.national) == ("published", "published", 10_000)
    with pytest.raises(Refused, match="fast antal"):
        rounds.begin_revision(round_, expected=2, reason="x", by=by(round_))
    with pytest.raises(Refused, match="ét landstal"):
        rounds.begin_tranche(published(agency("En anden styrelse")), by=officer_of(agency("En anden styrelse")))


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.lines.update(quota=1),
        lambda one: one.lines.all().delete(),
        lambda one: one.lines.create(
            code="1", name="x", region="x", population=1, p=0, s=0, calculated=0, provisional=0, exact=0,
            calculated_quota=0, quota=0, why="x",
        ),
        lambda one: QuotaRound.objects.filter(pk=one.pk).update(national=1),
        lambda one: QuotaRound.objects.filter(pk=one.pk).update(state="draft", published=None),
        lambda one: one.agreements.create(
            region="x", received=date(2026, 9, 1), written=True, says_how_to_change=True, told_beforehand=True,
            made_by=one.made_by,
        ),
        lambda one: one.agreements.update(counts=False),
        lambda one: QuotaDecision.objects.update(facts={}),
        lambda one: QuotaDecision.objects.all().delete(),
    ],
)  # fmt: skip
def test_what_is_published_nobody_changes(change: Any) -> None:
    round_ = drafted()
    agreed(round_, NORTH, north(Aalborg=239))
    rounds.publish(round_, by=by(round_))
    with pytest.raises(DatabaseError), transaction.atomic():
        change(round_)
    assert quotas(round_) == QUOTAS


def test_quotas_that_do_not_add_up_are_not_published() -> None:
    round_ = drafted()
    round_.lines.filter(code="751").update(quota=1)
    with pytest.raises(Refused, match="giver ikke tilsammen landstallet"):
        rounds.publish(round_, by=by(round_))


def test_what_cannot_be_done_is_refused_in_words() -> None:
    empty = begun()
    with pytest.raises(Refused, match="ingen tal endnu"):
        rounds.publish(empty, by=by(empty))
    with pytest.raises(Refused, match="Kun en offentliggjort"):
        rounds.close(empty, by=by(empty))
    rounds.discard(empty, by=by(empty))
    round_ = published()
    for act in (
        lambda: rounds.set_national(round_, 3, by=by(round_)),
        lambda: rounds.discard(round_, by=by(round_)),
        lambda: rounds.publish(round_, by=by(round_)),
    ):
        with pytest.raises(Refused, match="kan ikke ændres"):
            act()
    assert rounds.close(round_, by=by(round_)).state == "closed"


def test_only_an_officer_of_the_agency_acts(country: Country) -> None:
    round_ = drafted()
    stranger = officer_of(agency("En anden styrelse"))
    for user in (stranger, country.users[Role.LEADER]):
        with pytest.raises(Refused, match="Kun en visitator i Egen agency"):
            rounds.publish(round_, by=user)


def test_every_change_is_in_the_log() -> None:
    round_ = published()
    found = Change.objects.filter(table="placement_quotaround", row=str(round_.pk)).order_by("pk")
    assert [one.operation for one in found] == ["insert", "update"]
    assert found.last().user_id == by(round_).pk
    assert Change.objects.filter(table="placement_quotaline").count() == 98


# Pages


def test_the_way_from_a_file_to_published_quotas(country: Country) -> None:
    browser = signed_in(officer_of(agency()))
    answer = browser.post(
        "/visitation/kvoter/ny/", {"organisation": agency().pk, "year": YEAR, "track": "quota", "national": 1000}
    )
    round_ = QuotaRound.objects.get()
    assert answer["Location"] == f"/visitation/kvoter/{round_.pk}/tal/"
    rows = example_rows()
    rows[0][3] = "mange"
    answer = browser.post(answer["Location"], {"file": SimpleUploadedFile("tal.csv", as_csv(rows))})
    page = browser.get(answer["Location"]).text
    assert "1 ting skal rettes" in page
    assert 'name="2:population" value="mange"' in page
    answer = browser.post(answer["Location"], {"2:population": "300000", "gem": "1"})
    assert answer["Location"] == f"/visitation/kvoter/{round_.pk}/"
    assert "94 af 98 kommuner" in browser.get(answer["Location"]).text
    browser.post(f"/visitation/kvoter/{round_.pk}/offentliggoer/")
    round_.refresh_from_db()
    assert round_.state == "published"
    assert "Fingeraftryk" in browser.get(answer["Location"]).text


def test_an_agreement_is_taken_in_by_its_page() -> None:
    round_ = drafted()
    browser = signed_in(by(round_))
    sent = SimpleUploadedFile("aftale.csv", as_csv(north(Aalborg=239), ("Kommune", "Kvote", "Underskrevet")))
    about = {"region": NORTH, "received": "2026-09-09", "written": "on", "file": sent}
    address = f"/visitation/kvoter/{round_.pk}/aftaler/"
    upload = browser.post(address, about)["Location"]
    assert browser.post(upload, {"gem": "1"})["Location"] == address
    assert "aftalen gælder" in browser.get(address).text
    wrong = SimpleUploadedFile("aftale.csv", as_csv([["Aalborg"]], ("Kommune",)))
    page = browser.post(address, {**about, "file": wrong})
    assert page.status_code == 422
    assert "ingen kolonne" in page.text


def test_a_leader_reads_their_own_quota_and_every_other(country: Country) -> None:
    Organisation.objects.filter(pk=country.own.pk).update(code="751", name="Aarhus")
    round_ = published()
    browser = signed_in(country.users[Role.LEADER])
    front = browser.get("/visitation/kvoter/").text
    assert "303 personer" in front
    assert "mindre andel" in front
    assert "map-some map-own" in browser.get(f"/visitation/kvoter/{round_.pk}/kommuner/").text
    assert "Hvorfor nul?" in browser.get(f"/visitation/kvoter/{round_.pk}/kommuner/101/").text
    assert browser.get(f"/visitation/kvoter/{round_.pk}/kommuner/751/brev.pdf").status_code == 200
    assert browser.get(f"/visitation/kvoter/{round_.pk}/kommuner/101/brev.pdf").status_code == 404
    assert browser.get(f"/visitation/kvoter/{round_.pk}/kommuner/999/").status_code == 404
    assert "Offentliggør" not in browser.get(f"/visitation/kvoter/{round_.pk}/").text


def test_the_list_is_sorted_filtered_and_taken_away() -> None:
    round_ = published()
    browser, address = signed_in(by(round_)), f"/visitation/kvoter/{round_.pk}/kommuner/"
    assert "Viser 1–11 af 11" in browser.get(f"{address}?region={NORTH}").text
    assert "Viser 1–50 af 94" in browser.get(f"{address}?nul=on").text
    sheet = load_workbook(io.BytesIO(b"".join(browser.get(f"{address}?format=xlsx&orden=-kvote")))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("Kommune", "Kode", "Region", "Kvote")
    assert rows[1][:4] == ("Aarhus", "751", "Midtjylland", 303)
    assert len(rows) == 99


def test_what_if_shows_both_columns_and_saves_nothing() -> None:
    round_ = published()
    browser, address = signed_in(by(round_)), f"/visitation/kvoter/{round_.pk}/hvad-hvis/"
    page = browser.get(address, {"national": 1100}).text
    assert "Landstallet går fra 1000 til 1100: 4 kommuner får flere, 0 færre." in " ".join(page.split())
    page = browser.get(address, {"national": 1000, "code": "751", "immigrants_refugees": 40_000}).text
    assert "Aarhus (-" in page
    assert "Vælg den kommune" in browser.get(address, {"national": 1000, "population": 3}).text
    assert "Højst så mange" in browser.get(address, {"national": 1000, "code": "751", "population": 3}).text
    assert quotas(round_) == QUOTAS


def test_what_if_of_nobody_is_said() -> None:
    round_ = begun(track="ukraine", year=2024, national=10_000)
    figures = example().drop("immigrants_refugees", "family_reunified")
    one = figures.with_columns(population=figures["population"] * (figures["code"] == "101"))
    tables.put_figures(round_, one, by=by(round_))
    address = f"/visitation/kvoter/{round_.pk}/hvad-hvis/"
    page = signed_in(by(round_)).get(address, {"national": 10, "code": "101", "population": 0}).text
    assert "ingen at regne andele af" in page


def test_the_change_page_answers_before_it_acts() -> None:
    round_ = published()
    browser, address = signed_in(by(round_)), f"/visitation/kvoter/{round_.pk}/aendring/"
    assert "Landstallet skal ændres." in browser.get(address, {"expected": 1500}).text
    assert "Landstallet skal ikke ændres." in browser.get(address, {"expected": 1100}).text
    assert "Skriv, hvorfor" in browser.post(address, {"expected": 1500}).text
    assert QuotaRound.objects.count() == 1
    browser.post(address, {"expected": 1500, "reason": "Flere ventes"})
    assert QuotaRound.objects.latest("pk").national == 1500


def test_other_small_pages() -> None:
    round_ = begun()
    browser, address = signed_in(by(round_)), f"/visitation/kvoter/{round_.pk}"
    assert "ingen tal endnu" in browser.get(f"{address}/").text
    assert "ingen tal endnu" in browser.get(f"{address}/offentliggoer/").text
    assert "ingen tal endnu" in browser.get(f"{address}/aftaler/").text
    assert browser.get(f"{address}/kommuner/").status_code == 200
    assert browser.get(f"{address}/breve.pdf").status_code == 302
    assert browser.post(f"{address}/landstal/", {"national": "x"}).status_code == 422
    assert browser.get(f"{address}/skabelon/andet.csv").status_code == 404
    assert b"Kode;Kommune;Region" in b"".join(browser.get(f"{address}/skabelon/tal.csv"))
    assert browser.post(f"{address}/afslut/").status_code == 302
    typed = browser.post(f"{address}/tal/skriv/")["Location"]
    assert browser.get(typed).text.count("<input class") == 3 * 98
    assert "Tabeller, der venter" in browser.get(f"{address}/tal/").text
    wrong = browser.post(f"{address}/tal/", {"file": SimpleUploadedFile("tal.csv", b"x;y\r\n1;2\r\n")})
    assert wrong.status_code == 422
    assert "Filen kan ikke læses" in wrong.text
    assert browser.post(f"{typed}slet/").status_code == 302
    assert not QuotaUpload.objects.exists()
    assert browser.post(f"{typed}slet/").status_code == 404
    assert browser.post(f"{address}/aftaler/1/fjern/").status_code == 404
    assert browser.post(f"{address}/slet/")["Location"] == "/visitation/kvoter/"


def test_a_table_that_waits_is_closed_with_its_round() -> None:
    round_ = drafted()
    upload = tables.type_figures(round_, by=by(round_))
    rounds.publish(round_, by=by(round_))
    assert signed_in(by(round_)).get(f"/visitation/kvoter/tabel/{upload.pk}/").status_code == 404
    assert signed_in(by(round_)).post(f"/visitation/kvoter/{round_.pk}/slet/")["Location"].endswith(f"/{round_.pk}/")


@pytest.mark.parametrize(
    "rest", ["", "kommuner/?antal=200", "kommuner/751/", "hvad-hvis/?national=1100", "aftaler/", "tal/"]
)
def test_pages_ask_the_database_few_times(rest: str) -> None:
    round_ = drafted()
    agreed(round_, NORTH, north(Aalborg=239))
    browser = signed_in(by(round_))
    address = f"/visitation/kvoter/{round_.pk}/{rest}"
    browser.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert browser.get(address).status_code == 200
    assert len(asked) <= 25, [one["sql"][:90] for one in asked]


# Letters


def test_a_letter_says_the_quota_and_how_it_came_about() -> None:
    round_ = published()
    lines = list(round_.lines.all())
    pdf = PdfReader(io.BytesIO(letters(round_, lines, [line(round_, "751")], on=date(2026, 5, 1))))
    root: Any = pdf.trailer["/Root"].get_object()
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "da"
    said = pdf.pages[0].extract_text()
    assert "Aarhus Kommune skal i 2027 modtage 303 personer." in said
    assert "315,00 × 1.000 / 1.040,00" in said
    assert "BO 550/2022 § 4(5)" in said
    assert "Kladde" not in said


def test_letters_to_all_come_in_one_file_each_on_its_page() -> None:
    round_ = drafted()
    lines = [line(round_, code) for code in FIVE]
    with override("en"):
        pdf = PdfReader(io.BytesIO(letters(round_, list(round_.lines.all()), lines, on=date(2026, 5, 1))))
    assert len(pdf.pages) == 5
    assert "Kladde: kvoterne er ikke offentliggjort." in pdf.pages[0].extract_text()
    assert "Hvorfor nul?" in pdf.pages[0].extract_text()


@pytest.mark.parametrize("track", ["quota", "ukraine"])
def test_letters_say_what_the_version_is_for(track: str) -> None:
    round_ = begun(track=track, year=2026 if track == "ukraine" else YEAR)
    figures = example() if track == "quota" else example().drop("immigrants_refugees", "family_reunified")
    tables.put_figures(round_, figures, by=by(round_))
    rounds.publish(round_, by=by(round_))
    later = (
        rounds.begin_tranche(round_, by=by(round_))
        if track == "ukraine"
        else rounds.begin_revision(round_, expected=2000, reason="Flere ventes fra Sudan.", by=by(round_))
    )
    words = {"quota": ("kan aftale en anden fordeling", "Flere ventes fra Sudan"), "ukraine": ("de første", "de næste")}
    for one, said in zip((round_, later), words[track], strict=True):
        made = letters(one, list(one.lines.all()), [line(one, "101")], on=date(2026, 5, 1))
        assert said in " ".join(PdfReader(io.BytesIO(made)).pages[0].extract_text().split())


def test_an_officer_of_two_agencies_says_for_which() -> None:
    from fodfaeste.web.accounts.models import Membership

    user, other = officer_of(agency()), agency("En anden styrelse")
    Membership.objects.create(user=user, organisation=other, role=Role.OFFICER, start=date(2020, 1, 1))
    page = signed_in(user).get("/visitation/kvoter/ny/").text
    assert "En anden styrelse" in page
    analyst = made_user("analyst", Organisation.objects.create(kind=Kind.AGENCY, name="Ministeriet"), Role.ANALYST)
    assert signed_in(analyst).get("/visitation/kvoter/").status_code == 200


def test_the_pages_that_go_on_from_a_published_round() -> None:
    round_ = published()
    browser, address = signed_in(by(round_)), f"/visitation/kvoter/{round_.pk}"
    fixed = QuotaRound.objects.get(pk=int(browser.post(f"{address}/videre/")["Location"].split("/")[3]))
    agreement = agreed(fixed, NORTH, north(Aalborg=239))
    assert browser.post(f"/visitation/kvoter/{fixed.pk}/aftaler/{agreement.pk}/fjern/").status_code == 302
    assert not fixed.agreements.exists()
    refused = browser.post(f"{address}/videre/", follow=True)
    assert "ingen ny version er i gang" in refused.text
    assert browser.post(f"/visitation/kvoter/{fixed.pk}/landstal/", {"national": 900}).status_code == 302
    assert sum(fixed.lines.values_list("quota", flat=True)) == 900
    assert browser.post(f"/visitation/kvoter/{fixed.pk}/slet/")["Location"] == "/visitation/kvoter/"
    fixed.lines.exclude(code__in=FIVE).delete()
    assert browser.post(f"{address}/afslut/").status_code == 302
    round_.refresh_from_db()
    assert round_.state == "closed"


def test_all_letters_come_by_their_page_and_mending_shows_the_table_again() -> None:
    round_ = drafted()
    round_.lines.exclude(code__in=FIVE).delete()
    browser, address = signed_in(by(round_)), f"/visitation/kvoter/{round_.pk}"
    made = PdfReader(io.BytesIO(b"".join(browser.get(f"{address}/breve.pdf"))))
    assert len(made.pages) == 5
    typed = browser.post(f"{address}/tal/skriv/")["Location"]
    assert browser.post(typed, {"1:population": "mange", "x:population": "1", "1:andet": "1"})["Location"] == typed
    page = browser.post(typed, {"gem": "1"})
    assert page.status_code == 422
    assert "ret først det, der står ved rækkerne" in page.text


def test_whoever_has_nothing_to_do_with_quotas_finds_none(country: Country) -> None:
    round_ = published()
    worker = signed_in(country.users[Role.WORKER])
    assert worker.get("/visitation/kvoter/").status_code == 403
    assert worker.get("/visitation/kvoter/ny/").status_code == 403
    assert worker.get(f"/visitation/kvoter/{round_.pk}/").status_code == 404
    leader = signed_in(country.users[Role.LEADER])
    assert leader.get(f"/visitation/kvoter/{round_.pk}/offentliggoer/").status_code == 404


def test_rows_name_themselves() -> None:
    round_ = drafted()
    agreement = agreed(round_, NORTH, north(Aalborg=239))
    typed = tables.type_figures(round_, by=by(round_))
    read_ = read(round_, example_rows())
    rounds.publish(round_, by=by(round_))
    named = [round_, line(round_, "751"), agreement, agreement.numbers.get(code="851"), typed, read_]
    assert [str(one) for one in named] == ["2027 (1)", "Aarhus: 303", NORTH, "Aalborg: 239", "", "tal.csv"]
    assert str(QuotaDecision.objects.get()).startswith("offentliggjort ")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no roles")
def test_a_round_is_made_by_the_role_that_owns_nothing() -> None:
    round_ = drafted()
    browser = signed_in(by(round_))
    with as_the_application():
        browser.post(f"/visitation/kvoter/{round_.pk}/offentliggoer/")
        assert browser.get(f"/visitation/kvoter/{round_.pk}/kommuner/").status_code == 200
    round_.refresh_from_db()
    assert round_.state == "published"
