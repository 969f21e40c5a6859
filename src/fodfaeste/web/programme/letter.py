"""A version of the plan as a letter: a tagged PDF in Danish beside the person's language, set by Typst."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from babel.dates import get_day_names
from babel.numbers import format_decimal
from django.contrib.staticfiles import finders
from django.db.models import Q
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.report.render import FONT
from fodfaeste.web.accounts.domain.logo import beside_letters
from fodfaeste.web.base.letters import typeset, written_day
from fodfaeste.web.people.models import Responsibility
from fodfaeste.web.programme.domain.calling import contact_of
from fodfaeste.web.programme.domain.evaluations import evaluations_of
from fodfaeste.web.programme.domain.text import ActivityText, GoalText, Time, text_of
from fodfaeste.web.programme.models import Approval, GoalEvaluation, Plan
from fodfaeste.web.programme.woff import unpacked

LANGUAGES = ("da", "ar", "uk", "en")
"""Languages that letters are written in."""

RIGHT_TO_LEFT = frozenset({"ar", "fa"})
ARABIC = "IBM Plex Sans Arabic"
ARABIC_FILES = ("vendor/fonts/plex-arabic/Regular.woff", "vendor/fonts/plex-arabic/Bold.woff")
ISOLATE, ISOLATED = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
A_DAY = timedelta(days=1)
SHOWN_OF_HASH = 16


class Said:
    """Sentences of a letter, each in Danish and in the other language; those of the plan's letter, or of another's."""

    def __init__(self, other: str, table: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.langs = ("da", other)
        self._table = _sentences() if table is None else table

    def __call__(self, key: str, **values: Any) -> list[str]:
        """Write a sentence in both languages; days, times and numbers as each writes them."""
        return [
            self._table[key][lang].format(**{name: _one(value, lang) for name, value in values.items()})
            for lang in self.langs
        ]

    def labelled(self, key: str, value: Any) -> list[str]:
        """Write a value behind what it is called."""
        names = zip(self(key), self.langs, strict=True)
        return [f"{name}: {_one(value, lang)}" for name, lang in names]


def sentences(*langs: str) -> dict[str, dict[str, str]]:
    """Give the sentences without values of meeting mode, by their names, in some languages in turn."""
    return {
        key.removeprefix("talk."): {lang: both[lang] for lang in langs}
        for key, both in _sentences().items()
        if key.startswith("talk.")
    }


@cache
def sentences_in(package: str, path: str) -> dict[str, dict[str, str]]:
    """Read the sentences of a letter, by table and name."""
    raw = tomllib.loads(files(package).joinpath(path).read_text("utf-8"))
    return {
        f"{table}.{key}": said for table, entries in raw.items() if table != "checked" for key, said in entries.items()
    }


def _sentences() -> dict[str, dict[str, str]]:
    return sentences_in("fodfaeste.web.programme", "templates/programme/letter.toml")


def _one(value: Any, lang: str) -> str:
    """Write a value; in a text from the right it keeps its own direction, whatever stands beside it."""
    said = _plain(value, lang)
    return f"{ISOLATE}{said}{ISOLATED}" if lang in RIGHT_TO_LEFT else said


def _plain(value: Any, lang: str) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%H:%M}"
    if isinstance(value, date):
        return written_day(value, lang)
    if isinstance(value, Decimal):
        return str(format_decimal(value, format="#,##0.#", locale=lang, numbering_system="latn"))
    return str(value)


def letter(plan: Plan, lang: str, *, on: date) -> bytes:
    """Set the letter of a plan.

    Parameters
    ----------
    plan : Plan
    lang : {"da", "ar", "uk", "en"}
        What stands beside the Danish; Danish alone where it is that.
    on : date
        The day of the letter.

    Raises
    ------
    Refused
        If Arabic is asked for and its letters have not been fetched.
    """
    said = Said(lang)
    content = content_of(plan, said, on=on)
    letters = arabic_letters if _arabic(content) else None
    beside = beside_letters(plan.programme.organisation)
    content["logo"] = next(iter(beside), None)
    return typeset("fodfaeste.web.programme", "templates/programme/letter.typ", content, letters, beside)


def content_of(plan: Plan, said: Said, *, on: date) -> dict[str, Any]:
    """Give what the letter says, as finished sentences in pairs."""
    programme, text, other = plan.programme, text_of(plan), said.langs[1]
    rows = GoalEvaluation.objects.filter(follow_up__programme=programme, goal__plan__number__lte=plan.number)
    evaluated = evaluations_of(rows.select_related("goal", "follow_up"))
    return {
        "other": None if other == "da" else other,
        "rtl": other in RIGHT_TO_LEFT,
        "fonts": [FONT, ARABIC] if _wants_arabic(text.goals, other) else [FONT],
        "office": programme.organisation.name,
        "title": said("page.title"),
        "footer": f"{programme.organisation.name} · {programme.person.case_number} · {written_day(on, 'da')}",
        "facts": [
            said.labelled("page.name", programme.person),
            said.labelled("page.case", programme.person.case_number),
            said("page.version", number=plan.number),
            *_standing(plan, said),
            *_call(plan, said, on),
        ],
        "goals": {"heading": said("goals.heading"), "items": [_goal(one, said, evaluated) for one in text.goals]},
        "activities": {
            "heading": said("activities.heading"),
            "items": [{"lines": _lines(one, said)} for one in text.activities],
        },
        "signed": {"heading": said("signed.heading"), "items": _signed(plan, said)},
        "end": [] if other == "da" or checked(other) else [said("page.danish_counts")],
    }


def checked(lang: str) -> str:
    """Say who has read the translation through, and when; nothing while nobody has."""
    raw = tomllib.loads(files("fodfaeste.web.programme").joinpath("templates/programme/letter.toml").read_text("utf-8"))
    return str(raw["checked"].get(lang, ""))


def _standing(plan: Plan, said: Said) -> list[list[str]]:
    if not plan.locked:
        return [said("page.draft")]
    found = [said("page.approved", day=plan.approved_on)]
    return [*found, said("page.superseded")] if plan.state == Plan.State.SUPERSEDED else found


def _call(plan: Plan, said: Said, on: date) -> list[list[str]]:
    """Say whom to call; nothing where the case is another office's by now, or nobody has a telephone."""
    held = Responsibility.objects.filter(
        Q(end=None) | Q(end__gt=on), person=plan.programme.person_id, organisation=plan.programme.organisation_id
    )
    who = contact_of(held.filter(start__lte=on).select_related("worker", "organisation").first(), on)
    return [said("page.call", name=who.name, phone=who.phone)] if who and who.phone else []


