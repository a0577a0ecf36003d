"""Where the portal is right, the desk follows: its step is taken as if the feed had brought it (design, section 6)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, InboxEntry, ReconciliationDifference
from counter_app.services.desk import DeskContext
from counter_app.services.portal_feed import FeedApplier
from counter_app.services.reconcile import DifferenceState
from counter_app.services.reconcile_mend import decide_rows, live_row, live_rows
from counter_app.sync.comparing import DifferenceKind
from counter_app.sync.inbox import EntryKind, EntryState, apply_again
from counter_app.sync.messages import encode, wire_time


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of the portal's steps: taken into the dossier, or left to a decision on the list of clashes."""

    dossier_code: str
    taken: int
    clashes: int


def follow(desk: DeskContext, difference_id: int) -> Followed:
    """Take over what the portal has by its own processing: all its steps of the dossier that the desk lacks.

    A status without any step of its own is taken as a step at the moment at which it was seen. What the lifecycle
    does not allow from here becomes a clash, decided side by side. Raises UserError ``difference_unknown``,
    ``difference_settled``, ``nothing_to_follow`` and ``portal_unreadable``.
    """
    with desk.database.write() as session:
        row = live_row(session, difference_id)
        if row.portal_step is None:
            raise UserError(
                "nothing_to_follow", "Phần này do quầy lập nên không theo cổng. Bấm «Gửi lại» hoặc chấp nhận kèm lý do."
            )
        dossier = session.get_one(Dossier, row.dossier_id)
        rows = [one for one in live_rows(session, dossier.id) if one.portal_step is not None]
        steps = sorted(
            (one for one in rows if one.kind == DifferenceKind.STEP_UNKNOWN), key=lambda one: (one.subject, one.id)
        )
        states = [_take(desk, session, dossier.code, _told(dossier.code, one)) for one in steps or rows]
        if EntryState.UNREADABLE in states:
            raise UserError(
                "portal_unreadable",
                "Bước trên cổng không đúng quy ước nên chưa ghi được vào hồ sơ. Mở hồ sơ ghi đúng bước, hoặc chấp nhận "
                "kèm lý do.",
            )
        decide_rows(desk, rows, DifferenceState.MENDING)
        clashes = states.count(EntryState.CLASH)
        return Followed(dossier.code, len(states) - clashes, clashes)


def _told(code: str, row: ReconciliationDifference) -> dict[str, Any]:
    """The portal's step; of a bare status one at the moment at which it was seen."""
    step = row.portal_step or {}
    return {"MaHoSo": code, "ThoiDiemXuLy": wire_time(row.seen_at), **step}


def _take(desk: DeskContext, session: Session, code: str, step: dict[str, Any]) -> EntryState:
    """Apply a step as an entry of the feed; one that came by the feed in the meantime stands as it is."""
    raw = encode({"Loai": EntryKind.STEP, "MaHoSo": code, "DuLieu": step})
    digest = hashlib.sha256(raw).hexdigest()
    known = session.scalar(select(InboxEntry).where(InboxEntry.digest == digest))
    if known is not None:
        return EntryState(known.state)
    row = InboxEntry(
        digest=digest,
        subject=f"{EntryKind.STEP} {code}",
        kind=EntryKind.STEP.value,
        dossier_code=code,
        payload=raw,
        state=EntryState.UNREADABLE.value,
        arrived_at=desk.clock(),
    )
    session.add(row)
    session.flush()
    return apply_again(session, row, FeedApplier(desk))
