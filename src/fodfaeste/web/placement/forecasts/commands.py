"""What the commands of the register share: whose register it is, who answers for it, how progress is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fodfaeste.errors import FodfaesteError
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.audit.context import seeing

Progress = Callable[[str, float], None]


class ForecastCommand(BaseCommand):
    """A command that acts for an agency; what the library refuses is said in one line, with exit code 1."""

    def add_arguments(self, parser: Any) -> None:
        """Ask for the agency."""
        parser.add_argument("--organisation", required=True, help="The agency's name, as the web application has it.")

    def handle(self, *_given: Any, **options: Any) -> None:
        """Act, seeing what the agency sees."""
        office = self.office(options["organisation"])
        try:
            with seeing([office.pk]):
                self.act(office, options)
        except FodfaesteError as refused:
            raise CommandError(str(refused)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was finished is kept; what was not left nothing behind.") from None

    def act(self, office: Organisation, options: dict[str, Any]) -> None:
        """Do what the command is for."""
        raise NotImplementedError

    def office(self, name: str) -> Organisation:
        """Find an agency."""
        found = Organisation.objects.filter(kind=Kind.AGENCY, name=name).first()
        if found is None:
            known = ", ".join(Organisation.objects.filter(kind=Kind.AGENCY).values_list("name", flat=True)) or "none"
            raise CommandError(f"There is no agency {name!r}. There is: {known}.")
        return found

    def person(self, email: str) -> User:
        """Find who answers for what is brought in."""
        found = User.objects.filter(email__iexact=email).first()
        if found is None:
            raise CommandError(f"Nobody signs in as {email!r}.")
        return found

    def show(self, doing: str, share: float) -> None:
        """Say what is being done; on a screen in one line, in a log a line for each thing."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{share:4.0%} {doing}", ending="")
            return
        said = doing.split(" (", maxsplit=1)[0]
        if said != getattr(self, "_said", ""):
            self._said = said
            self.stderr.write(f"{share:4.0%} {doing}")
