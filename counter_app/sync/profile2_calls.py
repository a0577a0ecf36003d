"""Signed-in calls to a portal of profile 2: the token, the envelope, and what each failure means."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from counter_app.sync.client import Exchange, Refused, SignInNeeded, TransientTrouble, not_sent, protocol_trouble
from counter_app.sync.http import Http, HttpAnswer, HttpLimits, Stream, status_trouble
from counter_app.sync.messages import encode

RENEW_BEFORE: Final = 30.0
"""Seconds before its end from which on a token is not used any more."""

_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}

_SIGN_IN = "Cổng không nhận mã ứng dụng hoặc khóa bí mật. Mở Cài đặt, nhập lại thông tin kết nối cổng rồi thử lại."
_NO_SECRET = "Chưa có mã ứng dụng hoặc khóa bí mật của cổng. Mở Cài đặt và nhập thông tin kết nối cổng."
_TOKEN = "Cổng liên tục báo mã truy cập hết hạn. Chương trình sẽ tự thử lại."
_NO_WORDS = "Cổng từ chối (mã {code}) và không nêu lý do. Báo quản trị cổng kèm mã hồ sơ."
_TOO_LARGE = "Nội dung lớn hơn mức cổng cho phép trong một lần gửi. Giảm dung lượng rồi gửi lại."


@dataclass(frozen=True)
class Profile2Settings:
    """Where the portal is and as whom we sign in; the secret never shows in a repr or a log."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    office_id: str
    ca_bundle: Path | None = None
    limits: HttpLimits = field(default_factory=HttpLimits)


class Calls:
    """POST with a token; several threads may use it."""

    def __init__(
        self,
        settings: Profile2Settings,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._now = now
        self._monotonic = monotonic
        self._http = Http(
            settings.base_url, ca_bundle=settings.ca_bundle, limits=settings.limits, now=now, monotonic=monotonic
        )
        self._signing_in = threading.Lock()
        self._token = ""
        self._token_ends = 0.0

    @property
    def clock_skew(self) -> timedelta | None:
        """The portal's clock (header ``Date``) minus ours."""
        return self._http.clock_skew

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The newest calls and answers."""
        return self._http.exchanges

    def close(self) -> None:
        """Close the connections and forget the token."""
        self._token = ""
        self._http.close()

    def sign_in(self) -> None:
        """Get a new token: tells whether address, certificate, client and secret hold.

        Whatever fails here, the call that needs the token was not sent (``seen`` False). Raises SignInNeeded,
        TransientTrouble.
        """
        if not self._settings.client_id or not self._settings.client_secret:
            raise SignInNeeded(_NO_SECRET)
        pair = {"client_id": self._settings.client_id, "client_secret": self._settings.client_secret}
        try:
            http = self._send("/token", _JSON, encode(pair))
            if http.status in {400, 401, 403}:
                raise SignInNeeded(_SIGN_IN)
            if http.status != 200:
                raise status_trouble(http, self._now())
            answer = http.json_object()
            if str(answer.get("code")) != "0":
                raise SignInNeeded(_SIGN_IN)
            self._take_token(answer.get("data"))
        except TransientTrouble as trouble:
            raise not_sent(trouble) from trouble

    def call(self, path: str, value: object) -> dict[str, Any]:
        """Make a call with a JSON body; see ``post``."""
        return self.post(path, _JSON, encode(value))

    def post(self, path: str, headers: Mapping[str, str], body: bytes | Stream) -> dict[str, Any]:
        """Make a signed-in call and return its answer; an expired token is renewed once (nothing was done).

        Raises TransientTrouble, SignInNeeded, and Refused for whatever the portal calls an error.
        """
        for _ in range(2):
            if isinstance(body, Stream):
                body.rewind()
            token = self._bearer()
            http = self._send(path, {**headers, "Authorization": f"Bearer {token}"}, body)
            if http.status != 401:
                return self._answer(http)
            self._forget(token)
        raise TransientTrouble("portal_session", _TOKEN, seen=False)

    def _send(self, path: str, headers: Mapping[str, str], body: bytes | Stream) -> HttpAnswer:
        return self._http.send("POST", self._http.base_url + path, headers=headers, body=body, call=path[1:])

    def _answer(self, http: HttpAnswer) -> dict[str, Any]:
        """Return what the portal said; its errors may come with a status of 4xx."""
        if http.status == 413:
            raise Refused("too_large", _TOO_LARGE)
        done, refused = 200 <= http.status < 300, 400 <= http.status < 500 and http.status not in {408, 429}
        if not done and not refused:
            raise status_trouble(http, self._now())
        try:
            answer = http.json_object()
        except TransientTrouble:
            if done:
                raise
            raise status_trouble(http, self._now()) from None
        # /next-value answers with the bare value.
        code = answer.get("code", 0 if "value" in answer else None)
        if isinstance(code, bool) or not isinstance(code, int | str):
            raise protocol_trouble()
        if str(code) == "0" and done:
            return answer
        words = answer.get("message")
        reason = words.strip() if isinstance(words, str) else ""
        raise Refused(f"code_{code}", reason or _NO_WORDS.format(code=code))

    def _bearer(self) -> str:
        with self._signing_in:
            if not self._token or self._monotonic() >= self._token_ends:
                self.sign_in()
            return self._token

    def _forget(self, token: str) -> None:
        """Drop a token that the portal does not know any more, unless another thread has renewed it."""
        with self._signing_in:
            if self._token == token:
                self._token = ""

    def _take_token(self, data: object) -> None:
        given = data if isinstance(data, dict) else {}
        token, kind, seconds = given.get("access_token"), given.get("token_type", "Bearer"), given.get("expires_in")
        usable = isinstance(token, str) and token.isascii() and token.isprintable() and token and " " not in token
        if not usable or str(kind).lower() != "bearer" or not str(seconds).isdecimal():
            raise protocol_trouble()
        self._token = str(token)
        self._token_ends = self._monotonic() + max(int(str(seconds)) - RENEW_BEFORE, 0.0)
