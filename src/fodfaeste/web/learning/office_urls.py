"""Addresses of the office's pages on schooling."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.learning.views import office

app_name = "schooling"
urlpatterns = [
    path("<int:pk>/", office.person, name="person"),
    path("<int:pk>/indskriv/", office.enrol_, name="enrol"),
    path("<int:pk>/<int:row>/", office.enrolment, name="enrolment"),
]
