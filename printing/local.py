"""Receipt printers on USB and serial ports and Windows' own queues, through python-escpos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from printing.outcome import PrinterUnavailable, PrintOutcomeUnknown, printer_off, refused
from printing.printers import PDF, PrinterAddress

if TYPE_CHECKING:
    from escpos.escpos import Escpos

_CHUNK = 4096
_SERIAL_SECONDS = 10


def send(address: PrinterAddress, document: bytes, mime: str, job_name: str) -> None:
    """Open the device, send all bytes, close; errors as :func:`printing.printers.send`."""
    if mime == PDF:
        raise refused(
            address.label,
            "nối qua USB, cổng serial hay hàng đợi Windows chỉ in được phiếu nhiệt; "
            "giấy khổ A5, A4 cần địa chỉ ipp:// hoặc cups:",
        )
    printer = _printer(address)
    try:
        if address.scheme == "win":
            printer.open(job_name=job_name)
        else:
            printer.open()
    except Exception as error:  # the libraries' own kinds differ by system; nothing has gone yet
        raise printer_off(address.label, error) from error
    try:
        for start in range(0, len(document), _CHUNK):
            printer._raw(document[start : start + _CHUNK])
        printer.close()
    except Exception as error:
        raise PrintOutcomeUnknown(f"Mất kết nối với máy in {address.label} khi đang gửi") from error


def _printer(address: PrinterAddress) -> Escpos:
    from escpos import printer

    kind = {"usb": printer.Usb, "serial": printer.Serial, "win": printer.Win32Raw}[address.scheme]
    if not kind.is_usable():
        package = {"usb": "pyusb", "serial": "pyserial", "win": "pywin32"}[address.scheme]
        raise PrinterUnavailable(
            "printer_driver_missing",
            f"Máy này chưa có phần mềm để dùng máy in {address.label} (thiếu {package}). "
            "Gọi người quản trị cài thêm, hoặc chọn máy in nối mạng.",
            package=package,
        )
    if address.scheme == "usb":
        return kind(address.vendor, address.product)
    if address.scheme == "serial":
        return kind(address.name, baudrate=address.baud, timeout=_SERIAL_SECONDS, dsrdtr=False)
    return kind(address.name)
