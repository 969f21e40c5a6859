"""Where people go: an origin-destination table with those who stayed apart from those who moved."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse, special, stats

from fodfaeste.errors import BadInput, NotEnoughPeople, Problem, Refused, UnknownName
from fodfaeste.measure.cells import PERSONS, Cells, count_cells
from fodfaeste.measure.counts import filled_numbers, one_level, whole
from fodfaeste.measure.intervals import interval
from fodfaeste.measure.multiplicity import benjamini_hochberg, holm
from fodfaeste.measure.result import Method, Note, Result, provenance
from fodfaeste.tables import Data, as_frame, fingerprint, source_name

FLOWS = Method(
    "flows",
    "Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; Goodman (1965), Technometrics 7, 247-254; "
    "Bell et al. (2002), J. R. Stat. Soc. A 165, 435-464",
)
QUASI_INDEPENDENCE = Method(
    "quasi-independence",
    "Goodman (1968), J. Am. Stat. Assoc. 63, 1091-1131; residuals: Haberman (1973), Biometrics 29, 205-220",
)

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class FlowsResult(Result):
    """Flows with shares, and what follows for each place.

    Attributes
    ----------
    origins : polars.DataFrame
        One row an origin: unit, n (arrivals; empty where those who stayed are not given), movers, rate,
        lower, upper (Wilson), level, entropy (in nats) and herfindahl of its movers' destinations, method.
    balance : polars.DataFrame or None
        Only where every place is both origin and destination: unit, out, into, net, gross, effectiveness (net/gross).
        Moves within a unit are in none of them.
    moved : ndarray of float, shape (origins, destinations)
        Movers, without those who stayed.
    origin, destination : tuple of str
        Names of its rows and columns.
    diagonal_stays : bool
        Whether origin = destination means staying, so that such cells of `moved` cannot occur.
    """

    origins: pl.DataFrame
    balance: pl.DataFrame | None
    moved: Array
    origin: tuple[str, ...]
    destination: tuple[str, ...]
    diagonal_stays: bool

    def quasi_independence(self) -> QuasiIndependence:
        """Compare each flow with what the sizes of origin and destination alone give.

        Expected flows are a_i b_j, apart from the diagonal where it means staying, with the margins of the table:
        the Poisson log-linear model, fitted by iterative proportional fitting.

        Returns
        -------
        QuasiIndependence
            `table`: one row a flow with origin, destination, unit, events, expected, residual (standardised: about
            normal with variance 1 if only size counts), p_value, p_holm, q_bh, flag ("more than size", "fewer than
            size", "as size", by Holm at the level of the call), method. `summary`: deviance, pearson, df, p_value,
            dispersion (pearson / df).

        Raises
        ------
        Refused
            If the flows are too sparse for the fit to have an end, or leave no degree of freedom.

        Notes
        -----
        Persons are taken as moving one by one. Families move together, so that chance is larger than the model's; a
        dispersion far above 1 says that size is not all, or that, and residuals are then to be read as a ranking.

        References
        ----------
        Goodman (1968), J. Am. Stat. Assoc. 63, 1091-1131; Haberman (1973), Biometrics 29, 205-220.
        """
        possible = np.ones(self.moved.shape, dtype=bool)
        if self.diagonal_stays:
            possible = np.array([[i != j for j in self.destination] for i in self.origin])
        rows, columns = self.moved.sum(axis=1), self.moved.sum(axis=0)
        free = possible & (rows > 0)[:, None] & (columns > 0)[None, :]
        expected = _fitted(self.moved, free)
        df = int(free.sum()) - _parameters(free)
        if df < 1:
            raise Refused(
                "The table has as many sizes as flows, so every flow fits and none can stand out. Use more places."
            )
        i, j = np.nonzero(free)
        x, e = self.moved[i, j], expected[i, j]
        room = 1 - _leverage(expected)[i, j]
        # A cell that its margins determine has no residual: its leverage is 1.
        residual = np.divide(x - e, np.sqrt(e * np.maximum(room, 0)), out=np.full(x.size, np.nan), where=room > 1e-9)
        p_value = 2 * special.ndtr(-np.abs(residual))
        p_holm, q_bh = holm(p_value), benjamini_hochberg(p_value)
        alpha = 1 - float(self.params["level"])
        deviance, pearson = 2 * float(np.sum(special.xlogy(x, x / e))), float(np.sum((x - e) ** 2 / e))
        table = pl.DataFrame(
            {
                "origin": [self.origin[k] for k in i],
                "destination": [self.destination[k] for k in j],
                "unit": [f"{self.origin[a]} → {self.destination[b]}" for a, b in zip(i, j, strict=True)],
                "events": whole(x),
                "expected": e,
                "residual": residual,
                "p_value": p_value,
                "p_holm": p_holm,
                "q_bh": q_bh,
                "flag": [_size_flag(*pair, alpha) for pair in zip(residual, p_holm, strict=True)],
                "method": [QUASI_INDEPENDENCE.name] * x.size,
            }
        ).with_columns(pl.col("residual", "p_value", "p_holm", "q_bh").fill_nan(None))
        return QuasiIndependence(
            table=table,
            summary={
                "deviance": deviance,
                "pearson": pearson,
                "df": df,
                "p_value": float(stats.chi2.sf(deviance, df)),
                "dispersion": pearson / df,
            },
            notes=(_ONE_BY_ONE,),
            method=QUASI_INDEPENDENCE,
            params=self.params,
            expected=expected,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class QuasiIndependence(Result):
    """Expected flows; `expected` has shape (origins, destinations), 0 where nobody can or does move."""

    expected: Array


def flows(
    od: Data,
    origin: str = "origin",
    destination: str = "destination",
    persons: str = "persons",
    *,
    stayed: str | None = None,
    total: str = "total",
    level: float = 0.95,
    acknowledge_totals: bool = False,
) -> FlowsResult:
    """Describe an origin-destination table.

    Parameters
    ----------
    od : frame, mapping or path
        One row an origin and destination, in any order; a pair without a row is a flow of 0.
    origin, destination, persons : str
        Its columns; `persons` holds whole numbers.
    stayed : str, optional
        The destination that means staying, such as "same_municipality". Without it, origin = destination means
        staying. With it, origin = destination is a move between places of one kind.
    total : str, default "total"
        The name of printed totals, as origin or as destination. They are compared with the sum of their parts and
        never used.
    level : float, default 0.95
        Two-sided level of the intervals.
    acknowledge_totals : bool, default False
        Go on although a printed total differs from the sum of its parts; each difference is then a note.

    Returns
    -------
    FlowsResult
        `table`: one row a flow and denominator with unit, origin, destination, denominator ("arrivals": all who
        arrived at the origin; "movers": those of them who moved), n, events, rate, lower, upper (Wilson),
        simultaneous_lower, simultaneous_upper (Goodman, all destinations of an origin together), level, method.
        `summary`: arrivals, movers, out_rate; and, where every place is origin and destination,
        crude_migration_intensity (movers between units / persons), aggregate_net_migration_rate (half the sum of |net|
        / persons) and migration_effectiveness_index (sum of |net| / sum of gross), shares of 1.
        `origins`, `balance`, `quasi_independence()`.

    Raises
    ------
    UnknownName
        If a column, or the destination `stayed`, is not there.
    BadInput
        If a number of persons is missing or not a whole number, a pair occurs twice, or a printed total differs from
        its parts and that is not acknowledged.
    NotEnoughPeople
        If nobody moved.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; Goodman (1965), Technometrics 7, 247-254; Bell et al. (2002),
    J. R. Stat. Soc. A 165, 435-464.
    """
    level = one_level(level)
    frame, file = as_frame(od), source_name(od)
    for name in (origin, destination, persons):
        if name not in frame.columns:
            raise UnknownName("no column", name, frame.columns, file=file)
    cells = _read(frame.select(origin, destination, persons), total, file)
    parts = {pair: count for pair, count in cells.items() if total not in pair}
    if not parts:
        raise NotEnoughPeople(Problem("no flow", "at least one row that is no total", "Check the filter before.", file))
    notes = _compare_totals(cells, parts, total, file, acknowledge_totals)

    origins = tuple(dict.fromkeys(pair[0] for pair in parts))
    if stayed is not None and stayed not in (named := dict.fromkeys(pair[1] for pair in parts)):
        raise UnknownName("no destination", stayed, named, file=file)
    destinations = tuple(dict.fromkeys(pair[1] for pair in parts if pair[1] != stayed))
    stayers = {place: parts.get((place, stayed if stayed is not None else place)) for place in origins}
    moves = {(i, j): count for (i, j), count in parts.items() if (i != j if stayed is None else j != stayed)}
    moved = np.array([[moves.get((i, j), 0) for j in destinations] for i in origins], dtype=np.float64)
    if not moved.any():
        raise NotEnoughPeople(Problem("nobody who moved", "at least one mover", "Check `stayed`.", file))
    own = len(set(origins) & set(destinations)) if stayed is None else 0
    if absent := moved.size - own - len(moves):
        notes += (Note("absent-flows", f"{absent} pairs have no row and count as flows of 0."),)
    if unknown := [place for place, count in stayers.items() if count is None]:
        text = f"Those who stayed are not given for {', '.join(unknown)}: out-rate and share of arrivals are unknown."
        notes += (Note("stayed-unknown", text, "warning"),)

    balance = _balance(moved, origins, destinations) if set(origins) == set(destinations) else None
    if balance is None:
        text = "Not every place is both origin and destination, so net flows are unknown."
        notes += (Note("not-square", text),)
    everybody = sum(stayers[place] or 0 for place in origins) + moved.sum()
    known = not unknown
    return FlowsResult(
        table=_shares(moved, destinations, stayers, stayed, level),
        summary={
            "arrivals": int(everybody) if known else None,
            "movers": int(moved.sum()),
            "out_rate": float(moved.sum() / everybody) if known else None,
            **_indices(balance, everybody if known else None),
        },
        notes=notes,
        method=FLOWS,
        params=provenance(
            fingerprint(frame.select(origin, destination, persons)),
            origin=origin,
            destination=destination,
            persons=persons,
            stayed=stayed,
            total=total,
            level=level,
            acknowledge_totals=acknowledge_totals,
        ),
        origins=_by_origin(moved, stayers, level),
        balance=balance,
        moved=moved,
        origin=origins,
        destination=destinations,
        diagonal_stays=stayed is None,
    )


def flows_from_spells(
    data: Data,
    origin: str,
    destination: str,
    *,
    event: str | None = None,
    staying: Sequence[str] = ("open", "censored", "stayed"),
    within: bool = False,
    count: str | None = None,
    level: float = 0.95,
) -> FlowsResult:
    """Count spells by where they began and where they led to, and describe the flows.

    Parameters
    ----------
    data : frame, DuckDB relation, Ibis table, mapping or path
        One row a spell (or a person, with the first spell), or a cell with their number in `count`.
    origin, destination : str
        Columns: the place of the spell, and the place moved to, empty where nobody moved.
    event : str, optional
        Column of how a spell ended. Without it only those whose destination is their origin are known to have stayed.
    staying : sequence of str
        The values of `event` that mean staying.
    within : bool, default False
        Say True where places are kinds of places, so that a move may lead from a kind to the same; needs `event`.
    count : str, optional
        Column with the number of spells of each row.
    level : float, default 0.95
        Two-sided level of the intervals.

    Returns
    -------
    FlowsResult
        As from `flows`; pairs that no spell has are flows of 0. With `within`, the destination of those who stayed is
        called "stayed". Spells that ended neither by staying nor with a destination are left out, and a note says how
        they ended.

    Raises
    ------
    Refused
        If `within` comes without `event`.
    BadInput
        If a spell that ended by staying leads elsewhere, or another leads to where it began (unless `within`).
    UnknownName
        If a column is not there.
    NotEnoughPeople
        If nobody moved.
    """
    if within and event is None:
        raise Refused(
            "Where a move may lead to a place of the same kind, origin = destination does not say who stayed. Give "
            "event=, the column of how each spell ended."
        )
    columns = {"origin": origin, "destination": destination, **({"event": event} if event else {})}
    counted = count_cells(data, list(columns.values()), count)
    moves, notes, stays = _named(counted, columns), counted.notes, None
    if event:
        _refuse_contradictions(moves, staying, within, counted.file, destination)
        began = count_cells(data, [origin, event], count)
        ways = _named(began, {"origin": origin, "event": event})
        moves = moves.filter(~pl.col("event").is_in(staying))
        stays, others = ways.filter(pl.col("event").is_in(staying)), ways.filter(~pl.col("event").is_in(staying))
        notes = (*began.notes, *_ended_otherwise(others, moves))
    label = "stayed" if within else None
    found = flows(_all_pairs(moves, stays, label), stayed=label, total="(no printed total)", level=level)
    return replace(
        found,
        # That a pair has no spell was counted, so a flow of 0 is nothing to note.
        notes=(*notes, *(note for note in found.notes if note.code != "absent-flows")),
        params=provenance(
            counted.data,
            origin=origin,
            destination=destination,
            event=event,
            staying=list(staying),
            within=within,
            count=count,
            level=level,
        ),
    )


def _named(cells: Cells, columns: Mapping[str, str]) -> pl.DataFrame:
    return cells.frame.select(PERSONS, **{name: pl.col(column).cast(pl.String) for name, column in columns.items()})


def _refuse_contradictions(
    moves: pl.DataFrame, staying: Sequence[str], within: bool, file: str | None, column: str
) -> None:
    back = pl.col("origin") == pl.col("destination")
    stays = pl.col("event").is_in(staying)
    for wrong, expected, todo in (
        (stays & ~back, "no destination, or the origin", "Mend the destination, or leave this end out of staying=."),
        (~stays & back & (not within), "another place", "Mend the move; where places are kinds, say within=True."),
    ):
        for one in moves.filter(wrong).head(1).to_dicts():
            found = f"{one['origin']} → {one['destination']} of a spell that ended as {one['event']!r}"
            raise BadInput(Problem(found, expected, todo, file, None, column))


def _ended_otherwise(others: pl.DataFrame, moves: pl.DataFrame) -> tuple[Note, ...]:
    """Note the spells that are neither stays nor moves."""
    moved = moves.select("event", (-pl.col(PERSONS)).alias(PERSONS))
    left = pl.concat([others.select("event", PERSONS), moved]).group_by("event").agg(pl.col(PERSONS).sum())
    named = [f"{way} ({persons})" for way, persons in left.filter(pl.col(PERSONS) > 0).sort("event").rows()]
    if not named:
        return ()
    text = f"Spells that ended without a destination are neither stays nor moves and are left out: {', '.join(named)}."
    return (Note("ended-otherwise", text, "warning"),)


def _all_pairs(moves: pl.DataFrame, stays: pl.DataFrame | None, label: str | None) -> pl.DataFrame:
    """List the pairs so that every place is an origin and a destination, by 0 persons if need be."""
    pairs = [moves.select("origin", "destination", PERSONS)]
    origins = moves["origin"] if stays is None else pl.concat([moves["origin"], stays["origin"]])
    places = pl.concat([origins, moves["destination"]]).unique().sort()
    # Where stays are not known, 0 persons from a place to itself would say that they are.
    reached = places if stays is not None else pl.concat([places[1:], places[:1]])
    pairs.append(pl.DataFrame({"origin": places, "destination": reached, PERSONS: [0] * places.len()}))
    if stays is not None:
        there = pl.col("origin") if label is None else pl.lit(label)
        pairs.append(stays.select("origin", there.alias("destination"), PERSONS))
    if stays is not None and label is not None:
        pairs.append(
            pl.DataFrame({"origin": places, "destination": [label] * places.len(), PERSONS: [0] * places.len()})
        )
    return pl.concat(pairs).group_by("origin", "destination").agg(pl.col(PERSONS).sum()).sort("origin", "destination")


_ONE_BY_ONE = Note(
    "independent-moves",
    "Chance is counted as if persons moved one by one; families move together, so it is larger than shown.",
    "warning",
)

Pairs = dict[tuple[str, str], int]


def _read(frame: pl.DataFrame, total: str, file: str | None) -> Pairs:
    problems: list[Problem] = []
    origins, destinations, persons = frame.get_columns()
    values = filled_numbers(persons, file, range(frame.height), "Write 0 if nobody went there.", problems)
    spelling = {total.casefold(): total}
    pairs: dict[tuple[str, str], int] = {}
    for k, pair in enumerate(zip(origins.cast(pl.String), destinations.cast(pl.String), strict=True)):
        if None in pair:
            problems.append(Problem("an empty place", "an origin and a destination", "Name it.", file, k + 2))
            continue
        i, j = (spelling.setdefault(place.casefold(), place) for place in pair)
        for place, first in zip(pair, (i, j), strict=True):
            if first not in (place, total):
                said = f"{place!r} beside {first!r}"
                problems.append(Problem(said, "one spelling of a place", "Use one of them.", file, k + 2))
        if (i, j) in pairs:
            said = f"{i} → {j} again (first on row {pairs[i, j] + 2})"
            problems.append(Problem(said, "each pair once", "Add the rows together.", file, k + 2))
        pairs.setdefault((i, j), k)
    if problems:
        raise BadInput(*problems)
    return {pair: int(values[k]) for pair, k in pairs.items()}


def _compare_totals(cells: Pairs, parts: Pairs, total: str, file: str | None, acknowledged: bool) -> tuple[Note, ...]:
    problems, notes = [], []
    for (i, j), printed in cells.items():
        if total not in (i, j):
            continue
        found = sum(count for (a, b), count in parts.items() if i in (a, total) and j in (b, total))
        if found != printed:
            said = f"{i} → {j}: the printed total {printed}, while its parts sum to {found}"
            todo = "Check it against the source; acknowledge_totals=True goes on with the parts."
            problems.append(Problem(said, "the sum of the parts", todo, file))
            notes.append(Note("total-differs", f"{said}. The parts are used; neither is repaired.", "warning"))
    if problems and not acknowledged:
        raise BadInput(*problems)
    return tuple(notes)


def goodman_interval(events: Array, level: float) -> tuple[Array, Array]:
    """Compute simultaneous intervals of the shares of a multinomial.

    Parameters
    ----------
    events : ndarray of float, shape (categories,)
        Counts with a sum above 0.
    level : float
        Probability that all intervals cover at once.

    Returns
    -------
    lower, upper : ndarray of float, shape (categories,)

    References
    ----------
    Goodman (1965), Technometrics 7, 247-254.
    """
    n = events.sum()
    A = float(special.chdtri(1, (1 - level) / events.size))
    root = np.sqrt(A * (A + 4 * events * (n - events) / n))
    lower, upper = (A + 2 * events - root) / (2 * (n + A)), (A + 2 * events + root) / (2 * (n + A))
    return np.where(events == 0, 0.0, lower), np.where(events == n, 1.0, upper)


def _shares(
    moved: Array, destinations: Sequence[str], stayers: dict[str, int | None], stayed: str | None, level: float
) -> pl.DataFrame:
    blocks = []
    for k, place in enumerate(stayers):
        can = [j for j, there in enumerate(destinations) if stayed is not None or there != place]
        there, counts, staying = [destinations[j] for j in can], moved[k, can], stayers[place]
        if staying is not None and staying + counts.sum() > 0:
            named = [stayed if stayed is not None else place, *there]
            blocks.append(_block(place, named, np.concatenate(([staying], counts)), "arrivals", level))
        if counts.sum() > 0:
            blocks.append(_block(place, there, counts, "movers", level))
    return pl.concat(blocks)


def _block(place: str, there: Sequence[str], events: Array, denominator: str, level: float) -> pl.DataFrame:
    n = np.full(events.size, events.sum())
    lower, upper = interval(events, n, "wilson", level)
    all_lower, all_upper = goodman_interval(events, level)
    return pl.DataFrame(
        {
            "unit": [f"{place} → {name} (of {denominator})" for name in there],
            "origin": [place] * events.size,
            "destination": list(there),
            "denominator": [denominator] * events.size,
            "n": whole(n),
            "events": whole(events),
            "rate": events / n,
            "lower": lower,
            "upper": upper,
            "simultaneous_lower": all_lower,
            "simultaneous_upper": all_upper,
            "level": np.full(events.size, level),
            "method": ["wilson; goodman"] * events.size,
        }
    )


def _by_origin(moved: Array, stayers: dict[str, int | None], level: float) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for k, (place, staying) in enumerate(stayers.items()):
        movers = float(moved[k].sum())
        row: dict[str, Any] = {"unit": place, "movers": int(movers), "level": level, "method": "wilson"}
        if staying is not None and staying + movers > 0:
            n = staying + movers
            lower, upper = interval([movers], [n], "wilson", level)
            row |= {"n": int(n), "rate": movers / n, "lower": float(lower[0]), "upper": float(upper[0])}
        if movers:
            share = moved[k] / movers
            # Adding 0 turns the -0.0 of a single destination into 0.
            row |= {"entropy": float(special.entr(share).sum()) + 0.0, "herfindahl": float(share @ share)}
        rows.append(row)
    return pl.DataFrame(rows, schema=_ORIGIN_COLUMNS)


_ORIGIN_COLUMNS = {
    "unit": pl.String,
    "n": pl.Int64,
    "movers": pl.Int64,
    "rate": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "level": pl.Float64,
    "entropy": pl.Float64,
    "herfindahl": pl.Float64,
    "method": pl.String,
}


def _balance(moved: Array, origins: Sequence[str], destinations: Sequence[str]) -> pl.DataFrame:
    square = moved[:, [destinations.index(place) for place in origins]]
    out = square.sum(axis=1) - np.diag(square)
    into = square.sum(axis=0) - np.diag(square)
    gross = out + into
    effectiveness = np.divide(into - out, gross, out=np.full(gross.size, np.nan), where=gross > 0)
    return pl.DataFrame(
        {
            "unit": list(origins),
            "out": whole(out),
            "into": whole(into),
            "net": whole(into - out),
            "gross": whole(gross),
            "effectiveness": effectiveness,
        }
    ).with_columns(pl.col("effectiveness").fill_nan(None))


def _indices(balance: pl.DataFrame | None, everybody: float | None) -> dict[str, float | None]:
    between = net = 0.0
    if balance is not None:
        between, net = float(balance["gross"].sum()) / 2, float(balance["net"].abs().sum()) / 2
    square = balance is not None
    return {
        "crude_migration_intensity": float(between / everybody) if square and everybody else None,
        "aggregate_net_migration_rate": float(net / everybody) if square and everybody else None,
        "migration_effectiveness_index": float(net / between) if between else None,
    }


def _fitted(moved: Array, free: NDArray[np.bool_], rounds: int = 5_000) -> Array:
    rows, columns = moved.sum(axis=1), moved.sum(axis=0)
    a = (rows > 0).astype(np.float64)
    for _ in range(rounds):
        b = _over(columns, free.T @ a)
        a = _over(rows, free @ b)
        expected = a[:, None] * free * b[None, :]
        if np.abs(expected.sum(axis=0) - columns).max() <= 1e-11 * columns.sum():
            return expected
    raise Refused(
        "The flows have so many zeros that sizes alone cannot be told apart (the fit has no end). Merge small places."
    )


def _over(margin: Array, reached: Array) -> Array:
    return np.divide(margin, reached, out=np.zeros_like(margin), where=margin > 0)


def _parameters(free: NDArray[np.bool_]) -> int:
    """Count the free parameters: a size each row and column in use, less one a connected part."""
    rows, columns = free.any(axis=1), free.any(axis=0)
    links = sparse.csr_array(free[np.ix_(rows, columns)])
    graph = sparse.block_array([[None, links], [links.T, None]])
    parts = sparse.csgraph.connected_components(graph, directed=False)[0]
    return int(rows.sum() + columns.sum() - parts)


def _leverage(expected: Array) -> Array:
    """Give the diagonal of the hat matrix of the Poisson log-linear model, cell by cell."""
    information = np.block([[np.diag(expected.sum(axis=1)), expected], [expected.T, np.diag(expected.sum(axis=0))]])
    variance = np.linalg.pinv(information, hermitian=True)
    rows = expected.shape[0]
    of_rows, of_columns = np.diag(variance)[:rows, None], np.diag(variance)[None, rows:]
    return np.asarray(expected * (of_rows + of_columns + 2 * variance[:rows, rows:]))


def _size_flag(residual: float, p_holm: float, alpha: float) -> str:
    if math.isnan(residual):
        return "undefined"
    if p_holm >= alpha:
        return "as size"
    return "more than size" if residual > 0 else "fewer than size"
