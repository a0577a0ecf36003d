"""Each way to a printer: what arrives, and which word comes when nothing or only a part arrives."""

from __future__ import annotations

import hashlib
import os
import pty
import socket
import ssl
import stat
import tty
from datetime import date
from pathlib import Path
from threading import Thread

import pytest
from paper_samples import RECEIPT, THERMAL
from real_printers import IppPrinter, RawPrinter, free_port
from usb.core import USBTimeoutError

from counter_app.errors import UserError
from printing import ipp_message
from printing.forms import form_set_for, render, render_test_page
from printing.ipp import ready_format
from printing.ipp_media import abilities, job_attributes
from printing.outcome import PrinterUnavailable, PrintOutcomeUnknown
from printing.printers import (
    ESCPOS,
    LONG_EDGE,
    ONE_SIDED,
    PDF,
    SHORT_EDGE,
    Abilities,
    Handling,
    Tray,
    ask_abilities,
    parse_printer,
    send,
)
from printing.thermal import render_thermal

RECEIPT_PDF = render(RECEIPT, form_set_for(date(2026, 2, 5)))
REGISTER_PDF = render_test_page("ipp://may-in", "A4 landscape")
SLIP = render_thermal(THERMAL, 80)
WELL = {1: 0x16, 2: 0x12, 4: 0x12}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ipp://may-in/ipp/print", ("ipp", "may-in", 631, "/ipp/print")),
        ("ipps://10.0.0.7:8631/p", ("ipps", "10.0.0.7", 8631, "/p")),
        ("tcp://10.0.0.8", ("tcp", "10.0.0.8", 9100, "/")),
        ("TCP://10.0.0.8:9101", ("tcp", "10.0.0.8", 9101, "/")),
    ],
)
def test_network_addresses(text: str, expected: tuple[str, str, int, str]) -> None:
    address = parse_printer(text)
    assert (address.scheme, address.host, address.port, address.path) == expected


def test_local_addresses() -> None:
    assert parse_printer("cups:Van_phong").name == "Van_phong"
    assert parse_printer("win:Máy in quầy 1").name == "Máy in quầy 1"
    usb = parse_printer("usb:04B8:0e15")
    assert (usb.vendor, usb.product, usb.uri) == (0x04B8, 0x0E15, "usb:04b8:0e15")
    serial = parse_printer("serial:COM3?baud=19200")
    assert (serial.name, serial.baud) == ("COM3", 19200)
    assert parse_printer("serial:/dev/ttyUSB0").baud == 9600


