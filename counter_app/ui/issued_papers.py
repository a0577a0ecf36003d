"""The papers that a dossier has besides its latest receipt: a button that opens their list."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from counter_app.services.papers_issued import FORMS, earlier_issues, issued_forms
from counter_app.services.values import DossierView
from counter_app.ui.formatting import local_time
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the button says."""

    OTHERS = QT_TRANSLATE_NOOP("IssuedPapers", "Giấy tờ khác (Ctrl+Shift+P)")
    EARLIER = QT_TRANSLATE_NOOP("IssuedPapers", "In lại &bản đã cấp trước đó")


class IssuedPapersButton(QPushButton):
    """Opens by its key; hidden while a dossier has its receipt alone."""

    form_chosen = Signal(str)
    earlier_chosen = Signal(str, int)
    """A form, and the number of the event that issued the paper."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(translate("IssuedPapers", Words.OTHERS), parent)
        self.setAccessibleName(self.text())
        self.list = QMenu(self)
        self.earlier = QMenu(translate("IssuedPapers", Words.EARLIER), self)
        self.setShortcut("Ctrl+Shift+P")
        self.clicked.connect(self.open_list)
        self.hide()

    def show_dossier(self, view: DossierView) -> None:
        """Offer what this dossier has: the latest of each form, then in a list of their own those before them."""
        self.list.clear()
        self.earlier.clear()
        for number, form in enumerate((one for one in issued_forms(view) if one != "receipt"), 1):
            action = self.list.addAction(f"&{number}. {FORMS[form]}")
            action.setObjectName(form)
            action.triggered.connect(partial(self.form_chosen.emit, form))
        for form, event in earlier_issues(view):
            action = self.earlier.addAction(f"{FORMS[form]} · {local_time(event.at)}")
            action.triggered.connect(partial(self.earlier_chosen.emit, form, event.number))
        if not self.earlier.isEmpty():
            self.list.addMenu(self.earlier)
        self.setVisible(not self.list.isEmpty())

    @Slot()
    def open_list(self) -> None:
        """Show the list below the button; a paper is chosen by its number, or with the arrow keys."""
        self.list.popup(self.mapToGlobal(self.rect().bottomLeft()))
        self.list.setActiveAction(self.list.actions()[0])
