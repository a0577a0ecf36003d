"""The portal's change feed into the database: each entry once, cursor and effect in one unit of work."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import InboxCursor, InboxEntry
from counter_app.sync.client import FeedPage

PAGE: Final = 100
"""Entries asked for at once."""

_log = logging.getLogger(__name__)


class EntryKind(StrEnum):
    """Loai: what an entry of the feed brings (portal-protocol.md section 3, LayThayDoi)."""

    NEW_DOSSIER = "HoSoMoi"
    STEP = "TienDo"
    RESULT = "KetQua"
    PROCEDURE = "TTHC"
    CALENDAR = "Lich"


class EntryState(StrEnum):
    """What became of an entry; a clash waits for a person's decision, an unreadable one for a person to see it."""

    APPLIED = "applied"
    CLASH = "clash"
    UNREADABLE = "unreadable"
    DECIDED = "decided"
    SEEN = "seen"


class FeedClash(Exception):  # noqa: N818 - what the desk and the portal say does not fit, and nothing is broken
    """An entry cannot be applied without overwriting one side; what it had changed is taken back.

    ``reason`` is for the clerk; ``ours`` is what the desk has of the dossier at this moment, as JSON values.
    """

    def __init__(self, reason: str, ours: Mapping[str, Any]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ours = ours


@dataclass(frozen=True)
class FeedEntry:
    """An entry that could be read; ``data`` is its DuLieu."""

    kind: EntryKind
    dossier_code: str
    data: Mapping[str, Any]


FeedHandler = Callable[[Session, FeedEntry], EntryState]
"""Applies an entry in the given unit of work and answers APPLIED.

Raises FeedClash where a person has to decide; a UserError or ValueError says that it cannot be applied.
"""

_NAMED_BY: Final[Mapping[str, str]] = {EntryKind.PROCEDURE: "MATTHC", EntryKind.CALENDAR: "Nam"}
"""Entries that give the whole state of what this field names, and that may go back to an earlier one."""


def cursor(session: Session, portal: str) -> str:
    """Return how far this portal's feed was read ("" is the beginning)."""
    return session.scalar(select(InboxCursor.cursor).where(InboxCursor.portal == portal)) or ""


def last_read_at(session: Session) -> datetime | None:
    """Return when a portal's feed was last read: the last time that the line surely worked."""
    return session.scalar(select(InboxCursor.read_at).order_by(InboxCursor.read_at.desc()).limit(1))


def take_page(session: Session, portal: str, page: FeedPage, handler: FeedHandler, now: datetime) -> int:
    """Apply a page and move the cursor; returns how many entries were new.

    Repeated entries are passed over, see ``_is_repeated``. What an entry changed is taken back when it turns
    out that it cannot be applied; the entry is then kept, with the reason, for a person.
    """
    new = 0
    for raw in page.entries:
        digest, about = hashlib.sha256(raw).hexdigest(), _About.of(raw)
        if _is_repeated(session, digest, about):
            continue
        new += 1
        outcome = _apply(session, raw, handler)
        session.add(
            InboxEntry(
                digest=digest,
                subject=about.subject,
                kind=about.kind,
                dossier_code=about.dossier_code,
                payload=raw,
                state=outcome.state,
                error=outcome.reason,
                ours=outcome.ours,
                arrived_at=now,
            )
        )
        session.flush()
    row = session.get(InboxCursor, portal)
    if row is None:
        session.add(InboxCursor(portal=portal, cursor=page.cursor, read_at=now))
    else:
        row.cursor, row.read_at = page.cursor, now
    return new


def apply_again(session: Session, row: InboxEntry, handler: FeedHandler) -> EntryState:
    """Try an entry again that could not be read, after an update of the program or of the catalogue."""
    outcome = _apply(session, row.payload, handler)
    row.state, row.error, row.ours = outcome.state, outcome.reason, outcome.ours
    return outcome.state


def parse_entry(raw: bytes) -> FeedEntry:
    """Read an entry; raises ValueError saying what is wrong with it."""
    value = json.loads(raw)
    if not isinstance(value, dict):
        raise ValueError("Mục thay đổi không phải là một đối tượng.")
    data = value.get("DuLieu")
    code = value.get("MaHoSo") or ""
    if not isinstance(data, dict) or not isinstance(code, str):
        raise ValueError("Mục thay đổi thiếu nội dung (DuLieu) hoặc mã hồ sơ sai kiểu.")
    try:
        kind = EntryKind(str(value.get("Loai")))
    except ValueError:
        raise ValueError("Loại thay đổi này chương trình chưa biết. Cập nhật chương trình hoặc xử lý tay.") from None
    return FeedEntry(kind, code, data)


@dataclass(frozen=True)
class _Outcome:
    state: EntryState
    reason: str = ""
    ours: dict[str, Any] | None = None


def _apply(session: Session, raw: bytes, handler: FeedHandler) -> _Outcome:
    try:
        with session.begin_nested():
            return _Outcome(handler(session, parse_entry(raw)))
    except FeedClash as clash:
        return _Outcome(EntryState.CLASH, clash.reason, dict(clash.ours))
    except (UserError, ValueError, LookupError, TypeError, AttributeError) as error:
        # The feed goes on; the entry stays in the list of what a person has to see, with the reason.
        _log.warning("an entry of the feed could not be applied (%s)", type(error).__name__)
        words = str(error) if isinstance(error, UserError | ValueError) else ""
        words = words or "Mục thay đổi không đúng quy ước nên chưa áp dụng. Xem và xử lý tay."
        return _Outcome(EntryState.UNREADABLE, words)


@dataclass(frozen=True)
class _About:
    """What an entry is about, as far as it can be read; ``changed_at`` is a procedure's CAPNHAT, "" without."""

    kind: str
    dossier_code: str
    subject: str
    changed_at: str

    @classmethod
    def of(cls, raw: bytes) -> _About:
        value = json.loads(raw)
        value = value if isinstance(value, dict) else {}
        kind, code, data = value.get("Loai"), value.get("MaHoSo"), value.get("DuLieu")
        data = data if isinstance(data, dict) else {}
        kind = kind if isinstance(kind, str) else ""
        code = code if isinstance(code, str) else ""
        about = data.get(_NAMED_BY[kind]) if kind in _NAMED_BY else code
        return cls(kind, code, f"{kind} {about or ''}", str(data.get("CAPNHAT") or ""))


def _is_repeated(session: Session, digest: str, about: _About) -> bool:
    """Tell whether the entry came before and has to change nothing.

    The protocol gives entries no number; it says that the feed may repeat an entry and never leaves one out.
    An entry about a dossier names its moment, so the same bytes are the same entry, however long ago it came.
    A procedure or a year's calendar may truly go back to what it was (a day off set, taken back, set again):
    there only the newest entry about the same thing is compared. A portal that starts again from an earlier
    point then repeats everything up to its newest word, and the newest word is what stands in the end; a
    procedure that says when it was changed (CAPNHAT) is never put back by one that is older. What remains is
    a single old calendar sent again by itself: it cannot be told from a decision to go back, and the portal's
    last word is followed, since it is the portal that is right for calendars. Promises already made stand.
    """
    if about.kind not in _NAMED_BY:
        return session.scalar(select(InboxEntry.id).where(InboxEntry.digest == digest).limit(1)) is not None
    newest = session.execute(
        select(InboxEntry.digest, InboxEntry.payload)
        .where(InboxEntry.subject == about.subject)
        .order_by(InboxEntry.id.desc())
        .limit(1)
    ).first()
    if newest is None:
        return False
    return newest.digest == digest or about.changed_at < _About.of(newest.payload).changed_at
