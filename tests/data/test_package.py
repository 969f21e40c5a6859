"""Reading a data package: what it gives, and every message for what may be wrong with one."""

import json
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.data.package import DESCRIPTOR, Provenance, read
from fodfaeste.errors import BadInput, UnknownName

FIELDS = [
    {"name": "municipality", "type": "string", "constraints": {"required": True, "unique": True}},
    {"name": "kind", "type": "string", "constraints": {"required": True, "enum": ["rural", "small_town"]}},
    {"name": "arrived", "type": "integer", "unit": "persons", "constraints": {"required": True, "minimum": 0}},
    {"name": "moved_pct", "type": "number", "description": "as printed", "constraints": {"minimum": 0, "maximum": 100}},
]
HEADER = "municipality,kind,arrived,moved_pct\n"


def a_package(folder: Path, rows: str, *, fields=FIELDS, header=HEADER, schema=(), resource=(), package=()):
    described = {"name": "moves", "path": "moves.csv", "schema": {"fields": fields, **dict(schema)}, **dict(resource)}
    text = json.dumps({"name": "own", "title": "Our own", "resources": [described], **dict(package)})
    (folder / DESCRIPTOR).write_text(text, encoding="utf-8")
    (folder / "moves.csv").write_text(header + rows, encoding="utf-8")
    return folder


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read(folder).check()
    return str(caught.value).splitlines()


# What it gives


def test_a_table_has_its_cells_as_printed_and_typed(tmp_path):
    place = {"provenance": {"chapter": "Chapter 1", "table": "table 2"}, "title": "Moves", "description": "All moves"}
    package = read(a_package(tmp_path, "Fanø,rural,60,16.70\nBov,small_town,254,\n", resource=place))
    table = package.table("moves")
    assert (package.name, package.title, package.names) == ("own", "Our own", ("moves",))
    assert (table.name, table.title, table.description) == ("moves", "Moves", "All moves")
    assert table.provenance == Provenance("Chapter 1", "table 2")
    assert table.text.rows == (("Fanø", "rural", "60", "16.70"), ("Bov", "small_town", "254", ""))
    assert table.text.lines == (2, 3)
    assert table.frame.to_dict(as_series=False) == {
        "municipality": ["Fanø", "Bov"],
        "kind": ["rural", "small_town"],
        "arrived": [60, 254],
        "moved_pct": [16.7, None],
    }
    assert table.frame.dtypes == [pl.String, pl.String, pl.Int64, pl.Float64]
    assert table.schema.field("arrived").unit == "persons"
    package.check()


def test_every_type_of_column(tmp_path):
    kinds = ("string", "integer", "number", "boolean", "date", "year")
    fields = [{"name": kind, "type": kind} for kind in kinds]
    folder = a_package(
        tmp_path, "a,1,2.5,true,2001-01-31,2001\n,,,False,,\n", fields=fields, header=",".join(kinds) + "\n"
    )
    frame = read(folder).table("moves").frame
    assert frame.row(0) == ("a", 1, 2.5, True, date(2001, 1, 31), 2001)
    assert frame.row(1) == (None, None, None, False, None, None)
    assert frame.dtypes == [pl.String, pl.Int64, pl.Float64, pl.Boolean, pl.Date, pl.Int64]


def test_a_table_is_read_when_it_is_asked_for_and_then_kept(tmp_path):
    package = read(a_package(tmp_path, "Fanø,rural,60,16.7\n"))
    first = package.table("moves")
    (tmp_path / "moves.csv").unlink()
    assert package.table("moves") is first


def test_columns_come_in_the_order_of_the_schema(tmp_path):
    folder = a_package(tmp_path, "60,Fanø,16.7,rural\n", header="arrived,municipality,moved_pct,kind\n")
    assert read(folder).table("moves").frame.columns == ["municipality", "kind", "arrived", "moved_pct"]


def test_the_descriptor_itself_may_be_named(tmp_path):
    a_package(tmp_path, "Fanø,rural,60,16.7\n")
    assert read(tmp_path / DESCRIPTOR).folder == tmp_path


def test_tables_may_lie_in_a_base_folder(tmp_path):
    a_package(tmp_path, "Fanø,rural,60,16.7\n", package={"basepath": "tables"})
    (tmp_path / "tables").mkdir()
    (tmp_path / "moves.csv").rename(tmp_path / "tables" / "moves.csv")
    assert read(tmp_path).table("moves").frame.height == 1


