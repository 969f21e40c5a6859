"""A municipality's quota in words: every step with its numbers, and why none or why so many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fodfaeste.place.quota import Answer
from fodfaeste.report.words import Words
from fodfaeste.web.placement.rounds.deadlines import reader_language
from fodfaeste.web.placement.rounds.models import QuotaLine, QuotaRound

REASONS = {
    "negative": gettext_lazy("nul: det foreløbige tal er under 0"),
    "nothing": gettext_lazy("nul: det foreløbige tal er 0"),
    "cut": gettext_lazy("nul: intet tilbage efter nedsættelsen"),
    "rounded_to_zero": gettext_lazy("nul: under en hel person"),
    "nobody_expected": gettext_lazy("nul: landstallet er 0"),
    "reduced": gettext_lazy("nedsat og afrundet"),
    "as_calculated": gettext_lazy("som beregnet, afrundet"),
    "agreed": gettext_lazy("aftalt i regionen"),
}
"""Why a quota is what it is, in short; the codes of `place.quota.Quotas`."""

CONDITIONS = {
    "written_and_signed": gettext_lazy("Aftalen er skriftlig og underskrevet for hver kommunalbestyrelse i regionen."),
    "number_each": gettext_lazy("Aftalen har et antal personer for hver kommune."),
    "sum": gettext_lazy("Tallene giver tilsammen regionens kvote."),
    "lapse": gettext_lazy(
        "Aftalen er ikke bortfaldet: landstallet er ikke ændret, eller aftalen siger, hvordan en ændring fordeles, og "
        "det er meddelt forud."
    ),
}
"""What an agreement has to fulfil, as conditions that hold."""


BECOMES = "→"


@dataclass(frozen=True)
class Totals:
    """What the steps of every municipality of a round refer to."""

    population: int
    immigrants_refugees: int
    family_reunified: int
    national: int
    above_zero: float

    @classmethod
    def of(cls, round_: QuotaRound, lines: Iterable[QuotaLine]) -> Totals:
        """Add the lines of a round up."""
        rows = list(lines)
        return cls(
            sum(line.population for line in rows),
            sum(line.immigrants_refugees or 0 for line in rows),
            sum(line.family_reunified or 0 for line in rows),
            round_.national,
            sum(max(line.provisional, 0.0) for line in rows),
        )


@dataclass(frozen=True)
class Step:
    """A step of the computation: what it is called, its sum, what comes out, and what it means here.

    `sign` stands between sum and result: what is rounded, cut or agreed on is no sum.
    """

    name: str
    arithmetic: str
    result: str
    words: str
    sign: str = "="


def why_heading(line: QuotaLine) -> str:
    """Ask what the page answers."""
    return _("Hvorfor nul?") if line.quota == 0 else _("Hvorfor så mange?")


def why_in_words(line: QuotaLine) -> str:
    """Say in two sentences why a quota is what it is."""
    about = {"name": line.name, "quota": line.quota, "n": _numbers().number(abs(line.provisional), 1)}
    if line.is_agreed:
        about["calculated"] = line.calculated_quota
        return (
            _("%(name)s skal modtage %(quota)s: det har kommunerne i regionen aftalt. Beregnet var %(calculated)s.")
            % about
        )
    if line.why == "negative":
        return _negative(line) % about
    if line.why in ("nothing", "cut"):
        return _("Når familiesammenførte er trukket fra, er der ingen tilbage at fordele til %(name)s.") % about
    if line.why == "rounded_to_zero":
        return _("%(name)s får under en hel person, og de hele personer går til kommuner med større brøker.") % about
    if line.why == "nobody_expected":
        return _("Landstallet er 0, så ingen kommune skal modtage nogen.")
    return _some(line)


def _negative(line: QuotaLine) -> str:
    if line.s <= 0:
        return _(
            "%(name)s har mindst dobbelt så stor en andel af landets indvandrere og flygtninge som af dets indbyggere. "
            "Så er fordelingsandelen ikke over 0, og kvoten er nul."
        )
    return _(
        "%(name)s har del i dem, der skal fordeles, men der er allerede kommet %(n)s flere familiesammenførte, end den "
        "del er på. Så er kvoten nul."
    )


def _some(line: QuotaLine) -> str:
    about = {"name": line.name, "quota": line.quota, "p": _numbers().percent(line.p, 2)}
    if line.m is None:
        return _("%(name)s har %(p)s af landets indbyggere og skal modtage samme andel: %(quota)s.") % about
    about["m"] = _numbers().percent(line.m, 2)
    if line.m < line.p:
        said = _(
            "%(name)s har en mindre andel af landets indvandrere og flygtninge (%(m)s) end af dets indbyggere (%(p)s). "
            "Det giver et større tal end folketallet alene."
        )
    elif line.m > line.p:
        said = _(
            "%(name)s har en større andel af landets indvandrere og flygtninge (%(m)s) end af dets indbyggere (%(p)s). "
            "Det giver et mindre tal end folketallet alene."
        )
    else:
        said = _(
            "%(name)s har samme andel af landets indvandrere og flygtninge som af dets indbyggere (%(p)s). Det giver "
            "samme tal som folketallet alene."
        )
    end = _("Kommunens egne familiesammenførte er trukket fra. Kvoten er %(quota)s.")
    if line.exact < line.provisional:
        end = _(
            "Kommunens egne familiesammenførte er trukket fra, og tallet er sat ned, fordi kommuner under 0 får nul og "
            "de andre tilsammen fik for mange. Kvoten er %(quota)s."
        )
    return f"{said % about} {end % about}"


def steps_of(line: QuotaLine, totals: Totals) -> list[Step]:
    """Give the computation of a municipality step by step; each uses what comes out of those before it."""
    steps = _by_formula(line, totals) if line.m is not None else _by_population(line, totals)
    whole = _(
        "Alle kommuner rundes ned. De personer, der så mangler i landstallet, går til de største brøker; står to lige, "
        "til den med flest indbyggere."
    )
    up = _("Her gav brøken én mere.") if line.one_more else _("Her gav brøken ikke flere.")
    numbers = _numbers()
    exact = numbers.number(line.exact, 3)
    steps.append(
        Step(_("Hele personer"), exact, str(line.calculated_quota), f"{whole} {up}" if line.exact else whole, BECOMES)
    )
    if line.is_agreed:
        words = _("Regionens kommuner har aftalt en anden fordeling, som opfylder alle betingelser.")
        steps.append(Step(_("Aftalt"), str(line.calculated_quota), str(line.quota), words, BECOMES))
    return steps


def _by_population(line: QuotaLine, totals: Totals) -> list[Step]:
    numbers = _numbers()
    share = numbers.percent(line.p, 3)
    return [
        _share(_("p: andel af indbyggere"), line.population, totals.population, share),
        Step(
            _("Andel af personerne"),
            f"{share} × {numbers.count(totals.national)}",
            numbers.number(line.exact, 3),
            _("Alene indbyggertallet tæller; intet trækkes fra."),
        ),
    ]


def _by_formula(line: QuotaLine, totals: Totals) -> list[Step]:
    numbers = _numbers()
    p, m, s = (numbers.percent(value, 3) for value in (line.p, line.m or 0.0, line.s))
    family, together = line.family_reunified or 0, totals.national + totals.family_reunified
    return [
        _share(_("p: andel af indbyggere"), line.population, totals.population, p),
        _share(
            _("m: andel af indvandrere og flygtninge"), line.immigrants_refugees or 0, totals.immigrants_refugees, m
        ),
        Step(_("s: fordelingsandel"), f"2 × {p} − {m}", s, _share_words(line)),
        Step(
            _("B: beregnet tal"),
            f"{s} × ({numbers.count(totals.national)} + {numbers.count(totals.family_reunified)})",
            numbers.number(line.calculated, 2),
            _("Landstallet og alle familiesammenførte i landet, %(n)s tilsammen, fordeles efter s.")
            % {"n": numbers.count(together)},
        ),
        Step(
            _("V: foreløbigt tal"),
            f"{numbers.number(line.calculated, 2)} − {numbers.count(family)}",
            numbers.number(line.provisional, 2),
            ngettext(
                "Kommunens egen familiesammenførte er kommet og trækkes fra.",
                "Kommunens egne %(n)s familiesammenførte er kommet og trækkes fra.",
                family,
            )
            % {"n": numbers.count(family)},
        ),
        _reduction(line, totals),
    ]


def _share(name: str, part: int, whole: int, share: str) -> Step:
    numbers = _numbers()
    return Step(name, f"{numbers.count(part)} / {numbers.count(whole)}", share, "")


def _share_words(line: QuotaLine) -> str:
    if line.s <= 0:
        return _("Andelen af indvandrere og flygtninge er mindst dobbelt så stor som andelen af indbyggere.")
    if line.m is not None and line.m > line.p:
        return _("Flere indvandrere og flygtninge end efter folketallet: s er mindre end p.")
    return _("Ikke flere indvandrere og flygtninge end efter folketallet: s er mindst p.")


def _reduction(line: QuotaLine, totals: Totals) -> Step:
    numbers = _numbers()
    above = numbers.number(totals.above_zero, 2)
    if line.provisional <= 0:
        words = _("Et tal på 0 eller derunder bliver til nul.")
        return Step(_("Nedsat tal"), numbers.number(line.provisional, 2), "0", words, BECOMES)
    if line.exact == line.provisional:
        words = _("Ingen kommune har et tal under 0, så der er intet at sætte ned.")
        return Step(_("Nedsat tal"), numbers.number(line.provisional, 2), numbers.number(line.exact, 3), words)
    words = _("Tallene over 0 giver tilsammen %(above)s og sættes ned i samme forhold, til de giver landstallet.")
    return Step(
        _("Nedsat tal"),
        f"{numbers.number(line.provisional, 2)} × {numbers.count(totals.national)} / {above}",
        numbers.number(line.exact, 3),
        words % {"above": above},
    )


def finding(lines: Sequence[QuotaLine]) -> str:
    """Say in a sentence what a map of the quotas shows."""
    if not lines:
        return ""
    zero, most = sum(not line.quota for line in lines), max(lines, key=lambda line: (line.quota, line.population))
    none = ngettext(
        "%(zero)s af %(all)s kommuner skal ingen modtage",
        "%(zero)s af %(all)s kommuner skal ingen modtage",
        zero,
    ) % {"zero": zero, "all": len(lines)}
    if not most.quota:
        return f"{none}."
    return _("%(none)s; flest skal %(name)s: %(quota)s.") % {"none": none, "name": most.name, "quota": most.quota}


def failed_in_words(answer: Answer) -> str:
    """Say why a condition of an agreement is not held; nothing where it is."""
    if answer.failed is None:
        return ""
    said: dict[str, Any] = {
        "not_written": _("Aftalen er ikke skriftlig."),
        "not_signed": _("Den er ikke underskrevet for %(names)s."),
        "no_number": _("Den har intet antal for %(names)s."),
        "other_sum": _("Tallene giver %(total)s, og regionens kvote er %(quota)s."),
        "lapsed": _(
            "Landstallet er ændret, og aftalen siger ikke, hvordan det fordeles, eller det blev ikke meddelt forud."
        ),
    }
    return str(said[answer.failed.code] % dict(answer.failed.values))


def _numbers() -> Words:
    return Words(reader_language(), "quota")
