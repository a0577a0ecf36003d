"""What the clerk must mind before a result is handed over, in words and in order of weight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from counter_app.rules.calendar import LimitUnit, WorkCalendar
from counter_app.rules.fees import least_owed
from counter_app.rules.lifecycle import Status, Step
from counter_app.services.values import DossierView
from counter_app.ui.formatting import due_words, money, status_label
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """The lines of the check."""

    SENT = QT_TRANSLATE_NOOP("ReturnChecks", "Kết quả đã gửi, chưa biết đã đến nơi chưa.")
    CAME_BACK = QT_TRANSLATE_NOOP("ReturnChecks", "Kết quả đã gửi nhưng bị trả lại, đang ở quầy: giao lại được ngay.")
    ON_THE_SPOT = QT_TRANSLATE_NOOP("ReturnChecks", "Thủ tục trả ngay: giao kết quả luôn, không cần giấy hẹn.")
    READY = QT_TRANSLATE_NOOP("ReturnChecks", "Kết quả đã có, trả được ngay.")
    NOT_READY = QT_TRANSLATE_NOOP(
        "ReturnChecks", "Chưa trả được: hồ sơ đang ở trạng thái «{status}». Khi kết quả về quầy, bấm «Có kết quả»."
    )
    CLOSED = QT_TRANSLATE_NOOP("ReturnChecks", "Không trả được: hồ sơ ở trạng thái «{status}».")
    FEES_DUE = QT_TRANSLATE_NOOP("ReturnChecks", "Còn phải thu {amount}: {names}.")
    FEES_DONE = QT_TRANSLATE_NOOP("ReturnChecks", "Không còn phí, lệ phí phải thu.")
    LATE_NO_LETTER = QT_TRANSLATE_NOOP(
        "ReturnChecks",
        "Hồ sơ {late} mà chưa có văn bản xin lỗi. Vẫn trả bình thường; hãy báo cáo người đứng đầu cơ quan.",
    )
    LATE = QT_TRANSLATE_NOOP("ReturnChecks", "Hồ sơ {late}, đã có văn bản xin lỗi.")
    NOT_SCANNED = QT_TRANSLATE_NOOP(
        "ReturnChecks",
        "Chưa có bản quét kết quả: quét trước khi giao (Ctrl+Q). Vẫn trả được; việc quét còn ở trang Số hóa (F7).",
    )


@dataclass(frozen=True, slots=True)
class Check:
    """A line and its tone: good, warning or error."""

    text: str
    tone: str


def can_return(view: DossierView) -> bool:
    """Whether the results may be handed out now: ready, given on the spot, or come back from the post."""
    on_the_spot = view.row.status == Status.RECEIVED and view.limit.unit == LimitUnit.ON_THE_SPOT
    return Step.RETURN.value in view.permitted_steps or on_the_spot or came_back(view)


def came_back(view: DossierView) -> bool:
    """Whether what was sent lies at the desk again."""
    return view.row.status == Status.RETURNED and view.delivery_state == "pending"


def checks(view: DossierView, now: datetime, calendar: WorkCalendar | None, *, lacks_scan: bool = False) -> list[Check]:
    """All lines; being late never blocks the return (law.md, "Late"), nor does a result that is not scanned."""
    scan = [Check(_tr(Words.NOT_SCANNED), "warning")] if lacks_scan else []
    return [*_status(view), *_fees(view), *_lateness(view, now, calendar), *scan]


def fees_due(view: DossierView) -> int:
    """What is still to be paid, in đồng; of a fee with several levels the lowest."""
    return least_owed(view.fees)


def _status(view: DossierView) -> Iterable[Check]:
    status = status_label(view.row.status)
    if came_back(view):
        yield Check(_tr(Words.CAME_BACK), "warning")
    elif can_return(view):
        yield Check(_tr(Words.ON_THE_SPOT if view.row.is_open else Words.READY), "good")
    elif view.delivery_state in ("posted", "online"):
        yield Check(_tr(Words.SENT), "warning")
    elif view.row.is_open:
        yield Check(_tr(Words.NOT_READY).format(status=status), "error")
    else:
        yield Check(_tr(Words.CLOSED).format(status=status), "error")


def _fees(view: DossierView) -> Iterable[Check]:
    if view.money_state == "due":
        names = ", ".join(dict.fromkeys(fee.name for fee in view.fees if fee.amount and fee.paid_at is None))
        yield Check(_tr(Words.FEES_DUE).format(amount=money(fees_due(view)), names=names), "warning")
    else:
        yield Check(_tr(Words.FEES_DONE), "good")


def _lateness(view: DossierView, now: datetime, calendar: WorkCalendar | None) -> Iterable[Check]:
    words, tone = due_words(view.row, now, calendar)
    if tone == "late":
        if view.row.apology_count:
            yield Check(_tr(Words.LATE).format(late=words), "warning")
        else:
            yield Check(_tr(Words.LATE_NO_LETTER).format(late=words), "warning")


def _tr(text: str) -> str:
    return translate("ReturnChecks", text)
