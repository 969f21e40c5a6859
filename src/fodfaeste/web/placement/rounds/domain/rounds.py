"""Beginning a round, changing its national number, publishing, going on from what is published, closing."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from fodfaeste import __version__
from fodfaeste.errors import Refused
from fodfaeste.place.quota import Change, must_change
from fodfaeste.place.rule_sets import rule_set_of_track
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.rounds.computing import COUNTS, frame_of, recompute, rules_of
from fodfaeste.web.placement.rounds.models import QuotaDecision, QuotaRound
from fodfaeste.web.placement.rounds.permissions import must_make
from fodfaeste.web.programme.domain.refusals import in_words

Stage, State, Act = QuotaRound.Stage, QuotaRound.State, QuotaDecision.Act
FIRST_YEAR = 2000
"""Quotas by law began with the act of 1998, for 1999; their rules are written down from 1 January 1999."""

RULES_OF = ("formula", "zero_floor", "reduction", "rounding", "immigrants_counted", "family_counted")
"""Parameters that a decision names with their sources."""


def begin_round(
    *,
    organisation: Organisation,
    year: int,
    national: int,
    by: User,
    track: Any = QuotaRound.Track.QUOTA,
    rules_on: date | None = None,
) -> QuotaRound:
    """Begin the round of a year, by the rules of a day: 1 January of the year of announcement unless another is named.

    For Ukraine that is 1 January of the year itself, whose order fixes the numbers.

    Raises
    ------
    Refused
        If the year's round has begun already, or the year has no rules.
    BadInput
        If the day lies before the first rule set.
    """
    if not FIRST_YEAR <= year <= timezone.localdate().year + 5:
        raise Refused(_("Skriv et år fra %(first)d og højst fem år frem.") % {"first": FIRST_YEAR})
    with change(by):
        must_make(by, organisation)
        if QuotaRound.objects.filter(organisation=organisation, year=year, track=track).exists():
            raise Refused(_("Årets runde er begyndt. Gå videre fra den på dens side."))
        day = rules_on or date(year if track == QuotaRound.Track.UKRAINE else year - 1, 1, 1)
        return QuotaRound.objects.create(
            organisation=organisation,
            year=year,
            track=track,
            national=national,
            rules_on=day,
            rule_set=rule_set_of_track(day, track).id,
            made_by=by,
        )


def set_national(round_: QuotaRound, national: int, *, by: User) -> QuotaRound:
    """Give a draft another national number, and compute it anew.

    Raises
    ------
    Refused
        If it is no draft any more.
    """
    with change(by):
        round_ = draft(round_, by)
        round_.national = national
        round_.save(update_fields=["national"])
        recompute(round_)
    return round_


def publish(round_: QuotaRound, *, by: User) -> QuotaRound:
    """Publish a draft: from then on nobody changes it. Of a year one version holds; the one before is replaced.

    Raises
    ------
    Refused
        If it is no draft, or has no figures.
    """
    with change(by), in_words(_("Kvoterne kan ikke offentliggøres: de giver ikke tilsammen landstallet.")):
        round_ = draft(round_, by)
        lines = list(round_.lines.all())
        if not lines:
            raise Refused(_("Runden har ingen tal endnu. Indlæs eller skriv dem først."))
        replaced = round_.follows if round_.stage != Stage.TRANCHE else None
        if replaced is not None and replaced.state == State.PUBLISHED:
            _move(replaced, State.REVISED, by, {"by": str(round_)})
        facts = _facts(round_, lines)
        round_.state, round_.published = State.PUBLISHED, timezone.now()
        round_.save(update_fields=["state", "published"])
        _decide(round_, Act.PUBLISHED, by, facts)
    return round_


def begin_fixing(round_: QuotaRound, *, by: User) -> QuotaRound:
    """Go on from announced quotas to those that are fixed once agreements have come in.

    Raises
    ------
    Refused
        If it is not what was announced, or the year goes on already.
    """
    if round_.stage != Stage.ANNOUNCEMENT or round_.track == QuotaRound.Track.UKRAINE:
        raise Refused(_("Kun udmeldte kvoter efter integrationsloven fastsættes efter aftaler."))
    return _next(round_, Stage.FIXING, round_.national, "", by)


def begin_revision(round_: QuotaRound, *, expected: int, reason: str, by: User) -> QuotaRound:
    """Begin another version because another number is expected by now.

    Raises
    ------
    Refused
        If nothing changes, no reason is given, or the rules know no change in the year.
    """
    if revision(round_, expected) is None:
        raise Refused(_("Her fastsættes tal for et fast antal personer ad gangen. Begynd de næste i stedet."))
    if expected == round_.national:
        raise Refused(_("Det er det landstal, der gælder. Skriv det antal, der nu ventes."))
    if not reason.strip():
        raise Refused(_("Skriv, hvorfor der nu ventes et andet antal."))
    return _next(round_, Stage.REVISION, expected, reason.strip(), by)


def begin_tranche(round_: QuotaRound, *, by: User) -> QuotaRound:
    """Begin the next persons where numbers are fixed for so many at a time. What was fixed before goes on to hold.

    Raises
    ------
    Refused
        If the rules of the round know nothing of the kind.
    """
    at_a_time = rules_of(round_).values.get("persons_at_a_time")
    if at_a_time is None:
        raise Refused(_("Efter integrationsloven er der ét landstal om året. Ændr det i stedet."))
    return _next(round_, Stage.TRANCHE, at_a_time.value, "", by)


def revision(round_: QuotaRound, expected: int) -> Change | None:
    """Say whether the national number must be changed; None where the rules know no threshold."""
    rules = rules_of(round_)
    return must_change(round_.national, expected, rules) if "revise_size_limit" in rules.values else None


def close(round_: QuotaRound, *, by: User) -> QuotaRound:
    """Close a round whose year is over, or that was replaced.

    Raises
    ------
    Refused
        If it is a draft, which is thrown away instead, or closed already.
    """
    with change(by):
        round_ = _locked(round_, by)
        if round_.state not in (State.PUBLISHED, State.REVISED):
            raise Refused(_("Kun en offentliggjort runde kan afsluttes."))
        _move(round_, State.CLOSED, by, {})
    return round_


def discard(round_: QuotaRound, *, by: User) -> None:
    """Throw a draft away.

    Raises
    ------
    Refused
        If it is no draft any more.
    """
    with change(by):
        draft(round_, by).delete()


def draft(round_: QuotaRound, by: User) -> QuotaRound:
    """Lock a round that can still change, for an officer of its agency; to be called inside `change`.

    Raises
    ------
    Refused
    """
    round_ = _locked(round_, by)
    if not round_.is_draft:
        raise Refused(_("Runden er offentliggjort og kan ikke ændres. Begynd en ny version på dens side."))
    return round_


def _locked(round_: QuotaRound, by: User) -> QuotaRound:
    found = QuotaRound.objects.select_for_update(of=("self",)).select_related("organisation", "follows")
    round_ = found.get(pk=round_.pk)
    must_make(by, round_.organisation)
    return round_


def _next(before: QuotaRound, stage: Any, national: int, reason: str, by: User) -> QuotaRound:
    with change(by):
        before = _locked(before, by)
        year = QuotaRound.objects.filter(organisation=before.organisation, year=before.year, track=before.track)
        if before.state != State.PUBLISHED or year.filter(state=State.DRAFT).exists():
            raise Refused(_("Gå videre fra de kvoter, der gælder, og kun når ingen ny version er i gang."))
        after = QuotaRound.objects.create(
            organisation=before.organisation,
            year=before.year,
            track=before.track,
            number=max(year.values_list("number", flat=True)) + 1,
            stage=stage,
            national=national,
            rules_on=before.rules_on,
            rule_set=before.rule_set,
            follows=before,
            reason=reason,
            made_by=by,
        )
        recompute(after, frame_of(before.lines.all()))
    return after


def _move(round_: QuotaRound, state: Any, by: User, facts: dict[str, Any]) -> None:
    round_.state = state
    round_.save(update_fields=["state"])
    _decide(round_, state, by, facts)


def _decide(round_: QuotaRound, act: Any, by: User, facts: dict[str, Any]) -> None:
    QuotaDecision.objects.create(round=round_, act=act, by=by, by_name=str(by), facts=facts)


def _facts(round_: QuotaRound, lines: list[Any]) -> dict[str, Any]:
    """Give what a decision rests on: rules with their sources, and a fingerprint of every number."""
    rules = rules_of(round_)
    numbers = [[getattr(line, name) for name in ("code", *COUNTS, "quota")] for line in lines]
    used = {name: rules.at(name) for name in RULES_OF if name in rules.values}
    changed = revision(round_.follows, round_.national) if round_.stage == Stage.REVISION and round_.follows else None
    return {
        "national": round_.national,
        "municipalities": len(lines),
        "zero": sum(not line.quota for line in lines),
        "agreements": sorted(one.region for one in round_.agreements.all() if one.counts),
        "rule_set": rules.id,
        "sources": {name: f"{value.source} [{value.certainty}]" for name, value in used.items()},
        "must_change": None if changed is None else changed.must,
        "fingerprint": hashlib.sha256(json.dumps(numbers).encode()).hexdigest(),
        "version": __version__,
    }
