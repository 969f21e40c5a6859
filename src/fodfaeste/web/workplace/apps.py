"""The app of agreements with workplaces."""

from django.apps import AppConfig


class WorkplaceConfig(AppConfig):
    """Agreements on traineeships and jobs, approved by three."""

    name = "fodfaeste.web.workplace"
    label = "workplace"

    def ready(self) -> None:
        """Say who may see which agreements, what newcomers are asked, and what follows when a plan changes."""
        from fodfaeste.web.workplace import asking, permissions  # noqa: F401 - registers scopes and questions
        from fodfaeste.web.workplace.domain import agreements  # noqa: F401 - registers what follows
