"""How far the line to the portal reaches, step by step: name, connection, certificate, answer.

It signs in to nothing and sends nothing of the desk: one connection, one ``HEAD``. Every wait has an end and
is cut short when the clerk stops it.
"""

from __future__ import annotations

import email.parser
import email.utils
import queue
import select
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import SplitResult, unquote, urlsplit

from counter_app import __version__
from counter_app.errors import UserError
from counter_app.portal_address import checked_address, is_loopback
from counter_app.services import line_words
from counter_app.services.line_certificate import Certificate, read_certificate, trust_store

STEP_SECONDS: Final = 8.0
"""How long one step may take."""
SLICE_SECONDS: Final = 0.1
"""How soon a stop is noticed."""
HEAD_BYTES: Final = 64 * 1024
"""The head of an answer has no more."""


class Outcome(StrEnum):
    """How a step ended."""

    GOOD = "good"
    BAD = "bad"
    SKIPPED = "skipped"


class Stage(StrEnum):
    """The steps in their order."""

    NAME = "name"
    CONNECTION = "connection"
    SECURITY = "security"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class ProbeStep:
    """One step: what came of it, in words for the clerk, and how long it took."""

    stage: Stage
    outcome: Outcome
    words: str
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class LineReport:
    """What the probe found; ``proxy`` is the host and port in between ("" without one).

    ``clock_skew``: the portal's clock minus ours, to the second.
    """

    steps: tuple[ProbeStep, ...] = ()
    certificate: Certificate | None = None
    clock_skew: timedelta | None = None
    proxy: str = ""
    stopped: bool = False


class _StoppedError(Exception):
    """The clerk does not want to wait."""


class _StepError(Exception):
    """A step failed; the words say why and what to do."""


def probe_line(
    url: str,
    ca_bundle: Path | None,
    *,
    clock: Callable[[], datetime],
    stop: threading.Event,
    seconds: float = STEP_SECONDS,
) -> LineReport:
    """Try the line to ``url``; ``ca_bundle`` is the office's own root, where it has one.

    Never raises for what the line does: a step that fails says so, and the later ones are skipped.
    """
    try:
        address = urlsplit(checked_address(url))
    except UserError as error:
        return LineReport((ProbeStep(Stage.NAME, Outcome.BAD, error.message),))
    return _Probe(address, ca_bundle, clock, stop, seconds).run()


