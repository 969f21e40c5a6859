"""The statement of reasons as a letter: tagged PDF in Danish, English and the household's language."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from fodfaeste.report.render import FONT
from fodfaeste.web.base.letters import typeset, written_day
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord
from fodfaeste.web.placement.desk.statement import PACKAGE, Statement, statement_of
from fodfaeste.web.programme.letter import ARABIC, RIGHT_TO_LEFT, arabic_letters

SOURCE = "templates/placement/reasons.typ"
ALWAYS = ("da", "en")
OTHERS = ("ar", "uk")


def letter_of(arrival: Arrival, record: PlacementRecord) -> bytes:
    """Set the statement of reasons of a decision."""
    content = content_of(arrival, record)
    return typeset(PACKAGE, SOURCE, content, arabic_letters if ARABIC in content["fonts"] else None)


def content_of(arrival: Arrival, record: PlacementRecord) -> dict[str, Any]:
    """Give what the letter says, as finished sentences, a part a language."""
    langs = [*ALWAYS, *(one for one in OTHERS if one == arrival.language)]
    sent = sending_of(arrival, record)
    day = None if sent is None else timezone.localdate(sent.at)
    return {
        "fonts": [FONT, ARABIC] if RIGHT_TO_LEFT & {*langs} else [FONT],
        "office": str(arrival.organisation),
        "reference": arrival.reference,
        "to": arrival.name,
        "day": written_day(timezone.localdate(record.at), "da"),
        "parts": [_part(statement_of(arrival, record, lang, sent=day)) for lang in langs],
    }


def sending_of(arrival: Arrival, record: PlacementRecord) -> PlacementRecord | None:
    """Give when a decision was sent, if it was."""
    acts = (PlacementRecord.Act.SENT, PlacementRecord.Act.UNDONE)
    after = arrival.records.filter(pk__gt=record.pk, act__in=acts).order_by("pk").first()
    return after if after is not None and after.act == PlacementRecord.Act.SENT else None


def _part(said: Statement) -> dict[str, Any]:
    return {
        "lang": said.lang,
        "rtl": said.rtl,
        "title": said.title,
        "decided": list(said.decided),
        "sections": [{"heading": one.heading, "lines": list(one.lines)} for one in said.sections],
    }
