"""Printed tables against themselves: what is found, how it is said, and what is left alone."""

from __future__ import annotations

from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.checks import (
    Between,
    BetweenGroups,
    Cells,
    Follows,
    Formula,
    Hundred,
    NamedBy,
    Order,
    Parts,
    Portion,
    PrintedTable,
    Rate,
    Rest,
    Taken,
    WeightedGroups,
    Where,
    WholePersons,
)
from fodfaeste.data import report2002, roles
from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.measure import check_printed
from fodfaeste.tables import TextTable


def a_table(text: str, *, name="t", counts=(), label=None, qualifier=None, running_text=False) -> PrintedTable:
    """Make a table of lines; columns of figures are numbers, `counts` whole ones."""
    header, *rows = [tuple(cell.strip() for cell in line.split(",")) for line in text.strip().splitlines()]
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    frame = {}
    for column, cells in columns.items():
        try:
            values = [float(cell) if cell else None for cell in cells]
        except ValueError:
            frame[column] = pl.Series(cells, dtype=pl.String)
        else:
            whole = [None if value is None else int(value) for value in values]
            frame[column] = pl.Series(whole, dtype=pl.Int64) if column in counts else pl.Series(values)
    read = TextTable(f"{name}.csv", header, tuple(rows), tuple(range(2, len(rows) + 2)))
    return PrintedTable(name, read, pl.DataFrame(frame), label or header[:1], qualifier, running_text)


def where(column, is_, *values, sized=False):
    return (Where(column, is_, values, sized),)


def only(column, key, table="t", by="key"):
    return Cells(table, column, where(by, "=", key))


def findings(tables, *checks):
    tables = [tables] if isinstance(tables, PrintedTable) else tables
    return check_printed(tables, checks).table.to_dicts()


def said(tables, *checks):
    return [(found["explanation"], found["suggestion"]) for found in findings(tables, *checks)]


# A rate by its definition

RATE = Rate(Cells("t", "pct"), ("moved",), ("arrived",))
MOVES = ("moved", "arrived")


def test_a_rate_follows_from_the_counts_beside_it():
    table = a_table("place,moved,arrived,pct\nFanø,10,60,16.67\nBov,18,254,7.90", counts=MOVES)
    assert findings(table, RATE) == [
        {
            "table": "t",
            "row": "Bov (row 3)",
            "column": "pct",
            "printed": "7.90",
            "recomputed": pytest.approx(7.0866, abs=5e-5),
            "rule": "rate",
            "verdict": "misprint",
            "explanation": "18 of 254 is 7.09 %, but 7.90 % is printed.",
            "suggestion": "Two digits exchanged: 7.09 % instead of 7.90 %.",
        }
    ]


@pytest.mark.parametrize("pct", ["37", "38", "37.5", "37.50"])
def test_a_tie_may_have_been_rounded_either_way(pct):
    assert not findings(a_table(f"place,moved,arrived,pct\nBirk,9,24,{pct}", counts=MOVES), RATE)


def test_the_decimals_are_those_of_the_printed_text():
    assert not findings(a_table("place,moved,arrived,pct\nA,1,5,20", counts=MOVES), RATE)
    assert findings(a_table("place,moved,arrived,pct\nA,201,1000,20.0", counts=MOVES), RATE)
    assert not findings(a_table("place,moved,arrived,pct\nA,201,1000,20", counts=MOVES), RATE)


@pytest.mark.parametrize(
    ("row", "suggestion"),
    [
        ("2,3,66", "Cut off instead of rounded: 66.67 rounds to 67 %."),
        ("2,3,57", "One digit differs: 67 % instead of 57 %."),
        ("2,3,76", "Two digits exchanged: 67 % instead of 76 %."),
        ("2,3,12", "67 % would agree."),
        ("1,50,9", "2 % would agree."),
    ],
)
def test_how_a_wrong_figure_may_have_come_about(row, suggestion):
    assert findings(a_table(f"place,moved,arrived,pct\nA,{row}", counts=MOVES), RATE)[0]["suggestion"] == suggestion


def test_a_part_larger_than_its_whole_is_bad_input():
    with pytest.raises(BadInput) as caught:
        findings(a_table("place,moved,arrived,pct\nA,1,2,50\nB,60,10,16.67", counts=MOVES), RATE)
    assert str(caught.value) == (
        "t.csv, row 3, column moved: found 60 of 10, expected at most as many moved as arrived. "
        "Check that the two columns are not exchanged."
    )


def test_the_rate_of_nobody_is_unknown_and_told():
    result = check_printed([a_table("place,moved,arrived,pct\nA,0,0,0\nB,1,2,50", counts=MOVES)], [RATE])
    assert result.table.is_empty()
    assert [(note.code, note.text) for note in result.notes] == [
        ("nobody", "t, A (row 2): the rate of nobody is unknown.")
    ]
    assert result.summary["figures_checked"] == 1


