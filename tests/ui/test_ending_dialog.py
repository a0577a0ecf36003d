"""The windows that end a dossier without a result, and the one that takes a mistaken step back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Step
from counter_app.services.endings import FIRST_GROUNDS
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.ending_dialog import EndingDialog
from tests.ui.window_fixtures import press, settle, type_text

TakeIn = Callable[..., Received]


@pytest.fixture
def page(running: RunningApp, take_in: TakeIn, qtbot: Any) -> DossierPage:
    code = take_in(procedure="1.001193").code
    window = running.window
    window.show_dossier(code)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    shown = window.page("dossier")
    assert isinstance(shown, DossierPage)
    return shown


def opened(page: DossierPage, step: Step, qtbot: Any) -> EndingDialog:
    page.take_step(step)
    dialog = page._dialog
    assert isinstance(dialog, EndingDialog)
    settle(qtbot, page.context.executor)
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def test_a_stop_asks_for_its_ground_and_what_becomes_of_papers_and_fees(
    page: DossierPage, running: RunningApp, qtbot: Any
) -> None:
    dialog = opened(page, Step.STOP, qtbot)
    assert dialog.law.itemText(0) == FIRST_GROUNDS[0]
    type_text("Người nộp xin dừng")
    press(Qt.Key.Key_Tab)
    dialog.law.setFocus()
    type_text("Luật Hộ tịch 2014, Điều 38")
    dialog.papers.setText("Trả lại người nộp")
    dialog.fees.setFocus()
    press(Qt.Key.Key_Tab)
    type_text("Trần Văn Phó")
    press(Qt.Key.Key_Tab)
    type_text("KT. CHỦ TỊCH / PHÓ CHỦ TỊCH")
    press(Qt.Key.Key_Tab)
    assert dialog.originals.hasFocus()
    dialog.originals.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.submit()
    settle(qtbot, running.executor)
    details: Any = show(running.desk, page.code).events[-1].details
    assert details["law"] == "Luật Hộ tịch 2014, Điều 38"
    assert details["papers_settled"] == "Trả lại người nộp"
    assert len(details["originals"]) == 1
    assert (details["paper"]["head_name"], details["paper"]["head_title"]) == (
        "Trần Văn Phó",
        "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH",
    )
    assert "Luật Hộ tịch 2014, Điều 38" in page.history.toPlainText()


def test_a_withdrawal_asks_only_for_what_goes_back(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    dialog = opened(page, Step.WITHDRAW, qtbot)
    assert dialog.law.isHidden()
    assert dialog.papers.isHidden()
    assert dialog.signer.isHidden(), "a withdrawal has no notice"
    assert dialog.originals.count() > 0
    dialog.submit()
    settle(qtbot, running.executor)
    assert show(running.desk, page.code).row.status == "withdrawn"
    assert dialog.paper is None


def test_papers_given_back_at_a_withdrawal_are_signed_for_at_once(
    page: DossierPage, running: RunningApp, qtbot: Any
) -> None:
    dialog = opened(page, Step.WITHDRAW, qtbot)
    dialog.originals.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.submit()
    settle(qtbot, running.executor)
    assert dialog.paper is not None
    assert (dialog.paper.form, dialog.paper.preview.page_count) == ("return_slip", 2)
    dialog.paper.reject()
    settle(qtbot, running.executor)
    assert "return_slip" in [action.objectName() for action in page.others.list.actions()]


def test_a_refusal_names_its_law(running: RunningApp, page: DossierPage, qtbot: Any) -> None:
    """By keyboard alone: the reason, then the article from the kept list."""
    view = page.view
    assert view is not None
    dialog = EndingDialog(page.context, view, Step.REFUSE, page)
    dialog.open()
    settle(qtbot, running.executor)
    qtbot.waitUntil(dialog.isActiveWindow)
    type_text("Không thuộc thẩm quyền")
    press(Qt.Key.Key_Tab)
    dialog.law.setFocus()
    press(Qt.Key.Key_Down)
    assert dialog.law.currentText() == FIRST_GROUNDS[0]
    given = dialog.answers()
    assert (given.reason, given.ending.law) == ("Không thuộc thẩm quyền", FIRST_GROUNDS[0])  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: dialog.law.lineEdit().selectedText() == "…")  # type: ignore[union-attr]
    type_text("14 khoản 2")
    assert dialog.answers().ending.law.startswith("Điều 14 khoản 2, Nghị định 118/2025")  # type: ignore[union-attr]
    assert dialog.originals.isHidden()
    dialog.reject()


def test_a_mistaken_step_is_taken_back_by_keyboard(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    take_step(running.desk, page.code, Step.HAND_OVER, StepInput(unit="Phòng Kinh tế"))
    page.reload()
    settle(qtbot, running.executor)
    page.undo_button.ask()
    settle(qtbot, running.executor)
    dialog = page.undo_button.dialog
    assert dialog is not None
    assert "Chuyển xử lý" in dialog.heading.text()
    dialog.submit()
    settle(qtbot, running.executor)
    assert "vì sao" in dialog.problem.text()
    dialog.reason.setText("Nhầm hồ sơ khác")
    dialog.submit()
    settle(qtbot, running.executor)
    view = show(running.desk, page.code)
    assert (view.row.status, view.row.unit) == ("received", "")
    assert "Nhầm hồ sơ khác" in page.history.toPlainText()


def test_what_cannot_be_taken_back_says_why(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    told: list[str] = []
    page.context.message.connect(lambda text, _tone: told.append(text))
    page.undo_button.ask()
    settle(qtbot, running.executor)
    assert page.undo_button.dialog is None
    assert "Sửa thông tin" in told[-1]
