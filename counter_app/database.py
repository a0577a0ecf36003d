"""The database: one SQLite file, sessions as units of work, and storage faults in the clerk's words."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from counter_app.errors import KnownError

BUSY_TIMEOUT_SECONDS = 15
"""How long a writer waits for another program on the same file."""


_BY_ERRNO = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EFBIG: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
    errno.EEXIST: "not_a_directory",
    errno.ENOTDIR: "not_a_directory",
    errno.EIO: "disk_fault",
}
_BY_WORDS = (
    ("disk is full", "disk_full"),
    ("readonly", "read_only"),
    ("unable to open", "read_only"),
    ("malformed", "database_damaged"),
    ("not a database", "database_damaged"),
    ("corrupt", "database_damaged"),
    ("could not decode", "database_damaged"),
    ("vtable constructor failed", "database_damaged"),
    ("locked", "database_busy"),
    ("busy", "database_busy"),
    ("disk i/o", "disk_fault"),
)
"""SQLite's own words; its error codes do not reach us through every layer."""


def storage_error(error: BaseException, path: Path) -> KnownError:
    """Turn a driver's or the system's error into what the clerk can do about it; ``path`` is the file at fault."""
    if isinstance(error, OSError):
        kind = _BY_ERRNO.get(error.errno or 0, "storage_fault")
    else:
        text = str(error).lower()
        kind = next((kind for words, kind in _BY_WORDS if words in text), "storage_fault")
        if kind == "disk_fault" and _is_full(path.parent):
            kind = "disk_full"
    return KnownError(kind, _MESSAGES[kind].format(path=path, folder=path.parent, error=error))


@contextmanager
def storage_told(path: Path) -> Iterator[None]:
    """Raise what ``storage_error`` makes of the system's errors in writing or reading ``path``."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, path) from error


def _first_trouble(error: DBAPIError) -> DBAPIError:
    """SQLite itself ends the whole transaction on a full disk: that a savepoint is gone then is what follows."""
    before: BaseException | None = error
    while before is not None and "no such savepoint" in str(error):
        before = before.__context__
        if isinstance(before, DBAPIError):
            error = before
    return error


def _is_full(folder: Path) -> bool:
    """SQLite calls it an I/O error when there is no room for the index of its write-ahead log."""
    return folder.is_dir() and shutil.disk_usage(folder).free < _ROOM


_ROOM = 256 * 1024
"""Bytes below which nothing can be done on a disk; the log's index alone starts with 32 KiB."""

_MESSAGES = {
    "disk_full": "Ổ đĩa đã đầy nên chưa ghi được. Hãy xóa bớt tệp không cần hoặc gọi quản trị, rồi làm lại bước "
    "vừa rồi.",
    "read_only": "Không ghi được vào thư mục «{folder}». Hãy kiểm tra quyền ghi của thư mục, rồi thử lại.",
    "not_a_directory": "Không tạo được thư mục «{folder}» vì đã có tệp trùng tên. Hãy chọn thư mục khác hoặc đổi tên "
    "tệp đó.",
    "database_damaged": "Cơ sở dữ liệu «{path}» bị hỏng. Đừng xóa tệp này. Hãy phục hồi bản sao lưu gần nhất trong "
    "thư mục «{folder}/backups» bằng lệnh: counter-app restore TỆP_SAO_LƯU.",
    "database_busy": "Một chương trình khác đang ghi vào cơ sở dữ liệu. Hãy đóng chương trình đó hoặc thử lại sau ít "
    "giây.",
    "disk_fault": "Ổ đĩa báo lỗi đọc ghi. Hãy sao lưu ngay sang ổ khác và gọi quản trị kiểm tra ổ đĩa.",
    "storage_fault": "Lỗi lưu trữ: {error}. Hãy thử lại; nếu còn lỗi, gọi quản trị.",
}


def sqlite_engine(path: Path) -> Engine:
    """Engine on a SQLite file: WAL, ``synchronous=FULL``, foreign keys on.

    A unit of work that writes begins with BEGIN IMMEDIATE: a deferred transaction that reads and then
    writes while another commits would fail at once, whatever the time-out.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


class Database:
    """Gives units of work. No mapped object may leave a ``with`` block: services return frozen values."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = sqlite_engine(path)
        self.kept: dict[object, Any] = {}
        """What never changes once written, such as a version of a procedure; kept by the services that read it."""
        self._writing_engine = self.engine.execution_options(writing=True)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One unit of work: everything in the block is committed together or not at all."""
        with self._session(self._writing_engine) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view of the database; nothing is written."""
        with self._session(self.engine) as session:
            yield session

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session:
                yield session
        except DBAPIError as error:
            if isinstance(error.orig, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            first = _first_trouble(error)
            raise storage_error(first.orig or first, self.path) from error

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        self.engine.dispose()
