"""One syncer at a time, and free again after a crash."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import update
from sync_desk import SyncDesk

from counter_app.models import SyncLock
from counter_app.sandbox.portal import PracticePortal
from counter_app.sync.engine import Watch
from counter_app.sync.lock import STALE_AFTER, SyncerLock, SyncLockLost


def test_two_syncers_never_hold_it_together(desk: SyncDesk) -> None:
    first, second = SyncerLock(desk.database, desk.clock), SyncerLock(desk.database, desk.clock)

    assert first.acquire()
    assert not second.acquire()
    assert first.acquire()
    first.release()
    assert second.acquire()


def test_releasing_what_another_holds_changes_nothing(desk: SyncDesk) -> None:
    first, second = SyncerLock(desk.database, desk.clock), SyncerLock(desk.database, desk.clock)
    first.acquire()

    second.release()

    assert not second.acquire()


def test_a_dead_program_on_this_machine_frees_it_at_once(desk: SyncDesk) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert SyncerLock(desk.database, desk.clock, f"{socket.gethostname()}|{ended.pid}|x").acquire()

    assert SyncerLock(desk.database, desk.clock).acquire()


def test_a_program_that_runs_or_is_elsewhere_keeps_it_until_it_falls_silent(desk: SyncDesk) -> None:
    here = SyncerLock(desk.database, desk.clock)
    for owner in (f"{socket.gethostname()}|{os.getpid()}|x", f"another-desk|{2**22 + 1}|x"):
        assert SyncerLock(desk.database, desk.clock, owner).acquire()
        assert not here.acquire()
        desk.clock.now += STALE_AFTER + timedelta(seconds=1)
        assert here.acquire()
        here.release()


def test_the_pulse_keeps_it_and_tells_when_it_is_lost(desk: SyncDesk) -> None:
    first, second = SyncerLock(desk.database, desk.clock), SyncerLock(desk.database, desk.clock)
    first.acquire()
    for _ in range(4):
        desk.clock.now += STALE_AFTER / 2
        with desk.database.write() as session:
            first.pulse(session)
    assert not second.acquire()

    desk.clock.now += STALE_AFTER * 2
    assert second.acquire()
    with pytest.raises(SyncLockLost), desk.database.write() as session:
        first.pulse(session)


def test_a_syncer_that_lost_the_lock_writes_nothing_more(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1)
    stolen: list[str] = []

    def sending(what: str) -> None:
        if not stolen:
            stolen.append(what)
            with desk.database.write() as session:
                session.execute(update(SyncLock).values(owner="another-desk|1|x"))

    client = desk.client(portal.url)
    result = desk.engine(client).run_pass(Watch(sending=sending))
    client.close()

    assert result.busy_elsewhere
    assert desk.states() == {"sending": 1}


def test_a_pass_does_nothing_while_another_program_syncs(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1)
    other = SyncerLock(desk.database, desk.clock)
    other.acquire()

    result = desk.sync(portal.url, give_up_after=2)

    assert result.busy_elsewhere
    assert portal.dossiers() == {}
    other.release()
    assert desk.sync(portal.url).sent == 1
