"""A register in a folder: the same bytes for a seed, replicas, samples, and nothing half-written."""

import json

import polars as pl
import pytest

from fodfaeste.data.register import check
from fodfaeste.data.synthetic import build
from fodfaeste.errors import BadInput, Refused, UnknownName

TABLES = ["employment_spells", "municipalities", "municipality_indicators", "persons", "residence_spells"]


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    heard = []
    folder = build(
        1, 2, tmp_path_factory.mktemp("two") / "register", progress=lambda done, of: heard.append((done, of))
    )
    assert heard == [(1, 2), (2, 2)]
    return folder


def test_a_folder_holds_the_five_tables_and_says_what_it_is(two):
    assert sorted(path.name for path in two.iterdir()) == sorted(
        [*(f"{name}.parquet" for name in TABLES), "register.json", "truth.json"]
    )
    said = json.loads((two / "register.json").read_text("utf-8"))
    assert (said["observed_until"], said["rule"]) == ("2006-12-31", {"months": 36, "from": "1999-01-01"})
    truth = json.loads((two / "truth.json").read_text("utf-8"))
    assert (truth["seed"], truth["replicas"], truth["release"]["ratio"]) == (1, 2, 2.0)


def test_two_replicas_have_twice_the_counts_and_everybody_a_number_of_their_own(two, known, lookups):
    tables = {name: pl.read_parquet(two / f"{name}.parquet") for name in TABLES}
    assert tables["persons"]["person"].is_unique().all()
    people = lookups["with_places"](tables)
    again = people.filter(pl.col("year").is_between(1995, 1998), pl.col("in_2001").is_not_null())
    for margin in (["name", "moved"], ["kind", "kind_2001"]):
        once, twice = (frame.group_by(margin).len().sort(margin) for frame in (known, again))
        doubled = once.with_columns(pl.col("len") * 2)
        # Where the report prints no destinations they are drawn anew.
        listed = (
            ~pl.col("kind").is_in(["larger_town", "big_city", "capital_area"]) if "kind" in margin else pl.lit(True)
        )
        assert doubled.filter(listed).equals(twice.filter(listed))


def test_households_of_two_replicas_are_apart(two):
    persons = pl.read_parquet(two / "persons.parquet")
    assert persons.group_by("household").agg(pl.col("arrival_date").n_unique())["arrival_date"].max() == 1


def test_memory_stays_flat_because_each_replica_is_a_row_group_of_its_own(two):
    import pyarrow.parquet as pq

    assert pq.ParquetFile(two / "persons.parquet").num_row_groups == 2


def test_a_sample_keeps_whole_households_is_the_same_for_a_seed_and_claims_nothing(tmp_path):
    some = build(3, 0.02, tmp_path / "a", file_format="csv")
    assert content(some) == content(build(3, 0.02, tmp_path / "b", file_format="csv"))
    assert content(some) != content(build(4, 0.02, tmp_path / "b", file_format="csv"))
    persons = pl.read_csv(some / "persons.csv")
    assert 1000 < persons.height < 3000
    spells = pl.read_csv(some / "residence_spells.csv")
    assert set(spells["person"]) == set(persons["person"])
    truth = json.loads((some / "truth.json").read_text("utf-8"))
    assert (truth["scale"], truth["exact"], truth["rounded"]) == (0.02, [], [])


def test_the_registers_own_checks_find_nothing(tmp_path):
    findings = check(build(5, 0.01, tmp_path / "register"))
    assert findings.table.is_empty()
    assert (findings.rows["rows_in"] == findings.rows["rows_used"]).all()


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Refused, match="no synthetic register"):
        build(1, 0.01, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_an_interrupted_build_leaves_no_folder_of_that_name(tmp_path):
    def interrupt(done, of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(1, 0.01, tmp_path / "register", progress=interrupt)
    assert not (tmp_path / "register").exists()


@pytest.mark.parametrize("scale", [0, -1, 1.5, float("nan"), float("inf")])
def test_scales_without_meaning_are_refused(tmp_path, scale):
    with pytest.raises(BadInput, match="a whole number above"):
        build(1, scale, tmp_path / "register")


def test_an_unknown_file_format_says_which_there_are(tmp_path):
    with pytest.raises(UnknownName, match="parquet"):
        build(1, 1, tmp_path / "register", file_format="xlsx")
