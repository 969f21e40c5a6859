"""The rules of the programme that hold for one person, each with its source and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any, Literal

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.plan.text import Text, both, text
from fodfaeste.rules import Certainty, RuleBook, Value, rule_book

INTEGRATION = "integration"
"""The track of the Integration Act."""

UKRAINE = "ukraine"
"""The track of the special act on the displaced from Ukraine."""

TRACKS = (INTEGRATION, UKRAINE)


@dataclass(frozen=True)
class Citation:
    """Where a rule stands, and how sure it is.

    Attributes
    ----------
    parameter : str
        The name of the rule in `ProgrammeRules`.
    value : object
    since : date
        The value's first day.
    source : str
        As short as lawyers name it; empty where no text was read.
    certainty : {"A", "B", "C", "S"}
        Read in the act, read on an official page, general knowledge, or a suggestion.
    note : Text, optional
        What has to be known of the source.
    """

    parameter: str
    value: object
    since: date
    source: str
    certainty: Certainty
    note: Text | None

    @property
    def text(self) -> Text:
        """Source, first day, certainty and note in one line."""
        said = _cited(self.source, self.since, self.certainty)
        return text("citation.noted", citation=said, note=self.note) if self.note else said


def _cited(source: str, since: date, certainty: Certainty) -> Text:
    words = {"since": since, "letter": certainty, "certainty": text(f"certainty.{certainty}")}
    return text("citation.read", source=source, **words) if source else text("citation.unread", **words)


@dataclass(frozen=True)
class ProgrammeRules:
    """What holds for a person whom a municipality took over on a day.

    `cite` says of each rule where it stands. None says that there is no such rule, or that none was found; the
    citation's note says which.

    Attributes
    ----------
    id : str
        Of the rule set, such as ``IL-2016``.
    title : Text
    since : date
        The set's first day.
    takeover : date
        The day that the set was chosen by.
    takeover_rule : {"first_whole_month", "working_days"}
    takeover_moves : bool
        Whether a takeover on the first of a month that is a weekend or holiday moves to the next weekday.
    takeover_working_days : int, optional
    least_age : int
        Years at the takeover from which on somebody is offered the programme.
    programme_name, programme_name_other_family, benefit_name, contract_name : Text
        As letters have to name them; the second for reunified family of others than refugees.
    declaration_name : Text, optional
        What is signed with the contract.
    programme_months, extend_until_months : int, int or None
        How long the programme is meant to last, and how long at most where it is extended, from the takeover.
    residence_months : int
        For how long moving costs the offers, unless the new municipality takes over the programme.
    talk_before_release_months : int
        How long before that time is over there is a talk on what comes now.
    elements : tuple of str
        What the programme consists of for somebody who does not support themselves.
    start_months, contract_months, danish_start_months : int
        How soon after the takeover the programme begins, the contract is signed, and Danish begins.
    family_plan_months : int, optional
        How soon the family is offered an integration plan.
    first_offer_weeks, first_offer_months : int, optional
        How soon there is an offer at a workplace if possible, and at the latest.
    weekly_hours_min, weekly_hours_max : int
        On average over `average_weeks`.
    danish_hours_max : int, optional
        Of Danish, on average.
    average_weeks : int
    followup_first_talks, followup_first_months : int, optional
        So many talks on the plan in its first months.
    followup_months : int
        From one evaluation of the plan to the next.
    followup_in_work_months : int, optional
        The same for somebody in ordinary work or education without benefit.
    traineeship_days, traineeship_months : int
        When the two follow-ups after the start of a traineeship are.
    housing_duty : {"permanent", "permanent_when_possible", "temporary"}
    housing_months : int, optional
        How soon a permanent home has to be found.
    appeal_body : Text
    appeal_weeks : int
    retention_years_after_closing : int
        How long a closed case is kept.
    """

    id: str
    title: Text
    since: date
    takeover: date
    takeover_rule: Literal["first_whole_month", "working_days"]
    takeover_moves: bool
    takeover_working_days: int | None
    least_age: int
    programme_name: Text
    programme_name_other_family: Text
    benefit_name: Text
    contract_name: Text
    declaration_name: Text | None
    programme_months: int
    extend_until_months: int | None
    residence_months: int
    talk_before_release_months: int
    elements: tuple[str, ...]
    start_months: int
    contract_months: int
    family_plan_months: int | None
    danish_start_months: int
    first_offer_weeks: int | None
    first_offer_months: int | None
    weekly_hours_min: int
    weekly_hours_max: int
    danish_hours_max: int | None
    average_weeks: int
    followup_first_talks: int | None
    followup_first_months: int | None
    followup_months: int
    followup_in_work_months: int | None
    traineeship_days: int
    traineeship_months: int
    housing_duty: Literal["permanent", "permanent_when_possible", "temporary"]
    housing_months: int | None
    appeal_body: Text
    appeal_weeks: int
    retention_years_after_closing: int
    values: Mapping[str, Value] = field(repr=False, compare=False)

    def cite(self, parameter: str) -> Citation:
        """Say where a rule stands and how sure it is.

        Raises
        ------
        UnknownName
            If there is no such rule.
        """
        if parameter not in self.values:
            raise UnknownName("the rule", parameter, self.values)
        found = self.values[parameter]
        note = both(found.note) if found.note else None
        return Citation(parameter, _typed(found.value), found.since, found.source, found.certainty, note)

    @property
    def unsure(self) -> tuple[Citation, ...]:
        """The rules that somebody has to confirm before they are shown as law: those with C or S."""
        return tuple(cited for name in PARAMETERS if (cited := self.cite(name)).certainty in {"C", "S"})


_OF_THE_SET = ("id", "title", "since", "takeover", "values")
PARAMETERS = tuple(one.name for one in fields(ProgrammeRules) if one.name not in _OF_THE_SET)
"""The names of all rules, in the order of `ProgrammeRules`."""


def programme_rules(
    takeover: date, *, track: str = INTEGRATION, on: date | None = None, rule_set: str = ""
) -> ProgrammeRules:
    """Give the rules that hold for a person by the day on which the municipality took over.

    Parameters
    ----------
    takeover : date
        The first day on which the municipality was responsible; see `fodfaeste.plan.takeover`.
    track : {"integration", "ukraine"}
        The Integration Act, or that act with the exceptions of the special act on the displaced from Ukraine.
    on : date, optional
        A later day, such as that of a letter: what has changed for running cases too, such as the programme's name, is
        as it was on that day. Unless given, everything is as on the day of the takeover.
    rule_set : str, optional
        The id of the set that the municipality uses for that day, where it is not the one that the day itself chooses:
        everything is as on that set's last day.

    Raises
    ------
    UnknownName
        If there is no such track, or the track has no such rule set.
    BadInput
        If the day lies before the track's first rule set, or before the one that is given.
    """
    if track not in TRACKS:
        raise UnknownName("the track", track, TRACKS)
    todo = "Before that there was no such programme: correct the day of the takeover, or the track."
    day = _within(rule_set, track, takeover) if rule_set else takeover
    found = _book().in_force(day, track, todo=todo, asked=on or takeover)
    rules: dict[str, Any] = {name: _typed(value.value) for name, value in found.values.items()}
    return ProgrammeRules(
        id=found.id, title=both(found.title), since=found.since, takeover=takeover, values=found.values, **rules
    )


def _within(rule_set: str, track: str, takeover: date) -> date:
    """Give the day of the takeover, or the last before it on which a rule set was in force."""
    since = {one.id: one.since for one in programme_rule_sets() if one.track == track}
    if rule_set not in since:
        raise UnknownName("the rule set", rule_set, since)
    if takeover < since[rule_set]:
        todo = "Correct the day of the takeover, or choose an earlier rule set."
        raise BadInput(Problem(f"the day {takeover}", f"a day from {since[rule_set]} on for {rule_set}", todo))
    following = min((first for first in since.values() if first > since[rule_set]), default=date.max)
    return min(takeover, following - timedelta(days=1))


@dataclass(frozen=True)
class ProgrammeRuleSet:
    """A rule set as a whole: since when, by which act, and how sure its beginning is.

    Those of a track in `TRACKS` are chosen by the day of the takeover; others changed none of the rules here, such as
    the higher allowance of 2000.
    """

    id: str
    title: Text
    since: date
    source: str
    certainty: Certainty
    track: str

    @property
    def text(self) -> Text:
        """Source, first day and certainty in one line."""
        return _cited(self.source, self.since, self.certainty)


def programme_rule_sets() -> tuple[ProgrammeRuleSet, ...]:
    """Name the rule sets of the programme, oldest first."""
    return tuple(
        ProgrammeRuleSet(raw["id"], both(raw["title"]), raw["since"], raw["source"], raw["certainty"], raw["track"])
        for raw in _book().sets
    )


def _typed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return both(value)
    return None if value == "" else value


def _book() -> RuleBook:
    return rule_book("fodfaeste.plan", "rules/denmark-programme.toml")
