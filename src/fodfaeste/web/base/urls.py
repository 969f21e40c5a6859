"""Addresses that belong to no room."""

from django.urls import path
from django.views.i18n import set_language

from fodfaeste.web.base import views

urlpatterns = [
    path("", views.front, name="front"),
    path("was/", views.was, name="was"),
    path("hjaelp/", views.help_page, name="help"),
    path("sundhed/", views.health, name="health"),
    path("sprog/", set_language, name="set_language"),
]