def test_a_package_in_a_zip_file_reads_the_same(tmp_path):
    a_package(tmp_path, "Fanø,rural,60,16.7\n")
    with zipfile.ZipFile(tmp_path / "own.zip", "w") as archive:
        for name in (DESCRIPTOR, "moves.csv"):
            archive.write(tmp_path / name, name)
    zipped = read(zipfile.Path(tmp_path / "own.zip"))
    assert zipped.table("moves").frame.equals(read(tmp_path).table("moves").frame)


def test_declared_missing_values_are_empty_cells(tmp_path):
    folder = a_package(tmp_path, "Fanø,rural,60,..\n", schema={"missingValues": ["", ".."]})
    assert read(folder).table("moves").frame["moved_pct"].to_list() == [None]


@given(figures=st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_whole_numbers_come_back_as_written(figures, tmp_path_factory):
    rows = "".join(f"M{k},rural,{figure},\n" for k, figure in enumerate(figures))
    folder = a_package(tmp_path_factory.mktemp("p"), rows)
    assert read(folder).table("moves").frame["arrived"].to_list() == figures


# What may be wrong with a table


def test_a_missing_file(tmp_path):
    folder = a_package(tmp_path, "")
    (tmp_path / "moves.csv").rename(tmp_path / "move.csv")
    assert problems_of(folder) == [
        f"{tmp_path}: found no file 'moves.csv', expected one of move.csv. Did you mean move.csv?"
    ]


def test_a_missing_column_and_one_too_many(tmp_path):
    folder = a_package(tmp_path, "Fanø,rural,60,16.7\n", header="municipality,kind,arived,moved_pct\n")
    assert problems_of(folder) == [
        "moves.csv, row 1, column arrived: found no such column, expected every column of the schema. "
        "Is it the column 'arived'? Then rename that.",
        "moves.csv, row 1, column arived: found a column that the schema does not have, expected municipality, kind, "
        "arrived, moved_pct. Take it out, or describe it in datapackage.json.",
    ]


def test_a_missing_column_without_a_likely_other(tmp_path):
    folder = a_package(tmp_path, "Fanø,rural,60\n", header="municipality,kind,arrived\n")
    assert problems_of(folder) == [
        "moves.csv, row 1, column moved_pct: found no such column, expected every column of the schema. "
        "Export the table with this column."
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "Fanø,rural,many,16.7",
            "column arrived: found the text 'many', expected a whole number. Write it with digits only.",
        ),
        (
            'Fanø,rural,60,"16,7"',
            "column moved_pct: found '16,7', a number with a decimal comma, expected a number. "
            "Write it with digits and a decimal point.",
        ),
        (
            "Fanø,rural,2.5,16.7",
            "column arrived: found '2.5', which is not a whole number, expected a whole number. "
            "Write it with digits only.",
        ),
        ("Fanø,rural,-60,16.7", "column arrived: found -60, expected at least 0. Correct it."),
        (
            "Fanø,rural,60,167",
            "column moved_pct: found 167, expected at most 100. Correct it, or leave the cell empty if it is unknown.",
        ),
        (
            "Fanø,rual,60,16.7",
            "column kind: found unknown kind 'rual', expected one of rural, small_town. Did you mean rural?",
        ),
        (
            "Fanø,rural,,16.7",
            "column arrived: found an empty cell, expected a whole number. Fill it in, or leave the row out.",
        ),
        (
            "Fanø, ,60,16.7",
            "column kind: found unknown kind ' ', expected one of rural, small_town. Choose one of those.",
        ),
        (
            "Bov,rural,60,16.7",
            "column municipality: found duplicate municipality 'Bov' (first on row 2), expected each municipality "
            "once. Add the two rows together, or tell them apart.",
        ),
    ],
)
def test_a_cell_that_the_schema_does_not_allow(tmp_path, row, message):
    folder = a_package(tmp_path, f"Bov,small_town,254,7.09\n{row}\n")
    assert problems_of(folder) == [f"moves.csv, row 3, {message}"]


@pytest.mark.parametrize(
    ("kind", "cell", "message"),
    [
        ("boolean", "ja", "found the text 'ja', expected true or false. Write one of these two."),
        ("date", "31.1.2001", "found '31.1.2001', expected a day as YYYY-MM-DD. Write it as in 2001-01-31."),
        (
            "date",
            "2001-02-30",
            "found '2001-02-30', a day that does not exist, expected a day as YYYY-MM-DD. Write it as in 2001-01-31.",
        ),
        ("year", "01", "found '01', expected a year of four digits. Write it as in 2001."),
    ],
)
def test_a_cell_of_another_type(tmp_path, kind, cell, message):
    folder = a_package(tmp_path, f"{cell}\n", fields=[{"name": "it", "type": kind}], header="it\n")
    assert problems_of(folder) == [f"moves.csv, row 2, column it: {message}"]


