"""Danish order of words: z, then æ, ø, å, and aa as å."""

from __future__ import annotations

import unicodedata

_LAST = {"æ": "\U0010fff0", "ä": "\U0010fff0", "ø": "\U0010fff1", "ö": "\U0010fff1", "å": "\U0010fff2"}


def sort_key(text: str) -> str:
    """Give what a text is sorted by; capitals and accents come second to letters."""
    folded = text.casefold().replace("aa", "å")
    letters = []
    for letter in unicodedata.normalize("NFC", folded):
        if letter in _LAST:
            letters.append(_LAST[letter])
        else:
            letters.append(unicodedata.normalize("NFD", letter)[0])
    return "".join(letters)


def compare(one: str, other: str) -> int:
    """Compare two texts as a collation does: negative, 0 or positive."""
    a, b = (sort_key(one), one), (sort_key(other), other)
    return (a > b) - (a < b)
