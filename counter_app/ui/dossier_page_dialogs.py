"""Which window asks for which step of a dossier."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QDialog, QWidget

from counter_app.rules.lifecycle import Step
from counter_app.services.values import DossierView
from counter_app.ui.context import AppContext
from counter_app.ui.ending_dialog import ENDINGS, EndingDialog
from counter_app.ui.handover_dialogs import FinishDialog, HandOverStepDialog
from counter_app.ui.payment_dialog import PaymentDialog
from counter_app.ui.payment_request_dialog import PaymentRequestDialog
from counter_app.ui.receive_online_dialog import ReceiveOnlineDialog
from counter_app.ui.step_dialogs import FORMS, StepDialog
from counter_app.ui.supplement_dialog import SupplementDialog, SupplementRequestDialog

Opener = Callable[[AppContext, DossierView, QWidget], QDialog]

OF_THEIR_OWN: dict[Step, Opener] = {
    Step.RECEIVE: ReceiveOnlineDialog,
    Step.HAND_OVER: HandOverStepDialog,
    Step.REQUEST_SUPPLEMENT: SupplementRequestDialog,
    Step.SUPPLEMENT: SupplementDialog,
    Step.REQUEST_PAYMENT: PaymentRequestDialog,
    Step.PAY: PaymentDialog,
    Step.FINISH: FinishDialog,
}
"""Steps that ask for more than the questions of ``FORMS``."""


def step_dialog(step: Step) -> Opener | None:
    """What opens the window for ``step``; None where it has another way."""
    if step in OF_THEIR_OWN:
        return OF_THEIR_OWN[step]
    kind = EndingDialog if step in ENDINGS else StepDialog
    return partial(_asking, kind, step) if step in FORMS else None


def _asking(
    kind: type[StepDialog], step: Step, context: AppContext, dossier: DossierView, parent: QWidget
) -> StepDialog:
    return kind(context, dossier, step, parent)
