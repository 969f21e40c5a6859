"""Addresses of persons."""

from django.urls import path

from fodfaeste.web.people import views

app_name = "people"
urlpatterns = [
    path("", views.persons, name="list"),
    path("<int:pk>/", views.person, name="person"),
]
