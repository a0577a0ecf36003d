"""Trays of an earlier time, and documents that could not be attached: nothing is ever out of reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.services.desk import DeskContext
from counter_app.services.scan_jobs import open_jobs
from counter_app.services.values import Received
from counter_app.ui.main_window import MainWindow
from counter_app.ui.scan_open_jobs import OpenJobsDialog
from counter_app.ui.scan_page import ScanPage
from tests.services.scan_samples import filled_tray, scanned
from tests.ui.scan_fixtures import FedScanner, at_rest, choose_dossier, key, order, rows, scan, work_off
from tests.ui.window_fixtures import settle

TakeIn = Callable[..., Received]
CTRL = Qt.KeyboardModifier.ControlModifier


def test_what_was_not_sent_is_there_after_the_program_died(
    window: MainWindow, running: RunningApp, desk: DeskContext, scanner: FedScanner, qtbot: Any
) -> None:
    filled_tray(desk, ["một", "hai", "ba"])
    window.scan_light.look_for_loose()
    settle(qtbot, running.executor)
    assert window.scan_light.text() == "3 trang quét chưa gắn"
    qtbot.mouseClick(window.scan_light, Qt.MouseButton.LeftButton)
    page = window.page("scan")
    assert isinstance(page, ScanPage)
    at_rest(page, qtbot)
    assert len(page.session.pages) == 3
    assert "Có 3 trang quét chưa gắn" in page.note.text()
    assert window.scan_light.isHidden()


def test_two_trays_left_are_offered_one_after_the_other(
    desk: DeskContext, scan_page: ScanPage, scanner: FedScanner, qtbot: Any
) -> None:
    page = scan_page
    older, newer = filled_tray(desk, ["một"]), filled_tray(desk, ["hai", "ba"])
    page.activated()
    at_rest(page, qtbot)
    assert page.session.tray is not None
    assert page.session.tray.id == newer.id
    button = page.buttons["Mở lô khác: {count} (Ctrl+J)"]
    assert button.text() == "Mở lô khác: 1 (Ctrl+J)"
    key(page, qtbot, Qt.Key.Key_J, CTRL)
    assert page.session.tray.id == older.id
    assert button.text() == "Mở lô khác: 1 (Ctrl+J)"


def test_a_document_that_cannot_be_made_is_tried_again_or_taken_back(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, desk: DeskContext, qtbot: Any
) -> None:
    page = scan_page
    choose_dossier(page, qtbot, take_in().code)
    scan(page, scanner, qtbot, ["một"])
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert page.session.tray is not None
    image = page.session.tray.image_path(order(page)[0])
    aside = image.rename(image.with_suffix(".aside"))
    work_off(page, qtbot)
    assert rows(page)[0].startswith("1 Chưa gắn được: ")
    assert page.window().scan_light.text() == "1 bản quét chưa gắn được"  # type: ignore[attr-defined]
    page.groups.selectRow(0)
    assert page.buttons["Thử lại (Ctrl+R)"].isVisible()
    scan(page, scanner, qtbot, [scanned("", blank=True)])
    assert rows(page)[0].startswith("1 Chưa gắn được"), "the next scan leaves it in sight"
    page.groups.selectRow(0)
    key(page, qtbot, Qt.Key.Key_T, CTRL)
    assert rows(page) == ["1 Sẵn sàng gắn"]
    aside.rename(image)
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    work_off(page, qtbot)
    assert rows(page) == ["1 Đã gắn"]


def test_what_could_not_be_attached_stays_within_reach_after_the_next_scan_and_after_a_restart(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, desk: DeskContext, running: RunningApp, qtbot: Any
) -> None:
    page = scan_page
    choose_dossier(page, qtbot, take_in().code)
    scan(page, scanner, qtbot, ["một"])
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert page.session.tray is not None
    failed = page.session.tray
    scan(page, scanner, qtbot, ["hai"])  # while the first one waits: in a tray of its own
    image = failed.image_path("0001")
    whole = image.read_bytes()
    image.write_bytes(whole[:100])
    work_off(page, qtbot)
    assert page.buttons["{count} bản chưa gắn được (Ctrl+L)"].text() == "1 bản chưa gắn được (Ctrl+L)"
    assert rows(page) == ["1 Sẵn sàng gắn"], "it lies in the other tray"
    key(page, qtbot, Qt.Key.Key_L, CTRL)
    jobs = page.findChild(OpenJobsDialog)
    assert jobs is not None
    assert jobs.table.item(0, 4).text().startswith("Chưa gắn được: Không đọc được ảnh trang")
    jobs.retry_button.click()
    at_rest(page, qtbot)
    work_off(page, qtbot)
    image.write_bytes(whole)
    jobs.give_up_button.click()
    at_rest(page, qtbot)
    assert page.session.tray.id == failed.id, "its pages are there to be worked on"
    assert rows(page) == ["1 Sẵn sàng gắn"]
    page.send()
    at_rest(page, qtbot)
    image.write_bytes(whole[:100])
    work_off(page, qtbot)
    again = ScanPage(running.context)
    qtbot.addWidget(again)
    again.activated()
    settle(qtbot, running.executor)
    assert again.session.troubles == 1
    assert [one.id for one in again.session.others] == [failed.id]
    again.take_up(failed.id)
    at_rest(again, qtbot)
    assert rows(again)[0].startswith("1 Chưa gắn được")
    image.write_bytes(whole)
    again.groups.selectRow(0)
    again.retry()
    at_rest(again, qtbot)
    work_off(again, qtbot)
    assert open_jobs(desk) == ()
    again.closing()


def test_the_next_stack_begins_a_new_tray_when_everything_is_sent(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, qtbot: Any
) -> None:
    page = scan_page
    choose_dossier(page, qtbot, take_in().code)
    scan(page, scanner, qtbot, ["một"])
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert page.session.tray is not None
    sent = page.session.tray
    scan(page, scanner, qtbot, ["hai"])
    assert page.session.tray.id != sent.id
    assert len(page.session.pages) == 1
    assert sent.directory.is_dir(), "its job still needs the pictures"
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    work_off(page, qtbot)
    scan(page, scanner, qtbot, ["ba"])
    assert not sent.directory.exists(), "it lies in its dossier"
