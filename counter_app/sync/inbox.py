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
    """What became of an entry; a clash is decided by a person, an unreadable one is kept and shown."""

    APPLIED = "applied"
    CLASH = "clash"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class FeedEntry:
    """An entry that could be read; ``data`` is its DuLieu."""

    kind: EntryKind
    dossier_code: str
    data: Mapping[str, Any]


FeedHandler = Callable[[Session, FeedEntry], EntryState]
"""Applies an entry in the given unit of work. A UserError or ValueError says that it cannot be applied."""


def cursor(session: Session, portal: str) -> str:
    """Return how far this portal's feed was read ("" is the beginning)."""
    return session.scalar(select(InboxCursor.cursor).where(InboxCursor.portal == portal)) or ""


def last_read_at(session: Session) -> datetime | None:
    """Return when a portal's feed was last read: the last time that the line surely worked."""
    return session.scalar(select(InboxCursor.read_at).order_by(InboxCursor.read_at.desc()).limit(1))


def take_page(session: Session, portal: str, page: FeedPage, handler: FeedHandler, now: datetime) -> int:
    """Apply a page and move the cursor; returns how many entries were new.

    A repeated entry is recognised by its bytes and passed over. What an entry changed is taken back when it
    turns out that it cannot be applied; the entry is then kept as unreadable with the reason.
    """
    new = 0
    for raw in page.entries:
        digest = hashlib.sha256(raw).hexdigest()
        if session.scalar(select(InboxEntry.id).where(InboxEntry.digest == digest)) is not None:
            continue
        new += 1
        kind, code = _labels(raw)
        state, error = _apply(session, raw, handler)
        session.add(
            InboxEntry(
                digest=digest,
                kind=kind,
                dossier_code=code,
                payload=raw,
                state=state,
                error=error,
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


def _apply(session: Session, raw: bytes, handler: FeedHandler) -> tuple[EntryState, str]:
    try:
        with session.begin_nested():
            return handler(session, parse_entry(raw)), ""
    except (UserError, ValueError, LookupError, TypeError, AttributeError) as error:
        # The feed goes on; the entry stays in the list of what a person has to see, with the reason.
        _log.warning("an entry of the feed could not be applied (%s)", type(error).__name__)
        words = str(error) if isinstance(error, UserError | ValueError) else ""
        return EntryState.UNREADABLE, words or "Mục thay đổi không đúng quy ước nên chưa áp dụng. Xem và xử lý tay."


def _labels(raw: bytes) -> tuple[str, str]:
    value = json.loads(raw)
    if not isinstance(value, dict):
        return "", ""
    kind, code = value.get("Loai"), value.get("MaHoSo")
    return (kind if isinstance(kind, str) else ""), (code if isinstance(code, str) else "")
