"""An agency's chain and records as a ZIP file, for whoever looks into what was decided: the ombudsman, a court."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.audit.context import seeing
from fodfaeste.web.placement.chain.chained import chained_models, content
from fodfaeste.web.placement.chain.checking import HEAD, LINES, entries_of, rows_of, said_of, write_lines

RECORDS, README = "records.jsonl", "README.txt"
ABOUT = """\
chain.jsonl         the chain: a line of JSON for each record, with the hash of the line before
chain.jsonl.head    how many lines there are, and the hash of the last
records.jsonl       the records themselves: "table", "row", and under "content" the columns that were hashed

Check the chain with:  fodfaeste place log verify chain.jsonl
The hash of a line, and "digest" of a record, are SHA-256 of the JSON of its values with sorted keys, no spaces,
UTF-8: of a line without its own "hash", of a record its "content". A line that a deletion by rule wrote says under
"now" the digest of each record without names; of a record the last line that tells of it counts.
"""


def write_export(office: Organisation, out: IO[bytes]) -> None:
    """Write the ZIP file."""
    with seeing([office.pk]), tempfile.TemporaryDirectory() as room:
        entries = list(entries_of(office))
        write_lines(office, entries, Path(room))
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as to:
            for name in (LINES, HEAD):
                if (file := Path(room) / name).exists():
                    to.write(file, name)
            with to.open(RECORDS, "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="\n") as lines:
                for told in _records(office, said_of(entries)):
                    lines.write(json.dumps(told, ensure_ascii=False, cls=DjangoJSONEncoder) + "\n")
            to.writestr(README, ABOUT)


def _records(office: Organisation, said: Any) -> Iterator[dict[str, Any]]:
    for model in chained_models():
        table = model._meta.db_table
        for row in rows_of(model, office).iterator():
            one = said.get((table, row.pk))
            if one is not None:
                yield {"table": table, "row": row.pk, "content": content(row, one.columns)}
