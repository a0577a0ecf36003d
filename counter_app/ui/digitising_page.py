"""Digitising: what is to be scanned, the rate, the rules, and older results."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from counter_app.services.digitising_refresh import refresh_some
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.digitising_backlog import BacklogPanel
from counter_app.ui.digitising_rate import RatePanel
from counter_app.ui.digitising_rules import RulesPanel
from counter_app.ui.digitising_todo import TodoPanel
from counter_app.ui.page import PAGE_MARGINS, Page, shortcut
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

CHOSEN_STYLE = "QPushButton:checked { background: #0f2f44; border-color: #0f2f44; color: #ffffff; }"
CHANGES_TOGETHER_MS = 400
"""A batch of scans that are attached one after the other is counted once."""

Panel = TodoPanel | RatePanel | RulesPanel | BacklogPanel


class Words:
    """What the page says."""

    TITLE = QT_TRANSLATE_NOOP("DigitisingPage", "Số hóa")
    TODO = QT_TRANSLATE_NOOP("DigitisingPage", "Cần quét (Alt+1)")
    RATE = QT_TRANSLATE_NOOP("DigitisingPage", "Tỷ lệ (Alt+2)")
    RULES = QT_TRANSLATE_NOOP("DigitisingPage", "Quy tắc (Alt+3)")
    BACKLOG = QT_TRANSLATE_NOOP("DigitisingPage", "Kết quả cũ (Alt+4)")
    COUNTING = QT_TRANSLATE_NOOP("DigitisingPage", "Đang tính lại hồ sơ mới thay đổi…")
    FIND = QT_TRANSLATE_NOOP("DigitisingPage", "Lọc, tìm trong trang")


class DigitisingPage(Page):
    """Four views, one in front. Dossiers that moved on are worked out in slices while the window stays free."""

    name: ClassVar[str] = "digitising"
    title: ClassVar[str] = Words.TITLE
    shortcut: ClassVar[str] = "F7"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._working = False
        self._again = False
        self.todo, self.rate = TodoPanel(context, self), RatePanel(context, self)
        self.rules, self.backlog = RulesPanel(context, self), BacklogPanel(context, self)
        self.views = QStackedWidget(self)
        self.panels: dict[str, Panel] = {
            Words.TODO: self.todo,
            Words.RATE: self.rate,
            Words.RULES: self.rules,
            Words.BACKLOG: self.backlog,
        }
        self._build_bar()
        for panel in self.panels.values():
            self.views.addWidget(panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*PAGE_MARGINS)
        layout.addLayout(self.bar)
        layout.addWidget(self.views, 1)
        self.together = QTimer(self)
        self.together.setSingleShot(True)
        self.together.setInterval(CHANGES_TOGETHER_MS)
        self.together.timeout.connect(self.refresh)
        find = shortcut("Ctrl+F", self, _tr(Words.FIND))
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find)
        self.todo.scan_requested.connect(context.open_scan)
        context.changed.connect(self._changed)

    @property
    def panel(self) -> Panel:
        """The view in front."""
        return next(panel for words, panel in self.panels.items() if self.buttons[words].isChecked())

    def activated(self) -> None:
        self.panel.refresh()
        self.panel.take_focus()
        self.refresh()

    def closing(self) -> None:
        self.together.stop()
        self.backlog.end()

    @Slot()
    def refresh(self) -> None:
        """Work out the dossiers that have moved on since, then read the view in front again."""
        self.together.stop()
        if self._working:
            self._again = True
            return
        self._working = True
        self.context.executor.submit(partial(refresh_some, self.context.desk), self._slice_done, self._failed)

    def _build_bar(self) -> None:
        self.bar = QHBoxLayout()
        self.buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for place, words in enumerate(self.panels, 1):
            button = QPushButton(_tr(words), self)
            button.setCheckable(True)
            button.setAccessibleName(button.text())
            button.setStyleSheet(CHOSEN_STYLE)
            group.addButton(button)
            self.buttons[words] = button
            self.bar.addWidget(button)
            keys = shortcut(f"Alt+{place}", self, _tr(words))
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(button.click)
        self.buttons[Words.TODO].setChecked(True)
        group.buttonClicked.connect(self._view_chosen)
        self.state = QLabel(self)
        set_role(self.state, "hint")
        self.bar.addStretch(1)
        self.bar.addWidget(self.state)

    @Slot()
    def _view_chosen(self) -> None:
        self.views.setCurrentWidget(self.panel)
        self.panel.refresh()
        self.panel.take_focus()

    @Slot()
    def _find(self) -> None:
        self.panel.look_for()

    def _slice_done(self, after: int | None) -> None:
        if after is not None:
            self.state.setText(_tr(Words.COUNTING))
            work = partial(refresh_some, self.context.desk, after)
            self.context.executor.submit(work, self._slice_done, self._failed)
            return
        self._working = False
        self.state.setText("")
        if self._again:
            self._again = False
            self.refresh()
        elif self.panel in (self.todo, self.rate):
            self.panel.refresh()

    def _failed(self, error: Exception) -> None:
        self._working = self._again = False
        self.state.setText("")
        self.context.show_error(error)

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if not self.isVisible() or not changed.kinds & {"dossier", "digitising", "catalogue"}:
            return
        if self.panel is self.rules and changed.kinds & {"digitising", "catalogue"}:
            self.rules.refresh()
        self.together.start()


def _tr(text: str) -> str:
    return translate("DigitisingPage", text)
