"""What the panel of the reconciliation says of a difference and of a comparison."""

from __future__ import annotations

from counter_app.services.reconcile import DifferenceState, Report
from counter_app.services.reconcile_list import DifferenceRow
from counter_app.sync.field_words import status_words
from counter_app.ui.formatting import local_date, local_time
from counter_app.ui.sync_numbers import count_words
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

LONGEST = 400
"""Letters of a value shown below the table; the whole of it is in the table's tool tip and in the CSV."""


class Words:
    """Sentences."""

    BOTH = QT_TRANSLATE_NOOP("Reconcile", "{label}. Ở quầy: {ours}. Trên cổng: {theirs}.")
    SEND = QT_TRANSLATE_NOOP("Reconcile", "Bên quầy là đúng. Bấm «Gửi lại» để gửi phần cổng còn thiếu hoặc khác.")
    AGAIN = QT_TRANSLATE_NOOP(
        "Reconcile",
        "Đã gửi lại lúc {time} mà cổng vẫn khác. Gửi lại lần nữa; vẫn vậy thì báo quản trị cổng hoặc chấp nhận kèm "
        "lý do.",
    )
    MENDING = QT_TRANSLATE_NOOP("Reconcile", "{who} xử lý lúc {time}. Lần đối soát tới sẽ xác nhận.")
    MENDED = QT_TRANSLATE_NOOP("Reconcile", "Lần đối soát lúc {time} không còn thấy sai lệch này.")
    ACCEPTED = QT_TRANSLATE_NOOP("Reconcile", "{who} chấp nhận lúc {time}: {reason}")
    STATUSES = QT_TRANSLATE_NOOP("Reconcile", "Theo trạng thái (quầy / cổng): {statuses}")
    NOT_THERE = QT_TRANSLATE_NOOP("Reconcile", "không có trên cổng")
    NEVER = QT_TRANSLATE_NOOP(
        "Reconcile", "Chưa tự đối soát lần nào; chương trình tự đối soát sau giờ đóng cửa mỗi ngày."
    )
    AUTOMATIC = QT_TRANSLATE_NOOP(
        "Reconcile", "Tự đối soát gần nhất: {time}, kỳ {first}–{last}, {compared} hồ sơ, sai lệch {different}."
    )
    RUNNING = QT_TRANSLATE_NOOP(
        "Reconcile", "Đang tự đối soát kỳ {first}–{last}: đã xong {compared} hồ sơ, làm tiếp khi đường truyền rảnh."
    )
    CUT_SHORT = QT_TRANSLATE_NOOP("Reconcile", "Tự đối soát lúc {time} chưa xong: {error}")
    LAST = QT_TRANSLATE_NOOP("Reconcile", "Đối soát lúc {time}, kỳ {first}–{last}.")
    STOPPED = QT_TRANSLATE_NOOP("Reconcile", "Đối soát lúc {time}, kỳ {first}–{last}, dừng trước khi hết.")


def explanation(row: DifferenceRow) -> tuple[str, str]:
    """Both sides of a difference in full, and what to do about it."""
    said = _tr(Words.BOTH).format(label=row.label, ours=_short(row.ours), theirs=_short(row.theirs))
    return said, _advice(row)


def _advice(row: DifferenceRow) -> str:
    time = local_time(row.decided_at)
    if row.state is DifferenceState.MENDING:
        return _tr(Words.MENDING).format(who=row.decided_by, time=time)
    if row.state is DifferenceState.MENDED:
        return _tr(Words.MENDED).format(time=time)
    if row.state is DifferenceState.ACCEPTED:
        return _tr(Words.ACCEPTED).format(who=row.decided_by, time=time, reason=row.reason)
    if not row.mendable:
        return row.advice
    return _tr(Words.AGAIN).format(time=time) if row.decided_at else _tr(Words.SEND)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def statuses_line(report: Report) -> str:
    """Dossiers by status on both sides; "" when nothing was compared."""
    numbers = sorted(set(report.our_statuses) | set(report.their_statuses) - {""}, key=lambda text: (len(text), text))
    parts = [
        f"{status_words(number)} {_count(report.our_statuses, number)} / {_count(report.their_statuses, number)}"
        for number in numbers
    ]
    if report.their_statuses.get(""):
        parts.append(f"{_tr(Words.NOT_THERE)} {_count(report.their_statuses, '')}")
    return _tr(Words.STATUSES).format(statuses=" · ".join(parts)) if parts else ""


def automatic_line(report: Report | None) -> tuple[str, str]:
    """What became of the last comparison that came by itself, and the tone."""
    if report is None:
        return _tr(Words.NEVER), "neutral"
    if report.ended_at is None:
        return _run(Words.RUNNING, report), "neutral"
    if not report.complete:
        return _run(Words.CUT_SHORT, report), "warning"
    return _run(Words.AUTOMATIC, report), "warning" if report.different else "success"


def run_line(report: Report) -> str:
    """When the numbers were taken, and for which days."""
    return _run(Words.LAST if report.complete else Words.STOPPED, report)


def _run(words: str, report: Report) -> str:
    return _tr(words).format(
        time=local_time(report.ended_at or report.started_at),
        first=local_date(report.period.first),
        last=local_date(report.period.last),
        compared=count_words(report.compared),
        different=count_words(report.different),
        error=report.error,
    )


def _count(statuses: dict[str, int], number: str) -> str:
    return count_words(statuses.get(number, 0))


def _tr(text: str) -> str:
    return translate("Reconcile", text)
