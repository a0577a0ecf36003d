"""Files that the portal holds for a dossier, fetched into the desk's store: checked, resumed, never sent back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from counter_app.database import storage_error
from counter_app.errors import KnownError, UserError
from counter_app.models import Document, Dossier, PortalFile
from counter_app.services.desk import DeskContext
from counter_app.services.digitising_book import forget_dossier
from counter_app.services.document_store import StoredFile
from counter_app.services.steps import find_dossier
from counter_app.sync.client import PortalClient, SignInNeeded, TransientTrouble

MOST_ATTEMPTS = 6
"""So often a file is asked for that the portal gives damaged, or not at all, before a person has to look."""

_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_LINE = frozenset({"portal_unreachable", "portal_timeout", "portal_cut", "portal_tls", "portal_busy", "portal_session"})
"""Trouble of the line as a whole: no file is to blame."""
_NO_DIGEST = (
    "Cổng không gửi mã kiểm tra (SHA-256) của tệp nên không tải về được: không biết tệp có nguyên vẹn. "
    "Hãy mở hồ sơ trên cổng để xem tệp này."
)
_FORBIDDEN = '<>:"/\\|?*'

_one_download = threading.Lock()
"""The syncer and the clerk may want the same file at once; the second finds it there."""


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """How many files of a dossier were fetched now, and how many of them could not be.

    ``warnings``: what the clerk should look at in those that were."""

    code: str
    fetched: int
    failed: int
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wanted:
    id: int
    dossier_id: int
    file_name: str
    url: str
    sha256: str


def fetch(desk: DeskContext, client: PortalClient, code: str, stop: Callable[[], bool] = lambda: False) -> FetchOutcome:
    """Fetch all files that the portal holds for a dossier and that are not here, those that failed as well.

    Raises UserError ``dossier_unknown``; TransientTrouble, SignInNeeded for the line; KnownError for the disk.
    What was fetched before the trouble stays.
    """
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        code, dossier_id = dossier.code, dossier.id
        ids = session.scalars(
            select(PortalFile.id)
            .where(PortalFile.dossier_id == dossier_id, PortalFile.state != "fetched")
            .order_by(PortalFile.id)
        ).all()
    done = 0
    warnings: list[str] = []
    for number in ids:
        if stop():
            break
        told = _fetch_one(desk, client, number, stop)
        if told is not None:
            done += 1
            warnings += told
    with desk.database.read() as session:
        left = select(PortalFile.file_name, PortalFile.error).where(
            PortalFile.dossier_id == dossier_id, PortalFile.state != "fetched", PortalFile.error != ""
        )
        problems = tuple(f"«{name}»: {error}" for name, error in session.execute(left.order_by(PortalFile.id)))
    return FetchOutcome(code, done, len(problems), problems, tuple(warnings))


def waiting_files(desk: DeskContext) -> int:
    """How many files of the portal are not here yet."""
    with desk.database.read() as session:
        return session.scalar(select(func.count()).where(PortalFile.state == "waiting")) or 0


class FetchWaiting:
    """A chore of the syncer: what the portal holds is fetched when nothing else is to be done."""

    def __init__(self, desk: DeskContext) -> None:
        self._desk = desk

    def __call__(self, client: PortalClient, stop: Callable[[], bool]) -> None:
        """Fetch what is due, file by file. Trouble of the line is passed on; a full disk ends the chore for now."""
        while not stop():
            with self._desk.database.read() as session:
                number = session.scalar(
                    select(PortalFile.id)
                    .where(PortalFile.state == "waiting", PortalFile.next_attempt_at <= self._desk.clock())
                    .order_by(PortalFile.next_attempt_at, PortalFile.id)
                    .limit(1)
                )
            if number is None:
                return
            try:
                _fetch_one(self._desk, client, number, stop)
            except (TransientTrouble, SignInNeeded):
                raise
            except KnownError:
                # The disk: said by the early warnings; records still go, so this is no matter of the line.
                return


def _fetch_one(
    desk: DeskContext, client: PortalClient, number: int, stop: Callable[[], bool]
) -> tuple[str, ...] | None:
    """Bring one file here and answer its warnings; None when it could not be, for a reason that is kept with it, or
    when told to stop."""
    with _one_download:
        with desk.database.read() as session:
            row = session.get_one(PortalFile, number)
            if row.state == "fetched":
                return ()
            wanted = _Wanted(row.id, row.dossier_id, row.file_name, row.url, row.sha256)
        try:
            stored = _stored(desk, client, wanted, stop)
        except UserError as refusal:  # the portal no longer has it, or it is nothing that may be kept
            _failed(desk, number, refusal.message, final=True)
            return None
        except TransientTrouble as trouble:
            on_the_line = trouble.kind in _LINE
            _failed(desk, number, "" if on_the_line else trouble.reason, counts=not on_the_line)
            if on_the_line:
                raise
            return None
        if stored is not None:
            _keep(desk, wanted, stored)
    return stored.warnings if stored is not None else None


def _stored(desk: DeskContext, client: PortalClient, wanted: _Wanted, stop: Callable[[], bool]) -> StoredFile | None:
    if not wanted.sha256:
        raise UserError("digest_missing", _NO_DIGEST)
    here = desk.documents.path_of(wanted.sha256)
    if here.is_file() and not desk.documents.problem(wanted.sha256, here.stat().st_size):
        return desk.documents.add(here, max_mb=desk.settings.max_document_mb)
    folder = desk.documents.directory / "incoming" / wanted.sha256
    target = folder / _safe(wanted.file_name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        desk.documents.check_room(0)
        if not client.download(wanted.url, target, wanted.sha256, lambda: not stop()):
            return None
    except OSError as error:
        raise storage_error(error, target) from error
    try:
        return desk.documents.add(target, max_mb=desk.settings.max_document_mb)
    finally:
        _clear(folder)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def _safe(name: str) -> str:
    """A file name of the portal's as a name on any disk."""
    return "".join(letter if letter.isprintable() and letter not in _FORBIDDEN else "_" for letter in name)[-100:]


def _keep(desk: DeskContext, wanted: _Wanted, stored: StoredFile) -> None:
    """The file becomes a document of the dossier, unless a scan of the very same bytes is one already."""
    with desk.database.write() as session:
        row = session.get_one(PortalFile, wanted.id)
        dossier = session.get_one(Dossier, wanted.dossier_id)
        identity = (row.component_code, row.result_code, stored.sha256)
        document = next(
            (item for item in dossier.documents if (item.component_code, item.result_code, item.sha256) == identity),
            None,
        )
        if document is None:
            now = desk.clock()
            document = Document(
                component_code=row.component_code,
                result_code=row.result_code,
                file_name=row.file_name,
                sha256=stored.sha256,
                size=stored.size,
                pages=stored.pages,
                added_at=now,
                upload_url=row.url,
                upload_offset=stored.size,
                uploaded_at=now,
                from_portal=True,
            )
            dossier.documents.append(document)
            session.flush()
        row.state, row.error, row.document_id = "fetched", "", document.id
        forget_dossier(session, dossier.id)


def _failed(desk: DeskContext, number: int, reason: str, *, counts: bool = True, final: bool = False) -> None:
    with desk.database.write() as session:
        row = session.get_one(PortalFile, number)
        row.attempts += counts
        row.error = reason
        row.state = "failed" if final or row.attempts >= MOST_ATTEMPTS else "waiting"
        row.next_attempt_at = desk.clock() + min(_PAUSE * 2 ** min(row.attempts, 10), _LONGEST_PAUSE)
