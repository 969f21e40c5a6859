"""The statement of reasons in one language, from a record's facts alone: letter and household's page say the same.

Sentences stand in ``reasons.toml``, in every language that a household can be written to in. What others who wait would
lose, and who they are, stands in the record for the officer and is never said here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils import timezone, translation

from fodfaeste.rules import rule_book
from fodfaeste.web.base.letters import written_day
from fodfaeste.web.placement.desk import place_words, words
from fodfaeste.web.placement.desk.models import LANGUAGES, Arrival, PlacementRecord
from fodfaeste.web.programme.letter import ISOLATE, ISOLATED, RIGHT_TO_LEFT

PACKAGE, SENTENCES = "fodfaeste.web.placement", "templates/placement/reasons.toml"
RULES, TRACK, WEEKS = "rules/denmark-objections.toml", "objections", "weeks"
OF_HUNDRED = 100
MONTHS = {"work": 24, "staying": 48}
"""When the outcomes of a record are that does not say it."""

Facts = Mapping[str, Any]
Say = Callable[..., str]


@dataclass(frozen=True)
class Section:
    """A part of the statement under its heading."""

    key: str
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """What a household is told of a decision.

    Attributes
    ----------
    decided : tuple of str
        What was decided, when, and by whom.
    sections : tuple of Section
        Reasons, wishes, other places, the forecast, what can be corrected, and how to object.
    """

    lang: str
    title: str
    decided: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def rtl(self) -> bool:
        """Whether the language is written from the right."""
        return self.lang in RIGHT_TO_LEFT

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that it says, without headings."""
        return (*self.decided, *(line for section in self.sections for line in section.lines))


def statement_of(arrival: Arrival, record: PlacementRecord, lang: str, *, sent: date | None = None) -> Statement:
    """Say a decision and its reasons in a language.

    Parameters
    ----------
    record : PlacementRecord
        Of the decision.
    sent : date, optional
        The day on which the household was told; the days to object count from it.
    """
    with translation.override(lang):
        say = _speaker(arrival, record, lang)
        sections = (
            Section("why", say("why"), tuple(_why(record.facts, say))),
            Section("wishes", say("wishes_head"), tuple(_wishes(record.facts, say))),
            Section("others", say("others_head"), tuple(_others(record.facts, say))),
            Section("forecast", say("forecast_head"), tuple(_forecast(record.facts, say))),
            Section("correct", say("correct_head"), tuple(_correct(record.facts, say))),
            Section("object", say("object"), tuple(_object(record, say, lang, sent))),
        )
        return Statement(
            lang, say("title"), (say("decided"), say("person")), tuple(one for one in sections if one.lines)
        )


def object_until(sent: date) -> date:
    """Give the last day on which an objection is sure to be looked at, by the rule of the day it was sent."""
    return sent + timedelta(weeks=_weeks(sent))


def _weeks(day: date) -> int:
    rules = rule_book(PACKAGE, RULES).in_force(day, TRACK, todo="Write the rule of that day into the file.")
    return int(rules[WEEKS])


def _speaker(arrival: Arrival, record: PlacementRecord, lang: str) -> Say:
    told = {
        "place": record.facts["decision"]["place_name"],
        "office": arrival.organisation.name,
        "day": written_day(timezone.localdate(record.at), lang),
        "arrives": written_day(date.fromisoformat(record.facts["household"]["arrives"]), lang),
        "by": record.by_name,
        "reference": arrival.reference,
    }

    def say(key: str, **more: Any) -> str:
        values = {name: _own_way(str(value), lang) for name, value in {**told, **more}.items()}
        return _sentences()[key][lang].format(**values)

    return say


def _why(facts: Facts, say: Say) -> Iterator[str]:
    decision, household = facts["decision"], facts["household"]
    wishes = words.decision_wishes(facts)
    yield say("quota", year=facts["round"]["year"])
    if held := [one for one in wishes if not words.is_soft(one) and one["met"] is not None]:
        yield say("conditions", n=len(held))
    if household["together_with"]:
        yield say("together")
    if decision["override"]:
        yield say("override", proposed=decision["proposed"] or "–", text=decision["text"])
    else:
        yield say("first")
        if (lot := facts.get("lot")) and lot["drawn"]:
            yield say("lot", other=lot["other"])


def _wishes(facts: Facts, say: Say) -> Iterator[str]:
    wishes = words.decision_wishes(facts)
    soft = [one for one in wishes if words.is_soft(one)]
    if soft:
        yield say("wishes", met=len([one for one in soft if one["met"]]), asked=len(soft))
    else:
        yield say("no_wishes")
        if (asked := facts["household"].get("asked")) in ASKED:
            yield say(ASKED[asked])
        yield say("no_harm")
    if unknown := [one for one in wishes if one["met"] is None]:
        yield say("unknown", n=len(unknown))
    for one in wishes:
        yield say(_how(one), wish=words.wish_words(one))


