"""Scanned pages on the disk: whole, with room left, troubles in the clerk's words."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from counter_app.errors import KnownError
from counter_app.scanning.model import ScanTrouble
from counter_app.whole_files import sync_folder, whole_file


def write_whole(path: Path, data: bytes) -> None:
    """Put ``data`` under ``path``, over what was there; a kill at any moment leaves the old file or the new one.

    Raises what ``disk_trouble`` makes of an OSError.
    """
    try:
        with whole_file(path) as file:
            file.write(data)
        sync_folder(path.parent)
    except OSError as error:
        raise disk_trouble(error, path.parent) from error


def check_room(folder: Path, size: int, keep_free: int) -> None:
    """Refuse ``size`` bytes that would leave less than ``keep_free``. Raises ScanTrouble ``disk_full``."""
    if keep_free and shutil.disk_usage(folder).free - size < keep_free:
        raise ScanTrouble(
            "disk_full",
            f"Ổ đĩa sắp đầy, phải để dành {keep_free // 1024**2} MB cho hồ sơ, nên chưa nhận thêm trang quét. "
            "Các trang đã quét vẫn còn. Hãy xóa bớt tệp thừa hoặc gọi quản trị, rồi quét tiếp.",
        )


def disk_trouble(error: OSError, folder: Path) -> KnownError:
    """What the clerk can do about an error of the disk."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ScanTrouble(
            "disk_full",
            "Ổ đĩa đã đầy nên chưa lưu được trang vừa quét. Các trang trước vẫn còn. Hãy xóa bớt tệp thừa hoặc gọi "
            "quản trị, rồi quét lại trang này.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return KnownError(
            "read_only", f"Không ghi được vào thư mục «{folder}». Hãy kiểm tra quyền ghi của thư mục, rồi thử lại."
        )
    return KnownError(
        "storage_fault",
        f"Lỗi đọc ghi thư mục «{folder}»: {error.strerror}. Hãy thử lại; nếu còn lỗi, gọi quản trị.",
    )
