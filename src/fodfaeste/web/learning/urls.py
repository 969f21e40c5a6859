"""Addresses of language schools."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.learning.views import school

app_name = "learning"
urlpatterns = [
    path("", school.learners, name="learners"),
    path("fremmoede/", school.day, name="day"),
    path("<int:pk>/", school.learner, name="learner"),
    path("<int:pk>/fortryd/<int:step>/", school.take_back, name="take_back"),
]
