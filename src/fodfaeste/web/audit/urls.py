"""Addresses of the logs."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
