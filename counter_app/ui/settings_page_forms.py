"""The forms of the settings page: each shows its part of the settings and gives back what was changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from counter_app.services.values import OfficeData
from counter_app.settings import Settings
from counter_app.ui.page import nfc
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """Labels and hints of the forms."""

    OFFICE_TAB = QT_TRANSLATE_NOOP("SettingsForms", "Cơ quan")
    CODE = QT_TRANSLATE_NOOP("SettingsForms", "Mã cơ quan")
    CODE_HINT = QT_TRANSLATE_NOOP("SettingsForms", "Không đổi được, vì mã hồ sơ đã cấp mang mã này.")
    NAME = QT_TRANSLATE_NOOP("SettingsForms", "&Tên cơ quan")
    BODY = QT_TRANSLATE_NOOP("SettingsForms", "Cơ quan chủ &quản")
    DESK_NAME = QT_TRANSLATE_NOOP("SettingsForms", "Tên &bộ phận, in hoa")
    SUFFIX = QT_TRANSLATE_NOOP("SettingsForms", "&Ký hiệu số văn bản")
    PLACE = QT_TRANSLATE_NOOP("SettingsForms", "Địa &danh trên văn bản")
    ADDRESS = QT_TRANSLATE_NOOP("SettingsForms", "Địa c&hỉ cơ quan")
    ADDRESS_HINT = QT_TRANSLATE_NOOP("SettingsForms", "Số nhà, đường, xã, tỉnh: nơi gửi ghi trên nhãn bưu gửi.")
    PHONE = QT_TRANSLATE_NOOP("SettingsForms", "Đ&iện thoại bộ phận")
    LOOKUP = QT_TRANSLATE_NOOP("SettingsForms", "Địa chỉ t&ra cứu hồ sơ")
    HEAD_NAME = QT_TRANSLATE_NOOP("SettingsForms", "&Người ký văn bản xin lỗi")
    HEAD_TITLE = QT_TRANSLATE_NOOP("SettingsForms", "&Chức vụ người ký")
    CLERK = QT_TRANSLATE_NOOP("SettingsForms", "Cán bộ tiế&p nhận")
    CLERK_HINT = QT_TRANSLATE_NOOP("SettingsForms", "Ghi trong lịch sử hồ sơ và in trên giấy tiếp nhận.")
    RULES_TAB = QT_TRANSLATE_NOOP("SettingsForms", "Quy định")
    CUT_OFF = QT_TRANSLATE_NOOP("SettingsForms", "&Giờ chốt tiếp nhận")
    CUT_OFF_HINT = QT_TRANSLATE_NOOP(
        "SettingsForms", "Dạng 15:00. Nhận sau giờ này tính sang ngày làm việc kế tiếp. Để trống: theo từng thủ tục."
    )
    MAX_MB = QT_TRANSLATE_NOOP("SettingsForms", "&Tệp quét lớn nhất")
    MEGABYTES = QT_TRANSLATE_NOOP("SettingsForms", " MB")
    WHOLE_NUMBER = QT_TRANSLATE_NOOP("SettingsForms", "In đủ &số định danh trong mã QR trên giấy tờ")
    WHOLE_HINT = QT_TRANSLATE_NOOP("SettingsForms", "Bình thường chỉ in bốn số cuối, để bảo vệ dữ liệu cá nhân.")
    LEAD = QT_TRANSLATE_NOOP("SettingsForms", "Gửi văn bản &xin lỗi trước hạn")
    DAYS = QT_TRANSLATE_NOOP("SettingsForms", " ngày làm việc")
    APOLOGIES = QT_TRANSLATE_NOOP("SettingsForms", "Số lần được &hẹn lại")
    TIMES = QT_TRANSLATE_NOOP("SettingsForms", " lần")
    CAP = QT_TRANSLATE_NOOP("SettingsForms", "&Mức gia hạn")
    CAP_FIRST = QT_TRANSLATE_NOOP("SettingsForms", "Không dài hơn thời hạn ban đầu")
    CAP_NONE = QT_TRANSLATE_NOOP("SettingsForms", "Không giới hạn")
    LAW = QT_TRANSLATE_NOOP(
        "SettingsForms", "Nghị định 118/2025/NĐ-CP: xin lỗi chậm nhất một ngày trước khi hết hạn, chỉ hẹn lại một lần."
    )


OFFICE_FIELDS = (
    ("name", Words.NAME),
    ("governing_body", Words.BODY),
    ("desk_name", Words.DESK_NAME),
    ("letter_suffix", Words.SUFFIX),
    ("place", Words.PLACE),
    ("address", Words.ADDRESS),
    ("phone", Words.PHONE),
    ("lookup_url", Words.LOOKUP),
    ("head_name", Words.HEAD_NAME),
    ("head_title", Words.HEAD_TITLE),
)

OFFICE_HINTS = {"address": Words.ADDRESS_HINT}


FIELD_WIDTH = 640


class SettingsForm(QScrollArea):
    """A column of questions with hints; ``edited`` tells of the clerk's changes."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        inside = QWidget(self)
        set_role(inside, "canvas")
        self.form = QFormLayout()
        self.form.setVerticalSpacing(8)
        self.form.setHorizontalSpacing(16)
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(20, 16, 20, 16)
        self.column.addLayout(self.form)
        self.column.addStretch(1)
        self.setWidget(inside)

    def line(self, label: str, hint: str = "") -> QLineEdit:
        """A line of text."""
        field = QLineEdit(self)
        field.textEdited.connect(self.edited)
        self.add(label, field, hint)
        return field

    def number(self, label: str, low: int, high: int, suffix: str) -> QSpinBox:
        """A whole number with its unit."""
        field = QSpinBox(self)
        field.setRange(low, high)
        field.setSuffix(_tr(suffix))
        # The style sheet's padding does not reach the line inside a spin box.
        field.lineEdit().setTextMargins(8, 0, 0, 0)
        field.valueChanged.connect(self.edited)
        self.add(label, field)
        return field

    def tick(self, label: str, hint: str = "") -> QCheckBox:
        """Yes or no."""
        field = QCheckBox(_tr(label), self)
        field.setAccessibleName(field.text().replace("&", ""))
        field.clicked.connect(self.edited)
        self.form.addRow("", self.with_hint(field, hint))
        return field

    def choice(self, label: str, words: dict[Any, str]) -> QComboBox:
        """One of several."""
        field = QComboBox(self)
        for key, text in words.items():
            field.addItem(_tr(text), key)
        field.activated.connect(self.edited)
        self.add(label, field)
        return field

    def add(self, label: str, field: QWidget, hint: str = "") -> QLabel:
        """A question with its label, which is returned, and hint."""
        caption = QLabel(_tr(label), self)
        caption.setBuddy(field)
        field.setAccessibleName(caption.text().replace("&", ""))
        field.setMaximumWidth(FIELD_WIDTH)
        self.form.addRow(caption, self.with_hint(field, hint))
        return caption

    def with_hint(self, field: QWidget, hint: str) -> QWidget | QVBoxLayout:
        """The field with its hint in small letters close below."""
        if not hint:
            return field
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(field)
        column.addWidget(_hint(_tr(hint), self))
        return column

    def note(self, text: str) -> None:
        """A sentence in small letters on a row of its own."""
        self.form.addRow("", _hint(_tr(text), self))

    def load(self, settings: Settings, office: OfficeData) -> None:
        """Show what is in force."""
        raise NotImplementedError

    def changes(self, settings: Settings) -> Settings:
        """The settings with this form's answers."""
        return settings


