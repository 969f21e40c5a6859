"""Files beside a note: how large they may be, and which kinds; what one is, its content says and not its name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused

LONGEST_NAME = 150
PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain"
OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX, XLSX = f"{OFFICE}.wordprocessingml.document", f"{OFFICE}.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"

BEGINNINGS: tuple[tuple[bytes, str], ...] = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
ENDINGS: Mapping[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    ODT: (".odt",),
    TEXT: (".txt",),
}
"""How a file of a kind ends; another ending would let it be opened as something else."""

MACROS = "vbaProject.bin"
A_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class CheckedFile:
    """A file that may stand beside a note."""

    name: str
    kind: str
    content: bytes


def checked(sent: UploadedFile) -> CheckedFile:
    """Read a file that was sent.

    Raises
    ------
    Refused
        If it is empty, larger than the setting lets, or of a kind that is not let.
    """
    name = PurePath(str(sent.name).replace("\\", "/")).name[-LONGEST_NAME:]
    size = sent.size or 0
    if size > settings.NOTE_FILE_LARGEST:
        largest = number_format(settings.NOTE_FILE_LARGEST / A_MEGABYTE, 0)
        raise Refused(_("%(name)s er for stor: højst %(largest)s MB.") % {"name": name, "largest": largest})
    content = sent.read()
    kind = kind_of(content)
    if kind not in settings.NOTE_FILE_KINDS or not name.lower().endswith(ENDINGS[kind]):
        endings = ", ".join(ending for one in settings.NOTE_FILE_KINDS for ending in ENDINGS[one])
        raise Refused(
            _("%(name)s kan ikke lægges ved: filen skal være %(endings)s, og indholdet skal passe til navnet.")
            % {"name": name, "endings": endings}
        )
    return CheckedFile(name, kind, content)


def kind_of(content: bytes) -> str:
    """Say what a file is by what it holds; nothing where it is none of the kinds that are known here."""
    for beginning, kind in BEGINNINGS:
        if content.startswith(beginning):
            return kind
    return _packed_kind(content) if content.startswith(b"PK\x03\x04") else _text_kind(content)


def _packed_kind(content: bytes) -> str:
    """Tell documents of an office apart; one with macros is none of them."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            said = _beginning(packed, "mimetype") if "mimetype" in names else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return ""
    if any(name.endswith(MACROS) for name in names):
        return ""
    if "[Content_Types].xml" in names:
        return DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else ""
    return ODT if said == ODT else ""


def _beginning(packed: zipfile.ZipFile, name: str) -> str:
    """Read no more of a packed file than says what it is: a few bytes can be gigabytes when they are unpacked."""
    with packed.open(name) as file:
        return file.read(100).decode("ascii", "replace")


def _text_kind(content: bytes) -> str:
    """Plain text is what reads as such and cannot be taken for a page."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    plain = bool(text.strip()) and all(sign.isprintable() or sign in "\t\r\n\ufeff" for sign in text)
    return TEXT if plain and not text.lstrip("\ufeff \t\r\n").startswith("<") else ""
