"""Starting a municipality in eight steps, each saved by itself, so that one can stop after any and go on later.

What a step finds out stands where it is used (the office's name and code, its hours, languages and roles, its people,
its rule sets); `SetUp` holds which steps are done.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.errors import FodfaesteError, Refused
from fodfaeste.plan import INTEGRATION, TRACKS, ProgrammeRuleSet, programme_rule_sets
from fodfaeste.web.accounts import made_up
from fodfaeste.web.accounts.domain.first import municipality
from fodfaeste.web.accounts.domain.roles import account, give_role, locked
from fodfaeste.web.accounts.domain.taking_on import begin_anew, has_been_here
from fodfaeste.web.accounts.models import WEEKDAYS, Membership, OfficeHours, Organisation, RuleSetUse, SetUp, User
from fodfaeste.web.accounts.permissions import must_administer
from fodfaeste.web.accounts.roles import OF_KIND, ROLES, Kind, Role


class Step(StrEnum):
    """The steps, in their order; the values stand in addresses."""

    MUNICIPALITY = "kommune"
    HOURS = "aabningstider"
    LANGUAGES = "sprog"
    ROLES = "roller"
    PEOPLE = "medarbejdere"
    RULE_SETS = "regelsaet"
    MADE_UP_DATA = "opdigtede-data"
    FINISH = "faerdig"


STEPS = {
    Step.MUNICIPALITY: gettext_lazy("Kommune"),
    Step.HOURS: gettext_lazy("Åbningstider og telefon"),
    Step.LANGUAGES: gettext_lazy("Sprog i breve"),
    Step.ROLES: gettext_lazy("Roller"),
    Step.PEOPLE: gettext_lazy("Medarbejdere"),
    Step.RULE_SETS: gettext_lazy("Regelsæt"),
    Step.MADE_UP_DATA: gettext_lazy("Opdigtede data"),
    Step.FINISH: gettext_lazy("Færdig"),
}
"""What each step is called."""

LETTER_LANGUAGES = {
    "da": gettext_lazy("Dansk"),
    "en": gettext_lazy("Engelsk"),
    "ar": gettext_lazy("Arabisk"),
    "ti": gettext_lazy("Tigrinya"),
    "uk": gettext_lazy("Ukrainsk"),
    "prs": gettext_lazy("Dari"),
    "fa": gettext_lazy("Persisk"),
    "so": gettext_lazy("Somali"),
    "tr": gettext_lazy("Tyrkisk"),
    "ku": gettext_lazy("Kurdisk"),
}
"""Languages that an office may write to newcomers in; Danish always."""


def set_up_of(organisation: Organisation) -> SetUp:
    """Give how far a municipality has come; a new row where it has not begun."""
    return SetUp.objects.get_or_create(organisation=organisation)[0]


def next_step(set_up: SetUp) -> Step:
    """Give the first step that is not done, or the last where all are."""
    return next((step for step in Step if step not in set_up.done), Step.FINISH)


def _opened(organisation: Organisation, by: User) -> Organisation:
    office = locked(organisation)
    must_administer(by, office)
    if Kind(office.kind) is not Kind.MUNICIPALITY:
        raise Refused(_("%(office)s er ikke en kommune: kun kommuner sættes op i trin.") % {"office": office})
    return office


def _done(organisation: Organisation, step: Step) -> None:
    set_up = set_up_of(organisation)
    set_up.done = [known for known in Step if known in {*set_up.done, step}]
    set_up.save(update_fields=["done"])


@transaction.atomic
def choose_municipality(organisation: Organisation, code: str, *, by: User) -> None:
    """Give the office its municipality's name and code.

    Raises
    ------
    Refused
        If there is no such municipality today, or another office here is it already.
    """
    office = _opened(organisation, by)
    try:
        found, name = municipality(code)
    except FodfaesteError:
        raise Refused(_("Der er ingen kommune med koden %(code)s.") % {"code": code}) from None
    if (other := Organisation.objects.filter(code=found).exclude(pk=office.pk).first()) is not None:
        raise Refused(_("%(name)s er her allerede, som %(other)s.") % {"name": name, "other": other})
    office.code, office.name = found, name
    office.save(update_fields=["code", "name"])
    _done(office, Step.MUNICIPALITY)


@transaction.atomic
def set_hours(organisation: Organisation, hours: Mapping[int, tuple[time, time]], *, by: User) -> None:
    """Say when the office is open, by weekday (Monday is 0).

    Raises
    ------
    Refused
        If it is open on no day, or closes before it opens.
    """
    office = _opened(organisation, by)
    if not hours:
        raise Refused(_("Skriv mindst én dag, kontoret har åbent: frister på timer regnes efter det."))
    for weekday, (opens, closes) in hours.items():
        if closes <= opens:
            raise Refused(_("Kontoret lukker, før det åbner: %(day)s.") % {"day": WEEKDAYS[weekday]})
    office.hours.all().delete()
    OfficeHours.objects.bulk_create(
        OfficeHours(organisation=office, weekday=day, opens=opens, closes=closes)
        for day, (opens, closes) in hours.items()
    )
    _done(office, Step.HOURS)


@transaction.atomic
def set_languages(organisation: Organisation, languages: Collection[str], *, by: User) -> None:
    """Say which languages the office writes in; Danish is always among them."""
    office = _opened(organisation, by)
    if unknown := sorted(set(languages) - LETTER_LANGUAGES.keys()):
        raise Refused(_("Ukendt sprog: %(languages)s.") % {"languages": ", ".join(unknown)})
    office.languages = [code for code in LETTER_LANGUAGES if code in {*languages, "da"}]
    office.save(update_fields=["languages"])
    _done(office, Step.LANGUAGES)


@transaction.atomic
def set_roles(organisation: Organisation, roles: Collection[Role], *, by: User) -> None:
    """Say which roles the office fills; it always has an administrator.

    Raises
    ------
    Refused
        If nobody would work with persons, a municipality has no such role, or somebody has one that is left out.
    """
    office = _opened(organisation, by)
    chosen = {*roles, Role.ADMINISTRATOR}
    if Role.WORKER not in chosen:
        raise Refused(_("Nogen skal arbejde med borgerne: vælg mindst Integrationsmedarbejder."))
    if not chosen <= OF_KIND[Kind.MUNICIPALITY]:
        raise Refused(_("En kommune har ikke alle de roller."))
    running = Membership.objects.filter(organisation=office).exclude(end__lte=timezone.localdate())
    if held := running.exclude(role__in=chosen).first():
        raise Refused(
            _("%(user)s har rollen %(role)s. Afslut den først.") % {"user": held.user, "role": held.get_role_display()}
        )
    office.filled_roles = [role for role in ROLES if role in chosen]
    office.save(update_fields=["filled_roles"])
    _done(office, Step.ROLES)


@dataclass(frozen=True)
class Colleague:
    """A line of the list of people."""

    name: str
    email: str
    role: Role


def read_colleagues(text: str) -> tuple[Colleague, ...]:
    """Read a list of people: a line each with name, address and role, between semicolons or, from a spreadsheet, tabs.

    Raises
    ------
    Refused
        Naming every line that cannot be read, and why.
    """
    known = {str(name).casefold(): role for role, name in ROLES.items()}
    read: list[Colleague] = []
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.replace("\t", ";").split(";")]
        words = {"line": number, "found": line.strip()}
        if len(cells) != 3:
            wrong.append(_("Linje %(line)d: skriv navn; e-mail; rolle. Der står: %(found)s") % words)
        elif (role := known.get(cells[2].casefold())) is None:
            wrong.append(_("Linje %(line)d: rollen %(role)s kendes ikke.") % {**words, "role": cells[2] or "–"})
        else:
            read.append(Colleague(cells[0], cells[1], role))
    if wrong:
        raise Refused("\n".join(wrong))
    return tuple(read)


@transaction.atomic
def add_colleagues(organisation: Organisation, colleagues: Sequence[Colleague], *, by: User) -> tuple[User, ...]:
    """Make accounts and give roles from today: all of them, or none with every reason named. Gives who is new here."""
    office = _opened(organisation, by)
    added: list[User] = []
    wrong: list[str] = []
    for colleague in colleagues:
        try:
            added.append(_add(office, colleague, by))
        except Refused as refused:
            wrong.append(f"{colleague.name or colleague.email}: {refused}")
    if wrong:
        raise Refused("\n".join(wrong))
    _done(office, Step.PEOPLE)
    return tuple(dict.fromkeys(added))


def _add(office: Organisation, colleague: Colleague, by: User) -> User:
    was_there = User.objects.filter(email=colleague.email.strip().lower()).exists()
    user = account(colleague.email, colleague.name)
    if was_there and not has_been_here(user, office):
        if Membership.objects.filter(user=user).exists():
            raise Refused(_("har en konto i en anden organisation. Opret dem under Brugere, så siger de selv ja."))
        begin_anew(user)
    today = timezone.localdate()
    if not Membership.objects.on(today).filter(user=user, organisation=office, role=colleague.role).exists():
        give_role(user, office, colleague.role, today, by=by)
    return user


@dataclass(frozen=True)
class Use:
    """A rule set, and for whom: those taken over from `start` until before `end`; for good where that is None."""

    rule_set: str
    start: date
    end: date | None


def known_rule_sets() -> dict[str, ProgrammeRuleSet]:
    """Give the rule sets that are chosen by the day of the takeover, by their id, oldest first."""
    return {rule_set.id: rule_set for rule_set in programme_rule_sets() if rule_set.track in TRACKS}


def suggested_uses() -> tuple[Use, ...]:
    """Give each rule set from its own first day until the next of its track begins."""
    sets = list(known_rule_sets().values())
    return tuple(
        Use(one.id, one.since, next((later.since for later in sets if _follows(later, one)), None)) for one in sets
    )


def _follows(later: ProgrammeRuleSet, one: ProgrammeRuleSet) -> bool:
    return later.track == one.track and later.since > one.since


@transaction.atomic
def use_rule_sets(organisation: Organisation, uses: Sequence[Use], *, by: User) -> None:
    """Say which rule set is used for whom.

    Raises
    ------
    Refused
        Naming everything that is wrong at once: a set that there is not, an end before the beginning, a beginning
        before the set's own, and overlaps with the days on which two sets of one track would both hold.
    """
    office = _opened(organisation, by)
    known = known_rule_sets()
    if wrong := [*_wrong_uses(uses, known), *overlaps(uses, known)]:
        raise Refused("\n".join(wrong))
    office.rule_sets.all().delete()
    RuleSetUse.objects.bulk_create(
        RuleSetUse(
            organisation=office, rule_set=use.rule_set, track=known[use.rule_set].track, start=use.start, end=use.end
        )
        for use in uses
    )
    _done(office, Step.RULE_SETS)


def _wrong_uses(uses: Sequence[Use], known: Mapping[str, ProgrammeRuleSet]) -> list[str]:
    wrong = [_("Regelsættet %(id)s kendes ikke.") % {"id": use.rule_set} for use in uses if use.rule_set not in known]
    if not any(known[use.rule_set].track == INTEGRATION for use in uses if use.rule_set in known):
        wrong.append(_("Vælg mindst ét regelsæt efter integrationsloven."))
    for use in uses:
        if use.end is not None and use.end <= use.start:
            wrong.append(_("%(id)s slutter, før det begynder.") % {"id": use.rule_set})
        if use.rule_set in known and use.start < known[use.rule_set].since:
            wrong.append(
                _("%(id)s begynder først %(day)s.") % {"id": use.rule_set, "day": _day(known[use.rule_set].since)}
            )
    return wrong


def overlaps(uses: Sequence[Use], known: Mapping[str, ProgrammeRuleSet]) -> list[str]:
    """Name the days on which two rule sets of one track would both hold."""
    found = []
    for position, one in enumerate(uses):
        for other in uses[position + 1 :]:
            track = {known[use.rule_set].track if use.rule_set in known else use.rule_set for use in (one, other)}
            first = max(one.start, other.start)
            ends = [use.end for use in (one, other) if use.end is not None]
            if len(track) == 1 and (not ends or first < min(ends)):
                found.append(_overlap(one, other, first, min(ends, default=None)))
    return found


def _overlap(one: Use, other: Use, first: date, end: date | None) -> str:
    words = {"one": one.rule_set, "other": other.rule_set, "first": _day(first)}
    if end is None:
        return _("%(one)s og %(other)s gælder begge fra %(first)s og frem.") % words
    return _("%(one)s og %(other)s gælder begge fra %(first)s til og med %(last)s.") % {
        **words,
        "last": _day(end - timedelta(days=1)),
    }


def _day(day: date) -> str:
    return str(date_format(day, "j. F Y"))


@transaction.atomic
def choose_made_up_data(organisation: Organisation, wanted: bool, *, by: User) -> None:
    """Give the office made-up persons to try with, or take them away again with all that was done with them.

    Raises
    ------
    Refused
        If they are wanted and nobody works with persons here yet.
    """
    office = _opened(organisation, by)
    if wanted:
        made_up.make(office)
    else:
        made_up.remove(office)
    set_up = set_up_of(office)
    set_up.made_up_data = wanted
    set_up.save(update_fields=["made_up_data"])
    _done(office, Step.MADE_UP_DATA)


@transaction.atomic
def finish(organisation: Organisation, *, by: User) -> None:
    """End the set-up.

    Raises
    ------
    Refused
        Naming the steps that are left.
    """
    office = _opened(organisation, by)
    set_up = set_up_of(office)
    if left := [str(STEPS[step]) for step in Step if step not in {*set_up.done, Step.FINISH}]:
        raise Refused(_("Der mangler endnu: %(steps)s.") % {"steps": ", ".join(left)})
    _done(office, Step.FINISH)
    set_up.refresh_from_db()
    set_up.finished = timezone.now()
    set_up.save(update_fields=["finished"])
