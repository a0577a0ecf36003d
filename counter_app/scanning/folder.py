"""A watched folder: what a copier or another program puts there is taken into the tray.

A file is taken when it has not changed between two looks. It is given another name first, so that whoever writes to
the old name meanwhile makes a new file, and it is deleted when all its pages are safe. Stopped in between, its name
says how many pages are, and it goes on behind them; a kill leaves it to be taken again, never lost. What cannot be
taken stays where it is, with a message, until it changes.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from counter_app.errors import CounterError
from counter_app.scanning.file_pages import look_through
from counter_app.scanning.model import ReadPage, ScanProfile, ScanTrouble, SourceInfo
from counter_app.scanning.picture_files import IMAGE_SUFFIXES
from counter_app.scanning.troubles import stopped

SETTLE_SECONDS: Final = 2.0
EMPTY_SECONDS: Final = 30.0
"""For a file without a byte: copiers make the name first and begin to send when the page is read."""
POLL_SECONDS: Final = 0.2
MOST_TOLD: Final = 3
"""Files of which the reasons are told at once."""
_TAKING: Final = ".taking-"
_BEGUN: Final = re.compile(r"\.taking-(\d+)-(.+)", re.DOTALL)
"""Pages that are safe, and the name that the file had."""

_Shape = tuple[int, int]
"""Size and time of change of a file: as long as it stays the same, nobody has written."""


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A file that was not taken and why, in the clerk's words."""

    path: Path
    message: str


