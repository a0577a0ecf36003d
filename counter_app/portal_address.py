"""Which addresses of a portal are safe to speak to; light enough for the path to the first window."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from counter_app.errors import UserError


def checked_address(url: str) -> str:
    """Return the base address without blanks and slash around it.

    Raises UserError ``portal_url_invalid`` for what is no address or carries a name and password, and
    ``portal_url_insecure`` for plain HTTP to anything but this machine (portal-protocol.md section 1).
    """
    address = url.strip()
    try:
        parts = urlsplit(address)
        whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if not whole or parts.scheme not in {"http", "https"} or parts.username is not None:
        raise UserError(
            "portal_url_invalid",
            "Địa chỉ cổng không đúng. Nhập địa chỉ dạng https://ten-cong.gov.vn, không kèm tên và mật khẩu.",
        )
    if parts.scheme == "http" and not is_loopback(address):
        raise UserError(
            "portal_url_insecure",
            "Địa chỉ cổng phải bắt đầu bằng https:// để thông tin người dân được mã hóa trên đường truyền.",
        )
    return address.rstrip("/")


def is_loopback(url: str) -> bool:
    """Tell whether an address is on this machine: by name or number, not by how it begins."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
