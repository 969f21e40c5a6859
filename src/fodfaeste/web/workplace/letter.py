"""An agreement with a workplace as a letter: a tagged PDF for each of the three, in Danish beside another language.

The workplace's says no more than its page: the newcomer's first name alone, and who has approved, not by what name.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.utils import timezone

from fodfaeste.report.render import FONT
from fodfaeste.web.accounts.domain.logo import beside_letters
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.base.letters import typeset, written_day
from fodfaeste.web.programme.letter import (
    ARABIC,
    RIGHT_TO_LEFT,
    SHOWN_OF_HASH,
    Said,
    arabic_letters,
    checked,
    sentences_in,
    time_line,
)
from fodfaeste.web.workplace.domain.links import whom_to_call
from fodfaeste.web.workplace.domain.text import AgreementText, text_of
from fodfaeste.web.workplace.models import Agreement, Answer

Whose = Literal["office", "person", "workplace"]
HERE, FOLDER = "fodfaeste.web.workplace", "templates/workplace"


def letter(agreement: Agreement, whose: Whose, lang: str, *, on: date) -> bytes:
    """Set the letter of an agreement.

    Parameters
    ----------
    whose : {"office", "person", "workplace"}
        For whom it is.
    lang : {"da", "ar", "uk", "en"}
        What stands beside the Danish; Danish alone where it is that.
    on : date
        The day of the letter.
    """
    said = Said(lang, sentences_in(HERE, f"{FOLDER}/agreement.toml"))
    content = content_of(agreement, whose, said, on=on)
    beside = beside_letters(agreement.organisation)
    content["logo"] = next(iter(beside), None)
    letters = arabic_letters if ARABIC in content["fonts"] else None
    return typeset(HERE, f"{FOLDER}/agreement.typ", content, letters, beside)


def content_of(agreement: Agreement, whose: Whose, said: Said, *, on: date) -> dict[str, Any]:
    """Give what the letter says, as finished sentences in pairs."""
    text, other = text_of(agreement), said.langs[1]
    office = agreement.organisation.name
    number = "" if whose == "workplace" else f" · {agreement.person.case_number}"
    return {
        "other": None if other == "da" else other,
        "rtl": other in RIGHT_TO_LEFT,
        "fonts": [FONT, ARABIC] if other in RIGHT_TO_LEFT else [FONT],
        "office": office,
        "title": said("page.title"),
        "footer": f"{office}{number} · {written_day(on, 'da')}",
        "parts": [
            {"heading": None, "lines": _facts(agreement, text, whose, said)},
            {"heading": said("week.heading"), "lines": _week(text, said)},
            {"heading": said("signed.heading"), "lines": _signed(agreement, whose, said)},
        ],
        "end": [] if other == "da" or checked(other) else [said("page.danish_counts")],
    }


def _facts(agreement: Agreement, text: AgreementText, whose: Whose, said: Said) -> list[list[str]]:
    facts, call = text.facts, whom_to_call(agreement)
    named = [said.labelled("page.name", agreement.person)] if whose != "workplace" else []
    known = (
        ("called", facts.called),
        ("activity", text.name),
        ("employer", facts.employer),
        ("cvr", facts.cvr),
        ("place", text.place),
        ("contact", facts.contact),
        ("mentor", facts.mentor),
        ("tasks", facts.tasks),
        ("goal", facts.goal),
    )
    lines = [*named, *(said.labelled(f"page.{key}", value) for key, value in known)]
    if call and call.phone:
        lines.append(said("page.call", name=call.name, phone=call.phone))
    return lines


def _week(text: AgreementText, said: Said) -> list[list[str]]:
    return [
        said("activities.days", first=text.start, last=text.last),
        said("week.weeks", weeks=text.weeks),
        said("activities.hours", hours=text.hours_a_week),
        *(time_line(when, said) for when in text.times),
    ]


def _signed(agreement: Agreement, whose: Whose, said: Said) -> list[list[str]]:
    """Say who has approved; names that were typed are for the office, and each side has its own."""
    with seeing(persons=[agreement.person_id]):
        answers = agreement.answers.filter(lifted=None, approves=True, text_hash=agreement.text_hash)
        signed = {one.side: one for one in answers} if agreement.laid_before else {}
    lines = [_side(side, signed.get(side), whose, said) for side in Answer.Side.values]
    lines.append(said("signed.ready") if agreement.state == Agreement.State.READY else said("signed.not_ready"))
    return [*lines, said("signed.fingerprint", hash=agreement.text_hash[:SHOWN_OF_HASH])] if signed else lines


def _side(side: str, one: Answer | None, whose: Whose, said: Said) -> list[str]:
    if one is None:
        return said(f"signed.{side}_waits")
    day = timezone.localtime(one.at).date()
    named = whose == "office" or side in {whose, str(Answer.Side.OFFICE)}
    key = f"signed.{side}" if named else f"signed.{side}_unnamed"
    return said(key, name=one.name, day=day, time=one.at)
