"""Dossiers on hand-over lists that are not settled yet, and what a hand-over does to dossier and list together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.models import Dossier, DossierEvent, HandoverItem
from counter_app.rules.calendar import VIETNAM
from counter_app.services import shelf_moves
from counter_app.services.numbering import next_in_year

if TYPE_CHECKING:
    from counter_app.services.steps import Effect, Taking

HANDOVER = "handover"
"""The key in the details of an event that moves a dossier by a list, signed by both sides."""

SLIP_NUMBER = "slip_number"
"""The key in the details of the event with which the control slip of a dossier began: its number."""

OPEN_ITEMS = ("listed", "sent")
"""States of a dossier on a list that is not settled yet."""

LEFT_LIST = "left_list"
"""The key in the details of an ending: the list that the dossier left by it."""

_WITHOUT_ITS_LAST = {"draft": "discarded", "sent": "closed"}


def hand_over(taking: Taking, effect: Effect) -> None:
    """What a hand-over does besides the status; by a list, the giver stays responsible until the receiver signed."""
    dossier, given = taking.dossier, taking.given
    effect.details["from_unit"] = dossier.unit
    if HANDOVER not in effect.details:
        dossier.unit = given.unit or dossier.unit
    if not taking.from_portal:
        clerk = taking.desk.settings.clerk
        effect.details |= shelf_moves.leave(taking.session, dossier, taking.at, clerk)
        effect.details |= begin_slip(taking.session, dossier, taking.desk.settings.office, taking.at)


def begin_slip(session: Session, dossier: Dossier, office_code: str, at: datetime) -> dict[str, int]:
    """The number of the control slip, for the event with which it begins: one that travels with the dossier."""
    if slip_number(dossier.events) is not None:
        return {}
    return {SLIP_NUMBER: next_in_year(session, "form:control_slip", office_code, at.astimezone(VIETNAM).year)}


def slip_number(events: Sequence[DossierEvent]) -> int | None:
    """The number of the control slip; None before it began, and of slips that had none. One that was taken back too:
    the next hand-over has its number."""
    return next((event.details[SLIP_NUMBER] for event in events if SLIP_NUMBER in (event.details or {})), None)


def open_item(session: Session, dossier: Dossier) -> HandoverItem | None:
    """The dossier's place on a list that is not settled yet."""
    return session.scalar(
        select(HandoverItem).where(HandoverItem.dossier_id == dossier.id, HandoverItem.state.in_(OPEN_ITEMS))
    )


def settle(item: HandoverItem, state: str, at: datetime, by: str, reason: str = "") -> None:
    """What became of a dossier on a list; with its last one the list is closed, or given up where it had not gone."""
    item.state, item.decided_at, item.decided_by, item.reason = state, at, by, reason
    row = item.list
    if row.state in _WITHOUT_ITS_LAST and all(other.state not in OPEN_ITEMS for other in row.items):
        row.state, row.closed_at = _WITHOUT_ITS_LAST[row.state], at


def back_on_list(session: Session, dossier: Dossier, mistake: DossierEvent) -> None:
    """An ending that is taken back: on the list again, unless that went without it or was given up by hand."""
    place = HandoverItem.list_id == mistake.details.get(LEFT_LIST), HandoverItem.dossier_id == dossier.id
    item = session.scalar(select(HandoverItem).where(*place))
    if item is None:
        return
    row = item.list
    if row.state == "draft" or (row.state == "discarded" and row.closed_at == item.decided_at):
        item.state, item.decided_at, item.decided_by, item.reason = "listed", None, "", ""
        row.state, row.closed_at = "draft", None
