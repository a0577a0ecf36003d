"""One eSCL device over HTTP: every call can be given up at once, and each failure has its words.

Over HTTPS such a device shows a certificate that it made itself. It is trusted only when somebody has compared its
fingerprint once and put it into the settings; from then on that certificate alone is taken.
"""

from __future__ import annotations

import hashlib
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from counter_app.scanning.escl_words import DeviceStatus, parse_status
from counter_app.scanning.model import ScanTrouble
from counter_app.scanning.troubles import stopped, trouble

ROOT_PATH: Final = "/eSCL"
CONNECT_SECONDS: Final = 5.0
END_SECONDS: Final = 5.0
"""For telling the device that a job is over, also when somebody waits for the scan to stop."""
POLL_SECONDS: Final = 0.1
CHUNK: Final = 64 * 1024
MAX_BODY: Final = 256 * 1024 * 1024
"""A PDF with the pages of a whole feeder; more is no answer of a scanner."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a device, in seconds."""

    answer: float = 90.0
    """For an answer without a byte: a slow glass at 600 dpi takes more than a minute."""
    busy: float = 20.0
    """For a device that is busy when a job is to begin."""
    page: float = 180.0
    """For a page of which the device says that it is not ready yet."""
    settle: float = 5.0
    """For a page that a device denies although it calls the job unfinished."""
    retry: float = 1.0
    """Between two questions, if the device does not name a time itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def root_address(address: str) -> str:
    """``http://host:port/eSCL`` from what a person enters: ``192.168.1.20``, ``https://scanner.local``."""
    text = address.strip().rstrip("/")
    if "://" not in text:
        text = f"http://{text}"
    return text if urlsplit(text).path else text + ROOT_PATH


def certificate_fingerprint(address: str) -> str:
    """SHA-256 of the certificate that the device shows now, for a person to compare with the device's own page.

    Raises ScanTrouble ``offline``.
    """
    parts = urlsplit(root_address(address))
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # it is only looked at, nothing is sent
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 443), CONNECT_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as secured,
        ):
            shown = secured.getpeercert(binary_form=True)
    except OSError as error:
        raise trouble("offline") from error
    assert shown is not None
    return hashlib.sha256(shown).hexdigest()


class _OneCertificate(HTTPAdapter):
    """Takes one certificate and no other, whoever signed it and whatever name is in it."""

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, assert_fingerprint=self._fingerprint)