def test_cells_that_are_not_printed_are_not_checked():
    table = a_table("place,moved,arrived,pct\nA,1,2,\nB,,2,50\nC,1,2,50", counts=MOVES)
    assert check_printed([table], [RATE]).summary["figures_checked"] == 1


# Parts and their total

PARTS = Parts(Cells("t", "n"), where("role", "=", "total"), ("kind",), "pct")


def test_shares_decide_between_a_total_and_its_parts():
    table = a_table(
        "kind,place,role,n,pct\nrural,a,part,3478,38\nrural,b,part,2749,30.1\nrural,c,part,2907,31.8\nrural,all,total,9124,100",
        counts=("n",),
        label=("kind", "place"),
    )
    assert said(table, PARTS) == [
        (
            "The parts are 3478 + 2749 + 2907 = 9134, but the total is printed as 9124.",
            "One digit differs: 9134 instead of 9124. 4 of 4 shares agree with 9134, 3 with 9124.",
        )
    ]


def test_a_share_that_fits_neither_total_is_listed():
    table = a_table("kind,role,n,pct\nx,part,30,30\nx,part,70,77\nx,total,100,100", counts=("n",))
    assert said(table, PARTS) == [
        ("70 of 100 is 70 %, but 77 % is printed.", "One digit differs: 70 % instead of 77 %.")
    ]


def test_shares_and_totals_that_are_not_printed_are_left_alone():
    table = a_table(
        "kind,role,n,pct\nx,part,30,30\nx,part,70,\nx,part,,\nx,total,100,\ny,part,1,100\ny,total,,100", counts=("n",)
    )
    result = check_printed([table], [PARTS])
    assert result.summary["by_rule"] == {
        "parts": {"checked": 1, "findings": 0},
        "share": {"checked": 1, "findings": 0},
    }
    assert [note.code for note in result.notes] == ["no-total"]


def test_each_group_has_its_own_total():
    table = a_table("kind,role,n\nx,part,3\nx,part,4\nx,total,7\ny,part,5\ny,total,6", counts=("n",))
    assert said(table, Parts(Cells("t", "n"), where("role", "=", "total"), ("kind",))) == [
        ("The parts are 5, but the total is printed as 6.", "5 would agree.")
    ]


def test_a_group_without_a_total_is_told():
    table = a_table("kind,role,n\nx,part,3\ny,part,5\ny,total,5", counts=("n",))
    result = check_printed([table], [Parts(Cells("t", "n"), where("role", "=", "total"), ("kind",))])
    assert [note.text for note in result.notes] == ["t x: 0 totals of 1 parts."]
    assert result.summary["checks"] == 1


def test_many_parts_are_not_all_written_out():
    rows = "\n".join(f"x,part,{n}" for n in range(1, 11))
    table = a_table(f"kind,role,n\n{rows}\nx,total,56", counts=("n",))
    explanation, _ = said(table, Parts(Cells("t", "n"), where("role", "=", "total")))[0]
    assert explanation == "The parts are the sum 55 of 10 figures, but the total is printed as 56."


# Percentages that add to 100

YES_NO = Hundred((Cells("t", "yes"), Cells("t", "no")), (("key",),), rest=True)


def test_yes_and_no_below_100_are_listed_only_where_the_other_rows_add_to_100():
    good = "a,60,40\nb,33,66\nc,20,80\nd,50,50\n"
    assert said(a_table(f"key,yes,no\n{good}e,9,81"), YES_NO) == [
        ("9 % + 81 % is 90 %, not 100 %, while 4 of the 4 other rows add to 100.", "19 % would agree.")
    ]
    assert not findings(a_table("key,yes,no\na,60,40\nb,33,66\ne,9,81"), YES_NO)
    assert not findings(a_table("key,yes,no\na,50,40\nb,33,50\nc,20,70\nd,50,30\ne,9,81"), YES_NO)


def test_above_100_is_always_listed():
    assert len(findings(a_table("key,yes,no\na,50,40\nb,33,70"), YES_NO)) == 1


def test_without_a_rest_below_100_is_listed_too():
    assert len(findings(a_table("key,yes,no\na,50,40"), Hundred(YES_NO.figures, YES_NO.each))) == 1


def test_several_answers_may_be_off_by_the_rounding_of_all_of_them():
    assert not findings(a_table("key,pct\na,33\nb,33\nc,33"), Hundred((Cells("t", "pct"),)))
    assert findings(a_table("key,pct\na,33.0\nb,33.0\nc,33.0"), Hundred((Cells("t", "pct"),)))


