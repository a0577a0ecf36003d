"""``/files``: tus 1.0.0 with the creation and checksum extensions (profile 1, section 4)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, request, send_file, url_for

from counter_app.sandbox.httpd import LINE, Line
from counter_app.sandbox.state import Call, State, cut
from counter_app.sandbox.store import Store

MAX_SIZE: Final = 512 * 1024 * 1024
FORGET_SECONDS: Final = 7 * 24 * 3600
"""An unfinished upload is forgotten after seven days."""

_TUS: Final = "1.0.0"
_TRY_SECONDS: Final = 0.05
_TRIES: Final = 200
"""Ten seconds for another request on the same upload to end."""
_ALGORITHMS: Final = ("sha1", "sha256")
_PIECE: Final = 65536
_MISMATCH: Final = "460 Checksum Mismatch"
_ADDRESS: Final = re.compile(r"/files/([A-Za-z0-9_-]{10,64})")


def digest_of(db: sqlite3.Connection, address: str) -> str | None:
    """SHA-256 of the complete upload at an address, None for anything else.

    The portal may answer under several names, so only the path counts.
    """
    try:
        match = _ADDRESS.fullmatch(urlsplit(address).path)
    except ValueError:
        return None
    if match is None:
        return None
    row = db.execute("SELECT sha256 FROM upload WHERE id = ? AND state = 'complete'", (match[1],)).fetchone()
    return None if row is None else str(row["sha256"])


def keep_file(store: Store, name: str, content: bytes, now: float) -> tuple[str, str]:
    """Put a complete file of the portal's own among the uploads: its path of address and its SHA-256."""
    ident, digest = _new_id(), hashlib.sha256(content).hexdigest()
    with open(store.files / ident, "wb") as file:
        file.write(content)
        _to_disk(file)
    with store.transaction() as db:
        db.execute(
            "INSERT INTO upload (id, name, office, sha256, length, received, state, created_at) "
            "VALUES (?, ?, '', ?, ?, ?, 'complete', ?)",
            (ident, name, digest, len(content), len(content), now),
        )
    return f"/files/{ident}", digest


