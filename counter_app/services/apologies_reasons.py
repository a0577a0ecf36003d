"""The reasons for being late that an office keeps: offered by use, changed and taken away by the clerk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import ApologyReason
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain


@dataclass(frozen=True, slots=True)
class KeptReason:
    """One reason, how often it was given, and when last."""

    id: int
    words: str
    uses: int
    used_at: datetime | None


def kept_reasons(desk: DeskContext) -> tuple[KeptReason, ...]:
    """The most used first; among equals the one used last."""
    order = (ApologyReason.uses.desc(), ApologyReason.used_at.desc(), ApologyReason.id)
    with desk.database.read() as session:
        return tuple(
            KeptReason(row.id, row.words, row.uses, row.used_at)
            for row in session.scalars(select(ApologyReason).order_by(*order))
        )


def keep_reason(desk: DeskContext, words: str) -> None:
    """Keep a reason before it was ever given. Raises UserError ``reason_missing``, ``reason_kept``."""
    with desk.database.write() as session:
        session.add(ApologyReason(words=_new(session, words)))


def change_reason(desk: DeskContext, reason_id: int, words: str) -> None:
    """Word a reason otherwise; letters that gave it stay as they are. Raises UserError as ``keep_reason`` does."""
    with desk.database.write() as session:
        row = session.get(ApologyReason, reason_id)
        if row is None:
            raise UserError("reason_unknown", "Lý do này không còn trong danh sách. Hãy tải lại danh sách.")
        row.words = _new(session, words, besides=reason_id)


def forget_reason(desk: DeskContext, reason_id: int) -> None:
    """Offer a reason no more; one that is gone already is no trouble."""
    with desk.database.write() as session:
        row = session.get(ApologyReason, reason_id)
        if row is not None:
            session.delete(row)


def _new(session: Session, words: str, besides: int | None = None) -> str:
    cleaned = plain(words)
    if not cleaned:
        raise UserError("reason_missing", "Hãy ghi lý do trễ hẹn.")
    kept = session.scalar(select(ApologyReason.id).where(ApologyReason.words == cleaned))
    if kept not in (None, besides):
        raise UserError("reason_kept", f"Lý do «{cleaned}» đã có trong danh sách. Hãy chọn lý do đó, hoặc ghi khác đi.")
    return cleaned
