"""Wishes: how many were asked, and which wish they get. Silence is shown, never counted as content."""

from __future__ import annotations

from fodfaeste.report.document import Block, Figure, Table, Text
from fodfaeste.report.place import charts
from fodfaeste.report.place.facts import WishesMet
from fodfaeste.report.place.shared import column
from fodfaeste.report.words import Words

RANKS = 5
"""Wishes with a row of their own; later ones share one."""


def point(met: WishesMet | None, w: Words) -> str:
    """Say how many said wishes, and how many of these are met."""
    if met is None or not met.said:
        return w("summary.no_wishes")
    told = {"said": met.said, "households": met.households, "first": met.first, "any": met.any}
    return w("summary.wishes", **{name: w.count(n) for name, n in told.items()})


def tell(met: WishesMet | None, w: Words) -> tuple[Block, ...]:
    """Show coverage, and which wish is met."""
    if met is None or not met.said:
        return (Text(w("wishes.none")),)
    intro = w(
        "wishes.intro",
        said=w.count(met.said),
        households=w.count(met.households),
        share=w.percent(met.said / met.households, 0),
        silent=w.count(met.households - met.said),
    )
    rows = _rows(met, w)
    heads = column("wish", w), column("households", w, "count"), column("share", w, "percent", 1)
    base = w("wishes.base", said=w.count(met.said))
    chart = charts.bars(
        [{"label": label, "value": share} for label, _, share in rows], x_title=w("wishes.axis"), percent=True
    )
    title = w("wishes.chart", first=w.percent(met.first / met.said, 0))
    return (
        Text(intro),
        Figure("wishes_met", title, chart, w("wishes.alt"), base),
        Table("wishes", w("wishes.table"), heads, rows, base),
    )


def _rows(met: WishesMet, w: Words) -> tuple[tuple[str, int, float], ...]:
    counted = [(w("wishes.rank", rank=rank), met.by_rank.get(rank, 0)) for rank in range(1, 1 + _ranks(met))]
    later = sum(n for rank, n in met.by_rank.items() if rank > RANKS)
    if later:
        counted.append((w("wishes.later", rank=RANKS + 1), later))
    counted += [(w("wishes.not_met"), met.not_named), (w("wishes.unplaced"), met.unplaced)]
    return tuple((label, n, n / met.said) for label, n in counted)


def _ranks(met: WishesMet) -> int:
    return min(RANKS, max(met.by_rank, default=1))
