"""A driver in a process of its own, page by page: a driver that crashes or hangs never takes the desk down.

The program speaks as SANE's ``scanimage --batch --batch-prompt --batch-print`` does: it waits for a line on its
standard input before each page, writes the page to a file, prints the file's name, ends when the feeder is empty or
its input is closed, and its exit status is a SANE status. So no sheet is drawn in before the last one is safe.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from counter_app.scanning.model import ReadPage
from counter_app.scanning.picture_files import page_of_raw
from counter_app.scanning.troubles import stopped, trouble

_PROGRESS: Final = re.compile(rb"\rProgress: [\d.]+%")
POLL_SECONDS: Final = 0.1
END_SECONDS: Final = 5.0
"""How long a device has to let go of the paper when it is told to stop; then its driver is killed."""
SILENCE_SECONDS: Final = 90.0
"""Without a sign of life for so long the device counts as hanging; lamps warm up for up to a minute."""

_LAST_WORDS: Final = {
    "Document feeder out of documents": "no_paper",
    "Document feeder jammed": "jam",
    "Scanner cover is open": "cover_open",
}
"""What sane_strstatus says before drivers that then do not come to an end."""
_BY_STATUS: Final = {
    2: "stopped_at_device",
    3: "busy",
    4: "unsupported",
    6: "jam",
    7: "no_paper",
    8: "cover_open",
    9: "offline",
    10: "offline",
    11: "denied",
}
"""Numbers of SANE_Status (sane.h)."""


@dataclass(frozen=True, slots=True)
class PagedProgram:
    """How to start a driver's program and what to expect of it."""

    arguments: Sequence[str]
    dpi: int
    environment: Mapping[str, str]
    silence_seconds: float = SILENCE_SECONDS

    def run(self, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        """Take page after page until the program ends; as ``ScanSource.scan``, raises ScanTrouble."""
        with tempfile.TemporaryDirectory(prefix="scan-") as folder:
            process = self._start(folder)
            try:
                conversation = _Conversation(process)
                taken = 0
                while (name := self._next_page(conversation, stop)) is not None:
                    path = Path(folder) / name
                    take(page_of_raw(path, self.dpi))
                    path.unlink()
                    taken += 1
                self._judge(process, conversation, taken)
            finally:
                _end(process)

    def _start(self, folder: str) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self.arguments,
                cwd=folder,
                env={**os.environ, **self.environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise trouble("driver_missing") from error

    def _next_page(self, conversation: _Conversation, stop: Callable[[], bool]) -> str | None:
        """Ask for a page; its file's name, or None at the end."""
        if stop():
            raise stopped()
        conversation.ask()
        while True:
            found = conversation.answer(POLL_SECONDS)
            if found is not None:
                return found or None
            if stop():
                raise stopped()
            silent = conversation.silent_for()
            if silent > END_SECONDS and _last_trouble(conversation.words()):
                return None
            if silent > self.silence_seconds:
                raise trouble("hanging", seconds=round(self.silence_seconds))

    def _judge(self, process: subprocess.Popen[bytes], conversation: _Conversation, taken: int) -> None:
        """Turn the end of the program into a normal end or a trouble."""
        status = _status(process)
        words = conversation.last_words()
        if status == 0:
            happened = "no_paper"
        elif status is None:
            happened = _last_trouble(words) or "hanging"
        elif status == 1:  # also what scanimage says when it cannot open the device
            happened = "busy" if "Device busy" in words else "offline" if "open of device" in words else "unsupported"
        else:
            happened = _BY_STATUS.get(status, "driver_crashed")
        if happened != "no_paper" or not taken:
            said = words.rsplit("\n", 1)[-1]
            raise trouble(happened, words=said, status=status, seconds=round(END_SECONDS))


class _Conversation:
    """Both outputs of a running program, read by threads of their own so that neither pipe fills up."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._stdin = process.stdin
        self._names: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._words: deque[bytes] = deque(maxlen=64)
        self._last_sign = time.monotonic()
        threading.Thread(target=self._read_names, args=(process.stdout,), daemon=True).start()
        self._listener = threading.Thread(target=self._read_words, args=(process.stderr,), daemon=True)
        self._listener.start()

    def ask(self) -> None:
        self._last_sign = time.monotonic()
        try:
            self._stdin.write(b"\n")
            self._stdin.flush()
        except OSError:
            return  # it has ended already; its status tells why

    def answer(self, seconds: float) -> str | None:
        """A file's name, "" when the program has closed its output, None when it has said nothing yet."""
        try:
            return self._names.get(timeout=seconds)
        except queue.Empty:
            return None

    def silent_for(self) -> float:
        return time.monotonic() - self._last_sign

    def words(self) -> str:
        """The last of what the program has said so far, but for its progress."""
        return b"".join(tuple(self._words)).decode("utf-8", "replace").strip()

    def last_words(self) -> str:
        """The same once it has ended, or has had time to."""
        self._listener.join(POLL_SECONDS * 10)
        return self.words()

    def _read_names(self, stdout: IO[bytes]) -> None:
        with stdout:
            for line in stdout:
                if name := line.decode().strip():
                    self._names.put(name)
        self._names.put("")

    def _read_words(self, stderr: IO[bytes]) -> None:
        with stderr:
            while piece := os.read(stderr.fileno(), 4096):
                self._last_sign = time.monotonic()
                if words := _PROGRESS.sub(b"", piece):
                    self._words.append(words)


def _status(process: subprocess.Popen[bytes]) -> int | None:
    """The exit status, None when the program does not come to an end."""
    try:
        return process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def _last_trouble(words: str) -> str | None:
    last = words.rsplit("\n", 1)[-1]
    return next((happened for said, happened in _LAST_WORDS.items() if said in last), None)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the device stop by itself, and kill its driver if it does not.

    An interrupt makes SANE cancel a page in the midst; the end of its input ends a program that waits for a line.
    """
    if process.poll() is None:
        if os.name == "nt":
            process.terminate()
        else:
            process.send_signal(signal.SIGINT)
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # what is still in the buffer has nobody to read it
        process.stdin.close()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
