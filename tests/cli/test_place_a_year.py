"""The demonstration of placing: it knows nothing of the future, and is judged by the truth."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from fodfaeste.cli.demo import place_a_year as demo
from fodfaeste.data import synthetic
from fodfaeste.data.synthetic.stays import ChancesOfStaying, chances_of_staying
from fodfaeste.place import Problem, solve
from fodfaeste.place.outcomes.frames import Frames

DAY = date(2003, 12, 31)


def frames() -> Frames:
    """Four persons in two municipalities; one came later, and one moved later."""
    return Frames(
        persons=pl.DataFrame(
            {
                "person": [1, 2, 3, 4],
                "household": [1, 1, 2, 3],
                "birth_date": [date(1970, 1, 1)] * 3 + [date(1999, 1, 1)],
                "arrival_date": [date(2003, 5, 1)] * 3 + [date(2004, 2, 1)],
                "permit": ["refugee", "family", "family", "refugee"],
            }
        ),
        residence_spells=pl.DataFrame(
            {
                "person": [1, 1, 2, 3, 4],
                "municipality": ["615", "751", "615", "751", "615"],
                "start": [date(2003, 5, 1), date(2004, 3, 1), date(2003, 5, 1), date(2003, 5, 1), date(2004, 2, 1)],
                "end": [date(2004, 3, 1), None, None, date(2003, 8, 1), None],
                "end_reason": ["moved", None, None, "emigrated", None],
                "to": ["751", None, None, None, None],
            }
        ),
        employment_spells=pl.DataFrame(
            {
                "person": [1, 2],
                "start": [date(2003, 6, 1), date(2004, 6, 1)],
                "end": [date(2004, 1, 1), None],
                "kind": ["employee", "employee"],
            },
        ),
        municipalities=pl.DataFrame(
            {
                "code": ["615", "751"],
                "name": ["Horsens", "Aarhus"],
                "kind": ["capital_area"] * 2,
                "valid_from": [date(1970, 4, 1)] * 2,
            }
        ),
        municipality_indicators=pl.DataFrame({"code": ["615"] * 2, "year": [2003, 2004], "rate": [0.1, 0.2]}),
        observed_until=date(2006, 12, 31),
    )


def test_what_is_known_on_a_day_has_nothing_of_later_days_in_it() -> None:
    known = demo.as_known_on(frames(), DAY)
    assert known.observed_until == DAY
    assert known.persons["person"].to_list() == [1, 2, 3]
    assert known.residence_spells.select("person", "end", "end_reason", "to").rows() == [
        (1, None, None, None),
        (2, None, None, None),
        (3, date(2003, 8, 1), "emigrated", None),
    ]
    assert known.employment_spells.select("person", "end").rows() == [(1, None)]
    assert known.municipality_indicators is not None
    assert known.municipality_indicators["year"].to_list() == [2003]
    bare = demo.as_known_on(replace(frames(), municipality_indicators=None), DAY)
    assert bare.municipality_indicators is None


def test_a_register_is_read_with_what_it_says_of_itself(tmp_path: Path) -> None:
    folder = synthetic.build(1, 0.02, tmp_path / "register")
    read = demo.read(folder)
    assert read.observed_until == date(2006, 12, 31)
    assert (read.rule_from, read.rule_months, read.watched_from) == (date(1999, 1, 1), 36, date(1995, 1, 1))
    assert read.persons.height > 1000


def test_refugees_of_the_region_are_placed_and_who_came_to_family_only_in_their_household() -> None:
    model = SimpleNamespace(person_features=(), pair_features=())
    of_2003 = demo.refugees(frames(), model, 2003)  # type: ignore[arg-type]  # it asks for nothing else of the model
    assert of_2003["person"].to_list() == [1, 2]
    assert demo.refugees(frames(), model, 2004)["person"].to_list() == [4]  # type: ignore[arg-type]
    far = frames().residence_spells.with_columns(municipality=pl.lit("101"))
    elsewhere = replace(frames(), residence_spells=far)
    assert demo.refugees(elsewhere, model, 2004).is_empty()  # type: ignore[arg-type]


def test_households_are_of_four_types() -> None:
    people = pl.DataFrame({"household": list("abbccdddd"), "adult": [1, 1, 1, 1, 0, 1, 1, 0, 0]})
    typed = demo.with_household_type(people).unique("household", maintain_order=True)
    assert typed["group_household_type"].to_list() == [
        "single",
        "couple",
        "parent alone with children",
        "family with children",
    ]


@dataclass(frozen=True)
class Adults:
    """How many adults each of three households has, as scoring knows it."""

    of: np.ndarray = field(default_factory=lambda: np.array([0, 1, 1, 2, 2]))
    counted: dict[str, np.ndarray] = field(
        default_factory=lambda: {"staying": np.array([True, True, True, True, False])}
    )


@dataclass(frozen=True)
class Draws:
    """Two draws around the forecasts."""

    scores: dict[str, np.ndarray]
    count: int = 40
    around: str = "truth"
    ready: Adults = field(default_factory=Adults)

    def outcomes(self, draw: int) -> dict[str, np.ndarray]:
        rng = np.random.Generator(np.random.PCG64(draw))
        return {name: values + rng.normal(0, 0.01, values.shape) for name, values in self.scores.items()}


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch) -> demo.Year:
    """Three households and two places, where the truth of staying is other than the forecast."""
    scores = {
        demo.WORK: np.array([[0.5, 0.2], [0.9, 0.4], [0.3, 0.3]]),
        demo.STAYING: np.array([[0.7, 0.8], [1.5, 1.6], [0.9, 0.5]]),
    }
    problem = Problem(
        households=("11@2004-02-01", "12@2004-03-01", "7@2004-01-01"),
        places=("Horsens", "Aarhus"),
        sizes=np.array([1, 2, 2]),
        capacity=np.array([3, 3]),
        outcomes=scores,
        arrival=np.array(["2004-02-01", "2004-03-01", "2004-01-01"], "datetime64[D]"),
    )
    told = ChancesOfStaying(
        np.array([7, 11, 12]), np.array(["615", "751"]), np.array([[0.9, 0.5], [0.6, 0.6], [0.2, 0.8]])
    )
    monkeypatch.setattr("fodfaeste.data.synthetic.stays.chances_of_staying", lambda *_given: told)
    scored = SimpleNamespace(draws=Draws(scores))
    return demo.Year(problem, scored, ("615", "751"), np.array([1, 0, 1]))  # type: ignore[arg-type]


def test_the_truth_of_staying_is_that_of_the_same_household_and_place_for_each_adult(year: demo.Year) -> None:
    assert demo.true_stays(year, 1) == pytest.approx(np.array([[0.6, 0.6], [0.4, 1.6], [0.9, 0.5]]))


def test_gains_have_the_null_test_and_the_truth_beside_them_and_work_gains_nothing_in_truth(year: demo.Year) -> None:
    plan = solve(year.problem)
    others = demo.baselines(year, 1)
    assert set(others) == {"random", "greedy", "observed"}
    null = {(name, against): 0.01 for name in (demo.WORK, demo.STAYING) for against in others}
    found = {(one.outcome, one.against): one for one in demo.promises(plan, year, others, 1, null)}
    assert len(found) == 6
    truth = demo.true_stays(year, 1)
    for (outcome, against), one in found.items():
        assert one.null == 0.01
        if outcome == demo.WORK:
            assert one.truth == 0.0
        else:
            there = truth[np.arange(3), others[against]].sum() if against == "observed" else one.truth_baseline
            mine = truth[np.arange(3), plan.place].sum()
            assert one.truth == pytest.approx(mine - there)
        assert one.gain.naive == pytest.approx(one.gain.gain, abs=0.05)


@pytest.mark.long
def test_a_year_of_a_synthetic_register_is_placed_and_told(tmp_path: Path) -> None:
    """The whole, on a fifth of the households, so that it takes a minute and not three."""
    source = synthetic.build(1, 0.2, tmp_path / "register")
    refugees = pl.read_parquet(source / "persons.parquet").filter(
        (pl.col("arrival_date").dt.year() == demo.PLACED_YEAR) & (pl.col("permit") == demo.REFUGEE)
    )
    # The truth is that of the whole register: the households of a part of it keep their numbers.
    truth = chances_of_staying(1, demo.PLACED_YEAR, demo.STAYING_MONTHS)
    assert set(refugees["household"]) <= set(truth.households.tolist())
    heard: list[float] = []
    made = demo.place_a_year(source, tmp_path / "place", ["en"], 1, lambda _doing, share: heard.append(share))
    assert heard == sorted(heard)
    page = next(file for file in made["en"] if file.name == "report.html").read_text(encoding="utf-8")
    for said in ("the null test finds", "The register is made up", "Each batch was decided as it came"):
        assert said in page
