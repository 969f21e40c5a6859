"""Addresses of the office's page on access to newcomers' own pages."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.newcomer.views import office

app_name = "access"
urlpatterns = [
    path("<int:pk>/", office.access, name="person"),
    path("<int:pk>/luk/<int:link>/", office.withdraw, name="withdraw"),
]
