"""Receipt printers on the network, serial and USB: asked how they are before and after, and nothing printed twice."""

from __future__ import annotations

import os
import pty
import tty
from datetime import date
from threading import Thread
from types import SimpleNamespace

import pytest
from paper_samples import RECEIPT, THERMAL
from real_printers import RawPrinter, free_port
from usb.core import USBError, USBTimeoutError

from printing.forms import form_set_for, render
from printing.outcome import PrinterUnavailable, PrintOutcomeUnknown
from printing.printers import (
    ESCPOS,
    PDF,
    parse_printer,
    send,
)
from printing.thermal import render_thermal

RECEIPT_PDF = render(RECEIPT, form_set_for(date(2026, 2, 5)))
SLIP = render_thermal(THERMAL, 80)
WELL = {1: 0x16, 2: 0x12, 4: 0x12}


def test_tcp_sends_all_and_asks_a_receipt_printer_first() -> None:
    with RawPrinter(status=WELL).listening() as printer:
        send(parse_printer(printer.uri), SLIP, ESCPOS, "Phiếu")
        assert printer.done.wait(10)
    assert printer.received == [SLIP]


def test_tcp_printer_that_never_answers_gets_its_bytes_all_the_same() -> None:
    with RawPrinter().listening() as printer:
        send(parse_printer(printer.uri), SLIP, ESCPOS, "Phiếu")
        assert printer.done.wait(10)
    assert printer.received == [SLIP]


def test_tcp_pdf_goes_untouched_and_unasked() -> None:
    with RawPrinter(status={2: 0x16}).listening() as printer:
        send(parse_printer(printer.uri), RECEIPT_PDF, PDF, "Giấy")
        assert printer.done.wait(10)
    assert printer.received == [RECEIPT_PDF]


@pytest.mark.parametrize(
    ("status", "kind", "word"),
    [
        ({2: 0x32, 4: 0x72}, "printer_out_of_paper", "hết giấy"),
        ({2: 0x12, 4: 0x72}, "printer_out_of_paper", "hết giấy"),
        ({2: 0x16, 4: 0x12}, "printer_cover_open", "Đóng nắp"),
        ({2: 0x52, 4: 0x12}, "printer_stopped", "đang dừng (máy in báo lỗi)"),
        ({2: 0x52, 3: 0x52, 4: 0x12}, "printer_stopped", "đầu in quá nóng"),
        ({2: 0x52, 3: 0x32, 4: 0x12}, "printer_stopped", "lỗi phần cứng"),
        ({1: 0x1E, 2: 0x12, 4: 0x12}, "printer_stopped", "ngoại tuyến"),
    ],
)
def test_tcp_printer_in_trouble_prints_nothing(status: dict[int, int], kind: str, word: str) -> None:
    with RawPrinter(status=status).listening() as printer, pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer(printer.uri), SLIP, ESCPOS, "Phiếu")
    assert refused.value.kind == kind
    assert word in refused.value.message
    assert printer.received == []


def test_tcp_near_the_end_of_the_roll_still_prints_and_says_so() -> None:
    with RawPrinter(status={**WELL, 4: 0x1E}).listening() as printer:
        word = send(parse_printer(printer.uri), SLIP, ESCPOS, "Phiếu")
        assert printer.done.wait(10)
    assert printer.received == [SLIP]
    assert "sắp hết giấy" in word


@pytest.mark.parametrize(
    ("after", "word"),
    [
        ({2: 0x32, 4: 0x72}, "hết giấy khi đang in"),
        ({2: 0x16, 4: 0x12}, "bị mở nắp khi đang in"),
        ({2: 0x52, 3: 0x1A, 4: 0x12}, "kẹt dao cắt giấy"),
    ],
)
def test_tcp_printer_that_halts_in_the_midst_asks_the_clerk(after: dict[int, int], word: str) -> None:
    with RawPrinter(status=WELL, after=after).listening() as printer:
        with pytest.raises(PrintOutcomeUnknown) as halted:
            send(parse_printer(printer.uri), SLIP, ESCPOS, "Phiếu")
        assert printer.done.wait(10)
    assert word in halted.value.message
    assert printer.received == [SLIP]


