"""What is said of lots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fodfaeste.web.placement.desk.words import per_cent
from fodfaeste.web.placement.lots.drawing import Lots


def of_household(facts: Mapping[str, Any]) -> str:
    """Say, where a lot was drawn for a household, between which places and with which chances; from its facts."""
    lot = facts.get("lot")
    if not lot or not lot["drawn"]:
        return ""
    return _(
        "%(chosen)s er trukket ved lod mellem %(chosen)s og %(other)s, med lige stor chance for hver. De er lige gode "
        "inden for usikkerheden, og hverken ønsker, familie eller pladsen skiller dem."
    ) % {"chosen": lot["chosen"], "other": lot["other"]}


def of_proposal(lots: Lots) -> str:
    """Say for how many a lot was drawn, and how many could have been drawn for."""
    if not lots.of:
        return ""
    told = {"n": len(lots.drawn), "of": len(lots.of), "share": per_cent(lots.share)}
    return (
        ngettext(
            "For %(n)d husstand er der trukket lod mellem to steder, der er lige gode inden for usikkerheden.",
            "For %(n)d husstande er der trukket lod mellem to steder, der er lige gode inden for usikkerheden.",
            len(lots.drawn),
        )
        + " "
        + _("For %(of)d kunne hverken ønsker, familie eller pladsen afgøre det; for %(share)s af dem trækkes lod.")
    ) % told
