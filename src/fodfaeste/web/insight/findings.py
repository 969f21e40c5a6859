"""Three findings in words, each by a rule that the page states, and each with how sure it is. Pure.

1. What is most overdue: the kind of follow-up of which most are overdue.
2. What differs most surely from what was to be expected: the measure with the greatest distance in standard errors.
3. What has changed most: the measure whose share has changed by most points in a year.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fodfaeste.report.words import Lang, Words
from fodfaeste.web.insight.measures import BY_NAME, STAYED
from fodfaeste.web.insight.models import Figure
from fodfaeste.web.programme.domain.day import kind_words
from fodfaeste.web.programme.words import said

SURE, VERY_SURE = 1.96, 3.09
"""Distances in standard errors beyond which 5 in 100 and 2 in 1,000 lie by chance."""

_WIDTH = 2 * SURE
"""Standard errors from end to end of a 95 % interval."""


@dataclass(frozen=True)
class Finding:
    """A finding: what was found, how sure it is, and the measure that it is about (empty: the list of follow-ups)."""

    words: str
    sure: str
    slug: str = ""


def reader() -> Words:
    """Give what writes numbers in the language of the page."""
    lang: Lang = "en" if get_language() == "en" else "da"
    return Words(lang, "register")


def findings(own: Sequence[Figure], published: Iterable[Figure]) -> list[Finding]:
    """Give the three findings, from a municipality's own figures and the published ones of its kind."""
    whole = {one.measure: one for one in own if not one.part and one.measure in BY_NAME}
    changes = [one for one in own if one.part == "change"]
    kinds = {one.measure: one for one in published if not one.code}
    return [_overdue([one for one in own if one.measure == "overdue"]), _differs(whole, kinds), _changed(changes)]


def _overdue(kinds: Sequence[Figure]) -> Finding:
    w, counted = reader(), _("Talt, ikke skønnet.")
    worst = max(kinds, key=lambda one: (one.more["overdue"], one.part), default=None)
    if worst is None or not worst.more["overdue"]:
        return Finding(_("Ingen opfølgning er overskredet."), counted)
    total = sum(one.more["overdue"] for one in kinds)
    words = _("Mest overskredet: %(kind)s. %(n)s af de %(total)s opfølgninger, der er overskredet.") % {
        "kind": said(kind_words(worst.part)),
        "n": w.count(worst.more["overdue"]),
        "total": w.count(total),
    }
    if worst.n:
        held = _("Af %(n)s i de seneste 12 måneder blev %(share)s holdt til tiden (95 %%-interval %(interval)s).")
        counted = f"{counted} {held % _shares(worst, w)}"
    return Finding(words, counted)


def _shares(one: Figure, w: Words) -> dict[str, str]:
    more = one.more
    return {
        "n": w.count(one.n or 0),
        "share": w.percent(more["rate"], 0),
        "interval": w.interval(more["low"], more["high"], 0),
    }


def distance(own: Figure, kind: Figure | None) -> float | None:
    """Give how far a figure lies from what was to be expected, in standard errors; better is positive.

    Who stays is compared with who was expected to by who they are, where that could be computed; everything else
    with the published share of the same kind of municipality.
    """
    if own.measure == STAYED.name and _finite(own.more, "ratio", "ratio_lower", "ratio_upper"):
        ratio, low, high = (math.log(own.more[name]) for name in ("ratio", "ratio_lower", "ratio_upper"))
        return -ratio * _WIDTH / (high - low) if high > low else None
    if kind is None or not kind.n or kind.events is None or not own.n or own.events is None:
        return None
    target = kind.events / kind.n
    if not 0 < target < 1:
        return None
    return (own.events / own.n - target) / math.sqrt(target * (1 - target) / own.n)


def _finite(more: Mapping[str, Any], *names: str) -> bool:
    return all(more.get(name, 0) > 0 for name in names)


