"""A whole desk and a whole portal under one clock, for the model of the sync: programs that start, die and go on."""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from model_killed import Errand, Killer
from model_program import PASSWORD, CrashError, Death, Fuse, ModelDatabase, Program, desk_at, start_program
from sqlalchemy import update

from counter_app.models import SyncLock
from counter_app.sandbox.portal import PracticePortal
from counter_app.sync import outbox
from counter_app.sync.engine import PassResult, Watch
from counter_app.sync.worker import BUSY_ELSEWHERE_PAUSE
from tests.catalogue_samples import pdf_bytes

DEAD_OWNER = "|99999999|"
"""Names no process: above the highest number that a system gives one."""
SOON = timedelta(minutes=30)
"""With the line whole again: a silent lock's ten minutes, a message's longest pause, and some to spare."""


@dataclass
class Machines:
    """What outlives one world and is made once, since it takes long: databases with all that they have compiled, and
    the process that starts the programs to be killed."""

    fuse: Fuse = field(default_factory=Fuse)
    desk: ModelDatabase = field(default_factory=ModelDatabase)
    killer: Killer | None = None

    def __post_init__(self) -> None:
        self.program = ModelDatabase(self.fuse)
        # Drawing the sample papers' codes would take a tenth of all the time.
        self._papers = mock.patch("counter_app.sandbox.samples._sample_pdf", pdf_bytes)
        self._papers.start()

    def close(self) -> None:
        self._papers.stop()
        self.desk.close()
        self.program.close()
        if self.killer is not None:
            self.killer.close()


@dataclass
class Pushed:
    """What the portal's side did by itself, which the desk has to learn of."""

    entries: int = 0
    steps: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    results: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    online: dict[str, list[str]] = field(default_factory=dict)
    """Digests of what the applicant handed in on line, by dossier."""


