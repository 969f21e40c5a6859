"""Two computations of quotas beside each other: who gets more, who fewer, and by how many."""

from __future__ import annotations

from dataclasses import dataclass

from fodfaeste.errors import BadInput, Problem
from fodfaeste.place.quota.compute import Quotas


@dataclass(frozen=True)
class Difference:
    """What becomes of a municipality's quota.

    Attributes
    ----------
    municipality, code, region : str
    before, after : int
        Persons.
    why_before, why_after : str
        As in `Quotas.table`.
    """

    municipality: str
    code: str
    region: str
    before: int
    after: int
    why_before: str
    why_after: str

    @property
    def more(self) -> int:
        """How many persons more; fewer are negative."""
        return self.after - self.before


def differences(before: Quotas, after: Quotas) -> tuple[Difference, ...]:
    """Set two computations of the same municipalities side by side, in the order of the first.

    Raises
    ------
    BadInput
        If they are of different municipalities.
    """
    others = {row["code"]: row for row in after.table.iter_rows(named=True)}
    here = set(before.table["code"])
    if here != set(others):
        odd = ", ".join(sorted(here ^ set(others)))
        raise BadInput(Problem(odd, "the same municipalities in both", "Compute both from the same list."))
    return tuple(
        Difference(
            row["municipality"],
            row["code"],
            row["region"],
            row["quota"],
            others[row["code"]]["quota"],
            row["why"],
            others[row["code"]]["why"],
        )
        for row in before.table.iter_rows(named=True)
    )