def test_the_figure_that_another_rule_confirms_is_not_blamed():
    table = a_table("key,r2,explained,unexplained\na,0.288,28.8,79.2")
    both = Hundred((Cells("t", "explained"), Cells("t", "unexplained")), (("key",),))
    r2 = Follows(Cells("t", "explained"), Formula("times", (Cells("t", "r2"), 100.0)), (("key",),))
    (found,) = findings(table, both, r2)
    assert (found["column"], found["recomputed"]) == ("unexplained", pytest.approx(71.2))
    assert found["suggestion"] == "One digit differs: 71.2 % instead of 79.2 %."


def test_no_correction_is_offered_where_none_can_mend_it():
    (found,) = findings(a_table("key,a,b,c\nx,90,80,70"), Hundred(tuple(Cells("t", name) for name in "abc")))
    assert found["recomputed"] is None
    assert found["suggestion"] == "More than one of them is wrong."


def test_a_row_with_an_empty_cell_is_left_alone():
    assert check_printed([a_table("key,yes,no\na,50,\nb,40,60")], [YES_NO]).summary["checks"] == 1


# Whole persons behind a percentage


def test_a_percentage_that_no_whole_number_of_persons_gives():
    table = a_table("key,pct\na,60\nb,54")
    (found,) = findings(table, WholePersons(Cells("t", "pct"), 37))
    assert (found["verdict"], found["recomputed"]) == ("impossible for the group size", 59.46)
    assert found["explanation"] == "No whole number of 37 persons is 60 %: 22 are 59.5 % and 23 are 62.2 %."
    assert found["suggestion"] == "59 % would agree. Or 2 did not answer: 21 of 35 is 60 %."


def test_two_figures_that_fit_only_when_exchanged():
    table = a_table("key,base,pct\na,many,23\nb,few,25")
    base = NamedBy(("base",), (("many", 24), ("few", 13)))
    assert said(table, WholePersons(Cells("t", "pct"), base)) == [
        (
            "No whole number of 24 persons is 23 %: 5 are 20.8 % and 6 are 25 %.",
            "Exchanged with b: 6 of 24 is 25 %, and 3 of 13 is 23 %.",
        ),
        (
            "No whole number of 13 persons is 25 %: 3 are 23.1 % and 4 are 30.8 %.",
            "Exchanged with a: 3 of 13 is 23 %, and 6 of 24 is 25 %.",
        ),
    ]


def test_group_sizes_can_be_percentages_of_other_groups_and_what_is_left():
    table = a_table("key,n,pct\nall,81,\nemployed,,46\nof_employed,,10\nof_others,,21", counts=("n",))
    every = only("n", "all")
    employed = Portion(only("pct", "employed"), every)
    assert said(table, WholePersons(only("pct", "of_employed"), employed)) == [
        ("No whole number of 37 persons (46 % of 81) is 10 %: 3 are 8.1 % and 4 are 10.8 %.", "11 % would agree.")
    ]
    (found,) = findings(table, WholePersons(only("pct", "of_others"), Rest(every, (employed,))))
    assert found["explanation"] == "No whole number of 44 persons (81 − 37) is 21 %: 9 are 20.5 % and 10 are 22.7 %."


def test_a_size_that_is_not_printed_is_the_one_that_most_figures_fit():
    table = a_table("key,pct\na,54\nb,38\nc,32\nd,24\ne,60")
    (found,) = findings(table, WholePersons(Cells("t", "pct"), Between(36, 38)))
    assert found["row"] == "e (row 6)"
    assert "37 persons (of 36 to 38 what fits best)" in found["explanation"]


def test_a_group_without_a_whole_number_has_no_percentages_to_check():
    table = a_table("key,pct\ngroup,10\nof_group,50")
    check = WholePersons(only("pct", "of_group"), Portion(only("pct", "group"), 37))
    result = check_printed([table], [check])
    assert result.table.is_empty()
    assert [note.text for note in result.notes] == [
        "t, of_group (row 3): how many persons it is a percentage of is unknown."
    ]


def test_a_block_without_figures_is_no_block():
    result = check_printed([a_table("key,pct\na,\nb,")], [WholePersons(Cells("t", "pct"), Between(1, 9))])
    assert result.summary["checks"] == 0


def test_a_group_that_no_base_is_named_for():
    with pytest.raises(UnknownName, match=r"the group 'al'.*Did you mean all"):
        findings(a_table("key,base,pct\na,al,50"), WholePersons(Cells("t", "pct"), NamedBy(("base",), (("all", 81),))))


def test_a_group_named_by_a_row_cannot_be_a_percentage_of_another():
    base = Portion(only("pct", "a"), NamedBy(("base",), (("all", 81),)))
    with pytest.raises(BadInput, match="a group named by a column"):
        findings(a_table("key,base,pct\na,all,50"), WholePersons(Cells("t", "pct"), base))