class World:
    """Desk, portal, line and time. ``skew`` is how far the desk's clock is ahead of the true time."""

    def __init__(
        self, machines: Machines, prepared: Path, scratch: Path, start: datetime, *, seed: int, knows_keys: bool
    ) -> None:
        self.scratch = scratch
        self.now = start
        self.skew = timedelta(0)
        self.pushed = Pushed()
        self.knows_keys = knows_keys
        self.portal = PracticePortal(
            scratch / "portal.db", knows_idempotency=knows_keys, seed=seed, clock=lambda: self.now.timestamp()
        ).start()
        shutil.copytree(prepared, scratch / "desk")
        self.desk = desk_at(scratch / "desk", machines.desk, self.desk_clock, self.portal.url)
        self._machines = machines
        self._chance = random.Random(seed)
        self._program: Program | None = None

    def desk_clock(self) -> datetime:
        return self.now + self.skew

    def wait(self, pause: timedelta) -> None:
        self.now += pause

    def close(self) -> None:
        self.end_program()
        self.desk.close()
        self.portal.stop()

    def program(self, password: str = PASSWORD) -> Program:
        """The program that runs, started if there is none."""
        if self._program is None:
            machines = self._machines
            self._program = start_program(self.desk, machines.program, machines.fuse, self._chance, password)
        return self._program

    def end_program(self) -> None:
        """It was closed as it should be; the next pass is another program's."""
        if self._program is not None:
            self._program.close()
            self._program = None

    def sync(self, watch: Watch | None = None, *, in_haste: bool = False) -> PassResult:
        """One pass."""
        program = self.program()
        program.line.begin_pass(in_haste=in_haste)
        return program.engine.run_pass(watch)

    def sync_and_die(self, death: Death, watch: Watch | None = None, *, in_haste: bool, is_seen_dead: bool) -> bool:
        """One pass in which the program of this process ends; False when the pass came to its end before.

        ``is_seen_dead``: the next program can tell that the lock's owner no longer runs; otherwise the lock
        stays until it has been silent for long enough.
        """
        self._machines.fuse.light(death)
        try:
            self.sync(watch, in_haste=in_haste)
        except CrashError:
            self.end_program()
            if is_seen_dead:
                self._bury()
            return True
        finally:
            self._machines.fuse.put_out()
        return False

    def sync_and_be_killed(self, death: Death | None, *, in_haste: bool) -> bool:
        """One pass of a real program that is really killed; False when the pass came to its end before."""
        self.end_program()
        if self._machines.killer is None:
            self._machines.killer = Killer()
            # Compiles every statement once, for all that are killed later.
            self._be_killed(self._machines.killer, None, in_haste=False)
        return self._be_killed(self._machines.killer, death, in_haste=in_haste)

    def _be_killed(self, killer: Killer, death: Death | None, *, in_haste: bool) -> bool:
        seed = self._chance.randrange(2**32)
        return killer.run(Errand(self.scratch / "desk", self.portal.url, self.desk_clock(), seed, in_haste, death))

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """The desk's file may not grow, and nothing goes into the store of documents."""
        databases = (self._machines.desk, self._machines.program)
        # Of this module alone: the portal of the same process has room.
        full = SimpleNamespace(**{**vars(os), "fsync": _no_room})
        for one in databases:
            one.is_full = True
        try:
            with mock.patch("counter_app.services.document_store.os", full):
                yield
        finally:
            for one in databases:
                one.is_full = False

    def settle(self) -> None:
        """The line is whole again: sync until nothing waits, within a time that a clerk would wait."""
        self.portal.faults.clear()
        begun = self.now
        while True:
            result = self.sync()
            with self.desk.database.read() as session:
                due = outbox.next_due(session)
            if due is None and result.retry_at is None and not result.busy_elsewhere:
                return
            if result.busy_elsewhere:
                pause = BUSY_ELSEWHERE_PAUSE
            else:
                pause = (result.retry_at or due or self.desk_clock()) - self.desk_clock()
            self.wait(max(pause, timedelta(seconds=0.05)))
            assert self.now - begun < SOON, f"still waiting: {result}, next due {due}, at the desk {self.desk_clock()}"

    def push(self, kind: str, **wishes: str) -> str:
        """The portal's side does something; the code of the dossier that it concerns."""
        before = {one["id"] for one in self.portal.files()}
        code = self.portal.push_sample(kind, **wishes)
        self.pushed.entries += 1
        new = [one for one in self.portal.files() if one["id"] not in before]
        self.pushed.files |= {one["id"] for one in new}
        if kind == "HoSoMoi":
            self.pushed.online[code] = [one["sha256"] for one in new]
        elif kind == "TienDo":
            step = self.portal.steps(code)[-1]
            self.pushed.steps.setdefault(code, []).append((step["ThoiDiemXuLy"], step["TrangThai"]))
        elif kind == "KetQua":
            self.pushed.results.add(code)
        return code

    def process(self, code: str, kind: str, status: str) -> None:
        """A step (``TienDo``, to ``status``) or a result (``KetQua``) of the unit that processes the dossier."""
        # Off the seconds in which the desk works: the protocol tells two such steps apart by nothing else.
        self.wait(timedelta(seconds=12))
        self.push(kind, code=code, **({"status": status} if kind == "TienDo" else {}))
        self.wait(timedelta(seconds=4))

    def push_calendar(self) -> None:
        """Another day off next year; never the same entry twice, which would be a repeat."""
        day = date(self.now.year + 1, 1, 2) + timedelta(days=self.pushed.entries)
        self.portal.push("Lich", "", {"Nam": str(day.year), "NgayNghi": [f"{day:%Y%m%d}"], "LamBu": []})
        self.pushed.entries += 1

    def _bury(self) -> None:
        """Make the dead program's lock one of a process that is gone, as after a real end."""
        with self.desk.database.write() as session:
            lock = session.get(SyncLock, "sync")
            if lock is not None:
                host = lock.owner.partition("|")[0]
                session.execute(update(SyncLock).values(owner=f"{host}{DEAD_OWNER}"))


def _no_room(_handle: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
