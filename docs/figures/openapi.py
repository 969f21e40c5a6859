"""Writes the description of the interface for other systems, as an installation gives it at /api/v1/openapi.json."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path


def draw(out: Path) -> Path:
    """Write `openapi.json` into the folder `out`."""
    path = out / "openapi.json"
    path.write_text(json.dumps(_described(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _described() -> dict[str, object]:
    # Other figures need no Django; and its settings want a folder, for a moment.
    import django
    from django.conf import settings

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fodfaeste.web.config.settings")
        with tempfile.TemporaryDirectory() as folder:
            os.environ.setdefault("FODFAESTE_DATA", folder)
            django.setup()
    from fodfaeste.web.api.views import api

    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))
