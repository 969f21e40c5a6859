"""Every table as CSV with a data package that the house's own reader accepts."""

import json

import pytest

from fodfaeste.data import package
from fodfaeste.report import csvs
from fodfaeste.report.document import Column, Document, Section, Table

COLUMNS = (
    Column("Kommune"),
    Column("Blevet boende", "count"),
    Column("Andel der mangler", "percent"),
    Column("95 %-interval", "percent_interval"),
    Column("Plads, 95 %-interval", "rank_interval"),
    Column("Nedre", "number", 2),
    Column("Nedre", "number", 2),
    Column("Forældre på sø", "p_value"),
)
ROWS = (
    ('Åby, "den lille"', 12, 0.1, (0.05, 0.2), (1, 4), 0.5, 1 / 3, 0.01),
    ("=1+1", None, None, None, None, None, 2, None),
)
TABLE = Table("places", "Kommuner", COLUMNS, ROWS, "Fra 12 personer.", "En note.")
DOCUMENT = Document("da", "Titel", "Undertitel", (Section("one", "Et", (TABLE,)),))


@pytest.fixture
def folder(tmp_path):
    csvs.write(DOCUMENT, tmp_path / "tables")
    return tmp_path / "tables"


def test_the_house_reads_its_own_package_back(folder):
    back = package.read(folder)
    back.check()
    frame = back.table("places").frame
    assert (back.name, back.title) == ("report", "Titel")
    assert frame.rows()[0] == ('Åby, "den lille"', 12, 0.1, 0.05, 0.2, 1.0, 4.0, 0.5, 1 / 3, 0.01)
    assert frame.rows()[1] == ("=1+1", *[None] * 7, 2.0, None)


def test_column_names_are_plain_intervals_are_two_and_repeated_labels_numbered(folder):
    header = (folder / "places.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header == [
        "kommune",
        "blevet_boende",
        "andel_der_mangler",
        "95_pct_interval_lower",
        "95_pct_interval_upper",
        "plads_95_pct_interval_lower",
        "plads_95_pct_interval_upper",
        "nedre",
        "nedre_2",
        "foraeldre_paa_soe",
    ]


def test_the_package_says_what_each_column_is_and_from_how_many(folder):
    (resource,) = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert resource["description"] == "Fra 12 personer. En note."
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert fields["blevet_boende"] == {
        "name": "blevet_boende",
        "title": "Blevet boende",
        "type": "integer",
        "unit": "persons",
    }
    assert fields["andel_der_mangler"]["unit"] == "share of 1"
    assert fields["95_pct_interval_upper"]["title"] == "95 %-interval"
    assert fields["nedre_2"]["type"] == "number"


def test_the_files_are_named_by_their_tables(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["datapackage.json", "places.csv"]
