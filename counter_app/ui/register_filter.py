"""Which register is wanted: a day, a month, a volume or any days; one procedure or field of what there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QDate, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QDateEdit, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from counter_app.services.register import Contained, RegisterContents, RegisterFilter, month_of
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the questions say."""

    PERIOD = QT_TRANSLATE_NOOP("RegisterFilter", "&Sổ theo")
    DAY = QT_TRANSLATE_NOOP("RegisterFilter", "Ngày")
    MONTH = QT_TRANSLATE_NOOP("RegisterFilter", "Tháng")
    VOLUME = QT_TRANSLATE_NOOP("RegisterFilter", "Quyển (năm)")
    DAYS = QT_TRANSLATE_NOOP("RegisterFilter", "Khoảng ngày")
    FIRST = QT_TRANSLATE_NOOP("RegisterFilter", "Ngày, tháng hoặc năm của sổ")
    LAST = QT_TRANSLATE_NOOP("RegisterFilter", "Đến ngày")
    TO = QT_TRANSLATE_NOOP("RegisterFilter", "đến")
    PROCEDURE = QT_TRANSLATE_NOOP("RegisterFilter", "&Thủ tục")
    EVERY_PROCEDURE = QT_TRANSLATE_NOOP("RegisterFilter", "Mọi thủ tục")
    FIELD = QT_TRANSLATE_NOOP("RegisterFilter", "&Lĩnh vực")
    EVERY_FIELD = QT_TRANSLATE_NOOP("RegisterFilter", "Mọi lĩnh vực")
    CONTAINED = QT_TRANSLATE_NOOP("RegisterFilter", "{name} ({count})")


DAY = "dd/MM/yyyy"
PERIODS = (
    ("day", Words.DAY, DAY),
    ("month", Words.MONTH, "MM/yyyy"),
    ("volume", Words.VOLUME, "yyyy"),
    ("days", Words.DAYS, DAY),
)
"""Each with how its date is written."""

DATE_WIDTH = 130
CHOICE_LETTERS = 24


class RegisterFilterBox(QWidget):
    """The questions over the table; ``today`` is asked anew each time, as a window stays open over midnight."""

    period_changed = Signal()
    """Other days: what there is of procedures and fields is another."""
    changed = Signal()
    """Another procedure or field of the same days."""

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: dict[str, str] = {}
        self.period = self._choice(Words.PERIOD)
        for key, words, _ in PERIODS:
            self.period.addItem(_tr(words), key)
        self.first, self.last = self._date(Words.FIRST, today()), self._date(Words.LAST, today())
        self._to = QLabel(_tr(Words.TO), self)
        self.procedure, self.field = self._choice(Words.PROCEDURE), self._choice(Words.FIELD)
        self._lay_out()
        self.period.setCurrentIndex(self.period.findData("month"))
        self._period_chosen()
        self.show_contents(RegisterContents((), ()))
        self.period.currentIndexChanged.connect(self._period_chosen)
        self.period.currentIndexChanged.connect(self.period_changed)
        self.first.dateChanged.connect(self.period_changed)
        self.last.dateChanged.connect(self.period_changed)
        self.procedure.currentIndexChanged.connect(self.changed)
        self.field.currentIndexChanged.connect(self.changed)

    def days(self) -> RegisterFilter:
        """The days alone."""
        first = _day(self.first)
        match self.period.currentData():
            case "day":
                return RegisterFilter(first, first)
            case "month":
                return month_of(first)
            case "volume":
                return RegisterFilter(volume=first.year)
            case _:
                return RegisterFilter(first, _day(self.last))

    def wanted(self) -> RegisterFilter:
        """All that is chosen."""
        days = self.days()
        procedure, field = str(self.procedure.currentData() or ""), str(self.field.currentData() or "")
        return RegisterFilter(days.first, days.last, procedure, field, days.volume)

    def show_contents(self, contents: RegisterContents) -> None:
        """Offer what there is in these days; what was chosen stays chosen, though there be none of it."""
        self._offer(self.procedure, Words.EVERY_PROCEDURE, contents.procedures)
        self._offer(self.field, Words.EVERY_FIELD, contents.fields)

    def _offer(self, choice: QComboBox, everything: str, found: Sequence[Contained]) -> None:
        chosen = str(choice.currentData() or "")
        self._names |= {each.code: each.name for each in found}
        kept = [] if chosen in {"", *(each.code for each in found)} else [Contained(chosen, self._names[chosen], 0)]
        with QSignalBlocker(choice):
            choice.clear()
            choice.addItem(_tr(everything), "")
            for each in (*found, *kept):
                name = f"{each.code} {each.name}" if choice is self.procedure else each.name
                choice.addItem(_tr(Words.CONTAINED).format(name=name, count=each.count), each.code)
            choice.setCurrentIndex(max(0, choice.findData(chosen)))

    @Slot()
    def _period_chosen(self) -> None:
        key, _, written = PERIODS[self.period.currentIndex()]
        with QSignalBlocker(self.first):
            self.first.setDisplayFormat(written)
        for part in (self._to, self.last):
            part.setVisible(key == "days")

    def _choice(self, words: str) -> QComboBox:
        made = QComboBox(self)
        made.setAccessibleName(_tr(words).replace("&", ""))
        return made

    def _date(self, words: str, day: date) -> QDateEdit:
        made = QDateEdit(QDate(day.year, day.month, day.day), self)
        made.setAccessibleName(_tr(words))
        made.setKeyboardTracking(False)
        made.setMinimumWidth(DATE_WIDTH)
        made.setDisplayFormat(DAY)
        # The style sheet's padding does not reach the line inside.
        made.lineEdit().setTextMargins(8, 0, 0, 0)
        return made

    def _lay_out(self) -> None:
        days = QHBoxLayout()
        for part in (self._label(Words.PERIOD, self.period), self.period, self.first, self._to, self.last):
            days.addWidget(part)
        days.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addLayout(days, 0, 0, 1, 4)
        for place, (words, field) in enumerate(((Words.PROCEDURE, self.procedure), (Words.FIELD, self.field))):
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            field.setMinimumContentsLength(CHOICE_LETTERS)
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            grid.addWidget(self._label(words, field), 1, 2 * place)
            grid.addWidget(field, 1, 2 * place + 1)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(3, 2)

    def _label(self, words: str, field: QWidget) -> QLabel:
        label = QLabel(_tr(words), self)
        label.setBuddy(field)
        return label


def _day(field: QDateEdit) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())


def _tr(text: str) -> str:
    return translate("RegisterFilter", text)
