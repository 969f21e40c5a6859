"""A plan told to whom it concerns: the report, the reasons of one proposal, two plans compared, a model's card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fodfaeste.place import Plan
    from fodfaeste.place.compare import Comparison
    from fodfaeste.place.explain import Explanation
    from fodfaeste.report.folder import Progress
    from fodfaeste.report.place.evaluation import Evaluation
    from fodfaeste.report.place.explanation import Reader
    from fodfaeste.report.words import Lang


# What draws and sets type takes two seconds to load, which `fodfaeste --version` need not wait: imported where used.


def write_plan_report(
    plan: Plan,
    out: Path,
    lang: Lang = "da",
    *,
    evaluation: Evaluation | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Write the report on a plan into a folder; see `report.folder.write_document`.

    Parameters
    ----------
    plan : Plan
    out : Path
        What else lies there is left as it is.
    lang : {"da", "en"}
    evaluation : Evaluation, optional
        What was evaluated beside the plan: gains with their optimism, groups, the frontier, near-ties, the model.
    progress : callable, optional
        Hears what is being done and the share of 1 that is done.

    Returns
    -------
    list of Path
        `report.html`, `report.pdf`, `report.xlsx` and the charts.
    """
    from fodfaeste.report.folder import write_document
    from fodfaeste.report.place import content

    say = progress or (lambda _doing, _share: None)
    say("count", 0.0)
    found = content.find(plan, evaluation)
    return write_document(content.document(found, lang), out, lambda doing, share: say(doing, 0.2 + 0.8 * share))


def explanation_text(explained: Explanation, lang: Lang = "da", *, reader: Reader = "officer") -> str:
    """Word an explanation as plain text; see `report.place.explanation.explanation_document`."""
    from fodfaeste.report.place.explanation import explanation_document
    from fodfaeste.report.place.plain import as_text

    return as_text(explanation_document(explained, lang, reader))


def comparison_text(compared: Comparison, lang: Lang = "da") -> str:
    """Word a comparison of two plans as plain text; see `report.place.comparison.comparison_document`."""
    from fodfaeste.report.place.comparison import comparison_document
    from fodfaeste.report.place.plain import as_text

    return as_text(comparison_document(compared, lang))
