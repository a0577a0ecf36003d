"""A desk for the sync tests: a real database file, real documents, the services' own messages, a clock to turn."""

from __future__ import annotations

import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.database import Database
from counter_app.models import (
    Applicant,
    Calendar,
    Document,
    Dossier,
    DossierEvent,
    Field,
    Office,
    OutboxMessage,
    Procedure,
)
from counter_app.sandbox.portal import PracticePortal
from counter_app.services import outgoing
from counter_app.storage import create_database
from counter_app.sync import outbox
from counter_app.sync.client import PortalClient
from counter_app.sync.engine import Light, PassResult, Surroundings, SyncEngine, Watch
from counter_app.sync.http import HttpLimits
from counter_app.sync.inbox import EntryState, FeedEntry
from counter_app.sync.profile1 import Profile1Client, Profile1Settings

START = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
OFFICE = "H15.36"
CHUNK = 2000


@dataclass
class Clock:
    """A clock that moves only when told to; waiting turns it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += timedelta(seconds=seconds)
        return False


@dataclass
class SyncDesk:
    """One desk's data and what a syncer needs of its surroundings."""

    directory: Path
    database: Database
    clock: Clock = field(default_factory=Clock)
    seed: int = 1
    entries: list[FeedEntry] = field(default_factory=list)

    @classmethod
    def create(cls, directory: Path) -> SyncDesk:
        desk = cls(directory, create_database(directory))
        with desk.database.write() as session:
            session.add(Office(code=OFFICE, name="UBND xã Ea Kao"))
            session.add(Applicant(kind="person", name="H' Ngăm Niê Kdăm", created_at=START))
            session.add(Calendar(digest="c", content="{}", created_at=START))
            session.add(
                Procedure(
                    code="1.004837",
                    version=1,
                    digest="p",
                    name="Đăng ký khai sinh",
                    name_folded="dang ky khai sinh",
                    field=Field(code="LV01", name="Hộ tịch"),
                    levels=["commune"],
                    channels=["counter"],
                    limit_amount=3,
                    limit_unit="working_day",
                    imported_at=START,
                )
            )
        return desk

    @classmethod
    def open(cls, directory: Path) -> SyncDesk:
        return cls(directory, create_database(directory))

    def document_path(self, sha256: str) -> Path:
        return self.directory / sha256

    def receive(self, number: int, documents: int = 0) -> str:
        """Take a dossier in with so many documents, as the services do: all in one unit of work."""
        code = f"{OFFICE}-261125-{number:04d}"
        files = [f"{code}/{one} ".encode() * (90 * (one + 1)) for one in range(documents)]
        for content in files:
            self.document_path(hashlib.sha256(content).hexdigest()).write_bytes(content)
        with self.database.write() as session:
            dossier = Dossier(
                code=code,
                office_id=1,
                desk_number=1,
                procedure_id=1,
                applicant_id=1,
                calendar_id=1,
                channel="counter",
                return_by="counter",
                status="received",
                is_open=True,
                money_state="nothing_due",
                delivery_state="pending",
                limit_amount=3,
                limit_unit="working_day",
                received_at=self.clock.now,
                register_number=number,
                search_text=code,
            )
            session.add(dossier)
            session.flush()
            dossier.documents = [
                Document(
                    component_code=f"TP{one:02d}",
                    file_name=f"giấy {one}.pdf",
                    sha256=hashlib.sha256(content).hexdigest(),
                    size=len(content),
                    pages=1,
                    added_at=self.clock.now,
                )
                for one, content in enumerate(files)
            ]
            session.flush()
            outgoing.queue_create(session, dossier, _office(session), self.clock.now)
            outgoing.queue_uploads(session, dossier, dossier.documents, self.clock.now)
        return code

    def step(self, code: str, status: str, step: str = "hand_over") -> None:
        """Move a dossier on; each step is a second after the one before, as the services see to it."""
        with self.database.write() as session:
            dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
            number = len(dossier.events) + 1
            event = DossierEvent(
                number=number,
                step=step,
                at=self.clock.now + timedelta(seconds=number),
                entered_at=self.clock.now,
                actor="Nguyễn Văn A",
                status_before=dossier.status,
                status_after=status,
            )
            dossier.events.append(event)
            dossier.status = status
            dossier.revision += 1
            session.flush()
            outgoing.queue_step(session, dossier, event, _office(session), self.clock.now)

    def client(self, url: str, read_limit: float = 10.0) -> Profile1Client:
        limits = HttpLimits(2, read_limit, 20)
        settings = Profile1Settings(url, "canbo", "thuchanh", OFFICE, limits=limits, chunk_size=CHUNK)
        return Profile1Client(settings, now=self.clock)

    def engine(self, client: PortalClient) -> SyncEngine:
        return SyncEngine(self.database, client, self.surroundings())

    def surroundings(self) -> Surroundings:
        """Without threads, so that the same faults meet the same calls every time."""
        return Surroundings(
            portal="practice",
            document_path=self.document_path,
            queue_naming=self._queue_naming,
            lanes=0,
            feed=self._take_entry,
            clock=self.clock,
            random=random.Random(self.seed).random,
        )

    def sync(self, url: str, give_up_after: int = 200, watch: Watch | None = None) -> PassResult:
        """Sync until nothing waits, with a fresh program (client and engine) and no real waiting."""
        client = self.client(url)
        try:
            return drain(
                self.engine(client),
                self.database,
                self.clock.wait,
                clock=self.clock,
                give_up_after=give_up_after,
                watch=lambda: watch or Watch(),
            )
        finally:
            client.close()

    def messages(self) -> list[OutboxMessage]:
        with self.database.read() as session:
            return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))

    def states(self) -> Counter[str]:
        return Counter(one.state for one in self.messages())

    def message(self, code: str, kind: str) -> OutboxMessage:
        return next(one for one in self.messages() if one.dossier_code == code and one.kind == kind)

    def _queue_naming(self, session: Session, dossier_ids: Sequence[int], now: datetime) -> None:
        for dossier_id in dossier_ids:
            dossier = session.get(Dossier, dossier_id)
            assert dossier is not None
            outgoing.queue_update(session, dossier, _office(session), now)

    def _take_entry(self, session: Session, entry: FeedEntry) -> EntryState:
        if "không hợp lệ" in str(entry.data):
            raise ValueError("nội dung không hợp lệ")
        self.entries.append(entry)
        return EntryState.APPLIED


