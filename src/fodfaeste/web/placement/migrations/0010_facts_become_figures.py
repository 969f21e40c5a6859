"""What agencies had written of municipalities becomes figures: of no day that anybody knows, of no size, and no age."""

from __future__ import annotations

from typing import Any

from django.db import migrations

SINGLE = {"employment_rate": "work", "dwellings": "dwelling", "school_places": "school"}


def move(apps: Any, schema_editor: Any) -> None:
    """Write each fact as the figures that it holds."""
    figure = apps.get_model("placement", "PlaceFigure")
    for facts in apps.get_model("placement", "PlaceFacts").objects.using(schema_editor.connection.alias):
        told = {(topic, ""): getattr(facts, name) for name, topic in SINGLE.items()}
        told |= {("speakers", language): many for language, many in facts.speakers.items()}
        figure.objects.using(schema_editor.connection.alias).bulk_create(
            figure(said_by_id=facts.organisation_id, code=facts.code, topic=topic, key=key, value=value)
            for (topic, key), value in told.items()
            if value is not None
        )


def move_back(apps: Any, schema_editor: Any) -> None:
    """Add what agencies say up to what the facts could hold."""
    facts_of, names = apps.get_model("placement", "PlaceFacts"), {topic: name for name, topic in SINGLE.items()}
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for one in (
        apps.get_model("placement", "PlaceFigure")
        .objects.using(schema_editor.connection.alias)
        .filter(said_by__kind="agency")
    ):
        told = found.setdefault((one.said_by_id, one.code), {"speakers": {}})
        if one.topic == "speakers":
            told["speakers"][one.key] = int(one.value)
        elif one.topic == "work":
            told["employment_rate"] = one.value
        elif one.topic in names:
            told[names[one.topic]] = told.get(names[one.topic], 0) + int(one.value)
    facts_of.objects.using(schema_editor.connection.alias).bulk_create(
        facts_of(organisation_id=office, code=code, **told) for (office, code), told in found.items()
    )


class Migration(migrations.Migration):
    dependencies = [("placement", "0009_figures_of_places")]
    operations = [migrations.RunPython(move, move_back), migrations.DeleteModel("PlaceFacts")]
