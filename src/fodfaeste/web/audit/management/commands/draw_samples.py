"""Draws last month's sample of openings in every municipality: for the first night of a month."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.audit.context import acting
from fodfaeste.web.audit.domain.samples import draw_sample


class Command(BaseCommand):
    """Draws the samples; a municipality for which there is none says why, and the others have theirs."""

    help = "Draw last month's sample of openings in every municipality."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a month, if it is not the last one."""
        parser.add_argument("--month", default="", help="such as 2026-10; last month without it")

    def handle(self, *_args: Any, month: str, **_options: Any) -> None:
        """Draw."""
        first = _month(month)
        offices = list(Organisation.objects.filter(kind=Kind.MUNICIPALITY).order_by("name"))
        with acting(watched=[office.pk for office in offices]):
            for office in offices:
                try:
                    sample = draw_sample(organisation=office, month=first, by=None)
                except Refused as error:
                    self.stderr.write(str(error))
                else:
                    self.stdout.write(f"{sample}: {sample.lines.count()}")


def _month(said: str) -> date:
    if not said:
        return (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
    try:
        return datetime.strptime(said, "%Y-%m").date()
    except ValueError:
        raise CommandError(f"{said!r} is no month. Write it as 2026-10.") from None
