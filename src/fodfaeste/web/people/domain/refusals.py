"""The words that stand for the database's rules: who breaks one reads what it says, not what it is called."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.db import IntegrityError
from django.db.models import UniqueConstraint
from django.utils.translation import gettext_lazy as _

from fodfaeste.errors import Refused

RULES = {
    "one_municipality_responsible": _(
        "En person har én ansvarlig kommune ad gangen, og der er allerede en i perioden."
    ),
    "one_residence_at_a_time": _("En person bor ét sted ad gangen, og der er allerede et ophold i perioden."),
    "one_household_at_a_time": _("En person hører til én husstand ad gangen, og er allerede i en i perioden."),
    "no_overlap_of_the_same_kind": _(
        "Der er allerede beskæftigelse af samme art i perioden. Afslut den først, eller ret datoerne."
    ),
    "membership_of_a_household_ends_after_it_begins": _(
        "Den første dag uden for husstanden skal være efter den første."
    ),
    "responsibility_ends_after_it_begins": _("Den første dag uden ansvar skal være efter den første."),
    "residence_ends_after_it_begins": _("Opholdet skal slutte efter den dag, det begynder."),
    "residence_to_only_when_moved": _("Kun et ophold, der slutter med flytning, har en kommune, der er flyttet til."),
    "employment_ends_after_it_begins": _("Beskæftigelsen skal slutte efter den dag, den begynder."),
    "one_person_a_cpr_number": _(
        "CPR-nummeret står allerede på en anden person. Søg efter nummeret; findes personen ikke hos jer, er det en "
        "anden kommunes sag, som skal overdrages."
    ),
    "one_row_a_language": _("Sproget står der allerede. Ret niveauet dér."),
    "merged_once": _("Personen er allerede lagt sammen med en anden."),
    "a_saved_list_says_when": _("En gemt liste skal have den dag, den blev gemt."),
    "one_row_a_number": _("Rækken står allerede på listen."),
    "a_thing_is_made_once": _("Det står allerede, hvad listen oprettede."),
    "nobody_is_merged_into_themselves": _("En person kan ikke lægges sammen med sig selv."),
}
"""What each constraint says."""


def refusal_of(error: IntegrityError) -> Refused | None:
    """Give the refusal that a broken rule means; None for one that nobody can break by what they type."""
    name = _constraint(error)
    return Refused(str(RULES[name])) if name in RULES else None


def _constraint(error: IntegrityError) -> str:
    """Read a constraint's name from what a database says: PostgreSQL tells it, SQLite at times only the columns."""
    told = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if told:
        return str(told)
    said = str(error).partition(": ")[2] or str(error)
    return _by_columns().get(said, said)


@cache
def _by_columns() -> dict[str, str]:
    return {
        ", ".join(f"{model._meta.db_table}.{model._meta.get_field(name).column}" for name in rule.fields): rule.name
        for model in apps.get_app_config("people").get_models()
        for rule in model._meta.constraints
        if isinstance(rule, UniqueConstraint)
    }
