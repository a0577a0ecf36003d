"""The window: navigation on the left, search and the line's light on top, one page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from counter_app.ui.context import AppContext
from counter_app.ui.errors import BugReporter
from counter_app.ui.message_bar import MessageBar
from counter_app.ui.navigation import NavigationBar
from counter_app.ui.page import Page, commit_preedit
from counter_app.ui.scan_light import ScanLight
from counter_app.ui.search_box import SearchBox
from counter_app.ui.signing_unlock import SigningLight
from counter_app.ui.sync_light import SyncLight
from counter_app.ui.theme import icon
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    PRODUCT = QT_TRANSLATE_NOOP("MainWindow", "Quầy Một Cửa")
    INTAKE = QT_TRANSLATE_NOOP("MainWindow", "Tiếp nhận")
    QUEUE = QT_TRANSLATE_NOOP("MainWindow", "Hàng đợi")
    RETURN = QT_TRANSLATE_NOOP("MainWindow", "Trả kết quả")
    HANDOVER = QT_TRANSLATE_NOOP("MainWindow", "Bàn giao")
    OVERDUE = QT_TRANSLATE_NOOP("MainWindow", "Quá hạn")
    SCAN = QT_TRANSLATE_NOOP("MainWindow", "Quét")
    REPORTS = QT_TRANSLATE_NOOP("MainWindow", "Báo cáo")
    DIGITISING = QT_TRANSLATE_NOOP("MainWindow", "Số hóa")
    SYNC = QT_TRANSLATE_NOOP("MainWindow", "Đồng bộ")
    SETTINGS = QT_TRANSLATE_NOOP("MainWindow", "Cài đặt")
    DOSSIER = QT_TRANSLATE_NOOP("MainWindow", "Hồ sơ")
    SEARCH = QT_TRANSLATE_NOOP("MainWindow", "Tìm hồ sơ")


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page as it is listed before its module is imported. Without keys it is not in the navigation."""

    name: str
    module: str
    class_name: str
    title: str
    keys: str = ""


PAGES = (
    PageEntry("intake", "counter_app.ui.intake.page", "IntakePage", Words.INTAKE, "F2"),
    PageEntry("queue", "counter_app.ui.queue_page", "QueuePage", Words.QUEUE, "F3"),
    PageEntry("return", "counter_app.ui.return_page", "ReturnPage", Words.RETURN, "F4"),
    PageEntry("handover", "counter_app.ui.handover_page", "HandoverPage", Words.HANDOVER, "F10"),
    PageEntry("overdue", "counter_app.ui.overdue_page", "OverduePage", Words.OVERDUE, "F6"),
    PageEntry("scan", "counter_app.ui.scan_page", "ScanPage", Words.SCAN, "F11"),
    PageEntry("reports", "counter_app.ui.reports_page", "ReportsPage", Words.REPORTS, "F8"),
    PageEntry("digitising", "counter_app.ui.digitising_page", "DigitisingPage", Words.DIGITISING, "F7"),
    PageEntry("sync", "counter_app.ui.sync_page", "SyncPage", Words.SYNC, "F9"),
    PageEntry("settings", "counter_app.ui.settings_page", "SettingsPage", Words.SETTINGS, "Ctrl+,"),
    PageEntry("dossier", "counter_app.ui.dossier_page", "DossierPage", Words.DOSSIER),
)
"""All pages; the order of the navigation."""


FRAME = 40
"""Height of what the system draws around a window, in pixels; 31 on Windows."""


