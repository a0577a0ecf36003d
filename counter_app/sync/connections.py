"""Connections that suit the line: short buffers on a thin one, and soon aware that it is dead."""

from __future__ import annotations

import socket
from typing import Any, Final

from requests.adapters import DEFAULT_POOLSIZE, HTTPAdapter
from urllib3.connection import HTTPConnection

THIN_BUFFER: Final = 10 * 1024
"""Bytes that a connection may have under way on a thin line: a record waits behind no more of each document."""

PATIENCE: Final = 3.0
"""Seconds for which data may stay unconfirmed, after the system has sent it again, before the line counts as dead."""
MOST_PATIENCE: Final = 32.0

_OPTIONS: Final = (
    ("TCP_NOTSENT_LOWAT", 4096),
    ("TCP_KEEPIDLE", 2),
    ("TCP_KEEPINTVL", 1),
    ("TCP_KEEPCNT", 4),
)
"""Each where the system knows it. Little is kept unsent in the system, so that a record does not wait behind what
was written of a document. A line that died without a word is known by probes (after 2 s of silence, every second)
and by data that nobody confirms, rather than by the time that a portal may take to answer."""


class LineAdapter(HTTPAdapter):
    """The connections of one session; thin until the line has shown that it is not.

    A short buffer keeps the queue in the network short as well. On a quick line it would be the limit: buffer by
    round trip, 600 kB/s at 20 ms.
    """

    def __init__(self) -> None:
        self._suited = (True, PATIENCE)
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, **named, socket_options=_socket_options(*self._suited))

    def suit(self, is_thin: bool, patience: float) -> None:
        """Open the next connections for such a line; those in use go on as they are."""
        if (is_thin, patience) == self._suited:
            return
        self._suited = (is_thin, patience)
        before = self.poolmanager
        self.init_poolmanager(DEFAULT_POOLSIZE, DEFAULT_POOLSIZE)
        before.clear()


def _socket_options(is_thin: bool, patience: float) -> list[tuple[int, int, int]]:
    options = [*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    wanted = (*_OPTIONS, ("TCP_USER_TIMEOUT", round(patience * 1000)))
    options += [(socket.IPPROTO_TCP, getattr(socket, name), value) for name, value in wanted if hasattr(socket, name)]
    if is_thin:
        options.append((socket.SOL_SOCKET, socket.SO_SNDBUF, THIN_BUFFER))
    return options
