"""Tables on their way into a round: read, typed, mended, saved or thrown away; and agreements taken out again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.base.sheets import LONGEST_CELL
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.placement.rounds.columns import AGREED, FIGURES, INHABITANTS, Columns
from fodfaeste.web.placement.rounds.computing import recompute, uses_formula
from fodfaeste.web.placement.rounds.domain.rounds import draft
from fodfaeste.web.placement.rounds.models import AgreedQuota, QuotaAgreement, QuotaRound, QuotaUpload
from fodfaeste.web.placement.rounds.reading import (
    Checked,
    Place,
    Row,
    check_agreed,
    check_figures,
    places_on,
    read_table,
)

Kind = QuotaUpload.Kind


def columns_of(round_: QuotaRound, kind: Any) -> Columns:
    """Give the columns of a table for a round."""
    if kind == Kind.AGREEMENT:
        return AGREED
    return FIGURES if uses_formula(round_) else INHABITANTS


def read_figures(round_: QuotaRound, *, file_name: str, content: bytes, by: User) -> QuotaUpload:
    """Read a file with the figures of every municipality, to be looked through; nothing of the round is changed.

    Raises
    ------
    BadInput
        If the file as a whole cannot be read.
    """
    rows, unread = read_table(file_name, content, columns_of(round_, Kind.FIGURES))
    return _kept(round_, by, kind=Kind.FIGURES, file_name=file_name, rows=rows, unread=unread)


def type_figures(round_: QuotaRound, *, by: User) -> QuotaUpload:
    """Lay out every municipality with the figures that the round has, or none, to be typed."""
    known = {line.code: line for line in round_.lines.all()}
    numbers = [column.name for column in columns_of(round_, Kind.FIGURES) if column.number]
    rows = []
    for number, place in enumerate(places_on(round_.municipalities_on), 1):
        line = known.get(place.code)
        cells = {"code": place.code, "name": place.name, "region": line.region if line else place.region}
        cells |= {name: str(getattr(line, name)) if line else "" for name in numbers}
        rows.append(Row(number, cells))
    return _kept(round_, by, kind=Kind.FIGURES, rows=tuple(rows))


def read_agreement(
    round_: QuotaRound,
    *,
    file_name: str,
    content: bytes,
    region: str,
    received: date,
    written: bool,
    says_how_to_change: bool,
    told_beforehand: bool,
    by: User,
) -> QuotaUpload:
    """Read a file with what a region's municipalities agreed on.

    Raises
    ------
    BadInput
        If the file as a whole cannot be read.
    """
    rows, unread = read_table(file_name, content, AGREED)
    about = {
        "region": region,
        "received": received.isoformat(),
        "written": written,
        "says_how_to_change": says_how_to_change,
        "told_beforehand": told_beforehand,
    }
    return _kept(round_, by, kind=Kind.AGREEMENT, file_name=file_name, rows=rows, unread=unread, about=about)


def check(upload: QuotaUpload) -> Checked:
    """Look a table through, as it is now."""
    rows = tuple(Row(number, cells) for number, cells in upload.rows)
    columns = columns_of(upload.round, upload.kind)
    if upload.kind == Kind.FIGURES:
        return check_figures(rows, columns, places_on(upload.round.municipalities_on))
    here = upload.round.lines.filter(region=upload.about["region"])
    return check_agreed(rows, columns, [Place(line.code, line.name, line.region) for line in here])


def mend(upload: QuotaUpload, cells: Mapping[tuple[int, str], str], *, by: User) -> QuotaUpload:
    """Write other cells into a table, by row and column; the others stay as they are."""
    with change(by):
        draft(upload.round, by)
        upload = QuotaUpload.objects.select_for_update(of=("self",)).select_related("round").get(pk=upload.pk)
        known = {column.name for column in columns_of(upload.round, upload.kind)}
        for number, row in upload.rows:
            for (at, name), text in cells.items():
                if at == number and name in known:
                    row[name] = " ".join(text.split())[:LONGEST_CELL]
        upload.save(update_fields=["rows"])
    return upload


def save(upload: QuotaUpload, *, by: User) -> None:
    """Put a table into its round: all of it or nothing.

    Raises
    ------
    Refused
        If something in it has still to be mended.
    BadInput
        If shares of nobody are asked for.
    """
    with change(by):
        round_ = draft(upload.round, by)
        checked = check(upload)
        if not checked.can_be_saved:
            raise Refused(_("Tabellen er ikke gemt: ret først det, der står ved rækkerne."))
        if upload.kind == Kind.FIGURES:
            _save_figures(round_, checked)
        else:
            _save_agreement(round_, upload, checked, by)
        upload.delete()


def discard_upload(upload: QuotaUpload, *, by: User) -> None:
    """Throw a table away."""
    with change(by):
        draft(upload.round, by)
        upload.delete()


def drop_agreement(agreement: QuotaAgreement, *, by: User) -> None:
    """Take an agreement out of a draft; its region is calculated again."""
    with change(by):
        round_ = draft(agreement.round, by)
        agreement.delete()
        recompute(round_)


def put_figures(round_: QuotaRound, figures: pl.DataFrame, *, by: User) -> None:
    """Put figures of every municipality into a draft, as `place.quota.quota` takes them."""
    with change(by):
        recompute(draft(round_, by), figures)


def _save_figures(round_: QuotaRound, checked: Checked) -> None:
    frame = pl.DataFrame(list(checked.values)).rename({"name": "municipality"})
    recompute(round_, frame.sort(pl.col("code").cast(pl.Int64)))


def _save_agreement(round_: QuotaRound, upload: QuotaUpload, checked: Checked, by: User) -> None:
    round_.agreements.filter(region=upload.about["region"]).delete()
    about: dict[str, Any] = {**upload.about, "received": date.fromisoformat(upload.about["received"])}
    agreement = QuotaAgreement.objects.create(round=round_, file_name=upload.file_name, made_by=by, **about)
    AgreedQuota.objects.bulk_create(
        AgreedQuota(agreement=agreement, **{name: value[name] for name in ("code", "name", "quota", "signed")})
        for value in checked.values
    )
    recompute(round_)


def _kept(round_: QuotaRound, by: User, *, rows: tuple[Row, ...], **more: Any) -> QuotaUpload:
    kept = [[row.number, row.cells] for row in rows]
    short = {name: more[name][-most:] for name, most in (("file_name", 200), ("unread", 2000)) if name in more}
    with change(by):
        return QuotaUpload.objects.create(round=draft(round_, by), rows=kept, made_by=by, **{**more, **short})
