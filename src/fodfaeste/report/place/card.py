"""The card and data sheet of an outcome model, from `Model.facts()`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fodfaeste.report.document import Block, Cell, Column, Document, Points, Section, Table, Text
from fodfaeste.report.place.markdown import as_markdown
from fodfaeste.report.place.shared import listing, outcome_name, sentence
from fodfaeste.report.place.shared import words as words_of
from fodfaeste.report.words import DASH, Lang, Words, texts

CATALOGUE = "card"
Facts = Mapping[str, Any]

MEASURES = ("log_loss", "brier", "auc", "slope", "intercept")
CHECKED = "A"
"""How sure a rule set is that a lawyer, or whoever read the law, stands for."""


def card_text(facts: Facts, lang: Lang) -> str:
    """Write the card as Markdown, for `card.da.md` and `card.en.md` of a model's folder.

    Parameters
    ----------
    facts : mapping
        From `fodfaeste.place.outcomes.model.Model.facts`.
    lang : {"da", "en"}
    """
    return as_markdown(card_document(facts, lang))


def card_document(facts: Facts, lang: Lang) -> Document:
    """Word the card."""
    w = Words(lang, CATALOGUE)
    register = facts["register"]
    names = listing((outcome_name(name, words_of(lang)) for name in facts["outcomes"]), w)
    sections = (
        ("use", (Points((w("use.purpose"), w("use.not_for"), w("use.label"))),)),
        ("data", (Points(tuple(_data(facts, w))),)),
        ("features", (Points(tuple(_features(facts, w))),)),
        ("quality", (Text(w("quality.intro")), *_quality(facts, w))),
        ("proxies", _proxies(facts, w)),
        ("limits", (Points(tuple(w(f"limits.{name}") for name in ("random", "future", "small", "loop"))),)),
    )
    return Document(
        lang,
        w("title", outcomes=names),
        w("subtitle", title=register["title"], until=register["observed_until"]),
        tuple(Section(name, w(f"{name}.heading"), blocks) for name, blocks in sections),
        (w("made", version=facts["version"], seed=facts["seed"], format=facts["format"]),),
    )


def chapter(facts: Facts, lang: Lang) -> tuple[Block, ...]:
    """Tell readers of a plan report from whom the model learnt, what it may see and how good it is."""
    w = Words(lang, CATALOGUE)
    register = facts["register"]
    told = {"title": register["title"], "until": register["observed_until"], "adults": w.count(register["adults"])}
    intro = w("chapter.intro", **told, first=register["first_arrival"], last=register["last_arrival"])
    return Text(intro), Points(tuple(_features(facts, w))), *_quality(facts, w), *_proxies(facts, w)


def _data(facts: Facts, w: Words) -> Iterator[str]:
    register = facts["register"]
    yield w(
        "data.arrivals",
        adults=w.count(register["adults"]),
        first=register["first_arrival"],
        last=register["last_arrival"],
        places=w.count(facts["places"]),
    )
    if register["rule_from"] is not None:
        yield w("data.rule", day=register["rule_from"], months=register["rule_months"])
    yield from _left_out(register["left_out"], w)
    yield w("data.personal")


def _left_out(counted: Mapping[str, int], w: Words) -> Iterator[str]:
    reasons = [w("data.reason", n=w.count(n), reason=_said("reason", reason, w)) for reason, n in counted.items() if n]
    if reasons:
        yield w("data.left_out", reasons=listing(reasons, w))


def _features(facts: Facts, w: Words) -> Iterator[str]:
    for of, names in facts["features"].items():
        if names:
            yield w(f"features.{of}", names=_names("feature", names, w))
    rules = facts["rule_set"]
    yield w("features.rules", name=rules["name"], title=rules["title"], source=rules["source"])
    yield w("features.forbidden", names=_names("attribute", rules["forbidden"], w))
    for attribute, purposes in rules["allowed_as"].items():
        told = {"attribute": sentence(_said("attribute", attribute, w)), "purposes": _names("purpose", purposes, w)}
        yield w("features.allowed_as", **told)
    if rules["sure"] != CHECKED:
        yield w("features.unsure")


def _names(prefix: str, names: Sequence[str], w: Words) -> str:
    return listing((_said(prefix, name, w) for name in names), w)


def _said(prefix: str, name: str, w: Words) -> str:
    key = f"{prefix}.{name}"
    return w(key) if key in texts(CATALOGUE) else name.replace("_", " ")


def _quality(facts: Facts, w: Words) -> Iterator[Block]:
    for name, told in facts["outcomes"].items():
        yield _figures(name, told, w)
        yield Points(tuple(_findings(told, w)))


def _figures(name: str, told: Facts, w: Words) -> Table:
    later = told["later_years"]
    rows: list[tuple[Cell, ...]] = []
    for measure in MEASURES:
        row: list[Cell] = [w(f"measure.{measure}"), *_figure(told["cross_fitted"][measure], w)]
        row += _figure(later["figures"][measure], w) if later else []
        rows.append(tuple(row))
    heads = [Column(w("quality.measure")), Column(w("quality.value"), "number", 3)]
    heads.append(Column(w("quality.interval"), "number"))
    if later:
        heads += [Column(w("quality.later", day=later["day"]), "number", 3)]
        heads += [Column(w("quality.later_interval"), "number")]
    title = w(
        "quality.table",
        name=sentence(outcome_name(name, words_of(w.lang))),
        share=w.percent(told["share"], 1),
        kind=w(f"kind.{told['kind']}"),
    )
    base = w("quality.base", adults=w.count(told["adults"]), households=w.count(told["households"]))
    return Table(f"model_{name}", title, tuple(heads), tuple(rows), base)


def _figure(estimate: Mapping[str, float], w: Words) -> list[Cell]:
    return [estimate["value"], f"{w.number(estimate['low'], 3)} {DASH} {w.number(estimate['high'], 3)}"]


def _findings(told: Facts, w: Words) -> Iterator[str]:
    tell = told["places_tell"]
    yield w("quality.places_tell" if tell["low"] > 0 else "quality.places_do_not_tell", **_fall(tell, w))
    versus = told["versus"]
    if versus:
        kept = versus["kept"] == versus["tried"]
        yield w("quality.boosting_kept" if kept else "quality.boosting_not_kept", **_fall(versus["lower_by"], w))
    later = told["later_years"]
    if later is None:
        yield w("quality.no_later")
    else:
        before, after = w.count(later["adults_before"]), w.count(later["adults_after"])
        yield w("quality.later_note", day=later["day"], before=before, after=after)
    if told["recalibrated"]:
        yield w("quality.recalibrated")
    yield from _left_out(told["left_out"], w)
    yield w("quality.draws", draws=w.count(told["draws"]))


def _fall(estimate: Mapping[str, float], w: Words) -> dict[str, str]:
    named = (("fall", "value"), ("low", "low"), ("high", "high"))
    return {name: w.number(estimate[key], 4) for name, key in named}


def _proxies(facts: Facts, w: Words) -> tuple[Block, ...]:
    audited = facts["proxies"]
    if not audited:
        return (Text(w("proxies.none")),)
    outcomes = list(facts["outcomes"])
    heads = (
        Column(w("proxies.attribute")),
        Column(w("proxies.persons"), "count"),
        Column(w("proxies.from_features"), "number", 3),
        Column(w("proxies.interval"), "number"),
        *(
            Column(w("proxies.from_forecast", name=outcome_name(name, words_of(w.lang))), "number", 3)
            for name in outcomes
        ),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"{_said('attribute', one['attribute'], w)}: {one['value']}",
            one["persons"],
            one["auc"],
            f"{w.number(one['low'], 3)} {DASH} {w.number(one['high'], 3)}",
            *(one["from_forecast"].get(name) for name in outcomes),
        )
        for one in audited
    )
    base = w("proxies.base", persons=w.count(max(one["persons"] for one in audited)))
    intro = Text(w("proxies.intro", limit=w.number(facts["proxy_limit"], 2)))
    return intro, Table("proxies", w("proxies.table"), heads, rows, base)
