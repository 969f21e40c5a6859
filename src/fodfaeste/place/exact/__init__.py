"""The exact solver: one integer programme with every option of a goal, solved by HiGHS to a proven bound."""

from fodfaeste.place.exact.solver import solve_exactly

__all__ = ["solve_exactly"]
