"""Network printers over IPP (RFC 8010, 8011), with certainty about what had gone when a line breaks.

Of the Python clients, pyipp and aioipp only watch printers (asyncio and aiohttp, no document), ippx is
months old and asks for httpx. What printing needs is four operations, and to know whether the first byte
of a document had left: this is a page over :mod:`http.client`.
"""

from __future__ import annotations

import hashlib
import http.client
import re
import ssl
from threading import Event

from printing import ipp_media, ipp_message
from printing.ipp_message import Answer, Attributes, Group, MalformedAnswerError
from printing.outcome import (
    PrinterUnavailable,
    PrintOutcomeUnknown,
    cover_open,
    halted_with_job,
    out_of_paper,
    printer_off,
    refused,
    stopped,
)
from printing.printers import ESCPOS, PDF, Abilities, Handling, PrinterAddress
from printing.sheets import page_size_mm

_SECONDS = 20.0
_POLLS = 20
_POLL_SECONDS = 0.5
_RECENT_JOBS = 50

_PRINTER_STOPPED = 5
_JOB_STOPPED, _JOB_CANCELLED, _JOB_ABORTED, _JOB_COMPLETED = 6, 7, 8, 9
_BUSY = (0x0506, 0x0507)  # server-error-not-accepting-jobs, server-error-busy
_ANY_FORMAT = "application/octet-stream"
_PAPER_OUT, _PAPER_WANTED = "media-empty", "media-needed"
_TRAY_LEVEL = re.compile(rb"level=(-?\d+)")
_COVER_REASONS = ("cover-open", "door-open", "interlock-open")


def send(
    address: PrinterAddress,
    document: bytes,
    mime: str,
    job_name: str,
    user_name: str,
    stop: Event,
    handling: Handling,
) -> str:
    """Ask the printer how it is, print, and wait a while for "completed"; answer as :func:`printing.printers.send`."""
    printer = _Printer(address)
    about = printer.ask(ipp_message.GET_PRINTER_ATTRIBUTES, {})
    chosen = ready_format(about, address.label, mime)
    size = page_size_mm(document) if mime == PDF else None
    attributes = {
        "requesting-user-name": user_name or "counter-app",
        "job-name": job_name,
        "document-format": chosen,
    }
    job_attributes = ipp_media.job_attributes(about.printer, handling, size)
    try:
        answer = printer.ask(ipp_message.PRINT_JOB, attributes, document, job_attributes)
    except PrintOutcomeUnknown:
        # The answer was lost, perhaps not the job: a printer that lists it has it.
        if not printer.holds(job_name):
            raise
        return ""
    if answer.status in _BUSY:
        raise PrinterUnavailable(
            "printer_busy", f"Máy in {address.label} đang bận. Phiếu vẫn chờ và sẽ tự in khi máy in rảnh."
        )
    if answer.status >= 0x0100:
        raise refused(address.label, _status_text(answer))
    job = answer.jobs[0] if answer.jobs else {}
    return _await_completion(printer, job, stop)


def ask_abilities(address: PrinterAddress) -> Abilities:
    """Trays and sides, as the printer tells them."""
    answer = _Printer(address).ask(ipp_message.GET_PRINTER_ATTRIBUTES, {})
    if answer.status >= 0x0100:
        raise refused(address.label, _status_text(answer))
    return ipp_media.abilities(answer.printer)


def ready_format(answer: Answer, label: str, mime: str) -> str:
    """The format to send, from the printer's answer to Get-Printer-Attributes.

    Raises :class:`PrinterUnavailable` with the reason when it cannot print now, or not this.
    """
    if answer.status >= 0x0100:
        raise refused(label, _status_text(answer))
    state = answer.printer
    reasons = [str(reason) for reason in state.get("printer-state-reasons", [])]
    halted = state.get("printer-state", [0])[0] == _PRINTER_STOPPED
    for reason in reasons:
        bare = reason.removesuffix("-error").removesuffix("-warning").removesuffix("-report")
        # RFC 8011, 5.4.12: without a suffix it is an error. A warning does not stop a printer, another tray
        # may still be full: then the trays tell.
        serious = halted or not reason.endswith(("-warning", "-report"))
        if bare == _PAPER_WANTED or (bare == _PAPER_OUT and (serious or _all_trays_empty(state))):
            raise out_of_paper(label)
        if bare in _COVER_REASONS and serious:
            raise cover_open(label)
    if halted or False in state.get("printer-is-accepting-jobs", []):
        raise stopped(label, ", ".join(reasons) or "không nhận lệnh in")
    formats = [str(each) for each in state.get("document-format-supported", [])]
    if not formats or mime in formats:
        return mime
    if mime == ESCPOS and _ANY_FORMAT in formats:
        return _ANY_FORMAT
    raise refused(label, f"máy in không nhận định dạng {mime}, chỉ nhận {', '.join(formats)}")


