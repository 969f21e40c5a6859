"""What the report does not print, and the synthetic register has to have all the same: invented, and told in full.

Every number here is a choice. None is an estimate of anything, and all of them stand in the register's truth.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from fodfaeste.data.synthetic.days import Floats

NATIONALITIES: tuple[str, ...] = (
    "bosnia_herzegovina",
    "turkey",
    "somalia",
    "iraq",
    "yugoslavia",
    "afghanistan",
    "stateless",
    "other_countries",
)
"""As the report names them."""

CITIZENSHIPS: Mapping[str, str] = {
    "bosnia_herzegovina": "BIH",
    "turkey": "TUR",
    "somalia": "SOM",
    "iraq": "IRQ",
    "yugoslavia": "YUG",
    "afghanistan": "AFG",
    "stateless": "XXA",
}
"""Their ISO codes of the time; XXA is stateless."""

OTHER_CITIZENSHIPS: tuple[str, ...] = ("LKA", "IRN", "VNM", "PAK", "LBN", "THA", "RUS", "POL", "MAR", "CHN", "PHL")
OTHER_SHARES: tuple[float, ...] = (0.14, 0.15, 0.08, 0.10, 0.09, 0.12, 0.08, 0.09, 0.05, 0.05, 0.05)

SCHOOLING: tuple[str, ...] = ("none", "primary", "secondary", "tertiary", "unknown")
PERMITS: tuple[str, ...] = ("refugee", "family", "other")
REASONS: tuple[str, ...] = ("open", "emigrated", "died", "unknown")


@dataclass(frozen=True)
class Story:
    """The choices behind the register.

    Attributes
    ----------
    log_odds : mapping of str to float
        How much a person's log-odds of having moved go up with what the person is. A household decides together, by
        the mean of its members; later moves multiply the hazard by the exponential of the same figure. The counted
        groups of the arrivals of 1998 follow the report instead.
    level_sd : float
        Standard deviation over municipalities of the level that is left when the mix of people is accounted for, on
        the log-odds scale, where the report does not print the municipality.
    hazard_early, hazard_fade_months, hazard_late : float
        The hazard of a first move in month t goes as early * exp(-t / fade) + late.
    rule_factor : float
        Hazard of the arrivals since 1999 up to month 36, as a part of the free cohort's at the same duration.
    release_ratio : float
        The same in months 37 to 42; afterwards it is 1.
    missing_share : mapping of kind to share
        Dead, emigrated and of unknown address by 1 January 2001, of the arrivals 1995-98; the report prints 16 to 33 %.
    known_elsewhere : mapping of kind to persons
        Arrivals 1995-98 with known status in the 59 municipalities that the report does not cover.
    moved_elsewhere : mapping of kind to share
        Share of them that had moved by 1 January 2001.
    known_1999 : mapping of kind to persons
        Arrivals of 1999 with known status on 1 January 2001.
    moved_elsewhere_1999 : share of those in the other kinds that had moved.
    missing_share_1999 : dead, emigrated and of unknown address of the arrivals of 1999.
    later_a_year : arrivals a year in 2000 to 2004, spread over kinds as those of 1995-98 are.
    back, onward_before : shares of the stayed who had been away, and of the moved who had moved twice, by 2001.
    onward_a_month, onward_back : hazard of a further move, and the share of these that go back to the first place.
    emigrate_a_month, lose_a_month : hazards of leaving the country and of losing the address after 2001.
    children_1998 : share of children among the arrivals of 1998, which the report does not print.
    destinations : mapping of kind to shares
        Where movers from the other three kinds go, in the order of the kinds.
    nationality_shares : shares of arrivals other than those of 1998, in the order of `NATIONALITIES`.
    """

    log_odds: Mapping[str, float] = field(
        default_factory=lambda: {
            "woman": -0.3,
            "married": -0.6,
            "age_0_17": -0.5,
            "age_35+": -0.5,
            "tertiary": 0.3,
            "bosnia_herzegovina": -0.8,
            "turkey": -0.6,
            "somalia": 0.4,
            "iraq": 0.4,
            "yugoslavia": 0.3,
            "afghanistan": 0.4,
            "stateless": 0.3,
        }
    )
    level_sd: float = 0.45
    hazard_early: float = 1.0
    hazard_fade_months: float = 36.0
    hazard_late: float = 0.15
    rule_factor: float = 0.35
    release_ratio: float = 2.0
    missing_share: Mapping[str, float] = field(
        default_factory=lambda: {
            "rural": 0.21,
            "small_town": 0.18,
            "larger_town": 0.16,
            "big_city": 0.25,
            "capital_area": 0.33,
        }
    )
    known_elsewhere: Mapping[str, int] = field(
        default_factory=lambda: {"larger_town": 9000, "big_city": 5200, "capital_area": 6800}
    )
    moved_elsewhere: Mapping[str, float] = field(
        default_factory=lambda: {"larger_town": 0.07, "big_city": 0.06, "capital_area": 0.06}
    )
    known_1999: Mapping[str, int] = field(
        default_factory=lambda: {
            "rural": 1370,
            "small_town": 2030,
            "larger_town": 950,
            "big_city": 570,
            "capital_area": 680,
        }
    )
    moved_elsewhere_1999: float = 0.03
    missing_share_1999: float = 0.07
    later_a_year: int = 5000
    back: float = 0.04
    onward_before: float = 0.12
    onward_a_month: float = 0.004
    onward_back: float = 0.25
    emigrate_a_month: float = 0.002
    lose_a_month: float = 0.0004
    children_1998: float = 0.30
    destinations: Mapping[str, tuple[float, ...]] = field(
        default_factory=lambda: {
            "larger_town": (0.04, 0.16, 0.36, 0.24, 0.20),
            "big_city": (0.03, 0.10, 0.30, 0.22, 0.35),
            "capital_area": (0.02, 0.08, 0.15, 0.15, 0.60),
        }
    )
    nationality_shares: tuple[float, ...] = (0.24, 0.06, 0.11, 0.13, 0.06, 0.04, 0.03, 0.33)

    def told(self) -> dict[str, Any]:
        """Put it in the form of truth.json."""
        return asdict(self)


STORY = Story()

GRID = np.linspace(0.0, 480.0, 4801)


def cumulative_hazard(months: Floats) -> Floats:
    """Add up the baseline hazard of a first move until `months`."""
    early = STORY.hazard_early * STORY.hazard_fade_months * -np.expm1(-months / STORY.hazard_fade_months)
    return np.asarray(early + STORY.hazard_late * months)


def months_at(hazard: Floats) -> Floats:
    """Invert `cumulative_hazard` (by its values at every tenth of a month)."""
    return np.interp(hazard, cumulative_hazard(GRID), GRID)
