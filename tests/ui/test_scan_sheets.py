"""Separators from the list of what is to be scanned, from a dossier and after a reception; papers used again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from counter_app.app import RunningApp
from counter_app.models import PrintJob
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.reading import show
from counter_app.services.values import Received
from counter_app.settings import PrinterSettings, load_settings, save_settings, with_changes
from counter_app.ui.digitising_page import DigitisingPage
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.intake.received_panel import ReceivedPanel
from counter_app.ui.main_window import MainWindow
from counter_app.ui.scan_page import ScanPage
from counter_app.ui.scan_sheets_button import SheetsButton
from counter_app.ui.scan_sheets_dialog import SheetsDialog, read_kept
from tests.catalogue_samples import write_pdf
from tests.ui.scan_fixtures import choose_dossier
from tests.ui.window_fixtures import WAIT_MS, Clock, press, settle

TakeIn = Callable[..., Received]
TWO_PAPERS, ONE_PAPER = "2.000884", "1.013314"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
OFFICE, RECEIPTS = "ipp://127.0.0.1:9/ipp/print", "tcp://127.0.0.1:9"


@pytest.fixture
def printers() -> PrinterSettings:
    """A test without printers gives others."""
    return PrinterSettings(office=OFFICE, thermal=RECEIPTS)


@pytest.fixture
def desk(directory: Path, clock: Clock, printers: PrinterSettings) -> Iterator[DeskContext]:
    save_settings(directory, with_changes(load_settings(directory), printers=printers))
    opened = open_desk(directory, clock)
    yield opened
    opened.close()


@pytest.fixture
def codes(take_in: TakeIn) -> tuple[str, str]:
    """Two dossiers with nothing scanned: one of two papers, one of one paper."""
    return take_in(0, TWO_PAPERS).code, take_in(1, ONE_PAPER).code


@pytest.fixture
def page(window: MainWindow, running: RunningApp, codes: tuple[str, str], qtbot: Any) -> DigitisingPage:
    """The list of what is to be scanned in front."""
    qtbot.waitUntil(window.isActiveWindow)
    window.show_page("digitising")
    settle(qtbot, running.executor)
    shown = window.page("digitising")
    assert isinstance(shown, DigitisingPage)
    qtbot.waitUntil(lambda: shown.todo.model.rowCount() == 3 and shown.todo.table.current_row() is not None)
    return shown


def asked(button: SheetsButton, qtbot: Any) -> SheetsDialog:
    """The window that the key opens; the separators are on the screen."""
    press(Qt.Key.Key_Q, CTRL | SHIFT)
    qtbot.waitUntil(lambda: button.dialog is not None and button.dialog.isActiveWindow(), timeout=WAIT_MS)
    assert button.dialog is not None
    drawn(button.dialog, qtbot)
    return button.dialog


def drawn(dialog: SheetsDialog, qtbot: Any) -> None:
    settle(qtbot, dialog.context.executor)
    qtbot.waitUntil(lambda: dialog.preview.picture(0) is not None, timeout=WAIT_MS)


def sheets(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)


def choose(dialog: SheetsDialog, medium: str, qtbot: Any) -> None:
    dialog.medium.setCurrentIndex(dialog.medium.findData(medium))
    settle(qtbot, dialog.context.executor)


def printed(desk: DeskContext) -> list[tuple[str, str]]:
    """Form and printer of each job, the first one first."""
    with desk.database.read() as session:
        return [(job.form, job.printer) for job in session.scalars(select(PrintJob).order_by(PrintJob.id))]


def test_marked_papers_of_several_dossiers_get_their_sheets(
    page: DigitisingPage, desk: DeskContext, codes: tuple[str, str], qtbot: Any
) -> None:
    assert page.todo.table.hasFocus()
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Space)
    dialog = asked(page.todo.sheets, qtbot)
    assert dialog.scope.currentText() == "2 giấy tờ đang chọn"
    assert dialog.order.chosen == {codes[0]: ("TP01",), codes[1]: ("TP01",)}
    assert sheets(dialog.pdf) == 2
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=WAIT_MS)
    settle(qtbot, page.context.executor)
    assert printed(desk) == [("scan_cover", OFFICE)]


def test_without_marks_the_dossier_of_the_row_gets_a_sheet_for_each_paper(page: DigitisingPage, qtbot: Any) -> None:
    dialog = asked(page.todo.sheets, qtbot)
    assert page.todo.table.current_row() is not None
    assert sheets(dialog.pdf) == 2
    dialog.scope.setCurrentIndex(dialog.scope.findData("whole"))
    drawn(dialog, qtbot)
    assert sheets(dialog.pdf) == 1
    dialog.scope.setCurrentIndex(dialog.scope.findData("chosen"))
    drawn(dialog, qtbot)
    assert sheets(dialog.pdf) == 1
    dialog.reject()


def test_the_sheet_of_labels_goes_on_where_the_last_job_ended(
    page: DigitisingPage, desk: DeskContext, qtbot: Any
) -> None:
    dialog = asked(page.todo.sheets, qtbot)
    assert not dialog.place.isEnabled()
    choose(dialog, "A4 3x7", qtbot)
    assert dialog.place.isEnabled()
    dialog.place.setValue(21)
    drawn(dialog, qtbot)
    assert sheets(dialog.pdf) == 2, "the second of two labels needs another sheet"
    dialog.print_now()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=WAIT_MS)
    settle(qtbot, page.context.executor)
    kept = read_kept(desk)
    assert (kept.medium, kept.place) == ("A4 3x7", 2)
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    again = asked(page.todo.sheets, qtbot)
    assert (again.medium.currentData(), again.place.value()) == ("A4 3x7", 2)
    choose(again, "thermal", qtbot)
    again.print_now()
    qtbot.waitUntil(lambda: not again.isVisible(), timeout=WAIT_MS)
    settle(qtbot, page.context.executor)
    assert printed(desk) == [("scan_label_sheet", OFFICE), ("scan_sticker", RECEIPTS)]
    assert read_kept(desk).place == 2


@pytest.mark.parametrize("printers", [PrinterSettings()])
def test_without_a_printer_the_sheets_can_be_kept_as_a_file(page: DigitisingPage, tmp_path: Path, qtbot: Any) -> None:
    dialog = asked(page.todo.sheets, qtbot)
    assert not dialog.print_button.isEnabled()
    assert "Chưa đặt máy in" in dialog.note.text()
    dialog.save_to(str(tmp_path / "to-ngan.pdf"))
    settle(qtbot, page.context.executor)
    assert sheets((tmp_path / "to-ngan.pdf").read_bytes()) == 2
    choose(dialog, "thermal", qtbot)
    assert "máy in nhiệt" in dialog.note.text()
    dialog.reject()


def test_from_the_dossier_where_nothing_is_left_to_scan_the_paper_can_be_chosen(
    window: MainWindow, desk: DeskContext, codes: tuple[str, str], tmp_path: Path, qtbot: Any
) -> None:
    code = codes[1]
    attach(desk, code, [write_pdf(tmp_path / "a.pdf")], component="TP01")
    qtbot.waitUntil(window.isActiveWindow)
    window.show_dossier(code)
    settle(qtbot, window.context.executor)
    page = window.page("dossier")
    assert isinstance(page, DossierPage)
    press(Qt.Key.Key_Q, CTRL | SHIFT)
    qtbot.waitUntil(lambda: page.sheets_button.dialog is not None)
    dialog = page.sheets_button.dialog
    assert dialog is not None
    settle(qtbot, window.context.executor)
    assert "Không còn giấy tờ nào phải quét" in dialog.note.text()
    assert not dialog.print_button.isEnabled()
    assert not dialog.save_button.isEnabled()
    dialog.scope.setCurrentIndex(dialog.scope.findData("chosen"))
    drawn(dialog, qtbot)
    assert sheets(dialog.pdf) == 1
    assert dialog.print_button.isEnabled()
    assert dialog.save_button.isEnabled()
    dialog.reject()


def test_after_the_reception_the_key_is_on_the_panel(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    panel = ReceivedPanel(running.context)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    panel.show_received(take_in(0, TWO_PAPERS), "", "")
    settle(qtbot, running.executor)
    qtbot.waitUntil(panel.isActiveWindow)
    qtbot.keyClick(panel.next, Qt.Key.Key_Q, CTRL | SHIFT)
    qtbot.waitUntil(lambda: panel.sheets.dialog is not None)
    dialog = panel.sheets.dialog
    assert dialog is not None
    drawn(dialog, qtbot)
    assert sheets(dialog.pdf) == 2
    dialog.reject()


@pytest.fixture
def again(desk: DeskContext, take_in: TakeIn, clock: Clock, codes: tuple[str, str], tmp_path: Path) -> str:
    """The first applicant comes once more, a day after both of their papers were scanned."""
    for component in ("TP01", "TP02"):
        attach(desk, codes[0], [write_pdf(tmp_path / f"{component}.pdf")], component=component)
    clock.move(days=1)
    return take_in(0, TWO_PAPERS).code


def test_in_the_list_the_line_tells_of_the_paper_given_before(
    again: str, page: DigitisingPage, codes: tuple[str, str], qtbot: Any
) -> None:
    todo = page.todo
    qtbot.waitUntil(lambda: todo.table.current_row() is not None and todo.table.current_row().dossier_code == codes[1])
    qtbot.wait(200)
    settle(qtbot, page.context.executor)
    assert not todo.offer.isVisible(), "nothing was given before by this applicant"
    press(Qt.Key.Key_Down)
    qtbot.waitUntil(todo.offer.isVisible, timeout=WAIT_MS)
    assert f"Đã nộp ngày 10/03/2026 ở hồ sơ {codes[0]}: dùng lại" in todo.offer.text()
    press(Qt.Key.Key_Up)
    assert not todo.offer.isVisible(), "at once, before anything is read"


def test_in_the_page_of_scanning_its_key_uses_it_and_the_next_paper_follows(
    scan_page: ScanPage, again: str, desk: DeskContext, codes: tuple[str, str], qtbot: Any
) -> None:
    page = scan_page
    qtbot.waitUntil(page.window().isActiveWindow)
    choose_dossier(page, qtbot, again)
    qtbot.waitUntil(page.offer.isVisible, timeout=WAIT_MS)
    assert f"ở hồ sơ {codes[0]}: dùng lại (Ctrl+D)" in page.offer.text()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_D, CTRL)
    qtbot.waitUntil(lambda: page.reuse is not None)
    dialog = page.reuse
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.offers), timeout=WAIT_MS)
    dialog.submit()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=WAIT_MS)
    settle(qtbot, page.context.executor)
    assert [item.component_code for item in show(desk, again).documents] == ["TP01"]
    assert page.target.target.component == "TP02"
    qtbot.waitUntil(page.offer.isVisible, timeout=WAIT_MS)
    page.target.clear()
    assert not page.offer.isVisible()
