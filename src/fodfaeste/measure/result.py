"""What every measure answers with: a table, a summary, notes, and how it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from fodfaeste import __version__
from fodfaeste.errors import Refused
from fodfaeste.tables import fingerprint

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True)
class Note:
    """A limit of the result that its reader has to know; `code` is stable, `text` is for people."""

    code: str
    text: str
    severity: Literal["info", "warning"] = "info"


@dataclass(frozen=True)
class Method:
    """The name of a method and where it is published."""

    name: str
    reference: str


@dataclass(frozen=True, eq=False)
class Result:
    """The answer of a measure.

    Attributes
    ----------
    table : polars.DataFrame
        One row a unit (and level, where several were asked for); columns named as in the reference.
    summary : dict
        The figures that belong above the table.
    notes : tuple of Note
        Limits, warnings, and rows left out with the reason.
    method : Method
        What was computed and where it is published.
    params : dict
        Every argument that decided the result; with `version` and the `data` fingerprint.
    """

    table: pl.DataFrame
    summary: Mapping[str, Any]
    notes: tuple[Note, ...]
    method: Method
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "table": self.table.to_dicts(),
            "summary": _plain(self.summary),
            "notes": [vars(note) for note in self.notes],
            "method": vars(self.method),
            "params": _plain(self.params),
        }

    def to_json(self) -> str:
        """Return everything as JSON; what is unknown is null."""
        return json.dumps(_plain(self.to_dict()), ensure_ascii=False, default=str)

    def to_csv(self, path: str | Path) -> None:
        """Write the table as CSV (UTF-8, decimal point)."""
        self.table.write_csv(path)

    def plot(self) -> alt.LayerChart | alt.FacetChart:
        """Draw each unit's rate with its interval.

        Raises
        ------
        Refused
            If the table has no intervals: a rate is not drawn without one.
        """
        if not {"unit", "rate", "lower", "upper"} <= set(self.table.columns):
            raise Refused(f"{self.method.name} gives no interval for each unit, so there is nothing honest to draw.")
        import altair as alt

        # A frame of one level: two intervals on one line would read as one.
        frame = self.table
        if "level" in frame.columns:
            frame = frame.filter(pl.col("level") == pl.col("level").min())
        # The interval of a shrunken table is that of the shrunken rate, so the dot has to be as well.
        rate = "shrunk" if "shrunk" in frame.columns else "rate"
        shown = [name for name in ("unit", rate, "n") if name in frame.columns]
        base = alt.Chart(frame).encode(y=alt.Y("unit:N", sort=None, title=None))
        interval = base.mark_rule().encode(x=alt.X("lower:Q", title=rate), x2="upper:Q")
        return alt.layer(interval, base.mark_point(filled=True).encode(x=f"{rate}:Q", tooltip=shown))

    def _repr_html_(self) -> str:
        notes = "".join(f"<li><b>{note.code}</b> {note.text}</li>" for note in self.notes)
        return f"<p>{self.method.name} ({self.method.reference})</p>{self.table._repr_html_()}<ul>{notes}</ul>"


def provenance(data: pl.DataFrame | str, /, **params: Any) -> dict[str, Any]:
    """Collect the arguments of a call with the version and the fingerprint of the data (a frame, or taken already)."""
    return {**params, "version": __version__, "data": data if isinstance(data, str) else fingerprint(data)}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, pl.DataFrame):
        return _plain(value.to_dicts())
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value
