"""Looking at documents: checked against their digest first, so that nobody decides by a file that has changed."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from counter_app.database import storage_error
from counter_app.errors import KnownError
from counter_app.services.desk import DeskContext

FOLDER = "viewing"
_FORBIDDEN = '<>:"/\\|?*'


def checked_document(desk: DeskContext, sha256: str, name: str) -> bytes:
    """The bytes of a document. Raises KnownError ``document_unreadable``, ``document_damaged``."""
    try:
        data = desk.documents.path_of(sha256).read_bytes()
    except OSError as error:
        raise KnownError(
            "document_unreadable",
            f"Không đọc được bản quét «{name}» trong kho tài liệu. Hãy quét lại giấy tờ này và báo quản trị viên.",
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise KnownError(
            "document_damaged",
            f"Bản quét «{name}» không còn đúng như lúc đính kèm (sai mã kiểm tra SHA-256): tệp bị hỏng hoặc bị sửa. "
            "Đừng dùng tệp này; hãy quét lại giấy tờ và báo quản trị viên.",
        )
    return data


def viewing_copy(desk: DeskContext, sha256: str, name: str) -> Path:
    """A checked copy under the document's own name for the system's viewer, which cannot touch the original.

    Raises as ``checked_document`` does, and KnownError for a disk that cannot be written.
    """
    data = checked_document(desk, sha256, name)
    folder = desk.directory / FOLDER / sha256[:16]
    plain = "".join("_" if char in _FORBIDDEN else char for char in name).strip(". ") or "tai-lieu.pdf"
    path = folder / plain
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise storage_error(error, path) from error
    return path


def forget_copies(desk: DeskContext) -> None:
    """Delete the copies of earlier days: they hold what people handed in."""
    shutil.rmtree(desk.directory / FOLDER, ignore_errors=True)
