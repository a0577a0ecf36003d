"""A practice portal of profile 2 (portal-profile-2.md), beside that of profile 1 under ``/v2``.

It takes what is written in the profile and nothing else, so that an adapter shows at once where it guesses. Its
dossiers are its own: the two profiles share server, faults, sign-in and file, not data.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, Response, request

from counter_app.rules.calendar import VIETNAM
from counter_app.sandbox.profile2_checks import (
    WrongError,
    check_dossier,
    check_progress,
    check_status,
    expect,
)
from counter_app.sandbox.sessions import TooManyTriesError, WrongPairError
from counter_app.sandbox.state import Call, State, cut, json_response
from counter_app.sandbox.store import Store, dumps

PREFIX: Final = "/v2"

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS v2_number (code TEXT PRIMARY KEY, procedure TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS v2_dossier (code TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS v2_progress (number INTEGER PRIMARY KEY, code TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS v2_status (number INTEGER PRIMARY KEY, code TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS v2_file (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL)
"""

_Work = Callable[[sqlite3.Connection, Any], Any]


class Profile2Records:
    """What the portal holds, for tests and the trainer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def dossiers(self) -> dict[str, dict[str, Any]]:
        """Every dossier by the portal's code, as /lookup tells of it."""
        rows = self._store.rows("SELECT code FROM v2_dossier ORDER BY code")
        found = {row["code"]: look_up(self._store, row["code"]) for row in rows}
        return {code: dossier for code, dossier in found.items() if dossier is not None}

    def statuses(self, code: str) -> list[dict[str, Any]]:
        """What /status said of a dossier, in the order of arrival."""
        rows = self._store.rows("SELECT body FROM v2_status WHERE code = ? ORDER BY number", code)
        return [json.loads(row["body"]) for row in rows]

    def files(self) -> list[dict[str, Any]]:
        """Every file: ``id``, ``name``, ``sha256``, ``size``."""
        return [dict(row) for row in self._store.rows("SELECT * FROM v2_file ORDER BY rowid")]

    def codes_given(self) -> list[str]:
        """The codes that were given out, used or not."""
        return [row["code"] for row in self._store.rows("SELECT code FROM v2_number ORDER BY rowid")]


def look_up(store: Store, code: str) -> dict[str, Any] | None:
    """A dossier as it was created, with IdHoSo, the status as it stands, and its steps; None when unknown."""
    found = store.rows("SELECT id, body FROM v2_dossier WHERE code = ?", code)
    if not found:
        return None
    steps = store.rows("SELECT body FROM v2_progress WHERE code = ? ORDER BY number", code)
    told = store.rows("SELECT body FROM v2_status WHERE code = ? ORDER BY number", code)
    dossier: dict[str, Any] = json.loads(found[0]["body"]) | {"IdHoSo": found[0]["id"], "TrangThai": "2"}
    for row in told:
        status = json.loads(row["body"])
        dossier["TrangThai"] = status["TrangThai"]
        dossier |= {name: status[name] for name in ("DanhSachLePhi", "DanhSachGiayToKetQua") if status.get(name)}
    return dossier | {"TienTrinh": [json.loads(row["body"]) for row in steps]}


def blueprint(state: State) -> Blueprint:
    """The calls of the profile, on this state."""
    with state.store.transaction() as db:
        for statement in _SCHEMA.split(";"):
            db.execute(statement)
    calls = Blueprint("profile2", __name__, url_prefix=PREFIX)

    @calls.post("/token")
    def token() -> Response:
        return _token(state)

    def offer(name: str, work: _Work) -> None:
        calls.add_url_rule(f"/{name}", name, lambda: _answer(state, name, work), methods=["POST"])

    offer("next-value", lambda db, body: _next_value(state, db, body))
    offer("files", lambda db, _: _take_file(db))
    offer("dossiers", _create)
    offer("progress", _progress)
    offer("status", _status)
    offer("lookup", lambda _, body: look_up(state.store, expect(body, "MaHoSo", str)))
    return calls


def _token(state: State) -> Response:
    call = state.begin("token")
    pair = request.get_json(force=True, silent=True)
    pair = pair if isinstance(pair, dict) else {}
    try:
        made = state.sessions.login(
            str(pair.get("client_id", "")), str(pair.get("client_secret", "")), request.remote_addr or ""
        )
    except WrongPairError:
        call.outcome = "401"
        return _said(1, "Sai client_id hoặc client_secret", status=401)
    except TooManyTriesError as error:
        call.outcome = "429"
        answer = _said(1, "Đăng nhập sai quá nhiều lần, hãy chờ rồi thử lại", status=429)
        answer.headers["Retry-After"] = str(error.wait)
        return answer
    call.outcome = "0"
    data = {"access_token": made, "expires_in": state.sessions.seconds, "token_type": "Bearer", "scope": "default"}
    return _said(0, "", data)


