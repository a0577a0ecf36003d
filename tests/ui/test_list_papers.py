"""Papers of many dossiers in the window: the record of a hand-over, the closing of a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from counter_app.app import RunningApp
from counter_app.services.fees import MoneyIn, take
from counter_app.services.handover import prepare, send
from counter_app.services.handover_values import Destination
from counter_app.services.print_jobs import list_jobs
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.ui.day_closing_dialog import DayClosingDialog
from counter_app.ui.dossier_page_paper import PaperDialog, PrintDialog
from counter_app.ui.handover_page import HandoverPage
from counter_app.ui.print_jobs_panel import PrintJobsPanel
from tests.ui.window_fixtures import settle

TakeIn = Callable[..., Received]
PRINTER = {"office": "tcp://127.0.0.1:9"}


def with_printer(running: RunningApp) -> None:
    running.context.desk = replace(running.desk, settings=with_changes(running.desk.settings, printers=PRINTER))


def test_the_record_is_shown_and_printed_once_and_the_slip_of_a_line(
    running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    with_printer(running)
    code = take_in(procedure="1.001193").code
    made = prepare(running.desk, [code], Destination("Phòng Văn hóa"))
    page = running.window.page("handover")
    assert isinstance(page, HandoverPage)
    running.window.show_page("handover")
    running.window.show()
    settle(qtbot, running.executor)
    assert not page.slip_button.isEnabled(), "nothing was handed over yet"
    send(running.desk, made.id)
    page.refresh()
    settle(qtbot, running.executor)
    page.record_button.click()
    settle(qtbot, running.executor)
    record = page._dialog
    assert isinstance(record, PrintDialog)
    assert record.windowTitle() == "Biên bản bàn giao hồ sơ số 1"
    assert record.preview.page_count % 2 == 0, "a copy for each side"
    record.print_now()
    settle(qtbot, running.executor)
    (job,) = list_jobs(running.desk.database)
    assert (job.form, job.event_number) == ("handover_list", made.id)
    page.record_button.click()
    settle(qtbot, running.executor)
    again = page._dialog
    assert isinstance(again, PrintDialog)
    again.print_now()
    settle(qtbot, running.executor)
    assert again.print_button.text() == "&In lại"
    again.reject()
    page.slip_button.click()
    settle(qtbot, running.executor)
    slip = page._dialog
    assert isinstance(slip, PaperDialog)
    assert (slip.code, slip.form) == (code, "control_slip")
    assert slip.preview.page_count >= 1
    slip.reject()


def test_a_list_is_reprinted_from_the_spool(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    from counter_app.services.papers_lists import print_handover

    code = take_in(procedure="1.001193").code
    made = prepare(running.desk, [code], Destination("Phòng Văn hóa"))
    send(running.desk, made.id)
    first = print_handover(running.desk, made.id, PRINTER["office"])
    panel = PrintJobsPanel(running.context)
    qtbot.addWidget(panel)
    panel.refresh()
    settle(qtbot, running.executor)
    panel.table.setCurrentCell(0, 0)
    panel.reprint.click()
    settle(qtbot, running.executor)
    (job,) = list_jobs(running.desk.database)
    assert job.id != first
    assert (job.form, job.event_number, job.reprint) == ("handover_list", made.id, True)


def test_the_closing_is_printed_before_and_shown_after(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    with_printer(running)
    take(running.desk, take_in(procedure="2.000815").code, MoneyIn(codes=("P01", "P02", "P03")))
    running.window.show()
    dialog = DayClosingDialog(running.context, running.window)
    dialog.open()
    settle(qtbot, running.executor)
    dialog.print_button.click()
    settle(qtbot, running.executor)
    assert dialog.paper is not None
    assert dialog.paper.preview.page_count >= 1
    dialog.paper.reject()
    for clerk, box in dialog.counted.items():
        assert dialog.takings is not None
        box.setValue(dialog.takings.cash()[clerk])
    dialog.submit()
    settle(qtbot, running.executor)
    assert not dialog.isVisible()
    assert dialog.paper.isVisible()
    assert dialog.paper.windowTitle() == "Bảng kê thu phí, lệ phí ngày 10/03/2026"
    dialog.paper.print_now()
    settle(qtbot, running.executor)
    (job,) = list_jobs(running.desk.database)
    assert job.form == "fee_closing"
