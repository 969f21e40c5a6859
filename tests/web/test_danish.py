"""Danish order: z, æ, ø, å, and aa as å."""

from __future__ import annotations

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.base.danish import compare, sort_key
from fodfaeste.web.people.models import Person

from .conftest import Country, made_person

RIGHT = ["Andersen", "Émile", "Zahra", "Æbelø", "Ærø", "Øster", "Aabenraa", "Århus"]
WRONG = ["Århus", "Zahra", "Aabenraa", "Ærø", "Émile", "Øster", "Andersen", "Æbelø"]


def test_the_letters_at_the_end() -> None:
    assert sorted(WRONG, key=sort_key) == RIGHT
    assert compare("Aalborg", "Ærø") > 0
    assert compare("ærø", "Ærø") != 0
    assert compare("Ærø", "Ærø") == 0


def test_lists_of_persons_are_in_that_order(country: Country) -> None:
    Person.objects.update(family_name="")
    for number, name in enumerate(reversed(RIGHT)):
        made_person(f"N{number}", country.users[Role.WORKER], country.own, family_name=name)
    found = Person.objects.exclude(family_name="").values_list("family_name", flat=True)
    assert list(found) == RIGHT
