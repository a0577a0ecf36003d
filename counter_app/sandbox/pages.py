"""What people see in the browser, and the trainer's control surface under ``/practice``.

Trainer's pages answer this machine freely and others only with the portal's user name and password; the
applicant's look-up page is open and shows nothing private.
"""

from __future__ import annotations

import ipaddress
import json
from collections import Counter
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import NotFound

from counter_app.errors import UserError
from counter_app.sandbox.faults import FAULTS
from counter_app.sandbox.feed import KINDS, push
from counter_app.sandbox.fields import STATUS_NAMES, VIETNAM, Item, shown_time
from counter_app.sandbox.labels import FIELD_LABELS, shown_value
from counter_app.sandbox.samples import SAMPLES, push_sample
from counter_app.sandbox.state import State, json_response

PAGE_ROWS: Final = 50
_NOTICES: Final = {
    "luu": "Đã đặt các lỗi giả lập.",
    "tat": "Đã tắt mọi lỗi giả lập.",
    "mau": "Đã đưa mục mẫu vào luồng thay đổi; phần mềm quầy sẽ nhận ở lần đồng bộ tới.",
    "phien": "Đã cho mọi phiên đăng nhập hết hạn.",
}


def blueprint(state: State) -> Blueprint:
    """The pages, on this state."""
    pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static")
    pages.before_request(lambda: _guard(state))
    pages.add_app_template_filter(shown_time, "wire_time")
    pages.add_app_template_filter(_clock_time, "clock_time")
    pages.add_app_template_filter(lambda number: STATUS_NAMES.get(str(number), str(number)), "status")
    pages.add_app_template_filter(lambda name: FIELD_LABELS.get(name, name), "label")
    pages.add_app_template_filter(shown_value, "shown")
    _add_reading(pages, state)
    _add_control(pages, state)
    return pages


def _add_reading(pages: Blueprint, state: State) -> None:
    @pages.get("/")
    def home() -> str:
        return _home(state, notice=_NOTICES.get(request.args.get("tin", ""), ""))

    @pages.get("/ho-so/<code>")
    def detail(code: str) -> tuple[str, int]:
        dossier = state.store.dossier(code)
        if dossier is None:
            return render_template("missing.html", code=code), 404
        counted = Counter((step.get("ThoiDiemXuLy"), step.get("TrangThai")) for step in dossier["TienDo"])
        simple = {name: value for name, value in dossier.items() if not isinstance(value, list) and value}
        lists = {name: value for name, value in dossier.items() if isinstance(value, list) and value}
        lists.pop("TienDo", None)
        return render_template("dossier.html", d=dossier, simple=simple, lists=lists, counted=counted), 200

    @pages.get("/tra-cuu")
    def look_up() -> tuple[str, int]:
        code = request.args.get("ma", "").strip().upper()
        dossier = state.store.dossier(code) if code else None
        found = _public(dossier) if dossier else None
        return render_template("lookup.html", code=code, found=found), 404 if code and not found else 200

    @pages.get("/practice/files/<ident>")
    def file(ident: str) -> Response:
        rows = state.store.rows("SELECT name FROM upload WHERE id = ? AND state = 'complete'", ident)
        if not rows:
            raise NotFound
        return send_file(state.store.files / ident, download_name=rows[0]["name"], as_attachment=True)


def _add_control(pages: Blueprint, state: State) -> None:
    @pages.get("/practice/faults")
    def faults() -> Response:
        return json_response(state.faults.snapshot())

    @pages.post("/practice/faults")
    def set_faults() -> Response | tuple[str, int]:
        try:
            state.faults.apply(_json_object() if request.is_json else _fault_form())
        except UserError as error:
            return _refused(state, error)
        if request.is_json:
            return json_response(state.faults.snapshot())
        return _back("tat" if "tat" in request.form else "luu")

    @pages.post("/practice/feed")
    def feed() -> Response | tuple[str, int]:
        try:
            answer = _push(state, _json_object() if request.is_json else request.form.to_dict())
        except UserError as error:
            return _refused(state, error)
        return json_response(answer) if request.is_json else _back("mau")

    @pages.post("/practice/sessions/expire")
    def expire() -> Response:
        state.sessions.expire_all()
        return json_response({}) if request.is_json else _back("phien")


def _guard(state: State) -> Response | None:
    """Keep strangers on the network, and pages of other sites in this browser, from the trainer's part."""
    if request.endpoint in ("pages.look_up", "pages.static"):
        return None
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin is not None and urlsplit(origin).netloc != request.host:
        return json_response({"error": {"kind": "foreign_origin", "message": "Hãy dùng trang của cổng."}}, 403)
    try:
        here = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        here = False
    given = request.authorization
    if here or (given is not None and state.sessions.is_pair(given.username or "", given.password or "")):
        return None
    return Response(
        "Trang của người hướng dẫn: hãy đăng nhập bằng tên và mật khẩu của cổng thực hành.",
        401,
        {"WWW-Authenticate": 'Basic realm="Cong thuc hanh", charset="UTF-8"'},
    )


