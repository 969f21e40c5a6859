"""Addresses of a newcomer's own page on an agreement with a workplace, below ``/min/``."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.workplace.views import own

app_name = "own-agreement"
urlpatterns = [
    path("<int:pk>/", own.answer, name="answer"),
    path("<int:pk>/aftale.pdf", own.agreement_letter, name="letter"),
]
