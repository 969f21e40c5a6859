"""Looking a list through as a whole: each row read, what rows say together, and who of them is known already."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste.errors import Problem
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import Membership, User
from fodfaeste.web.accounts.roles import CASEWORK
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.people import cpr
from fodfaeste.web.people.domain.duplicates import same_birth, unlike
from fodfaeste.web.people.importing.candidate import Candidate, problem, read_row
from fodfaeste.web.people.importing.columns import Cells
from fodfaeste.web.people.importing.models import ImportedList, ImportedRow
from fodfaeste.web.people.models import HouseholdMember, Person
from fodfaeste.web.people.names import words_in, words_of

Verdict = ImportedRow.Verdict


@dataclass(frozen=True)
class Looked:
    """A row that has been looked at.

    Attributes
    ----------
    row : ImportedRow
    cells : Cells
    candidate : Candidate or None
        None where a cell cannot be read.
    problems : tuple of Problem
    suggested : tuple of Person
        Who they may be, the surest first; nobody once that is decided.
    """

    row: ImportedRow
    cells: Cells
    candidate: Candidate | None
    problems: tuple[Problem, ...] = ()
    suggested: tuple[Person, ...] = ()

    @property
    def left_out(self) -> bool:
        """Whether the row is not to be saved."""
        return self.row.decision == Verdict.OUT

    @property
    def joins(self) -> Person | None:
        """The known person that the row is about, where somebody has said so."""
        return self.row.person if self.row.decision == Verdict.SAME else None

    @property
    def state(self) -> str:
        """`out`, `faulty`, `unsure`, `same` or `new`."""
        if self.left_out:
            return "out"
        if self.problems:
            return "faulty"
        if self.joins:
            return "same"
        return "unsure" if self.suggested else "new"


@dataclass(frozen=True)
class Preview:
    """A list as it would be saved."""

    rows: tuple[Looked, ...]
    households: Mapping[str, tuple[Looked, ...]] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[str]:
        """How many rows there are of each state."""
        return Counter(looked.state for looked in self.rows)

    @property
    def faulty(self) -> tuple[Looked, ...]:
        """Rows that somebody has to look at before the list can be saved."""
        return tuple(looked for looked in self.rows if looked.state in {"faulty", "unsure"})

    @property
    def ready(self) -> tuple[Looked, ...]:
        """Rows that are saved."""
        return tuple(looked for looked in self.rows if looked.state in {"same", "new"})

    @property
    def can_be_saved(self) -> bool:
        """Whether there is something to save, and nothing in the way."""
        return bool(self.ready) and not self.faulty


def look_through(imported: ImportedList, *, by: User) -> Preview:
    """Look a list through, as it is now and with the persons that somebody may see now."""
    today = timezone.localdate()
    known = visible(viewer_of(by, today), Person)
    rows = list(imported.rows.select_related("person"))
    ours = set(known.filter(pk__in=[row.person_id for row in rows]).values_list("pk", flat=True))
    for row in rows:
        if row.person_id not in ours:
            row.person = None
    looked = tuple(_read(row, today) for row in rows)
    candidates = [one.candidate for one in looked if one.candidate and not one.left_out]
    suggested = _suggested(looked, list(known.filter(_like_any(candidates))) if candidates else [])
    told = _told_together(imported, looked, suggested, today)
    whole = tuple(
        Looked(
            one.row,
            one.cells,
            one.candidate,
            (*one.problems, *told[one.row.number]),
            tuple(suggested[one.row.number]),
        )
        for one in looked
    )
    return Preview(whole, households(whole))


def households(rows: Iterable[Looked]) -> Mapping[str, tuple[Looked, ...]]:
    """Put together who comes together, by the list's word for it; whoever has none is a household alone."""
    found: dict[str, list[Looked]] = defaultdict(list)
    for one in rows:
        if not one.left_out:
            found[one.cells.household.casefold() or f"\0{one.row.number}"].append(one)
    return {word: tuple(members) for word, members in found.items()}


