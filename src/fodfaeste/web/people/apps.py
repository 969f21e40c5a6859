"""The app of persons and households."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.base.menu import offer


class PeopleConfig(AppConfig):
    """Persons and households."""

    name = "fodfaeste.web.people"
    label = "people"

    def ready(self) -> None:
        """Say who may see what of persons, and offer the list of them, and the register."""
        from fodfaeste.web.people import permissions  # noqa: F401 - registers the scopes
        from fodfaeste.web.people.importing import permissions as _importing  # noqa: F401 - those of lists read in
        from fodfaeste.web.people.register import offices_of

        offer(_("Personer"), "people:list", place=10, for_whom=lambda viewer: bool(viewer.casework))
        offer(_("Registeret"), "people:register", place=80, for_whom=lambda viewer: bool(offices_of(viewer)))
