"""What an answer, or a look-up, means for a message (portal-protocol.md sections 3 and 5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from counter_app.sync import outbox
from counter_app.sync.client import (
    BUSY_CODE,
    EXISTS_CODE,
    NOT_FOUND_CODE,
    UNANSWERED,
    ItemAnswer,
    PortalDossier,
)
from counter_app.sync.matching import holds, is_ours
from counter_app.sync.messages import MessageKind
from counter_app.sync.outbox import Outgoing

_SOMEBODY_ELSES: Final = (
    "Cổng đã có một hồ sơ khác mang mã này. Giấy hẹn đã giao cho người dân vẫn có giá trị; đối chiếu hồ sơ trên "
    "cổng rồi báo quản trị để xử lý tay."
)
_NO_WORDS: Final = "Cổng từ chối (mã {code}) và không nêu lý do. Báo quản trị cổng kèm mã hồ sơ."


def judge_not_done(session: Session, message: Outgoing, item: ItemAnswer, now: datetime, wait: timedelta) -> bool:
    """Write what an answer other than "done" to one item means; True when a person has to look at it.

    ``wait`` is the pause after a "busy".
    """
    code = item.error_code
    if code == UNANSWERED:
        outbox.mark_waiting(session, message, now, code=message.error_code, unseen=True)
        return False
    if code == BUSY_CODE:
        outbox.mark_waiting(session, message, now + wait, reason=item.message, code=message.error_code, answered=True)
        return False
    if code == EXISTS_CODE and message.kind is MessageKind.CREATE:
        # Ours from an earlier try, or somebody else's? The look-up tells.
        outbox.mark_waiting(session, message, now, reason=item.message, code=code, unseen=True, answered=True)
        return False
    # Once: a portal that does not know it even after another create has to be looked at.
    first_time = code == NOT_FOUND_CODE and message.error_code != NOT_FOUND_CODE
    if first_time and message.kind is not MessageKind.CREATE and outbox.reopen_create(session, message.dossier_id, now):
        outbox.mark_waiting(session, message, now, reason=item.message, code=code, answered=True)
        return False
    outbox.mark_needs_attention(
        session, message, reason=item.message or _NO_WORDS.format(code=code), code=code, field=item.field
    )
    return True


def judge_look_up(session: Session, message: Outgoing, found: PortalDossier | None, now: datetime) -> bool:
    """Settle an outcome that was not seen; True when the portal has what the message says.

    What it lacks waits for its turn again, under the same idempotency key.
    """
    if found is not None and message.kind is MessageKind.CREATE and not is_ours(message.payload, found):
        outbox.mark_needs_attention(session, message, reason=_SOMEBODY_ELSES, code=EXISTS_CODE)
        return False
    if found is not None and holds(message.kind, message.payload, found):
        outbox.mark_done(session, [message], now)
        return True
    outbox.mark_waiting(session, message, now, code=message.error_code)
    return False
