"""The HTTP server under the practice portal: werkzeug's threaded server, with three differences.

Connections are kept alive (werkzeug closes each one, because it cannot tell where an unread body ends);
a connection can be cut without an answer, as a broken line does; and stopping ends every connection and
thread, so that nothing is left behind.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import socket
import threading
from typing import Any, Final

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from counter_app.errors import KnownError

LINE: Final = "practice.line"
"""The request's :class:`Line` in the WSGI environment."""

_DRAIN_LIMIT: Final = 64 * 1024 * 1024
_log = logging.getLogger(__name__)


class Line:
    """What an application may do to the connection under its request."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.is_cut = False

    def cut(self) -> None:
        """Close the connection instead of answering."""
        self.is_cut = True

    def hang_up(self) -> None:
        """End the body where it stands, from another request's thread: its sender is known to be gone."""
        try:
            self._connection.shutdown(socket.SHUT_RD)
        except OSError:
            _log.debug("practice portal: a connection was closed already")


class RequestBody(io.RawIOBase):
    """A body of known length that gives each byte as it comes: a cut line loses none that arrived."""

    def __init__(self, source: io.BufferedReader, length: int) -> None:
        super().__init__()
        self._source = source
        self.remaining = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """ConnectionAbortedError when the sender goes away before the end of the body."""
        wanted = min(len(buffer), self.remaining)
        if wanted == 0:
            return 0
        data = self._source.read1(wanted)
        if not data:
            raise ConnectionAbortedError("the sender closed the connection inside a body")
        buffer[: len(data)] = data
        self.remaining -= len(data)
        return len(data)

    def drain(self) -> bool:
        """Read what nobody wanted; False when it is too much to be worth it, or its sender is gone."""
        if self.remaining > _DRAIN_LIMIT:
            return False
        try:
            while self.remaining:
                self.read(65536)
        except OSError:
            return False
        return True


class PortalRequestHandler(WSGIRequestHandler):
    """One connection; HTTP/1.1 with keep-alive."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Answer one request."""
        self.environ = environ = self.make_environ()
        body: RequestBody | None = None
        if not environ.get("wsgi.input_terminated"):
            length = environ.get("CONTENT_LENGTH") or "0"
            body = RequestBody(self.rfile, int(length) if length.isdigit() else 0)  # type: ignore[arg-type]
            environ["wsgi.input"] = body
            environ["wsgi.input_terminated"] = True
        try:
            self._answer(environ, body)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception:
            _log.exception("practice portal: %s %s", self.command, environ["PATH_INFO"])
            self.close_connection = True
            self.send_error(500)

    def _answer(self, environ: dict[str, Any], body: RequestBody | None) -> None:
        line = environ[LINE] = Line(self.connection)
        chunks, status, headers = run_wsgi_app(self.server.app, environ)
        try:
            if line.is_cut:
                self.close_connection = True
                return
            # The end of a chunked body is not known here, so its connection is not used again.
            keep = body.drain() if body else False
            code, _, reason = status.partition(" ")
            bodiless = self.command == "HEAD" or code in ("204", "304")
            keep = keep and (bodiless or "Content-Length" in headers)
            self.send_response(int(code), reason)
            for name, value in headers:
                self.send_header(name, value)
            if not keep:
                self.send_header("Connection", "close")
            self.end_headers()
            for chunk in chunks:
                self.wfile.write(chunk)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()

    def log(self, type: str, message: str, *args: Any) -> None:
        """Requests go to the program's log, at its lowest level and without query strings."""
        _log.debug("%s %s", self.command, (self.path or "").partition("?")[0])


class PortalServer(ThreadedWSGIServer):
    """A thread for each connection; :meth:`stop` ends them all."""

    def __init__(self, host: str, port: int, app: Any) -> None:
        """Listen. KnownError ``port_in_use`` or ``cannot_listen``."""
        listener = _listen(host, port)
        self._guard = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}
        with listener:
            super().__init__(host, port, app, PortalRequestHandler, fd=listener.fileno())

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own that :meth:`stop` knows of."""
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), name="practice-call", daemon=True
        )
        with self._guard:
            self._open[thread] = request
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._open.pop(threading.current_thread(), None)

    def stop(self) -> None:
        """Stop listening, cut what is open, wait for the threads. From another thread than the server's."""
        self.shutdown()
        with self._guard:
            left = dict(self._open)
        for connection in left.values():
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                _log.debug("practice portal: a connection was closed already")
        for thread in left:
            thread.join(10)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            if os.name == "posix":
                # Elsewhere the option would let two programs share one port.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(128)
        except BaseException:
            listener.close()
            raise
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise KnownError(
                "port_in_use",
                f"Cổng {port} trên máy này đang có chương trình khác dùng. Hãy đóng chương trình đó, "
                "hoặc chọn số cổng khác bằng --port (0 = tự chọn).",
                port=port,
            ) from error
        raise KnownError(
            "cannot_listen",
            f"Không mở được cổng thực hành tại {host}:{port} ({error}). Hãy dùng --host 127.0.0.1 và một số "
            "cổng từ 1024 đến 65535.",
        ) from error
    return listener
