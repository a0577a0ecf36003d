"""The control slip of a dossier: who had it, from when to when, and how each kept its inner limit (forms.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from counter_app.models import Dossier, DossierEvent, Office
from counter_app.rules.inner_limit import timing
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.handover_custody import desk_unit, holder
from counter_app.services.handover_values import ControlRow, ControlSlip
from counter_app.services.history import standing
from counter_app.services.offices import office_row
from counter_app.services.steps import HANDOVER, find_dossier

_NOTES = {"turned_back": "Trả lại: {reason}", "redirected": "Chuyển lại đúng nơi: {reason}"}


def control_slip(desk: DeskContext, code: str) -> ControlSlip:
    """The control slip as the history has it; UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        return slip_of(find_dossier(session, code), office_row(session, desk))


def slip_of(dossier: Dossier, office: Office) -> ControlSlip:
    """The control slip of a dossier that is read already."""
    rows = _rows(dossier, office)
    at_desk = desk_unit(office)
    units = [unit for row in rows for unit in (row.from_unit, row.to_unit) if unit != at_desk]
    lead = next(iter(units), office.name)
    return ControlSlip(
        code=dossier.code,
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


def _rows(dossier: Dossier, office: Office) -> list[ControlRow]:
    """One row a hand-over; a confirmation completes the last one, and the result brings it back to the desk."""
    rows: list[ControlRow] = []
    unit, due = desk_unit(office), None
    for event in standing(dossier.events):
        moved: dict[str, Any] = event.details.get(HANDOVER, {})
        if event.step == Step.ACCEPT or moved.get("kind") == "received":
            if rows and not rows[-1].receiver:
                rows[-1] = replace(rows[-1], receiver=moved.get("receiver") or event.actor, received_at=event.at)
        elif event.step == Step.HAND_OVER or moved:
            rows.append(_row(event, moved, unit, due))
            unit, due = rows[-1].to_unit, _moment(moved.get("due"))
        elif event.step == Step.FINISH and unit != desk_unit(office):
            rows.append(
                ControlRow(unit, desk_unit(office), "", event.at, event.actor, event.at, due, timing(due, event.at))
            )
            unit, due = desk_unit(office), None
    return rows


def _row(event: DossierEvent, moved: dict[str, Any], unit: str, due: datetime | None) -> ControlRow:
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
        timing=timing(due, event.at),
        note=_NOTES[kind].format(reason=event.reason) if kind in _NOTES else event.reason,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
