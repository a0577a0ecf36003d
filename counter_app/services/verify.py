"""Is everything sound? The database, every document's digest, every dossier's history."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from counter_app.models import BacklogResult, Document, Dossier, OutboxMessage
from counter_app.rules.lifecycle import Step, derive, is_open
from counter_app.rules.violation import RuleViolation
from counter_app.services.desk import DeskContext
from counter_app.services.history import corrected_status
from counter_app.storage import integrity_problems

_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what is wrong (empty: all sound)."""

    dossiers: int
    documents: int
    events: int
    problems: tuple[str, ...]


def verify(desk: DeskContext) -> Verification:
    """Check the database file, each document on disk, and that each status follows from its events."""
    problems = [f"Cơ sở dữ liệu: {text}" for text in integrity_problems(desk.database.path)]
    documents = _check_documents(desk, problems)
    dossiers, events = _check_histories(desk, problems)
    return Verification(dossiers, documents, events, tuple(problems))


def _check_documents(desk: DeskContext, problems: list[str]) -> int:
    with desk.database.read() as session:
        papers = select(Document.sha256, Document.size, Document.file_name)
        older = select(BacklogResult.sha256, BacklogResult.size, BacklogResult.file_name)
        both = papers.union_all(older.where(BacklogResult.sha256.is_not(None))).subquery()
        rows = session.execute(
            select(both.c.sha256, both.c.size, func.min(both.c.file_name)).group_by(both.c.sha256)
        ).all()
    for sha256, size, name in rows:
        problem = desk.documents.problem(sha256, size)
        if problem:
            problems.append(f"Tài liệu «{name}» ({sha256[:12]}…): {problem}. Hãy quét lại giấy tờ này.")
    return len(rows)


def _check_histories(desk: DeskContext, problems: list[str]) -> tuple[int, int]:
    dossiers = events = last = 0
    while True:
        with desk.database.read() as session:
            rows = session.scalars(
                select(Dossier)
                .where(Dossier.id > last)
                .order_by(Dossier.id)
                .limit(_BLOCK)
                .options(selectinload(Dossier.events))
            ).all()
            if not rows:
                return dossiers, events
            told = set(
                session.scalars(
                    select(OutboxMessage.dossier_id).where(OutboxMessage.dossier_id.in_([row.id for row in rows]))
                )
            )
            for row in rows:
                problems += _history_problems(row)
                if row.id not in told and row.events and row.events[0].step == Step.RECEIVE:
                    problems.append(f"Hồ sơ {row.code}: không có tin nào gửi cổng.")
            last = rows[-1].id
            dossiers += len(rows)
            events += sum(len(row.events) for row in rows)


def _order_problems(row: Dossier) -> list[str]:
    """Each event begins where the one before it ended."""
    problems = []
    for before, event in pairwise(row.events):
        if event.status_before != before.status_after or event.due_before != before.due_after:
            problems.append(f"Hồ sơ {row.code}: sự kiện {event.number} không nối với sự kiện trước.")
    return problems


def _history_problems(row: Dossier) -> list[str]:
    problems = []
    numbers = [event.number for event in row.events]
    if numbers != list(range(1, len(numbers) + 1)):
        problems.append(f"Hồ sơ {row.code}: lịch sử thiếu hoặc thừa sự kiện.")
    try:
        derived = derive(corrected_status(event) or Step(event.step) for event in row.events)
    except (RuleViolation, ValueError) as error:
        problems.append(f"Hồ sơ {row.code}: lịch sử không hợp lệ ({error}).")
    else:
        if derived.value != row.status:
            problems.append(f"Hồ sơ {row.code}: trạng thái «{row.status}» không khớp lịch sử («{derived.value}»).")
        if row.is_open != is_open(derived):
            problems.append(f"Hồ sơ {row.code}: dấu đang mở không khớp lịch sử.")
    problems += _order_problems(row)
    if row.events and row.due != row.events[-1].due_after:
        problems.append(f"Hồ sơ {row.code}: ngày hẹn không khớp sự kiện cuối.")
    return problems
