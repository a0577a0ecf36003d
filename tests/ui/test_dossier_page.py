"""The page of one dossier: what it shows, the steps, the papers, the receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.apologies import Delivery, deliver, sign, submit, write
from counter_app.services.apologies_rows import LetterText
from counter_app.services.print_jobs import list_jobs
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.return_page import ReturnPage
from counter_app.ui.step_dialogs import StepDialog
from tests.printing.paper_samples import text_of
from tests.ui.vietnamese_typing import type_vietnamese
from tests.ui.window_fixtures import Clock, settle

TakeIn = Callable[..., Received]


@pytest.fixture
def page(running: RunningApp, take_in: TakeIn, qtbot: Any) -> DossierPage:
    taken = take_in(procedure="1.001193")
    window = running.window
    window.show_dossier(taken.code)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    shown = window.page("dossier")
    assert isinstance(shown, DossierPage)
    return shown


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "Tờ khai.pdf"
    with pypdfium2.PdfDocument.new() as document:
        document.new_page(595, 842).close()
        document.save(path)
    return path


@pytest.fixture
def messages(running: RunningApp) -> list[tuple[str, str]]:
    """What the message bar was told."""
    heard: list[tuple[str, str]] = []
    show_message = running.window.message_bar.show_message

    class Listener:
        def __call__(self, text: str, tone: str) -> None:
            heard.append((text, tone))
            show_message(text, tone)

    running.context.message.connect(Listener())
    return heard


def step_dialog(page: DossierPage) -> StepDialog:
    dialog = page._dialog
    assert isinstance(dialog, StepDialog)
    return dialog


def test_everything_known_is_on_the_page(page: DossierPage, running: RunningApp) -> None:
    view = show(running.desk, page.code)
    facts = page.facts.toPlainText()
    for known in (view.applicant.name, view.applicant.personal_number, view.procedure.name, view.applicant.address):
        assert known in facts
    assert page.status_badge.text() == "Đã tiếp nhận"
    assert page.papers.topLevelItemCount() == len(view.components) + len(view.procedure.results)
    assert "Tiếp nhận" in page.history.toPlainText()


def test_a_letter_of_apology_is_shown_until_the_applicant_has_it(
    page: DossierPage, running: RunningApp, clock: Clock, qtbot: Any
) -> None:
    def shown() -> tuple[str, bool]:
        page.reload()
        settle(qtbot, running.executor)
        return page.letter_badge.text(), "hẹn lại 17:00 11/03/2026, do Phòng Tư pháp" in page.facts.toPlainText()

    assert shown() == ("", False)
    assert not page.letter_badge.isVisible()
    due = show(running.desk, page.code).row.due
    assert due is not None
    new_due = due.astimezone(VIETNAM).replace(month=3, day=11, hour=17, minute=0)
    letter = write(running.desk, page.code, LetterText("Chờ xác minh", "Phòng Tư pháp", new_due))
    assert shown() == ("xin lỗi: dự thảo", True)
    assert page.letter_badge.isVisible()
    submit(running.desk, letter.id)
    assert shown() == ("xin lỗi: đã trình ký", True)
    sign(running.desk, letter.id)
    assert shown() == ("xin lỗi: chưa giao", True)
    deliver(running.desk, letter.id, Delivery("counter"))
    assert shown() == ("", False)


def test_only_permitted_steps_are_offered(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    assert page.steps.step_actions[Step.HAND_OVER].isEnabled()
    assert not page.steps.step_actions[Step.RETURN].isEnabled()
    take_step(running.desk, page.code, Step.FINISH, StepInput())
    running.context.announce("dossier", dossiers=(page.code,))
    settle(qtbot, running.executor)
    assert page.steps.buttons[0].text() == "Trả kết quả (Alt+8)"
    assert not page.steps.step_actions[Step.HAND_OVER].isEnabled()


def test_a_result_is_handed_out_with_its_evidence_at_the_return_page(
    page: DossierPage, running: RunningApp, qtbot: Any
) -> None:
    take_step(running.desk, page.code, Step.FINISH, StepInput())
    page.reload()
    settle(qtbot, running.executor)
    page.take_step(Step.RETURN)
    settle(qtbot, running.executor)
    returning = running.window.page("return")
    assert running.window.current_page == "return"
    assert isinstance(returning, ReturnPage)
    assert returning.card.dossier_code.text() == page.code
    returning.give()
    assert returning.line.text().startswith("Hãy cho người nhận ký")


def test_a_step_by_its_key_asks_only_what_it_needs(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    qtbot.keyClick(page, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    dialog = step_dialog(page)
    assert set(dialog.inputs) == {"unit", "reason"}
    type_vietnamese(dialog.inputs["unit"], "Phòng Văn hóa")
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog.inputs["unit"], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.status_badge.text() == "Đang xử lý")
    assert show(running.desk, page.code).row.status == "processing"
    assert "Phòng Văn hóa" in page.history.toPlainText()
    assert not dialog.isVisible()


def test_a_question_left_open_keeps_the_window(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    page.take_step(Step.REQUEST_SUPPLEMENT)
    dialog = step_dialog(page)
    dialog.submit()
    assert dialog.isVisible()
    assert "Giấy tờ cần bổ sung" in dialog.problem.text()
    assert show(running.desk, page.code).row.status == "received"


def test_a_refusal_of_the_service_is_said_in_the_window(
    page: DossierPage, running: RunningApp, clock: Clock, qtbot: Any
) -> None:
    page.take_step(Step.FINISH)
    dialog = step_dialog(page)
    dialog.late.setChecked(True)
    dialog.at.set_moment(clock.now + timedelta(days=2))
    dialog.submit()
    settle(qtbot, running.executor)
    assert dialog.isVisible()
    assert "chưa đến" in dialog.problem.text()
    assert dialog.confirm.isEnabled()


def test_a_step_entered_late_shows_both_times(page: DossierPage, running: RunningApp, clock: Clock, qtbot: Any) -> None:
    clock.move(days=1)
    page.take_step(Step.FINISH)
    dialog = step_dialog(page)
    dialog.late.setChecked(True)
    dialog.at.set_moment(clock.now - timedelta(hours=2))
    dialog.submit()
    settle(qtbot, running.executor)
    assert "06:30 11/03/2026 (nhập muộn, lúc 08:30 11/03/2026) · Có kết quả" in page.history.toPlainText()


def test_files_dropped_on_a_paper_are_stored_with_it(
    page: DossierPage, running: RunningApp, pdf: Path, qtbot: Any
) -> None:
    component = show(running.desk, page.code).components[0].code
    page.papers.files_dropped.emit([pdf], component, "")
    settle(qtbot, running.executor)
    (document,) = show(running.desk, page.code).documents
    assert (document.component_code, document.file_name, document.pages) == (component, "Tờ khai.pdf", 1)
    item = page.papers.topLevelItem(0)
    assert item is not None
    assert item.child(0).text(0) == "Tờ khai.pdf"


def test_a_file_that_is_no_pdf_is_refused_with_its_name(
    page: DossierPage, running: RunningApp, messages: list[tuple[str, str]], tmp_path: Path, qtbot: Any
) -> None:
    fake = tmp_path / "ảnh.pdf"
    fake.write_bytes(b"\xff\xd8\xff not a pdf")
    page.attach_files([fake], show(running.desk, page.code).components[0].code, "")
    settle(qtbot, running.executor)
    assert messages[-1][1] == "warning"
    assert "«ảnh.pdf» không phải là PDF" in messages[-1][0]
    assert show(running.desk, page.code).documents == ()


def test_a_scan_opens_for_looking(page: DossierPage, running: RunningApp, pdf: Path, qtbot: Any) -> None:
    page.attach_files([pdf], show(running.desk, page.code).components[0].code, "")
    settle(qtbot, running.executor)
    top = page.papers.topLevelItem(0)
    assert top is not None
    page.papers.setCurrentItem(top.child(0))
    qtbot.mouseClick(page.open_button, Qt.MouseButton.LeftButton)
    settle(qtbot, running.executor)
    assert page._dialog.preview.page_count == 1  # type: ignore[union-attr]
    page._dialog.reject()  # type: ignore[union-attr]
    running.context.announce("dossier", dossiers=(page.code,))
    settle(qtbot, running.executor)
    assert page.papers.document() is not None, "still chosen when the portal has answered"


def test_a_code_that_nobody_knows_is_said_so(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    running.window.show_dossier("H15.36-260310-9999")
    settle(qtbot, running.executor)
    assert "Không có hồ sơ mã «H15.36-260310-9999»" in page.nothing.text()
    assert page.nothing.isVisible()
    assert not page.body.isVisible()


def paper(page: DossierPage) -> PaperDialog:
    dialog = page._dialog
    assert isinstance(dialog, PaperDialog)
    return dialog


def test_without_a_printer_the_receipt_is_shown_and_can_be_saved(
    page: DossierPage, running: RunningApp, tmp_path: Path, qtbot: Any
) -> None:
    qtbot.keyClick(page, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page._dialog is not None)
    settle(qtbot, running.executor)
    dialog = paper(page)
    assert dialog.preview.page_count >= 2
    assert not dialog.print_button.isEnabled()
    dialog.save_to(str(tmp_path / "giay.pdf"))
    settle(qtbot, running.executor)
    assert (tmp_path / "giay.pdf").read_bytes().startswith(b"%PDF-")
    dialog.reject()


def test_a_second_print_is_asked_for_and_marked(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    settings = with_changes(running.desk.settings, printers={"office": "tcp://127.0.0.1:9"})
    running.context.desk = replace(running.desk, settings=settings)
    page.show_receipt()
    settle(qtbot, running.executor)
    paper(page).print_now()
    settle(qtbot, running.executor)
    page.show_receipt()
    settle(qtbot, running.executor)
    dialog = paper(page)
    dialog.print_now()
    settle(qtbot, running.executor)
    assert dialog.isVisible()
    assert dialog.print_button.text() == "&In lại"
    dialog.print_now()
    settle(qtbot, running.executor)
    assert [job.reprint for job in list_jobs(running.desk.database)] == [True, False]


def test_the_small_slip_is_offered_where_there_is_a_printer_for_it(
    page: DossierPage, running: RunningApp, qtbot: Any
) -> None:
    page.show_receipt()
    settle(qtbot, running.executor)
    assert not paper(page).slip_button.isVisible()
    paper(page).reject()
    settings = with_changes(running.desk.settings, printers={"thermal": "tcp://127.0.0.1:9"})
    running.context.desk = replace(running.desk, settings=settings)
    page.show_receipt()
    settle(qtbot, running.executor)
    dialog = paper(page)
    dialog.slip_button.click()
    settle(qtbot, running.executor)
    assert dialog.isVisible()
    dialog.slip_button.click()
    settle(qtbot, running.executor)
    assert dialog.slip_button.text() == "In lại phiếu &nhiệt"
    dialog.slip_button.click()
    settle(qtbot, running.executor)
    assert [(job.form, job.reprint) for job in list_jobs(running.desk.database)] == [
        ("thermal", True),
        ("thermal", False),
    ]
    dialog.reject()


def test_a_paper_issued_before_the_latest_is_printed_again_from_here(
    page: DossierPage, running: RunningApp, qtbot: Any, tmp_path: Path
) -> None:
    def receipts() -> list[str]:
        page.reload()
        settle(qtbot, running.executor)
        return [action.text() for action in page.others.earlier.actions()]

    assert receipts() == []
    take_step(running.desk, page.code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu bản sao"))
    take_step(running.desk, page.code, Step.SUPPLEMENT, StepInput(incomplete=True))
    assert receipts() == ["Giấy tiếp nhận hồ sơ và hẹn trả kết quả · 08:30 10/03/2026"]
    settings = with_changes(running.desk.settings, printers={"office": "tcp://127.0.0.1:9"})
    running.context.desk = replace(running.desk, settings=settings)
    page.others.earlier.actions()[0].trigger()
    settle(qtbot, running.executor)
    paper = page._dialog
    assert isinstance(paper, PaperDialog)
    assert "Bản in lại" in text_of(paper.pdf, tmp_path)
    paper.print_now()
    settle(qtbot, running.executor)
    (job,) = list_jobs(running.desk.database)
    assert (job.event_number, job.reprint) == (1, True)