def _how(wish: Facts) -> str:
    """Name the sentence for what became of a wish or a condition."""
    if wish["met"] is None:
        return "not_known"
    if not words.is_soft(wish):
        return "must"
    return "met" if wish["met"] else "unmet"


ASKED = {"not_asked": "not_asked", "asked": "asked_only", "none": "none"}
"""What is said of a household without wishes, by whether it was asked."""


def _others(facts: Facts, say: Say) -> Iterator[str]:
    others = [one for one in facts["options"] if one["code"] != facts["decision"]["place"]]
    if others:
        yield say("others", places=", ".join(one["name"] for one in others))
    for one in others:
        yield say("other", other=one["name"], words="; ".join(_of_other(one, facts, say)))


def _of_other(option: Facts, facts: Facts, say: Say) -> Iterator[str]:
    for one in words.option_wishes(option, facts):
        if words.is_soft(one) and one["met"] is not None:
            yield say("other_met" if one["met"] else "other_unmet", wish=words.wish_words(one))
    if not option["fits"]:
        yield say("other_full", what=_lacking(option["short_of"] or "persons"))
    elif option["chosen"]:
        yield say("other_first")
    elif option["equal"]:
        yield say("other_equal")
    else:
        yield say("other_less")


def _lacking(dimension: str) -> str:
    """Name what is lacking, whatever its size: a household is told what, and not how many rooms."""
    topic = dimension.partition("|")[0]
    return str(place_words.SHORT.get({"dwelling": "dwellings", "school": "school_places"}.get(topic, topic), "–"))


def _forecast(facts: Facts, say: Say) -> Iterator[str]:
    used = facts["forecast"]
    if not used:
        yield say("no_forecast")
        return
    yield say("forecast")
    named = [str(words.FORBIDDEN.get(one, one)) for one in used["forbidden"]]
    version = used.get("version") or facts["version"]
    yield say("model", model=used["model"], version=version, forbidden=", ".join(named))
    if words.unlike(facts):
        yield say("unlike")
    chosen, adults = _chosen(facts), facts["household"]["adults"]
    if chosen is None or not adults:
        return
    for name, months in {**MONTHS, **used.get("months", {})}.items():
        if _is_whole(chosen[name]):
            yield say(f"sure_{name}", **_of_hundred(chosen[name], adults), months=months)
    others = [one for one in facts["options"] if one is not chosen and _is_whole(one["work"])]
    if not _is_whole(chosen["work"]) or not others:
        return
    for one in others:
        yield say("other_work", other=one["name"], **_of_hundred(one["work"], adults))
    if alike := [one["name"] for one in others if _overlap(one["work"], chosen["work"])]:
        yield say("sure_equal", places=", ".join(alike))


def _is_whole(interval: Any) -> bool:
    """Say whether a forecast is there, with both its ends."""
    return interval is not None and None not in interval


def _overlap(one: Any, other: Any) -> bool:
    """Say whether two forecasts cannot be told apart: their intervals meet."""
    return bool(one[1] <= other[2] and other[1] <= one[2])


def _correct(facts: Facts, say: Say) -> Iterator[str]:
    household = facts["household"]
    language = str(dict(LANGUAGES).get(household["language"], household["language"]))
    yield say("counted", adults=household["adults"], children=household["children"], language=language)
    yield say("correct")


def _object(record: PlacementRecord, say: Say, lang: str, sent: date | None) -> Iterator[str]:
    yield say("object_text")
    if sent is None:
        yield say("until_weeks", weeks=_weeks(timezone.localdate(record.at)))
    else:
        yield say("until", until=written_day(object_until(sent), lang))
    yield say("later")
    yield say("no_appeal")


def _chosen(facts: Facts) -> Facts | None:
    """Give the place that was decided on, where it was among those shown."""
    return next((one for one in facts["options"] if one["code"] == facts["decision"]["place"]), None)


def _of_hundred(interval: Any, adults: int) -> dict[str, int]:
    """Say a forecast of the household's adults, and its ends, as so many of a hundred."""
    shares = (min(1.0, max(0.0, value / adults)) for value in interval)
    return dict(zip(("middle", "low", "high"), (round(OF_HUNDRED * share) for share in shares), strict=True))


def _own_way(value: str, lang: str) -> str:
    """Let a value keep its own direction in a text from the right."""
    return f"{ISOLATE}{value}{ISOLATED}" if lang in RIGHT_TO_LEFT else value


@cache
def _sentences() -> dict[str, dict[str, str]]:
    said: dict[str, dict[str, str]] = tomllib.loads(files(PACKAGE).joinpath(SENTENCES).read_text("utf-8"))["reasons"]
    return said
