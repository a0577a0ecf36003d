"""What the line, the queue, the data and the program look like, for whoever has to find out what is wrong."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt, Slot, qVersion
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from counter_app.services.diagnosis import Fact, Observed, Section, diagnose, exchange_cells, save_support_file
from counter_app.sync.client import Exchange
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local
from counter_app.ui.plain_table import PlainTable
from counter_app.ui.sync_line_check import Checked, LineCheck
from counter_app.ui.sync_numbers import count_words, size_words
from counter_app.ui.theme import set_role, tone_colours
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

LABEL_WIDTH = 190
OUTCOME_COLUMN = 2
SPLIT = (500, 620)
"""Widths of facts and calls on a clerk's screen; a larger one keeps the ratio."""


class Words:
    """What the tab says around the facts."""

    FACTS = QT_TRANSLATE_NOOP("SyncDiagnosis", "Tình trạng")
    VALUE = QT_TRANSLATE_NOOP("SyncDiagnosis", "Kết quả")
    AT = QT_TRANSLATE_NOOP("SyncDiagnosis", "Lúc")
    CALL = QT_TRANSLATE_NOOP("SyncDiagnosis", "Gọi")
    OUTCOME = QT_TRANSLATE_NOOP("SyncDiagnosis", "Trả lời")
    TOOK = QT_TRANSLATE_NOOP("SyncDiagnosis", "Mất")
    SENT = QT_TRANSLATE_NOOP("SyncDiagnosis", "Gửi đi")
    RECEIVED = QT_TRANSLATE_NOOP("SyncDiagnosis", "Nhận về")
    STATUS = QT_TRANSLATE_NOOP("SyncDiagnosis", "HTTP {status}")
    MILLISECONDS = QT_TRANSLATE_NOOP("SyncDiagnosis", "{count} ms")
    EXCHANGES = QT_TRANSLATE_NOOP("SyncDiagnosis", "Các lần gọi cổng gần đây")
    CHECK = QT_TRANSLATE_NOOP("SyncDiagnosis", "Kiểm tra lại (Ctrl+T)")
    CANCEL = QT_TRANSLATE_NOOP("SyncDiagnosis", "Dừng kiểm tra (Ctrl+T)")
    SAVE = QT_TRANSLATE_NOOP("SyncDiagnosis", "Lưu cho hỗ trợ… (Ctrl+S)")
    SAVE_TITLE = QT_TRANSLATE_NOOP("SyncDiagnosis", "Lưu thông tin cho bộ phận hỗ trợ")
    SAVED = QT_TRANSLATE_NOOP("SyncDiagnosis", "Đã lưu «{name}». Tệp không có thông tin của người dân.")
    CHECKING = QT_TRANSLATE_NOOP("SyncDiagnosis", "Đang kiểm tra đường truyền…")
    HINT = QT_TRANSLATE_NOOP(
        "SyncDiagnosis",
        "Chọn một dòng để đọc trọn. Tệp lưu cho hỗ trợ chỉ có những dòng này, không có thông tin cá nhân.",
    )
    FILE = QT_TRANSLATE_NOOP("SyncDiagnosis", "Văn bản (*.txt)")


TROUBLES = {
    "portal_unreachable": QT_TRANSLATE_NOOP("SyncDiagnosis", "không nối được"),
    "portal_timeout": QT_TRANSLATE_NOOP("SyncDiagnosis", "không trả lời kịp"),
    "portal_cut": QT_TRANSLATE_NOOP("SyncDiagnosis", "đứt giữa chừng"),
    "portal_tls": QT_TRANSLATE_NOOP("SyncDiagnosis", "chứng thư không hợp lệ"),
    "portal_protocol": QT_TRANSLATE_NOOP("SyncDiagnosis", "trả lời sai quy ước"),
}
"""Kinds of trouble in which a call can end without an answer."""


