"""What truth.json tells: the choices behind a register, and what of the report it meets."""

from __future__ import annotations

from typing import Any

from fodfaeste.data.synthetic.later import LAST_BOUND_MONTH, RELEASE_MONTHS, RULE_MONTHS, FreeHazards
from fodfaeste.data.synthetic.places import Counts, places
from fodfaeste.data.synthetic.story import STORY

EXACT: tuple[str, ...] = (
    "moves_matrix: persons by kind and destination",
    "retention_1995_98: arrived and moved of 60 municipalities",
    "retention_totals: arrived and moved by kind",
    "moves_by_nationality: arrived and moved by kind, arrivals of 1998",
    "employment_2000: employed, unemployed and outside of 216 municipalities",
)
ROUNDED: tuple[str, ...] = (
    "moves_by_group: share moved by sex, civil status and age, arrivals of 1998",
    "mover_employment_status: share moved by work, arrivals 1995-98 of working age, on 1 January 1999",
)
ROUNDED_UNDER_RULE = "move_rate_before_after_1999: share moved of the arrivals of 1999"


def truth(counts: Counts, hazards: FreeHazards, release: bool) -> dict[str, Any]:
    """Tell it all, ready for JSON."""
    there = places()
    printed = there.arrived > 0
    return {
        "release": {
            "rule": release,
            "months": [RULE_MONTHS + 1, RELEASE_MONTHS],
            "ratio": STORY.release_ratio if release else 1.0,
            "factor_until_36": STORY.rule_factor if release else 1.0,
            "meaning": "first moves per person at risk of the arrivals since 1999, over those of the arrivals 1995-98 "
            "in the same month after arrival, all kinds together; inside a kind it is lower, because under the rule "
            "more people of the kinds with many moves are still there",
        },
        "free_hazard_by_month": [round(float(value), 6) for value in hazards.move[:LAST_BOUND_MONTH]],
        "story": STORY.told(),
        "municipalities": [
            {"code": str(code), "name": name, "log_odds_moved": round(float(level), 4), "from": source}
            for code, name, level, source in zip(
                there.code, there.name, counts.level, ["report" if one else "drawn" for one in printed], strict=True
            )
        ],
        "exact": list(EXACT),
        "rounded": [*ROUNDED, ROUNDED_UNDER_RULE] if release else list(ROUNDED),
    }
