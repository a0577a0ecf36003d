"""Papers scanned while the form is still being filled in: they go into the dossier that it becomes, and no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.services.desk import DeskContext
from counter_app.services.reading import list_dossiers, show
from counter_app.services.scan_jobs import open_jobs
from counter_app.services.values import QueueFilter
from counter_app.ui.intake.page import IntakePage
from counter_app.ui.main_window import MainWindow
from counter_app.ui.scan_page import ScanPage
from tests.services.scan_samples import printed_pdf, scanned
from tests.ui.scan_fixtures import FedScanner, at_rest, scan, work_off
from tests.ui.window_fixtures import settle

CTRL = Qt.KeyboardModifier.ControlModifier
PROCEDURE = "1.010028"


@pytest.fixture
def form(window: MainWindow, running: RunningApp, scanner: FedScanner, qtbot: Any) -> IntakePage:
    """A form with a procedure, a person, and all papers ticked."""
    page = window.page("intake")
    assert isinstance(page, IntakePage)
    page.form.procedure.chosen.emit(PROCEDURE)
    settle(qtbot, running.executor)
    page.form.applicant.name.setText("H' Ngăm Niê Kdăm")
    for row in page.form.checklist.rows:
        row.tick.setChecked(True)
    settle(qtbot, running.executor)
    return page


def scan_second_paper(form: IntakePage, scanner: FedScanner, qtbot: Any) -> ScanPage:
    """Ctrl+Q in the row of the second paper, and two pages through the feeder."""
    row = form.form.checklist.rows[1]
    row.tick.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(row.tick, Qt.Key.Key_Q, CTRL)
    window: Any = form.window()
    page = window.page("scan")
    assert isinstance(page, ScanPage)
    qtbot.waitUntil(lambda: page.target.target.component == row.component.code, timeout=10_000)
    qtbot.waitUntil(page.controls.scan.isEnabled, timeout=10_000)
    scan(page, scanner, qtbot, ["một", "hai"])
    return page


def states(page: ScanPage) -> list[str]:
    return [page.groups.item(row, 4).text() for row in range(page.groups.rowCount())]


def receive(form: IntakePage, page: ScanPage, qtbot: Any) -> str:
    """Back to the form and take the dossier in; its code."""
    window: Any = form.window()
    window.show_page("intake")
    form.receive()
    at_rest(page, qtbot)
    (row,), _ = list_dossiers(form.context.desk, QueueFilter(), limit=1)
    return row.code


def test_pages_wait_for_the_code_and_go_off_with_it(
    form: IntakePage, scanner: FedScanner, desk: DeskContext, qtbot: Any
) -> None:
    page = scan_second_paper(form, scanner, qtbot)
    assert "Hồ sơ đang nhập · H' Ngăm" in page.target.dossier.toolTip()
    assert states(page) == ["Chờ tiếp nhận hồ sơ"]
    page.send()
    at_rest(page, qtbot)
    assert open_jobs(desk) == (), "there is no dossier yet"
    assert "chờ tiếp nhận hồ sơ (F2)" in page.note.text()
    assert "gán" not in page.note.text(), "nothing is wrong with it"
    code = receive(form, page, qtbot)
    component = form.form.checklist.rows[1].component.code
    assert show(desk, code).scans_in_work == {(component, "")}
    work_off(page, qtbot)
    assert [(item.component_code, item.pages) for item in show(desk, code).documents] == [(component, 2)]


def test_a_pdf_that_stays_whole_goes_to_the_paper_of_the_form(
    form: IntakePage, scanner: FedScanner, desk: DeskContext, tmp_path: Path, qtbot: Any
) -> None:
    page = scan_second_paper(form, scanner, qtbot)
    file = printed_pdf(tmp_path / "ủy quyền.pdf", ["Văn bản ủy quyền"])
    with qtbot.waitSignal(page.context.message, check_params_cb=lambda text, _tone: "«ủy quyền.pdf»" in text):
        page.add_files([file])
    at_rest(page, qtbot)
    code = receive(form, page, qtbot)
    assert [(item.component_code, item.file_name) for item in show(desk, code).documents] == [
        (form.form.checklist.rows[1].component.code, "ủy quyền.pdf")
    ]


def test_pages_that_come_after_the_reception_go_into_the_dossier_too(
    form: IntakePage, scanner: FedScanner, desk: DeskContext, qtbot: Any
) -> None:
    page = scan_second_paper(form, scanner, qtbot)
    scanner.gate.clear()
    scanner.feeder = [scanned("ba")]
    qtbot.keyClick(page.view, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: page.session.is_reading)
    window: Any = form.window()
    window.show_page("intake")
    form.receive()
    qtbot.waitUntil(lambda: not form.receiving)
    scanner.gate.set()
    at_rest(page, qtbot)
    (row,), _ = list_dossiers(desk, QueueFilter(), limit=1)
    assert page.target.target.dossier == row.code, "what is scanned now is for the dossier"
    work_off(page, qtbot)
    assert sum(item.pages for item in show(desk, row.code).documents) == 3


def test_pages_of_a_form_that_was_given_up_never_reach_the_next_dossier(
    form: IntakePage, scanner: FedScanner, desk: DeskContext, running: RunningApp, qtbot: Any
) -> None:
    page = scan_second_paper(form, scanner, qtbot)
    form.next_applicant()
    at_rest(page, qtbot)
    assert states(page) == ["Chưa có hồ sơ"]
    form.form.procedure.chosen.emit(PROCEDURE)
    settle(qtbot, running.executor)
    form.form.applicant.name.setText("Nguyễn Văn Đức")
    for row in form.form.checklist.rows:
        row.tick.setChecked(True)
    code = receive(form, page, qtbot)
    assert show(desk, code).scans_in_work == frozenset()
    assert states(page) == ["Chưa có hồ sơ"]


def test_after_a_crash_the_form_and_its_pages_find_each_other_again(
    form: IntakePage, scanner: FedScanner, desk: DeskContext, running: RunningApp, qtbot: Any
) -> None:
    page = scan_second_paper(form, scanner, qtbot)
    settle(qtbot, running.executor)
    again = IntakePage(running.context)
    qtbot.addWidget(again)
    settle(qtbot, running.executor)
    assert again._form_key == form._form_key
    page.session.leave()
    page.activated()
    at_rest(page, qtbot)
    assert states(page) == ["Chờ tiếp nhận hồ sơ"]


def test_pages_of_a_form_that_is_gone_are_loose_when_they_are_taken_up(
    form: IntakePage, scanner: FedScanner, running: RunningApp, qtbot: Any
) -> None:
    page = scan_second_paper(form, scanner, qtbot)
    page.session.leave()
    form.next_applicant()  # the page of scanning has no tray open, as when it has not been made yet
    settle(qtbot, running.executor)
    page.activated()
    at_rest(page, qtbot)
    assert states(page) == ["Chưa có hồ sơ"]


def test_without_a_procedure_there_is_nothing_to_scan_for(window: MainWindow, running: RunningApp, qtbot: Any) -> None:
    page = window.page("intake")
    qtbot.keyClick(page.form.procedure.search, Qt.Key.Key_Q, CTRL)  # type: ignore[attr-defined]
    assert window.current_page == "intake"
    assert "Chưa chọn thủ tục" in page.form.problem.text()  # type: ignore[attr-defined]
