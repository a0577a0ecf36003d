"""What waits for the portal goes into one signed, encrypted file, and is held back here meanwhile.

The order is what makes it safe: first the messages are held back and marked unseen, in one transaction; then the
file is written under another name, synced and renamed. A program that dies in between leaves messages that wait
for nothing worse than a look-up (docs/decisions/005-rescue-file.md).
"""

from __future__ import annotations

import errno
import hashlib
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session, aliased
from uuid6 import uuid7

from counter_app.errors import KnownError, UserError
from counter_app.models import Document, Dossier, OutboxMessage, RescueExport, RescueItem
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.offices import office_row
from counter_app.services.rescue_file import RescueWriter, file_size
from counter_app.services.rescue_terms import (
    FILE_FORMAT,
    HOLD,
    MARGIN,
    PLACEHOLDER,
    check_profile,
    file_line,
)
from counter_app.services.rescue_words import passphrase_bytes
from counter_app.sync import outbox
from counter_app.sync.lock import SyncerLock
from counter_app.sync.messages import MessageKind, update_message
from counter_app.sync.outbox import MessageState
from counter_app.whole_files import sync_folder, whole_file

_LOCK_TRIES: Final = 50
_LOCK_PAUSE: Final = 0.2
_PIECE: Final = 1024 * 1024

Tell = Callable[[int, int], None]
"""Hears how many of how many dossiers are done; what it raises ends the work."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What went into the file. ``left_out``: documents whose stored file is damaged, by name and dossier."""

    id: str
    file: Path
    dossiers: int
    messages: int
    size: int
    send_until: datetime
    held_until: datetime
    left_out: tuple[str, ...]


def export_rescue(desk: DeskContext, target: Path, passphrase: str, tell: Tell | None = None) -> Exported:
    """Write what waits into ``target`` and hold it back from this desk's own sending.

    Dossiers with a message that needs attention stay here, since what follows it may not overtake it. Raises
    UserError ``rescue_passphrase_short``, ``rescue_profile``, ``rescue_nothing``, ``rescue_target_exists``;
    KnownError ``rescue_busy`` (the syncer is at work), ``rescue_no_room``, ``rescue_not_written``. Whatever is
    raised before the file has its name gives the messages back.
    """
    passphrase_bytes(passphrase)
    check_profile(desk)
    if target.exists():
        raise UserError("rescue_target_exists", f"Đã có tệp «{target}». Hãy chọn tên khác để không ghi đè tệp cũ.")
    export_id = str(UUID(int=uuid7().int))
    with _syncer_stands_still(desk), desk.database.write() as session:
        held = _hold(session, desk, export_id, target.name)
    export = _Export(desk, held)
    try:
        export.write(target, passphrase, tell or (lambda _done, _of: None))
    except BaseException:
        if not export.has_name:
            give_back(desk, export_id)
        raise
    return export.finish(target)


def give_back(desk: DeskContext, export_id: str) -> None:
    """Undo the hold of a file that never came about."""
    with desk.database.write() as session:
        _release(session, _items(export_id), desk.clock())
        session.execute(delete(RescueItem).where(RescueItem.export_id == export_id))
        session.execute(delete(RescueExport).where(RescueExport.id == export_id))


@dataclass(frozen=True, slots=True)
class _Held:
    """What an export has taken out of the queue; the dossiers in the order of their oldest message."""

    export_id: str
    receipt_key: bytes
    exported_at: datetime
    dossier_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Scan:
    """A document whose bytes go into the file."""

    name: str
    sha256: str


@contextmanager
def _syncer_stands_still(desk: DeskContext) -> Iterator[None]:
    """Nothing may be under way while messages are taken out of the queue."""
    lock = SyncerLock(desk.database, desk.clock)
    pause = threading.Event()
    for _ in range(_LOCK_TRIES):
        if lock.acquire():
            break
        pause.wait(_LOCK_PAUSE)
    else:
        raise KnownError("rescue_busy", "Chương trình đang gửi dữ liệu lên cổng. Hãy đợi gửi xong rồi xuất tệp.")
    try:
        yield
    finally:
        lock.release()


