"""Who changed what, and who opened whose file. Nothing here can be changed, by anybody.

audit.opened(request, person)            a page that shows a person
audit.listed(request, persons)           a list that shows persons in full
audit.handed_out(request, rows)          a list of persons that leaves in a file
audit.taken_away(request, keys, office)  a file that holds persons
with audit.acting(user): ...             a command or a job that somebody has asked for
"""

from __future__ import annotations

from fodfaeste.web.audit.context import act_for, acting
from fodfaeste.web.audit.reads import handed_out, listed, opened, taken_away

__all__ = ["act_for", "acting", "handed_out", "listed", "opened", "taken_away"]
