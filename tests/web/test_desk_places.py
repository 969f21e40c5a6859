"""What municipalities have: said by officers or by themselves, each figure with its day and who said it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from fodfaeste.errors import BadInput, Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import NOBODY, viewer_of
from fodfaeste.web.base.files import csv_lines
from fodfaeste.web.placement.desk import cells, importing_places
from fodfaeste.web.placement.desk.domain.places import Figure, say_figures
from fodfaeste.web.placement.desk.figures import PlaceFigure, Topic
from fodfaeste.web.placement.desk.municipalities import known_to

from .conftest import made_user, signed_in
from .desk_examples import AARHUS, COUNTED, ESBJERG, say
from .quota_examples import agency, officer_of

ADDRESS = f"/visitation/kommuner/{AARHUS}/"
OWN = "/visitation/jeres-kommune/"
LIST, OWN_LIST = "/visitation/kommuner/liste/", "/visitation/jeres-kommune/liste/"
HEADS = ("Kommune", "Hvad", "Tal", "Ledig fra", "Opgjort")


def officer() -> Any:
    return signed_in(officer_of(agency()))


def esbjerg() -> Organisation:
    return Organisation.objects.get_or_create(kind=Kind.MUNICIPALITY, name="Esbjerg Kommune", code=ESBJERG)[0]


def of_esbjerg(role: Role = Role.LEADER) -> Any:
    return signed_in(made_user(f"{role}-esbjerg", esbjerg(), role))


def typed(*free: tuple[str, str, str], of: str = "2026-01-02", **more: str) -> dict[str, str]:
    """The page's form: rows of what is free, and any other field by its name with a double underscore."""
    days = {f"{name}-of": of for name in ("free_day", "work", "people")}
    rows = {"free-TOTAL_FORMS": str(len(free)), "free-INITIAL_FORMS": "0"}
    for number, row in enumerate(free):
        names = ("what", "many", "free_from")
        rows |= {f"free-{number}-{name}": cell for name, cell in zip(names, row, strict=True)}
    return {**days, **rows, **{name.replace("__", "-"): value for name, value in more.items()}}


def plainly(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


# Typed


@pytest.mark.django_db
def test_an_officer_types_what_a_municipality_has() -> None:
    page = officer()
    sent = typed(
        ("dwelling:4", "2", "2026-03-01"),
        ("dwelling:4", "1", ""),
        ("school:6-9", "3", ""),
        work__rate="79.4",
        work__sector_farm="6.5",
        people__speaks_ar="120",
        people__clubs="0",
    )
    assert page.post(ADDRESS, sent).status_code == 302
    told = {(one.topic, one.key, one.free_from): one.value for one in PlaceFigure.objects.all()}
    assert told == {
        ("work", "", None): pytest.approx(0.794),
        ("sector", "farm", None): pytest.approx(0.065),
        ("speakers", "ar", None): 120,
        ("clubs", "", None): 0,
        ("dwelling", "4", date(2026, 3, 1)): 2,
        ("dwelling", "4", None): 1,
        ("school", "6-9", None): 3,
    }
    assert {one.of for one in PlaceFigure.objects.all()} == {date(2026, 1, 2)}
    shown = plainly(page.get(ADDRESS).text)
    assert "bolig, 4 værelser" in shown
    assert f", {officer_of(agency()).name}" in shown
    listed = plainly(page.get("/visitation/kommuner/").text)
    assert "79 %" in listed
    assert "Egen agency, 2. januar 2026" in listed


@pytest.mark.django_db
def test_what_is_emptied_is_not_known_any_more_and_what_stays_keeps_who_wrote_it() -> None:
    page = officer()
    page.post(ADDRESS, typed(("dwelling:2", "1", ""), work__rate="70"))
    first = PlaceFigure.objects.get(topic="work")
    page.post(ADDRESS, typed(("dwelling:2", "2", ""), work__rate="70"))
    assert PlaceFigure.objects.get(topic="work").pk == first.pk
    assert PlaceFigure.objects.get(topic="dwelling").value == 2
    page.post(ADDRESS, typed(work__rate=""))
    assert not PlaceFigure.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"work__rate": "140"}, "mindre end eller lig 100"),
        ({"people__clubs": "-1"}, "større end eller lig 0"),
        ({"of": "2099-01-01", "people__clubs": "1"}, "en dag, der ikke er kommet endnu"),
        ({"of": ""}, "Dette felt er påkrævet"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_saved(wrong: dict[str, str], words: str) -> None:
    answer = officer().post(ADDRESS, typed(**wrong))
    assert answer.status_code == 422
    assert words in answer.text
    assert not PlaceFigure.objects.exists()


@pytest.mark.django_db
def test_the_same_is_not_said_twice() -> None:
    answer = officer().post(ADDRESS, typed(("class:", "3", ""), ("class:", "4", "")))
    assert answer.status_code == 422
    assert "Det samme står to gange." in answer.text
    assert officer().post(ADDRESS, typed(("class:", "", ""))).status_code == 422


@pytest.mark.django_db
def test_there_are_only_the_municipalities_of_the_country() -> None:
    assert officer().get("/visitation/kommuner/999/").status_code == 404


# Said by the municipality itself


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.LEADER, Role.WORKER, Role.CONSULTANT])
def test_a_municipality_says_what_it_has_and_the_agency_sees_who_and_when(role: Role) -> None:
    page = of_esbjerg(role)
    assert page.post(OWN, typed(("treatment:", "1", ""), work__rate="81")).status_code == 302
    assert {(one.said_by, one.code) for one in PlaceFigure.objects.all()} == {(esbjerg(), ESBJERG)}
    shown = plainly(officer().get(f"/visitation/kommuner/{ESBJERG}/").text)
    assert "Esbjerg Kommune" in shown
    assert f"{timezone.localdate():%Y}" in shown
    assert plainly(page.get(OWN).text).count("Esbjerg Kommune") >= 2


