"""The base of all pages, and what a page must do before it acts on a shortcut."""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from counter_app.ui.context import AppContext

PAGE_MARGINS = (16, 10, 16, 10)
"""Left, top, right, bottom: in line with the bar of messages above."""


class Page(QWidget):
    """One screen of the window, made when it is first shown."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    shortcut: ClassVar[str] = ""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setObjectName(self.name)

    def activated(self) -> None:
        """Called each time the page comes to the front: refresh what may be old, focus the first field."""

    def show_dossier(self, code: str) -> None:
        """Called when another page asks this one to show a dossier."""

    def closing(self) -> None:
        """Called once before the window closes: submit what must not be lost."""


def commit_preedit() -> None:
    """Take over what an input method (Telex, Unikey, ibus) still holds, so that ``text()`` is whole."""
    method = QGuiApplication.inputMethod()
    if method is not None:
        method.commit()


def nfc(text: str) -> str:
    """Text as it is saved and compared: composed letters, no spaces around."""
    return unicodedata.normalize("NFC", text).strip()


def shortcut(keys: str, parent: QWidget, what: str) -> QShortcut:
    """A shortcut for ``parent`` and all inside it; ``what`` is shown by assistive tools and in tests."""
    made = QShortcut(QKeySequence(keys), parent)
    made.setObjectName(f"shortcut:{keys}")
    made.setWhatsThis(what)
    return made


def drop_down(button: QPushButton, menu: QMenu) -> None:
    """Let ``button`` open ``menu`` with its first entry chosen: from the keyboard Enter is enough."""
    menu.aboutToShow.connect(partial(_choose_first, menu))
    button.setMenu(menu)


def _choose_first(menu: QMenu) -> None:
    menu.setActiveAction(menu.actions()[0])


def alive(item: QObject | None) -> bool:
    """Whether the Qt side of ``item`` still exists."""
    import shiboken6

    return item is not None and shiboken6.isValid(item)
