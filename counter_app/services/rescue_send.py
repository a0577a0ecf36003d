"""Sends another desk's rescue file, once, whatever cuts or kills it on the way.

Nothing counts as sent because it was sent, but because the portal answered or holds it. So the work may be begun
again at any point; documents go on from the byte that the portal holds.
"""

from __future__ import annotations

import io
import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import KnownError, UserError
from counter_app.models import RescueExport, RescueImport, RescueSent
from counter_app.rules.calendar import VIETNAM
from counter_app.services.desk import DeskContext
from counter_app.services.rescue_dossier import DossierSender, RescuedDossier
from counter_app.services.rescue_file import open_rescue
from counter_app.services.rescue_receipt import receipt_of, write_receipt
from counter_app.services.rescue_terms import FILE_FORMAT, check_profile, read_line
from counter_app.sync.backoff import LINE
from counter_app.sync.client import PortalClient, TransientTrouble, UploadPlace
from counter_app.sync.lock import PULSE_EVERY, SyncerLock

TRIES: Final = 6
"""Times that one dossier is tried while the line fails, before the clerk is told to try again later."""
SETTLE: Final = timedelta(seconds=2)
"""A call whose outcome was not seen is given this long to end at the portal before it is asked."""

_OTHER_OFFICE = (
    "Tệp này của cơ quan «{theirs}», còn máy này thuộc «{ours}» nên không gửi hộ được. Hãy gửi ở một quầy khác của "
    "cùng cơ quan."
)
_OWN = "Tệp này do chính quầy này xuất. Khi có mạng ở đây, hãy chọn «Kết thúc giữ» để quầy tự gửi."
_SENT = "Tệp này đã gửi xong lúc {time}. Không cần gửi nữa; hãy mang biên nhận «{receipt}» về quầy cũ."
_TOO_LATE = (
    "Tệp này đã quá hạn gửi hộ (24 giờ từ lúc xuất): quầy cũ có thể đã tự gửi. Hãy về quầy cũ xuất tệp mới nếu vẫn "
    "còn chờ. Những gì đã gửi không bị gửi trùng."
)
_BUSY = "Một chương trình khác trên máy này đang gửi tệp cứu hộ. Hãy đợi nó xong."
_NEWER = "Tệp này do phiên bản mới hơn của chương trình xuất ra. Hãy cập nhật chương trình trên máy này rồi gửi lại."


