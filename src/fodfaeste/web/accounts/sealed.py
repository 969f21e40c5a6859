"""Text that lies encrypted outside the database's encrypted fields: drafts in sessions, secrets of second factors."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(text: str, purpose: str) -> str:
    """Encrypt a text for one purpose, with the installation's newest field key."""
    return _keys(purpose).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, purpose: str) -> str | None:
    """Give the text back; None if it was sealed for another purpose, with a key that is gone, or changed since."""
    try:
        return _keys(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _keys(purpose: str) -> MultiFernet:
    """Derive a key a purpose from each field key, so that what is sealed for one cannot pass for another."""
    digests = (hashlib.sha256(f"{purpose}\0{key}".encode()).digest() for key in settings.SALT_KEY)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
