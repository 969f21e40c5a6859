"""Agreed numbers: read, and taken where they are a valid agreement of a whole region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from fodfaeste.errors import BadInput, Problem, UnknownName
from fodfaeste.place.quota.agreements import Remark, check_agreement
from fodfaeste.place.quota.figures import NAMES, Figures, counts_of, lines_of, texts_of
from fodfaeste.place.rule_sets import RuleSet
from fodfaeste.tables import Data, as_frame, source_name

AGREEMENT, CALCULATION = "agreement", "calculation"


def read_agreed(agreed: Data, figures: Figures) -> dict[int, int]:
    """Read the agreed numbers by the position of their municipality.

    Raises
    ------
    BadInput
        Naming row and column of each name that is not in the figures or stands there twice, and of each number that is
        no whole number from 0.
    UnknownName
        If a column is missing.
    """
    frame, file = as_frame(agreed), source_name(agreed)
    lines = lines_of(agreed, frame.height)
    column = next((name for name in NAMES if name in frame.columns), NAMES[0])
    for name in (column, "quota"):
        if name not in frame.columns:
            raise UnknownName("no column", name, frame.columns, file=file)
    problems: list[Problem] = []
    names = texts_of(frame, column, lines, file, problems)
    counts = counts_of(frame, "quota", lines, file, problems)
    known = figures.municipalities if column == "municipality" else figures.codes
    places = {name: place for place, name in enumerate(known)}
    found: dict[int, int] = {}
    for line, name, count in zip(lines, names, counts, strict=True):
        if name and name not in places:
            expected = "a municipality of the figures"
            problems.append(Problem(repr(name), expected, "Correct the name.", file, line, column))
        elif name and places[name] in found:
            problems.append(Problem(f"{name!r} again", "each once", "Remove one.", file, line, column))
        elif name:
            found[places[name]] = count
    if problems:
        raise BadInput(*problems)
    return found


def take_agreed(
    figures: Figures, calculated: Sequence[int], agreed: Mapping[int, int], rules: RuleSet
) -> tuple[tuple[int, ...], dict[str, str], list[Remark]]:
    """Take each region's agreed numbers where they are a valid agreement, else what was calculated.

    Returns
    -------
    numbers : tuple of int, one a municipality
    by : dict of region to "agreement" or "calculation"
    notes : list of Remark
    """
    taken, by, notes = list(calculated), {}, []
    for region in dict.fromkeys(figures.regions):
        places = [place for place, where in enumerate(figures.regions) if where == region]
        given = {figures.municipalities[place]: agreed[place] for place in places if place in agreed}
        by[region] = CALCULATION
        if not given:
            continue
        names = [figures.municipalities[place] for place in places]
        failed = check_agreement(given, names, sum(calculated[place] for place in places), rule_set=rules)
        if failed:
            notes.append(_fails(region, failed))
            continue
        by[region] = AGREEMENT
        for place in places:
            taken[place] = agreed[place]
    if AGREEMENT in by.values():
        text = (
            "Whether an agreement is in writing and signed for every council the numbers do not say: somebody has to "
            "look."
        )
        notes.append(Remark("look_at_signatures", text))
    return tuple(taken), by, notes


def _fails(region: str, failed: Sequence[Remark]) -> Remark:
    why = " ".join(one.text for one in failed)
    text = f"The agreement in {region} does not count, so its quotas are calculated. {why}"
    return Remark("agreement_fails", text, {"region": region, "failed": [asdict(one) for one in failed]})
