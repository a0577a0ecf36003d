"""The adapter to a portal of profile 1 (portal-protocol.md) over one HTTP connection pool."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from counter_app.sync import uploads
from counter_app.sync.client import (
    BATCH_BYTES,
    BATCH_DOSSIERS,
    BATCH_STEPS,
    BUSY_CODE,
    DONE_CODES,
    UNANSWERED,
    Answered,
    DocumentFile,
    Exchange,
    FeedPage,
    ItemAnswer,
    PortalDossier,
    Refused,
    SignInNeeded,
    TransientTrouble,
    UploadPlace,
    not_sent,
    protocol_trouble,
)
from counter_app.sync.downloads import Downloader
from counter_app.sync.http import Http, HttpAnswer, HttpLimits, Stream, status_trouble
from counter_app.sync.messages import encode
from counter_app.sync.pace import Pace

SESSION_CODE: Final = "01"
PARTIAL_CODE: Final = "10"

_SIGN_IN = "Cổng không nhận tên đăng nhập hoặc mật khẩu. Mở Cài đặt, nhập lại tài khoản cổng rồi thử lại."
_NO_PASSWORD = "Chưa có tài khoản hoặc mật khẩu cổng. Mở Cài đặt và nhập tài khoản cổng."
_SESSION = "Cổng liên tục báo phiên làm việc hết hạn. Chương trình sẽ tự thử lại."
_BUSY = "Cổng đang bận. Chương trình sẽ tự gửi lại."
_KEY_SPENT = "Cổng cho biết đã nhận lần gửi này trước đó. Chương trình sẽ tra lại rồi chỉ gửi phần còn thiếu."
_TOO_LARGE = "Nội dung hồ sơ lớn hơn mức cổng cho phép trong một lần gửi. Rút gọn ghi chú hoặc danh sách rồi gửi lại."
_NO_WORDS = "Cổng từ chối (mã {code}) và không nêu lý do."


@dataclass(frozen=True)
class Profile1Settings:
    """Where the portal is and as whom we sign in; the password never shows in a repr or a log."""

    base_url: str
    username: str
    password: str = field(repr=False)
    office_id: str
    ca_bundle: Path | None = None
    limits: HttpLimits = field(default_factory=HttpLimits)
    chunk_size: int = 0
    """Bytes of one PATCH; 0: as the line allows."""


class Profile1Client:
    """A portal of profile 1; see :class:`counter_app.sync.client.PortalClient` for what each call does."""

    documents_first: Final = False
    """An update names a document whenever it is whole: the record never waits for it."""

    def __init__(
        self,
        settings: Profile1Settings,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._now = now
        self._http = Http(
            settings.base_url,
            ca_bundle=settings.ca_bundle,
            limits=settings.limits,
            now=now,
            monotonic=monotonic,
        )
        self._session: str | None = None
        self._downloads = Downloader(f"{self._http.base_url}/files", self._file_request, now=now)
        self._pace = Pace(settings.chunk_size)
        self._uploads = uploads.Uploader(
            f"{self._http.base_url}/files",
            self._file_request,
            office_id=settings.office_id,
            now=now,
            pace=self._pace,
            monotonic=monotonic,
        )

    @property
    def clock_skew(self) -> timedelta | None:
        """The portal's clock (header ``Date``) minus ours."""
        return self._http.clock_skew

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The newest calls and answers."""
        return self._http.exchanges

    def sign_in(self) -> None:
        """Begin a new session: tells whether address, certificate, user name and password hold."""
        self._sign_in()

    def send_dossiers(self, payloads: Sequence[bytes], *, updating: bool, key: UUID) -> Answered:
        """DongBoHoSoMC."""
        return self._send("DongBoHoSoMC", payloads, BATCH_DOSSIERS, key, {"isUpdating": str(bool(updating))})

    def send_steps(self, payloads: Sequence[bytes], *, key: UUID) -> Answered:
        """CapNhatTienDoHoSoMC."""
        return self._send("CapNhatTienDoHoSoMC", payloads, BATCH_STEPS, key, {})

    def look_up(self, codes: Sequence[str]) -> dict[str, PortalDossier]:
        """TraCuuHoSo; a single code is asked in the form that every portal knows."""
        if not 0 < len(codes) <= BATCH_DOSSIERS:
            raise ValueError(f"a look-up takes 1 to {BATCH_DOSSIERS} codes")
        asked: object = codes[0] if len(codes) == 1 else list(codes)
        answer = self._call("TraCuuHoSo", _members({"mahoso": asked}))
        found: dict[str, PortalDossier] = {}
        for fields in _objects(answer.get("result")):
            steps = tuple(_objects(fields.get("TienDo")))
            code = str(fields.get("MaHoSo", ""))
            found[code] = PortalDossier(code, {k: v for k, v in fields.items() if k != "TienDo"}, steps)
        return {code: found[code] for code in codes if code in found}

    def changes(self, cursor: str, limit: int) -> FeedPage:
        """LayThayDoi; entries keep whatever shape they have, so that an unreadable one can be kept."""
        answer = self._call("LayThayDoi", _members({"tu": cursor, "so": str(limit)}))
        entries, next_cursor = answer.get("result"), answer.get("tiep", cursor)
        if not isinstance(entries, list) or not isinstance(next_cursor, str):
            raise protocol_trouble(seen=False)
        return FeedPage(tuple(encode(entry) for entry in entries), next_cursor, answer.get("con") == "1")

    def procedures(self, page: str) -> tuple[tuple[Mapping[str, Any], ...], str]:
        """LayDanhSachTTHC."""
        answer = self._call("LayDanhSachTTHC", _members({"trang": page}))
        return tuple(_objects(answer.get("result"))), str(answer.get("tiep", ""))

    def procedure(self, code: str) -> Mapping[str, Any] | None:
        """LayThuTuc; the procedure comes as an object or as a list of one."""
        try:
            result = self._call("LayThuTuc", _members({"maTTHC": code})).get("result")
        except Refused as refusal:
            if refusal.code == "05":
                return None
            raise
        rows = _objects([result] if isinstance(result, dict) else result)
        return rows[0] if rows else None

    def begin_upload(self, document: DocumentFile) -> UploadPlace:
        """Create the upload (tus creation extension)."""
        return self._uploads.begin(document)

    def upload(
        self,
        document: DocumentFile,
        place: UploadPlace,
        remember: Callable[[UploadPlace], None],
        go_on: Callable[[int], bool],
    ) -> str | None:
        """Send the file by tus 1.0.0 (portal-protocol.md section 4)."""
        return self._uploads.send(document, place, remember, go_on)

    def download(self, url: str, target: Path, sha256: str, go_on: Callable[[], bool] = lambda: True) -> bool:
        """GET in ranges, from what ``target`` already holds."""
        return self._downloads.fetch(url, target, sha256, go_on)

    def close(self) -> None:
        """Close the connections and forget the session."""
        self._session = None
        self._http.close()

    def _send(
        self, service: str, payloads: Sequence[bytes], most: int, key: UUID, extra: Mapping[str, str]
    ) -> Answered:
        if not 0 < len(payloads) <= most:
            raise ValueError(f"{service} takes 1 to {most} items a call")
        members = _members(extra) + b',"data":[' + b",".join(payloads) + b"]"
        return _per_item(self._call(service, members, key=key), payloads)

    def _call(self, service: str, members: bytes, *, key: UUID | None = None) -> dict[str, Any]:
        """Call a service; an expired session is renewed once and the same call repeated once.

        The repeat keeps its idempotency key: the first answer (no session) did nothing. Where a portal holds
        that a body with another session is another body, it says 422, and the look-up that follows settles it.
        """
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if key is not None:
            headers["Idempotency-Key"] = str(key)
        for _ in range(2):
            session = self._session or self._sign_in()
            head = {"session": session, "madonvi": self._settings.office_id, "service": service}
            body = b"{" + _members(head)[1:] + members + b"}"
            if len(body) > BATCH_BYTES:
                raise Refused("too_large", _TOO_LARGE)
            http = self._http.send(
                "POST", f"{self._http.base_url}/integration", headers=headers, body=body, call=service
            )
            answer = self._checked(http)
            if answer is not None:
                return answer
            self._session = None
        raise TransientTrouble("portal_session", _SESSION, seen=False)

    def _checked(self, http: HttpAnswer) -> dict[str, Any] | None:
        """Return the answer of a call that was carried out; None when the session is gone."""
        if http.status == 401:
            return None
        if http.status == 413:
            raise Refused("too_large", _TOO_LARGE)
        if http.status == 422:
            raise TransientTrouble("portal_key_spent", _KEY_SPENT, seen=True, key_spent=True)
        if http.status != 200:
            raise status_trouble(http, self._now())
        answer = http.json_object()
        code = answer.get("error_code")
        if not isinstance(code, str) or not code:
            raise protocol_trouble()
        if code == SESSION_CODE:
            return None
        if code == BUSY_CODE:
            raise TransientTrouble("portal_busy", _BUSY, seen=False, key_spent=True)
        if code in DONE_CODES or code == PARTIAL_CODE or _rows(answer):
            return answer
        raise _refusal(code, answer)

    def _sign_in(self) -> str:
        """Return a new session. Whatever fails here, the call itself was not sent (``seen`` False)."""
        if not self._settings.username or not self._settings.password:
            raise SignInNeeded(_NO_PASSWORD)
        body = encode({"username": self._settings.username, "password": self._settings.password})
        headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            http = self._http.send(
                "POST", f"{self._http.base_url}/auth/login", headers=headers, body=body, call="login"
            )
            if http.status == 401:
                raise SignInNeeded(_SIGN_IN)
            if http.status != 200:
                raise status_trouble(http, self._now())
            answer = http.json_object()
        except TransientTrouble as trouble:
            raise not_sent(trouble) from trouble
        if answer.get("error_code") not in DONE_CODES:
            raise SignInNeeded(_SIGN_IN)
        session = answer.get("session")
        if not isinstance(session, str) or not session.isprintable() or not session:
            raise protocol_trouble(seen=False)
        self._session = session
        return session

    def _file_request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | Stream | None
    ) -> HttpAnswer:
        """Send a request of the upload protocol; a 401 renews the session once (nothing was taken)."""
        self._http.is_thin = self._pace.is_thin
        for _ in range(2):
            if isinstance(body, Stream):
                body.rewind()
            session = self._session or self._sign_in()
            signed = {**headers, "Authorization": f"Session {session}"}
            answer = self._http.send(method, url, headers=signed, body=body, call=f"{method} /files")
            if answer.status != 401:
                return answer
            self._session = None
        raise TransientTrouble("portal_session", _SESSION, seen=False)


def _members(values: Mapping[str, object]) -> bytes:
    """Return the members of a JSON object, each with a comma before it."""
    return b"".join(b"," + encode(name) + b":" + encode(value) for name, value in values.items())


def _objects(value: object) -> list[dict[str, Any]]:
    """Return a list of objects from an answer; anything else is not this protocol."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise protocol_trouble()
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _item(row: Mapping[str, Any]) -> ItemAnswer:
    """Read one answer of a batch; the words of a refusal come as ``message`` or as ``MoTa``."""
    detail = row.get("result")
    named = {**row, **detail} if isinstance(detail, dict) else row
    words = " - ".join(dict.fromkeys(one for one in (_text(row.get("message")), _text(named.get("MoTa"))) if one))
    return ItemAnswer(_text(row.get("MaHoSo")), _text(row.get("error_code")), words, _text(named.get("Truong")))


