"""Writes the table of who sees and does what into the page on rights; stops if the page says anything else.

python docs/figures rights_table         (part of the build of the documentation)
python docs/figures/rights_table.py      writes it into the page

It is read off `tests/web/access_matrix.toml`, which a test walks with a user of every role.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "rights.md"
MATRIX = ROOT / "tests" / "web" / "access_matrix.toml"
PART = re.compile(r"(<!-- rights -->\n).*?(<!-- end -->)", re.DOTALL)

ROLES = {
    "worker": "worker, consultant",
    "leader": "leader",
    "protection": "protection officer",
    "administrator": "administrator",
    "analyst": "analyst",
    "officer": "placement officer",
    "planner": "planner, teacher",
    "coordinator": "coordinator",
}
"""Columns."""

TOGETHER = (("worker", "consultant"), ("planner", "teacher"))
"""Roles that share a column."""

ROOMS = {
    "a person's file: facts, programme, plan, journal, letter": (
        "people:person people:household programme:person programme:journal programme:compare programme:letter "
        "programme:file"
    ),
    "facts and households are written; two persons are made one": (
        "people:new people:edit people:add people:change people:household-name people:expect people:expected-day "
        "people:merge people:undo-merge"
    ),
    "the CPR number, on a click": "people:cpr",
    "a list of people is read in": (
        "people:import people:import-template people:import-list people:import-row people:import-decide "
        "people:import-save people:import-undo people:import-discard"
    ),
    "the day, lists of cases and follow-ups, the calendar, travel times": (
        "programme:today programme:follow_ups programme:cases programme:feed programme:travel"
    ),
    "programme, plan, week, talks, journal, absence are written": (
        "programme:open programme:close programme:needs programme:talk programme:week programme:goal "
        "programme:goal_edit programme:activity programme:activity_edit programme:remove programme:propose "
        "programme:approve programme:write programme:draft programme:correct programme:absence"
    ),
    "agreements with workplaces are written, sent and approved for the office": (
        "workplace:agreement workplace:approve workplace:link workplace:close_link workplace:off workplace:letter"
    ),
    "at which school somebody is taught, and who came: read": "schooling:person",
    "somebody is enrolled at a language school": "schooling:enrol schooling:enrolment",
    "learners of one's own school: level, times, whom to call": "learning:learners learning:learner learning:take_back",
    "who came to the language school on a day": "learning:day",
    "who has agreed to be in touch with one's own association": "community:contacts",
    "templates of notes are read": "programme:templates",
    "templates of notes are written": "programme:template",
    "a newcomer is given their own page": "access:person access:withdraw",
    "moves to and from other municipalities, closed files": "moving:*",
    "a caseload is told of, offered, accepted": (
        "handover:packet handover:line handover:discard handover:offer handover:offered handover:offered_later"
    ),
    "handovers are begun and stopped, stand-ins arranged": (
        "handover:front handover:begin handover:later handover:cancel handover:stand_in handover:end_stand_in"
    ),
    "caseloads by colleague, as numbers; what is left is offered": "handover:office handover:rest handover:drafts",
    "missed follow-ups by kind, as numbers": "programme:missed",
    "what goes well and what does not, as figures; the comparison of municipalities": (
        "insight:monday insight:all insight:how insight:picture"
    ),
    "case numbers behind a figure": "insight:behind",
    "a reason is given for a file": "audit:reason",
    "who has opened whose file, and what was changed": (
        "audit:search audit:without-relation audit:person audit:changes"
    ),
    "what a person is given who asks who has looked": "audit:own",
    "openings are drawn for the monthly sample": "audit:draw",
    "openings of the sample are judged": "audit:samples audit:sample",
    "the register is taken away": "people:register people:register-download",
    "arriving households are placed, by a forecast or without": "placement:*",
    "households sent to the own municipality are taken in": "placement:sent-here placement:take-in",
    "what the own municipality has room for is written down": (
        "placement:own-place placement:own-place-list placement:own-place-template"
    ),
    "published quotas, and one's own": (
        "placement:rounds placement:round placement:round-list placement:round-municipality placement:round-what-if"
    ),
    "quotas are made, published, written": "placement:round-*",
    "users, roles, cooperation, the office's set-up": "accounts:*",
    "tokens for other systems": "tokens:list tokens:withdraw",
}
"""Rows: what is done or seen, and where; one with a star stands for all that begin so and that no row names better."""

NOT_CONSULTANTS = "; consultants do not"
"""How a row ends that workers have and consultants have not: they share a column."""

NO_RIGHT = {
    *("front", "health", "was", "help", "set_language", "accounts:logo", "accounts:own_phone"),
    *("people:list", "accounts:drafts", "programme:calendar"),
}
"""Open to everybody, empty for who sees nobody, or opened by a secret address."""

BY_LINK = ("newcomer:", "household:", "own-move:", "own-agreement:", "by-link:")
BY_TOKEN = ("api:",)

BEYOND = {("people:register", "leader"): "does", ("people:register", "analyst"): "does"}
"""What the walker does not walk: a real municipality, whose leader and whose own analyst take its register away."""

ASKED_WHY = {"person", "programme", "note_file"}
"""Things of a person: who is led elsewhere there is asked for a reason."""

DONE = {200, 422}


def read_matrix() -> dict[str, Any]:
    """Give every address with what each role is answered."""
    routes: dict[str, Any] = tomllib.loads(MATRIX.read_text(encoding="utf-8"))["route"]
    return routes


def answer(entry: Any, role: str) -> Any:
    """Give what a role is answered."""
    return entry.get(role, entry.get("else")) if isinstance(entry, dict) else entry


def may(route: str, entry: dict[str, Any], role: str) -> str:
    """Say what a role may at an address: nothing, with a reason, see it, or do something."""
    if (route, role) in BEYOND:
        return BEYOND[route, role]
    sent = answer(entry.get("post", {}).get("own"), role)
    seen = answer(entry["own"], role)
    if sent in DONE or str(sent).startswith("->"):
        return "does"
    if seen in DONE:
        return "sees"
    return "with a reason" if str(seen).startswith("->") and entry.get("object") in ASKED_WHY else ""


STRONGEST = ("does", "sees", "with a reason", "")


def asked_by(address: str) -> str:
    """Give what a row asks for that has an address: the address itself, or the longest beginning of it with a star."""
    every = [one for addresses in ROOMS.values() for one in addresses.split()]
    if address in every or address in NO_RIGHT:
        return address
    starred = [one for one in every if one.endswith("*") and address.startswith(one[:-1])]
    return max(starred, key=len, default="")


def rooms(routes: dict[str, Any]) -> dict[str, list[str]]:
    """Give the addresses of each row."""
    asked = {address: asked_by(address) for address in routes}
    return {words: [one for one in routes if asked[one] in addresses.split()] for words, addresses in ROOMS.items()}


def cell(addresses: list[str], routes: dict[str, Any], role: str) -> str:
    """Say the most that a role may at some addresses."""
    return min((may(one, routes[one], role) for one in addresses), key=STRONGEST.index)


def rows(routes: dict[str, Any]) -> Iterator[list[str]]:
    """Give the rows of the table."""
    for words, addresses in rooms(routes).items():
        yield [words, *(cell(addresses, routes, role) for role in ROLES)]


def filled(page: str, routes: dict[str, Any]) -> str:
    """Put the table between its marks."""
    heads = ["", *ROLES.values()]
    lines = [f"| {' | '.join(row)} |" for row in rows(routes)]
    table = "\n".join(["", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *lines, "", ""])
    return PART.sub(lambda part: f"{part[1]}{table}{part[2]}", page)


def different(routes: dict[str, Any]) -> list[str]:
    """Name rows in which roles of one column may different things, or one without a column may anything."""
    found = []
    for words, addresses in rooms(routes).items():
        (one, other), (planner, teacher) = ([cell(addresses, routes, role) for role in pair] for pair in TOGETHER)
        unlike = (one != other) != words.endswith(NOT_CONSULTANTS) or planner != teacher
        if unlike or cell(addresses, routes, "newcomer"):
            found.append(words)
    return found


def not_told(routes: dict[str, Any]) -> list[str]:
    """Name addresses that stand in no row, and those that stand in one and are not there."""
    told = {one for addresses in rooms(routes).values() for one in addresses} | NO_RIGHT
    asked = {one for addresses in ROOMS.values() for one in addresses.split() if not one.endswith("*")} | NO_RIGHT
    others = {name for name in routes if name.startswith(BY_LINK + BY_TOKEN)}
    return sorted((routes.keys() - others - told) | (asked - routes.keys()))


def draw(_out: Path) -> None:
    """Compare the page with the matrix."""
    routes = read_matrix()
    page = PAGE.read_text(encoding="utf-8")
    if not_told(routes):
        raise SystemExit(
            f"{Path(__file__).name} has no row, or no address any more, for {', '.join(not_told(routes))}."
        )
    if different(routes):
        raise SystemExit(f"{PAGE.name} needs a column more for {', '.join(different(routes))}.")
    if not PART.search(page) or filled(page, routes) != page:
        raise SystemExit(f"{PAGE.name} does not say what access_matrix.toml says: run python {__file__}, and look.")


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), read_matrix()), encoding="utf-8")