@pytest.mark.django_db
def test_nobody_speaks_for_another_municipality() -> None:
    worker = made_user("worker-esbjerg", esbjerg(), Role.WORKER)
    figure = [Figure(Topic.CLUBS, "", 3, COUNTED)]
    for office, code, by in (
        (esbjerg(), AARHUS, worker),
        (agency(), ESBJERG, worker),
        (esbjerg(), ESBJERG, officer_of(agency())),
        (esbjerg(), ESBJERG, made_user("analyst-esbjerg", esbjerg(), Role.ANALYST)),
    ):
        with pytest.raises(Refused, match="Det kan kun en visitator"):
            say_figures(office, code, figure, topics=[Topic.CLUBS], by=by)
    assert not PlaceFigure.objects.exists()


@pytest.mark.django_db
def test_a_municipality_reads_its_own_figures_alone() -> None:
    say(ESBJERG, "clubs", 3)
    say(AARHUS, "clubs", 4, by=Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Aarhus", code=AARHUS))
    own = say(ESBJERG, "clubs", 5, by=esbjerg())
    viewer = viewer_of(made_user("worker-esbjerg", esbjerg(), Role.WORKER), timezone.localdate())
    assert list(visible(viewer, PlaceFigure)) == [own]
    other = viewer_of(officer_of(agency("En anden styrelse")), timezone.localdate())
    assert {one.value for one in visible(other, PlaceFigure)} == {4, 5}
    assert not visible(NOBODY, PlaceFigure).exists()


@pytest.mark.django_db
def test_who_leads_no_municipality_is_told_so() -> None:
    page = signed_in(made_user("chef", agency(), Role.LEADER))
    assert "Kun en kommune, der har sit nummer" in page.get(OWN).text
    assert page.get(OWN_LIST).status_code == 404


@pytest.mark.django_db
def test_of_one_topic_the_newest_counts_and_on_one_day_the_municipality_s_own() -> None:
    say(ESBJERG, "clubs", 300)
    say(ESBJERG, "work", 0.7)
    assert known_to(agency().pk)[ESBJERG].associations == 300
    own = say(ESBJERG, "clubs", 310, by=esbjerg())
    known = known_to(agency().pk)[ESBJERG]
    assert (known.associations, known.said["clubs"].by, known.employment_rate) == (310, "Esbjerg Kommune", 0.7)
    PlaceFigure.objects.filter(pk=own.pk).update(of=COUNTED - timedelta(days=1))
    assert known_to(agency().pk)[ESBJERG].associations == 300
    PlaceFigure.objects.filter(said_by=agency()).update(of=None)
    assert known_to(agency().pk)[ESBJERG].associations == 310
    shown = plainly(officer().get(f"/visitation/kommuner/{ESBJERG}/").text)
    assert "nej, der er nyere" in shown
    assert "ikke oplyst" in shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [
        {"topic": "work", "value": 1.2},
        {"topic": "clubs", "value": -1},
        {"topic": "clubs", "value": 3, "free_from": date(2026, 1, 1)},
    ],
)
def test_the_database_keeps_no_figure_that_cannot_be(facts: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        say(ESBJERG, **facts)
    say(ESBJERG, "clubs", 3)
    with pytest.raises(DatabaseError), transaction.atomic():
        say(ESBJERG, "clubs", 4)


# By list


def sent(rows: Any, *, client: Any = None, address: str = LIST, heads: tuple[str, ...] = HEADS) -> Any:
    content = "".join(csv_lines(heads, rows)).encode()
    return (client or officer()).post(address, {"file": SimpleUploadedFile("tal.csv", content)})


def hidden(answer: Any) -> dict[str, str]:
    rows = re.search(r'name="rows" value="([^"]+)"', answer.text)
    assert rows is not None
    return {"rows": rows[1]}


FIGURES = (
    ("Esbjerg", "bolig, 3 værelser", "2", "01-03-2026", "02-01-2026"),
    ("751", "andel i arbejde i procent", "76,5 %", "", "02-01-2026"),
    ("Aarhus Kommune", "job i landbrug og fiskeri i procent", "", "", ""),
    ("Aarhus", "foreninger", "1.200", "", "2026-01-02"),
)


@pytest.mark.django_db
def test_a_list_is_seen_and_saved_and_rows_without_a_number_are_left_out() -> None:
    client = officer()
    say(AARHUS, "clubs", 3)
    say(AARHUS, "treatment", 2)
    answer = sent(FIGURES, client=client)
    assert "3 tal, 2 kommuner. Intet skal rettes." in plainly(answer.text)
    assert PlaceFigure.objects.count() == 2
    assert client.post(LIST, {**hidden(answer), "gem": "1"}).status_code == 302
    told = {(one.code, one.topic): one.value for one in PlaceFigure.objects.all()}
    assert told == {
        (ESBJERG, "dwelling"): 2,
        (AARHUS, "work"): 0.765,
        (AARHUS, "clubs"): 1200,
        (AARHUS, "treatment"): 2,
    }
    assert PlaceFigure.objects.get(topic="dwelling").free_from == date(2026, 3, 1)


@pytest.mark.django_db
def test_what_is_wrong_in_a_list_is_mended_in_its_cell() -> None:
    client = officer()
    rows = (
        ("Esbjærg", "bolig, 3 værelser", "2", "", "02-01-2026"),
        ("Esbjerg", "boliger med 3", "2", "", "02-01-2026"),
        ("Esbjerg", "andel i arbejde i procent", "140", "", "02-01-2026"),
        ("Esbjerg", "foreninger", "2,5", "01-01-2026", "01-01-2099"),
        ("Esbjerg", "behandlingsplads", "mange", "", ""),
        ("Esbjerg", "plads på sprogskole", "2", "", "02-01-2026"),
        ("Esbjerg", "plads på sprogskole", "3", "", "02-01-2026"),
    )
    answer = sent(rows, client=client)
    assert answer.status_code == 422
    for words in (
        "Mente du esbjerg?",
        "et af skabelonens ord",
        "En andel er højst 100 procent.",
        "Skriv et helt tal.",
        "Kun det, der er ledigt, har en dag, det er ledigt fra.",
        "Dagen er ikke kommet endnu.",
        "et tal. Skriv det med cifre.",
        "Skal udfyldes.",
        "Det samme står i række 6.",
    ):
        assert words in answer.text
    assert "9 celler skal rettes" in plainly(answer.text)
    corrected = {
        "celle-0-code": "Esbjerg",
        "celle-1-about": "bolig, 4 værelser",
        "celle-2-value": "70",
        "celle-3-value": "2",
        "celle-3-free_from": "",
        "celle-3-of": "01-01-2026",
        "celle-4-value": "0",
        "celle-4-of": "01-01-2026",
        "celle-6-about": "skole, alderen ikke sagt",
    }
    still = client.post(LIST, {**hidden(answer), **corrected, "gem": "1"})
    assert still.status_code == 302
    assert PlaceFigure.objects.count() == len(rows)


@pytest.mark.django_db
def test_a_municipality_s_list_is_of_itself_alone() -> None:
    page = of_esbjerg()
    refused = sent(FIGURES, client=page, address=OWN_LIST)
    assert refused.text.count("Her skrives kun om jeres egen kommune.") == 2
    answer = sent(FIGURES[:1], client=page, address=OWN_LIST)
    page.post(OWN_LIST, {**hidden(answer), "gem": "1"})
    assert PlaceFigure.objects.get().said_by == esbjerg()


@pytest.mark.django_db
def test_what_is_no_list_of_figures_is_refused() -> None:
    assert "ingen kolonne Tal" in sent([row[:2] for row in FIGURES], heads=HEADS[:2]).text
    assert "mindst ét tal" in sent(FIGURES[2:3]).text
    assert officer().post(LIST, {"rows": "noget andet"}).status_code == 404


@pytest.mark.django_db
def test_the_template_has_all_that_can_be_said() -> None:
    page = of_esbjerg()
    lines = b"".join(page.get(f"{OWN_LIST}skabelon.csv").streaming_content).decode().splitlines()
    assert lines[0].lstrip("\ufeff") == "Kommune;Hvad;Tal;Ledig fra;Opgjort"
    assert lines[1] == "Esbjerg;andel i arbejde i procent;;;"
    assert "Esbjerg;bolig, 6 værelser eller flere;;;" in lines
    assert page.get(f"{OWN_LIST}skabelon.txt").status_code == 404
    filled = [tuple(line.split(";")) for line in lines[1:]]
    ready = [(*row[:2], "1", "", "01-01-2026") for row in filled]
    assert f"{len(ready)} tal, 1 kommune. Intet skal rettes." in plainly(
        sent(ready, client=page, address=OWN_LIST).text
    )
    theirs = b"".join(officer().get(f"{LIST}skabelon.csv").streaming_content).decode().splitlines()
    assert theirs[1].startswith(";andel i arbejde")


@pytest.mark.django_db
def test_what_is_still_wrong_is_not_saved_and_too_long_a_list_is_refused() -> None:
    rows = [{"code": "Esbjerg", "about": "foreninger", "value": "mange", "of": "2026-01-01"}]
    found = importing_places.checked(rows, agency())
    with pytest.raises(Refused, match="Noget skal rettes endnu"):
        importing_places.save(found, agency(), by=officer_of(agency()))
    many = [("Esbjerg", "foreninger", "1", "", "2026-01-01")] * 3
    assert sent(many).text.count("Det samme står i række 1.") == 2
    content = "".join(csv_lines(HEADS, many)).encode()
    with pytest.raises(BadInput, match="Del listen"):
        cells.rows_of(importing_places.COLUMNS, "tal.csv", content, most=2)
    assert str(say(ESBJERG, "clubs", 3)) == f"{ESBJERG} foreninger"


# What was there before


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_old_facts_become_figures_of_no_day_and_no_size() -> None:
    office = agency()
    try:
        call_command("migrate", "placement", "0009_figures_of_places", verbosity=0)
        executor = MigrationExecutor(connection)
        facts = executor.loader.project_state([("placement", "0009_figures_of_places")]).apps.get_model(
            "placement", "PlaceFacts"
        )
        facts.objects.create(
            organisation_id=office.pk, code=AARHUS, employment_rate=0.76, dwellings=3, speakers={"ar": 12}
        )
        facts.objects.create(organisation_id=office.pk, code=ESBJERG, school_places=0)
    finally:
        call_command("migrate", verbosity=0)
    told = {(one.code, one.topic, one.key): (one.value, one.of) for one in PlaceFigure.objects.all()}
    assert told == {
        (AARHUS, "work", ""): (0.76, None),
        (AARHUS, "dwelling", ""): (3, None),
        (AARHUS, "speakers", "ar"): (12, None),
        (ESBJERG, "school", ""): (0, None),
    }
