"""Insight: figures are made each night, compared once a year, and nobody can work out what is hidden."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from fodfaeste.errors import Refused
from fodfaeste.measure.disclosure import audit
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.api.tokens import Scope, make_token
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.insight.beside import similar, tiles
from fodfaeste.web.insight.domain import drawing, making
from fodfaeste.web.insight.domain.computing import limited
from fodfaeste.web.insight.domain.making import make_insight
from fodfaeste.web.insight.findings import distance, findings
from fodfaeste.web.insight.measures import MEASURES
from fodfaeste.web.insight.models import Counted, Edition, Figure, Picture
from fodfaeste.web.people.models import Person, ResidenceSpell

from .conftest import TAKEOVER, Country, made_country, signed_in
from .insight_examples import BLANK, DAY, analyst, figures, text_of, undrawn

HIDDEN = "skjult"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing: one test draws."""
    monkeypatch.setattr(drawing, "svg", undrawn)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Country, dict[str, Organisation]]]:
    """A country with six municipalities and their figures, made once for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        country = made_country()
        offices = figures(country)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(drawing, "svg", undrawn)
            make_insight(DAY)
        yield country, offices
        transaction.set_rollback(True)


@pytest.fixture
def country(made: tuple[Country, dict[str, Organisation]], db: None) -> Country:
    """The country that is kept; what a test does to it is undone."""
    return made[0]


@pytest.fixture
def offices(made: tuple[Country, dict[str, Organisation]], db: None) -> dict[str, Organisation]:
    """Its municipalities by code."""
    return made[1]


def own(office: Organisation, measure: str, part: str = "") -> Figure:
    return Figure.objects.get(organisation=office, measure=measure, part=part)


# ------------------------------------------------------------------ what is counted


def test_a_figure_is_what_its_definition_says(offices: dict[str, Organisation], country: Country) -> None:
    """24 came: one is protected, 6 moved away after 200 days; of those who stayed every third works."""
    counted = {one.name: own(country.own, one.name) for one in MEASURES}
    assert {name: (one.n, one.events) for name, one in counted.items()} == {
        "stayed": (23, 17),
        "work": (17, 6),
        "support": (17, 6),
        "follow_ups": (21, 15),
        "choices": (17, 11),
    }
    assert counted["stayed"].more["rate"] == pytest.approx(17 / 23)
    assert (counted["stayed"].more["low"], counted["stayed"].more["high"]) == pytest.approx((0.5353, 0.8745), abs=5e-5)


def test_the_list_behind_a_figure_adds_up_to_it(offices: dict[str, Organisation]) -> None:
    for office in offices.values():
        for measure in MEASURES:
            rows = Counted.objects.filter(organisation=office, measure=measure.name)
            figure = own(office, measure.name)
            assert sum(row.n for row in rows) == figure.n
            assert sum(row.events for row in rows) == figure.events


def test_own_figures_are_those_that_are_published_where_nothing_is_hidden(offices: dict[str, Organisation]) -> None:
    shown = Figure.objects.filter(organisation=None, n__isnull=False).exclude(code="")
    assert {one.measure for one in shown} == {one.name for one in MEASURES}
    for one in shown:
        whole = own(offices[one.code], one.measure)
        assert (one.n, one.events) == (whole.n, whole.events)


def test_a_kind_of_one_municipality_is_that_municipality(offices: dict[str, Organisation]) -> None:
    for measure in MEASURES:
        kind, only = Figure.objects.filter(organisation=None, measure=measure.name, kind="larger_town")
        assert (kind.code, only.code) == ("", "330")
        assert (kind.n, kind.events) == (only.n, only.events)


def test_who_is_protected_is_counted_nowhere(offices: dict[str, Organisation]) -> None:
    assert not Counted.objects.filter(person__protected=True).exists()
    assert Edition.objects.get(kind="own").left_out == 6


def test_a_year_is_held_up_against_the_one_before(offices: dict[str, Organisation], country: Country) -> None:
    change = own(country.own, "follow_ups", "change")
    assert (change.n, change.events) == (21, 15)
    assert (change.more["n_before"], change.more["events_before"]) == (23, 23)
    assert change.more["difference"] == pytest.approx(15 / 21 - 1)
    assert change.more["low"] < change.more["difference"] < change.more["high"] < 0


def test_a_curve_begins_with_nobody_moved_and_says_what_it_found(offices: dict[str, Organisation]) -> None:
    picture = Picture.objects.get(organisation=offices["223"], name="kurve", language="da")
    assert [row["month"] for row in picture.rows] == ["6", "12", "24"]
    assert [row["share"].replace(BLANK, " ") for row in picture.rows] == ["0 %", "26 %", "26 %"]
    assert picture.title.replace(BLANK, " ").startswith("Efter 24 måneder er 26 % flyttet (95 %-interval 11–45 %)")


# ------------------------------------------------------------------ editions


def test_own_figures_are_of_the_last_night_alone(offices: dict[str, Organisation], country: Country) -> None:
    Person.objects.filter(case_number="223-001").update(protected=True)
    make_insight(DAY + timedelta(days=1))
    assert Edition.objects.get(kind="own").day == DAY + timedelta(days=1)
    assert own(country.own, "stayed").n == 22


def test_a_night_that_fails_leaves_the_last_figures_and_says_so(
    offices: dict[str, Organisation], country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_more: object) -> None:
        raise Refused("Registeret kan ikke læses.")

    monkeypatch.setattr(making, "register_tables", refuse)
    with pytest.raises(CommandError, match="Registeret kan ikke læses"):
        call_command("make_insight", stderr=io.StringIO())
    page = text_of(country.users[Role.LEADER], "/indsigt/")
    assert "Registeret kan ikke læses." in page
    assert "Egne tal er opgjort 27-11-2026" in page
    assert "17 af 23 personer" in page


# ------------------------------------------------------------------ nobody can work out what is hidden

Told = set[tuple[str, str, str, str]]


def from_file(user: User) -> Told:
    lines = b"".join(signed_in(user).get("/indsigt/kommuner/?format=csv").streaming_content).decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(lines), delimiter=";")
    return {(row["Kommune"], row["Mål"], row["Ud af"], row["Antal"]) for row in rows}


def from_spreadsheet(user: User) -> Told:
    content = b"".join(signed_in(user).get("/indsigt/kommuner/?format=xlsx").streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    at = [rows[0].index(name) for name in ("Kommune", "Mål", "Ud af", "Antal")]
    return {tuple(str(row[place]) for place in at) for row in rows[1:]}


def from_page(user: User) -> Told:
    body = signed_in(user).get("/indsigt/kommuner/?antal=100").content.decode()
    body = re.sub(r"<details class=\"insight-numbers\">.*?</details>", "", body, flags=re.DOTALL)
    found = set()
    for row in re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", body, re.DOTALL):
        cells = [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        found.add((cells[0], cells[2], cells[3], cells[4]))
    return found


def from_interface(country: Country) -> list[dict[str, Any]]:
    by, soon = country.users[Role.ADMINISTRATOR], timezone.now() + timedelta(days=7)
    _, secret = make_token("statistik", country.own, [Scope.INSIGHT], expires=soon, by=by)
    answer = Client().get("/api/v1/insight", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    return list(json.loads(answer.content)["figures"])


def test_page_file_spreadsheet_and_interface_hide_the_same(offices: dict[str, Organisation], country: Country) -> None:
    reader = analyst()
    titles = {one.name: str(one.title) for one in MEASURES}
    told = {
        (
            row["name"] or "Alle af typen",
            titles[row["measure"]],
            HIDDEN if row["n"] is None else str(row["n"]),
            HIDDEN if row["events"] is None else str(row["events"]),
        )
        for row in from_interface(country)
    }
    assert any(HIDDEN in row for row in told)
    assert told == from_page(reader) == from_file(reader) == from_spreadsheet(reader)


Tables = dict[str, pl.DataFrame]


def as_tables(rows: list[dict[str, Any]]) -> Tables:
    """What an attacker makes of it: yes, no and their total in each municipality and each kind of them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        place = {"kind": row["kind"], "unit": row["name"] or None, "population": row["measure"]}
        n, events = row["n"], row["events"]
        counts = {"yes": events, "no": None if n is None else n - events, None: n}
        found.setdefault(row["measure"], []).extend({**place, "answer": key, "count": counts[key]} for key in counts)
    schema = {"kind": pl.String, "unit": pl.String, "population": pl.String, "answer": pl.String, "count": pl.Int64}
    return {name: pl.DataFrame(rows, schema=schema) for name, rows in found.items()}


