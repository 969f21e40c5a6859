"""Addresses of placement."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.placement.chain.views import chain
from fodfaeste.web.placement.desk.views import desk, lists, place_lists, places, proposals, receiving
from fodfaeste.web.placement.door.views import office
from fodfaeste.web.placement.floors.views import floors
from fodfaeste.web.placement.forecasts.views import following, model, overview, trial
from fodfaeste.web.placement.keeping.views import keeping
from fodfaeste.web.placement.prices.views import prices
from fodfaeste.web.placement.rounds.views import making, reading, tables

app_name = "placement"

ROUNDS = [
    path("kvoter/", reading.rounds, name="rounds"),
    path("kvoter/ny/", making.begin, name="round-new"),
    path("kvoter/<int:pk>/", reading.overview, name="round"),
    path("kvoter/<int:pk>/kommuner/", reading.municipalities, name="round-list"),
    path("kvoter/<int:pk>/kommuner/<str:code>/", reading.municipality, name="round-municipality"),
    path("kvoter/<int:pk>/kommuner/<str:code>/brev.pdf", reading.letter, name="round-letter"),
    path("kvoter/<int:pk>/breve.pdf", making.all_letters, name="round-letters"),
    path("kvoter/<int:pk>/hvad-hvis/", reading.what_if, name="round-what-if"),
    path("kvoter/<int:pk>/landstal/", making.national, name="round-national"),
    path("kvoter/<int:pk>/offentliggoer/", making.publish_round, name="round-publish"),
    path("kvoter/<int:pk>/videre/", making.go_on, name="round-go-on"),
    path("kvoter/<int:pk>/aendring/", making.change_in_year, name="round-change"),
    path("kvoter/<int:pk>/afslut/", making.close_round, name="round-close"),
    path("kvoter/<int:pk>/slet/", making.discard_round, name="round-discard"),
    path("kvoter/<int:pk>/tal/", tables.figures, name="round-figures"),
    path("kvoter/<int:pk>/tal/skriv/", tables.typed, name="round-typed"),
    path("kvoter/<int:pk>/skabelon/<str:what>.<str:kind>", tables.template, name="round-template"),
    path("kvoter/<int:pk>/aftaler/", tables.agreements, name="round-agreements"),
    path("kvoter/<int:pk>/aftaler/<int:agreement>/fjern/", tables.drop, name="round-agreement-drop"),
    path("kvoter/tabel/<int:pk>/", tables.upload, name="round-upload"),
    path("kvoter/tabel/<int:pk>/slet/", tables.discard, name="round-upload-discard"),
]
"""Quota rounds."""

DESK = [
    path("husstande/", desk.arrivals, name="arrivals"),
    path("husstande/ny/", desk.arrival_new, name="arrival-new"),
    path("husstande/liste/", lists.take, name="arrivals-list"),
    path("husstande/liste/skabelon.<str:kind>", lists.template, name="arrivals-template"),
    path("husstande/<int:pk>/", desk.arrival, name="arrival"),
    path("husstande/<int:pk>/ret/", desk.arrival_edit, name="arrival-edit"),
    path("husstande/<int:pk>/afgoer/", desk.decide, name="arrival-decide"),
    path("husstande/<int:pk>/fortryd/", desk.undo, name="arrival-undo"),
    path("husstande/<int:pk>/send/", desk.send, name="arrival-send"),
    path("husstande/<int:pk>/klage/", desk.objection, name="arrival-objection"),
    path("husstande/<int:pk>/klage/svar/", desk.answer, name="arrival-answer"),
    path("husstande/<int:pk>/begrundelse.pdf", desk.letter, name="arrival-letter"),
    path("husstande/<int:pk>/adgang/", office.access, name="arrival-access"),
    path("husstande/<int:pk>/adgang/luk/<int:link>/", office.withdraw, name="arrival-access-withdraw"),
    path("husstande/<int:pk>/spurgt/", office.asked, name="arrival-asked"),
    path("forslag/", proposals.proposals, name="proposals"),
    path("forslag/sammenlign/", proposals.beside, name="proposals-beside"),
    path("forslag/<int:pk>/", proposals.proposal, name="proposal"),
    path("forslag/<int:pk>/slet/", proposals.discard, name="proposal-discard"),
    path("kommuner/", places.places, name="places"),
    path("kommuner/liste/", place_lists.take, name="places-list"),
    path("kommuner/liste/skabelon.<str:kind>", place_lists.template, name="places-template"),
    path("kommuner/<str:code>/", places.place, name="place"),
    path("priser/", prices, name="prices"),
    path("gulve/", floors, name="floors"),
    path("jeres-kommune/", places.own_place, name="own-place"),
    path("jeres-kommune/liste/", place_lists.take_own, name="own-place-list"),
    path("jeres-kommune/liste/skabelon.<str:kind>", place_lists.template_own, name="own-place-template"),
    path("modtag/", receiving.sent_here, name="sent-here"),
    path("modtag/<int:pk>/", receiving.take_in, name="take-in"),
]
"""Arriving households at the desk, and in the municipality that takes them in."""

FORECASTS = [
    path("prognose/", overview.overview, name="forecast"),
    path("prognose/standard/", overview.default_model, name="forecast-default"),
    path("prognose/opfoelgning/", following.following, name="forecast-following"),
    path("prognose/<int:pk>/", model.model, name="forecast-model"),
    path("prognose/<int:pk>/fortiden/", trial.trial, name="forecast-trial"),
    path("prognose/<int:pk>/<str:outcome>.svg", model.picture, name="forecast-picture"),
]
"""The register of forecast models."""

RECORDS = [
    path("optegnelser/", chain.chain, name="chain"),
    path("optegnelser/kontrol/", chain.check_now, name="chain-check"),
    path("optegnelser/ud/", chain.take_away, name="chain-export"),
    path("sletning/", keeping.keeping, name="keeping"),
    path("husstande/<int:pk>/bero/", keeping.hold, name="arrival-hold"),
]
"""The chain of records, and how long things are kept."""

urlpatterns = [*ROUNDS, *DESK, *FORECASTS, *RECORDS]