@pytest.mark.parametrize(
    "text",
    ["", "may-in", "ftp://may-in", "ipp://", "tcp://h:99999", "usb:04b8", "usb:xyz:1", "cups:", "serial:C?baud=x",
     "ipps://h/p#sha256=12"],
)  # fmt: skip
def test_bad_addresses_are_refused_with_the_forms_that_work(text: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_printer(text)
    assert refused.value.kind == "printer_unknown"
    assert "tcp://MÁY:9100" in refused.value.message


# -- IPP ------------------------------------------------------------------------------------------------


def test_ipp_prints_once_byte_for_byte(office_printer: IppPrinter) -> None:
    before = len(office_printer.documents())
    send(parse_printer(office_printer.uri), RECEIPT_PDF, PDF, "Giấy tiếp nhận 1")
    assert office_printer.documents()[before:] == [RECEIPT_PDF]


def test_ipp_printer_out_of_paper_prints_nothing_and_says_so(office_printer: IppPrinter) -> None:
    before = len(office_printer.documents())
    office_printer.load_paper(0, 0)
    try:
        with pytest.raises(PrinterUnavailable) as refused:
            send(parse_printer(office_printer.uri), RECEIPT_PDF, PDF, "Giấy tiếp nhận 2")
    finally:
        office_printer.load_paper(250, 25)
    assert refused.value.kind == "printer_out_of_paper"
    assert "hết giấy" in refused.value.message
    assert len(office_printer.documents()) == before


def test_ipp_printer_tells_its_trays_and_gets_the_one_asked_for(office_printer: IppPrinter) -> None:
    office_printer.load_paper(250, 25)
    address = parse_printer(office_printer.uri)
    able = ask_abilities(address)
    assert able.trays == (Tray("main", paper="A4"), Tray("manual"), Tray("by-pass-tray", paper="105 × 241 mm"))
    assert able.two_sided
    assert able.model == "Example Printer"

    send(address, RECEIPT_PDF, PDF, "Giấy khay phụ", handling=Handling("by-pass-tray", LONG_EDGE))
    asked = office_printer.asked()
    assert asked["IPP_SIDES"] == "two-sided-long-edge"
    assert asked["IPP_MEDIA_COL"] == "{media-size={x-dimension=10477 y-dimension=24130} media-source=by-pass-tray}"

    send(address, REGISTER_PDF, PDF, "Sổ", handling=Handling(sides=SHORT_EDGE))
    asked = office_printer.asked()
    assert asked["IPP_SIDES"] == "two-sided-short-edge"
    assert asked["IPP_MEDIA"] == "iso_a4_210x297mm", "the size of the paper, for it lies in a tray"


def test_ipp_tray_that_is_gone_and_paper_that_is_nowhere_never_keep_a_paper_back(office_printer: IppPrinter) -> None:
    office_printer.load_paper(250, 25)
    send(parse_printer(office_printer.uri), RECEIPT_PDF, PDF, "Giấy A5", handling=Handling("tray-7", ONE_SIDED))
    asked = office_printer.asked()
    assert "IPP_MEDIA" not in asked
    assert "IPP_MEDIA_COL" not in asked
    assert asked["IPP_SIDES"] == "one-sided"


def test_ipp_printer_without_a_duplexer_is_not_asked_for_sides() -> None:
    printer: ipp_message.Group = {"sides-supported": ["one-sided"], "media-source-supported": ["auto", "tray-1"]}
    assert job_attributes(printer, Handling("tray-1", LONG_EDGE), (210, 297)) == {
        "media-col": {"media-source": "tray-1"}
    }
    assert not abilities(printer).two_sided
    assert job_attributes({}, Handling("tray-1", LONG_EDGE), (210, 297)) == {}


EMPTY, FULL, UNSURE = b"name=main;level=0;", b"name=main;level=250;", b"name=auto;level=-2;"


@pytest.mark.parametrize(
    ("state", "reason", "trays", "kind"),
    [
        (3, "none", [FULL], None),
        (3, "media-empty-warning", [EMPTY, FULL, UNSURE], None),
        (3, "media-empty-report", [EMPTY, EMPTY, UNSURE], "printer_out_of_paper"),
        (3, "media-empty", [UNSURE], "printer_out_of_paper"),
        (3, "media-empty-error", [], "printer_out_of_paper"),
        (5, "media-empty-warning", [UNSURE], "printer_out_of_paper"),
        (4, "media-needed-warning", [UNSURE], "printer_out_of_paper"),
        (5, "door-open-report", [FULL], "printer_cover_open"),
        (3, "cover-open-warning", [FULL], None),
        (5, "media-jam-error", [FULL], "printer_stopped"),
        (3, "toner-low-warning", [FULL], None),
    ],
)
def test_ipp_states_of_a_printer(state: int, reason: str, trays: list[bytes], kind: str | None) -> None:
    printer: ipp_message.Group = {
        "printer-state": [state],
        "printer-state-reasons": [reason],
        "printer-is-accepting-jobs": [True],
        "printer-input-tray": [*trays],
        "document-format-supported": ["application/octet-stream", "application/pdf"],
    }
    answer = ipp_message.Answer(status=0, operation={}, jobs=(), printer=printer)
    if kind is None:
        assert ready_format(answer, "x", PDF) == PDF
        return
    with pytest.raises(PrinterUnavailable) as refused:
        ready_format(answer, "x", PDF)
    assert refused.value.kind == kind


def test_ipp_printer_without_pdf_says_what_it_takes() -> None:
    printer: ipp_message.Group = {"document-format-supported": ["application/octet-stream", "image/pwg-raster"]}
    answer = ipp_message.Answer(status=0, operation={}, jobs=(), printer=printer)
    with pytest.raises(PrinterUnavailable) as refused:
        ready_format(answer, "x", PDF)
    assert refused.value.kind == "printer_refused"
    assert "image/pwg-raster" in refused.value.message
    assert ready_format(answer, "x", ESCPOS) == "application/octet-stream"


def test_ipp_printer_that_is_off() -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer(f"ipp://127.0.0.1:{free_port()}/ipp/print"), RECEIPT_PDF, PDF, "Giấy 3")
    assert refused.value.kind == "printer_off"
    assert "đã bật" in refused.value.message


def test_ipp_wrong_path_is_a_refusal(office_printer: IppPrinter) -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer(f"ipp://localhost:{office_printer.port}/khong-co"), RECEIPT_PDF, PDF, "Giấy 4")
    assert refused.value.kind == "printer_refused"


