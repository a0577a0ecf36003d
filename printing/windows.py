"""Windows' own print queues (pywin32): slips as they are, papers drawn page by page through the printer's driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from counter_app.pdfium import PDFIUM
from printing.outcome import PrintOutcomeUnknown, cover_open, driver_missing, out_of_paper, printer_off, stopped
from printing.printers import ESCPOS, LONG_EDGE, ONE_SIDED, SHORT_EDGE, Abilities, Handling, PrinterAddress, Tray
from printing.sheets import page_size_mm

if TYPE_CHECKING:
    from PIL.Image import Image

_PAPER_OUT, _DOOR_OPEN = 0x10, 0x400000
_HALTS = (
    (0x1, "hàng đợi in đang tạm dừng"),
    (0x8, "kẹt giấy"),
    (0x80, "máy in ngoại tuyến"),
    (0x1000, "máy in không sẵn sàng"),
    (0x100000, "máy in cần người xử lý"),
    (0x2, "máy in báo lỗi"),
)
"""PRINTER_STATUS_… of winspool.h, the clearest word first."""
_WORK_OFFLINE = 0x400

_PAPERS, _BINS, _DUPLEX, _BIN_NAMES = 2, 6, 7, 12  # DC_… of DeviceCapabilities
_OWN_CHOICES = (7, 15)  # DMBIN_AUTO, DMBIN_FORMSOURCE
_A4, _A5 = 9, 11  # DMPAPER_…
_SIZES = {(210, 297): _A4, (148, 210): _A5}
_SIDES = {ONE_SIDED: 1, LONG_EDGE: 2, SHORT_EDGE: 3}  # DMDUP_…
_ORIENTATION_FIELD, _PAPER_FIELD, _SOURCE_FIELD, _DUPLEX_FIELD = 0x1, 0x2, 0x200, 0x1000  # DM_…
_PORTRAIT, _LANDSCAPE = 1, 2
_DPI_X, _DPI_Y, _SHEET_X, _SHEET_Y, _OFFSET_X, _OFFSET_Y = 88, 90, 110, 111, 112, 113  # of GetDeviceCaps
_POINTS_AN_INCH = 72
_DRAWN_DPI = 300


def send(address: PrinterAddress, document: bytes, mime: str, job_name: str, handling: Handling) -> None:
    """Hand the document to the queue; Windows keeps it from there on. Errors as :func:`printing.printers.send`."""
    spool = _library(address, "win32print")
    with _opened(spool, address) as (queue, about):
        _check_runs(address, about)
        try:
            if mime == ESCPOS:
                _send_raw(spool, queue, document, job_name)
            else:
                _draw(address, document, job_name, _settings(spool, address, about, document, handling))
        except Exception as error:  # the library's own kind, known only where it is installed
            raise PrintOutcomeUnknown(f"Hàng đợi in {address.label} của Windows báo lỗi") from error


def ask_abilities(address: PrinterAddress) -> Abilities:
    """Trays and sides, as the driver tells them."""
    spool = _library(address, "win32print")
    with _opened(spool, address) as (_, about):
        bins = _capability(spool, address, about, _BINS) or []
        names = _capability(spool, address, about, _BIN_NAMES) or []
        trays = tuple(
            Tray(str(number), name.strip("\0 "))
            for number, name in zip(bins, names, strict=False)
            if number not in _OWN_CHOICES
        )
        two_sided = _capability(spool, address, about, _DUPLEX) == 1
        return Abilities(model=str(about["pDriverName"]), trays=trays, two_sided=two_sided)


@contextmanager
def _opened(spool: ModuleType, address: PrinterAddress) -> Iterator[tuple[Any, dict[str, Any]]]:
    try:
        queue = spool.OpenPrinter(address.name)
    except Exception as error:  # see above; nothing has gone yet
        raise printer_off(address.label, error) from error
    try:
        yield queue, spool.GetPrinter(queue, 2)
    finally:
        spool.ClosePrinter(queue)


def _check_runs(address: PrinterAddress, about: dict[str, Any]) -> None:
    status = about["Status"]
    if status & _PAPER_OUT:
        raise out_of_paper(address.label)
    if status & _DOOR_OPEN:
        raise cover_open(address.label)
    for flag, words in _HALTS:
        if status & flag:
            raise stopped(address.label, words)
    if about["Attributes"] & _WORK_OFFLINE:
        raise stopped(address.label, "Windows đặt máy in ở chế độ ngoại tuyến")


def _send_raw(spool: ModuleType, queue: Any, document: bytes, job_name: str) -> None:
    spool.StartDocPrinter(queue, 1, (job_name, None, "RAW"))
    spool.StartPagePrinter(queue)
    spool.WritePrinter(queue, document)
    spool.EndPagePrinter(queue)
    spool.EndDocPrinter(queue)


def _settings(
    spool: ModuleType, address: PrinterAddress, about: dict[str, Any], document: bytes, handling: Handling
) -> Any:
    """The driver's own settings with what this document wants of what the driver has."""
    made = about["pDevMode"]
    width, height = page_size_mm(document) or (210, 297)
    made.Orientation = _LANDSCAPE if width > height else _PORTRAIT
    made.Fields |= _ORIENTATION_FIELD
    paper = _SIZES.get((min(width, height), max(width, height)))
    if paper in (_capability(spool, address, about, _PAPERS) or []):
        made.PaperSize = paper
        made.Fields |= _PAPER_FIELD
    if handling.tray in {str(each) for each in _capability(spool, address, about, _BINS) or []}:
        made.DefaultSource = int(handling.tray)
        made.Fields |= _SOURCE_FIELD
    if handling.sides in _SIDES and _capability(spool, address, about, _DUPLEX) == 1:
        made.Duplex = _SIDES[handling.sides]
        made.Fields |= _DUPLEX_FIELD
    return made


