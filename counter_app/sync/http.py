"""HTTP as the portal's adapters need it: bounded, never redirected, and sure of what failed.

Each failure becomes a :class:`TransientTrouble` that tells whether the portal may have acted on the call.
Nothing here writes a body, a header or a session to a log.
"""

from __future__ import annotations

import email.utils
import errno
import gzip
import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final

import requests
import urllib3.exceptions

from counter_app import __version__
from counter_app.portal_address import checked_address, is_loopback
from counter_app.sync.client import Exchange, TransientTrouble
from counter_app.sync.connections import MOST_PATIENCE, PATIENCE, LineAdapter
from counter_app.sync.tls_words import certificate_words

USER_AGENT: Final = f"counter_app/{__version__}"
MAX_ANSWER: Final = 64 * 1024 * 1024
MAX_RETRY_AFTER: Final = timedelta(days=1)
KEPT_EXCHANGES: Final = 50
DEAD_IN_A_ROW: Final = 6
"""Failures without an answer between them after which the line is given twice the patience."""
PROMPT: Final = 1.0
"""Seconds within which an answer shows that no more patience than usual is needed."""
WORTH_COMPRESSING: Final = 1024
"""Bytes from which on a body is compressed, where the portal takes it."""

_OFFLINE = "Chưa kết nối được với cổng. Hồ sơ vẫn an toàn trên máy này và sẽ tự gửi khi có mạng."
_TIMEOUT = "Cổng không trả lời kịp. Chương trình sẽ tra lại trên cổng rồi mới gửi tiếp, không gửi trùng."
_CUT = "Đường truyền bị ngắt khi đang gửi. Chương trình sẽ tra lại trên cổng rồi mới gửi tiếp, không gửi trùng."
_TOO_LONG = "Cổng trả về nhiều dữ liệu bất thường nên đã dừng nhận. Báo quản trị cổng nếu lặp lại."
_REDIRECT = (
    "Cổng chuyển hướng sang địa chỉ khác (HTTP {status}). Nếu máy đang dùng Wi-Fi có trang đăng nhập, hãy đăng "
    "nhập mạng; nếu không, kiểm tra địa chỉ cổng trong Cài đặt."
)
_BUSY = "Cổng đang bận (HTTP {status}). Chương trình sẽ tự gửi lại."
_SERVER = "Cổng báo lỗi phía máy chủ (HTTP {status}). Chương trình sẽ tra lại trên cổng rồi tự gửi lại."
_STATUS = (
    "Cổng trả lời ngoài dự kiến (HTTP {status}). Kiểm tra địa chỉ cổng trong Cài đặt; nếu đúng, báo quản trị cổng."
)
_NOT_JSON = (
    "Cổng trả lời không phải dữ liệu mà có thể là một trang web (thường gặp ở Wi-Fi có trang đăng nhập). "
    "Đăng nhập mạng; chương trình sẽ tự gửi lại."
)


@dataclass(frozen=True)
class HttpAnswer:
    """An answer read whole; header names are matched without regard to case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; TransientTrouble (seen) when it is none (a captive portal)."""
        try:
            value = json.loads(self.body)
        except ValueError as error:
            raise TransientTrouble("portal_not_json", _NOT_JSON, seen=True) from error
        if not isinstance(value, dict):
            raise TransientTrouble("portal_not_json", _NOT_JSON, seen=True)
        return value


@dataclass(frozen=True)
class HttpLimits:
    """Time limits in seconds: to connect, between two bytes, and for a whole answer."""

    connect: float = 10.0
    read: float = 60.0
    whole: float = 300.0


class Stream:
    """A body read while it goes: a part of a file, in blocks.

    ``before_block`` is asked before each block, with the bytes that went before it, how many the next one may
    have; what it raises ends the request and is raised by :meth:`Http.send`.
    """

    def __init__(self, source: BinaryIO, begin: int, length: int, before_block: Callable[[int], int]) -> None:
        self._source = source
        self._begin = begin
        self._length = length
        self._before_block = before_block
        self.sent = 0
        self.failure: Exception | None = None

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.read, b"")

    def read(self, size: int = -1) -> bytes:
        """Return the next block, of at most ``size`` bytes."""
        left = self._length - self.sent
        if left <= 0:
            return b""
        try:
            block = min(self._before_block(self.sent), left)
            self._source.seek(self._begin + self.sent)
            data = self._source.read(block if size < 0 else min(block, size))
        except Exception as error:
            self.failure = error
            raise
        self.sent += len(data)
        return data

    def rewind(self) -> None:
        """Begin again, for another request."""
        self.sent = 0
        self.failure = None


