"""The scan of an older result: one file each, which no other takes the place of unless a clerk puts it aside first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import BacklogResult, ScanJob
from counter_app.rules.calendar import VIETNAM
from counter_app.services.backlog import Entered, OldResultView, code_of, find_by_id, find_old, view_of
from counter_app.services.desk import DeskContext


def attach_old(
    desk: DeskContext,
    code: str,
    file: Path,
    *,
    scanned: tuple[str, datetime] | None = None,
    then: Callable[[Session], None] | None = None,
) -> Entered:
    """Keep a PDF as the file of the result whose sheet has this code; it is named by that code.

    ``scanned``: by whom and when, by default this clerk now. ``then`` goes on in the same unit of work, also when
    this very file was there already. Raises UserError ``backlog_unknown``, ``backlog_scanned``, ``file_…``;
    KnownError for storage.
    """
    with desk.database.read() as session:
        find_old(desk, session, code)
    stored = desk.documents.add(file, max_mb=desk.settings.max_document_mb)
    with desk.database.write() as session:
        row = find_old(desk, session, code)
        if row.sha256 != stored.sha256:
            _refuse_scanned(desk, row)
            row.file_name = f"{code_of(desk, row)}.pdf"
            row.sha256, row.size, row.pages = stored.sha256, stored.size, stored.pages
            row.scanned_by, row.scanned_at = scanned or (desk.settings.clerk, desk.clock())
        if then is not None:
            then(session)
        return Entered(view_of(desk, row), stored.warnings)


def drop_scan(desk: DeskContext, result_id: int) -> OldResultView:
    """The result counts as not scanned again, so that it can be scanned anew; the file itself stays in the store.

    Raises UserError ``backlog_unknown``.
    """
    with desk.database.write() as session:
        row = find_by_id(session, result_id)
        row.file_name, row.sha256, row.size, row.pages = "", None, 0, 0
        row.scanned_at, row.scanned_by = None, ""
        return view_of(desk, row)


def find_to_scan(
    desk: DeskContext, session: Session, code: str, under_way: tuple[str, ...], documents: int
) -> BacklogResult:
    """The result with this code, where ``documents`` (sent at once) may become its file: one document, and none there
    or on its way (a job in one of the states ``under_way``).

    Raises UserError ``backlog_unknown``, ``backlog_scanned``, ``backlog_in_work``, ``backlog_parted``.
    """
    row = find_old(desk, session, code)
    _refuse_scanned(desk, row)
    if documents > 1:
        raise UserError(
            "backlog_parted",
            f"Có {documents} tài liệu cùng gửi cho kết quả cũ {code}, nên chưa gửi tài liệu nào. Nếu là một kết quả, "
            "hãy chọn các trang rồi bấm «Ghép» (G); nếu không, chọn lại kết quả cho từng tài liệu. Rồi gắn lại.",
        )
    jobs = select(ScanJob.id).where(ScanJob.backlog_id == row.id, ScanJob.state.in_(under_way))
    if session.scalar(jobs.limit(1)) is not None:
        raise UserError(
            "backlog_in_work",
            f"Kết quả cũ {code} đang có một tài liệu quét chưa gắn xong, nên chưa gửi tài liệu thứ hai. Hãy đợi tài "
            "liệu kia gắn xong hoặc trả nó về khay, rồi gắn đủ các trang một lần.",
        )
    return row


def _refuse_scanned(desk: DeskContext, row: BacklogResult) -> None:
    if row.sha256 is None:
        return
    when = f"{row.scanned_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if row.scanned_at else ""
    raise UserError(
        "backlog_scanned",
        f"Kết quả cũ {code_of(desk, row)} đã có bản quét {row.pages} trang ({row.scanned_by}, {when}), nên giữ nguyên "
        "bản đó. Hãy xem ở trang Số hóa (F7), thẻ Kết quả cũ; nếu bản đó thiếu trang hoặc nhầm, bấm «Bỏ bản quét» rồi "
        "quét lại đủ các trang.",
    )
