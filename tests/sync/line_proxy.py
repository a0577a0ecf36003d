"""A thin line for tests: a TCP proxy that carries so many bytes a second, late, and is cut at given bytes.

It takes bytes from the desk only as fast as it passes them on, through small buffers, so that the desk does not
believe sent what still lies here. A cut ends every connection: the portal gets what had passed and then the end, the
desk a reset. It can also hold what comes, so that a test does with the desk what it likes while the desk waits.
"""

from __future__ import annotations

import selectors
import socket
import struct
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

BLOCK = 2048
BUFFER = 4096
"""Asked of the system for each socket towards the desk, which rounds it up."""
_RESET = struct.pack("ii", 1, 0)


class LineProxy:
    """``url`` leads to ``target`` by the line.

    ``rate``: bytes a second towards the portal, 0 without limit; ``delay``: seconds that an answer takes longer, as a
    round trip does; ``cuts``: after how many bytes towards the portal, counted over all connections, the line is cut.
    """

    def __init__(self, target: str, *, rate: float = 0.0, delay: float = 0.0, cuts: Iterable[int] = ()) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 80)
        self._rate = rate
        self._delay = delay
        self._cuts = sorted(cuts, reverse=True)
        self._guard = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._threads: list[threading.Thread] = []
        self._free_at = 0.0
        self._stopping = threading.Event()
        self._hold_at: int | None = None
        self._holds_requests = True
        self._let_go = threading.Event()
        self.held = threading.Event()
        """Set while the line holds what comes."""
        self.passed = 0
        """Bytes that went through to the portal."""
        self.requests = 0
        """Requests that began among them."""
        self.cut = 0
        """How often the line was cut."""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._let_go.set()
        # The one way to end an accept() on every system is a connection.
        socket.create_connection(self._listener.getsockname()).close()
        self.cut_now()
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def cut_now(self) -> None:
        """End every connection as a dropped line does."""
        with self._guard:
            pairs, self._pairs = self._pairs, set()
        for desk, portal in pairs:
            desk.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            for end in (desk, portal):
                _shut(end)

    def hold_after(self, requests: int, *, answers_only: bool = False) -> None:
        """From so many more requests on nothing passes: neither way, or, ``answers_only``, not back to the desk."""
        with self._guard:
            self._hold_at = self.requests + requests
            self._holds_requests = not answers_only

    def let_go(self) -> None:
        """Throw away what is held, end its connections, and carry again."""
        with self._guard:
            self._hold_at = None
            held, self._let_go = self._let_go, threading.Event()
            self.held.clear()
        self.cut_now()
        held.set()

    def _start(self, work: object, *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            desk, _ = self._listener.accept()
            if self._stopping.is_set():
                desk.close()
                return
            portal = socket.create_connection(self._target)
            portal.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            desk.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._guard:
                self._pairs.add((desk, portal))
            self._start(self._carry, desk, portal)

    def _carry(self, desk: socket.socket, portal: socket.socket) -> None:
        """Both directions of a connection, until either end or the line ends it."""
        with desk, portal, selectors.DefaultSelector() as ready:
            ready.register(desk, selectors.EVENT_READ)
            ready.register(portal, selectors.EVENT_READ)
            try:
                while True:
                    for key, _ in ready.select():
                        data = key.fileobj.recv(BLOCK)  # type: ignore[union-attr]
                        if not data:
                            return
                        if key.fileobj is portal:
                            self._stopping.wait(self._delay)
                            if self._is_held(requests=False):
                                return
                            desk.sendall(data)
                        elif not self._pass_on(portal, data):
                            return
            except OSError:
                return
            finally:
                with self._guard:
                    self._pairs.discard((desk, portal))

    def _is_held(self, *, requests: bool) -> bool:
        """Wait while the line holds this direction; True when it did, so that nothing more is to be carried."""
        with self._guard:
            let_go = self._let_go
            if not self.held.is_set() or (requests and not self._holds_requests):
                return False
        let_go.wait()
        return True

    def _count(self, data: bytes) -> None:
        with self._guard:
            self.requests += data.count(b" HTTP/1.1\r\n")
            if self._hold_at is not None and self.requests >= self._hold_at:
                self.held.set()

    def _pass_on(self, portal: socket.socket, data: bytes) -> bool:
        """Send at the line's pace; False when the line was cut within these bytes, or held them."""
        self._count(data)
        if self._is_held(requests=True):
            return False
        with self._guard:
            room = self._cuts[-1] - self.passed if self._cuts else len(data)
            cut = room <= len(data) and bool(self._cuts)
            data = data[:room]
            self.passed += len(data)
            if cut:
                self._cuts.pop()
                self.cut += 1
            if self._rate:
                self._free_at = max(self._free_at, time.monotonic()) + len(data) / self._rate
            until = self._free_at
        if self._rate:
            self._stopping.wait(max(0.0, until - time.monotonic()))
        portal.sendall(data)
        if cut:
            self.cut_now()
        return not cut


def _shut(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
