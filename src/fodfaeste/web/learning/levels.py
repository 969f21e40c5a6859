"""Levels of Danish: three tracks of six modules each (the act on Danish courses, no. 375 of 2003, as amended)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

MODULES = 6
"""Modules of a track. The sixth of the third track is studied for of one's own will; it is a module like the others."""


class Track(models.TextChoices):
    """The tracks, by how much schooling somebody has had."""

    DU1 = "du1", _("Danskuddannelse 1")
    DU2 = "du2", _("Danskuddannelse 2")
    DU3 = "du3", _("Danskuddannelse 3")


LEVELS = [(f"{track}-{module}", f"{track.upper()}.{module}") for track in Track.values for module in range(1, 7)]
"""Every level, as it is typed and as schools write it: DU2.3 is the third module of the second track."""


def level_name(track: str, module: int | None) -> str:
    """Name a level as schools write it; a track of which no module is known by itself; nothing where none is."""
    return f"{track.upper()}.{module}" if track and module else track.upper()


def next_module(module: int) -> int:
    """Give the module that follows one whose test is passed; the last is followed by itself."""
    return min(module + 1, MODULES)
