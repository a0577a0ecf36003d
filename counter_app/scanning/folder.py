"""A watched folder: what a copier or another program puts there is taken into the tray.

A file is taken when it has not changed between two looks. It is given another name first, so that whoever writes to
the old name meanwhile makes a new file, and it is deleted when all its pages are safe: a kill in between leaves it to
be taken again, never lost. What cannot be taken stays where it is, with a message, until it changes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from counter_app.errors import CounterError
from counter_app.scanning.incoming import IncomingLimits, check_incoming
from counter_app.scanning.model import ReadPage, ScanProfile, ScanTrouble, SourceInfo
from counter_app.scanning.picture_files import IMAGE_SUFFIXES, pages_of_picture
from counter_app.scanning.picture_pdf import pages_of_pdf
from counter_app.scanning.troubles import trouble

SETTLE_SECONDS: Final = 2.0
EMPTY_SECONDS: Final = 30.0
"""For a file without a byte: copiers make the name first and begin to send when the page is read."""
POLL_SECONDS: Final = 0.2
MOST_TOLD: Final = 3
"""Files of which the reasons are told at once."""
LIMITS: Final = IncomingLimits(max_mb=512)
"""A whole feeder in one file may be larger than a document; its pages are counted and checked all the same."""
_TAKING: Final = ".taking-"

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
            if stop():
                raise trouble("stopped")
            take(page)
            taken += 1

        while self.look(counted):
            if stop():
                raise trouble("stopped")
            self._pause(POLL_SECONDS)
        if self._left:
            raise ScanTrouble("bad_page", " ".join(one.message for one in self.left[:MOST_TOLD]))
        if not taken:
            raise ScanTrouble("no_paper", _nothing(self.folder))

    def look(self, take: Callable[[ReadPage], None]) -> bool:
        """Take what has settled; whether something is still being written. For a window that watches the folder.

        Raises ScanTrouble ``offline`` when the folder cannot be reached, and what ``take`` raises: the file stays.
        """
        try:
            found = self._files()
        except OSError as error:
            raise ScanTrouble(
                "offline",
                f"Không mở được thư mục quét «{self.folder}». Hãy kiểm tra mạng và quyền truy cập của thư mục trong "
                "Cài đặt.",
            ) from error
        self._seen = {path: seen for path, seen in self._seen.items() if path in found}
        self._left = {path: left for path, left in self._left.items() if found.get(path) == left[0]}
        is_waiting = False
        for path, shape in found.items():
            if path in self._left:
                continue
            if self._has_settled(path, shape):
                if not is_waiting:  # else those behind one that is being written would come before it
                    self._take_file(path, shape, take)
            else:
                is_waiting = True
        return is_waiting

    def _files(self) -> dict[Path, _Shape]:
        """The files to be taken, oldest first; what was being taken when the program ended is among them."""
        found: list[tuple[int, str, Path, _Shape]] = []
        for entry in os.scandir(self.folder):
            path = Path(entry.path)
            is_hidden = entry.name.startswith((".", "~")) and not entry.name.startswith(_TAKING)
            if is_hidden or path.suffix.lower() not in (*IMAGE_SUFFIXES, ".pdf"):
                continue
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # taken away since the folder was read
            if entry.is_file(follow_symlinks=False):
                shape = (facts.st_size, facts.st_mtime_ns)
                found.append((facts.st_mtime_ns, entry.name.removeprefix(_TAKING), path, shape))
        return {path: shape for _time, _name, path, shape in sorted(found)}

    def _has_settled(self, path: Path, shape: _Shape) -> bool:
        if path.name.startswith(_TAKING):
            return True
        now = self._now()
        before, since = self._seen.get(path, (None, now))
        if before != shape:
            self._seen[path] = (shape, now)
            return False
        return now - since >= (self._settle_seconds if shape[0] else EMPTY_SECONDS)

    def _take_file(self, path: Path, shape: _Shape, take: Callable[[ReadPage], None]) -> None:
        try:
            check_incoming(path, LIMITS)
            for _page in _pages(path):  # looked at to its end before the first page is taken
                pass
        except FileNotFoundError:
            return
        except OSError as error:
            self._left[path] = (shape, _unreadable(path, error))
            return
        except CounterError as error:
            is_named = path.name in error.message
            self._left[path] = (shape, error.message if is_named else f"«{path.name}»: {error.message}")
            return
        ours = path if path.name.startswith(_TAKING) else path.with_name(_TAKING + path.name)
        try:
            if ours.exists() and ours != path:
                return  # of the same name and not taken yet: this one's turn comes after it
            path.rename(ours)
            facts = ours.stat()
            if (facts.st_size, facts.st_mtime_ns) != shape:
                ours.rename(path)  # somebody has begun to write again
                return
        except OSError as error:
            self._left[path] = (shape, _unreadable(path, error))
            return
        self._seen.pop(path, None)
        for page in _pages(ours):
            take(page)
        ours.unlink()


def _pages(path: Path) -> Iterator[ReadPage]:
    if path.suffix.lower() == ".pdf":
        return pages_of_pdf(path)
    return pages_of_picture(path.read_bytes())


def _unreadable(path: Path, error: OSError) -> str:
    return (
        f"«{path.name}»: không đọc hoặc không di chuyển được ({error.strerror}). Hãy kiểm tra quyền của thư mục quét."
    )


def _nothing(folder: Path) -> str:
    return f"Thư mục quét «{folder}» chưa có tệp nào. Hãy quét vào thư mục này từ máy quét, rồi lấy lại."
