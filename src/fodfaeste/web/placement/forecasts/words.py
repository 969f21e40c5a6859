"""What the register of models says in words."""

from __future__ import annotations

from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fodfaeste.web.placement.desk.words import place_name

BY: dict[str, str | Promise] = {
    "tenth": gettext_lazy("Tiendedel efter prognosen"),
    "sex": gettext_lazy("Køn"),
    "age": gettext_lazy("Alder"),
    "citizenship": gettext_lazy("Statsborgerskab"),
    "household": gettext_lazy("Husstand"),
    "language": gettext_lazy("Sprog"),
    "officer": gettext_lazy("Visitator"),
    "year": gettext_lazy("Ankomstår"),
    "place_kind": gettext_lazy("Kommunetype"),
    "place": gettext_lazy("Kommune"),
}
VALUES: dict[str, str | Promise] = {
    "female": gettext_lazy("kvinder"),
    "male": gettext_lazy("mænd"),
    "single": gettext_lazy("enlige"),
    "couple": gettext_lazy("par uden børn"),
    "single_parent": gettext_lazy("enlige med børn"),
    "family": gettext_lazy("par med børn"),
    "alone": gettext_lazy("én person"),
    "other": gettext_lazy("andre, lagt sammen"),
    "unknown": gettext_lazy("ikke kendt"),
}
POLICIES: dict[str, str | Promise] = {
    "model": gettext_lazy("Modellens forslag"),
    "greedy": gettext_lazy("Én ad gangen til bedste ledige sted"),
    "random": gettext_lazy("Tilfældigt efter kommunernes andele"),
}
RULES: dict[str, str | Promise] = {
    "overlap": gettext_lazy("Fortiden kan svare: folk som dem er før kommet derhen, hvor modellen vil sende dem."),
    "gain": gettext_lazy("Mindst ét udfald var med sikkerhed blevet bedre end det, der blev besluttet dengang."),
    "no_loss": gettext_lazy("Intet udfald var med sikkerhed blevet dårligere."),
    "groups": gettext_lazy("Ingen gruppe var med sikkerhed blevet dårligere stillet (alle grupper prøvet under ét)."),
    "optimism": gettext_lazy("Modellen lover mere end i verdener, hvor stedet ingen betydning har."),
}
"""The rules that a model has to keep, as they were fixed before anything was computed."""
REFUSED: dict[str, str | Promise] = {
    "no_support": gettext_lazy(
        "Der siges intet: for mange ville være sendt derhen, hvor folk som dem næsten aldrig er kommet."
    ),
    "few_alike": gettext_lazy("Der siges intet: det, der blev gjort dengang, ligner det for lidt."),
}
DRIFT: dict[str, str | Promise] = {
    "same": gettext_lazy("som i træningen"),
    "moved": gettext_lazy("har flyttet sig"),
    "another": gettext_lazy("en anden blanding"),
    "outside": gettext_lazy("uden for det, modellen har set"),
}
FEATURES: dict[str, str | Promise] = {
    "schooling": gettext_lazy("Skolegang"),
    "civil_status": gettext_lazy("Civilstand"),
    "adults": gettext_lazy("Voksne i husstanden"),
    "children": gettext_lazy("Børn i husstanden"),
    "bound": gettext_lazy("Bundet af bopælsreglen"),
    "place_kind": gettext_lazy("Kommunetype"),
    "place_newcomers": gettext_lazy("Nyankomne i kommunen"),
    "place_newcomers_working": gettext_lazy("Nyankomne i arbejde i kommunen"),
    "compatriots": gettext_lazy("Landsmænd på stedet"),
    "recent_compatriots": gettext_lazy("Landsmænd kommet for nylig"),
}


def group_words(by: str, value: str) -> str:
    """Say which group a figure is of."""
    if by == "place":
        return place_name(value)
    if by == "tenth":
        return _("%(n)s. tiendedel") % {"n": value}
    if by == "age":
        return _("%(ages)s år") % {"ages": value}
    return str(VALUES.get(value, value))


def feature_words(name: str) -> str:
    """Say what a feature is."""
    return str(FEATURES.get(name, name.removeprefix("place_").replace("_", " ")))


def signed(value: float | None, digits: int = 1) -> str:
    """Write a difference of shares in percentage points, with its sign."""
    if value is None:
        return ""
    told = formats.number_format(abs(100 * value), decimal_pos=digits)
    return f"{'−' if value < 0 else '+'}{told}"


def points(value: float, low: float, high: float) -> str:
    """Write a difference with its interval, in percentage points."""
    return _("%(value)s procentpoint (%(low)s til %(high)s)") % {
        "value": signed(value),
        "low": signed(low),
        "high": signed(high),
    }


def share(value: float | None, digits: int = 1) -> str:
    """Write a share in per cent."""
    return (
        "" if value is None else _("%(share)s %%") % {"share": formats.number_format(100 * value, decimal_pos=digits)}
    )


def shares(value: float, low: float, high: float) -> str:
    """Write a share with its interval."""
    return f"{share(value)} ({share(low)} – {share(high)})"


def decimal(value: Any, digits: int = 3) -> str:
    """Write a number."""
    return "" if value is None else str(formats.number_format(value, decimal_pos=digits))
