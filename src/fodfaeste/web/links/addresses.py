"""Signed addresses with a secret in them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

SECRET_BYTES = 32


@dataclass(frozen=True)
class Addresses:
    """Addresses of a kind: none is ever taken for one of another kind.

    Attributes
    ----------
    salt : str
        What they are signed with besides the installation's key; their kind's alone.
    """

    salt: str

    def write(self, numbers: tuple[int, ...], secret: str) -> str:
        """Give what stands in the address."""
        return self._signer.sign(".".join([*map(str, numbers), secret]))

    def read(self, token: str, count: int) -> tuple[tuple[int, ...], str] | None:
        """Read the numbers and the secret of an address; None if it was not made here."""
        try:
            *numbers, secret = self._signer.unsign(token).split(".", count)
            found = tuple(map(int, numbers))
        except (BadSignature, ValueError):
            return None
        return (found, secret) if len(found) == count else None

    @property
    def _signer(self) -> Signer:
        return Signer(sep=".", salt=self.salt)


def new_secret() -> str:
    """Make a secret that nobody can guess."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """Give what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