def _home(state: State, *, notice: str = "", error: str = "") -> str:
    text = request.args.get("trang", "1")
    page = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    rows = state.store.rows(
        "SELECT d.*, (SELECT count(*) FROM step s WHERE s.code = d.code) AS steps FROM dossier d "
        "ORDER BY changed_at DESC, code DESC LIMIT ? OFFSET ?",
        PAGE_ROWS + 1,
        (page - 1) * PAGE_ROWS,
    )
    counts = state.store.rows(
        "SELECT (SELECT count(*) FROM dossier) AS dossiers, (SELECT count(*) FROM step) AS steps, "
        "(SELECT count(*) FROM upload WHERE state = 'complete') AS files, "
        "(SELECT count(*) FROM upload WHERE state = 'open') AS unfinished, (SELECT count(*) FROM feed) AS feed"
    )[0]
    return render_template(
        "home.html",
        counts=counts,
        dossiers=[_row(row) for row in rows[:PAGE_ROWS]],
        page=page,
        more=len(rows) > PAGE_ROWS,
        calls=list(state.calls)[-30:][::-1],
        faults=state.faults.snapshot(),
        labels=FAULTS,
        timed=("slow", "busy_503", "busy_429"),
        procedures=len(state.catalogue),
        notice=notice,
        error=error,
    )


def _row(row: Any) -> Item:
    body: Item = json.loads(row["body"])
    files = [entry for entry in body.get("TaiLieuNop", []) if entry.get("DuongDanTaiTepTin")]
    return {
        "code": row["code"],
        "office": row["office"],
        "procedure": body["TenTTHC"],
        "status": body["TrangThaiHoSo"],
        "changed_at": row["changed_at"],
        "updates": row["updates"],
        "steps": row["steps"],
        "files": len(files),
        "digests": [str(entry.get("TepDinhKemId", ""))[:8] for entry in files],
    }


def _public(dossier: Item) -> Item:
    """What anybody with the code may see. The latest step tells the status, the dossier where there is none."""
    steps = dossier["TienDo"]
    latest = max(steps, key=lambda step: str(step.get("ThoiDiemXuLy", "")), default=None)
    return {
        "code": dossier["MaHoSo"],
        "procedure": dossier["TenTTHC"],
        "status": latest["TrangThai"] if latest else dossier["TrangThaiHoSo"],
        "due": dossier.get("NgayHenTra", ""),
    }


def _fault_form() -> dict[str, Any]:
    if "tat" in request.form:
        return {"clear": True}
    settings: dict[str, Any] = {"knows_idempotency": "knows_idempotency" in request.form}
    for name in FAULTS:
        # A field that the form leaves empty is off; the services a test limited it to are kept.
        settings[name] = {
            "probability": (request.form.get(f"{name}.probability") or "0").replace(",", "."),
            "next_calls": request.form.get(f"{name}.next_calls") or 0,
            "seconds": (request.form.get(f"{name}.seconds") or "1").replace(",", "."),
            "on": tuple(filter(None, request.form.get(f"{name}.on", "").split())),
        }
    return settings


def _push(state: State, wish: dict[str, Any]) -> Item:
    """``{"sample": KIND, …}`` makes a sample; ``{"Loai", "MaHoSo", "DuLieu"}`` pushes as it stands."""
    now = state.clock()
    if "sample" in wish:
        kind = wish["sample"]
        if kind not in SAMPLES:
            raise UserError("feed_invalid", f"Không có mẫu «{kind}». Hãy chọn một trong: {', '.join(SAMPLES)}.")
        names = ("code", "procedure", "office", "status")
        wishes = {name: str(wish[name]).strip() for name in names if wish.get(name)}
        return {"MaHoSo": push_sample(state.store, state.catalogue, kind, now, **wishes)}
    if "DuLieu" not in wish:
        raise UserError("feed_invalid", f"Mục cần có Loai ({', '.join(KINDS)}), MaHoSo và DuLieu.")
    cursor = push(state.store, str(wish.get("Loai")), str(wish.get("MaHoSo") or ""), wish["DuLieu"], now)
    return {"tiep": str(cursor)}


def _json_object() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise UserError("json_invalid", "Nội dung phải là một đối tượng JSON. Hãy sửa rồi gửi lại.")
    return body


def _refused(state: State, error: UserError) -> Response | tuple[str, int]:
    if request.is_json:
        return json_response({"error": {"kind": error.kind, "message": error.message}}, 400)
    return _home(state, error=error.message), 400


def _back(notice: str) -> Response:
    answer = redirect(url_for("pages.home", tin=notice), 303)
    return Response(answer.get_data(), answer.status_code, answer.headers)


def _clock_time(moment: float) -> str:
    return datetime.fromtimestamp(moment, VIETNAM).strftime("%H:%M:%S %d/%m")
