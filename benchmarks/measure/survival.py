"""Cumulative incidence and Fine and Gray's regression, beside R and Python."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from benchmarks.people import CAUSES, MUNICIPALITIES, PERSON, people, rows_for_r
from benchmarks.r import in_r
from benchmarks.timing import Absent, Peer, Task, Timing, alone
from fodfaeste.measure import cif, finegray, rates

ROWS, FEWER = 1_000_000, 100_000
CRR = (2_500, 5_000, 10_000)
PERIODS = (0, 6, 12, 24, 36, 48, 60)


# Cumulative incidence


def by_municipality() -> Task:
    rows = rows_for_r(ROWS, ("municipality", "months", "event"))
    return Task(
        f"cumulative incidence with variance, {MUNICIPALITIES} municipalities and all, 3 causes, {ROWS:,} rows",
        alone("cif", cif_by_municipality, people(ROWS), says="Parquet read; with limits and notes"),
        (in_r("survival::survfit", "incidence.R", rows, "survfit", "municipality", says="rows handed over"),),
        target=0.3,
    )


def cif_by_municipality(path: str) -> object:
    return cif(path, "months", "event", by="municipality")


def of_all() -> Task:
    rows, path = rows_for_r(ROWS, ("municipality", "months", "event")), people(ROWS)
    one_cause = "Parquet read; one cause, ties broken by lot"
    return Task(
        f"cumulative incidence with variance of all together, 3 causes, {ROWS:,} rows",
        alone("cif", cif_of_all, path, says="Parquet read; with limits and notes"),
        (
            in_r("survival::survfit", "incidence.R", rows, "survfit", says="rows handed over"),
            in_r("cmprsk::cuminc", "incidence.R", rows, "cuminc", says="rows handed over; no limits"),
            alone("statsmodels CumIncidenceRight", statsmodels_incidence, path, says="Parquet read; no limits"),
            alone("lifelines, without variance", lifelines_curve, path, says=one_cause, needs="lifelines"),
            alone("lifelines, with variance", lifelines_variance, path, says=one_cause, needs="lifelines"),
        ),
    )


def cif_of_all(path: str) -> object:
    return cif(path, "months", "event")


def statsmodels_incidence(path: str) -> object:
    from statsmodels.duration.survfunc import CumIncidenceRight

    months, event = coded(path)
    return CumIncidenceRight(months, event)


def lifelines_curve(path: str) -> object:
    return lifelines_incidence(path, variance=False)


def lifelines_variance(path: str) -> object:
    return lifelines_incidence(path, variance=True)


def lifelines_incidence(path: str, *, variance: bool) -> object:
    from lifelines import AalenJohansenFitter

    months, event = coded(path)
    return AalenJohansenFitter(calculate_variance=variance).fit(months, event, event_of_interest=1)


def coded(path: str) -> tuple[pd.Series, pd.Series]:
    """Read months, and events as numbers: 0 for censored."""
    frame = pd.read_parquet(path, columns=["months", "event"])
    numbers = {"censored": 0, **{cause: code for code, cause in enumerate(CAUSES, 1)}}
    return frame["months"], frame["event"].map(numbers)


# Rates


def of_periods() -> Task:
    path = people(ROWS)
    return Task(
        f"moves over person-months by municipality, cohort and {len(PERIODS) - 1} periods, {ROWS:,} rows",
        alone("rates", our_rates, path, says="Parquet read; exact limits"),
        (alone("pandas groupby", pandas_rates, path, says="Parquet read; no limits"),),
    )


def our_rates(path: str) -> object:
    return rates(path, "months", "event", breaks=PERIODS, by=["municipality", "cohort"])


def pandas_rates(path: str) -> object:
    frame = pd.read_parquet(path, columns=["municipality", "cohort", "months", "event"])
    columns = {}
    for start, end in pairwise(PERIODS):
        months = frame["months"]
        columns[f"events_{end}"] = (frame["event"] == "moved") & (months > start) & (months <= end)
        columns[f"months_{end}"] = np.clip(months, start, end) - start
    groups = [frame["municipality"], frame["cohort"]]
    return pd.DataFrame(columns).groupby(groups).sum()


# Fine and Gray


def fine_gray() -> Task:
    return Task(
        f"Fine-Gray regression, {ROWS:,} rows, 12 coefficients",
        alone("finegray", our_finegray, people(ROWS), says="Parquet read; baseline, tests of proportionality, notes"),
        (crr(ROWS),),
        target=0.3,
    )


def fine_gray_fewer() -> Task:
    rows = rows_for_r(FEWER, ("months", "event", *PERSON))
    says = "rows handed over; weights taken as known"
    return Task(
        f"Fine-Gray regression, {FEWER:,} rows, 12 coefficients",
        alone("finegray", our_finegray, people(FEWER), says="Parquet read; baseline, tests of proportionality, notes"),
        (in_r("survival::finegray + coxph", "finegray.R", rows, "coxph", FEWER, says=says), crr(FEWER)),
    )


def our_finegray(path: str) -> object:
    return finegray(path, "months", "event", list(PERSON))


def crr(rows: int) -> Peer:
    """Time cmprsk::crr on few rows, and say what follows for many: every event is weighed against every row."""
    who = "cmprsk::crr"
    file = rows_for_r(FEWER, ("months", "event", *PERSON))
    found = [in_r(who, "finegray.R", file, "crr", few) for few in CRR]
    done = [one for one in found if isinstance(one, Timing) and not one.stopped]
    if len(done) < len(CRR):
        return next(one for one in found if isinstance(one, Absent) or one.stopped)
    times = (rows / CRR[-1]) ** 2
    taken = ", ".join(f"{one.cpu:.2g}" for one in done)
    says = f"EXTRAPOLATED by the square of the rows: CPU s {taken} for {', '.join(f'{few:,}' for few in CRR)} rows"
    return replace(done[-1], seconds=done[-1].seconds * times, cpu=done[-1].cpu * times, says=says, mib=None)
