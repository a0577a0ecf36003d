"""The password of the portal: in the system's keyring or the environment, never in a file."""

from __future__ import annotations

import os

from counter_app.errors import KnownError
from counter_app.settings import Settings


def portal_password(settings: Settings) -> str:
    """The portal's password: ``COUNTER_PORTAL_PASSWORD``, else the system's keyring.

    Raises KnownError ``sign_in_needed`` when neither has it.
    """
    if "COUNTER_PORTAL_PASSWORD" in os.environ:
        return os.environ["COUNTER_PORTAL_PASSWORD"]
    import keyring
    from keyring.errors import KeyringError

    try:
        found = keyring.get_password(_keyring_service(settings), settings.portal.user)
    except KeyringError:
        found = None
    if found is None:
        raise KnownError(
            "sign_in_needed",
            "Chưa có mật khẩu đăng nhập cổng. Hãy nhập ở trang Cài đặt, hoặc đặt biến COUNTER_PORTAL_PASSWORD.",
        )
    return found


def store_portal_password(settings: Settings, password: str) -> None:
    """Keep the portal's password in the system's keyring, never in a file."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(_keyring_service(settings), settings.portal.user, password)
    except KeyringError as error:
        raise KnownError(
            "keyring_missing",
            "Máy này không có kho mật khẩu. Hãy đặt biến môi trường COUNTER_PORTAL_PASSWORD trước khi mở chương trình.",
        ) from error


def _keyring_service(settings: Settings) -> str:
    return f"counter-app {settings.portal.url}"
