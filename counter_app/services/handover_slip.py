"""The control slip of a dossier: who had it, from when to when, and how each kept its inner limit (forms.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from counter_app.models import Dossier, DossierEvent, Office
from counter_app.rules.inner_limit import timing
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.handover_custody import desk_unit, holder
from counter_app.services.handover_items import HANDOVER, slip_number
from counter_app.services.handover_values import ControlRow, ControlSlip
from counter_app.services.history import standing
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import FROZEN
from counter_app.services.steps import find_dossier

_NOTES = {"turned_back": "Trả lại: {reason}", "redirected": "Chuyển lại đúng nơi: {reason}"}


def control_slip(desk: DeskContext, code: str) -> ControlSlip:
    """The control slip as the history has it; UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        office = office_row(session, desk)
        return slip_of(find_dossier(session, code), office, settles=office.name)


def slip_of(dossier: Dossier, office: Office, *, settles: str, before: int | None = None) -> ControlSlip:
    """The control slip of a dossier that is read already.

    ``settles``: the office that settles as long as it lay nowhere but at the desk; ``before``: leave out the
    event with this number and those after it.
    """
    events = [event for event in standing(dossier.events) if before is None or event.number < before]
    rows = _rows(events, office)
    at_desk = {desk_unit(office), *(_desk_at(event, office) for event in events)}
    units = [unit for row in rows for unit in (row.from_unit, row.to_unit) if unit not in at_desk]
    lead = next(iter(units), settles)
    return ControlSlip(
        code=dossier.code,
        number=slip_number(dossier.events),
        applicant_name=dossier.applicant.name,
        procedure_code=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        lead_office=lead,
        cooperating=tuple(unit for unit in dict.fromkeys(units) if unit != lead),
        held_by=holder(dossier, office),
        received_at=dossier.received_at,
        due=dossier.due,
        first_due=dossier.first_due,
        rows=tuple(rows),
    )


def _desk_at(event: DossierEvent, office: Office) -> str:
    """The desk by the name that it had then: an office that was renamed has not handed anything to itself."""
    name = event.details.get(FROZEN, {}).get("desk_name")
    return str(name).capitalize() if name else desk_unit(office)


def _rows(events: Sequence[DossierEvent], office: Office) -> list[ControlRow]:
    """One row a hand-over; a confirmation completes the last one.

    A unit has kept its time when the result exists, though the papers come back later.
    """
    rows: list[ControlRow] = []
    unit, due, settled_at = "", None, None
    for event in events:
        at_desk = _desk_at(event, office)
        moved: dict[str, Any] = event.details.get(HANDOVER, {})
        if event.step == Step.ACCEPT or moved.get("kind") == "received":
            if rows and not rows[-1].receiver:
                rows[-1] = replace(rows[-1], receiver=moved.get("receiver") or event.actor, received_at=event.at)
        elif event.step == Step.HAND_OVER or moved:
            rows.append(_row(event, moved, unit or at_desk, due, settled_at or event.at))
            to = rows[-1].to_unit
            unit, due, settled_at = "" if to == at_desk else to, _moment(moved.get("due")), None
        elif event.step == Step.FINISH:
            settled_at = event.at
    return rows


def _row(
    event: DossierEvent, moved: dict[str, Any], unit: str, due: datetime | None, settled_at: datetime
) -> ControlRow:
    kind = moved.get("kind", "")
    both_signed = kind in ("back", "turned_back")
    return ControlRow(
        from_unit=moved.get("from") or unit,
        to_unit=moved.get("to") or event.unit,
        giver=moved.get("giver") or event.actor,
        given_at=event.at,
        receiver=moved.get("receiver", "") if both_signed else "",
        received_at=event.at if both_signed else None,
        due=due,
        timing=timing(due, settled_at),
        note=_NOTES[kind].format(reason=event.reason) if kind in _NOTES else event.reason,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
