"""Which instances are solved, by whom, and what has to be reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.place import highs, or_tools, ours, transport, with_scipy
from benchmarks.place.alone import Prepared
from benchmarks.place.instances import Size
from benchmarks.timing import IN_MEMORY, LIMITED, WALL_LIMIT

OURS = "fodfaeste"
WARM, COLD = f"{OURS}, warm", f"{OURS}, cold"
OUR_WALL = 3_600
"""Seconds: how long ours takes is what is asked, so that it is hardly stopped for it."""
MOST_COLUMNS = 30_000_000
"""Pairs that are allowed: a linear programme of more does not fit into what a run may hold."""
ALLOWED = 0.85


@dataclass(frozen=True)
class Entrant:
    """Who solves, by which function, which is called in a process of its own with the instance's folder."""

    who: str
    call: Callable[..., Prepared]
    arguments: tuple[str, ...] = ()
    needs: str | None = None
    limits: str = LIMITED
    wall: int = WALL_LIMIT

    @property
    def mine(self) -> bool:
        """Whether it is ours."""
        return self.who.startswith(OURS)


@dataclass(frozen=True)
class Target:
    """What ours has to reach: at most so many seconds, MiB, and reads of the scores; or `times` as quick as peers.

    `than` names the peers of which the quickest counts.
    """

    seconds: float | None = None
    mib: float | None = None
    reads: float | None = None
    times: float | None = None
    than: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One instance, solved to a gap by all."""

    size: Size
    gap: float
    entrants: tuple[Entrant, ...]
    targets: tuple[Target, ...] = ()
    says: str = ""

    @property
    def title(self) -> str:
        """Say what is solved and how nearly."""
        return f"{self.size}{self.says}, gap {self.gap * 100:g} %"


def _peer(who: str, call: Callable[..., Prepared], *arguments: str, needs: str | None = None) -> Entrant:
    return Entrant(who, call, arguments, needs)


def _online(rule: str, batch: int, who: str) -> Entrant:
    return Entrant(who, ours.online, (rule, str(batch)), limits=IN_MEMORY, wall=OUR_WALL)


def _ours(gap: float, call: Callable[..., Prepared] = ours.cold, who: str = OURS) -> Entrant:
    return Entrant(who, call, (f"{gap:g}",), limits=IN_MEMORY, wall=OUR_WALL)


SIMPLEX = _peer("HiGHS simplex", highs.simplex)
IPM = _peer("HiGHS IPM", highs.interior_point)
GLOP = _peer("OR-tools GLOP", or_tools.glop, needs="ortools")
FLOW = _peer("OR-tools min-cost flow", or_tools.flow, needs="ortools")
EMD = _peer("POT emd", transport.emd, needs="ot")
SINKHORN = _peer("POT Sinkhorn", transport.sinkhorn, needs="ot")
ASSIGNMENT = _peer("SciPy linear_sum_assignment", with_scipy.assignment)
LINEAR = ("HiGHS simplex", "HiGHS IPM", "HiGHS PDLP", "OR-tools PDLP", "OR-tools GLOP")


def _pdlps(gap: float) -> tuple[Entrant, ...]:
    told = f"{gap:g}"
    return (
        _peer("HiGHS PDLP", highs.pdlp, told),
        _peer("OR-tools PDLP", or_tools.pdlp, told, needs="ortools"),
    )


def _mips(gap: float) -> tuple[Entrant, ...]:
    told = f"{gap:g}"
    return _peer("HiGHS MIP", highs.mip, told), _peer("SciPy milp", with_scipy.milp, told)


def _linear(gap: float) -> tuple[Entrant, ...]:
    return SIMPLEX, IPM, *_pdlps(gap), GLOP


TINY, USUAL = 1e-4, 1e-3
"""The gap that targets name, and the one that `solve` goes to unless told otherwise."""
TRANSPORT = (FLOW, EMD)

CASES: Mapping[str, Case] = {
    "small": Case(Size(330, 20), 0.0, (_ours(0.0), *_mips(0.0), SIMPLEX, *TRANSPORT)),
    "small-3": Case(Size(330, 20, 3), 0.0, (_ours(0.0), *_mips(0.0), SIMPLEX)),
    "proven": Case(
        Size(500, 20),
        0.0,
        (_ours(0.0), *_mips(0.0), *_linear(TINY), *TRANSPORT, SINKHORN),
        (Target(times=3, than=("HiGHS MIP",)),),
    ),
    "municipalities": Case(
        Size(5_000, 98),
        TINY,
        (_ours(TINY), *_linear(TINY), *_mips(TINY), *TRANSPORT, SINKHORN),
        (Target(times=20, than=LINEAR),),
    ),
    "municipalities-3": Case(Size(5_000, 98, 3), TINY, (_ours(TINY), *_linear(TINY), *_mips(TINY))),
    "unit": Case(
        Size(22_000, 275, unit=True),
        TINY,
        (_ours(TINY), *TRANSPORT, ASSIGNMENT, SINKHORN, *_pdlps(TINY)),
        (Target(times=5, than=(FLOW.who, EMD.who)),),
    ),
    "report": Case(
        Size(22_000, 275),
        TINY,
        (_ours(TINY), *_linear(TINY), *TRANSPORT, SINKHORN),
        (Target(seconds=2), Target(reads=2)),
    ),
    "large": Case(
        Size(100_000, 275), TINY, (_ours(TINY), *_pdlps(TINY), *TRANSPORT), (Target(seconds=6), Target(reads=2))
    ),
    "million": Case(
        Size(1_000_000, 400),
        TINY,
        (_ours(TINY), *_pdlps(TINY), *TRANSPORT),
        (Target(seconds=60, mib=6 * 1024), Target(reads=2)),
    ),
    "low-rank": Case(
        Size(1_000_000, 11_000, rank=32),
        1e-3,
        (_ours(1e-3), *_pdlps(1e-3), *TRANSPORT),
        (Target(seconds=300, mib=8 * 1024), Target(reads=2)),
    ),
    "warm": Case(
        Size(22_000, 275),
        TINY,
        (_ours(TINY, ours.warm, WARM), _ours(TINY, ours.after_change, COLD)),
        (Target(times=5, than=(COLD,)),),
        ", 1 % of the households changed",
    ),
    "warm-usual": Case(
        Size(22_000, 275),
        USUAL,
        (_ours(USUAL, ours.warm, WARM), _ours(USUAL, ours.after_change, COLD)),
        (Target(times=5, than=(COLD,)),),
        ", 1 % of the households changed",
    ),
    "year": Case(
        Size(330, 20),
        0.015,
        (
            _online("prices", 1, f"{OURS}, one by one"),
            _online("prices", 7, f"{OURS}, by sevens"),
            _online("potentials", 1, f"{OURS}, published potentials"),
            _online("greedy", 1, f"{OURS}, greedy"),
        ),
        (Target(seconds=5),),
        " as they come in a year, another year known, to hindsight",
    ),
}
