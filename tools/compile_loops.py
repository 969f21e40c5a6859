"""Compiles the inner loops once, at set-up, so that nobody's first report or plan waits for them."""

from fodfaeste import measure
from fodfaeste.place.loops import compile_loops

COUNTS = {"unit": ["a", "b", "c"], "moved": [1, 10, 33], "arrived": [17, 60, 160]}
COLUMNS = ("moved", "arrived", "unit")

measure.rank(measure.shrink(COUNTS, *COLUMNS), good="low", top=1)
measure.rank_sets(COUNTS, *COLUMNS, good="low")
measure.cif({"months": [1, 2, 3, 3], "event": [1, 2, 0, 1]}, "months", "event")
compile_loops()