def test_ipps_asks_for_trust_and_takes_the_printers_own_fingerprint(office_printer: IppPrinter) -> None:
    uri = f"ipps://localhost:{office_printer.port}/ipp/print"
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer(uri), RECEIPT_PDF, PDF, "Giấy 5")
    assert refused.value.kind == "printer_untrusted"
    with pytest.raises(PrinterUnavailable) as wrong:
        send(parse_printer(f"{uri}#sha256={'0' * 64}"), RECEIPT_PDF, PDF, "Giấy 5")
    assert wrong.value.kind == "printer_untrusted"

    pem = ssl.get_server_certificate(("localhost", office_printer.port))
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    before = len(office_printer.documents())
    send(parse_printer(f"{uri}#sha256={digest}"), RECEIPT_PDF, PDF, "Giấy 5")
    assert office_printer.documents()[before:] == [RECEIPT_PDF]


class LineCutter:
    """Stands between us and a real IPP printer and loses the answer to Print-Job."""

    def __init__(self, target: int, *, forward: bool) -> None:
        self._target = target
        self._forward = forward
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = Thread(target=self._serve, name="line cutter")

    def __enter__(self) -> LineCutter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            with client:
                self._one(client)

    def _one(self, client: socket.socket) -> None:
        request = _whole_message(client)
        operation = int.from_bytes(request.partition(b"\r\n\r\n")[2][2:4], "big")
        printing = operation == ipp_message.PRINT_JOB
        if printing and not self._forward:
            return
        with socket.create_connection(("localhost", self._target)) as printer:
            printer.sendall(request)
            answer = _whole_message(printer)
        if not printing:
            client.sendall(answer)


def _whole_message(connection: socket.socket) -> bytes:
    """One HTTP message with a length, or in chunks to the last of them."""
    data = b""
    while True:
        head, mark, body = data.partition(b"\r\n\r\n")
        if mark:
            fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
            if b"content-length" in fields and len(body) >= int(fields[b"content-length"]):
                return data
            if b"chunked" in fields.get(b"transfer-encoding", b"") and body.endswith(b"0\r\n\r\n"):
                return data
        part = connection.recv(65536)
        if not part:
            return data
        data += part


def test_ipp_answer_lost_but_the_printer_lists_the_job(office_printer: IppPrinter) -> None:
    before = len(office_printer.documents())
    with LineCutter(office_printer.port, forward=True) as line:
        send(parse_printer(f"ipp://localhost:{line.port}/ipp/print"), RECEIPT_PDF, PDF, "Giấy mất trả lời 6")
    assert len(office_printer.documents()) == before + 1


def test_ipp_job_lost_on_the_way_is_unknown_and_not_sent_again(office_printer: IppPrinter) -> None:
    before = len(office_printer.documents())
    with LineCutter(office_printer.port, forward=False) as line, pytest.raises(PrintOutcomeUnknown) as lost:
        send(parse_printer(f"ipp://localhost:{line.port}/ipp/print"), RECEIPT_PDF, PDF, "Giấy đứt dây 7")
    assert lost.value.kind == "print_outcome_unknown"
    assert "Xem máy in" in lost.value.message
    assert len(office_printer.documents()) == before


def test_ipp_garbled_answers_are_told_apart_from_messages() -> None:
    whole = ipp_message.request(ipp_message.GET_JOBS, {"limit": 5, "requested-attributes": ["job-id", "job-name"]})
    parsed = ipp_message.parse(whole)
    assert parsed.operation["requested-attributes"] == ["job-id", "job-name"]
    assert parsed.operation["limit"] == [5]
    sized: dict[str, ipp_message.Collection] = {
        "media-col": {"media-size": {"x-dimension": 1, "y-dimension": -2}, "media-source": "main"}
    }
    whole = ipp_message.request(ipp_message.PRINT_JOB, {"job-name": "a"}, {**sized, "sides": "one-sided"})
    (job,) = ipp_message.parse(whole).jobs
    assert job == {
        "media-col": [{"media-size": [{"x-dimension": [1], "y-dimension": [-2]}], "media-source": ["main"]}],
        "sides": ["one-sided"],
    }
    for length in range(len(whole)):
        with pytest.raises(ipp_message.MalformedAnswerError):
            ipp_message.parse(whole[:length])


# -- raw port -------------------------------------------------------------------------------------------


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


# -- CUPS, serial, USB, Windows -------------------------------------------------------------------------


OPTIONS = """PageSize/Media Size: *A4 A5 Letter
InputSlot/Media Source: *Auto Tray1 Tray2 Manual
Duplex/2-Sided Printing: *None DuplexNoTumble DuplexTumble
"""


