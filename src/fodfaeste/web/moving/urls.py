"""Addresses of moves."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.moving.views import closed, moves

app_name = "moving"
urlpatterns = [
    path("flytning/", moves.moves, name="list"),
    path("flytning/ny/<int:pk>/", moves.new, name="new"),
    path("flytning/<int:pk>/", moves.move, name="move"),
    path("flytning/<int:pk>/ret/", moves.edit, name="edit"),
    path("flytning/<int:pk>/samtykke/", moves.agree, name="agree"),
    path("flytning/<int:pk>/send/", moves.send, name="send"),
    path("flytning/<int:pk>/modtag/", moves.take, name="accept"),
    path("flytning/<int:pk>/retur/", moves.give_back, name="return"),
    path("flytning/<int:pk>/traek/", moves.take_back, name="withdraw"),
    path("flytning/<int:pk>/aflever/", moves.hand, name="hand"),
    path("flytning/<int:pk>/sag.zip", moves.file, name="file"),
    path("afsluttede-sager/", closed.closed_cases, name="closed"),
    path("afsluttede-sager/<int:pk>/", closed.closed_case, name="closed-case"),
    path("afsluttede-sager/<int:pk>/genaabn/", closed.open_again, name="reopen"),
]
