"""Where the bytes of documents lie: under their SHA-256, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from counter_app.database import storage_error
from counter_app.errors import KnownError, UserError
from counter_app.pdfium import PDFIUM
from counter_app.scanning.incoming import PDF_MAGIC, check_file
from counter_app.sync.warnings import DISK_STOP, free_bytes
from counter_app.whole_files import sync_folder

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file safely in the store. ``pages`` is 0 when the PDF could not be opened to count them."""

    file_name: str
    sha256: str
    size: int
    pages: int


class DocumentStore:
    """Content-addressed files: temporary name, fsync, rename, so a power cut leaves no half file."""

    def __init__(self, directory: Path, free: Callable[[Path], int | None] = free_bytes) -> None:
        self.directory = directory
        self._free = free

    def path_of(self, sha256: str) -> Path:
        return self.directory / sha256[:2] / sha256

    def add(self, source: Path, *, max_mb: int) -> StoredFile:
        """Check a PDF and copy it in.

        Raises UserError ``file_missing``, ``file_empty``, ``file_too_large``, ``file_not_pdf``;
        KnownError ``disk_reserved``, or for a full disk or a directory that cannot be written.
        """
        check_pdf(source, max_mb=max_mb)
        digest = hashlib.sha256()
        size = 0
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self.check_room(source.stat().st_size)
            handle, name = tempfile.mkstemp(dir=self.directory, suffix=".part")
            partial = Path(name)
            try:
                with os.fdopen(handle, "wb") as target, source.open("rb") as origin:
                    while chunk := origin.read(CHUNK):
                        digest.update(chunk)
                        size += len(chunk)
                        target.write(chunk)
                    target.flush()
                    os.fsync(target.fileno())
                final = self.path_of(digest.hexdigest())
                if not final.parent.is_dir():
                    final.parent.mkdir(exist_ok=True)
                    sync_folder(self.directory)
                os.replace(partial, final)
                sync_folder(final.parent)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise storage_error(error, self.directory / "x") from error
        return StoredFile(source.name, digest.hexdigest(), size, count_pages(final))

    def check_room(self, size: int) -> None:
        """Refuse a document of ``size`` bytes that would eat into the room kept for records (design, section 6).

        Raises KnownError ``disk_reserved``. A disk that does not say how much is free is tried.
        """
        free = self._free(self.directory)
        if free is not None and free - size < DISK_STOP:
            raise KnownError(
                "disk_reserved",
                f"Ổ đĩa chỉ còn {free // 1024**2} MB, phải để dành 250 MB cho hồ sơ, nên chưa nhận thêm giấy tờ quét. "
                "Hồ sơ không kèm tệp vẫn tiếp nhận được. Hãy xóa bớt tệp thừa hoặc gọi quản trị, rồi đính kèm lại.",
            )

    def problem(self, sha256: str, size: int) -> str:
        """What is wrong with a stored file ("" when it is sound): missing, of another length or content."""
        path = self.path_of(sha256)
        if not path.is_file():
            return "mất tệp"
        if path.stat().st_size != size:
            return "sai độ dài"
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        return "" if digest.hexdigest() == sha256 else "sai nội dung"


def check_pdf(source: Path, *, max_mb: int) -> None:
    """Refuse what cannot be a scan for the portal, which takes PDF only; see ``DocumentStore.add``."""
    head = check_file(source, max_mb=max_mb)
    if PDF_MAGIC not in head:
        raise UserError(
            "file_not_pdf",
            f"Tệp «{source.name}» không phải là PDF. Cổng chỉ nhận PDF; hãy quét hoặc lưu lại thành PDF.",
        )


def count_pages(path: Path) -> int:
    """Number of pages, 0 when the PDF cannot be opened (damaged or locked with a password)."""
    import pypdfium2

    try:
        with PDFIUM, pypdfium2.PdfDocument(path) as document:
            return len(document)
    except pypdfium2.PdfiumError:
        return 0


def uncountable_pages(file_name: str) -> str:
    """The warning for a PDF whose pages could not be counted."""
    return f"Không đếm được số trang của «{file_name}»: tệp có thể hỏng hoặc đặt mật khẩu, hãy mở kiểm tra."
