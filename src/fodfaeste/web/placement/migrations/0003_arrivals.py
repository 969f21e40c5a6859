"""Arriving households, what they wish, what municipalities have, and what is decided."""

import django.db.models.deletion
import encrypted_fields.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_logo"),
        ("placement", "0002_locked_and_logged"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("reference", models.CharField(max_length=20, verbose_name="nummer")),
                ("name", models.CharField(max_length=120, verbose_name="betegnelse")),
                ("arrives", models.DateField(verbose_name="ankommer")),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("ar", "arabisk"),
                            ("uk", "ukrainsk"),
                            ("en", "engelsk"),
                            ("fa", "persisk"),
                            ("ti", "tigrinya"),
                            ("so", "somali"),
                            ("ku", "kurdisk"),
                            ("fr", "fransk"),
                            ("es", "spansk"),
                        ],
                        max_length=5,
                        verbose_name="sprog",
                    ),
                ),
                ("needs", encrypted_fields.fields.EncryptedTextField(blank=True, null=True, verbose_name="hensyn")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "venter"),
                            ("decided", "afgjort"),
                            ("sent", "sendt til kommunen"),
                            ("received", "modtaget af kommunen"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=10,
                        verbose_name="tilstand",
                    ),
                ),
                ("place", models.CharField(blank=True, editable=False, max_length=3, verbose_name="kommune")),
                ("year", models.PositiveSmallIntegerField(editable=False, null=True, verbose_name="på kvoten for")),
                ("made", models.DateTimeField(auto_now_add=True, verbose_name="oprettet")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="oprettet af",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrivals",
                        to="accounts.organisation",
                        verbose_name="af",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="modtager",
                    ),
                ),
                (
                    "together_with",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="followed_by",
                        to="placement.arrival",
                        verbose_name="skal bo samme sted som",
                    ),
                ),
            ],
            options={
                "verbose_name": "ankommende husstand",
                "verbose_name_plural": "ankommende husstande",
                "ordering": ["arrives", "reference"],
            },
        ),
        migrations.CreateModel(
            name="ArrivalOpening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="tidspunkt")),
                ("page", models.CharField(max_length=60, verbose_name="side")),
                (
                    "arrival",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="openings",
                        to="placement.arrival",
                        verbose_name="husstand",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "åbning af en ankommende husstand",
                "verbose_name_plural": "åbninger af ankommende husstande",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ArrivalWish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("family", "nær familie"),
                            ("network", "nær venner eller landsmænd"),
                            ("work", "nær et arbejde eller et jobtilbud"),
                            ("school", "nær en skole eller uddannelse"),
                            ("treatment", "nær en behandling"),
                            ("town", "byens størrelse"),
                            ("avoid", "ikke i denne kommune"),
                        ],
                        max_length=10,
                        verbose_name="hvad",
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=3, verbose_name="kommune")),
                ("km", models.PositiveSmallIntegerField(default=0, verbose_name="højst så mange km væk")),
                (
                    "size",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("small", "lille: under 30.000 indbyggere"),
                            ("middle", "mellem: 30.000 til 80.000 indbyggere"),
                            ("large", "stor: over 80.000 indbyggere"),
                        ],
                        max_length=10,
                        verbose_name="størrelse",
                    ),
                ),
                ("hard", models.BooleanField(default=False, verbose_name="skal være opfyldt")),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "lidt vigtigt"), (2, "vigtigt"), (3, "meget vigtigt")],
                        default=2,
                        verbose_name="hvor vigtigt",
                    ),
                ),
                (
                    "arrival",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wishes",
                        to="placement.arrival",
                        verbose_name="husstand",
                    ),
                ),
            ],
            options={
                "verbose_name": "ønske om sted",
                "verbose_name_plural": "ønsker om sted",
                "ordering": ["-hard", "-weight", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ArrivingPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_name", models.CharField(max_length=120, verbose_name="fornavn")),
                ("family_name", models.CharField(blank=True, max_length=120, verbose_name="efternavn")),
                ("birth_date", models.DateField(verbose_name="født")),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "kvinde"), ("male", "mand")], max_length=10, verbose_name="køn"
                    ),
                ),
                ("citizenship", models.CharField(max_length=3, verbose_name="statsborgerskab")),
                ("trade", models.CharField(blank=True, max_length=120, verbose_name="arbejde før")),
                (
                    "case_number",
                    models.CharField(blank=True, editable=False, max_length=20, verbose_name="sagsnummer hos kommunen"),
                ),
                (
                    "arrival",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="placement.arrival",
                        verbose_name="husstand",
                    ),
                ),
            ],
            options={
                "verbose_name": "ankommende person",
                "verbose_name_plural": "ankommende personer",
                "ordering": ["birth_date", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ForecastSwitch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model", models.CharField(max_length=60, verbose_name="model")),
                (
                    "act",
                    models.CharField(
                        choices=[("asked", "bedt slået til"), ("on", "slået til"), ("off", "slået fra")],
                        max_length=10,
                        verbose_name="handling",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="tidspunkt")),
                ("by_name", models.CharField(max_length=200, verbose_name="navn")),
                ("reason", models.TextField(verbose_name="hvorfor")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="af",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="forecast_switches",
                        to="accounts.organisation",
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "prognosens afbryder",
                "verbose_name_plural": "prognosens afbryder",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PlaceFacts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=3, verbose_name="kode")),
                ("employment_rate", models.FloatField(blank=True, null=True, verbose_name="andel i arbejde")),
                ("dwellings", models.PositiveIntegerField(blank=True, null=True, verbose_name="ledige boliger")),
                (
                    "school_places",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="ledige skolepladser"),
                ),
                (
                    "speakers",
                    models.JSONField(blank=True, default=dict, verbose_name="bor der i forvejen, efter sprog"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="place_facts",
                        to="accounts.organisation",
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "kommunens vilkår",
                "verbose_name_plural": "kommunernes vilkår",
            },
        ),
        migrations.CreateModel(
            name="PlacementRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("decided", "afgjort"),
                            ("undone", "fortrudt"),
                            ("sent", "sendt"),
                            ("received", "modtaget"),
                            ("objected", "klage modtaget"),
                            ("reopened", "genoptaget"),
                            ("upheld", "afgørelsen fastholdt"),
                        ],
                        max_length=10,
                        verbose_name="handling",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="tidspunkt")),
                ("by_name", models.CharField(max_length=200, verbose_name="navn")),
                ("facts", models.JSONField(verbose_name="grundlag")),
                (
                    "arrival",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="records",
                        to="placement.arrival",
                        verbose_name="husstand",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "optegnelse om boligplacering",
                "verbose_name_plural": "optegnelser om boligplacering",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="navn")),
                ("first", models.DateField(verbose_name="ankommer fra")),
                ("last", models.DateField(verbose_name="ankommer til")),
                ("locks", models.JSONField(default=dict, verbose_name="låst")),
                ("forbids", models.JSONField(default=list, verbose_name="udelukket")),
                ("made", models.DateTimeField(auto_now_add=True, verbose_name="oprettet")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="oprettet af",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="accounts.organisation",
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "forslag",
                "verbose_name_plural": "forslag",
                "ordering": ["-made", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="RoomTaken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="år")),
                ("code", models.CharField(max_length=3, verbose_name="kode")),
                ("quota", models.PositiveIntegerField(verbose_name="kvote")),
                ("persons", models.PositiveIntegerField(default=0, verbose_name="personer")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rooms_taken",
                        to="accounts.organisation",
                        verbose_name="af",
                    ),
                ),
            ],
            options={
                "verbose_name": "brugt kvote",
                "verbose_name_plural": "brugte kvoter",
            },
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.UniqueConstraint(fields=("organisation", "reference"), name="one_arrival_a_reference"),
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("place", ""), ("state", "waiting"), ("year", None)),
                    models.Q(models.Q(("state", "waiting"), _negated=True), models.Q(("place", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_decided_household_has_a_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="arrivalwish",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "town"), models.Q(("size", ""), _negated=True)),
                    models.Q(models.Q(("kind", "town"), _negated=True), models.Q(("code", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_wish_names_a_place_or_a_size",
            ),
        ),
        migrations.AddConstraint(
            model_name="placefacts",
            constraint=models.UniqueConstraint(fields=("organisation", "code"), name="one_row_of_facts_a_place"),
        ),
        migrations.AddConstraint(
            model_name="placefacts",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("employment_rate", None),
                    models.Q(("employment_rate__gte", 0), ("employment_rate__lte", 1)),
                    _connector="OR",
                ),
                name="an_employment_rate_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="roomtaken",
            constraint=models.UniqueConstraint(
                fields=("organisation", "year", "code"), name="one_count_a_municipality_and_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="roomtaken",
            constraint=models.CheckConstraint(
                condition=models.Q(("persons__lte", models.F("quota"))), name="nobody_is_placed_beyond_the_quota"
            ),
        ),
    ]
