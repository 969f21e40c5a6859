"""The edition to be published, as an attacker reads it: all of its tables together, by a linear programme of our own.

The attacker here shares nothing with `fodfaeste.measure.disclosure`: it knows the finest counts of which everything
printed is a sum, and asks how little and how much each can be.
"""

import csv
import dataclasses
import itertools
import json
import math
from collections import defaultdict
from functools import cached_property

import numpy as np
import polars as pl
import pytest
from scipy import sparse
from scipy.optimize import linprog

from fodfaeste.errors import Refused
from fodfaeste.report.register import content, publication
from fodfaeste.report.register.publication import THRESHOLD, for_publication
from fodfaeste.report.register.shared import group_name, kind_name
from fodfaeste.report.register.tables import PERSON
from fodfaeste.report.words import Words

EN = Words("en", "register")
STATUS = {"stayed": "stayed", "moved": "moved", "dead": "missing", "emigrated": "missing", "unknown": "missing"}


def silent(_doing, _share):
    """Take progress and say nothing."""


class Attacker:
    """Knows sums of counts that nobody has printed below 0; asks what one of them can be at least and at most."""

    def __init__(self):
        self.columns, self.rows, self.known = {}, [], []

    def column(self, cell):
        return self.columns.setdefault(cell, len(self.columns))

    def same(self, one, other):
        """Two sums of cells are equal."""
        self._add(one, 1.0, other, 0.0)

    def learn(self, cells, value):
        """A sum of cells is printed."""
        self._add(cells, 1.0, (), value)

    def _add(self, plus, sign, minus, value):
        row = defaultdict(float)
        for cell in plus:
            row[self.column(cell)] += sign
        for cell in minus:
            row[self.column(cell)] -= sign
        self.rows.append(row)
        self.known.append(float(value))

    @cached_property
    def matrix(self):
        """Everything learnt so far, a row a sum."""
        entries = [(i, j, v) for i, row in enumerate(self.rows) for j, v in row.items()]
        rows, columns, values = zip(*entries, strict=True)
        return sparse.csr_array((values, (rows, columns)), shape=(len(self.rows), len(self.columns)))

    def between(self, cells):
        """Give the least and the greatest that a sum can be, in whole people."""
        equal = self.matrix
        cost = np.zeros(len(self.columns))
        cost[[self.column(cell) for cell in cells]] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(sign * cost, A_eq=equal, b_eq=self.known, bounds=(0, None), method="highs")
            assert found.status in (0, 3), found.message
            ends.append(sign * found.fun if found.status == 0 else math.inf)
        return math.ceil(ends[0] - 1e-6), math.floor(ends[1] + 1e-6) if ends[1] < math.inf else math.inf


def truth(tables):
    """Give the count of every finest cell, by name."""
    status = tables.status.with_columns(pl.col("status").replace_strict(STATUS))
    work = tables.work.filter(pl.col("month") == publication.WORK_MONTH)
    sources = [
        *((f"status {dim}", status, ("kind", dim, "status")) for dim in ("unit", *PERSON, "arrival_year")),
        ("place", tables.destinations, ("kind", "place")),
        ("moves", _in_intervals(tables.moves), ("cohort", "kind", "months", "event")),
        ("yes work unit", work.with_columns(persons=pl.col("events")), ("kind", "unit", "month")),
        ("no work unit", work.with_columns(persons=pl.col("persons") - pl.col("events")), ("kind", "unit", "month")),
    ]
    for what, frame in (("work", tables.work), ("support", tables.support)):
        yes, no = pl.col("events"), pl.col("persons") - pl.col("events")
        sources.append((f"yes {what}", frame.with_columns(persons=yes), ("kind", "month")))
        sources.append((f"no {what}", frame.with_columns(persons=no), ("kind", "month")))
    counts = {}
    for what, frame, dims in sources:
        for *label, people in frame.group_by(dims).agg(pl.col("persons").sum()).iter_rows():
            counts[what, *map(str, label)] = people
    for row in tables.employment.iter_rows(named=True):
        for name in ("employed", "unemployed", "outside"):
            counts["residents", row["kind"], row["unit"], name] = row[name]
    return counts


def _in_intervals(moves):
    ends = publication.INTERVALS
    rows = []
    for row in moves.iter_rows(named=True):
        end = next((end for end in ends if row["months"] <= end), None)
        event = row["event"] if row["event"] in ("moved", "censored") else "other"
        rows.append({**row, "months": end or ends[-1], "event": event if end else "censored"})
    return pl.DataFrame(rows).with_columns(pl.col("cohort").fill_null("all"))