def _answer(state: State, name: str, work: _Work) -> Response:
    """Faults, sign-in, then the work in one transaction; an error leaves nothing behind."""
    call = state.begin(name)
    # Read first: a cut before that would reset the connection instead of ending it.
    body = None if name == "files" else request.get_json(force=True, silent=True)
    answer = state.fault_before(call)
    if answer is not None:
        return answer
    if state.strike(call, "cut_before_commit") is not None:
        return cut()
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if state.strike(call, "expired_sessions") is not None:
        state.sessions.expire(bearer)
    if not state.sessions.is_live(bearer):
        call.outcome = "401"
        return _said(1, "Mã truy cập hết hạn", status=401)
    answer = _done(state, call, work, body)
    if state.strike(call, "truncated_json") is not None:
        data = answer.get_data()
        answer.set_data(data[: len(data) // 2])
    return state.fault_after(call, answer)


def _done(state: State, call: Call, work: _Work, body: Any) -> Response:
    try:
        with state.store.transaction() as db:
            data = work(db, body)
    except WrongError as wrong:
        call.outcome, call.note = str(wrong.code), wrong.field
        return _said(wrong.code, str(wrong))
    call.outcome = "0"
    if call.what == "next-value":
        return json_response({"value": data})
    return _said(0, "", data)


def _said(code: int, message: str, data: object = None, *, status: int = 200) -> Response:
    return json_response({"code": code, "message": message, "data": data}, status)


def _next_value(state: State, db: sqlite3.Connection, body: Any) -> str:
    procedure = expect(body, "MaTTHC", str)
    (given,) = db.execute("SELECT count(*) FROM v2_number").fetchone()
    day = datetime.fromtimestamp(state.clock(), UTC).astimezone(VIETNAM)
    code = f"G09.20-{day:%Y%m%d}-{given + 1:07d}"
    db.execute("INSERT INTO v2_number (code, procedure) VALUES (?, ?)", (code, procedure))
    return code


def _take_file(db: sqlite3.Connection) -> list[dict[str, str]]:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise WrongError("file", "Thiếu tệp trong trường file.")
    content = sent.stream.read()
    made, digest = secrets.token_hex(12), hashlib.sha256(content).hexdigest()
    db.execute(
        "INSERT INTO v2_file (id, name, sha256, size) VALUES (?, ?, ?, ?)", (made, sent.filename, digest, len(content))
    )
    return [{"IdTepTin": made, "HashTepTin": digest}]


def _create(db: sqlite3.Connection, body: Any) -> dict[str, str]:
    check_dossier(body, lambda file: _digest(db, file))
    code = body["MaHoSo"]
    given = db.execute("SELECT procedure FROM v2_number WHERE code = ?", (code,)).fetchone()
    if given is None or given["procedure"] != body["MaTTHC"]:
        raise WrongError("MaHoSo", "Mã hồ sơ không phải do cổng cấp cho thủ tục này.")
    if db.execute("SELECT 1 FROM v2_dossier WHERE code = ?", (code,)).fetchone() is not None:
        raise WrongError("MaHoSo", "Mã hồ sơ đã được dùng.", code=4)
    made = secrets.token_hex(12)
    db.execute("INSERT INTO v2_dossier (code, id, body) VALUES (?, ?, ?)", (code, made, dumps(body)))
    return {"IdHoSo": made}


def _progress(db: sqlite3.Connection, body: Any) -> None:
    for entry in _entries(body):
        check_progress(entry)
        _check_known(db, entry["MaHoSo"], entry["IDHoSo"])
        db.execute("INSERT INTO v2_progress (code, body) VALUES (?, ?)", (entry["MaHoSo"], dumps(entry)))


def _status(db: sqlite3.Connection, body: Any) -> None:
    for entry in _entries(body):
        check_status(entry, lambda file: _digest(db, file))
        _check_known(db, entry["MaHoSo"], entry["IdHoSo"])
        db.execute("INSERT INTO v2_status (code, body) VALUES (?, ?)", (entry["MaHoSo"], dumps(entry)))


def _entries(body: Any) -> list[Any]:
    if not isinstance(body, list) or not body:
        raise WrongError("", "Nội dung phải là danh sách có ít nhất một mục.")
    return body


def _check_known(db: sqlite3.Connection, code: str, record_id: str) -> None:
    row = db.execute("SELECT id FROM v2_dossier WHERE code = ?", (code,)).fetchone()
    if row is None or row["id"] != record_id:
        raise WrongError("MaHoSo", "Không tìm thấy hồ sơ.", code=5)


def _digest(db: sqlite3.Connection, file: str) -> str | None:
    row = db.execute("SELECT sha256 FROM v2_file WHERE id = ?", (file,)).fetchone()
    return None if row is None else str(row["sha256"])
