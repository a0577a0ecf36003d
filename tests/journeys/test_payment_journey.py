"""Payment by QR: the dossier is opened, the code shown, the money seen, the day closed; the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import zxingcpp
from PIL import Image
from PySide6.QtCore import QBuffer, Qt

from counter_app.app import RunningApp
from counter_app.rules.payment_qr import decode
from counter_app.services.day_closing import day_takings
from counter_app.services.fees import fees_of
from counter_app.services.outbox import list_outbox
from counter_app.services.papers import make_paper
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.ui.day_closing_dialog import DayClosingDialog
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.payment_dialog import PaymentDialog
from counter_app.ui.queue_page import QueuePage
from tests.pdf_words import said
from tests.ui.window_fixtures import press, settle, type_text

TakeIn = Callable[..., Received]
ACCOUNT = {"bank_bin": "970415", "account": "113366668888", "holder": "UBND XÃ EA KAO"}
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def scanned(dialog: PaymentDialog) -> str:
    """What the payer's telephone reads from the screen."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    dialog.grab().save(buffer, "PNG")
    with Image.open(BytesIO(buffer.data().data())) as image:
        (found,) = zxingcpp.read_barcodes(image.convert("L"))
    return str(found.text)


def test_payment_by_qr(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    running.context.desk = replace(running.desk, settings=with_changes(running.desk.settings, payment=ACCOUNT))
    code = take_in(procedure="2.000635").code
    window = running.window
    window.show_dossier(code)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    qtbot.waitUntil(window.isActiveWindow)
    page = window.page("dossier")
    assert isinstance(page, DossierPage)

    qtbot.keyClick(page, Qt.Key.Key_6, ALT)
    qtbot.waitUntil(lambda: isinstance(page._dialog, PaymentDialog))
    dialog = page._dialog
    assert isinstance(dialog, PaymentDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.waitUntil(dialog.method.hasFocus)
    press(Qt.Key.Key_Down)
    qtbot.waitUntil(dialog.panel.isVisible)
    shown = decode(scanned(dialog))
    assert (shown.amount, shown.account) == (8000, "113366668888")
    assert shown.purpose == code.replace(".", "").replace("-", "")

    press(Qt.Key.Key_Tab)
    type_text("FT26070001")
    press(Qt.Key.Key_Tab)
    type_text("BL-000123")
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle(qtbot, running.executor)

    money = fees_of(running.desk, code)
    (payment,) = money.payments
    assert (money.money_state, payment.method, payment.amount) == ("paid", "transfer", 8000)
    assert (payment.reference, payment.official_receipt) == ("FT26070001", "BL-000123")
    kinds = [row.kind for row in list_outbox(running.desk) if row.dossier_code == code]
    assert kinds.count("step") == 1
    assert "Số giao dịch: FT26070001" in page.history.toPlainText()
    qtbot.waitUntil(page.steps.isVisible)
    assert "đã nộp chuyển khoản" in page.facts.toPlainText()

    note = dialog.paper
    assert note is not None, "the note of the payment comes up by itself"
    assert "BL-000123" in said(make_paper(running.desk, code, "payment_note").pdf)
    note.reject()

    # In the evening the day's money is closed; a transfer needs no counting.
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.show_page("queue")
    settle(qtbot, running.executor)
    queue = window.page("queue")
    assert isinstance(queue, QueuePage)
    qtbot.waitUntil(queue.table.isVisible)
    queue.table.setFocus()
    qtbot.keyClick(queue.table, Qt.Key.Key_5, ALT)
    qtbot.waitUntil(lambda: isinstance(queue._dialog, DayClosingDialog))
    settle(qtbot, running.executor)
    closing = queue._dialog
    assert isinstance(closing, DayClosingDialog)
    qtbot.waitUntil(closing.isActiveWindow)
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not closing.isVisible())
    settle(qtbot, running.executor)
    assert closing.paper is not None, "the day on paper comes up by itself"
    closing.paper.reject()
    takings = day_takings(running.desk, running.desk.clock().date())
    assert takings.closed is not None
    assert [(row.dossier_code, row.amount) for row in takings.rows] == [(code, 8000)]