def test_a_percentage_above_100_is_possible_for_nobody():
    assert len(findings(a_table("key,pct\na,102"), WholePersons(Cells("t", "pct"), 50))) == 1


@pytest.mark.parametrize(
    ("qualifier", "pct", "possible"),
    [
        ("just_over", 25, True),  # 7 of 24 is 29 %
        ("just_over", 94, True),
        ("almost", 4, False),  # 0 and 1 of 24 are 0 and 4.2 %
        ("more_than", 99, True),
        ("more_than", 100, False),
        ("less_than", 1, True),
        ("at_most", 0, True),
        ("at_least", 100, True),
        ("about", 20, True),
    ],
)
def test_qualified_percentages_of_24(qualifier, pct, possible):
    table = a_table(f"key,how,pct\na,{qualifier},{pct}", qualifier="how", running_text=True)
    assert bool(findings(table, WholePersons(Cells("t", "pct"), 24))) is not possible


# A figure that follows from others


def test_a_figure_printed_twice():
    text = a_table("key,pct\nshared,43\nown,52", name="text", running_text=True)
    task = a_table("answer,pct\nown,41\nmostly_own,11\nboth,33", name="task")
    shared = Follows(only("pct", "shared", "text"), only("pct", "both", "task", "answer"))
    own = Taken("sum", Cells("task", "pct", where("answer", "=", "own", "mostly_own")))
    (found,) = findings([text, task], shared, Follows(only("pct", "own", "text"), own))
    assert (found["table"], found["row"], found["verdict"]) == ("text", "shared (row 2)", "text against table")
    assert found["explanation"] == "task has 33 for both, but 43 is printed here."
    assert found["suggestion"] == "One digit differs: 33 instead of 43."


def test_text_against_text_and_table_against_table():
    for running_text, verdict in ((True, "text against text"), (False, "misprint")):
        table = a_table("key,n\na,7\nb,8", counts=("n",), running_text=running_text)
        assert findings(table, Follows(only("n", "a"), only("n", "b")))[0]["verdict"] == verdict


def test_more_and_fewer_decimals_of_one_figure_agree():
    table = a_table("key,pct\nshort,61.9\nlong,61.92\nother,61.96")
    assert not findings(table, Follows(only("pct", "short"), only("pct", "long")))
    assert findings(table, Follows(only("pct", "short"), only("pct", "other")))


def test_one_tie_rounded_up_here_and_down_there_is_two_figures():
    table = a_table("key,pct\na,2\nb,3")
    assert findings(table, Follows(only("pct", "a"), only("pct", "b")))


def test_arithmetic_carries_the_range_of_every_rounded_figure():
    table = a_table("key,pct\nparticipation,79\nunemployment,4\nemployment,75\nwrong,74")
    of_all = Formula("minus", (1.0, Formula("over", (only("pct", "unemployment"), 100.0))))
    product = Formula("times", (only("pct", "participation"), of_all))
    assert not findings(table, Follows(only("pct", "employment"), product))
    assert said(table, Follows(only("pct", "wrong"), product)) == [
        ("79 × (1 − (4 / 100)) = 75.84, but 74 is printed here.", "One digit differs: 76 instead of 74.")
    ]


@pytest.mark.parametrize(
    ("formula", "explanation"),
    [
        (Formula("plus", (only("n", "a"), only("n", "b"), 1.0)), "3 + 4 + 1 = 8, but 9 is printed here."),
        (Formula("minus", (only("n", "a"), only("n", "b"))), "3 − 4 = -1, but 9 is printed here."),
        (Formula("percent", (only("n", "a"), only("n", "b"))), "100 × 3 / 4 = 75, but 9 is printed here."),
        (Taken("min", Cells("t", "n")), "The lowest is 3 (a), but 9 is printed here."),
        (Taken("max", Cells("t", "n", where("key", "!=", "x"))), "The highest is 4 (b), but 9 is printed here."),
        (Taken("rows", Cells("t", None)), "t has 3 such rows, but 9 is printed here."),
        (Taken("rows", Cells("t", None, where("n", ">", "3.5"))), "t has 2 such rows, but 9 is printed here."),
        (Taken("rows", Cells("t", None, where("n", "<", "4"))), "t has 1 such rows, but 9 is printed here."),
        (7.0, "7, but 9 is printed here."),
    ],
)
def test_every_kind_of_arithmetic(formula, explanation):
    table = a_table("key,n\na,3\nb,4\nx,9", counts=("n",))
    assert said(table, Follows(only("n", "x"), formula))[0][0] == explanation


