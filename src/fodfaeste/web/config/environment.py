"""What the environment says of an installation, read once and checked; without a word from it all is safe."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from fodfaeste.errors import Refused

LOCAL = ("localhost", "127.0.0.1", "[::1]")
STATIC, FILES, LOOPS = "static", "files", "loops"
"""Folders in the data folder: style sheets and fonts as they are served, what is uploaded, and compiled loops."""

KEY_BYTES = 50
CONNECTIONS = 2
"""Connections to PostgreSQL that one process keeps: it answers one request at a time, and one is to spare."""
PREPARED_AFTER = 3
"""Times that a connection sees a query before PostgreSQL keeps its plan."""


@dataclass(frozen=True)
class Oidc:
    """An office's own sign-in (OpenID Connect): where it is, and as what it knows this installation."""

    issuer: str
    client_id: str
    client_secret: str

    @property
    def app(self) -> dict[str, Any]:
        """What the package that signs people in has to know of it."""
        return {
            "provider_id": "kontor",
            "client_id": self.client_id,
            "secret": self.client_secret,
            "settings": {"server_url": self.issuer},
        }


@dataclass(frozen=True)
class Environment:
    """An installation.

    Attributes
    ----------
    data : Path
        The folder that everything is kept in that is not in a database server.
    secret_key, field_key : str
        What signs sessions and links, and what encrypted fields are encrypted with: who loses that loses them.
    database, owner : dict
        How the application, and how migrations, reach the database; the same unless the environment names an owner.
    hosts : tuple of str
        Names that it answers to.
    tls : bool
        Whether people reach it by https alone.
    second_factor : bool
        Whether whoever sees persons proves twice who they are.
    offices : tuple of Oidc
        The office's own sign-in, if it has one.
    published : Path or None
        A folder whose files are given to everybody as they lie, such as reports.
    """

    data: Path
    secret_key: str
    field_key: str
    database: dict[str, Any]
    owner: dict[str, Any]
    hosts: tuple[str, ...]
    tls: bool
    second_factor: bool
    offices: tuple[Oidc, ...]
    published: Path | None = None


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Read the variables, and make the data folder and its secret key where there is none yet.

    ``FODFAESTE_DATA``
        The data folder; ``~/.local/share/fodfaeste`` without it.
    ``DATABASE_URL``
        ``postgresql://user:password@host:port/name`` or ``sqlite:///path``; a file in the data folder without it.
    ``FODFAESTE_OWNER_DATABASE_URL``
        How migrations reach PostgreSQL, so that the application itself does not own its tables.
    ``FODFAESTE_SECRET_KEY``, ``FODFAESTE_FIELD_KEY``
        Kept in the data folder without them, made on the first start.
    ``FODFAESTE_HOSTS``
        Host names, with commas between them; this machine alone without it.
    ``FODFAESTE_TLS``
        ``1`` where people reach it by https: cookies and links are then for https alone.
    ``FODFAESTE_SECOND_FACTOR``
        ``off`` lets people in with a password alone: for try-outs with made-up data; a bar on every page says so.
    ``FODFAESTE_OIDC_ISSUER``, ``FODFAESTE_OIDC_CLIENT_ID``, ``FODFAESTE_OIDC_CLIENT_SECRET``
        The office's own sign-in: all three or none.
    ``FODFAESTE_PUBLISHED``
        A folder of reports and the like: its files are given to everybody as they lie, signed in or not.

    Raises
    ------
    Refused
        Naming the variable, what it holds, and what it may.
    """
    data = Path(variables.get("FODFAESTE_DATA") or _home(variables) / "fodfaeste").expanduser().resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for folder in (STATIC, FILES):
        (data / folder).mkdir(exist_ok=True, mode=0o700)
    database = database_from(variables.get("DATABASE_URL", ""), data, "DATABASE_URL")
    owner = variables.get("FODFAESTE_OWNER_DATABASE_URL", "")
    tls = variables.get("FODFAESTE_TLS", "0")
    if tls not in {"0", "1"}:
        raise Refused(f"FODFAESTE_TLS is {tls!r}. Set it to 1 where people reach the site by https, or to 0.")
    second_factor = variables.get("FODFAESTE_SECOND_FACTOR", "on")
    if second_factor not in {"on", "off"}:
        raise Refused(f"FODFAESTE_SECOND_FACTOR is {second_factor!r}. Leave it out, or set it to off for a try-out.")
    hosts = tuple(name.strip() for name in variables.get("FODFAESTE_HOSTS", "").split(",") if name.strip())
    return Environment(
        data=data,
        secret_key=variables.get("FODFAESTE_SECRET_KEY") or _kept_key(data / "secret-key"),
        field_key=variables.get("FODFAESTE_FIELD_KEY") or _kept_key(data / "field-key"),
        database=database,
        owner=database_from(owner, data, "FODFAESTE_OWNER_DATABASE_URL") if owner else database,
        hosts=hosts or LOCAL,
        tls=tls == "1",
        second_factor=second_factor == "on",
        offices=_oidc(variables),
        published=_published(variables.get("FODFAESTE_PUBLISHED", "")),
    )


def keep_loops(variables: MutableMapping[str, str], data: Path, package: Path) -> None:
    """Let Numba keep what it compiles with the data where it cannot keep it beside the package.

    It reads the variable when it is first imported, so this has to come before.
    """
    if not os.access(package, os.W_OK):
        variables.setdefault("NUMBA_CACHE_DIR", str(data / LOOPS))


def _published(folder: str) -> Path | None:
    if folder and not Path(folder).is_dir():
        raise Refused(f"FODFAESTE_PUBLISHED is {folder!r}, and there is no such folder. Make it, or leave it out.")
    return Path(folder).resolve() if folder else None


def _oidc(variables: Mapping[str, str]) -> tuple[Oidc, ...]:
    names = [f"FODFAESTE_OIDC_{part}" for part in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")]
    given = [variables.get(name, "").strip() for name in names]
    if not any(given):
        return ()
    if missing := [name for name, value in zip(names, given, strict=True) if not value]:
        raise Refused(f"{' and '.join(missing)} missing: the office's own sign-in needs {', '.join(names)}, or none.")
    if urlsplit(given[0]).scheme != "https":
        raise Refused(f"FODFAESTE_OIDC_ISSUER is {given[0]!r}. Write its whole address, beginning with https://.")
    return (Oidc(*given),)


def database_from(address: str, data: Path, variable: str) -> dict[str, Any]:
    """Turn a database's address into Django's settings for it."""
    if not address:
        return _sqlite(data / "fodfaeste.sqlite3")
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path.removeprefix("/")) or data / "fodfaeste.sqlite3"))
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise Refused(
            f"{variable} does not name a database that Fodfæste knows (it begins with {parts.scheme or 'nothing'!r}). "
            "Write postgresql://user:password@host:port/name or sqlite:///path."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or dict(parse_qsl(parts.query)).get("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": CONNECTIONS},
            # Nothing here is so large that compiling a query pays; the planner thinks so of whatever the wall looks at.
            "options": "-c jit=off",
            # Behind the wall a query takes longer to plan than to answer: what comes again and again is planned once.
            "server_side_binding": True,
            "prepare_threshold": PREPARED_AFTER,
        },
    }


def _sqlite(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        # A thread keeps its connection: opening one reads the whole schema, with every trigger.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A writer waits for another instead of failing when it turns out that it has to write.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


def _home(variables: Mapping[str, str]) -> Path:
    return Path(variables.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _kept_key(file: Path) -> str:
    """Read the key, or make one that nobody else on the machine can read."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secrets.token_urlsafe(KEY_BYTES))
    return file.read_text(encoding="ascii").strip()