def attacker_of(counts):
    """Make an attacker who knows how everything hangs together, and where nobody is, but no count yet."""
    attack, of_table = Attacker(), defaultdict(list)
    for cell in counts:
        attack.column(cell)
        of_table[cell[0]].append(cell)

    def matching(what, *label):
        return [cell for cell in of_table[what] if all(a in (None, b) for a, b in zip(label, cell[1:], strict=False))]

    kinds = sorted({cell[1] for cell in counts if cell[0] == "status unit"})
    for kind in kinds:
        for status in ("stayed", "moved", "missing"):
            whole = matching("status unit", kind, None, status)
            for dim in (*PERSON, "arrival_year"):
                attack.same(whole, matching(f"status {dim}", kind, None, status))
        attack.same(matching("status unit", kind, None, "stayed"), matching("place", kind, "same_municipality"))
        went = [cell for cell in matching("place", kind) if cell[2] != "same_municipality"]
        attack.same(matching("status unit", kind, None, "moved"), went)
        attack.same(matching("status unit", kind), matching("moves", "free", kind))
        for month in {cell[2] for cell in counts if cell[0] == "yes work"}:
            both = [matching("yes work", kind, month) + matching("no work", kind, month)]
            attack.same(both[0], matching("yes support", kind, month) + matching("no support", kind, month))
        month = str(publication.WORK_MONTH)
        for answer in ("yes", "no"):
            attack.same(matching(f"{answer} work unit", kind, None, month), matching(f"{answer} work", kind, month))
    return attack, matching


def learn_protected(attack, matching, frames):
    """Read every printed cell of the protected tables, totals too."""
    for name, frame in frames.items():
        for row in frame.filter(pl.col("count").is_not_null()).iter_rows(named=True):
            attack.learn(_cells_of(name, row, matching), row["count"])


def _cells_of(name, row, matching):
    what, _, dims = name.partition(" by ")
    if name.startswith("status"):
        dim = {"kind": "unit", "kind and unit": "unit"}.get(dims, dims.removeprefix("kind and "))
        return matching(f"status {dim}", row["kind"], row.get(dim) if dims != "kind" else None, row["status"])
    if name == "destinations":
        return matching("place", row["kind"], row["place"])
    if name.startswith("first events"):
        return matching("moves", row["cohort"], row["kind"], row["months"], row["event"])
    if name == "employment":
        return matching("residents", row["kind"], row["unit"], row["labour"])
    answers = [row[what]] if row[what] else ["yes", "no"]
    if "unit" in row:
        return [
            cell for one in answers for cell in matching(f"{one} {what} unit", row["kind"], row["unit"], row["month"])
        ]
    return [cell for one in answers for cell in matching(f"{one} {what}", row["kind"], row["month"])]


