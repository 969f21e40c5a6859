"""What counts, how sure, compared with whom: arrays or frames in, frozen results out; no file written, no clock.

Every result says from how many people, by which method, and how sure; `docs/reference/measure.md` lists them.
"""

from fodfaeste.measure.association import gamma, gamma_from_published, gamma_matrix
from fodfaeste.measure.bounds import bounds
from fodfaeste.measure.composition import kitagawa
from fodfaeste.measure.disclosure import audit, protect, rate_table, round_counts
from fodfaeste.measure.flows import flows
from fodfaeste.measure.funnel import funnel
from fodfaeste.measure.intervals import poisson_interval, proportion, standardised_ratio, two_proportions
from fodfaeste.measure.power import events_needed, n_funnel, n_halfwidth, n_two_proportions, power_funnel, years_to_pool
from fodfaeste.measure.printed import check_printed
from fodfaeste.measure.rank import rank, rank_sets
from fodfaeste.measure.result import Method, Note, Result
from fodfaeste.measure.shrink import shrink
from fodfaeste.measure.stability import stability
from fodfaeste.measure.survey import grim, survey_table

__all__ = [
    "Method",
    "Note",
    "Result",
    "audit",
    "bounds",
    "check_printed",
    "events_needed",
    "flows",
    "funnel",
    "gamma",
    "gamma_from_published",
    "gamma_matrix",
    "grim",
    "kitagawa",
    "n_funnel",
    "n_halfwidth",
    "n_two_proportions",
    "poisson_interval",
    "power_funnel",
    "proportion",
    "protect",
    "rank",
    "rank_sets",
    "rate_table",
    "round_counts",
    "shrink",
    "stability",
    "standardised_ratio",
    "survey_table",
    "two_proportions",
    "years_to_pool",
]
