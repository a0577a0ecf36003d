"""Separator sheets for a batch of older results, so that the whole box goes through the feeder at once."""

from __future__ import annotations

from sqlalchemy import select

from counter_app.errors import UserError
from counter_app.models import BacklogResult
from counter_app.rules.scan_sheets import Separator, SheetKind, encode
from counter_app.services import print_jobs
from counter_app.services.backlog import find_batch, old_rows
from counter_app.services.desk import DeskContext
from counter_app.services.printers import choose_printer
from counter_app.services.rules_bridge import rules_apply

MOST_SHEETS = 200
"""For the results that come next; more paper than a feeder takes in an hour."""
RESULT = "KQ"
"""What a sheet says of the paper behind it: an older result is a result, of no procedure of the catalogue."""
FORM = "backlog_sheets"


def backlog_sheets(desk: DeskContext, batch_id: int) -> bytes:
    """The sheets of the next results of a batch that are not scanned, in their order, as a PDF.

    Raises UserError ``batch_unknown``, ``batch_done``.
    """
    from printing.content.separators import SeparatorContent
    from printing.forms.separators import render_covers

    with desk.database.read() as session:
        batch = find_batch(session, batch_id)
        waiting = select(BacklogResult.id).where(BacklogResult.batch_id == batch_id, BacklogResult.sha256.is_(None))
        ids = session.scalars(waiting.order_by(BacklogResult.position).limit(MOST_SHEETS)).all()
        title = batch.name
    if not ids:
        raise UserError("batch_done", f"Đợt «{title}» không còn kết quả nào chưa quét. Hãy chọn đợt khác.")
    rows = old_rows(desk, ids)
    sheets = []
    for number, row in enumerate(rows, start=1):
        with rules_apply():
            payload = encode(Separator(SheetKind.COVER, row.code, result=RESULT, number=number, total=len(rows)))
        sheets.append(
            SeparatorContent(
                payload=payload,
                dossier_code=row.code,
                paper_name=f"{row.entry.kind} số {row.entry.number} ngày {row.entry.issued_on:%d/%m/%Y}",
                applicant_name=row.entry.owner,
                place=f"{number}/{len(rows)}",
            )
        )
    return render_covers(sheets)


def print_backlog_sheets(desk: DeskContext, batch_id: int) -> int:
    """Put the sheets into the spool, as often as wanted; the job's id. Raises as ``backlog_sheets``,
    ``printer_not_set``."""
    return print_jobs.enqueue(
        desk.database,
        form=FORM,
        title="Tờ ngăn quét kết quả cũ",
        printer=choose_printer(desk.settings.printers, FORM),
        payload=backlog_sheets(desk, batch_id),
        now=desk.clock(),
    )