def test_sizes_without_the_sign():
    table = a_table("key,gamma,n\na,-0.4,\nb,0.307,\nc,0.1,\nd,,\nx,,2", counts=("n",))
    check = Follows(only("n", "x"), Taken("rows", Cells("t", None, where("gamma", ">", "0.3", sized=True))))
    assert not findings(table, check)


def test_what_is_not_printed_gives_nothing_to_compare():
    table = a_table("key,n,m\na,3,\nb,0,\nc,,", counts=("n",))
    nothing = Cells("t", "m")
    checks = [
        Follows(only("n", "a"), only("m", "a")),
        Follows(only("n", "a"), only("n", "nobody")),
        Follows(only("n", "a"), Taken("sum", nothing)),
        Follows(only("n", "a"), Formula("over", (only("n", "a"), only("n", "b")))),
        Follows(only("n", "c"), only("n", "a")),
        Follows(Taken("sum", nothing), only("n", "a")),
        Follows(Taken("sum", Cells("t", "n")), only("m", "a")),
    ]
    assert check_printed([table], checks).summary["checks"] == 0


def test_a_list_that_has_to_add_to_a_figure_elsewhere():
    table = a_table("key,n\na,33\nb,45", name="who", counts=("n",))
    total = a_table("key,n\nall,81\nfew,70", name="total", counts=("n",))
    listed = Taken("sum", Cells("who", "n"))
    (found,) = findings([table, total], Follows(listed, only("n", "all", "total")))
    assert (found["row"], found["printed"], found["recomputed"]) == ("all 2 rows together", "78", 81)
    assert found["explanation"] == "total has 81 for all, but the list has 33 + 45 = 78."
    assert found["suggestion"] == "3 are missing from the list."
    assert said([table, total], Follows(listed, only("n", "few", "total")))[0][1] == "8 are too many in the list."


def test_a_rule_repeated_for_what_two_tables_name_differently():
    matrix = a_table("origin_kind,n\nrural,10\nsmall_town,21", name="matrix", counts=("n",))
    totals = a_table("kind,n\nrural,10\nsmall_town,20", name="totals", counts=("n",))
    check = Follows(Cells("matrix", "n"), Cells("totals", "n"), (("origin_kind", "kind"),))
    assert [found["row"] for found in findings([matrix, totals], check)] == ["small_town (row 3)"]


def test_two_rules_that_come_to_the_same_figure_are_one_finding():
    table = a_table("key,n\na,9124\nb,9134\nc,9134", counts=("n",))
    (found,) = findings(table, Follows(only("n", "a"), only("n", "b")), Follows(only("n", "a"), only("n", "c")))
    assert found["suggestion"].endswith("Confirmed: t has 9134 for c, but 9124 is printed here.")


@pytest.mark.parametrize(
    ("qualifier", "printed", "actual", "agrees"),
    [
        ("about", "20", "15", True),
        ("about", "20", "14.6", False),
        ("about", "15750", "15755", True),
        ("about", "1.5", "1.56", True),
        ("about", "1.5", "1.6", False),
        ("almost", "2", "1.9", True),
        ("almost", "2", "1.566", False),
        ("almost", "2", "2.01", False),
        ("just_over", "50", "54", True),
        ("just_over", "50", "49", False),
        ("more_than", "50", "99", True),
        ("less_than", "50", "51", False),
        ("at_least", "50", "50", True),
        ("at_most", "50", "50", True),
        ("", "50", "50.4", True),
        ("exact", "50", "50.6", False),
    ],
)
def test_what_a_qualifier_stands_for(qualifier, printed, actual, agrees):
    text = a_table(f"key,how,x\na,{qualifier},{printed}", name="text", qualifier="how", running_text=True)
    source = a_table(f"key,x\na,{actual}")
    check = Follows(Cells("text", "x"), Formula("times", (float(actual), 1.0)))
    assert bool(findings([text, source], check)) is not agrees


def test_a_qualified_figure_is_shown_with_its_qualifier():
    text = a_table("key,how,x\nlow,about,20", name="text", qualifier="how", running_text=True)
    (found,) = findings([text, a_table("key,x\na,14.6")], Follows(Cells("text", "x"), Taken("min", Cells("t", "x"))))
    assert found["printed"] == "about 20"
    assert found["explanation"] == "The lowest is 14.6 (a), but about 20 is printed here."
    assert found["suggestion"] == "14.6 is not about 20."


# Groups


def test_all_together_lie_between_their_groups():
    groups = a_table("sex,kind,pct\nwomen,rural,51.9\nmen,rural,62.5\nwomen,town,50\nmen,town,57", name="groups")
    totals = a_table("kind,pct\nrural,64\ntown,57", name="totals")
    check = BetweenGroups(Cells("totals", "pct"), Cells("groups", "pct"), (("kind",),))
    assert said([totals, groups], check) == [
        (
            "All together cannot be 64 when the groups lie between women (51.9) and men (62.5).",
            "It has to be from 51.9 to 62.5.",
        )
    ]