def wait_until(condition: Callable[[], bool], patience: float = 20.0) -> bool:
    """Wait for something that another thread does; False when it has not come about in so many seconds."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def assert_portal_has_each_once(desk: SyncDesk, portal: PracticePortal) -> None:
    """The portal holds exactly the desk's dossiers, steps and documents, each once, digests equal."""
    held = portal.dossiers()
    whole = {one["sha256"] for one in portal.files() if one["state"] == "complete"}
    with desk.database.read() as session:
        dossiers = list(session.scalars(select(Dossier)))
        assert sorted(held) == sorted(one.code for one in dossiers)
        for dossier in dossiers:
            steps = [(one["ThoiDiemXuLy"], one["TrangThai"]) for one in portal.steps(dossier.code)]
            assert len(steps) == len(dossier.events), dossier.code
            assert len(set(steps)) == len(steps), dossier.code
            assert steps == sorted(steps), dossier.code
            named = [one["TepDinhKemId"] for one in held[dossier.code].get("TaiLieuNop", [])]
            assert sorted(named) == sorted(one.sha256 for one in dossier.documents), dossier.code
            assert set(named) <= whole


def _office(session: Session) -> Office:
    return session.scalars(select(Office)).one()


def drain(
    engine: SyncEngine,
    database: Database,
    wait: Callable[[float], bool],
    *,
    clock: Callable[[], datetime],
    give_up_after: int = 10,
    watch: Callable[[], Watch] = Watch,
) -> PassResult:
    """Run passes until nothing waits any more ; returns the sum of them.

    Ends early when signing in is needed, or after ``give_up_after`` passes in a row that sent nothing.
    ``wait`` sleeps so many seconds and returns True to stop.
    """
    engine.hurry()
    total = PassResult()
    idle = 0
    while True:
        result = engine.run_pass(watch())
        total = PassResult(
            sent=total.sent + result.sent,
            received=total.received + result.received,
            failed=total.failed + result.failed,
            light=result.light,
            error=result.error,
            retry_at=result.retry_at,
            busy_elsewhere=result.busy_elsewhere,
        )
        with database.read() as session:
            due = outbox.next_due(session)
        if due is None and result.retry_at is None and not result.busy_elsewhere:
            return total
        idle = 0 if result.sent or result.received else idle + 1
        if result.light is Light.SIGN_IN_NEEDED or idle >= give_up_after:
            return total
        pause = (result.retry_at or due or clock()) - clock()
        if wait(max(pause.total_seconds(), 0.05)):
            return total
