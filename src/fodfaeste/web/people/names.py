"""Names as they are compared: letters folded together that offices and passports write in several ways.

`folded` keeps a name readable ("Muhammed" is "muhamed"), `skeleton` keeps the sound of its consonants ("mhmd"), so that
Mohamad, Muhammed and Mohammed are one. What is stored in `Person.search` is made here, and read here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

SINGLE = str.maketrans(
    {
        "æ": "ae",
        "ø": "oe",
        "ß": "ss",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "þ": "t",
        "ı": "i",
        "'": "",
        "’": "",
        "‘": "",
        "ʿ": "",
        "ʾ": "",
        "`": "",
    }
)
TOGETHER = (
    ("aa", "a"),
    ("ae", "e"),
    ("oe", "o"),
    ("ue", "u"),
    ("ou", "u"),
    ("ph", "f"),
    ("kh", "k"),
    ("gh", "g"),
    ("dh", "d"),
    ("th", "t"),
    ("dj", "j"),
    ("ck", "k"),
    ("q", "k"),
    ("x", "ks"),
    ("w", "v"),
    ("y", "i"),
    ("z", "s"),
)
VOWELS = frozenset("aeiou")
FIRST_VOWELS = {"u": "o", "e": "i"}
PARTICLES = frozenset({"al", "el", "abu", "bin", "ibn", "ben", "de", "van", "von"})
"""Small words that are left out as often as written."""

LEAST_SKELETON = 3
"""Letters that a skeleton has to have: shorter ones are those of too many names."""


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """Fold a word: small letters without accents, one spelling of what sounds alike, no letter twice in a row."""
    text = unicodedata.normalize("NFKD", word.casefold().translate(SINGLE))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    for spelt, as_one in TOGETHER:
        text = text.replace(spelt, as_one)
    return re.sub(r"(.)\1+", r"\1", text)


@lru_cache(maxsize=4096)
def skeleton(word: str) -> str:
    """Give the first letter of a folded word and the consonants that follow; "" where they are too few to say much."""
    kept = FIRST_VOWELS.get(word[:1], word[:1]) + "".join(letter for letter in word[1:] if letter not in VOWELS)
    kept = re.sub(r"(.)\1+", r"\1", kept)
    return kept if len(kept) >= LEAST_SKELETON else ""


def words_of(text: str) -> list[str]:
    """Give the folded words of a text, in its order; what a hyphen joins is two words and their joint."""
    found: list[str] = []
    for piece in text.split():
        parts = [folded(part) for part in re.findall(r"\w+", piece.translate(SINGLE))]
        found += parts
        if len(parts) > 1:
            found.append(folded("".join(parts)))
    return list(dict.fromkeys(word for word in found if word))


def search_text(names: Iterable[str]) -> str:
    """Give what a person is found by: each word between spaces, then each skeleton between marks."""
    words = list(dict.fromkeys(word for name in names for word in words_of(name)))
    skeletons = dict.fromkeys(filter(None, map(skeleton, words)))
    return " ".join(["", *words, *(f"={bones}=" for bones in skeletons), ""])


def words_in(search: str) -> list[str]:
    """Read the words back from what `search_text` made."""
    return [word for word in search.split() if not word.startswith("=")]


def distance(one: str, other: str, most: int) -> int:
    """Count the slips between two words: a letter wrong, missing or too many, or two neighbours exchanged.

    Returns
    -------
    int
        The least number of slips, or `most` + 1 where there are more. Damerau's distance, no letter touched twice.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    one, other = _apart(one, other)
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, their in enumerate(other, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != their))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == their:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def _apart(one: str, other: str) -> tuple[str, str]:
    """Leave out what two words begin and end with alike: no slip is there."""
    shorter = min(len(one), len(other))
    begin = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    one, other = one[begin:], other[begin:]
    shorter -= begin
    end = next((at for at in range(shorter) if one[-1 - at] != other[-1 - at]), shorter)
    return one[: len(one) - end], other[: len(other) - end]


def slips_allowed(word: str) -> int:
    """Say how many slips a word may have and still be meant: none in three letters, two from eight on."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def far_from(asked: str, word: str) -> float | None:
    """Say how far a word is from what was asked for, both folded; None where it is another word.

    0 is the word itself, 0.5 a word that begins like that, then the number of slips; the same skeleton is 1.
    """
    if asked == word:
        return 0.0
    if len(asked) > 1 and word.startswith(asked):
        return 0.5
    if (bones := skeleton(asked)) and bones == skeleton(word):
        return 1.0
    most = min(slips_allowed(asked), slips_allowed(word))
    slips = distance(asked, word, most) if most else 1
    return float(slips) if slips <= most else None
