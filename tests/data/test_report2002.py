"""The report of 2002 as a data package: it loads, it is whole, and its figures are as printed."""

from importlib.resources import files

import pytest

from fodfaeste.data import report2002
from fodfaeste.errors import UnknownName


def test_the_report_has_28_tables_and_all_of_them_fulfil_their_schemas():
    assert len(report2002.names()) == 28
    report2002.package().check()


def test_the_package_is_read_once():
    assert report2002.package() is report2002.package()
    assert report2002.load("regression") is report2002.load("regression")


@pytest.mark.parametrize("name", report2002.names())
def test_each_table_says_what_it_is_and_where_it_is_printed(name):
    table = report2002.load(name)
    assert table.name == name
    assert table.title
    assert table.description
    assert table.provenance.chapter
    assert table.provenance.table
    assert table.frame.height == len(table.text.rows)


def test_every_csv_file_of_the_folder_is_a_table_of_the_package():
    here = files("fodfaeste.data.report2002") / "tables"
    listed = {one["path"] for one in report2002.package().descriptor["resources"]}
    assert {file.name for file in here.iterdir()} == listed


def test_errors_of_the_report_are_kept_as_printed():
    matrix = report2002.load("moves_matrix").frame
    rural = matrix.filter(origin_kind="rural")
    assert rural.filter(row_role="total")["persons"].item() == 9124
    assert rural.filter(row_role="part")["persons"].sum() == 9134
    regression = report2002.load("regression").frame
    assert regression.filter(model="appendix_small_town")["unexplained_pct_published"].item() == 79.2


def test_figures_known_from_the_report():
    totals = report2002.load("retention_totals").frame
    assert totals.rows() == [("rural", 9134, 5656, 61.92), ("small_town", 13347, 5277, 39.54)]
    employment = report2002.load("employment_2000").frame
    assert employment.height == 216
    assert employment.row(0, named=True)["municipality"] == "Nørager"
    assert report2002.load("gamma_correlations").frame["year"].null_count() == 2


def test_the_printed_decimals_survive():
    row = report2002.load("retention_1995_98").text.rows[8]
    assert row[-1] == "20.00"


def test_a_table_that_the_report_does_not_have():
    with pytest.raises(UnknownName) as caught:
        report2002.load("retention_total")
    assert str(caught.value).endswith("Did you mean retention_totals or retention_1995_98 or regression_predictors?")
