"""The tables of the programme."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=30, verbose_name="art")),
                ("words", models.JSONField(verbose_name="hvad")),
                ("rule", models.JSONField(blank=True, null=True, verbose_name="regel")),
                ("due", models.DateField(verbose_name="dag")),
                ("moved_from", models.DateField(blank=True, null=True, verbose_name="flyttet fra")),
                ("moved_why", models.JSONField(blank=True, null=True, verbose_name="hvorfor")),
                ("held_from", models.DateField(verbose_name="kan tidligst holdes")),
                ("held", models.DateField(blank=True, null=True, verbose_name="holdt")),
                ("note", models.TextField(blank=True, verbose_name="hvad der kom ud af det")),
                ("hour", models.TimeField(blank=True, null=True, verbose_name="klokken")),
                (
                    "held_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="holdt af",
                    ),
                ),
            ],
            options={
                "verbose_name": "opfølgning",
                "verbose_name_plural": "opfølgninger",
                "ordering": ["due", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CountedFollowUp",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("programme.followup",),
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "kladde"),
                            ("proposed", "foreslået"),
                            ("approved", "godkendt"),
                            ("superseded", "afløst"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="stand",
                    ),
                ),
                ("text_hash", models.CharField(blank=True, max_length=64, verbose_name="tekstens fingeraftryk")),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="godkendt")),
                ("edits", models.PositiveIntegerField(default=0, editable=False)),
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
            ],
            options={
                "verbose_name": "plan",
                "verbose_name_plural": "planer",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="nummer")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("danish", "danskundervisning"),
                            ("social_understanding", "samfundsforståelse"),
                            ("education", "uddannelse"),
                            ("traineeship", "praktik"),
                            ("job", "job"),
                            ("guidance", "vejledning og afklaring"),
                            ("appointment", "faste aftaler"),
                            ("childcare", "børnepasning"),
                        ],
                        max_length=20,
                        verbose_name="art",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="aktivitet")),
                ("place", models.CharField(max_length=120, verbose_name="sted")),
                ("hours_a_week", models.DecimalField(decimal_places=1, max_digits=4, verbose_name="timer om ugen")),
                ("start", models.DateField(verbose_name="fra")),
                ("end", models.DateField(verbose_name="første dag uden")),
                ("wish", models.TextField(blank=True, verbose_name="personens eget ønske")),
                ("chosen_on", models.DateField(blank=True, null=True, verbose_name="valgt")),
                ("with_interpreter", models.BooleanField(default=False, verbose_name="med tolk")),
                (
                    "why_no_choice",
                    models.TextField(blank=True, verbose_name="hvorfor der ikke var to reelle muligheder"),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activities",
                        to="programme.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "aktivitet",
                "verbose_name_plural": "aktiviteter",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "track",
                    models.CharField(
                        choices=[
                            ("integration", "integrationsloven"),
                            ("ukraine", "særloven om fordrevne fra Ukraine"),
                        ],
                        default="integration",
                        max_length=20,
                        verbose_name="efter",
                    ),
                ),
                ("rule_set", models.CharField(max_length=20, verbose_name="regelsæt")),
                ("takeover", models.DateField(verbose_name="overtaget af kommunen")),
                ("start", models.DateField(verbose_name="fra")),
                ("end", models.DateField(blank=True, null=True, verbose_name="første dag uden")),
                (
                    "agreed_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        help_text="kun hvor færre er aftalt, fx af hensyn til helbred",
                        max_digits=3,
                        null=True,
                        verbose_name="aftalte timer om ugen",
                    ),
                ),
                ("home", models.CharField(blank=True, max_length=120, verbose_name="bopæl i rejsetabellen")),
                (
                    "travel_minutes",
                    models.PositiveSmallIntegerField(default=120, verbose_name="højst minutters rejse om dagen"),
                ),
                (
                    "school_days_in_row",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="højst skoledage i træk"),
                ),
                ("needs_childcare", models.BooleanField(default=False, verbose_name="har børn, der skal passes")),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programmes",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "program",
                "verbose_name_plural": "programmer",
            },
        ),
        migrations.AddField(
            model_name="plan",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plans",
                to="programme.programme",
                verbose_name="program",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="follow_ups",
                to="programme.programme",
                verbose_name="program",
            ),
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="dag")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("illness", "sygdom"),
                            ("child", "barns sygdom"),
                            ("interview", "samtale eller aftale hos en myndighed"),
                            ("work", "arbejde"),
                            ("other", "andet"),
                            ("none", "ingen oplyst"),
                        ],
                        max_length=10,
                        verbose_name="grund",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="uddybning")),
                ("lawful", models.BooleanField(blank=True, null=True, verbose_name="lovligt")),
                ("noted", models.DateTimeField(auto_now_add=True, verbose_name="noteret")),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="noteret af",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to="programme.programme",
                        verbose_name="program",
                    ),
                ),
            ],
            options={
                "verbose_name": "fravær",
                "verbose_name_plural": "fravær",
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekday", models.PositiveSmallIntegerField(verbose_name="ugedag")),
                ("begins", models.TimeField(verbose_name="fra klokken")),
                ("ends", models.TimeField(verbose_name="til klokken")),
                ("start", models.DateField(blank=True, null=True, verbose_name="fra")),
                ("end", models.DateField(blank=True, null=True, verbose_name="første dag uden")),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slots",
                        to="programme.activity",
                        verbose_name="aktivitet",
                    ),
                ),
            ],
            options={
                "verbose_name": "tid i ugen",
                "verbose_name_plural": "tider i ugen",
                "ordering": ["start", "weekday", "begins"],
            },
        ),
        migrations.CreateModel(
            name="TravelTimes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("connections", models.TextField(verbose_name="rejsetabel (CSV)")),
                ("places", models.TextField(blank=True, verbose_name="steder med koordinater (CSV)")),
                ("read", models.DateTimeField(auto_now=True, verbose_name="indlæst")),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="travel_times",
                        to="accounts.organisation",
                        verbose_name="kommune",
                    ),
                ),
            ],
            options={
                "verbose_name": "rejsetider",
                "verbose_name_plural": "rejsetider",
            },
        ),
        migrations.CreateModel(
            name="Alternative",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="nummer")),
                ("words", models.CharField(max_length=200, verbose_name="mulighed")),
                ("real", models.BooleanField(default=True, verbose_name="reel: kunne vælges")),
                ("chosen", models.BooleanField(default=False, verbose_name="valgt af personen")),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alternatives",
                        to="programme.activity",
                        verbose_name="aktivitet",
                    ),
                ),
            ],
            options={
                "verbose_name": "mulighed",
                "verbose_name_plural": "muligheder",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("activity", "number"), name="one_alternative_a_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("chosen", True)), fields=("activity",), name="one_choice_an_activity"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("chosen", False), ("real", True), _connector="OR"),
                        name="only_what_is_real_is_chosen",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="kladde")),
                ("saved", models.DateTimeField(auto_now=True, verbose_name="gemt")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="bruger",
                    ),
                ),
            ],
            options={
                "verbose_name": "kladde",
                "verbose_name_plural": "kladder",
                "constraints": [models.UniqueConstraint(fields=("user", "person"), name="one_draft_a_person")],
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("made", models.DateTimeField(auto_now_add=True, verbose_name="oprettet")),
                ("withdrawn", models.DateTimeField(blank=True, null=True, verbose_name="trukket tilbage")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="bruger",
                    ),
                ),
            ],
            options={
                "verbose_name": "kalenderadresse",
                "verbose_name_plural": "kalenderadresser",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn", None)), fields=("user",), name="one_feed_a_user"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JournalNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("talk", "samtale"),
                            ("phone", "telefonsamtale"),
                            ("letter", "brev eller besked"),
                            ("note", "notat"),
                        ],
                        default="note",
                        max_length=10,
                        verbose_name="art",
                    ),
                ),
                ("day", models.DateField(verbose_name="dag")),
                ("text", models.TextField(verbose_name="notat")),
                ("present", models.CharField(blank=True, max_length=300, verbose_name="til stede")),
                ("with_interpreter", models.BooleanField(default=False, verbose_name="med tolk")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="skrevet")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="skrevet af",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="programme.journalnote",
                        verbose_name="retter",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="people.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "journalnotat",
                "verbose_name_plural": "journalnotater",
                "ordering": ["-day", "-at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="a_note_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Goal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="nummer")),
                ("words", models.TextField(verbose_name="mål")),
                ("language", models.CharField(default="da", max_length=8, verbose_name="sprog")),
                ("own_words", models.BooleanField(default=False, verbose_name="personens egne ord")),
                ("danish", models.TextField(blank=True, verbose_name="på dansk")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goals",
                        to="programme.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "mål",
                "verbose_name_plural": "mål",
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="one_goal_a_number")],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[("person", "personen"), ("municipality", "kommunen")],
                        max_length=15,
                        verbose_name="på vegne af",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="navn, som det blev skrevet")),
                ("at", models.DateTimeField(verbose_name="godkendt")),
                ("text_hash", models.CharField(max_length=64, verbose_name="tekstens fingeraftryk")),
                ("present", models.CharField(max_length=300, verbose_name="til stede")),
                ("lifted", models.DateTimeField(blank=True, null=True, verbose_name="bortfaldet")),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="modtaget af",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="programme.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "godkendelse",
                "verbose_name_plural": "godkendelser",
                "ordering": ["at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted", None)), fields=("plan", "side"), name="one_approval_a_side"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="an_approval_has_a_name"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.UniqueConstraint(fields=("plan", "number"), name="one_activity_a_number"),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__gt", models.F("start"))), name="activity_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(("hours_a_week__gte", 0), ("hours_a_week__lte", 60)),
                name="hours_that_a_week_can_have",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("end", None), ("end__gt", models.F("start")), _connector="OR"),
                name="programme_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.UniqueConstraint(
                condition=models.Q(("end", None)), fields=("person",), name="one_open_programme_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("start__gte", models.F("takeover"))), name="programme_begins_after_takeover"
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("school_days_in_row", None), ("school_days_in_row__gt", 0), _connector="OR"),
                name="a_break_after_a_school_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(fields=("programme", "number"), name="one_plan_a_version"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "approved")), fields=("programme",), name="one_plan_that_holds"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("draft", "proposed"))),
                fields=("programme",),
                name="one_plan_in_the_making",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "draft"), models.Q(("text_hash", ""), _negated=True), _connector="OR"),
                name="what_is_proposed_has_a_fingerprint",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_on", None), ("state__in", ("draft", "proposed"))),
                    models.Q(("approved_on__isnull", False), ("state__in", ("approved", "superseded"))),
                    _connector="OR",
                ),
                name="what_is_approved_has_a_day",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(condition=models.Q(("held", None)), fields=["due"], name="follow_ups_not_held"),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                fields=("programme", "code", "due"), name="one_follow_up_of_a_kind_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(("held", None), ("held__gte", models.F("held_from")), _connector="OR"),
                name="not_held_too_early",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(("held_from__lte", models.F("due"))), name="can_be_held_on_its_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("held", None), ("held_by", None)),
                    models.Q(("held__isnull", False), ("held_by__isnull", False)),
                    _connector="OR",
                ),
                name="who_held_it_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("moved_from", None), ("moved_why", None)),
                    models.Q(("moved_from__isnull", False), ("moved_why__isnull", False)),
                    _connector="OR",
                ),
                name="what_moved_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.UniqueConstraint(fields=("programme", "day"), name="one_absence_a_day"),
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__gte", 1), ("weekday__lte", 7)), name="slot_is_on_a_weekday"
            ),
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("begins"))), name="slot_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.CheckConstraint(
                condition=models.Q(("end", None), ("start", None), ("end__gt", models.F("start")), _connector="OR"),
                name="slot_lasts_a_day",
            ),
        ),
    ]
