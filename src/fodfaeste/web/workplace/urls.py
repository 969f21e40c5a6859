"""Addresses of the office's pages on agreements with workplaces."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.workplace.views import office

app_name = "workplace"
urlpatterns = [
    path("<int:pk>/<int:number>/", office.agreement, name="agreement"),
    path("<int:pk>/<int:number>/godkend/", office.approve_agreement, name="approve"),
    path("<int:pk>/<int:number>/link/", office.new_link, name="link"),
    path("<int:pk>/<int:number>/link/<int:link>/luk/", office.close_link, name="close_link"),
    path("<int:pk>/<int:number>/bortfald/", office.off, name="off"),
    path("<int:pk>/<int:number>/aftale.pdf", office.agreement_letter, name="letter"),
]
