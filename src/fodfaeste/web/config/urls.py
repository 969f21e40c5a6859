"""Every address of the application, by its app."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("fodfaeste.web.base.urls")),
    path("konto/", include("allauth.urls")),
    path("kontor/", include("fodfaeste.web.accounts.urls")),
    path("kontor/", include("fodfaeste.web.api.page_urls")),
    path("log/", include("fodfaeste.web.audit.urls")),
    path("api/v1/", include("fodfaeste.web.api.urls")),
    path("personer/", include("fodfaeste.web.people.urls")),
    path("program/", include("fodfaeste.web.programme.urls")),
    path("sprogskole/", include("fodfaeste.web.learning.urls")),
    path("skolegang/", include("fodfaeste.web.learning.office_urls")),
    path("forening/", include("fodfaeste.web.community.urls")),
    path("overdragelse/", include("fodfaeste.web.handover.urls")),
    path("", include("fodfaeste.web.moving.urls")),
    path("min/flytning/", include("fodfaeste.web.moving.own_urls")),
    path("min/arbejdsplads/", include("fodfaeste.web.workplace.own_urls")),
    path("arbejdsplads/", include("fodfaeste.web.workplace.link_urls")),
    path("aftale/", include("fodfaeste.web.workplace.urls")),
    path("min/", include("fodfaeste.web.newcomer.urls")),
    path("egen-side/", include("fodfaeste.web.newcomer.office_urls")),
    path("indsigt/", include("fodfaeste.web.insight.urls")),
    path("ankomst/", include("fodfaeste.web.placement.door.urls")),
    path("visitation/", include("fodfaeste.web.placement.urls")),
]
