"""Small counts in tables: what an attacker can find out, which cells to suppress, and rounding instead."""

from fodfaeste.measure.disclosure.printed import PrintedTable, Published, rate_table
from fodfaeste.measure.disclosure.protect import Audit, Protection, audit, protect
from fodfaeste.measure.disclosure.rounding import round_counts

__all__ = ["Audit", "PrintedTable", "Protection", "Published", "audit", "protect", "rate_table", "round_counts"]