def test_tcp_printer_that_falls_silent_or_hangs_up_after_the_slip_has_it() -> None:
    for printer in (RawPrinter(status=WELL, after={}), RawPrinter(status=WELL, hangs_up=len(SLIP))):
        with printer.listening():
            assert send(parse_printer(printer.uri), SLIP, ESCPOS, "Phiếu") == ""
            assert printer.done.wait(10)
        assert printer.received == [SLIP]


def test_tcp_printer_that_never_answered_is_not_asked_again() -> None:
    with RawPrinter().listening() as printer:
        send(parse_printer(printer.uri), SLIP, ESCPOS, "Phiếu")
        assert printer.done.wait(10)
    assert printer.asked == [2]


def test_tcp_words_that_nobody_asked_for_are_no_status() -> None:
    # The automatic status of a printer with an open cover: its first byte is not that of an answer.
    with RawPrinter(status=WELL, unasked=b"\x30\x00\x00\x0f").listening() as printer:
        send(parse_printer(printer.uri), SLIP, ESCPOS, "Phiếu")
        assert printer.done.wait(10)
    assert printer.received == [SLIP]


def test_tcp_line_cut_in_the_middle_is_unknown() -> None:
    document = SLIP * 200
    with RawPrinter(status=WELL, cut_after=2000).listening() as printer, pytest.raises(PrintOutcomeUnknown):
        send(parse_printer(printer.uri), document, ESCPOS, "Phiếu")
    assert 2000 <= len(printer.received[0]) < len(document)


def test_tcp_refused_connection_is_a_printer_that_is_off() -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer(f"tcp://127.0.0.1:{free_port()}"), SLIP, ESCPOS, "Phiếu")
    assert refused.value.kind == "printer_off"


class SerialPrinter:
    """A pseudo-terminal as the serial port of a receipt printer; answers as :class:`RawPrinter` does."""

    def __init__(self, status: dict[int, int]) -> None:
        self._status = status
        self._printer, self._port = pty.openpty()
        tty.setraw(self._port)
        self.uri = f"serial:{os.ttyname(self._port)}"
        self.received = bytearray()
        self._thread = Thread(target=self._read, name="serial printer")

    def __enter__(self) -> SerialPrinter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._port)
        self._thread.join(20)
        os.close(self._printer)

    def _read(self) -> None:
        while True:
            try:
                part = os.read(self._printer, 65536)
            except OSError:  # every other end is closed
                return
            if len(part) == 3 and part[:2] == b"\x10\x04":
                if part[2] in self._status:
                    os.write(self._printer, bytes((self._status[part[2]],)))
                continue
            self.received += part


posix_only = pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal stands in for the serial port")


@posix_only
@pytest.mark.parametrize(("status", "word"), [({}, ""), (WELL, ""), ({**WELL, 4: 0x1E}, "sắp hết giấy")])
def test_serial_port_gets_every_byte_whether_it_answers_or_not(status: dict[int, int], word: str) -> None:
    with SerialPrinter(status) as printer:
        assert word in send(parse_printer(printer.uri), SLIP, ESCPOS, "Phiếu")
    assert bytes(printer.received) == SLIP


@posix_only
def test_serial_printer_without_paper_prints_nothing() -> None:
    with SerialPrinter({2: 0x32, 4: 0x72}) as printer, pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer(printer.uri), SLIP, ESCPOS, "Phiếu")
    assert refused.value.kind == "printer_out_of_paper"
    assert printer.received == b""


