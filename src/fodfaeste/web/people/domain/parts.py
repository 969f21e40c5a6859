"""What belongs to a person: residence, work, languages, occupations, wishes, needs and consents.

Days are half open: an `end` is the first day no longer so. Each act gives the row as it is after it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Kind
from fodfaeste.web.people.domain.changing import change, save
from fodfaeste.web.people.domain.leaving import left
from fodfaeste.web.people.models import (
    Consent,
    EmploymentSpell,
    LanguageSkill,
    Need,
    Occupation,
    Person,
    ResidenceSpell,
    Wish,
)


def move_in(person: Person, *, municipality: str, start: date, by: User) -> ResidenceSpell:
    """Begin a stay in a municipality; the one before has to have ended."""
    if len(municipality) != 3 or not municipality.isdigit():
        raise Refused(_("En kommunekode er tre cifre, fx 791."))
    with change(by):
        return ResidenceSpell.objects.create(person=person, municipality=municipality, start=start)


def end_residence(
    spell: ResidenceSpell, *, end: date, reason: str, to: str = "", version: int, by: User
) -> ResidenceSpell:
    """End a stay, with the reason; `to` is the code of the municipality that somebody moved to, where it is known.

    Whoever left the country or died is nobody's any longer: rooms that have a file of them close it (`leaving`).
    """
    if reason not in ResidenceSpell.EndReason.values:
        raise Refused(_("Skriv, hvorfor opholdet slutter."))
    if to and to == spell.municipality:
        raise Refused(_("En flytning inden for kommunen er ikke et nyt ophold."))
    with change(by):
        ended = save(spell, version, {"end": end, "end_reason": reason, "to": to})
        left(ended.person, day=end, reason=reason, by=by)
    return ended


def start_work(
    person: Person,
    *,
    kind: str,
    start: date,
    employer: str = "",
    hours_a_week: Decimal | None = None,
    end: date | None = None,
    by: User,
) -> EmploymentSpell:
    """Begin work of a kind, a traineeship, an education, or a time without."""
    with change(by):
        return EmploymentSpell.objects.create(
            person=person, kind=kind, start=start, end=end, employer=employer, hours_a_week=hours_a_week
        )


def change_work(
    spell: EmploymentSpell,
    *,
    kind: str,
    start: date,
    employer: str = "",
    hours_a_week: Decimal | None = None,
    end: date | None = None,
    version: int,
    by: User,
) -> EmploymentSpell:
    """Correct a spell of work, or end it."""
    values = {"kind": kind, "start": start, "end": end, "employer": employer, "hours_a_week": hours_a_week}
    with change(by):
        return save(spell, version, values)


def add_language(
    person: Person,
    *,
    language: str,
    spoken: str = "",
    written: str = "",
    reads_script: bool = False,
    mother_tongue: bool = False,
    by: User,
) -> LanguageSkill:
    """Note a language with its levels (A0 to C2, "" where unknown)."""
    with change(by):
        return LanguageSkill.objects.create(
            person=person,
            language=language,
            spoken=spoken,
            written=written,
            reads_script=reads_script,
            mother_tongue=mother_tongue,
        )


def change_language(
    skill: LanguageSkill,
    *,
    language: str,
    spoken: str = "",
    written: str = "",
    reads_script: bool = False,
    mother_tongue: bool = False,
    version: int,
    by: User,
) -> LanguageSkill:
    """Note another level of a language."""
    values = {
        "language": language,
        "spoken": spoken,
        "written": written,
        "reads_script": reads_script,
        "mother_tongue": mother_tongue,
    }
    with change(by):
        return save(skill, version, values)


def add_occupation(
    person: Person, *, name: str, years: int = 0, last_year: int | None = None, wanted: bool = True, by: User
) -> Occupation:
    """Note what somebody has worked with, for how many years, in which year last, and whether they want it again."""
    with change(by):
        return Occupation.objects.create(person=person, name=name, years=years, last_year=last_year, wanted=wanted)


def change_occupation(
    occupation: Occupation,
    *,
    name: str,
    years: int = 0,
    last_year: int | None = None,
    wanted: bool = True,
    version: int,
    by: User,
) -> Occupation:
    """Correct what somebody has worked with."""
    with change(by):
        return save(occupation, version, {"name": name, "years": years, "last_year": last_year, "wanted": wanted})


def record_wish(
    person: Person, *, about: str, words: str, said: date, with_interpreter: bool = False, by: User
) -> Wish:
    """Write down a wish in the person's own words; a wish that changes is a new one, and the old stays."""
    with change(by):
        return Wish.objects.create(
            person=person, about=about, words=words, said=said, with_interpreter=with_interpreter
        )


def note_need(person: Person, *, words: str, noted: date, by: User) -> Need:
    """Note a need that the plan has to respect. It is stored encrypted."""
    with change(by):
        return Need.objects.create(person=person, words=words, noted=noted)


def change_need(need: Need, *, words: str, noted: date, version: int, by: User) -> Need:
    """Correct a need."""
    with change(by):
        return save(need, version, {"words": words, "noted": noted})


def give_consent(
    person: Person,
    *,
    to_what: str,
    given: date,
    to_whom: str = "",
    until: date | None = None,
    organisation: Organisation | None = None,
    called: str = "",
    by: User,
) -> Consent:
    """Write down what a person agreed to; `until` is the first day on which it no longer holds, where there is one.

    Parameters
    ----------
    organisation : Organisation, optional
        The association that they agreed to be in touch with. As long as it holds, its coordinators see who they are.
    called : str
        What they are called there, where that is not their given name.
    """
    if until is not None and until <= given:
        raise Refused(_("Samtykket skal gælde til efter den dag, det er givet."))
    if organisation is not None:
        _refuse_twice(person, organisation, given, until)
        to_whom = organisation.name
    if not to_whom.strip():
        raise Refused(_("Skriv, hvem samtykket gælder."))
    with change(by):
        return Consent.objects.create(
            person=person,
            to_what=to_what,
            to_whom=to_whom,
            given=given,
            until=until,
            organisation=organisation,
            called=called.strip(),
        )


def _refuse_twice(person: Person, organisation: Organisation, given: date, until: date | None) -> None:
    if organisation.kind != Kind.ASSOCIATION:
        raise Refused(_("%(who)s er ikke en forening.") % {"who": organisation})
    held = person.consents.filter(organisation=organisation, withdrawn=None, kept_by=None)
    held = held.filter(Q(until=None) | Q(until__gt=given))
    if until is not None:
        held = held.filter(given__lt=until)
    if held.exists():
        raise Refused(_("Der er allerede et samtykke til %(who)s i perioden.") % {"who": organisation})


def withdraw_consent(consent: Consent, *, withdrawn: date, version: int, by: User) -> Consent:
    """Write down that a consent holds no longer; what it was stays."""
    if withdrawn < consent.given:
        raise Refused(_("Et samtykke kan ikke trækkes tilbage, før det er givet."))
    if consent.withdrawn is not None:
        raise Refused(_("Samtykket er allerede trukket tilbage."))
    with change(by):
        return save(consent, version, {"withdrawn": withdrawn})