def _read(row: ImportedRow, today: date) -> Looked:
    cells = row.cells
    candidate, problems = read_row(row.number, cells, today=today)
    return Looked(row, cells, candidate, problems)


# Who is known already


def _like_any(candidates: Sequence[Candidate]) -> Q:
    born = reduce(or_, {str(rule): rule for rule in (same_birth(one.birth_date) for one in candidates)}.values())
    return born | Q(cpr_hash__in=_hashes(candidates))


def _hashes(candidates: Iterable[Candidate]) -> list[str]:
    return [digest for one in candidates if one.cpr for digest in cpr.hashes(one.cpr)]


def _suggested(rows: Iterable[Looked], known: Sequence[Person]) -> Mapping[int, list[Person]]:
    """Find for each undecided row who may be meant: the same CPR number, or name and birth in another spelling."""
    words = {person.pk: words_in(person.search) for person in known}
    found: dict[int, list[Person]] = defaultdict(list)
    for one in rows:
        if one.candidate is None or one.row.decision:
            continue
        asked = words_of(one.candidate.name)
        born = {one.candidate.birth_date, _turned(one.candidate.birth_date)}
        digests = set(_hashes([one.candidate]))
        near = []
        for person in known:
            if person.cpr_hash in digests:
                near.append((-1.0, person.pk, person))
            elif person.birth_date in born and (far := unlike(asked, words[person.pk])) is not None:
                near.append((far, person.pk, person))
        found[one.row.number] = [person for _far, _key, person in sorted(near)]
    return found


def _turned(day: date) -> date:
    """Exchange day and month, where that is a day too."""
    return date(day.year, day.day, day.month) if day.day <= 12 else day


# What rows say together


def _told_together(
    imported: ImportedList, rows: Sequence[Looked], suggested: Mapping[int, Sequence[Person]], today: date
) -> Mapping[int, list[Problem]]:
    told: dict[int, list[Problem]] = defaultdict(list)
    there = [one for one in rows if not one.left_out]
    made = [one for one in there if one.candidate and not one.joins]
    for each in (
        _unknown_workers(imported, there, today),
        _taken_case_numbers(made),
        _taken_cpr_numbers(made, suggested),
        _twice(made),
        _moved_on(there),
        _the_same_person_twice(there),
        _households_apart(there),
    ):
        for one in each:
            told[one.row or 0].append(one)
    return told


def _unknown_workers(imported: ImportedList, rows: Iterable[Looked], today: date) -> list[Problem]:
    held = Membership.objects.on(today).filter(organisation=imported.organisation, role__in=CASEWORK)
    colleagues = set(held.filter(user__is_active=True).values_list("user__email", flat=True))
    expected, todo = _("en kollega i kommunen"), _("Ret adressen, eller lad cellen være tom: så bliver det dig.")
    return [
        problem(one.row.number, "worker", one.cells.worker, expected, todo)
        for one in rows
        if one.candidate and one.candidate.worker and one.candidate.worker not in colleagues
    ]


def _taken_case_numbers(rows: Sequence[Looked]) -> list[Problem]:
    asked = {one.candidate.case_number for one in rows if one.candidate and one.candidate.case_number}
    # Of everybody, seen or not: a case number is given once in the whole installation.
    taken = set(Person.objects.filter(case_number__in=asked).values_list("case_number", flat=True))
    expected, todo = _("et ledigt sagsnummer"), _("Ret det, eller lad cellen være tom: så får personen et nyt.")
    return [
        problem(one.row.number, "case_number", one.cells.case_number, expected, todo)
        for one in rows
        if one.candidate and one.candidate.case_number in taken
    ]


