"""Windows' queues: which calls spooler and driver get, heard by stand-ins for pywin32 (there is no Windows here).

The stand-ins follow the documentation of winspool and GDI; what a driver does with the calls is not shown by them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from paper_samples import THERMAL
from PIL.Image import Image

from printing.forms import render_test_page
from printing.outcome import PrinterUnavailable, PrintOutcomeUnknown
from printing.printers import ESCPOS, LONG_EDGE, ONE_SIDED, PDF, SHORT_EDGE, Handling, Tray, ask_abilities, send
from printing.printers import parse_printer as parse
from printing.thermal import render_thermal

SLIP = render_thermal(THERMAL, 80)
QUEUE = parse("win:Máy in quầy")
PAPERS, BINS, DUPLEX, BIN_NAMES = 2, 6, 7, 12
CAN = {PAPERS: [9, 11], BINS: [15, 1, 2, 260], DUPLEX: 1, BIN_NAMES: ["Tự động\0", "Khay 1", "Khay 2\0\0", "Khay tay"]}
A5_SHEET = {88: 600, 90: 600, 110: 3496, 111: 4961, 112: 100, 113: 120}
"""148 × 210 mm at 600 dots an inch, of which the printer cannot reach 100 dots at the left and 120 at the top."""


@dataclass
class Windows:
    """Stands in for win32print, win32gui and win32ui."""

    status: int = 0
    attributes: int = 0
    can: dict[int, Any] = field(default_factory=lambda: dict(CAN))
    sheet: dict[int, int] = field(default_factory=lambda: dict(A5_SHEET))
    breaks_at: str = ""
    said: list[str] = field(default_factory=list)
    raw: bytes = b""
    settings: Any = None
    drawn: list[tuple[tuple[int, int], tuple[int, int, int, int]]] = field(default_factory=list)

    def OpenPrinter(self, name: str) -> str:  # noqa: N802 (pywin32's own names, here and below)
        if name != "Máy in quầy":
            raise OSError("The printer name is invalid.")
        return name

    def GetPrinter(self, _queue: str, _level: int) -> dict[str, Any]:  # noqa: N802
        settings = SimpleNamespace(Fields=0, Orientation=0, PaperSize=0, DefaultSource=0, Duplex=0)
        return {
            "Status": self.status,
            "Attributes": self.attributes,
            "pPortName": "USB001",
            "pDriverName": "Canon LBP",
            "pDevMode": settings,
        }

    def DeviceCapabilities(self, _name: str, _port: str, what: int) -> Any:  # noqa: N802
        return self.can.get(what)

    def WritePrinter(self, _queue: str, data: bytes) -> None:  # noqa: N802
        self._say("WritePrinter")
        self.raw += data

    def CreateDC(self, _driver: str, _name: str, settings: Any) -> int:  # noqa: N802
        self.settings = settings
        return 7

    def CreateDCFromHandle(self, _handle: int) -> Windows:  # noqa: N802
        return self

    def GetDeviceCaps(self, what: int) -> int:  # noqa: N802
        return self.sheet[what]

    def GetHandleOutput(self) -> int:  # noqa: N802
        return 7

    def _say(self, what: str) -> None:
        if what == self.breaks_at:
            raise OSError(f"{what} failed")
        self.said.append(what)

    def __getattr__(self, name: str) -> Any:
        """Every other call only leaves its name."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_given: self._say(name)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Windows:
    made = Windows()
    for name in ("win32print", "win32gui", "win32ui"):
        monkeypatch.setitem(sys.modules, name, made)

    class Dib:
        """Stands in for Pillow's bridge to GDI."""

        def __init__(self, picture: Image) -> None:
            self.size = picture.size
            assert picture.convert("L").getextrema() == (0, 255), "the page has ink and paper"

        def draw(self, _handle: int, box: tuple[int, int, int, int]) -> None:
            made.drawn.append((self.size, box))

    monkeypatch.setattr("PIL.ImageWin.Dib", Dib)
    return made