def test_a_cell_outside_its_pattern(tmp_path):
    code = [{"name": "code", "type": "string", "constraints": {"pattern": r"\d{3}"}}]
    folder = a_package(tmp_path, "101\n1011\n", fields=code, header="code\n")
    assert problems_of(folder) == [
        "moves.csv, row 3, column code: found '1011', expected the pattern \\d{3}. Write it so."
    ]


def test_all_faulty_cells_are_told_at_once_in_the_order_of_the_file(tmp_path):
    folder = a_package(tmp_path, "Bov,small,1,7\nFanø,rural,x,y\n")
    assert [line.split(":")[0] for line in problems_of(folder)] == [
        "moves.csv, row 2, column kind",
        "moves.csv, row 3, column arrived",
        "moves.csv, row 3, column moved_pct",
    ]


def test_a_primary_key_of_two_columns_repeated(tmp_path):
    key = {"primaryKey": ["kind", "arrived"]}
    folder = a_package(tmp_path, "Bov,rural,1,7\nFanø,rural,1,8\nAars,rural,2,8\n", schema=key)
    assert problems_of(folder) == [
        "moves.csv, row 3, column kind, arrived: found duplicate kind and arrived 'rural' and 1 (first on row 2), "
        "expected each kind and arrived once. Add the two rows together, or tell them apart."
    ]


def test_empty_cells_are_no_duplicates(tmp_path):
    fields = [{"name": "code", "constraints": {"unique": True}}, {"name": "n"}]
    folder = a_package(tmp_path, ",1\n,2\n", fields=fields, header="code,n\n")
    read(folder).check()


def test_an_empty_file(tmp_path):
    folder = a_package(tmp_path, "", header="")
    assert problems_of(folder) == [
        "moves.csv: found an empty file, expected a header line and rows. Export the table again."
    ]


def test_a_file_in_latin_1(tmp_path):
    folder = a_package(tmp_path, "")
    (folder / "moves.csv").write_bytes((HEADER + "Fanø,rural,60,16.7\n").encode("latin-1"))
    assert problems_of(folder) == [
        "moves.csv, row 2: found a byte that is not UTF-8 (in Latin-1 it would be 'ø'), expected a file in UTF-8. "
        "Save it as 'CSV UTF-8', or run: iconv -f LATIN1 -t UTF-8."
    ]


def test_a_row_lost_since_the_descriptor_was_written(tmp_path):
    folder = a_package(tmp_path, "Fanø,rural,60,16.7\n", resource={"rowCount": 2})
    assert problems_of(folder) == [
        "moves.csv: found 1 rows, expected 2 rows (rowCount). "
        "See whether rows were lost or added; rowCount in datapackage.json has to say how many there are."
    ]


def two_tables(folder: Path, municipality: str, references: str = "municipality") -> Path:
    key = {"fields": "municipality", "reference": {"resource": "moves", "fields": references}}
    second = {
        "name": "visits",
        "path": "visits.csv",
        "schema": {"fields": [{"name": "municipality"}], "foreignKeys": [key]},
    }
    a_package(folder, "Fanø,rural,60,16.7\n")
    descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    descriptor["resources"].append(second)
    (folder / DESCRIPTOR).write_text(json.dumps(descriptor), encoding="utf-8")
    (folder / "visits.csv").write_text(f"municipality\n{municipality}\n", encoding="utf-8")
    return folder


def test_a_foreign_key_is_looked_up_by_check(tmp_path):
    read(two_tables(tmp_path, "Fanø")).check()
    assert problems_of(two_tables(tmp_path, "Fano")) == [
        "visits.csv, row 2, column municipality: found municipality 'Fano', expected one that is in the table moves "
        "(municipality). Did you mean 'Fanø'?"
    ]


def test_a_foreign_key_to_a_column_that_is_not_there(tmp_path):
    assert problems_of(two_tables(tmp_path, "Fanø", "municipal")) == [
        "datapackage.json: found visits: a foreign key to moves.municipal, expected one of municipality, kind, "
        "arrived, moved_pct. Did you mean municipality?"
    ]


def test_a_foreign_key_into_a_faulty_table_is_not_told_twice(tmp_path):
    folder = two_tables(tmp_path, "Bov")
    (folder / "moves.csv").write_text(HEADER + "Fanø,rural,x,16.7\n", encoding="utf-8")
    assert len(problems_of(folder)) == 1


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(UnknownName) as caught:
        read(a_package(tmp_path, "Fanø,rural,60,16.7\n")).table("move")
    assert str(caught.value) == "datapackage.json: found no table 'move', expected one of moves. Did you mean moves?"


