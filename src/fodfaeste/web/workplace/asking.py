"""What a newcomer is asked on the first of their own pages: whether an agreement with a workplace suits them."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.newcomer import asks
from fodfaeste.web.workplace.models import Agreement, Answer


@asks.register
def _agreements(viewer: Viewer) -> Iterator[asks.Ask]:
    answered = set(visible(viewer, Answer).filter(lifted=None).values_list("agreement", flat=True))
    for row in visible(viewer, Agreement):
        words = _("Vil du sige ja til aftalen med %(workplace)s?") % {"workplace": row.employer}
        yield asks.Ask(words, reverse("own-agreement:answer", args=[row.pk]), done=row.pk in answered)