class _AnswerError(Exception):
    """An answer that ends the handling of a request."""

    def __init__(self, status: int | str, **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Uploads:
    """The uploads of one portal. Thread-safe; one PATCH at a time for an upload."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._under_way: dict[str, Line] = {}

    def create(self, call: Call) -> Response:
        """``POST``: a new, empty upload (creation extension)."""
        length = _whole_number("Upload-Length")
        if length > MAX_SIZE:
            raise _AnswerError(413)
        metadata = _metadata(request.headers.get("Upload-Metadata", ""))
        digest = metadata.get("sha256", "").lower()
        if not re.fullmatch(r"[0-9a-f]{64}", digest) or not metadata.get("filename") or not metadata.get("madonvi"):
            raise _AnswerError(400)
        self._forget_old()
        ident = _new_id()
        (self._state.store.files / ident).touch()
        with self._state.store.transaction() as db:
            db.execute(
                "INSERT INTO upload (id, name, office, sha256, length, received, state, created_at) "
                "VALUES (?, ?, ?, ?, ?, 0, 'open', ?)",
                (ident, metadata["filename"], metadata["madonvi"], digest, length, self._state.clock()),
            )
        if length == 0:
            self._record(self._row(ident), 0)
        call.note = f"{length} byte"
        return Response(status=201, headers={"Location": url_for("files.one", ident=ident, _external=True)})

    def head(self, ident: str) -> Response:
        """``HEAD``: the last byte that the portal holds.

        Who asks has given up a PATCH that is still under way here, on a line that died without a word: it is
        ended first, and what came of it counts.
        """
        with self._alone(ident, impatient=True):
            row = self._row(ident)
        pairs = (("filename", row["name"]), ("sha256", row["sha256"]), ("madonvi", row["office"]))
        return Response(
            headers={
                "Upload-Offset": str(row["received"]),
                "Upload-Length": str(row["length"]),
                "Upload-Metadata": ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs),
                "Cache-Control": "no-store",
            }
        )

    def patch(self, ident: str, call: Call) -> Response:
        """``PATCH``: append at the offset. What came before a cut is kept, checked or not: the digest of
        the whole file has the last word."""
        if request.mimetype != "application/offset+octet-stream":
            raise _AnswerError(415)
        offset = _whole_number("Upload-Offset")
        checksum = _checksum(request.headers.get("Upload-Checksum"))
        with self._alone(ident):
            row = self._row(ident)
            if offset != row["received"]:
                raise _AnswerError(409)
            room = row["length"] - offset
            if (request.content_length or 0) > room:
                raise _AnswerError(413)
            broken = self._state.strike(call, "cut_before_commit") is not None
            limit = (request.content_length or 0) // 2 if broken else room
            self._under_way[ident] = request.environ[LINE]
            try:
                received, whole = self._append(ident, offset, limit, checksum)
            finally:
                del self._under_way[ident]
            call.note = f"{received} / {row['length']} byte"
            self._record(row, received)
            if broken or not whole:
                return cut()
        return Response(status=204, headers={"Upload-Offset": str(received)})

    def get(self, ident: str) -> Response:
        """``GET``: a complete file, ranges allowed."""
        row = self._row(ident)
        if row["state"] != "complete":
            raise _AnswerError(404)
        return send_file(
            self.path(ident), download_name=row["name"], as_attachment=True, conditional=True, etag=row["sha256"]
        )

    def path(self, ident: str) -> Path:
        """Where an upload's bytes are."""
        return self._state.store.files / ident

    def _append(self, ident: str, offset: int, limit: int, checksum: tuple[Any, bytes] | None) -> tuple[int, bool]:
        """Write at most ``limit`` bytes of the body: the new offset, and whether the body came to its end."""
        received, whole = offset, True
        with open(self.path(ident), "r+b") as file:
            # Bytes behind the recorded offset are of a chunk that was refused, or never acknowledged.
            file.truncate(offset)
            file.seek(offset)
            try:
                while received - offset < limit:
                    piece = request.stream.read(min(_PIECE, limit - (received - offset)))
                    if not piece:
                        break
                    file.write(piece)
                    received += len(piece)
                    if checksum:
                        checksum[0].update(piece)
            except (ConnectionError, TimeoutError):
                whole = False
            complete = whole and received - offset == (request.content_length or received - offset)
            if checksum and complete and checksum[0].digest() != checksum[1]:
                raise _AnswerError(_MISMATCH)
            _to_disk(file)
        return received, whole

    def _record(self, row: sqlite3.Row, received: int) -> None:
        """Note the last byte held. With all of them here the upload is complete when its digest is the one
        announced, else refused and gone; offset and state change together, whatever kills the portal."""
        state = "open"
        if received == row["length"]:
            with open(self.path(row["id"]), "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            state = "complete" if digest == row["sha256"] else "gone"
        with self._state.store.transaction() as db:
            db.execute("UPDATE upload SET received = ?, state = ? WHERE id = ?", (received, state, row["id"]))
        if state == "gone":
            self.path(row["id"]).unlink()
            raise _AnswerError(_MISMATCH)

    def _row(self, ident: str) -> sqlite3.Row:
        rows = self._state.store.rows("SELECT * FROM upload WHERE id = ?", ident)
        if not rows:
            raise _AnswerError(404)
        if rows[0]["state"] == "gone" or self._is_old(rows[0]):
            raise _AnswerError(410)
        return rows[0]

    def _is_old(self, row: sqlite3.Row) -> bool:
        return row["state"] == "open" and float(row["created_at"]) < self._state.clock() - FORGET_SECONDS

    def _forget_old(self) -> None:
        limit = self._state.clock() - FORGET_SECONDS
        old = self._state.store.rows("SELECT id FROM upload WHERE state = 'open' AND created_at < ?", limit)
        for row in old:
            with self._state.store.transaction() as db:
                db.execute("UPDATE upload SET state = 'gone' WHERE id = ?", (row["id"],))
            self.path(row["id"]).unlink(missing_ok=True)

    @contextmanager
    def _alone(self, ident: str, *, impatient: bool = False) -> Iterator[None]:
        """Nobody else on this upload; ``impatient``: a PATCH that is under way is ended."""
        with self._guard:
            lock = self._locks.setdefault(ident, threading.Lock())
        for _ in range(_TRIES):
            if lock.acquire(timeout=_TRY_SECONDS):
                break
            under_way = self._under_way.get(ident)
            if impatient and under_way is not None:
                under_way.hang_up()
        else:
            # Another PATCH of this upload is under way, perhaps on a line that is already dead.
            raise _AnswerError(409)
        try:
            yield
        finally:
            lock.release()


def blueprint(state: State) -> Blueprint:
    """``/files``, on this state."""
    files = Blueprint("files", __name__)
    uploads = Uploads(state)

    def handle(ident: str) -> Response:
        method = request.headers.get("X-HTTP-Method-Override", request.method).upper()
        if method == "OPTIONS":
            return _options()
        call = state.begin(method)
        if method != "GET" and request.headers.get("Tus-Resumable") != _TUS:
            call.outcome = "412"
            return Response(status=412, headers={"Tus-Version": _TUS})
        answer = state.fault_before(call)
        if answer is not None:
            return answer
        session = request.headers.get("Authorization", "").removeprefix("Session ")
        if state.strike(call, "expired_sessions") is not None:
            state.sessions.expire(session)
        if method != "PATCH" and state.strike(call, "cut_before_commit") is not None:
            return cut()
        try:
            answer = _dispatch(uploads, method, ident, call, state.sessions.is_live(session))
        except _AnswerError as stop:
            answer = Response(status=stop.status, headers=stop.headers)
        call.outcome = str(answer.status_code)
        if method != "GET":
            answer.headers["Tus-Resumable"] = _TUS
        return state.fault_after(call, answer)

    methods = ["POST", "HEAD", "PATCH", "GET", "OPTIONS"]
    files.add_url_rule("/files", "all", lambda: handle(""), methods=methods, provide_automatic_options=False)
    files.add_url_rule("/files/", "all_slash", lambda: handle(""), methods=methods, provide_automatic_options=False)
    files.add_url_rule("/files/<ident>", "one", handle, methods=methods, provide_automatic_options=False)
    return files


def _dispatch(uploads: Uploads, method: str, ident: str, call: Call, signed_in: bool) -> Response:
    if not signed_in:
        raise _AnswerError(401, WWW_Authenticate="Session")
    if method == "POST" and not ident:
        return uploads.create(call)
    if method == "HEAD" and ident:
        return uploads.head(ident)
    if method == "PATCH" and ident:
        return uploads.patch(ident, call)
    if method == "GET" and ident:
        return uploads.get(ident)
    raise _AnswerError(405, Allow="HEAD, PATCH, GET, OPTIONS" if ident else "POST, OPTIONS")


def _options() -> Response:
    return Response(
        status=204,
        headers={
            "Tus-Resumable": _TUS,
            "Tus-Version": _TUS,
            "Tus-Extension": "creation,checksum",
            "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
            "Tus-Max-Size": str(MAX_SIZE),
        },
    )


def _whole_number(header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _AnswerError(400)
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = part.partition(" ")
        try:
            pairs[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise _AnswerError(400) from error
    return pairs


def _checksum(header: str | None) -> tuple[Any, bytes] | None:
    """A running hash and the digest it must come to."""
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise _AnswerError(400)
    try:
        return hashlib.new(algorithm, usedforsecurity=False), base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise _AnswerError(400) from error


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _new_id() -> str:
    return secrets.token_urlsafe(16)
