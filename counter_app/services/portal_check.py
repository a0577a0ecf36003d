"""The settings of the portal tried out before they are saved: the certificate file, and the connection."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from counter_app.errors import KnownError, UserError
from counter_app.portal_secret import portal_password
from counter_app.services.desk import DeskContext
from counter_app.services.portal_link import open_client
from counter_app.settings import Settings, check_settings
from counter_app.sync.client import SignInNeeded, TransientTrouble


@dataclass(frozen=True, slots=True)
class BundleFacts:
    """A certificate file as it was read: whose the certificates are, and until when the first to end holds."""

    names: tuple[str, ...]
    ends_at: datetime


def read_ca_bundle(path: Path, now: datetime) -> BundleFacts:
    """Check a file of root certificates (PEM).

    Raises UserError ``ca_bundle_unreadable`` or ``ca_bundle_expired``.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=str(path))
    except (OSError, ValueError) as error:
        raise UserError(
            "ca_bundle_unreadable",
            f"Không đọc được chứng thư trong tệp «{path}». Chọn tệp .pem có dòng «BEGIN CERTIFICATE» do quản trị cấp.",
        ) from error
    found = context.get_ca_certs()
    if not found:
        raise UserError(
            "ca_bundle_unreadable",
            f"Tệp «{path}» không có chứng thư gốc. Xin quản trị tệp chứng thư gốc (CA), không phải của máy chủ.",
        )
    ends_at = min(_ends_at(one) for one in found)
    if ends_at <= now:
        raise UserError(
            "ca_bundle_expired",
            f"Chứng thư trong tệp «{path}» đã hết hạn. Kiểm tra ngày giờ của máy; nếu đúng, xin quản trị tệp mới.",
        )
    return BundleFacts(tuple(_name(one) for one in found), ends_at)


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection that was tried: the portal has accepted us. ``clock_minutes``: our clock minus the portal's."""

    clock_minutes: int


def try_connection(desk: DeskContext, settings: Settings, password: str) -> Connection:
    """Sign in at the portal of ``settings`` (not saved yet) with this password, or the kept one where it is empty.

    Nothing is sent but the sign-in. Raises UserError or KnownError, whose words say what is wrong.
    """
    from counter_app.sync.http import HttpLimits

    check_settings(settings)
    # Somebody sits and waits for it.
    limits = HttpLimits(connect=5, read=10, whole=15)
    client = open_client(desk, settings, password or portal_password(settings), limits)
    try:
        client.sign_in()
        skew = client.clock_skew
    except (TransientTrouble, SignInNeeded) as trouble:
        raise KnownError(trouble.kind, _words(trouble)) from trouble
    finally:
        client.close()
    return Connection(0 if skew is None else round(-skew.total_seconds() / 60))


def _words(trouble: TransientTrouble | SignInNeeded) -> str:
    """Of an unreachable portal the everyday words say that all is well and will be sent: here somebody asks why."""
    if isinstance(trouble, SignInNeeded):
        return "Cổng không nhận tên hoặc mật khẩu này. Kiểm tra loại cổng, nhập lại tên và mật khẩu rồi thử lại."
    if trouble.kind == "portal_unreachable":
        return "Không nối được tới địa chỉ cổng này. Kiểm tra lại địa chỉ, dây mạng hoặc Wi-Fi, rồi thử lại."
    if trouble.kind in {"portal_status", "portal_not_json", "portal_protocol"}:
        return (
            "Có máy trả lời ở địa chỉ này nhưng không đúng quy ước của cổng. Kiểm tra địa chỉ, loại cổng đã chọn, và "
            "trang đăng nhập Wi-Fi nếu có."
        )
    return trouble.message


def _ends_at(certificate: Mapping[str, object]) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _name(certificate: Mapping[str, object]) -> str:
    """The common name, or the organisation where there is none."""
    subject = certificate.get("subject")
    parts = dict(pair for one in subject for pair in one) if isinstance(subject, tuple) else {}
    return str(parts.get("commonName") or parts.get("organizationName") or "?")
