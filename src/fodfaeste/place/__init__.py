"""Who has the best chance to take root where: proposals with certificates, that a person decides on.

>>> problem = Problem(("h1", "h2"), ("A", "B"), sizes=[1, 3], capacity=[3, 3], outcomes={"work": [[.6, .5], [.9, .4]]})
>>> solve(problem).where()
{'h1': 'B', 'h2': 'A'}
"""

from fodfaeste.place.bounds import certified_bound
from fodfaeste.place.conflicts import Conflict, conflicts
from fodfaeste.place.plan import Certificate, Plan
from fodfaeste.place.problem import NOWHERE, Balance, Floor, Goal, Network, Problem, Wishes
from fodfaeste.place.scores import LowRank
from fodfaeste.place.solve import solve

__all__ = [
    "NOWHERE",
    "Balance",
    "Certificate",
    "Conflict",
    "Floor",
    "Goal",
    "LowRank",
    "Network",
    "Plan",
    "Problem",
    "Wishes",
    "certified_bound",
    "conflicts",
    "solve",
]
