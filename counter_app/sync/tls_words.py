"""What is wrong with a portal's certificate, in words that tell the clerk what to do."""

from __future__ import annotations

import ssl
from typing import Final

_EXPIRED: Final = frozenset({9, 10})
"""X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED."""
_OTHER_HOST: Final = frozenset({62, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH."""

_WORDS_EXPIRED: Final = (
    "Chứng thư bảo mật của cổng đã hết hạn hoặc chưa có hiệu lực nên không gửi gì. Kiểm tra ngày giờ của máy; nếu "
    "đúng, báo quản trị cổng gia hạn chứng thư."
)
_WORDS_OTHER_HOST: Final = (
    "Chứng thư bảo mật nhận được là của một máy khác, không phải của cổng, nên không gửi gì. Kiểm tra địa chỉ cổng "
    "trong Cài đặt và mạng đang dùng; nếu đúng, báo quản trị cổng."
)
_WORDS_UNKNOWN: Final = (
    "Không xác thực được chứng thư bảo mật của cổng nên không gửi gì. Kiểm tra ngày giờ của máy và mạng đang dùng; "
    "nếu cơ quan có chứng thư gốc riêng, chọn tệp chứng thư đó trong Cài đặt."
)


def certificate_words(error: BaseException) -> str:
    """Return the sentence for a failed TLS handshake; ``error`` is whatever the HTTP library made of it."""
    code = _verify_code(error)
    if code in _EXPIRED:
        return _WORDS_EXPIRED
    return _WORDS_OTHER_HOST if code in _OTHER_HOST else _WORDS_UNKNOWN


def _verify_code(error: BaseException) -> int | None:
    """OpenSSL's reason, from wherever in the chain of exceptions it stands; None when there is none."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        if isinstance(one, ssl.SSLCertVerificationError):
            return int(one.verify_code)
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return None
