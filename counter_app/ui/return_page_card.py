"""The dossier whose result is being handed over: who, what to mind, by which way, to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal, SignalInstance, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from counter_app.errors import UserError
from counter_app.rules.calendar import WorkCalendar
from counter_app.rules.lifecycle import Step
from counter_app.services.returning_delivery import Handing, check_handing, clean_handing, said_on_slip
from counter_app.services.returning_slip import PrintedSlip, slip_saying
from counter_app.services.values import RETURN_WAYS, DossierView
from counter_app.ui.formatting import due_words, status_label, status_tone
from counter_app.ui.page import nfc
from counter_app.ui.return_page_checks import can_return, checks, fees_due
from counter_app.ui.return_page_delivery import DeliveryBox
from counter_app.ui.return_page_evidence import EvidenceBox
from counter_app.ui.theme import badge, set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the card says."""

    WAY = QT_TRANSLATE_NOOP("ReturnCard", "Trả bằng cách")
    TRACKING = QT_TRANSLATE_NOOP("ReturnCard", "Số &vận đơn")
    TO = QT_TRANSLATE_NOOP("ReturnCard", "Trả cho")
    OWNER = QT_TRANSLATE_NOOP("ReturnCard", "&Chủ hồ sơ: {name}")
    AUTHORISED = QT_TRANSLATE_NOOP("ReturnCard", "Người được ủ&y quyền")
    AUTHORISED_NAME = QT_TRANSLATE_NOOP("ReturnCard", "Họ tên người được ủy quyền")
    RETURN = QT_TRANSLATE_NOOP("ReturnCard", "Trả kết quả (Ctrl+Enter)")
    PAY = QT_TRANSLATE_NOOP("ReturnCard", "Thu &phí, lệ phí…")
    FINISH = QT_TRANSLATE_NOOP("ReturnCard", "Có &kết quả…")
    OPEN = QT_TRANSLATE_NOOP("ReturnCard", "Xem &hồ sơ")
    NEXT = QT_TRANSLATE_NOOP("ReturnCard", "Người khác (Esc)")
    ARRIVED = QT_TRANSLATE_NOOP("ReturnCard", "Đã giao đến nơi… (Alt+4)")
    CAME_BACK = QT_TRANSLATE_NOOP("ReturnCard", "Bị trả lại… (Alt+5)")


WAY_KEYS = {"counter": "Alt+1", "post": "Alt+2", "online": "Alt+3"}
SIGNS = {"good": "✓", "warning": "⚠", "error": "✗", "neutral": "•"}


