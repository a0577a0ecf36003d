"""Somebody is refused at the counter, by keyboard alone: the form, the reason and the law, the slip, the next one."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.services.drafts import load_draft
from counter_app.services.papers import make_paper
from counter_app.services.reading import counts, show
from counter_app.services.register import RegisterFilter, register_blocks
from counter_app.ui.intake.page import IntakePage
from counter_app.ui.intake.refusal_dialog import RefusalDialog
from counter_app.ui.main_window import MainWindow
from tests.pdf_words import said
from tests.services.inspect_desk import kinds, payloads
from tests.ui.window_fixtures import press, settle, type_text

ENTER, TAB = Qt.Key.Key_Return, Qt.Key.Key_Tab
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
CODE = "H15.36-260310-1001"
REASON = "Chỗ ở của hộ thuộc xã khác, không thuộc thẩm quyền của Ủy ban nhân dân xã Ea Kao"
LAW = "Khoản 1 Điều 8 Luật Cư trú 2020"


@pytest.fixture
def page(window: MainWindow) -> IntakePage:
    shown = window.page("intake")
    assert isinstance(shown, IntakePage)
    return shown


def filled(page: IntakePage, running: RunningApp, qtbot: Any) -> None:
    """The procedure and the name; no paper is ticked."""
    type_text("dien tich binh quan")
    press(ENTER)
    settle(qtbot, running.executor)
    type_text("066190012345")
    press(ENTER)
    type_text("H' Ngăm Niê Kdăm")
    press(ENTER)


def asked(page: IntakePage, running: RunningApp, qtbot: Any) -> RefusalDialog:
    press(Qt.Key.Key_T, ALT | SHIFT)
    dialog = page.refusal
    assert dialog is not None
    settle(qtbot, running.executor)
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def test_refused_at_the_counter_by_keyboard_alone(
    page: IntakePage, window: MainWindow, running: RunningApp, qtbot: Any
) -> None:
    desk = running.desk
    ended: list[str] = []
    running.context.form_ended.connect(lambda _key, code: ended.append(code))
    filled(page, running, qtbot)
    qtbot.waitUntil(lambda: load_draft(desk, "intake") is not None)
    dialog = asked(page, running, qtbot)
    assert "H' Ngăm Niê Kdăm" in dialog.heading.text()
    type_text(REASON)
    press(TAB)
    type_text(LAW)
    press(ENTER, CTRL)
    qtbot.waitUntil(lambda: dialog.paper is not None)
    paper = dialog.paper
    assert paper is not None
    qtbot.waitUntil(lambda: paper.preview.picture(0) is not None, timeout=10_000)
    assert not dialog.isVisible()

    view = show(desk, CODE)
    assert (view.row.status, view.row.is_open, view.applicant.name) == ("refused", False, "H' Ngăm Niê Kdăm")
    assert [event.step for event in view.events] == ["register", "refuse"]
    assert [event.form for event in view.events] == [None, "refusal"], "no receipt"
    text = said(make_paper(desk, CODE, "refusal").pdf)
    for words in (REASON, LAW, "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ", "H' Ngăm Niê Kdăm"):
        assert words in text
    assert kinds(desk, CODE) == ["create", "step", "update"]
    assert [step["TrangThai"] for step in payloads(desk, CODE, "step")] == ["3"]

    assert ended == [CODE], "what was scanned for the form goes into the dossier"
    (line,) = [one for block in register_blocks(desk, RegisterFilter()) for one in block]
    assert (line.dossier_code, line.due) == (CODE, None), "in the register, with nothing promised"
    assert "Từ chối tiếp nhận" in line.note

    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not paper.isVisible())
    settle(qtbot, running.executor)
    assert page.form.isVisible(), "no panel of a reception"
    assert page.form.is_empty()
    assert load_draft(desk, "intake") is None
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "Thủ tục hành chính", "ready for the next applicant"


def test_what_is_left_open_keeps_what_was_typed(page: IntakePage, running: RunningApp, qtbot: Any) -> None:
    filled(page, running, qtbot)
    dialog = asked(page, running, qtbot)
    press(ENTER, CTRL)
    qtbot.waitUntil(lambda: "lý do từ chối" in dialog.problem.text())
    type_text(REASON)
    press(ENTER, CTRL)
    qtbot.waitUntil(lambda: "điều luật" in dialog.problem.text())
    assert dialog.law.hasFocus() or dialog.law.lineEdit().hasFocus()  # type: ignore[union-attr]
    assert dialog.isVisible()
    assert dialog.reason.toPlainText() == REASON
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert not page.form.is_empty(), "the form is as it was"
    assert counts(running.desk).today == 0


def test_the_form_is_mended_before_the_reason_is_asked(page: IntakePage, running: RunningApp, qtbot: Any) -> None:
    press(Qt.Key.Key_T, ALT | SHIFT)
    assert "Chưa chọn thủ tục" in page.form.problem.text()
    type_text("trich luc ho tich")
    press(ENTER)
    settle(qtbot, running.executor)
    press(Qt.Key.Key_T, ALT | SHIFT)
    assert "tên" in page.form.problem.text()
    type_text("Y Thắng Êban")
    press(Qt.Key.Key_L, ALT)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_T, ALT | SHIFT)
    assert "không thu phí" in page.form.problem.text()
    assert page.refusal is None
    focused = QApplication.focusWidget()
    assert focused is page.form.fees.rows[0].paid
    press(Qt.Key.Key_Space)
    asked(page, running, qtbot)


def test_the_button_is_pressed_too_and_nothing_is_refused_beside_a_receipt(
    page: IntakePage, running: RunningApp, qtbot: Any
) -> None:
    filled(page, running, qtbot)
    page.form.refuse.setFocus()
    press(ENTER)
    dialog = page.refusal
    assert dialog is not None
    dialog.reject()
    page.form.checklist.tick_all()
    page.receive()
    settle(qtbot, running.executor)
    assert page.panel.isVisible()
    page.refuse()
    assert page.refusal is dialog, "the form is not the one on the screen"
