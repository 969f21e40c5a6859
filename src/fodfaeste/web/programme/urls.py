"""Addresses of the programme."""

from __future__ import annotations

from django.urls import path

from fodfaeste.web.programme.views import drafts, feeds, journal, lists, note_templates, plan, programme, week, work

app_name = "programme"
urlpatterns = [
    path("i-dag/", work.today, name="today"),
    path("opfoelgning/", lists.follow_ups, name="follow_ups"),
    path("sager/", lists.caseload, name="cases"),
    path("skabeloner/<int:office>/", note_templates.templates, name="templates"),
    path("skabeloner/<int:office>/skriv/", note_templates.write, name="template"),
    path("ledelse/", work.leader, name="missed"),
    path("kalender/", feeds.feed, name="feed"),
    path("kalender/<str:address>.ics", feeds.ics, name="calendar"),
    path("rejsetider/", week.travel, name="travel"),
    path("<int:pk>/", programme.programme, name="person"),
    path("<int:pk>/aabn/", programme.open_, name="open"),
    path("<int:pk>/afslut/", programme.close, name="close"),
    path("<int:pk>/hensyn/", programme.needs, name="needs"),
    path("<int:pk>/samtale/", work.talk, name="talk"),
    path("<int:pk>/uge/", week.week, name="week"),
    path("<int:pk>/plan/maal/", plan.goal, name="goal"),
    path("<int:pk>/plan/maal/<int:number>/", plan.goal, name="goal_edit"),
    path("<int:pk>/plan/aktivitet/", plan.activity, name="activity"),
    path("<int:pk>/plan/aktivitet/<int:number>/", plan.activity, name="activity_edit"),
    path("<int:pk>/plan/fjern/<str:what>/<int:number>/", plan.remove, name="remove"),
    path("<int:pk>/plan/foreslaa/", plan.propose_plan, name="propose"),
    path("<int:pk>/plan/godkend/", plan.approve_plan, name="approve"),
    path("<int:pk>/plan/versioner/", plan.compare_versions, name="compare"),
    path("<int:pk>/plan/brev/<int:number>.pdf", plan.plan_letter, name="letter"),
    path("<int:pk>/journal/", journal.journal, name="journal"),
    path("<int:pk>/journal/skriv/", journal.write, name="write"),
    path("<int:pk>/journal/bilag/<int:file>/", journal.note_file, name="file"),
    path("<int:pk>/kladde/", drafts.draft, name="draft"),
    path("<int:pk>/journal/<int:note>/ret/", journal.correct, name="correct"),
    path("<int:pk>/fravaer/", journal.absence, name="absence"),
]
