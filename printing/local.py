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
_USB_PRINTER_CLASS = 7


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
    _read_usb(printer, _USB_DRAIN_MS)
    printer._raw(command)
    return _read_usb(printer, int(_STATUS_SECONDS * 1000))


def _read_usb(printer: Escpos, milliseconds: int) -> bytes:
    """What the printer has to say within this time; nothing where it cannot be read from at all."""
    from usb.core import USBError

    try:
        return bytes(printer.device.read(printer.in_ep, _USB_PACKET, milliseconds))
    except (USBError, ValueError):  # a time-out, a stall; an end point that is not there
        return b""


_ASK = {"serial": _ask_serial, "usb": _ask_usb}


def _printer(address: PrinterAddress) -> Escpos:
    from escpos import printer

    kind, package = {"usb": (printer.Usb, "pyusb"), "serial": (printer.Serial, "pyserial")}[address.scheme]
    if not kind.is_usable():
        raise driver_missing(address.label, package)
    if address.scheme == "usb":
        # Without a limit a printer that is out of paper would hold its thread for good.
        return kind(address.vendor, address.product, timeout=_USB_WRITE_MS, **_end_points(address))
    return kind(address.name, baudrate=address.baud, timeout=_SERIAL_SECONDS, dsrdtr=False)


def _end_points(address: PrinterAddress) -> dict[str, int]:
    """Where this printer is written to and read from (USB printer class, 4.3): makers number them as they like.

    Empty, for the library's own guess, when the device cannot be looked at; opening it then says why.
    """
    import usb.core
    from usb.util import ENDPOINT_IN, ENDPOINT_TYPE_BULK, endpoint_direction, endpoint_type

    try:
        device = usb.core.find(idVendor=address.vendor, idProduct=address.product)
        interfaces = [interface for configuration in device or () for interface in configuration]
    except (usb.core.USBError, usb.core.NoBackendError):
        return {}
    for interface in sorted(interfaces, key=lambda one: one.bInterfaceClass != _USB_PRINTER_CLASS):
        bulk = [
            point.bEndpointAddress for point in interface if endpoint_type(point.bmAttributes) == ENDPOINT_TYPE_BULK
        ]
        inward = [point for point in bulk if endpoint_direction(point) == ENDPOINT_IN]
        outward = [point for point in bulk if point not in inward]
        if outward:
            return {"out_ep": outward[0], **({"in_ep": inward[0]} if inward else {})}
    return {}
