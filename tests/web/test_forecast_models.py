"""The register of models: brought in by an officer, tried on the past, switched on by two, and used at the desk."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fodfaeste.errors import BadInput, Refused
from fodfaeste.place import solve
from fodfaeste.place.explain import explain
from fodfaeste.place.outcomes import score, train
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.people.models import EmploymentSpell, Person, ResidenceSpell
from fodfaeste.web.placement.desk import computing
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.computing import desk_of, is_on, waiting
from fodfaeste.web.placement.desk.domain import decisions, forecast
from fodfaeste.web.placement.desk.domain.arrivals import change_arrival
from fodfaeste.web.placement.desk.domain.receiving import receive
from fodfaeste.web.placement.desk.models import Arrival, ForecastSwitch
from fodfaeste.web.placement.forecasts import scoring, store
from fodfaeste.web.placement.forecasts.domain import watching
from fodfaeste.web.placement.forecasts.domain.reality import count_outcomes, later
from fodfaeste.web.placement.forecasts.domain.register import FRESH_DAYS, keep_trial
from fodfaeste.web.placement.forecasts.in_use import state_of
from fodfaeste.web.placement.forecasts.models import ForecastModel, ForecastOutcome, ForecastTrial

from .conftest import made_user, signed_in
from .desk_examples import AARHUS, arriving, decided, member, opened_round
from .forecast_examples import (
    CITIES,
    COUNTRY,
    as_read,
    brought,
    folder,
    frames,
    model,
    passed,
    register_folder,
    switched_on,
    tried,
)
from .quota_examples import agency, officer_of

pytestmark = pytest.mark.django_db

SCHOOLED = {"schooling": "tertiary", "civil_status": "unmarried"}
UNSCHOOLED = {"schooling": "none", "civil_status": "unmarried"}


@pytest.fixture(autouse=True)
def _own_room(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def two() -> tuple[User, User]:
    return officer_of(agency()), made_user("anden-visitator", agency(), Role.OFFICER)


@pytest.fixture
def in_use(tmp_path: Path, two: tuple[User, User]) -> ForecastModel:
    """A trained model that two persons have switched on, in place of the default one."""
    opened_round()
    kept = brought(tmp_path)
    switched_on(kept, two)
    return kept


# ------------------------------------------------------------------ bringing in


def test_a_model_is_brought_in_with_its_data_sheet_and_checksum(tmp_path: Path) -> None:
    kept = brought(tmp_path)
    assert (str(kept), kept.by_name) == ("arbejde 1", officer_of(agency()).name)
    assert kept.sha256 == store.checksum(tmp_path / "model")
    assert kept.adults == model().register["adults"]
    assert kept.facts["features"]["person"] == ["schooling", "civil_status", "adults", "children"]
    assert {row["by"] for row in kept.calibration} >= {"sex", "citizenship", "place", "tenth"}
    assert all(row["persons"] >= 10 for row in kept.calibration)
    assert {(one["outcome"], one["language"]) for one in kept.pictures} == {
        (name, lang) for name in ("work_24", "staying_24") for lang in ("da", "en")
    }
    again = train(frames(), ("work_24", "staying_24"), kinds=("glm",), seed=2)
    shutil.rmtree(tmp_path / "model")
    assert brought(tmp_path, of=again).version == 2


def test_the_same_model_is_not_brought_in_twice_and_needs_a_source(tmp_path: Path) -> None:
    brought(tmp_path)
    with pytest.raises(Refused, match="allerede lagt ind"):
        brought(tmp_path)
    with pytest.raises(Refused, match="hvor dens data"):
        brought(tmp_path, source=" ")
    with pytest.raises(Refused, match="Kun en visitator"):
        brought(tmp_path, by=made_user("leder", agency(), Role.ANALYST))


def test_a_row_is_never_changed_and_never_taken_away(tmp_path: Path) -> None:
    kept = brought(tmp_path)
    trial = passed(kept)
    for rows in (ForecastModel.objects.filter(pk=kept.pk), ForecastTrial.objects.filter(pk=trial.pk)):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(sha256="0" * 64)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete("default")


def test_training_refuses_a_forbidden_attribute_by_name(tmp_path: Path, two: tuple[User, User]) -> None:
    register = register_folder(tmp_path)
    with pytest.raises(CommandError, match="carries sex"):
        call_command(
            "train_forecast", str(register), organisation=agency().name, by=two[0].email, feature=["schooling", "sex"]
        )
    assert not ForecastModel.objects.exists()
    assert not store.room().exists()


def test_a_model_of_a_looser_rule_set_is_refused(tmp_path: Path) -> None:
    loose = train(frames(), ("work_24", "staying_24"), kinds=("glm",), rule_set="united_states")
    with pytest.raises(Refused, match=r"united_states.*age"):
        brought(tmp_path, of=loose)


def test_a_model_that_asks_what_nobody_knows_at_the_desk_is_refused(tmp_path: Path) -> None:
    odd = replace(frames(), persons=frames().persons.with_columns(shoes=pl.col("person").cast(pl.Float64) % 7))
    asks = train(odd, ("work_24", "staying_24"), kinds=("glm",), features=("schooling", "shoes"))
    with pytest.raises(Refused, match="shoes, som visitationen ikke kender"):
        brought(tmp_path, of=asks)


def test_a_model_needs_an_outcome_of_work_and_one_of_staying(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="netop ét udfald"):
        brought(tmp_path, of=train(frames(), ("work_24", "work_12"), kinds=("glm",)))


def test_a_model_whose_features_give_an_attribute_away_is_refused(tmp_path: Path) -> None:
    """Somebody raised the limit when training; here the limit is ours."""
    first = model().audit[0]
    leaky = replace(model(), audit=(replace(first, auc=0.9), *model().audit[1:]), proxy_limit=1.0)
    with pytest.raises(Refused, match=r"røber .* \(AUC 0.90"):
        brought(tmp_path, of=leaky)


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    there = folder(tmp_path)
    (there / "more").mkdir()
    with pytest.raises(BadInput, match="plain file"):
        store.put(there)


# ------------------------------------------------------------------ switching


def test_a_model_without_a_passed_trial_cannot_be_asked_for(tmp_path: Path, two: tuple[User, User]) -> None:
    kept = brought(tmp_path)
    with pytest.raises(Refused, match="ikke prøvet på fortiden"):
        forecast.ask(agency(), kept, reason="Nu", by=two[0])
    broken = replace(tried(), checks=(replace(tried().checks[0], passed=False), *tried().checks[1:]))
    failed = keep_trial(kept, broken, by_name="prøve")
    with pytest.raises(Refused, match="ikke bestået"):
        forecast.ask(agency(), kept, reason="Nu", seen=failed.sha256, by=two[0])
    assert not is_on(agency())


def test_an_old_trial_is_not_enough(tmp_path: Path, two: tuple[User, User], monkeypatch: pytest.MonkeyPatch) -> None:
    kept = brought(tmp_path)
    seen = passed(kept).sha256
    later = timezone.now() + timedelta(days=FRESH_DAYS + 1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(Refused, match="for gammel"):
        forecast.ask(agency(), kept, reason="Nu", seen=seen, by=two[0])


def test_each_of_the_two_has_to_have_seen_the_newest_trial(tmp_path: Path, two: tuple[User, User]) -> None:
    kept = brought(tmp_path)
    seen = passed(kept).sha256
    with pytest.raises(Refused, match="en anden end den, du har set"):
        forecast.ask(agency(), kept, reason="Nu", seen="", by=two[0])
    forecast.ask(agency(), kept, reason="Nu", seen=seen, by=two[0])
    newer = keep_trial(kept, replace(tried(), seed=7), by_name="prøve")
    with pytest.raises(Refused, match="en anden end den, du har set"):
        forecast.switch_on(agency(), reason="Nu", seen=seen, by=two[1])
    with pytest.raises(Refused, match="Der skal to til"):
        forecast.switch_on(agency(), reason="Nu", seen=newer.sha256, by=two[0])
    switched = forecast.switch_on(agency(), reason="Nu", seen=newer.sha256, by=two[1])
    assert (switched.model, switched.version, switched.sha256) == ("arbejde", "1", kept.sha256)
    assert switched.trial == newer.sha256


def test_one_switches_off_at_once_and_an_asking_can_be_withdrawn(tmp_path: Path, two: tuple[User, User]) -> None:
    opened_round()
    kept = brought(tmp_path)
    forecast.ask(agency(), kept, reason="Nu", seen=passed(kept).sha256, by=two[0])
    forecast.withdraw(agency(), reason="Alligevel ikke", by=two[1])
    state = state_of(agency())
    assert (str(state.on), state.asked) == ("default_denmark", None)
    forecast.switch_off(agency(), reason="Tallene er forkerte.", by=two[1])
    assert not is_on(agency())
    with pytest.raises(Refused, match="Ingen har bedt"):
        forecast.withdraw(agency(), reason="Igen", by=two[0])


def test_a_model_of_another_agency_is_none_of_ours(tmp_path: Path, two: tuple[User, User]) -> None:
    theirs = brought(tmp_path, office=agency("En anden styrelse"))
    with pytest.raises(Refused, match="en anden myndighed"):
        forecast.ask(agency(), theirs, reason="Nu", seen=passed(theirs).sha256, by=two[0])
    assert signed_in(two[0]).get(theirs.get_absolute_url()).status_code == 404


# ------------------------------------------------------------------ the desk


def test_the_desk_says_what_the_library_says_of_a_trained_model(in_use: ForecastModel, tmp_path: Path) -> None:
    """The library, told the same in tables typed here, says the same of every place."""
    opened = arriving(members=(member(**SCHOOLED), member("Barn", date(2020, 1, 1))))
    arriving("En anden", members=(member(**UNSCHOOLED),))
    desk = desk_of(agency(), waiting(agency()))
    other = next(one for one in desk.arrivals if one.pk != opened.pk)
    shutil.rmtree(tmp_path / "model")
    people = pl.DataFrame(
        {
            "household": [opened.reference, opened.reference, other.reference],
            "adult": [1, 0, 1],
            "schooling": ["tertiary", None, "none"],
            "civil_status": ["unmarried", None, "unmarried"],
            "network": ["ar"] * 3,
            "arrival": ["2027-03-01"] * 3,
        }
    )
    places = pl.DataFrame({"place": [place.code for place in desk.places]})
    typed = score(as_read(tmp_path), people, places)
    rows = [desk.problem.households.index(name) for name in typed.households]
    for name in ("work_24", "staying_24"):
        assert np.asarray(desk.problem.outcomes[name])[rows] == pytest.approx(typed.outcomes[name])
        assert np.asarray(desk.problem.sds[name])[rows] == pytest.approx(typed.sds[name])
    case = case_of(opened)
    explained = explain(solve(desk.problem, desk.goal, gap=1e-3, seed=0, method="prices"), opened.reference)
    told = {
        (row["place"], row["outcome"]): [row["forecast"], row["lower"], row["upper"]]
        for row in explained.forecasts.to_dicts()
    }
    for one in case.facts["options"]:
        assert one["work"] == pytest.approx(told[one["name"], "work_24"], abs=1e-6)
        assert one["staying"] == pytest.approx(told[one["name"], "staying_24"], abs=1e-6)
        assert one["work"][1] < one["work"][0] < one["work"][2]


def test_what_somebody_knows_decides_where_the_model_says_it_counts(in_use: ForecastModel) -> None:
    schooled = arriving("Med skole", members=(member(**SCHOOLED),))
    unschooled = arriving("Uden skole", members=(member(**UNSCHOOLED),))
    assert case_of(schooled).facts["proposed"] in CITIES
    assert case_of(unschooled).facts["proposed"] in COUNTRY


@pytest.mark.parametrize("facts", [{"sex": "male"}, {"citizenship": "UKR"}, {"birth_date": date(1960, 1, 1)}])
def test_an_attribute_that_may_not_enter_changes_no_order(in_use: ForecastModel, facts: dict[str, Any]) -> None:
    family = arriving(members=(member(**SCHOOLED),))
    arriving("En anden")
    before = case_of(family).facts
    household = {"name": family.name, "arrives": family.arrives, "language": family.language}
    change_arrival(family, household=household, members=[member(**SCHOOLED, **facts)], by=officer_of(agency()))
    after = case_of(family).facts
    assert after["options"] == before["options"]
    assert after["problem"] == before["problem"]


def test_scoring_refuses_an_attribute_and_the_page_says_so(
    in_use: ForecastModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = arriving()
    told = scoring.people_for

    def with_sex(*given: Any) -> pl.DataFrame:
        return told(*given).with_columns(sex=pl.lit("female"))

    monkeypatch.setattr(scoring, "people_for", with_sex)
    page = signed_in(officer_of(agency())).get(family.get_absolute_url())
    assert page.status_code == 422
    assert "carries sex" in page.text


def test_a_model_whose_files_were_changed_forecasts_nothing(in_use: ForecastModel) -> None:
    family = arriving()
    assert case_of(family).facts["forecast"] is not None
    with (store.room() / in_use.sha256 / "places.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    store._loaded.cache_clear()
    with pytest.raises(Refused, match="ikke dem, der blev lagt ind"):
        case_of(family)
    page = signed_in(officer_of(agency())).get(family.get_absolute_url())
    assert (page.status_code, "Slå prognosen fra" in page.text) == (422, True)


def test_a_decision_keeps_the_model_its_version_and_its_checksum(in_use: ForecastModel) -> None:
    record = decided(arriving(members=(member(**SCHOOLED),)))
    told = record.facts["forecast"]
    assert (told["model"], told["version"], told["sha256"]) == ("arbejde", "1", in_use.sha256)
    assert told["months"] == {"work": 24, "staying": 24}
    page = signed_in(officer_of(agency())).get(record.arrival.get_absolute_url()).text
    assert f"arbejde 1 <code>{in_use.sha256[:16]}" in page
    assert "Bor der stadig efter 24 måneder" in page


def test_what_was_seen_by_one_model_is_not_decided_by_another(in_use: ForecastModel, two: tuple[User, User]) -> None:
    family = arriving(members=(member(**SCHOOLED),))
    arriving("En anden")
    seen = case_of(family)
    forecast.switch_off(agency(), reason="Tallene er forkerte.", by=two[0])
    with pytest.raises(Refused, match="et andet, end da du åbnede"):
        decided_as_seen(family, seen)


def decided_as_seen(family: Any, seen: Any) -> None:
    decisions.decide(family, seen.facts["proposed"], seen=seen.mark, by=officer_of(agency()))


def test_a_proposal_adds_up_by_the_model_in_use(in_use: ForecastModel) -> None:
    arriving(members=(member(**SCHOOLED),))
    page = signed_in(officer_of(agency()))
    page.post(
        "/visitation/forslag/",
        {"name": "Uge 9", "first": "2027-03-01", "last": "2027-03-07", "organisation": agency().pk},
    )
    shown = page.get("/visitation/forslag/").text
    address = shown.split('href="/visitation/forslag/')[2].split('"')[0]
    told = page.get(f"/visitation/forslag/{address}").text
    assert "prognoser af modellen arbejde (version 1)" in told
    assert "Voksne, der bor der efter 24 måneder" in told


def test_staying_is_counted_from_the_end_of_the_residence_rule_where_one_binds() -> None:
    assert scoring.months_of(model()) == {"work": 24, "staying": 24}
    bound = replace(model(), rule_from=date(1999, 1, 1), register={**model().register, "rule_months": 36})
    assert scoring.months_of(bound) == {"work": 24, "staying": 60}


# ------------------------------------------------------------------ pages


def test_the_pages_show_sheet_card_figures_and_trial_in_both_languages(in_use: ForecastModel) -> None:
    page = signed_in(officer_of(agency()))
    overview = page.get("/visitation/prognose/").text
    assert "Prognosen er slået til: arbejde 1." in overview
    shown = page.get(in_use.get_absolute_url()).text
    assert in_use.sha256 in shown
    assert "Opdigtet register, kun til prøver." in shown
    assert "Forskelsbehandlingsloven" in shown
    assert "Kalibrering" in shown
    trial = page.get(f"{in_use.get_absolute_url()}fortiden/").text
    assert "Alle tal her er prognose, ikke en målt virkning." in trial
    assert "Løftet og optimismen" in trial
    assert "Tilfældigt efter kommunernes andele" in trial
    picture = page.get(f"{in_use.get_absolute_url()}work_24.svg")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")
    assert page.get(f"{in_use.get_absolute_url()}work_99.svg").status_code == 404
    page.post("/sprog/", {"language": "en"})
    english = page.get(f"{in_use.get_absolute_url()}fortiden/").text
    assert "forecast, not a measured effect" in english


def test_the_page_of_the_trial_reads_what_was_computed_and_computes_nothing(
    in_use: ForecastModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_loaded", None)
    page = signed_in(officer_of(agency()))
    with CaptureQueriesContext(connection) as asked:
        assert page.get(f"{in_use.get_absolute_url()}fortiden/").status_code == 200
    assert len(asked) < 25


def test_two_persons_switch_a_model_on_through_the_page_of_its_trial(tmp_path: Path, two: tuple[User, User]) -> None:
    kept = brought(tmp_path)
    address = f"{kept.get_absolute_url()}fortiden/"
    one, other = map(signed_in, two)
    assert one.post(address, {"act": "ask", "reason": "Nu", "seen": ""}).status_code == 422
    seen = passed(kept).sha256
    assert f'value="{seen}"' in one.get(address).text
    assert one.post(address, {"act": "ask", "reason": "Nu", "seen": seen}).status_code == 302
    assert one.post(address, {"act": "on", "reason": "Nu", "seen": seen}).status_code == 422
    assert "En anden skal gøre det, med denne prøve foran sig." in other.get(address).text
    assert other.post(address, {"act": "on", "reason": "Set", "seen": seen}).status_code == 302
    assert str(state_of(agency()).on) == "arbejde 1"
    assert one.post("/visitation/prognose/", {"act": "off", "reason": "Stop"}).status_code == 302
    assert not is_on(agency())
    assert list(ForecastSwitch.objects.values_list("act", flat=True)) == ["asked", "on", "off"]


def test_a_trial_that_was_refused_for_overlap_is_shown_in_words(tmp_path: Path) -> None:
    kept = brought(tmp_path)
    told = tried().to_dict()
    nothing = dict.fromkeys(("estimate", "lower", "upper", "difference", "difference_lower", "difference_upper"))
    own = next(one for one in told["outcomes"]["work_24"]["policies"] if one["policy"] == "model")
    own.update(nothing, refused="no_support")
    told["outcomes"]["work_24"]["groups"] = []
    ForecastTrial.objects.create(model=kept, sha256="0" * 64, passed=False, told=told, by_name="prøve")
    page = signed_in(officer_of(agency())).get(f"{kept.get_absolute_url()}fortiden/").text
    assert "hvor folk som dem næsten aldrig er kommet" in page
    assert "har ikke bestået prøven" in page


def test_the_page_warns_when_who_waits_is_unlike_whom_the_model_learnt_from(in_use: ForecastModel) -> None:
    for number in range(6):
        arriving(f"Nr. {number}", members=(member(), member("To")))
    told = watching.drifted(in_use)
    assert told["warn"]
    assert told["unknown"] == {"Skolegang": 12, "Civilstand": 12}
    assert "Dens prognoser for dem er gæt." in signed_in(officer_of(agency())).get(in_use.get_absolute_url()).text


def test_of_few_who_wait_nothing_is_said(in_use: ForecastModel) -> None:
    arriving()
    assert watching.drifted(in_use)["rows"] == []
    assert "for få voksne" in signed_in(officer_of(agency())).get(in_use.get_absolute_url()).text


def test_overrides_reasons_and_objections_are_followed_up(in_use: ForecastModel, two: tuple[User, User]) -> None:
    for number in range(12):
        family = arriving(f"Nr. {number}", members=(member(**SCHOOLED),))
        decided(family, COUNTRY[0], by=two[number % 2])
    for number, record in enumerate(watching.PlacementRecord.objects.filter(act="decided")[:3]):
        decisions.note_objection(record.arrival, text="Vi vil bo et andet sted.", by=two[0])
        if number:
            decisions.answer_objection(record.arrival, reopen=number == 1, text="Set igen.", by=two[0])
    told = watching.objections(agency())
    assert told is not None
    assert [told[name] for name in ("decided", "objected", "reopened", "upheld", "waiting")] == [12, 3, 1, 1, 1]
    page = signed_in(two[0]).get("/visitation/prognose/opfoelgning/").text
    assert "Husstandens ønske" in page
    assert "arbejde 1" in page
    assert "3 / 12" in page


def test_with_few_decisions_nothing_is_told_of_households(in_use: ForecastModel) -> None:
    decided(arriving(), AARHUS)
    page = signed_in(officer_of(agency())).get("/visitation/prognose/opfoelgning/").text
    assert page.count("for få afgørelser") == 3


# ------------------------------------------------------------------ commands


def test_a_model_is_trained_and_tried_by_a_command(
    tmp_path: Path, two: tuple[User, User], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command(
        "train_forecast",
        str(register_folder(tmp_path)),
        organisation=agency().name,
        by=two[0].email,
        outcome=["work_24", "staying_24"],
        kinds=["glm"],
        no_trial=True,
    )
    kept = ForecastModel.objects.get()
    assert (kept.name, kept.version) == ("arbejde-og-ophold", 1)
    assert kept.facts["register"]["title"] == kept.source == "Opdigtet register"
    call_command("try_forecast", str(tmp_path / "register"), organisation=agency().name)
    assert kept.trials.get().told["outcomes"].keys() == {"work_24", "staying_24"}
    call_command("try_forecast", str(tmp_path / "register"), organisation=agency().name)
    assert "No model is due." in capsys.readouterr().out
    assert kept.trials.count() == 1


def test_a_folder_is_brought_in_by_a_command_and_refused_in_words(tmp_path: Path, two: tuple[User, User]) -> None:
    told = {"organisation": agency().name, "by": two[0].email, "name": "udefra", "source": "Forskermaskinen"}
    call_command("bring_forecast", str(folder(tmp_path)), **told)
    assert str(ForecastModel.objects.get()) == "udefra 1"
    with pytest.raises(CommandError, match="allerede lagt ind"):
        call_command("bring_forecast", str(tmp_path / "model"), **told)
    with pytest.raises(CommandError, match="no agency 'Nogen'"):
        call_command("bring_forecast", str(tmp_path / "model"), **{**told, "organisation": "Nogen"})
    with pytest.raises(CommandError, match="Nobody signs in"):
        call_command("bring_forecast", str(tmp_path / "model"), **{**told, "by": "ingen@example.org"})


def test_a_stopped_trial_keeps_nothing_and_says_so(
    tmp_path: Path, two: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = brought(tmp_path)

    def stopped(*_given: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fodfaeste.web.placement.forecasts.domain.making.trial", stopped)
    with pytest.raises(CommandError, match="Stopped"):
        call_command("try_forecast", str(register_folder(tmp_path)), organisation=agency().name, model=str(kept))
    assert not kept.trials.exists()


def test_the_default_model_needs_no_trial_and_says_why() -> None:
    page = signed_in(officer_of(agency()))
    assert "fortiden kan ikke prøve den" in page.get("/visitation/prognose/standard/").text
    assert computing.FORBIDDEN_BY == "denmark"


# ------------------------------------------------------------------ what came of it


def received(number: int, works: bool, *, left: bool = False) -> None:
    """A household of one adult, taken in by Aarhus; whoever leaves moves to Odense within the year."""
    office = Organisation.objects.get_or_create(kind=Kind.MUNICIPALITY, name="Aarhus", code=AARHUS)[0]
    held = office.memberships.filter(role=Role.WORKER).select_related("user").first()
    worker = held.user if held else made_user("worker-aarhus", office, Role.WORKER)
    family = arriving(f"Nr. {number}", members=(member(**SCHOOLED),))
    decided(family, AARHUS, by=officer_of(agency()))
    decisions.send(Arrival.objects.get(pk=family.pk), by=officer_of(agency()))
    person = receive(Arrival.objects.get(pk=family.pk), by=worker)[0]
    if works:
        EmploymentSpell.objects.create(person=person, kind="ordinary", start=date(2028, 1, 1))
    # Taken in before the day of arrival, it has no stay yet.
    ResidenceSpell.objects.create(person=person, municipality=AARHUS, start=date(2027, 3, 1))
    if left:
        person.residence_spells.update(end=date(2028, 1, 1), end_reason="moved", to="461")


def test_what_came_stands_beside_what_was_forecast_once_the_year_is_over(in_use: ForecastModel) -> None:
    for number in range(12):
        received(number, works=number < 9, left=number < 3)
    assert count_outcomes(agency(), date(2029, 12, 31)) == 0
    assert count_outcomes(agency(), date(2030, 1, 1)) > 0
    told = {one.kind: one for one in ForecastOutcome.objects.filter(by="all")}
    assert [(one.households, one.adults, one.year) for one in told.values()] == [(12, 12, 2029)] * 2
    assert (told["work"].came, told["staying"].came) == (9, 9)
    record = Arrival.objects.first().records.get(act="decided").facts  # type: ignore[union-attr]
    share = next(one["work"][0] for one in record["options"] if one["code"] == AARHUS)
    assert told["work"].expected == pytest.approx(12 * share)
    page = signed_in(officer_of(agency())).get("/visitation/prognose/opfoelgning/").text
    assert "75,0" in page
    assert count_outcomes(agency(), date(2031, 1, 1)) == 0


def test_what_was_written_of_schooling_is_seen_and_goes_along_to_the_municipality(in_use: ForecastModel) -> None:
    received(1, works=False)
    person = Person.objects.get()
    assert (person.schooling, person.civil_status) == ("tertiary", "unmarried")
    shown = signed_in(officer_of(agency())).get(Arrival.objects.get().get_absolute_url()).text
    assert "skolegang: videregående uddannelse, ikke gift" in shown


def test_fewer_than_ten_households_are_not_counted(in_use: ForecastModel) -> None:
    for number in range(9):
        received(number, works=True)
    assert count_outcomes(agency(), date(2030, 1, 1)) == 0
    assert "endnu intet år" in signed_in(officer_of(agency())).get("/visitation/prognose/opfoelgning/").text


def test_who_died_is_left_out_and_whose_name_is_protected_too(in_use: ForecastModel) -> None:
    for number in range(12):
        received(number, works=True)
    gone, hidden = Person.objects.all()[:2]
    gone.residence_spells.update(end=date(2028, 6, 1), end_reason="died")
    Person.objects.filter(pk=hidden.pk).update(protected=True)
    call_command("follow_forecasts")
    count_outcomes(agency(), date(2030, 1, 1))
    assert {one.adults for one in ForecastOutcome.objects.filter(by="all")} == {10}


def test_the_day_some_months_later_is_the_last_of_a_short_month() -> None:
    assert [later(date(2027, 8, 31), months) for months in (6, 24)] == [date(2028, 2, 29), date(2029, 8, 31)]
