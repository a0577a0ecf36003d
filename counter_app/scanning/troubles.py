"""Why scanning ends early, in words that say what to do; one sentence for each way, whatever the source is."""

from __future__ import annotations

from typing import Final

from counter_app.scanning.model import ScanTrouble

_KEPT: Final = "Các trang đã quét vẫn còn. "

_TROUBLES: Final[dict[str, tuple[str, str]]] = {
    "jam": (
        "jam",
        f"Máy quét bị kẹt giấy. {_KEPT}Hãy mở nắp khay nạp, rút tờ bị kẹt ra, xếp lại rồi quét tiếp từ tờ đó.",
    ),
    "mispick": (
        "jam",
        f"Máy quét kéo trượt hoặc kéo nhiều tờ một lúc. {_KEPT}Hãy tách và gõ bằng mép xấp giấy, xếp lại rồi quét tiếp "
        "từ tờ chưa có ảnh.",
    ),
    "cover_open": (
        "cover_open",
        f"Nắp máy quét đang mở. {_KEPT}Hãy đóng nắp rồi quét tiếp.",
    ),
    "no_paper": (
        "no_paper",
        "Khay nạp không có giấy. Hãy đặt giấy vào khay cho đến khi chạm, hoặc bỏ chọn «Khay nạp» để quét trên mặt "
        "kính.",
    ),
    "busy": (
        "busy",
        "Máy quét đang bận: máy khác hoặc chương trình khác đang dùng. Hãy đợi xong rồi quét lại.",
    ),
    "offline": (
        "offline",
        f"Không liên lạc được với máy quét. {_KEPT}Hãy kiểm tra nguồn điện, cáp hoặc mạng của máy quét rồi quét tiếp.",
    ),
    "hanging": (
        "offline",
        f"Máy quét không trả lời trong {{seconds}} giây nên đã ngừng. {_KEPT}Hãy tắt rồi bật lại máy quét, đợi máy sẵn "
        "sàng rồi quét tiếp.",
    ),
    "unfinished": (
        "offline",
        f"Máy quét không đưa trang tiếp theo dù chưa quét xong và khay còn giấy. {_KEPT}Hãy xem màn hình máy quét, xếp "
        "lại những tờ chưa có ảnh rồi quét tiếp.",
    ),
    "driver_crashed": (
        "offline",
        f"Trình điều khiển của máy quét bị dừng đột ngột (mã {{status}}). {_KEPT}Hãy tắt rồi bật lại máy quét và quét "
        "tiếp; nếu còn lỗi, gọi quản trị cập nhật trình điều khiển.",
    ),
    "denied": (
        "offline",
        "Tài khoản đang dùng không có quyền dùng máy quét này. Hãy gọi quản trị cấp quyền (nhóm scanner) rồi quét lại.",
    ),
    "locked": (
        "unsupported",
        "Máy quét không cho máy tính này quét: đòi mật khẩu hoặc chặn địa chỉ. Hãy gọi quản trị mở quyền quét trong "
        "trang cài đặt của máy quét.",
    ),
    "unsupported": (
        "unsupported",
        "Máy quét không nhận cách quét đã chọn ({words}). Hãy chọn độ phân giải, màu sắc, khổ giấy hoặc khay khác.",
    ),
    "no_feeder": (
        "unsupported",
        "Máy quét này không có khay nạp giấy tự động. Hãy bỏ chọn «Khay nạp», đặt từng tờ lên mặt kính rồi quét.",
    ),
    "no_glass": (
        "unsupported",
        "Máy quét này không có mặt kính. Hãy chọn «Khay nạp» và đặt giấy vào khay.",
    ),
    "no_duplex": (
        "unsupported",
        "Máy quét này không quét được hai mặt. Hãy bỏ chọn «Hai mặt»; cần cả hai mặt thì quét xong mặt trước, "
        "lật xấp giấy rồi quét tiếp.",
    ),
    "page_too_large": (
        "unsupported",
        "Máy quét này không quét được khổ {page}. Hãy chọn khổ giấy nhỏ hơn.",
    ),
    "driver_missing": (
        "driver_missing",
        "Máy này chưa cài chương trình quét. Hãy gọi quản trị cài (Linux: gói sane-utils; Windows: trình điều khiển "
        "WIA của hãng), hoặc dùng máy quét mạng hay thư mục quét.",
    ),
    "unknown_source": (
        "unsupported",
        "Máy quét đã chọn không còn trong danh sách. Hãy bấm «Tìm lại» và chọn máy quét khác.",
    ),
    "stopped_at_device": (
        "stopped",
        f"Việc quét bị dừng ở máy quét. {_KEPT}Hãy kiểm tra tờ đang quét dở rồi quét tiếp.",
    ),
    "stopped": (
        "stopped",
        f"Đã dừng quét. {_KEPT}Tờ đang quét dở chưa được lưu; hãy đặt lại tờ đó khi quét tiếp.",
    ),
}
"""What happened → the kind of ScanTrouble and its words."""


def trouble(happened: str, **values: object) -> ScanTrouble:
    """The trouble for one of the keys above; ``values`` fill its words."""
    kind, words = _TROUBLES[happened]
    return ScanTrouble(kind, words.format(**values))


def stopped() -> ScanTrouble:
    """Somebody told us to stop."""
    return trouble("stopped")
