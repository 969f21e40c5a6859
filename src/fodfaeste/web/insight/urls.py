"""Addresses of insight."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.insight import views

app_name = "insight"

urlpatterns = [
    path("", views.monday, name="monday"),
    path("kommuner/", views.everybody, name="all"),
    path("billede/<int:pk>.svg", views.picture, name="picture"),
    path("<slug:slug>/saadan/", views.how, name="how"),
    path("<slug:slug>/listen/", views.behind, name="behind"),
]