class MainWindow(QMainWindow):
    """Shows one page at a time; a page is made when it is first asked for."""

    closed = Signal()
    page_shown = Signal(str)

    def __init__(self, context: AppContext, *, office_name: str = "", start_page: str = "intake") -> None:
        super().__init__()
        self.context = context
        self._entries = {entry.name: entry for entry in PAGES}
        self._pages: dict[str, Page] = {}
        self._current = ""
        self._start_page = start_page
        self.setWindowTitle(translate("MainWindow", Words.PRODUCT))
        self.setWindowIcon(icon("app"))
        self.setMinimumSize(QSize(1100, 640))
        self.resize(1366, 768)
        self.reporter = BugReporter(self)
        self.navigation = NavigationBar(translate("MainWindow", Words.PRODUCT), office_name)
        self.search_box = SearchBox(context)
        self.light = SyncLight(context)
        self.scan_light = ScanLight(context)
        self.signing_light = SigningLight(context)
        self.message_bar = MessageBar()
        self._title = QLabel()
        self._stack = QStackedWidget()
        self._lay_out()
        self._actions = [self._page_action(entry) for entry in PAGES if entry.keys]
        self._search_action = self._action(Words.SEARCH, "Ctrl+K")
        self._search_action.triggered.connect(self.search_box.take_focus)
        self._connect()

    def fit_screen(self) -> None:
        """Take the whole screen where there is no room for the frame as well: no button lies below its edge."""
        room = self.screen().availableGeometry().size()
        if self.width() > room.width() or self.height() + FRAME > room.height():
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def page(self, name: str) -> Page:
        """The page, made now if need be."""
        made = self._pages.get(name)
        if made is None:
            entry = self._entries[name]
            made = getattr(import_module(entry.module), entry.class_name)(self.context)
            self._pages[name] = made
            self._stack.addWidget(made)
        return made

    @property
    def current_page(self) -> str:
        """Name of the page in front."""
        return self._current

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""
        commit_preedit()
        page = self.page(name)
        self._current = name
        self._stack.setCurrentWidget(page)
        self._title.setText(translate("MainWindow", self._entries[name].title))
        self.navigation.mark(name)
        page.activated()
        self.page_shown.emit(name)

    def show_dossier(self, code: str) -> None:
        """Bring one dossier to the front."""
        self.page("dossier").show_dossier(code)
        self.show_page("dossier")

    def show_return(self, code: str) -> None:
        """Bring the return page to the front, for this dossier."""
        page: Any = self.page("return")
        self.show_page("return")
        page.show_dossier(code)

    def show_scan(self, code: str, component: str, result: str) -> None:
        """Bring the page of scanning to the front, for this paper of this dossier."""
        page: Any = self.page("scan")
        page.aim(code, component, result)
        self.show_page("scan")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._current:
            self.show_page(self._start_page)

    def closeEvent(self, event: QCloseEvent) -> None:
        commit_preedit()
        for page in self._pages.values():
            page.closing()
        super().closeEvent(event)
        if event.isAccepted():
            self.closed.emit()

    def _connect(self) -> None:
        self.search_box.opened.connect(self.show_dossier)
        self.navigation.chosen.connect(self.show_page)
        self.light.clicked.connect(self._show_sync)
        self.context.open_dossier.connect(self.show_dossier)
        self.context.open_return.connect(self.show_return)
        self.context.open_page.connect(self.show_page)
        self.context.open_scan.connect(self.show_scan)
        self.context.message.connect(self.message_bar.show_message)
        self.context.bug.connect(self.reporter.report)

    def _show_sync(self) -> None:
        self.show_page("sync")

    def _page_action(self, entry: PageEntry) -> QAction:
        action = self._action(entry.title, entry.keys)
        action.setData(entry.name)
        action.triggered.connect(self._page_asked)
        self.navigation.add(entry.name, translate("MainWindow", entry.title), entry.keys)
        return action

    def _action(self, words: str, keys: str) -> QAction:
        action = QAction(translate("MainWindow", words), self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.addAction(action)
        return action

    def _page_asked(self) -> None:
        sender: Any = self.sender()
        self.show_page(str(sender.data()))

    def _lay_out(self) -> None:
        top = QFrame()
        top.setObjectName("topBar")
        self._title.setObjectName("pageTitle")
        self._title.setMinimumWidth(150)
        bar = QHBoxLayout(top)
        bar.setContentsMargins(16, 8, 16, 8)
        bar.setSpacing(16)
        bar.addWidget(self._title)
        bar.addWidget(self.search_box, 1)
        bar.addWidget(self.scan_light)
        bar.addWidget(self.signing_light)
        bar.addWidget(self.light)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(top)
        right.addWidget(self.message_bar)
        right.addWidget(self._stack, 1)
        body = QWidget()
        across = QHBoxLayout(body)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.navigation)
        across.addLayout(right, 1)
        self.setCentralWidget(body)
