"""Forecast models and their trials are written once, logged, and shown to the agency that has them."""

from __future__ import annotations

from django.db import migrations

from fodfaeste.web.audit import wall
from fodfaeste.web.audit.operations import AppendOnly, Logged, Walled

MODELS = ("ForecastModel", "ForecastTrial")
# Drawings and tables stand in the row itself, which is never changed: the log need not hold them twice.
HIDDEN = {"ForecastModel": ("pictures", "calibration", "facts"), "ForecastTrial": ("told",)}


class Migration(migrations.Migration):
    dependencies = [("placement", "0007_forecast_models"), ("audit", "0003_the_wall")]
    operations = [
        *(AppendOnly("placement", model) for model in MODELS),
        *(Logged("placement", model, hidden=HIDDEN[model]) for model in MODELS),
        Walled("placement", "ForecastModel", rows=wall.of_office("organisation_id")),
        Walled("placement", "ForecastTrial", rows=wall.below("placement_forecastmodel", "model_id")),
    ]
