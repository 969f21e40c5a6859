"""Opening and closing a programme, and the rules that it runs by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.plan import ProgrammeRules, programme_rule_sets, programme_rules
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.rule_sets import chooser
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.follow_ups import ask_for_first_talk
from fodfaeste.web.programme.domain.refusals import in_words
from fodfaeste.web.programme.models import Plan, Programme
from fodfaeste.web.programme.permissions import refuse_strangers


def rules_of(programme: Programme, on: date | None = None) -> ProgrammeRules:
    """Give the rules that a programme runs by: those of its set, with what has changed for all until a day."""
    return programme_rules(programme.takeover, track=programme.track, on=on, rule_set=programme.rule_set)


def rules_for(takeover: date, track: str, organisation: Organisation) -> ProgrammeRules:
    """Choose the rules for a day of takeover: those that the office uses for it, or the act's where it has not said.

    Raises
    ------
    Refused
        If there were none yet on that day, naming the first day with any.
    """
    first = min(one.since for one in programme_rule_sets() if one.track == track)
    if takeover < first:
        raise Refused(
            _("Den %(day)s var der ingen regler for programmet efter %(track)s; de første gælder fra %(first)s.")
            % {
                "day": date_format(takeover),
                "track": Programme.Track(track).label,
                "first": date_format(first),
            }
        )
    return chooser(organisation)(takeover, track=track)


@transaction.atomic
def open_programme(
    person: Person, *, by: User, organisation: Organisation, track: str, start: date, takeover: date | None = None
) -> Programme:
    """Open a person's programme by the rule set that the office uses for the takeover; the first talk gets its day.

    Parameters
    ----------
    takeover : date, optional
        The day on which the municipality took over; the person's, unless given.

    Raises
    ------
    Refused
        If the person has a programme at that time, is not the office's, or no rules hold for the day.
    """
    refuse_strangers(by, person)
    day = takeover or person.takeover_date
    rules = rules_for(day, track, organisation)
    if start < day:
        raise Refused(
            _("Programmet kan ikke begynde %(start)s: kommunen overtager først ansvaret %(day)s.")
            % {"start": date_format(start), "day": date_format(day)}
        )
    with in_words(_("Personen har et program i den tid. Afslut det først.")):
        programme = Programme.objects.create(
            person=person, organisation=organisation, track=track, rule_set=rules.id, takeover=day, start=start
        )
    Plan.objects.create(programme=programme, number=1, made_by=by)
    ask_for_first_talk(programme, rules)
    return programme


@transaction.atomic
def close_programme(programme: Programme, *, by: User, end: date) -> Programme:
    """End a programme; what it holds stays to be read. `end` is the first day without it.

    Raises
    ------
    Refused
        If it has ended, or would before it began.
    """
    refuse_strangers(by, programme.person)
    if programme.end is not None:
        raise Refused(_("Programmet er allerede afsluttet."))
    programme.end = end
    with in_words(_("Programmet kan ikke slutte, før det er begyndt.")):
        programme.save(update_fields=["end"])
    return programme


@transaction.atomic
def set_needs(
    programme: Programme,
    *,
    by: User,
    home: str,
    travel_minutes: int,
    school_days_in_row: int | None,
    needs_childcare: bool,
    agreed_hours: Decimal | None,
) -> Programme:
    """Write down what the person's week has to keep to, and hours agreed in place of the rule's least."""
    refuse_strangers(by, programme.person)
    programme.home, programme.travel_minutes = home, travel_minutes
    programme.school_days_in_row, programme.needs_childcare = school_days_in_row, needs_childcare
    programme.agreed_hours = agreed_hours
    programme.save(update_fields=["home", "travel_minutes", "school_days_in_row", "needs_childcare", "agreed_hours"])
    return programme