@dataclass(frozen=True, slots=True)
class SendProgress:
    """Where the sending is; ``dossier_code`` is under way."""

    done: int
    of: int
    dossier_code: str


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of the file. ``left``: dossier code and reason, for what the old desk has to look at."""

    dossiers: int
    sent: int
    left: tuple[tuple[str, str], ...]
    receipt: Path


Tell = Callable[[SendProgress], None]
"""Hears of each dossier and of the blocks of its documents; what it raises ends the work, to be taken up again."""


def send_rescue(
    desk: DeskContext,
    file: Path,
    passphrase: str,
    client: PortalClient,
    tell: Tell,
    *,
    wait: Callable[[float], object] | None = None,
) -> Carried:
    """Send the file through ``client`` and write a receipt beside it.

    ``wait`` sleeps so many seconds. Raises what ``open_rescue`` does; UserError ``rescue_other_office``,
    ``rescue_own_file``, ``rescue_sent_already``, ``rescue_too_late``, ``rescue_newer``; KnownError ``rescue_busy``,
    ``rescue_no_receipt``, and the client's troubles when the line fails for good: called again, it goes on.
    """
    with open_rescue(file, passphrase) as content:
        head = read_line(content.readline())
        _check_head(desk, head, file)
        lock = SyncerLock(desk.database, desk.clock, name="rescue")
        if not lock.acquire():
            raise KnownError("rescue_busy", _BUSY)
        try:
            carrier = _Carrier(desk, client, head, lock, wait or threading.Event().wait)
            carrier.begin()
            carrier.send(content, tell)
            carrier.finish()
        finally:
            lock.release()
    receipt = write_receipt(desk, head["id"], file)
    with desk.database.read() as session:
        rows = session.scalars(select(RescueSent).where(RescueSent.import_id == head["id"])).all()
        left = tuple(dict.fromkeys((row.dossier_code, row.words) for row in rows if row.words))
        return Carried(int(head["dossiers"]), sum(row.outcome == "done" for row in rows), left, receipt)


def _check_head(desk: DeskContext, head: dict[str, Any], file: Path) -> None:
    check_profile(desk)
    if head["format"] != FILE_FORMAT:
        raise UserError("rescue_newer", _NEWER)
    ours = desk.settings.portal.unit or desk.settings.office
    if head["office"] != ours:
        raise UserError("rescue_other_office", _OTHER_OFFICE.format(theirs=head["office"], ours=ours))
    with desk.database.read() as session:
        if session.get(RescueExport, head["id"]) is not None:
            raise UserError("rescue_own_file", _OWN)
        row = session.get(RescueImport, head["id"])
        finished_at = None if row is None else row.finished_at
    if finished_at is not None:
        receipt = receipt_of(file)
        if not receipt.exists():
            write_receipt(desk, head["id"], file)
        time = f"{finished_at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"
        raise UserError("rescue_sent_already", _SENT.format(time=time, receipt=receipt.name))


class _Carrier:
    """One run over one file; keeps how far it got in this desk's database."""

    def __init__(
        self,
        desk: DeskContext,
        client: PortalClient,
        head: dict[str, Any],
        lock: SyncerLock,
        wait: Callable[[float], object],
    ) -> None:
        self._desk = desk
        self._client = client
        self._id = str(head["id"])
        self._head = head
        self._lock = lock
        self._wait = wait
        self._send_until = datetime.fromisoformat(head["send_until"])
        self._pulsed_at = desk.clock()
        copy = desk.directory / f"rescue-{os.getpid()}.part"
        self._sender = DossierSender(client, self, copy, self._check_time)

    @contextmanager
    def _work(self) -> Iterator[Session]:
        with self._desk.database.write() as session:
            self._lock.pulse(session)
            yield session

    def begin(self) -> None:
        """Note the file, so that it is known as one under way."""
        with self._work() as session:
            if session.get(RescueImport, self._id) is None:
                session.add(
                    RescueImport(
                        id=self._id,
                        desk_number=int(self._head["desk"]),
                        receipt_key=bytes.fromhex(self._head["receipt_key"]),
                        exported_at=datetime.fromisoformat(self._head["exported_at"]),
                        started_at=self._desk.clock(),
                    )
                )

    def finish(self) -> None:
        """From now on the file is refused."""
        with self._work() as session:
            session.get_one(RescueImport, self._id).finished_at = self._desk.clock()

    def send(self, content: io.BufferedReader, tell: Tell) -> None:
        """Go through the dossiers; those that an earlier run has settled are passed over."""
        settled = self._settled()
        of = int(self._head["dossiers"])
        for number in range(of):
            line = read_line(content.readline())
            dossier = RescuedDossier(line["code"], line["messages"], line["naming"], content.tell())
            progress = SendProgress(number, of, dossier.code)
            tell(progress)
            if not all(message["key"] in settled for message in dossier.messages):
                self._persist(dossier, content, tell, progress)
                self._write_down(dossier)
            content.seek(dossier.end)

    def place(self, message: dict[str, Any]) -> UploadPlace:
        """How far this desk got; else how far the old one did, where it is the same portal."""
        with self._desk.database.read() as session:
            row = session.get(RescueSent, (self._id, message["key"]))
            if row is not None:
                return UploadPlace(row.url, row.offset)
        ours = urlsplit(self._desk.settings.portal.url).netloc
        if message["url"] and urlsplit(message["url"]).netloc == ours:
            return UploadPlace(message["url"], int(message["offset"]))
        return UploadPlace()

    def remember(self, dossier: RescuedDossier, message: dict[str, Any], reached: UploadPlace) -> None:
        """Keep where a document's upload stands."""
        with self._work() as session:
            row = self._row(session, message["key"], dossier.code)
            row.url, row.offset = reached.url, reached.offset

    def _settled(self) -> set[str]:
        with self._desk.database.read() as session:
            return set(
                session.scalars(
                    select(RescueSent.message_key).where(
                        RescueSent.import_id == self._id, RescueSent.outcome != "uploading"
                    )
                )
            )

    def _persist(self, dossier: RescuedDossier, content: io.BufferedReader, tell: Tell, progress: SendProgress) -> None:
        """Try a dossier until the portal has answered for all of it; trouble of a line that stays is passed on."""

        def alive() -> None:
            tell(progress)
            self._pulse()

        for tried in range(1, TRIES + 1):
            alive()
            try:
                for message, _ in dossier.uploads():
                    self._desk.documents.check_room(int(message["size"]))
                self._sender.attempt(dossier, content, alive)
                return
            except TransientTrouble as trouble:
                if tried == TRIES:
                    raise
                pause = LINE.wait(tried, random.random, trouble.retry_after)
                self._wait(max(pause, SETTLE if trouble.seen else timedelta(0)).total_seconds())

    def _pulse(self) -> None:
        """A sign of life while a document takes its time."""
        now = self._desk.clock()
        if abs(now - self._pulsed_at) >= PULSE_EVERY:
            self._pulsed_at = now
            with self._work():
                pass

    def _check_time(self) -> None:
        """By the portal's clock, as the desk at home does: the two never send at the same time."""
        now = self._desk.clock() + (self._client.clock_skew or timedelta(0))
        if now >= self._send_until:
            raise UserError("rescue_too_late", _TOO_LATE)

    def _write_down(self, dossier: RescuedDossier) -> None:
        with self._work() as session:
            for key, outcome in dossier.outcomes.items():
                row = self._row(session, key, dossier.code)
                row.outcome, row.named, row.words = outcome.outcome, outcome.named, outcome.words
                row.url = outcome.url or row.url

    def _row(self, session: Session, key: str, code: str) -> RescueSent:
        row = session.get(RescueSent, (self._id, key))
        if row is None:
            row = RescueSent(
                import_id=self._id, message_key=key, dossier_code=code, outcome="uploading", offset=0, named=False
            )
            session.add(row)
        return row
