"""The left column: the pages with their keys."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QPushButton, QVBoxLayout

from counter_app.ui.theme import icon
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

WIDTH = 184


class Words:
    SEARCH_KEY = QT_TRANSLATE_NOOP("NavigationBar", "Ctrl+K  Tìm hồ sơ")


class NavigationBar(QFrame):
    """One button a page; which is chosen is the window's business."""

    chosen = Signal(str)

    def __init__(self, product: str, office_name: str) -> None:
        super().__init__()
        self.setObjectName("navigation")
        self.setFixedWidth(WIDTH)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QPushButton] = {}
        name = QLabel(product)
        name.setObjectName("product")
        self._office = QLabel(office_name)
        self._office.setObjectName("officeName")
        self._office.setWordWrap(True)
        keys = QLabel(translate("NavigationBar", Words.SEARCH_KEY))
        keys.setObjectName("officeName")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(10, 12, 10, 8)
        self._layout.setSpacing(4)
        self._layout.addWidget(name)
        self._layout.addWidget(self._office)
        self._layout.addStretch(1)
        self._layout.addWidget(keys)

    def add(self, name: str, title: str, keys: str) -> None:
        """Add the button of a page above the stretch."""
        button = QPushButton(f"{title}  {keys}")
        button.setIcon(icon(name))
        button.setIconSize(QSize(22, 22))
        button.setCheckable(True)
        button.setAccessibleName(f"{title} ({keys})")
        button.setObjectName(f"nav:{name}")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        # Reached by its key; Tab belongs to the fields of the page.
        button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        button.clicked.connect(self._clicked)
        self._group.addButton(button)
        self._buttons[name] = button
        self._layout.insertWidget(self._layout.count() - 2, button)

    def mark(self, name: str) -> None:
        """Show which page is in front; none of them for a page without a button."""
        button = self._buttons.get(name)
        if button is not None:
            button.setChecked(True)
            return
        self._group.setExclusive(False)
        for other in self._buttons.values():
            other.setChecked(False)
        self._group.setExclusive(True)

    def set_office(self, name: str) -> None:
        """The office's name under the product's."""
        self._office.setText(name)

    def _clicked(self) -> None:
        for name, button in self._buttons.items():
            if button is self.sender():
                self.chosen.emit(name)
