"""What addresses with a number in them are walked with: one thing of the own municipality, and one of the other's.

A route says ``object = "person"`` in access_matrix.toml; here stands what that is. Add a function for a new thing::

    @walked_with("plan")
    def _plans(country: Country) -> Pair:
        own, their = made_plan(country.person), made_plan(country.their_person)
        return {"pk": own.pk}, {"pk": their.pk}
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .conftest import Country

Arguments = dict[str, Any]
"""Arguments of an address, by name."""

Pair = tuple[Arguments, Arguments]
"""Those of the own municipality's thing, and of the other's."""

OBJECTS: dict[str, Callable[[Country], Pair]] = {}


def walked_with(name: str) -> Callable[[Callable[[Country], Pair]], Callable[[Country], Pair]]:
    """Register what makes two things, once."""

    def register(make: Callable[[Country], Pair]) -> Callable[[Country], Pair]:
        assert name not in OBJECTS, f"{name} is walked with something already"
        OBJECTS[name] = make
        return make

    return register


@walked_with("person")
def _persons(country: Country) -> Pair:
    return {"pk": country.person.pk}, {"pk": country.their_person.pk}
