"""CPR numbers: read, checked, and hashed with a key so that a whole number is found and nothing else of it."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from stdnum.dk import cpr
from stdnum.exceptions import ValidationError

from fodfaeste.errors import Refused
from fodfaeste.web.people.dates import danish_day

MODULUS_UNTIL = date(2007, 10, 1)
"""Numbers given from this day on need not fulfil modulus 11: the CPR office had run out of those that do."""

WHOLE = re.compile(r"\d{6}[- ]?\d{4}")
DIGITS_TOGETHER = re.compile(r"\d(?:[\s./\u00ad\u2010-\u2015\u2212-]{0,3}\d){9,}")
"""Ten digits or more with no letter between them, however they are divided: 010290-1234, 01 02 90 1234."""


def looks_whole(text: str) -> bool:
    """Say whether a text has the shape of a whole CPR number."""
    return WHOLE.fullmatch(text.strip()) is not None


def may_hold_one(text: str) -> bool:
    """Say whether a whole CPR number may stand in a text, however it is written; rather too often than not enough."""
    return DIGITS_TOGETHER.search(text) is not None


def checked(number: str, *, birth_date: date, given_from: date) -> str:
    """Give the ten digits of a number that can be this person's.

    Parameters
    ----------
    number : str
        With or without a hyphen.
    birth_date : date
        What else is known of the birth.
    given_from : date
        The first day on which it can have been given: for newcomers the day of arrival.

    Raises
    ------
    Refused
        Where it is no CPR number, is another day's, or breaks modulus 11 though given before October 2007.
    """
    try:
        digits: str = cpr.validate(number)
    except ValidationError:
        raise Refused(
            _("Det er ikke et CPR-nummer: skriv fødselsdagens seks cifre, bindestreg og fire cifre.")
        ) from None
    said = cpr.get_birth_date(digits)
    if said != birth_date:
        raise Refused(
            _("CPR-nummeret siger født %(said)s, men fødselsdatoen er %(birth)s. Ret det, der er forkert.")
            % {"said": danish_day(said), "birth": danish_day(birth_date)}
        )
    if given_from < MODULUS_UNTIL and cpr.checksum(digits) != 0:
        raise Refused(_("CPR-nummeret opfylder ikke modulus 11, som alle numre fra før oktober 2007 gør."))
    return digits


def hashes(number: str) -> list[str]:
    """Give the keyed hashes that a number can be stored under, the present key's first."""
    digits = cpr.compact(number)
    keys = [settings.SALT_KEY] if isinstance(settings.SALT_KEY, str) else settings.SALT_KEY
    return [hmac.new(key.encode(), b"cpr:" + digits.encode(), hashlib.sha256).hexdigest() for key in keys]


def written(digits: str) -> str:
    """Write a number as people do: six digits, a hyphen, four digits."""
    return f"{digits[:6]}-{digits[6:]}" if digits else ""
