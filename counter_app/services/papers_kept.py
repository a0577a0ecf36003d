"""What papers of many dossiers say of each as it was kept: results handed out, the office that handed it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, select

from counter_app.models import Delivery, Dossier, DossierEvent, Payment
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.fee_book import PAYMENT
from counter_app.services.handover_items import HANDOVER
from counter_app.services.handover_values import HandoverView
from counter_app.services.offices import get_office
from counter_app.services.paper_facts import FROZEN
from counter_app.services.register import RegisterLine
from counter_app.services.values import OfficeData

_CODES_A_QUERY = 500
_FROZEN_AS = {
    "name": "office_name",
    "governing_body": "governing_body",
    "desk_name": "desk_name",
    "letter_suffix": "letter_suffix",
    "place": "place",
    "head_name": "head_name",
}
"""What a list shows of its office, by the name under which an event froze it."""


def with_results(desk: DeskContext, lines: Sequence[RegisterLine]) -> list[RegisterLine]:
    """The lines with what was handed out in their notes, where it is several results or bears a number of its own."""
    given: dict[str, list[dict[str, str]]] = {}
    codes = [line.dossier_code for line in lines if line.returned_at is not None]
    with desk.database.read() as session:
        for start in range(0, len(codes), _CODES_A_QUERY):
            asked = Dossier.code.in_(codes[start : start + _CODES_A_QUERY])
            query = select(Dossier.code, Delivery.results).join(Delivery.dossier).where(asked)
            given.update((code, results) for code, results in session.execute(query.order_by(Delivery.attempt)))
    return [
        replace(line, note="; ".join(filter(None, (line.note, _note(given.get(line.dossier_code, ()))))))
        for line in lines
    ]


def office_of(desk: DeskContext, view: HandoverView) -> OfficeData:
    """The office as it was when the list went; as it is today for one that has not gone, or went long ago."""
    office = get_office(desk)
    query = (
        select(DossierEvent.details)
        .join(Dossier, Dossier.id == DossierEvent.dossier_id)
        .where(
            Dossier.code.in_([line.code for line in view.lines]), DossierEvent.step.in_((Step.HAND_OVER, Step.CORRECT))
        )
    )
    with desk.database.read() as session:
        for details in session.scalars(query):
            moved = details.get(HANDOVER, {})
            if moved.get("list") == view.id and moved.get("kind") != "received" and FROZEN in details:
                return _as_kept(office, details[FROZEN])
    return office


def office_on(desk: DeskContext, day: date) -> OfficeData:
    """The office as the last money of a day was taken; as it is today where none was, or long ago."""
    start = datetime.combine(day, time.min, VIETNAM)
    query = (
        select(DossierEvent.details)
        .join(Payment, and_(Payment.dossier_id == DossierEvent.dossier_id, Payment.event_number == DossierEvent.number))
        .where(Payment.at >= start, Payment.at < start + timedelta(days=1), Payment.kind == PAYMENT)
        .order_by(Payment.at.desc(), Payment.id.desc())
        .limit(1)
    )
    office = get_office(desk)
    with desk.database.read() as session:
        kept = (session.scalar(query) or {}).get(FROZEN)
    return _as_kept(office, kept) if kept else office


def _as_kept(office: OfficeData, kept: Mapping[str, Any]) -> OfficeData:
    return replace(office, **{name: kept[frozen] for name, frozen in _FROZEN_AS.items()})


def _note(results: Sequence[dict[str, str]]) -> str:
    if len(results) < 2 and not any("number" in result for result in results):
        return ""
    return "; ".join(" số ".join(filter(None, (result["name"], result.get("number")))) for result in results)
