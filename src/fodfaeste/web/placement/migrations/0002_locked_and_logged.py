"""What is published stays as it is and adds up; decisions are written once; every change is logged."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit.operations import AppendOnly, Logged
from fodfaeste.web.placement.rounds.locks import published_adds_up, published_is_locked
from fodfaeste.web.programme.locks import Refuse

MODELS = ("QuotaRound", "QuotaLine", "QuotaAgreement", "AgreedQuota", "QuotaUpload", "QuotaDecision")


class Migration(migrations.Migration):
    dependencies = [("placement", "0001_initial"), ("audit", "0003_the_wall")]
    operations = [
        Refuse(published_is_locked(), "published quotas as they are"),
        Refuse(published_adds_up(), "published quotas adding up"),
        AppendOnly("placement", "QuotaDecision"),
        *(Logged("placement", model) for model in MODELS),
    ]
