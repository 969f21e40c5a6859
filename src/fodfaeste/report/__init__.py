"""Results in; tables, charts and documents out. Decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fodfaeste.report.folder import Progress
    from fodfaeste.report.words import Lang


def write(out: Path, lang: Lang = "da", progress: Progress | None = None) -> list[Path]:
    """Write the report on the 2002 figures into a folder; see `report.folder.write_document`.

    `progress` hears what is being done and the share of 1 that is done. Returns the files written.
    """
    # Here and not above: what draws and sets type takes two seconds to load, which `fodfaeste --version` need not wait.
    from fodfaeste.report.dk2002.content import document
    from fodfaeste.report.dk2002.findings import find
    from fodfaeste.report.folder import write_document

    say = progress or (lambda _step, _share: None)
    found = find(lambda step, share: say(step, 0.6 * share))
    return write_document(document(found, lang), out, lambda step, share: say(step, 0.6 + 0.4 * share))