class UsbPrinter:
    """Stands in for python-escpos' class of this name: no USB device is on a machine that runs tests."""

    in_ep = 0x82

    def __init__(self, status: dict[int, int], silence: Exception | None = None) -> None:
        self.device = self
        self.silence = silence or USBTimeoutError("timed out")
        self.end_points: dict[str, int] = {}
        self._status = status
        self._answer = b""
        self.received = b""
        self.closed = 0

    def __call__(self, *_ids: int, timeout: int, **end_points: int) -> UsbPrinter:
        assert timeout > 0, "a printer without paper would hold its thread for good"
        self.end_points = end_points
        return self

    def is_usable(self) -> bool:
        return True

    def open(self) -> None: ...

    def close(self) -> None:
        self.closed += 1

    def _raw(self, data: bytes) -> None:
        if len(data) == 3 and data[:2] == b"\x10\x04":
            self._answer = bytes((self._status[data[2]],)) if data[2] in self._status else b""
        else:
            self.received += data

    def read(self, _endpoint: int, _count: int, _milliseconds: int) -> bytes:
        answer, self._answer = self._answer, b""
        if not answer:
            raise self.silence
        return answer


@pytest.mark.parametrize(
    ("status", "kind"),
    [({}, ""), (WELL, ""), ({2: 0x16}, "printer_cover_open"), ({2: 0x12, 4: 0x72}, "printer_out_of_paper")],
)
def test_usb_printer_is_asked_and_a_mute_one_printed_to(
    status: dict[int, int], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = UsbPrinter(status)
    monkeypatch.setattr("escpos.printer.Usb", printer)
    if kind:
        with pytest.raises(PrinterUnavailable) as refused:
            send(parse_printer("usb:04b8:0e15"), SLIP, ESCPOS, "Phiếu")
        assert refused.value.kind == kind
        assert printer.received == b""
    else:
        send(parse_printer("usb:04b8:0e15"), SLIP, ESCPOS, "Phiếu")
        assert printer.received == SLIP
    assert printer.closed


@pytest.mark.parametrize("silence", [USBError("Pipe error"), ValueError("Invalid endpoint address 0x82")])
def test_usb_printer_that_cannot_be_read_from_is_printed_to(
    silence: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = UsbPrinter({}, silence)
    monkeypatch.setattr("escpos.printer.Usb", printer)
    assert send(parse_printer("usb:04b8:0e15"), SLIP, ESCPOS, "Phiếu") == ""
    assert printer.received == SLIP


class Interface(list[SimpleNamespace]):
    """An interface of a USB device: its class, and its end points by address and kind (2: bulk, 3: interrupt)."""

    def __init__(self, number: int, *points: tuple[int, int]) -> None:
        super().__init__(SimpleNamespace(bEndpointAddress=at, bmAttributes=kind) for at, kind in points)
        self.bInterfaceClass = number


@pytest.mark.parametrize(
    ("interfaces", "used"),
    [
        ([Interface(7, (0x81, 2), (0x03, 2))], {"in_ep": 0x81, "out_ep": 0x03}),
        ([Interface(3, (0x04, 2)), Interface(7, (0x82, 3), (0x02, 2))], {"out_ep": 0x02}),
        ([Interface(255, (0x01, 2), (0x81, 2))], {"in_ep": 0x81, "out_ep": 0x01}),
        ([Interface(3, (0x81, 3))], {}),
        (None, {}),
    ],
)
def test_usb_printer_is_written_to_where_it_listens(
    interfaces: list[Interface] | None, used: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = UsbPrinter({})
    monkeypatch.setattr("escpos.printer.Usb", printer)
    monkeypatch.setattr("usb.core.find", lambda **_ids: None if interfaces is None else [interfaces])
    send(parse_printer("usb:0416:5011"), SLIP, ESCPOS, "Phiếu")
    assert printer.end_points == used


def test_pdf_to_a_receipt_printer_is_refused_before_a_byte_goes() -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer("usb:04b8:0e15"), RECEIPT_PDF, PDF, "Giấy")
    assert refused.value.kind == "printer_refused"
    assert "phiếu nhiệt" in refused.value.message
