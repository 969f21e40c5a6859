"""The benchmarks of placement: their instances, the peers' common model, what is checked of an answer, what is told."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT))

from benchmarks import timing as timing_module  # noqa: E402
from benchmarks.place import alone, checks, growth, highs, instances, lp, ours, run, told, with_scipy  # noqa: E402
from benchmarks.place.cases import CASES, Case, Entrant, Target  # noqa: E402
from benchmarks.place.instances import Arrays, Size  # noqa: E402
from benchmarks.timing import Absent, Timing  # noqa: E402

SMALL = Size(60, 6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small instance as peers are handed it."""
    made = tmp_path_factory.mktemp("instance")
    instances.drawn(SMALL, made)
    return made


# Instances


def test_a_seed_draws_the_same_households_again_and_another_seed_others() -> None:
    one, again, other = (instances.drawn(replace(SMALL, seed=seed)) for seed in (1, 1, 2))
    for name in ("sizes", "capacity", "scores", "allowed"):
        assert np.array_equal(getattr(one, name), getattr(again, name))
    assert not np.array_equal(one.scores, other.scores)


def test_what_is_written_to_a_folder_is_what_is_drawn_into_memory(tmp_path: Path) -> None:
    # More households than are drawn at a time.
    size = Size(instances.ROWS_AT_A_TIME + 100, 7, 3)
    drawn, opened = instances.drawn(size), instances.drawn(size, tmp_path)
    for name in ("sizes", "capacity", "scores", "allowed"):
        assert np.array_equal(getattr(drawn, name), getattr(opened, name))
    assert instances.size_of(tmp_path) == size


def test_low_rank_is_written_by_its_factors(tmp_path: Path) -> None:
    size = Size(50, 12, rank=5)
    drawn, opened = instances.drawn(size), instances.drawn(size, tmp_path)
    assert opened.scores is None
    assert opened.allowed is None
    assert [factor.shape for factor in opened.factors] == [(50, 5), (12, 5)]
    assert all(np.array_equal(one, other) for one, other in zip(drawn.factors, opened.factors, strict=True))
    assert np.linalg.matrix_rank(drawn.factors[0] @ drawn.factors[1].T) == 5


@pytest.mark.parametrize("size", [Size(330, 20), Size(2_000, 50, 3), Size(2_000, 50, unit=True)], ids=str)
def test_instances_are_as_the_specification_says(size: Size) -> None:
    arrays = instances.drawn(size)
    persons = arrays.persons
    assert (persons.min(), persons.max()) == ((1, 1) if size.unit else (1, 8))
    assert 0.10 < 1 - arrays.allowed.mean() < 0.20
    assert arrays.allowed.any(axis=1).all()
    assert arrays.capacity[:, 0].sum() == np.ceil(1.02 * persons.sum())
    assert arrays.capacity[:, 0].max() > 2 * np.median(arrays.capacity[:, 0])
    assert arrays.sizes.shape[1] == arrays.capacity.shape[1] == size.dimensions
    assert arrays.scores.dtype == np.float32
    assert 0 < arrays.scores.min() < arrays.scores.max() < 1


def test_a_problem_takes_mapped_tables_as_they_are(folder: Path) -> None:
    problem = instances.problem_of(instances.opened(folder))
    assert isinstance(problem.outcomes[instances.OUTCOME], np.memmap)
    assert isinstance(problem.allowed, np.memmap)


def test_an_instance_is_a_problem(tmp_path: Path) -> None:
    problem = instances.instance(40, 5, seed=3, dimensions=3, folder=tmp_path)
    assert problem.shape == (40, 5)
    assert problem.dimensions == instances.DIMENSIONS
    assert instances.instance(40, 50, seed=3, rank=4).outcomes[instances.OUTCOME].shape == (40, 50)


# Peers


