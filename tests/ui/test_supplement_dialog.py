"""Papers brought after a request, in the window: ticked, confirmed when some are missing, a receipt offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Step
from counter_app.services.catalogue import get_procedure
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import ApplicantData, ComponentIn, ReceiveRequest
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.supplement_dialog import SupplementDialog, SupplementRequestDialog
from tests.catalogue_samples import write_pdf
from tests.ui.window_fixtures import press, settle, type_text

PROCEDURE = "1.001193"
ASKED = "Giấy chứng sinh"


@pytest.fixture
def page(running: RunningApp, qtbot: Any) -> DossierPage:
    """A dossier for which its required papers were asked."""
    request = ReceiveRequest(procedure=PROCEDURE, applicant=ApplicantData(name="Y Thắng Êban"), supplement_reason=ASKED)
    code = receive(running.desk, request).code
    window = running.window
    window.show_dossier(code)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    shown = window.page("dossier")
    assert isinstance(shown, DossierPage)
    return shown


def opened(page: DossierPage, running: RunningApp, qtbot: Any) -> SupplementDialog:
    page.take_step(Step.SUPPLEMENT)
    dialog = page._dialog
    assert isinstance(dialog, SupplementDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def required(running: RunningApp) -> list[str]:
    from counter_app.services.completeness import depends_on_circumstances

    return [
        paper.code
        for paper in get_procedure(running.desk, PROCEDURE).components
        if paper.required and paper.originals + paper.copies and not depends_on_circumstances(paper.name)
    ]


def test_by_keyboard_alone_to_the_new_receipt(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    qtbot.keyClick(page, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: page._dialog is not None)
    dialog = page._dialog
    assert isinstance(dialog, SupplementDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    assert ASKED in dialog.heading.text()
    for row in dialog.checklist.rows:
        assert QApplication.focusWidget() is row.tick
        press(Qt.Key.Key_Space)
        press(Qt.Key.Key_Down)
    dialog.inputs["reason"].setFocus()
    type_text("Nộp đủ")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dialog.paper is not None)
    settle(qtbot, running.executor)
    view = show(running.desk, page.code)
    assert view.row.status == "received"
    assert {item["code"] for item in view.events[-1].details["components"]} >= set(required(running))  # type: ignore[attr-defined]
    assert "Đã nộp: " in page.history.toPlainText()
    assert dialog.paper is not None
    assert dialog.paper.preview.page_count >= 2
    dialog.paper.reject()


def test_what_is_missing_is_pointed_at_and_confirmed(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    assert required(running)
    dialog = opened(page, running, qtbot)
    dialog.submit()
    settle(qtbot, running.executor)
    assert dialog.isVisible()
    assert dialog.incomplete.isVisible()
    assert "Vẫn còn thiếu" in dialog.problem.text()
    first = next(row for row in dialog.checklist.rows if row.component.code in required(running))
    assert QApplication.focusWidget() is first.tick
    assert first.property("tone") == "late"
    dialog.incomplete.setChecked(True)
    dialog.submit()
    settle(qtbot, running.executor)
    assert show(running.desk, page.code).row.status == "received"
    assert dialog.paper is not None
    dialog.paper.reject()


def test_a_scan_is_stored_with_the_paper(page: DossierPage, running: RunningApp, tmp_path: Path, qtbot: Any) -> None:
    dialog = opened(page, running, qtbot)
    row = dialog.checklist.rows[0]
    row.add_files([tmp_path / "ảnh.jpg"])
    assert "PDF" in dialog.problem.text()
    row.add_files([write_pdf(tmp_path / "giay.pdf")])
    dialog.incomplete.setChecked(True)
    dialog.submit()
    settle(qtbot, running.executor)
    (document,) = show(running.desk, page.code).documents
    assert (document.component_code, document.file_name) == (row.component.code, "giay.pdf")
    assert dialog.paper is not None
    dialog.paper.reject()


def test_papers_that_are_there_come_last_and_say_so(running: RunningApp, page: DossierPage, qtbot: Any) -> None:
    papers = get_procedure(running.desk, PROCEDURE).components
    first = next(paper for paper in papers if paper.originals)
    code = receive(
        running.desk,
        ReceiveRequest(
            procedure=PROCEDURE,
            applicant=ApplicantData(name="Y Thắng Êban"),
            components=(ComponentIn(first.code, 2),),
            supplement_reason=ASKED,
        ),
    ).code
    running.window.show_dossier(code)
    settle(qtbot, running.executor)
    dialog = opened(page, running, qtbot)
    last = dialog.checklist.rows[-1]
    assert last.component.code == first.code
    assert last.component.name.endswith("(đã có 2 bản chính, 0 bản sao)")
    dialog.reject()


def test_a_second_request_is_warned_of_and_asks_why(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    take_step(running.desk, page.code, Step.SUPPLEMENT, StepInput())
    page.reload()
    settle(qtbot, running.executor)
    page.take_step(Step.REQUEST_SUPPLEMENT)
    dialog = page._dialog
    assert isinstance(dialog, SupplementRequestDialog)
    assert "chỉ cho yêu cầu một lần" in dialog.asked_before.text()
    dialog.ask_for("Trích lục mờ")
    dialog.submit()
    settle(qtbot, running.executor)
    assert "lý do yêu cầu thêm" in dialog.problem.text()
    qtbot.waitUntil(dialog.again.hasFocus)
    type_text("Bản nộp lần đầu bị rách")
    dialog.submit()
    settle(qtbot, running.executor)
    assert "Lý do yêu cầu thêm: Bản nộp lần đầu bị rách" in page.history.toPlainText()


def test_enter_takes_the_first_paper_of_the_list(page: DossierPage, qtbot: Any) -> None:
    assert page.view is not None
    dialog = SupplementRequestDialog(page.context, page.view, page)
    qtbot.addWidget(dialog)
    dialog.menu.popup(dialog.pos())
    qtbot.keyClick(dialog.menu, Qt.Key.Key_Return)
    assert dialog.items.toPlainText().splitlines()[-1] == dialog.menu.actions()[0].data()