def same_people(rows: list[dict[str, Any]]) -> list[Any]:
    """Who is asked whether they work is asked whether they support themselves."""
    places = [{"kind": row["kind"], "unit": row["name"]} for row in rows if row["measure"] == "work" and row["name"]]
    return [({**at, "population": "work"}, [{**at, "population": "support"}]) for at in places]


def test_an_attack_by_differences_finds_nothing(offices: dict[str, Organisation], country: Country) -> None:
    rows = from_interface(country)
    assert any(row["n"] is None for row in rows)
    assert audit(as_tables(rows), relations=same_people(rows)).safe


def test_the_attack_would_find_a_count_that_is_hidden_alone(offices: dict[str, Organisation], country: Country) -> None:
    rows = [row for row in from_interface(country) if row["measure"] == "work"]
    *others, _last = [row for row in rows if row["n"] is None and row["code"]]
    for row in others:
        whole = own(offices[row["code"]], "work")
        row["n"], row["events"] = whole.n, whole.events
    for row in [row for row in rows if not row["code"]]:
        within = [own(office, "work") for office in offices.values() if own(office, "work").kind == row["kind"]]
        row["n"], row["events"] = sum(one.n for one in within), sum(one.events for one in within)
    assert not audit(as_tables(rows)).safe


def seen_by(office: Organisation, rows: list[dict[str, Any]]) -> Tables:
    """What a municipality makes of it: its own counts taken away, nothing is left but the others'."""
    mine = {one.measure: one for one in Figure.objects.filter(organisation=office, part="")}
    others = []
    for row in rows:
        if row["code"] == office.code:
            continue
        own_there = mine[row["measure"]] if not row["code"] and row["kind"] == mine["stayed"].kind else None
        taken = {name: getattr(own_there, name) if own_there else 0 for name in ("n", "events")}
        others.append({**row, **{name: row[name] - taken[name] for name in taken if row[name] is not None}})
    return as_tables(others)


