"""The report's own tables, recomputed cell by cell from the files as they are printed.

Nothing of Fodfæste but the rounding rule is used here: a second reading of the same figures.
"""

import csv
from importlib.resources import files

import pytest

from fodfaeste.values import agrees_with_printed, printed_decimals

TABLES = files("fodfaeste.data.report2002") / "tables"


def rows(name):
    return list(csv.DictReader((TABLES / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


def prints_as(share, cell):
    return agrees_with_printed(100 * share, float(cell), printed_decimals(cell))


def test_table_3_has_648_rates_and_each_follows_from_its_counts():
    checked = 0
    for row in rows("employment_2000"):
        employed, unemployed, outside = (int(row[name]) for name in ("employed", "unemployed", "outside_labour_force"))
        active = employed + unemployed
        rates = {
            "unemployment_rate_pct_published": unemployed / active,
            "participation_rate_pct_published": active / (active + outside),
            "employment_rate_pct_published": employed / (active + outside),
        }
        for column, share in rates.items():
            assert prints_as(share, row[column]), (row["municipality"], column)
            checked += 1
    assert checked == 648


def test_tables_1_and_2_have_60_shares_and_each_follows_from_its_counts():
    listed = rows("retention_1995_98")
    assert len(listed) == 60
    for row in (*listed, *rows("retention_totals")):
        assert prints_as(int(row["moved_away"]) / int(row["arrived"]), row["moved_pct_published"]), row


def test_no_list_holds_more_people_than_its_total():
    for total in rows("retention_totals"):
        for column in ("arrived", "moved_away"):
            listed = sum(int(row[column]) for row in rows("retention_1995_98") if row["kind"] == total["kind"])
            assert listed < int(total[column])


@pytest.mark.parametrize(("kind", "people"), [("rural", 9134), ("small_town", 13347)])
def test_the_matrix_has_14_shares_and_each_follows_from_the_sum_of_its_parts(kind, people):
    part = [row for row in rows("moves_matrix") if row["origin_kind"] == kind]
    whole = sum(int(row["persons"]) for row in part if row["row_role"] == "part")
    assert whole == people
    assert len(part) == 7
    for row in part:
        persons = int(row["persons"]) if row["row_role"] == "part" else whole
        assert prints_as(persons / whole, row["share_pct_published"]), row


def test_the_printed_rural_total_is_not_the_sum_of_its_parts():
    (total,) = (row for row in rows("moves_matrix") if row["origin_kind"] == "rural" and row["row_role"] == "total")
    assert total["persons"] == "9124"
    # One of its shares shows it: 2907 of 9124 would have been printed as 31.9.
    assert not prints_as(2907 / 9124, "31.8")


def test_the_nationality_tables_have_18_shares_and_each_follows_from_its_counts():
    nationalities = rows("moves_by_nationality")
    assert len(nationalities) == 18
    for row in nationalities:
        assert prints_as(int(row["moved_away"]) / int(row["arrived"]), row["moved_pct_published"]), row


@pytest.mark.parametrize("kind", ["rural", "small_town"])
@pytest.mark.parametrize("column", ["arrived", "moved_away"])
def test_the_nationalities_sum_to_their_totals(kind, column):
    counted = {"part": 0, "total": 0}
    for row in rows("moves_by_nationality"):
        if row["kind"] == kind:
            counted[row["row_role"]] += int(row[column])
    assert counted["part"] == counted["total"]
