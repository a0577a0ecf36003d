"""Words half as long again still fit into the windows about money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from counter_app.app import RunningApp
from counter_app.services.fees import MoneyIn, fees_of, take
from counter_app.services.reading import show
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.ui.day_closing_dialog import DayClosingDialog
from counter_app.ui.exemption_dialog import ExemptionDialog, RefundDialog
from counter_app.ui.payment_dialog import PaymentDialog
from counter_app.ui.payment_request_dialog import PaymentRequestDialog
from counter_app.ui.step_dialogs import TaskDialog
from tests.ui.test_longer_words import cut, stretched  # noqa: F401  the fixture is used by its name
from tests.ui.window_fixtures import settle

ACCOUNT = {"bank_bin": "970415", "account": "1133666688881133666", "holder": "ỦY BAN NHÂN DÂN XÃ EA KAO"}


@pytest.mark.parametrize("which", ["payment", "no_account", "settled", "exemption", "refund", "closing", "request"])
def test_longer_words_are_not_cut(
    stretched: RunningApp,  # noqa: F811
    take_in: Callable[..., Received],
    which: str,
    qtbot: Any,
) -> None:
    context = stretched.context
    if which != "no_account":
        context.desk = replace(stretched.desk, settings=with_changes(stretched.desk.settings, payment=ACCOUNT))
    code = take_in(procedure="2.000815").code
    if which in ("settled", "refund", "closing"):
        take(stretched.desk, code, MoneyIn(codes=("P01",)))
    fees = fees_of(stretched.desk, code)
    dialog: TaskDialog
    if which == "exemption":
        dialog = ExemptionDialog(context, fees, stretched.window)
    elif which == "refund":
        dialog = RefundDialog(context, fees, stretched.window)
    elif which == "request":
        dialog = PaymentRequestDialog(context, show(stretched.desk, code), stretched.window)
        dialog.pay_before.setText("mai")
    elif which == "closing":
        dialog = DayClosingDialog(context, stretched.window)
    else:
        dialog = PaymentDialog(context, show(stretched.desk, code), stretched.window)
    dialog.open()
    settle(qtbot, stretched.executor)
    if isinstance(dialog, PaymentDialog):
        dialog.method.setCurrentIndex(dialog.method.findData("transfer"))
        for tick in dialog.fees.ticks.values():
            tick.setChecked(True)
    qtbot.waitExposed(dialog)
    dialog.submit()
    settle(qtbot, stretched.executor)
    assert dialog.problem.isVisible()
    assert dialog.width() <= 1366
    assert dialog.height() <= 768
    assert cut(dialog) == []
    dialog.reject()
