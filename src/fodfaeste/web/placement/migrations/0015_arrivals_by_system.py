"""A household that another system has sent is known again; who opened one may be a system."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("placement", "0014_what_came_of_forecasts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="arrivalopening",
            name="somebody_opened_it",
        ),
        migrations.AddField(
            model_name="arrival",
            name="digest",
            field=models.CharField(blank=True, default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="arrivalopening",
            name="words",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="af andre end brugere"),
        ),
        migrations.AddConstraint(
            model_name="arrivalopening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("words", ""),
                        models.Q(
                            models.Q(("by__isnull", False), ("own_link", None)),
                            models.Q(("by", None), ("own_link__isnull", False)),
                            _connector="OR",
                        ),
                    ),
                    models.Q(models.Q(("words", ""), _negated=True), ("by", None), ("own_link", None)),
                    _connector="OR",
                ),
                name="somebody_or_a_system_opened_it",
            ),
        ),
    ]
