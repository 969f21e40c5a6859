"""The curve of who moves when, beside all of the same kind: from counts in intervals, as far as they are published."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from fodfaeste import measure
from fodfaeste.web.insight.domain import drawing
from fodfaeste.web.insight.domain.drawing import Kind
from fodfaeste.web.insight.domain.grouped import TABLE, halved, moved_by_kind

KIND = "small_town"


def published(cells: dict[tuple[str | None, str | None], int | None], cohort: str = "all") -> Any:
    """Tables as they are printed, of which only that of first events is read."""
    rows = [(TABLE, cohort, KIND, months, event, count) for (months, event), count in cells.items()]
    names = ("table", "cohort", "kind", "months", "event", "count")
    schema = {**dict.fromkeys(names, pl.String), "count": pl.Int64}
    return SimpleNamespace(protection=SimpleNamespace(table=pl.DataFrame(rows, schema=schema, orient="row")))


WHOLE: dict[tuple[str | None, str | None], int | None] = {
    (None, None): 100,
    ("12", None): 30,
    ("12", "moved"): 10,
    ("12", "other"): 10,
    ("12", "censored"): 10,
    ("24", None): 30,
    ("24", "moved"): 9,
    ("24", "other"): 6,
    ("24", "censored"): 15,
    ("36", "censored"): 40,
}


def test_the_share_is_that_of_the_actuaries_life_table() -> None:
    """Of 100, 5 of 10 are not watched in the first year: 10 of 95 move, and of the 70 left 9 of 63 in the second."""
    rows = moved_by_kind(published(WHOLE))[KIND]
    first = 10 / 95
    assert [row["time"] for row in rows] == [12, 24, 36]
    assert rows[0]["rate"] == pytest.approx(first)
    assert rows[1]["rate"] == pytest.approx(first + (1 - 20 / 95) * 9 / 63, abs=1e-9)
    assert rows[2]["rate"] == rows[1]["rate"]
    assert all(row["lower"] < row["rate"] < row["upper"] for row in rows)


def test_a_curve_ends_before_what_is_hidden_and_few_deaths_hidden_do_not_end_it() -> None:
    few = {**WHOLE, ("12", "other"): None, ("12", "censored"): None}
    assert [row["time"] for row in moved_by_kind(published(few))[KIND]] == [12, 24, 36]
    assert [row["time"] for row in moved_by_kind(published({**WHOLE, ("24", "moved"): None}))[KIND]] == [12]
    assert moved_by_kind(published({**WHOLE, ("12", "moved"): None})) == {}
    assert moved_by_kind(published({**WHOLE, (None, None): None})) == {}


def test_where_nobody_has_moved_there_is_no_curve() -> None:
    assert moved_by_kind(published({(None, None): 40, ("12", "censored"): 40})) == {}


def test_months_that_are_only_known_as_intervals_tell_nearly_the_same() -> None:
    """Of people who move at a steady rate and are watched for a time by chance, exact months and intervals agree."""
    rng = np.random.Generator(np.random.PCG64(3))
    leave, watched = rng.exponential(80, 40_000), rng.uniform(1, 48, 40_000)
    months = np.ceil(np.minimum(leave, watched)).clip(1, 48).astype(int)
    event = np.where(leave <= watched, "moved", "censored")
    exact = measure.cif({"months": months, "event": event}, "months", "event", times=(12, 24, 36)).table
    known = {
        end: (int((within & (event == "moved")).sum()), 0, int((within & (event == "censored")).sum()))
        for start, end in ((0, 12), (12, 24), (24, 36), (36, 48))
        for within in [(months > start) & (months <= end)]
    }
    told = measure.cif(halved(known, 40_000), "months", "event", times=(12, 24, 36), count="persons").table
    assert np.abs(told["rate"].to_numpy() - exact["rate"].to_numpy()).max() < 0.006


def test_the_own_curve_is_told_beside_that_of_the_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []
    monkeypatch.setattr(drawing, "LANGUAGES", ("da",))
    monkeypatch.setattr(drawing, "svg", lambda figure, _lang: drawn.append(figure) or "<svg/>")
    moves = pl.DataFrame(
        {"unit": ["A"] * 3, "months": [6, 20, 30], "event": ["moved", "moved", "censored"], "persons": [2, 3, 20]}
    )
    tables: Any = SimpleNamespace(moves_by=lambda *_: moves)
    kind = Kind(KIND, moved_by_kind(published(WHOLE))[KIND])
    (picture,) = drawing.own(None, None, tables, "A", kind)  # type: ignore[arg-type]
    rows = {row["month"]: row for row in picture.rows}
    assert rows["6"]["kind_share"] == ""
    assert rows["12"]["kind_share"].startswith("11")
    assert rows["24"]["share"].startswith("20")
    assert "mod 22" in picture.title
    spec = drawn[0].chart.to_dict() if hasattr(drawn[0].chart, "to_dict") else drawn[0].chart
    assert "alle af samme slags" in str(spec)
    (alone,) = drawing.own(None, None, tables, "A", Kind(KIND))  # type: ignore[arg-type]
    assert "mod" not in alone.title