def _draw(address: PrinterAddress, document: bytes, job_name: str, settings: Any) -> None:
    """Each page in its true size from the corner of the sheet, made smaller only where the sheet is."""
    from PIL import ImageWin

    gui, ui = _library(address, "win32gui"), _library(address, "win32ui")
    device = ui.CreateDCFromHandle(gui.CreateDC("WINSPOOL", address.name, settings))
    try:
        device.StartDoc(job_name)
        for picture in _pictures(document):
            device.StartPage()
            scale = [device.GetDeviceCaps(dpi) / _DRAWN_DPI for dpi in (_DPI_X, _DPI_Y)]
            shrink = min(
                1.0,
                device.GetDeviceCaps(_SHEET_X) / (picture.width * scale[0]),
                device.GetDeviceCaps(_SHEET_Y) / (picture.height * scale[1]),
            )
            left, top = -device.GetDeviceCaps(_OFFSET_X), -device.GetDeviceCaps(_OFFSET_Y)
            right = left + round(picture.width * scale[0] * shrink)
            bottom = top + round(picture.height * scale[1] * shrink)
            ImageWin.Dib(picture).draw(device.GetHandleOutput(), (left, top, right, bottom))
            device.EndPage()
        device.EndDoc()
    finally:
        device.DeleteDC()


def _pictures(document: bytes) -> Iterator[Image]:
    import pypdfium2

    with PDFIUM:
        pdf = pypdfium2.PdfDocument(document)
    try:
        for number in range(len(pdf)):
            with PDFIUM:
                page = pdf[number]
                bitmap = page.render(scale=_DRAWN_DPI / _POINTS_AN_INCH, grayscale=True)
                picture = bitmap.to_pil().convert("RGB")
                bitmap.close()
                page.close()
            yield picture
    finally:
        with PDFIUM:
            pdf.close()


def _capability(spool: ModuleType, address: PrinterAddress, about: dict[str, Any], what: int) -> Any:
    return spool.DeviceCapabilities(address.name, about["pPortName"], what)


def _library(address: PrinterAddress, name: str) -> ModuleType:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise driver_missing(address.label, "pywin32") from error
