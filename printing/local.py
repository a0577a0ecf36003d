"""Receipt printers on USB and serial ports, through python-escpos."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from printing.outcome import PrintOutcomeUnknown, driver_missing, printer_off, refused
from printing.printers import PDF, PrinterAddress
from printing.receipt_state import Ask, ReceiptState, check_printed, check_ready, read_state

if TYPE_CHECKING:
    from escpos.escpos import Escpos

_CHUNK = 4096
_SERIAL_SECONDS = 10
_STATUS_SECONDS = 0.7
_USB_WRITE_MS = 30_000
_USB_PACKET, _USB_DRAIN_MS = 64, 10


def send(address: PrinterAddress, document: bytes, mime: str, stop: Event) -> str:
    """Open the device, send all bytes, close; answer and errors as :func:`printing.printers.send`."""
    if mime == PDF:
        raise refused(
            address.label,
            "nối qua USB hay cổng serial chỉ in được phiếu nhiệt; giấy khổ A5, A4 cần địa chỉ ipp://, cups: hoặc win:",
        )
    printer = _printer(address)
    ask = partial(_ASK[address.scheme], printer)
    try:
        printer.open()
        before = read_state(ask)
    except Exception as error:  # the libraries' own kinds differ by system; nothing has gone yet
        raise printer_off(address.label, error) from error
    try:
        check_ready(before, address.label)
        return _send_all(printer, document, before, ask, address.label, stop)
    finally:
        with suppress(Exception):  # the outcome is settled, whatever the library says to the end
            printer.close()


def _send_all(printer: Escpos, document: bytes, before: ReceiptState | None, ask: Ask, label: str, stop: Event) -> str:
    try:
        for start in range(0, len(document), _CHUNK):
            printer._raw(document[start : start + _CHUNK])
        word = check_printed(before, ask, label, stop)
        printer.close()
    except PrintOutcomeUnknown:
        raise
    except Exception as error:
        raise PrintOutcomeUnknown(f"Mất kết nối với máy in {label} khi đang gửi") from error
    return word


def _ask_serial(printer: Escpos, command: bytes) -> bytes:
    port = printer.device
    port.flush()
    port.reset_input_buffer()
    port.write(command)
    port.timeout = _STATUS_SECONDS
    answer: bytes = port.read(1)
    return answer


def _ask_usb(printer: Escpos, command: bytes) -> bytes:
    from usb.core import USBTimeoutError

    with suppress(USBTimeoutError):
        while len(printer.device.read(printer.in_ep, _USB_PACKET, _USB_DRAIN_MS)):
            pass
    try:
        printer._raw(command)
        return bytes(printer.device.read(printer.in_ep, _USB_PACKET, int(_STATUS_SECONDS * 1000)))
    except USBTimeoutError:
        return b""


_ASK = {"serial": _ask_serial, "usb": _ask_usb}


def _printer(address: PrinterAddress) -> Escpos:
    from escpos import printer

    kind, package = {"usb": (printer.Usb, "pyusb"), "serial": (printer.Serial, "pyserial")}[address.scheme]
    if not kind.is_usable():
        raise driver_missing(address.label, package)
    if address.scheme == "usb":
        # Without a limit a printer that is out of paper would hold its thread for good.
        return kind(address.vendor, address.product, timeout=_USB_WRITE_MS)
    return kind(address.name, baudrate=address.baud, timeout=_SERIAL_SECONDS, dsrdtr=False)
