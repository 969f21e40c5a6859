"""The app of moves between municipalities."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.base.menu import offer


class MovingConfig(AppConfig):
    """Moves, and the files that offices have closed."""

    name = "fodfaeste.web.moving"
    label = "moving"

    def ready(self) -> None:
        """Say who may see which moves, and what follows on others' acts; offer the two lists."""
        from fodfaeste.web.moving import asking, follows, permissions  # noqa: F401 - registers scopes and what follows

        offer(_("Flytninger"), "moving:list", place=30, for_whom=lambda viewer: bool(viewer.casework))
        offer(_("Afsluttede sager"), "moving:closed", place=31, for_whom=lambda viewer: bool(viewer.casework))
