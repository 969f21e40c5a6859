"""Addresses of a household's own pages."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.placement.door.views import own, wishes
from fodfaeste.web.placement.door.views.door import HOUSEHOLDS

app_name = "household"
urlpatterns = [
    path("", own.first, name="first"),
    path("oensker/", wishes.start, name="wishes"),
    path("oensker/send/", wishes.check, name="wishes-check"),
    path("oensker/ingen/", wishes.none, name="wishes-none"),
    path("oensker/<str:key>/", wishes.page, name="wish"),
    path("hvorfor/", own.why, name="why"),
    path("log/", own.log, name="log"),
    *HOUSEHOLDS.addresses(),
]
