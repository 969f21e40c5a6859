"""Addresses of an office's own administration."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
