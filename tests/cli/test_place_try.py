"""`fodfaeste place try`: a model's folder and a register become a trial, whether it passes or not."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from fodfaeste.cli.place.train import train, try_out
from fodfaeste.place.outcomes import Frames, save
from fodfaeste.place.outcomes import train as learn

app = typer.Typer()
app.command()(train)
app.command("try")(try_out)


def invented() -> Frames:
    """Four places that do nothing for work: the model has nothing to promise."""
    path = Path(__file__).parents[1] / "place" / "outcomes" / "worlds.py"
    spec = importlib.util.spec_from_file_location("worlds_to_try", path)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    frames: Frames = module.world(3, households=900, places=4, place_sd=0.0).frames
    return frames


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("models") / "m"
    save(learn(invented(), ("work_24", "staying_24"), kinds=("glm",), seed=1), there)
    return there


def test_rules_and_verdict_are_said_and_kept(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fodfaeste.report.place.frames.frames_of", lambda *_given, **_more: invented())
    asked = ["try", str(folder), "register/", "-o", str(tmp_path / "trial"), "--bootstraps", "99", "--seed", "1"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "trial" / "trial.json").read_text(encoding="utf-8"))
    assert [one["code"] for one in told["checks"]] == ["overlap", "gain", "no_loss", "groups", "optimism"]
    assert not told["passed"]
    assert "broken: " in done.output
    assert "not passed (forecast, not observed effect)" in done.output
    as_json = CliRunner().invoke(app, [*asked, "--json"])
    assert json.loads(as_json.stdout) == told
