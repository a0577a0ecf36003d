"""Raw printing to port 9100: bytes in, paper out; a receipt printer also answers how it is."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import partial
from threading import Event

from printing.outcome import PrintOutcomeUnknown, printer_off
from printing.printers import ESCPOS, PrinterAddress
from printing.receipt_state import check_printed, check_ready, read_state

_CONNECT_SECONDS = 5.0
_SEND_SECONDS = 60.0
_STATUS_SECONDS = 0.7
_CLOSE_SECONDS = 2.0


def send(address: PrinterAddress, document: bytes, mime: str, stop: Event) -> str:
    """Send the whole document over one connection; answer and errors as :func:`printing.printers.send`."""
    try:
        connection = socket.create_connection((address.host, address.port), timeout=_CONNECT_SECONDS)
    except OSError as error:
        raise printer_off(address.label, error) from error
    with connection:
        ask = partial(_ask, connection)
        try:
            before = read_state(ask) if mime == ESCPOS else None
        except (OSError, EOFError) as error:  # nothing of the document has gone yet
            raise printer_off(address.label, error) from error
        check_ready(before, address.label)
        try:
            connection.settimeout(_SEND_SECONDS)
            connection.sendall(document)
            word = check_printed(before, ask, address.label, stop)
            connection.shutdown(socket.SHUT_WR)
            _await_close(connection)
        except OSError as error:
            raise PrintOutcomeUnknown(f"Mất kết nối với máy in {address.label} khi đang gửi") from error
    return word


def _ask(connection: socket.socket, command: bytes) -> bytes:
    """One command and its answer; what came unasked before, or late, is dropped.

    EOFError once the printer has closed the line, OSError when the line broke.
    """
    connection.settimeout(0)
    with suppress(BlockingIOError):
        while True:
            _received(connection)
    connection.settimeout(_STATUS_SECONDS)
    try:
        connection.sendall(command)
        return _received(connection)
    except TimeoutError:
        return b""


def _received(connection: socket.socket) -> bytes:
    received = connection.recv(64)
    if not received:
        raise EOFError("the printer closed the connection")
    return received


def _await_close(connection: socket.socket) -> None:
    """Wait for the printer to close in its turn; one that keeps the line open has the bytes all the same.

    A reset instead of a close comes up as ``OSError``: the printer threw bytes away.
    """
    connection.settimeout(_CLOSE_SECONDS)
    try:
        while connection.recv(256):
            pass
    except TimeoutError:
        return