class EsclDevice:
    """The connection to one device while something is asked or scanned. Use as a context manager."""

    def __init__(
        self, root: str, fingerprint: str, patience: Patience, stop: Callable[[], bool] = lambda: False
    ) -> None:
        self._root = root
        self._base = root.removesuffix(urlsplit(root).path)
        self._patience = patience
        self._stop = stop
        self._given_up = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy knows nothing of the scanner beside the desk
        if fingerprint:
            self._session.mount("https://", _OneCertificate(fingerprint))
            self._session.verify = False  # by its issuer, that is: the fingerprint is compared instead

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._given_up.set()
        self._session.close()

    def read(self, path: str) -> bytes:
        """A document under the device's root. Raises ScanTrouble ``offline``, ``untrusted``, ``unsupported``."""
        answer = self._call("GET", self._root + path)
        if answer.status != 200:
            raise _refused(answer.status)
        return answer.body

    def look(self, job: str = "") -> DeviceStatus:
        """How the device and the job are. Raises ScanTrouble for what is wrong with them."""
        answer = self._call("GET", self._root + "/ScannerStatus")
        found = parse_status(answer.body, job) if answer.status == 200 else DeviceStatus()
        if found.wrong is not None:
            raise trouble(found.wrong)
        return found

    def begin(self, settings: bytes, *, feeder: bool) -> str:
        """Order a job and return its path; a busy device is asked again for a while.

        Raises ScanTrouble ``no_paper``, ``busy``, ``unsupported`` and whatever else is wrong with the device.
        """
        ends = time.monotonic() + self._patience.busy
        while True:
            answer = self._call("POST", self._root + "/ScanJobs", settings)
            if answer.status == 201 and "Location" in answer.headers:
                return urlsplit(answer.headers["Location"]).path  # devices name hosts that nobody else knows
            if self.look().is_empty and feeder:
                raise trouble("no_paper")
            if answer.status < 500:
                raise _refused(answer.status)
            if time.monotonic() > ends:
                raise trouble("busy")
            self._wait(answer)

    def next_document(self, job: str) -> Answer | None:
        """The job's next document, None when there is none.

        Ends differ: 404 as specified, 409 with an empty feeder, an empty feeder and a job that never ends; and a 404
        that comes too early is followed by more. One while sheets lie in the feeder is no end, however long it lasts.
        Raises ScanTrouble ``offline``, ``stopped`` and whatever is wrong with the device or the job.
        """
        began = time.monotonic()
        while True:
            answer = self._call("GET", f"{self._base}{job}/NextDocument")
            if answer.status == 200:
                return answer
            status = self.look(job)
            waited = time.monotonic() - began
            if answer.status == 404 and not status.is_running:
                return None
            if answer.status == 404 and waited > self._patience.settle:
                if status.is_empty:
                    return None
                raise trouble("unfinished")
            if answer.status not in (404, 503):
                if status.is_empty:
                    return None
                raise trouble("stopped_at_device") if answer.status == 410 else _refused(answer.status)
            if waited > self._patience.page:
                raise trouble("hanging", seconds=round(self._patience.page))
            self._wait(answer)

    def end(self, job: str) -> None:
        """Tell the device that the job is over; where it is gone already, or the device with it, all is well."""
        try:
            self._session.delete(self._base + job, timeout=(CONNECT_SECONDS, END_SECONDS), allow_redirects=False)
        except requests.RequestException:
            return

    def _wait(self, answer: Answer) -> None:
        named = answer.headers.get("Retry-After", "")
        seconds = float(named) if named.isdecimal() else self._patience.retry
        ends = time.monotonic() + min(seconds, self._patience.busy)
        while time.monotonic() < ends:
            if self._stop():
                raise stopped()
            time.sleep(min(POLL_SECONDS, self._patience.retry))

    def _call(self, method: str, url: str, body: bytes | None = None) -> Answer:
        """One call in a thread of its own, so that it can be given up at any moment. Raises ScanTrouble."""
        box: queue.SimpleQueue[Answer | BaseException] = queue.SimpleQueue()

        def work() -> None:
            try:
                box.put(self._send(method, url, body))
            except BaseException as error:
                box.put(error)

        threading.Thread(target=work, name="escl", daemon=True).start()
        while True:
            try:
                found = box.get(timeout=POLL_SECONDS)
            except queue.Empty:
                if self._stop():
                    raise stopped() from None
                continue
            if isinstance(found, BaseException):
                raise self._as_trouble(found) from found
            return found

    def _send(self, method: str, url: str, body: bytes | None) -> Answer:
        timeout = (CONNECT_SECONDS, self._patience.answer)
        headers = {"Content-Type": "text/xml"} if body is not None else {}
        with self._session.request(
            method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False, stream=True
        ) as response:
            content = bytearray()
            for chunk in response.iter_content(CHUNK):
                content += chunk
                if len(content) > MAX_BODY or self._given_up.is_set():
                    raise requests.ConnectionError("given up")
            return Answer(response.status_code, response.headers, bytes(content))

    def _as_trouble(self, error: BaseException) -> BaseException:
        if isinstance(error, requests.exceptions.SSLError):
            return untrusted(certificate_fingerprint(self._root))
        if isinstance(error, requests.ReadTimeout):
            return trouble("hanging", seconds=round(self._patience.answer))
        if isinstance(error, requests.RequestException):
            return trouble("offline")
        return error


def untrusted(fingerprint: str) -> ScanTrouble:
    """The device's certificate is none that we know; ``details["fingerprint"]`` is what it shows."""
    grouped = " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4)).upper()
    return ScanTrouble(
        "untrusted",
        "Chưa tin cậy chứng thư bảo mật của máy quét nên không quét. Hãy nhờ quản trị so mã dưới đây với mã trên trang "
        f"cài đặt của máy quét rồi ghi vào Cài đặt; nếu mã khác, đừng dùng máy này. Mã SHA-256: {grouped}",
        fingerprint=fingerprint,
    )


def _refused(status: int) -> ScanTrouble:
    if status in (401, 403):
        return trouble("locked")
    if status >= 500:
        return trouble("offline")
    return trouble("unsupported", words=f"HTTP {status}")
