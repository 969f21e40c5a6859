"""What is sent to municipalities: the quota and how it came about, as tagged PDF in Danish; one letter or all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from fodfaeste.report.render import FONT
from fodfaeste.web.base.letters import typeset, written_day
from fodfaeste.web.placement.rounds.computing import rules_of
from fodfaeste.web.placement.rounds.models import QuotaLine, QuotaRound
from fodfaeste.web.placement.rounds.words import Totals, steps_of, why_heading, why_in_words

LANGUAGE = "da"
"""Authorities write to each other in Danish."""

NAMED = ("formula", "reduction", "rounding")
"""Parameters whose sources a letter names."""


def letters(round_: QuotaRound, lines: Sequence[QuotaLine], to: Iterable[QuotaLine], *, on: date) -> bytes:
    """Set letters to some municipalities of a round, each on a page of its own.

    Parameters
    ----------
    lines : sequence of QuotaLine
        All of the round.
    to : iterable of QuotaLine
        Those that are written to.
    on : date
        The day of the letters, while the round is not published; that of its publishing afterwards.
    """
    with override(LANGUAGE):
        content = content_of(round_, lines, to, on=on)
    return typeset("fodfaeste.web.placement", "templates/placement/letter.typ", content)


def content_of(round_: QuotaRound, lines: Sequence[QuotaLine], to: Iterable[QuotaLine], *, on: date) -> dict[str, Any]:
    """Give what letters say, as finished sentences."""
    totals = Totals.of(round_, lines)
    day = written_day(round_.published.date() if round_.published else on, LANGUAGE)
    title = _("Kvote for %(year)d") % {"year": round_.year}
    about = {"national": round_.national, "year": round_.year, "track": round_.get_track_display()}
    return {
        "fonts": [FONT],
        "office": str(round_.organisation),
        "title": title,
        "day": day,
        "draft": _("Kladde: kvoterne er ikke offentliggjort.") if round_.is_draft else "",
        "stage": _stage(round_),
        "national": _("Landstallet for %(year)d er %(national)d personer, efter %(track)s.") % about,
        "head": [_("Trin"), _("Regnestykke"), _("Giver")],
        "steps": _("Sådan er kvoten regnet ud"),
        "rules": _("Reglerne"),
        "sources": [_source(round_, name) for name in NAMED if name in rules_of(round_).values],
        "letters": [_letter(round_, line, totals) for line in to],
    }


def _letter(round_: QuotaRound, line: QuotaLine, totals: Totals) -> dict[str, Any]:
    about = {"name": line.name, "quota": line.quota, "year": round_.year}
    return {
        "to": _("%(name)s Kommune") % about,
        "quota": _("%(name)s Kommune skal i %(year)d modtage %(quota)d personer.") % about,
        "heading": why_heading(line),
        "why": why_in_words(line),
        "steps": [[step.name, step.arithmetic, step.result] for step in steps_of(line, totals)],
    }


def _stage(round_: QuotaRound) -> str:
    said = {
        QuotaRound.Stage.ANNOUNCEMENT: _(
            "Det er det beregnede tal, som kommunerne i regionen kan aftale en anden fordeling ud fra."
        ),
        QuotaRound.Stage.FIXING: _("Det er den kvote, der gælder, efter at aftaler er modtaget."),
        QuotaRound.Stage.REVISION: _("Landstallet er ændret i året: %(why)s") % {"why": round_.reason},
        QuotaRound.Stage.TRANCHE: _("Det er kommunens del af de næste personer."),
    }
    if round_.track == QuotaRound.Track.UKRAINE and round_.stage == QuotaRound.Stage.ANNOUNCEMENT:
        return _("Det er kommunens del af de første personer.")
    return str(said[QuotaRound.Stage(round_.stage)])


def _source(round_: QuotaRound, name: str) -> str:
    names = {"formula": _("Formlen"), "reduction": _("Nedsættelsen"), "rounding": _("Afrundingen")}
    rule = rules_of(round_).at(name)
    said = "; ".join(part for part in (rule.source, rule.note.get(LANGUAGE, "")) if part) or _("ingen regel fundet")
    return f"{names[name]}: {said}"
