"""Reading words: by Tesseract where it is, and what becomes of a page when it hangs, crashes or is stopped."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.scan_pages import Damage, make_page
from counter_app.scanning import ocr
from counter_app.scanning.ocr import Word, read_words, text_of

needs_tesseract = pytest.mark.skipif(ocr.program() is None, reason="Tesseract with Vietnamese is not installed")
WHITE = np.full((200, 200, 3), 255, np.uint8)
HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"


def never() -> bool:
    return False


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A program in the place of Tesseract; tests write what it does."""
    path = tmp_path / "tesseract.py"
    runner = tmp_path / "tesseract"
    runner.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{path}" "$@"\n')
    runner.chmod(0o755)
    monkeypatch.setattr(ocr, "program", lambda: str(runner))
    return path


@needs_tesseract
def test_vietnamese_is_read_with_its_marks() -> None:
    page = make_page(2, Damage())
    with Image.open(BytesIO(page.jpeg)) as image:
        words = read_words(np.asarray(image.convert("RGB"))[:, :, ::-1].copy(), page.dpi, never)
    assert words is not None
    lines = text_of(words).splitlines()
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in lines
    assert "Độc lập - Tự do - Hạnh phúc" in lines
    first = words[0]
    assert (first.text, first.line) == ("CỘNG", words[1].line)
    assert 400 < first.left < 800
    assert 100 < first.top < 200


@needs_tesseract
def test_an_empty_page_has_no_words() -> None:
    assert read_words(WHITE, 200, never) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
class TestProgram:
    def test_words_come_composed_and_in_order_without_guesses(self, program: Path) -> None:
        rows = [
            "1\t1\t0\t0\t0\t0\t0\t0\t200\t200\t-1\t",
            "5\t1\t1\t1\t1\t1\t10\t20\t30\t12\t96.1\tH\u00f4\u0323",  # decomposed: ô and a dot below
            "5\t1\t1\t1\t1\t2\t50\t20\t30\t12\t91\ttịch",
            "5\t1\t1\t1\t2\t1\t10\t40\t30\t12\t2.5\t~|",
            "5\t1\t1\t2\t1\t1\t10\t60\t30\t12\t88\t123",
        ]
        program.write_text(
            f"import sys\nsys.stdin.buffer.read()\nsys.stdout.buffer.write({HEAD + chr(10).join(rows)!r}.encode())"
        )
        words = read_words(WHITE, 200, never)
        assert words is not None
        assert words[0] == Word("Hộ", 10, 20, 30, 12, 0)
        assert text_of(words) == "Hộ tịch\n123"

    def test_a_crash_costs_the_words_of_one_page(self, program: Path) -> None:
        program.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
        assert read_words(WHITE, 200, never) is None

    def test_one_that_hangs_is_ended(self, program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ocr, "SECONDS", 0.5)
        program.write_text("import time\ntime.sleep(600)")
        began = time.monotonic()
        assert read_words(WHITE, 200, never) is None
        assert time.monotonic() - began < 20

    def test_stopping_ends_it_at_once(self, program: Path) -> None:
        program.write_text("import time\ntime.sleep(600)")
        answers = iter([False])
        began = time.monotonic()
        assert read_words(WHITE, 200, lambda: next(answers, True)) is None
        assert time.monotonic() - began < 20
