"""Addresses of the logs."""

from django.urls import path

from fodfaeste.web.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.search, name="search"),
    path("uden-relation/", views.without_relation, name="without-relation"),
    path("grund/<int:pk>/", views.reason, name="reason"),
    path("person/<int:pk>/", views.person, name="person"),
    path("person/<int:pk>/aendringer/", views.changes, name="changes"),
    path("person/<int:pk>/egen/", views.own, name="own"),
    path("stikproever/", views.sample_list, name="samples"),
    path("stikproever/traek/", views.draw, name="draw"),
    path("stikproever/<int:pk>/", views.sample, name="sample"),
]
