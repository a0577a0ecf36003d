"""A page straightened and cut by hand: typed, drawn with the mouse, taken back."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt

from counter_app.ui.scan_page import ScanPage
from tests.ui.scan_fixtures import FedScanner, at_rest, key, order, scan


def test_what_the_program_found_is_mended_and_taken_back(scan_page: ScanPage, scanner: FedScanner, qtbot: Any) -> None:
    page = scan_page
    scan(page, scanner, qtbot, ["Đơn đề nghị\nmột\nhai"])
    (page_id,) = order(page)
    assert page.session.tray is not None
    page.session.tray.record(page_id, angle=3.0, crop=(300, 300, 500, 500), turn=1)
    page.session.changed.emit()
    page.view.choose([page_id])
    key(page, qtbot, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    assert (page.session.pages[0].angle, page.session.pages[0].crop) == (0, None)
    key(page, qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    key(page, qtbot, Qt.Key.Key_C)
    dialog = page.crop
    assert dialog is not None
    assert dialog.angle.value() == 3.0
    dialog.take_angle_back()
    dialog.take_crop_back()
    assert [box.value() for box in dialog.sides] == [0, 0, 0, 0]
    dpi = page.session.pages[0].dpi
    dialog.sides[0].setValue(25.4)
    dialog.angle.setValue(0.3)
    dialog.take_angle_back()
    dialog.apply()
    at_rest(page, qtbot)
    found = page.session.pages[0]
    assert found.angle == 0
    assert found.crop == (0, 0, found.width, found.height - dpi), "the left of a page turned clockwise was below"


def test_the_mouse_draws_what_is_kept_and_pulls_at_its_sides(
    scan_page: ScanPage, scanner: FedScanner, qtbot: Any
) -> None:
    page = scan_page
    scan(page, scanner, qtbot, ["Đơn đề nghị"])
    assert page.session.tray is not None
    page.session.tray.record(order(page)[0], angle=0.0, crop=None, turn=0)
    page.session.changed.emit()
    page.view.choose(order(page))
    page.shape()
    dialog = page.crop
    assert dialog is not None
    view, whole = dialog.view, dialog.view.kept().toRect()
    start, end = whole.topLeft() + QPoint(60, 80), whole.bottomRight() - QPoint(50, 70)
    drag(view, qtbot, start, end)
    kept = view.kept().toRect()
    assert (kept.topLeft() - start).manhattanLength() <= 3
    assert (kept.bottomRight() - end).manhattanLength() <= 3
    drag(view, qtbot, QPoint(kept.left(), kept.center().y()), QPoint(whole.left() + 20, kept.center().y()))
    assert abs(view.kept().left() - whole.left() - 20) <= 2
    assert abs(view.kept().top() - start.y()) <= 3, "the other sides stay"
    assert dialog.sides[0].value() > 0
    dialog.apply()
    at_rest(page, qtbot)
    crop = page.session.pages[0].crop
    assert crop is not None
    assert 0 < crop[0] < crop[1]


def drag(view: Any, qtbot: Any, start: QPoint, end: QPoint) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(view, left, pos=start)
    qtbot.mouseMove(view, end)
    qtbot.mouseRelease(view, left, pos=end)