class ReturnCard(QFrame):
    """Shows one dossier and asks by which way and to whom; says by signals what the clerk wants done."""

    give_asked = Signal()
    pay_asked = Signal()
    finish_asked = Signal()
    open_asked = Signal()
    next_asked = Signal()
    arrived_asked = Signal()
    came_back_asked = Signal()
    slip_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._code = ""
        self._applicant = ""
        self._results: list[str] = []
        self._slips: Sequence[PrintedSlip] = ()
        self._has_file = True
        self._check_labels: list[QLabel] = []
        self._build_head()
        self._build_way()
        self.return_button = self._button(Words.RETURN, self.give_asked)
        set_role(self.return_button, "primary")
        self.return_button.setMinimumHeight(44)
        self.pay_button = self._button(Words.PAY, self.pay_asked)
        self.finish_button = self._button(Words.FINISH, self.finish_asked)
        self.open_button = self._button(Words.OPEN, self.open_asked)
        self.next_button = self._button(Words.NEXT, self.next_asked)
        self.arrived_button = self._button(Words.ARRIVED, self.arrived_asked)
        self.arrived_button.setShortcut("Alt+4")
        self.came_back_button = self._button(Words.CAME_BACK, self.came_back_asked)
        self.came_back_button.setShortcut("Alt+5")
        self._lay_out()

    def clear(self) -> None:
        """Forget the dossier and what was entered for it."""
        self._code = ""
        self._slips = ()
        self.tracking.clear()
        self.to_name.clear()
        self.parcel.clear()
        self.evidence.clear()
        self.return_button.setEnabled(False)
        self.evidence.slip.setEnabled(False)
        self.hide()

    def show_dossier(
        self,
        view: DossierView,
        now: datetime,
        calendar: WorkCalendar | None,
        *,
        lacks_scan: bool = False,
        has_file: bool = True,
        slips: Sequence[PrintedSlip] = (),
    ) -> None:
        """Show a dossier; shown again after a change it keeps what was entered.

        ``has_file``: a result is on file; ``slips``: printed to be signed.
        """
        again = self._code == view.row.code
        self._has_file = has_file
        self._code, self._applicant = view.row.code, view.applicant.name
        self._results = [name for _, name in view.procedure.results]
        self.dossier_code.setText(view.row.code)
        self.who.setText(view.applicant.name)
        self.what.setText(view.procedure.name)
        self.status.setText(status_label(view.row.status))
        set_tone(self.status, status_tone(view.row.status))
        words, tone = due_words(view.row, now, calendar)
        self.due.setText(words)
        set_tone(self.due, tone)
        self._show_checks(view, now, calendar, lacks_scan)
        self.owner.setText(_tr(Words.OWNER).format(name=view.applicant.name.replace("&", "&&")))
        self.owner.setAccessibleName(self.owner.text().replace("&", ""))
        if not again:
            self._slips = ()
            self.ways.get(view.return_by, self.ways["counter"]).setChecked(True)
            self.evidence.begin(view)
            self.parcel.begin(view)
            self.to_name.setText(view.submitter.name if view.submitter else "")
            self.evidence.number.setText(view.submitter.personal_number if view.submitter else "")
            (self.authorised if view.submitter else self.owner).setChecked(True)
        self._ask_evidence()
        self.return_button.setEnabled(can_return(view))
        self.evidence.slip.setEnabled(can_return(view))
        under_way = view.delivery_state in ("posted", "online")
        self.arrived_button.setVisible(under_way)
        self.came_back_button.setVisible(under_way)
        self.pay_button.setVisible(fees_due(view) > 0 and Step.PAY.value in view.permitted_steps)
        self.finish_button.setVisible(Step.FINISH.value in view.permitted_steps)
        self.know_slips(slips)
        self.show()
        if not (again and self._is_used_elsewhere()):
            self._take_focus()

    def _is_used_elsewhere(self) -> bool:
        """Read anew behind another page, or while something is typed, it must not take the keyboard away."""
        focused = self.window().focusWidget()
        return not self.isVisible() or not (focused is None or isinstance(focused, QPushButton))

    def _take_focus(self) -> None:
        for button in (self.return_button, self.arrived_button, self.finish_button, self.open_button):
            if button.isEnabled() and button.isVisibleTo(self):
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                break

    def know_slips(self, slips: Sequence[PrintedSlip]) -> None:
        """What was printed to be signed: a signature counts only on a slip that says what is entered here."""
        self._slips = slips
        self._follow()

    def way(self) -> str:
        """counter, post or online."""
        return next(way for way, button in self.ways.items() if button.isChecked())

    def answers(self, *, to_sign: bool = False) -> Handing:
        """By which way, to whom, with what evidence; raises UserError naming what is missing and focuses it.

        ``to_sign``: for the slip that the receiver signs, so the signature is not asked for yet.
        """
        box, handing = self.evidence, self._handing(to_sign=to_sign)
        try:
            check_handing(handing, self.way(), self._applicant, has_file=self._has_file)
        except UserError as error:
            if error.kind == "signature_missing":
                self._refuse_outdated(handing)
            asked = {
                "receiver_missing": self.to_name,
                "authority_missing": box.authority,
                "signature_missing": box.signed,
                "tracking_missing": self.tracking,
                "address_missing": self.parcel.address,
                "result_file_missing": self.parcel.reason,
            }
            if error.kind in asked:
                asked[error.kind].setFocus(Qt.FocusReason.OtherFocusReason)
            raise
        return handing

    def _handing(self, *, to_sign: bool = False) -> Handing:
        authorised, box, parcel = self.authorised.isChecked(), self.evidence, self.parcel
        by_post, online = self.way() == "post", self.way() == "online"
        return Handing(
            by=self.way(),
            to=nfc(self.to_name.text()) if authorised else self._applicant,
            to_number=nfc(box.number.text()) if authorised else "",
            authorised=authorised,
            authority=nfc(box.authority.text()) if authorised else "",
            signed=to_sign or box.signed.isChecked(),
            tracking=nfc(self.tracking.text()) if by_post else "",
            carrier=nfc(parcel.carrier.text()) if by_post else "",
            address=nfc(parcel.address.text()) if by_post else "",
            phone=nfc(parcel.phone.text()) if by_post else "",
            reason=nfc(parcel.reason.text()) if online and not self._has_file else "",
            results=box.results_out(),
            originals=box.originals_back(),
        )

    def _said(self, handing: Handing) -> dict[str, Any]:
        return said_on_slip(clean_handing(handing), handing.by, self._applicant, self._results)

    def _refuse_outdated(self, handing: Handing) -> None:
        """Raises UserError ``slip_outdated``; a new slip is what comes next."""
        try:
            slip_saying(self._slips, self._said(handing))
        except UserError:
            self.evidence.slip.setFocus(Qt.FocusReason.OtherFocusReason)
            raise

    @Slot()
    def _follow(self) -> None:
        """Something was entered: does the signature still hold?"""
        if not self._code or not any(button.isChecked() for button in self.ways.values()):
            return
        handing, outdated = self._handing(), ""
        said = self._said(handing)
        if handing.by == "counter":
            try:
                slip_saying(self._slips, said)
            except UserError as error:
                outdated = error.message
        self.evidence.follow(said, outdated)

    def _build_head(self) -> None:
        self.who = QLabel(self)
        set_role(self.who, "big")
        self.who.setWordWrap(True)
        self.what = QLabel(self)
        self.what.setWordWrap(True)
        self.dossier_code = QLabel(self)
        self.dossier_code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(self.dossier_code, "section")
        self.status = badge("", "neutral")
        self.due = badge("", "neutral")
        self.check_box = QVBoxLayout()
        self.check_box.setSpacing(6)

    def _build_way(self) -> None:
        self.ways: dict[str, QRadioButton] = {}
        group = QButtonGroup(self)
        for way, words in RETURN_WAYS.items():
            button = QRadioButton(f"{words} ({WAY_KEYS[way]})", self)
            button.setAccessibleName(button.text())
            button.setShortcut(WAY_KEYS[way])
            group.addButton(button)
            self.ways[way] = button
        self.ways["counter"].setChecked(True)
        self.tracking = QLineEdit(self)
        self.tracking_caption = QLabel(_tr(Words.TRACKING), self)
        self.tracking_caption.setBuddy(self.tracking)
        self.tracking.setAccessibleName(self.tracking_caption.text().replace("&", ""))
        self.ways["post"].toggled.connect(self._post_toggled)
        self.ways["post"].clicked.connect(self._to_tracking)
        self.owner = QRadioButton(_tr(Words.OWNER).format(name=""), self)
        self.authorised = QRadioButton(_tr(Words.AUTHORISED), self)
        self.authorised.setAccessibleName(self.authorised.text().replace("&", ""))
        people = QButtonGroup(self)
        people.addButton(self.owner)
        people.addButton(self.authorised)
        self.owner.setChecked(True)
        self.to_name = QLineEdit(self)
        self.to_name.setPlaceholderText(_tr(Words.AUTHORISED_NAME))
        self.to_name.setAccessibleName(_tr(Words.AUTHORISED_NAME))
        self.authorised.toggled.connect(self._authorised_toggled)
        self.parcel = DeliveryBox(self)
        self.evidence = EvidenceBox(self)
        self.evidence.slip_asked.connect(self.slip_asked)
        self.evidence.changed.connect(self._follow)
        self.to_name.textChanged.connect(self._follow)
        group.buttonToggled.connect(self._ask_evidence)
        group.buttonToggled.connect(self._follow)
        people.buttonToggled.connect(self._follow)
        self._post_toggled(False)
        self._authorised_toggled(False)

    def _button(self, words: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        button.clicked.connect(signal)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        for part in (self.dossier_code, self.status, self.due):
            head.addWidget(part)
        head.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.addWidget(self._caption(Words.WAY), 0, 0)
        for column, button in enumerate(self.ways.values(), start=1):
            grid.addWidget(button, 0, column)
        grid.addWidget(self.tracking_caption, 0, 4)
        grid.addWidget(self.tracking, 0, 5)
        grid.addWidget(self._caption(Words.TO), 1, 0)
        grid.addWidget(self.owner, 1, 1, 1, 2)
        grid.addWidget(self.authorised, 1, 3)
        grid.addWidget(self.to_name, 1, 4, 1, 2)
        grid.setColumnStretch(5, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.return_button)
        buttons.addWidget(self.pay_button)
        buttons.addWidget(self.finish_button)
        buttons.addWidget(self.arrived_button)
        buttons.addWidget(self.came_back_button)
        buttons.addStretch(1)
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.next_button)
        card = QVBoxLayout(self)
        card.setContentsMargins(18, 14, 18, 14)
        card.setSpacing(10)
        card.addLayout(head)
        card.addWidget(self.who)
        card.addWidget(self.what)
        card.addLayout(self.check_box)
        card.addLayout(grid)
        card.addWidget(self.parcel)
        card.addWidget(self.evidence)
        card.addLayout(buttons)

    def _caption(self, words: str) -> QLabel:
        label = QLabel(_tr(words), self)
        set_role(label, "section")
        return label

    def _show_checks(self, view: DossierView, now: datetime, calendar: WorkCalendar | None, lacks_scan: bool) -> None:
        for label in self._check_labels:
            self.check_box.removeWidget(label)
            label.hide()
            label.deleteLater()
        self._check_labels.clear()
        for check in checks(view, now, calendar, lacks_scan=lacks_scan):
            label = QLabel(f"{SIGNS[check.tone]} {check.text}", self)
            label.setWordWrap(True)
            set_role(label, "inline")
            set_tone(label, check.tone)
            self.check_box.addWidget(label)
            self._check_labels.append(label)

    @Slot(bool)
    def _post_toggled(self, on: bool) -> None:
        self.tracking.setVisible(on)
        self.tracking_caption.setVisible(on)

    @Slot()
    def _to_tracking(self) -> None:
        """By post the number of the parcel is what is asked for next."""
        self.tracking.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _ask_evidence(self) -> None:
        if any(button.isChecked() for button in self.ways.values()):
            self.evidence.ask(way=self.way(), authorised=self.authorised.isChecked())
            self.parcel.ask(way=self.way(), has_file=self._has_file)

    @Slot(bool)
    def _authorised_toggled(self, on: bool) -> None:
        self.to_name.setEnabled(on)
        self.parcel.address_to(authorised=on)
        self._ask_evidence()
        if on and self.isVisible():
            self.to_name.setFocus(Qt.FocusReason.OtherFocusReason)


def _tr(text: str) -> str:
    return translate("ReturnCard", text)
