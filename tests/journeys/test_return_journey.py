"""A queue of people at the return desk: scan, look, hand over, next; the keyboard and the scanner alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Step
from counter_app.services.outbox import list_outbox
from counter_app.services.papers import make_paper
from counter_app.services.reading import show
from counter_app.services.returning import deliveries
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.ui.return_page import ReturnPage
from counter_app.ui.return_page_arrival import ArrivalDialog
from tests.pdf_words import said
from tests.ui.window_fixtures import settle

TakeIn = Callable[..., Received]


def scan(code: str, qtbot: Any) -> None:
    """A keyboard-wedge scanner: the code and Enter, into whatever has the focus."""
    field = QApplication.focusWidget()
    qtbot.keyClicks(field, code)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_two_people_collect_their_results_one_after_the_other(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    codes = [take_in(person).code for person in (0, 1)]
    for code in codes:
        take_step(running.desk, code, Step.HAND_OVER, StepInput(unit="Phòng Kinh tế"))
        take_step(running.desk, code, Step.FINISH, StepInput())
    window = running.window
    window.show_page("queue")
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)

    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F4)
    page = window.page("return")
    assert isinstance(page, ReturnPage)
    for code in codes:
        qtbot.waitUntil(page.code.hasFocus)
        scan(code, qtbot)
        qtbot.waitUntil(page.card.return_button.hasFocus)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(page.card.evidence.signed.isChecked)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        settle(qtbot, running.executor)
        assert show(running.desk, code).row.status == "returned"
        assert code in page.last.text()

    # The portal is told of each return in the same transaction.
    returned = [row for row in list_outbox(running.desk) if row.kind == "step" and row.dossier_code == codes[1]]
    assert len(returned) == 3
    assert page.code.text() == ""
    assert not page.card.isVisible()


def test_a_wrong_scan_is_typed_over_by_the_next_one(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    code = take_in().code
    take_step(running.desk, code, Step.FINISH, StepInput())
    window = running.window
    window.show_page("return")
    window.show()
    qtbot.waitExposed(window)
    page = window.page("return")
    assert isinstance(page, ReturnPage)
    qtbot.waitUntil(page.code.hasFocus)
    scan("H15.36-200101-0007", qtbot)
    qtbot.waitUntil(lambda: "Không tìm thấy" in page.line.text() and page.code.hasFocus())
    scan(code, qtbot)
    qtbot.waitUntil(page.card.isVisible)
    assert page.card.dossier_code.text() == code
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert page.view is None
    assert page.code.hasFocus()


def test_a_result_goes_by_post_comes_back_and_is_handed_over(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    """Alone by keyboard: tracking code, the word of the carrier, and the desk after all."""
    code = take_in(return_by="post").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    window = running.window
    window.show_page("return")
    window.show()
    qtbot.waitExposed(window)
    qtbot.waitUntil(window.isActiveWindow)
    page = window.page("return")
    assert isinstance(page, ReturnPage)
    qtbot.waitUntil(page.code.hasFocus)
    scan(code, qtbot)
    qtbot.waitUntil(page.card.return_button.hasFocus)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(page.card.tracking.hasFocus)
    qtbot.keyClicks(page.card.tracking, "EB123456789VN")
    qtbot.keyClick(page.card.tracking, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, running.executor)
    assert [item.state for item in deliveries(running.desk, code)] == ["posted"]
    label = said(make_paper(running.desk, code, "post_label").pdf)
    assert "EB123456789VN" in label
    assert "Buôn Akõ Dhông, xã Ea Kao, tỉnh Đắk Lắk" in label

    qtbot.waitUntil(page.code.hasFocus)
    scan(code, qtbot)
    qtbot.waitUntil(page.card.arrived_button.hasFocus)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: isinstance(page._dialog, ArrivalDialog))
    dialog = page._dialog
    assert isinstance(dialog, ArrivalDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClicks(dialog.word, "Khong co nguoi nhan")
    qtbot.keyClick(dialog.word, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: show(running.desk, code).delivery_state == "pending")
    settle(qtbot, running.executor)

    qtbot.waitUntil(page.card.return_button.isEnabled)
    window.activateWindow()  # off screen no window manager gives the keyboard back to it
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(page.card.return_button, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: page.card.way() == "counter")
    qtbot.keyClick(page.card.return_button, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(page.card.evidence.signed.isChecked)
    qtbot.keyClick(page.card.return_button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, running.executor)
    assert [item.state for item in deliveries(running.desk, code)] == ["came_back", "signed"]
    assert show(running.desk, code).row.status == "returned"
