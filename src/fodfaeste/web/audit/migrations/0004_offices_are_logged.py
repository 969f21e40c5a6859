"""How offices are set up, who may read by token, and what is made up: changes of these are logged too."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit.operations import Logged


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_the_wall"),
        ("accounts", "0003_no_two_rule_sets"),
        ("api", "0001_initial"),
        ("demonstration", "0001_initial"),
    ]
    operations = [
        Logged("accounts", "CooperationOffer"),
        Logged("accounts", "OfficeHours"),
        Logged("accounts", "RuleSetUse"),
        Logged("accounts", "SetUp"),
        Logged("api", "Token", hidden=("digest",)),
        Logged("demonstration", "MadeUp"),
    ]
