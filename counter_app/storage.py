"""Opening, migrating, backing up, restoring and checking the database file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from counter_app.database import Database, storage_error
from counter_app.errors import KnownError, UserError
from counter_app.migrations import HEAD_REVISION

if TYPE_CHECKING:
    from alembic.config import Config

DATABASE_NAME = "counter.db"
KEPT_BACKUPS = 14


def open_database(directory: Path) -> Database:
    """Open DIR's database, brought to the newest schema first (with a backup before any migration).

    Raises KnownError: ``not_initialised``, ``database_newer``, ``database_damaged``, ``read_only``.
    """
    path = directory / DATABASE_NAME
    if not path.exists():
        raise KnownError(
            "not_initialised",
            f"Thư mục «{directory}» chưa có dữ liệu của quầy. Hãy chạy trước: "
            "counter-app --data THƯ_MỤC init --office MÃ --office-name TÊN --desk SỐ.",
        )
    if current_revision(path) != HEAD_REVISION:
        migrate(path)
    return Database(path)


def create_database(directory: Path) -> Database:
    """Make DIR with an empty database at the newest schema; an existing one is opened instead."""
    path = directory / DATABASE_NAME
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, path) from error
    if not path.exists():
        migrate(path)
    return open_database(directory)


def current_revision(path: Path) -> str | None:
    """Revision of the schema in the file, None for an empty file.

    Raises KnownError for a damaged file and for one that a newer program has written.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}
            if "alembic_version" not in tables:
                if tables:
                    raise sqlite3.DatabaseError("not a database of this program: malformed")
                return None
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise storage_error(error, path) from error
    revision = row[0] if row else None
    if revision is not None and revision > HEAD_REVISION:
        raise KnownError(
            "database_newer",
            f"Dữ liệu được tạo bởi phiên bản mới hơn của chương trình (lược đồ {revision}, chương trình này biết "
            f"đến {HEAD_REVISION}). Hãy cập nhật chương trình rồi mở lại; dữ liệu không bị thay đổi.",
        )
    return revision


def migrate(path: Path, target: str = "head") -> None:
    """Bring the schema to ``target`` in one transaction, after a backup of what is there."""
    from alembic import command

    if path.exists():
        backup(path, _backup_path(path, "truoc-nang-cap"))
    database = Database(path)
    try:
        with database.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            # SQLite ignores this inside a transaction, and a batch migration of a parent table would
            # silently delete every cascading child while it is on.
            raw.execute("PRAGMA foreign_keys=OFF")
            with connection.execution_options(writing=True).begin():
                command.upgrade(_alembic_config(connection), target)
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise KnownError(
                        "migration_failed",
                        "Nâng cấp dữ liệu không thành công; dữ liệu cũ được giữ nguyên. Hãy gọi quản trị.",
                    )
    except DBAPIError as error:
        raise storage_error(error.orig or error, path) from error
    except (sqlite3.Error, OSError) as error:
        raise storage_error(error, path) from error
    finally:
        database.close()


def _alembic_config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def backup(source: Path, target: Path) -> Path:
    """Copy the database with SQLite's backup API, also while others write; the copy is checked.

    An older backup under ``target`` is replaced only by a whole and sound one. Raises UserError
    ``backup_target_invalid``, KnownError for a damaged source or a target that cannot be written.
    """
    _refuse_same(source, target)
    partial = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.unlink(missing_ok=True)
            with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(partial)) as copy:
                origin.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
                (verdict,) = copy.execute("PRAGMA quick_check(1)").fetchone()
                if verdict != "ok":
                    raise sqlite3.DatabaseError(f"malformed: {verdict}")
            _sync_file(partial)
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)
    except (sqlite3.Error, OSError) as error:
        found = storage_error(error, target)
        raise storage_error(error, source) if found.kind == "database_damaged" else found from error
    return target


def _refuse_same(source: Path, target: Path) -> None:
    """Renaming a copy over a database in use would part it from its write-ahead log."""
    if target.resolve() == source.resolve():
        raise UserError(
            "backup_target_invalid", f"«{target}» chính là cơ sở dữ liệu đang dùng. Hãy chọn tệp sao lưu khác."
        )


def daily_backup(database: Database) -> Path | None:
    """One backup a day in DIR/backups; the newest ``KEPT_BACKUPS`` are kept. None when today's exists."""
    target = _backup_path(database.path, "hang-ngay", day_only=True)
    if target.exists():
        return None
    made = backup(database.path, target)
    for old in sorted(target.parent.glob("hang-ngay-*.db"))[:-KEPT_BACKUPS]:
        old.unlink()
    return made


def restore(directory: Path, source: Path) -> None:
    """Put a backup in the place of DIR's database; what was there is kept under backups/.

    The backup is checked first; a damaged one is refused and nothing changes.
    """
    path = directory / DATABASE_NAME
    if not source.is_file():
        raise KnownError("file_missing", f"Không tìm thấy tệp sao lưu «{source}». Hãy kiểm tra lại đường dẫn.")
    _refuse_same(path, source)
    if not _is_sound(source):
        raise KnownError("backup_damaged", f"Tệp sao lưu «{source}» bị hỏng. Hãy chọn bản sao lưu khác.")
    # Not a copy of the file: what was set aside after a crash has its last changes in a log beside it.
    incoming = backup(source, path.with_name(path.name + ".restore"))
    kept = _backup_path(path, "truoc-phuc-hoi")
    try:
        if path.exists() and _can_be_opened(path):
            # Into the file that is there: a program that has it open goes on with what was restored, where a
            # new file in its place would leave it writing to the one that was set aside.
            backup(path, kept)
            with closing(sqlite3.connect(incoming)) as origin, closing(sqlite3.connect(path)) as live:
                origin.backup(live)
            incoming.unlink()
        else:
            _set_aside(path, kept)
            os.replace(incoming, path)
    except (sqlite3.Error, OSError) as error:
        raise storage_error(error, path) from error


def _set_aside(path: Path, kept: Path) -> None:
    """Move a damaged database away, its logs first: a log left behind would be read into the next file."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            os.replace(part, kept.with_name(kept.name + suffix))


def _can_be_opened(path: Path) -> bool:
    try:
        return _is_sound(path)
    except KnownError:
        return False


def _is_sound(source: Path) -> bool:
    try:
        return current_revision(source) is not None and not integrity_problems(source)
    except KnownError as error:
        if error.kind == "database_damaged":
            return False
        raise


def check_integrity(path: Path) -> None:
    """SQLite's quick check of the whole file; KnownError ``database_damaged`` when it complains."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            row = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise storage_error(error, path) from error
    if row[0] != "ok":
        raise storage_error(sqlite3.DatabaseError("malformed"), path)


def integrity_problems(path: Path) -> list[str]:
    """What SQLite's own check and the foreign keys have to complain of; empty when sound."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            rows = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
            problems = [] if rows == ["ok"] else rows
            problems += [
                f"khóa ngoại hỏng ở bảng {row[0]}, dòng {row[1]}"
                for row in connection.execute("PRAGMA foreign_key_check").fetchmany(20)
            ]
    except sqlite3.Error as error:
        return [str(error)]
    return problems


def _backup_path(path: Path, label: str, *, day_only: bool = False) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d" if day_only else "%Y%m%d-%H%M%S-%f")
    return path.parent / "backups" / f"{label}-{stamp}.db"


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
