"""Where the portal is, of which kind, and how to sign in there; tried out before it is saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from counter_app.errors import CounterError
from counter_app.services.values import OfficeData
from counter_app.settings import Settings
from counter_app.ui.connection_trial import ConnectionTrial
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_date
from counter_app.ui.page import commit_preedit, nfc
from counter_app.ui.settings_page_forms import FIELD_WIDTH, SettingsForm
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.portal_check import BundleFacts, Connection


class Words:
    """Labels, hints, and what a trial brought."""

    TAB = QT_TRANSLATE_NOOP("SettingsPortal", "Cổng dịch vụ công")
    PROFILE = QT_TRANSLATE_NOOP("SettingsPortal", "&Loại cổng")
    PROFILE_1 = QT_TRANSLATE_NOOP("SettingsPortal", "Cổng tỉnh (liên thông hồ sơ một cửa)")
    PROFILE_2 = QT_TRANSLATE_NOOP("SettingsPortal", "Cổng quốc gia (giao diện kết nối mới)")
    URL = QT_TRANSLATE_NOOP("SettingsPortal", "Địa &chỉ cổng")
    URL_HINT = QT_TRANSLATE_NOOP(
        "SettingsPortal", "Bắt đầu bằng https://. Để trống: không gửi, hồ sơ giữ lại ở máy này."
    )
    USER = QT_TRANSLATE_NOOP("SettingsPortal", "&Tên đăng nhập")
    CLIENT = QT_TRANSLATE_NOOP("SettingsPortal", "Mã ứng dụng (clien&t_id)")
    PASSWORD = QT_TRANSLATE_NOOP("SettingsPortal", "&Mật khẩu")
    CLIENT_SECRET = QT_TRANSLATE_NOOP("SettingsPortal", "Khóa bí &mật (client_secret)")
    PASSWORD_HINT = QT_TRANSLATE_NOOP(
        "SettingsPortal", "Cất trong kho mật khẩu của máy, không ghi vào tệp. Để trống nếu không đổi."
    )
    UNIT = QT_TRANSLATE_NOOP("SettingsPortal", "Mã đơ&n vị trên cổng")
    UNIT_HINT = QT_TRANSLATE_NOOP("SettingsPortal", "Để trống nếu giống mã cơ quan.")
    BUNDLE = QT_TRANSLATE_NOOP("SettingsPortal", "Tệp chứng t&hư riêng")
    BUNDLE_HINT = QT_TRANSLATE_NOOP("SettingsPortal", "Chỉ khi cổng dùng chứng thư nội bộ: tệp .pem do quản trị cấp.")
    CHOOSE = QT_TRANSLATE_NOOP("SettingsPortal", "Chọn tệ&p…")
    CHOOSE_TITLE = QT_TRANSLATE_NOOP("SettingsPortal", "Chọn tệp chứng thư gốc")
    BUNDLE_FILES = QT_TRANSLATE_NOOP("SettingsPortal", "Tệp chứng thư (*.pem *.crt *.cer)")
    ALL_FILES = QT_TRANSLATE_NOOP("SettingsPortal", "Mọi tệp (*)")
    BUNDLE_GOOD = QT_TRANSLATE_NOOP("SettingsPortal", "Đọc được chứng thư: {names}; dùng đến {day}.")
    INTERVAL = QT_TRANSLATE_NOOP("SettingsPortal", "Hỏi cổn&g mỗi")
    SECONDS = QT_TRANSLATE_NOOP("SettingsPortal", " giây")
    TRY = QT_TRANSLATE_NOOP("SettingsPortal", "Thử &kết nối")
    TRYING = QT_TRANSLATE_NOOP("SettingsPortal", "Đang thử đăng nhập cổng…")
    GOOD = QT_TRANSLATE_NOOP("SettingsPortal", "Kết nối tốt: cổng đã nhận thông tin đăng nhập. Bấm Lưu để dùng.")
    GOOD_BUT_CLOCK = QT_TRANSLATE_NOOP(
        "SettingsPortal",
        "Cổng đã nhận thông tin đăng nhập, nhưng đồng hồ máy lệch {minutes} phút so với cổng. Chỉnh lại ngày giờ.",
    )
    NO_ADDRESS = QT_TRANSLATE_NOOP("SettingsPortal", "Hãy nhập địa chỉ cổng rồi thử kết nối.")
    AT_ONCE = QT_TRANSLATE_NOOP("SettingsPortal", "Thay đổi về cổng có hiệu lực ngay khi lưu.")


CLOCK_MINUTES = 5
"""A clock that is further off is worth a word (design, section 6)."""


class PortalForm(SettingsForm):
    """The settings of the portal, with a check of the certificate file and a trial of the whole."""

    tab = Words.TAB

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._files: QFileDialog | None = None
        self._settings = context.desk.settings
        self.profile = self.choice(Words.PROFILE, {1: Words.PROFILE_1, 2: Words.PROFILE_2})
        self.profile.activated.connect(self._name_credentials)
        self.url = self.line(Words.URL, Words.URL_HINT)
        self.user = QLineEdit(self)
        self.user.textEdited.connect(self.edited)
        self._user_caption = self.add(Words.USER, self.user)
        self.password = QLineEdit(self)
        self.password.textEdited.connect(self.edited)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self._password_caption = self.add(Words.PASSWORD, self.password, Words.PASSWORD_HINT)
        self.unit = self.line(Words.UNIT, Words.UNIT_HINT)
        self._add_bundle()
        self.interval = self.number(Words.INTERVAL, 5, 3600, Words.SECONDS)
        self._add_trial()
        self.note(Words.AT_ONCE)

    def _add_bundle(self) -> None:
        self.bundle = QLineEdit(self)
        self.bundle.textEdited.connect(self.edited)
        self.bundle.editingFinished.connect(self.check_bundle)
        self.choose_button = QPushButton(_tr(Words.CHOOSE), self)
        self.choose_button.setAccessibleName(_tr(Words.CHOOSE_TITLE))
        self.choose_button.clicked.connect(self.choose_bundle)
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.bundle, 1)
        layout.addWidget(self.choose_button)
        caption = self.add(Words.BUNDLE, row, Words.BUNDLE_HINT)
        caption.setBuddy(self.bundle)
        self.bundle.setAccessibleName(caption.text().replace("&", ""))
        self.bundle_words = self._answer()

    def _add_trial(self) -> None:
        self.trial = ConnectionTrial(self)
        self.trial.done.connect(self._connected)
        self.trial.failed.connect(self._not_connected)
        self.try_button = QPushButton(_tr(Words.TRY), self)
        self.try_button.setAccessibleName(self.try_button.text().replace("&", ""))
        self.try_button.clicked.connect(self.try_connection)
        row = QHBoxLayout()
        row.addWidget(self.try_button)
        row.addStretch(1)
        self.form.addRow("", row)
        self.trial_words = self._answer()

    def _answer(self) -> QLabel:
        """A line for what a check has found; not there before."""
        label = QLabel(self)
        label.setWordWrap(True)
        label.setMaximumWidth(FIELD_WIDTH)
        set_role(label, "inline")
        self.form.addRow("", label)
        self.form.setRowVisible(label, False)
        return label

    def _say(self, label: QLabel, words: str, tone: str) -> None:
        label.setText(words)
        set_tone(label, tone)
        self.form.setRowVisible(label, bool(words))

    def load(self, settings: Settings, office: OfficeData) -> None:
        self._settings = settings
        portal = settings.portal
        self.profile.setCurrentIndex(self.profile.findData(portal.profile))
        self.url.setText(portal.url)
        self.user.setText(portal.user)
        self.unit.setText(portal.unit)
        self.bundle.setText(portal.ca_bundle)
        self.interval.setValue(portal.interval_seconds)
        self.password.clear()
        self._name_credentials()
        self._say(self.trial_words, "", "info")
        self.check_bundle()

    def changes(self, settings: Settings) -> Settings:
        portal = replace(
            settings.portal,
            profile=int(self.profile.currentData()),
            url=nfc(self.url.text()),
            user=nfc(self.user.text()),
            unit=nfc(self.unit.text()),
            ca_bundle=nfc(self.bundle.text()),
            interval_seconds=self.interval.value(),
        )
        return replace(settings, portal=portal)

    @Slot()
    def _name_credentials(self) -> None:
        """Each kind of portal has its own words for who we are."""
        first = self.profile.currentData() == 1
        for caption, field, words in (
            (self._user_caption, self.user, Words.USER if first else Words.CLIENT),
            (self._password_caption, self.password, Words.PASSWORD if first else Words.CLIENT_SECRET),
        ):
            caption.setText(_tr(words))
            field.setAccessibleName(caption.text().replace("&", ""))

    @Slot()
    def choose_bundle(self) -> None:
        """Ask for the file of certificates."""
        self._files = QFileDialog(self, _tr(Words.CHOOSE_TITLE))
        self._files.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._files.setNameFilters([_tr(Words.BUNDLE_FILES), _tr(Words.ALL_FILES)])
        self._files.fileSelected.connect(self.take_bundle)
        self._files.open()

    @Slot(str)
    def take_bundle(self, name: str) -> None:
        """Put a chosen file in and say what it is."""
        self.bundle.setText(name)
        self.edited.emit()
        self.check_bundle()

    @Slot()
    def check_bundle(self) -> None:
        """Say whose certificates the file has, or what is wrong with it."""
        name = nfc(self.bundle.text())
        if not name:
            self._say(self.bundle_words, "", "info")
            return
        work = partial(_read_bundle, Path(name), self.context.desk.clock())
        self.context.executor.submit(work, self._bundle_read, self._bundle_refused)

    def _bundle_read(self, facts: BundleFacts) -> None:
        words = _tr(Words.BUNDLE_GOOD).format(names=", ".join(facts.names), day=local_date(facts.ends_at))
        self._say(self.bundle_words, words, "success")

    def _bundle_refused(self, error: Exception) -> None:
        if isinstance(error, CounterError):
            self._say(self.bundle_words, error.message, "error")
        else:
            self.context.show_error(error)

    @Slot()
    def try_connection(self) -> None:
        """Sign in with what is on the screen, saved or not."""
        commit_preedit()
        if not nfc(self.url.text()):
            self._say(self.trial_words, _tr(Words.NO_ADDRESS), "error")
            return
        self.try_button.setEnabled(False)
        self._say(self.trial_words, _tr(Words.TRYING), "info")
        self.trial.start(self.context.desk, self.changes(self._settings), self.password.text())

    @Slot(object)
    def _connected(self, found: Connection) -> None:
        self.try_button.setEnabled(True)
        minutes = abs(found.clock_minutes)
        if minutes > CLOCK_MINUTES:
            self._say(self.trial_words, _tr(Words.GOOD_BUT_CLOCK).format(minutes=minutes), "warning")
        else:
            self._say(self.trial_words, _tr(Words.GOOD), "success")

    @Slot(object)
    def _not_connected(self, error: Exception) -> None:
        self.try_button.setEnabled(True)
        if isinstance(error, CounterError):
            self._say(self.trial_words, error.message, "error")
        else:
            self._say(self.trial_words, "", "info")
            self.context.show_error(error)


def _read_bundle(path: Path, now: datetime) -> BundleFacts:
    from counter_app.services.portal_check import read_ca_bundle

    return read_ca_bundle(path, now)


def _tr(text: str) -> str:
    return translate("SettingsPortal", text)
