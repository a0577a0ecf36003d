"""Older results still in force, batch by batch: each with a record of its own, its file, and the rate."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from itertools import chain

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import BacklogBatch, BacklogResult
from counter_app.rules.backlog import BacklogPlace, backlog_code, read_backlog_code, warnings_of
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.digitising import percent
from counter_app.rules.names import fold, normalise_name
from counter_app.rules.personal_number import check_personal_number
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.insertion import insert_rows
from counter_app.services.offices import office_row
from counter_app.services.rules_bridge import rules_apply

_CUT = 400


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch and how far it is."""

    id: int
    name: str
    kind: str
    issuer: str
    results: int
    scanned: int

    @property
    def percent(self) -> float | None:
        """Scanned of all results, in percent; None for an empty batch."""
        return percent(self.scanned, self.results)


@dataclass(frozen=True, slots=True)
class OldResult:
    """What the clerk enters of an older result. ``kind`` and ``issuer`` "" are those of its batch."""

    number: str
    issued_on: date
    owner: str
    owner_number: str = ""
    kind: str = ""
    issuer: str = ""
    valid_until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OldResultView:
    """An older result as it is kept; ``sha256`` "" while it is not scanned."""

    id: int
    code: str
    batch_id: int
    batch_name: str
    entry: OldResult
    file_name: str
    sha256: str
    pages: int
    scanned_at: datetime | None
    scanned_by: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A result that was entered or scanned, and what the clerk should know."""

    result: OldResultView
    warnings: tuple[str, ...] = ()


def make_batch(desk: DeskContext, name: str, kind: str = "", issuer: str = "") -> int:
    """Begin a batch; its kind and issuer are those of every result that says nothing else. Its id.

    Raises UserError ``batch_unnamed``, ``batch_repeated``.
    """
    title = " ".join(plain(name).split())
    if not title:
        raise UserError("batch_unnamed", "Hãy đặt tên đợt, ví dụ «Hộ tịch 2019, hộp 12».")
    with desk.database.write() as session:
        if session.scalar(select(BacklogBatch.id).where(BacklogBatch.name == title)) is not None:
            raise UserError("batch_repeated", f"Đã có đợt «{title}». Hãy chọn đợt đó, hoặc đặt tên khác.")
        batch = BacklogBatch(
            name=title,
            kind=plain(kind),
            issuer=plain(issuer),
            made_at=desk.clock(),
            made_by=desk.settings.clerk,
        )
        session.add(batch)
        session.flush()
        _code_at(desk, batch.id, 1)
        return batch.id


def batches(desk: DeskContext) -> tuple[BatchView, ...]:
    """All batches with their rates, the latest first."""
    query = (
        select(
            BacklogBatch.id,
            BacklogBatch.name,
            BacklogBatch.kind,
            BacklogBatch.issuer,
            func.count(BacklogResult.id),
            func.count(BacklogResult.sha256),
        )
        .outerjoin(BacklogResult)
        .group_by(BacklogBatch.id)
        .order_by(BacklogBatch.id.desc())
    )
    with desk.database.read() as session:
        return tuple(BatchView(*row) for row in session.execute(query))


def enter(desk: DeskContext, batch_id: int, entry: OldResult) -> Entered:
    """Enter one result. Raises UserError ``batch_unknown``, ``number_missing``, ``owner_missing``,
    ``kind_missing``, ``day_invalid``, ``result_repeated`` (naming where it is)."""
    with desk.database.write() as session:
        batch = find_batch(session, batch_id)
        clean, warnings = checked_entry(desk, batch, entry)
        _refuse_repeated(desk, session, clean, None)
        (position,), _ = add_rows(desk, session, batch, [clean])
        code = _code_at(desk, batch.id, position)
        return Entered(view_of(desk, find_old(desk, session, code)), warnings)


def amend(desk: DeskContext, result_id: int, entry: OldResult) -> Entered:
    """Enter a result again as it should be; its number in the batch and its file stay. Raises as ``enter``."""
    with desk.database.write() as session:
        row = find_by_id(session, result_id)
        clean, warnings = checked_entry(desk, row.batch, entry)
        _refuse_repeated(desk, session, clean, row.id)
        _fill(row, clean)
        return Entered(view_of(desk, row), warnings)


def old_ids(desk: DeskContext, batch_id: int, *, missing: bool = False, typed: str = "") -> array[int]:
    """Ids of a batch in their order; with ``missing`` those not scanned, with ``typed`` by owner or number."""
    conditions: list[ColumnElement[bool]] = [BacklogResult.batch_id == batch_id]
    if missing:
        conditions.append(BacklogResult.sha256.is_(None))
    wanted = fold(typed)
    if wanted:
        conditions.append(
            or_(
                BacklogResult.owner_folded.contains(wanted, autoescape=True),
                BacklogResult.number_folded.startswith(wanted, autoescape=True),
                BacklogResult.owner_number == wanted,
            )
        )
    query = select(BacklogResult.id).where(*conditions).order_by(BacklogResult.position)
    with desk.database.read() as session:
        return array("q", chain.from_iterable(session.connection().execute(query)))


def old_rows(desk: DeskContext, ids: Sequence[int]) -> list[OldResultView]:
    """The results with these ids, in this order."""
    with desk.database.read() as session:
        found = {
            row.id: view_of(desk, row)
            for start in range(0, len(ids), _CUT)
            for row in session.scalars(select(BacklogResult).where(BacklogResult.id.in_(ids[start : start + _CUT])))
        }
    return [found[one] for one in ids if one in found]


def old_result(desk: DeskContext, code: str) -> OldResultView:
    """The result whose sheet has this code. Raises UserError ``backlog_unknown``."""
    with desk.database.read() as session:
        return view_of(desk, find_old(desk, session, code))


def find_batch(session: Session, batch_id: int) -> BacklogBatch:
    """The batch inside a unit of work; UserError ``batch_unknown``."""
    batch = session.get(BacklogBatch, batch_id)
    if batch is None:
        raise UserError("batch_unknown", "Không có đợt số hóa này. Hãy chọn một đợt trong danh sách.")
    return batch


def add_rows(
    desk: DeskContext, session: Session, batch: BacklogBatch, entries: Sequence[OldResult]
) -> tuple[list[int], list[OldResult]]:
    """New results at the end of their batch, inside the caller's unit of work: their positions, and those left out
    because they are there already. ``entries`` as ``checked_entry`` gives them."""
    last = session.scalar(select(func.max(BacklogResult.position)).where(BacklogResult.batch_id == batch.id)) or 0
    known = {_identity(row) for row in _same_numbers(session, entries)}
    rows: list[BacklogResult] = []
    repeated: list[OldResult] = []
    for entry in entries:
        if _identity(entry) in known:
            repeated.append(entry)
            continue
        known.add(_identity(entry))
        row = BacklogResult(
            batch_id=batch.id,
            position=last + len(rows) + 1,
            entered_at=desk.clock(),
            entered_by=desk.settings.clerk,
        )
        _fill(row, entry)
        rows.append(row)
    _code_at(desk, batch.id, last + max(len(rows), 1))
    insert_rows(session, rows)
    return [row.position for row in rows], repeated


def checked_entry(desk: DeskContext, batch: BacklogBatch, entry: OldResult) -> tuple[OldResult, tuple[str, ...]]:
    """The entry as it is kept, and what the clerk should know; raises as ``enter``."""
    clean = replace(
        entry,
        number=" ".join(plain(entry.number).split()),
        owner=normalise_name(plain(entry.owner)),
        owner_number="".join(plain(entry.owner_number).split()),
        kind=plain(entry.kind) or batch.kind,
        issuer=plain(entry.issuer) or batch.issuer,
        note=plain(entry.note),
    )
    for value, kind, words in (
        (clean.number, "number_missing", "số của kết quả"),
        (clean.owner, "owner_missing", "tên chủ sở hữu"),
        (clean.kind, "kind_missing", "loại kết quả"),
    ):
        if not value:
            raise UserError(kind, f"Hãy nhập {words}.", field=kind.removesuffix("_missing"))
    with rules_apply():
        warnings = warnings_of(clean.issued_on, clean.valid_until, desk.clock().astimezone(VIETNAM).date())
    if clean.owner_number:
        warnings += tuple(check_personal_number(clean.owner_number))
    return clean, warnings


def _refuse_repeated(desk: DeskContext, session: Session, entry: OldResult, own: int | None) -> None:
    """The same number of the same day, kind and issuer is the same paper."""
    for row in _same_numbers(session, [entry]):
        if row.id != own and _identity(row) == _identity(entry):
            raise UserError(
                "result_repeated",
                f"Kết quả số {row.number} ngày {row.issued_on:%d/%m/%Y} đã có: {row.owner}, đợt «{row.batch.name}», "
                f"mã {code_of(desk, row)}. Hãy kiểm tra lại số và ngày.",
            )


def _identity(one: OldResult | BacklogResult) -> tuple[str, date, str, str]:
    return fold(one.number), one.issued_on, fold(one.kind), fold(one.issuer)


def _same_numbers(session: Session, entries: Sequence[OldResult]) -> Iterator[BacklogResult]:
    numbers = sorted({fold(entry.number) for entry in entries})
    for start in range(0, len(numbers), _CUT):
        wanted = BacklogResult.number_folded.in_(numbers[start : start + _CUT])
        yield from session.scalars(select(BacklogResult).where(wanted))


def _fill(row: BacklogResult, entry: OldResult) -> None:
    for item in fields(OldResult):
        setattr(row, item.name, getattr(entry, item.name))
    row.number_folded, row.owner_folded = fold(entry.number), fold(entry.owner)


def find_by_id(session: Session, result_id: int) -> BacklogResult:
    """The result inside a unit of work; UserError ``backlog_unknown``."""
    row = session.get(BacklogResult, result_id)
    if row is None:
        raise UserError("backlog_unknown", "Không có kết quả này trong danh sách. Hãy tải lại danh sách.")
    return row


def find_old(desk: DeskContext, session: Session, code: str) -> BacklogResult:
    """The result with this code inside a unit of work; UserError ``backlog_unknown``."""
    place = read_backlog_code(code)
    row = _at(session, place) if place is not None else None
    if row is None or code_of(desk, row) != code.strip().upper():
        raise UserError("backlog_unknown", f"Không có kết quả cũ mã «{code}». Hãy kiểm tra tờ ngăn của đợt.")
    return row


def _at(session: Session, place: BacklogPlace) -> BacklogResult | None:
    return session.scalar(
        select(BacklogResult).where(BacklogResult.batch_id == place.batch, BacklogResult.position == place.position)
    )


def code_of(desk: DeskContext, row: BacklogResult) -> str:
    """The code of a result, as on its sheet and in the name of its file."""
    return _code_at(desk, row.batch_id, row.position)


def old_facts(desk: DeskContext, session: Session, row: BacklogResult) -> dict[str, str]:
    """What the document of a result says of itself, besides who scanned it when."""
    return {
        "title": f"{row.kind} số {row.number} ngày {row.issued_on:%d/%m/%Y}",
        "dossier_code": code_of(desk, row),
        "component_code": row.number,
        "component_name": row.kind,
        "office": office_row(session, desk).name,
    }


def _code_at(desk: DeskContext, batch_id: int, position: int) -> str:
    with rules_apply():
        return backlog_code(desk.settings.office, BacklogPlace(batch_id, position))


def view_of(desk: DeskContext, row: BacklogResult) -> OldResultView:
    """A result as a frozen value."""
    return OldResultView(
        id=row.id,
        code=code_of(desk, row),
        batch_id=row.batch_id,
        batch_name=row.batch.name,
        entry=OldResult(**{item.name: getattr(row, item.name) for item in fields(OldResult)}),
        file_name=row.file_name,
        sha256=row.sha256 or "",
        pages=row.pages,
        scanned_at=row.scanned_at,
        scanned_by=row.scanned_by,
    )
