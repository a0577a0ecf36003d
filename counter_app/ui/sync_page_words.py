"""What the sync page says of a message to the portal: what it is, how it stands, and what to do about it."""

from __future__ import annotations

from datetime import datetime

from counter_app.services.outbox import OutboxItem
from counter_app.ui.formatting import local_time
from counter_app.ui.sync_field_words import field_words
from counter_app.ui.sync_numbers import size_words
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
    "held": (QT_TRANSLATE_NOOP("SyncWords", "■ trong tệp cứu hộ"), "soon"),
    "done": (QT_TRANSLATE_NOOP("SyncWords", "✓ cổng đã nhận"), "good"),
}
ADVICE = {
    "02": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Cổng chưa cho cơ quan này gửi. Kiểm tra mã đơn vị ở Cài đặt (Ctrl+,), hoặc gọi quản trị cổng "
        "để được cấp quyền, rồi gửi lại tất cả.",
    ),
    "03": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Cổng không nhận dữ liệu. So mục mà cổng nêu với giấy tờ; sửa được thì bấm «Sửa và gửi lại», "
        "không thì gọi quản trị cổng.",
    ),
    "04": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Mã hồ sơ này trên cổng đã thuộc về nơi khác. Giấy hẹn đã trao vẫn có giá trị; gọi quản trị cổng "
        "để xử lý mã trùng, rồi gửi lại.",
    ),
    "05": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Cổng không tìm thấy hồ sơ hoặc thủ tục này. Lấy danh mục thủ tục mới từ cổng ở Cài đặt (Ctrl+,), rồi gửi "
        "lại; vẫn không được thì gọi quản trị cổng.",
    ),
    "too_large": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Nội dung dài hơn mức cổng nhận trong một lần gửi. Rút gọn ghi chú, nội dung bước xử lý của hồ sơ này, rồi "
        "gửi lại.",
    ),
    "document_damaged": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Tệp lưu ở máy này đã mất hoặc hỏng nên không gửi, để không đè lên bản tốt. Khôi phục tệp từ bản sao lưu "
        "rồi gửi lại; không có thì quét lại giấy tờ và đính kèm vào hồ sơ.",
    ),
    "document_unknown": QT_TRANSLATE_NOOP(
        "SyncWords", "Không còn thông tin của tệp này ở quầy. Mở hồ sơ, quét lại giấy tờ và đính kèm."
    ),
    "file_gone": QT_TRANSLATE_NOOP(
        "SyncWords", "Cổng không còn giữ tệp này. Đề nghị người nộp gửi lại giấy tờ, hoặc gọi quản trị cổng."
    ),
    "not_offered": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Cổng này không nhận loại nội dung đó: chuyển cho đơn vị xử lý bằng cách khác (bản giấy, thư công vụ). Giấy "
        "tờ vẫn được giữ trong hồ sơ ở quầy.",
    ),
    "file_elsewhere": QT_TRANSLATE_NOOP(
        "SyncWords", "Kết quả đã gửi lên một cổng khác: nhập kết quả trực tiếp trên cổng này, rồi báo quản trị."
    ),
    "record_id_unknown": QT_TRANSLATE_NOOP(
        "SyncWords", "Cổng không cho biết mã nội bộ của hồ sơ. Gọi quản trị cổng kèm mã hồ sơ, rồi gửi lại."
    ),
    "portal_answer": QT_TRANSLATE_NOOP(
        "SyncWords", "Cổng trả lời khác quy ước. Gọi quản trị cổng và bộ phận hỗ trợ (thẻ Chẩn đoán, «Lưu cho hỗ trợ»)."
    ),
    "http_403": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Cổng không cho tài khoản này tải tệp lên. Gọi quản trị cổng để được cấp quyền, rồi gửi lại tất cả.",
    ),
    "http_412": QT_TRANSLATE_NOOP(
        "SyncWords", "Cổng dùng quy ước tải tệp khác. Gọi quản trị cổng và bộ phận hỗ trợ chương trình, rồi gửi lại."
    ),
    "http_413": QT_TRANSLATE_NOOP(
        "SyncWords",
        "Tệp lớn hơn mức cổng nhận. Quét lại với độ phân giải thấp hơn (200 dpi, đen trắng) hoặc tách thành nhiều tệp, "
        "rồi đính kèm lại vào hồ sơ.",
    ),
    "http_415": QT_TRANSLATE_NOOP(
        "SyncWords", "Cổng không nhận loại tệp này. Lưu giấy tờ thành PDF, đính kèm lại vào hồ sơ."
    ),
}


