"""A scanner in the network: eSCL as the specification has it, and as devices get it wrong.

``test_scan_source_escl.py`` has a foreign client (sane-airscan) scan from it, so that it is not honest only to ours.
"""

from __future__ import annotations

import io
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import img2pdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

NAMESPACES = (
    'xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"'
)
A4 = (2480, 3508)


@dataclass
class Faults:
    """What goes wrong; nothing by default."""

    busy: int = 0
    """How often a job is refused with 503 before it is taken."""
    not_ready: int = 0
    """How often each page is answered with 503 first."""
    too_early: int = 0
    """How often a page is denied with 404 although there is one."""
    end_status: int = 404
    never_ends: bool = False
    """The job counts as running behind its last page."""
    denied_after: int | None = None
    denied_status: int = 500
    """After so many pages each next one is answered with this status; the feeder is loaded as before."""
    wrong_after: int | None = None
    """After so many pages the feeder is in ``adf_state``."""
    adf_state: str = "ScannerAdfJam"
    says_409: bool = True
    """Whether the trouble shows as 409 (else as the usual end)."""
    cut_after: int | None = None
    """The picture after so many pages is cut off in its midst."""
    drop_after: int | None = None
    """After so many pages the device is pulled out: connections are closed without a word."""
    silent_after: int | None = None
    """After so many pages it does not answer for a long time."""
    refuses: int = 0
    """A job is refused with this status."""
    always_says_empty: bool = False
    seconds: float = 0.0
    """How long a page takes."""
    names_itself: bool = False
    """Jobs are given under a name that only the device itself knows."""


