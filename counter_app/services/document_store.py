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
from counter_app.scanning.incoming import IncomingLimits, check_file, check_incoming, kind_of
from counter_app.sync.warnings import DISK_STOP, free_bytes
from counter_app.whole_files import sync_folder

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file safely in the store. ``warnings``: what the clerk should look at in it, in Vietnamese."""

    file_name: str
    sha256: str
    size: int
    pages: int
    warnings: tuple[str, ...] = ()


class DocumentStore:
    """Content-addressed files: temporary name, fsync, rename, so a power cut leaves no half file."""

    def __init__(self, directory: Path, free: Callable[[Path], int | None] = free_bytes) -> None:
        self.directory = directory
        self._free = free

    def path_of(self, sha256: str) -> Path:
        return self.directory / sha256[:2] / sha256

    def add(self, source: Path, *, max_mb: int) -> StoredFile:
        """Copy a PDF in and check it: the one door for every document, wherever it comes from.

        The copy is what is examined, so that nothing else can take its place in between. One that cannot be opened
        is kept with no page, is never accurate (``rules.digitising``) and is told in the warnings. Raises UserError
        ``file_not_pdf`` and as ``check_incoming``; KnownError ``file_unreadable``, ``disk_reserved``, or for a full
        disk or a directory that cannot be written.
        """
        _check_kind(source, max_mb=max_mb)
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
                found = check_incoming(partial, IncomingLimits(max_mb=max_mb), name=source.name, take_damaged=True)
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
        return StoredFile(source.name, digest.hexdigest(), size, found.pages, found.warnings)

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


def _check_kind(source: Path, *, max_mb: int) -> None:
    """Refuse by its first bytes what cannot be a scan for the portal, before it is copied."""
    head = check_file(source, max_mb=max_mb)
    if kind_of(head) not in ("pdf", "executable"):  # a program has words of its own
        raise UserError(
            "file_not_pdf",
            f"Tệp «{source.name}» không phải là PDF. Cổng chỉ nhận PDF; hãy quét hoặc lưu lại thành PDF.",
        )
