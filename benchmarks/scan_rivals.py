"""Other ways from scanned pictures to a PDF, and what a reader makes of any of them."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from rapidfuzz.distance import Levenshtein

from benchmarks.measuring import CannotMeasureError
from counter_app.scanning import ocr
from counter_app.scanning.cleanup import analyse
from counter_app.scanning.pdf_build import BuiltPdf, DocumentFacts, PageInput, build_pdf

DPI = 200
FACTS = DocumentFacts(
    "Tờ khai",
    "H15.36-260302-0001",
    "TP01",
    "Tờ khai",
    "UBND xã Ea Kao",
    "Lê Thị Hạnh",
    datetime(2026, 3, 2, tzinfo=UTC),
)


def check() -> None:
    """Raises CannotMeasureError where Tesseract, OCRmyPDF or Ghostscript is missing."""
    if ocr.program() is None:
        raise CannotMeasureError("Tesseract with Vietnamese is needed: apt-get install tesseract-ocr-vie")
    if importlib.util.find_spec("ocrmypdf") is None:
        raise CannotMeasureError("OCRmyPDF is needed: pip install -e .[bench], and apt-get install ghostscript")


def prepared(pictures: Sequence[Path]) -> list[PageInput]:
    """The pages as the scan window judges them while they come in, as many at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda picture: analyse(picture, DPI), pictures)
        return [
            PageInput(picture, DPI, seen.quarter_turn, seen.angle, seen.crop)
            for picture, seen in zip(pictures, found, strict=True)
        ]


def ours(pictures: Sequence[Path], out: Path) -> BuiltPdf:
    """From the pictures to the document, as the program does it."""
    return build_pdf(prepared(pictures), out, FACTS)


def img2pdf(pictures: Sequence[Path], out: Path) -> Path:
    """The pictures as they are, wrapped up."""
    subprocess.run([sys.executable, "-m", "img2pdf", "-o", out, *pictures], check=True)
    return out


def ocrmypdf(source: Path, out: Path) -> Path:
    """The same work by OCRmyPDF: turned upright, straightened, read, PDF/A-2b."""
    options = ["-l", "vie", "--rotate-pages", "--deskew", "--output-type", "pdfa-2", "--jobs", str(os.cpu_count() or 1)]
    done = subprocess.run(
        [sys.executable, "-m", "ocrmypdf", "--quiet", *options, source, out], check=False, capture_output=True
    )
    if done.returncode:
        raise CannotMeasureError(f"OCRmyPDF ended with {done.returncode}: {done.stderr.decode()[-400:]}")
    return out


def hidden_words(pdf: Path) -> list[str]:
    """The text of each page as a reader finds it."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [str(page.get_textpage().get_text_range()) for page in document]


def read_again(pdf: Path) -> list[str]:
    """What is read from each page as it looks, whatever its hidden words say."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            shown = np.asarray(page.render(scale=DPI / 72).to_pil().convert("RGB"))
            words = ocr.read_words(cv2.cvtColor(shown, cv2.COLOR_RGB2BGR), DPI, lambda: False)
            found.append(ocr.text_of(words or ()))
    return found


def mistakes(read: Sequence[str], written: Sequence[str]) -> float:
    """Letters read wrongly, missing or too many, in percent of all that were written; space between words is one.

    At least one, so that a ratio can be told.
    """
    wrong = letters = 0
    for one, other in zip(read, written, strict=True):
        wanted = " ".join(other.split())
        wrong += Levenshtein.distance(" ".join(one.split()), wanted)
        letters += len(wanted)
    return 100 * max(wrong, 1) / letters
