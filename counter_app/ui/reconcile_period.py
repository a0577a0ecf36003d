"""Which days to compare: today, this week, this month, or days that the clerk gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import QDate, Slot
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLabel, QSizePolicy, QWidget

from counter_app.services.reconcile import Period
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the box says."""

    PERIOD = QT_TRANSLATE_NOOP("ReconcilePeriod", "&Kỳ:")
    TODAY = QT_TRANSLATE_NOOP("ReconcilePeriod", "hôm nay")
    WEEK = QT_TRANSLATE_NOOP("ReconcilePeriod", "tuần này")
    MONTH = QT_TRANSLATE_NOOP("ReconcilePeriod", "tháng này")
    OWN = QT_TRANSLATE_NOOP("ReconcilePeriod", "chọn ngày…")
    FROM = QT_TRANSLATE_NOOP("ReconcilePeriod", "Từ ngày")
    TO = QT_TRANSLATE_NOOP("ReconcilePeriod", "đến")
    TO_DAY = QT_TRANSLATE_NOOP("ReconcilePeriod", "Đến ngày")


def _week(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _month(today: date) -> date:
    return today.replace(day=1)


def _today(today: date) -> date:
    return today


CHOICES: tuple[tuple[str, Callable[[date], date] | None], ...] = (
    (Words.TODAY, _today),
    (Words.WEEK, _week),
    (Words.MONTH, _month),
    (Words.OWN, None),
)
"""What can be chosen, and the first day of it; None: the clerk says."""
OWN = len(CHOICES) - 1
FORMAT = "dd/MM/yyyy"


class PeriodBox(QWidget):
    """``today`` is asked anew each time: a window stays open over midnight."""

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.choice = QComboBox(self)
        for words, _first in CHOICES:
            self.choice.addItem(_tr(words))
        self.choice.setAccessibleName(_tr(Words.PERIOD).replace("&", ""))
        self.choice.currentIndexChanged.connect(self._chosen)
        label = QLabel(_tr(Words.PERIOD), self)
        label.setBuddy(self.choice)
        self.first, self.last = (self._date(words) for words in (Words.FROM, Words.TO_DAY))
        self._own = (QLabel(_tr(Words.FROM), self), self.first, QLabel(_tr(Words.TO), self), self.last)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (label, self.choice, *self._own):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._chosen(0)

    def period(self) -> Period:
        """The chosen days. Raises UserError ``period_invalid``."""
        today = self._today()
        first = CHOICES[self.choice.currentIndex()][1]
        if first is not None:
            return Period(first(today), today)
        return Period(_day(self.first), _day(self.last))

    @Slot(int)
    def _chosen(self, place: int) -> None:
        if place == OWN:
            today = self._today()
            self.first.setDate(_qdate(_month(today)))
            self.last.setDate(_qdate(today))
        for widget in self._own:
            widget.setVisible(place == OWN)

    def _date(self, words: str) -> QDateEdit:
        made = QDateEdit(self)
        made.setDisplayFormat(FORMAT)
        made.setAccessibleName(_tr(words))
        return made


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)


def _day(field: QDateEdit) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())


def _tr(text: str) -> str:
    return translate("ReconcilePeriod", text)
