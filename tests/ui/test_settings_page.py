"""The settings page: what is saved where, what is refused, the spool, the imports."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import update

from counter_app.app import RunningApp
from counter_app.models import PrintJob
from counter_app.sandbox import PracticePortal
from counter_app.services.catalogue import get_procedure
from counter_app.services.offices import get_office
from counter_app.services.print_jobs import list_jobs
from counter_app.services.values import Received
from counter_app.settings import SheetSettings, load_settings, with_changes
from counter_app.ui.settings_page import SettingsPage, Words
from tests.ui.vietnamese_typing import type_vietnamese
from tests.ui.window_fixtures import CATALOGUE, settings_page, settle

TakeIn = Callable[..., Received]


@pytest.fixture
def page(running: RunningApp, qtbot: Any) -> SettingsPage:
    return settings_page(running, qtbot)


def test_what_is_in_force_is_shown(page: SettingsPage) -> None:
    assert page.office_form.code.text() == "H15.36"
    assert page.office_form.fields["name"].text() == "UBND xã Ea Kao"
    assert page.office_form.clerk.text() == "Lê Thị Hạnh"
    assert not page.save_button.isEnabled()


def test_office_clerk_and_settings_are_saved_together(page: SettingsPage, running: RunningApp, qtbot: Any) -> None:
    page.office_form.clerk.selectAll()
    type_vietnamese(page.office_form.clerk, "Nguyễn Thị Mai")
    page.office_form.fields["head_name"].clear()
    type_vietnamese(page.office_form.fields["head_name"], "Y Bliêng Niê")
    type_vietnamese(page.office_form.fields["address"], "Số 12 đường Y Ngông")
    page.rules_form.cut_off.clear()
    qtbot.keyClicks(page.rules_form.cut_off, "15:00")
    page.save_button.click()
    settle(qtbot, running.executor)
    saved = load_settings(running.desk.directory)
    assert (saved.clerk, saved.cut_off) == ("Nguyễn Thị Mai", "15:00")
    assert get_office(running.desk).head_name == "Y Bliêng Niê"
    assert get_office(running.desk).address == "Số 12 đường Y Ngông"
    assert running.context.desk.settings.clerk == "Nguyễn Thị Mai"
    assert not page.dirty


def test_a_wrong_value_is_refused_and_nothing_typed_is_lost(
    page: SettingsPage, running: RunningApp, qtbot: Any
) -> None:
    qtbot.keyClicks(page.rules_form.cut_off, "25h")
    page.office_form.fields["phone"].clear()
    qtbot.keyClicks(page.office_form.fields["phone"], "0262 111")
    page.save_button.click()
    settle(qtbot, running.executor)
    assert "«cut_off» phải là giờ dạng HH:MM" in page.state.text()
    assert page.rules_form.cut_off.text() == "25h"
    assert get_office(running.desk).phone == "0262 3812 345"
    assert load_settings(running.desk.directory).cut_off == ""


def test_changes_can_be_dropped(page: SettingsPage, running: RunningApp, qtbot: Any) -> None:
    qtbot.keyClicks(page.portal_form.url, "https://cong.example.vn")
    assert page.dirty
    page.undo_button.click()
    settle(qtbot, running.executor)
    assert page.portal_form.url.text() == ""
    assert not page.dirty


def test_the_password_is_never_in_the_file(
    page: SettingsPage, running: RunningApp, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    kept: list[tuple[str, str, str]] = []

    def remember(service: str, user: str, password: str) -> None:
        kept.append((service, user, password))

    monkeypatch.setattr("keyring.set_password", remember)
    qtbot.keyClicks(page.portal_form.url, "https://cong.example.vn")
    qtbot.keyClicks(page.portal_form.user, "canbo")
    qtbot.keyClicks(page.portal_form.password, "bi-mat-42")
    page.save_button.click()
    settle(qtbot, running.executor)
    assert [(user, password) for _, user, password in kept] == [("canbo", "bi-mat-42")]
    assert "bi-mat-42" not in (running.desk.directory / "settings.toml").read_text(encoding="utf-8")
    assert page.portal_form.password.text() == ""


def test_a_catalogue_is_taken_in_from_a_file(
    page: SettingsPage, running: RunningApp, tmp_path: Path, qtbot: Any
) -> None:
    content = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    procedures = content["procedures"] if isinstance(content, dict) else content
    procedures[0]["name"] = "Thủ tục đổi tên để thử"
    changed = tmp_path / "danh-muc.json"
    changed.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    page.import_catalogue(str(changed))
    settle(qtbot, running.executor)
    assert "thay đổi 1" in page.outcome.text()
    assert get_procedure(running.desk, procedures[0]["code"]).name == "Thủ tục đổi tên để thử"


def test_a_file_that_is_no_catalogue_is_refused_in_words(
    page: SettingsPage, running: RunningApp, tmp_path: Path, qtbot: Any
) -> None:
    wrong = tmp_path / "sai.json"
    wrong.write_text("{", encoding="utf-8")
    page.import_catalogue(str(wrong))
    settle(qtbot, running.executor)
    assert "không phải JSON hợp lệ" in page.outcome.text()


def test_a_test_page_goes_into_the_spool(page: SettingsPage, running: RunningApp, qtbot: Any) -> None:
    qtbot.keyClicks(page.printers_form.office, "tcp://127.0.0.1:9")
    page.printers_form.office_test.click()
    settle(qtbot, running.executor)
    (job,) = list_jobs(running.desk.database)
    assert (job.printer, job.state, job.dossier_code) == ("tcp://127.0.0.1:9", "waiting", "")


def with_job(page: SettingsPage, running: RunningApp, qtbot: Any, **values: object) -> None:
    """A test page in the spool, then in the given state."""
    page.printers_form.test(SheetSettings("tcp://127.0.0.1:9"), "thermal")
    settle(qtbot, running.executor)
    with running.desk.database.write() as session:
        session.execute(update(PrintJob).values(**values))
    page.show_jobs()
    settle(qtbot, running.executor)


def states(running: RunningApp) -> list[str]:
    every = ("waiting", "confirmed", "sending", "printed", "unknown", "asks", "cancelled")
    return [job.state for job in list_jobs(running.desk.database, states=every)]


def test_a_waiting_job_says_why_and_can_be_tried_or_dropped(
    page: SettingsPage, running: RunningApp, qtbot: Any
) -> None:
    with_job(page, running, qtbot, last_error="Máy in hết giấy.")
    assert page.jobs.question.text().startswith("Máy in hết giấy. Chương trình tự in lại lúc")
    assert page.jobs.retry.isVisible()
    assert not page.jobs.reprint.isVisible()
    page.jobs.cancel.click()
    settle(qtbot, running.executor)
    assert states(running) == ["cancelled"]
    assert page.jobs.question.text() == "Không có lệnh in nào đang chờ."


def test_an_unknown_outcome_asks_and_never_prints_by_itself(
    page: SettingsPage, running: RunningApp, qtbot: Any
) -> None:
    with_job(page, running, qtbot, state="unknown")
    assert "đã ra giấy thì bấm «Giấy đã ra»" in page.jobs.question.text()
    page.jobs.confirm.click()
    settle(qtbot, running.executor)
    assert states(running) == ["printed"]


def test_a_job_of_an_earlier_day_asks_first(page: SettingsPage, running: RunningApp, qtbot: Any) -> None:
    with_job(page, running, qtbot, state="asks")
    assert page.jobs.confirm.text() == "&Vẫn in"
    page.jobs.confirm.click()
    settle(qtbot, running.executor)
    assert states(running) == ["confirmed"]


def test_reprint_of_a_receipt_takes_the_old_jobs_place(
    page: SettingsPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    from counter_app.services.papers import print_paper

    code = take_in().code
    print_paper(running.desk, code, "receipt", "tcp://127.0.0.1:9")
    with running.desk.database.write() as session:
        session.execute(update(PrintJob).values(state="unknown"))
    page.show_jobs()
    settle(qtbot, running.executor)
    page.jobs.reprint.click()
    settle(qtbot, running.executor)
    assert states(running) == ["waiting", "cancelled"]
    item = page.jobs.table.item(0, 1)
    assert item is not None
    assert item.text().startswith("Bản in lại: ")
    page.jobs.all.click()
    settle(qtbot, running.executor)
    assert page.jobs.table.rowCount() == 2


def test_tab_leads_from_the_bar_into_the_form(page: SettingsPage) -> None:
    page.tabs.tabBar().setFocus()
    page.tabs.focusNextChild()
    focus = page.window().focusWidget()
    assert focus is not None
    assert page.office_form.isAncestorOf(focus)


def test_ctrl_s_saves(page: SettingsPage, running: RunningApp, qtbot: Any) -> None:
    page.office_form.fields["place"].clear()
    qtbot.keyClicks(page.office_form.fields["place"], "Ea Kao")
    qtbot.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not page.dirty)


def test_the_catalogue_comes_from_the_portal_while_the_desk_goes_on(
    page: SettingsPage, running: RunningApp, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    button = page.import_buttons[Words.FETCH_BUTTON]
    catalogue = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    changed = next(entry for entry in catalogue["procedures"] if entry["code"] == "1.013314")
    changed["name"] = "Xác nhận diện tích nhà ở (mới)"
    with PracticePortal(tmp_path / "portal.db", catalogue=catalogue) as portal:
        settings = with_changes(running.desk.settings, portal={"url": portal.url, "user": "canbo"})
        running.context.desk = replace(running.desk, settings=settings)
        with qtbot.waitSignals([running.context.changed, page.fetch.done], timeout=20_000):
            button.click()
            assert not button.isEnabled()
            assert running.executor.pending == 0
    assert page.outcome.text().startswith("Đã nạp danh mục")
    assert button.isEnabled()
    assert get_procedure(running.desk, "1.013314").name == "Xác nhận diện tích nhà ở (mới)"


def test_without_a_portal_the_catalogue_stays_and_it_is_said_why(page: SettingsPage, qtbot: Any) -> None:
    page.fetch_catalogue()
    qtbot.waitUntil(lambda: not page.fetch.running)
    qtbot.waitUntil(page.import_buttons[Words.FETCH_BUTTON].isEnabled)
    assert "địa chỉ cổng" in page.outcome.text()
