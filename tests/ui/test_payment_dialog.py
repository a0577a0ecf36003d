"""Money in the window: chosen, counted, scanned, exempted, given back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QImage

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Step
from counter_app.rules.payment_qr import Transfer, decode
from counter_app.services.fees import MoneyIn, fees_of, take, transfer_code
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.dossier_page_steps import offered
from counter_app.ui.exemption_dialog import ExemptionDialog, RefundDialog
from counter_app.ui.payment_dialog import PaymentDialog
from counter_app.ui.payment_request_dialog import PaymentRequestDialog
from tests.ui.window_fixtures import press, settle

TakeIn = Callable[..., Received]
ACCOUNT = {"bank_bin": "970415", "account": "113366668888", "holder": "UBND XÃ EA KAO"}
THREE_FEES = "2.000815"
"""2,000, 1,000 and 200,000 đồng, published under one name: levels of one fee."""


@pytest.fixture
def page(running: RunningApp, take_in: TakeIn, qtbot: Any) -> DossierPage:
    """A dossier that owes three fees."""
    running.context.desk = replace(running.desk, settings=with_changes(running.desk.settings, payment=ACCOUNT))
    code = take_in(procedure=THREE_FEES).code
    window = running.window
    window.show_dossier(code)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    shown = window.page("dossier")
    assert isinstance(shown, DossierPage)
    return shown


def opened(page: DossierPage, running: RunningApp, qtbot: Any, step: Step = Step.PAY) -> Any:
    page.take_step(step)
    settle(qtbot, running.executor)
    assert page._dialog is not None
    return page._dialog


def tick_all(dialog: PaymentDialog) -> None:
    """As for an applicant to whom all levels apply: pages of a copy at one price and at another."""
    for tick in dialog.fees.ticks.values():
        tick.setChecked(True)


def scanned(picture: QImage) -> str:
    """What a telephone reads from the screen."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    with Image.open(BytesIO(buffer.data().data())) as image:
        (found,) = zxingcpp.read_barcodes(image.convert("L"))
    return str(found.text)


