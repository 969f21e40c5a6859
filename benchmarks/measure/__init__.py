"""What `fodfaeste.measure` does, and what else does it or something near it, one module a topic.

Calls are timed when warm: compiled code is in the cache, libraries are loaded. What reads a million rows runs in a
process of its own, so that its memory is known; made-up data are the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.measure import (
    association,
    casemix,
    cells,
    intervals,
    ranks,
    register,
    release,
    report2002,
    shrinkage,
    survival,
)
from benchmarks.timing import Task

TASKS: Mapping[str, Callable[[], Task]] = {
    "gamma-cells": association.gamma_of_cells,
    "gamma-pairs": association.gamma_of_pairs,
    "gamma-few": association.gamma_of_few_pairs,
    "cells": cells.counted,
    "cif-municipalities": survival.by_municipality,
    "cif-all": survival.of_all,
    "rates": survival.of_periods,
    "fine-gray": survival.fine_gray,
    "fine-gray-fewer": survival.fine_gray_fewer,
    "case-mix": casemix.case_mix,
    "case-mix-model": casemix.model_alone,
    "release": release.of_persons,
    "release-municipalities": release.of_municipalities,
    "wilson": intervals.wilson,
    "clopper-pearson": intervals.clopper_pearson,
    "proportion": intervals.table_of_rates,
    "beta-binomial": shrinkage.beta_binomial,
    "ranks-216": ranks.ranks_of_216,
    "ranks-275": ranks.ranks_of_275,
    "rank-sets": ranks.fisher_of_all_pairs,
    "protect": report2002.suppression,
    "register": register.whole,
    "report": report2002.report_again,
    "report-first": report2002.report_first,
}
