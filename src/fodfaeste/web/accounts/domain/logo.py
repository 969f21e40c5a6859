"""An office's logo: a small picture that stands on top of its pages and in its letters."""

from __future__ import annotations

import secrets
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.roles import locked
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.permissions import must_administer
from fodfaeste.web.base.letters import can_be_set
from fodfaeste.web.base.pictures import Picture, picture_in

MOST_KILOBYTES = 100
LEAST_SIDE, MOST_SIDE = 16, 2000
"""Dots."""

NAME_BYTES = 8


def checked(content: bytes) -> Picture:
    """Say which picture a logo is.

    Raises
    ------
    Refused
        If it is no PNG or JPEG whole and sound, is too large for every page to fetch, or has too many or few dots.
    """
    if len(content) > MOST_KILOBYTES * 1000:
        raise Refused(
            _("Logoet fylder %(found)d kB. Vælg et på højst %(most)d kB.")
            % {"found": -(-len(content) // 1000), "most": MOST_KILOBYTES}
        )
    found = picture_in(content)
    if found is None:
        raise Refused(_no_picture())
    # What is too large is not drawn to be looked at: a few bytes can be a picture that fills the memory.
    if not (min(found.width, found.height) >= LEAST_SIDE and max(found.width, found.height) <= MOST_SIDE):
        raise Refused(
            _("Logoet er %(width)d × %(height)d punkter. Hver side skal være mellem %(least)d og %(most)d.")
            % {"width": found.width, "height": found.height, "least": LEAST_SIDE, "most": MOST_SIDE}
        )
    if not can_be_set(content, found.kind):
        raise Refused(_no_picture())
    return found


def _no_picture() -> str:
    return _("Filen er ikke et helt billede i PNG eller JPEG. Gem logoet som PNG, og vælg det igen.")


@transaction.atomic
def set_logo(organisation: Organisation, content: bytes, *, by: User) -> None:
    """Give the office a logo; without content it has none any longer.

    Raises
    ------
    Refused
        If `checked` refuses the picture.
    """
    office = locked(organisation)
    must_administer(by, office)
    before = office.logo.name
    if content:
        name = f"{secrets.token_hex(NAME_BYTES)}.{checked(content).kind}"
        office.logo.save(name, ContentFile(content), save=False)
    else:
        office.logo = ""
    office.save(update_fields=["logo"])
    if before:
        transaction.on_commit(partial(office.logo.storage.delete, before))


def beside_letters(organisation: Organisation) -> dict[str, bytes]:
    """Give the logo as a file that a letter's source can show, by its name there; nothing where there is none."""
    if not organisation.logo:
        return {}
    with organisation.logo.open("rb") as file:
        return {f"logo.{organisation.logo.name.rpartition('.')[2]}": file.read()}
