"""What must hold of desk and portal: at every moment, and once nothing waits any more."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sync_world import World

from counter_app.models import (
    Applicant,
    Document,
    Dossier,
    DossierEvent,
    DossierFee,
    InboxEntry,
    NumberSeries,
    OutboxMessage,
)
from counter_app.rules.lifecycle import Status, Step, portal_number
from counter_app.services.desk import DeskContext
from counter_app.services.outgoing import SILENT_STEPS
from counter_app.services.verify import verify
from counter_app.sync.inbox import EntryKind
from counter_app.sync.messages import wire_time

RESULTS = "DanhSachGiayToKetQua"
Mark = tuple[str, str]


def written(desk: DeskContext) -> dict[str, object]:
    """How much the desk has written, and the last number of each of its series."""
    with desk.database.read() as session:
        counts: dict[str, object] = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table))
            for table in (Applicant, Dossier, DossierEvent, DossierFee, Document, OutboxMessage, InboxEntry)
        }
        return counts | {one.name: one.last for one in session.scalars(select(NumberSeries))}


def check_at_any_time(world: World) -> None:
    """Nothing is on the portal twice or out of order, and what the desk calls done is there."""
    held = world.portal.dossiers()
    whole = _whole(world)
    with world.desk.database.read() as session:
        dossiers = {one.code: one for one in session.scalars(select(Dossier))}
        assert set(held) - set(world.pushed.online) <= set(dossiers), (
            "the portal knows a dossier that the desk does not"
        )
        for code in held.keys() & dossiers.keys():
            there, ours = _steps_of_the_desk(world, code, held[code]), _own_steps(dossiers[code])
            assert there == ours[: len(there)], f"{code}: the portal has the steps {there}, the desk {ours}"
        sent = [one.sha256 for one in session.scalars(select(Document).where(~Document.from_portal))]
        assert not whole - Counter(sent), "a document is on the portal twice, or is nobody's"
        _check_done_is_there(session, held, whole)


def check_agreed(world: World) -> None:
    """Nothing waits: both sides are equal, each thing once and in order."""
    check_at_any_time(world)
    held = world.portal.dossiers()
    with world.desk.database.read() as session:
        messages = list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.dossier_id, OutboxMessage.number)))
        left = [one for one in messages if one.state != "done"]
        assert not left, [(one.dossier_code, one.number, one.kind, one.state, one.last_error) for one in left]
        dossiers = list(session.scalars(select(Dossier)))
        assert {one.code for one in dossiers} == set(held), "a dossier is on one side only"
        assert {one.dossier_id for one in messages} <= {one.id for one in dossiers}, "a message without its dossier"
        for dossier in dossiers:
            own = [one for one in messages if one.dossier_id == dossier.id]
            code = dossier.code
            assert {one.dossier_code for one in own} <= {code}, f"{code}: a message of another dossier"
            assert [one.number for one in own] == list(range(1, len(own) + 1)), f"{code}: a message is missing"
            creates = [one.kind for one in own].count("create")
            assert creates == (code not in world.pushed.online), f"{code}: {creates} messages make it known"
            _check_dossier(world, dossier, own, held[dossier.code])
        every = Counter(one.sha256 for one in session.scalars(select(Document).where(~Document.from_portal)))
        assert _whole(world) == every, "a document is on one side only"
        _check_feed(world, session)
    assert not (problems := verify(world.desk).problems), problems


def _check_done_is_there(session: Session, held: dict[str, Any], whole: Counter[str]) -> None:
    for message in session.scalars(select(OutboxMessage).where(OutboxMessage.state == "done")):
        name = f"{message.dossier_code} {message.kind} {message.number} is done"
        if message.kind == "upload":
            document = session.get(Document, message.document_id)
            assert document is not None
            assert document.sha256 in whole, name
            continue
        assert message.dossier_code in held, name
        if message.kind == "step":
            sent = json.loads(message.payload)
            steps = [_mark(one) for one in held[message.dossier_code]["TienDo"]]
            assert _mark(sent) in steps, name


def _check_dossier(world: World, dossier: Dossier, messages: list[OutboxMessage], there: dict[str, Any]) -> None:
    code = dossier.code
    told = [_mark(json.loads(one.payload)) for one in messages if one.kind == "step"]
    assert told == _own_steps(dossier), f"{code}: each step of the desk has one message"
    uploads = [one.document_id for one in messages if one.kind == "upload"]
    assert sorted(uploads) == sorted(one.id for one in _own_documents(dossier)), f"{code}: each document has one upload"
    there_steps, ours = _steps_of_the_desk(world, code, there), _own_steps(dossier)
    assert there_steps == ours, f"{code}: the portal has the steps {there_steps}, the desk {ours}"
    records = [one for one in messages if one.kind in ("create", "update")]
    if records:
        newest = json.loads(records[-1].payload)
        kept = {name: value for name, value in newest.items() if name != RESULTS or code not in world.pushed.results}
        differing = {name: (there.get(name), value) for name, value in kept.items() if there.get(name) != value}
        assert not differing, f"{code}: portal and desk differ in {differing}"
    papers = [one.sha256 for one in _own_documents(dossier) if not one.result_code]
    results = [one.sha256 for one in _own_documents(dossier) if one.result_code]
    named = [one["TepDinhKemId"] for one in there.get("TaiLieuNop", [])]
    assert Counter(papers) == Counter(named) - Counter(world.pushed.online.get(code, [])), f"{code}: papers"
    if code not in world.pushed.results:
        assert Counter(one["GiayToId"] for one in there.get(RESULTS, [])) == Counter(results), f"{code}: results"


def _check_feed(world: World, session: Session) -> None:
    """Each entry of the feed once; one that could not be applied is a clash for a person, never lost."""
    entries = list(session.scalars(select(InboxEntry)))
    assert len({one.digest for one in entries}) == world.pushed.entries, "an entry of the feed was lost"
    # A calendar may truly go back to what it was, so a run of them that the feed repeats is followed to its end.
    once = [one.digest for one in entries if one.kind != EntryKind.CALENDAR]
    assert len(set(once)) == len(once), "an entry of the feed was taken twice"
    assert {one.state for one in entries} <= {"applied", "clash"}, [one.error for one in entries]
    refused = [one.error for one in entries if one.kind == "HoSoMoi" and one.state != "applied"]
    assert not refused, f"an online dossier stands in the way of itself: {refused}"
    for dossier in session.scalars(select(Dossier)):
        told = [_told_mark(one) for one in entries if one.dossier_code == dossier.code and one.state == "applied"]
        taken = [(event.step, tuple(event.details["portal_step"])) for event in dossier.events if _is_theirs(event)]
        assert len(set(taken)) == len(taken), f"{dossier.code}: a step of the portal was taken twice: {taken}"
        assert {at for _, (at, _) in taken} <= {at for at, _ in told}, f"{dossier.code}: a step that nobody told"
        had = {portal_number(Status(event.status_after)) for event in dossier.events}
        assert {number for _, number in told} <= had, f"{dossier.code}: a step of the portal was lost"


def _told_mark(entry: InboxEntry) -> tuple[str, int]:
    """When and to which status the portal's side brought the dossier."""
    data = json.loads(entry.payload)["DuLieu"]
    if entry.kind == "HoSoMoi":
        return data["NgayNopHoSo"], portal_number(Status.REGISTERED)
    status = portal_number(Status.FINISHED) if entry.kind == "KetQua" else int(data["TrangThai"])
    return data["ThoiDiemXuLy"], status