def test_one_group_alone_says_nothing_and_an_empty_total_neither():
    groups = a_table("sex,kind,pct\nwomen,rural,51.9\nwomen,town,50\nmen,town,51", name="groups")
    totals = a_table("kind,pct\nrural,64\ntown,", name="totals")
    check = BetweenGroups(Cells("totals", "pct"), Cells("groups", "pct"), (("kind",),))
    assert check_printed([totals, groups], [check]).summary["checks"] == 0


def weighted(whole, first, second, how="exact", running_text=False):
    table = a_table(f"key,pct\nall,{whole}", name="table")
    groups = a_table(
        f"key,how,pct\nfirst,exact,{first}\nsecond,{how},{second}", qualifier="how", running_text=running_text
    )
    check = WeightedGroups(only("pct", "all", "table"), 37, ((only("pct", "first"), 13), (only("pct", "second"), 24)))
    return [table, groups], check


def test_the_persons_of_the_groups_are_those_of_the_whole():
    tables, check = weighted(24, 23, 25)
    assert not findings(tables, check)


def test_of_contradicting_groups_the_vague_one_is_listed():
    tables, check = weighted(32, 46, 25, "just_over", running_text=True)
    own = [WholePersons(Cells(name, "pct"), n) for name, n in (("table", 37),)]
    (found,) = findings(tables, check, *own)
    assert (found["row"], found["printed"]) == ("second (row 3)", "just over 25")
    assert found["verdict"] == "text against table"
    assert found["explanation"] == (
        "32 % of 37 is 12 persons, but the same persons are 46 % of 13 (6) and just over 25 % of 24 (7), together 13."
    )
    assert found["suggestion"] == "6 of 24 would be 25 %."


def test_tables_that_contradict_each_other_are_a_misprint():
    tables, check = weighted(19, 15, 54)
    assert {found["verdict"] for found in findings(tables, check)} == {"misprint"}


def test_groups_behind_which_nobody_stands_are_told():
    tables, check = weighted(24, 25, 23)
    result = check_printed(tables, [check])
    assert result.summary["checks"] == 0
    assert result.notes[0].text == "table.pct: no whole number of persons stands behind all or one of its groups."


def test_a_whole_that_is_not_one_cell_is_told():
    tables, check = weighted(24, 23, 25)
    every = WeightedGroups(Cells("t", "pct"), 37, check.groups)
    assert check_printed(tables, [every]).notes[0].code == "base-unknown"


def test_a_whole_of_unknown_size_is_told():
    tables, check = weighted(24, 23, 25)
    unknown = WeightedGroups(check.figure, Between(30, 40), check.groups)
    assert check_printed(tables, [unknown]).notes[0].code == "base-unknown"


def test_one_group_that_is_the_whole_again():
    text = a_table("key,pct\nsaid,32", name="text", running_text=True)
    check = WeightedGroups(only("pct", "said", "text"), 81, ((only("pct", "a"), 37),))
    assert said([text, a_table("key,pct\na,32")], check, WholePersons(Cells("t", "pct"), 37)) == [
        ("32 % of 81 is 26 persons, but the same persons are 32 % of 37 (12).", "12 of 81 would be 14.8 %.")
    ]


# Order


def test_printed_order_follows_the_printed_figure():
    table = a_table("place,pct\na,9\nb,9\nc,7\nd,8\ne,")
    assert said(table, Order(Cells("t", "pct"), falling=True)) == [
        ("The order falls, but 8 stands after 7 (c).", "Either figure, or the place of its row, is wrong.")
    ]
    assert len(findings(table, Order(Cells("t", "pct"), falling=False))) == 1


def test_each_group_is_ordered_by_itself():
    table = a_table("kind,pct\nx,1\nx,2\ny,1\ny,3")
    assert not findings(table, Order(Cells("t", "pct"), falling=False, each=(("kind",),)))


def test_an_order_broken_by_a_misprint_is_part_of_that_finding():
    table = a_table("place,moved,arrived,pct\nA,9,10,90\nB,8,10,8\nC,7,10,70\nD,6,10,60", counts=MOVES)
    (found,) = findings(table, Order(Cells("t", "pct"), falling=True), RATE)
    assert (found["row"], found["rule"], found["recomputed"]) == ("B (row 3)", "rate", 80)
    assert found["suggestion"] == "80 % would agree. Confirmed: The order falls, but 70 stands after 8 (B)."


