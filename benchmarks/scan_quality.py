"""Scanned pages of Vietnamese text: how well they are read, with and without clean-up, and how large they become.

Against the same pages without clean-up, against img2pdf alone (the size of what the scanner gave) and OCRmyPDF alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks import scan_rivals
from benchmarks.measuring import Aim, Line
from benchmarks.scan_pages import CLEAN, POOR, Damage, make_page, ordinary
from benchmarks.scan_rivals import DPI, FACTS, hidden_words, mistakes, read_again
from counter_app.scanning.pdf_build import PageInput, build_pdf

PAGES = 20
KILOBYTE = 1024
MOST_KILOBYTES = 60.0
KINDS: tuple[tuple[str, Callable[[int], Damage]], ...] = (
    ("as printed", lambda number: CLEAN),
    ("ordinary, ±5°", ordinary),
    ("poor, ±5°", lambda number: replace(POOR, angle=ordinary(number).angle)),
)


def run(pages: int = PAGES) -> list[Line]:
    """Mistakes in percent of the letters, kilobytes a page; the stamp on page one is not counted as read."""
    scan_rivals.check()
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for name, damage in KINDS:
            lines += _lines(name, damage, pages, Path(folder))
    return lines


def _lines(name: str, damage: Callable[[int], Damage], pages: int, folder: Path) -> list[Line]:
    made = [make_page(number, damage(number), dpi=DPI) for number in range(pages)]
    written = [page.text for page in made]
    pictures = [folder / f"{number:04d}.jpg" for number in range(pages)]
    for picture, page in zip(pictures, made, strict=True):
        picture.write_bytes(page.jpeg)
    ours = scan_rivals.ours(pictures, folder / "ours.pdf")
    untouched = [PageInput(picture, DPI) for picture in pictures]
    uncleaned = build_pdf(untouched, folder / "uncleaned.pdf", replace(FACTS, scanned_by=""))
    wrapped = scan_rivals.img2pdf(pictures, folder / "img2pdf.pdf")
    rival = scan_rivals.ocrmypdf(wrapped, folder / "ocrmypdf.pdf")

    size = ours.size / pages / KILOBYTE
    kilobytes = {path: path.stat().st_size / pages / KILOBYTE for path in (wrapped, rival)}
    title = f"{pages} pages, {name}"
    wrong = mistakes(ours.text.split("\f"), written)
    without = mistakes(uncleaned.text.split("\f"), written)
    shown, rival_shown = (mistakes(read_again(path), written) for path in (ours.path, rival))
    return [
        Line(f"{title}: letters wrong", wrong, without, "%", "without clean-up"),
        Line(f"{title}: letters wrong", wrong, mistakes(hidden_words(rival), written), "%", "OCRmyPDF", Aim(1.0)),
        Line(f"{title}: letters wrong when read again", shown, rival_shown, "%", "OCRmyPDF's page"),
        Line(f"{title}: size", size, kilobytes[wrapped], "KB", "img2pdf", None, Aim(MOST_KILOBYTES, "KB")),
        Line(f"{title}: size", size, kilobytes[rival], "KB", "OCRmyPDF", Aim(1.0)),
    ]
