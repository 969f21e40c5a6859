from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from worlds import people_of, world

from fodfaeste.errors import BadInput
from fodfaeste.place.outcomes import Model, load, save, score, train
from fodfaeste.place.outcomes.boosting import Trees

PLACES = pl.DataFrame({"place": ["100", "101", "102"]})
PEOPLE = people_of(["none", "tertiary"])


@pytest.fixture(scope="module")
def boosted() -> Model:
    return train(world(4, households=250, places=4).frames, ("work_24",), seed=1, kinds=("boosting",), draws=39)


def test_a_model_read_back_says_exactly_the_same(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "m", texts={"card.en.md": "A card"})
    back = load(tmp_path / "m")
    one, two = score(model, PEOPLE, PLACES), score(back, PEOPLE, PLACES)
    for name in one.outcomes:
        assert (one.outcomes[name] == two.outcomes[name]).all()
        assert (one.sds[name] == two.sds[name]).all()
    assert json.loads(json.dumps(back.facts())) == json.loads(json.dumps(model.facts()))
    assert back.audit == model.audit
    assert {path.name for path in (tmp_path / "m").iterdir()} == {
        "model.json", "datasheet.json", "arrays.npz", "places.csv", "calibration.csv", "proxies.csv", "card.en.md"
    }  # fmt: skip


def test_boosted_trees_too(boosted: Model, tmp_path: Path) -> None:
    save(boosted, tmp_path / "m")
    one, two = score(boosted, PEOPLE, PLACES), score(load(tmp_path / "m"), PEOPLE, PLACES)
    assert (one.outcomes["work_24"] == two.outcomes["work_24"]).all()
    assert (one.sds["work_24"] == two.sds["work_24"]).all()
    assert one.draws.around == "estimate"


def test_nothing_in_the_folder_is_pickled(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "m")
    with np.load(tmp_path / "m" / "arrays.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fi" for name in arrays.files)


def test_an_earlier_model_is_replaced_whole_and_another_folder_is_left_alone(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "m", texts={"old.md": "x"})
    save(model, tmp_path / "m")
    assert not (tmp_path / "m" / "old.md").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(BadInput, match="no model's"):
        save(model, tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_nothing_is_left_half_written(model: Model, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        save(model, tmp_path / "m", texts={"no/such/folder.md": "x"})
    assert list(tmp_path.iterdir()) == []


def changed(folder: Path, **values: object) -> None:
    said = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps({**said, **values}), encoding="utf-8")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"format": 99}, "found format 99, expected format 1"),
        ({"place_codes": ["100"]}, "do not fit together"),
        ({"features": {"person": ["sex"], "place": [], "pair": []}}, "carries sex"),
        ({"features": {"person": ["schooling"], "place": [], "pair": []}}, "are not those of its encoder"),
        (
            {"encoder": {"person": [], "place": [], "pair": []}, "features": {"person": [], "place": [], "pair": []}},
            "not those of its features",
        ),
    ],
)
def test_a_folder_that_does_not_fit_is_refused(
    model: Model, tmp_path: Path, values: dict[str, object], said: str
) -> None:
    save(model, tmp_path / "m")
    changed(tmp_path / "m", **values)
    with pytest.raises(BadInput, match=said):
        load(tmp_path / "m")


@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_what_is_no_model_is_told(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "model.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="model"):
        load(tmp_path)


def test_trees_that_lead_in_a_circle_are_refused(boosted: Model, tmp_path: Path) -> None:
    """The kernel follows nodes without looking, so whoever reads a file has to."""
    save(boosted, tmp_path / "m")
    fit = boosted.outcomes["work_24"].fit
    assert isinstance(fit, Trees)
    with np.load(tmp_path / "m" / "arrays.npz") as file:
        arrays = {name: file[name] for name in file.files}
    arrays["work_24/0/left"] = np.zeros_like(arrays["work_24/0/left"])
    np.savez(tmp_path / "m" / "arrays.npz", **arrays)
    with pytest.raises(BadInput, match="lead nowhere"):
        load(tmp_path / "m")
