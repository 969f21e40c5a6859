"""What persons answer to their appointments on their own pages."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.programme.models import FollowUp, Reply


@transaction.atomic
def reply(
    follow_up: FollowUp, *, viewer: Viewer, link: int, coming: str, interpreter: bool, words: str, language: str
) -> Reply:
    """Answer an appointment; an answer before it is replaced.

    Parameters
    ----------
    viewer : Viewer
        The person whose appointment it is, as the gate knows them.
    link : int
        The number of the link that they came by.
    coming : {"yes", "no"}
    words : str
        What they add, in their own language: `language`.

    Raises
    ------
    Refused
        If it is not theirs, or has been held or is past.
    """
    own = visible(viewer, FollowUp).filter(pk=follow_up.pk, programme__person=viewer.person)
    if viewer.person is None or not own.filter(due__gte=timezone.localdate()).exists():
        raise Refused(_("Aftalen er forbi, eller den er ikke din."))
    answer, _made = Reply.objects.update_or_create(
        follow_up=follow_up,
        defaults={
            "coming": coming,
            "interpreter": interpreter,
            "words": words.strip(),
            "language": language,
            "own_link": link,
            "at": timezone.now(),
        },
    )
    return answer