@dataclass
class EsclPrinter:
    """What it has and what was asked of it."""

    sheets: int = 3
    has_glass: bool = True
    has_duplex: bool = True
    formats: tuple[str, ...] = ("image/jpeg", "application/pdf")
    size: tuple[int, int] = A4
    faults: Faults = field(default_factory=Faults)
    port: int = 0
    scheme: str = "http"
    asked: list[str] = field(default_factory=list)
    """Method and path of each call."""
    settings: dict[str, str] = field(default_factory=dict)
    """Of the last job."""
    jobs: dict[str, str] = field(default_factory=dict)
    """State by identifier."""
    given: int = 0
    """Pages of the last job that were handed out."""
    over: threading.Event = field(default_factory=threading.Event)
    _tries: int = 0

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def pages(self) -> int:
        """How many the last job has."""
        if self.settings.get("InputSource") == "Platen":
            return 1
        return self.sheets * (2 if self.settings.get("Duplex") == "true" else 1)

    def capabilities(self) -> str:
        caps = self._input_caps()
        glass = f"<scan:Platen><scan:PlatenInputCaps>{caps}</scan:PlatenInputCaps></scan:Platen>"
        duplex = f"<scan:AdfDuplexInputCaps>{caps}</scan:AdfDuplexInputCaps>"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><!-- made by nobody --><scan:ScannerCapabilities {NAMESPACES}>'
            "<pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>Máy thử eSCL</pwg:MakeAndModel>"
            "<pwg:SerialNumber>1</pwg:SerialNumber><scan:UUID>4509a320-00a0-008f-00b6-002507510eca</scan:UUID>"
            f"{glass if self.has_glass else ''}"
            f"<scan:Adf><scan:AdfSimplexInputCaps>{caps}</scan:AdfSimplexInputCaps>"
            f"{duplex if self.has_duplex else ''}<scan:FeederCapacity>50</scan:FeederCapacity></scan:Adf>"
            "</scan:ScannerCapabilities>"
        )

    def _input_caps(self) -> str:
        resolutions = "".join(
            f"<scan:DiscreteResolution><scan:XResolution>{dpi}</scan:XResolution>"
            f"<scan:YResolution>{dpi}</scan:YResolution></scan:DiscreteResolution>"
            for dpi in (50, 75, 150, 200, 300, 600)
        )
        formats = "".join(
            f"<pwg:DocumentFormat>{form}</pwg:DocumentFormat><scan:DocumentFormatExt>{form}</scan:DocumentFormatExt>"
            for form in self.formats
        )
        colours = "".join(
            f"<scan:ColorMode>{colour}</scan:ColorMode>" for colour in ("BlackAndWhite1", "Grayscale8", "RGB24")
        )
        width, height = self.size
        return (
            f"<scan:MinWidth>50</scan:MinWidth><scan:MaxWidth>{width}</scan:MaxWidth>"
            f"<scan:MinHeight>50</scan:MinHeight><scan:MaxHeight>{height}</scan:MaxHeight>"
            "<scan:MaxScanRegions>1</scan:MaxScanRegions><scan:SettingProfiles><scan:SettingProfile>"
            f"<scan:ColorModes>{colours}</scan:ColorModes><scan:DocumentFormats>{formats}</scan:DocumentFormats>"
            "<scan:SupportedResolutions><scan:DiscreteResolutions>"
            f"{resolutions}</scan:DiscreteResolutions></scan:SupportedResolutions>"
            "</scan:SettingProfile></scan:SettingProfiles>"
        )

    def adf_state(self) -> str:
        if self._is_wrong():
            return self.faults.adf_state
        is_loaded = self.given < self.pages() and not self.faults.always_says_empty
        return "ScannerAdfLoaded" if is_loaded else "ScannerAdfEmpty"

    def _is_wrong(self) -> bool:
        return self.faults.wrong_after is not None and self.given >= self.faults.wrong_after

    def status(self) -> str:
        jobs = "".join(
            f"<scan:JobInfo><pwg:JobUri>/eSCL/ScanJobs/{job}</pwg:JobUri><pwg:JobUuid>{job}</pwg:JobUuid>"
            f"<scan:Age>1</scan:Age><pwg:JobState>{state}</pwg:JobState></scan:JobInfo>"
            for job, state in self.jobs.items()
        )
        busy = "Processing" if "Processing" in self.jobs.values() else "Idle"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><scan:ScannerStatus {NAMESPACES}><pwg:Version>2.63</pwg:Version>'
            f"<pwg:State>{busy}</pwg:State><scan:AdfState>{self.adf_state()}</scan:AdfState>"
            f"<scan:Jobs>{jobs}</scan:Jobs></scan:ScannerStatus>"
        )

    def begin(self, body: bytes) -> tuple[int, str]:
        """HTTP status and identifier of a new job; what the order must have is checked."""
        values = {
            element.tag.rsplit("}", 1)[-1]: (element.text or "").strip()
            for element in ElementTree.fromstring(body).iter()
        }
        wanted = {"Version", "Width", "Height", "InputSource", "ColorMode", "XResolution", "YResolution"}
        if not wanted <= values.keys() or int(values["Width"]) > self.size[0] or int(values["Height"]) > self.size[1]:
            return 400, ""
        if self.faults.refuses:
            return self.faults.refuses, ""
        if self.faults.busy or "Processing" in self.jobs.values():
            self.faults.busy -= 1
            return 503, ""
        self.settings, self.given, self._tries = values, 0, 0
        if values["InputSource"] == "Feeder" and not self.sheets:
            return 409, ""
        job = f"job-{len(self.jobs) + 1}"
        self.jobs[job] = "Processing"
        return 201, job

    def next_document(self, job: str) -> tuple[int, bytes]:
        """HTTP status and picture."""
        faults = self.faults
        if self.jobs.get(job) != "Processing":
            return 404, b""
        if self._is_wrong():
            self.jobs[job] = "Aborted"
            return 409 if faults.says_409 else 404, b""
        if faults.denied_after is not None and self.given >= faults.denied_after:
            return faults.denied_status, b""
        if self.given >= self.pages():
            self.jobs[job] = "Processing" if faults.never_ends else "Completed"
            return faults.end_status, b""
        self._tries += 1
        if self._tries <= faults.not_ready:
            return 503, b""
        if self._tries <= faults.too_early:
            return 404, b""
        self._tries = 0
        time.sleep(faults.seconds)
        data = self.picture(self.given)
        self.given += 1
        return 200, data[: len(data) // 2] if faults.cut_after == self.given - 1 else data

    def picture(self, number: int) -> bytes:
        """The page as the last job wants it; each has a colour of its own."""
        dpi = int(self.settings["XResolution"])
        size = (int(self.settings["Width"]) * dpi // 300, int(self.settings["Height"]) * dpi // 300)
        mode = "RGB" if self.settings["ColorMode"] == "RGB24" else "L"
        shade = 40 + 10 * number
        target = io.BytesIO()
        Image.new(mode, size, (shade, 90, 90) if mode == "RGB" else shade).save(target, "JPEG", dpi=(dpi, dpi))
        if self.settings.get("DocumentFormatExt", self.settings.get("DocumentFormat")) == "application/pdf":
            return bytes(img2pdf.convert(target.getvalue()))
        return target.getvalue()


@contextmanager
def escl_printer(printer: EsclPrinter, certificate: tuple[Path, Path] | None = None) -> Iterator[EsclPrinter]:
    """Run it on a port of this machine; with a certificate and its key over HTTPS."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            printer.asked.append(f"GET {self.path}")
            if self.path == "/eSCL/ScannerCapabilities":
                self._answer(200, printer.capabilities().encode(), Content_Type="text/xml")
            elif self.path == "/eSCL/ScannerStatus":
                self._answer(200, printer.status().encode(), Content_Type="text/xml")
            elif self.path.endswith("/NextDocument"):
                self._next_document(self.path.split("/")[-2])
            else:
                self._answer(404)

        def _next_document(self, job: str) -> None:
            if printer.faults.drop_after is not None and printer.given >= printer.faults.drop_after:
                self.close_connection = True
                self.connection.close()
                return
            if printer.faults.silent_after is not None and printer.given >= printer.faults.silent_after:
                printer.over.wait(30)
            status, body = printer.next_document(job)
            kind = "application/pdf" if body.startswith(b"%PDF") else "image/jpeg"
            self._answer(status, body, Content_Type=kind)

        def do_POST(self) -> None:
            printer.asked.append(f"POST {self.path}")
            status, job = printer.begin(self.rfile.read(int(self.headers["Content-Length"])))
            if status == 201:
                host = "http://scanner.local" if printer.faults.names_itself else printer.address
                self._answer(201, Location=f"{host}/eSCL/ScanJobs/{job}")
            else:
                self._answer(status, **({"Retry_After": "0"} if status == 503 else {}))

        def do_DELETE(self) -> None:
            printer.asked.append(f"DELETE {self.path}")
            job = self.path.rsplit("/", 1)[-1]
            known = job in printer.jobs
            if printer.jobs.get(job) == "Processing":
                printer.jobs[job] = "Canceled"
            printer.over.set()
            self._answer(200 if known else 404)

        def log_message(self, format: str, *args: object) -> None:
            """Said in the tests' output by nobody."""

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (OSError, ValueError):
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        printer.scheme = "https"
    printer.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield printer
    finally:
        printer.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def own_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that a device made itself, for a name that is not its address."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=7))  # as they stand in offices for years
        .sign(key, hashes.SHA256())
    )
    files = (folder / f"{name}.pem", folder / f"{name}.key")
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files
