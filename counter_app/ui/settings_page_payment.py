"""The form of the settings page for the account to which fees are transferred."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from counter_app.services.values import OfficeData
from counter_app.settings import MOST_DAYS_TO_PAY, PaymentSettings, Settings
from counter_app.ui.page import nfc
from counter_app.ui.settings_page_forms import SettingsForm
from counter_app.ui.words import QT_TRANSLATE_NOOP


class Words:
    """Labels and hints of the form; translated with those of the other forms."""

    TAB = QT_TRANSLATE_NOOP("SettingsForms", "Thu phí")
    BANK = QT_TRANSLATE_NOOP("SettingsForms", "&Mã ngân hàng (BIN)")
    BANK_HINT = QT_TRANSLATE_NOOP(
        "SettingsForms", "Sáu chữ số theo NAPAS, ví dụ 970415 (VietinBank), 970405 (Agribank), 970436 (Vietcombank)."
    )
    ACCOUNT = QT_TRANSLATE_NOOP("SettingsForms", "&Số tài khoản nhận phí, lệ phí")
    HOLDER = QT_TRANSLATE_NOOP("SettingsForms", "&Chủ tài khoản")
    BANK_NAME = QT_TRANSLATE_NOOP("SettingsForms", "&Tên ngân hàng")
    BANK_NAME_HINT = QT_TRANSLATE_NOOP("SettingsForms", "In trên thông báo nộp phí, lệ phí.")
    DAYS = QT_TRANSLATE_NOOP("SettingsForms", "&Hạn nộp (0: không ghi hạn)")
    DAYS_UNIT = QT_TRANSLATE_NOOP("SettingsForms", " ngày làm việc")
    HINT = QT_TRANSLATE_NOOP(
        "SettingsForms",
        "Có tài khoản thì màn hình thu phí hiện mã QR chuyển khoản. Hãy chuyển thử một khoản nhỏ sau khi nhập.",
    )


class PaymentForm(SettingsForm):
    """Bank, account and whose it is; how long an applicant has to pay."""

    tab = Words.TAB

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bank = self.line(Words.BANK, Words.BANK_HINT)
        self.bank_name = self.line(Words.BANK_NAME, Words.BANK_NAME_HINT)
        self.account = self.line(Words.ACCOUNT)
        self.holder = self.line(Words.HOLDER)
        self.days = self.number(Words.DAYS, 0, MOST_DAYS_TO_PAY, Words.DAYS_UNIT)
        self.note(Words.HINT)

    def load(self, settings: Settings, office: OfficeData) -> None:
        self.bank.setText(settings.payment.bank_bin)
        self.account.setText(settings.payment.account)
        self.holder.setText(settings.payment.holder)
        self.bank_name.setText(settings.payment.bank_name)
        self.days.setValue(settings.payment.days)

    def changes(self, settings: Settings) -> Settings:
        bank, account = ("".join(field.text().split()) for field in (self.bank, self.account))
        holder, name = nfc(self.holder.text()), nfc(self.bank_name.text())
        return replace(settings, payment=PaymentSettings(bank, account, holder, name, self.days.value()))
