"""What papers of many dossiers say of each as it was kept: results handed out, the office that handed it over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from counter_app.models import Delivery, Dossier, DossierEvent
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.handover_values import HandoverView
from counter_app.services.offices import get_office
from counter_app.services.paper_facts import FROZEN
from counter_app.services.register import RegisterLine
from counter_app.services.steps import HANDOVER
from counter_app.services.values import OfficeData

_CODES_A_QUERY = 500
_FROZEN_AS = {
    "name": "office_name",
    "governing_body": "governing_body",
    "desk_name": "desk_name",
    "letter_suffix": "letter_suffix",
    "place": "place",
}
"""What a letterhead has of an office, by the name under which an event froze it."""


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
                kept = details[FROZEN]
                return replace(office, **{name: kept[frozen] for name, frozen in _FROZEN_AS.items()})
    return office


def _note(results: Sequence[dict[str, str]]) -> str:
    if len(results) < 2 and not any("number" in result for result in results):
        return ""
    return "; ".join(" số ".join(filter(None, (result["name"], result.get("number")))) for result in results)
