"""Raw printing to port 9100: bytes in, paper out; a receipt printer also answers how it is."""

from __future__ import annotations

import socket

from printing.outcome import PrintOutcomeUnknown, cover_open, out_of_paper, printer_off, stopped
from printing.printers import ESCPOS, PrinterAddress

_CONNECT_SECONDS = 5.0
_SEND_SECONDS = 60.0
_STATUS_SECONDS = 0.7
_CLOSE_SECONDS = 2.0

_OFFLINE_CAUSE, _PAPER = 2, 4
_COVER_OPEN = 0x04
_PAPER_STOP = 0x20
_FAULT = 0x40
_PAPER_END = 0x60


def send(address: PrinterAddress, document: bytes, mime: str) -> None:
    """Send the whole document over one connection; errors as :func:`printing.printers.send`."""
    try:
        connection = socket.create_connection((address.host, address.port), timeout=_CONNECT_SECONDS)
    except OSError as error:
        raise printer_off(address.label, error) from error
    with connection:
        if mime == ESCPOS:
            _check(connection, address.label)
        try:
            connection.settimeout(_SEND_SECONDS)
            connection.sendall(document)
            connection.shutdown(socket.SHUT_WR)
            _await_close(connection)
        except OSError as error:
            raise PrintOutcomeUnknown(f"Mất kết nối với máy in {address.label} khi đang gửi") from error


def _check(connection: socket.socket, label: str) -> None:
    """Ask an ESC/POS printer for its state (DLE EOT); one that does not answer is taken to be well."""
    cause = _status(connection, _OFFLINE_CAUSE, label)
    if cause is None:
        return
    if cause & _COVER_OPEN:
        raise cover_open(label)
    paper = _status(connection, _PAPER, label) or 0
    if cause & _PAPER_STOP or paper & _PAPER_END:
        raise out_of_paper(label)
    if cause & _FAULT:
        raise stopped(label, "máy in báo lỗi")


def _status(connection: socket.socket, what: int, label: str) -> int | None:
    connection.settimeout(_STATUS_SECONDS)
    try:
        connection.sendall(bytes((0x10, 0x04, what)))
        answer = connection.recv(1)
    except TimeoutError:
        return None
    except OSError as error:  # nothing of the document has gone yet
        raise printer_off(label, error) from error
    if not answer:
        raise printer_off(label, "closed")
    # Bits 1 and 4 are set and 0 and 7 clear in every real-time status; anything else is no status.
    return answer[0] if answer[0] & 0x93 == 0x12 else None


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
