"""Addresses of printers, and one call that sends a document to any of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Event
from urllib.parse import parse_qs, unquote, urlsplit

from counter_app.errors import UserError

PDF = "application/pdf"
ESCPOS = "application/vnd.escpos"

ONE_SIDED, LONG_EDGE, SHORT_EDGE = "one-sided", "two-sided-long-edge", "two-sided-short-edge"
"""Sides as IPP names them (RFC 8011, 5.2.8)."""

_IPP_PORT = 631
_RAW_PORT = 9100
_BAUD = 9600
_USB = re.compile(r"(?:0x)?([0-9a-f]{1,4}):(?:0x)?([0-9a-f]{1,4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PrinterAddress:
    """Where a printer is; which fields are filled depends on ``scheme``.

    ipp, ipps, tcp: ``host``, ``port``, ``path``; cups, win: ``name``; usb: ``vendor``, ``product``;
    serial: ``name`` (the port) and ``baud``. ``fingerprint`` is the SHA-256 of an ipps printer's own
    certificate (64 hex digits), for printers without a certificate that a public authority signed.
    """

    uri: str
    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""
    name: str = ""
    vendor: int = 0
    product: int = 0
    baud: int = _BAUD
    fingerprint: str = ""

    @property
    def label(self) -> str:
        """How messages name the printer."""
        return f"«{self.name or self.host or self.uri}»"


@dataclass(frozen=True, slots=True)
class Handling:
    """How a document is to come out; empty: as the printer itself is set.

    ``tray`` is a key from the printer's own :class:`Abilities`, ``sides`` one of IPP's words.
    """

    tray: str = ""
    sides: str = ""


AS_THE_PRINTER_LIKES = Handling()


@dataclass(frozen=True, slots=True)
class Tray:
    """One source of paper: its key, the driver's own word for it, and what lies in it where the printer knows."""

    key: str
    words: str = ""
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an office printer told of itself; ``trays`` without the printer's own choice."""

    model: str = ""
    trays: tuple[Tray, ...] = ()
    two_sided: bool = False


def parse_printer(uri: str) -> PrinterAddress:
    """Read a printer's address: ``ipp://HOST[:631]/PATH``, ``ipps://…[#sha256=…]``, ``cups:NAME``,
    ``tcp://HOST[:9100]``, ``usb:VID:PID`` (hexadecimal), ``serial:PORT[?baud=9600]``, ``win:NAME``.

    Raises ``UserError`` (``printer_unknown``) that says how an address is written.
    """
    text = uri.strip()
    scheme, _, rest = text.partition(":")
    scheme = scheme.lower()
    try:
        if scheme in ("ipp", "ipps", "tcp"):
            return _network(text, scheme)
        if scheme in ("cups", "win") and rest:
            return PrinterAddress(uri=f"{scheme}:{rest}", scheme=scheme, name=rest)
        if scheme == "usb" and (match := _USB.fullmatch(rest)):
            vendor, product = (int(part, 16) for part in match.groups())
            return PrinterAddress(uri=f"usb:{vendor:04x}:{product:04x}", scheme=scheme, vendor=vendor, product=product)
        if scheme == "serial" and rest:
            port, _, query = rest.partition("?")
            baud = int(parse_qs(query).get("baud", [str(_BAUD)])[0])
            return PrinterAddress(uri=text, scheme=scheme, name=port, baud=baud)
    except ValueError as error:  # a port or a speed that is no number
        raise _unknown(text) from error
    raise _unknown(text)


def _network(text: str, scheme: str) -> PrinterAddress:
    parts = urlsplit(text)
    if not parts.hostname:
        raise ValueError("no host")
    port = parts.port or (_RAW_PORT if scheme == "tcp" else _IPP_PORT)
    fingerprint = parse_qs(parts.fragment).get("sha256", [""])[0].replace(":", "").lower()
    if fingerprint and not re.fullmatch(r"[0-9a-f]{64}", fingerprint):
        raise ValueError("not a SHA-256")
    return PrinterAddress(
        uri=text,
        scheme=scheme,
        host=unquote(parts.hostname),
        port=port,
        path=parts.path or "/",
        fingerprint=fingerprint,
    )


def _unknown(text: str) -> UserError:
    return UserError(
        "printer_unknown",
        f"Không hiểu địa chỉ máy in «{text}». Viết theo một trong các dạng: ipp://MÁY/ipp/print, cups:TÊN, "
        "tcp://MÁY:9100, usb:VID:PID, serial:CỔNG, win:TÊN.",
        printer=text,
    )


def send(
    address: PrinterAddress,
    document: bytes,
    mime: str,
    job_name: str,
    *,
    handling: Handling = AS_THE_PRINTER_LIKES,
    user_name: str = "",
    stop: Event | None = None,
) -> str:
    """Print *document* (``application/pdf`` or ``application/vnd.escpos``); returns when it was taken.

    *job_name* should be the job's own and only name: over IPP it is looked for after a lost answer.
    *stop* ends waiting for the printer's "completed" early; the job itself goes on. What of *handling* the printer
    does not have is left to the printer. The answer is a word for the clerk (the paper is nearly out, it stopped with
    the job in it), mostly none.
    Raises :class:`~printing.outcome.PrinterUnavailable` (nothing printed, may be tried again) or
    :class:`~printing.outcome.PrintOutcomeUnknown` (must not be sent again by itself).
    """
    stop = stop or Event()
    # Each way is imported when it is used: USB, serial and Windows libraries are not on every machine.
    match address.scheme:
        case "ipp" | "ipps":
            from printing import ipp

            return ipp.send(address, document, mime, job_name, user_name, stop, handling)
        case "tcp":
            from printing import tcp

            return tcp.send(address, document, mime, stop)
        case "cups":
            from printing import cups

            cups.send(address, document, mime, job_name, handling)
        case "usb" | "serial":
            from printing import local

            return local.send(address, document, mime, stop)
        case "win":
            from printing import windows

            windows.send(address, document, mime, job_name, handling)
        case _:
            raise _unknown(address.uri)
    return ""


def ask_abilities(address: PrinterAddress) -> Abilities:
    """What an office printer can do; one that cannot be asked (raw, USB, serial) has nothing to choose.

    Raises :class:`~printing.outcome.PrinterUnavailable`.
    """
    match address.scheme:
        case "ipp" | "ipps":
            from printing import ipp

            return ipp.ask_abilities(address)
        case "cups":
            from printing import cups

            return cups.ask_abilities(address)
        case "win":
            from printing import windows

            return windows.ask_abilities(address)
        case _:
            return Abilities()
