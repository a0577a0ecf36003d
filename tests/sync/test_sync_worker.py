"""The sync thread: wakes, pauses, outlives faults, tells what it does, ends when told."""

from __future__ import annotations

import email.utils
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from scripted_portal import Asked, Reply, ScriptedServer, json_reply
from sync_desk import SyncDesk, wait_until

from counter_app.errors import KnownError
from counter_app.sandbox.portal import PracticePortal
from counter_app.sync.engine import Light, SyncEngine
from counter_app.sync.worker import SyncStatus, SyncWorker

PATIENCE = 20.0
"""Seconds after which a test gives up waiting for what the worker should have told."""


class Watcher:
    """Keeps every status and lets a test wait for one."""

    def __init__(self) -> None:
        self.seen: list[SyncStatus] = []
        self._changed = threading.Condition()

    def __call__(self, status: SyncStatus) -> None:
        with self._changed:
            self.seen.append(status)
            self._changed.notify_all()

    def until(self, wanted: Callable[[SyncStatus], bool]) -> SyncStatus:
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(wanted, self.seen)), PATIENCE), self.seen[-3:]
            return next(one for one in reversed(self.seen) if wanted(one))

    def forget(self) -> None:
        with self._changed:
            self.seen.clear()


@contextmanager
def working(
    desk: SyncDesk, url: str, open_engine: Callable[[], SyncEngine] | None = None
) -> Iterator[tuple[SyncWorker, Watcher]]:
    watcher = Watcher()
    worker = SyncWorker(
        desk.database,
        open_engine or (lambda: desk.engine(desk.client(url))),
        watcher,
        clock=desk.clock,
        interval=timedelta(hours=1),
    )
    worker.start()
    try:
        yield worker, watcher
    finally:
        assert worker.stop()


def test_it_sends_what_waits_and_tells_so(desk: SyncDesk, portal: PracticePortal) -> None:
    code = desk.receive(1)
    with working(desk, portal.url) as (_, watcher):
        status = watcher.until(lambda one: one.light is Light.ONLINE and one.waiting == 0)

        assert status.last_success_at == desk.clock.now
        assert (status.needs_attention, status.error) == (0, "")
        assert any(code in one.sending for one in watcher.seen)
    assert list(portal.dossiers()) == [code]


def test_a_wake_sends_at_once_what_came_in_meanwhile(desk: SyncDesk, portal: PracticePortal) -> None:
    with working(desk, portal.url) as (worker, watcher):
        watcher.until(lambda one: one.light is Light.ONLINE)
        watcher.forget()
        desk.receive(1)
        worker.wake()
        watcher.until(lambda one: bool(one.sending) and one.waiting == 1)
        watcher.until(lambda one: one.light is Light.ONLINE and one.waiting == 0 and not one.sending)

    assert len(portal.dossiers()) == 1


def test_the_line_drops_and_comes_back_and_insisting_ends_the_pause(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1)
    url = portal.url
    portal.stop()
    with working(desk, url) as (worker, watcher):
        status = watcher.until(lambda one: one.light is Light.OFFLINE)
        assert status.waiting == 1
        assert status.error
        portal.start()
        worker.wake(insist=True)
        status = watcher.until(lambda one: one.light is Light.ONLINE and one.waiting == 0)
        assert status.error == ""

    assert len(portal.dossiers()) == 1


def test_a_pause_holds_everything_back_until_it_is_ended(desk: SyncDesk, portal: PracticePortal) -> None:
    with working(desk, portal.url) as (worker, watcher):
        watcher.until(lambda one: one.light is Light.ONLINE)
        worker.pause()
        watcher.forget()
        desk.receive(1)
        worker.wake(insist=True)
        assert worker.status.paused
        assert portal.dossiers() == {}
        worker.resume()
        status = watcher.until(lambda one: one.waiting == 0 and not one.sending and bool(portal.dossiers()))
        assert not status.paused


