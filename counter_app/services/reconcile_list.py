"""The differences with the portal as the clerk sees them, and the runs that found them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Select, func, select

from counter_app.database import storage_error
from counter_app.models import Dossier, ReconciliationDifference, ReconciliationRun
from counter_app.rules.calendar import VIETNAM
from counter_app.services.desk import DeskContext
from counter_app.services.reconcile import LIVE, DifferenceState, Report, report_of
from counter_app.services.reconcile_mend import BY_HAND
from counter_app.sync.comparing import DifferenceKind, difference_label

_BLOCK: Final = 500
_CSV_HEAD: Final = (
    "Mã hồ sơ",
    "Sai lệch",
    "Ở quầy",
    "Trên cổng",
    "Trạng thái",
    "Tìm thấy lúc",
    "Xử lý lúc",
    "Người xử lý",
    "Lý do",
)
STATE_WORDS: Final = {
    DifferenceState.OPEN: "chưa xử lý",
    DifferenceState.MENDING: "đang gửi lại",
    DifferenceState.MENDED: "đã khớp",
    DifferenceState.ACCEPTED: "đã chấp nhận",
}


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One difference for showing; ``advice`` says what a person can do where the program does not mend it."""

    id: int
    dossier_code: str
    kind: DifferenceKind
    label: str
    ours: str
    theirs: str
    mendable: bool
    advice: str
    state: DifferenceState
    found_at: datetime
    seen_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str


def list_differences(desk: DeskContext, *, settled: bool = False, limit: int = 500) -> list[DifferenceRow]:
    """What is to be worked off, the oldest first; with ``settled`` also the rest, behind it, the newest first."""
    with desk.database.read() as session:
        rows = [_row(*row) for row in session.execute(_rows(LIVE).limit(limit))]
        if settled and len(rows) < limit:
            others = _rows((DifferenceState.MENDED, DifferenceState.ACCEPTED), newest_first=True)
            rows += [_row(*row) for row in session.execute(others.limit(limit - len(rows)))]
    return rows


def count_open(desk: DeskContext) -> int:
    """How many differences are to be worked off."""
    query = select(func.count()).where(ReconciliationDifference.state.in_(LIVE))
    with desk.database.read() as session:
        return session.scalar(query) or 0


def last_run(desk: DeskContext, *, automatic: bool | None = None) -> Report | None:
    """The newest comparison, or the newest of one kind; None before the first."""
    query = select(ReconciliationRun).order_by(ReconciliationRun.id.desc()).limit(1)
    if automatic is not None:
        query = query.where(ReconciliationRun.automatic == automatic)
    with desk.database.read() as session:
        run = session.scalar(query)
        return None if run is None else report_of(run)


def export_differences(desk: DeskContext, path: Path, *, settled: bool = False) -> int:
    """Write the list as CSV for a spreadsheet (UTF-8 with BOM); returns the number of lines.

    A cell that a spreadsheet would take for a formula begins with an apostrophe. Raises KnownError when the file
    cannot be written.
    """
    states = tuple(DifferenceState) if settled else LIVE
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_CSV_HEAD)
            count = 0
            for row in _all(desk, states):
                writer.writerow(map(_safe_cell, _cells(row)))
                count += 1
    except OSError as error:
        raise storage_error(error, path) from error
    return count


def _all(desk: DeskContext, states: Sequence[DifferenceState]) -> Iterator[DifferenceRow]:
    """Every difference in these states, read block by block."""
    last = 0
    while True:
        query = _rows(states).where(ReconciliationDifference.id > last).limit(_BLOCK)
        with desk.database.read() as session:
            rows = [_row(*row) for row in session.execute(query)]
        yield from rows
        if len(rows) < _BLOCK:
            return
        last = rows[-1].id


def _rows(states: Iterable[DifferenceState], *, newest_first: bool = False) -> Select[Any]:
    order = ReconciliationDifference.id.desc() if newest_first else ReconciliationDifference.id
    return (
        select(ReconciliationDifference, Dossier.code)
        .join(Dossier, Dossier.id == ReconciliationDifference.dossier_id)
        .where(ReconciliationDifference.state.in_(tuple(states)))
        .order_by(order)
    )


def _row(row: ReconciliationDifference, code: str) -> DifferenceRow:
    kind = DifferenceKind(row.kind)
    return DifferenceRow(
        id=row.id,
        dossier_code=code,
        kind=kind,
        label=difference_label(kind, row.subject),
        ours=row.ours,
        theirs=row.theirs,
        mendable=row.mendable,
        advice="" if row.mendable else BY_HAND[kind],
        state=DifferenceState(row.state),
        found_at=row.found_at,
        seen_at=row.seen_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
    )


def _cells(row: DifferenceRow) -> tuple[str, ...]:
    return (
        row.dossier_code,
        row.label,
        row.ours,
        row.theirs,
        STATE_WORDS[row.state],
        _shown(row.found_at),
        _shown(row.decided_at),
        row.decided_by,
        row.reason,
    )


def _shown(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")


def _safe_cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
