"""What the page of hand-overs and its windows say."""

from __future__ import annotations

from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """All in one context: the page and its windows are one screen."""

    TITLE = QT_TRANSLATE_NOOP("HandoverPage", "Bàn giao")
    READY = QT_TRANSLATE_NOOP("HandoverPage", "Hồ sơ sẽ giao: {count}")
    LISTS = QT_TRANSLATE_NOOP("HandoverPage", "Danh sách bàn giao")
    CODE = QT_TRANSLATE_NOOP("HandoverPage", "&Mã hồ sơ")
    CODE_HINT = QT_TRANSLATE_NOOP("HandoverPage", "Quét hoặc gõ mã từng hồ sơ rồi Enter; hồ sơ vào danh sách bên dưới")
    CHOSEN = QT_TRANSLATE_NOOP("HandoverPage", "Hồ sơ đã chọn để bàn giao hoặc nhận về")
    GIVE = QT_TRANSLATE_NOOP("HandoverPage", "Lập danh sách giao… (Ctrl+Enter)")
    TAKE_BACK = QT_TRANSLATE_NOOP("HandoverPage", "Nhận về quầy… (Alt+1)")
    SHELVE = QT_TRANSLATE_NOOP("HandoverPage", "Xếp vị trí… (Alt+2)")
    REMOVE = QT_TRANSLATE_NOOP("HandoverPage", "Bỏ khỏi chọn (Del)")
    SEND = QT_TRANSLATE_NOOP("HandoverPage", "Ký giao… (Alt+3)")
    CONFIRM = QT_TRANSLATE_NOOP("HandoverPage", "Bên nhận ký… (Alt+4)")
    DISCARD = QT_TRANSLATE_NOOP("HandoverPage", "Bỏ danh sách (Alt+5)")
    REDIRECT = QT_TRANSLATE_NOOP("HandoverPage", "Chuyển lại đúng nơi… (Alt+6)")
    RECORD = QT_TRANSLATE_NOOP("HandoverPage", "Biên bản… (Alt+7)")
    SLIP = QT_TRANSLATE_NOOP("HandoverPage", "Phiếu kiểm soát… (Alt+8)")
    RECORD_TITLE = QT_TRANSLATE_NOOP("HandoverPage", "Biên bản bàn giao hồ sơ số {number}")
    TWICE = QT_TRANSLATE_NOOP("HandoverPage", "Hồ sơ {code} đã có trong danh sách chọn.")
    NONE_CHOSEN = QT_TRANSLATE_NOOP("HandoverPage", "Hãy quét ít nhất một hồ sơ.")
    SHELF_FOUND = QT_TRANSLATE_NOOP("HandoverPage", "Vị trí {shelf}: thêm {count} hồ sơ.")
    LINES = QT_TRANSLATE_NOOP("HandoverPage", "Hồ sơ trong danh sách đang chọn")
    COL_CODE = QT_TRANSLATE_NOOP("HandoverPage", "Mã hồ sơ")
    COL_WHO = QT_TRANSLATE_NOOP("HandoverPage", "Chủ hồ sơ")
    COL_WHAT = QT_TRANSLATE_NOOP("HandoverPage", "Thủ tục")
    COL_HELD = QT_TRANSLATE_NOOP("HandoverPage", "Đang ở")
    COL_SHELF = QT_TRANSLATE_NOOP("HandoverPage", "Vị trí")
    COL_NUMBER = QT_TRANSLATE_NOOP("HandoverPage", "Số")
    COL_TO = QT_TRANSLATE_NOOP("HandoverPage", "Nơi nhận")
    COL_COUNT = QT_TRANSLATE_NOOP("HandoverPage", "Hồ sơ")
    COL_STATE = QT_TRANSLATE_NOOP("HandoverPage", "Tình trạng")
    COL_WHEN = QT_TRANSLATE_NOOP("HandoverPage", "Lúc")
    COL_INNER = QT_TRANSLATE_NOOP("HandoverPage", "Hạn nội bộ")
    AT_DESK = QT_TRANSLATE_NOOP("HandoverPage", "Tại quầy")
    MADE = QT_TRANSLATE_NOOP("HandoverPage", "Đã lập danh sách số {number}: {count} hồ sơ. Kiểm tra rồi bấm «Ký giao».")
    SENT = QT_TRANSLATE_NOOP(
        "HandoverPage", "Đã giao danh sách số {number}. Hồ sơ vẫn do bên giao chịu trách nhiệm đến khi bên nhận ký."
    )
    CLOSED = QT_TRANSLATE_NOOP("HandoverPage", "Danh sách số {number}: hai bên đã ký.")
    BACK = QT_TRANSLATE_NOOP("HandoverPage", "Đã nhận {count} hồ sơ về quầy.")
    DISCARDED = QT_TRANSLATE_NOOP("HandoverPage", "Đã bỏ danh sách số {number}, hồ sơ ở nguyên chỗ cũ.")
    REDIRECTED = QT_TRANSLATE_NOOP("HandoverPage", "Hồ sơ {code} chuyển lại {unit}; hạn trả không đổi.")
    SHELVED = QT_TRANSLATE_NOOP("HandoverPage", "Đã ghi vị trí của {count} hồ sơ.")
    UNIT = QT_TRANSLATE_NOOP("HandoverPage", "&Nơi nhận")
    OFFICE_CODE = QT_TRANSLATE_NOOP("HandoverPage", "Mã cơ &quan (liên thông)")
    OFFICE_HINT = QT_TRANSLATE_NOOP("HandoverPage", "Để trống khi giao trong cơ quan")
    INNER = QT_TRANSLATE_NOOP("HandoverPage", "Đặt hạn nội &bộ")
    INNER_AT = QT_TRANSLATE_NOOP("HandoverPage", "Hạn nội bộ")
    NOTE = QT_TRANSLATE_NOOP("HandoverPage", "&Ghi chú")
    RECEIVER = QT_TRANSLATE_NOOP("HandoverPage", "&Người nhận ký")
    GIVER = QT_TRANSLATE_NOOP("HandoverPage", "Người gi&ao ký")
    SHELF = QT_TRANSLATE_NOOP("HandoverPage", "&Vị trí để hồ sơ")
    SHELF_HINT = QT_TRANSLATE_NOOP("HandoverPage", "Ví dụ K2-N3; để trống nếu chưa xếp")
    FROM_OTHER = QT_TRANSLATE_NOOP("HandoverPage", "&Cơ quan khác giao đến, quầy chưa giao đi")
    SENDER = QT_TRANSLATE_NOOP("HandoverPage", "&Tên cơ quan giao")
    SENDER_CODE_HINT = QT_TRANSLATE_NOOP("HandoverPage", "Ví dụ H15.10; để trống nếu không rõ")
    FROM_UNIT = QT_TRANSLATE_NOOP("HandoverPage", "Từ {unit}")
    REASON = QT_TRANSLATE_NOOP("HandoverPage", "&Lý do")
    GIVE_HINT = QT_TRANSLATE_NOOP("HandoverPage", "{count} hồ sơ. Danh sách lập xong chưa đi: xem lại rồi mới ký giao.")
    SEND_HINT = QT_TRANSLATE_NOOP("HandoverPage", "Danh sách số {number}: giao {count} hồ sơ\n{giver} → {receiver}")
    STAYING = QT_TRANSLATE_NOOP("HandoverPage", "&Bỏ khỏi danh sách")
    GIVER_MISSING = QT_TRANSLATE_NOOP("HandoverPage", "Hãy ghi họ tên người ký giao.")
    SENDER_MISSING = QT_TRANSLATE_NOOP("HandoverPage", "Hãy ghi tên cơ quan giao giấy tờ đến.")
    GIVER_HINT = QT_TRANSLATE_NOOP("HandoverPage", "Họ tên người của {unit}")
    LEFT_OUT = QT_TRANSLATE_NOOP("HandoverPage", "Đã bỏ khỏi danh sách: {dossiers}")
    BROUGHT_BY = QT_TRANSLATE_NOOP("HandoverPage", "Người gi&ao giấy tờ")
    BROUGHT_HINT = QT_TRANSLATE_NOOP(
        "HandoverPage", "Giấy tờ đang ở {unit}. Về cùng kết quả thì ghi người giao; chưa về thì để trống."
    )
    CONFIRM_HINT = QT_TRANSLATE_NOOP(
        "HandoverPage",
        "Danh sách số {number} · {unit} · bên giao: {giver}\nBên nhận không nhận hồ sơ nào thì bỏ dấu, ghi lý do.",
    )
    SHELVED_AT = QT_TRANSLATE_NOOP("HandoverPage", "Hồ sơ giấy đang để ở: {shelf}.")
    REDIRECT_HINT = QT_TRANSLATE_NOOP("HandoverPage", "{code}: giao nhầm {unit}. Ngày hẹn trả ban đầu giữ nguyên.")
    BACK_HINT = QT_TRANSLATE_NOOP("HandoverPage", "{count} hồ sơ từ đơn vị hoặc cơ quan khác về quầy; hai bên ký ngay.")
    SHELF_TITLE = QT_TRANSLATE_NOOP("HandoverPage", "Vị trí để hồ sơ")
    DO_IT = QT_TRANSLATE_NOOP("HandoverPage", "{what} (Ctrl+Enter)")
    GIVE_TITLE = QT_TRANSLATE_NOOP("HandoverPage", "Lập danh sách bàn giao")
    SEND_TITLE = QT_TRANSLATE_NOOP("HandoverPage", "Ký giao")
    BACK_TITLE = QT_TRANSLATE_NOOP("HandoverPage", "Nhận về quầy")
    CONFIRM_TITLE = QT_TRANSLATE_NOOP("HandoverPage", "Bên nhận ký")
    REDIRECT_TITLE = QT_TRANSLATE_NOOP("HandoverPage", "Chuyển lại đúng nơi")


def tr(text: str) -> str:
    """In the language of the window."""
    return translate("HandoverPage", text)