def _differs(whole: Mapping[str, Figure], kinds: Mapping[str, Figure]) -> Finding:
    w = reader()
    far = {name: distance(one, kinds.get(name)) for name, one in whole.items()}
    known = {name: z for name, z in far.items() if z is not None}
    if not known:
        return Finding(
            _("Der er intet at holde tallene op imod endnu."),
            _("Sammenligningen mangler, eller tallene er så små, at de er skjult."),
        )
    name = max(known, key=lambda one: (abs(known[one]), one))
    own, z = whole[name], known[name]
    if name == STAYED.name and own.more.get("ratio"):
        words = _("%(measure)s: %(moved)s er flyttet; %(expected)s var ventet efter, hvem de er.") % {
            "measure": BY_NAME[name].title,
            "moved": w.count((own.n or 0) - (own.events or 0)),
            "expected": w.number(own.more["expected"]),
        }
        interval = w.number(own.more["ratio_lower"], 2), w.number(own.more["ratio_upper"], 2)
        base = _("Forholdet er %(ratio)s (95 %%-interval %(low)s–%(high)s), af %(n)s personer.") % {
            "ratio": w.number(own.more["ratio"], 2),
            "low": interval[0],
            "high": interval[1],
            "n": w.count(own.n or 0),
        }
    else:
        kind = kinds[name]
        words = _("%(measure)s: %(share)s mod %(other)s i kommuner af samme slags.") % {
            "measure": BY_NAME[name].title,
            "share": w.percent(own.more["rate"], 0),
            "other": w.percent((kind.events or 0) / (kind.n or 1), 0),
        }
        base = _("95 %%-interval %(interval)s, af %(n)s %(of)s.") % {**_shares(own, w), "of": BY_NAME[name].of}
    return Finding(words, f"{_certainty(z)} {base}", BY_NAME[name].slug)


def _certainty(z: float) -> str:
    if abs(z) >= VERY_SURE:
        return _("Meget sikkert: så stor en forskel kommer ved et tilfælde højst 2 gange af 1.000.")
    if abs(z) >= SURE:
        return _("Ret sikkert: så stor en forskel kommer ved et tilfælde højst 5 gange af 100.")
    return _("Usikkert: forskellen kan være et tilfælde.")


def _changed(changes: Sequence[Figure]) -> Finding:
    w = reader()
    most = max(changes, key=lambda one: (abs(one.more["difference"]), one.measure), default=None)
    if most is None:
        return Finding(
            _("Ingen ændring kan måles endnu."), _("Der skal to år til, før et år kan holdes op imod et andet.")
        )
    by = most.more["difference"]
    words = _CHANGES[by >= 0]() % {
        "measure": _change_name(most.measure),
        "points": w.number(100 * abs(by)),
        "before": w.percent(most.more["events_before"] / most.more["n_before"], 0),
        "now": w.percent((most.events or 0) / (most.n or 1), 0),
    }
    low, high = most.more["low"], most.more["high"]
    sure = (
        _("Usikkert: ændringen kan være et tilfælde.")
        if low <= 0 <= high
        else _("Ret sikkert: intervallet går ikke over 0.")
    )
    base = _("95 %%-interval %(low)s til %(high)s procentpoint, af %(before)s og %(n)s %(of)s.") % {
        "low": w.number(100 * low),
        "high": w.number(100 * high),
        "before": w.count(most.more["n_before"]),
        "n": w.count(most.n or 0),
        "of": BY_NAME[most.measure].of,
    }
    return Finding(words, f"{sure} {base}", BY_NAME[most.measure].slug)


_CHANGES = {
    True: lambda: _(
        "Størst ændring på et år: %(measure)s er steget %(points)s procentpoint, fra %(before)s til %(now)s."
    ),
    False: lambda: _(
        "Størst ændring på et år: %(measure)s er faldet %(points)s procentpoint, fra %(before)s til %(now)s."
    ),
}


def _change_name(measure: str) -> str:
    if measure == STAYED.name:
        return _("andelen, der bor her stadig efter 12 måneder,")
    return {
        "work": _("andelen i arbejde efter 12 måneder"),
        "support": _("andelen, der forsørger sig selv efter 12 måneder,"),
        "follow_ups": _("andelen af opfølgninger holdt til tiden"),
    }[measure]
