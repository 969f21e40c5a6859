"""Builds the demonstration country and prints who can sign in."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fodfaeste.errors import FodfaesteError
from fodfaeste.web.demonstration.country import PEOPLE, SEED, Country, build, renewed
from fodfaeste.web.demonstration.models import MadeUp
from fodfaeste.web.insight.domain.making import make_insight


class Command(BaseCommand):
    """``build_demonstration [--seed N] [--people N] [--renew] [--json]``."""

    help = "Builds the demonstration country: six municipalities with made-up staff and people."

    def add_arguments(self, parser: Any) -> None:
        """Take a seed, how many people, what to do where there is one already, and how to say who can sign in."""
        parser.add_argument("--seed", type=int, default=SEED, help="The same seed gives the same people.")
        parser.add_argument("--people", type=int, default=PEOPLE, help="How many people at most.")
        parser.add_argument(
            "--renew", action="store_true", help="Where there is one already, keep it and give a new password."
        )
        parser.add_argument("--json", action="store_true", help="Say who can sign in as JSON.")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Build it and say who can sign in."""
        try:
            country = self._country(options)
        except FodfaesteError as refused:
            raise CommandError(str(refused)) from None
        if options["json"]:
            self.stdout.write(json.dumps(asdict(country), ensure_ascii=False))
            return
        self.stdout.write(f"{country.persons} persons, none of whom exists. Everybody's password: {country.password}")
        for sign_in in country.sign_ins:
            self.stdout.write(f"  {sign_in.email:<34} {sign_in.role:<14} {sign_in.organisation}")
        if country.own_page is not None:
            self.stdout.write(f"A newcomer's own page, code {country.own_page.code}: {country.own_page.path}")
        for page in country.households:
            self.stdout.write(f"{page.what}, code {page.code}: {page.path}")
        if country.workplace is not None:
            self.stdout.write(f"An agreement that waits for its workplace: {country.workplace}")

    def _country(self, options: dict[str, Any]) -> Country:
        if options["renew"] and MadeUp.objects.exists():
            return renewed()

        def say(doing: str, share: float) -> None:
            self.stderr.write(f"{share:4.0%} {doing}", ending="\r" if self.stderr.isatty() else "\n")

        last = [-1]

        def say_rarely(doing: str, share: float) -> None:
            if int(share * 5) > last[0]:
                last[0] = int(share * 5)
                say(doing, share)

        built = build(seed=options["seed"], people=options["people"], progress=say_rarely)
        say("the night's figures", 1.0)
        make_insight(timezone.localdate())
        return built
