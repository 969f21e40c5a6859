"""Builds the demonstration country and prints who can sign in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fodfaeste.errors import FodfaesteError
from fodfaeste.web.demonstration.country import PEOPLE, SEED, build


class Command(BaseCommand):
    """``build_demonstration [--seed N] [--people N]``."""

    help = "Builds the demonstration country: six municipalities with made-up staff and people."

    def add_arguments(self, parser: Any) -> None:
        """Take a seed, and how many people."""
        parser.add_argument("--seed", type=int, default=SEED, help="The same seed gives the same people.")
        parser.add_argument("--people", type=int, default=PEOPLE, help="How many people at most.")

    def handle(self, *_arguments: Any, seed: int, people: int, **_options: Any) -> None:
        """Build it and say who can sign in."""
        try:
            country = build(seed=seed, people=people)
        except FodfaesteError as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{country.persons} persons, none of whom exists. Everybody's password: {country.password}")
        for sign_in in country.sign_ins:
            self.stdout.write(f"  {sign_in.email:<34} {sign_in.role:<14} {sign_in.organisation}")
