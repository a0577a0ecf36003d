"""Whether a scan is as fine and as coloured as is asked for; see ``rules.digitising.Flaw``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from counter_app.pdfium import PDFIUM
from counter_app.rules.digitising import Flaw, flaw_of
from counter_app.scanning.pictures import GRAY_MODES

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_SCANNED: Final = 0.5
"""Share of a page under pictures from which it counts as a scan; a letter with a photograph is none."""
_BITS_OF_COLOUR: Final = 24
_NESTED: Final = 3


class _Picture(NamedTuple):
    """A picture of a page: its part of the page, dots per inch, and whether it can show colours."""

    share: float
    dpi: int
    in_colour: bool


def flaw_of_pictures(pages: Iterable[tuple[Path, int]]) -> Flaw | None:
    """The worst of pictures as a scanner gave them, each with its resolution."""
    from PIL import Image

    found = set()
    for path, dpi in pages:
        with Image.open(path) as image:
            found.add(flaw_of(dpi, image.mode not in GRAY_MODES))
    return _worst(found)


def flaw_of_pdf(path: Path) -> Flaw | None:
    """The worst of a PDF's pages that are scans; None also for a file that cannot be opened."""
    import pypdfium2

    try:
        with PDFIUM, pypdfium2.PdfDocument(path) as document:
            count = len(document)
        found = set()
        for number in range(count):
            # Opened anew for each page: whoever looks at a paper does not wait for a hundred pages of another.
            with PDFIUM, pypdfium2.PdfDocument(path) as document:
                found.add(_flaw_of_page(document[number]))
    except (pypdfium2.PdfiumError, OSError):
        return None
    return _worst(found)


def _worst(found: set[Flaw | None]) -> Flaw | None:
    return next((flaw for flaw in Flaw if flaw in found), None)


def _flaw_of_page(page: PdfPage) -> Flaw | None:
    pictures = [*_pictures(page)]
    page.close()
    if sum(one.share for one in pictures) < _SCANNED:
        return None
    # Layers lie over the whole page, the finest of them is the writing; strips lie below one another.
    whole = [one for one in pictures if one.share >= _SCANNED] or pictures
    return flaw_of(max(one.dpi for one in whole), any(one.in_colour for one in pictures))


def _pictures(page: PdfPage) -> Iterator[_Picture]:
    from pypdfium2 import raw

    width, height = page.get_size()
    for item in page.get_objects((raw.FPDF_PAGEOBJ_IMAGE,), max_depth=_NESTED):
        left, bottom, right, top = item.get_bounds()
        facts = item.get_metadata()
        is_table = facts.colorspace == raw.FPDF_COLORSPACE_INDEXED
        yield _Picture(
            share=(right - left) * (top - bottom) / (width * height),
            dpi=round(min(facts.horizontal_dpi, facts.vertical_dpi)),
            in_colour=is_table or facts.bits_per_pixel >= _BITS_OF_COLOUR,
        )
