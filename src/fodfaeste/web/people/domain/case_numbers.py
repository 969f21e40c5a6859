"""Case numbers: drawn by lot, so that they say nothing of whom they stand for, not even who came first."""

from __future__ import annotations

import secrets

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "23456789"
"""Without letters and digits that are taken for each other when read aloud or written by hand."""


def new_case_number() -> str:
    """Draw a case number such as KTR-4927-M: 24**4 times 8**4 of them, more than a thousand million."""
    letters = [secrets.choice(LETTERS) for _ in range(4)]
    digits = "".join(secrets.choice(DIGITS) for _ in range(4))
    return f"{''.join(letters[:3])}-{digits}-{letters[3]}"
