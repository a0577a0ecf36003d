"""The first start on a machine: which office, which desk; then the shipped catalogue, and the window opens."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from counter_app.errors import CounterError
from counter_app.services.values import OfficeData
from counter_app.settings import PortalSettings, Settings
from counter_app.ui.own_thread import OwnThread
from counter_app.ui.page import commit_preedit, nfc
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

LAST_DESK = 9


class Words:
    TITLE = QT_TRANSLATE_NOOP("FirstRun", "Quầy Một Cửa: mở lần đầu")
    HEAD = QT_TRANSLATE_NOOP("FirstRun", "Khai báo cơ quan và quầy")
    HINT = QT_TRANSLATE_NOOP(
        "FirstRun",
        "Dữ liệu được giữ trong thư mục «{directory}». Các mục khác khai báo sau ở trang Cài đặt (Ctrl+,).",
    )
    CODE = QT_TRANSLATE_NOOP("FirstRun", "&Mã cơ quan")
    CODE_HINT = QT_TRANSLATE_NOOP("FirstRun", "vd. H15.36; không đổi được về sau")
    NAME = QT_TRANSLATE_NOOP("FirstRun", "&Tên cơ quan")
    NAME_HINT = QT_TRANSLATE_NOOP("FirstRun", "vd. UBND xã Ea Kao")
    DESK = QT_TRANSLATE_NOOP("FirstRun", "&Quầy số")
    DESK_HINT = QT_TRANSLATE_NOOP("FirstRun", "Mỗi máy trong cơ quan một số khác nhau, vì số này nằm trong mã hồ sơ.")
    CLERK = QT_TRANSLATE_NOOP("FirstRun", "&Cán bộ tiếp nhận")
    PORTAL = QT_TRANSLATE_NOOP("FirstRun", "Địa chỉ cổn&g")
    PORTAL_HINT = QT_TRANSLATE_NOOP("FirstRun", "Không bắt buộc. vd. https://…")
    USER = QT_TRANSLATE_NOOP("FirstRun", "Tên đăng &nhập cổng")
    START = QT_TRANSLATE_NOOP("FirstRun", "Bắt đầu (Enter)")
    CANCEL = QT_TRANSLATE_NOOP("FirstRun", "Thoát (Esc)")
    WORKING = QT_TRANSLATE_NOOP("FirstRun", "Đang tạo dữ liệu và nạp danh mục thủ tục…")


class FirstRunDialog(QDialog):
    """Accepted once the data directory is ready for use; rejected when the clerk leaves."""

    def __init__(self, directory: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._directory = directory
        self._work = OwnThread("first-run", self)
        self._work.done.connect(self.accept)
        self._work.failed.connect(self._refused)
        self.error: Exception | None = None
        self.setWindowTitle(_tr(Words.TITLE))
        self.setMinimumWidth(620)
        self.fields = QWidget(self)
        self.form = QFormLayout(self.fields)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.code = self._line(Words.CODE, Words.CODE_HINT)
        self.name = self._line(Words.NAME, Words.NAME_HINT)
        self.desk = QSpinBox(self)
        self.desk.setRange(1, LAST_DESK)
        self.desk.lineEdit().setTextMargins(8, 0, 0, 0)
        self._add(Words.DESK, self.desk)
        self.form.addRow("", _hint(_tr(Words.DESK_HINT), self))
        self.clerk = self._line(Words.CLERK)
        self.portal = self._line(Words.PORTAL, Words.PORTAL_HINT)
        self.user = self._line(Words.USER)
        self._lay_out()

    @Slot()
    def begin(self) -> None:
        """Make the data directory, then take in the shipped catalogue."""
        commit_preedit()
        if self._work.running:
            return
        self.problem.hide()
        self._set_working(True)
        self._work.begin(partial(self._make, self._office(), self._settings()))

    def reject(self) -> None:
        """Leaving waits for what has been begun."""
        if not self._work.running:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._work.running:
            event.ignore()
        else:
            super().closeEvent(event)

    def _make(self, office: OfficeData, settings: Settings) -> None:
        from counter_app.services.catalogue import import_starter_catalogue
        from counter_app.services.desk import open_desk
        from counter_app.services.offices import init_desk

        init_desk(self._directory, office, settings)
        desk = open_desk(self._directory)
        try:
            import_starter_catalogue(desk)
        finally:
            desk.close()

    @Slot(object)
    def _refused(self, error: Exception) -> None:
        self._set_working(False)
        if not isinstance(error, CounterError):
            self.error = error
            self.reject()
            return
        self.problem.setText(error.message)
        self.problem.show()
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _office(self) -> OfficeData:
        from counter_app.services.offices import default_place

        name = nfc(self.name.text())
        return OfficeData(nfc(self.code.text()), name, place=default_place(name))

    def _settings(self) -> Settings:
        portal = PortalSettings(url=nfc(self.portal.text()).rstrip("/"), user=nfc(self.user.text()))
        settings = Settings(office=nfc(self.code.text()), desk=self.desk.value(), portal=portal)
        clerk = nfc(self.clerk.text())
        return Settings(office=settings.office, desk=settings.desk, portal=portal, clerk=clerk) if clerk else settings

    def _set_working(self, working: bool) -> None:
        self.fields.setEnabled(not working)
        self.start.setEnabled(not working)
        self.cancel.setEnabled(not working)
        self.progress.setVisible(working)
        self.working.setVisible(working)

    def _line(self, words: str, hint: str = "") -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(_tr(hint))
        self._add(words, field)
        return field

    def _add(self, words: str, field: QWidget) -> None:
        caption = QLabel(_tr(words), self)
        caption.setBuddy(field)
        field.setAccessibleName(caption.text().replace("&", ""))
        self.form.addRow(caption, field)

    def _lay_out(self) -> None:
        head = QLabel(_tr(Words.HEAD), self)
        set_role(head, "title")
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        set_role(self.problem, "inline")
        set_tone(self.problem, "error")
        self.problem.hide()
        self.working = QLabel(_tr(Words.WORKING), self)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(self.working.text())
        self.start = QPushButton(_tr(Words.START), self)
        self.start.setDefault(True)
        set_role(self.start, "primary")
        self.cancel = QPushButton(_tr(Words.CANCEL), self)
        self.cancel.setAutoDefault(False)
        for button, slot in ((self.start, self.begin), (self.cancel, self.reject)):
            button.setAccessibleName(button.text())
            button.clicked.connect(slot)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.start)
        buttons.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(10)
        for part in (head, _hint(_tr(Words.HINT).format(directory=self._directory), self), self.fields):
            column.addWidget(part)
        for part in (self.problem, self.working, self.progress):
            column.addWidget(part)
        column.addLayout(buttons)
        self._set_working(False)


def _hint(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setWordWrap(True)
    set_role(label, "hint")
    return label


def _tr(text: str) -> str:
    return translate("FirstRun", text)
