"""A desk and a portal laid side by side once nothing waits: each thing on both, once, in order, equal."""

from __future__ import annotations

import hashlib
from collections import Counter

import requests
from sqlalchemy import select

from counter_app.models import Document, Dossier, OutboxMessage
from counter_app.rules.lifecycle import Status, portal_number
from counter_app.sandbox.portal import PracticePortal
from counter_app.services.desk import DeskContext
from counter_app.services.outgoing import SILENT_STEPS
from counter_app.services.verify import verify
from counter_app.sync.messages import wire_time


def differences(desk: DeskContext, portal: PracticePortal) -> list[str]:
    """What is not done, lacks, is there twice, out of order or not equal; what ``verify`` complains of."""
    held = portal.dossiers()
    found = list(verify(desk).problems)
    with desk.database.read() as session:
        for message in session.scalars(select(OutboxMessage).where(OutboxMessage.state != "done")):
            found.append(f"{message.dossier_code} {message.kind} is {message.state}: {message.last_error}")
        dossiers = session.scalars(select(Dossier)).all()
        for code in {dossier.code for dossier in dossiers} ^ set(held):
            found.append(f"{code} is on one side only")
        for dossier in dossiers:
            if dossier.code in held:
                found += _dossier_differences(dossier, held[dossier.code])
        ours = Counter(session.scalars(select(Document.sha256)))
    return found + _file_differences(ours, portal)


def _dossier_differences(dossier: Dossier, there: dict[str, object]) -> list[str]:
    found = []
    sent = [
        (wire_time(event.at), str(portal_number(Status(event.status_after))))
        for event in dossier.events
        if event.step not in SILENT_STEPS
    ]
    steps = [(one["ThoiDiemXuLy"], one["TrangThai"]) for one in _objects(there["TienDo"])]
    if sent != steps:
        found.append(f"{dossier.code}: steps {sent} here, {steps} there")
    if there["TrangThaiHoSo"] != str(portal_number(Status(dossier.status))):
        found.append(f"{dossier.code}: {dossier.status} here, {there['TrangThaiHoSo']} there")
    named = sorted(one["TepDinhKemId"] for one in _objects(there.get("TaiLieuNop", [])))
    if named != sorted(one.sha256 for one in dossier.documents):
        found.append(f"{dossier.code}: {len(dossier.documents)} documents here, {len(named)} named there")
    return found


def _file_differences(ours: Counter[str], portal: PracticePortal) -> list[str]:
    whole = [one for one in portal.files() if one["state"] == "complete"]
    theirs = Counter(one["sha256"] for one in whole)
    found = [f"file {digest[:12]} is {theirs[digest]} times there" for digest in ours | theirs if theirs[digest] != 1]
    for one in whole:
        content = requests.get(f"{portal.url}/practice/files/{one['id']}", timeout=10).content
        if hashlib.sha256(content).hexdigest() != one["sha256"]:
            found.append(f"file {one['sha256'][:12]} is not what it says")
    return found


def _objects(value: object) -> list[dict[str, str]]:
    assert isinstance(value, list)
    return value
