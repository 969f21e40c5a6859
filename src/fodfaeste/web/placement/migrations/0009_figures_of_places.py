"""What is said of municipalities: a row a figure, walled by who says it; agencies read what municipalities say."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import Logged, OnPostgres, Walled

TABLE = "placement_placefigure"
READ = f"{wall.POLICY}_read"
# Whoever leads an office watches it, and works with none of its persons.
OF_WHO_SAYS_IT = f"{wall.of_office('said_by_id')} OR {wall.of_office('said_by_id', 'watched')}"
OF_A_MUNICIPALITY = (
    "EXISTS (SELECT FROM accounts_organisation AS o WHERE o.id = said_by_id AND o.kind = 'municipality')"
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_logo"),
        ("audit", "0003_the_wall"),
        ("placement", "0008_forecast_models_walled"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlaceFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=3, verbose_name="kommune")),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("work", "andel i arbejde"),
                            ("sector", "andel af jobbene"),
                            ("speakers", "taler sproget"),
                            ("clubs", "foreninger"),
                            ("dwelling", "ledige boliger"),
                            ("school", "ledige pladser i skole og dagtilbud"),
                            ("class", "ledige pladser på sprogskole"),
                            ("treatment", "ledige behandlingspladser"),
                        ],
                        max_length=10,
                        verbose_name="hvad",
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=10, verbose_name="nærmere")),
                ("value", models.FloatField(verbose_name="tal")),
                ("free_from", models.DateField(blank=True, null=True, verbose_name="ledig fra")),
                ("of", models.DateField(blank=True, null=True, verbose_name="opgjort")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="skrevet")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="skrevet af",
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="place_figures",
                        to="accounts.organisation",
                        verbose_name="oplyst af",
                    ),
                ),
            ],
            options={
                "verbose_name": "tal for en kommune",
                "verbose_name_plural": "tal for kommuner",
                "ordering": ["code", "topic", "key", "free_from", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="placefigure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("free_from", None)),
                fields=("said_by", "code", "topic", "key"),
                name="one_figure_of_a_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="placefigure",
            constraint=models.UniqueConstraint(
                fields=("said_by", "code", "topic", "key", "free_from"), name="one_figure_of_a_kind_and_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="placefigure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("value__gte", 0),
                    models.Q(
                        models.Q(("topic__in", ("work", "sector")), _negated=True), ("value__lte", 1), _connector="OR"
                    ),
                ),
                name="a_share_of_a_place_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="placefigure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("free_from", None), ("topic__in", ("dwelling", "school", "class", "treatment")), _connector="OR"
                ),
                name="only_what_is_free_has_a_day_from_which_it_is",
            ),
        ),
        Logged("placement", "PlaceFigure"),
        Walled("placement", "PlaceFigure", rows=OF_WHO_SAYS_IT),
        OnPostgres(
            [f'CREATE POLICY {READ} ON "{TABLE}" FOR SELECT USING ({OF_A_MUNICIPALITY})'],
            [f'DROP POLICY IF EXISTS {READ} ON "{TABLE}"'],
        ),
    ]
