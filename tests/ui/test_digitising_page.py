"""The page of digitising by keyboard: the list, the rate, the rules, older results, papers used again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.rules.digitising import FIRST_FORMULA, Source, Treatment
from counter_app.rules.lifecycle import Step
from counter_app.services.attach import attach
from counter_app.services.backlog import batches, old_ids, old_rows
from counter_app.services.digitising import default_treatment, procedure_rules
from counter_app.services.digitising_rate import formulas
from counter_app.services.digitising_refresh import AT_A_TIME, refresh_all
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.ui.digitising_backlog_dialogs import BatchDialog, OldScanDialog
from counter_app.ui.digitising_dialogs import PagesDialog, TreatmentDialog
from counter_app.ui.digitising_page import DigitisingPage
from counter_app.ui.digitising_reuse import ReuseDialog
from tests.catalogue_samples import write_pdf
from tests.ui.window_fixtures import WAIT_MS, Clock, press, settle, type_text

TakeIn = Callable[..., Received]
LAND = "1.013314"


@pytest.fixture
def page(running: RunningApp, take_in: TakeIn, qtbot: Any) -> DigitisingPage:
    """Two dossiers, nothing scanned."""
    take_in(0)
    take_in(1)
    window = running.window
    window.show()
    qtbot.waitExposed(window)
    window.show_page("digitising")
    settle(qtbot, running.executor)
    shown = window.page("digitising")
    assert isinstance(shown, DigitisingPage)
    qtbot.waitUntil(lambda: shown.todo.table.current_row() is not None)
    return shown


def cells(page: DigitisingPage, row: int) -> dict[str, str]:
    model = page.todo.model
    return {column.key: str(model.data(model.index(row, place))) for place, column in enumerate(model.columns)}


def alt(page: DigitisingPage, number: int, qtbot: Any) -> None:
    """Choose a view by its key."""
    come_back(page, qtbot)
    target = QApplication.focusWidget() or page
    qtbot.keyClick(target, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.AltModifier)
    settle(qtbot, page.context.executor)


def come_back(page: DigitisingPage, qtbot: Any) -> None:
    """What a window manager does when a window in front has closed."""
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)


def finish(page: DigitisingPage, qtbot: Any) -> None:
    """Confirm the window in front and wait for all that follows."""
    dialog = page.todo.dialog or page.rules.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not page.together.isActive())
    settle(qtbot, page.context.executor)


def test_enter_asks_for_the_scan_of_the_paper(page: DigitisingPage, qtbot: Any) -> None:
    row = page.todo.table.current_row()
    assert row is not None
    assert cells(page, 0)["trouble"] == "○ chưa quét"
    assert page.todo.table.hasFocus()
    page.context.open_scan.disconnect()
    with qtbot.waitSignal(page.context.open_scan) as asked:
        press(Qt.Key.Key_Return)
    assert asked.args == [row.dossier_code, row.code, ""]


def test_a_scan_leaves_the_list_by_itself(page: DigitisingPage, tmp_path: Path, qtbot: Any) -> None:
    before = page.todo.model.rowCount()
    row = page.todo.table.current_row()
    assert row is not None
    attach(page.context.desk, row.dossier_code, [write_pdf(tmp_path / "a.pdf")], component=row.code)
    page.context.announce("dossier", dossiers=(row.dossier_code,))
    qtbot.waitUntil(lambda: page.todo.model.rowCount() == before - 1)


def test_what_need_not_be_scanned_is_said_with_a_reason(page: DigitisingPage, qtbot: Any) -> None:
    before = page.todo.model.rowCount()
    row = page.todo.table.current_row()
    assert row is not None
    press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.todo.dialog is not None)
    dialog = page.todo.dialog
    assert isinstance(dialog, TreatmentDialog)
    dialog.submit()
    settle(qtbot, page.context.executor)
    assert "lý do" in dialog.problem.text()
    dialog.reason.setFocus()
    type_text("chỉ xuất trình")
    finish(page, qtbot)
    qtbot.waitUntil(lambda: page.todo.model.rowCount() == before - 1)
    assert "Chỉ xuất trình. chỉ xuất trình" in show(page.context.desk, row.dossier_code).events[-1].reason


def test_pages_are_counted(page: DigitisingPage, tmp_path: Path, qtbot: Any) -> None:
    row = page.todo.table.current_row()
    assert row is not None
    attach(page.context.desk, row.dossier_code, [write_pdf(tmp_path / "a.pdf", pages=2)], component=row.code)
    page.todo.count_pages()
    dialog = page.todo.dialog
    assert isinstance(dialog, PagesDialog)
    dialog.pages.setValue(2)
    dialog.noted.setValue(1)
    assert "3 trang ảnh" in dialog.images.text()
    finish(page, qtbot)
    page.todo.group.setCurrentIndex(3)
    settle(qtbot, page.context.executor)
    qtbot.waitUntil(lambda: page.todo.model.row_at(0) is not None)
    assert cells(page, 0)["trouble"] == "✗ sai số trang"
    assert page.todo.group.itemText(3) == "Đã quét nhưng chưa đúng (1)"


def test_a_paper_given_before_is_used_again(
    page: DigitisingPage, take_in: TakeIn, tmp_path: Path, clock: Clock, qtbot: Any
) -> None:
    desk = page.context.desk
    first = page.todo.table.current_row()
    assert first is not None
    attach(desk, first.dossier_code, [write_pdf(tmp_path / "a.pdf")], component=first.code)
    clock.move(days=1)
    later = take_in(0).code
    page.todo.text.setText(later)
    page.todo.refresh()
    settle(qtbot, page.context.executor)
    page.refresh()
    settle(qtbot, page.context.executor)
    qtbot.waitUntil(lambda: (row := page.todo.table.current_row()) is not None and row.dossier_code == later)
    page.todo.reuse()
    dialog = page.todo.dialog
    assert isinstance(dialog, ReuseDialog)
    qtbot.waitUntil(lambda: bool(dialog.offers))
    assert [dialog.table.item(0, column).text() for column in (1, 2)] == [first.dossier_code, "10/03/2026"]
    finish(page, qtbot)
    assert show(desk, later).documents[0].component_code == first.code
    assert later in show(desk, first.dossier_code).events[-1].reason


def test_nothing_to_use_again_is_said(page: DigitisingPage, qtbot: Any) -> None:
    page.todo.reuse()
    dialog = page.todo.dialog
    assert isinstance(dialog, ReuseDialog)
    settle(qtbot, page.context.executor)
    assert "Chưa có giấy tờ" in dialog.problem.text()
    assert not dialog.confirm.isEnabled()
    dialog.reject()


def test_the_return_page_asks_for_the_scan_and_never_insists(page: DigitisingPage, tmp_path: Path, qtbot: Any) -> None:
    desk, row = page.context.desk, page.todo.table.current_row()
    assert row is not None
    take_step(desk, row.dossier_code, Step.FINISH, StepInput())
    window: Any = page.window()
    returning = window.page("return")
    returning.show_dossier(row.dossier_code)
    settle(qtbot, page.context.executor)
    words = [label.text() for label in returning.card._check_labels]
    assert any("Chưa có bản quét kết quả" in text for text in words)
    assert returning.card.return_button.isEnabled()
    attach(desk, row.dossier_code, [write_pdf(tmp_path / "kq.pdf")], result="KQ01")
    page.context.announce("dossier", dossiers=(row.dossier_code,))
    settle(qtbot, page.context.executor)
    assert not any("Chưa có bản quét" in label.text() for label in returning.card._check_labels)


def test_the_rate_stands_beside_its_formula(page: DigitisingPage, tmp_path: Path, qtbot: Any) -> None:
    alt(page, 2, qtbot)
    qtbot.waitUntil(lambda: page.rate.report is not None)
    assert page.rate.total.text().startswith("Số hóa: 0,0 % (0 / 2)")
    assert page.rate.formula.text().startswith("Tử số: số hồ sơ")
    page.rate.by.setCurrentIndex(2)
    settle(qtbot, page.context.executor)
    assert [page.rate.table.item(0, column).text() for column in range(4)] == [
        "2026-03",
        "Tháng 3/2026",
        "0,0 %",
        "0 / 2",
    ]
    page.rate.first.setDate(QDate(2025, 1, 1))
    page.rate.last.setDate(QDate(2025, 2, 1))
    settle(qtbot, page.context.executor)
    assert "không có gì phải quét" in page.rate.total.text()
    page.rate.save_to(str(tmp_path / "r.csv"))
    settle(qtbot, page.context.executor)
    assert "Tử số" in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")


def test_a_line_of_the_rate_opens_its_dossier(page: DigitisingPage, qtbot: Any) -> None:
    alt(page, 2, qtbot)
    page.rate.by.setCurrentIndex(3)
    settle(qtbot, page.context.executor)
    page.rate.take_focus()
    code = page.rate.table.item(0, 0).text()
    page.context.open_dossier.disconnect()
    with qtbot.waitSignal(page.context.open_dossier) as opened:
        press(Qt.Key.Key_Return)
    assert opened.args == [code]


def test_the_formula_is_changed_from_a_day_on(page: DigitisingPage, qtbot: Any) -> None:
    alt(page, 2, qtbot)
    qtbot.waitUntil(lambda: page.rate.report is not None)
    press(Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.rate.dialog is not None)
    dialog = page.rate.dialog
    assert dialog is not None
    assert replace(dialog.formula(), valid_from=FIRST_FORMULA.valid_from) == FIRST_FORMULA
    dialog.unit.setCurrentIndex(dialog.unit.findData("paper"))
    dialog.excluded["stopped"].setChecked(True)
    dialog.basis.setText("Quyết định 12/QĐ-UBND")
    dialog.submit()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=WAIT_MS)
    settle(qtbot, page.context.executor)
    (kept,) = formulas(page.context.desk)
    assert (kept.valid_from, kept.unit, kept.basis) == (date(2026, 3, 1), "paper", "Quyết định 12/QĐ-UBND")
    assert "stopped" in kept.excluded
    assert "Quyết định 12/QĐ-UBND" in page.rate.formula.text()


def test_a_rule_of_the_office_is_set_by_keyboard(page: DigitisingPage, qtbot: Any) -> None:
    before = page.todo.model.rowCount()
    alt(page, 3, qtbot)
    assert page.rules.search.hasFocus()
    type_text(LAND)
    press(Qt.Key.Key_Return)
    settle(qtbot, page.context.executor)
    assert page.rules.table.hasFocus()
    place = next(n for n, rule in enumerate(page.rules.rules) if rule.decision.treatment is Treatment.SCAN)
    page.rules.table.selectRow(place)
    press(Qt.Key.Key_Return)
    dialog = page.rules.dialog
    assert dialog is not None
    dialog.treatment.setCurrentIndex(dialog.treatment.findData(Treatment.DATABASE))
    dialog.months.setValue(6)
    finish(page, qtbot)
    rule = page.rules.rules[place]
    assert (rule.decision, rule.valid_months) == ((Treatment.DATABASE, Source.RULE), 6)
    assert procedure_rules(page.context.desk, LAND)[place] == rule
    alt(page, 1, qtbot)
    qtbot.waitUntil(lambda: page.todo.model.rowCount() == before - 2)


def test_the_default_is_changed(page: DigitisingPage, qtbot: Any) -> None:
    alt(page, 3, qtbot)
    place = page.rules.default.findData(Treatment.ON_REQUEST)
    page.rules.default.setCurrentIndex(place)
    page.rules.default.activated.emit(place)
    qtbot.waitUntil(lambda: not page.together.isActive())
    settle(qtbot, page.context.executor)
    assert default_treatment(page.context.desk) is Treatment.ON_REQUEST
    alt(page, 1, qtbot)
    qtbot.waitUntil(lambda: page.todo.model.rowCount() == 0)
    assert "Không còn giấy tờ nào" in page.todo.detail.text()


def test_older_results_are_entered_one_after_the_other(page: DigitisingPage, tmp_path: Path, qtbot: Any) -> None:
    alt(page, 4, qtbot)
    backlog = page.backlog
    assert not backlog.form.isEnabled()
    backlog.new_batch()
    dialog = backlog.dialog
    assert isinstance(dialog, BatchDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    for field, text in ((dialog.name, "Hộp 12"), (dialog.kind, "Giấy khai sinh"), (dialog.issuer, "UBND xã")):
        field.setFocus()
        type_text(text)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=WAIT_MS)
    come_back(page, qtbot)
    qtbot.waitUntil(backlog.form.fields["number"].hasFocus)
    for number in ("1/2019", "2/2019"):
        for text in (number, "5/3/2019", "Y Bhiăo Êban", "066085001234"):
            type_text(text)
            press(Qt.Key.Key_Return)
        settle(qtbot, page.context.executor)
        qtbot.waitUntil(backlog.form.fields["number"].hasFocus)
        assert backlog.form.fields["number"].text() == ""
    settle(qtbot, page.context.executor)
    desk = page.context.desk
    rows = old_rows(desk, old_ids(desk, 1))
    assert [(row.entry.number, row.entry.kind) for row in rows] == [
        ("1/2019", "Giấy khai sinh"),
        ("2/2019", "Giấy khai sinh"),
    ]
    backlog.table.selectRow(1)
    backlog._scanning = rows[1].code
    backlog.take_file(str(write_pdf(tmp_path / "a.pdf", pages=3)))
    qtbot.waitUntil(lambda: batches(desk)[0].scanned == 1)
    settle(qtbot, page.context.executor)
    assert backlog.batch.currentText() == "Hộp 12: 1 / 2 đã quét (50,0 %)"
    backlog.missing.setChecked(True)
    qtbot.waitUntil(lambda: backlog.model.rowCount() == 1)
    backlog.missing.setChecked(False)
    qtbot.waitUntil(lambda: backlog.model.rowCount() == 2)
    backlog.table.selectRow(1)
    qtbot.waitUntil(backlog.look_button.isEnabled)
    backlog.look_button.click()
    scan = backlog.dialog
    assert isinstance(scan, OldScanDialog)
    assert "3 trang" in scan.note.text()
    scan.drop_button.click()
    assert "quét đủ các trang" in scan.note.text()
    assert batches(desk)[0].scanned == 1, "asked, not put aside yet"
    scan.drop_button.click()
    qtbot.waitUntil(lambda: not scan.isVisible(), timeout=WAIT_MS)
    settle(qtbot, page.context.executor)
    assert backlog.batch.currentText() == "Hộp 12: 0 / 2 đã quét (0,0 %)"


def test_a_wrong_entry_is_told_where_it_is(page: DigitisingPage, qtbot: Any) -> None:
    alt(page, 4, qtbot)
    from counter_app.services.backlog import make_batch

    make_batch(page.context.desk, "Hộp 1", "Giấy phép")
    page.backlog.refresh()
    settle(qtbot, page.context.executor)
    form = page.backlog.form
    form.begin()
    type_text("7")
    form.save()
    assert form.fields["issued_on"].hasFocus()
    assert "Chưa có ngày" in form.line.text()
    type_text("5/3/2019")
    form.save()
    settle(qtbot, page.context.executor)
    assert form.fields["owner"].hasFocus()
    assert "tên chủ sở hữu" in form.line.text()


def test_an_entry_is_amended_and_left_alone_by_escape(page: DigitisingPage, qtbot: Any) -> None:
    from counter_app.services.backlog import OldResult, enter, make_batch

    desk = page.context.desk
    batch = make_batch(desk, "Hộp 1", "Giấy phép")
    enter(desk, batch, OldResult("7", date(2019, 3, 5), "Y Bhiăo Êban"))
    alt(page, 4, qtbot)
    qtbot.waitUntil(lambda: page.backlog.table.current_row() is not None)
    page.backlog.amend()
    form = page.backlog.form
    assert (form.fields["issued_on"].text(), form.is_amending) == ("05/03/2019", True)
    press(Qt.Key.Key_Escape)
    assert not form.is_amending
    page.backlog.amend()
    form.fields["owner"].setText("H' Ngăm")
    form.save()
    settle(qtbot, page.context.executor)
    assert [row.entry.owner for row in old_rows(desk, old_ids(desk, batch))] == ["H' Ngăm"]


def test_a_list_with_a_wrong_line_is_told(page: DigitisingPage, tmp_path: Path, qtbot: Any) -> None:
    from counter_app.services.backlog import make_batch

    batch = make_batch(page.context.desk, "Hộp 1", "Giấy phép")
    alt(page, 4, qtbot)
    path = tmp_path / "ds.csv"
    path.write_text("Số,Ngày cấp,Họ tên\n1,5/3/2019,A\n2,hôm qua,B\n", encoding="utf-8")
    with qtbot.waitSignal(page.context.message) as told:
        page.backlog.take_list(str(path))
    assert "Dòng 3" in told.args[0]
    path.write_text("Số,Ngày cấp,Họ tên\n1,5/3/2019,A\n2,6/3/2019,B\n", encoding="utf-8")
    with qtbot.waitSignal(page.context.message) as told:
        page.backlog.take_list(str(path))
    assert told.args == ["Đã nhập 2 kết quả; 0 kết quả đã có từ trước.", "success"]
    assert len(old_ids(page.context.desk, batch)) == 2


def test_the_window_stays_free_while_many_are_worked_out(
    page: DigitisingPage, take_in: TakeIn, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    assert AT_A_TIME <= 500
    monkeypatch.setattr("counter_app.services.digitising_refresh.AT_A_TIME", 1)
    for person in range(3):
        take_in(person)
    with qtbot.waitSignal(page.context.executor.busy_changed):
        page.refresh()
    page.refresh()
    settle(qtbot, page.context.executor)
    qtbot.waitUntil(lambda: not page._working)
    assert not refresh_all(page.context.desk, lambda: False)
    assert page.todo.group.itemText(0).startswith("Tất cả (")