def test_slip_goes_as_it_is(windows: Windows) -> None:
    send(QUEUE, SLIP, ESCPOS, "Phiếu")
    assert windows.raw == SLIP
    assert windows.said == [
        "StartDocPrinter", "StartPagePrinter", "WritePrinter", "EndPagePrinter", "EndDocPrinter", "ClosePrinter"
    ]  # fmt: skip


def test_paper_is_drawn_in_its_size_from_the_corner_of_the_sheet(windows: Windows) -> None:
    handling = Handling("2", LONG_EDGE)
    send(QUEUE, render_test_page("win:x", "A5", two_sided=True), PDF, "Giấy", handling=handling)
    assert windows.said == ["StartDoc", *["StartPage", "EndPage"] * 2, "EndDoc", "DeleteDC", "ClosePrinter"]
    asked = windows.settings
    assert (asked.PaperSize, asked.DefaultSource, asked.Duplex, asked.Orientation) == (11, 2, 2, 1)
    assert asked.Fields == 0x1 | 0x2 | 0x200 | 0x1000
    assert len(windows.drawn) == 2
    for _, (left, top, right, bottom) in windows.drawn:
        assert (left, top) == (-100, -120)
        assert abs((right - left) - 3496) <= 4
        assert abs((bottom - top) - 4961) <= 4


def test_paper_larger_than_the_sheet_is_made_smaller_and_nothing_is_asked_that_the_driver_lacks(
    windows: Windows,
) -> None:
    windows.can = {PAPERS: [9], BINS: None, DUPLEX: 0}
    send(QUEUE, render_test_page("win:x", "A4"), PDF, "Giấy", handling=Handling("260", SHORT_EDGE))
    asked = windows.settings
    assert asked.Fields == 0x1 | 0x2
    ((_, (left, top, right, bottom)),) = windows.drawn
    assert right - left <= 3496
    assert bottom - top <= 4961
    assert abs((right - left) / (bottom - top) - 210 / 297) < 0.01


def test_landscape_lies(windows: Windows) -> None:
    handling = Handling(sides=ONE_SIDED)
    send(QUEUE, render_test_page("win:x", "A4 landscape"), PDF, "Sổ", handling=handling)
    assert (windows.settings.Orientation, windows.settings.PaperSize, windows.settings.Duplex) == (2, 9, 1)


def test_driver_tells_its_trays(windows: Windows) -> None:
    able = ask_abilities(QUEUE)
    assert able.trays == (Tray("1", "Khay 1"), Tray("2", "Khay 2"), Tray("260", "Khay tay"))
    assert able.two_sided
    assert able.model == "Canon LBP"


@pytest.mark.parametrize(
    ("status", "attributes", "kind", "word"),
    [
        (0x10, 0, "printer_out_of_paper", "hết giấy"),
        (0x400000, 0, "printer_cover_open", "Nắp"),
        (0x8 | 0x2, 0, "printer_stopped", "kẹt giấy"),
        (0x80, 0, "printer_stopped", "ngoại tuyến"),
        (0, 0x400, "printer_stopped", "ngoại tuyến"),
    ],
)
def test_queue_in_trouble_takes_nothing(windows: Windows, status: int, attributes: int, kind: str, word: str) -> None:
    windows.status, windows.attributes = status, attributes
    with pytest.raises(PrinterUnavailable) as refused:
        send(QUEUE, SLIP, ESCPOS, "Phiếu")
    assert refused.value.kind == kind
    assert word in refused.value.message
    assert windows.raw == b""
    assert windows.said == ["ClosePrinter"]


@pytest.mark.parametrize(("breaks_at", "mime"), [("WritePrinter", ESCPOS), ("EndPage", PDF)])
def test_fault_in_the_midst_asks_the_clerk(windows: Windows, breaks_at: str, mime: str) -> None:
    windows.breaks_at = breaks_at
    document = SLIP if mime == ESCPOS else render_test_page("win:x")
    with pytest.raises(PrintOutcomeUnknown):
        send(QUEUE, document, mime, "Giấy")


def test_unknown_queue_is_a_printer_that_is_off(windows: Windows) -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse("win:không có"), SLIP, ESCPOS, "Phiếu")
    assert refused.value.kind == "printer_off"
