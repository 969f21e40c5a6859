"""What every measure answers with can be read by people, by machines, and drawn."""

import json

import numpy as np
import polars as pl
import pytest

from fodfaeste import __version__
from fodfaeste.errors import Refused
from fodfaeste.measure import proportion, shrink, two_proportions
from fodfaeste.measure.result import Method, Note, Result, provenance

COUNTS = {"unit": ["Læsø", "Fanø", "Tinglev"], "moved": [1, 10, 33], "arrived": [17, 60, 160]}


@pytest.fixture
def result():
    return proportion(COUNTS, "moved", "arrived", "unit")


def test_it_says_method_reference_version_and_data(result):
    said = result.to_dict()
    assert said["method"]["reference"].startswith("Wilson")
    assert said["params"]["version"] == __version__
    assert len(said["params"]["data"]) == 16


def test_json_holds_what_the_table_holds(result):
    assert json.loads(result.to_json())["table"] == json.loads(json.dumps(result.table.to_dicts()))


def test_what_is_unknown_is_null_in_json():
    said = Result(
        pl.DataFrame({"x": [1]}),
        {
            "nan": float("nan"),
            "array": np.array([1.0, np.inf]),
            "count": np.int64(3),
            "frame": pl.DataFrame({"y": [2]}),
        },
        (Note("code", "text"),),
        Method("m", "r"),
    )
    assert json.loads(said.to_json())["summary"] == {"nan": None, "array": [1.0, None], "count": 3, "frame": [{"y": 2}]}


def test_the_table_is_written_as_csv(result, tmp_path):
    result.to_csv(tmp_path / "t.csv")
    assert pl.read_csv(tmp_path / "t.csv")["unit"].to_list() == result.table["unit"].to_list()


def test_a_notebook_shows_method_table_and_notes():
    shown = Result(pl.DataFrame({"x": [1]}), {}, (Note("few", "Only three."),), Method("m", "r"))._repr_html_()
    assert "m (r)" in shown
    assert "<b>few</b> Only three." in shown


def marks(chart):
    return [(layer["mark"]["type"], layer["encoding"]["x"]["field"]) for layer in chart.to_dict()["layer"]]


def test_a_shrunken_table_is_drawn_with_its_own_interval():
    assert marks(shrink(COUNTS, "moved", "arrived", "unit", hyper="integrated").plot()) == [
        ("rule", "lower"),
        ("point", "shrunk"),
    ]


def test_only_one_level_is_drawn():
    one = Result(
        pl.DataFrame(
            {"unit": ["a", "a"], "rate": [0.5, 0.5], "lower": [0.4, 0.3], "upper": [0.6, 0.7], "level": [0.95, 0.998]}
        ),
        {},
        (),
        Method("m", "r"),
    )
    drawn = one.plot()
    assert marks(drawn) == [("rule", "lower"), ("point", "rate")]
    assert list(drawn.to_dict()["datasets"].values()) == [[{**one.table.row(0, named=True)}]]


def test_a_table_without_levels_is_drawn_whole():
    bare = Result(
        pl.DataFrame({"unit": ["a"], "rate": [0.5], "lower": [0.4], "upper": [0.6]}), {}, (), Method("m", "r")
    )
    assert len(next(iter(bare.plot().to_dict()["datasets"].values()))) == 1


def test_no_rate_is_drawn_without_an_interval():
    with pytest.raises(Refused, match="gives no interval for each unit"):
        two_proportions(1, 10, 2, 10).plot()


def test_a_fingerprint_taken_already_is_kept():
    assert provenance("0123456789abcdef", level=0.95)["data"] == "0123456789abcdef"