def test_or_tools_is_run_where_highs_is_not_loaded() -> None:
    program = "import sys, benchmarks.place.or_tools; assert not {'highspy', 'fodfaeste.place'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_peers_that_solve_one_programme_agree(folder: Path) -> None:
    def answer(prepared: alone.Prepared) -> dict[str, Any]:
        return prepared.tell(prepared.run())

    simplex, interior = answer(highs.simplex(str(folder))), answer(highs.interior_point(str(folder)))
    mip, milp = answer(highs.mip(str(folder), "0")), answer(with_scipy.milp(str(folder), "0"))
    assert interior["value"] == pytest.approx(simplex["value"], rel=1e-6)
    assert simplex["bound"] == pytest.approx(simplex["value"], rel=1e-9)
    assert milp["value"] == pytest.approx(mip["value"], rel=1e-9)
    assert mip["divided"] == 0
    assert mip["value"] <= simplex["value"] + 1e-9


def test_assignment_is_the_linear_programme_where_everybody_is_single(tmp_path: Path) -> None:
    instances.drawn(Size(40, 5, unit=True), tmp_path)
    both = [make(str(tmp_path)) for make in (with_scipy.assignment, highs.simplex)]
    assigned, simplex = (prepared.tell(prepared.run()) for prepared in both)
    assert assigned["value"] == pytest.approx(simplex["value"], rel=1e-6)


def test_a_solver_is_timed_alone_and_tells_what_came_of_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing_module, "ENOUGH", 0.0)
    alone.main("benchmarks.place.highs:simplex", [str(folder)])
    said = json.loads(capsys.readouterr().out)
    assert {"seconds", "cpu", "runs", "first", "mib", "held", "answer"} == set(said)
    assert said["answer"]["finished"]
    assert said["runs"] == timing_module.RUNS


def test_what_is_stopped_by_the_clock_says_what_processor_time_it_had() -> None:
    stopped = timing_module.run([sys.executable, "-c", "while True: pass"], "endless", wall=1)
    assert isinstance(stopped, Timing)
    assert (stopped.stopped, stopped.seconds) == (True, 1)
    assert stopped.cpu < timing_module.CPU_LIMIT


# What is checked


def few(
    persons: list[int], room: list[int], scores: list[list[float]], allowed: list[list[bool]] | None = None
) -> Arrays:
    """An instance of a few households in one dimension."""
    given = np.ones_like(scores, bool) if allowed is None else np.array(allowed)
    return Arrays(np.array(persons)[:, None], np.array(room)[:, None], np.array(scores, np.float32), given)


def test_facts_of_a_plan_are_worked_out_from_the_arrays() -> None:
    arrays = few(
        [2, 1, 3], [2, 3], [[0.5, 0.25], [1.0, 0.5], [0.25, 0.75]], [[True, False], [True, True], [True, True]]
    )
    assert checks.plan_facts(arrays, np.array([0, -1, 1])) == {
        "value": 1.25,
        "placed": 5,
        "persons": 6,
        "over_room": 0,
        "forbidden": 0,
    }
    wrong = checks.plan_facts(arrays, np.array([1, 1, 1]))
    assert (wrong["over_room"], wrong["forbidden"]) == (3, 1)


def test_greedy_takes_the_best_place_that_is_open_in_the_order_of_the_households() -> None:
    arrays = few([1, 2, 1, 3], [2, 2], [[0.9, 0.1], [0.8, 0.2], [0.7, 0.6], [0.5, 0.4]])
    assert checks.greedy(arrays).tolist() == [0, 1, 0, -1]


def test_greedy_on_factors_is_greedy_on_their_table() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    left, right = rng.random((20, 3), np.float32), rng.random((4, 3), np.float32)
    sizes, capacity = rng.integers(1, 4, (20, 1)), np.full((4, 1), 11)
    table = Arrays(sizes, capacity, left.astype(float) @ right.T, np.ones((20, 4), bool))  # type: ignore[arg-type]
    assert np.array_equal(checks.greedy(Arrays(sizes, capacity, factors=(left, right))), checks.greedy(table))