def _hold(session: Session, desk: DeskContext, export_id: str, file_name: str) -> _Held:
    """Mark what waits as held and unseen."""
    now = desk.clock()
    outbox.recover(session, now)
    waiting = (OutboxMessage.state == MessageState.WAITING) & ~_blocked()
    rows = session.execute(
        select(OutboxMessage.id, OutboxMessage.dossier_id).where(waiting).order_by(OutboxMessage.id)
    ).all()
    if not rows:
        raise UserError(
            "rescue_nothing", "Không có gì chờ gửi nên không cần tệp cứu hộ. Xem trang Đồng bộ để biết chi tiết."
        )
    held = _Held(export_id, secrets.token_bytes(32), now, tuple(dict.fromkeys(row.dossier_id for row in rows)))
    session.add(
        RescueExport(
            id=export_id,
            file_name=file_name,
            receipt_key=held.receipt_key,
            dossiers=len(held.dossier_ids),
            messages=len(rows),
            exported_at=now,
            held_until=now + HOLD + MARGIN,
        )
    )
    session.flush()
    session.add_all(RescueItem(export_id=export_id, message_id=row.id) for row in rows)
    session.flush()
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(_items(export_id)))
        .values(state=MessageState.HELD, unseen=True)
    )
    return held


def _items(export_id: str) -> Any:
    return select(RescueItem.message_id).where(RescueItem.export_id == export_id)


def _blocked() -> ColumnElement[bool]:
    """True where the dossier has something that this file may not overtake."""
    other = aliased(OutboxMessage)
    return (
        select(other.id)
        .where(
            other.dossier_id == OutboxMessage.dossier_id,
            ((other.state == MessageState.NEEDS_ATTENTION) & (other.kind != MessageKind.UPLOAD))
            | (other.state == MessageState.HELD),
        )
        .exists()
    )


