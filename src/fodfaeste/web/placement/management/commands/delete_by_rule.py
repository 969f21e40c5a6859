"""`delete_by_rule`: delete what the rule says of households; meant for nights, as the owner of the tables."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections
from django.utils import timezone

from fodfaeste.web.audit.context import acting
from fodfaeste.web.audit.owning import owner_of_tables
from fodfaeste.web.base.kept import POSTGRESQL
from fodfaeste.web.placement.desk.domain.decisions import TOLD
from fodfaeste.web.placement.desk.models import Arrival
from fodfaeste.web.placement.keeping.archive import begun_in
from fodfaeste.web.placement.keeping.domain.erasing import erase
from fodfaeste.web.placement.keeping.due import STEPS, Keeping, keeping_of, with_keeping
from fodfaeste.web.placement.keeping.models import Step


class Command(BaseCommand):
    """``delete_by_rule --archive FOLDER``, or ``--dry-run``."""

    help = "Delete by rule what is known of households that were placed long ago, once it is in the archive."

    def add_arguments(self, parser: Any) -> None:
        """Take where the archive's files go."""
        parser.add_argument("--archive", type=Path, help="The folder in which a file for the archive is written first.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be deleted, and delete nothing.")

    def handle(self, *_given: Any, archive: Path | None, dry_run: bool, **_more: Any) -> None:
        """Delete, and say how much; no household is named."""
        if archive is None and not dry_run:
            raise CommandError("Say where the file for the archive goes: --archive FOLDER. Or try with --dry-run.")
        using = "owner" if "owner" in settings.DATABASES else "default"
        if connections[using].vendor == POSTGRESQL and not owner_of_tables(connections[using]):
            raise CommandError("Only who owns the tables can delete records: set FODFAESTE_OWNER_DATABASE_URL.")
        today = timezone.localdate()
        with acting():
            due = [(one, step) for one, kept in _known(using, today) for step in _steps(kept, today)]
            if dry_run or archive is None:
                self._tell("would be deleted", Counter(step for _one, step in due))
                return
            self._tell("deleted", self._delete(due, archive, using, today))

    def _delete(self, due: list[tuple[Arrival, Step]], archive: Path, using: str, today: Any) -> Counter[Step]:
        made: Counter[Step] = Counter()
        with begun_in(archive) as file:
            for one, step in due:
                try:
                    made[step] += erase(one.pk, step, file, today=today, using=using) is not None
                except OperationalError as error:
                    self.stderr.write(f"Case {one.pk} waits for another night: {str(error).splitlines()[0]}")
        return made

    def _tell(self, what: str, counted: Counter[Step]) -> None:
        for step in STEPS:
            self.stdout.write(f"{step.value}: {counted[step]} cases {what}.")


def _known(using: str, today: Any) -> list[tuple[Arrival, Keeping]]:
    rows = Arrival.objects.using(using).filter(state__in=TOLD, erased=False).order_by("pk")
    return [(one, keeping_of(one, today)) for one in with_keeping(rows)]


def _steps(kept: Keeping, today: Any) -> list[Step]:
    """Give the steps that are due; with the persons, needs go as well."""
    return next(([step] for step in reversed(STEPS) if kept.is_due(step, today)), [])