def cups(folder: Path, monkeypatch: pytest.MonkeyPatch, *, lp: str, lpstat: str = "", options: str = OPTIONS) -> None:
    """The three commands of CUPS as scripts, in front of those of the machine."""
    (folder / "options").write_text(options)
    for name, script in (("lp", lp), ("lpstat", lpstat), ("lpoptions", f"cat {folder}/options")):
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_cups_is_asked_for_tray_and_sides_that_the_queue_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, lp=f'printf "%s\\n" "$@" > {tmp_path}/arguments; cat > {tmp_path}/document')
    address = parse_printer("cups:Van_phong")
    able = ask_abilities(address)
    assert [(tray.key, tray.words) for tray in able.trays] == [
        ("InputSlot=Tray1", "Tray1"), ("InputSlot=Tray2", "Tray2"), ("InputSlot=Manual", "Manual")
    ]  # fmt: skip
    assert able.two_sided
    send(address, RECEIPT_PDF, PDF, "Giấy 8", handling=Handling("InputSlot=Tray2", LONG_EDGE))
    assert (tmp_path / "document").read_bytes() == RECEIPT_PDF
    options = (tmp_path / "arguments").read_text().split()
    assert options[-4:] == ["-o", "sides=two-sided-long-edge", "-o", "InputSlot=Tray2"]
    send(address, RECEIPT_PDF, PDF, "Giấy 9", handling=Handling("InputSlot=Tray7", ONE_SIDED))
    assert (tmp_path / "arguments").read_text().split()[-2:] == ["-o", "sides=one-sided"]


def test_cups_without_trays_and_duplex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, lp="true", options="PageSize/Media Size: *A4\nDuplex/Duplex: *None\n")
    assert ask_abilities(parse_printer("cups:Van_phong")) == Abilities()


def test_cups_queue_that_is_not_there_is_refused_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, lp="true", lpstat="exit 1")
    with pytest.raises(PrinterUnavailable) as refused:
        ask_abilities(parse_printer("cups:Khong_co"))
    assert refused.value.kind == "printer_refused"
    assert "không có hàng đợi tên này" in refused.value.message


def test_cups_queue_that_was_stopped_takes_nothing_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "printf 'printer Van_phong disabled since Wed 25 Nov 2026 -\\n\\tPaper jam\\n'"
    cups(tmp_path, monkeypatch, lp=f"touch {tmp_path}/printed", lpstat=said)
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer("cups:Van_phong"), RECEIPT_PDF, PDF, "Giấy")
    assert refused.value.kind == "printer_stopped"
    assert "Paper jam" in refused.value.message
    assert not (tmp_path / "printed").exists()


def test_cups_gets_the_document_on_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, lp=f'printf "%s\\n" "$@" > {tmp_path}/arguments; cat > {tmp_path}/document')
    send(parse_printer("cups:Van_phong"), SLIP, ESCPOS, "Phiếu 8")
    assert (tmp_path / "document").read_bytes() == SLIP
    assert (tmp_path / "arguments").read_text().split("\n")[:-1] == ["-d", "Van_phong", "-t", "Phiếu 8", "-o", "raw"]


def test_cups_refusal_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, lp="echo 'lp: The printer or class does not exist.' >&2; exit 1")
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer("cups:Khong_co"), SLIP, ESCPOS, "Phiếu 9")
    assert refused.value.kind == "printer_refused"
    assert "does not exist" in refused.value.message


def test_cups_missing_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer("cups:Van_phong"), SLIP, ESCPOS, "Phiếu 10")
    assert refused.value.kind == "printer_driver_missing"


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

    def __init__(self, status: dict[int, int]) -> None:
        self.device = self
        self._status = status
        self._answer = b""
        self.received = b""
        self.closed = 0

    def __call__(self, *_ids: int, **_limits: int) -> UsbPrinter:
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
            raise USBTimeoutError("timed out")
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


@pytest.mark.parametrize("uri", ["serial:/dev/khong-co", "usb:ffff:fffe"])
def test_unplugged_device_is_a_printer_that_is_off(uri: str) -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer(uri), SLIP, ESCPOS, "Phiếu")
    assert refused.value.kind == "printer_off"


@pytest.mark.skipif(os.name == "nt", reason="has the Windows library")
def test_windows_queue_elsewhere_names_what_is_missing() -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer("win:Máy in quầy"), SLIP, ESCPOS, "Phiếu")
    assert refused.value.kind == "printer_driver_missing"
    assert "pywin32" in refused.value.message


def test_pdf_to_a_receipt_printer_is_refused_before_a_byte_goes() -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer("usb:04b8:0e15"), RECEIPT_PDF, PDF, "Giấy")
    assert refused.value.kind == "printer_refused"
    assert "phiếu nhiệt" in refused.value.message
