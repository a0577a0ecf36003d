"""What goes to the portal: the line, what waits, what needs a hand, and when it last worked. Never a modal box."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import Any, ClassVar

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from counter_app.services.outbox import OutboxLoad, outbox_load
from counter_app.ui.clash_panel import ClashPanel
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.page import PAGE_MARGINS, Page
from counter_app.ui.reconcile_panel import ReconcilePanel
from counter_app.ui.sync_diagnosis_tab import DiagnosisTab
from counter_app.ui.sync_head import SyncHead
from counter_app.ui.sync_history_tab import HistoryTab
from counter_app.ui.sync_numbers import count_words
from counter_app.ui.sync_outbox_tab import OutboxTab
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

GATHER_MS = 200
"""The worker tells of every call; the tables are read again at most this often."""
GATHER_SENDING_MS = 1000
"""While something is being sent."""
REST = 10
"""After a reading that took its time there is a pause so many times as long: others use the worker too."""


class Words:
    """What the page says beside its tabs."""

    TITLE = QT_TRANSLATE_NOOP("SyncPage", "Đồng bộ")
    OUTBOX = QT_TRANSLATE_NOOP("SyncPage", "Chờ gửi và cần xử lý")
    HISTORY = QT_TRANSLATE_NOOP("SyncPage", "Lịch sử")
    DIAGNOSIS = QT_TRANSLATE_NOOP("SyncPage", "Chẩn đoán")
    BADGE = QT_TRANSLATE_NOOP("SyncPage", "{title} ({count})")


class SyncPage(Page):
    """The head, and one tab for each thing that a clerk asks of the sync."""

    name: ClassVar[str] = "sync"
    title: ClassVar[str] = Words.TITLE
    shortcut: ClassVar[str] = "F9"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.head = SyncHead(context, self)
        self.outbox = OutboxTab(context, self)
        self.history = HistoryTab(context, self)
        self.diagnosis = DiagnosisTab(context, self)
        self.clashes = ClashPanel(context, self)
        self.reconcile = ReconcilePanel(context, self)
        self.tabs = QTabWidget(self)
        self.tabs.tabBar().setAccessibleName(_tr(Words.TITLE))
        self._titles: dict[QWidget, str] = {}
        self._add_tab(self.outbox, _tr(Words.OUTBOX))
        self._add_tab(self.history, _tr(Words.HISTORY))
        self._add_tab(self.clashes, translate("ClashPanel", self.clashes.title))
        self._add_tab(self.reconcile, translate("ReconcilePanel", self.reconcile.title))
        self._add_tab(self.diagnosis, _tr(Words.DIAGNOSIS))
        self.clashes.open_count.connect(self._clashes_counted)
        self.reconcile.open_changed.connect(self._differences_counted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*PAGE_MARGINS)
        layout.addWidget(self.head)
        layout.addWidget(self.tabs, 1)
        self._again = False
        self._reading = False
        self._asked = 0.0
        self.gather = QTimer(self)
        self.gather.setSingleShot(True)
        self.gather.timeout.connect(self._gathered)
        self.tabs.currentChanged.connect(self._tab_changed)
        context.changed.connect(self._changed)
        context.sync_status.connect(self.show_status)
        self.show_status(None if context.sync is None else context.sync.status)

    def activated(self) -> None:
        self.refresh()
        # These two have a number in their caption that a clerk must see from any tab.
        self.clashes.refresh()
        self.reconcile.refresh()
        self._focus_tab()

    def closing(self) -> None:
        self.gather.stop()
        self.outbox.closing()
        self.diagnosis.closing()
        self.reconcile.closing()

    @Slot()
    def refresh(self) -> None:
        """Read the numbers and what the tab in front shows again; not more often than the gathering allows.

        Clashes and reconciliation read their own when they are told of something new.
        """
        if self.gather.isActive() or self._reading:
            self._again = True
            return
        self._again, self._reading = False, True
        self._asked = monotonic()
        self.context.executor.submit(partial(outbox_load, self.context.desk), self._take_load, self._not_read)
        tab = self.tabs.currentWidget()
        # A pass is in the history when it is over.
        if tab in (self.outbox, self.diagnosis) or (tab is self.history and not self.head.sending):
            self._refresh_tab()

    @Slot(object)
    def show_status(self, status: Any) -> None:
        """Show the syncer's snapshot; None where no portal is set."""
        self.head.show_status(status)
        self.outbox.set_paused(self.head.paused)
        if self.isVisible():
            self.refresh()

    def _add_tab(self, tab: QWidget, title: str) -> None:
        self._titles[tab] = title
        self.tabs.addTab(tab, "")
        self._show_badge(tab, 0)

    def _show_badge(self, tab: QWidget, count: int) -> None:
        """The caption of a tab: its key, its title, and how much in it asks for a person."""
        place = self.tabs.indexOf(tab)
        title = self._titles[tab]
        caption = _tr(Words.BADGE).format(title=title, count=count_words(count)) if count else title
        self.tabs.setTabText(place, f"&{place + 1} {caption}")
        self.tabs.setTabToolTip(place, f"Alt+{place + 1}")

    def _refresh_tab(self) -> None:
        tab: Any = self.tabs.currentWidget()
        tab.refresh()

    def _focus_tab(self) -> None:
        tab: Any = self.tabs.currentWidget()
        tab.focus()

    def _take_load(self, load: OutboxLoad) -> None:
        self._rest()
        self.head.show_load(load)
        self.outbox.show_attention(load.needs_attention)
        self._show_badge(self.outbox, load.needs_attention)

    def _not_read(self, error: Exception) -> None:
        self._rest()
        self.context.show_error(error)

    @Slot(int)
    def _clashes_counted(self, count: int) -> None:
        self._show_badge(self.clashes, count)

    @Slot(int)
    def _differences_counted(self, count: int) -> None:
        self._show_badge(self.reconcile, count)

    def _rest(self) -> None:
        """What was read is there: the next reading comes after a pause."""
        self._reading = False
        took = (monotonic() - self._asked) * 1000
        self.gather.start(max(GATHER_SENDING_MS if self.head.sending else GATHER_MS, round(REST * took)))

    @Slot()
    def _gathered(self) -> None:
        if self._again and self.isVisible():
            self.refresh()

    @Slot(int)
    def _tab_changed(self, _place: int) -> None:
        self._refresh_tab()

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if "settings" in changed.kinds:
            self.diagnosis.forget()
            if self.context.sync is None and not self.context.desk.settings.portal.url:
                self.show_status(None)
        if self.isVisible() and changed.kinds & {"outbox", "dossier"}:
            self.refresh()


def _tr(text: str) -> str:
    return translate("SyncPage", text)
