"""A line that says what the applicant gave before for the paper at hand; a click, or its key, uses it again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from counter_app.services.reuse import Offer
from counter_app.ui.context import AppContext
from counter_app.ui.digitising_reuse import PaperPlace, offers_for
from counter_app.ui.formatting import local_date
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext

KEYS = "Ctrl+D"
DELAY_MS = 120
"""Whoever runs through a list asks for the line on which they stop."""


class Words:
    """What the line says."""

    NAME = QT_TRANSLATE_NOOP("OfferLine", "Giấy tờ đã có, dùng lại được")
    GIVEN = QT_TRANSLATE_NOOP("OfferLine", "↺ Đã nộp ngày {date} ở hồ sơ {code}: dùng lại ({keys})")
    RESULT = QT_TRANSLATE_NOOP("OfferLine", "↺ Kết quả ngày {date} của hồ sơ {code}: dùng lại ({keys})")
    OLD = QT_TRANSLATE_NOOP("OfferLine", "↺ Kết quả cũ cấp ngày {date} ({code}): dùng lại ({keys})")
    MORE = QT_TRANSLATE_NOOP("OfferLine", "{line}, và {count} bản khác")


class OfferLine(QPushButton):
    """Hidden while there is nothing to use again. ``has_key``: the key is its own, not that of a button beside it."""

    def __init__(self, context: AppContext, parent: QWidget, *, has_key: bool) -> None:
        super().__init__(parent)
        self.context = context
        self.place: PaperPlace | None = None
        self._has_key = has_key
        set_role(self, "light")
        set_tone(self, "good")
        self.setAccessibleName(_tr(Words.NAME))
        self.hide()
        self.delay = QTimer(self)
        self.delay.setSingleShot(True)
        self.delay.setInterval(DELAY_MS)
        self.delay.timeout.connect(self._read)

    def look(self, place: PaperPlace | None) -> None:
        """Look what there is for this paper; None: nothing is asked for."""
        if place != self.place:
            self.hide()
        self.place = place
        if place is None:
            self.delay.stop()
        else:
            self.delay.start()

    @Slot()
    def _read(self) -> None:
        if self.place is not None:
            self.context.executor.submit(partial(_read_offers, self.context.desk, self.place), self._show)

    def _show(self, answer: tuple[PaperPlace, tuple[Offer, ...]]) -> None:
        place, found = answer
        if place != self.place:
            return
        if found:
            self.setText(_line(found))
            self.setAccessibleName(self.text())
            if self._has_key:
                self.setShortcut(KEYS)  # a new text takes it away
        self.setVisible(bool(found))


def _line(found: tuple[Offer, ...]) -> str:
    first = found[0]
    words = Words.OLD if first.source.backlog_id else Words.RESULT if first.is_result else Words.GIVEN
    line = _tr(words).format(date=local_date(first.given_on), code=first.code, keys=KEYS)
    return _tr(Words.MORE).format(line=line, count=len(found) - 1) if len(found) > 1 else line


def _read_offers(desk: DeskContext, place: PaperPlace) -> tuple[PaperPlace, tuple[Offer, ...]]:
    return place, offers_for(desk, place)


def _tr(text: str) -> str:
    return translate("OfferLine", text)
