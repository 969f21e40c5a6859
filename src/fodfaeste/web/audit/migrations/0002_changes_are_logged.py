"""Every change of what is known of persons, and of who may see them, is logged; the logs are written once."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import triggers
from fodfaeste.web.audit.operations import AppendOnly, Logged, OnPostgres


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_the_logs"), ("accounts", "0001_initial"), ("people", "0003_search_index")]
    operations = [
        OnPostgres(
            [triggers.POSTGRES_FUNCTION, triggers.POSTGRES_REFUSAL],
            ["DROP FUNCTION fodfaeste_refuse()", "DROP FUNCTION fodfaeste_log()"],
        ),
        AppendOnly("audit", "Change"),
        AppendOnly("audit", "Opening"),
        Logged("audit", "Sample"),
        Logged("audit", "SampleLine"),
        Logged("accounts", "User", hidden=("password",)),
        Logged("accounts", "Organisation"),
        Logged("accounts", "Organisation_partners"),
        Logged("accounts", "Membership"),
        Logged("people", "Person", person="id"),
        Logged("people", "Household"),
        Logged("people", "HouseholdMember"),
        Logged("people", "Responsibility"),
        Logged("people", "ResidenceSpell"),
        Logged("people", "EmploymentSpell"),
        Logged("people", "LanguageSkill"),
        Logged("people", "Occupation"),
        Logged("people", "Wish"),
        Logged("people", "Need"),
        Logged("people", "Consent"),
        Logged("people", "Merge", person="kept_id"),
    ]