def _release(session: Session, message_ids: Any, now: datetime) -> None:
    """Let messages wait again: records and steps to be looked up first, documents as they are."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(message_ids), OutboxMessage.state == MessageState.HELD)
        .values(
            state=MessageState.WAITING,
            unseen=OutboxMessage.kind != MessageKind.UPLOAD,
            next_attempt_at=now,
        )
    )


class _Export:
    """The writing of one file."""

    def __init__(self, desk: DeskContext, held: _Held) -> None:
        self.has_name = False
        """From then on another desk may send the file."""
        self._desk = desk
        self._held = held
        self._damaged: dict[int, str] = {}
        """Messages whose document cannot go, with the words for the clerk."""

    def write(self, target: Path, passphrase: str, tell: Tell) -> None:
        try:
            self._check_room(target)
            with whole_file(target) as stream:
                self._write_content(RescueWriter(stream, passphrase), tell)
            self.has_name = True
        except OSError as error:
            raise _not_written(target, error) from error
        with suppress(OSError):
            sync_folder(target.parent)

    def finish(self, target: Path) -> Exported:
        """Let what could not go wait here as before; the outcome."""
        with self._desk.database.write() as session:
            if self._damaged:
                _release(session, list(self._damaged), self._desk.clock())
                session.execute(
                    delete(RescueItem).where(
                        RescueItem.export_id == self._held.export_id, RescueItem.message_id.in_(self._damaged)
                    )
                )
            row = session.get_one(RescueExport, self._held.export_id)
            row.messages -= len(self._damaged)
            return Exported(
                id=row.id,
                file=target,
                dossiers=row.dossiers,
                messages=row.messages,
                size=target.stat().st_size,
                send_until=self._held.exported_at + HOLD,
                held_until=row.held_until,
                left_out=tuple(self._damaged.values()),
            )

    def _check_room(self, target: Path) -> None:
        with self._desk.database.read() as session:
            documents = session.scalar(
                select(func.coalesce(func.sum(Document.size), 0))
                .join(OutboxMessage, OutboxMessage.document_id == Document.id)
                .where(OutboxMessage.id.in_(_items(self._held.export_id)))
            )
            records = session.scalar(
                select(func.coalesce(func.sum(func.length(OutboxMessage.payload)), 0)).where(
                    OutboxMessage.id.in_(_items(self._held.export_id))
                )
            )
        # Quotation marks are doubled on the way, and each dossier repeats its record to name the documents.
        needed = file_size(int(documents or 0) + 3 * int(records or 0))
        free = shutil.disk_usage(target.parent).free
        if free < needed:
            raise KnownError(
                "rescue_no_room",
                f"Thẻ không đủ chỗ: cần {_megabytes(needed)} MB, còn {_megabytes(free)} MB. Hãy xóa bớt tệp trên thẻ "
                "hoặc dùng thẻ khác. Chưa xuất gì, hồ sơ vẫn chờ gửi như cũ.",
            )

    def _write_content(self, writer: RescueWriter, tell: Tell) -> None:
        settings = self._desk.settings
        writer.write(
            file_line(
                kind="file",
                format=FILE_FORMAT,
                id=self._held.export_id,
                office=settings.portal.unit or settings.office,
                desk=settings.desk,
                portal=settings.portal.url,
                exported_at=self._held.exported_at.isoformat(),
                send_until=(self._held.exported_at + HOLD).isoformat(),
                receipt_key=self._held.receipt_key.hex(),
                dossiers=len(self._held.dossier_ids),
            )
        )
        for number, dossier_id in enumerate(self._held.dossier_ids, start=1):
            line, scans = self._dossier(dossier_id)
            writer.write(line)
            for scan in scans:
                self._copy(writer, scan)
            tell(number, len(self._held.dossier_ids))
        writer.finish()

    def _dossier(self, dossier_id: int) -> tuple[bytes, list[_Scan]]:
        """A dossier's line, and the scans whose bytes follow it in this order."""
        with self._desk.database.read() as session, session.no_autoflush:
            rows = session.scalars(
                select(OutboxMessage)
                .where(OutboxMessage.dossier_id == dossier_id, OutboxMessage.id.in_(_items(self._held.export_id)))
                .order_by(OutboxMessage.number)
            ).all()
            dossier = session.get_one(Dossier, dossier_id)
            messages, documents = [], []
            for row in rows:
                document = session.get(Document, row.document_id) if row.document_id is not None else None
                if row.kind == MessageKind.UPLOAD:
                    problem = "mất thông tin tệp" if document is None else self._problem(document)
                    if document is None or problem:
                        name = "" if document is None else f" «{document.file_name}»"
                        self._damaged[row.id] = f"Giấy tờ{name} của hồ sơ {row.dossier_code}: {problem}."
                        continue
                    documents.append(document)
                messages.append(_message(row, document))
            naming = self._naming(session, dossier, documents) if documents else None
            line = file_line(kind="dossier", code=dossier.code, messages=messages, naming=naming)
            return line, [_Scan(document.file_name, document.sha256) for document in documents]

    def _problem(self, document: Document) -> str:
        return "tệp rỗng" if document.size == 0 else self._desk.documents.problem(document.sha256, document.size)

    def _naming(self, session: Session, dossier: Dossier, uploading: list[Document]) -> str:
        """The record that names the documents, with a placeholder where the address is not known yet."""
        going = {document.id for document in uploading}
        columns = [column.key for column in Document.__table__.columns]
        named = []
        for document in dossier.documents:
            # A copy that belongs to no session: the document itself has not been uploaded yet.
            values = {name: getattr(document, name) for name in columns}
            if document.id in going:
                values |= {"upload_url": PLACEHOLDER + document.sha256, "uploaded_at": self._held.exported_at}
            named.append(Document(**values))
        message = outgoing.dossier_message(dossier, office_row(session, self._desk), named)
        return update_message(message).payload.decode()

    def _copy(self, writer: RescueWriter, scan: _Scan) -> None:
        """Copy a scan's bytes; they were sound a moment ago and are watched once more on the way."""
        digest = hashlib.sha256()
        with self._desk.documents.path_of(scan.sha256).open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                writer.write(piece)
        if digest.hexdigest() != scan.sha256:
            raise KnownError(
                "document_damaged",
                f"Tệp «{scan.name}» hỏng trong lúc xuất. Hãy kiểm tra ổ đĩa (counter-app verify) rồi xuất lại.",
            )


def _message(row: OutboxMessage, document: Document | None) -> dict[str, Any]:
    made: dict[str, Any] = {"key": row.key, "kind": row.kind, "payload": row.payload.decode()}
    if document is not None and row.kind == MessageKind.UPLOAD:
        made |= {
            "name": document.file_name,
            "sha256": document.sha256,
            "size": document.size,
            "url": document.upload_url,
            "offset": document.upload_offset,
        }
    return made


def _megabytes(size: int) -> int:
    return -(-size // _PIECE)


def _not_written(target: Path, error: OSError) -> KnownError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return KnownError(
            "rescue_no_room",
            f"Thẻ đầy khi đang ghi «{target.name}» (thẻ định dạng FAT32 không nhận tệp quá 4 GB). Hãy xóa bớt tệp trên "
            "thẻ hoặc dùng thẻ khác. Chưa xuất gì, hồ sơ vẫn chờ gửi như cũ.",
        )
    return KnownError(
        "rescue_not_written",
        f"Không ghi được «{target}»: {error.strerror or error}. Hãy kiểm tra thẻ (cắm chặt, không khóa ghi) rồi xuất "
        "lại. Hồ sơ vẫn chờ gửi như cũ.",
    )
