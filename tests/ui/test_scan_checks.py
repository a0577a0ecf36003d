"""What should be known before a document goes off: said once, then it goes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from counter_app.models import DigitisingChoice
from counter_app.scanning.model import ReadPage
from counter_app.services.desk import DeskContext
from counter_app.services.values import Received
from counter_app.ui.scan_page import ScanPage
from counter_app.ui.scan_pages_view import LOOK
from tests.services.scan_samples import scanned
from tests.ui.scan_fixtures import FedScanner, choose_dossier, key, order, rows, scan

TakeIn = Callable[..., Received]
CTRL = Qt.KeyboardModifier.ControlModifier


def gray(page: ReadPage) -> ReadPage:
    target = io.BytesIO()
    Image.open(io.BytesIO(page.data)).convert("L").save(target, "PNG")
    return ReadPage(target.getvalue(), page.dpi)


def badges(page: ScanPage) -> list[str]:
    model = page.view.pages
    return [model.data(model.index(row), LOOK).badge for row in range(model.rowCount())]


def test_pages_below_the_standard_are_marked_and_told_before_they_are_attached(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, qtbot: Any
) -> None:
    page = scan_page
    choose_dossier(page, qtbot, take_in().code)
    coarse = scanned("hai")
    scan(page, scanner, qtbot, [scanned("một"), ReadPage(coarse.data, 150), gray(scanned("ba"))])
    assert badges(page) == ["", "dưới 200 dpi", "không màu"]
    assert "2 trang dưới chuẩn" in page.note.text()
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert rows(page) == ["3 Sẵn sàng gắn"]
    assert "nhấn Ctrl+G lần nữa" in page.note.text()
    assert page.view.chosen() == tuple(order(page)[1:])
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert rows(page) == ["3 Đang chờ xử lý"]


def test_a_page_with_a_note_is_scanned_once_more_without_it_right_behind(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, qtbot: Any
) -> None:
    page = scan_page
    choose_dossier(page, qtbot, take_in(procedure="2.000884").code)
    scan(page, scanner, qtbot, ["một", "hai", "ba"])
    offered = page.target.target
    first, noted, third = order(page)
    page.view.choose([noted])
    key(page, qtbot, Qt.Key.Key_N)
    assert "bóc ghi chú" in page.note.text()
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert "1 trang có ghi chú chưa có bản" in page.note.text()
    scan(page, scanner, qtbot, ["hai"])
    assert page.target.target == offered, "the next paper is still to come"
    assert order(page)[:2] == [first, noted]
    assert order(page)[3] == third
    assert [item.note for item in page.session.pages] == ["", "with", "without", ""]
    assert rows(page) == ["4 Sẵn sàng gắn"]
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert rows(page) == ["4 Đang chờ xử lý"]


def test_pages_that_were_counted_are_compared_and_kept_for_the_rate(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, desk: DeskContext, qtbot: Any
) -> None:
    page = scan_page
    code = take_in(procedure="2.000884").code
    choose_dossier(page, qtbot, code)
    key(page, qtbot, Qt.Key.Key_E, CTRL)
    qtbot.keyClicks(QApplication.focusWidget(), "3")
    scan(page, scanner, qtbot, ["một", "hai"])
    assert page.target.count.value() == 0, "of the next paper nothing has been counted"
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert "có 2 ảnh, đếm ra phải có 3" in page.note.text()
    page.target.step(-1)
    assert page.target.count.value() == 3
    page.target.count.setValue(1)
    page.view.choose(order(page))
    key(page, qtbot, Qt.Key.Key_N)
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert rows(page) == ["2 Đang chờ xử lý"]
    with desk.database.read() as session:
        kept = session.scalars(select(DigitisingChoice)).one()
    assert (kept.pages, kept.noted) == (1, 1), "one page, scanned with and without its note"
