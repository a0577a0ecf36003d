"""Papers that a step issues are shown for printing at once, and offered again on the dossier's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Step
from counter_app.services.calendars import read_calendar
from counter_app.services.papers import make_paper
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import ApplicantData, Received, ReceiveRequest
from counter_app.settings import with_changes
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.intake.received_panel import ReceivedPanel
from counter_app.ui.payment_dialog import PaymentDialog
from counter_app.ui.payment_request_dialog import PaymentRequestDialog
from counter_app.ui.preview import page_sizes
from counter_app.ui.return_page import ReturnPage
from counter_app.ui.step_dialogs import StepDialog
from tests.services.test_services_portal_feed import ONLINE_CODE, feed, online
from tests.ui.window_fixtures import press, settle

TakeIn = Callable[..., Received]


@pytest.fixture
def page(running: RunningApp, take_in: TakeIn, qtbot: Any) -> DossierPage:
    window = running.window
    window.show_dossier(take_in(procedure="1.001193").code)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    shown = window.page("dossier")
    assert isinstance(shown, DossierPage)
    return shown


def taken(page: DossierPage, step: Step, reason: str, qtbot: Any) -> PaperDialog:
    """The paper that is shown when the step has been taken in its window."""
    page.take_step(step)
    dialog = page._dialog
    assert isinstance(dialog, StepDialog)
    settle(qtbot, page.context.executor)
    dialog.inputs["reason"].setPlainText(reason)  # type: ignore[union-attr]
    dialog.submit()
    settle(qtbot, page.context.executor)
    assert dialog.paper is not None
    return dialog.paper


@pytest.mark.parametrize(
    ("step", "form", "title"),
    [
        (Step.REQUEST_SUPPLEMENT, "supplement_request", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
        (Step.REFUSE, "refusal", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
        (Step.STOP, "stop_notice", "Thông báo dừng giải quyết hồ sơ"),
    ],
)
def test_the_paper_of_a_step_is_shown_and_stays_on_the_page(
    page: DossierPage, running: RunningApp, qtbot: Any, step: Step, form: str, title: str
) -> None:
    if step is Step.REFUSE:
        feed(running.desk, "HoSoMoi", ONLINE_CODE, online(procedure="1.001193"))
        running.window.show_dossier(ONLINE_CODE)
        settle(qtbot, running.executor)
    assert page.others.isHidden()
    paper = taken(page, step, "Thiếu giấy khai sinh", qtbot)
    assert paper.windowTitle() == f"{title} · {page.code}"
    assert paper.preview.page_count >= 1
    paper.reject()
    settle(qtbot, running.executor)
    assert page.others.isVisible()
    (action,) = page.others.list.actions()
    assert action.objectName() == form
    action.trigger()
    settle(qtbot, running.executor)
    again = page._dialog
    assert isinstance(again, PaperDialog)
    assert again.form == form
    assert again.preview.page_count >= 1
    again.reject()


def test_the_list_of_papers_opens_by_its_key(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    take_step(running.desk, page.code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Tờ khai"))
    running.context.announce("dossier", dossiers=(page.code,))
    settle(qtbot, running.executor)
    assert page.others.isVisible()
    press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(page.others.list.isVisible)
    qtbot.keyClick(page.others.list, Qt.Key.Key_Return)
    settle(qtbot, running.executor)
    paper = page._dialog
    assert isinstance(paper, PaperDialog)
    assert paper.form == "supplement_request"
    paper.reject()


def test_a_step_without_a_paper_shows_none(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    page.take_step(Step.FINISH)
    dialog: QDialog | None = page._dialog
    assert isinstance(dialog, StepDialog)
    dialog.submit()
    settle(qtbot, running.executor)
    assert dialog.paper is None


def test_a_reception_in_part_shows_receipt_and_request(running: RunningApp, qtbot: Any) -> None:
    panel = ReceivedPanel(running.context)
    qtbot.addWidget(panel)
    whose = ApplicantData(name="Y Thắng Êban")
    done = receive(running.desk, ReceiveRequest(procedure="1.001193", applicant=whose, supplement_reason="Tờ khai"))
    panel.show_received(done, "", "")
    panel.show_paper.click()
    settle(qtbot, running.executor)
    receipt = len(page_sizes(make_paper(running.desk, done.code, "receipt").pdf))
    assert panel.preview.page_count == receipt + 1


def test_the_page_offers_what_the_history_has(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    take_step(running.desk, page.code, Step.HAND_OVER, StepInput(unit="Phòng Văn hóa"))
    running.context.announce("dossier", dossiers=(page.code,))
    settle(qtbot, running.executor)
    assert [action.objectName() for action in page.others.list.actions()][:1] == ["control_slip"]
    page.show_paper("control_slip")
    settle(qtbot, running.executor)
    paper = page._dialog
    assert isinstance(paper, PaperDialog)
    assert paper.preview.page_count >= 1
    paper.reject()


def test_money_taken_shows_its_note_and_money_owed_a_notice(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    view = show(running.desk, take_in(procedure="2.000815").code)
    running.window.show()
    dialog = PaymentDialog(running.context, view, running.window)
    dialog.open()
    settle(qtbot, running.executor)
    dialog.fees.ticks["P01"].setChecked(True)
    dialog.notice.click()
    settle(qtbot, running.executor)
    assert dialog.paper is not None
    assert (dialog.paper.form, dialog.paper.preview.page_count) == ("payment_notice", 1)
    dialog.paper.reject()
    dialog.submit()
    settle(qtbot, running.executor)
    assert (dialog.paper.form, dialog.paper.preview.page_count) == ("payment_note", 1)
    dialog.paper.reject()


@pytest.mark.parametrize(("way", "label"), [("counter", False), ("post", True)])
def test_the_return_page_offers_slip_and_label_of_what_was_returned_last(
    running: RunningApp, take_in: TakeIn, qtbot: Any, way: str, label: bool
) -> None:
    code = take_in(procedure="1.001193").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    page = running.window.page("return")
    assert isinstance(page, ReturnPage)
    running.window.show_page("return")
    running.window.show()
    assert page.slip_button.isHidden()
    page.show_dossier(code)
    settle(qtbot, running.executor)
    page.card.ways[way].setChecked(True)
    page.card.tracking.setText("EB1VN")
    page.card.evidence.signed.setChecked(True)
    page.give()
    settle(qtbot, running.executor)
    assert page.slip_button.isVisible()
    assert page.label_button.isVisible() is label
    (page.label_button if label else page.slip_button).click()
    settle(qtbot, running.executor)
    paper = page._dialog
    assert isinstance(paper, PaperDialog)
    assert (paper.code, paper.form) == (code, "post_label" if label else "return_slip")
    assert paper.preview.page_count >= 1
    paper.reject()


def test_asking_for_payment_shows_its_notice(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    code = take_in(procedure="2.000635").code
    take_step(running.desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    account = {"bank_bin": "970415", "account": "113366668888", "bank_name": "VietinBank", "days": 5}
    desk = replace(running.desk, settings=with_changes(running.desk.settings, payment=account))
    running.context.desk, running.context.calendar = desk, read_calendar(desk)
    dialog = PaymentRequestDialog(running.context, show(desk, code), running.window)
    dialog.open()
    assert dialog.pay_before.text() == "17/03/2026", "five working days from Tuesday"
    for words, refusal in (("mai", "không phải là ngày"), ("9/3/2026", "đã qua")):
        dialog.pay_before.setText(words)
        dialog.submit()
        settle(qtbot, running.executor)
        assert refusal in dialog.problem.text()
    dialog.pay_before.setText("20/3/2026")
    dialog.submit()
    settle(qtbot, running.executor)
    assert dialog.paper is not None
    assert (dialog.paper.form, dialog.paper.preview.page_count) == ("payment_notice", 1)
    assert show(desk, code).events[-1].details["pay_before"] == "2026-03-20"
    dialog.paper.reject()
