"""What the page of scanning says."""

from __future__ import annotations

from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """Captions, keys and messages."""

    TITLE = QT_TRANSLATE_NOOP("ScanPage", "Quét")
    TURN_LEFT = QT_TRANSLATE_NOOP("ScanPage", "Xoay trái (Q)")
    TURN_RIGHT = QT_TRANSLATE_NOOP("ScanPage", "Xoay phải (E)")
    CROP_HINT = QT_TRANSLATE_NOOP(
        "ScanPage", "Cắt, chỉnh nghiêng trang có khung bằng tay. Shift+C: trả các trang đang chọn về như đã quét."
    )
    NOTE_HINT = QT_TRANSLATE_NOOP(
        "ScanPage",
        "Trang có dán ghi chú, bút phê rời: quét thêm một lần không có. Chọn hai trang: trang sau là bản không có.",
    )
    DROP_HINT = QT_TRANSLATE_NOOP("ScanPage", "Bỏ trang đang chọn; nhấn lần nữa để lấy lại trang đã bỏ.")
    SPLIT_HINT = QT_TRANSLATE_NOOP("ScanPage", "Bắt đầu tài liệu mới từ trang có khung.")
    JOIN_HINT = QT_TRANSLATE_NOOP(
        "ScanPage", "Ghép các trang đang chọn thành một tài liệu; chọn một trang: ghép vào trước."
    )
    LOOKED_HINT = QT_TRANSLATE_NOOP("ScanPage", "Đã xem trang có dấu «cần xem» và thấy đúng.")
    CROP = QT_TRANSLATE_NOOP("ScanPage", "Chỉnh (C)")
    AS_READ = QT_TRANSLATE_NOOP("ScanPage", "Bỏ cắt, bỏ chỉnh nghiêng (Shift+C)")
    NOTE = QT_TRANSLATE_NOOP("ScanPage", "Ghi chú (N)")
    NOTE_NEXT = QT_TRANSLATE_NOOP(
        "ScanPage", "Hãy bóc ghi chú ra rồi quét lại riêng trang này (F5): bản quét thêm đứng ngay sau nó."
    )
    NOTE_DONE = QT_TRANSLATE_NOOP("ScanPage", "Bản không có ghi chú đã đứng ngay sau trang có ghi chú.")
    NOTE_TWO = QT_TRANSLATE_NOOP("ScanPage", "Hãy chọn một trang có ghi chú, hoặc hai trang: có rồi không có ghi chú.")
    DROP = QT_TRANSLATE_NOOP("ScanPage", "Bỏ (Del)")
    SPLIT = QT_TRANSLATE_NOOP("ScanPage", "Tách (T)")
    JOIN = QT_TRANSLATE_NOOP("ScanPage", "Ghép (G)")
    LOOKED = QT_TRANSLATE_NOOP("ScanPage", "Đã xem (X)")
    UNDO = QT_TRANSLATE_NOOP("ScanPage", "Hoàn tác")
    UNDO_HINT = QT_TRANSLATE_NOOP("ScanPage", "Lấy lại việc sửa trang vừa làm (Ctrl+Z).")
    RETRY = QT_TRANSLATE_NOOP("ScanPage", "Thử lại (Ctrl+R)")
    GIVE_UP = QT_TRANSLATE_NOOP("ScanPage", "Trả về khay (Ctrl+T)")
    SEND = QT_TRANSLATE_NOOP("ScanPage", "Gắn tất cả (Ctrl+G)")
    OTHERS = QT_TRANSLATE_NOOP("ScanPage", "Mở lô khác: {count} (Ctrl+J)")
    TROUBLES = QT_TRANSLATE_NOOP("ScanPage", "{count} bản chưa gắn được (Ctrl+L)")
    READ = QT_TRANSLATE_NOOP("ScanPage", "Đang quét: đã đọc {count} trang")
    LOOKING = QT_TRANSLATE_NOOP("ScanPage", "Đang xem xét {count} trang…")
    COUNTS = QT_TRANSLATE_NOOP("ScanPage", "{pages} trang, {documents} tài liệu")
    MAKING = QT_TRANSLATE_NOOP("ScanPage", "Đang xử lý {done}/{pages} trang")
    SCANNED = QT_TRANSLATE_NOOP("ScanPage", "Đã quét {count} trang.")
    SCANNED_BLANK = QT_TRANSLATE_NOOP(
        "ScanPage", "Đã quét {count} trang, gạch bỏ {blank} trang trắng (chọn trang rồi nhấn Del để lấy lại)."
    )
    STOPPED = QT_TRANSLATE_NOOP("ScanPage", "Đã dừng. {count} trang đã đọc được giữ lại; nhấn F5 để quét tiếp.")
    TROUBLE = QT_TRANSLATE_NOOP("ScanPage", "{trouble} Đã giữ {count} trang; xong thì nhấn F5 để quét tiếp.")
    TROUBLE_BEFORE = QT_TRANSLATE_NOOP("ScanPage", "{trouble} Chưa đọc được trang nào; xong thì nhấn F5.")
    FILES_LEFT = QT_TRANSLATE_NOOP("ScanPage", "{trouble} Đã thêm {count} trang.")
    TAKEN_UP = QT_TRANSLATE_NOOP("ScanPage", "Có {count} trang quét chưa gắn vào hồ sơ từ lần trước.")
    TAKEN_TROUBLES = QT_TRANSLATE_NOOP(
        "ScanPage",
        "Có {count} tài liệu chưa gắn được: chọn dòng của tài liệu, xem lý do rồi thử lại hoặc trả về khay.",
    )
    WAIT = QT_TRANSLATE_NOOP("ScanPage", "Đang quét hoặc đang xem xét trang. Hãy chờ xong rồi mở lô khác.")
    CHOOSE_PAPER = QT_TRANSLATE_NOOP("ScanPage", "Hãy chọn hồ sơ (Ctrl+H) và giấy tờ trước khi gán trang.")
    CHOOSE_PAGES = QT_TRANSLATE_NOOP("ScanPage", "Hãy chọn trang cần làm trước.")
    CHOOSE_FILES = QT_TRANSLATE_NOOP("ScanPage", "Chọn ảnh hoặc PDF")
    FILE_KINDS = QT_TRANSLATE_NOOP("ScanPage", "Ảnh và PDF (*.pdf *.png *.jpg *.jpeg *.tif *.tiff *.bmp *.webp)")
    NO_PICTURE = QT_TRANSLATE_NOOP("ScanPage", "Bộ nhớ tạm không có ảnh hay tệp nào. Hãy chép ảnh rồi dán lại.")
    K_JOBS = QT_TRANSLATE_NOOP("ScanPage", "Bản quét chưa gắn được")
    K_COUNT = QT_TRANSLATE_NOOP("ScanPage", "Số trang đếm được")
    K_SCAN = QT_TRANSLATE_NOOP("ScanPage", "Quét")
    K_FOLDER = QT_TRANSLATE_NOOP("ScanPage", "Lấy tệp mới từ thư mục quét")
    K_STOP = QT_TRANSLATE_NOOP("ScanPage", "Dừng quét")
    K_FIND = QT_TRANSLATE_NOOP("ScanPage", "Chọn hồ sơ")
    K_STACK = QT_TRANSLATE_NOOP("ScanPage", "Không chọn hồ sơ")
    K_ASSIGN = QT_TRANSLATE_NOOP("ScanPage", "Gán trang đang chọn")
    K_FILES = QT_TRANSLATE_NOOP("ScanPage", "Thêm tệp")
    K_PASTE = QT_TRANSLATE_NOOP("ScanPage", "Dán ảnh")
    K_SEND = QT_TRANSLATE_NOOP("ScanPage", "Gắn tất cả")
    K_UNDO = QT_TRANSLATE_NOOP("ScanPage", "Hoàn tác")
    K_NEXT = QT_TRANSLATE_NOOP("ScanPage", "Giấy tờ sau")
    K_BEFORE = QT_TRANSLATE_NOOP("ScanPage", "Giấy tờ trước")


def tr(text: str) -> str:
    """In the language of the window."""
    return translate("ScanPage", text)
