"""What a PDF says."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from counter_app.pdfium import PDFIUM


def pages_said(pdf: bytes | Path) -> list[str]:
    """The words of each page on one line, so that a wrapped sentence is found whole."""
    with PDFIUM, pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def said(pdf: bytes | Path) -> str:
    """The words of all pages on one line."""
    return " ".join(pages_said(pdf))
