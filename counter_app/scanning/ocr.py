"""The words of a page by Tesseract, which reads Vietnamese.

It is a program of its own, one process a page: a page that brings it down does not take the desk along, and it can be
ended at once. Where it is not installed nothing is read, and ``missing`` says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from counter_app.scanning.cleanup import paper_level

if TYPE_CHECKING:
    from counter_app.scanning.cleanup import Picture

LANGUAGE: Final = "vie"
SECONDS: Final = 60.0
"""How long one page may take; a page of dense print takes two or three."""
_LEAST_SURE: Final = 5.0
"""Percent below which Tesseract itself takes a word for a guess (specks, strokes of a signature)."""
_WORD_LEVEL: Final = 5
_WAIT: Final = 0.1


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box in pixels; ``line`` is the same for the words of one line."""

    text: str
    left: int
    top: int
    width: int
    height: int
    line: int


@cache
def program() -> str | None:
    """Tesseract with its Vietnamese letters, None where either is missing."""
    found = shutil.which("tesseract")
    if found is None:
        return None
    try:
        listed = subprocess.run([found, "--list-langs"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found if LANGUAGE in listed.stdout.decode(errors="replace").split() else None


MISSING: Final = (
    "Máy này chưa có Tesseract với tiếng Việt nên tệp được lập không có lớp chữ để tìm. Muốn tìm được theo chữ, hãy "
    "cài tesseract-ocr và tesseract-ocr-vie rồi lập lại tệp."
)


def unread_words(pages: Sequence[int]) -> str:
    """What the clerk should know of pages, by number, whose words could not be read; "" where there are none."""
    if not pages:
        return ""
    return (
        f"Không đọc được chữ ở trang {', '.join(map(str, pages))} (Tesseract lỗi hoặc chạy quá lâu) nên các trang này "
        "không tìm được theo chữ; ảnh trang vẫn đủ. Nếu cần tìm theo chữ, hãy quét lại giấy tờ này."
    )


def read_words(picture: Picture, dpi: int, stop: Callable[[], bool]) -> tuple[Word, ...] | None:
    """The words of an upright page in reading order; none where Tesseract is missing.

    None where it ended badly or took longer than SECONDS: the page may have words, and nobody has read them.
    """
    command = program()
    if command is None or stop():
        return ()
    _, data = cv2.imencode(".pgm", _even(picture))
    arguments = [command, "stdin", "stdout", "-l", LANGUAGE, "--psm", "3", "--dpi", str(dpi), "tsv"]
    process = subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # One thread: pages are read side by side, and Tesseract's own threads would only wait for each other.
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    with _ended_when(process, stop):
        out, _ = process.communicate(data.tobytes())
    return _words_of(out.decode("utf-8", errors="replace")) if process.returncode == 0 else None


def text_of(words: tuple[Word, ...]) -> str:
    """The words as lines."""
    lines: dict[int, list[str]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.text)
    return "\n".join(" ".join(line) for line in lines.values())


class _ended_when:  # noqa: N801 - reads as a statement
    """Ends a process when it is asked to or its time is over."""

    def __init__(self, process: subprocess.Popen[bytes], stop: Callable[[], bool]) -> None:
        self._process = process
        self._stop = stop
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._run, name="ocr-watch", daemon=True)

    def __enter__(self) -> None:
        self._watch.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _run(self) -> None:
        waited = 0.0
        while not self._done.wait(_WAIT):
            waited += _WAIT
            if waited > SECONDS or self._stop():
                self._process.kill()
                return


def _even(picture: Picture) -> Picture:
    """Grey, with the paper white everywhere: shadows are no ink."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
    level = np.maximum(paper_level(picture), 1) if picture.ndim == 3 else np.full_like(grey, 255)
    return cv2.divide(grey, level, scale=255).astype(np.uint8)


def _words_of(table: str) -> tuple[Word, ...]:
    """Tesseract's TSV: level, page, block, paragraph, line, word, left, top, width, height, confidence, text."""
    words = []
    numbers: dict[tuple[str, ...], int] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) != 12 or int(cells[0]) != _WORD_LEVEL:
            continue
        text = unicodedata.normalize("NFC", cells[11]).strip()
        if not text or float(cells[10]) < _LEAST_SURE:
            continue
        line = numbers.setdefault(tuple(cells[1:5]), len(numbers))
        left, top, width, height = (int(cell) for cell in cells[6:10])
        words.append(Word(text, left, top, width, height, line))
    return tuple(words)
