"""Addresses of an office's tokens."""

from django.urls import path

from fodfaeste.web.api import pages

app_name = "tokens"
urlpatterns = [
    path("<int:office>/adgangsnoegler/", pages.tokens, name="list"),
    path("<int:office>/adgangsnoegler/<int:pk>/traek-tilbage/", pages.withdraw, name="withdraw"),
]
