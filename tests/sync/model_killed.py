"""Real programs that are killed (SIGKILL) in the middle of a pass, a fifth of a second each at most.

One process stays (``_stay``), with every module imported and every statement compiled by a pass of its own; for each
killing it forks one that goes on from there. It has one thread and no open file of a desk, which a fork may not share.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import traceback
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

from model_program import Death, Fuse, ModelDatabase, desk_at, start_program

from counter_app.sync.engine import PassResult
from tests.sync.planted_bugs import plant_from_environment

CAN_KILL = hasattr(os, "fork")
PATIENCE_SECONDS = 60.0
_ENDED, _BROKEN = 0, 1


@dataclass(frozen=True)
class Errand:
    """One pass on ``directory`` with a clock that stands at ``now``; without a ``death`` in the staying process."""

    directory: Path
    url: str
    now: datetime
    seed: int
    in_haste: bool = False
    death: Death | None = None


class Killer:
    """Starts programs and sees them die."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._staying = context.Process(target=_stay, args=(theirs,), name="sync-model", daemon=True)
        self._staying.start()
        theirs.close()

    def run(self, errand: Errand) -> bool:
        """Run a pass in another process; whether it was killed. AssertionError with its traceback when it failed."""
        self._line.send(errand)
        assert self._line.poll(PATIENCE_SECONDS), f"no end in {PATIENCE_SECONDS} s: {errand}"
        was_killed, failure = self._line.recv()
        assert not failure, failure
        return bool(was_killed)

    def close(self) -> None:
        self._line.close()
        self._staying.join(PATIENCE_SECONDS)
        self._staying.close()


def _stay(line: Connection) -> None:
    plant_from_environment()
    fuse = Fuse(_kill_self)
    # Of a desk's own data a pass writes nothing but by the program's database.
    desk_database, database = ModelDatabase(), ModelDatabase(fuse)
    while True:
        try:
            errand: Errand = line.recv()
        except EOFError:
            return
        line.send(_carried_out(errand, desk_database, database, fuse))


def _carried_out(errand: Errand, desk_database: ModelDatabase, database: ModelDatabase, fuse: Fuse) -> tuple[bool, str]:
    if errand.death is None:
        _run_pass(errand, desk_database, database, fuse)
        return False, ""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = _ENDED
        try:
            fuse.light(errand.death)
            _run_pass(errand, desk_database, database, fuse)
        except BaseException:
            os.write(writing, traceback.format_exc().encode()[-60_000:])
            status = _BROKEN
        os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as failure:
        words = failure.read().decode()
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, words


def _run_pass(errand: Errand, desk_database: ModelDatabase, database: ModelDatabase, fuse: Fuse) -> PassResult:
    desk = desk_at(errand.directory, desk_database, lambda: errand.now, errand.url)
    program = start_program(desk, database, fuse, random.Random(errand.seed))
    program.line.begin_pass(in_haste=errand.in_haste)
    try:
        return program.engine.run_pass()
    finally:
        program.close()
        desk.close()


def _kill_self() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("outlived a SIGKILL")
