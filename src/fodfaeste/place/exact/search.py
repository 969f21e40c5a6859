"""HiGHS at work on one programme, in a thread of its own, so that Ctrl-C stops it at its best point so far."""

from __future__ import annotations

import math
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import highspy
import numpy as np
from numpy.typing import NDArray

from fodfaeste.errors import Refused
from fodfaeste.place.exact.model import Programme
from fodfaeste.place.plan import relative_gap

Floats = NDArray[np.float64]

Progress = Callable[[str, float], None]
"""Told the step and the gap so far, which is infinite before the first point."""

LARGEST_GAIN = 1024.0
"""Gains are scaled to just below it by a power of two: what HiGHS neglects, a millionth, is then a billionth of the
largest score, whatever unit scores come in."""

Ended = Literal["optimal", "infeasible", "interrupted"]


@dataclass(frozen=True, eq=False)
class Found:
    """What a search came to.

    Attributes
    ----------
    ended : {"optimal", "infeasible", "interrupted"}
        "optimal" within the gap asked for.
    point : ndarray of float64, shape (columns,), or None
        The best point found.
    bound : float
        No point is worth more.
    duals : ndarray of float64, shape (rows,)
        Of a linear programme: what one more unit of each row would add. Empty where columns are whole.
    """

    ended: Ended
    point: Floats | None
    bound: float
    duals: Floats


class Watch:
    """Tells how far the searches are, and remembers that somebody stopped them.

    Parameters
    ----------
    progress : callable or None
        Called in the thread that waits, with the step and its gap. A `KeyboardInterrupt` that it raises stops this
        search and all that follow.

    Attributes
    ----------
    stopped : bool
        Whether somebody stopped it.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self.progress = progress
        self.stopped = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Let the first Ctrl-C stop the search instead of tearing it off; a second is not held back.

        Only where Python would raise `KeyboardInterrupt`: other handlers, and other threads, are left alone.
        """
        raises = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if not raises or threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(*_: object) -> None:
            self.stopped = True
            signal.signal(signal.SIGINT, signal.default_int_handler)

        signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def tell(self, step: str, gap: float) -> None:
        """Tell how far a step is."""
        if self.progress is None or self.stopped:
            return
        try:
            self.progress(step, gap)
        except KeyboardInterrupt:
            self.stopped = True

    def run(self, solver: highspy.Highs, step: str, scale: float, outside: float = -math.inf) -> None:
        """Let HiGHS work, and tell of each better point or bound."""
        told: queue.SimpleQueue[float | None] = queue.SimpleQueue()
        best = [math.inf]

        def look(event: Any) -> None:
            if self.stopped:
                event.interrupt()
            out = event.data_out
            gap = _gap(-out.mip_primal_bound / scale, max(-out.mip_dual_bound / scale, outside))
            if gap < 0.999 * best[0]:
                best[0] = gap
                told.put(gap)

        def stop(event: Any) -> None:
            if self.stopped:
                event.interrupt()

        def work() -> None:
            try:
                solver.run()
            finally:
                told.put(None)

        solver.cbMipInterrupt += look
        solver.cbSimplexInterrupt += stop
        solver.cbIpmInterrupt += stop
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        while (gap := told.get()) is not None:
            self.tell(step, gap)
        thread.join()


def relaxed(programme: Programme, step: str, watch: Watch) -> Found:
    """Maximise with columns that need not be whole; gives the duals."""
    if watch.stopped:
        return Found("interrupted", None, math.inf, np.zeros(0))
    if not programme.gain.size:
        # HiGHS calls a programme without columns empty, whatever its rows ask for.
        kept = ((programme.low <= 0) & (programme.high >= 0)).all()
        rows = np.zeros(programme.low.size)
        return Found("optimal" if kept else "infeasible", np.zeros(0) if kept else None, programme.constant, rows)
    solver, scale = _loaded(programme, whole=False)
    watch.run(solver, step, scale)
    ended = _ended(solver)
    if ended != "optimal":
        return Found(ended, None, math.inf, np.zeros(0))
    solution = solver.getSolution()
    duals = -np.asarray(solution.row_dual) / scale
    return Found(ended, np.asarray(solution.col_value), dual_bound(programme, duals), duals)


