"""Addresses of handovers and stand-ins."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.handover.views import handovers, offers, office, stand_ins

app_name = "handover"
urlpatterns = [
    path("", handovers.front, name="front"),
    path("begynd/<int:office>/", handovers.begin, name="begin"),
    path("kontor/<int:office>/", office.office, name="office"),
    path("vikar/<int:office>/", stand_ins.arrange, name="stand_in"),
    path("vikariat/<int:pk>/slut/", stand_ins.end, name="end_stand_in"),
    path("tilbud/<int:pk>/", offers.offered, name="offered"),
    path("tilbud/<int:pk>/senere/", offers.later, name="offered_later"),
    path("<int:pk>/senere/", handovers.offer_later_cases, name="later"),
    path("<int:pk>/", handovers.packet, name="packet"),
    path("<int:pk>/sag/<int:person>/", handovers.line, name="line"),
    path("<int:pk>/kladde/<int:draft>/kasser/", handovers.discard, name="discard"),
    path("<int:pk>/tilbyd/", handovers.offer_cases, name="offer"),
    path("<int:pk>/fortryd/", handovers.cancel, name="cancel"),
    path("<int:pk>/resten/", office.rest, name="rest"),
    path("<int:pk>/kladder/", office.drafts, name="drafts"),
]
