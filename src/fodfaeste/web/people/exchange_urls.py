"""Addresses of lists that come in, and of the register that goes out."""

from django.urls import path

from fodfaeste.web.people import register_views
from fodfaeste.web.people.importing import views

urlpatterns = [
    path("import/", views.lists, name="import"),
    path("import/skabelon.<str:kind>", views.template, name="import-template"),
    path("import/<int:pk>/", views.preview, name="import-list"),
    path("import/<int:pk>/raekke/<int:row>/", views.mend, name="import-row"),
    path("import/<int:pk>/raekke/<int:row>/beslut/", views.decide, name="import-decide"),
    path("import/<int:pk>/gem/", views.save, name="import-save"),
    path("import/<int:pk>/fortryd/", views.undo, name="import-undo"),
    path("import/<int:pk>/slet/", views.discard, name="import-discard"),
    path("register/", register_views.register, name="register"),
    path("register/hent/", register_views.download, name="register-download"),
]
