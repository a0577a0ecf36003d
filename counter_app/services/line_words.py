"""What the probe of the line says: what happened and what to do."""

from __future__ import annotations

import errno
from typing import Final

NOT_REACHED: Final = "Chưa kiểm tra vì bước trước không được."
NAME_FOUND: Final = "Tìm thấy {host} ở {address}."
NAME_UNKNOWN: Final = (
    "Không tìm thấy tên máy {host}. Kiểm tra mạng của máy này và địa chỉ cổng trong Cài đặt; nếu đúng cả, báo "
    "người quản trị mạng (DNS)."
)
NAME_SLOW: Final = "Hỏi tên máy {host} không có trả lời. Mạng của máy này có thể đã mất, hoặc DNS không chạy."
CONNECTED: Final = "Nối được tới cổng mạng {port}."
CONNECTED_BY_PROXY: Final = "Nối được qua máy chủ trung gian {proxy}."
PROXY_REFUSED: Final = (
    "Máy chủ trung gian {proxy} không cho đi qua (HTTP {status}). Kiểm tra cấu hình proxy của máy, báo người quản "
    "trị mạng."
)
TOO_SLOW: Final = "Không có trả lời trong {seconds} giây. Đường truyền rất chậm, hoặc tường lửa chặn; thử lại sau."
REFUSED: Final = "Máy của cổng từ chối kết nối. Cổng có thể đang bảo trì; kiểm tra địa chỉ trong Cài đặt, thử lại sau."
NO_ROUTE: Final = "Không có đường tới máy của cổng. Kiểm tra dây mạng, Wi-Fi, VPN của máy này."
RESET: Final = "Kết nối bị ngắt giữa chừng. Thử lại; nếu lặp lại, tường lửa hoặc máy chủ trung gian có thể đang chặn."
OTHER: Final = "Không nối được (lỗi mạng số {number}). Kiểm tra mạng rồi thử lại."
NOT_SECURED: Final = "Không dùng: cổng ở ngay máy này."
SECURED: Final = "Chứng thư hợp lệ ({version})."
BUNDLE_UNREADABLE: Final = "Không đọc được tệp chứng thư gốc đã chọn. Chọn lại tệp (dạng PEM) trong Cài đặt."
TLS_FAILED: Final = (
    "Không lập được kết nối bảo mật ({reason}). Địa chỉ có thể không phải https, hoặc có thiết bị chặn giữa đường."
)
NOT_HTTP: Final = "Máy ở địa chỉ này không trả lời như một cổng web. Kiểm tra địa chỉ và số cổng mạng trong Cài đặt."
REDIRECTED: Final = (
    "Bị chuyển hướng sang nơi khác (HTTP {status}). Nếu đang dùng Wi-Fi có trang đăng nhập, hãy đăng nhập mạng; nếu "
    "không, kiểm tra địa chỉ cổng trong Cài đặt."
)
SERVER_TROUBLE: Final = (
    "Cổng báo lỗi phía máy chủ (HTTP {status}). Chương trình tự thử lại; kéo dài thì báo quản trị cổng."
)
ANSWERED: Final = "Cổng trả lời (HTTP {status})."

EXPIRED: Final = (
    "Chứng thư của cổng đã hết hạn. Xem ngày giờ của máy này có đúng không; nếu đúng, báo quản trị cổng thay chứng thư."
)
NOT_YET: Final = (
    "Chứng thư của cổng chưa đến ngày có hiệu lực. Thường là do ngày giờ của máy này sai: chỉnh lại rồi thử."
)
WRONG_NAME: Final = (
    "Chứng thư là của một tên máy khác. Kiểm tra địa chỉ cổng trong Cài đặt; nếu đúng, có thể đang bị chặn giữa đường: "
    "đừng nhập mật khẩu, báo quản trị."
)
REVOKED: Final = "Chứng thư của cổng đã bị thu hồi. Không gửi gì; báo quản trị cổng."
UNKNOWN_ROOT: Final = (
    "Không biết nơi ký chứng thư này. Nếu cơ quan có chứng thư gốc riêng, chọn tệp đó trong Cài đặt; nếu không, có thể "
    "đang bị chặn giữa đường (Wi-Fi có trang đăng nhập, phần mềm diệt vi-rút): báo quản trị."
)
UNKNOWN_ROOT_OWN: Final = (
    "Chứng thư gốc riêng đã chọn không phải nơi ký chứng thư của cổng. Xin quản trị tệp chứng thư gốc mới, chọn lại "
    "trong Cài đặt."
)
UNTRUSTED: Final = "Chứng thư của cổng không được chấp nhận (mã {code}). Báo quản trị cổng kèm mã này."

_UNKNOWN_ROOTS: Final = frozenset({2, 7, 18, 19, 20, 21})
_CODES: Final = {9: NOT_YET, 10: EXPIRED, 23: REVOKED, 62: WRONG_NAME, 64: WRONG_NAME}
"""Verdicts of OpenSSL (x509_vfy.h)."""
_ERRORS: Final = {
    errno.ECONNREFUSED: REFUSED,
    errno.ENETUNREACH: NO_ROUTE,
    errno.EHOSTUNREACH: NO_ROUTE,
    errno.ENETDOWN: NO_ROUTE,
    errno.ECONNRESET: RESET,
    errno.EPIPE: RESET,
    errno.ECONNABORTED: RESET,
}


def certificate_trouble(code: int, *, own: bool) -> str:
    """Why a certificate is not trusted; ``own``: against roots of the office's own."""
    if code in _UNKNOWN_ROOTS:
        return UNKNOWN_ROOT_OWN if own else UNKNOWN_ROOT
    return _CODES.get(code, UNTRUSTED.format(code=code))


def connection_trouble(error: OSError) -> str:
    """Why a connection did not come about, or broke."""
    number = error.errno or 0
    # Windows has numbers of its own (WSAECONNREFUSED 10061), which Python maps to classes.
    if isinstance(error, ConnectionRefusedError):
        return REFUSED
    if isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
        return RESET
    return _ERRORS.get(number, OTHER.format(number=number))
