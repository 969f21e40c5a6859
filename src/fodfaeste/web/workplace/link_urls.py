"""Addresses that the link of a workplace leads to."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.workplace.views import linked

app_name = "by-link"
urlpatterns = [
    path("<str:token>/", linked.agreement, name="agreement"),
    path("<str:token>/aftale.pdf", linked.agreement_letter, name="letter"),
]
