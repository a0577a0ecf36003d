"""The PDF preview: pages drawn when seen, zoom, damaged bytes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QScrollArea

from counter_app.ui.executor import Executor
from counter_app.ui.preview import LONGEST_SIDE, MOST_PIXELS, PdfPreview, page_sizes, render_page
from tests.ui.window_fixtures import settle

A5 = (419.53, 595.28)


def pdf(pages: int) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    target = BytesIO()
    canvas = Canvas(target, pagesize=A5)
    for _ in range(pages):
        canvas.setFillColorRGB(1, 0, 0)
        canvas.rect(0, 0, 200, 595, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


@pytest.fixture
def preview(executor: Executor, qtbot: Any) -> PdfPreview:
    made = PdfPreview(executor)
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_page_is_drawn_with_its_colours_the_right_way_round() -> None:
    data = pdf(1)
    (size,) = page_sizes(data)
    assert size == pytest.approx(A5, abs=0.1)
    image = render_page(data, 0, 1.0)
    assert (image.width(), image.height()) == (420, 596)
    assert image.pixelColor(50, 300) == QColor(255, 0, 0)
    assert image.pixelColor(350, 300) == QColor(255, 255, 255)


def test_only_pages_that_are_seen_are_drawn(preview: PdfPreview, executor: Executor, qtbot: Any) -> None:
    preview.show_pdf(pdf(12))
    qtbot.waitUntil(lambda: preview.picture(0) is not None)
    settle(qtbot, executor)
    assert preview.page_count == 12
    assert preview.picture(11) is None
    bar = preview._area.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: preview.picture(11) is not None)


def test_zoom_draws_anew(preview: PdfPreview, qtbot: Any) -> None:
    preview.show_pdf(pdf(1))
    qtbot.waitUntil(lambda: preview.picture(0) is not None)
    small = preview.picture(0)
    preview.zoom_in()
    qtbot.waitUntil(lambda: preview.picture(0) is not None)
    large = preview.picture(0)
    assert small is not None
    assert large is not None
    assert large.width() == pytest.approx(small.width() * 1.25, abs=2)


def test_a_document_replaced_while_it_is_being_drawn(preview: PdfPreview, executor: Executor, qtbot: Any) -> None:
    preview.show_pdf(pdf(3))
    preview.show_pdf(pdf(1))
    settle(qtbot, executor)
    assert preview.page_count == 1
    preview.clear()
    assert preview.page_count == 0


def test_what_is_not_a_pdf_is_said(preview: PdfPreview, qtbot: Any) -> None:
    with qtbot.waitSignal(preview.broken):
        preview.show_pdf(b"not a pdf at all")
    assert "không phải PDF" in preview._label.text()


def test_a_monstrous_page_takes_no_more_room_than_a_large_one(
    preview: PdfPreview, executor: Executor, qtbot: Any
) -> None:
    for size in ((200_000, 200_000), (200_000, 9)):
        with pikepdf.open(BytesIO(pdf(1))) as document:
            document.pages[0].mediabox = [0, 0, *size]
            out = BytesIO()
            document.save(out)
        preview.show_pdf(out.getvalue())
        for _ in range(5):
            preview.zoom_in()
        qtbot.waitUntil(lambda: preview.picture(0) is not None, timeout=20_000)
        picture = preview.picture(0)
        assert picture is not None
        assert picture.width() * picture.height() < MOST_PIXELS * 1.01
        assert picture.width() <= LONGEST_SIDE + 1


def test_pictures_out_of_view_make_room_and_are_drawn_again(
    preview: PdfPreview, executor: Executor, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    monkeypatch.setattr("counter_app.ui.preview.MOST_KEPT", 600_000)
    preview.show_pdf(pdf(12))
    qtbot.waitUntil(lambda: preview.picture(0) is not None)
    bar = preview._area.verticalScrollBar()
    for place in (bar.maximum() // 2, bar.maximum()):
        bar.setValue(place)
        settle(qtbot, executor)
    qtbot.waitUntil(lambda: preview.picture(0) is None)
    bar.setValue(0)
    qtbot.waitUntil(lambda: preview.picture(0) is not None)


def test_a_page_that_is_too_broad_is_shown_smaller_until_somebody_zooms(preview: PdfPreview, qtbot: Any) -> None:
    preview.resize(500, 500)
    with qtbot.waitSignal(preview.shown):
        preview.show_pdf(pdf(1))
    assert preview.zoom == 0.75
    preview.zoom_in()
    with qtbot.waitSignal(preview.shown):
        preview.show_pdf(pdf(1))
    assert preview.zoom == 1.0


def test_page_down_turns_the_pages(preview: PdfPreview, qtbot: Any) -> None:
    with qtbot.waitSignal(preview.shown):
        preview.show_pdf(pdf(3))
    preview.setFocus()
    focus = preview.focusProxy()
    assert isinstance(focus, QScrollArea)
    qtbot.keyClick(focus, Qt.Key.Key_PageDown)
    assert focus.verticalScrollBar().value() > 0
