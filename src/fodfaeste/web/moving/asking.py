"""What a newcomer is asked on the first of their own pages: whether their file may go along."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.moving.domain.needed import agreement_of, signs_alone
from fodfaeste.web.moving.models import Move, Mover
from fodfaeste.web.moving.texts import say
from fodfaeste.web.newcomer import asks


@asks.register
def _moves(viewer: Viewer) -> Iterator[asks.Ask]:
    today, spoken = timezone.localdate(), (get_language() or "da").partition("-")[0]
    rows = visible(viewer, Mover).filter(move__state__in=Move.LIVE).select_related("move")
    for mover in rows.prefetch_related("agreements__consent"):
        if not signs_alone(mover, today):
            continue
        agreed = agreement_of(mover, today) is not None
        yield asks.Ask(say("title", spoken), reverse("own-move:agree", args=[mover.move_id]), done=agreed)
