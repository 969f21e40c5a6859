"""Links to newcomers' own pages: every change is logged, digests stay out of it, and they stand behind the wall."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from fodfaeste.web.audit.operations import Logged, Walled


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("accounts", "0002_cooperation_and_set_up"),
        ("audit", "0003_the_wall"),
        ("people", "0004_lists_read_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made", models.DateTimeField(auto_now_add=True, verbose_name="givet")),
                ("expires", models.DateTimeField(verbose_name="gælder til")),
                ("secret", models.CharField(editable=False, max_length=64, unique=True)),
                ("code", models.CharField(editable=False, max_length=64)),
                (
                    "language",
                    models.CharField(
                        choices=[("da", "Dansk"), ("en", "Engelsk"), ("ar", "Arabisk"), ("uk", "Ukrainsk")],
                        max_length=5,
                        verbose_name="sprog",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="forkerte koder")),
                ("opened", models.DateTimeField(blank=True, null=True, verbose_name="åbnet første gang")),
                ("withdrawn", models.DateTimeField(blank=True, null=True, verbose_name="trukket tilbage")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="givet af",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="kommune",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "adgang til egen side",
                "verbose_name_plural": "adgange til egne sider",
                "ordering": ["-made", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(secret="") & ~Q(code=""), name="a_link_has_a_secret_and_a_code"
                    ),
                    models.CheckConstraint(condition=Q(expires__gt=F("made")), name="a_link_lasts"),
                ],
            },
        ),
        Logged("newcomer", "Link", hidden=("secret", "code")),
        Walled("newcomer", "Link"),
    ]
