"""Who may see lists that are read in: whoever works with persons in the municipality that got them."""

from __future__ import annotations

from django.db.models import Q

from fodfaeste.web.accounts.gate import scoped
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.people.importing.models import ImportedList, ImportedRow, ImportedThing


@scoped(ImportedList)
def _lists(viewer: Viewer) -> Q | None:
    return Q(organisation__in=viewer.casework) if viewer.casework else None


def _of_a_list(viewer: Viewer) -> Q | None:
    return Q(imported__organisation__in=viewer.casework) if viewer.casework else None


scoped(ImportedRow)(_of_a_list)
scoped(ImportedThing)(_of_a_list)