# What it is asked with


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (Order(Cells("u", "pct"), falling=True), r"no table 'u'"),
        (Order(Cells("t", "pc"), falling=True), r"no column 'pc'.*Did you mean pct"),
        (Order(Cells("t", "pct"), falling=True, each=(("kin",),)), r"no column 'kin'.*Did you mean kind"),
        (Order(Cells("t", "kind"), falling=True), r"t.csv, row 2, column kind: found the text 'x', expected a figure"),
        (Order(Cells("t", "pct", where("kind", ">", "1")), falling=True), r"the text 'x'.*Compare only columns of num"),
        (Follows(Cells("t", "pct"), Cells("t", "pct")), r"2 cells of t.pct, expected one"),
    ],
)
def test_a_check_of_what_is_not_there(check, message):
    with pytest.raises(BadInput, match=message):
        findings(a_table("kind,pct\nx,1\ny,2"), check)


def test_a_qualifier_that_nobody_knows():
    table = a_table("key,how,pct\na,abut,20", qualifier="how")
    with pytest.raises(UnknownName, match=r"the qualifier 'abut'.*Did you mean about"):
        findings(table, Order(Cells("t", "pct"), falling=True), WholePersons(Cells("t", "pct"), 5))


def test_the_result_says_what_was_checked():
    result = check_printed([a_table("place,moved,arrived,pct\nA,1,2,50\nB,1,4,26", counts=MOVES)], [RATE])
    assert result.summary == {
        "checks": 2,
        "figures_checked": 2,
        "findings": 1,
        "by_rule": {"rate": {"checked": 2, "findings": 1}},
    }
    assert result.params["tables"] == ["t"]


def test_nothing_asked_is_nothing_found():
    result = check_printed([a_table("key,n\na,1")], [])
    assert result.table.is_empty()
    assert result.table.columns[:4] == ["table", "row", "column", "printed"]
    assert result.summary["figures_checked"] == 0


# Tables that are right never yield findings


def rounded(value: Decimal | float, decimals: int, way: str) -> str:
    return str(Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=way))


@settings(max_examples=60)
@given(
    rows=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 400)), min_size=2, max_size=8),
    decimals=st.integers(0, 2),
    way=st.sampled_from([ROUND_HALF_UP, ROUND_HALF_DOWN]),
)
def test_tables_rounded_correctly_yield_nothing(rows, decimals, way):
    rows = [(min(moved, arrived), arrived) for moved, arrived in rows]
    rows.sort(key=lambda row: Decimal(row[0]) / row[1])
    everyone = sum(arrived for _, arrived in rows)

    def pct(part, whole):
        return rounded(Decimal(100) * part / whole, decimals, way)

    body = [
        f"M{k},part,{moved},{arrived},{pct(moved, arrived)},{pct(arrived - moved, arrived)},{pct(arrived, everyone)}"
        for k, (moved, arrived) in enumerate(rows)
    ]
    moved = sum(moved for moved, _ in rows)
    last = f"All,total,{moved},{everyone},{pct(moved, everyone)},{pct(everyone - moved, everyone)},100"
    table = a_table("\n".join(["place,role,moved,arrived,pct,stayed,share", *body, last]), counts=MOVES)
    parts = where("role", "=", "part")
    of_all = where("role", "=", "total")
    bases = (("place", "M0"),)
    checks = [
        RATE,
        Parts(Cells("t", "arrived"), of_all, (), "share"),
        Parts(Cells("t", "moved"), of_all),
        Hundred((Cells("t", "pct"), Cells("t", "stayed")), (("place",),)),
        Hundred((Cells("t", "share", parts),)),
        BetweenGroups(Cells("t", "pct", of_all), Cells("t", "pct", parts)),
        Order(Cells("t", "pct", parts), falling=False),
        Follows(Cells("t", "stayed"), Formula("minus", (100.0, Cells("t", "pct"))), (("place",),)),
        WeightedGroups(
            Cells("t", "pct", of_all),
            everyone,
            tuple((only("pct", f"M{k}", by=bases[0][0]), arrived) for k, (_, arrived) in enumerate(rows)),
        ),
        *(WholePersons(only("pct", f"M{k}", by="place"), arrived) for k, (_, arrived) in enumerate(rows)),
    ]
    assert check_printed([table], checks).table.to_dicts() == []


@settings(max_examples=40)
@given(arrived=st.integers(20, 500), data=st.data())
def test_a_wrong_rate_is_always_found(arrived, data):
    moved = data.draw(st.integers(0, arrived))
    right = Decimal(100) * moved / arrived
    off = data.draw(st.integers(2, 40).map(lambda steps: Decimal(steps) / 10))
    table = a_table(
        f"place,moved,arrived,pct\nA,{moved},{arrived},{rounded(right + off, 1, ROUND_HALF_UP)}", counts=MOVES
    )
    assert len(findings(table, RATE)) == 1


