"""A dossier runs late: the letter of apology from the overdue list, looked at, printed, and the return after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.apologies_overdue import Group
from counter_app.services.papers import make_paper
from counter_app.services.print_jobs import list_jobs
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.overdue_page import OverduePage
from counter_app.ui.overdue_page_batch import OWN_REASON, BatchDialog, BatchRunDialog
from counter_app.ui.overdue_page_letter import ApologyDialog, first_suggestion
from counter_app.ui.return_page import ReturnPage
from tests.pdf_words import said
from tests.ui.vietnamese_typing import type_vietnamese
from tests.ui.window_fixtures import Clock, press, settle

TakeIn = Callable[..., Received]
CONTROL = Qt.KeyboardModifier.ControlModifier
REASON = "Chờ kết quả xác minh của cơ quan công an"


def test_late_then_apologised_for_then_returned(running: RunningApp, take_in: TakeIn, clock: Clock, qtbot: Any) -> None:
    code = take_in().code
    take_step(running.desk, code, Step.HAND_OVER, StepInput(unit="Phòng Văn hóa - Xã hội"))
    first_due = show(running.desk, code).row.due
    assert first_due is not None
    clock.now = first_due
    clock.move(days=2)
    settings = with_changes(running.desk.settings, printers={"office": "tcp://127.0.0.1:9"})
    running.context.desk = replace(running.desk, settings=settings)
    window = running.window
    window.show_page("queue")
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)

    # F6, Ctrl+L: the first of the list is chosen.
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F6)
    page = window.page("overdue")
    assert isinstance(page, OverduePage)
    qtbot.waitUntil(page.apologise_button.isEnabled)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(page._dialog, ApologyDialog))
    dialog = page._dialog
    assert isinstance(dialog, ApologyDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    assert dialog.unit.text() == "Phòng Văn hóa - Xã hội"
    type_vietnamese(dialog.reason, REASON)
    new_due = dialog.new_due.moment()
    qtbot.keyClick(dialog.reason, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    # The letter, as it will be printed, comes up by itself.
    qtbot.waitUntil(lambda: isinstance(page._dialog, PaperDialog))
    settle(qtbot, running.executor)
    paper = page._dialog
    assert isinstance(paper, PaperDialog)
    assert paper.preview.page_count >= 1
    text = said(make_paper(running.desk, code, "apology").pdf)
    assert REASON in text
    assert f"{new_due:%d}" in text
    assert "XIN LỖI" in text
    paper.print_now()
    settle(qtbot, running.executor)
    (job,) = list_jobs(running.desk.database)
    assert (job.form, job.dossier_code, job.state) == ("apology", code, "waiting")

    # Off the red list; the new date is the one that counts.
    view = show(running.desk, code)
    assert (view.row.due, view.row.apology_count) == (new_due, 1)
    assert page.model.rowCount() == 0

    # Late all the same, and returned all the same.
    take_step(running.desk, code, Step.FINISH, StepInput())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F4)
    desk_page = window.page("return")
    assert isinstance(desk_page, ReturnPage)
    qtbot.waitUntil(desk_page.code.hasFocus)
    qtbot.keyClicks(desk_page.code, code)
    qtbot.keyClick(desk_page.code, Qt.Key.Key_Return)
    qtbot.waitUntil(desk_page.card.return_button.hasFocus)
    press(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(desk_page.card.evidence.signed.isChecked)
    press(Qt.Key.Key_Return, CONTROL)
    settle(qtbot, running.executor)
    assert show(running.desk, code).row.status == "returned"


def test_letters_for_many_by_keyboard_alone(running: RunningApp, take_in: TakeIn, clock: Clock, qtbot: Any) -> None:
    """F6, mark with the space bar, Ctrl+L, one reason of all and one of its own, written, printed as one job."""
    codes = [take_in(person).code for person in range(3)]
    due = show(running.desk, codes[0]).row.due
    assert due is not None
    clock.now = due
    clock.move(days=2)
    taken = [take_in(0).code]  # not late: stays off the list
    settings = with_changes(running.desk.settings, printers={"office": "tcp://127.0.0.1:9"})
    running.context.desk = replace(running.desk, settings=settings)
    window = running.window
    window.show_page("queue")
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F6)
    page = window.page("overdue")
    assert isinstance(page, OverduePage)
    qtbot.waitUntil(lambda: page.model.row_at(2) is not None and page.table.hasFocus())
    for _ in range(3):
        press(Qt.Key.Key_Space)
    assert len(page.model.marked()) == 3
    press(Qt.Key.Key_L, CONTROL)
    qtbot.waitUntil(lambda: isinstance(page._dialog, BatchDialog))
    batch = page._dialog
    assert isinstance(batch, BatchDialog)
    qtbot.waitUntil(lambda: batch.isActiveWindow() and batch.reason.text.hasFocus() and batch.table.rowCount() == 3)
    type_vietnamese(batch.reason.text, REASON)
    # To the table, one row down, its own reason by F2.
    for _ in range(12):
        press(Qt.Key.Key_Tab)
        if batch.table.hasFocus():
            break
    assert batch.table.hasFocus(), "the table is reached by Tab"
    press(Qt.Key.Key_Down)
    own = {batch.table.item(1, 0).text(): "Chờ cơ quan thuế", batch.table.item(2, 0).text(): "Mất điện"}
    for _ in range(2):
        press(Qt.Key.Key_Right)
    press(Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    type_vietnamese(editor, "Chờ cơ quan thuế")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: batch.table.item(1, OWN_REASON).text() == "Chờ cơ quan thuế")
    # What is still being typed in a cell counts too.
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_F2)
    type_vietnamese(QApplication.focusWidget(), "Mất điện")
    press(Qt.Key.Key_Return, CONTROL)

    # One after the other; then all of them as one paper and one job.
    qtbot.waitUntil(lambda: isinstance(page._dialog, BatchRunDialog))
    run = page._dialog
    assert isinstance(run, BatchRunDialog)
    qtbot.waitUntil(lambda: run.report is not None and run.report.finished, timeout=20_000)
    assert run.report is not None
    assert len(run.report.of("done")) == 3
    qtbot.waitUntil(lambda: run.isActiveWindow() and run.print_button.hasFocus())
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: run.papers is not None and run.papers.isActiveWindow())
    papers = run.papers
    assert papers is not None
    settle(qtbot, running.executor)
    text = said(papers.pdf)
    assert all(code in text for code in codes)
    assert REASON in text
    assert "Chờ cơ quan thuế" in text
    qtbot.keyClick(papers, Qt.Key.Key_Return)
    settle(qtbot, running.executor)
    (job,) = list_jobs(running.desk.database)
    assert (job.form, job.state, job.dossier_code) == ("apologies", "waiting", "")
    qtbot.keyClick(run, Qt.Key.Key_Escape)
    settle(qtbot, running.executor)
    assert page.model.rowCount() == 0
    for code in codes:
        view = show(running.desk, code)
        assert view.row.apology_count == 1
        assert view.events[-1].reason == own.get(code, REASON)
    assert show(running.desk, taken[0]).row.apology_count == 0


def test_a_second_letter_is_refused_with_the_article(
    running: RunningApp, take_in: TakeIn, clock: Clock, qtbot: Any
) -> None:
    code = take_in().code
    due = show(running.desk, code).row.due
    assert due is not None
    clock.now = due
    clock.move(days=1)
    calendar = running.context.calendar
    assert calendar is not None
    later = calendar.closes(calendar.add_working_days(clock.now.date(), 1))
    given = StepInput(reason=REASON, unit="Phòng Kinh tế", new_due=later)
    take_step(running.desk, code, Step.APOLOGISE, given)
    clock.now = later
    clock.move(days=1)
    window = running.window
    window.show_page("overdue")
    window.show()
    qtbot.waitExposed(window)
    page = window.page("overdue")
    assert isinstance(page, OverduePage)
    page.groups.choose(Group.LATE)
    qtbot.waitUntil(page.apologise_button.isEnabled)
    page.apologise()
    settle(qtbot, running.executor)
    dialog = page._dialog
    assert isinstance(dialog, ApologyDialog)
    dialog.reason.setPlainText(REASON)
    dialog.unit.setText("Phòng Kinh tế")
    dialog.submit()
    settle(qtbot, running.executor)
    assert "Nghị định 118/2025/NĐ-CP" in dialog.problem.text()
    assert show(running.desk, code).row.apology_count == 1
    dialog.reject()


def test_a_new_date_is_never_suggested_for_today(running: RunningApp, take_in: TakeIn) -> None:
    """A dossier is put off once: what is promised then must be within reach, however late it is already."""
    view = show(running.desk, take_in().code)
    assert view.row.due is not None
    for hours in range(-120, 360, 5):
        now = view.row.due + timedelta(hours=hours)
        suggested = first_suggestion(running.context.calendar, view, now).astimezone(VIETNAM)
        assert suggested.date() > max(now, view.row.due).astimezone(VIETNAM).date()
