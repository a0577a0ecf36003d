"""The promised date while one looks, or the fields for it where the procedure's limit is unknown."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from counter_app.services.values import ProcedureView
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import weekday_time
from counter_app.ui.intake.form_parts import line_edit
from counter_app.ui.intake.typed_dates import in_vietnam, parse_moment
from counter_app.ui.page import nfc
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

AGAIN_MS = 30_000
"""The promise is computed again this often: the cut-off hour may have passed."""
USUAL_CLOSE = time(17, 0)


class Words:
    TITLE = QT_TRANSLATE_NOOP("DueBox", "Hẹn trả kết quả")
    NONE = QT_TRANSLATE_NOOP("DueBox", "chưa chọn thủ tục")
    COMPUTING = QT_TRANSLATE_NOOP("DueBox", "đang tính…")
    ENTER = QT_TRANSLATE_NOOP("DueBox", "Chưa rõ thời hạn: hãy nhập ngày hẹn và lý do")
    DATE = QT_TRANSLATE_NOOP("DueBox", "Ngày hẹn trả")
    DATE_HINT = QT_TRANSLATE_NOOP("DueBox", "vd. 20/5/2026 16:30")
    REASON = QT_TRANSLATE_NOOP("DueBox", "Lý do chọn ngày hẹn")
    REASON_HINT = QT_TRANSLATE_NOOP("DueBox", "Lý do, vd. theo thỏa thuận với người nộp")
    DATE_WRONG = QT_TRANSLATE_NOOP("DueBox", "Ngày hẹn chưa đúng. Hãy nhập ngày/tháng/năm và giờ, vd. 20/5/2026 16:30.")


def _preview(desk: Any, generation: int, code: str, channel: str) -> tuple[int, Any]:
    from counter_app.services.receive import preview_due

    return generation, preview_due(desk, code, channel)


class DueBox(QWidget):
    """Asks the service for the due time; never computes one itself."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._generation = 0
        self._code = ""
        self._channel = "counter"
        self._must_enter = False
        title = QLabel(translate("DueBox", Words.TITLE))
        set_role(title, "hint")
        self._due = QLabel(translate("DueBox", Words.NONE))
        set_role(self._due, "big")
        self.date = line_edit(translate("DueBox", Words.DATE), translate("DueBox", Words.DATE_HINT), 30)
        self.date.setFixedWidth(190)
        self.reason = line_edit(translate("DueBox", Words.REASON), translate("DueBox", Words.REASON_HINT), 300)
        self._fields = QWidget()
        fields = QHBoxLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.addWidget(self.date)
        fields.addWidget(self.reason, 1)
        self._fields.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(title)
        layout.addWidget(self._due)
        layout.addWidget(self._fields)
        self._timer = QTimer(self)
        self._timer.setInterval(AGAIN_MS)
        self._timer.timeout.connect(self._ask)
        self.date.textChanged.connect(self._typed)
        self.reason.textChanged.connect(self.changed)

    def inputs(self) -> tuple[QWidget, ...]:
        """In the order of Tab."""
        return (self.date, self.reason)

    @property
    def text(self) -> str:
        """The promise as shown."""
        return self._due.text()

    def show_for(self, procedure: ProcedureView | None, channel: str) -> None:
        """Compute for this procedure and channel."""
        self._generation += 1
        self._code = procedure.code if procedure is not None else ""
        self._channel = channel
        limit = None
        if procedure is not None:
            limit = next((item for item in procedure.limits if item.channel == channel), procedure.limit)
        self._must_enter = limit is not None and limit.unit == "unknown"
        self._fields.setVisible(self._must_enter)
        set_role(self._due, "section" if self._must_enter else "big")
        self._due.style().unpolish(self._due)
        self._due.style().polish(self._due)
        set_tone(self._due, "")
        if not self._code:
            self._timer.stop()
            self._due.setText(translate("DueBox", Words.NONE))
        elif self._must_enter:
            self._timer.stop()
            self._typed()
        else:
            self._due.setText(translate("DueBox", Words.COMPUTING))
            self._timer.start()
            self._ask()

    def entered(self) -> datetime | None:
        """The date that the clerk entered; at the close of the desk without an hour."""
        parsed = parse_moment(nfc(self.date.text())) if self._must_enter else None
        if parsed is None:
            return None
        day, hour = parsed
        calendar = self._context.calendar
        if hour is None and calendar is not None and calendar.is_working_day(day):
            return calendar.closes(day)
        return in_vietnam(day, hour or USUAL_CLOSE)

    def entered_reason(self) -> str:
        """Why this date; only where one had to be entered."""
        return nfc(self.reason.text()) if self._must_enter else ""

    def problem(self) -> tuple[str, QWidget] | None:
        """A date that cannot be read."""
        if self._must_enter and self.date.text().strip() and self.entered() is None:
            return translate("DueBox", Words.DATE_WRONG), self.date
        return None

    def draft(self) -> dict[str, Any]:
        """For the draft."""
        return {"date": self.date.text(), "reason": self.reason.text()}

    def restore(self, draft: dict[str, Any]) -> None:
        """Back from the draft."""
        self.date.setText(str(draft.get("date", "")))
        self.reason.setText(str(draft.get("reason", "")))

    def _ask(self) -> None:
        self._context.executor.submit(
            partial(_preview, self._context.desk, self._generation, self._code, self._channel), self._take
        )

    def _take(self, answer: tuple[int, Any]) -> None:
        generation, preview = answer
        if generation != self._generation:
            return
        self._due.setText(weekday_time(preview.due) if preview.due is not None else preview.problem)

    def _typed(self) -> None:
        if self._must_enter:
            due = self.entered()
            self._due.setText(weekday_time(due) if due is not None else translate("DueBox", Words.ENTER))
        self.changed.emit()
