"""Who was offered a role by whom, and what became of it, is logged too."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit.operations import Logged


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_openings_by_no_user"), ("accounts", "0007_invitations")]
    operations = [Logged("accounts", "Invitation")]
