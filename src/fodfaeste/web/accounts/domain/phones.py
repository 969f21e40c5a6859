"""The telephones that an office and its people can be reached at: shown to newcomers and to whom they work for."""

from __future__ import annotations

from django.db import transaction

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.permissions import must_administer


def set_own_phone(user: User, phone: str) -> None:
    """Say where somebody is reached at work; nothing lets the office's telephone stand in its place."""
    user.phone = phone
    user.save(update_fields=["phone"])


@transaction.atomic
def set_office_phone(organisation: Organisation, phone: str, *, by: User) -> None:
    """Say where an office is reached.

    Raises
    ------
    Refused
        If it is not the office's administrator who says it.
    """
    must_administer(by, organisation)
    organisation.phone = phone
    organisation.save(update_fields=["phone"])


def phone_of(user: User, organisation: Organisation) -> str:
    """Give where somebody is reached: at their own work telephone, or else at the office's."""
    return user.phone or organisation.phone
