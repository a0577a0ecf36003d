"""The desk's side of a comparison with the portal, read for a block of dossiers at once."""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from counter_app.models import Document, Dossier, DossierEvent, InboxEntry, OutboxMessage
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, portal_number
from counter_app.sync.comparing import Mark, OurDossier, OurFile, step_mark
from counter_app.sync.inbox import EntryKind, EntryState
from counter_app.sync.messages import MessageKind, wire_time
from counter_app.sync.outbox import MessageState

_FILE_LISTS = (("documents", "TepDinhKemId"), ("results", "GiayToId"))
"""Where an event keeps the files that the portal told of: its detail, and the digest in each entry."""
_RECORD_LISTS = (("TaiLieuNop", "TepDinhKemId"), ("DanhSachGiayToKetQua", "GiayToId"))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a dossier stood when it was read: another revision or message since means that it moved on."""

    revision: int
    last_message: int
    on_the_way: bool


@dataclass(frozen=True, slots=True)
class OurSide:
    """A dossier of a block."""

    id: int
    standing: Standing
    dossier: OurDossier


def ids_of_period(session: Session, first: date, last: date, behind: int) -> array[int]:
    """Ids above ``behind`` of the dossiers received or changed from ``first`` to ``last``, office days, in order.

    A month of a province (25,000) is 200 kilobytes; everything else is read block by block.
    """
    start, end = _start_of(first), _start_of(last + timedelta(days=1))
    changed = select(DossierEvent.dossier_id).where(DossierEvent.at >= start, DossierEvent.at < end)
    received = (Dossier.received_at >= start) & (Dossier.received_at < end)
    query = select(Dossier.id).where(Dossier.id > behind, or_(received, Dossier.id.in_(changed))).order_by(Dossier.id)
    return array("q", chain.from_iterable(session.connection().execute(query)))


def our_sides(session: Session, ids: Sequence[int]) -> list[OurSide]:
    """The dossiers with these ids, in order, as the desk has told of them."""
    rows = session.execute(
        select(Dossier.id, Dossier.code, Dossier.status, Dossier.portal_told)
        .where(Dossier.id.in_(ids))
        .order_by(Dossier.id)
    ).all()
    told = _told(session, ids)
    files = _files(session, ids)
    histories = _histories(session, ids)
    entries = _entries(session, [row.code for row in rows])
    states = standings(session, ids)
    found = []
    for row in rows:
        said, history = told[row.id], histories[row.id]
        uploaded, digests = files[row.id]
        known = digests | history.files | _named(said.record) | _named(row.portal_told)
        dossier = OurDossier(
            code=row.code,
            status=str(portal_number(Status(row.status))),
            statuses=frozenset(history.statuses),
            created=said.created,
            record=said.record,
            steps=tuple(said.steps),
            files=tuple(uploaded),
            known_steps=frozenset(history.marks | entries[row.code]),
            known_files=frozenset(known),
        )
        found.append(OurSide(row.id, states[row.id], dossier))
    return found


def standings(session: Session, ids: Sequence[int]) -> dict[int, Standing]:
    """Where these dossiers stand now."""
    waiting = func.max(case((OutboxMessage.state != MessageState.DONE, 1), else_=0))
    query = (
        select(Dossier.id, Dossier.revision, func.max(OutboxMessage.number), waiting)
        .outerjoin(OutboxMessage, OutboxMessage.dossier_id == Dossier.id)
        .where(Dossier.id.in_(ids))
        .group_by(Dossier.id)
    )
    return {row[0]: Standing(row[1], row[2] or 0, bool(row[3])) for row in session.execute(query)}


@dataclass(slots=True)
class _Told:
    """What the outbox has told of a dossier."""

    created: bool
    record: dict[str, Any] | None
    steps: list[dict[str, Any]]


@dataclass(slots=True)
class _History:
    """What the events say: steps and files that are known, and the statuses that were."""

    marks: set[Mark]
    files: set[str]
    statuses: set[str]


def _told(session: Session, ids: Sequence[int]) -> dict[int, _Told]:
    """The steps and the newest record; the many records before it are not read."""
    found: dict[int, _Told] = defaultdict(lambda: _Told(False, None, []))
    records = (MessageKind.CREATE, MessageKind.UPDATE)
    newest = (
        select(OutboxMessage.dossier_id, func.max(OutboxMessage.number).label("number"))
        .where(OutboxMessage.dossier_id.in_(ids), OutboxMessage.kind.in_(records))
        .group_by(OutboxMessage.dossier_id)
        .subquery()
    )
    is_newest = (newest.c.dossier_id == OutboxMessage.dossier_id) & (newest.c.number == OutboxMessage.number)
    for dossier_id, payload in session.execute(
        select(OutboxMessage.dossier_id, OutboxMessage.payload).join(newest, is_newest)
    ):
        found[dossier_id].record = json.loads(payload)
    for dossier_id, payload in session.execute(
        select(OutboxMessage.dossier_id, OutboxMessage.payload)
        .where(OutboxMessage.dossier_id.in_(ids), OutboxMessage.kind == MessageKind.STEP)
        .order_by(OutboxMessage.dossier_id, OutboxMessage.number)
    ):
        found[dossier_id].steps.append(json.loads(payload))
    created = select(OutboxMessage.dossier_id).where(
        OutboxMessage.dossier_id.in_(ids), OutboxMessage.kind == MessageKind.CREATE
    )
    for dossier_id in session.scalars(created):
        found[dossier_id].created = True
    return found


def _files(session: Session, ids: Sequence[int]) -> dict[int, tuple[list[OurFile], set[str]]]:
    """The documents that the desk sends, and the digests of all that it has; a result that was signed since is not
    named any more (``outgoing``)."""
    sent = set(
        session.scalars(
            select(OutboxMessage.document_id).where(
                OutboxMessage.dossier_id.in_(ids), OutboxMessage.kind == MessageKind.UPLOAD
            )
        )
    )
    found: dict[int, tuple[list[OurFile], set[str]]] = defaultdict(lambda: ([], set()))
    rows = session.scalars(select(Document).where(Document.dossier_id.in_(ids)).order_by(Document.id)).all()
    replaced = {row.signed_from_id for row in rows if row.result_code and row.uploaded_at is not None}
    for row in rows:
        files, digests = found[row.dossier_id]
        digests.add(row.sha256.lower())
        if row.id in sent and row.id not in replaced:
            component = row.result_code or row.component_code
            files.append(OurFile(row.sha256.lower(), component, row.file_name, bool(row.result_code)))
    return found


def _histories(session: Session, ids: Sequence[int]) -> dict[int, _History]:
    found: dict[int, _History] = defaultdict(lambda: _History(set(), set(), set()))
    query = select(DossierEvent.dossier_id, DossierEvent.at, DossierEvent.status_after, DossierEvent.details)
    for dossier_id, at, status, details in session.execute(query.where(DossierEvent.dossier_id.in_(ids))):
        history = found[dossier_id]
        number = str(portal_number(Status(status)))
        history.statuses.add(number)
        history.marks.add((wire_time(at), number))
        history.files |= _digests(details or {}, _FILE_LISTS)
    return found


def _entries(session: Session, codes: Sequence[str]) -> dict[str, set[Mark]]:
    """Steps that the feed brought; of those that are clashes a person decides, on their own list."""
    found: dict[str, set[Mark]] = defaultdict(set)
    query = select(InboxEntry.dossier_code, InboxEntry.payload).where(
        InboxEntry.dossier_code.in_(codes),
        InboxEntry.kind == EntryKind.STEP,
        InboxEntry.state != EntryState.UNREADABLE,
    )
    for code, payload in session.execute(query):
        data = json.loads(payload).get("DuLieu")
        if isinstance(data, dict):
            found[code].add(step_mark(data))
    return found


def _named(record: dict[str, Any] | None) -> set[str]:
    """Digests of the files that a record names."""
    return set() if record is None else _digests(record, _RECORD_LISTS)


def _digests(holder: dict[str, Any], lists: Iterable[tuple[str, str]]) -> set[str]:
    return {
        str(entry[key]).lower()
        for name, key in lists
        for entry in holder.get(name) or ()
        if isinstance(entry, dict) and entry.get(key)
    }


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM).astimezone(UTC)
