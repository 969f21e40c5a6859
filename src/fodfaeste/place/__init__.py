"""Who has the best chance to take root where: proposals with certificates, that a person decides on."""

from fodfaeste.place.plan import Certificate, Plan
from fodfaeste.place.problem import NOWHERE, Balance, Floor, Goal, Network, Problem, Wishes
from fodfaeste.place.scores import LowRank
from fodfaeste.place.solve import solve

__all__ = [
    "NOWHERE",
    "Balance",
    "Certificate",
    "Floor",
    "Goal",
    "LowRank",
    "Network",
    "Plan",
    "Problem",
    "Wishes",
    "solve",
]