def _all_trays_empty(state: Group) -> bool:
    """Whether each tray that knows its level (PWG 5100.13: negative is "not known") is at zero."""
    trays = [tray for tray in state.get("printer-input-tray", []) if isinstance(tray, bytes)]
    levels = [int(level) for tray in trays for level in _TRAY_LEVEL.findall(tray)]
    known = [level for level in levels if level >= 0]
    return bool(known) and not any(known)


def _await_completion(printer: _Printer, job: Group, stop: Event) -> str:
    """The job is the printer's now; a job that it gave up or that stands still is worth a word."""
    identity = job.get("job-id", [None])[0]
    for _ in range(_POLLS):
        state = job.get("job-state", [None])[0]
        if state in (_JOB_ABORTED, _JOB_CANCELLED):
            raise PrintOutcomeUnknown(f"Máy in {printer.label} đã bỏ dở lệnh in")
        if state == _JOB_COMPLETED or not isinstance(identity, int) or stop.wait(_POLL_SECONDS):
            return ""
        try:
            answer = printer.ask(
                ipp_message.GET_JOB_ATTRIBUTES,
                {"job-id": identity, "requested-attributes": ["job-state", "job-state-reasons"]},
            )
        except PrinterUnavailable:
            return ""  # it took the job; that it is silent now changes nothing
        job = answer.jobs[0] if answer.jobs else {}
    return halted_with_job(printer.label) if job.get("job-state") == [_JOB_STOPPED] else ""


def _status_text(answer: Answer) -> str:
    message = answer.operation.get("status-message", [""])[0]
    return f"mã {answer.status:#06x} {message!s}".strip()


class _Printer:
    """Sends one request at a time, each over a connection of its own."""

    def __init__(self, address: PrinterAddress) -> None:
        self._address = address
        self.label = address.label
        # The address without the fingerprint, and as the printer knows itself.
        self._uri = f"{address.scheme}://{address.host}:{address.port}{address.path}"

    def ask(
        self, operation: int, attributes: Attributes, document: bytes = b"", job: Attributes | None = None
    ) -> Answer:
        """One operation. A failure is ``PrinterUnavailable`` until document data have gone."""
        body = ipp_message.request(operation, {"printer-uri": self._uri, **attributes}, job) + document
        connection = self._connect()
        try:
            connection.request("POST", self._address.path, body, {"Content-Type": "application/ipp"})
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            if document:
                raise PrintOutcomeUnknown(f"Mất kết nối với máy in {self.label} khi đang gửi") from error
            raise printer_off(self.label, error) from error
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise refused(self.label, f"HTTP {response.status}")
        try:
            return ipp_message.parse(data)
        except MalformedAnswerError as error:
            if document:
                raise PrintOutcomeUnknown(f"Máy in {self.label} trả lời không hiểu được") from error
            raise refused(self.label, "thiết bị ở địa chỉ này không phải máy in IPP") from error

    def holds(self, job_name: str) -> bool:
        """Whether the printer lists a job of this name, done or not."""
        for which in ("not-completed", "completed"):
            try:
                answer = self.ask(
                    ipp_message.GET_JOBS,
                    {
                        "which-jobs": which,
                        "limit": _RECENT_JOBS,
                        "requested-attributes": ["job-id", "job-name", "job-state"],
                    },
                )
            except PrinterUnavailable:
                return False
            for job in answer.jobs:
                given_up = job.get("job-state", [0])[0] in (_JOB_ABORTED, _JOB_CANCELLED)
                if job.get("job-name") == [job_name] and not given_up:
                    return True
        return False

    def _connect(self) -> http.client.HTTPConnection:
        address = self._address
        if address.scheme == "ipp":
            connection = http.client.HTTPConnection(address.host, address.port, timeout=_SECONDS)
        else:
            context = ssl.create_default_context()
            if address.fingerprint:
                # The printer's own certificate, known by its digest, stands in for an authority's word.
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            connection = http.client.HTTPSConnection(address.host, address.port, timeout=_SECONDS, context=context)
        try:
            connection.connect()
            self._check_certificate(connection)
        except ssl.SSLCertVerificationError as error:
            connection.close()
            raise self._untrusted() from error
        except OSError as error:
            connection.close()
            raise printer_off(self.label, error) from error
        return connection

    def _check_certificate(self, connection: http.client.HTTPConnection) -> None:
        if not self._address.fingerprint or not isinstance(connection.sock, ssl.SSLSocket):
            return
        certificate = connection.sock.getpeercert(binary_form=True) or b""
        if hashlib.sha256(certificate).hexdigest() != self._address.fingerprint:
            connection.close()
            raise self._untrusted()

    def _untrusted(self) -> PrinterUnavailable:
        return PrinterUnavailable(
            "printer_untrusted",
            f"Chứng thư của máy in {self.label} không được tin cậy hoặc đã đổi. Nếu đúng là máy in của cơ quan, "
            "thêm #sha256=DẤU_VÂN_TAY_CHỨNG_THƯ vào sau địa chỉ máy in, hoặc dùng ipp:// trong mạng nội bộ.",
        )
