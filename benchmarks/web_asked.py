"""Fills a database and says what is asked of it: `python -m benchmarks.web_asked FILE CLIENTS`, called by `web`.

Each client has the session of a worker of its own; half of them work in the large municipality. What they ask is made
by the seed: pages of the list, searches as people type them, with slips, and files of persons of their own.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.web_people import SEED, Filled, fill, told
from benchmarks.web_search import with_slip

ROUNDS = 40
"""Requests of each kind that each client has, before it begins anew."""

LOOKED_FOR = 2000
"""Persons of a municipality among whom somebody is looked for."""

APPLICATION = "app"
"""As whom the application connects to PostgreSQL."""

Asked = dict[str, list[dict[str, str]]]


def workers(filled: Filled, many: int) -> Iterator[Any]:
    """Choose workers: half of the large municipality, the others one of each of the rest."""
    big, *others = filled.offices
    yield from big.workers[: many // 2]
    for office in others[: many - many // 2]:
        yield office.workers[0]


def asked_by(user: Any, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Give the requests of a worker, each with its kind of page."""
    from fodfaeste.web.people.models import Responsibility

    rows = Responsibility.objects.select_related("person").order_by("pk")
    held = list(rows.filter(worker=user))
    everybody = list(rows.filter(organisation=held[0].organisation_id)[:LOOKED_FOR])
    running = list(rows.filter(worker=user, person__programmes__isnull=False).values_list("person", flat=True))
    for at in range(ROUNDS):
        yield "list", ("", "?grundlag=family&fra=2024-01-01", "?side=3", "?mine=on")[at % 4]
        one = chance.choice(everybody).person
        yield (
            "search",
            (
                f"?q={one.given_name}+{one.family_name}",
                f"?q={with_slip(one.family_name, chance)}",
                f"?q={one.case_number}",
                f"?q={one.birth_date:%d%m%y}",
            )[at % 4],
        )
        yield "person", f"{chance.choice(held).person_id}/"
        yield "programme", f"{chance.choice(running)}/"
        yield "today", ""


ADDRESSES = {
    "list": "people:list",
    "search": "people:list",
    "person": "people:list",
    "programme": None,
    "today": "programme:today",
}


def made(filled: Filled, clients: int) -> Asked:
    """Sign the workers in, and put their requests in turn."""
    from django.test import Client
    from django.urls import reverse

    chance = random.Random(SEED)
    by_worker = []
    for user in workers(filled, clients):
        cookie = _signed_in(Client(), user)
        by_worker.append([(page, _address(page, rest, reverse), cookie) for page, rest in asked_by(user, chance)])
    asked: Asked = {page: [] for page in ADDRESSES}
    for requests in zip(*by_worker, strict=True):
        for page, path, cookie in requests:
            asked[page].append({"path": path, "cookie": cookie})
    return asked


def _address(page: str, rest: str, reverse: Any) -> str:
    name = ADDRESSES[page]
    return f"{reverse(name)}{rest}" if name else reverse("programme:person", args=[int(rest.strip("/"))])


def _signed_in(browser: Any, user: Any) -> str:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    browser.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return "; ".join(f"{name}={cookie.value}" for name, cookie in browser.cookies.items())


def main(arguments: Sequence[str]) -> int:
    """Fill, sign in, write down what is asked."""
    file, clients = arguments
    os.environ["DJANGO_SETTINGS_MODULE"] = "fodfaeste.web.config.settings"
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    filled = fill()
    print(f"{connection.vendor}, {told(filled, time.perf_counter() - began)}", file=sys.stderr, flush=True)
    Path(file).write_text(json.dumps(made(filled, int(clients))), encoding="utf-8")
    if connection.vendor == "postgresql":
        from fodfaeste.web.audit.wall import ROLE

        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {APPLICATION} LOGIN IN ROLE {ROLE}")
    connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
