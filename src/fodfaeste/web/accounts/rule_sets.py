"""Which rule set an office uses for whom: its own choice where it has made one, the act's where it has not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fodfaeste.plan import INTEGRATION, ProgrammeRules, programme_rules
from fodfaeste.web.accounts.models import Organisation


def chooser(organisation: Organisation) -> Callable[..., ProgrammeRules]:
    """Give a function of a day of takeover and a track that chooses the rules; what the office uses is read once."""
    uses = list(organisation.rule_sets.all())

    def rules(takeover: date, *, track: str = INTEGRATION) -> ProgrammeRules:
        used = (
            one.rule_set
            for one in uses
            if one.track == track and one.start <= takeover and (one.end is None or takeover < one.end)
        )
        return programme_rules(takeover, track=track, rule_set=next(used, ""))

    return rules
