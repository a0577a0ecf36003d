"""The processes that look into files for ``incoming``: each stays for the next file, and ends when none comes.

Starting one takes a fifth of a second, asking one that is there some thousandths: what the portal holds for a month of
dossiers is looked at without holding up the syncer.
"""

from __future__ import annotations

import atexit
import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

MOST_FILES: Final = 200
"""After so many files a process makes room for a new one: what readers leave in memory does not add up."""

_lock = threading.Lock()
_idle: list[_Child] = []


class _Child:
    """One process, asked by one thread at a time."""

    def __init__(self) -> None:
        self.files = 0
        self._process = subprocess.Popen(
            # -I: neither the working folder nor the environment brings in modules of their own.
            [sys.executable, "-I", "-m", "counter_app.scanning.incoming_look"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            self.end()
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))  # no fault of any file

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, order: bytes, seconds: float) -> bytes | None:
        """The answer; b"" from a process that ended, None when it had not answered in time and was ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.files += 1
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            self._process.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            self._process.stdin.write(order)
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = b""
        finally:
            timer.cancel()
            timer.join()
        return None if is_late.is_set() and not answer else answer

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


def look_into(path: Path, kind: str, limits: dict[str, int]) -> dict[str, Any] | None:
    """What ``incoming_look`` says of a file; None when looking at it ended the process or took too long.

    Raises OSError when no process can be started.
    """
    order = json.dumps([str(path.absolute()), kind, limits]).encode() + b"\n"
    child = _free_child()
    while True:
        is_new = child.files == 0
        said = child.ask(order, limits["seconds"])
        found: dict[str, Any] | None = json.loads(said) if said and said.endswith(b"\n") else None
        if found is not None and not found.get("memory"):
            _put_back(child)
            return found
        child.end()
        if is_new or said is None:
            return None
        child = _Child()  # it may have ended for want of files, or by what an earlier one left: this one decides


def _free_child() -> _Child:
    while True:
        with _lock:
            child = _idle.pop() if _idle else None
        if child is None:
            return _Child()
        if child.is_alive:
            return child
        child.end()


def _put_back(child: _Child) -> None:
    if child.files < MOST_FILES:
        with _lock:
            _idle.append(child)
    else:
        child.end()


@atexit.register
def _end_all() -> None:
    while _idle:
        _idle.pop().end()
