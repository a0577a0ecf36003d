"""Documents on their way: behind the records and steps, side by side, resumed across cuts and restarts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from counter_app.models import Document
from counter_app.sync import outbox
from counter_app.sync.backoff import MESSAGE
from counter_app.sync.client import (
    DocumentDamaged,
    DocumentFile,
    PortalClient,
    Refused,
    SignInNeeded,
    TransientTrouble,
    UploadPlace,
)
from counter_app.sync.connections import THIN_BUFFER
from counter_app.sync.gate import Gate
from counter_app.sync.outbox import Outgoing
from counter_app.sync.surroundings import Surroundings, Watch
from counter_app.sync.transfers import Meter, Transfer

BATCH: Final = 16
"""Documents whose outcomes are written in one unit of work."""
BATCH_BYTES: Final = 512 * 1024
"""Bytes of such a batch: on a slow line its outcomes are written after a few documents."""

QUEUE_SECONDS: Final = 1.0
"""Line time that all documents together may have under way."""

_FILES: Final = select(
    Document.id, Document.file_name, Document.sha256, Document.size, Document.upload_url, Document.upload_offset
).where(Document.id.in_(bindparam("ids", expanding=True)))

_RECORD_GONE: Final = "Không còn thông tin của tệp này trong dữ liệu của quầy. Quét lại giấy tờ rồi gửi lại."


@dataclass(frozen=True)
class Parcel:
    """A document that is taken in hand."""

    message: Outgoing
    document: DocumentFile
    place: UploadPlace


@dataclass(frozen=True)
class Outcome:
    """What became of a parcel: at the portal (``url``), refused, in trouble, or to go on with another time."""

    parcel: Parcel
    url: str | None = None
    refusal: DocumentDamaged | Refused | None = None
    trouble: TransientTrouble | SignInNeeded | None = None
    moved: bool = False
    """The portal has taken bytes of it: it is not this document that is at fault for a trouble."""

    @property
    def is_settled(self) -> bool:
        """Nothing more is to be done with it for now."""
        return self.url is not None or self.refusal is not None or self.trouble is not None


@dataclass
class Delivered:
    """The documents that came to an end, counted; ``trouble`` is that of the line, if it failed."""

    done: int = 0
    refused: int = 0
    trouble: TransientTrouble | SignInNeeded | None = None

    def add(self, other: Delivered) -> None:
        """Count another batch in."""
        self.done += other.done
        self.refused += other.refused
        self.trouble = self.trouble or other.trouble


class _InLine(Executor):
    """Does at once, in the caller's thread, what it is given."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(work(*given, **named))
        return future


