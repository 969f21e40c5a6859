"""Model folders in the data folder, each under its checksum: what was brought in is what is read, or nothing is.

A folder holds JSON, CSV and plain arrays (`place.outcomes.storing`); reading one runs no code.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from fodfaeste.errors import BadInput, Problem, Refused
from fodfaeste.place.outcomes import Model, load

ROOM = "forecasts"
MOST_BYTES = 500_000_000
KEPT = 4
"""Models that a process keeps in memory."""


def room() -> Path:
    """Give the folder that models lie in."""
    return Path(settings.MEDIA_ROOT) / ROOM


def checksum(folder: Path) -> str:
    """Give the SHA-256 of a folder: of every file's name, length and bytes, in the order of their names.

    Raises
    ------
    BadInput
        If it holds folders or links, or is larger than any model.
    """
    digest, read = hashlib.sha256(), 0
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file():
            todo = "Name the folder that train wrote, and nothing more in it."
            raise BadInput(Problem(f"{path.name}, which is no plain file", "files alone", todo, str(folder)))
        size = path.stat().st_size
        read += size
        if read > MOST_BYTES:
            raise BadInput(Problem(f"over {MOST_BYTES} bytes", "a model", "Train a smaller one.", str(folder)))
        digest.update(f"{path.name}\0{size}\0".encode())
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def put(folder: Path) -> str:
    """Copy a folder into the data folder, all of it or nothing; give its checksum."""
    sha256 = checksum(folder)
    there = room() / sha256
    if there.is_dir():
        return sha256
    room().mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=".", dir=room()))
    try:
        copy = half / "model"
        shutil.copytree(folder, copy)
        if checksum(copy) != sha256:
            raise Refused(_("Mappen blev ændret, mens den blev læst. Prøv igen."))
        copy.rename(there)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return sha256


def loaded(sha256: str) -> Model:
    """Read a model that was brought in.

    Raises
    ------
    Refused
        If its folder is gone, or is not what was brought in.
    BadInput
        If its rule set forbids a feature by now.
    """
    return _loaded(str(room()), sha256)


@lru_cache(maxsize=KEPT)
def _loaded(where: str, sha256: str) -> Model:
    folder = Path(where) / sha256
    if not folder.is_dir() or checksum(folder) != sha256:
        raise Refused(
            _(
                "Modellens filer er væk eller er ikke dem, der blev lagt ind. Slå prognosen fra, og læg modellen ind "
                "igen."
            )
        )
    return load(folder)


def forget(sha256: str) -> None:
    """Take a model's folder away; its row stays, as a log does."""
    shutil.rmtree(room() / sha256, ignore_errors=True)
    _loaded.cache_clear()
