"""Printing over IPP: a real printer, lost answers, trays and sides, and what a printer says of itself."""

from __future__ import annotations

import hashlib
import socket
import ssl
from datetime import date
from threading import Event, Thread
from typing import cast

import pytest
from paper_samples import RECEIPT
from real_printers import IppPrinter, free_port

from printing import ipp, ipp_message
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
    Handling,
    Tray,
    ask_abilities,
    parse_printer,
    send,
)

RECEIPT_PDF = render(RECEIPT, form_set_for(date(2026, 2, 5)))
REGISTER_PDF = render_test_page("ipp://may-in", "A4 landscape")


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


class StandingStill:
    """Stands in for a printer and tells of a job that came to a halt: no printer here can be made to."""

    label = "x"

    def __init__(self, state: int) -> None:
        self.state = state

    def ask(self, _operation: int, _attributes: ipp_message.Attributes) -> ipp_message.Answer:
        job: ipp_message.Group = {"job-id": [1], "job-state": [self.state]}
        return ipp_message.Answer(status=0, operation={}, jobs=(job,), printer={})


@pytest.mark.parametrize(("state", "word"), [(6, "đang dừng giữa chừng"), (5, ""), (9, "")])
def test_ipp_printer_that_stops_in_the_midst_keeps_the_job_and_it_is_told(
    state: int, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ipp, "_POLL_SECONDS", 0)
    printer = cast("ipp._Printer", StandingStill(state))
    told = ipp._await_completion(printer, {"job-id": [1], "job-state": [3]}, Event())
    assert word in told
    assert bool(told) == bool(word)


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