class _Probe:
    def __init__(
        self,
        address: SplitResult,
        ca_bundle: Path | None,
        clock: Callable[[], datetime],
        stop: threading.Event,
        seconds: float,
    ) -> None:
        self._address = address
        self._host = address.hostname or ""
        self._secure = address.scheme == "https"
        self._port = address.port or (443 if self._secure else 80)
        self._ca_bundle = ca_bundle
        self._clock = clock
        self._stop = stop
        self._seconds = seconds
        self._deadline = 0.0
        self._report = LineReport()
        self._proxy = _proxy_for(address.scheme, self._host)
        self._addresses: list[tuple[Any, Any]] = []
        self._socket: socket.socket | None = None

    def run(self) -> LineReport:
        """Go through the steps until one fails."""
        if self._proxy is not None:
            self._report = replace(self._report, proxy=f"{self._proxy.hostname}:{self._proxy.port or 80}")
        steps = (
            (Stage.NAME, self._resolve),
            (Stage.CONNECTION, self._connect),
            (Stage.SECURITY, self._secure_line),
            (Stage.ANSWER, self._ask),
        )
        try:
            going = True
            for stage, step in steps:
                if going:
                    going = self._take(stage, step)
                else:
                    self._add(ProbeStep(stage, Outcome.SKIPPED, line_words.NOT_REACHED))
        except _StoppedError:
            self._report = replace(self._report, stopped=True)
        finally:
            self._close()
        return self._report

    def _take(self, stage: Stage, step: Callable[[], str]) -> bool:
        begun = time.monotonic()
        self._deadline = begun + self._seconds
        try:
            words, outcome = step(), Outcome.GOOD
            if stage is Stage.SECURITY and not self._secure:
                outcome = Outcome.SKIPPED
        except _StepError as error:
            words, outcome = str(error), Outcome.BAD
        except OSError as error:
            words, outcome = line_words.connection_trouble(error), Outcome.BAD
        self._add(ProbeStep(stage, outcome, words, round((time.monotonic() - begun) * 1000)))
        return outcome is not Outcome.BAD

    def _add(self, step: ProbeStep) -> None:
        self._report = replace(self._report, steps=(*self._report.steps, step))

    def _resolve(self) -> str:
        """Ask for the addresses of the name, in a thread: the system's own question has no end and no stop."""
        host, port = self._peer()
        answers: queue.SimpleQueue[list[tuple[Any, ...]] | OSError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
            except OSError as error:
                answers.put(error)

        threading.Thread(target=ask, name="resolve", daemon=True).start()
        while answers.empty():
            self._check(line_words.NAME_SLOW.format(host=host))
            self._stop.wait(0.02)
        found = answers.get()
        if isinstance(found, OSError):
            raise _StepError(line_words.NAME_UNKNOWN.format(host=host)) from found
        self._addresses = list(dict.fromkeys((entry[0], entry[4]) for entry in found))
        return line_words.NAME_FOUND.format(host=host, address=self._addresses[0][1][0])

    def _connect(self) -> str:
        """Open the connection: to the first address that takes it, through the proxy where there is one."""
        self._socket = self._opened()
        if self._proxy is not None:
            return line_words.CONNECTED_BY_PROXY.format(proxy=self._report.proxy)
        return line_words.CONNECTED.format(port=self._port)

    def _opened(self) -> socket.socket:
        failure: OSError = TimeoutError()
        for family, address in self._addresses:
            connection = socket.socket(family, socket.SOCK_STREAM)
            try:
                connection.setblocking(False)
                try:
                    connection.connect(address)
                except BlockingIOError:
                    self._wait(connection, writing=True)
                error = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if error:
                    raise OSError(error, "")
                if self._proxy is not None:
                    self._ask_proxy(connection)
            except OSError as refused:
                connection.close()
                failure = refused
            except BaseException:
                connection.close()
                raise
            else:
                return connection
        raise failure

    def _ask_proxy(self, connection: socket.socket) -> None:
        assert self._proxy is not None
        request = f"CONNECT {self._host}:{self._port} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
        if self._proxy.username:
            pair = f"{unquote(self._proxy.username)}:{unquote(self._proxy.password or '')}"
            request += f"Proxy-Authorization: Basic {b64encode(pair.encode()).decode()}\r\n"
        status, _ = self._exchange(connection, request + "\r\n")
        if status != 200:
            raise _StepError(line_words.PROXY_REFUSED.format(proxy=self._report.proxy, status=status))

    def _secure_line(self) -> str:
        """Check the portal's certificate as the syncer does."""
        if not self._secure:
            return line_words.NOT_SECURED
        assert self._socket is not None
        context = trust_store(self._ca_bundle)
        if context is None:
            raise _StepError(line_words.BUNDLE_UNREADABLE)
        try:
            self._socket = self._handshake(self._socket, context)
        except ssl.SSLCertVerificationError as error:
            self._note_certificate(self._unchecked_certificate())
            raise _StepError(
                line_words.certificate_trouble(error.verify_code, own=self._ca_bundle is not None)
            ) from error
        except ssl.SSLError as error:
            raise _StepError(line_words.TLS_FAILED.format(reason=error.reason or "")) from error
        self._note_certificate(self._socket.getpeercert(binary_form=True))
        return line_words.SECURED.format(version=self._socket.version())

    def _handshake(self, connection: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
        secured = context.wrap_socket(connection, server_hostname=self._host, do_handshake_on_connect=False)
        self._socket = secured
        while True:
            try:
                secured.do_handshake()
            except ssl.SSLWantReadError:
                self._wait(secured)
            except ssl.SSLWantWriteError:
                self._wait(secured, writing=True)
            else:
                return secured

    def _unchecked_certificate(self) -> bytes | None:
        """The certificate that was refused, only to be shown: a second connection, on which nothing is sent."""
        self._close()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            return self._handshake(self._opened(), context).getpeercert(binary_form=True)
        except OSError:
            return None

    def _note_certificate(self, encoded: bytes | None) -> None:
        if encoded:
            self._report = replace(self._report, certificate=read_certificate(encoded))

    def _ask(self) -> str:
        """Ask for the head of the address, to see who answers and what its clock says."""
        assert self._socket is not None
        request = (
            f"HEAD {self._address.path or '/'} HTTP/1.1\r\nHost: {self._address.netloc}\r\n"
            f"User-Agent: counter_app/{__version__}\r\nConnection: close\r\n\r\n"
        )
        status, date = self._exchange(self._socket, request)
        if date is not None:
            self._report = replace(self._report, clock_skew=date - self._clock())
        if 300 <= status < 400:
            raise _StepError(line_words.REDIRECTED.format(status=status))
        if status >= 500:
            raise _StepError(line_words.SERVER_TROUBLE.format(status=status))
        return line_words.ANSWERED.format(status=status)

    def _exchange(self, connection: socket.socket, request: str) -> tuple[int, datetime | None]:
        """Send a head and read one; returns the status and the server's time."""
        left = request.encode("latin-1", "replace")
        while left:
            try:
                left = left[connection.send(left) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._wait(connection, writing=True)
        head = b""
        while b"\r\n\r\n" not in head and len(head) < HEAD_BYTES:
            try:
                piece = connection.recv(4096)
            except (BlockingIOError, ssl.SSLWantReadError):
                self._wait(connection)
                continue
            if not piece:
                break
            head += piece
        return _read_head(head)

    def _wait(self, connection: socket.socket, *, writing: bool = False) -> None:
        """Wait until the connection can go on, at most until the step's end, in slices that a stop cuts short."""
        while True:
            self._check()
            reading, to_write = ([], [connection]) if writing else ([connection], [])
            # Windows tells of a connection that failed in the third list only.
            if any(select.select(reading, to_write, [connection], SLICE_SECONDS)):
                return

    def _check(self, words: str = "") -> None:
        if self._stop.is_set():
            raise _StoppedError
        if time.monotonic() > self._deadline:
            self._too_slow(words)

    def _too_slow(self, words: str) -> NoReturn:
        raise _StepError(words or line_words.TOO_SLOW.format(seconds=round(self._seconds)))

    def _peer(self) -> tuple[str, int]:
        if self._proxy is None:
            return self._host, self._port
        return self._proxy.hostname or "", self._proxy.port or 80

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _read_head(head: bytes) -> tuple[int, datetime | None]:
    first, _, rest = head.partition(b"\r\n")
    parts = first.split(b" ", 2)
    if len(parts) < 2 or not parts[0].startswith(b"HTTP/") or not parts[1].isdigit():
        raise _StepError(line_words.NOT_HTTP)
    headers = email.parser.BytesHeaderParser().parsebytes(rest)
    try:
        date = email.utils.parsedate_to_datetime(str(headers.get("Date", "")))
    except (ValueError, TypeError):
        date = None
    return int(parts[1]), date if date is not None and date.tzinfo is not None else None


def _proxy_for(scheme: str, host: str) -> SplitResult | None:
    """The proxy of the machine's settings, as the syncer takes it; none for this machine itself."""
    from urllib.request import getproxies, proxy_bypass

    found = getproxies().get(scheme)
    if not found or is_loopback(f"{scheme}://{host}") or proxy_bypass(host):
        return None
    return urlsplit(found if "://" in found else f"http://{found}")
