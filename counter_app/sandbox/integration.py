"""``/auth/login`` and ``/integration``: the portal's calls (profile 1, sections 2, 3 and 5)."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from counter_app.sandbox.feed import read_feed
from counter_app.sandbox.fields import Item
from counter_app.sandbox.sessions import TooManyTriesError, WrongPairError
from counter_app.sandbox.state import Call, State, cut, json_response
from counter_app.sandbox.store import add_step, change_dossier, dumps, put_dossier
from counter_app.sandbox.uploads import digest_of
from counter_app.sandbox.validation import check_dossier, check_step

MAX_DOSSIERS: Final = 50
MAX_STEPS: Final = 200
MAX_LOOKUPS: Final = 50
MAX_BODY: Final = 1024 * 1024
"""Bytes of one DongBoHoSoMC call; the other calls are held to it too, none comes near it."""

_MESSAGES: Final = {
    "00": "Thành công",
    "01": "Phiên làm việc không tồn tại hoặc đã hết hạn",
    "02": "Đơn vị không được thực hiện dịch vụ này",
    "03": "Dữ liệu không hợp lệ",
    "04": "Hồ sơ đã tồn tại",
    "05": "Không tìm thấy",
    "10": "Một phần của lô không thành công",
    "99": "Cổng đang bận, hãy thử lại sau",
}


class CallRefusedError(Exception):
    """A whole call refused; ``field`` and ``what`` go with 03."""

    def __init__(self, code: str, field: str = "", what: str = "") -> None:
        super().__init__(code, field)
        self.code = code
        self.field = field
        self.what = what

    def answer(self) -> Item:
        """The envelope."""
        if self.code == "03":
            detail = {"MaHoSo": "", "Truong": self.field, "MoTa": self.what}
            return _envelope("03", detail)
        return _envelope(self.code, message=self.what or _MESSAGES[self.code])


def blueprint(state: State) -> Blueprint:
    """The two addresses, on this state."""
    calls = Blueprint("integration", __name__)

    @calls.post("/auth/login")
    def login() -> Response:
        pair = request.get_json(force=True, silent=True)
        pair = pair if isinstance(pair, dict) else {}
        call = state.begin("login")
        try:
            token = state.sessions.login(
                str(pair.get("username", "")), str(pair.get("password", "")), request.remote_addr or ""
            )
        except WrongPairError:
            call.outcome = "401"
            return json_response({"error_code": "-1", "message": "Sai tên đăng nhập hoặc mật khẩu"}, 401)
        except TooManyTriesError as error:
            call.outcome = "429"
            answer = json_response(
                {"error_code": "-1", "message": "Đăng nhập sai quá nhiều lần, hãy chờ rồi thử lại"}, 429
            )
            answer.headers["Retry-After"] = str(error.wait)
            return answer
        call.outcome = "0"
        expires = str(state.sessions.seconds)
        return json_response({"error_code": "0", "session": token, "expires_in": expires})

    @calls.post("/integration")
    def integration() -> Response:
        raw = _read()
        body = _parse(raw)
        service = body.get("service") if isinstance(body, dict) else None
        call = state.begin(service if isinstance(service, str) and service in _SERVICES else "?")
        answer = state.fault_before(call)
        if answer is not None:
            return answer
        if state.strike(call, "busy") is not None:
            call.outcome = "99"
            return json_response(_envelope("99"))
        if state.strike(call, "cut_before_commit") is not None:
            return cut()
        if isinstance(body, dict) and state.strike(call, "expired_sessions") is not None:
            state.sessions.expire(body.get("session"))
        answer = _answer(state, call, raw, body)
        if state.strike(call, "truncated_json") is not None:
            data = answer.get_data()
            answer.set_data(data[: len(data) // 2])
        # RFC 9110, 12.5.3: bodies may come compressed.
        answer.headers["Accept-Encoding"] = "gzip"
        return state.fault_after(call, answer)

    return calls


def _read() -> bytes:
    """The body, unpacked where it came compressed; empty when it is too large or spoilt."""
    request.max_content_length = MAX_BODY
    try:
        raw = request.get_data()
    except RequestEntityTooLarge:
        return b""
    if request.content_encoding != "gzip":
        return raw
    unpacker = zlib.decompressobj(wbits=31)
    try:
        whole = unpacker.decompress(raw, MAX_BODY)
    except zlib.error:
        return b""
    return whole if unpacker.eof else b""


def _parse(raw: bytes) -> object:
    try:
        return json.loads(raw.decode("utf-8"))
    except ValueError:
        return None


def _answer(state: State, call: Call, raw: bytes, body: object) -> Response:
    try:
        if not raw:
            raise CallRefusedError("03", "data", "Lời gọi trống hoặc lớn hơn 1 MiB; hãy chia nhỏ lô.")
        if not isinstance(body, dict):
            raise CallRefusedError("03", "data", "Nội dung không phải là đối tượng JSON mã hóa UTF-8.")
        if not state.sessions.is_live(body.get("session")):
            raise CallRefusedError("01")
        office = body.get("madonvi")
        if not isinstance(office, str) or not office:
            raise CallRefusedError("03", "madonvi", "Thiếu mã định danh đơn vị.")
        if state.offices is not None and office not in state.offices:
            raise CallRefusedError("02")
        service = _SERVICES.get(body["service"]) if isinstance(body.get("service"), str) else None
        if service is None:
            raise CallRefusedError("03", "service", "Không có dịch vụ này.")
        envelope = service(state, call, raw, body)
        if isinstance(envelope, Response):
            call.outcome = str(envelope.status_code)
            return envelope
    except CallRefusedError as refusal:
        envelope = refusal.answer()
        call.note = refusal.field
    call.outcome = envelope["error_code"]
    return json_response(envelope)


def _envelope(code: str, result: object = None, message: str = "", **more: object) -> Item:
    return {"error_code": code, "message": message or _MESSAGES[code], "result": result} | more


_Work = Callable[[State, sqlite3.Connection, Item], Item]


def _write(state: State, call: Call, raw: bytes, body: Item, work: _Work) -> Item | Response:
    """Do a writing call once for its Idempotency-Key, where the portal knows it (section 5).

    The first answer is kept in the transaction of the work itself, the refusals of single items in it; a
    call refused as a whole did no work and leaves nothing behind. The digest is that of the body byte
    for byte, session and all, as the protocol says no more than "if the body differs".
    """
    key = request.headers.get("Idempotency-Key", "") if state.faults.knows_idempotency else ""
    digest = hashlib.sha256(raw).hexdigest()
    with state.store.transaction() as db:
        first = None
        if key:
            first = db.execute("SELECT * FROM first_answer WHERE key = ?", (key,)).fetchone()
        if first is not None and first["body_digest"] != digest:
            message = "Idempotency-Key này đã dùng cho một nội dung khác; hãy dùng khóa mới."
            return json_response({"error_code": "03", "message": message}, 422)
        if first is not None:
            call.note = "trả lại câu trả lời đầu"
            answer: Item = json.loads(first["answer"])
            return answer
        envelope = work(state, db, body)
        if key:
            db.execute(
                "INSERT INTO first_answer (key, body_digest, answer, answered_at) VALUES (?, ?, ?, ?)",
                (key, digest, dumps(envelope), state.clock()),
            )
    call.note = f"{len(body['data'])} mục"
    return envelope


def _items(body: Item, most: int) -> list[Any]:
    data = body.get("data")
    if not isinstance(data, list) or not data:
        raise CallRefusedError("03", "data", "Trường data phải là danh sách có ít nhất một mục.")
    if len(data) > most:
        raise CallRefusedError("03", "data", f"Mỗi lời gọi nhận nhiều nhất {most} mục; hãy chia nhỏ lô.")
    return data


def _result(item: object, code: str, field: str = "", what: str = "") -> Item:
    name = item.get("MaHoSo") if isinstance(item, dict) else ""
    result = {
        "MaHoSo": name if isinstance(name, str) else "",
        "error_code": code,
        "message": _MESSAGES[code],
    }
    return result | {"Truong": field, "MoTa": what} if code == "03" else result


def _batch(results: list[Item]) -> Item:
    """One code for a batch: that of its items where they agree, else 10 (some failed)."""
    codes = {result["error_code"] for result in results}
    return _envelope(codes.pop() if len(codes) == 1 else "10", results)


def _send_dossiers(state: State, call: Call, raw: bytes, body: Item) -> Item | Response:
    if body.get("isUpdating") not in ("True", "False"):
        raise CallRefusedError("03", "isUpdating", "Chỉ nhận True hoặc False, dưới dạng chuỗi.")
    _items(body, MAX_DOSSIERS)
    return _write(state, call, raw, body, _take_dossiers)


def _take_dossiers(state: State, db: sqlite3.Connection, body: Item) -> Item:
    results = []
    for item in body["data"]:
        dossier, fault = check_dossier(item, lambda address: digest_of(db, address))
        if fault:
            results.append(_result(item, "03", fault.field, fault.what))
            continue
        if body["isUpdating"] == "True":
            known = change_dossier(db, dossier["MaHoSo"], dossier, state.clock())
            results.append(_result(item, "00" if known else "05"))
            continue
        try:
            put_dossier(db, dossier, body["madonvi"], state.clock())
        except sqlite3.IntegrityError:
            results.append(_result(item, "04"))
        else:
            results.append(_result(item, "00"))
    return _batch(results)


def _send_steps(state: State, call: Call, raw: bytes, body: Item) -> Item | Response:
    _items(body, MAX_STEPS)
    return _write(state, call, raw, body, _take_steps)


def _take_steps(state: State, db: sqlite3.Connection, body: Item) -> Item:
    results = []
    for item in body["data"]:
        step, fault = check_step(item)
        if fault:
            results.append(_result(item, "03", fault.field, fault.what))
        else:
            results.append(_result(item, "00" if add_step(db, step, state.clock()) else "05"))
    return _batch(results)


def _look_up(state: State, call: Call, _raw: bytes, body: Item) -> Item:
    asked = body.get("mahoso")
    codes = [code for code in (asked if isinstance(asked, list) else [asked]) if isinstance(code, str) and code]
    if not codes or (isinstance(asked, list) and len(codes) != len(asked)):
        raise CallRefusedError("03", "mahoso", "Phải là một mã hồ sơ hoặc danh sách mã hồ sơ.")
    if len(codes) > MAX_LOOKUPS:
        raise CallRefusedError("03", "mahoso", f"Mỗi lần tra nhiều nhất {MAX_LOOKUPS} hồ sơ.")
    found = [dossier for code in codes if (dossier := state.store.dossier(code)) is not None]
    call.note = f"{len(found)}/{len(codes)} hồ sơ"
    return _envelope("00", _absolute(found))


def _list_procedures(state: State, _call: Call, _raw: bytes, body: Item) -> Item:
    number = _number(body, "trang", "1")
    rows, following = state.catalogue.page(number)
    return _envelope("00", rows, tiep=following)


def _procedure(state: State, _call: Call, _raw: bytes, body: Item) -> Item:
    code = body.get("maTTHC")
    if not isinstance(code, str) or not code:
        raise CallRefusedError("03", "maTTHC", "Thiếu mã thủ tục.")
    found = state.catalogue.get(code)
    return _envelope("00", found) if found else _envelope("05")


def _changes(state: State, call: Call, _raw: bytes, body: Item) -> Item:
    cursor = body.get("tu", "")
    if not isinstance(cursor, str) or (cursor and not _is_number(cursor)):
        raise CallRefusedError("03", "tu", "Con trỏ không phải do cổng này đưa ra; hãy bắt đầu lại với chuỗi rỗng.")
    page = read_feed(
        state.store,
        after=int(cursor or 0),
        limit=_number(body, "so", "100"),
        repeat=state.strike(call, "feed_repeats") is not None,
    )
    call.note = f"{len(page.entries)} mục"
    return _envelope("00", _absolute(page.entries), tiep=page.cursor or cursor, con="1" if page.more else "0")


def _absolute(value: Any) -> Any:
    """Addresses of the portal's own files with the name under which the client knows the portal."""
    if isinstance(value, dict):
        return {name: _absolute(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_absolute(inner) for inner in value]
    if isinstance(value, str) and value.startswith("/files/"):
        return request.host_url.rstrip("/") + value
    return value


def _number(body: Item, name: str, default: str) -> int:
    text = body.get(name, default)
    if not isinstance(text, str) or not _is_number(text) or int(text) < 1:
        raise CallRefusedError("03", name, "Phải là số nguyên từ 1, dưới dạng chuỗi.")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


_SERVICES: Final[dict[str, Callable[[State, Call, bytes, Item], Item | Response]]] = {
    "DongBoHoSoMC": _send_dossiers,
    "CapNhatTienDoHoSoMC": _send_steps,
    "TraCuuHoSo": _look_up,
    "LayDanhSachTTHC": _list_procedures,
    "LayThuTuc": _procedure,
    "LayThayDoi": _changes,
}