class DocumentLanes:
    """Sends documents in a few threads while the engine's own thread sends records past them.

    Between :meth:`running` and its end, :meth:`fill` keeps the lanes busy and :meth:`finished` brings what
    they did. ``gate`` is closed by the engine around calls that go before documents.
    """

    def __init__(
        self, work: Callable[[], AbstractContextManager[Session]], client: PortalClient, around: Surroundings
    ) -> None:
        self.gate = Gate()
        self._work = work
        self._client = client
        self._around = around
        self._meter = Meter()
        self._stopping = threading.Event()
        self._under_way: set[Future[Delivered]] = set()
        self._executor: Executor = _InLine()
        self._watch = Watch()

    @contextmanager
    def running(self, watch: Watch) -> Iterator[None]:
        """Open the lanes for a pass; at its end whatever is under way is broken off between two blocks."""
        lanes = self._around.lanes
        self._executor = ThreadPoolExecutor(lanes, thread_name_prefix="documents") if lanes else _InLine()
        self._watch = watch
        self._stopping.clear()
        self._under_way = set()
        try:
            yield
        finally:
            self._stopping.set()
            self._executor.shutdown(wait=True)

    def fill(self) -> bool:
        """Give free lanes something to do; True while documents are under way."""
        free = self._lanes() - len(self._under_way)
        if free > 0:
            for batch in self._take(free):
                self._watch.sending(_told(batch))
                self._under_way.add(self._executor.submit(self._send, batch))
        return bool(self._under_way)

    def finished(self, seconds: float) -> Delivered:
        """Wait at most so long for a lane to end, and return what those that ended have done.

        Raises what a lane raised, other than trouble of the line.
        """
        done, self._under_way = wait(self._under_way, seconds, FIRST_COMPLETED)
        delivered = Delivered()
        for future in done:
            delivered.add(future.result())
        return delivered

    def _lanes(self) -> int:
        """How many documents may be under way: on a very thin line fewer, or a record would wait behind them all."""
        speed = self._meter.bytes_per_second()
        most = max(self._around.lanes, 1)
        return most if speed is None else max(1, min(most, round(speed * QUEUE_SECONDS / THIN_BUFFER)))

    def _take(self, free: int) -> list[list[Parcel]]:
        """Mark what goes next, at most a batch for each free lane."""
        batches: list[list[Parcel]] = [[] for _ in range(free)]
        room = [BATCH_BYTES] * free
        with self._work() as session:
            due = outbox.next_uploads(
                session, self._around.clock(), BATCH * free, documents_first=self._client.documents_first
            )
            rows = {row.id: row for row in session.execute(_FILES, {"ids": [one.document_id for one in due]})}
            for place, message in enumerate(due):
                lane = place % free
                row = rows.get(message.document_id)
                if row is None:
                    outbox.mark_needs_attention(session, message, reason=_RECORD_GONE, code="document_unknown")
                elif room[lane] > 0:
                    path = self._around.document_path(row.sha256)
                    document = DocumentFile(path, row.file_name, row.size, row.sha256, message.dossier_code)
                    batches[lane].append(Parcel(message, document, UploadPlace(row.upload_url, row.upload_offset)))
                    room[lane] -= row.size
            outbox.mark_sending(session, [parcel.message for batch in batches for parcel in batch])
        return [batch for batch in batches if batch]

    def _send(self, batch: Sequence[Parcel]) -> Delivered:
        """Bring a batch on its way, in a lane's thread; trouble of the line ends it."""
        outcomes = self._each(self._announce(batch), self._send_one)
        with self._work() as session:
            self._write(session, outcomes)
        return Delivered(
            sum(one.url is not None for one in outcomes),
            sum(one.refusal is not None for one in outcomes),
            next((one.trouble for one in outcomes if one.trouble is not None), None),
        )

    def _announce(self, batch: Sequence[Parcel]) -> list[Outcome]:
        """Announce what is not yet at the portal, and write the addresses down before a byte goes.

        Else a document that came through while the program died would be sent a second time.
        """
        announced = self._each([Outcome(parcel) for parcel in batch], self._announce_one)
        new = [one.parcel for one in announced if one.parcel.place.is_new]
        if new:
            with self._work() as session:
                _set(session, [(one, {"upload_url": one.place.url, "upload_offset": 0}) for one in new])
        return announced

    def _each(self, before: Sequence[Outcome], act: Callable[[Parcel], Outcome]) -> list[Outcome]:
        """Do one thing with each parcel that nothing has happened to, until the line fails or it is time to stop."""
        outcomes: list[Outcome] = []
        trouble = any(one.trouble is not None for one in before)
        for one in before:
            if not (one.is_settled or trouble or self._stopping.is_set()):
                one = act(one.parcel)
                trouble = one.trouble is not None
            outcomes.append(one)
        return outcomes

    def _announce_one(self, parcel: Parcel) -> Outcome:
        if parcel.place.url is not None:
            return Outcome(parcel)
        try:
            return Outcome(replace(parcel, place=self._client.begin_upload(parcel.document)))
        except (DocumentDamaged, Refused) as refusal:
            return Outcome(parcel, refusal=refusal)
        except (TransientTrouble, SignInNeeded) as trouble:
            return Outcome(parcel, trouble=trouble)

    def _send_one(self, parcel: Parcel) -> Outcome:
        moved = False
        before = 0

        def remember(new: UploadPlace) -> None:
            nonlocal moved
            had = parcel.place.offset if new.url == parcel.place.url else 0
            moved = moved or new.offset > had
            with self._work() as session:
                _set(session, [(parcel, {"upload_url": new.url, "upload_offset": new.offset})])

        def go_on(sent: int) -> bool:
            nonlocal before
            self.gate.wait()
            if self._meter.add(max(sent - before, 0)):
                self._watch.transfer(self._transfer(parcel, sent))
            before = sent
            return not (self._stopping.is_set() or self._watch.stop())

        try:
            url = self._client.upload(parcel.document, parcel.place, remember, go_on)
        except (DocumentDamaged, Refused) as refusal:
            return Outcome(parcel, refusal=refusal)
        except (TransientTrouble, SignInNeeded) as trouble:
            return Outcome(parcel, trouble=trouble, moved=moved)
        return Outcome(parcel, url=url)

    def _write(self, session: Session, outcomes: Sequence[Outcome]) -> None:
        """Note what became of a batch, and queue the updates that name what came to the portal."""
        now = self._around.clock()
        done = [(one.parcel, one.url) for one in outcomes if one.url is not None]
        if done:
            _set(
                session,
                [
                    (one, {"upload_url": url, "upload_offset": one.document.size, "uploaded_at": now})
                    for one, url in done
                ],
            )
            outbox.mark_done(session, [one.message for one, _ in done], now)
            self._around.queue_naming(session, list(dict.fromkeys(one.message.dossier_id for one, _ in done)), now)
        for one in outcomes:
            if one.url is None:
                self._put_back(session, one, now)

    def _put_back(self, session: Session, one: Outcome, now: datetime) -> None:
        message = one.parcel.message
        if one.refusal is not None:
            code = one.refusal.code if isinstance(one.refusal, Refused) else one.refusal.kind
            outbox.mark_needs_attention(session, message, reason=one.refusal.reason, code=code)
        elif isinstance(one.trouble, TransientTrouble):
            # A document that got on is not at fault; one that does not lets others go first.
            stuck = one.trouble.seen and not one.moved
            pause = MESSAGE.wait(message.attempts + 1, self._around.random) if stuck else timedelta(0)
            outbox.mark_waiting(session, message, now + pause, reason=one.trouble.reason, answered=stuck)
        else:
            outbox.mark_waiting(session, message, now)

    def _transfer(self, parcel: Parcel, sent: int) -> Transfer:
        document = parcel.document
        speed = self._meter.bytes_per_second()
        return Transfer(document.file_name, parcel.message.dossier_code, sent, document.size, speed)


def _set(session: Session, rows: Sequence[tuple[Parcel, dict[str, object]]]) -> None:
    """Write the same columns of several documents."""
    session.execute(update(Document), [{"id": one.message.document_id, **values} for one, values in rows])


def _told(batch: Sequence[Parcel]) -> str:
    more = f" và {len(batch) - 1} tệp khác" if len(batch) > 1 else ""
    return f"Gửi giấy tờ {batch[0].document.file_name} của hồ sơ {batch[0].message.dossier_code}{more}"
