"""`django-admin export_register FOLDER`: the register, ready for `fodfaeste measure`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from fodfaeste.errors import FodfaesteError
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.people.register import register_tables, write_register


class Command(BaseCommand):
    """Writes the register of all municipalities, or of one, into a new folder."""

    help = "Write the register, without names, into a new folder that `fodfaeste measure` reads."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what it takes."""
        parser.add_argument("folder", type=Path, help="a folder that is not there yet")
        parser.add_argument("--municipality", help="its code; all together without it")
        parser.add_argument("--day", help="the last day observed, as 2026-11-27; today without it")

    def handle(self, *_given: Any, folder: Path, municipality: str | None, day: str | None, **_more: Any) -> None:
        """Write it."""
        organisation = _found(municipality) if municipality else None
        try:
            observed = parse_date(day) if day else timezone.localdate()
        except ValueError:
            observed = None
        if observed is None:
            raise CommandError(f"{day!r} is no day. Write it as in 2026-11-27.")
        register = register_tables(organisation, day=observed)
        try:
            write_register(register, folder)
        except FodfaesteError as error:
            raise CommandError(str(error)) from error
        persons = register.tables["persons"].height
        self.stdout.write(f"{folder}: {persons} persons, {register.left_out} protected ones left out")


def _found(code: str) -> Organisation:
    try:
        return Organisation.objects.get(code=code)
    except Organisation.DoesNotExist:
        raise CommandError(f"No municipality here has the code {code!r}. Write its three digits.") from None
