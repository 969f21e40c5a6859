"""Addresses of persons."""

from django.urls import include, path

from fodfaeste.web.people.views import households, merges, parts, persons

app_name = "people"
urlpatterns = [
    path("", persons.persons, name="list"),
    path("", include("fodfaeste.web.people.exchange_urls")),
    path("ny/", persons.new, name="new"),
    path("<int:pk>/", persons.person, name="person"),
    path("<int:pk>/ret/", persons.edit, name="edit"),
    path("<int:pk>/cpr/", persons.show_cpr, name="cpr"),
    path("<int:pk>/laeg-sammen/", merges.merge, name="merge"),
    path("<int:pk>/laeg-sammen/<int:merge>/fortryd/", merges.undo, name="undo-merge"),
    path("<int:pk>/<slug:part>/ny/", parts.add, name="add"),
    path("<int:pk>/<slug:part>/<int:row>/", parts.edit, name="change"),
    path("husstande/<int:pk>/", households.household, name="household"),
    path("husstande/<int:pk>/navn/", households.rename, name="household-name"),
    path("husstande/<int:pk>/ventet/", households.expect, name="expect"),
    path("husstande/<int:pk>/ventet/<int:member>/", households.expected_day, name="expected-day"),
]
