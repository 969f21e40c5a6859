"""The app of language schools."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.base.menu import offer


class LearningConfig(AppConfig):
    """Enrolments at language schools, levels and attendance."""

    name = "fodfaeste.web.learning"
    label = "learning"

    def ready(self) -> None:
        """Say who may see what of schooling, and offer schools their pages."""
        from fodfaeste.web.learning import permissions  # noqa: F401 - registers the scopes

        offer(_("Kursister"), "learning:learners", place=7, for_whom=lambda viewer: bool(viewer.schools))
        offer(_("Fremmøde"), "learning:day", place=8, for_whom=lambda viewer: bool(viewer.schools))