def test_a_pause_in_the_middle_of_a_document_lets_it_go_on_later(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1, documents=1)
    paused = threading.Event()
    workers: list[SyncWorker] = []

    def engine() -> SyncEngine:
        return SyncEngine(desk.database, desk.client(portal.url), replace(desk.surroundings(), lanes=1))

    def tell(status: SyncStatus) -> None:
        watcher(status)
        if status.transfer is not None and not paused.is_set():
            paused.set()
            # From the document's own thread, between two of its blocks.
            threading.Thread(target=workers[0].pause).start()
            assert wait_until(lambda: workers[0]._paused.is_set())

    watcher = Watcher()
    worker = SyncWorker(desk.database, engine, tell, clock=desk.clock, interval=timedelta(hours=1))
    workers.append(worker)
    worker.start()
    try:
        status = watcher.until(lambda one: one.transfer is not None)
        assert (status.transfer.total, status.transfer.dossier_code) == (1890, "H15.36-261125-0001")  # type: ignore[union-attr]
        watcher.until(lambda one: one.paused)
        assert wait_until(lambda: desk.states()["sending"] == 0)
        assert [one["state"] for one in portal.files()] == ["open"]
        worker.resume()
        assert wait_until(lambda: desk.states() == {"done": 3})
    finally:
        assert worker.stop()
    assert [one["state"] for one in portal.files()] == ["complete"]
    assert worker.exchanges()


def test_a_wrong_password_shows_as_signing_in_needed(desk: SyncDesk, tmp_path: Path) -> None:
    desk.receive(1)
    with PracticePortal(tmp_path / "other.db", password="khác") as portal, working(desk, portal.url) as (_, watcher):
        status = watcher.until(lambda one: one.light is Light.SIGN_IN_NEEDED)

    assert "mật khẩu" in status.error
    assert status.waiting == 1


def test_a_fault_of_storage_or_a_bug_is_told_and_the_thread_lives_on(desk: SyncDesk, portal: PracticePortal) -> None:
    faults: list[Exception] = [KnownError("disk_full", "Ổ đĩa đầy."), RuntimeError("a bug")]

    def open_engine() -> SyncEngine:
        if faults:
            raise faults.pop(0)
        return desk.engine(desk.client(portal.url))

    desk.receive(1)
    with working(desk, portal.url, open_engine) as (worker, watcher):
        watcher.until(lambda one: one.error == "Ổ đĩa đầy.")
        worker.wake(insist=True)
        watcher.until(lambda one: "ngoài dự kiến" in one.error)
        worker.wake(insist=True)
        watcher.until(lambda one: one.light is Light.ONLINE and one.waiting == 0)


def test_a_queue_older_than_a_day_is_told(desk: SyncDesk, portal: PracticePortal) -> None:
    code = desk.receive(1)
    portal.faults.set("busy", probability=1.0, on=["DongBoHoSoMC"])
    desk.clock.now += timedelta(hours=25)
    with working(desk, portal.url) as (_, watcher):
        status = watcher.until(lambda one: one.light is Light.OFFLINE)

    assert desk.message(code, "create").state == "waiting"
    assert any("hơn một ngày" in one for one in status.warnings)


@pytest.mark.parametrize(("minutes", "told"), [(4, False), (-4, False), (7, True), (-7, True)])
def test_a_clock_more_than_five_minutes_off_the_portals_is_told(desk: SyncDesk, minutes: int, told: bool) -> None:
    stamp = email.utils.format_datetime(desk.clock.now + timedelta(minutes=minutes))
    feed = {"error_code": "00", "result": [], "tiep": "", "con": "0", "session": "s"}

    def answer(asked: Asked) -> Reply:
        reply = {**feed, "error_code": "0"} if asked.path == "/auth/login" else feed
        return json_reply(reply, Date=stamp)

    with ScriptedServer(answer) as server, working(desk, server.url) as (_, watcher):
        status = watcher.until(lambda one: one.light is Light.ONLINE)

    assert any("lệch 7 phút" in one for one in status.warnings) is told


def test_stopping_before_the_start_and_twice_is_harmless(desk: SyncDesk) -> None:
    worker = SyncWorker(
        desk.database, lambda: desk.engine(desk.client("http://127.0.0.1:9")), lambda _: None, clock=desk.clock
    )

    assert worker.stop()
    assert worker.stop()
