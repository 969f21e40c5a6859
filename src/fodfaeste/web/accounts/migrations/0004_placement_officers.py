from django.db import migrations, models


class Migration(migrations.Migration):
    """Placement officers are a role."""

    dependencies = [("accounts", "0003_no_two_rule_sets")]

    operations = [
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
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
                ],
                max_length=20,
                verbose_name="rolle",
            ),
        ),
    ]
