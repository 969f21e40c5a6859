"""How quickly the web application answers 16 at a time: `python -m benchmarks.web [sqlite|postgres] [short]`.

A database is filled (`web_people`), served as in production (`python -m fodfaeste.web serve`), and asked by 16 clients
at once, each with the session of another worker: first without a pause (closed loop), then each about once a second.
Server and clients share the machine. Times are those of the server's own access log, from when a thread takes a
request up to the last byte, and those that the clients see, with waiting. `short` tries all and writes nothing down.

Clients are `wrk` where it is installed, and threads of this process otherwise, which the table says.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.told import machine
from benchmarks.web_search import at_95

HERE = Path(__file__).parent
ROOT = HERE.parent
RESULTS = HERE / "results"
DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
CLIENTS = 16
PAUSE = 1.0
"""Seconds that a client waits between an answer and its next request, on average, where it does not ask at once."""

WARM, CLOSED, PACED = 3, 10, 20
SHORT = (1, 2, 4)
"""Seconds to warm up, without a pause, and with one."""

BARS = {"list": 150, "search": 150, "person": 200, "programme": 200, "today": 400}
"""Milliseconds that 95 % of the answers of a page may take on the server."""

LOG_FORMAT = "%(s)s %(D)s"
START, OK = 120, 200


@dataclass(frozen=True)
class Times:
    """Of one run: answers a second; median and 95th percentile in milliseconds, by the server and by the clients."""

    a_second: float
    server_50: float
    server_95: float
    client_50: float
    client_95: float


@dataclass(frozen=True)
class Measured:
    """One kind of page on one database."""

    page: str
    database: str
    closed: Times
    paced: Times

    @property
    def holds(self) -> bool:
        """Whether the bar holds without a pause, with the waiting for a thread that the server does not see."""
        return max(self.closed.server_95, self.closed.client_95) <= BARS[self.page]


# A database and a server


@contextmanager
def installation(kind: str) -> Iterator[tuple[dict[str, str], Path]]:
    """Give the environment of an installation with a filled database, and what is asked of it."""
    with tempfile.TemporaryDirectory(prefix="fodfaeste-web-") as folder:
        asked = Path(folder) / "asked.json"
        places = os.pathsep.join(map(str, (ROOT / "src", ROOT)))
        environment = {**os.environ, "FODFAESTE_DATA": folder, "PYTHONPATH": places}
        for name in ("DATABASE_URL", "FODFAESTE_OWNER_DATABASE_URL", "FODFAESTE_SECOND_FACTOR"):
            environment.pop(name, None)
        if kind == "sqlite":
            _prepare(environment, asked)
            yield environment, asked
            return
        sys.path.insert(0, str(ROOT / "tools"))
        from postgres import cluster

        with cluster(lasting=True) as address:
            if address is None:
                raise SystemExit("No PostgreSQL server is installed (Debian: postgresql).")
            owner = {**environment, "DATABASE_URL": address}
            _prepare(owner, asked)
            # The application owns nothing there: the wall stands.
            yield (
                {
                    **environment,
                    "DATABASE_URL": address.replace("owner@", "app@"),
                    "FODFAESTE_OWNER_DATABASE_URL": address,
                },
                asked,
            )


def _prepare(environment: dict[str, str], asked: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.web_asked", str(asked), str(CLIENTS)]
    subprocess.run(command, env=environment, cwd=ROOT, check=True)


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[int]:
    """Serve as in production, with a log of how long each answer took; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = f"--access-logfile {log} --access-logformat '{LOG_FORMAT}' --log-level warning"
    command = [sys.executable, "-m", "fodfaeste.web", "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, env={**environment, "GUNICORN_CMD_ARGS": settings}, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(port: int) -> None:
    """Wait until the server answers; loading it takes seconds, more where the machine has other work."""
    until = time.monotonic() + START
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START)
        try:
            connection.request("GET", "/was/")
            if connection.getresponse().status == OK:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise SystemExit("The server did not start.")


# Clients


def ask(port: int, asked: Sequence[dict[str, str]], seconds: int, pause: float) -> tuple[int, list[float]]:
    """Let the clients ask for some seconds; gives how many answers came, and after how long 50 and 95 % of them."""
    return (_by_wrk if shutil.which("wrk") else _by_threads)(port, asked, seconds, pause)


def _by_wrk(port: int, asked: Sequence[dict[str, str]], seconds: int, pause: float) -> tuple[int, list[float]]:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as lines:
        lines.writelines(f"{one['path']}\t{one['cookie']}\n" for one in asked)
        lines.flush()
        command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout", "60s", "-s", str(HERE / "web.lua")]
        environment = {**os.environ, "ASKED": lines.name, "PAUSE_MS": str(round(1000 * pause))}
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}/"], env=environment, capture_output=True, text=True, check=True
        )
    said = json.loads(done.stdout.splitlines()[-1])
    if said["errors"]:
        raise SystemExit(f"{said['errors']} requests went wrong.")
    return said["requests"], [said["ms_50"], said["ms_95"]]