class Words:
    """Sentences around the portal's own words."""

    OTHER_ADVICE = QT_TRANSLATE_NOOP(
        "SyncWords", "Đọc lời của cổng ở trên, mở hồ sơ để kiểm tra, rồi gửi lại. Vẫn không được thì gọi quản trị cổng."
    )
    UPLOAD_ADVICE = QT_TRANSLATE_NOOP(
        "SyncWords",
        "Cổng không nhận tệp. Mở hồ sơ, xem tệp có mở được không; quét lại và đính kèm nếu cần, rồi gửi lại. "
        "Vẫn không được thì gọi quản trị cổng.",
    )
    HELD_ADVICE = QT_TRANSLATE_NOOP(
        "SyncWords", "Được gửi ngay sau tin trước của cùng hồ sơ, không cần làm gì ở dòng này."
    )
    HELD_BY_TROUBLE_ADVICE = QT_TRANSLATE_NOOP(
        "SyncWords", "Đợi tin trước của cùng hồ sơ đang cần xử lý: xử lý dòng đó (ở đầu danh sách) thì dòng này tự gửi."
    )
    UNSEEN_ADVICE = QT_TRANSLATE_NOOP(
        "SyncWords", "Chưa rõ cổng đã nhận chưa: chương trình tự tra trên cổng trước rồi mới gửi, không gửi trùng."
    )
    PAUSED_ADVICE = QT_TRANSLATE_NOOP("SyncWords", "Đang tạm dừng gửi: bấm «Tiếp tục» (Ctrl+P) ở trên để gửi.")
    CARRIED_ADVICE = QT_TRANSLATE_NOOP(
        "SyncWords",
        "Đang nằm trong tệp cứu hộ, quầy này chưa gửi để không gửi hai lần. Đưa biên nhận về hoặc kết thúc giữ ở «Tệp "
        "cứu hộ» (Ctrl+U).",
    )
    DONE_ADVICE = QT_TRANSLATE_NOOP("SyncWords", "Cổng đã nhận, không cần làm gì.")
    HELD = QT_TRANSLATE_NOOP("SyncWords", "… đợi tin trước")
    FILE = QT_TRANSLATE_NOOP("SyncWords", "{kind}: {name} ({size})")
    WAITING_ADVICE = QT_TRANSLATE_NOOP(
        "SyncWords", "Không cần làm gì: chương trình tự gửi lại lúc {time}. Bấm «Gửi ngay» nếu muốn thử ngay."
    )
    NEXT_TURN_ADVICE = QT_TRANSLATE_NOOP("SyncWords", "Không cần làm gì: chương trình tự gửi ở lượt tới.")
    NOT_SET_ADVICE = QT_TRANSLATE_NOOP("SyncWords", "Được giữ an toàn ở máy này, sẽ gửi khi đã nối cổng.")
    SENDING_ADVICE = QT_TRANSLATE_NOOP("SyncWords", "Đang gửi, không cần làm gì.")
    PORTAL_SAYS = QT_TRANSLATE_NOOP("SyncWords", "Lời của cổng: {words}")
    LINE_SAYS = QT_TRANSLATE_NOOP("SyncWords", "Lần gửi trước: {words}")
    FIELD = QT_TRANSLATE_NOOP("SyncWords", "{words} (mục {field})")
    NOT_TRIED = QT_TRANSLATE_NOOP("SyncWords", "Chưa gửi lần nào.")


def kind_words(row: OutboxItem) -> str:
    """What the message carries, with the file where it is one."""
    kind = _tr(KIND_WORDS.get(row.kind, row.kind))
    if not row.file_name:
        return kind
    return _tr(Words.FILE).format(kind=kind, name=row.file_name, size=size_words(row.size))


def state_words(row: OutboxItem) -> tuple[str, str]:
    """How the message stands, and the tone."""
    if row.state == "waiting" and row.held_back:
        return _tr(Words.HELD), "neutral"
    words, tone = STATE_WORDS.get(row.state, (row.state, "neutral"))
    return _tr(words), tone


def said(row: OutboxItem) -> str:
    """The portal's or the line's words, with the field that the portal names."""
    if row.last_error and row.error_field:
        return _tr(Words.FIELD).format(words=row.last_error, field=field_words(row.error_field))
    return row.last_error


def explanation(row: OutboxItem, now: datetime, *, portal_set: bool, paused: bool = False) -> tuple[str, str]:
    """Two lines for the chosen message: what was said, and what to do."""
    words = said(row)
    if row.state == "needs_attention":
        return _tr(Words.PORTAL_SAYS).format(words=words), _tr(_advice(row))
    before = _tr(Words.LINE_SAYS).format(words=words) if words else _tr(Words.NOT_TRIED)
    return before, _waiting_advice(row, now, portal_set=portal_set, paused=paused)


def _advice(row: OutboxItem) -> str:
    """What a person can do about a refusal."""
    other = Words.UPLOAD_ADVICE if row.kind == "upload" else Words.OTHER_ADVICE
    return ADVICE.get(row.error_code, other)


def _waiting_advice(row: OutboxItem, now: datetime, *, portal_set: bool, paused: bool) -> str:
    if row.state == "done":
        return _tr(Words.DONE_ADVICE)
    if row.state == "sending":
        return _tr(Words.SENDING_ADVICE)
    if row.state == "held":
        return _tr(Words.CARRIED_ADVICE)
    if row.held_by_trouble:
        return _tr(Words.HELD_BY_TROUBLE_ADVICE)
    if not portal_set:
        return _tr(Words.NOT_SET_ADVICE)
    if paused:
        return _tr(Words.PAUSED_ADVICE)
    if row.held_back:
        return _tr(Words.HELD_ADVICE)
    if row.unseen:
        return _tr(Words.UNSEEN_ADVICE)
    if row.next_attempt_at <= now:
        return _tr(Words.NEXT_TURN_ADVICE)
    return _tr(Words.WAITING_ADVICE).format(time=local_time(row.next_attempt_at))


def _tr(text: str) -> str:
    return translate("SyncWords", text)
