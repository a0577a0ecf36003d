"""All dossiers of the desk: paged from the database, filtered by what the clerk looks for."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from counter_app.rules.lifecycle import Status, label
from counter_app.services.reading import QueueCounts, counts
from counter_app.services.values import QueueFilter
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.day_closing_dialog import DayClosingDialog
from counter_app.ui.dossier_table import DossierTable, DossierTableModel
from counter_app.ui.page import PAGE_MARGINS, Page, nfc, shortcut
from counter_app.ui.queue_page_columns import compact
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

SEARCH_DELAY_MS = 150
"""Typing rests this long before the database is asked."""

REFRESH_MS = 60_000
"""Dossiers fall due while nobody touches the keyboard."""


class Words:
    """What the page says."""

    TITLE = QT_TRANSLATE_NOOP("QueuePage", "Hàng đợi")
    ALL = QT_TRANSLATE_NOOP("QueuePage", "Tất cả")
    OPEN = QT_TRANSLATE_NOOP("QueuePage", "Đang mở: {count}")
    DUE_SOON = QT_TRANSLATE_NOOP("QueuePage", "Sắp đến hạn: {count}")
    OVERDUE = QT_TRANSLATE_NOOP("QueuePage", "Quá hạn: {count}")
    TODAY = QT_TRANSLATE_NOOP("QueuePage", "Tiếp nhận hôm nay: {count}")
    STATUS = QT_TRANSLATE_NOOP("QueuePage", "Trạng t&hái")
    EVERY_STATUS = QT_TRANSLATE_NOOP("QueuePage", "Mọi trạng thái")
    STATUS_COUNT = QT_TRANSLATE_NOOP("QueuePage", "{status} ({count})")
    TEXT = QT_TRANSLATE_NOOP("QueuePage", "&Lọc")
    TEXT_HINT = QT_TRANSLATE_NOOP("QueuePage", "Tên, mã hồ sơ, số định danh, điện thoại (Ctrl+F)")
    ORDER = QT_TRANSLATE_NOOP("QueuePage", "&Sắp xếp")
    NEWEST = QT_TRANSLATE_NOOP("QueuePage", "Mới tiếp nhận trước")
    DUE_FIRST = QT_TRANSLATE_NOOP("QueuePage", "Đến hạn trước")
    SHOWN = QT_TRANSLATE_NOOP("QueuePage", "{count} hồ sơ · Enter: mở hồ sơ")
    NONE = QT_TRANSLATE_NOOP("QueuePage", "Không có hồ sơ nào khớp. Hãy bỏ bớt điều kiện lọc.")
    SEARCH = QT_TRANSLATE_NOOP("QueuePage", "Lọc danh sách")
    CLOSING = QT_TRANSLATE_NOOP("QueuePage", "Chốt thu phí (Alt+5)")


QUEUE_COLUMNS = compact("code", "applicant", "procedure", "due", "left", "status", "portal")
SCOPES = {"open": Words.OPEN, "due_soon": Words.DUE_SOON, "overdue": Words.OVERDUE, "all": Words.ALL}
SCOPE_KEYS = {"open": "Alt+1", "due_soon": "Alt+2", "overdue": "Alt+3", "all": "Alt+4"}


SCOPE_STYLE = "QPushButton:checked { background: #0f2f44; border-color: #0f2f44; color: #ffffff; }"
LATE_STYLE = (
    "QPushButton { color: #9b1c1c; border-color: #d39a9a; font-weight: bold; }"
    "QPushButton:checked { background: #9b1c1c; border-color: #9b1c1c; color: #ffffff; }"
)
"""A number that is pressed down; the late ones in red, with the word beside it."""


class QueuePage(Page):
    """The queue: numbers that are filters, a box to narrow it, and the table."""

    name: ClassVar[str] = "queue"
    title: ClassVar[str] = Words.TITLE
    shortcut: ClassVar[str] = "F3"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._shown_once = False
        self._dialog: DayClosingDialog | None = None
        self._build_scopes()
        self._build_filters()
        self.model = DossierTableModel(context, QUEUE_COLUMNS, parent=self)
        self.model.loaded.connect(self._loaded)
        self.table = DossierTable(self.model, self)
        self.table.opened.connect(context.open_dossier)
        self.footer = QLabel(self)
        set_role(self.footer, "hint")
        self.closing_button = QPushButton(_tr(Words.CLOSING), self)
        self.closing_button.setAccessibleName(self.closing_button.text())
        self.closing_button.setShortcut("Alt+5")
        self.closing_button.clicked.connect(self.close_day)
        below = QHBoxLayout()
        below.addWidget(self.footer, 1)
        below.addWidget(self.closing_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*PAGE_MARGINS)
        layout.addLayout(self.scope_bar)
        layout.addLayout(self.filter_bar)
        layout.addWidget(self.table, 1)
        layout.addLayout(below)
        self.delay = QTimer(self)
        self.delay.setSingleShot(True)
        self.delay.setInterval(SEARCH_DELAY_MS)
        self.delay.timeout.connect(self.apply)
        self.clock = QTimer(self)
        self.clock.setInterval(REFRESH_MS)
        self.clock.timeout.connect(self.refresh)
        context.changed.connect(self._changed)
        find = shortcut("Ctrl+F", self, _tr(Words.SEARCH))
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._to_text)

    def activated(self) -> None:
        self.clock.start()
        self.apply()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def closing(self) -> None:
        self.clock.stop()
        self.delay.stop()

    def queue_filter(self) -> QueueFilter:
        """What the clerk has chosen to see."""
        by_due = self.order.currentData() == "due"
        return QueueFilter(
            scope=self.scope(),
            status=self.status.currentData() or "",
            text=nfc(self.text.text()),
            newest_first=not by_due,
            by="due" if by_due else "received_at",
        )

    def scope(self) -> str:
        """all, open, due_soon or overdue."""
        return next(name for name, button in self.scopes.items() if button.isChecked())

    def show_scope(self, scope: str) -> None:
        """Choose a scope as if its button had been pressed."""
        self.scopes[scope].click()

    @Slot()
    def apply(self) -> None:
        """Ask the database for what is chosen; the numbers follow once the first rows are asked for."""
        self.delay.stop()
        self.model.set_filter(self.queue_filter())

    @Slot()
    def refresh(self) -> None:
        """The same question again."""
        if self.isVisible():
            self.apply()

    @Slot()
    def close_day(self) -> None:
        """Count and close the day's money."""
        self._dialog = DayClosingDialog(self.context, self)
        self._dialog.open()

    def _build_scopes(self) -> None:
        self.scope_bar = QHBoxLayout()
        self.scopes: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for scope in SCOPES:
            button = QPushButton(self)
            button.setCheckable(True)
            button.setStyleSheet(SCOPE_STYLE)
            group.addButton(button)
            self.scopes[scope] = button
            self.scope_bar.addWidget(button)
            keys = shortcut(SCOPE_KEYS[scope], self, scope)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(button.click)
        self.scopes["open"].setChecked(True)
        group.buttonClicked.connect(self._scope_clicked)
        self.today = QLabel(self)
        set_role(self.today, "hint")
        self.scope_bar.addStretch(1)
        self.scope_bar.addWidget(self.today)
        self._show_counts(None)

    def _build_filters(self) -> None:
        self.text = QLineEdit(self)
        self.text.setPlaceholderText(_tr(Words.TEXT_HINT))
        self.text.setClearButtonEnabled(True)
        self.text.textChanged.connect(self._typed)
        self.text.returnPressed.connect(self._to_table)
        self.status = QComboBox(self)
        self.status.addItem(_tr(Words.EVERY_STATUS), "")
        for status in Status:
            self.status.addItem(label(status), status.value)
        self.status.currentIndexChanged.connect(self.apply)
        self.order = QComboBox(self)
        self.order.addItem(_tr(Words.NEWEST), "received_at")
        self.order.addItem(_tr(Words.DUE_FIRST), "due")
        self.order.currentIndexChanged.connect(self.apply)
        self.filter_bar = QHBoxLayout()
        for words, field, stretch in (
            (Words.TEXT, self.text, 1),
            (Words.STATUS, self.status, 0),
            (Words.ORDER, self.order, 0),
        ):
            caption = QLabel(_tr(words), self)
            caption.setBuddy(field)
            field.setAccessibleName(caption.text().replace("&", ""))
            self.filter_bar.addWidget(caption)
            self.filter_bar.addWidget(field, stretch)

    def _take_counts(self, numbers: QueueCounts) -> None:
        self._show_counts(numbers)
        for place in range(1, self.status.count()):
            status = str(self.status.itemData(place))
            count = numbers.by_status.get(status, 0)
            words = _tr(Words.STATUS_COUNT).format(status=label(Status(status)), count=_number(count))
            self.status.setItemText(place, words)

    def _show_counts(self, numbers: QueueCounts | None) -> None:
        shown = (
            {"open": 0, "due_soon": 0, "overdue": 0}
            if numbers is None
            else {"open": numbers.open, "due_soon": numbers.due_soon, "overdue": numbers.overdue}
        )
        for scope, button in self.scopes.items():
            count = "…" if numbers is None else _number(shown.get(scope, 0))
            button.setText(f"{_tr(SCOPES[scope]).format(count=count)} ({SCOPE_KEYS[scope]})")
            button.setAccessibleName(button.text())
        self.scopes["overdue"].setStyleSheet(LATE_STYLE if numbers is not None and numbers.overdue else SCOPE_STYLE)
        self.today.setText("" if numbers is None else _tr(Words.TODAY).format(count=_number(numbers.today)))

    @Slot(QAbstractButton)
    def _scope_clicked(self, _button: QAbstractButton) -> None:
        self.apply()

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self.delay.start()

    @Slot()
    def _to_table(self) -> None:
        self.apply()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _to_text(self) -> None:
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()

    @Slot(int)
    def _loaded(self, count: int) -> None:
        self.footer.setText(_tr(Words.SHOWN).format(count=_number(count)) if count else _tr(Words.NONE))
        if count and not self.table.currentIndex().isValid():
            self.table.selectRow(0)
        self.context.executor.submit(partial(counts, self.context.desk), self._take_counts)

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if changed.kinds & {"dossier", "outbox"}:
            self.refresh()


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _tr(text: str) -> str:
    return translate("QueuePage", text)