# The report of 2002


@pytest.fixture(scope="module")
def report():
    return check_printed(*roles.of(report2002.package()))


def test_every_error_of_the_report_and_nothing_else(report):
    found = {
        (row["table"], row["row"].partition(" (")[0], row["column"].split("_")[0], row["printed"], row["rule"])
        for row in report.table.to_dicts()
    }
    assert found == {
        ("moves_matrix", "rural, total", "persons", "9124", "parts"),
        ("regression", "appendix_small_town", "unexplained", "79.2", "hundred"),
        ("regression", "chapter_1_small_town", "explained", "28", "follows"),
        ("survey_respondents", "all 6 rows together", "respondents", "78", "follows"),
        ("survey_shares", "nationalities_stated", "count", "7", "follows"),
        ("survey_shares", "does_not_want_to_move", "share", "56", "hundred"),
        ("survey_shares", "employed_in_supported_work", "share", "10", "whole_persons"),
        ("survey_shares", "culture_reason_if_unemployed", "share", "just over 25", "weighted_groups"),
        ("survey_shares", "nationality_reason_if_unemployed", "share", "just over 25", "weighted_groups"),
        ("survey_shares", "children_reason_if_unemployed", "share", "just over 50", "weighted_groups"),
        ("survey_shares", "same_nationality_reason_text", "share", "32", "weighted_groups"),
        ("survey_shares", "task_shared_text", "share", "43", "follows"),
        ("survey_reasons_to_move", "family_and_friends", "yes", "60", "whole_persons"),
        ("survey_reasons_to_move", "family_and_friends", "no", "40", "whole_persons"),
        ("survey_reasons_to_move", "more_culture_and_leisure", "no", "67", "whole_persons"),
        ("survey_reasons_to_stay", "good_job_chances", "yes", "21", "whole_persons"),
        ("survey_reasons_to_stay", "good_job_chances", "no", "79", "whole_persons"),
        ("survey_reasons_to_stay", "municipality_helps_find_work", "no", "81", "hundred"),
        ("survey_reasons_to_stay", "municipality_helps_find_work", "no", "81", "whole_persons"),
        ("survey_reasons_to_stay", "family_and_friends", "yes", "65", "whole_persons"),
        ("survey_reasons_to_stay", "family_and_friends", "no", "35", "whole_persons"),
        ("survey_reasons_to_stay", "good_childcare", "no", "65", "whole_persons"),
        ("survey_transport_by_employment", "move, unemployed", "yes", "23", "whole_persons"),
        ("survey_transport_by_employment", "move, employed", "yes", "25", "whole_persons"),
        ("survey_barriers", "language_teaching_not_job_related", "share", "3", "whole_persons"),
        ("text_figures", "rural_to_small_town_move_ratio", "value", "almost 2", "follows"),
        ("text_figures", "employment_spread_low", "value", "about 20", "follows"),
        ("text_figures", "ringkoebing_model_practice_days", "value", "3", "follows"),
        ("text_figures", "ringkoebing_model_language_days", "value", "2", "follows"),
    }


def test_every_rate_of_the_report_was_recomputed(report):
    assert report.summary["by_rule"]["rate"] == {"checked": 3 * 216 + 60 + 2 + 18, "findings": 0}


def test_what_the_report_corrects_to(report):
    recomputed = {(row["row"].partition(" (")[0], row["printed"]): row["recomputed"] for row in report.table.to_dicts()}
    assert recomputed["rural, total", "9124"] == 9134
    assert recomputed["appendix_small_town", "79.2"] == pytest.approx(71.2)
    assert recomputed["does_not_want_to_move", "56"] == 54
    exchanged = [
        row["suggestion"] for row in report.table.to_dicts() if row["table"] == "survey_transport_by_employment"
    ]
    assert exchanged[0] == "Exchanged with move, employed: 6 of 24 is 25 %, and 3 of 13 is 23 %."


def test_corrected_figures_of_the_report_yield_no_finding_any_more():
    tables, checks = roles.of(report2002.package())
    matrix = next(table for table in tables if table.name == "moves_matrix")
    rows = tuple(tuple("9134" if cell == "9124" else cell for cell in row) for row in matrix.text.rows)
    text = TextTable(matrix.text.file, matrix.text.header, rows, matrix.text.lines)
    frame = matrix.frame.with_columns(pl.col("persons").replace(9124, 9134))
    mended = PrintedTable(matrix.name, text, frame, matrix.label)
    result = check_printed([mended if table is matrix else table for table in tables], checks)
    assert "moves_matrix" not in result.table["table"].to_list()