class DiagnosisTab(QWidget):
    """Facts on the left, the newest calls on the right; checked when first shown, and again on demand."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._checked: Checked | None = None
        self._outdated = False
        self._exchanges: tuple[Exchange, ...] | None = None
        self.dialog: QFileDialog | None = None
        self.check = LineCheck(self)
        self.check.done.connect(self._take_check)
        self.check.failed.connect(self._check_failed)
        self._build_facts()
        self._build_calls()
        self._build_buttons()
        self._lay_out()

    def refresh(self) -> None:
        """Read the facts again; the line itself is checked once, then only on demand."""
        if self._checked is None and not self.check.running and self.context.desk.settings.portal.url:
            self.start_check()
        self.context.executor.submit(partial(diagnose, self.context.desk, self._observed()), self._take_facts)
        self._show_calls()

    def focus(self) -> None:
        """Put the keys to the facts."""
        self.facts.setFocus(Qt.FocusReason.OtherFocusReason)

    def closing(self) -> None:
        """The window closes: nothing is waited for."""
        self.check.stop()

    def forget(self) -> None:
        """Other settings: what was found of the old portal does not count any more."""
        self._outdated = self.check.running
        self.check.cancel()
        self._checked = None

    @Slot()
    def start_check(self) -> None:
        """Check the line, in the background."""
        self.check.start(self.context.desk)
        self._show_button()
        self.hint.setText(_tr(Words.CHECKING))

    @Slot()
    def switch_check(self) -> None:
        """Check again, or stop the check under way."""
        if self.check.running:
            self.check.cancel()
        else:
            self.start_check()

    @Slot()
    def ask_where(self) -> None:
        """Ask where the file for the support goes."""
        now = local(self.context.desk.clock())
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        self.dialog = QFileDialog(self, _tr(Words.SAVE_TITLE), str(folder), _tr(Words.FILE))
        self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.dialog.setDefaultSuffix("txt")
        self.dialog.selectFile(f"ho-tro-{now:%Y%m%d-%H%M}.txt")
        self.dialog.fileSelected.connect(self.save)
        self.dialog.open()

    @Slot(str)
    def save(self, name: str) -> None:
        """Write the file for the support."""
        work = partial(save_support_file, self.context.desk, self._observed(), Path(name))
        self.context.executor.submit(work, self._saved)

    def _observed(self) -> Observed:
        sync, checked = self.context.sync, self._checked
        status: Any = None if sync is None else sync.status
        return Observed(
            line=None if checked is None else checked.line,
            password_set=None if checked is None else checked.password_set,
            light="unknown" if status is None else str(status.light),
            paused=status is not None and status.paused,
            last_success_at=None if status is None else status.last_success_at,
            clock_skew=None if sync is None else sync.clock_skew,
            exchanges=() if sync is None else sync.exchanges(),
            versions=(("Qt", str(qVersion())),),
        )

    def _build_facts(self) -> None:
        self.facts = QTreeWidget(self)
        self.facts.setHeaderLabels([_tr(Words.FACTS), _tr(Words.VALUE)])
        self.facts.setAccessibleName(_tr(Words.FACTS))
        self.facts.setRootIsDecorated(False)
        self.facts.setIndentation(10)
        self.facts.setUniformRowHeights(True)
        self.facts.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.facts.header().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.facts.setColumnWidth(0, LABEL_WIDTH)
        self.facts.currentItemChanged.connect(self._show_whole)
        self.hint = QLabel(_tr(Words.HINT), self)
        self.hint.setWordWrap(True)
        self.hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def _build_calls(self) -> None:
        heads = (Words.AT, Words.CALL, Words.OUTCOME, Words.TOOK, Words.SENT, Words.RECEIVED)
        widths = (78, 150, 136, 92, 72, 80)
        self.calls = PlainTable(_tr(Words.EXCHANGES), [_tr(head) for head in heads], widths, 1, self)

    def _build_buttons(self) -> None:
        self.check_button = self._button(Words.CHECK, self.switch_check)
        self.check_button.setShortcut("Ctrl+T")
        self.save_button = self._button(Words.SAVE, self.ask_where)
        self.save_button.setShortcut("Ctrl+S")

    def _button(self, words: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text())
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        right = QWidget(self)
        calls = QVBoxLayout(right)
        calls.setContentsMargins(0, 0, 0, 0)
        caption = QLabel(_tr(Words.EXCHANGES), self)
        set_role(caption, "section")
        calls.addWidget(caption)
        calls.addWidget(self.calls, 1)
        across = QSplitter(Qt.Orientation.Horizontal, self)
        across.addWidget(self.facts)
        across.addWidget(right)
        across.setSizes(list(SPLIT))
        across.setHandleWidth(10)
        across.setChildrenCollapsible(False)
        bottom = QHBoxLayout()
        bottom.addWidget(self.hint, 1)
        bottom.addWidget(self.check_button)
        bottom.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(across, 1)
        layout.addLayout(bottom)

    def _take_facts(self, sections: tuple[Section, ...]) -> None:
        """Show the facts; what was chosen and how far it was scrolled stays."""
        chosen = self._chosen()
        scrolled = self.facts.verticalScrollBar().value()
        self.facts.clear()
        for section in sections:
            head = QTreeWidgetItem([section.title])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = self.facts.font()
            font.setBold(True)
            head.setFont(0, font)
            self.facts.addTopLevelItem(head)
            head.setFirstColumnSpanned(True)
            for fact in section.facts:
                item = _fact_line(fact)
                head.addChild(item)
                if (section.title, fact.label) == chosen:
                    self.facts.setCurrentItem(item)
            head.setExpanded(True)
        self.facts.verticalScrollBar().setValue(scrolled)

    def _chosen(self) -> tuple[str, str]:
        item = self.facts.currentItem()
        head = None if item is None else item.parent()
        return ("", "") if item is None or head is None else (head.text(0), item.text(0))

    def _show_calls(self) -> None:
        """The newest call on top; nothing is done while there is no other."""
        sync = self.context.sync
        exchanges = () if sync is None else sync.exchanges()
        if exchanges == self._exchanges:
            return
        self._exchanges = exchanges
        self.calls.setRowCount(len(exchanges))
        for row, exchange in enumerate(reversed(exchanges)):
            failed = exchange.status is None or exchange.status >= 400
            for column, text in enumerate(_call_cells(exchange)):
                self.calls.put(row, column, text, "late" if failed and column == OUTCOME_COLUMN else "")

    @Slot(object)
    def _take_check(self, checked: Checked) -> None:
        self._checked = None if self._outdated else checked
        self._outdated = False
        self._check_ended()
        self.refresh()

    @Slot(object)
    def _check_failed(self, error: Exception) -> None:
        self._check_ended()
        self.context.show_error(error)

    def _check_ended(self) -> None:
        self._show_button()
        self._show_whole()

    def _show_button(self) -> None:
        words = _tr(Words.CANCEL if self.check.running else Words.CHECK)
        self.check_button.setText(words)
        # A new text takes a button's key away.
        self.check_button.setShortcut("Ctrl+T")
        self.check_button.setAccessibleName(words)

    @Slot()
    def _show_whole(self) -> None:
        item = self.facts.currentItem()
        if self.check.running:
            return
        whole = item is not None and item.parent() is not None
        self.hint.setText(f"{item.text(0)}: {item.text(1)}" if whole and item is not None else _tr(Words.HINT))

    def _saved(self, target: Path) -> None:
        self.context.tell(_tr(Words.SAVED).format(name=target), "success")


def _call_cells(exchange: Exchange) -> tuple[str, ...]:
    """A call for the screen; what it is called and what was wrong come from the list of known words."""
    _at, call, status, _took, _sent, _received, trouble = exchange_cells(exchange)
    outcome = _tr(TROUBLES.get(trouble, trouble)) if trouble else _tr(Words.STATUS).format(status=status)
    return (
        f"{local(exchange.at):%H:%M:%S}",
        call,
        outcome,
        _tr(Words.MILLISECONDS).format(count=count_words(exchange.milliseconds)),
        size_words(exchange.bytes_sent),
        size_words(exchange.bytes_received),
    )


def _fact_line(fact: Fact) -> QTreeWidgetItem:
    item = QTreeWidgetItem([fact.label, fact.value])
    item.setToolTip(1, fact.value)
    if fact.tone:
        foreground, background = tone_colours(fact.tone)
        item.setForeground(1, QBrush(foreground))
        item.setBackground(1, QBrush(background))
    return item


def _tr(text: str) -> str:
    return translate("SyncDiagnosis", text)