def test_the_code_on_the_screen_asks_for_what_is_ticked(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    dialog = opened(page, running, qtbot)
    assert isinstance(dialog, PaymentDialog)
    assert not dialog.panel.isVisible()
    dialog.method.setCurrentIndex(dialog.method.findData("transfer"))
    tick_all(dialog)
    assert dialog.total.text() == "Thu: 203.000 đ"
    assert dialog.in_words.text() == "Hai trăm linh ba nghìn đồng"
    wanted = Transfer("970415", "113366668888", 203_000, page.code.replace(".", "").replace("-", ""))
    assert decode(scanned(dialog.panel.picture.grab().toImage())) == wanted
    dialog.fees.ticks["P03"].setChecked(False)
    assert decode(scanned(dialog.panel.picture.grab().toImage())).amount == 3000
    for tick in dialog.fees.ticks.values():
        tick.setChecked(False)
    assert not dialog.panel.isVisible()
    assert not dialog.confirm.isEnabled()
    dialog.reject()


def test_without_an_account_the_clerk_is_told_where_to_set_one(
    page: DossierPage, running: RunningApp, qtbot: Any
) -> None:
    running.context.desk = running.desk
    dialog = opened(page, running, qtbot)
    dialog.method.setCurrentIndex(dialog.method.findData("transfer"))
    assert "Cài đặt" in dialog.no_account.text()
    assert dialog.no_account.isVisible()
    assert not dialog.panel.isVisible()
    dialog.method.setCurrentIndex(dialog.method.findData("cash"))
    assert not dialog.no_account.isVisible()
    dialog.reject()


def test_a_transfer_without_its_number_is_refused_and_all_stays(
    page: DossierPage, running: RunningApp, qtbot: Any
) -> None:
    dialog = opened(page, running, qtbot)
    dialog.method.setCurrentIndex(dialog.method.findData("transfer"))
    dialog.inputs["official_receipt"].setText("BL-7")
    dialog.submit()
    settle(qtbot, running.executor)
    assert dialog.isVisible()
    assert "số giao dịch" in dialog.problem.text()
    assert dialog.inputs["official_receipt"].text() == "BL-7"
    qtbot.waitUntil(dialog.inputs["reference"].hasFocus)
    assert fees_of(running.desk, page.code).payments == ()
    dialog.reject()


def test_of_several_levels_the_clerk_says_which_applies(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    dialog = opened(page, running, qtbot)
    assert dialog.fees.chosen() == (), "none of them is taken for the right one"
    assert "nhiều mức" in dialog.levels.text()
    assert dialog.levels.isVisible()
    assert not dialog.confirm.isEnabled()
    qtbot.waitUntil(dialog.fees.ticks["P01"].hasFocus)
    dialog.fees.ticks["P01"].setChecked(True)
    dialog.fees.ticks["P02"].setChecked(True)
    dialog.inputs["official_receipt"].setText("BL-7")
    qtbot.waitUntil(dialog.isActiveWindow)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle(qtbot, running.executor)
    assert "phiếu thu số 1" in running.window.message_bar._text.text()
    money = fees_of(running.desk, page.code)
    assert (money.money_state, money.payments[0].amount, money.payments[0].official_receipt) == ("paid", 3000, "BL-7")
    assert "Biên lai số: BL-7" in page.history.toPlainText()
    assert "Không áp dụng mức này" in page.facts.toPlainText()


def test_the_notice_asks_for_the_level_that_is_ticked(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    dialog = opened(page, running, qtbot)
    dialog.show_notice()
    settle(qtbot, running.executor)
    assert "Hãy chọn mức áp dụng" in dialog.paper.note.text()
    dialog.paper.reject()
    dialog.fees.ticks["P03"].setChecked(True)
    dialog.show_notice()
    settle(qtbot, running.executor)
    with pypdfium2.PdfDocument(dialog.paper.pdf) as document:
        picture = document[0].render(scale=200 / 72).to_pil()
    payloads = [found.text for found in zxingcpp.read_barcodes(picture) if found.text.startswith("000201")]
    (owed,) = [row for row in fees_of(running.desk, page.code).rows if row.amount]
    assert owed.code == "P03"
    transfer = transfer_code(running.context.desk, page.code, 200_000)
    assert transfer is not None
    assert payloads == [transfer.text]
    assert decode(payloads[0]) == Transfer("970415", "113366668888", 200_000, transfer.purpose)
    dialog.paper.reject()
    assert dialog.fees.chosen() == ("P03",)
    dialog.method.setCurrentIndex(dialog.method.findData("transfer"))
    assert scanned(dialog.panel.picture.grab().toImage()) == transfer.text, "screen and paper say the same"
    dialog.reject()


def test_exempted_in_part_from_within_the_payment(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    dialog = opened(page, running, qtbot)
    dialog.ask_exemption()
    inner = dialog.exemption
    assert isinstance(inner, ExemptionDialog)
    inner.fee.setCurrentIndex(inner.fee.findData("P03"))
    assert inner.amount.value() == 0
    inner.percent.setValue(50)
    assert inner.amount.value() == 100_000
    inner.submit()
    settle(qtbot, running.executor)
    assert "lý do" in inner.problem.text()
    inner.reason.setText("Người có công, thẻ 12")
    inner.submit()
    settle(qtbot, running.executor)
    assert inner.paper is None, "the receipt in hand says: from the lowest level"
    tick_all(dialog)
    assert dialog.total.text() == "Thu: 103.000 đ"
    dialog.submit()
    settle(qtbot, running.executor)
    assert fees_of(running.desk, page.code).money_state == "paid"
    assert "200.000 đ → 100.000 đ" in page.history.toPlainText()
    assert "miễn, giảm từ 200.000 đ: Người có công, thẻ 12" in page.facts.toPlainText()


def test_the_clock_is_not_stopped_for_a_payment_that_nobody_names(page: DossierPage, qtbot: Any) -> None:
    assert page.view is not None
    dialog = PaymentRequestDialog(page.context, replace(page.view, money_state="nothing_due"), page)
    qtbot.addWidget(dialog)
    dialog.submit()
    assert "không còn khoản phí" in dialog.problem.text()
    assert dialog.confirm.isEnabled(), "nothing was handed to the service"


def test_exempted_while_a_payment_is_awaited_the_dossier_goes_on(
    page: DossierPage, running: RunningApp, qtbot: Any
) -> None:
    take_step(running.desk, page.code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    take_step(running.desk, page.code, Step.REQUEST_PAYMENT, StepInput())
    page.reload()
    settle(qtbot, running.executor)
    for fee in ("P01", "P02", "P03"):
        inner = opened(page, running, qtbot, Step.EXEMPT)
        inner.fee.setCurrentIndex(inner.fee.findData(fee))
        inner.reason.setText("Hộ nghèo")
        inner.submit()
        settle(qtbot, running.executor)
        paper = inner.paper
    assert paper is not None, "the receipt in hand asks for more"
    assert (paper.form, paper.preview.page_count > 0) == ("receipt", True)
    paper.reject()
    dialog = opened(page, running, qtbot)
    assert dialog.confirm.text() == "Tiếp tục giải quyết (Ctrl+Enter)"
    dialog.submit()
    settle(qtbot, running.executor)
    assert show(running.desk, page.code).row.status == "processing"


def test_money_is_given_back(page: DossierPage, running: RunningApp, qtbot: Any) -> None:
    assert Step.REFUND not in offered(show(running.desk, page.code)), "nothing was paid yet"
    take(running.desk, page.code, MoneyIn(codes=("P01",)))
    page.reload()
    settle(qtbot, running.executor)
    dialog = opened(page, running, qtbot, Step.REFUND)
    assert isinstance(dialog, RefundDialog)
    assert dialog.list.chosen() == ("P01",)
    dialog.reason.setText("Thu nhầm")
    dialog.still_owed.setChecked(True)
    dialog.submit()
    settle(qtbot, running.executor)
    money = fees_of(running.desk, page.code)
    assert [payment.amount for payment in money.payments] == [2000, -2000]
    assert money.money_state == "due"
    assert "Phiếu hoàn số: 1" in page.history.toPlainText()
