"""What was made up: so that all of it, and nothing else, can be taken away again."""

from __future__ import annotations

from django.db import models

from fodfaeste.web.accounts.models import Organisation


class MadeUp(models.Model):
    """An organisation that belongs to the demonstration country, with everybody in it."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="made_up")
    seed = models.PositiveIntegerField()
    built = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.organisation)
