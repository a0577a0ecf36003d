"""What an administrator tries before it is saved: a scanner's address, one page, the folder of a copier."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from counter_app.errors import UserError
from counter_app.scanning.escl import EsclSource
from counter_app.scanning.escl_device import Patience
from counter_app.scanning.model import ReadPage, ScanProfile, ScanSource, ScanTrouble, SourceInfo
from counter_app.scanning.picture_files import IMAGE_SUFFIXES
from counter_app.scanning.troubles import trouble

PATIENCE: Final = Patience(answer=20.0)
"""Somebody waits before the window: a scanner that is asked only what it can do answers at once."""
TRIAL_RESOLUTION: Final = 200
"""Dots per inch, as 01/2023/TT-VPCP art. 8 asks of a scan at the least."""
_SCHEMES: Final = ("http", "https")


@dataclass(frozen=True, slots=True)
class FoundScanner:
    """A network scanner that answered. ``address`` is whole, with its scheme and path."""

    address: str
    info: SourceInfo


def find_scanner(address: str, name: str = "", fingerprint: str = "") -> FoundScanner:
    """Ask the scanner at an address as a person enters it; without ``http(s)://`` both are tried.

    Raises UserError ``scanner_address`` and ``scanner_not_found``; ScanTrouble ``untrusted`` with ``address`` and
    ``fingerprint`` in its details, for somebody to compare.
    """
    for one in _addresses(address):
        source = EsclSource(one, name, fingerprint, PATIENCE)
        try:
            return FoundScanner(source.root, source.info)
        except ScanTrouble as error:
            if error.kind == "untrusted":
                raise ScanTrouble(error.kind, error.message, **error.details, address=source.root) from error
    raise UserError(
        "scanner_not_found",
        f"Không có máy quét AirScan/eSCL nào trả lời ở «{address.strip()}». Hãy kiểm tra địa chỉ, nguồn điện và mạng "
        "của máy, và bật AirScan, eSCL hoặc AirPrint (không đòi mật khẩu) trong trang cài đặt của máy.",
    )


def _addresses(entered: str) -> tuple[str, ...]:
    text = entered.strip()
    given = "://" in text
    parts = urlsplit(text if given else f"http://{text}")
    try:
        is_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_host = False
    if not is_host or parts.scheme not in _SCHEMES or "@" in parts.netloc or any(letter.isspace() for letter in text):
        raise UserError(
            "scanner_address",
            "Địa chỉ máy quét chưa đúng. Hãy nhập số IP hoặc tên máy, ví dụ 192.168.1.20, hoặc https://192.168.1.20, "
            "không kèm tên và mật khẩu.",
        )
    return (text,) if given else tuple(f"{scheme}://{text}" for scheme in _SCHEMES)


def read_one_page(
    source: ScanSource, resolutions: tuple[int, ...], *, feeder: bool, stop: Callable[[], bool]
) -> ReadPage:
    """One page, from the feeder its first sheet; nothing of it is kept. Raises ScanTrouble.

    Not for a folder: what is taken from there is deleted.
    """
    resolution = min(resolutions, key=lambda dpi: (abs(dpi - TRIAL_RESOLUTION), -dpi), default=TRIAL_RESOLUTION)
    pages: list[ReadPage] = []
    try:
        source.scan(ScanProfile("", resolution=resolution, feeder=feeder), pages.append, lambda: bool(pages) or stop())
    except ScanTrouble:
        if not pages:
            raise
    if not pages:
        raise trouble("no_paper")
    return pages[0]


def check_folder(folder: Path, ours: Path) -> int:
    """How many files of a watched folder would be taken now; ``ours`` is the desk's own data directory.

    Raises UserError ``folder_missing``, ``folder_ours``, ``folder_locked``.
    """
    try:
        if not folder.is_absolute() or not folder.is_dir():
            raise UserError(
                "folder_missing",
                f"Không mở được thư mục quét «{folder}». Hãy bấm «Chọn…» để chọn một thư mục có trên máy này hoặc trên "
                "mạng.",
            )
        if folder.resolve().is_relative_to(ours.resolve()) or ours.resolve().is_relative_to(folder.resolve()):
            raise UserError(
                "folder_ours",
                f"«{folder}» chứa dữ liệu của chương trình, không dùng làm thư mục quét được vì tệp lấy xong bị xóa. "
                "Hãy tạo một thư mục riêng cho máy quét.",
            )
        with tempfile.TemporaryFile(dir=folder, prefix="."), os.scandir(folder) as entries:
            names = [entry.name for entry in entries if not entry.name.startswith((".", "~")) and entry.is_file()]
    except OSError as error:
        raise UserError(
            "folder_locked",
            f"Không đọc hoặc không ghi được thư mục quét «{folder}»: {error.strerror}. Hãy cho tài khoản đang dùng "
            "quyền đọc, ghi và xóa ở thư mục này.",
        ) from error
    return sum(Path(name).suffix.lower() in (*IMAGE_SUFFIXES, ".pdf") for name in names)
