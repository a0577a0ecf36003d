"""What the scanners' part of the settings page says."""

from __future__ import annotations

from counter_app.ui.words import QT_TRANSLATE_NOOP


class Words:
    """Labels, hints, and what was found; translated with those of the other forms."""

    TAB = QT_TRANSLATE_NOOP("SettingsForms", "Máy quét")
    FOUND = QT_TRANSLATE_NOOP("SettingsForms", "Nguồn quét tìm thấy")
    AGAIN = QT_TRANSLATE_NOOP("SettingsForms", "Tìm &lại")
    LOOKING = QT_TRANSLATE_NOOP("SettingsForms", "Đang tìm máy quét ở máy này và trong mạng, mất vài giây…")
    COUNT = QT_TRANSLATE_NOOP("SettingsForms", "Tìm thấy {count} nguồn quét, {silent} không dùng được ngay.")
    NONE = QT_TRANSLATE_NOOP(
        "SettingsForms",
        "Không thấy máy quét nào. Bật máy, cắm cáp (Linux cần gói sane-utils, Windows cần trình điều khiển của hãng) "
        "rồi bấm «Tìm lại», hoặc thêm máy quét mạng theo địa chỉ.",
    )
    TEST = QT_TRANSLATE_NOOP("SettingsForms", "&Quét thử một trang…")
    TEST_FOLDER = QT_TRANSLATE_NOOP("SettingsForms", "Thư mục không quét thử: tệp lấy từ thư mục sẽ bị xóa ở đó.")
    TRUST = QT_TRANSLATE_NOOP("SettingsForms", "Tin c&hứng thư…")
    REMOVE = QT_TRANSLATE_NOOP("SettingsForms", "Bỏ khỏi danh &sách")
    REMOVED = QT_TRANSLATE_NOOP("SettingsForms", "Đã bỏ «{name}». Bấm Lưu để dùng.")
    ADD_TITLE = QT_TRANSLATE_NOOP("SettingsForms", "Thêm máy quét mạng không tự hiện")
    ADDRESS = QT_TRANSLATE_NOOP("SettingsForms", "Địa &chỉ máy quét")
    ADDRESS_HINT = QT_TRANSLATE_NOOP(
        "SettingsForms", "Số IP hoặc tên máy, ví dụ 192.168.1.20. Máy cần có AirScan, eSCL hoặc AirPrint."
    )
    NAME = QT_TRANSLATE_NOOP("SettingsForms", "Tê&n hiện cho cán bộ")
    NAME_HINT = QT_TRANSLATE_NOOP("SettingsForms", "Để trống: dùng tên của máy quét.")
    ADD = QT_TRANSLATE_NOOP("SettingsForms", "Thử &và thêm")
    ASKING = QT_TRANSLATE_NOOP("SettingsForms", "Đang hỏi máy quét ở «{address}»…")
    ADDED = QT_TRANSLATE_NOOP("SettingsForms", "Máy quét trả lời tốt: {name}, {feeder}, {duplex}. Bấm Lưu để dùng.")
    HAS_FEEDER = QT_TRANSLATE_NOOP("SettingsForms", "có khay nạp")
    NO_FEEDER = QT_TRANSLATE_NOOP("SettingsForms", "không có khay nạp")
    HAS_DUPLEX = QT_TRANSLATE_NOOP("SettingsForms", "quét được hai mặt")
    NO_DUPLEX = QT_TRANSLATE_NOOP("SettingsForms", "chỉ quét một mặt")
    NOT_TRUSTED = QT_TRANSLATE_NOOP("SettingsForms", "Chưa thêm: chứng thư của máy quét chưa được tin.")
    OTHERS = QT_TRANSLATE_NOOP("SettingsForms", "Thư mục quét, máy ảnh, tự tìm trong mạng")
    FOLDER = QT_TRANSLATE_NOOP("SettingsForms", "Thư &mục quét")
    FOLDER_HINT = QT_TRANSLATE_NOOP(
        "SettingsForms", "Máy photocopy quét vào đây. Tệp lấy xong bị xóa khỏi thư mục: hãy dùng thư mục riêng."
    )
    CHOOSE = QT_TRANSLATE_NOOP("SettingsForms", "Chọn thư mục…")
    FOLDER_GOOD = QT_TRANSLATE_NOOP("SettingsForms", "Dùng được thư mục này; chưa có tệp nào chờ lấy.")
    FOLDER_FULL = QT_TRANSLATE_NOOP(
        "SettingsForms",
        "Dùng được; đang có {count} tệp chờ: lần quét tới lấy vào khay và xóa khỏi thư mục.",
    )
    CAMERAS = QT_TRANSLATE_NOOP("SettingsForms", "Má&y ảnh tài liệu")
    CAMERA_UNIT = QT_TRANSLATE_NOOP("SettingsForms", " máy")
    DESPECKLE = QT_TRANSLATE_NOOP("SettingsForms", "Xóa &bụi, chấm nhỏ trên trang khi làm PDF")
    DISCOVER = QT_TRANSLATE_NOOP("SettingsForms", "Tìm máy quét tự báo tron&g mạng (AirScan, eSCL)")