@pytest.mark.parametrize("seed", range(10))
def test_no_plan_is_worth_more_than_any_prices_bound(seed: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    arrays = few(
        rng.integers(1, 4, 5).tolist(), [4, 5, 6], rng.random((5, 3)).tolist(), (rng.random((5, 3)) < 0.8).tolist()
    )
    prices = rng.random((3, 1)) * 0.3
    plans = (np.array(plan) for plan in itertools.product((-1, 0, 1, 2), repeat=5))
    facts = [checks.plan_facts(arrays, plan) for plan in plans]
    kept = [one for one in facts if not one["over_room"] and not one["forbidden"]]
    assert all(one["value"] <= lp.price_bound(arrays, prices, 1.0, one["placed"]) + 1e-6 for one in kept)
    everybody = [one["value"] for one in kept if one["placed"] == one["persons"]]
    assert max(everybody, default=-np.inf) <= lp.price_bound(arrays, prices) + 1e-6


def test_a_household_that_fits_nowhere_cheaper_does_not_widen_the_bound() -> None:
    arrays = few([3, 1], [2, 4], [[1.0, 0.5], [0.25, 0.25]])
    assert lp.price_bound(arrays, np.zeros((2, 1))) == 0.75


def test_our_answer_to_an_instance_holds(folder: Path) -> None:
    prepared = ours.cold(str(folder), "0.001")
    answer = prepared.tell(prepared.run())
    peer = highs.simplex(str(folder))
    assert checks.faults_of({"fodfaeste": answer, "simplex": peer.tell(peer.run())}, ["fodfaeste"]) == []
    assert answer["placed"] == answer["persons"]


def test_the_day_after_one_household_in_a_hundred_is_another() -> None:
    before, after = ours._changed(Size(300, 6))
    assert np.array_equal(before.capacity, after.capacity)
    assert (before.scores != after.scores).any(axis=1).sum() == 3


def test_two_years_have_other_households_and_the_same_places() -> None:
    this, before = ours.years(Size(100, 6))
    assert (this.sizes.shape[0], before.sizes.shape[0]) == (100, ours.EARLIER)
    for year in (this, before):
        assert year.capacity.sum() == np.ceil(1.02 * year.persons.sum())
    shares = [year.capacity[:, 0] / year.capacity.sum() for year in (this, before)]
    assert shares[0] == pytest.approx(shares[1], abs=0.01)


GOOD = {"value": 10.0, "bound": 10.1, "proof": "prices", "placed": 5, "persons": 5}
PEER = {"value": 10.05, "bound": 10.05, "divided": 2, "amiss": 0.0, "finished": True}


@pytest.mark.parametrize(
    ("mine", "theirs", "fault"),
    [
        ({}, {}, None),
        ({"value": 10.06, "bound": 10.1}, {}, "value 10.060000 above the bound 10.050000 of peer"),
        ({"bound": 10.04}, {}, "bound 10.040000 below the value 10.050000 of peer"),
        # A search tree may prove more than a linear programme: only a plan shows that it has proved too much.
        ({"bound": 10.04, "proof": "search"}, {}, None),
        ({"bound": 10.04, "proof": "search"}, {"divided": 0}, "bound 10.040000 below the value 10.050000 of peer"),
        # What breaks its rows is no answer to compare with.
        ({"bound": 10.04}, {"amiss": 0.1}, None),
        ({"bound": 10.04}, {"finished": False}, None),
        ({"over_room": 1}, {}, "takes more room than there is"),
        ({"forbidden": 2}, {}, "sends somebody where it is forbidden"),
        ({"below_greedy": True}, {}, "is worth less than greedy"),
        ({"bound_off": True}, {}, "claims a bound that its prices do not prove"),
        ({"value_off": True}, {}, "claims a value that its plan has not"),
        ({"same": False}, {}, "gives two plans for one seed"),
        ({"same": True}, {}, None),
    ],
)
def test_an_answer_that_cannot_be_true_is_named(
    mine: dict[str, Any], theirs: dict[str, Any], fault: str | None
) -> None:
    answers = {"fodfaeste": {**GOOD, **mine}, "peer": {**PEER, **theirs}}
    assert checks.faults_of(answers, ["fodfaeste"]) == ([f"fodfaeste: {fault}"] if fault else [])


# What is told


def timing(who: str, seconds: float, **more: Any) -> Timing:
    return Timing(who, seconds, seconds, 3, **more)


OURS = Entrant("fodfaeste", ours.cold)
PEERS = (Entrant("fast", highs.simplex), Entrant("slow", highs.simplex))
REACHED = {**GOOD, "bound": 10.0005, "gap": 5e-5, "finished": True}


def a_case(target: Target) -> Case:
    return Case(SMALL, 1e-4, (OURS, *PEERS), (target,))


@pytest.mark.parametrize(
    ("target", "mine", "peers", "verdict"),
    [
        (Target(seconds=2), timing("fodfaeste", 1.9, answer=REACHED), (), "met"),
        (Target(seconds=2), timing("fodfaeste", 2.1, answer=REACHED), (), "missed"),
        (
            Target(seconds=2),
            timing("fodfaeste", 1.0, answer={**REACHED, "gap": 2e-4}),
            (),
            "missed: the gap is not reached",
        ),
        (Target(seconds=2, mib=1024), timing("fodfaeste", 1.0, answer=REACHED, mib=2000), (), "missed"),
        (Target(seconds=2), Absent("fodfaeste", "broken"), (), "not measured"),
        (Target(reads=2), timing("fodfaeste", 1.0, answer={**REACHED, "reads": 2.0}), (), "met"),
        (Target(reads=2), timing("fodfaeste", 1.0, answer={**REACHED, "reads": 2.5}), (), "missed"),
        (Target(times=5, than=("fast", "slow")), timing("fodfaeste", 1.0, answer=REACHED), (6.0, 90.0), "met"),
        (Target(times=5, than=("fast", "slow")), timing("fodfaeste", 1.0, answer=REACHED), (4.0, 90.0), "missed"),
        (Target(times=5, than=("slow",)), timing("fodfaeste", 1.0, answer=REACHED), (4.0, 90.0), "met"),
        (Target(times=5, than=("fast",)), timing("fodfaeste", 1.0, answer=REACHED), (), "not measured"),
    ],
)
def test_a_target_is_met_or_missed(target: Target, mine: Any, peers: tuple[float, ...], verdict: str) -> None:
    rows = {"fodfaeste": mine}
    rows |= {entrant.who: timing(entrant.who, seconds) for entrant, seconds in zip(PEERS, peers, strict=False)}
    assert told.target_row(a_case(target), target, rows)[-1] == verdict


def test_a_peer_that_was_stopped_counts_only_where_none_ended() -> None:
    target = Target(times=5, than=("fast", "slow"))
    stopped = {"fast": timing("fast", 100.0, stopped=True)}
    assert told.quickest(target, {**stopped, "slow": timing("slow", 200.0)})[1] == "slow"
    assert told.quickest(target, stopped)[1] == "fast"
    _, reached, verdict = told.target_row(
        a_case(target), target, {"fodfaeste": timing("fodfaeste", 1.0, answer=REACHED), **stopped}
    )
    assert reached.startswith("over 100 times (fast")
    assert verdict == "met"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"value": 1.0, "divided": 3, "amiss": 0.0}, "no plan: divides 3 households"),
        ({"value": 1.0, "divided": 0, "amiss": 0.02}, "a plan; breaks a row by 0.02"),
        ({"bound": 1.0, "gap": None, "finished": False}, "out of its own time; no plan yet"),
    ],
)
def test_what_a_peer_leaves_undone_is_said(answer: dict[str, Any], says: str) -> None:
    assert told.says(PEERS[0], timing("fast", 1.0, answer=answer)) == says