def _goal(one: GoalText, said: Said, evaluated: Mapping[int, list[GoalEvaluation]]) -> dict[str, Any]:
    own = [f"({words})" for words in said("goals.own_words")] if one.own_words else None
    return {
        "words": one.words,
        "lang": one.language,
        "rtl": one.language in RIGHT_TO_LEFT,
        "danish": one.danish,
        "own": own,
        "evaluated": [_evaluated(row, said) for row in evaluated.get(one.number, [])],
    }


def _evaluated(row: GoalEvaluation, said: Said) -> list[str]:
    """Say in both languages how far a goal was reached; words of the office stand as they were written."""
    day = row.follow_up.held
    lines = zip(said(f"goals.{row.outcome}"), said.langs, strict=True)
    found = [said("goals.evaluated", day=day, outcome=words)[place] for place, (words, _lang) in enumerate(lines)]
    return [f"{line}. {row.words}" if row.words else line for line in found]


def _lines(one: ActivityText, said: Said) -> list[list[str]]:
    name = said.labelled(f"kind.{one.kind}", one.name)
    lines = [
        name,
        said("activities.place", place=one.place),
        said("activities.hours", hours=one.hours_a_week),
        said("activities.days", first=one.start, last=one.end - A_DAY),
        *(time_line(when, said) for when in one.times),
    ]
    if one.offers:
        lines.append(said.labelled("activities.offered", _listed(one)))
    if one.chosen is not None:
        lines.append(said("activities.chosen", words=one.offers[one.chosen].words))
    if one.wish:
        lines.append(said("activities.wish", words=one.wish))
    return lines


def _listed(one: ActivityText) -> str:
    return " / ".join(offer.words for offer in one.offers if offer.real)


def time_line(when: Time, said: Said) -> list[str]:
    """Write a stretch of the week in both languages: `activities.time`, and `activities.days` where it has days."""
    clock = {"begins": f"{when.begins:%H:%M}", "ends": f"{when.ends:%H:%M}"}
    names = [get_day_names("wide", "stand-alone", locale=lang)[when.weekday - 1] for lang in said.langs]
    found = [said("activities.time", weekday=name, **clock)[place] for place, name in enumerate(names)]
    if when.start is None:
        return found
    last = None if when.end is None else when.end - A_DAY
    days = said("activities.days", first=when.start, last=last or "…")
    return [f"{line} ({span})" for line, span in zip(found, days, strict=True)]


def _signed(plan: Plan, said: Said) -> list[list[str]]:
    rows = list(plan.approvals.filter(lifted=None).order_by("at"))
    lines = [line for row in rows for line in _approval(row, said)]
    return [*lines, said("signed.fingerprint", hash=plan.text_hash[:SHOWN_OF_HASH])] if rows else []


def _approval(row: Approval, said: Said) -> list[list[str]]:
    day = timezone.localtime(row.at).date()
    return [
        said(f"signed.{row.side}", name=row.name, day=day, time=row.at),
        said("signed.own_page") if row.own_link else said("signed.present", words=row.present),
    ]


def _wants_arabic(goals: tuple[GoalText, ...], other: str) -> bool:
    return other in RIGHT_TO_LEFT or any(one.language in RIGHT_TO_LEFT for one in goals)


def _arabic(content: Mapping[str, Any]) -> bool:
    return ARABIC in content["fonts"]


def arabic_letters(room: Path) -> str:
    """Unpack the Arabic letters that the pages are drawn with, so that Typst can read them."""
    folder = room / "letters"
    folder.mkdir()
    for name in ARABIC_FILES:
        found = finders.find(name)
        if found is None:
            raise Refused(f"The letters of Arabic are not there ({name}): set up again with npm at hand.")
        (folder / f"{Path(name).stem}.ttf").write_bytes(unpacked(Path(found).read_bytes()))
    return str(folder)
