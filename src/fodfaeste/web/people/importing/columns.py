"""The columns of a visitation list: what they are called, which have to be there, and what to write in them.

Reading, the template and the preview all follow this one table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Cells:
    """A row as text: a cell a column, empty where the sheet has none."""

    case_number: str = ""
    given_name: str = ""
    family_name: str = ""
    own_script: str = ""
    household: str = ""
    relation: str = ""
    birth_date: str = ""
    sex: str = ""
    citizenship: str = ""
    permit: str = ""
    civil_status: str = ""
    cpr: str = ""
    languages: str = ""
    schooling: str = ""
    schooling_years: str = ""
    occupations: str = ""
    arrival_date: str = ""
    takeover_date: str = ""
    worker: str = ""
    phone: str = ""
    protected: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is written in the row."""
        return not any(getattr(self, column.name) for column in fields(self))


@dataclass(frozen=True)
class Column:
    """A column: its name in code, its head in Danish and in English, and what to write in it.

    Lists without a `required` column, or with a row where its cell is empty, are not saved.
    """

    name: str
    danish: str
    english: str
    how: object
    example: str = ""
    required: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("case_number", "Sagsnummer", "Case number", _("tomt: kontoret giver det næste nummer"), "0012"),
    Column("given_name", "Fornavn", "Given name", _("som i rejsedokumentet"), "Amina", required=True),
    Column("family_name", "Efternavn", "Family name", _("må være tomt for den, der kun har ét navn"), "Eksempel"),
    Column("own_script", "Navn i egen skrift", "Name in own script", _("fx arabisk eller kyrillisk"), "أمينة"),
    Column("household", "Husstand", "Household", _("samme ord i hver række, der bor sammen"), "H1"),
    Column("relation", "Forhold", "Relation", _("til hovedpersonen: mor, søn, søster"), "mor"),
    Column("birth_date", "Født", "Born", _("dag-måned-år"), "24-03-1988", required=True),
    Column("sex", "Køn", "Sex", _("kvinde eller mand"), "kvinde", required=True),
    Column("citizenship", "Statsborgerskab", "Citizenship", _("land eller tre bogstaver"), "SYR", required=True),
    Column("permit", "Opholdsgrundlag", "Permit", _("flygtning, familiesammenført eller andet"), "flygtning"),
    Column("civil_status", "Civilstand", "Civil status", _("gift eller ugift"), "gift"),
    Column("cpr", "CPR-nummer", "CPR number", _("ti cifre; må være tomt"), ""),
    Column("languages", "Sprog", "Languages", _("sprog talt/skrevet, komma imellem"), "arabisk B2/B1, engelsk A2"),
    Column("schooling", "Skolegang", "Schooling", _("ingen, grundskole, ungdomsuddannelse …"), "grundskole"),
    Column("schooling_years", "Års skolegang", "Years of schooling", _("et helt tal"), "9"),
    Column("occupations", "Tidligere arbejde", "Occupation", _("arbejde, år (sidste år)"), "syerske 6 (2015)"),
    Column("arrival_date", "Ankomst", "Arrival", _("tom: samme dag som overtaget"), "01-03-2026"),
    Column("takeover_date", "Overtaget", "Takeover", _("dag-måned-år"), "01-03-2026", required=True),
    Column("worker", "Medarbejder", "Worker", _("e-mail; tom: den, der indlæser listen"), ""),
    Column("phone", "Telefon", "Phone", _("må være tom"), "+45 00 00 00 00"),
    Column("protected", "Beskyttet", "Protected", _("ja for beskyttet navn og adresse"), "nej"),
)
"""Every column, in the order of the template."""

BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
REQUIRED: tuple[Column, ...] = tuple(column for column in COLUMNS if column.required)


def folded(head: str) -> str:
    """Fold a head: neither case nor spaces matter, nor a star or what stands in brackets."""
    return " ".join(re.sub(r"\(.*?\)|[*:]", " ", head).casefold().split())


BY_HEAD: Mapping[str, Column] = {
    folded(head): column for column in COLUMNS for head in (column.danish, column.english, column.name)
}
"""A column by each head that is understood."""
