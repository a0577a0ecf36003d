"""Correcting a received dossier in the window: what is shown, marked, refused, saved, sent again and printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Step
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.sync import outbox, outbox_view
from counter_app.sync.messages import MessageKind
from counter_app.ui.correct_dialog import CorrectDialog
from counter_app.ui.dossier_page import DossierPage
from tests.ui.vietnamese_typing import type_vietnamese
from tests.ui.window_fixtures import press, settle, type_text

TakeIn = Callable[..., Received]
PORTAL_SAYS = "Số điện thoại phải có 10 chữ số"


@pytest.fixture
def page(running: RunningApp, take_in: TakeIn, qtbot: Any) -> DossierPage:
    taken = take_in(procedure="1.001193")
    window = running.window
    window.show_dossier(taken.code)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    shown = window.page("dossier")
    assert isinstance(shown, DossierPage)
    return shown


@pytest.fixture
def told(running: RunningApp) -> list[str]:
    heard: list[str] = []

    class Listener:
        def __call__(self, text: str, tone: str) -> None:
            heard.append(text)

    running.context.message.connect(Listener())
    return heard


def refuse(running: RunningApp, field: str = "SoDienThoai") -> None:
    """The portal refuses the new dossier."""
    desk = running.desk
    with desk.database.write() as session:
        (message,) = outbox.to_send(session, desk.clock(), MessageKind.CREATE, 1)
        outbox.mark_needs_attention(session, message, reason=PORTAL_SAYS, code="03", field=field)


def opened(page: DossierPage, running: RunningApp, qtbot: Any, field: str = "") -> CorrectDialog:
    dialog = CorrectDialog(running.context, page.code, field, page)
    page._open(dialog)
    settle(qtbot, running.executor)
    return dialog


def test_by_keyboard_alone_from_the_dossier_to_the_new_receipt(
    page: DossierPage, running: RunningApp, told: list[str], qtbot: Any
) -> None:
    qtbot.keyClick(page, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page._dialog is not None)
    settle(qtbot, running.executor)
    dialog = page._dialog
    assert isinstance(dialog, CorrectDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    fields = dialog.entries.applicant.fields
    assert QApplication.focusWidget() is fields.name
    fields.name.selectAll()
    type_vietnamese(fields.name, "H' Ngăm Niê Kđăm")
    while QApplication.focusWidget() is not dialog.reason:
        press(Qt.Key.Key_Tab)
    type_text("Gõ nhầm tên")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dialog.paper is not None)
    settle(qtbot, running.executor)
    assert show(running.desk, page.code).applicant.name == "H' Ngăm Niê Kđăm"
    assert "Họ tên: H' Ngăm Niê Kdăm → H' Ngăm Niê Kđăm" in page.history.toPlainText()
    assert "H' Ngăm Niê Kđăm" in page.facts.toPlainText()
    assert "Giấy tiếp nhận mới số 2" in told[-1]
    assert dialog.paper is not None
    assert dialog.paper.isVisible()
    assert dialog.paper.preview.page_count >= 2
    dialog.paper.reject()


def test_what_is_changed_is_marked_and_listed_until_it_is_as_before(
    page: DossierPage, running: RunningApp, qtbot: Any
) -> None:
    dialog = opened(page, running, qtbot)
    phone = dialog.entries.applicant.fields.phone
    before = phone.text()
    assert dialog.changes.text() == "Chưa có mục nào khác trước."
    phone.setText("0987000111")
    assert phone.property("tone") == "warning"
    assert f"Điện thoại: {before} → 0987000111" in dialog.changes.text()
    first = next(iter(dialog.entries.counts.values()))[0]
    first.setValue(first.value() + 1)
    assert "Sẽ sửa 2 mục" in dialog.changes.text()
    phone.setText(before)
    assert phone.property("tone") == ""
    assert "Sẽ sửa 1 mục" in dialog.changes.text()
    dialog.reject()


@pytest.mark.parametrize(
    ("spoil", "section", "focus"),
    [
        ("applicant.name", "applicant", "applicant.name"),
        ("applicant.birth_date", "applicant", "applicant.birth_date"),
        ("submitter", "submitter", "submitter.name"),
    ],
)
def test_a_refusal_stands_beside_its_field(
    page: DossierPage, running: RunningApp, qtbot: Any, spoil: str, section: str, focus: str
) -> None:
    dialog = opened(page, running, qtbot)
    entries = dialog.entries
    if spoil == "applicant.name":
        entries.applicant.fields.name.setText("")
    elif spoil == "applicant.birth_date":
        entries.applicant.fields.birth.setText("31/2/1990")
    else:
        entries.with_submitter.setChecked(True)
    dialog.reason.setText("Thử")
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.submit()
    settle(qtbot, running.executor)
    assert dialog.isVisible()
    assert entries.notes[section].isVisible()
    assert entries.notes[section].text()
    assert dialog.problem.isHidden()
    entry = entries.input_of(focus)
    assert entry is not None
    assert entry.property("tone") == "error"
    assert QApplication.focusWidget() is entry
    assert len(show(running.desk, page.code).events) == 1
    dialog.reject()


def test_the_reason_is_asked_for(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    dialog = opened(page, running, qtbot)
    dialog.entries.note.setText("Gấp")
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.submit()
    settle(qtbot, running.executor)
    assert "lý do" in dialog.problem.text()
    assert QApplication.focusWidget() is dialog.reason
    dialog.reason.setText("Người nộp nhờ")
    dialog.submit()
    settle(qtbot, running.executor)
    assert show(running.desk, page.code).note == "Gấp"
    assert dialog.paper is None, "the receipt does not show the note"


def test_what_another_clerk_did_meanwhile_is_not_overwritten(
    page: DossierPage, running: RunningApp, qtbot: Any
) -> None:
    dialog = opened(page, running, qtbot)
    take_step(running.desk, page.code, Step.HAND_OVER, StepInput(unit="Phòng Văn hóa"))
    dialog.entries.note.setText("Gấp")
    dialog.reason.setText("Thử")
    dialog.submit()
    settle(qtbot, running.executor)
    assert dialog.isVisible()
    assert "vừa được thay đổi: chuyển xử lý" in dialog.problem.text()
    dialog.reject()


def test_what_the_portal_refused_is_shown_mended_and_sent_again(
    page: DossierPage, running: RunningApp, told: list[str], qtbot: Any
) -> None:
    refuse(running)
    dialog = opened(page, running, qtbot, "SoDienThoai")
    qtbot.waitUntil(dialog.isActiveWindow)
    phone = dialog.entries.applicant.fields.phone
    assert PORTAL_SAYS in dialog.stuck.text()
    assert "Điện thoại (SoDienThoai)" in dialog.stuck.text()
    assert QApplication.focusWidget() is phone
    assert dialog.confirm.text() == "Lưu và gửi lại (Ctrl+Enter)"
    phone.setText("0987000111")
    dialog.reason.setText("Cổng báo sai số")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle(qtbot, running.executor)
    assert "được gửi lại" in told[-1]
    with running.desk.database.read() as session:
        (line,) = outbox_view.lines(session)
    assert (line.kind, line.state) == ("create", "waiting")
    assert dialog.paper is not None
    dialog.paper.reject()


def test_without_a_change_what_was_refused_goes_as_the_dossier_stands(
    page: DossierPage, running: RunningApp, told: list[str], qtbot: Any
) -> None:
    refuse(running, "DonViXuLy")
    dialog = opened(page, running, qtbot, "DonViXuLy")
    dialog.submit()
    settle(qtbot, running.executor)
    assert not dialog.isVisible()
    assert told[-1] == "Thông điệp mà cổng từ chối được gửi lại."
    assert len(show(running.desk, page.code).events) == 1, "nothing was corrected"


def test_a_dossier_that_is_gone_is_said_so(running: RunningApp, page: DossierPage, qtbot: Any) -> None:
    dialog = CorrectDialog(running.context, "H15.36-260310-9999", "", page)
    page._open(dialog)
    settle(qtbot, running.executor)
    assert "Không có hồ sơ mã" in dialog.problem.text()
    assert not dialog.confirm.isEnabled()
    dialog.reject()


def test_every_field_has_a_name_and_a_place_of_its_own_in_the_order_of_tab(
    page: DossierPage, running: RunningApp, qtbot: Any
) -> None:
    dialog = opened(page, running, qtbot)
    dialog.entries.with_submitter.setChecked(True)
    tabbed = [
        widget
        for widget in dialog.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(dialog) and not widget.focusProxy()
    ]
    assert [widget for widget in tabbed if not widget.accessibleName() and not isinstance(widget, QPushButton)] == []
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.entries.applicant.fields.number.setFocus()
    order: list[QWidget | None] = []
    while dialog.reason not in order and len(order) < 200:
        order.append(QApplication.focusWidget())
        press(Qt.Key.Key_Tab)
    people, terms = dialog.entries.applicant.fields, dialog.entries
    places = [order.index(one) for one in (people.number, people.address, terms.submitter.fields.number, terms.note)]
    assert places == sorted(places)
    assert order.index(dialog.reason) > places[-1]
    dialog.reject()
