"""A small proposal to decide about: two places, four households, the last without a place."""

from __future__ import annotations

import numpy as np

from fodfaeste.place.plan import Certificate, Plan
from fodfaeste.place.problem import NOWHERE, Goal, Problem

WHY = {"reason_code": "housing", "text": "No flat of that size before May."}


def a_plan(place=(0, 0, 1, NOWHERE), **parts):
    problem = Problem(
        ("h1", "h2", "h3", "h4"),
        ("A", "B"),
        np.array([2, 2, 1, 3]),
        np.array([4, 4]),
        groups={"language": ("Dari", "Dari", "Tigrinya", "Arabic")},
        **parts,
    )
    place = np.array(place)
    reasons = tuple("no_room" if where == NOWHERE else "" for where in place)
    return Plan(problem, Goal(), place, reasons, a_certificate(problem))


def a_certificate(problem):
    prices = np.zeros((len(problem.places), len(problem.dimensions)))
    return Certificate(0.0, 0.0, 0.0, 0.0, prices, 0.0, 8, 5, 5, "prices", "optimal", "exact", 0.1, 1.0, 0)