def _by_threads(port: int, asked: Sequence[dict[str, str]], seconds: int, pause: float) -> tuple[int, list[float]]:
    """Ask as wrk would, at the cost of a process in Python."""
    taken: list[float] = []
    until = time.monotonic() + seconds

    def client(number: int) -> None:
        chance = random.Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        at = number
        while True:
            if pause:
                time.sleep(pause * chance.uniform(0.5, 1.5))
            if time.monotonic() >= until:
                return
            one = asked[at % len(asked)]
            at += CLIENTS
            began = time.perf_counter()
            connection.request("GET", one["path"], headers={"Cookie": one["cookie"]})
            connection.getresponse().read()
            taken.append(1000 * (time.perf_counter() - began))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(taken), [sorted(taken)[len(taken) // 2], at_95(taken)]


def run(port: int, log: Path, asked: Sequence[dict[str, str]], seconds: int, pause: float) -> Times:
    """Let the clients ask, and read what the server wrote of it."""
    before = log.stat().st_size
    answers, (client_50, client_95) = ask(port, asked, seconds, pause)
    time.sleep(1)  # what was asked last is still being answered
    with log.open(encoding="ascii") as lines:
        lines.seek(before)
        found = [line.split() for line in lines]
    if wrong := {status for status, _time in found if int(status) != OK}:
        raise SystemExit(f"Answers were {', '.join(sorted(wrong))}.")
    if not found:
        raise SystemExit(f"Nothing was answered within {seconds} s: the machine has too much other work.")
    server = [int(time_) / 1000 for _status, time_ in found]
    return Times(answers / seconds, sorted(server)[len(server) // 2], at_95(server), client_50, client_95)


def measure(kind: str, seconds: tuple[int, int, int]) -> list[Measured]:
    """Measure every kind of page on a database."""
    warm, closed, paced = seconds
    found = []
    with installation(kind) as (environment, asked_file):
        log = asked_file.with_name("access.log")
        asked: dict[str, list[dict[str, str]]] = json.loads(asked_file.read_text(encoding="utf-8"))
        with served(environment, log) as port:
            for page in BARS:
                run(port, log, asked[page], warm, 0)
                one = Measured(
                    page,
                    DATABASES[kind],
                    run(port, log, asked[page], closed, 0),
                    run(port, log, asked[page], paced, PAUSE),
                )
                print(told(one), flush=True)
                found.append(one)
    return found


# Telling


def told(one: Measured) -> str:
    """Write a row of the table."""
    cells = [one.page, one.database, f"{BARS[one.page]}", "yes" if one.holds else "**no**"]
    for times in (one.closed, one.paced):
        cells += [f"{times.a_second:.0f}", f"{times.server_50:.0f}", f"{times.server_95:.0f}", f"{times.client_95:.0f}"]
    return f"| {' | '.join(cells)} |"


HEAD = """| page | database | bar, ms | holds | answers a second | median | 95 % | clients' 95 % \
| paced: a second | median | 95 % | clients' 95 % |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def write(found: Sequence[Measured], where: dict[str, Any]) -> None:
    """Write what was measured to `results`."""
    with_what = "wrk" if shutil.which("wrk") else "threads of Python, which take part of the machine"
    text = f"""# The web application, 16 at a time

Written by `make bench-web`: 50,000 people, 10,000 of them in one municipality, and 200,000 events; half of the clients
work in the large municipality. {where["cores"]} cores, {where["memory_gib"]} GiB, {where["architecture"]}, Python \
{where["python"]}; load before {where["load_before"]}. Server, database and clients ({with_what}) share the machine.

Milliseconds on the server: from when a thread takes a request up until the answer is written. Clients' times have the
waiting for a thread in them, and a bar holds where they hold it too, without a pause: more than any office asks, since
nobody there reads a page in no time. Paced is each client about once a second.

{HEAD}{chr(10).join(map(told, found))}
"""
    (RESULTS / "web.md").write_text(text, encoding="utf-8")
    kept = {"machine": where, "clients": with_what, "measured": [asdict(one) for one in found]}
    (RESULTS / "web.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Measure; 1 where a bar is missed."""
    if unknown := set(arguments) - {*DATABASES, "short"}:
        print(f"Not understood: {', '.join(sorted(unknown))}.\n\n{__doc__}", file=sys.stderr)
        return 2
    kinds = [kind for kind in DATABASES if kind in arguments] or list(DATABASES)
    before = os.getloadavg()[0]
    print(HEAD, end="", flush=True)
    found = [one for kind in kinds for one in measure(kind, SHORT if "short" in arguments else (WARM, CLOSED, PACED))]
    if not arguments:
        write(found, machine((before, os.getloadavg()[0])))
    missed = [f"{one.page} on {one.database}" for one in found if not one.holds]
    print(f"Bars missed: {', '.join(missed)}." if missed else "All bars hold.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