def _is_theirs(event: DossierEvent) -> bool:
    return bool(event.details.get("from_portal"))


def _own_documents(dossier: Dossier) -> list[Document]:
    return [one for one in dossier.documents if not one.from_portal]


def _own_steps(dossier: Dossier) -> list[Mark]:
    return [
        (wire_time(event.at), str(portal_number(Status(event.status_after))))
        for event in dossier.events
        if _is_told(event) and not _is_theirs(event)
    ]


def _is_told(event: DossierEvent) -> bool:
    """An online dossier is known to the portal before it is received: its reception is a step like any other."""
    return event.step not in SILENT_STEPS or (event.step == Step.RECEIVE and event.number > 1)


def _steps_of_the_desk(world: World, code: str, there: dict[str, Any]) -> list[Mark]:
    theirs = world.pushed.steps.get(code, [])
    return [mark for mark in map(_mark, there["TienDo"]) if mark not in theirs]


def _mark(step: dict[str, Any]) -> Mark:
    return step["ThoiDiemXuLy"], step["TrangThai"]


def _whole(world: World) -> Counter[str]:
    """Digests of the complete files that came from the desk."""
    return Counter(
        one["sha256"]
        for one in world.portal.files()
        if one["state"] == "complete" and one["id"] not in world.pushed.files
    )
