"""The way in and out of a household's own pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from fodfaeste.web.newcomer.views.door import Doorway
from fodfaeste.web.placement.door.forms import HouseholdCodeForm
from fodfaeste.web.placement.door.pages import context
from fodfaeste.web.placement.door.sessions import HOUSEHOLDS_ENTRANCE

HOUSEHOLDS = Doorway(
    HOUSEHOLDS_ENTRANCE,
    namespace="household",
    folder="placement/door",
    form=HouseholdCodeForm,
    wrong=_("Koden er forkert, eller linket er lukket. Prøv igen, eller bed om et nyt link der, hvor I fik det."),
    context=context,
)
