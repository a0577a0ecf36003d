"""The overdue page: the red list, the warnings ahead, letters and their steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, Qt
from sqlalchemy import select

from counter_app.app import RunningApp
from counter_app.errors import UserError
from counter_app.models import PrintJob
from counter_app.rules.apology import LetterState, LetterStep
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.apologies import Signing, sign, write
from counter_app.services.apologies_batch import BatchItem, run_batch, start_batch, suggest
from counter_app.services.apologies_overdue import Group, letter_ids, letter_rows
from counter_app.services.apologies_paper import print_letters
from counter_app.services.apologies_reasons import keep_reason
from counter_app.services.apologies_rows import LetterText
from counter_app.services.calendars import read_calendar
from counter_app.services.print_again import print_again
from counter_app.services.print_jobs import list_jobs
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.ui import overdue_page_papers
from counter_app.ui.overdue_page import OverduePage
from counter_app.ui.overdue_page_batch import BatchRunDialog
from counter_app.ui.overdue_page_groups import LETTERS
from counter_app.ui.overdue_page_letter import ApologyDialog, suggest_new_due
from counter_app.ui.overdue_page_letters import LettersPanel
from counter_app.ui.overdue_page_papers import LettersDialog, MonthDialog
from counter_app.ui.overdue_page_steps import LetterHistoryDialog, LetterStepDialog
from counter_app.ui.overdue_page_tables import EVERY_LETTER
from tests.pdf_words import said
from tests.ui.window_fixtures import Clock, settle

TakeIn = Callable[..., Received]


@pytest.fixture
def page(running: RunningApp, take_in: TakeIn, clock: Clock, qtbot: Any) -> OverduePage:
    """Two dossiers past their due date; the first was received a day before the second."""
    take_in(0)
    clock.move(days=1)
    take_in(1)
    clock.move(days=60)
    window = running.window
    window.show_page("overdue")
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    shown = window.page("overdue")
    assert isinstance(shown, OverduePage)
    return shown


def letter_dialog(page: OverduePage, qtbot: Any) -> ApologyDialog:
    page.apologise()
    settle(qtbot, page.context.executor)
    assert isinstance(page._dialog, ApologyDialog)
    return page._dialog


def test_the_longest_overdue_comes_first_with_words_and_the_red_list(page: OverduePage, qtbot: Any) -> None:
    model = page.model
    qtbot.waitUntil(lambda: model.row_at(1) is not None)
    keys = [column.key for column in model.columns]
    cells = [{key: str(model.data(model.index(row, place))) for place, key in enumerate(keys)} for row in range(2)]
    assert [row["applicant"] for row in cells] == ["H' Ngăm Niê Kdăm", "Nguyễn Văn Đức"]
    assert cells[0]["left"].startswith("quá hạn")
    assert cells[0]["letter"] == "✗ chưa có"
    assert (cells[0]["unit"], cells[0]["person"]) == ("UBND xã Ea Kao", "Lê Thị Hạnh")
    assert page.groups.buttons[Group.RED].text() == "Danh sách đỏ: 2"


def test_nearly_late_are_lists_of_their_own(running: RunningApp, take_in: TakeIn, clock: Clock, qtbot: Any) -> None:
    due = take_in(0).due
    assert due is not None
    clock.now = due
    running.window.show_page("overdue")
    running.window.show()
    settle(qtbot, running.executor)
    shown = running.window.page("overdue")
    assert isinstance(shown, OverduePage)
    assert shown.groups.buttons[Group.TODAY].text() == "Hôm nay: 1"
    assert shown.groups.buttons[Group.RED].text() == "Danh sách đỏ: 0"
    assert not shown.apologise_button.isEnabled()
    qtbot.keyClick(shown.table, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(shown.apologise_button.isEnabled)
    assert "gửi muộn" in shown.hint.text()
    assert shown.model.data(shown.model.index(0, len(shown.model.columns) - 1)) == "✗ hết kỳ gửi"


def test_marks_are_made_by_space_and_stay_over_a_refresh(page: OverduePage, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: page.model.row_at(1) is not None)
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert page.table.currentIndex().row() == 1
    assert len(page.model.marked()) == 1
    page.refresh()
    settle(qtbot, page.context.executor)
    assert len(page.model.marked()) == 1
    qtbot.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(page.model.marked()) == 2
    assert page.apologise_button.text() == "Lập 2 văn bản xin lỗi… (Ctrl+L)"
    row = page.model.row_at(0)
    assert row is not None
    take_step(page.context.desk, row.code, Step.FINISH, StepInput())
    page.refresh()
    settle(qtbot, page.context.executor)
    assert len(page.model.marked()) == 1, "the mark of a dossier that left the list is gone"
    page.groups.choose(Group.LATE)
    settle(qtbot, page.context.executor)
    assert page.model.marked() == ()


def test_a_letter_for_the_head_moves_no_date_and_waits_among_the_letters(
    page: OverduePage, running: RunningApp, qtbot: Any
) -> None:
    dialog = letter_dialog(page, qtbot)
    due = show(running.desk, dialog.code).row.due
    dialog.reason.setPlainText("Chờ xác minh")
    dialog.unit.setText("Phòng Kinh tế")
    dialog.person.setText("Trần Văn Tư")
    dialog.submit_unsigned()
    settle(qtbot, running.executor)
    assert not dialog.isVisible()
    view = show(running.desk, dialog.code)
    assert (view.row.due, view.row.apology_count) == (due, 0)
    assert page.groups.buttons[LETTERS].text() == "Văn bản: 1"
    assert page.groups.buttons[Group.RED].text() == "Danh sách đỏ: 2"
    row = page.model.row_at(0)
    assert row is not None
    assert (row.letter, row.person) == (LetterState.SUBMITTED, "Trần Văn Tư")
    page.table.selectRow(0)
    assert "Trần Văn Tư" in page.detail.text()
    assert "Phòng Kinh tế" in page.detail.text()


def test_who_signed_is_told_of_what_is_late_again(
    page: OverduePage, running: RunningApp, clock: Clock, qtbot: Any
) -> None:
    row = page.model.row_at(0)
    assert row is not None
    (suggestion,) = suggest(running.desk, [row.code], 1)
    assert suggestion.new_due is not None
    letter = write(running.desk, row.code, LetterText("Mất điện", "Phòng Kinh tế", suggestion.new_due), submit=True)
    sign(running.desk, letter.id, Signing("Nguyễn Văn Phó"))
    clock.move(days=30)
    page.groups.choose(Group.LATE)
    settle(qtbot, running.executor)
    qtbot.waitUntil(lambda: "Nguyễn Văn Phó" in page.detail.text())
    assert page.groups.buttons[Group.LATE].text() == "Lại trễ: 1"


@pytest.fixture
def letters(page: OverduePage, running: RunningApp, qtbot: Any) -> LettersPanel:
    """Both dossiers have a letter that waits for its signing; the letters are in front."""
    rows = (page.model.row_at(0), page.model.row_at(1))
    for row in rows:
        assert row is not None
        (suggestion,) = suggest(running.desk, [row.code], 2)
        assert suggestion.new_due is not None
        write(running.desk, row.code, LetterText("Chờ xác minh", "Phòng Kinh tế", suggestion.new_due), submit=True)
    page.groups.choose(LETTERS)
    settle(qtbot, running.executor)
    qtbot.waitUntil(page.letters.history.isEnabled)
    return page.letters


def step_dialog(panel: LettersPanel, step: LetterStep, qtbot: Any) -> LetterStepDialog:
    panel.take(step)
    settle(qtbot, panel.context.executor)
    assert isinstance(panel.dialog, LetterStepDialog)
    return panel.dialog


def states(running: RunningApp) -> list[str]:
    return [letter.state.value for letter in letter_rows(running.desk, letter_ids(running.desk, EVERY_LETTER))]


def test_several_letters_are_signed_and_delivered_together(
    letters: LettersPanel, running: RunningApp, qtbot: Any
) -> None:
    letters.model.mark_all()
    dialog = step_dialog(letters, LetterStep.SIGN, qtbot)
    dialog.signer.name.setText("Nguyễn Văn Phó")
    dialog.signer.title.setText("KT. CHỦ TỊCH / PHÓ CHỦ TỊCH")
    assert dialog.signer.signing().title == "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"
    dialog.submit()
    settle(qtbot, running.executor)
    assert states(running) == ["signed", "signed"]
    assert letters.model.marked() == ()
    letters.model.mark_all()
    dialog = step_dialog(letters, LetterStep.DELIVER, qtbot)
    dialog.to.setText("người nhà")
    dialog.submit()
    settle(qtbot, running.executor)
    assert states(running) == ["delivered", "delivered"]
    assert letters.model.rowCount() == 0
    letters.everything.setChecked(True)
    settle(qtbot, running.executor)
    qtbot.waitUntil(lambda: letters.model.row_at(0) is not None)
    row = letters.model.row_at(0)
    assert row is not None
    assert (row.signed_by, row.delivered_to, row.in_time) == ("Nguyễn Văn Phó", "người nhà", False)


def test_a_letter_is_sent_back_changed_and_submitted_again(
    letters: LettersPanel, running: RunningApp, qtbot: Any
) -> None:
    letters.table.selectRow(0)
    dialog = step_dialog(letters, LetterStep.SEND_BACK, qtbot)
    dialog.submit()
    assert dialog.problem.text() == "Hãy ghi lý do."
    dialog.reason.setPlainText("Ghi rõ cơ quan xác minh")
    dialog.submit()
    settle(qtbot, running.executor)
    assert states(running) == ["draft", "submitted"]
    letters.table.selectRow(0)
    qtbot.waitUntil(letters.buttons[LetterStep.EDIT].isEnabled)
    letters.take(LetterStep.EDIT)
    settle(qtbot, running.executor)
    edit = letters.dialog
    assert isinstance(edit, ApologyDialog)
    assert (edit.reason.toPlainText(), edit.later.isVisible()) == ("Chờ xác minh", False)
    edit.reason.setPlainText("Chờ Công an tỉnh xác minh")
    edit.submit()
    settle(qtbot, running.executor)
    letters.table.selectRow(0)
    letters.take(LetterStep.SUBMIT)
    settle(qtbot, running.executor)
    assert states(running) == ["submitted", "submitted"]
    letters.show_history()
    settle(qtbot, running.executor)
    history = letters.dialog
    assert isinstance(history, LetterHistoryDialog)
    assert [history.table.item(row, 1).text() for row in range(history.table.rowCount())] == [
        "Lập dự thảo",
        "Trình ký",
        "Trả lại để sửa",
        "Sửa dự thảo",
        "Trình ký",
    ]
    history.accept()


def test_a_step_that_no_marked_letter_can_take_is_told(letters: LettersPanel, running: RunningApp, qtbot: Any) -> None:
    told: list[str] = []
    letters.context.message.connect(lambda text, _tone: told.append(text))
    letters.model.mark_all()
    letters.take(LetterStep.DELIVER)
    settle(qtbot, running.executor)
    assert letters.dialog is None
    assert "Giao cho người nộp" in told[-1]


def test_kept_reasons_are_offered_and_changed(page: OverduePage, running: RunningApp, qtbot: Any) -> None:
    keep_reason(running.desk, "Mất điện")
    dialog = letter_dialog(page, qtbot)
    settle(qtbot, running.executor)
    field = dialog.reasons
    assert [field.choice.itemText(place) for place in range(field.choice.count())][1:] == ["Mất điện"]
    field.choice.setCurrentIndex(1)
    field.choice.activated.emit(1)
    assert dialog.reason.toPlainText() == "Mất điện"
    field.open_list()
    settle(qtbot, running.executor)
    kept = field._dialog
    assert kept is not None
    kept.text.setText("Mất điện")
    kept.add.click()
    settle(qtbot, running.executor)
    assert "đã có trong danh sách" in kept.problem.text()
    kept.text.setText("Mất mạng")
    kept.add.click()
    settle(qtbot, running.executor)
    kept.list.setCurrentRow(0)
    kept.forget.click()
    settle(qtbot, running.executor)
    kept.accept()
    settle(qtbot, running.executor)
    assert [field.choice.itemText(place) for place in range(field.choice.count())][1:] == ["Mất mạng"]
    dialog.reject()


def test_the_month_is_printed_and_written_to_a_file(
    page: OverduePage, running: RunningApp, tmp_path: Path, qtbot: Any
) -> None:
    page.show_month()
    dialog = page._dialog
    assert isinstance(dialog, MonthDialog)
    assert dialog.day().day == 1
    dialog.month.setDate(QDate(2026, 3, 1))
    dialog.show_paper()
    preview = dialog._preview
    assert preview is not None
    qtbot.waitUntil(lambda: preview.preview.picture(0) is not None, timeout=10_000)
    preview.reject()
    settings = with_changes(running.desk.settings, printers={"office": "tcp://127.0.0.1:9"})
    running.context.desk = replace(running.desk, settings=settings)
    dialog.show_paper()
    assert dialog._preview is not None
    dialog._preview.print_now()
    settle(qtbot, running.executor)
    (job,) = list_jobs(running.desk.database)
    assert (job.form, job.title) == ("apology_list", "Danh sách văn bản xin lỗi tháng 03/2026")
    with pytest.raises(UserError) as refused:
        print_again(running.desk, job.id)
    assert refused.value.kind == "list_is_new"
    dialog.submit()
    assert dialog._files is not None
    assert dialog._files.defaultSuffix() == "xlsx"
    dialog._files.filterSelected.emit(dialog._files.nameFilters()[1])
    assert dialog._files.defaultSuffix() == "csv"
    dialog._files.reject()
    dialog.save_to(str(tmp_path / "thang.csv"))
    settle(qtbot, running.executor)
    assert not dialog.isVisible()
    assert len((tmp_path / "thang.csv").read_text(encoding="utf-8-sig").splitlines()) == 3


def test_a_batch_that_was_cut_is_offered_again(page: OverduePage, running: RunningApp, qtbot: Any) -> None:
    codes = [row.code for row in (page.model.row_at(0), page.model.row_at(1)) if row is not None]
    items = [
        BatchItem(item.code, LetterText("Mất điện", item.unit, item.new_due))
        for item in suggest(running.desk, codes, 2)
        if item.new_due is not None
    ]
    batch = start_batch(running.desk, items, signed=True)
    run_batch(running.desk, batch, most=1)
    page.refresh()
    settle(qtbot, running.executor)
    assert page.unfinished.isVisibleTo(page)
    assert page.unfinished_words.text() == "Đợt lập văn bản còn dở: 1 / 2 hồ sơ."
    page.go_on()
    dialog = page._dialog
    assert isinstance(dialog, BatchRunDialog)
    qtbot.waitUntil(lambda: dialog.report is not None and dialog.report.finished)
    dialog.reject()
    settle(qtbot, running.executor)
    assert not page.unfinished.isVisibleTo(page)
    assert [show(running.desk, code).row.apology_count for code in codes] == [1, 1]


def test_many_letters_are_drawn_a_few_at_a_time_and_printed_as_seen(
    page: OverduePage, running: RunningApp, take_in: TakeIn, clock: Clock, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overdue_page_papers, "AT_A_TIME", 2)
    codes = [row.code for row in (page.model.row_at(0), page.model.row_at(1)) if row is not None]
    codes.append(take_in(2).code)
    items = [
        BatchItem(item.code, LetterText("Mất điện", item.unit, item.new_due))
        for item in suggest(running.desk, codes, 2)
        if item.new_due is not None
    ]
    done = run_batch(running.desk, start_batch(running.desk, items, signed=True))
    settings = with_changes(running.desk.settings, printers={"office": "tcp://127.0.0.1:9"})
    running.context.desk = replace(running.desk, settings=settings)
    for reprint in (False, True):
        dialog = LettersDialog(running.context, done.letters, page)
        dialog.open()
        assert not dialog.print_button.isEnabled(), "there is nothing to print yet"
        settle(qtbot, running.executor)
        assert dialog.preview.page_count == 6, "three letters, two copies each"
        dialog.print_now()
        settle(qtbot, running.executor)
        assert dialog.isVisible() == reprint
        if reprint:
            assert dialog.print_button.text() == "&In lại tất cả"
            assert "Bản in lại" in dialog.note.text()
            dialog.print_now()
            settle(qtbot, running.executor)
        with running.desk.database.read() as session:
            job = session.scalars(select(PrintJob).order_by(PrintJob.id.desc())).first()
            assert job is not None
            assert (job.payload, job.reprint) == (dialog.pdf, reprint)


def test_a_batch_job_is_printed_again_from_the_list_of_jobs(page: OverduePage, running: RunningApp, qtbot: Any) -> None:
    codes = [row.code for row in (page.model.row_at(0), page.model.row_at(1)) if row is not None]
    items = [
        BatchItem(item.code, LetterText("Mất điện", item.unit, item.new_due))
        for item in suggest(running.desk, codes, 2)
        if item.new_due is not None
    ]
    done = run_batch(running.desk, start_batch(running.desk, items, signed=True))
    print_letters(running.desk, done.letters, "tcp://127.0.0.1:9")
    (job,) = list_jobs(running.desk.database)
    again = print_again(running.desk, job.id)
    jobs = {row.id: row for row in list_jobs(running.desk.database, states=("waiting", "cancelled"))}
    assert (jobs[job.id].state, jobs[again].form, jobs[again].reprint) == ("cancelled", "apologies", True)


def test_the_letter_needs_reason_and_unit(page: OverduePage, qtbot: Any) -> None:
    dialog = letter_dialog(page, qtbot)
    dialog.submit()
    assert dialog.problem.text().startswith("Hãy ghi lý do trễ hẹn")
    dialog.reason.setPlainText("Chờ xác minh")
    assert dialog.unit.text() == "UBND xã Ea Kao"  # as the list says
    dialog.unit.clear()
    dialog.submit()
    assert dialog.problem.text().startswith("Hãy ghi đơn vị chịu trách nhiệm")
    assert dialog.isVisible()
    dialog.reject()


def test_the_keyboard_goes_down_the_window_and_enter_does_what_the_button_in_focus_says(
    page: OverduePage, running: RunningApp, qtbot: Any
) -> None:
    dialog = letter_dialog(page, qtbot)
    order = [dialog.unit, dialog.person, dialog.new_due, *dialog.day_buttons, dialog.signer.name]
    dialog.unit.setFocus()
    for field in order[1:]:
        dialog.focusNextChild()
        assert dialog.focusWidget() is field
    dialog.reason.setPlainText("Chờ xác minh")
    dialog.cancel.setFocus()
    qtbot.keyClick(dialog.cancel, Qt.Key.Key_Return)
    settle(qtbot, running.executor)
    assert not dialog.isVisible()
    assert show(running.desk, dialog.code).row.apology_count == 0


def test_a_letter_too_many_is_said_before_it_is_written(page: OverduePage, running: RunningApp, qtbot: Any) -> None:
    dialog = letter_dialog(page, qtbot)
    dialog.reason.setPlainText("Chờ xác minh")
    dialog.submit()
    settle(qtbot, running.executor)
    again = ApologyDialog(page.context, show(running.desk, dialog.code), page)
    qtbot.addWidget(again)
    again.show()
    assert "chỉ cho phép hẹn lại 1 lần" in again.problem.text()
    assert not again.confirm.isEnabled()
    again.show_problem("Một lời báo dài. " * 40)
    again.body.activate()
    assert again.buttons.geometry().bottom() < again.height()


def test_a_date_that_the_rules_refuse_is_explained_in_the_window(
    page: OverduePage, running: RunningApp, clock: Clock, qtbot: Any
) -> None:
    dialog = letter_dialog(page, qtbot)
    dialog.reason.setPlainText("Chờ xác minh")
    dialog.unit.setText("Phòng Kinh tế")
    dialog.new_due.set_moment(datetime(2026, 1, 5, 17, 0, tzinfo=VIETNAM))
    dialog.submit()
    settle(qtbot, running.executor)
    assert dialog.isVisible()
    assert "Ngày hẹn mới" in dialog.problem.text()
    assert show(running.desk, dialog.code).row.apology_count == 0
    dialog.reject()


def test_the_suggested_date_skips_days_off(running: RunningApp) -> None:
    calendar = read_calendar(running.desk)
    friday = datetime(2026, 3, 13, 17, 0, tzinfo=VIETNAM)
    assert suggest_new_due(calendar, friday, friday, 1) == datetime(2026, 3, 16, 17, 0, tzinfo=VIETNAM)
    before = datetime(2026, 3, 12, 9, 0, tzinfo=VIETNAM)
    assert suggest_new_due(calendar, friday, before, 3) == datetime(2026, 3, 18, 17, 0, tzinfo=VIETNAM)
    assert suggest_new_due(None, friday, friday, 1) == datetime(2026, 3, 14, 17, 0, tzinfo=VIETNAM)


def test_a_touch_moves_the_date_by_working_days(page: OverduePage, clock: Clock, qtbot: Any) -> None:
    dialog = letter_dialog(page, qtbot)
    dialog.day_buttons[0].click()
    expected = suggest_new_due(page.context.calendar, None, clock.now, 1)
    assert dialog.new_due.moment() == expected
    assert f"{expected:%d/%m/%Y}" in dialog.weekday.text()
    dialog.reject()


def test_the_letter_is_seen_before_it_is_taken(page: OverduePage, running: RunningApp, qtbot: Any) -> None:
    dialog = letter_dialog(page, qtbot)
    dialog.reason.setPlainText("Chờ kết quả xác minh")
    dialog.unit.setText("Phòng Kinh tế")
    dialog.preview_button.click()
    preview = dialog._preview
    assert preview is not None
    qtbot.waitUntil(lambda: preview.preview.picture(0) is not None, timeout=10_000)
    text = said(preview.pdf)
    assert "Chờ kết quả xác minh" in text
    assert f"ngày {dialog.new_due.moment():%d} tháng" in text
    preview.reject()
    assert dialog.isVisible()
    view = show(running.desk, dialog.code)
    assert view.row.apology_count == 0
    dialog.reject()
