"""Addresses of associations."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.community import views

app_name = "community"
urlpatterns = [path("", views.contacts, name="contacts")]
