"""A whole desk and a whole portal under one clock, for the model of the sync: programs that start, die and go on."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from counter_app.database import Database
from counter_app.models import SyncLock
from counter_app.sandbox.portal import PracticePortal
from counter_app.services.desk import open_desk
from counter_app.services.portal_feed import FeedApplier
from counter_app.services.portal_link import NamingQueue
from counter_app.settings import PortalSettings
from counter_app.sync import outbox
from counter_app.sync.engine import PassResult, Surroundings, SyncEngine, Watch
from counter_app.sync.http import HttpLimits
from counter_app.sync.profile1 import Profile1Client, Profile1Settings
from counter_app.sync.worker import BUSY_ELSEWHERE_PAUSE
from tests.catalogue_samples import OFFICE

CHUNK = 300
"""Bytes of one PATCH; the documents of the model have some three times as many."""
PATIENCE, HASTE = HttpLimits(5, 20, 60), HttpLimits(5, 0.15, 60)
DEAD_OWNER = "|99999999|"
"""Names no process: above the highest number that a system gives one."""
SOON = timedelta(minutes=30)
"""With the line whole again: a silent lock's ten minutes, a message's longest pause, and some to spare."""


class CrashError(BaseException):
    """The program's end at any moment: nothing may catch it, and nothing is written after it."""


@dataclass
class Fuse:
    """Burns down by one at each place where the program may end, and ends it for good."""

    left: int | None = None

    def burn(self) -> None:
        if self.left is None:
            return
        if self.left == 0:
            raise CrashError
        self.left -= 1


class FragileDatabase(Database):
    """The desk's file as a program that may die has it: before a commit, or right behind one."""

    def __init__(self, path: Path, fuse: Fuse) -> None:
        super().__init__(path)
        self._fuse = fuse

    @contextmanager
    def write(self) -> Iterator[Session]:
        with super().write() as session:
            yield session
            self._fuse.burn()
        self._fuse.burn()


class Line:
    """The portal's client: patient, or so hasty that a slow portal's answers come too late."""

    def __init__(self, url: str, password: str, now: Callable[[], datetime], fuse: Fuse) -> None:
        made = [
            Profile1Client(
                Profile1Settings(url, "canbo", password, OFFICE.code, limits=limits, chunk_size=CHUNK), now=now
            )
            for limits in (PATIENCE, HASTE)
        ]
        self._patient, self._hasty = made
        self._fuse = fuse
        self.in_haste = False

    def close(self) -> None:
        self._patient.close()
        self._hasty.close()

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._hasty if self.in_haste else self._patient, name)
        if not callable(member):
            return member

        def call(*given: Any, **named: Any) -> Any:
            answer = member(*given, **named)
            # The portal has done it, and the desk has not written it yet.
            self._fuse.burn()
            return answer

        return call


@dataclass
class Program:
    """One run of the syncing program."""

    database: FragileDatabase
    line: Line
    engine: SyncEngine

    def close(self) -> None:
        self.engine.close()
        self.database.close()


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

    def __init__(self, prepared: Path, scratch: Path, start: datetime, *, seed: int, knows_keys: bool) -> None:
        self.scratch = scratch
        self.now = start
        self.skew = timedelta(0)
        self.pushed = Pushed()
        self.portal = PracticePortal(
            scratch / "portal.db", knows_idempotency=knows_keys, seed=seed, clock=lambda: self.now.timestamp()
        ).start()
        opened = open_desk(Path(shutil.copytree(prepared, scratch / "desk")), self.desk_clock)
        portal = PortalSettings(url=self.portal.url, user="canbo")
        self.desk = replace(opened, settings=replace(opened.settings, portal=portal))
        self._random = random.Random(seed).random
        self._fuse = Fuse()
        self._program: Program | None = None

    def desk_clock(self) -> datetime:
        return self.now + self.skew

    def wait(self, pause: timedelta) -> None:
        self.now += pause

    def close(self) -> None:
        self.end_program()
        self.desk.close()
        self.portal.stop()

    def program(self, password: str = "thuchanh") -> Program:
        """The program that runs, started if there is none."""
        if self._program is None:
            database = FragileDatabase(self.desk.database.path, self._fuse)
            line = Line(self.portal.url, password, self.desk_clock, self._fuse)
            around = Surroundings(
                portal="practice",
                document_path=self.desk.documents.path_of,
                queue_naming=NamingQueue(self.desk),
                feed=FeedApplier(self.desk),
                clock=self.desk_clock,
                random=self._random,
            )
            self._program = Program(database, line, SyncEngine(database, line, around))
        return self._program

    def end_program(self) -> None:
        """It was closed as it should be; the next pass is another program's."""
        if self._program is not None:
            self._program.close()
            self._program = None

    def sync(self, watch: Watch | None = None, *, in_haste: bool = False) -> PassResult:
        """One pass."""
        program = self.program()
        program.line.in_haste = in_haste
        return program.engine.run_pass(watch)

    def sync_and_die(self, after: int, watch: Watch | None = None, *, in_haste: bool, is_seen_dead: bool) -> bool:
        """One pass in which the program ends after so many of its beats; False when it came to its end before.

        ``is_seen_dead``: the next program can tell that the lock's owner no longer runs; otherwise the lock
        stays until it has been silent for long enough.
        """
        self._fuse.left = after
        try:
            self.sync(watch, in_haste=in_haste)
        except CrashError:
            self.end_program()
            if is_seen_dead:
                self._bury()
            return True
        finally:
            self._fuse.left = None
        return False

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