def worked_out_by(office: Organisation, rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Small counts of another municipality that a municipality can tell to within less than five."""
    told = audit(
        seen_by(office, rows), relations=same_people([row for row in rows if row["code"] != office.code])
    ).table
    found = []
    for row in told.filter(pl.col("unit").is_not_null(), pl.col("answer").is_not_null()).iter_rows(named=True):
        whole = Figure.objects.get(organisation__isnull=False, name=row["unit"], measure=row["population"], part="")
        count = whole.events if row["answer"] == "yes" else whole.n - whole.events
        if 0 < count < 5 and (row["width"] is not None and row["width"] < 5):
            found.append((row["unit"], row["population"], row["answer"]))
    return found


def with_counts(rows: list[dict[str, Any]], told: Told) -> list[dict[str, Any]]:
    titles = {one.name: str(one.title) for one in MEASURES}
    at = {(place, measure, counts) for place, measure, *counts in told for counts in [tuple(counts)]}
    found = []
    for row in rows:
        name = row["name"] or "Alle af typen"
        shown = [counts for place, measure, counts in at if (place, measure) == (name, titles[row["measure"]])]
        counts = [[None if value == HIDDEN else int(value) for value in pair] for pair in shown]
        own_kind = next(pair for pair in counts if row["code"] or pair == [row["n"], row["events"]])
        found.append({**row, "n": own_kind[0], "events": own_kind[1]})
    return found


def test_a_municipality_that_subtracts_its_own_finds_nothing_over_page_file_and_interface(
    offices: dict[str, Organisation], country: Country
) -> None:
    reader, rows = analyst(), from_interface(country)
    for told in (rows, with_counts(rows, from_page(reader)), with_counts(rows, from_file(reader))):
        for office in offices.values():
            assert not worked_out_by(office, told)


def test_it_would_find_something_if_its_own_counts_were_not_thought_of(
    offices: dict[str, Organisation], country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = making.publish
    monkeypatch.setattr(making, "publish", lambda *given: publish(*given[:3]))
    Edition.objects.filter(kind="published").delete()
    make_insight(DAY)
    rows = from_interface(country)
    assert any(worked_out_by(office, rows) for office in offices.values())


def test_a_day_later_the_comparison_is_the_same_to_the_cell(offices: dict[str, Organisation], country: Country) -> None:
    before = from_interface(country)
    moved = ResidenceSpell.objects.filter(person__case_number="223-001")
    moved.update(end=DAY, end_reason="moved", to="101")
    make_insight(DAY + timedelta(days=1))
    assert own(country.own, "stayed").events == 16
    after = from_interface(country)
    assert after == before
    assert audit(as_tables(after), as_tables(before), relations=same_people(after)).safe


def test_a_new_year_has_a_new_comparison(offices: dict[str, Organisation], country: Country) -> None:
    own_edition, compared = make_insight(DAY + timedelta(days=60))
    assert own_edition.good
    assert compared is not None
    assert compared.year == 2027
    assert Edition.objects.filter(kind="published", good=True).count() == 2


# ------------------------------------------------------------------ pages


def test_the_leaders_monday_says_three_findings_each_with_how_sure_it_is(
    offices: dict[str, Organisation], country: Country
) -> None:
    page = text_of(country.users[Role.LEADER], "/indsigt/")
    found = page.split("Tre fund")[1].split("Fundene vælges")[0]
    assert "Mest overskredet: Første samtale. 6 af de 6 opfølgninger, der er overskredet. Talt, ikke skønnet." in found
    assert "Størst ændring på et år: andelen af opfølgninger holdt til tiden er faldet 28,6 procentpoint" in found
    assert len(re.findall("Talt, ikke skønnet|[Ss]ikkert|Usikkert", found)) >= 3


def test_an_own_figure_stands_beside_similar_ones_named_and_hidden_where_it_must_be(
    offices: dict[str, Organisation], country: Country
) -> None:
    page = text_of(country.users[Role.LEADER], "/indsigt/")
    assert "17 af 23 personer; 95 %-interval 54–87 %" in page
    assert "Tid i midlertidig bolig tælles ikke" in page
    assert "Sådan er tallet gjort" in page
    assert "Listen bag" in page


def test_how_a_figure_is_made_is_said_with_edition_and_version(
    offices: dict[str, Organisation], country: Country
) -> None:
    for measure in MEASURES:
        page = text_of(country.users[Role.LEADER], f"/indsigt/{measure.slug}/saadan/")
        assert str(measure.numerator) in page
        assert str(measure.denominator) in page
        assert "Wilson (1927)" in page
        assert "Egne tal: 27-11-2026, Fodfæste" in page


def test_a_leader_sees_case_numbers_and_opens_one_with_a_reason(
    offices: dict[str, Organisation], country: Country
) -> None:
    leader = signed_in(country.users[Role.LEADER])
    page = leader.get("/indsigt/fastholdelse/listen/").content.decode()
    assert "223-001" in page
    assert "Opdigtet" not in page.split("<main")[1]
    # Six moved away: they are counted, and not the municipality's to name any longer.
    assert "223-000" not in page
    assert re.search(r"ikke har ansvaret for i dag</th><td class=\"number\">6</td><td class=\"number\">0</td>", page)
    assert Opening.objects.filter(page="insight:behind", user=country.users[Role.LEADER], in_list=True).count() == 17
    person = Person.objects.get(case_number="223-001")
    assert leader.get(f"/personer/{person.pk}/")["Location"].startswith(f"/log/grund/{person.pk}/")


def test_the_rows_of_the_list_and_its_rest_are_the_figure(offices: dict[str, Organisation], country: Country) -> None:
    leader = signed_in(country.users[Role.LEADER])
    for measure in MEASURES:
        page = leader.get(f"/indsigt/{measure.slug}/listen/").content.decode()
        table = page.split("<tbody>")[1].split("</tbody>")[0]
        rows = [tuple(map(int, row)) for row in re.findall(r'number">(\d+)</td><td class="number">(\d+)</td>', table)]
        *parts, total = rows
        figure = own(country.own, measure.name)
        assert total == (figure.n, figure.events)
        assert (sum(n for n, _ in parts), sum(yes for _, yes in parts)) == total


def test_a_leader_of_two_chooses_and_no_other_is_there(offices: dict[str, Organisation], country: Country) -> None:
    both = country.users[Role.LEADER]
    both.memberships.create(organisation=country.other, role=Role.LEADER, start=TAKEOVER)
    assert "Lederens mandag: Nabo" in text_of(both, f"/indsigt/?kommune={country.other.pk}")
    third = offices["330"]
    assert "Slagelse" not in text_of(both, f"/indsigt/fastholdelse/listen/?kommune={third.pk}").split("Sagsnummer")[0]


def test_an_analyst_sees_all_municipalities_and_no_person(offices: dict[str, Organisation]) -> None:
    reader = signed_in(analyst())
    assert reader.get("/indsigt/")["Location"] == "/indsigt/kommuner/"
    assert reader.get("/")["Location"] == "/indsigt/"
    page = reader.get("/indsigt/kommuner/?antal=100").content.decode()
    funnel = Picture.objects.get(name="tragt", language="da")
    assert funnel.title == "0 af 3 kommuner ligger uden for det, tilfældet alene kan give"
    assert f'src="/indsigt/billede/{funnel.pk}.svg"' in page
    assert reader.get(f"/indsigt/billede/{funnel.pk}.svg").status_code == 200
    for name in ("Hørsholm", "Helsingør", "Slagelse"):
        assert name in page
    assert "223-0" not in page
    assert reader.get("/indsigt/fastholdelse/listen/").status_code == 404
    assert Opening.objects.filter(page__startswith="insight").count() == 0


def test_pages_make_as_many_queries_for_5000_as_for_50(offices: dict[str, Organisation], country: Country) -> None:
    edition = Edition.objects.get(kind="own")

    def grow(numbers: range) -> None:
        made = Person.objects.bulk_create(
            Person(
                case_number=f"Q-{number}",
                given_name="Opdigtet",
                family_name="Mange",
                birth_date=TAKEOVER,
                sex="female",
                citizenship="SYR",
                arrival_date=TAKEOVER,
                takeover_date=TAKEOVER,
            )
            for number in numbers
        )
        Counted.objects.bulk_create(
            Counted(edition=edition, organisation=country.own, person=one, measure="stayed", n=1, events=1)
            for one in made
        )

    def queries() -> list[int]:
        leader, counted = signed_in(country.users[Role.LEADER]), []
        for path in (
            "/indsigt/",
            "/indsigt/fastholdelse/saadan/",
            "/indsigt/fastholdelse/listen/",
            "/indsigt/kommuner/",
        ):
            leader.get(path)
            with CaptureQueriesContext(connection) as made:
                leader.get(path)
            counted.append(len(made))
        return counted

    grow(range(50))
    few = queries()
    grow(range(50, 5000))
    assert queries() == few
    assert max(few) <= 25


# ------------------------------------------------------------------ rules, without a database


def figure(measure: str, n: int | None, events: int | None, **more: Any) -> Figure:
    about = {name: more.pop(name) for name in ("code", "name", "kind", "part") if name in more}
    return Figure(measure=measure, n=n, events=events, more={**limited(n, events), **more}, **about)


def test_the_measure_that_is_furthest_from_what_was_expected_is_the_finding() -> None:
    whole = [figure("work", 100, 40), figure("support", 100, 50)]
    kinds = [figure("work", 1000, 200), figure("support", 1000, 480)]
    assert distance(whole[0], kinds[0]) == pytest.approx(5.0)
    with translation.override("da"):
        differs = findings(whole, kinds)[1]
    assert differs.slug == "arbejde"
    assert differs.words.replace(BLANK, " ") == (
        "I arbejde 12 måneder efter ankomst: 40 % mod 20 % i kommuner af samme slags."
    )
    assert differs.sure.startswith("Meget sikkert")


@pytest.mark.parametrize(("events", "words"), [(22, "Usikkert"), (29, "Ret sikkert"), (33, "Meget sikkert")])
def test_how_sure_a_difference_is_follows_its_standard_errors(events: int, words: str) -> None:
    with translation.override("da"):
        assert findings([figure("work", 100, events)], [figure("work", 1000, 200)])[1].sure.startswith(words)


def test_more_moved_than_expected_is_a_finding_with_its_ratio() -> None:
    stayed = figure("stayed", 100, 60, expected=20.0, ratio=2.0, ratio_lower=1.5, ratio_upper=2.667)
    assert distance(stayed, None) == pytest.approx(-4.72, abs=0.01)
    with translation.override("da"):
        differs = findings([stayed], [])[1]
    assert "40 er flyttet; 20,0 var ventet" in differs.words
    assert "Forholdet er 2,00 (95 %-interval 1,50–2,67), af 100 personer." in differs.sure


def test_where_nothing_can_be_said_that_is_said() -> None:
    with translation.override("da"):
        overdue, differs, changed = findings([figure("work", 0, 0)], [figure("work", None, None)])
    assert overdue.words == "Ingen opfølgning er overskredet."
    assert differs.words == "Der er intet at holde tallene op imod endnu."
    assert changed.words == "Ingen ændring kan måles endnu."


def test_similar_are_those_of_the_same_kind_with_nearly_as_many_received() -> None:
    mine = figure("stayed", 50, 40, code="001", name="Egenby", kind="small_town", arrived=50)
    others = [
        figure("stayed", 90, 80, code="002", name="B", kind="small_town", arrived=90),
        figure("stayed", 45, 40, code="003", name="C", kind="small_town", arrived=45),
        figure("stayed", 50, 40, code="004", name="D", kind="big_city", arrived=50),
        figure("stayed", None, None, code="005", name="E", kind="small_town", arrived=None),
        figure("stayed", 60, 40, code="006", name="F", kind="small_town", arrived=60),
        figure("stayed", 200, 40, code="007", name="G", kind="small_town", arrived=200),
    ]
    assert [one.name for one in similar(mine, others)] == ["C", "F", "B", "G"]


def test_a_tile_says_its_place_only_as_an_interval() -> None:
    mine = figure("work", 50, 10, code="001", name="Egenby", kind="small_town")
    stayed = figure("stayed", 50, 40, code="001", name="Egenby", kind="small_town", arrived=50)
    shown = figure("work", 50, 10, code="001", name="Egenby", kind="small_town", ranks=[2, 9], of=12, flag="outside 95")
    with translation.override("da"):
        work = next(tile for tile in tiles([stayed, mine], [shown]) if tile.measure.name == "work")
    assert work.place == "Uden for tragtens 95 %-grænse. Plads 2–9 af 12 (95 %-interval)."
