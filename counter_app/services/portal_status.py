"""Steps and results that the processing unit tells through the portal, as steps of the desk's own lifecycle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier
from counter_app.rules.lifecycle import CLOCK_TOLERANCE, Status, Step
from counter_app.rules.portal_steps import steps_told
from counter_app.rules.violation import RuleViolation
from counter_app.services.desk import DeskContext
from counter_app.services.history import append_event, came_from
from counter_app.services.online_dossiers import is_online
from counter_app.services.portal_told import (
    PORTAL,
    RESULTS,
    NotFitting,
    ToldStep,
    entries,
    give_back_after_race,
    keep_files,
)
from counter_app.services.steps import StepInput, Taking, carry_out
from counter_app.sync.messages import parse_wire_time, wire_time

_RESULT_MARKS = ("DuongDanTepTinKetQua", "MaGiayToKetQua", "GiayToId")


def take_told_step(session: Session, desk: DeskContext, dossier: Dossier, data: Mapping[str, Any]) -> None:
    """Apply a step; one that we have, sent by us or told before, changes nothing, nor does one that comes late.

    Late is a step older than another that the portal told of the same dossier. Raises NotFitting, or LookupError
    and ValueError for what is no step.
    """
    told = ToldStep.read(data)
    if _known(dossier, told) or _late(dossier, told) or _our_reception(dossier, told):
        return
    _take(session, desk, dossier, told, {})
    give_back_after_race(session, desk, dossier, told.at)


def take_told_results(session: Session, desk: DeskContext, dossier: Dossier, data: Mapping[str, Any]) -> None:
    """Results of the processing unit: the dossier is finished, the papers are kept to be fetched.

    Raises NotFitting, or LookupError and ValueError for what names no result.
    """
    if RESULTS not in data:
        raise ValueError(f"Cổng báo có kết quả nhưng không nêu giấy tờ nào ({RESULTS}). Hãy kiểm tra trên cổng.")
    now = desk.clock().replace(microsecond=0)
    at = parse_wire_time(str(data.get("ThoiDiemXuLy") or "")) or now
    told = ToldStep(at, wire_time(at), Status.FINISHED, PORTAL, "", "", None)
    new = keep_results(dossier, data)
    keep_files(session, dossier, now)
    details = {"files": [{"name": str(item.get("TenGiayTo") or "")} for item in new]}
    if dossier.status in (Status.FINISHED, Status.RETURNED):
        if not new:
            return
        append_event(
            desk,
            dossier,
            Step.ATTACH,
            at=moment_told(dossier, at, now),
            entered_at=now,
            status_after=Status(dossier.status),
            due_after=dossier.due,
            details={**told.marks(), **details},
            actor=PORTAL,
        )
    else:
        _take(session, desk, dossier, told, details)
    give_back_after_race(session, desk, dossier, at)


def keep_results(dossier: Dossier, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Add results to what the portal told of the dossier; answers those that are new, and not our own come back."""
    told = dossier.portal_told or {}
    before = entries(told, RESULTS)
    known = {str(item[mark]) for item in before for mark in _RESULT_MARKS if item.get(mark)}
    known |= {item.upload_url for item in dossier.documents if item.upload_url}
    new = [
        item
        for item in entries(data, RESULTS)
        if not any(str(item[mark]) in known for mark in _RESULT_MARKS if item.get(mark))
    ]
    if new:
        dossier.portal_told = {**told, RESULTS: before + new}
    return new


def moment_told(dossier: Dossier, at: datetime, now: datetime) -> datetime:
    """When a step that the portal tells stands in the history: in order, and never ahead of the desk's own clock.

    A portal's clock that runs ahead would keep the desk from taking any step; its own time is kept beside.
    """
    return max(min(at, now), dossier.events[-1].at)


def _take(session: Session, desk: DeskContext, dossier: Dossier, told: ToldStep, details: dict[str, Any]) -> None:
    now = desk.clock().replace(microsecond=0)
    try:
        for step in steps_told(Status(dossier.status), told.status, came_from=came_from(dossier)):
            at = moment_told(dossier, told.at, now)
            method = "online" if step is Step.PAY else ""
            given = StepInput(reason=told.content, unit=told.unit, new_due=told.due, method=method)
            taking = Taking(desk, session, dossier, step, given, at, from_portal=True)
            carry_out(taking, now, actor=told.actor, details={**told.marks(), **details})
    except (RuleViolation, UserError) as refusal:
        raise NotFitting(dossier, refusal.message) from refusal
    if told.status is Status.PROCESSING and told.unit:
        dossier.unit = told.unit


def _known(dossier: Dossier, told: ToldStep) -> bool:
    mark = [told.wire_at, told.status.value]
    return any(
        (event.at == told.at and event.status_after == told.status) or event.details.get("portal_step") == mark
        for event in dossier.events
    )


def _late(dossier: Dossier, told: ToldStep) -> bool:
    """A step that the portal dated ahead of when the desk heard of it makes no other one late."""
    return any(
        event.details["portal_step"][0] > told.wire_at
        and event.details["portal_step"][0] <= wire_time(event.entered_at + CLOCK_TOLERANCE)
        for event in dossier.events
        if "portal_step" in event.details
    )


def _our_reception(dossier: Dossier, told: ToldStep) -> bool:
    """The portal's own word for a record that the desk created: both say received, by nobody else."""
    return told.status is Status.RECEIVED and dossier.status == Status.RECEIVED and not is_online(dossier)
