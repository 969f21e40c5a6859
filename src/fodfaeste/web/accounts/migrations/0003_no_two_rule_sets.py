from django.db import migrations

from fodfaeste.web.base.overlap import NoOverlap


class Migration(migrations.Migration):
    """No two rule sets of one track hold for one takeover."""

    dependencies = [("accounts", "0002_cooperation_and_set_up"), ("base", "0001_words_of_the_database")]

    operations = [NoOverlap("RuleSetUse", "one_rule_set_a_track", ["organisation_id", "track"])]