def whole(
    programme: Programme,
    step: str,
    watch: Watch,
    *,
    gap: float,
    seed: int,
    start: Floats | None = None,
    known: float = math.inf,
    outside: float = -math.inf,
) -> Found:
    """Maximise with pairs that are whole, to a gap relative to the bound, or to the bound that is known.

    `outside` bounds what is worth more and not in this programme, so that progress tells the gap to both.
    """
    if watch.stopped:
        return Found("interrupted", None, math.inf, np.zeros(0))
    solver, scale = _loaded(programme, whole=True)
    # HiGHS measures the gap against its point, we against the bound, which is the larger.
    for option, value in (("mip_rel_gap", gap / (1 + gap)), ("mip_abs_gap", 0.0), ("random_seed", seed)):
        solver.setOptionValue(option, value)
    if math.isfinite(known):
        solver.setOptionValue("objective_target", -scale * (known - gap * abs(known)))
    if start is not None:
        given = highspy.HighsSolution()
        given.col_value = start.tolist()
        solver.setSolution(given)
    watch.run(solver, step, scale, outside)
    ended = _ended(solver)
    information = solver.getInfo()
    point = None
    if information.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        point = np.asarray(solver.getSolution().col_value)
        point[: programme.pairs] = np.round(point[: programme.pairs])
    bound = -math.inf if ended == "infeasible" else -information.mip_dual_bound / scale
    return Found(ended, point, bound, np.zeros(0))


def dual_bound(programme: Programme, duals: Floats) -> float:
    """Bound a programme by its duals alone, so that nothing depends on how exactly the solver solved.

    ``sum_r dual_r * limit_r + sum_c upper_c * max(0, reduced gain_c)``; columns without a limit have a reduced gain of
    0, but for rounding.
    """
    limit = np.where(duals > 0, programme.high, programme.low)
    rows = np.where(np.isfinite(limit), duals * np.where(np.isfinite(limit), limit, 0.0), 0.0)
    reduced = np.maximum(reduced_gains(programme, duals), 0)
    columns = np.where(
        np.isfinite(programme.upper), reduced * np.where(np.isfinite(programme.upper), programme.upper, 0), 0
    )
    return float(rows.sum() + columns.sum()) + programme.constant


def reduced_gains(programme: Programme, duals: Floats) -> Floats:
    """Give what each column gains beyond what it takes of the rows; shape (columns,)."""
    finite = np.isfinite(np.where(duals > 0, programme.high, programme.low))
    return np.asarray(programme.gain - programme.matrix.T @ np.where(finite, duals, 0.0))


def _loaded(programme: Programme, *, whole: bool) -> tuple[highspy.Highs, float]:
    """Hand the programme to a new HiGHS, as one to be minimised, with gains scaled; gives the scale too."""
    rows, columns = programme.matrix.shape
    largest = float(np.abs(programme.gain).max(initial=0.0))
    scale = 2.0 ** math.floor(math.log2(LARGEST_GAIN / largest)) if largest > 0 else 1.0
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows, columns
    model.row_lower_, model.row_upper_ = programme.low, programme.high
    model.col_lower_, model.col_upper_ = np.zeros(columns), programme.upper
    model.col_cost_ = -scale * programme.gain
    model.offset_ = -scale * programme.constant
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    matrix = programme.matrix
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if whole:
        kinds = [highspy.HighsVarType.kInteger] * programme.pairs
        model.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (columns - programme.pairs)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    # One thread, as everywhere in the package: HiGHS keeps one pool a process, and two runs give the same answer.
    for option, value in (("output_flag", False), ("threads", 1)):
        solver.setOptionValue(option, value)
    solver.passModel(model)
    return solver, scale


def _ended(solver: highspy.Highs) -> Ended:
    status = solver.getModelStatus()
    kinds = highspy.HighsModelStatus
    if status == kinds.kInterrupt:
        return "interrupted"
    if status in {kinds.kInfeasible, kinds.kUnboundedOrInfeasible}:
        return "infeasible"
    if status in {kinds.kOptimal, kinds.kObjectiveTarget}:
        return "optimal"
    raise Refused(f"HiGHS gave up on this problem: {solver.modelStatusToString(status)}. Scale the scores to about 1.")


def _gap(objective: float, bound: float) -> float:
    return relative_gap(bound, objective) if math.isfinite(objective) and math.isfinite(bound) else math.inf
