"""The field for an article of law: those that the office has used are offered, any other may be typed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from counter_app.services.endings import OPEN_PLACE, kept_grounds
from counter_app.ui.context import AppContext
from counter_app.ui.page import alive, nfc
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the field says."""

    LABEL = QT_TRANSLATE_NOOP("LawBox", "Đ&iều luật áp dụng")
    HINT = QT_TRANSLATE_NOOP("LawBox", "Chọn điều đã dùng, hoặc gõ điều khác")


class LawBox(QComboBox):
    """``label`` is what stands before it, with its key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = translate("LawBox", Words.LABEL)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(40)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def offer(self, context: AppContext) -> None:
        """Fill in the grounds that are kept, without touching what is typed."""
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText(translate("LawBox", Words.HINT))
        self.activated.connect(self._fill_in)
        context.executor.submit(partial(kept_grounds, context.desk), self._take)

    def law(self) -> str:
        """What is typed or chosen."""
        return nfc(self.currentText())

    def _take(self, grounds: list[str]) -> None:
        if alive(self):
            typed = self.currentText()
            self.addItems(grounds)
            self.setCurrentIndex(-1)
            self.setEditText(typed)

    @Slot()
    def _fill_in(self) -> None:
        """What is typed next goes into the place that a ground of the first ones leaves open."""
        line = self.lineEdit()
        if line is not None and (at := line.text().find(OPEN_PLACE)) >= 0:
            line.setSelection(at, len(OPEN_PLACE))
