"""Questions that rooms put to a newcomer on the first of their own pages.

A room above this one says once, when its app is ready, where it keeps its questions::

    @asks.register
    def _moves(viewer: Viewer) -> Iterable[Ask]:
        for move in visible(viewer, Move).filter(answered=None):
            yield Ask(_("Må din nye kommune få din sag?"), reverse("moving:agree", args=[move.pk]))

`viewer` is the newcomer as the gate knows them: `viewer.person` is the number of their person, `viewer.user` is None.
The page that answers is a view behind `newcomer.pages.own`, at an address below ``/min/``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fodfaeste.web.accounts.viewer import Viewer


@dataclass(frozen=True)
class Ask:
    """A question to a newcomer.

    Attributes
    ----------
    words : str
        The question, in the language of the page.
    href : str
        The page on which it is answered.
    done : bool
        Whether it is answered; it is then shown as done, as long as the room gives it.
    """

    words: str
    href: str
    done: bool = False


Questions = Callable[[Viewer], Iterable[Ask]]

_ROOMS: list[Questions] = []


def register(questions: Questions) -> Questions:
    """Let a room put its questions on the first page."""
    if questions not in _ROOMS:
        _ROOMS.append(questions)
    return questions


def asks_of(viewer: Viewer) -> tuple[Ask, ...]:
    """Give all questions to a newcomer, the open ones first."""
    asked = [one for questions in _ROOMS for one in questions(viewer)]
    return tuple(sorted(asked, key=lambda one: one.done))
