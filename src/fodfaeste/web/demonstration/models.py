"""What was made up: so that all of it, and nothing else, can be taken away again."""

from __future__ import annotations

from django.db import models

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.people.models import Person


class MadeUp(models.Model):
    """An organisation that belongs to the demonstration country, with everybody in it."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="made_up")
    seed = models.PositiveIntegerField()
    built = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.organisation)


class MadeUpPerson(models.Model):
    """A person whom an office made up to try things with while it was set up."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="made_up")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="made_up_persons")

    def __str__(self) -> str:
        return str(self.person)
