"""What counts, how sure, compared with whom: arrays or frames in, frozen results out; no file written, no clock.

Every result says from how many people, by which method, and how sure; `docs/reference/measure.md` lists them.
"""

from fodfaeste.measure.association import gamma, gamma_from_published, gamma_matrix
from fodfaeste.measure.bounds import bounds
from fodfaeste.measure.casemix import casemix
from fodfaeste.measure.cells import count_cells
from fodfaeste.measure.composition import kitagawa
from fodfaeste.measure.disclosure import audit, protect, rate_table, round_counts
from fodfaeste.measure.flows import flows, flows_from_spells
from fodfaeste.measure.funnel import funnel
from fodfaeste.measure.group_tests import gray_test, logrank_test
from fodfaeste.measure.hazards import cox_cause, finegray
from fodfaeste.measure.incidence import cif
from fodfaeste.measure.intervals import poisson_interval, proportion, standardised_ratio, two_proportions
from fodfaeste.measure.nopo import nopo
from fodfaeste.measure.oaxaca import oaxaca
from fodfaeste.measure.power import events_needed, n_funnel, n_halfwidth, n_two_proportions, power_funnel, years_to_pool
from fodfaeste.measure.printed import check_printed
from fodfaeste.measure.rank import rank, rank_sets
from fodfaeste.measure.rates import rates
from fodfaeste.measure.regression import regress
from fodfaeste.measure.release import release_test
from fodfaeste.measure.result import Method, Note, Result
from fodfaeste.measure.shrink import shrink
from fodfaeste.measure.stability import stability
from fodfaeste.measure.standardise import standardise
from fodfaeste.measure.stepwise import stepwise_audit
from fodfaeste.measure.survey import grim, survey_table
from fodfaeste.measure.years import compare_years

__all__ = [
    "Method",
    "Note",
    "Result",
    "audit",
    "bounds",
    "casemix",
    "check_printed",
    "cif",
    "compare_years",
    "count_cells",
    "cox_cause",
    "events_needed",
    "finegray",
    "flows",
    "flows_from_spells",
    "funnel",
    "gamma",
    "gamma_from_published",
    "gamma_matrix",
    "gray_test",
    "grim",
    "kitagawa",
    "logrank_test",
    "n_funnel",
    "n_halfwidth",
    "n_two_proportions",
    "nopo",
    "oaxaca",
    "poisson_interval",
    "power_funnel",
    "proportion",
    "protect",
    "rank",
    "rank_sets",
    "rate_table",
    "rates",
    "regress",
    "release_test",
    "round_counts",
    "shrink",
    "stability",
    "standardise",
    "standardised_ratio",
    "stepwise_audit",
    "survey_table",
    "two_proportions",
    "years_to_pool",
]
