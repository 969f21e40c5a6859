"""The demonstration country: the web application, which is a program of its own, builds, serves and removes it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fodfaeste.errors import FodfaesteError

HOST = "127.0.0.1"
DATA, PUBLISHED = "data", "published"
"""Folders of the demonstration: what the web application keeps, and what it gives to everybody as it lies."""

ROLES = {
    "worker": "Integrationsmedarbejder (integration worker)",
    "consultant": "Jobkonsulent (job consultant)",
    "leader": "Leder (leader)",
    "protection": "Databeskyttelsesrådgiver (data protection officer)",
    "administrator": "Administrator (administrator)",
    "planner": "Planlægger på sprogskole (planner)",
    "teacher": "Lærer (teacher)",
    "coordinator": "Frivilligkoordinator (volunteer coordinator)",
    "analyst": "Analytiker (analyst)",
    "officer": "Visitator (placement officer)",
}
"""What each role is called, in the order in which they are printed."""


def program(*arguments: str) -> list[str]:
    """Say how the web application is run."""
    return [sys.executable, "-m", "fodfaeste.web", *arguments]


def serving(port: int) -> list[str]:
    """Say how it is served."""
    return program("serve", "--port", str(port))


def environment(out: Path) -> dict[str, str]:
    """Give the demonstration a data folder of its own; whoever tries it out signs in with a password alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FODFAESTE_", "DATABASE_URL"))}
    mine = {"FODFAESTE_DATA": out / DATA, "FODFAESTE_PUBLISHED": out / PUBLISHED, "FODFAESTE_SECOND_FACTOR": "off"}
    return {**kept, **{name: str(value) for name, value in mine.items()}}


def build(out: Path) -> Mapping[str, Any]:
    """Build the country, or keep the one that is there; give its password and who can sign in.

    Raises
    ------
    FodfaesteError
        If it cannot be built; the program that builds it has said why.
    """
    (out / PUBLISHED).mkdir(parents=True, exist_ok=True)
    _run(out, "migrate")
    said = _run(out, "manage", "build_demonstration", "--renew", "--json")
    _run(out, "manage", "add_demonstration_forecast")
    return dict(json.loads(said))


def remove(out: Path) -> None:
    """Take the country away."""
    if not (out / DATA).is_dir():
        raise FodfaesteError(f"There is no demonstration country in {out}.")
    sys.stdout.write(_run(out, "manage", "remove_demonstration"))


def _run(out: Path, *arguments: str) -> str:
    done = subprocess.run(
        program(*arguments),
        env=environment(out),
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise FodfaesteError(
            f"The demonstration country could not be made: {arguments[-1]} ended with {done.returncode}."
        )
    return done.stdout


def one_of_each(built: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """Choose somebody of each role, all of one municipality where it has the role."""
    first: dict[str, Mapping[str, str]] = {}
    for sign_in in built["sign_ins"]:
        first.setdefault(sign_in["role"], sign_in)
    return [first[role] for role in ROLES if role in first]


def sign_ins(built: Mapping[str, Any], address: str) -> str:
    """Say in words who can sign in where, and with what."""
    rows = one_of_each(built)
    wide = max(len(row["email"]) for row in rows)
    named = max(len(ROLES[row["role"]]) for row in rows)
    lines = [f"  {row['email']:<{wide}}  {ROLES[row['role']]:<{named}}  {row['organisation']}" for row in rows]
    others = len(built["sign_ins"]) - len(rows)
    return "\n".join(
        [
            f"{built['persons']} persons, none of whom exists. Sign in at {address}konto/login/",
            f"Everybody's password: {built['password']}",
            *lines,
            f"  and {others} more in the same pattern: worker2, and the other municipalities' codes.",
            *_own_page(built, address),
            *_households(built, address),
            *_workplace(built, address),
        ]
    )


def _own_page(built: Mapping[str, Any], address: str) -> list[str]:
    page = built.get("own_page")
    return [f"A newcomer's own page, code {page['code']}: {address}{page['path'].lstrip('/')}"] if page else []


def _households(built: Mapping[str, Any], address: str) -> list[str]:
    pages = built.get("households", ())
    return [f"{page['what']}, code {page['code']}: {address}{page['path'].lstrip('/')}" for page in pages]


def _workplace(built: Mapping[str, Any], address: str) -> list[str]:
    path = built.get("workplace")
    return [f"An agreement that waits for its workplace: {address}{path.lstrip('/')}"] if path else []


def free_port(port: int) -> int:
    """Give the port if it is free, and any that is for 0.

    Raises
    ------
    FodfaesteError
        If it is taken, with another to choose.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise FodfaesteError(
                f"Port {port} is taken by another program or not yours to use ({error.strerror}). "
                f"Choose another: fodfaeste demo --port {port + 1 if port == 8000 else 8000}"
            ) from None
        return int(probe.getsockname()[1])
