import django.db.models.deletion
from django.db import migrations, models

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, Walled


class Migration(migrations.Migration):
    """Which persons an office made up to try things with."""

    dependencies = [
        ("demonstration", "0001_initial"),
        ("accounts", "0005_logo"),
        ("people", "0004_lists_read_in"),
        ("audit", "0005_openings_by_no_user"),
    ]

    operations = [
        migrations.CreateModel(
            name="MadeUpPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="made_up_persons",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="made_up", to="people.person"
                    ),
                ),
            ],
        ),
        Logged("demonstration", "MadeUpPerson"),
        Walled("demonstration", "MadeUpPerson", rows=wall.of_office("organisation_id")),
    ]
