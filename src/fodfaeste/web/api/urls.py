"""The interface under its version."""

from django.urls import path

from fodfaeste.web.api.views import api

urlpatterns = [path("", api.urls)]
