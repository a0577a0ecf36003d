"""The syncing program as the model runs it: on a disk that may be full, and with an end at any of its beats."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import event
from sqlalchemy.orm import Session

from counter_app.database import Database
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.portal_feed import FeedApplier
from counter_app.services.portal_link import NamingQueue
from counter_app.settings import PortalSettings
from counter_app.sync.engine import Surroundings, SyncEngine
from counter_app.sync.http import HttpLimits
from counter_app.sync.profile1 import Profile1Client, Profile1Settings
from tests.catalogue_samples import OFFICE

CHUNK = 300
"""Bytes of one PATCH; the documents of the model have some three times as many."""
MOST_CALLS = 1000
"""Of one pass: many times what the model ever has to send."""
PASSWORD = "thuchanh"
PATIENCE, HASTE = HttpLimits(5, 20, 60), HttpLimits(5, 0.15, 60)
_NO_CAP = 4294967294
"""SQLite's own highest ``max_page_count``."""


class CrashError(BaseException):
    """The program's end at any moment: nothing may catch it, and nothing is written after it."""


def crash() -> NoReturn:
    raise CrashError


@dataclass(frozen=True)
class Death:
    """The end after so many beats (statement, commit, call), counted from the start of the pass, or from the first
    call of the portal's client that is named ``since``."""

    after: int
    since: str = ""


class Fuse:
    """Burns down by one at each beat of the program, and then ends it for good by ``end``."""

    def __init__(self, end: Callable[[], NoReturn] = crash) -> None:
        self._end = end
        self._left: int | None = None
        self._since = ""

    def light(self, death: Death) -> None:
        self._left, self._since = death.after, death.since

    def put_out(self) -> None:
        self._left = None

    def burn(self, call: str = "") -> None:
        """One beat; ``call``: the portal is about to be called by this name."""
        if self._left is None:
            return
        if self._since and self._since != call:
            return
        self._since = ""
        if self._left == 0:
            self._end()
        self._left -= 1


class ModelDatabase(Database):
    """A desk's file, one after the other: the engine with all that it has compiled is made once.

    ``is_full``: the file may not grow any more.
    """

    def __init__(self, fuse: Fuse | None = None) -> None:
        super().__init__(Path("unopened"))
        self.is_full = False
        self._fuse = fuse or Fuse()
        listen = event.listens_for
        listen(self.engine, "do_connect")(self._connect)
        listen(self.engine, "checkout")(self._cap)
        listen(self.engine, "before_cursor_execute")(lambda *_: self._fuse.burn())
        listen(self.engine, "commit")(lambda _: self._fuse.burn())

    def open(self, path: Path) -> None:
        """Go on with another file."""
        self.close()
        self.kept.clear()
        self.path = path
        self.is_full = False

    @contextmanager
    def write(self) -> Iterator[Session]:
        with super().write() as session:
            yield session
        self._fuse.burn()

    def _connect(self, _dialect: object, _record: object, given: list[Any], _named: object) -> None:
        given[0] = str(self.path)

    def _cap(self, connection: sqlite3.Connection, record: Any, _proxy: object) -> None:
        if self.is_full or record.info.get("capped"):
            # Below the number of pages that there are, SQLite takes that number.
            connection.execute(f"PRAGMA max_page_count={1 if self.is_full else _NO_CAP}")
            record.info["capped"] = self.is_full


class Line:
    """The portal's client: patient, or so hasty that a slow portal's answers come too late."""

    def __init__(self, url: str, password: str, now: Callable[[], datetime], fuse: Fuse) -> None:
        self._patient, self._hasty = (
            Profile1Client(
                Profile1Settings(url, "canbo", password, OFFICE.code, limits=limits, chunk_size=CHUNK), now=now
            )
            for limits in (PATIENCE, HASTE)
        )
        self._fuse = fuse
        self._calls = 0
        self.in_haste = False

    def begin_pass(self, *, in_haste: bool) -> None:
        """Another pass, in haste or not."""
        self._calls, self.in_haste = 0, in_haste

    def close(self) -> None:
        self._patient.close()
        self._hasty.close()

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._hasty if self.in_haste else self._patient, name)
        if not callable(member):
            return member

        def call(*given: Any, **named: Any) -> Any:
            self._calls += 1
            assert self._calls < MOST_CALLS, "a pass without end"
            self._fuse.burn(name)
            answer = member(*given, **named)
            # The portal has done it, and the desk has not written it yet.
            self._fuse.burn()
            return answer

        return call


@dataclass
class Program:
    """One run of the syncing program."""

    database: ModelDatabase
    line: Line
    engine: SyncEngine
    fuse: Fuse

    def close(self) -> None:
        self.engine.close()
        self.database.close()


def desk_at(directory: Path, database: ModelDatabase, clock: Callable[[], datetime], url: str) -> DeskContext:
    """The desk on ``directory``, with the portal at ``url`` in its settings, by a database made before."""
    opened = open_desk(directory, clock)
    opened.close()
    database.open(opened.database.path)
    portal = PortalSettings(url=url, user="canbo")
    return replace(opened, database=database, settings=replace(opened.settings, portal=portal))


def start_program(
    desk: DeskContext, database: ModelDatabase, fuse: Fuse, chance: random.Random, password: str = PASSWORD
) -> Program:
    """The syncing program on a desk, by a database of its own."""
    database.open(desk.database.path)
    line = Line(desk.settings.portal.url, password, desk.clock, fuse)
    around = Surroundings(
        portal="practice",
        document_path=desk.documents.path_of,
        queue_naming=NamingQueue(desk),
        feed=FeedApplier(desk),
        clock=desk.clock,
        random=chance.random,
        # Documents one by one: with threads a seed would not lead to the same run twice.
        lanes=0,
    )
    return Program(database, line, SyncEngine(database, line, around), fuse)
