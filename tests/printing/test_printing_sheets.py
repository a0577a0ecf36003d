"""From which tray and on which sides a job is printed: no copy on the back of another."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from paper_samples import RECEIPT, long_receipt
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from counter_app.database import Database
from counter_app.services.print_job_store import DatabaseJobStore
from counter_app.services.print_jobs import (
    PrinterChoice,
    cancel,
    enqueue,
    move,
    reprint,
)
from printing.forms import form_set_for, render, render_test_page
from printing.printers import Handling
from printing.sheets import each_on_its_own_sheet, joined

MORNING = datetime(2026, 2, 5, 8, 0, tzinfo=UTC)


def copies(*pages: int) -> bytes:
    """A PDF with so many A4 pages in each of its copies."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for number in pages:
        canvas.addPageLabel(canvas.getPageNumber() - 1, style="ARABIC", start=1)
        for page in range(number):
            canvas.drawString(100, 100, f"copy of {number}, page {page + 1}")
            canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize(
    ("two_sided", "sides", "backs"),
    [(False, "one-sided", []), (True, "two-sided-long-edge", [1])],
)
def test_no_copy_begins_on_the_back_of_another(db: Database, two_sided: bool, sides: str, backs: list[int]) -> None:
    choice = PrinterChoice("ipp://may-in/ipp/print", "tray-2", two_sided)
    enqueue(db, form="receipt", title="Giấy", printer=choice, payload=copies(1, 2, 1), now=MORNING)
    claimed = DatabaseJobStore(db).claim("ipp://may-in/ipp/print", MORNING)
    assert claimed is not None
    assert claimed.handling == Handling("tray-2", sides)
    with pikepdf.open(BytesIO(claimed.payload)) as document:
        assert [at for at, page in enumerate(document.pages) if "/Contents" not in page.obj] == backs
        assert len(document.pages) == 4 + len(backs)


def test_landscape_turns_at_the_short_edge_and_a_reprint_goes_the_same_way(db: Database) -> None:
    choice = PrinterChoice("ipp://may-in/ipp/print", "tray-2", two_sided=True)
    page = render_test_page("ipp://may-in", "A4 landscape")
    number = enqueue(db, form="register", title="Sổ", printer=choice, payload=page, now=MORNING)
    cancel(db, number)
    reprint(db, number, page, MORNING)
    claimed = DatabaseJobStore(db).claim("ipp://may-in/ipp/print", MORNING)
    assert claimed is not None
    assert claimed.handling == Handling("tray-2", "two-sided-short-edge")


def test_job_moved_to_another_printer_leaves_its_tray_behind(db: Database) -> None:
    choice = PrinterChoice("ipp://may-in/ipp/print", "tray-2")
    number = enqueue(db, form="receipt", title="Giấy", printer=choice, payload=copies(1), now=MORNING)
    move(db, number, "cups:Van_phong")
    claimed = DatabaseJobStore(db).claim("cups:Van_phong", MORNING)
    assert claimed is not None
    assert claimed.handling == Handling("", "one-sided")


def labels(pdf: bytes) -> list[str]:
    with pikepdf.open(BytesIO(pdf)) as document:
        return [page.label for page in document.pages]


def fronts(pdf: bytes) -> list[int]:
    """Where a copy begins in what goes to a printer, read from the page itself: its foot counts from 1."""
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    return [at for at, text in enumerate(texts) if re.search(r"Trang 1/\d", text)]


def test_pages_of_a_form_are_labelled_anew_with_each_copy_alone_and_joined() -> None:
    forms = form_set_for(date(2026, 2, 5))
    short, long = render(RECEIPT, forms), render(long_receipt(), forms)
    assert labels(short) == ["1"] * len(RECEIPT.copies)
    pages = len(labels(long)) // len(RECEIPT.copies)
    assert pages > 1
    of_long = [str(number) for number in range(1, pages + 1)] * len(RECEIPT.copies)
    assert labels(long) == of_long
    assert labels(joined([short, long, short])) == labels(short) + of_long + labels(short)


def test_each_copy_of_each_letter_begins_on_a_front() -> None:
    forms = form_set_for(date(2026, 2, 5))
    together = joined([render(paper, forms) for paper in (RECEIPT, long_receipt(), RECEIPT)])
    before, after = fronts(together), fronts(each_on_its_own_sheet(together))
    assert any(place % 2 for place in before)
    assert len(after) == len(before)
    assert not any(place % 2 for place in after)
