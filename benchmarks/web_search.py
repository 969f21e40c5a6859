"""How long it takes to find a person among 50,000 of one municipality: `python -m benchmarks.web_search [postgres]`.

On SQLite in a temporary folder, or on a PostgreSQL of its own. All are the viewer's own persons: no office has as many,
so a real one is quicker. Names are made of syllables, some much more frequent than others.
"""

from __future__ import annotations

import math
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

PEOPLE, RUNS, TARGET = 50_000, 40, 0.150
SEED = 2002
TODAY = date(2026, 11, 26)
BEGIN = ("Mo", "Fa", "Ab", "Kha", "Sa", "Ju", "Ol", "Se", "Ha", "Ya", "Zi", "Ra", "Da", "Ner", "Bil", "Tes")
MIDDLE = ("", "ha", "ti", "du", "li", "mi", "ra", "le", "san", "ka", "no", "wi")
END = ("med", "ma", "lah", "ja", "mir", "na", "lam", "bib", "ren", "dis", "ko", "rup", "gaard", "sen", "ova", "zadeh")
SLIPS = ("ommited letter", "wrong letter", "two exchanged")


def names(generator: random.Random, first: bool) -> tuple[list[str], list[float]]:
    """Give names with how frequent they are: the n-th as 1/n, as names are."""
    found = ["".join(parts) for parts in product(BEGIN, MIDDLE, END)]
    found = found if first else [f"{name}{end}" for name in found for end in ("", "i", "s", "er")]
    generator.shuffle(found)
    return found, [1 / (10 + place) for place in range(len(found))]


def fill() -> tuple[Any, list[Any]]:
    """Make the municipality, its worker and its persons."""
    from fodfaeste.web.accounts.models import Membership, Organisation, User
    from fodfaeste.web.accounts.roles import Kind, Role
    from fodfaeste.web.accounts.viewer import viewer_of
    from fodfaeste.web.people import cpr
    from fodfaeste.web.people.domain.facts import PersonFacts, values_of
    from fodfaeste.web.people.models import Person, Responsibility

    generator = random.Random(SEED)
    office = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Egenby", code="901")
    user = User.objects.create_user("worker@example.invalid", name="worker")
    Membership.objects.create(user=user, organisation=office, role=Role.WORKER, start=date(2000, 1, 1))
    given_names, how_often = names(generator, first=True)
    family_names, how_often_too = names(generator, first=False)
    people = []
    for number in range(PEOPLE):
        facts = PersonFacts(
            given_name=generator.choices(given_names, how_often)[0],
            family_name=generator.choices(family_names, how_often_too)[0],
            birth_date=date(1940, 1, 1) + timedelta(days=generator.randrange(29_000)),
            sex="female",
            citizenship="SYR",
            arrival_date=date(2020, 1, 1),
            takeover_date=date(2020, 1, 1),
        )
        # As if each had a number: an index of what nobody has would not be used.
        hashed = {"cpr_hash": cpr.hashes(f"{number:010}")[0]}
        people.append(Person(case_number=f"BEN-{number:05}-X", **{**values_of(facts), **hashed}))
    Person.objects.bulk_create(people, batch_size=2000)
    held = (Responsibility(person=one, organisation=office, worker=user, start=date(2020, 1, 1)) for one in people)
    Responsibility.objects.bulk_create(held, batch_size=5000)
    return viewer_of(user, TODAY), people


def with_slip(name: str, generator: random.Random) -> str:
    """Let a letter of a name be missing or wrong, or two exchanged."""
    at, slip = generator.randrange(1, len(name) - 1), generator.choice(SLIPS)
    if slip == SLIPS[0]:
        return name[:at] + name[at + 1 :]
    if slip == SLIPS[1]:
        return name[:at] + generator.choice("bdgklmnprst") + name[at + 1 :]
    return name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]


def searches(people: Sequence[Any]) -> dict[str, list[str]]:
    """Give what is typed, by kind."""
    generator = random.Random(SEED + 1)
    some = generator.sample(people, RUNS)
    frequent = [one.family_name for one in generator.sample(people, RUNS)]
    return {
        "given and family name": [f"{one.given_name} {one.family_name}" for one in some],
        "family name": [one.family_name for one in some],
        "family name with a slip": [with_slip(one.family_name, generator) for one in some],
        "both with a slip": [
            f"{with_slip(one.given_name, generator)} {with_slip(one.family_name, generator)}" for one in some
        ],
        "the beginning of a name": [name[:3] for name in frequent],
        "two letters": [name[:2] for name in frequent],
        "given name": [one.given_name for one in some],
        "birth date": [f"{one.birth_date:%d%m%y}" for one in some],
        "name and birth date": [f"{one.given_name} {one.birth_date:%d-%m-%Y}" for one in some],
        "case number": [one.case_number for one in some],
        "CPR number": [f"{generator.randrange(PEOPLE):010}" for _one in some],
    }


def at_95(times: Sequence[float]) -> float:
    """Give the 95th percentile: the least time that 95 % do not exceed."""
    return sorted(times)[math.ceil(0.95 * len(times)) - 1]


def measure() -> bool:
    """Fill, search, print; False where the slowest kind is over the target."""
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    viewer, people = fill()
    print(f"{connection.vendor}: {PEOPLE} persons made in {time.perf_counter() - began:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    from fodfaeste.web.accounts.gate import visible
    from fodfaeste.web.people.models import Person
    from fodfaeste.web.people.search import find

    slowest = 0.0
    for kind, typed in searches(people).items():
        taken, worked, found = [], [], []
        for text in typed:
            began, busy = time.perf_counter(), time.process_time()
            answer = find(visible(viewer, Person), text, today=TODAY)
            taken.append(time.perf_counter() - began)
            worked.append(time.process_time() - busy)
            found.append(len(answer.persons))
        slow = at_95(taken)
        slowest = max(slowest, slow)
        print(
            f"  {kind:26} median {1000 * statistics.median(taken):6.1f} ms, 95 % {1000 * slow:6.1f} ms"
            f" (of processor time here {1000 * at_95(worked):6.1f} ms), found {statistics.mean(found):5.1f}",
            flush=True,
        )
    connection.close()
    return slowest <= TARGET


@contextmanager
def database(kind: str) -> Iterator[None]:
    """Let the settings find an empty database."""
    folder = tempfile.mkdtemp(prefix="fodfaeste-search-")
    os.environ |= {"FODFAESTE_DATA": folder, "DJANGO_SETTINGS_MODULE": "fodfaeste.web.config.settings"}
    try:
        if kind == "sqlite":
            os.environ.pop("DATABASE_URL", None)
            yield
            return
        sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
        from postgres import cluster

        with cluster() as address:
            if address is None:
                raise SystemExit("No PostgreSQL server is installed (Debian: postgresql).")
            os.environ["DATABASE_URL"] = address
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str]) -> int:
    """Measure on the database that is named, SQLite without a name; 1 where it is too slow."""
    with database("postgres" if "postgres" in arguments else "sqlite"):
        return 0 if measure() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