def test_a_gap_is_that_of_value_and_bound_or_the_one_that_is_claimed() -> None:
    assert told.gap_text(timing("fast", 1.0, answer={"value": 99.0, "bound": 100.0})) == "1 %"
    assert told.gap_text(timing("fast", 1.0, answer={"value": 99.0, "bound": 100.0, "gap": 0.0})) == "0"
    assert told.gap_text(timing("fast", 1.0, answer={"bound": 100.0})) == "-"
    assert told.gap_text(Absent("fast", "not installed")) == "-"


# What is run and kept


OF_OURS = {**GOOD, "greedy": 9.0, "greedy_placed": 4, "method": "exact", "reads": 1.0, "gap": 0.01}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Two cases of which nothing is really measured; who would have been."""
    asked: list[tuple[str, str]] = []

    def measure(case: Case, entrant: Entrant, _folder: Path | None) -> Timing:
        asked.append((next(name for name, one in run.CASES.items() if one is case), entrant.who))
        return timing(entrant.who, 1.0, mib=100.0, answer=OF_OURS if entrant.mine else PEER)

    cases = {"one": a_case(Target(seconds=2)), "two": a_case(Target(times=2, than=("fast",)))}
    monkeypatch.setattr(run, "CASES", cases)
    monkeypatch.setattr(run, "measured", measure)
    return asked


ALL = list(itertools.product(("one", "two"), ("fodfaeste", "fast", "slow")))


def test_a_run_goes_on_where_an_interrupted_one_stopped(measured: list[tuple[str, str]], tmp_path: Path) -> None:
    assert run.run(tmp_path) == []
    assert measured == ALL
    kept = json.loads((tmp_path / "place.json").read_text(encoding="utf-8"))
    del kept["rows"]["two"]["fast"]
    (tmp_path / "place.json").write_text(json.dumps(kept), encoding="utf-8")
    measured.clear()
    run.run(tmp_path)
    assert measured == [("two", "fast")]


@pytest.mark.parametrize(
    ("names", "again"),
    [
        ((), []),
        (("again",), ALL),
        (("one",), ALL[:3]),
        (("ours",), [ALL[0], ALL[3]]),
        (("two", "peers"), ALL[4:]),
    ],
)
def test_what_is_named_is_measured_again(
    measured: list[tuple[str, str]], tmp_path: Path, names: tuple[str, ...], again: list[tuple[str, str]]
) -> None:
    run.run(tmp_path)
    measured.clear()
    run.run(tmp_path, names)
    assert measured == again


def test_the_table_has_a_row_a_solver_and_a_row_a_target(measured: list[tuple[str, str]], tmp_path: Path) -> None:
    run.run(tmp_path)
    machine, table, targets, checked = (tmp_path / "place.md").read_text(encoding="utf-8").strip().split("\n\n")
    assert machine.startswith(f"{json.loads((tmp_path / 'place.json').read_text())['machine']['cores']} cores")
    assert len(table.splitlines()) == 2 + len(measured)
    assert [line.rsplit(" | ")[-1] for line in targets.splitlines()[2:]] == ["missed: the gap is not reached |"] * 2
    assert checked.startswith("Of 2 plans of ours none takes more room than there is")


def test_what_does_not_hold_stands_below_the_table_and_is_handed_back(
    measured: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def wrong(_case: Case, entrant: Entrant, _folder: Path | None) -> Timing:
        return timing(entrant.who, 1.0, answer={**OF_OURS, "over_room": 1} if entrant.mine else PEER)

    monkeypatch.setattr(run, "measured", wrong)
    faults = run.run(tmp_path, ["one"])
    assert faults == [f"{run.CASES['one'].title}: fodfaeste: takes more room than there is"]
    assert (tmp_path / "place.md").read_text(encoding="utf-8").strip().endswith(f"- {faults[0]}")


def test_a_peer_whose_model_would_not_fit_is_left_out_with_the_reason() -> None:
    case = Case(Size(1_000_000, 400), 1e-4, PEERS)
    left_out = run.measured(case, PEERS[0], None)
    assert left_out == Absent("fast", "340 million pairs are not written out for it")
    assert told.says(PEERS[0], left_out).startswith("left out: 340 million pairs")


def test_every_target_is_measured_against_peers_of_its_case() -> None:
    for case in CASES.values():
        there = {entrant.who for entrant in case.entrants}
        assert all(set(target.than) <= there for target in case.targets)
        assert case.entrants[0].mine


def test_the_power_with_which_cost_grows_is_told_of_each_curve() -> None:
    one, other = growth.CURVES
    points = [
        growth.point(curve, Size(10**exponent, 100), timing("fodfaeste", 1e-3 * 10 ** (exponent * power)))
        for curve, power in ((one, 1.0), (other, 1.5))
        for exponent in (2, 3, 4)
    ]
    assert growth.powers(points).endswith(f"power of 1.00 ({one}), 1.50 ({other}).")
    assert growth.powers(points[:1]) == "Nothing to compare yet."


def test_growth_keeps_a_row_a_point() -> None:
    size = Size(1_000, 100)
    answer = {**REACHED, "reads": 2.0}
    point = growth.point("curve", size, timing("fodfaeste", 0.5, mib=80.0, answer=answer))
    assert growth.row(point) == ("curve", "1,000 x 100", "0.5", "0.5", "80", "5e+03", "0.005 %", "2")
    assert growth.row(growth.point("curve", size, Absent("fodfaeste", "broken")))[-1] == "broken"
