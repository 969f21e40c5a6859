"""Addresses of an office's own administration."""

from django.urls import path

from fodfaeste.web.accounts import views
from fodfaeste.web.accounts.start import views as start

app_name = "accounts"
urlpatterns = [
    path("", views.offices, name="offices"),
    path("kladder/", views.drafts, name="drafts"),
    path("min-telefon/", views.own_phone, name="own_phone"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("<int:office>/invitation/<int:pk>/luk/", views.withdraw_invitation, name="withdraw_invitation"),
    path("<int:office>/", views.people, name="people"),
    path("<int:office>/ny/", views.invite, name="invite"),
    path("<int:office>/bruger/<int:pk>/", views.user, name="user"),
    path("<int:office>/bruger/<int:pk>/rolle/", views.give_role, name="give_role"),
    path("<int:office>/bruger/<int:pk>/link/", views.new_link, name="new_link"),
    path("<int:office>/bruger/<int:pk>/andet-trin/", views.reset_second_factor, name="reset_second_factor"),
    path("<int:office>/bruger/<int:pk>/luk/", views.close, name="close"),
    path("<int:office>/rolle/<int:pk>/slut/", views.end_role, name="end_role"),
    path("<int:office>/samarbejde/", views.partners, name="partners"),
    path("<int:office>/samarbejde/<int:pk>/slut/", views.end_cooperation, name="end_cooperation"),
    path("<int:office>/samarbejde/tilbud/<int:pk>/", views.answer_offer, name="answer_offer"),
    path("<int:office>/logo/", views.logo, name="logo"),
    path("<int:office>/start/", start.start, name="start"),
    path("<int:office>/start/<str:step>/", start.step, name="step"),
]
