"""Where a parcel goes and who carries it; why a result is returned online without a file of it."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from counter_app.services.values import ApplicantData, DossierView
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

PUBLIC_POST = "Bưu điện Việt Nam (VNPost)"
"""Carrier of the public postal service (bưu chính công ích)."""


class Words:
    """What this part of the card says."""

    ADDRESS = QT_TRANSLATE_NOOP("ReturnDelivery", "Địa chỉ phá&t")
    PHONE = QT_TRANSLATE_NOOP("ReturnDelivery", "Điện th&oại")
    CARRIER = QT_TRANSLATE_NOOP("ReturnDelivery", "Đơn vị vậ&n chuyển")
    REASON = QT_TRANSLATE_NOOP("ReturnDelivery", "&Lý do chưa có bản điện tử")
    REASON_HINT = QT_TRANSLATE_NOOP("ReturnDelivery", "Ví dụ: bộ, ngành trả kết quả trên hệ thống của mình")


class DeliveryBox(QWidget):
    """Fields of the card between its ways and the evidence; hidden for who takes the results at the desk."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._owner = ApplicantData()
        self._submitter: ApplicantData | None = None
        self.address, self.phone, self.carrier = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self.reason = QLineEdit(self)
        self.reason.setPlaceholderText(_tr(Words.REASON_HINT))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        self._parcel: list[QWidget] = []
        parcel = ((Words.ADDRESS, self.address), (Words.PHONE, self.phone), (Words.CARRIER, self.carrier))
        for place, (words, field) in enumerate(parcel):
            caption = self._caption(words, field)
            grid.addWidget(caption, 0, 2 * place)
            grid.addWidget(field, 0, 2 * place + 1)
            self._parcel += [caption, field]
        self._online = [self._caption(Words.REASON, self.reason), self.reason]
        grid.addWidget(self._online[0], 1, 0)
        grid.addWidget(self.reason, 1, 1, 1, 5)
        grid.setColumnMinimumWidth(0, 140)
        grid.setColumnMinimumWidth(3, 120)
        grid.setColumnMinimumWidth(5, 240)
        for column, stretch in ((1, 3), (3, 1), (5, 2)):
            grid.setColumnStretch(column, stretch)
        for before, after in pairwise((self.address, self.phone, self.carrier, self.reason)):
            QWidget.setTabOrder(before, after)
        self.ask(way="counter", has_file=True)

    def clear(self) -> None:
        """Forget what was entered."""
        for field in (self.address, self.phone, self.carrier, self.reason):
            field.clear()

    def begin(self, view: DossierView) -> None:
        """For another dossier: whoever handed it in by proxy is likely to take its results."""
        self.clear()
        self._owner, self._submitter = view.applicant, view.submitter
        self.carrier.setText(PUBLIC_POST)
        self.carrier.setCursorPosition(0)
        self.address_to(authorised=view.submitter is not None)

    @Slot()
    def address_to(self, *, authorised: bool) -> None:
        """The address of whoever takes the results, as far as the dossier has it."""
        taker = self._submitter or ApplicantData() if authorised else self._owner
        self.address.setText(taker.address)
        self.phone.setText(taker.phone)

    @Slot()
    def ask(self, *, way: str, has_file: bool) -> None:
        """Show the fields that this way needs."""
        for part in self._parcel:
            part.setVisible(way == "post")
        for part in self._online:
            part.setVisible(way == "online" and not has_file)
        self.setVisible(way == "post" or (way == "online" and not has_file))

    def _caption(self, words: str, field: QLineEdit) -> QLabel:
        label = QLabel(_tr(words), self)
        set_role(label, "section")
        label.setBuddy(field)
        field.setAccessibleName(label.text().replace("&", ""))
        return label


def _tr(text: str) -> str:
    return translate("ReturnDelivery", text)