def learn_written(attack, matching, folder):
    """Read the CSV files of the edition: what a reader has who never sees how the tables were made."""

    def read(name):
        with (folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    kinds = {kind_name(kind, EN): kind for kind in ("rural", "small_town", "big_city")}
    for row in read("arrivals"):
        kind = kinds[row["kind_of_municipality"]]
        for column, statuses in (
            ("arrived", [None]),
            ("address_known", ["stayed", "moved"]),
            ("stayed", ["stayed"]),
            ("moved_away", ["moved"]),
            ("dead_emigrated_unknown", ["missing"]),
        ):
            if row[column]:
                cells = [cell for status in statuses for cell in matching("status unit", kind, None, status)]
                attack.learn(cells, int(row[column]))
    for row in read("league"):
        kind, unit = kinds[row["kind_of_municipality"]], row["municipality"]
        known, moved = int(row["address_known"]), int(row["moved_away"])
        attack.learn(matching("status unit", kind, unit, "moved"), moved)
        attack.learn(matching("status unit", kind, unit, "stayed"), known - moved)
        if row["missing"]:
            share = float(row["missing"])
            attack.learn(matching("status unit", kind, unit, "missing"), round(known * share / (1 - share)))
    for row in read("moved_by_group"):
        dim = next(d for d in (*PERSON, "arrival_year") if EN(f"dimension.{d}") == row["divided_by"])
        label = next(cell[2] for cell in matching(f"status {dim}") if group_name(dim, cell[2], EN) == row["group"])
        attack.learn(matching(f"status {dim}", None, label, "moved"), int(row["moved_away"]))
        stayed = int(row["address_known"]) - int(row["moved_away"])
        attack.learn(matching(f"status {dim}", None, label, "stayed"), stayed)
    for row in read("employment_league"):
        kind, unit = kinds[row["kind_of_municipality"]], row["municipality"]
        for column, name in (
            ("in_work", "employed"),
            ("unemployed", "unemployed"),
            ("outside_the_labour_force", "outside"),
        ):
            attack.learn(matching("residents", kind, unit, name), int(row[column]))


def narrow(attack, matching, counts):
    """List small counts that the attacker can narrow to less than the threshold."""
    found = []
    for cell, people in counts.items():
        if 0 < people < THRESHOLD and cell[0] not in ("yes support", "no support"):
            low, high = attack.between(matching(cell[0], *cell[1:]))
            assert low <= people <= high, cell
            if high - low < THRESHOLD:
                found.append(cell)
    return found


@pytest.fixture(scope="session")
def counts(tables):
    return truth(tables)


def test_no_small_count_can_be_worked_out_from_all_tables_and_files_together(counts, published, written):
    attack, matching = attacker_of(counts)
    learn_protected(attack, matching, published.protection.published.frames)
    learn_written(attack, matching, written.public)
    assert narrow(attack, matching, counts) == []
    frames = published.protection.published.frames
    for name, label in published.protection.published.small:
        cells = _cells_of(name, dict(zip(frames[name].columns, label, strict=False)), matching)
        low, high = attack.between(cells)
        assert high - low >= THRESHOLD, (name, label)


def test_where_only_the_small_counts_are_blanked_the_same_attack_finds_some(counts, published, tables):
    """So the test above can fail."""
    attack, matching = attacker_of(counts)
    hidden = published.protection.published.small
    declared = publication.declare(tables)
    for table in published.protection.published.tables:
        inner = declared[table.name].drop("population", strict=False)
        frame = inner.with_columns(
            count=pl.when(pl.col("count").is_between(1, THRESHOLD - 1)).then(None).otherwise("count")
        )
        learn_protected(attack, matching, {table.name: frame})
        totals = table.frame().filter(pl.any_horizontal(pl.exclude("count", "population").is_null()))
        learn_protected(attack, matching, {table.name: totals})
    assert hidden
    assert narrow(attack, matching, counts)


def test_small_counts_are_printed_in_the_edition_that_is_not_protected(counts, written):
    with (written.full / "tables" / "league.csv").open(encoding="utf-8", newline="") as file:
        moved = [int(row["fraflyttet"]) for row in csv.DictReader(file)]
    assert any(0 < count < THRESHOLD for count in moved)


def test_a_municipality_with_a_hidden_count_appears_with_no_figure_of_its_own(published, documents):
    frame = published.protection.published.frames["status by kind and unit"]
    hidden = set(
        frame.filter(pl.col("count").is_null(), pl.col("status").is_in(["stayed", "moved"]))["unit"].drop_nulls()
    )
    assert hidden
    for one in documents["public", "da"].tables():
        if one.name in ("league", "moved_by_group", "arrivals"):
            assert hidden.isdisjoint(row[0] for row in one.rows)
    said = json.dumps([figure.chart.to_dict() for figure in documents["public", "da"].figures()], ensure_ascii=False)
    assert not [name for name in hidden if f'"{name}"' in said]


def told(published):
    """Give everything that the edition says, figures too."""
    made = content.document(content.find(published, silent), "da")
    return json.dumps([dataclasses.asdict(section) for section in made.sections], default=lambda chart: chart.to_dict())


def test_registers_that_give_the_same_protected_tables_give_the_same_document(tables):
    """Two people of different status change municipalities where the counts of both are hidden: nobody can tell."""
    names = ("units", "status", "moves", "work", "support", "destinations", "employment", "indicators")
    towns = {name: getattr(tables, name).filter(pl.col("kind") == "small_town") for name in names}
    one = dataclasses.replace(tables, **towns)
    published = for_publication(one)
    for changed in _swaps(one, published):
        again = for_publication(changed)
        if again.protection.table.equals(published.protection.table):
            break
    else:
        pytest.fail("no two people can change places unseen")
    assert not one.status_by("unit", "kind").equals(changed.status_by("unit", "kind"))
    assert told(again) == told(published)


def _swaps(tables, published):
    """Let two people of different status change municipalities where all four counts are hidden and stay so."""
    frame = published.protection.published.frames["status by kind and unit"]
    hidden = set(
        frame.filter(pl.col("count").is_null()).drop_nulls(["unit", "status"]).select("unit", "status").iter_rows()
    )
    counts = {row["unit"]: row for row in tables.status_by("unit").iter_rows(named=True)}
    for one, other in itertools.permutations(sorted({unit for unit, _ in hidden}), 2):
        for mine, theirs in itertools.permutations(("stayed", "moved", "missing"), 2):
            cells = [(one, mine, -1), (one, theirs, 1), (other, theirs, -1), (other, mine, 1)]
            same = all(
                _small(counts[unit][name]) == _small(counts[unit][name] + change) for unit, name, change in cells
            )
            if same and {(unit, name) for unit, name, _ in cells} <= hidden:
                yield _swapped(tables, (one, mine), (other, theirs))


def _small(count):
    return (count > 0) + (count >= THRESHOLD)


def _swapped(tables, one, other):
    """Let a person of each (municipality, status) have the other's first municipality."""
    status = pl.col("status").replace_strict(STATUS)
    changes = []
    for (unit, name), to in ((one, other[0]), (other, one[0])):
        person = tables.status.filter(pl.col("unit") == unit, status == name).head(1)
        changes.append(person.with_columns(persons=pl.lit(-1, pl.Int64)))
        changes.append(person.with_columns(persons=pl.lit(1, pl.Int64), unit=pl.lit(to)))
    both = pl.concat([tables.status, *(frame.select(tables.status.columns) for frame in changes)])
    summed = both.group_by(pl.exclude("persons")).agg(pl.col("persons").sum()).filter(pl.col("persons") > 0)
    return dataclasses.replace(tables, status=summed.sort(summed.columns))


def test_the_edition_keeps_no_count_that_it_does_not_print(published):
    for name in ("rows", "status", "moves", "histories", "work", "support", "destinations", "employment", "indicators"):
        assert getattr(published, name).is_empty(), name


def test_how_many_rows_there_are_is_not_told(documents, raw):
    assert "rows" not in {one.name for one in documents["public", "en"].tables()}
    assert "rows" in {one.name for one in documents["full", "en"].tables()}


def test_what_is_computed_from_persons_is_left_out(findings, documents):
    found = findings["public"]
    assert (found.rule, found.mix, found.models, found.context) == (None, None, None, None)
    anchors = {section.anchor for section in documents["public", "en"].sections}
    assert anchors.isdisjoint({"rule", "mix", "models", "context"})


def test_published_counts_are_the_true_ones_where_they_are_shown(published, tables):
    for dims in (("kind",), ("kind", "unit"), *((name,) for name in (*PERSON, "arrival_year"))):
        shown = published.status_by(*dims).with_columns(pl.col(dims).cast(pl.String))
        true = tables.status_by(*dims).with_columns(pl.col(dims).cast(pl.String))
        joined = shown.join(true, on=dims, suffix="_true", how="inner")
        assert joined.height == true.height
        for name in ("arrived", "stayed", "moved", "known"):
            assert joined.filter(pl.col(name) != pl.col(f"{name}_true")).is_empty(), (dims, name)


def test_a_group_that_came_to_one_kind_of_municipality_alone_is_counted_there(tables):
    """Its total is one cell, and not printed a second time."""
    only = tables.status.with_columns(
        nationality=pl.when(pl.col("kind") == "rural").then(pl.lit("IRQ")).otherwise(pl.lit("BIH"))
    )
    small = dataclasses.replace(tables, status=only.group_by(pl.exclude("persons")).agg(pl.col("persons").sum()))
    shown = for_publication(small).status_by("nationality").filter(pl.col("nationality") == "IRQ")
    true = tables.status_by("kind").filter(pl.col("kind") == "rural")
    assert shown.select("arrived", "stayed", "moved").rows() == true.select("arrived", "stayed", "moved").rows()


def test_a_table_that_is_not_protected_cannot_be_asked_for(published):
    with pytest.raises(Refused, match="No table of status by sex and unit is published"):
        published.status_by("sex", "unit")


def test_where_everything_is_small_nothing_is_published(tables):
    few = tables.status.group_by("kind", "unit").head(1).with_columns(persons=pl.lit(1, pl.Int64))
    few = few.select(tables.status.columns).group_by("kind").head(3)
    none = tables.destinations.clear()
    tiny = dataclasses.replace(
        tables,
        status=few,
        destinations=none if few.is_empty() else _places_of(few),
        moves=tables.moves.head(3).with_columns(persons=pl.lit(1, pl.Int64)),
    )
    with pytest.raises(Refused, match="so small that nothing is left"):
        for_publication(tiny)


def _places_of(status):
    here = status.filter(pl.col("status").is_in(["stayed", "moved"]))
    place = pl.when(pl.col("status") == "stayed").then(pl.lit("same_municipality")).otherwise(pl.lit("rural"))
    return here.group_by("kind", place.alias("place")).agg(pl.col("persons").sum()).sort("kind", "place")


def test_what_the_attacker_of_the_house_finds_stops_the_edition(tables, monkeypatch):
    """Were the protection to fail, the attack would notice, and nothing would be written."""
    printed = publication.protect

    def careless(declared, threshold, **how):
        return printed(declared, 2, **how)

    def strict(published):
        return publication_audit(dataclasses.replace(published, small=None), threshold=THRESHOLD)

    publication_audit = publication.audit
    monkeypatch.setattr(publication, "protect", careless)
    monkeypatch.setattr(publication, "audit", strict)
    with pytest.raises(Refused, match="could be worked out"):
        for_publication(tables)
