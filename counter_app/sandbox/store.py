"""What a practice portal remembers, in its own SQLite file, with the uploaded files in a folder beside it.

One connection, one lock: transactions are short, and an answer counts only once its work is on the disk
(WAL, ``synchronous=FULL``), so the portal may be killed at any moment.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from counter_app.errors import KnownError
from counter_app.sandbox.fields import Item

_SCHEMA = """
CREATE TABLE IF NOT EXISTS session (token TEXT PRIMARY KEY, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS dossier (
    code TEXT PRIMARY KEY, office TEXT NOT NULL, body TEXT NOT NULL,
    arrived_at REAL NOT NULL, changed_at REAL NOT NULL, updates INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS dossier_changed ON dossier (changed_at);
CREATE TABLE IF NOT EXISTS step (
    number INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL REFERENCES dossier (code),
    body TEXT NOT NULL, arrived_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS step_code ON step (code, number);
CREATE TABLE IF NOT EXISTS upload (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, office TEXT NOT NULL, sha256 TEXT NOT NULL,
    length INTEGER NOT NULL, received INTEGER NOT NULL, state TEXT NOT NULL, created_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS feed (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, code TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS first_answer (
    key TEXT PRIMARY KEY, body_digest TEXT NOT NULL, answer TEXT NOT NULL, answered_at REAL NOT NULL);
"""
_VERSION = 1


class Store:
    """The file and its transactions. Thread-safe; :meth:`close` ends it."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. KnownError ``practice_storage`` where it cannot be used."""
        self.path = path
        self.files = path.with_name(path.name + ".files")
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.files.mkdir(exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        except (OSError, sqlite3.Error) as error:
            raise _unusable(path, error) from error
        try:
            self._prepare()
        except BaseException as error:
            self._db.close()
            if isinstance(error, sqlite3.Error):
                raise _unusable(path, error) from error
            raise

    def _prepare(self) -> None:
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA foreign_keys=ON")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise KnownError(
                "practice_newer",
                f"Tệp cổng thực hành «{self.path}» do bản phần mềm mới hơn tạo ra. "
                "Hãy cập nhật phần mềm hoặc chọn tệp khác bằng --db.",
            )
        with self.transaction() as db:
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version={_VERSION}")

    def close(self) -> None:
        """Close the file; what was committed stays."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One short unit of work: all of it, on the disk, or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Read."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def dossier(self, code: str) -> Item | None:
        """A dossier with its steps in the order of arrival under ``TienDo``; None when unknown."""
        with self._lock:
            found = self.rows("SELECT body FROM dossier WHERE code = ?", code)
            if not found:
                return None
            dossier: Item = json.loads(found[0]["body"])
            steps = self.rows("SELECT body FROM step WHERE code = ? ORDER BY number", code)
        dossier["TienDo"] = [json.loads(row["body"]) for row in steps]
        return dossier


def put_dossier(db: sqlite3.Connection, dossier: Item, office: str, now: float) -> None:
    """Keep a new dossier; sqlite3.IntegrityError when the code is taken."""
    db.execute(
        "INSERT INTO dossier (code, office, body, arrived_at, changed_at) VALUES (?, ?, ?, ?, ?)",
        (dossier["MaHoSo"], office, dumps(dossier), now, now),
    )


def change_dossier(db: sqlite3.Connection, code: str, changes: Item, now: float) -> bool:
    """Lay the fields that an update names over a known dossier; False when the code is unknown."""
    found = db.execute("SELECT body FROM dossier WHERE code = ?", (code,)).fetchone()
    if found is None:
        return False
    body = json.loads(found["body"]) | changes
    db.execute(
        "UPDATE dossier SET body = ?, changed_at = ?, updates = updates + 1 WHERE code = ?",
        (dumps(body), now, code),
    )
    return True


def add_step(db: sqlite3.Connection, step: Item, now: float) -> bool:
    """Append a step, a repeated one too (section 3 allows it); False when the dossier is unknown."""
    code = step["MaHoSo"]
    if db.execute("SELECT 1 FROM dossier WHERE code = ?", (code,)).fetchone() is None:
        return False
    db.execute("INSERT INTO step (code, body, arrived_at) VALUES (?, ?, ?)", (code, dumps(step), now))
    return True


def add_feed_entry(db: sqlite3.Connection, kind: str, code: str, data: object) -> int:
    """Append an entry to the change feed; its number is the cursor behind it."""
    inserted = db.execute("INSERT INTO feed (kind, code, body) VALUES (?, ?, ?)", (kind, code, dumps(data))).lastrowid
    assert inserted is not None
    return inserted


def dumps(value: object) -> str:
    """JSON as it is kept."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _unusable(path: Path, error: Exception) -> KnownError:
    return KnownError(
        "practice_storage",
        f"Không mở hoặc không ghi được tệp của cổng thực hành «{path}» ({error}). "
        "Hãy kiểm tra quyền ghi của thư mục, hoặc chọn tệp khác bằng --db.",
    )
