"""Folders that are written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fodfaeste.errors import BadInput, Problem


@contextmanager
def written_whole(folder: Path, outdated: Callable[[Path], Iterable[Path]]) -> Iterator[Path]:
    """Give a room beside `folder` to write into; what is in it is moved into `folder` when all went well.

    An error or an interrupt leaves `folder` as it was.

    Parameters
    ----------
    outdated : function of the folder
        Files and folders in it that an earlier version of the same thing wrote; they go when the new ones come.
        Whatever else lies there stays.

    Raises
    ------
    BadInput
        If `folder` is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise BadInput(Problem("a file of that name", "a folder to write into", "Choose another.", str(folder)))
    folder.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield room
        folder.mkdir(exist_ok=True)
        for old in list(outdated(folder)):
            _remove(old)
        for made in sorted(room.iterdir()):
            _remove(folder / made.name)
            made.replace(folder / made.name)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