def _taken_cpr_numbers(rows: Sequence[Looked], suggested: Mapping[int, Sequence[Person]]) -> list[Problem]:
    """Find CPR numbers of persons that are not suggested: those of another municipality, or said to be others."""
    digests = _hashes(one.candidate for one in rows if one.candidate)
    taken = set(Person.objects.filter(cpr_hash__in=digests).values_list("cpr_hash", flat=True))
    expected = _("et nummer, der ikke står på en anden person")
    todo = _("Ret nummeret. Er det en anden kommunes sag, skal den overdrages, ikke oprettes igen.")
    found = []
    for one in rows:
        if one.candidate is None or not one.candidate.cpr:
            continue
        mine = set(cpr.hashes(one.candidate.cpr))
        offered = {person.cpr_hash for person in suggested.get(one.row.number, ())}
        if mine & taken and not mine & offered:
            found.append(problem(one.row.number, "cpr", f"{one.cells.cpr[:6]}-…", expected, todo))
    return found


def _twice(rows: Sequence[Looked]) -> list[Problem]:
    """Find what two rows have alike that only one person can have."""
    problems = []
    for column, expected in (("case_number", _("hvert sagsnummer én gang")), ("cpr", _("hvert CPR-nummer én gang"))):
        numbers = Counter(getattr(one.candidate, column) for one in rows)
        for one in rows:
            said = getattr(one.candidate, column)
            if said and numbers[said] > 1:
                shown = f"{said[:6]}-…" if column == "cpr" else said
                problems.append(problem(one.row.number, column, shown, expected, _("Ret det, eller udelad rækken.")))
    expected = _("hver person én gang")
    first: dict[object, int] = {}
    for one in rows:
        assert one.candidate is not None
        key = (frozenset(words_of(one.candidate.name)), one.candidate.birth_date)
        if key in first and one.row.decision != Verdict.NEW:
            todo = _("Række %(n)d har samme navn og fødselsdag. Udelad rækken, eller sig at det er en anden person.")
            said = one.candidate.name
            problems.append(problem(one.row.number, "given_name", said, expected, todo % {"n": first[key]}))
        first.setdefault(key, one.row.number)
    return problems


def _moved_on(rows: Sequence[Looked]) -> list[Problem]:
    """Find rows that are about somebody who is another office's by now."""
    expected, todo = (
        _("en person, som er jeres"),
        _("Personen er flyttet. Tag beslutningen tilbage, eller udelad rækken."),
    )
    return [
        problem(one.row.number, "given_name", one.cells.given_name, expected, todo)
        for one in rows
        if one.row.decision == Verdict.SAME and one.joins is None
    ]


def _the_same_person_twice(rows: Sequence[Looked]) -> list[Problem]:
    expected, todo = _("hver kendt person én gang"), _("Vælg en anden person, eller udelad rækken.")
    times = Counter(one.joins.pk for one in rows if one.joins)
    return [
        problem(one.row.number, "given_name", one.cells.given_name, expected, todo)
        for one in rows
        if one.joins and times[one.joins.pk] > 1
    ]


def _households_apart(rows: Sequence[Looked]) -> list[Problem]:
    """Find rows of one household whose known persons live in two."""
    joined = [one.joins.pk for one in rows if one.joins]
    lives = dict(current_memberships(joined).values_list("person_id", "household_id"))
    expected, todo = _("kendte personer fra én husstand"), _("Del husstanden på listen, eller ret husstanden hos dem.")
    problems = []
    for members in households(rows).values():
        if len({lives[one.joins.pk] for one in members if one.joins and one.joins.pk in lives}) > 1:
            problems += [
                problem(one.row.number, "household", one.cells.household, expected, todo)
                for one in members
                if one.joins
            ]
    return problems


def current_memberships(persons: Sequence[int]) -> QuerySet[HouseholdMember]:
    """Give in which household persons are from today on."""
    still = Q(end=None) | Q(end__gt=timezone.localdate())
    return HouseholdMember.objects.filter(still, person__in=persons).order_by("-start")
