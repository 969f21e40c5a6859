"""Addresses of moves."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.moving.views import closed, moves

app_name = "moving"
urlpatterns = [
    path("", moves.moves, name="list"),
    path("ny/<int:pk>/", moves.new, name="new"),
    path("<int:pk>/", moves.move, name="move"),
    path("<int:pk>/ret/", moves.edit, name="edit"),
    path("<int:pk>/samtykke/", moves.agree, name="agree"),
    path("<int:pk>/send/", moves.send, name="send"),
    path("<int:pk>/modtag/", moves.take, name="accept"),
    path("<int:pk>/retur/", moves.give_back, name="return"),
    path("<int:pk>/traek/", moves.take_back, name="withdraw"),
    path("<int:pk>/aflever/", moves.hand, name="hand"),
    path("<int:pk>/sag.zip", moves.file, name="file"),
    path("afsluttede/", closed.closed_cases, name="closed"),
    path("afsluttede/<int:pk>/", closed.closed_case, name="closed-case"),
    path("afsluttede/<int:pk>/genaabn/", closed.open_again, name="reopen"),
]