def _rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the per-item results of an answer; empty where it has none.

    A batch whose items all failed alike may carry their code as its own, with the items listed all the same.
    """
    rows = answer.get("result")
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "error_code" in row for row in rows):
        return []
    return rows


def _per_item(answer: Mapping[str, Any], payloads: Sequence[bytes]) -> Answered:
    """Match the per-item results to the items sent: by place, with the code as a check.

    An answer of plain success without a list covers every item. A list that does not fit what was sent leaves
    the items that it does not name without an outcome.
    """
    codes = [_text(json.loads(payload).get("MaHoSo")) for payload in payloads]
    items = [_item(row) for row in _rows(answer)]
    if not items:
        whole = str(answer["error_code"])
        outcome = whole if whole in DONE_CODES else UNANSWERED
        return Answered(tuple(ItemAnswer(code, outcome) for code in codes))
    if [item.dossier_code for item in items] == codes:
        return Answered(tuple(items))
    by_code = {item.dossier_code: item for item in items}
    once = {code for code in codes if codes.count(code) == 1}
    return Answered(
        tuple(by_code[code] if code in once and code in by_code else ItemAnswer(code, UNANSWERED) for code in codes)
    )


def _refusal(code: str, answer: Mapping[str, Any]) -> Refused:
    result = answer.get("result")
    rows = result if isinstance(result, list) else [result]
    named = next((row for row in rows if isinstance(row, dict)), {})
    item = _item({**named, "message": answer.get("message")})
    return Refused(
        code,
        item.message or _NO_WORDS.format(code=code),
        dossier_code=item.dossier_code,
        field=item.field,
    )
