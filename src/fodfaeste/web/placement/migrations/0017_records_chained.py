"""Records of placement are chained by their hashes, those that there are in the order in which they were made."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from fodfaeste.place.audit_chain import FIRST, hash_of
from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import AppendOnly, Logged, OnPostgres, Walled
from fodfaeste.web.placement.chain.chained import reference
from fodfaeste.web.placement.desk.models import new_salt

RECORD = "placement_placementrecord"
CHAINED = {
    "PlacementRecord": "arrival__organisation",
    "ForecastSwitch": "organisation",
    "ForecastModel": "organisation",
    "ForecastTrial": "model__organisation",
    "QuotaDecision": "round__organisation",
}
"""What is chained, and the way from each to its agency."""
MODELS = ("ChainHead", "ChainEntry", "ChainCheck")
# Whoever leads an agency reads its chain too, and watches its logs.
ROWS = f"{wall.of_office('organisation_id')} OR {wall.of_office('organisation_id', 'watched')}"


def salt(apps: Any, schema_editor: Any) -> None:
    """Give each record that there is a salt of its own."""
    records = apps.get_model("placement", "PlacementRecord").objects.using(schema_editor.connection.alias)
    for pk in list(records.filter(salt="").values_list("pk", flat=True)):
        records.filter(pk=pk).update(salt=new_salt())


def chain(apps: Any, schema_editor: Any) -> None:
    """Chain what there is, agency by agency, as whoever migrates."""
    using = schema_editor.connection.alias
    rows: dict[int, list[tuple[Any, str, int]]] = {}
    for name, way in CHAINED.items():
        found = apps.get_model("placement", name).objects.using(using).values_list(f"{way}_id", "at", "pk")
        for office, at, pk in found:
            if office is not None:
                rows.setdefault(office, []).append((at, name, pk))
    for office, made in sorted(rows.items()):
        _chain_of(apps, using, office, sorted(made))


def _chain_of(apps: Any, using: str, office: int, made: list[tuple[Any, str, int]]) -> None:
    entries = apps.get_model("placement", "ChainEntry").objects.using(using)
    before = FIRST
    for number, (at, name, pk) in enumerate(made, 1):
        row = apps.get_model("placement", name).objects.using(using).get(pk=pk)
        by = getattr(row, "by_id", None)
        told = {
            "number": number,
            "at": at.isoformat(),
            "by": [str(by) if by is not None else row.by_name or "system"],
            "event": "note",
            "facts": {"act": getattr(row, "act", ""), **reference(row)},
            "before": before,
        }
        before = hash_of(told)
        entries.create(organisation_id=office, hash=before, **told)
    heads = apps.get_model("placement", "ChainHead").objects.using(using)
    heads.create(organisation_id=office, lines=len(made), hash=before)


def organisation(kind: type[Any] = models.ForeignKey) -> Any:
    return kind(
        db_constraint=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to="accounts.organisation",
        verbose_name="af",
    )


def number() -> Any:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_invitations"),
        ("audit", "0003_the_wall"),
        ("placement", "0016_prices_by_forecast"),
    ]

    operations = [
        migrations.AddField("placementrecord", "salt", models.CharField(default="", editable=False, max_length=32)),
        # Records are written once, and the log need not hold that they got a salt.
        OnPostgres([f'ALTER TABLE "{RECORD}" DISABLE TRIGGER USER'], []),
        migrations.RunPython(salt, migrations.RunPython.noop),
        OnPostgres([f'ALTER TABLE "{RECORD}" ENABLE TRIGGER USER'], []),
        migrations.AlterField(
            "placementrecord", "salt", models.CharField(default=new_salt, editable=False, max_length=32)
        ),
        migrations.CreateModel(
            name="ChainCheck",
            fields=[
                ("id", number()),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="tidspunkt")),
                ("lines", models.PositiveBigIntegerField(verbose_name="led")),
                ("hash", models.CharField(max_length=64, verbose_name="sidste fingeraftryk")),
                ("found", models.JSONField(default=list, verbose_name="fundet")),
                ("more", models.PositiveIntegerField(default=0, verbose_name="flere fund")),
                ("organisation", organisation()),
            ],
            options={
                "verbose_name": "kontrol af kæden",
                "verbose_name_plural": "kontroller af kæden",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("id", number()),
                ("lines", models.PositiveBigIntegerField(default=0, verbose_name="led")),
                ("hash", models.CharField(default=FIRST, max_length=64, verbose_name="sidste fingeraftryk")),
                ("organisation", organisation(models.OneToOneField)),
            ],
            options={"verbose_name": "kædens ende", "verbose_name_plural": "kæders ender"},
        ),
        migrations.CreateModel(
            name="ChainEntry",
            fields=[
                ("id", number()),
                ("number", models.PositiveBigIntegerField(verbose_name="led")),
                ("at", models.CharField(max_length=40, verbose_name="tidspunkt")),
                ("by", models.JSONField(verbose_name="af")),
                ("event", models.CharField(max_length=10, verbose_name="slags")),
                ("facts", models.JSONField(verbose_name="optegnelse")),
                ("before", models.CharField(max_length=64, verbose_name="fingeraftryk af leddet før")),
                ("hash", models.CharField(max_length=64, verbose_name="fingeraftryk")),
                ("organisation", organisation()),
            ],
            options={
                "verbose_name": "led i kæden",
                "verbose_name_plural": "led i kæden",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "number"), name="one_entry_a_number"),
                    models.UniqueConstraint(fields=("organisation", "before"), name="one_entry_behind_another"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="entries_are_counted_from_one"),
                ],
            },
        ),
        migrations.RunPython(chain, migrations.RunPython.noop),
        *(AppendOnly("placement", model) for model in ("ChainEntry", "ChainCheck")),
        *(Logged("placement", model) for model in MODELS),
        *(Walled("placement", model, rows=ROWS) for model in MODELS),
        Logged("placement", "PlacementRecord", hidden=("salt",)),
    ]
