"""Pages and sheets of a PDF: how large they are, and what goes on the back of what."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING

from printing.printers import LONG_EDGE, ONE_SIDED, SHORT_EDGE

if TYPE_CHECKING:
    from pikepdf import Pdf

_POINTS_A_MM = 72 / 25.4


def page_size_mm(pdf: bytes) -> tuple[int, int] | None:
    """Width and height of the first page in whole millimetres, as one looks at it; None for what is no PDF."""
    # On the way of a paper only: the window opens without it.
    import pikepdf

    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            page = document.pages[0]
            left, bottom, right, top = (float(edge) for edge in page.mediabox)
            turned = int(page.obj.get("/Rotate", 0)) % 180 != 0
    except (pikepdf.PdfError, IndexError):
        return None
    size = round((right - left) / _POINTS_A_MM), round((top - bottom) / _POINTS_A_MM)
    return (size[1], size[0]) if turned else size


def sides_of(pdf: bytes, two_sided: bool) -> str:
    """IPP's word for the sides: a sheet that lies is turned at its short edge, so that the back is not upside down."""
    if not two_sided:
        return ONE_SIDED
    size = page_size_mm(pdf)
    return SHORT_EDGE if size is not None and size[0] > size[1] else LONG_EDGE


def each_on_its_own_sheet(pdf: bytes) -> bytes:
    """*pdf* with blank backs, so that printed on two sides no copy begins on the back of another.

    Where a copy or a letter begins its pages are labelled anew from 1.
    """
    import pikepdf

    with pikepdf.open(BytesIO(pdf)) as document:
        firsts = [place for place, page in enumerate(document.pages) if place and page.label == "1"]
        added = 0
        for place in firsts:
            if (place + added) % 2:
                blank = pikepdf.Dictionary(
                    Type=pikepdf.Name.Page,
                    MediaBox=document.pages[place + added - 1].mediabox,
                    Resources=pikepdf.Dictionary(),
                )
                document.pages.insert(place + added, pikepdf.Page(document.make_indirect(blank)))
                added += 1
        if not added:
            return pdf
        # They count the pages as they were.
        del document.Root.PageLabels
        return _saved(document)


def joined(papers: Sequence[bytes]) -> bytes:
    """All pages of these PDFs in one, in order; each copy of each keeps its own numbers."""
    import pikepdf

    with pikepdf.new() as whole:
        firsts = []
        for paper in papers:
            with pikepdf.open(BytesIO(paper)) as part:
                firsts += [len(whole.pages) + at for at, page in enumerate(part.pages) if page.label == "1"]
                whole.pages.extend(part.pages)
        numbers = [(first, pikepdf.Dictionary(S=pikepdf.Name.D, St=1)) for first in firsts]
        whole.Root.PageLabels = pikepdf.Dictionary(Nums=pikepdf.Array(chain.from_iterable(numbers)))
        return _saved(whole)


def _saved(document: Pdf) -> bytes:
    out = BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()
