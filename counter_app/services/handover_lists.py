"""Reading hand-over lists: those that wait, those of late, and the units that dossiers go to."""

from __future__ import annotations

from itertools import chain

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from counter_app.models import Dossier, HandoverItem, HandoverList
from counter_app.services.desk import DeskContext
from counter_app.services.handover_custody import list_view
from counter_app.services.handover_items import open_item
from counter_app.services.handover_values import HandoverView
from counter_app.services.steps import find_dossier

_WHOLE = select(HandoverList).options(
    selectinload(HandoverList.items)
    .joinedload(HandoverItem.dossier)
    .options(joinedload(Dossier.applicant), joinedload(Dossier.procedure))
)


def handover_lists(desk: DeskContext, state: str = "", limit: int = 100) -> list[HandoverView]:
    """The newest lists, all or those in one state (draft, sent, closed, discarded)."""
    query = _WHOLE.order_by(HandoverList.id.desc()).limit(limit)
    if state:
        query = query.where(HandoverList.state == state)
    with desk.database.read() as session:
        return [list_view(row) for row in session.scalars(query)]


def handover_list(desk: DeskContext, list_id: int) -> HandoverView:
    """One list. Raises UserError ``handover_unknown``."""
    from counter_app.services.handover import find_list

    with desk.database.read() as session:
        return list_view(find_list(session, list_id))


def waiting_list(desk: DeskContext, code: str) -> HandoverView | None:
    """The list on which a dossier waits, None when it is on none. Raises UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        item = open_item(session, find_dossier(session, code))
        return list_view(item.list) if item is not None else None


def known_units(desk: DeskContext, limit: int = 50) -> list[tuple[str, str]]:
    """Units that dossiers went to or came from, with the code of another office where they belong to one; most used
    first."""
    lists = (
        select(HandoverList.to_unit, HandoverList.office_code, func.count(HandoverItem.id))
        .join(HandoverItem)
        .where(HandoverList.direction == "out")
        .group_by(HandoverList.to_unit, HandoverList.office_code)
    )
    senders = (
        select(HandoverList.from_unit, HandoverList.office_code, func.count(HandoverItem.id))
        .join(HandoverItem)
        .where(HandoverList.direction == "in", HandoverList.office_code != "")
        .group_by(HandoverList.from_unit, HandoverList.office_code)
    )
    holders = select(Dossier.unit, func.count()).where(Dossier.unit != "").group_by(Dossier.unit)
    found: dict[tuple[str, str], int] = {}
    with desk.database.read() as session:
        for unit, office_code, count in chain(session.execute(lists), session.execute(senders)):
            found[unit, office_code] = found.get((unit, office_code), 0) + count
        elsewhere = {unit for unit, office_code in found if office_code}
        for unit, count in session.execute(holders):
            if unit not in elsewhere:
                found[unit, ""] = found.get((unit, ""), 0) + count
    return sorted(found, key=lambda key: (-found[key], key))[:limit]