class FolderSource:
    """The files of one folder, oldest first, as if they lay in a feeder."""

    def __init__(
        self,
        folder: Path,
        settle_seconds: float = SETTLE_SECONDS,
        now: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.folder = folder
        self.id = f"folder:{folder}"
        self.name = f"Thư mục {folder.name}"
        self._settle_seconds = settle_seconds
        self._now = now
        self._pause = pause
        self._seen: dict[Path, tuple[_Shape, float]] = {}
        self._left: dict[Path, tuple[_Shape, str]] = {}

    @property
    def info(self) -> SourceInfo:
        return SourceInfo(self.id, self.name, "folder", True, False)

    @property
    def left(self) -> tuple[LeftFile, ...]:
        """What lies in the folder and cannot be taken."""
        return tuple(LeftFile(path, message) for path, (_shape, message) in self._left.items())

    def scan(self, profile: ScanProfile, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        """Take what is there, and what comes while that is done; the profile says nothing about files.

        Raises ScanTrouble at the end: ``bad_page`` for what was left, ``no_paper`` when there was nothing to take.
        """
        taken = 0

        def counted(page: ReadPage) -> None:
            nonlocal taken
            take(page)
            taken += 1

        while self.look(counted, stop):
            if stop():
                raise stopped()
            self._pause(POLL_SECONDS)
        if self._left:
            raise ScanTrouble("bad_page", " ".join(one.message for one in self.left[:MOST_TOLD]))
        if not taken:
            raise ScanTrouble("no_paper", _nothing(self.folder))

    def look(self, take: Callable[[ReadPage], None], stop: Callable[[], bool] = lambda: False) -> bool:
        """Take what has settled; whether something is still being written.

        Raises ScanTrouble ``offline`` when the folder cannot be reached, ``stopped``, and what ``take`` raises: the
        file stays.
        """
        found = files_in(self.folder)
        self._seen = {path: seen for path, seen in self._seen.items() if path in found}
        self._left = {path: left for path, left in self._left.items() if found.get(path) == left[0]}
        is_waiting = False
        for path, shape in found.items():
            if path in self._left:
                continue
            if self._has_settled(path, shape):
                if not is_waiting:  # else those behind one that is being written would come before it
                    if stop():
                        raise stopped()
                    self._take_file(path, shape, take, stop)
            else:
                is_waiting = True
        return is_waiting

    def _has_settled(self, path: Path, shape: _Shape) -> bool:
        if _BEGUN.fullmatch(path.name):
            return True
        now = self._now()
        before, since = self._seen.get(path, (None, now))
        if before != shape:
            self._seen[path] = (shape, now)
            return False
        return now - since >= (self._settle_seconds if shape[0] else EMPTY_SECONDS)

    def _take_file(self, path: Path, shape: _Shape, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        begun, name = _begun(path)
        try:
            pages = look_through(path, stop, name)
        except CounterError as error:
            if error.kind == "stopped":
                raise
            if error.kind != "file_missing":
                self._left[path] = (shape, error.message)
            return
        ours = self.folder / f"{_TAKING}{begun}-{name}"
        try:
            if ours != path:
                if any(_begun(other)[1] == name for other in files_in(self.folder) if other != path):
                    return  # of the same name and not taken yet: this one's turn comes after it
                path.rename(ours)
                facts = ours.stat()
                if (facts.st_size, facts.st_mtime_ns) != shape:
                    ours.rename(path)  # somebody has begun to write again
                    return
        except OSError as error:
            self._left[path] = (shape, _unreadable(name, error))
            return
        self._seen.pop(path, None)
        self._take_pages(ours, begun, name, pages.read(ours), take, stop)

    def _take_pages(
        self,
        ours: Path,
        begun: int,
        name: str,
        pages: Generator[ReadPage],
        take: Callable[[ReadPage], None],
        stop: Callable[[], bool],
    ) -> None:
        taken = begun
        try:
            for page in islice(pages, begun, None):
                if stop():
                    raise stopped()
                take(page)
                taken += 1
        except BaseException as error:
            pages.close()  # Windows renames no file that is open
            with suppress(OSError):
                ours.rename(self.folder / f"{_TAKING}{taken}-{name}")
            if isinstance(error, OSError):
                raise ScanTrouble("offline", _unreadable(name, error)) from error
            raise
        ours.unlink()


class FolderWatch:
    """Counts what has come into a folder; takes nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._before: dict[Path, _Shape] = {}
        self._known: dict[Path, _Shape] = {}

    def look(self) -> int:
        """How many files are news and have not changed since the last look. Raises ScanTrouble ``offline``."""
        found = files_in(self.folder)
        settled = {path for path, shape in found.items() if shape[0] and self._before.get(path) == shape}
        self._before = found
        return sum(self._known.get(path) != found[path] for path in settled)

    def has_been_read(self) -> None:
        """The folder was read since the last look: what lay there then and lies there still is no news."""
        self._known = self._before


def files_in(folder: Path) -> dict[Path, _Shape]:
    """The files to be taken, oldest first; what was being taken when the program ended is among them.

    Raises ScanTrouble ``offline``.
    """
    found: list[tuple[int, str, Path, _Shape]] = []
    try:
        for entry in os.scandir(folder):
            path = Path(entry.path)
            is_hidden = entry.name.startswith((".", "~")) and not _BEGUN.fullmatch(entry.name)
            if is_hidden or path.suffix.lower() not in (*IMAGE_SUFFIXES, ".pdf"):
                continue
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # taken away since the folder was read
            if entry.is_file(follow_symlinks=False):
                shape = (facts.st_size, facts.st_mtime_ns)
                found.append((facts.st_mtime_ns, _begun(path)[1], path, shape))
    except OSError as error:
        raise ScanTrouble(
            "offline",
            f"Không mở được thư mục quét «{folder}». Hãy kiểm tra mạng và quyền truy cập của thư mục trong Cài đặt.",
        ) from error
    return {path: shape for _time, _name, path, shape in sorted(found)}


def _begun(path: Path) -> tuple[int, str]:
    """How many pages of a file are safe already, and the name that it came with."""
    found = _BEGUN.fullmatch(path.name)
    return (int(found[1]), found[2]) if found else (0, path.name)


def _unreadable(name: str, error: OSError) -> str:
    return f"«{name}»: không đọc hoặc không di chuyển được ({error.strerror}). Hãy kiểm tra quyền của thư mục quét."


def _nothing(folder: Path) -> str:
    return f"Thư mục quét «{folder}» chưa có tệp nào. Hãy quét vào thư mục này từ máy quét, rồi lấy lại."
