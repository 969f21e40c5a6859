"""Fonts as the web packs them (WOFF 1.0), unpacked to what typesetters read."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from fodfaeste.errors import BadInput, Problem

HEADER = struct.Struct(">4s4sIHHIHHIIIII")
ENTRY = struct.Struct(">4sIIII")
SFNT, RECORD = struct.Struct(">4sHHHH"), struct.Struct(">4sIII")


class _Table(NamedTuple):
    tag: bytes
    checksum: int
    data: bytes


def unpacked(woff: bytes) -> bytes:
    """Give the font that was packed, byte for byte as its tables were.

    Raises
    ------
    BadInput
        If it is no WOFF 1.0.

    References
    ----------
    W3C, WOFF File Format 1.0, sections 3 to 5.
    """
    if len(woff) < HEADER.size or woff[:4] != b"wOFF":
        raise BadInput(Problem("another kind of file", "a font in WOFF 1.0", "Fetch the fonts again."))
    _signature, flavor, _length, count, *_rest = HEADER.unpack_from(woff)
    tables = [_table(woff, HEADER.size + ENTRY.size * number) for number in range(count)]
    # Readers search the list of tables by halves: the header says how many steps that takes.
    steps = count.bit_length() - 1
    span = 16 << steps
    head = SFNT.pack(flavor, count, span, steps, count * 16 - span)
    offset = SFNT.size + RECORD.size * count
    records, body = b"", b""
    for one in tables:
        records += RECORD.pack(one.tag, one.checksum, offset + len(body), len(one.data))
        body += one.data + bytes(-len(one.data) % 4)
    return head + records + body


def _table(woff: bytes, at: int) -> _Table:
    tag, offset, packed, length, checksum = ENTRY.unpack_from(woff, at)
    data = woff[offset : offset + packed]
    return _Table(tag, checksum, zlib.decompress(data) if packed < length else data)
