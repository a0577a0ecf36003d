"""A dossier runs late: the letter of apology from the overdue list, looked at, printed, and the return after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pypdfium2
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Step
from counter_app.services.papers import make_paper
from counter_app.services.print_jobs import list_jobs
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.overdue_page import OverduePage
from counter_app.ui.overdue_page_letter import ApologyDialog
from counter_app.ui.return_page import ReturnPage
from tests.ui.vietnamese_typing import type_vietnamese
from tests.ui.window_fixtures import Clock, settle

TakeIn = Callable[..., Received]
REASON = "Chờ kết quả xác minh của cơ quan công an"


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [document[number] for number in range(len(document))]
        texts = [page.get_textpage().get_text_range() for page in pages]
    return " ".join(" ".join(texts).split())


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
    text = text_of(make_paper(running.desk, code, "apology").pdf)
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
    assert page.models["overdue"].rowCount() == 0

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
    qtbot.keyClick(desk_page.card.return_button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, running.executor)
    assert show(running.desk, code).row.status == "returned"


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