class OfficeForm(SettingsForm):
    """The office as it is printed, and who sits at the desk."""

    tab = Words.OFFICE_TAB

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code = QLabel(self)
        set_role(self.code, "section")
        self.form.addRow(QLabel(_tr(Words.CODE), self), self.with_hint(self.code, Words.CODE_HINT))
        self.fields = {name: self.line(label, OFFICE_HINTS.get(name, "")) for name, label in OFFICE_FIELDS}
        self.clerk = self.line(Words.CLERK, Words.CLERK_HINT)
        self._office = OfficeData("", "")

    def load(self, settings: Settings, office: OfficeData) -> None:
        self._office = office
        self.code.setText(office.code)
        for name, field in self.fields.items():
            field.setText(getattr(office, name))
        self.clerk.setText(settings.clerk)

    def changes(self, settings: Settings) -> Settings:
        return replace(settings, clerk=nfc(self.clerk.text()) or settings.clerk)

    def office(self) -> OfficeData:
        """The office with the answers of the form."""
        return replace(self._office, **{name: nfc(field.text()) for name, field in self.fields.items()})


class RulesForm(SettingsForm):
    """What the office may decide within the law."""

    tab = Words.RULES_TAB

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cut_off = self.line(Words.CUT_OFF, Words.CUT_OFF_HINT)
        self.max_mb = self.number(Words.MAX_MB, 1, 500, Words.MEGABYTES)
        self.whole_number = self.tick(Words.WHOLE_NUMBER, Words.WHOLE_HINT)
        self.lead = self.number(Words.LEAD, 0, 10, Words.DAYS)
        self.apologies = self.number(Words.APOLOGIES, 0, 5, Words.TIMES)
        self.cap = self.choice(Words.CAP, {"first_limit": Words.CAP_FIRST, "none": Words.CAP_NONE})
        self.note(Words.LAW)

    def load(self, settings: Settings, office: OfficeData) -> None:
        self.cut_off.setText(settings.cut_off)
        self.max_mb.setValue(settings.max_document_mb)
        self.whole_number.setChecked(settings.full_personal_number_in_qr)
        self.lead.setValue(settings.apology.lead_days)
        self.apologies.setValue(settings.apology.max)
        self.cap.setCurrentIndex(self.cap.findData(settings.apology.cap))

    def changes(self, settings: Settings) -> Settings:
        apology = replace(
            settings.apology, lead_days=self.lead.value(), max=self.apologies.value(), cap=str(self.cap.currentData())
        )
        return replace(
            settings,
            cut_off=nfc(self.cut_off.text()),
            max_document_mb=self.max_mb.value(),
            full_personal_number_in_qr=self.whole_number.isChecked(),
            apology=apology,
        )


def _hint(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setWordWrap(True)
    set_role(label, "hint")
    return label


def _tr(text: str) -> str:
    return translate("SettingsForms", text)