class Http:
    """One connection pool to one portal; several threads may use it."""

    def __init__(
        self,
        base_url: str,
        *,
        ca_bundle: Path | None = None,
        limits: HttpLimits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base_url = checked_address(base_url)
        self.clock_skew: timedelta | None = None
        self._limits = limits or HttpLimits()
        self._verify: bool | str = True if ca_bundle is None else str(ca_bundle)
        self._now = now
        self._monotonic = monotonic
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        # A proxy of the environment is for the outside; a portal on this machine is reached directly.
        self._session.trust_env = not is_loopback(self.base_url)
        # An `auth` that adds nothing keeps requests from reading passwords out of a .netrc file.
        self._session.auth = _no_auth
        self._adapter = LineAdapter()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT_EXCHANGES)
        self._takes_gzip = False
        self.is_thin = True
        """Whether documents have found the line to be a thin one; the next connections are made for that."""
        self._patience = PATIENCE
        self._dead = 0

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The newest calls and answers."""
        return tuple(self._exchanges)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Stream | None = None,
        max_answer: int = MAX_ANSWER,
        call: str = "",
    ) -> HttpAnswer:
        """Send one request and read the whole answer (at most ``max_answer`` bytes).

        ``call`` names it among the exchanges. Raises TransientTrouble; ``seen`` is False only when no
        connection came about. A ``body`` in bytes that the portal said it takes compressed is compressed.
        """
        given = dict(headers or {})
        if isinstance(body, bytes) and self._takes_gzip and len(body) >= WORTH_COMPRESSING:
            # A fixed time keeps the same body the same, byte for byte.
            body = gzip.compress(body, 6, mtime=0)
            given["Content-Encoding"] = "gzip"
        self._adapter.suit(self.is_thin, self._patience)
        at, begun = self._now(), self._monotonic()
        try:
            answer = self._exchange(method, url, given, body, max_answer)
        except TransientTrouble as trouble:
            self._note(at, call or method, None, begun, body, 0, trouble.kind)
            self._learn_of_a_dead_line(trouble)
            raise
        self._note(at, call or method, answer.status, begun, body, len(answer.body), "")
        self._note_clock(answer.headers)
        self._dead = 0
        if self._monotonic() - begun < PROMPT:
            self._patience = PATIENCE
        if "Accept-Encoding" in answer.headers or answer.status == 415:
            # RFC 9110, 12.5.3: in an answer it says what the server takes in requests.
            self._takes_gzip = "gzip" in answer.headers.get("Accept-Encoding", "")
        return answer

    def _learn_of_a_dead_line(self, trouble: TransientTrouble) -> None:
        """Be more patient with a line on which no connection lives: it may be slow rather than dead."""
        if trouble.kind in {"portal_cut", "portal_unreachable"}:
            self._dead += 1
            if self._dead % DEAD_IN_A_ROW == 0:
                self._patience = min(self._patience * 2, MOST_PATIENCE)

    def _exchange(
        self, method: str, url: str, headers: dict[str, str], body: bytes | Stream | None, max_answer: int
    ) -> HttpAnswer:
        try:
            with self._session.request(
                method,
                url,
                headers=headers,
                data=body,
                timeout=(self._limits.connect, self._limits.read),
                verify=self._verify,
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._read(response, max_answer)
        except requests.RequestException as error:
            if isinstance(body, Stream) and body.failure is not None:
                raise body.failure from error
            raise _trouble(error) from error
        except urllib3.exceptions.HTTPError as error:
            raise TransientTrouble("portal_cut", _CUT, seen=True) from error
        return HttpAnswer(response.status_code, response.headers, content)

    def _note(
        self,
        at: datetime,
        call: str,
        status: int | None,
        begun: float,
        body: bytes | Stream | None,
        received: int,
        trouble: str,
    ) -> None:
        sent = body.sent if isinstance(body, Stream) else len(body or b"")
        milliseconds = round((self._monotonic() - begun) * 1000)
        self._exchanges.append(Exchange(at, call, status, milliseconds, sent, received, trouble))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _read(self, response: requests.Response, max_answer: int) -> bytes:
        deadline = self._monotonic() + self._limits.whole
        content = bytearray()
        for piece in response.iter_content(64 * 1024):
            content += piece
            if len(content) > max_answer:
                raise TransientTrouble("portal_protocol", _TOO_LONG, seen=True)
            if self._monotonic() > deadline:
                raise TransientTrouble("portal_timeout", _TIMEOUT, seen=True)
        return bytes(content)

    def _note_clock(self, headers: Mapping[str, str]) -> None:
        stamp = _http_date(headers.get("Date", ""))
        if stamp is not None:
            self.clock_skew = stamp - self._now()


def status_trouble(answer: HttpAnswer, now: datetime) -> TransientTrouble:
    """Return the trouble that a status other than the expected ones stands for.

    429 and 503 with Retry-After are a portal's own "not now"; the look-up that follows ``seen`` costs one
    small call, so every 5xx is taken as "may have been done": a gateway's 502 or 504 hides what the portal did.
    """
    status = answer.status
    wait = retry_after(answer.headers, now)
    if 300 <= status < 400:
        return TransientTrouble("portal_redirect", _REDIRECT.format(status=status), seen=True)
    if status == 429:
        return TransientTrouble(
            "portal_busy", _BUSY.format(status=status), seen=False, retry_after=wait, key_spent=True
        )
    if status == 503:
        return TransientTrouble("portal_busy", _BUSY.format(status=status), seen=True, retry_after=wait)
    if status >= 500:
        return TransientTrouble("portal_error", _SERVER.format(status=status), seen=True, retry_after=wait)
    return TransientTrouble("portal_status", _STATUS.format(status=status), seen=True, retry_after=wait)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the wait that ``Retry-After`` asks for (seconds or a date), at most a day; None without one."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        # More digits than a day has seconds would overflow a timedelta.
        wait = MAX_RETRY_AFTER if len(text) > 6 else timedelta(seconds=int(text))
    else:
        stamp = _http_date(text)
        if stamp is None:
            return None
        wait = max(stamp - now, timedelta(0))
    return min(wait, MAX_RETRY_AFTER)


def _http_date(text: str) -> datetime | None:
    try:
        stamp = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)


def _trouble(error: requests.RequestException) -> TransientTrouble:
    """Tell what a failed request means; the order matters, as the classes are parents of one another."""
    if isinstance(error, requests.exceptions.SSLError):
        return TransientTrouble("portal_tls", certificate_words(error), seen=not _never_connected(error))
    if isinstance(error, requests.exceptions.ConnectTimeout) or _never_connected(error):
        return TransientTrouble("portal_unreachable", _OFFLINE, seen=False)
    is_late = isinstance(error, requests.exceptions.Timeout) or _caused_by(error, urllib3.exceptions.ReadTimeoutError)
    # The system's own ETIMEDOUT is a dead line; a portal that is too slow is told by our limits.
    if is_late and not any(getattr(one, "errno", None) == errno.ETIMEDOUT for one in _causes(error)):
        return TransientTrouble("portal_timeout", _TIMEOUT, seen=True)
    return TransientTrouble("portal_cut", _CUT, seen=True)


def _never_connected(error: BaseException) -> bool:
    """Tell whether the connection itself (name, TCP, TLS handshake) failed, so that nothing was sent."""
    return _caused_by(
        error,
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.NameResolutionError,
        urllib3.exceptions.ConnectTimeoutError,
        urllib3.exceptions.SSLError,
    )


def _caused_by(error: BaseException, *kinds: type[BaseException]) -> bool:
    return any(isinstance(one, kinds) for one in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and whatever led to it, in no particular order."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
