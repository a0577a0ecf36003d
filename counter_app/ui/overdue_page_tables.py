"""The tables of the overdue page: rows can be marked, so that one letter, one signing or one print is for many."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from counter_app.rules.apology import LetterState
from counter_app.services.apologies_overdue import (
    TO_DO,
    Group,
    LateRow,
    late_ids,
    late_rows,
    letter_ids,
    letter_rows,
)
from counter_app.services.apologies_rows import LetterView
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import due_words
from counter_app.ui.marking_table import MarkedModel
from counter_app.ui.paged_table import Column
from counter_app.ui.queue_page_columns import short_name, short_time
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

EVERY_LETTER = (*TO_DO, LetterState.DELIVERED, LetterState.DROPPED)


class Words:
    """Headings and cells."""

    CODE = QT_TRANSLATE_NOOP("OverdueTables", "Mã hồ sơ")
    APPLICANT = QT_TRANSLATE_NOOP("OverdueTables", "Chủ hồ sơ")
    PROCEDURE = QT_TRANSLATE_NOOP("OverdueTables", "Thủ tục")
    DUE = QT_TRANSLATE_NOOP("OverdueTables", "Hạn trả")
    LEFT = QT_TRANSLATE_NOOP("OverdueTables", "Thời hạn")
    UNIT = QT_TRANSLATE_NOOP("OverdueTables", "Đơn vị")
    PERSON = QT_TRANSLATE_NOOP("OverdueTables", "Người giữ")
    LETTER = QT_TRANSLATE_NOOP("OverdueTables", "Văn bản xin lỗi")
    STATE = QT_TRANSLATE_NOOP("OverdueTables", "Trạng thái")
    NEW_DUE = QT_TRANSLATE_NOOP("OverdueTables", "Hẹn lại")
    REASON = QT_TRANSLATE_NOOP("OverdueTables", "Lý do")
    SIGNER = QT_TRANSLATE_NOOP("OverdueTables", "Người ký")
    IN_TIME = QT_TRANSLATE_NOOP("OverdueTables", "Hạn gửi")
    NONE = QT_TRANSLATE_NOOP("OverdueTables", "✗ chưa có")
    NONE_IN_TIME = QT_TRANSLATE_NOOP("OverdueTables", "… còn kịp gửi")
    NONE_TOO_LATE = QT_TRANSLATE_NOOP("OverdueTables", "✗ hết kỳ gửi")
    DRAFT = QT_TRANSLATE_NOOP("OverdueTables", "… dự thảo")
    SUBMITTED = QT_TRANSLATE_NOOP("OverdueTables", "… đang trình ký")
    SIGNED = QT_TRANSLATE_NOOP("OverdueTables", "✓ số {number}, chưa giao")
    SIGNED_ELSEWHERE = QT_TRANSLATE_NOOP("OverdueTables", "✓ đã ký, chưa giao")
    DELIVERED = QT_TRANSLATE_NOOP("OverdueTables", "✓ số {number}, đã giao")
    DELIVERED_ELSEWHERE = QT_TRANSLATE_NOOP("OverdueTables", "✓ đã giao")
    OUT_IN_TIME = QT_TRANSLATE_NOOP("OverdueTables", "✓ đúng hạn")
    OUT_LATE = QT_TRANSLATE_NOOP("OverdueTables", "✗ muộn")
    STILL = QT_TRANSLATE_NOOP("OverdueTables", "còn kịp")
    TOO_LATE = QT_TRANSLATE_NOOP("OverdueTables", "đã muộn")


def letter_words(row: LateRow, now: datetime, _calendar: Any) -> tuple[str, str]:
    """How far the letter is, and the tone: late dossiers without one are the red list.

    A letter of another office has no number of ours.
    """
    ours = row.letter_number is not None
    if row.letter is LetterState.SIGNED:
        return _tr(Words.SIGNED if ours else Words.SIGNED_ELSEWHERE).format(number=row.letter_number), "soon"
    if row.letter is LetterState.DELIVERED:
        return _tr(Words.DELIVERED if ours else Words.DELIVERED_ELSEWHERE).format(number=row.letter_number), "good"
    if row.letter is not None:
        return _tr(Words.DRAFT if row.letter is LetterState.DRAFT else Words.SUBMITTED), "soon"
    if row.row.due is not None and now > row.row.due:
        return _tr(Words.NONE), "late"
    return (_tr(Words.NONE_IN_TIME), "soon") if row.can_be_in_time else (_tr(Words.NONE_TOO_LATE), "late")


def in_time_words(row: LetterView, _now: datetime, _calendar: Any) -> tuple[str, str]:
    """Whether the letter went out in time, or still can."""
    if row.state is LetterState.DROPPED:
        return "", ""
    if row.in_time is not None:
        return (_tr(Words.OUT_IN_TIME), "good") if row.in_time else (_tr(Words.OUT_LATE), "late")
    if row.state is LetterState.DELIVERED:
        return "", ""
    return (_tr(Words.STILL), "soon") if row.can_be_in_time else (_tr(Words.TOO_LATE), "late")


def _state(row: LetterView, _now: datetime, _calendar: Any) -> tuple[str, str]:
    tone = {LetterState.SIGNED: "soon", LetterState.DELIVERED: "good", LetterState.DROPPED: "neutral"}
    words = row.label if row.number is None else f"{row.label} · {row.number}"
    return words, tone.get(row.state, "paused")


def _plain(attribute: str) -> Callable[[Any, datetime, Any], tuple[str, str]]:
    def text(row: Any, _now: datetime, _calendar: Any) -> tuple[str, str]:
        return str(getattr(row, attribute)), ""

    return text


def _moment(attribute: str) -> Callable[[Any, datetime, Any], tuple[str, str]]:
    def text(row: Any, now: datetime, _calendar: Any) -> tuple[str, str]:
        return short_time(getattr(row, attribute), now), ""

    return text


def _of_dossier(words: Callable[[Any, datetime, Any], tuple[str, str]]) -> Callable[..., tuple[str, str]]:
    def text(row: LateRow, now: datetime, calendar: Any) -> tuple[str, str]:
        return words(row.row, now, calendar)

    return text


LATE_COLUMNS: tuple[Column[LateRow], ...] = (
    Column("code", Words.CODE, _plain("code"), 164),
    Column("applicant", Words.APPLICANT, _of_dossier(_plain("applicant_name")), 140),
    Column("procedure", Words.PROCEDURE, _of_dossier(short_name), 120),
    Column("due", Words.DUE, _of_dossier(_moment("due")), 104),
    Column("left", Words.LEFT, _of_dossier(due_words), 208),
    Column("unit", Words.UNIT, _plain("unit"), 106),
    Column("person", Words.PERSON, _plain("person"), 104),
    Column("letter", Words.LETTER, letter_words, 150),
)
LETTER_COLUMNS: tuple[Column[LetterView], ...] = (
    Column("code", Words.CODE, _plain("code"), 164),
    Column("applicant", Words.APPLICANT, _plain("applicant"), 150),
    Column("state", Words.STATE, _state, 164),
    Column("due", Words.DUE, _moment("due"), 112),
    Column("new_due", Words.NEW_DUE, _moment("new_due"), 112),
    Column("reason", Words.REASON, _plain("reason"), 150),
    Column("signer", Words.SIGNER, _plain("signed_by"), 120),
    Column("in_time", Words.IN_TIME, in_time_words, 104),
)


class LateModel(MarkedModel[LateRow]):
    """The dossiers of one group."""

    words: ClassVar[str] = "OverdueTables"
    key_column: ClassVar[str] = "code"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, LATE_COLUMNS, parent)
        self._group = Group.RED
        context.calendar_read.connect(self.repaint)

    def row_id(self, row: Any) -> int:
        return int(row.row.id)

    def show_group(self, group: Group) -> None:
        """Show this group; marks belong to the list in which they were made."""
        if group is not self._group:
            self._marked.clear()
        self._group = group
        self.refresh()

    def ids_reader(self) -> Callable[[], array[int]]:
        return partial(late_ids, self._context.desk, self._group)

    def rows_reader(self, ids: tuple[int, ...]) -> Callable[[], Sequence[LateRow]]:
        return partial(late_rows, self._context.desk, ids)


class LetterModel(MarkedModel[LetterView]):
    """Letters that somebody still has to do something about, or all of them."""

    words: ClassVar[str] = "OverdueTables"
    key_column: ClassVar[str] = "code"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, LETTER_COLUMNS, parent)
        self.everything = False

    def ids_reader(self) -> Callable[[], array[int]]:
        return partial(letter_ids, self._context.desk, EVERY_LETTER if self.everything else ())

    def rows_reader(self, ids: tuple[int, ...]) -> Callable[[], Sequence[LetterView]]:
        return partial(letter_rows, self._context.desk, ids)


def _tr(text: str) -> str:
    return translate("OverdueTables", text)
