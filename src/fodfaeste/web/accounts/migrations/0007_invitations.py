import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

ROLES = [
    ("worker", "Integrationsmedarbejder"),
    ("consultant", "Jobkonsulent"),
    ("leader", "Leder"),
    ("planner", "Planlægger på sprogskole"),
    ("teacher", "Lærer"),
    ("coordinator", "Frivilligkoordinator"),
    ("analyst", "Analytiker"),
    ("officer", "Visitator"),
    ("protection", "Databeskyttelsesrådgiver"),
    ("administrator", "Administrator"),
    ("newcomer", "Nytilkommen"),
]


class Migration(migrations.Migration):
    """A role that is offered to somebody whose account another office made."""

    dependencies = [("accounts", "0006_phones")]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(choices=ROLES, max_length=20, verbose_name="rolle")),
                ("start", models.DateField(verbose_name="fra")),
                ("end", models.DateField(blank=True, null=True, verbose_name="første dag uden")),
                ("made", models.DateTimeField(auto_now_add=True, verbose_name="tilbudt")),
                ("answered", models.DateTimeField(blank=True, null=True, verbose_name="besvaret")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="tilbudt af",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="accounts.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="bruger",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitationer",
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(answered=None), fields=("user", "organisation"), name="one_open_invitation"
                    ),
                    models.CheckConstraint(
                        condition=Q(end=None) | Q(end__gt=F("start")), name="an_invitation_ends_after_it_begins"
                    ),
                ],
            },
        ),
    ]
