"""`fodfaeste place quota`: the table with all steps, which rule and source it used, and what is written."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner, Result

from fodfaeste.cli.place.quota import quota
from fodfaeste.errors import BadInput
from fodfaeste.place.quota import compute
from fodfaeste.place.quota.agreements import check_agreement
from fodfaeste.report.words import Words, texts

FIGURES = """municipality,code,region,population,immigrants_refugees,family_reunified
Askby,101,Øst,300000,55000,100
Birkeby,102,Øst,250000,20000,45
Egeby,103,Vest,200000,12000,30
Elmeby,104,Vest,150000,8000,15
Pileby,105,Vest,100000,5000,10
"""

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(quota)


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    path = tmp_path / "figures.csv"
    path.write_text(FIGURES, encoding="utf-8")
    return path


def said(*words: object) -> Result:
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_the_table_shows_every_step_in_danish(figures: Path) -> None:
    output = said(figures, "--national", 1000).output
    assert "Kommunekvoter: 1.000 personer, 5 kommuner" in output
    row = next(line for line in output.splitlines() if line.startswith("Birkeby"))
    assert row.split("   ")[0] == "Birkeby"
    assert [cell.strip() for cell in row.replace("\N{NO-BREAK SPACE}", " ").split("  ") if cell.strip()][1:10] == [
        "250.000",
        "25,00 %",
        "20,00 %",
        "45",
        "30,00 %",
        "360,0",
        "315,0",
        "302,9",
        "303",
    ]
    assert "nul: det foreløbige tal er" in output
    assert "Vest            3      450.000        697   beregning" in output


def test_it_says_which_rule_with_which_source_it_used(figures: Path) -> None:
    output = said(figures, "--national", 1000, "--lang", "en").output
    assert "Rule: the formula s = 2p − m. Reduction: in proportion. Rule set IL-2022" in output
    assert "Formula: BO 50/2008, 2016, 243/2018, 1290/2020; BO 550/2022 § 4(2)-(4) [A]" in output
    assert "Rounding: no rule found [S]" in output
    assert "The others together have 40.0 too many, which are taken off." in output


def test_the_rules_of_a_day_are_used_where_a_day_is_given(figures: Path) -> None:
    output = said(figures, "--national", 1000, "--on", "2010-06-01", "--lang", "en").output
    assert "Rule set IL-2007" in output
    assert "in force on 2010-06-01" in output
    with pytest.raises(BadInput, match="leave one out"):
        said(figures, "--national", 1000, "--on", "2010-06-01", "--rule-set", "IL-2022")


def test_the_displaced_from_ukraine_have_fewer_steps(figures: Path) -> None:
    output = said(figures, "--national", 600, "--rule-set", "UKR-2022", "--lang", "en").output
    assert "m: share" not in output
    assert "The order fixes numbers for 10000 persons at a time (BEK 509/2022 § 2; BEK 1633/2023 § 2)." in output


def test_agreed_numbers_need_no_more_than_their_file(figures: Path, tmp_path: Path) -> None:
    agreed = tmp_path / "agreed.csv"
    agreed.write_text("municipality,quota\nEgeby,300\nElmeby,297\nPileby,100\nAskby,0\n", encoding="utf-8")
    output = said(figures, "--national", 1000, "--agreed", agreed).output
    assert "aftalt i regionen" in output
    assert "Aftalen i Øst gælder ikke, så kvoterne dér er beregnet. Den har intet antal personer" in output
    same = said(figures, "--national", 1000, "--agreed", agreed, "--rule", "agreed").output
    assert same == output


def test_json_has_the_figures_the_sources_and_the_remarks(figures: Path) -> None:
    told = json.loads(said(figures, "--national", 1000, "--json", "--reduction", "share_key").output)
    assert [row["quota"] for row in told["table"]] == [0, 302, 294, 240, 164]
    assert told["reduction"] == "share_key"
    assert told["sources"]["formula"]["certainty"] == "A"


def test_the_table_is_written_where_it_is_asked_for(figures: Path, tmp_path: Path) -> None:
    out = tmp_path / "quotas.csv"
    assert said(figures, "--national", 1000, "-o", out).output.endswith(f"{out}\n")
    assert pl.read_csv(out)["quota"].to_list() == [0, 303, 294, 239, 164]
    assert "quotas.csv" not in said(figures, "--national", 1000, "-o", out, "--json").output


@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_reason_rule_and_remark_has_its_words(lang: str) -> None:
    words = Words(lang, "quota")  # type: ignore[arg-type]  # both languages are meant
    for name in (*compute.get_args(compute.Rule), *compute.get_args(compute.Reduction)):
        assert words(f"rule.{name}" if name in compute.get_args(compute.Rule) else f"reduction.{name}")
    failed = check_agreement({"a": 1}, ["a", "b"], 5, signed=["a"], national_changed=True)
    assert all(words(f"failed.{one.code}", **one.values) for one in failed)


def test_the_english_remarks_are_those_of_the_library() -> None:
    english = Words("en", "quota")
    failed = check_agreement({"a": 1}, ["a", "b"], 5, signed=["a"], national_changed=True)
    assert [english(f"failed.{one.code}", **one.values) for one in failed] == [one.text for one in failed]
    found = compute.quota({"municipality": ["a", "b"], "population": [1, 1]}, 7, rule_set="UKR-2022", rule="population")
    at_a_time = next(note for note in found.notes if note.code == "at_a_time")
    assert english("remark.at_a_time", **at_a_time.values) == at_a_time.text
    negative = {
        "municipality": ["a", "b"],
        "population": [9, 9],
        "immigrants_refugees": [9, 1],
        "family_reunified": [9, 1],
    }
    for reduction in ("proportional", "none"):
        excess = compute.quota(negative, 7, reduction=reduction).notes[0]
        values = {**excess.values, "excess": english.number(excess.values["excess"], 1)}
        assert english(f"remark.{excess.code}", **values) == excess.text
    assert set(texts("quota")) >= {f"remark.{note.code}" for note in found.notes}
