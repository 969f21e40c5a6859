"""Marking one's own package for the audit: the vocabulary, its errors, and a round trip."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fodfaeste.data import report2002, roles
from fodfaeste.data.package import DESCRIPTOR, read
from fodfaeste.errors import BadInput
from fodfaeste.measure import check_printed

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "audit-roles.md"


def example() -> tuple[dict, str]:
    text = PAGE.read_text(encoding="utf-8")
    descriptor, table = (re.search(rf"```{kind}\n(.*?)```", text, re.S)[1] for kind in ("json", "csv"))
    return json.loads(descriptor), table


def a_package(folder: Path, descriptor: dict, **tables: str):
    (folder / DESCRIPTOR).write_text(json.dumps(descriptor), encoding="utf-8")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return read(folder)


def audited(package):
    return check_printed(*roles.of(package))


def test_the_example_of_the_reference_page(tmp_path):
    descriptor, table = example()
    result = audited(a_package(tmp_path, descriptor, moves=table))
    assert result.summary["checks"] == 4 + 1 + 1 + 1
    (found,) = result.table.to_dicts()
    assert (found["row"], found["printed"], found["recomputed"]) == ("All (row 5)", "13", 31)
    assert found["suggestion"].startswith("Two digits exchanged: 31 % instead of 13 %.")


def test_the_example_put_right_has_no_finding(tmp_path):
    descriptor, table = example()
    assert audited(a_package(tmp_path, descriptor, moves=table.replace("31,13", "31,31"))).table.is_empty()


@pytest.mark.parametrize(
    ("right", "wrong", "row", "rule"),
    [
        ("Birk,part,24,9,38", "Birk,part,24,9,36", "Birk (row 3)", "rate"),
        ("All,total,100,31,31", "All,total,110,31,28", "All (row 5)", "parts"),
    ],
)
def test_an_error_planted_in_it_is_found(tmp_path, right, wrong, row, rule):
    descriptor, table = example()
    text = table.replace("31,13", "31,31").replace(right, wrong)
    found = audited(a_package(tmp_path, descriptor, moves=text)).table.to_dicts()
    assert [(one["row"], one["rule"]) for one in found] == [(row, rule)]


def survey(**more) -> dict:
    """Describe two tables of a survey, marked with every rule and every base."""
    number = {"type": "number"}
    shares = {
        "name": "shares",
        "path": "shares.csv",
        "printedAs": "text",
        "schema": {
            "fields": [
                {"name": "key"},
                {"name": "how", "role": "qualifier"},
                {"name": "base"},
                {"name": "n", "type": "integer"},
                {
                    "name": "pct",
                    **number,
                    "role": [
                        {"rule": "whole_persons", "base": {"named_by": "base"}},
                        {"rule": "order", "direction": "falling", "each": ["base"]},
                    ],
                },
            ],
            "primaryKey": ["key"],
        },
        "checks": [
            {"rule": "follows", "figure": "n[key=asked]", "from": {"sum": "answers.n"}},
            {"rule": "follows", "figure": {"rows": "answers[n>5]"}, "from": 2},
        ],
    }
    answers = {
        "name": "answers",
        "path": "answers.csv",
        "schema": {
            "fields": [
                {"name": "answer", "role": "label"},
                {"name": "n", "type": "integer"},
                {"name": "yes", **number, "role": {"rule": "hundred", "with": ["no"], "each": "row", "rest": True}},
                {"name": "no", **number},
            ],
            "primaryKey": ["answer"],
        },
    }
    bases = {
        "all": {"figure": "shares.n[key=asked]"},
        "some": {"percent": "shares.pct[key=some]", "of": "all"},
        "others": {"rest_of": "all", "without": ["some"]},
        "about_20": {"between": [18, 22]},
        "five": 5,
    }
    checks = [
        {
            "rule": "weighted_groups",
            "figure": "shares.pct[key=moved]",
            "base": "all",
            "groups": [
                {"figure": "shares.pct[key=moved_some]", "base": "some"},
                {"figure": "shares.pct[key=moved_others]", "base": "others"},
            ],
        },
        {
            "rule": "follows",
            "figure": "shares.pct[key=some]",
            "from": {"percent": ["answers.n[answer=a]", {"plus": ["answers.n[answer=a]", "answers.n[answer=b]"]}]},
        },
    ]
    described = {"name": "survey", "resources": [shares, answers], "bases": bases, "checks": checks}
    return {**described, **more}


SHARES = """key,how,base,n,pct
asked,exact,all,20,
some,exact,all,,60
moved,about,all,,40
moved_some,exact,some,,50
moved_others,exact,others,,25
half,exact,about_20,,50
few,exact,five,,20
"""
ANSWERS = "answer,n,yes,no\na,12,50,50\nb,8,33,67\n"


def test_a_marked_survey_without_errors_has_no_finding(tmp_path):
    result = audited(a_package(tmp_path, survey(), shares=SHARES, answers=ANSWERS))
    assert result.table.to_dicts() == []
    assert set(result.summary["by_rule"]) == {"whole_persons", "order", "follows", "hundred", "weighted_groups"}


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        ("some,,50", "some,,52", ("moved_some (row 5)", "impossible for the group size")),
        ("asked,exact,all,20", "asked,exact,all,30", ("asked (row 2)", "text against table")),
        ("b,8,33,67", "b,8,33,77", ("b (row 3)", "misprint")),
        ("moved,about,all,,40", "moved,exact,all,,75", ("moved (row 4)", "text against text")),
    ],
)
def test_errors_planted_in_a_marked_survey_are_found(tmp_path, right, wrong, found):
    tables = {"shares": SHARES.replace(right, wrong), "answers": ANSWERS.replace(right, wrong)}
    result = audited(a_package(tmp_path, survey(), **tables))
    assert found in [(one["row"], one["verdict"]) for one in result.table.to_dicts()]


def test_one_other_column_needs_no_list(tmp_path):
    described = survey()
    described["resources"][1]["schema"]["fields"][2]["role"]["with"] = "no"
    assert audited(a_package(tmp_path, described, shares=SHARES, answers=ANSWERS)).table.is_empty()


def test_a_table_without_marks_is_read_and_not_checked(tmp_path):
    bare = {"resources": [{"name": "t", "path": "t.csv", "schema": {"fields": [{"name": "a"}, {"name": "b"}]}}]}
    tables, checks = roles.of(a_package(tmp_path, bare, t="a,b\n1,2\n"))
    assert checks == ()
    assert (tables[0].label, tables[0].qualifier, tables[0].running_text) == (("a",), None, False)


def test_columns_may_stand_in_another_order_than_in_the_schema(tmp_path):
    descriptor, _ = example()
    swapped = "moved_pct,municipality,part,moved,arrived\n25,Ask,part,10,40\n25,All,total,10,40\n"
    assert audited(a_package(tmp_path, descriptor, moves=swapped)).table.is_empty()


# What may be wrong with a declaration


def messages(folder: Path, *checks: object, **more: object) -> list[str]:
    package = a_package(folder, survey(checks=list(checks), **more), shares=SHARES, answers=ANSWERS)
    with pytest.raises(BadInput) as caught:
        roles.of(package)
    return [
        line.removeprefix("datapackage.json: found check 1 of the package: ") for line in str(caught.value).splitlines()
    ]


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("rate", "'rate', expected an object with rule and figure. Write it as in the reference."),
        (
            {"rule": "rates", "figure": "shares.pct"},
            "the rule 'rates', expected one of between_groups, follows, hundred, order, parts, rate, weighted_groups, "
            "whole_persons. Did you mean rate or parts?",
        ),
        (
            {"rule": "order", "figure": "shares.pct"},
            "order without direction, expected figure, direction. Say its direction.",
        ),
        (
            {"rule": "order", "figure": "shares.pct", "direction": "falling", "eech": []},
            "order with 'eech', expected one of direction, each, figure. Did you mean each?",
        ),
        (
            {"rule": "order", "figure": "shares.pct", "direction": "down"},
            "the direction 'down', expected one of falling, rising. Choose one of those.",
        ),
        (
            {"rule": "order", "figure": "pct", "direction": "falling"},
            "'pct' without its table, expected table.column. A check of the package names the table.",
        ),
        (
            {"rule": "order", "figure": "share.pct", "direction": "falling"},
            "no table 'share', expected one of answers, shares. Did you mean shares?",
        ),
        (
            {"rule": "order", "figure": "shares.pc", "direction": "falling"},
            "shares has no column 'pc', expected one of base, how, key, n, pct. Did you mean pct?",
        ),
        (
            {"rule": "order", "figure": "shares.pct[key]", "direction": "falling"},
            "the condition 'key', expected column=value, !=, < or >. Write it as in the reference.",
        ),
        (
            {"rule": "order", "figure": "shares.pct[n>many]", "direction": "falling"},
            "the condition 'n>many', expected a number to compare with. Write one.",
        ),
        (
            {"rule": "order", "figure": 5, "direction": "falling"},
            "5, expected [table.]column[condition, ...]. Write it as in the reference.",
        ),
        (
            {"rule": "order", "figure": "shares.pct", "direction": "falling", "each": [5]},
            'each [5], expected "row" or names of columns. List them.',
        ),
        (
            {"rule": "rate", "figure": "shares.pct", "events": [], "of": ["n"]},
            "[], expected names of columns. List one or more.",
        ),
        (
            {"rule": "follows", "figure": "shares.pct", "from": {"mean": "answers.n"}},
            "the arithmetic 'mean', expected one of max, min, minus, over, percent, plus, rows, sum, times. "
            "Did you mean min or max?",
        ),
        (
            {"rule": "follows", "figure": "shares.pct", "from": {"minus": [1, 2, 3]}},
            "minus of [1, 2, 3], expected a list of two figures. Give it so.",
        ),
        (
            {"rule": "follows", "figure": "shares.pct", "from": {"plus": 3}},
            "plus of 3, expected a list. Give it so.",
        ),
        (
            {"rule": "follows", "figure": "shares.pct", "from": {"rows": "answers.n"}},
            "'answers.n', expected a table[condition, ...] whose rows are counted. Leave the column out.",
        ),
        (
            {"rule": "follows", "figure": 5, "from": 5},
            "the figure 5, expected cells, or one list without each. Name them.",
        ),
        (
            {"rule": "whole_persons", "figure": "shares.pct", "base": "al"},
            "no base 'al', expected one of about_20, all, five, others, some. Did you mean all?",
        ),
        (
            {"rule": "whole_persons", "figure": "shares.pct", "base": {"between": [5, 2]}},
            "the base {'between': [5, 2]}, expected a number, the name of a base, or an object with figure, percent "
            "and of, rest_of and without, between, or named_by. Write it as in the reference.",
        ),
        (
            {"rule": "weighted_groups", "figure": "shares.pct", "base": 5, "groups": [{"figure": "shares.pct"}]},
            "the groups [{'figure': 'shares.pct'}], expected a list of objects with figure and base. "
            "Write each group so.",
        ),
    ],
)
def test_a_check_that_is_not_of_the_vocabulary(tmp_path, check, message):
    assert messages(tmp_path, check) == [message]


def test_all_faulty_checks_are_told_at_once(tmp_path):
    assert len(messages(tmp_path, {"rule": "x"}, {"rule": "y"})) == 2


def test_a_base_made_of_itself(tmp_path):
    bases = {
        "all": {"rest_of": "some", "without": [1]},
        "some": {"rest_of": "all", "without": [1]},
        "others": 1,
        "about_20": 20,
        "five": 5,
    }
    said = messages(tmp_path, {"rule": "whole_persons", "figure": "shares.pct", "base": "all"}, bases=bases)
    assert said[-1] == "the base 'all' made of itself, expected another group. Begin from a printed number."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda resource: resource["schema"]["fields"][0].update(role="lable"),
            "found the role of moves.municipality 'lable', expected one of label, qualifier. Did you mean label?",
        ),
        (
            lambda resource: resource.update(printedAs="prose"),
            "found moves: printedAs 'prose', expected one of table, text. Choose one of those.",
        ),
        (
            lambda resource: resource["schema"]["fields"][4].update(role={"rule": "rate", "events": ["moved"]}),
            "found the role of moves.moved_pct: rate without of, expected figure, events, of. Say its of.",
        ),
        (
            lambda resource: (
                resource["schema"].pop("primaryKey"),
                resource.update(checks=[{"rule": "hundred", "figure": "moved_pct", "each": "row"}]),
            ),
            'found check 1 of moves: each "row", expected a primaryKey of moves. '
            "Say which columns tell its rows apart.",
        ),
    ],
)
def test_a_mark_that_is_not_of_the_vocabulary(tmp_path, change, message):
    descriptor, table = example()
    change(descriptor["resources"][0])
    with pytest.raises(BadInput) as caught:
        roles.of(a_package(tmp_path, descriptor, moves=table))
    assert str(caught.value) == f"datapackage.json: {message}"


def test_a_table_that_does_not_fulfil_its_schema_is_not_audited(tmp_path):
    descriptor, table = example()
    with pytest.raises(BadInput, match="the text 'many', expected a whole number"):
        roles.of(a_package(tmp_path, descriptor, moves=table.replace("24,9", "many,9")))


# The marks of the report


def test_every_printed_percentage_of_the_reports_tables_is_checked_or_has_nothing_to_be_checked_against():
    tables, checks = roles.of(report2002.package())
    checked = {
        (cells.table, cells.column)
        for check in checks
        for cells in (*getattr(check, "figures", ()), getattr(check, "figure", None), getattr(check, "groups", None))
        if hasattr(cells, "column")
    }
    checked |= {(check.figure.table, check.share) for check in checks if getattr(check, "share", None)}
    printed = {
        (table.name, column) for table in tables for column in table.text.header if column.endswith("_published")
    }
    alone = {
        ("rental_share_top_bottom", "rental_share_pct_published"),
        ("national_population", "share_of_population_pct_published"),
        ("text_figures", "value_max_pct_published"),
    }
    assert printed - checked == alone


def test_the_marks_name_no_printed_figure():
    figures = {"9124", "79.2", "9134", "71.2", "78", "81", "56", "54"}
    descriptor = report2002.package().descriptor
    declared = [descriptor.get("checks", []), descriptor["bases"]]
    for resource in descriptor["resources"]:
        declared += [resource.get("checks", []), [field.get("role") for field in resource["schema"]["fields"]]]
    assert not figures & set(re.findall(r"\d+(?:\.\d+)?", json.dumps(declared)))
