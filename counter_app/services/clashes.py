"""Where desk and portal say different things: shown side by side, decided by a person (design, section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, InboxEntry
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, label
from counter_app.services.clash_rows import ClashRow, clash_rows, sent_rows
from counter_app.services.clash_taking import keep_ours, may_take, take_theirs
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.portal_feed import FeedApplier, known_dossier
from counter_app.sync.inbox import EntryKind, EntryState, apply_again, parse_entry

OPEN = (EntryState.CLASH.value, EntryState.UNREADABLE.value)
MOST_LISTED = 500
KIND_WORDS = {
    EntryKind.NEW_DOSSIER.value: "Hồ sơ trực tuyến",
    EntryKind.STEP.value: "Bước xử lý",
    EntryKind.RESULT.value: "Kết quả",
    EntryKind.PROCEDURE.value: "Thủ tục",
    EntryKind.CALENDAR.value: "Lịch làm việc",
}
"""What an entry brings, in the words of the screen."""


class Decision(StrEnum):
    """What a person says of a clash."""

    KEEP_OURS = "keep_ours"
    TAKE_THEIRS = "take_theirs"


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """An entry of the feed that waits for a person; ``reason`` says why, in words."""

    id: int
    kind: str
    is_clash: bool
    dossier_code: str
    arrived_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ClashView:
    """Both sides. ``since``: what the desk did after the clash came in, "" for nothing.

    ``no_taking``: why the portal's side cannot be taken, "" where it can. Of an entry that could not be read
    only the portal's side is there.
    """

    entry: OpenEntry
    rows: tuple[ClashRow, ...]
    since: str
    no_taking: str
    has_dossier: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision; ``settled`` counts older clashes of the same dossier that it settled as well."""

    dossier_code: str
    status: str
    settled: int


def list_open(desk: DeskContext, limit: int = MOST_LISTED) -> list[OpenEntry]:
    """Clashes, then what could not be read; the newest first."""
    query = (
        select(InboxEntry)
        .where(InboxEntry.state.in_(OPEN))
        .order_by(InboxEntry.state, InboxEntry.id.desc())
        .limit(limit)
    )
    with desk.database.read() as session:
        return [_open_entry(row) for row in session.scalars(query)]


def count_open(desk: DeskContext) -> int:
    """How many entries wait for a person."""
    with desk.database.read() as session:
        return session.scalar(select(func.count()).where(InboxEntry.state.in_(OPEN))) or 0


def side_by_side(desk: DeskContext, entry_id: int) -> ClashView:
    """What the desk had when the entry came in, and what the portal says.

    Raises UserError ``entry_unknown``.
    """
    with desk.database.read() as session:
        row = _row(session, entry_id)
        if row.ours is None:
            here = session.scalar(select(Dossier.id).where(Dossier.code == row.dossier_code))
            return ClashView(_open_entry(row), sent_rows(row.payload), "", "", here is not None)
        entry = parse_entry(row.payload)
        dossier = known_dossier(session, entry)
        return ClashView(
            _open_entry(row),
            clash_rows(entry, row.ours),
            _since(dossier, row.ours),
            may_take(dossier, entry),
            True,
        )


def decide(desk: DeskContext, entry_id: int, decision: Decision, reason: str) -> Decided:
    """Settle a clash: a correcting event with the trace, and the record as it then stands to the portal.

    Older clashes of the same dossier are settled along with it. Raises UserError ``reason_missing``,
    ``entry_unknown``, ``entry_settled`` (by whom and when), ``clash_not_takeable``.
    """
    reason = plain(reason)
    if not reason:
        raise UserError("reason_missing", "Hãy ghi lý do của quyết định; lý do được giữ trong diễn biến hồ sơ.")
    with desk.database.write() as session:
        row = _waiting(session, entry_id, EntryState.CLASH)
        entry = parse_entry(row.payload)
        dossier = known_dossier(session, entry)
        trace: dict[str, Any] = {"decision": decision.value, "entry": row.id, "kind": row.kind}
        settle = take_theirs if decision is Decision.TAKE_THEIRS else keep_ours
        settle(session, desk, dossier, entry, reason, trace)
        older = session.scalars(
            select(InboxEntry).where(
                InboxEntry.dossier_code == row.dossier_code,
                InboxEntry.state == EntryState.CLASH.value,
                InboxEntry.id < row.id,
            )
        ).all()
        for one in (row, *older):
            _settle(desk, one, EntryState.DECIDED, decision.value, reason)
        return Decided(dossier.code, dossier.status, len(older))


def mark_seen(desk: DeskContext, entry_id: int, reason: str = "") -> None:
    """Put away an entry that could not be read; it stays in the database with who saw it and when.

    Raises UserError ``entry_unknown``, ``entry_settled``.
    """
    with desk.database.write() as session:
        row = _waiting(session, entry_id, EntryState.UNREADABLE)
        _settle(desk, row, EntryState.SEEN, "seen", plain(reason))


def try_again(desk: DeskContext, entry_id: int) -> OpenEntry | None:
    """Apply an entry that could not be read, after an update of the program or of the catalogue.

    Answers None when it is applied now, else how it stands. Raises UserError ``entry_unknown``,
    ``entry_settled``.
    """
    with desk.database.write() as session:
        row = _waiting(session, entry_id, EntryState.UNREADABLE)
        state = apply_again(session, row, FeedApplier(desk))
        return None if state is EntryState.APPLIED else _open_entry(row)


def _settle(desk: DeskContext, row: InboxEntry, state: EntryState, decision: str, reason: str) -> None:
    row.state, row.decision, row.decided_reason = state.value, decision, reason
    row.decided_by, row.decided_at = desk.settings.clerk, desk.clock()


def _row(session: Session, entry_id: int) -> InboxEntry:
    row = session.get(InboxEntry, entry_id)
    if row is None:
        raise UserError("entry_unknown", "Không còn mục thay đổi này. Hãy mở lại trang Đồng bộ (F9).")
    return row


def _waiting(session: Session, entry_id: int, state: EntryState) -> InboxEntry:
    row = _row(session, entry_id)
    if row.state == state:
        return row
    if row.decided_at is not None:
        when = f"{row.decided_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
        raise UserError("entry_settled", f"{row.decided_by} đã xử lý mục này lúc {when}. Không cần làm gì thêm.")
    raise UserError("entry_settled", "Mục này không còn chờ xử lý. Hãy mở lại trang Đồng bộ (F9).")


def _open_entry(row: InboxEntry) -> OpenEntry:
    return OpenEntry(row.id, row.kind, row.state == EntryState.CLASH, row.dossier_code, row.arrived_at, row.error)


def _since(dossier: Dossier, ours: dict[str, Any]) -> str:
    if dossier.revision == ours["revision"]:
        return ""
    at = f"{dossier.events[-1].at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    return f"Hồ sơ đã thay đổi tại quầy sau đó (lúc {at}): nay ở trạng thái «{label(Status(dossier.status))}»."
