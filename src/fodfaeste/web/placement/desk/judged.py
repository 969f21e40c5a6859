"""What a proposal does for households and groups, in words: nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fodfaeste.place import Plan
from fodfaeste.place.evaluation.baselines import Chance
from fodfaeste.web.placement.desk.computing import Desk
from fodfaeste.web.placement.desk.safeguards import Group, One, Safeguards, safeguards_of
from fodfaeste.web.placement.desk.words import number, per_cent
from fodfaeste.web.placement.floors.words import column_words, value_words
from fodfaeste.web.placement.forecasts.scoring import Forecast

SHOWN = 3
"""So many places that are as good are named; of more it is said how many."""


def in_words(desk: Desk, plan: Plan, chances: Mapping[str, Chance]) -> dict[str, Any]:
    """Judge a plan and say it: sums, a line a household, a line a group; `chances` is what lots would give each."""
    told = safeguards_of(desk, plan, chances)
    at = {one.reference: one for one in desk.arrivals}
    # Who loses most stands first: that is whom the officer has to look at.
    worst = sorted(told.households, key=lambda one: (not one.below_today, not one.below_chance, -one.loss))
    missing = [one for one in worst if misses(one)]
    return {
        "checks": checks(told),
        "ones": [{"arrival": at[one.household], **household(one)} for one in missing],
        "others": [{"arrival": at[one.household], **household(one)} for one in worst if one not in missing],
        "groups": [group(one, desk.forecast) for one in told.groups],
    }


def misses(one: One) -> bool:
    """Say whether a household would clearly do better elsewhere, by lot, or by the rule of today."""
    elsewhere = one.best != one.place and not one.equal
    return elsewhere or one.below_chance or one.below_today


def checks(told: Safeguards) -> list[tuple[str, str]]:
    """Say how many get less than by lot, than today, and could as well be elsewhere."""
    of = len(told.households)
    silent = [one for one in told.households if one.silent]
    today = _("%(n)d af %(of)d (%(share)s)") % {
        "n": told.below_today,
        "of": of,
        "share": per_cent(told.share_below_today),
    }
    if told.below_today and told.clearly_below_today is not None:
        today += _(", heraf %(n)d ud over usikkerheden") % {"n": told.clearly_below_today}
    return [
        (_("Får mindre end efter reglen i dag"), today),
        (_("Får mindre end ved lodtrækning"), _of(told.below_chance, of)),
        (_("Har intet ønske sagt, og får mindre end efter reglen i dag"), _of(told.silent_below_today, len(silent))),
        (_("Kunne lige så godt være et andet sted"), _of(told.with_equals, of)),
    ]


def household(one: One) -> dict[str, Any]:
    """Say of a household what its own best place would be, who has the room there, and what is as good."""
    return {
        "place": one.place or _("intet sted"),
        "best": best(one),
        "who": _who(one),
        "equals": _equals(one),
        "chance": _difference(one.chance),
        "today": _difference(one.today),
        "below_chance": one.below_chance,
        "below_today": one.below_today,
    }


def best(one: One) -> str:
    """Say a household's own best place beside the proposed one."""
    if one.best is None:
        return _("intet tilladt sted er stort nok")
    if one.best == one.place:
        return _("det foreslåede")
    if one.equal:
        return _("%(place)s, lige så godt inden for usikkerheden") % {"place": one.best}
    return _("%(place)s: %(more)s mere") % {"place": one.best, "more": number(one.loss)}


def own_best_words(facts: Mapping[str, Any]) -> str:
    """Say on a household's page what its own best place would be and who has the room there, from its facts."""
    told = facts.get("own_best")
    names = {row["code"]: row["name"] for row in facts["options"]}
    proposed = names.get(facts["proposed"] or "")
    if not told or told["place"] is None:
        return ""
    if told["place"] == proposed:
        return _("Det første forslag er også det sted, husstanden selv ville have mest ud af.")
    if told["equal"]:
        return _("Husstandens eget bedste sted er %(place)s, lige så godt inden for usikkerheden.") % told
    words = _("Husstandens eget bedste sted er %(place)s: %(more)s mere for den.") % {
        "place": told["place"],
        "more": number(told["loss"]),
    }
    return f"{words} {_holders(told['held_by'], told['held_gain'])}"


def group(one: Group, forecast: Forecast | None) -> dict[str, Any]:
    """Say what a group gets beside lots and what it could have alone."""
    outcomes = {"score": _("med ønsker")}
    if forecast:
        outcomes |= {forecast.work: _("i arbejde"), forecast.staying: _("bliver boende")}
    gain, low, high = one.gain
    words = _difference(gain)
    if low is not None and high is not None:
        words = _("%(gain)s (%(low)s til %(high)s)") % {"gain": words, "low": number(low), "high": number(high)}
    return {
        "group": column_words(one.column),
        "value": value_words(one.value),
        "households": one.households,
        "outcome": outcomes[one.outcome],
        "achieved": number(one.achieved),
        "random": number(one.random),
        "alone": number(one.alone),
        "gain": words,
        "below": per_cent(one.below_random),
    }


def _of(n: int, of: int) -> str:
    return _("%(n)d af %(of)d") % {"n": n, "of": of}


def _who(one: One) -> str:
    if one.best in (None, one.place) or one.equal:
        return ""
    return _holders(one.held_by, one.held_gain)


def _holders(n: int, gain: float) -> str:
    if not n:
        return _("Pladsen er givet til nogen, som den samlede plan har mere ud af.")
    return ngettext(
        "Pladsen har %(n)d husstand, hvis bedste sted det også er; den vinder %(gain)s ved det.",
        "Pladsen har %(n)d husstande, hvis bedste sted det også er; de vinder tilsammen %(gain)s ved det.",
        n,
    ) % {"n": n, "gain": number(gain)}


def _equals(one: One) -> str:
    named = ", ".join(one.equals[:SHOWN])
    further = len(one.equals) - SHOWN
    if further <= 0:
        return named
    return ngettext("%(named)s og %(n)d anden", "%(named)s og %(n)d andre", further) % {"named": named, "n": further}


def _difference(value: float) -> str:
    words = number(abs(value))
    if words == number(0.0):
        return words
    return f"+{words}" if value > 0 else f"\N{MINUS SIGN}{words}"
