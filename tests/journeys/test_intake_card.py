"""The applicant from the QR of the identity card, typed by a scanner into whatever has the focus."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.services.reading import show
from counter_app.ui.intake.page import IntakePage
from counter_app.ui.main_window import MainWindow
from tests.ui.window_fixtures import press, settle, type_text

CARD = "066190012345|240998877|H' Ngăm Niê Kdăm|08031990|Nữ|Buôn Akõ Dhông, Ea Kao, Đắk Lắk|10052021"
LONG_CARD = CARD + "||Y Bhim Niê|H' Blă Kdăm|"
DAMAGED = "066190012345|240998877|H' Ngwam Nieee Kdawm|08031990|Nuwx|Buoon Akox|10052021"


@pytest.fixture
def page(window: MainWindow) -> IntakePage:
    made = window.page("intake")
    assert isinstance(made, IntakePage)
    return made


def scan(text: str, *, enter: bool = True) -> None:
    """As a keyboard-wedge scanner does it."""
    type_text(text)
    if enter:
        press(Qt.Key.Key_Return)


def test_intake_by_card(window: MainWindow, running: RunningApp, page: IntakePage, qtbot: Any) -> None:
    """Scan, choose, tick, receive."""
    scan(CARD)
    person = page.form.applicant.data()
    assert person.name == "H' Ngăm Niê Kdăm"
    assert person.personal_number == "066190012345"
    assert person.birth_date == date(1990, 3, 8)
    assert person.sex == "female"
    assert person.address == "Buôn Akõ Dhông, Ea Kao, Đắk Lắk"
    assert page.form.procedure.search.hasFocus()
    assert page.form.procedure.search.text() == ""
    type_text("dien tich")
    press(Qt.Key.Key_Return)
    settle(qtbot, running.executor)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, running.executor)
    saved = show(running.desk, page.panel.code.text())
    assert saved.applicant.personal_number == "066190012345"


@pytest.mark.parametrize("card", [CARD, LONG_CARD])
def test_a_card_is_taken_out_of_whatever_field_it_was_typed_into(page: IntakePage, card: str) -> None:
    page.form.terms.note.setFocus()
    type_text("Gửi thôn 3 ")
    scan(card)
    assert page.form.terms.note.text() == "Gửi thôn 3 "
    assert page.form.applicant.data().name == "H' Ngăm Niê Kdăm"


def test_the_spaces_of_a_card_tick_nothing_and_press_nothing(running: RunningApp, page: IntakePage, qtbot: Any) -> None:
    type_text("dang ky tam tru")
    press(Qt.Key.Key_Return)
    settle(qtbot, running.executor)
    row = page.form.checklist.rows[0]
    for widget in (row.tick, row.originals, page.form.receive, page.form.terms.channel):
        before = page.form.terms.channel.currentIndex()
        page.form.applicant.clear()
        widget.setFocus()
        scan(CARD)
        assert page.form.applicant.data().name == "H' Ngăm Niê Kdăm", widget
        assert not row.tick.isChecked()
        assert row.originals.value() == 0
        assert page.form.terms.channel.currentIndex() == before
        assert not page.receiving


def test_a_scanner_that_sends_no_enter_is_done_after_a_pause(page: IntakePage, qtbot: Any) -> None:
    scan(CARD, enter=False)
    assert page.scanner.scanning
    qtbot.waitUntil(lambda: page.form.applicant.data().name == "H' Ngăm Niê Kdăm")
    assert not page.scanner.scanning


def test_a_damaged_scan_says_what_to_do_and_changes_nothing(page: IntakePage) -> None:
    page.form.applicant.name.setFocus()
    type_text("Nguyễn Văn Đức")
    scan(DAMAGED)
    assert page.form.applicant.name.text() == "Nguyễn Văn Đức"
    assert "bộ gõ" in page.form.problem.text()
    assert "066190012345" not in page.form.problem.text()
    assert page.form.applicant.number.text() == ""


def test_f5_opens_a_field_for_the_card(page: IntakePage) -> None:
    page.form.applicant.address.setFocus()
    press(Qt.Key.Key_F5)
    assert page.form.scan_field.hasFocus()
    scan(CARD)
    assert page.form.applicant.data().name == "H' Ngăm Niê Kdăm"
    assert page.form.scan_field.isHidden()


def test_a_card_that_lost_its_digits_is_still_told_in_the_card_field(page: IntakePage) -> None:
    """A Vietnamese keyboard layout turns digits into letters."""
    press(Qt.Key.Key_F5)
    scan("à66190ă12345|240998877|H' Ngăm|08031990|Nữ|Buôn Akõ|10052021")
    assert "bộ gõ" in page.form.problem.text()
    assert page.form.scan_field.text() == ""


def test_a_card_committed_in_one_piece_by_an_input_method(page: IntakePage) -> None:
    page.form.applicant.name.setFocus()
    event = QInputMethodEvent()
    event.setCommitString(CARD)
    QApplication.sendEvent(page.form.applicant.name, event)
    assert page.form.applicant.data().name == "H' Ngăm Niê Kdăm"
    assert page.form.applicant.data().personal_number == "066190012345"


def test_a_card_scanned_at_the_submitter_fills_the_submitter(page: IntakePage) -> None:
    page.form.applicant.name.setFocus()
    type_text("Nguyễn Văn Đức")
    page.form.other.setChecked(True)
    page.form.submitter.number.setFocus()
    scan(CARD)
    assert page.form.submitter.data().name == "H' Ngăm Niê Kdăm"
    assert page.form.applicant.name.text() == "Nguyễn Văn Đức"


def test_another_persons_card_brings_no_telephone_of_the_last(page: IntakePage) -> None:
    page.form.applicant.number.setFocus()
    scan(CARD)
    page.form.applicant.phone.setText("0912345678")
    page.form.applicant.number.setFocus()
    scan(CARD)
    assert page.form.applicant.data().phone == "0912345678"
    scan(CARD.replace("066190012345", "066089004567").replace("Nữ", "Nam").replace("1990", "1989"))
    assert page.form.applicant.data().phone == ""
