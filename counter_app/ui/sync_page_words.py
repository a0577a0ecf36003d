"""What the sync page says of a message to the portal: what it is, how it stands, and what to do about it."""

from __future__ import annotations

from datetime import datetime

from counter_app.services.outbox import OutboxRow
from counter_app.ui.formatting import local_time
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

KIND_WORDS = {
    "create": QT_TRANSLATE_NOOP("SyncWords", "Hồ sơ mới"),
    "update": QT_TRANSLATE_NOOP("SyncWords", "Cập nhật hồ sơ"),
    "step": QT_TRANSLATE_NOOP("SyncWords", "Bước xử lý"),
    "upload": QT_TRANSLATE_NOOP("SyncWords", "Tài liệu quét"),
}
STATE_WORDS = {
    "waiting": (QT_TRANSLATE_NOOP("SyncWords", "… chờ gửi"), "neutral"),
    "sending": (QT_TRANSLATE_NOOP("SyncWords", "↑ đang gửi"), "neutral"),
    "needs_attention": (QT_TRANSLATE_NOOP("SyncWords", "! cần xử lý"), "late"),
}
ADVICE = {
    "02": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Cổng chưa cho cơ quan này gửi. Kiểm tra mã đơn vị ở Cài đặt (Ctrl+,), hoặc gọi quản trị cổng "
        "để được cấp quyền, rồi gửi lại.",
    ),
    "03": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Cổng không nhận dữ liệu. Mở hồ sơ, so mục mà cổng nêu với giấy tờ; sửa được thì sửa rồi gửi lại, "
        "không thì gọi quản trị cổng.",
    ),
    "04": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Mã hồ sơ này trên cổng đã thuộc về nơi khác. Giấy hẹn đã trao vẫn có giá trị; gọi quản trị cổng "
        "để xử lý mã trùng, rồi gửi lại.",
    ),
    "05": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Cổng không tìm thấy hồ sơ hoặc thủ tục này. Kiểm tra danh mục thủ tục đã cập nhật chưa, rồi gửi lại.",
    ),
}


class Words:
    """Sentences around the portal's own words."""

    OTHER_ADVICE = QT_TRANSLATE_NOOP(
        "SyncWords", "Đọc lời của cổng ở trên, mở hồ sơ để kiểm tra, rồi gửi lại. Vẫn không được thì gọi quản trị cổng."
    )
    WAITING_ADVICE = QT_TRANSLATE_NOOP(
        "SyncWords", "Không cần làm gì: chương trình tự gửi lại lúc {time}. Bấm «Gửi lại» nếu muốn thử ngay."
    )
    NEXT_TURN_ADVICE = QT_TRANSLATE_NOOP("SyncWords", "Không cần làm gì: chương trình tự gửi ở lượt tới.")
    NOT_SET_ADVICE = QT_TRANSLATE_NOOP("SyncWords", "Được giữ an toàn ở máy này, sẽ gửi khi đã nối cổng.")
    SENDING_ADVICE = QT_TRANSLATE_NOOP("SyncWords", "Đang gửi, không cần làm gì.")
    PORTAL_SAYS = QT_TRANSLATE_NOOP("SyncWords", "Lời của cổng: {words}")
    LINE_SAYS = QT_TRANSLATE_NOOP("SyncWords", "Lần gửi trước: {words}")
    FIELD = QT_TRANSLATE_NOOP("SyncWords", "{words} (mục {field})")
    NOT_TRIED = QT_TRANSLATE_NOOP("SyncWords", "Chưa gửi lần nào.")


def kind_words(row: OutboxRow) -> str:
    """What the message carries."""
    return _tr(KIND_WORDS.get(row.kind, row.kind))


def state_words(row: OutboxRow) -> tuple[str, str]:
    """How the message stands, and the tone."""
    words, tone = STATE_WORDS.get(row.state, (row.state, "neutral"))
    return _tr(words), tone


def said(row: OutboxRow) -> str:
    """The portal's or the line's words, with the field that the portal names."""
    if row.last_error and row.error_field:
        return _tr(Words.FIELD).format(words=row.last_error, field=row.error_field)
    return row.last_error


def explanation(row: OutboxRow, now: datetime, *, portal_set: bool) -> tuple[str, str]:
    """Two lines for the chosen message: what was said, and what to do."""
    words = said(row)
    if row.state == "needs_attention":
        return _tr(Words.PORTAL_SAYS).format(words=words), _tr(ADVICE.get(row.error_code, Words.OTHER_ADVICE))
    before = _tr(Words.LINE_SAYS).format(words=words) if words else _tr(Words.NOT_TRIED)
    if row.state == "sending":
        return before, _tr(Words.SENDING_ADVICE)
    if not portal_set:
        return before, _tr(Words.NOT_SET_ADVICE)
    if row.next_attempt_at <= now:
        return before, _tr(Words.NEXT_TURN_ADVICE)
    return before, _tr(Words.WAITING_ADVICE).format(time=local_time(row.next_attempt_at))


def _tr(text: str) -> str:
    return translate("SyncWords", text)
