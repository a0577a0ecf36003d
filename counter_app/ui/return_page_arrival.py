"""Whether a result that was sent arrived: the word of the carrier or of the applicant, or a parcel that came back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from counter_app.services.returning import DeliveryView, confirm_delivery, delivery_came_back
from counter_app.services.values import DossierView
from counter_app.ui.context import AppContext
from counter_app.ui.page import nfc
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the window says."""

    ARRIVED = QT_TRANSLATE_NOOP("ReturnArrival", "Xác nhận đã giao đến nơi")
    BACK = QT_TRANSLATE_NOOP("ReturnArrival", "Bưu gửi bị trả lại")
    CONFIRM = QT_TRANSLATE_NOOP("ReturnArrival", "Ghi lại (Ctrl+Enter)")
    EVIDENCE = QT_TRANSLATE_NOOP("ReturnArrival", "&Căn cứ (ai báo, ký phát ngày nào)")
    REASON = QT_TRANSLATE_NOOP("ReturnArrival", "Vì &sao quay lại")
    HINT_ARRIVED = QT_TRANSLATE_NOOP(
        "ReturnArrival", "Báo cho người dân chưa phải là đã giao: chỉ ghi khi bưu chính hoặc người nhận xác nhận."
    )
    HINT_BACK = QT_TRANSLATE_NOOP("ReturnArrival", "Kết quả về lại quầy, chờ giao lại; hồ sơ vẫn là đã trả kết quả.")
    DONE_ARRIVED = QT_TRANSLATE_NOOP("ReturnArrival", "Hồ sơ {code}: kết quả đã giao đến nơi.")
    DONE_BACK = QT_TRANSLATE_NOOP("ReturnArrival", "Hồ sơ {code}: kết quả đã về lại quầy, hãy báo người nhận.")


class ArrivalDialog(TaskDialog):
    """One question: on whose word. ``came_back`` tells which of the two it is."""

    def __init__(
        self, context: AppContext, dossier: DossierView, *, came_back: bool, parent: QWidget | None = None
    ) -> None:
        title = _tr(Words.BACK if came_back else Words.ARRIVED)
        super().__init__(context, title, _tr(Words.CONFIRM), parent)
        self.code = dossier.row.code
        self.came_back = came_back
        hint = _tr(Words.HINT_BACK if came_back else Words.HINT_ARRIVED)
        self.say(f"{dossier.row.code} · {dossier.applicant.name}\n{hint}")
        self.word = QLineEdit(self)
        self.add_field(_tr(Words.REASON if came_back else Words.EVIDENCE), self.word)
        self.word.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], DeliveryView]:
        decide = delivery_came_back if self.came_back else confirm_delivery
        return partial(decide, self.context.desk, self.code, nfc(self.word.text()))

    def succeeded(self, answer: Any) -> None:
        super().succeeded(answer)
        self.context.announce("dossier", dossiers=(self.code,))
        words = Words.DONE_BACK if self.came_back else Words.DONE_ARRIVED
        self.context.tell(_tr(words).format(code=self.code), "success")


def _tr(text: str) -> str:
    return translate("ReturnArrival", text)
