"""The differences with the portal as the clerk sees them, and the runs that found them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, case, func, select

from counter_app.models import Dossier, ReconciliationDifference, ReconciliationRun
from counter_app.services.desk import DeskContext
from counter_app.services.reconcile import LIVE, DifferenceState, Report, report_of
from counter_app.services.reconcile_mend import BY_HAND
from counter_app.services.spreadsheets import moment_cell, write_csv
from counter_app.sync.comparing import DifferenceKind, difference_label

_BLOCK: Final = 400
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
    """One difference for showing.

    ``followable``: the portal may be right, and the desk can take over what it has. ``advice`` says what a person
    can do where the program does not mend it.
    """

    id: int
    dossier_code: str
    kind: DifferenceKind
    label: str
    ours: str
    theirs: str
    mendable: bool
    followable: bool
    advice: str
    state: DifferenceState
    found_at: datetime
    seen_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str


class Shown(StrEnum):
    """Which differences to list: to be worked off, those of them that a person has to decide, or all ever found."""

    LIVE = "live"
    BY_HAND = "by_hand"
    ALL = "all"


def difference_ids(desk: DeskContext, shown: Shown = Shown.LIVE) -> array[int]:
    """Ids of the differences: what is to be worked off by dossier, then the rest, the newest first."""
    live = ReconciliationDifference.state.in_(LIVE)
    query = select(ReconciliationDifference.id).where(*_conditions(shown))
    query = query.order_by(
        case((live, 0), else_=1),
        case((live, ReconciliationDifference.dossier_id), else_=0),
        case((live, ReconciliationDifference.id), else_=-ReconciliationDifference.id),
    )
    with desk.database.read() as session:
        return array("q", chain.from_iterable(session.connection().execute(query)))


def differences(desk: DeskContext, ids: Sequence[int]) -> list[DifferenceRow]:
    """The differences with these ids (at most some hundreds), in this order."""
    query = (
        select(ReconciliationDifference, Dossier.code)
        .join(Dossier, Dossier.id == ReconciliationDifference.dossier_id)
        .where(ReconciliationDifference.id.in_(ids))
    )
    with desk.database.read() as session:
        found = {row.id: _row(row, code) for row, code in session.execute(query)}
    return [found[number] for number in ids if number in found]


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


def export_differences(desk: DeskContext, path: Path, shown: Shown = Shown.LIVE) -> int:
    """Write the list as CSV for a spreadsheet; returns the number of lines.

    Raises KnownError when the file cannot be written.
    """
    ids = difference_ids(desk, shown)
    blocks = (differences(desk, ids[start : start + _BLOCK]) for start in range(0, len(ids), _BLOCK))
    return write_csv(path, _CSV_HEAD, map(_cells, chain.from_iterable(blocks)))


def _conditions(shown: Shown) -> tuple[ColumnElement[bool], ...]:
    live = ReconciliationDifference.state.in_(LIVE)
    if shown is Shown.LIVE:
        return (live,)
    return (live, ~ReconciliationDifference.mendable) if shown is Shown.BY_HAND else ()


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
        followable=row.portal_step is not None,
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
        moment_cell(row.found_at),
        moment_cell(row.decided_at),
        row.decided_by,
        row.reason,
    )
