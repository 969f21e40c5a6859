"""Addresses of newcomers' own pages."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.newcomer.views import own
from fodfaeste.web.newcomer.views.door import NEWCOMERS

app_name = "newcomer"
urlpatterns = [
    path("", own.first, name="first"),
    path("aftale/<int:pk>/", own.answer, name="answer"),
    path("plan/", own.plan, name="plan"),
    path("plan/godkend/", own.approve, name="approve"),
    path("log/", own.log, name="log"),
    *NEWCOMERS.addresses(),
]