def test_a_column_that_the_schema_does_not_have(tmp_path):
    schema = read(a_package(tmp_path, "Fanø,rural,60,16.7\n")).table("moves").schema
    with pytest.raises(UnknownName, match=r"no column 'arived'.* Did you mean arrived"):
        schema.field("arived")


# What may be wrong with the descriptor


def test_no_descriptor(tmp_path):
    assert problems_of(tmp_path) == [
        f"{tmp_path}: found no datapackage.json, expected a data package. "
        "Give the folder in which its datapackage.json lies."
    ]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            b'{\n"name": \n}',
            "datapackage.json, row 3: found no JSON (Expecting value), expected valid JSON. "
            "Check commas and quotes there.",
        ),
        (
            b"[]",
            "datapackage.json: found JSON that is no object, expected an object with resources. "
            "Compare it with another package.",
        ),
        (
            b"\xe6",
            "datapackage.json: found bytes that are not UTF-8, expected a file in UTF-8. Save it again as UTF-8.",
        ),
        (
            b"{}",
            "datapackage.json: found no resources, expected a list of tables. Describe each CSV file as a resource.",
        ),
    ],
)
def test_a_descriptor_that_cannot_be_read(tmp_path, raw, message):
    (tmp_path / DESCRIPTOR).write_bytes(raw)
    assert problems_of(tmp_path) == [message]


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ({"name": ""}, "found resource 1 without a name, expected a name. Name it."),
        (
            {"path": "../moves.csv"},
            "found moves: path '../moves.csv', expected one path inside the package. "
            "Write the path of its CSV file as seen from the package.",
        ),
        (
            {"path": ["a.csv", "b.csv"]},
            "found moves: path ['a.csv', 'b.csv'], expected one path inside the package. "
            "Write the path of its CSV file as seen from the package.",
        ),
        ({"dialect": {"delimiter": ";"}}, "found moves: delimiter ';', expected ','. Save the table so."),
        ({"encoding": "latin-1"}, "found moves: encoding 'latin-1', expected 'utf-8'. Save the table so."),
        (
            {"schema": {"fields": [{"type": "number"}]}},
            "found moves: a field without a name, expected a name. Name it as in the header of the CSV file.",
        ),
        ({"schema": {}}, "found moves: no schema with fields, expected each column described. List its fields."),
        (
            {"schema": {"fields": [{"name": "n", "type": "integr"}]}},
            "found moves.n: type 'integr', expected one of string, integer, number, boolean, date, year. "
            "Did you mean integer?",
        ),
        (
            {"schema": {"fields": [{"name": "n", "type": "number", "decimalChar": ","}]}},
            "found moves.n: decimalChar ',', expected '.'. Write the column so.",
        ),
        (
            {"schema": {"fields": [{"name": "n", "constraints": {"maxLength": 3}}]}},
            "found moves.n: the constraint 'maxLength', expected one of required, unique, enum, minimum, maximum, "
            "pattern. Choose one of those.",
        ),
        (
            {"schema": {"fields": [{"name": "n"}], "primaryKey": "m"}},
            "found moves: a key over the column 'm', expected one of n. Choose one of those.",
        ),
        (
            {"schema": {"fields": [{"name": "n"}], "foreignKeys": [{"fields": "n"}]}},
            "found moves: the foreign key {'fields': 'n'}, expected fields and a reference with fields. "
            "Write it as in the specification of Table Schema.",
        ),
        (
            {
                "schema": {
                    "fields": [{"name": "n"}],
                    "foreignKeys": [{"fields": "n", "reference": {"resource": "move", "fields": "n"}}],
                }
            },
            "found moves: a foreign key to 'move', expected one of moves. Did you mean moves?",
        ),
    ],
)
def test_a_resource_that_this_reader_does_not_take(tmp_path, resource, message):
    assert problems_of(a_package(tmp_path, "Fanø,rural,60,16.7\n", resource=resource)) == [
        f"datapackage.json: {message}"
    ]


@pytest.mark.parametrize("base", ["/etc", "../other", 5])
def test_a_base_folder_outside_the_package(tmp_path, base):
    folder = a_package(tmp_path, "Fanø,rural,60,16.7\n", package={"basepath": base})
    assert problems_of(folder) == [
        f"datapackage.json: found basepath {base!r}, expected a folder inside the package. Write it as seen from there."
    ]


def test_two_resources_of_one_name(tmp_path):
    folder = two_tables(tmp_path, "Fanø")
    text = (folder / DESCRIPTOR).read_text(encoding="utf-8")
    (folder / DESCRIPTOR).write_text(text.replace('"visits"', '"moves"'), encoding="utf-8")
    assert problems_of(folder) == [
        "datapackage.json: found two resources named 'moves', expected each name once. Rename one."
    ]
