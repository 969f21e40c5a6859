"""Pictures that people send in: PNG and JPEG, known by what is in them and never by what they are called."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

PNG = b"\x89PNG\r\n\x1a\n"
JPEG, JPEG_ENDS = b"\xff\xd8", b"\xff\xd9"
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Marks of a JPEG behind which its size stands."""

SCAN = 0xDA
CHUNK, CRC = struct.Struct(">I4s"), struct.Struct(">I")


@dataclass(frozen=True)
class Picture:
    """What a picture is: its kind, which is also the end of its file's name, and its size in dots."""

    kind: str
    width: int
    height: int


def picture_in(content: bytes) -> Picture | None:
    """Say which picture bytes are; None where they are none, are cut off, or have something behind the picture."""
    try:
        if content.startswith(PNG):
            return _png(content)
        if content.startswith(JPEG) and content.endswith(JPEG_ENDS):
            return _jpeg(content)
    except (struct.error, ValueError, IndexError):
        return None
    return None


def _png(content: bytes) -> Picture:
    chunks = list(_chunks(content))
    if chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
        raise ValueError
    width, height = struct.unpack(">II", chunks[0][1][:8])
    return Picture("png", width, height)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG)
    while at < len(content):
        length, name = CHUNK.unpack_from(content, at)
        data = content[at + CHUNK.size : at + CHUNK.size + length]
        (told,) = CRC.unpack_from(content, at + CHUNK.size + length)
        if told != zlib.crc32(name + data):
            raise ValueError
        yield name, data
        at += CHUNK.size + length + CRC.size
        if name == b"IEND" and at != len(content):
            raise ValueError


def _jpeg(content: bytes) -> Picture:
    width, height = next(_frames(content))
    return Picture("jpg", width, height)


def _frames(content: bytes) -> Iterator[tuple[int, int]]:
    at = len(JPEG)
    while True:
        mark, kind, length = struct.unpack_from(">BBH", content, at)
        if mark != 0xFF or kind == SCAN or length < 2:
            raise ValueError
        if kind in FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            yield width, height
        at += 2 + length
