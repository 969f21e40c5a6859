"""Lets households in that came by a link of their own."""

from __future__ import annotations

from dataclasses import replace

from fodfaeste.web.accounts.viewer import NOBODY
from fodfaeste.web.newcomer.sessions import ByLink, Entrance
from fodfaeste.web.placement.door.domain.links import HOUSEHOLDS

HOUSEHOLDS_ENTRANCE = Entrance(HOUSEHOLDS, "fodfaeste-household", lambda arrival: replace(NOBODY, arrival=arrival))


class ArrivalMiddleware(ByLink):
    """Lets households in."""

    entrance = HOUSEHOLDS_ENTRANCE
