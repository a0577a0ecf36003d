"""Papers on the table of the scanning page: forms of the program itself, as pictures that a scanner would give."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from counter_app.pdfium import PDFIUM
from counter_app.services.desk import DeskContext
from counter_app.services.papers import make_paper

DPI = 200


def scanned_papers(desk: DeskContext, codes: list[str], folder: Path) -> list[Path]:
    """A picture of each dossier's receipt, as files of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    for number, code in enumerate(codes, start=1):
        with PDFIUM, pypdfium2.PdfDocument(make_paper(desk, code, "receipt").pdf) as document:
            picture = document[0].render(scale=DPI / 72).to_pil()
        path = folder / f"trang {number}.png"
        picture.save(path, dpi=(DPI, DPI))
        pictures.append(path)
    return pictures
