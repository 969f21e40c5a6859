"""The statement of reasons: tagged PDF in Danish, English and the household's language, from a record's facts alone."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils import timezone

from fodfaeste.report.render import FONT
from fodfaeste.web.base.letters import typeset, written_day
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord
from fodfaeste.web.placement.desk.words import decision_wishes, is_soft
from fodfaeste.web.programme.letter import ARABIC, ISOLATE, ISOLATED, RIGHT_TO_LEFT, arabic_letters

PACKAGE, SENTENCES, SOURCE = (
    "fodfaeste.web.placement",
    "templates/placement/reasons.toml",
    "templates/placement/reasons.typ",
)
ALWAYS = ("da", "en")
OTHERS = ("ar", "uk")


def letter_of(arrival: Arrival, record: PlacementRecord) -> bytes:
    """Set the statement of reasons of a decision."""
    content = content_of(arrival, record)
    return typeset(PACKAGE, SOURCE, content, arabic_letters if ARABIC in content["fonts"] else None)


def content_of(arrival: Arrival, record: PlacementRecord) -> dict[str, Any]:
    """Give what the letter says, as finished sentences, a part a language."""
    langs = [*ALWAYS, *(one for one in OTHERS if one == arrival.language)]
    return {
        "fonts": [FONT, ARABIC] if RIGHT_TO_LEFT & {*langs} else [FONT],
        "office": str(arrival.organisation),
        "reference": arrival.reference,
        "to": arrival.name,
        "day": written_day(timezone.localdate(record.at), "da"),
        "parts": [_part(arrival, record, lang) for lang in langs],
    }


def _part(arrival: Arrival, record: PlacementRecord, lang: str) -> dict[str, Any]:
    told = {
        "place": record.facts["decision"]["place_name"],
        "office": arrival.organisation.name,
        "day": written_day(timezone.localdate(record.at), lang),
        "arrives": written_day(date.fromisoformat(record.facts["household"]["arrives"]), lang),
        "by": record.by_name,
        "reference": arrival.reference,
    }

    def said(key: str, **more: Any) -> str:
        values = {name: _own_way(str(value), lang) for name, value in {**told, **more}.items()}
        return _sentences()[key][lang].format(**values)

    return {
        "lang": lang,
        "rtl": lang in RIGHT_TO_LEFT,
        "title": said("title"),
        "decided": [said("decided"), said("person")],
        "why": said("why"),
        "reasons": list(_reasons(record.facts, said)),
        "object": said("object"),
        "object_text": said("object_text"),
    }


def _reasons(facts: dict[str, Any], said: Any) -> Iterator[str]:
    decision, wishes = facts["decision"], decision_wishes(facts)
    soft = [one for one in wishes if is_soft(one)]
    unknown = [one for one in wishes if one["met"] is None]
    held = [one for one in wishes if not is_soft(one) and one["met"] is not None]
    yield said("quota", year=facts["round"]["year"])
    if held:
        yield said("conditions", n=len(held))
    if soft:
        yield said("wishes", met=len([one for one in soft if one["met"]]), asked=len(soft))
    else:
        yield said("no_wishes")
    if unknown:
        yield said("unknown", n=len(unknown))
    if decision["override"]:
        yield said("override", proposed=decision["proposed"] or "–", text=decision["text"])
    else:
        yield said("first")
    others = [one["name"] for one in facts["options"] if one["code"] != decision["place"]]
    if others:
        yield said("others", places=", ".join(others))
    yield said("forecast" if facts["forecast"] else "no_forecast")


def _own_way(value: str, lang: str) -> str:
    """Let a value keep its own direction in a text from the right."""
    return f"{ISOLATE}{value}{ISOLATED}" if lang in RIGHT_TO_LEFT else value


@cache
def _sentences() -> dict[str, dict[str, str]]:
    said: dict[str, dict[str, str]] = tomllib.loads(files(PACKAGE).joinpath(SENTENCES).read_text("utf-8"))["reasons"]
    return said
