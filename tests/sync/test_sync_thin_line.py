"""Behind a thin line that is cut: records go past a document under way, and nothing that arrived is sent again."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from line_proxy import LineProxy
from sqlalchemy import select
from sync_desk import OFFICE, Clock, SyncDesk, wait_until

from counter_app.models import Document, Dossier
from counter_app.sandbox.portal import PracticePortal
from counter_app.services import outgoing
from counter_app.sync import outbox_view
from counter_app.sync.engine import SyncEngine
from counter_app.sync.http import HttpLimits
from counter_app.sync.profile1 import Profile1Client, Profile1Settings
from counter_app.sync.worker import SyncWorker

SCAN = 1_000_000
"""Bytes of the document."""
RATE = 400_000.0
"""Bytes a second: what the document needs is two and a half seconds, a record a hundredth of one."""
CUTS = (150_000, 480_000, 481_000, 900_000)
PATIENCE = 60.0
PER_REQUEST = 1_000
"""Bytes of a request's line and headers, at the most."""


class RealClock(Clock):
    """The true time: what a cut line costs passes by itself."""

    now = property(lambda _: datetime.now(UTC), lambda *_: None)  # type: ignore[assignment]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PracticePortal]:
    with PracticePortal(tmp_path / "portal.db", seed=7) as running:
        yield running


@pytest.fixture
def desk(desk: SyncDesk) -> SyncDesk:
    desk.clock = RealClock()
    return desk


@contextmanager
def working(desk: SyncDesk, url: str, lanes: int) -> Iterator[SyncWorker]:
    """The worker as the window has it, with the lengths of pieces that it finds by itself."""

    def open_engine() -> SyncEngine:
        settings = Profile1Settings(url, "canbo", "thuchanh", OFFICE, limits=HttpLimits(5, 20, 60))
        client = Profile1Client(settings, now=desk.clock)
        return SyncEngine(desk.database, client, replace(desk.surroundings(), lanes=lanes))

    worker = SyncWorker(desk.database, open_engine, lambda _: None, clock=desk.clock, interval=timedelta(hours=1))
    worker.start()
    try:
        yield worker
    finally:
        assert worker.stop()


def scan(desk: SyncDesk, code: str) -> bytes:
    """Attach a large document to a dossier, as the services do; its bytes."""
    content = random.Random(5).randbytes(SCAN)
    digest = hashlib.sha256(content).hexdigest()
    desk.document_path(digest).write_bytes(content)
    with desk.database.write() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        row = Document(
            component_code="TP99", file_name="bản vẽ.pdf", sha256=digest, size=SCAN, pages=1, added_at=desk.clock()
        )
        dossier.documents.append(row)
        session.flush()
        outgoing.queue_uploads(session, dossier, [row], desk.clock())
    return content


def nothing_waits(desk: SyncDesk) -> bool:
    with desk.database.read() as session:
        counts = outbox_view.counts(session)
    assert counts.needs_attention == 0
    return counts.waiting == 0


def whole(portal: PracticePortal, tmp_path: Path) -> bytes:
    """The one document as the portal holds it."""
    (held,) = portal.files()
    assert held["state"] == "complete"
    return (tmp_path / "portal.db.files" / held["id"]).read_bytes()


@pytest.mark.parametrize("lanes", [1, 2])
def test_records_arrive_while_a_large_document_is_under_way(
    desk: SyncDesk, portal: PracticePortal, tmp_path: Path, lanes: int
) -> None:
    content = scan(desk, desk.receive(1))
    with LineProxy(portal.url, rate=RATE, delay=0.02) as line, working(desk, line.url, lanes) as worker:
        for number, begun in enumerate((100_000, 300_000), start=2):
            assert wait_until(lambda begun=begun: line.passed > begun, PATIENCE)
            code = desk.receive(number)
            worker.wake()
            assert wait_until(lambda code=code: code in portal.dossiers(), PATIENCE)
            assert portal.files()[0]["state"] == "open"
            assert line.passed < SCAN
        assert wait_until(lambda: nothing_waits(desk), PATIENCE)
        bodies = sum(len(one.payload) for one in desk.messages())
    assert whole(portal, tmp_path) == content
    assert line.passed <= SCAN + bodies + PER_REQUEST * line.requests


def test_after_each_cut_a_document_goes_on_from_its_last_byte(
    desk: SyncDesk, portal: PracticePortal, tmp_path: Path
) -> None:
    code = desk.receive(1)
    content = scan(desk, code)
    with LineProxy(portal.url, cuts=CUTS) as line, working(desk, line.url, 2) as worker:

        def arrived() -> bool:
            worker.wake(insist=True)
            return nothing_waits(desk)

        assert wait_until(arrived, PATIENCE)
        bodies = sum(len(one.payload) for one in desk.messages())
    assert line.cut == len(CUTS)
    assert whole(portal, tmp_path) == content
    # Not one byte of the document goes twice; a record may, when it was not seen to arrive.
    assert line.passed <= SCAN + 2 * bodies + PER_REQUEST * line.requests
    named = portal.dossiers()[code]["TaiLieuNop"]
    assert [one["TepDinhKemId"] for one in named] == [hashlib.sha256(content).hexdigest()]
    assert all(one.state == "done" for one in desk.messages())
