"""The address of a newcomer's own page about their move, below ``/min/``."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.moving.views import own

app_name = "own-move"
urlpatterns = [path("<int:pk>/", own.agree, name="agree")]
