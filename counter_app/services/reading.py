"""Reading dossiers: one in full, a page of many, a search while one types."""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, case, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from counter_app.database import storage_error
from counter_app.models import (
    ApologyLetter,
    Applicant,
    Document,
    Dossier,
    DossierEvent,
    DossierFee,
    PortalFile,
    Procedure,
)
from counter_app.rules.apology import OPEN_LETTERS, LetterState
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.dossier_code import is_valid, normalise
from counter_app.rules.identity import fold, normalise_phone
from counter_app.rules.lifecycle import OPEN, Status, permitted_steps
from counter_app.services.desk import DeskContext
from counter_app.services.values import (
    ApplicantData,
    ComponentView,
    DocumentView,
    DossierView,
    EventView,
    FeeView,
    LimitView,
    PendingLetter,
    PortalFileView,
    QueueFilter,
    QueueRow,
)
from counter_app.sync.outbox_view import dossier_states

_CUT = 400
"""Rows asked for by id at once; SQLite takes a limited number of parameters."""


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Numbers over the queue; ``today`` = received today."""

    open: int
    overdue: int
    due_soon: int
    today: int
    by_status: dict[str, int]


def queue_ids(desk: DeskContext, wanted: QueueFilter) -> array[int]:
    """Ids of all dossiers of a filter in its order: a million of them are eight megabytes."""
    query = select(Dossier.id).where(*_conditions(desk, wanted)).order_by(*_order(wanted))
    with desk.database.read() as session:
        # Straight from the cursor: a list of a million rows would be ten times the array.
        return array("q", chain.from_iterable(session.connection().execute(query)))


def queue_rows(desk: DeskContext, ids: Sequence[int]) -> list[QueueRow]:
    """The rows with these ids, in this order; an id that is gone is left out."""
    with desk.database.read() as session:
        found = {row.id: row for start in range(0, len(ids), _CUT) for row in _rows(session, ids[start : start + _CUT])}
    return [found[number] for number in ids if number in found]


def list_dossiers(
    desk: DeskContext, wanted: QueueFilter, *, limit: int = 100, after: str = ""
) -> tuple[list[QueueRow], str]:
    """A page of dossiers and the cursor of the next page ("" at the end)."""
    query = select(Dossier.id).where(*_conditions(desk, wanted)).order_by(*_order(wanted)).limit(limit + 1)
    with desk.database.read() as session:
        if after:
            from counter_app.services.steps import find_dossier

            last = find_dossier(session, after)
            column = Dossier.due if wanted.by == "due" else Dossier.received_at
            value = last.due if wanted.by == "due" else last.received_at
            beyond = column < value if wanted.newest_first else column > value
            further = Dossier.id < last.id if wanted.newest_first else Dossier.id > last.id
            query = query.where(or_(beyond, and_(column == value, further)))
        ids = list(session.scalars(query))
    rows = queue_rows(desk, ids[:limit])
    return rows, rows[-1].code if len(ids) > limit else ""


def find(desk: DeskContext, typed: str, limit: int = 20) -> list[QueueRow]:
    """Dossiers by code, name with or without accents, personal number, telephone or a scanned barcode."""
    code = normalise(typed)
    with desk.database.read() as session:
        if is_valid(code):
            known = or_(_DOSSIER.c.code == code, _DOSSIER.c.portal_code == code)
            found = _queue_rows(session, _ROWS.where(known).limit(limit))
            if found:
                return found
        match = full_text_query(typed)
        if not match:
            return []
        return _queue_rows(session, _FOUND_ROWS, {"match": match, "limit": limit})


SEARCH = text("SELECT rowid FROM dossier_search WHERE dossier_search MATCH :match ORDER BY rowid DESC LIMIT :limit")
"""The newest first; the index holds rowids in order, so nothing is sorted."""


def full_text_query(typed: str) -> str:
    """Every word whole but the last, which may be unfinished; "" for a text without a letter or digit."""
    words = search_words(typed)
    if not words:
        return ""
    return " ".join([f'"{word}"' for word in words[:-1]] + [f'"{words[-1]}"*'])


def search_words(typed: str) -> list[str]:
    """The words of a text as the index has them; a number written in groups (0912 345 678) is one word."""
    if _GROUPED_NUMBER.fullmatch(typed.strip()):
        return [normalise_phone(typed)]
    return "".join(char if char.isalnum() else " " for char in fold(typed)).split()


_GROUPED_NUMBER = re.compile(r"(?:\+84|0)[0-9 .]{7,}")
"""A telephone or personal number as people read it out; a dossier code has dashes."""


def counts(desk: DeskContext) -> QueueCounts:
    """The numbers over the queue, by one pass over the open dossiers and one over each small index."""
    now = desk.clock()
    midnight = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    with desk.database.read() as session:
        by_status = dict(session.execute(select(Dossier.status, func.count()).group_by(Dossier.status)).all())
        late, soon = session.execute(
            select(
                func.coalesce(func.sum(case((is_late(now), 1), else_=0)), 0),
                func.coalesce(func.sum(case((_soon(now), 1), else_=0)), 0),
            ).where(Dossier.is_open)
        ).one()
        today = session.scalar(select(func.count()).where(Dossier.received_at >= midnight)) or 0
    open_now = sum(by_status.get(status.value, 0) for status in OPEN)
    return QueueCounts(open_now, late, soon, today, by_status)


def show(desk: DeskContext, code: str) -> DossierView:
    """Everything known of one dossier; UserError ``dossier_unknown``."""
    # Imported here: the queue, the first page of many a start, reads without them.
    from counter_app.services.catalogue import procedure_view
    from counter_app.services.offices import office_row
    from counter_app.services.scan_jobs import in_work
    from counter_app.services.settling import settling_office
    from counter_app.services.steps import find_dossier

    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        rows = _rows(session, [dossier.id])
        if not rows or dossier.procedure.field is None:
            # The foreign keys forbid it: only a damaged file has a dossier without its applicant or its field.
            raise storage_error(sqlite3.DatabaseError("malformed: a row that is named"), desk.database.path)
        row = rows[0]
        office = office_row(session, desk)
        settles = settling_office(dossier, office)
        return DossierView(
            row=row,
            procedure=procedure_view(dossier.procedure),
            case_name=dossier.case_name,
            applicant=applicant_data(dossier.applicant),
            submitter=applicant_data(dossier.submitter) if dossier.submitter else None,
            office_code=dossier.code.rsplit("-", 2)[0],
            desk_number=dossier.desk_number,
            channel=dossier.channel,
            return_by=dossier.return_by,
            money_state=dossier.money_state,
            delivery_state=dossier.delivery_state,
            limit=LimitView(dossier.limit_amount, dossier.limit_unit),
            first_due=dossier.first_due,
            returned_at=dossier.returned_at,
            shelf=dossier.shelf,
            sets=dossier.sets,
            note=dossier.note,
            register_number=dossier.register_number,
            components=tuple(
                ComponentView(item.code, item.name, item.originals, item.copies, item.required)
                for item in dossier.components
            ),
            fees=tuple(map(fee_view, dossier.fees)),
            documents=tuple(document_view(item) for item in dossier.documents),
            events=tuple(_event_view(item) for item in dossier.events),
            permitted_steps=tuple(step.value for step in permitted_steps(Status(dossier.status))),
            portal_files=_portal_files(session, dossier.id),
            letter=_pending_letter(session, dossier.id),
            settling_office=settles,
            responsible=dossier.unit or settles or office.name,
            scans_in_work=frozenset((component, result) for _, component, result in in_work(session, [dossier.id])),
        )


def _portal_files(session: Session, dossier_id: int) -> tuple[PortalFileView, ...]:
    """Files of the portal that are not documents of ours yet."""
    rows = session.scalars(
        select(PortalFile)
        .where(PortalFile.dossier_id == dossier_id, PortalFile.state != "fetched")
        .order_by(PortalFile.id)
    )
    names = PortalFileView.__dataclass_fields__
    return tuple(PortalFileView(**{name: getattr(row, name) for name in names}) for row in rows)


def _pending_letter(session: Session, dossier_id: int) -> PendingLetter | None:
    query = (
        select(ApologyLetter)
        .join(ApologyLetter.dossier)
        .where(ApologyLetter.dossier_id == dossier_id, letter_waits())
        .order_by(ApologyLetter.id.desc())
        .limit(1)
    )
    found = session.scalar(query)
    return None if found is None else PendingLetter(found.state, found.new_due, found.unit)


def applicant_data(row: Applicant) -> ApplicantData:
    """A person or body as a frozen value."""
    return ApplicantData(**{name: getattr(row, name) for name in ApplicantData.__dataclass_fields__})


def document_view(row: Document) -> DocumentView:
    """A document as a frozen value."""
    return DocumentView(
        row.id,
        row.component_code,
        row.result_code,
        row.file_name,
        row.sha256,
        row.size,
        row.pages,
        row.added_at,
        row.uploaded_at,
        row.from_portal,
    )


def fee_view(row: DossierFee) -> FeeView:
    """A fee of a dossier as a frozen value."""
    names = ("code", "name", "amount", "paid_at", "method", "collect_on", "full_amount", "exemption", "refunded_at")
    return FeeView(**{name: getattr(row, name) for name in names})


def _event_view(row: DossierEvent) -> EventView:
    return EventView(**{name: getattr(row, name) for name in EventView.__dataclass_fields__})


def is_late(at: datetime) -> ColumnElement[bool]:
    """Open and past due; while the clock stands only what was late before it stopped."""
    return and_(
        Dossier.is_open,
        Dossier.due < at,
        or_(Dossier.paused_at.is_(None), Dossier.paused_at > Dossier.due),
    )


def letter_waits() -> ColumnElement[bool]:
    """Somebody has to do something about a letter: sign it while a result is owed, deliver it as long as the result
    was not handed out (law.md, "Late")."""
    unsigned = and_(ApologyLetter.state.in_(OPEN_LETTERS), Dossier.is_open)
    undelivered = and_(ApologyLetter.state == LetterState.SIGNED, Dossier.status.in_((*OPEN, Status.FINISHED)))
    return or_(unsigned, undelivered)


def _soon(at: datetime) -> ColumnElement[bool]:
    return and_(Dossier.is_open, Dossier.due >= at, Dossier.due_soon_from <= at, Dossier.paused_at.is_(None))


def _conditions(desk: DeskContext, wanted: QueueFilter) -> list[ColumnElement[bool]]:
    at = wanted.as_of or desk.clock()
    conditions: list[ColumnElement[bool]] = []
    if wanted.scope == "open":
        conditions.append(Dossier.is_open.is_(True))
    elif wanted.scope == "overdue":
        conditions.append(is_late(at))
    elif wanted.scope == "due_soon":
        conditions.append(_soon(at))
    if wanted.status:
        conditions.append(Dossier.status == wanted.status)
    match = full_text_query(wanted.text)
    if match:
        matching = text("SELECT rowid FROM dossier_search WHERE dossier_search MATCH :match").bindparams(match=match)
        conditions.append(Dossier.id.in_(matching.columns(Dossier.id).scalar_subquery()))
    return conditions


def _order(wanted: QueueFilter) -> tuple[ColumnElement[Any], ...]:
    column: InstrumentedAttribute[Any] = Dossier.due if wanted.by == "due" else Dossier.received_at
    if wanted.newest_first:
        return column.desc(), Dossier.id.desc()
    return column.asc(), Dossier.id.asc()


def _rows(session: Session, ids: Sequence[int]) -> list[QueueRow]:
    return _queue_rows(session, _ROWS.where(_DOSSIER.c.id.in_(ids)))


def _queue_rows(session: Session, query: Executable, values: Mapping[str, Any] | None = None) -> list[QueueRow]:
    """The rows of ``_ROWS``, narrowed by the caller, each with what the outbox says of it.

    Columns rather than mapped objects: a search runs at every keystroke, and most of its time would go into
    building objects that are thrown away at once.
    """
    found: Sequence[Sequence[Any]] = session.connection().execute(query, values or {}).all()
    states = dossier_states(session, [row[0] for row in found])
    return [QueueRow(*(*row, states[row[0]].value)) for row in found]


_DOSSIER = Dossier.__table__
_APPLICANT = Applicant.__table__
_PROCEDURE = Procedure.__table__
_ROWS = select(
    _DOSSIER.c.id,
    _DOSSIER.c.code,
    _DOSSIER.c.portal_code,
    _APPLICANT.c.name,
    _PROCEDURE.c.name,
    _DOSSIER.c.status,
    _DOSSIER.c.is_open,
    _DOSSIER.c.received_at,
    _DOSSIER.c.due,
    _DOSSIER.c.due_soon_from,
    _DOSSIER.c.finished_at,
    _DOSSIER.c.paused_at,
    _DOSSIER.c.unit,
    _DOSSIER.c.apology_count,
).select_from(
    _DOSSIER.join(_APPLICANT, _DOSSIER.c.applicant_id == _APPLICANT.c.id).join(
        _PROCEDURE, _DOSSIER.c.procedure_id == _PROCEDURE.c.id
    )
)
"""The columns of a QueueRow in its order, all but the last."""

_FOUND_ROWS = _ROWS.where(_DOSSIER.c.id.in_(SEARCH.columns(_DOSSIER.c.id).scalar_subquery())).order_by(
    _DOSSIER.c.id.desc()
)
