"""What is measured: each measure by its name, in words, with whom it counts and how it is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

MONTH = 12
"""The month after arrival at which work and self-support are looked at."""

RELEASE = 36
"""The month that is marked: the introduction of a refugee is over, and many moves come then."""

LEVEL = 0.95
WILSON = "Wilson (1927), J. Am. Stat. Assoc. 22, 209-212"
FUNNEL = "Spiegelhalter (2005), Stat. Med. 24, 1185-1202"


@dataclass(frozen=True)
class Measure:
    """A measure.

    Attributes
    ----------
    name, slug : str
        In rows, and in addresses.
    title : str
    of : str
        What is counted: persons, follow-ups or activities.
    numerator, denominator, left_out : str
        Who is counted with yes, who is counted at all, and who is not.
    """

    name: str
    slug: str
    title: Any
    of: Any
    numerator: Any
    denominator: Any
    left_out: Any


STAYED = Measure(
    "stayed",
    "fastholdelse",
    _("Fastholdelse: bor stadig i kommunen"),
    _("personer"),
    _("De, der på opgørelsesdagen bor i den kommune, de først kom til."),
    _("Alle, der kom til kommunen først i de fire hele kalenderår før opgørelsesåret, og hvis adresse kendes."),
    _("Døde, udrejste, personer uden kendt adresse og personer med beskyttet navn og adresse."),
)
WORK = Measure(
    "work",
    "arbejde",
    _("I arbejde 12 måneder efter ankomst"),
    _("personer"),
    _("De, der har et job, også med løntilskud, på dagen 12 måneder efter ankomst."),
    _("Alle i den arbejdsdygtige alder, der kom til kommunen først, for mindst 12 måneder siden, og var her."),
    _("De, der ikke er i den arbejdsdygtige alder eller er rejst inden, og personer med beskyttet navn og adresse."),
)
SUPPORT = Measure(
    "support",
    "selvforsoergelse",
    _("Selvforsørgelse 12 måneder efter ankomst"),
    _("personer"),
    _("De, der har et job uden tilskud eller er under uddannelse på dagen 12 måneder efter ankomst."),
    _("Alle i den arbejdsdygtige alder, der kom til kommunen først, for mindst 12 måneder siden, og var her."),
    _("De, der ikke er i den arbejdsdygtige alder eller er rejst inden, og personer med beskyttet navn og adresse."),
)
FOLLOW_UPS = Measure(
    "follow_ups",
    "opfoelgning",
    _("Opfølgning holdt til tiden"),
    _("opfølgninger"),
    _("De opfølgninger, der er holdt på dagen eller før."),
    _("Alle opfølgninger i kommunens programmer med en dag i de seneste 12 måneder før opgørelsesdagen."),
    _("Opfølgninger, der ikke blev holdt, før programmet sluttede, og personer med beskyttet navn og adresse."),
)
CHOICES = Measure(
    "choices",
    "valg",
    _("Aktiviteter med et reelt valg"),
    _("aktiviteter"),
    _("De aktiviteter, hvor der var mindst to reelle muligheder, og personen selv valgte eller ønskede."),
    _("Alle aktiviteter i planer, der gælder, i programmer, der løber."),
    _("Planer, der ikke gælder endnu, og personer med beskyttet navn og adresse."),
)

MEASURES: tuple[Measure, ...] = (STAYED, WORK, SUPPORT, FOLLOW_UPS, CHOICES)
BY_SLUG: Mapping[str, Measure] = {one.slug: one for one in MEASURES}
BY_NAME: Mapping[str, Measure] = {one.name: one for one in MEASURES}
