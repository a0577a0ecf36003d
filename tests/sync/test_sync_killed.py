"""A real program killed (SIGKILL) in the middle of syncing: the next one finishes, each thing once."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sync_desk import SyncDesk, assert_portal_has_each_once

from counter_app.sandbox.portal import PracticePortal

CHILD = Path(__file__).with_name("sync_child.py")
ROOT = Path(__file__).parents[2]
KILLS = ("DongBoHoSoMC", "CapNhatTienDoHoSoMC", "PATCH", "PATCH", "DongBoHoSoMC")
"""The call in which each program dies: creates, steps, documents, updates that name documents."""


def start(directory: Path, url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(directory), url],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )


def struck(portal: PracticePortal) -> int:
    snapshot = portal.faults.snapshot()
    return int(snapshot["slow"]["struck"])


@pytest.mark.parametrize("knows", [True, False])
def test_killed_again_and_again_the_portal_has_each_thing_once(tmp_path: Path, knows: bool) -> None:
    desk = SyncDesk.create(tmp_path / "desk")
    desk.clock.now = desk.clock.now.replace(year=2020)
    for number in range(1, 31):
        code = desk.receive(number, documents=number % 2)
        desk.step(code, "processing")
    waiting = threading.Event()
    with PracticePortal(tmp_path / "portal.db", knows_idempotency=knows) as portal:
        for call in KILLS:
            before = struck(portal)
            # The portal has done the work and holds its answer back: the worst moment to die.
            portal.faults.set("slow", next_calls=1, on=[call], seconds=60)
            program = start(desk.directory, portal.url)
            while struck(portal) == before:
                assert program.poll() is None, f"the program ended before the {call} that was to kill it"
                waiting.wait(0.01)
            program.kill()
            program.wait()
        portal.faults.clear()

        assert start(desk.directory, portal.url).wait(90) == 0
        assert_portal_has_each_once(desk, portal)
    assert desk.states() == {"done": len(desk.messages())}
    desk.database.close()
