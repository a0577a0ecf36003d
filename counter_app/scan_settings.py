"""What can be set of scanning: where pages come from, how they are read, what is done to them."""

from __future__ import annotations

import re
from dataclasses import dataclass

SCAN_COLOURS = ("colour", "gray", "lineart")
SCAN_PAGES = ("A4", "A5", "A3", "max")


@dataclass(frozen=True, slots=True)
class NetworkScanner:
    """An eSCL scanner that does not announce itself, or whose certificate is to be trusted."""

    address: str = ""
    """A host, or ``http(s)://host:port/path``."""
    name: str = ""
    """As the clerk sees it; the scanner's own name when empty."""
    fingerprint: str = ""
    """SHA-256 of the certificate that it made itself, as somebody has compared it: then that one is taken."""


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """Where pages come from, beside the scanners that this machine and its network show."""

    folder: str = ""
    """A folder into which a copier scans; what is put there is taken into the tray."""
    cameras: int = 0
    """How many document cameras are offered."""
    discover: bool = True
    """Look for scanners that announce themselves in the network."""
    network: tuple[NetworkScanner, ...] = ()
    """``[[scan.network]]`` in the file, one for each."""


@dataclass(frozen=True, slots=True)
class ScanWay:
    """A named way of scanning; the clerk chooses it by its name."""

    name: str = ""
    resolution: int = 200
    """Dots per inch."""
    colour: str = "colour"
    """One of SCAN_COLOURS."""
    feeder: bool = True
    duplex: bool = False
    page: str = "A4"
    """One of SCAN_PAGES."""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """How pages are read, and what is done to them before they are a document."""

    ways: tuple[ScanWay, ...] = (
        ScanWay("Giấy tờ một mặt"),
        ScanWay("Giấy tờ hai mặt", duplex=True),
        ScanWay("Ảnh màu 300", resolution=300, feeder=False),
    )
    """``[[pages.ways]]`` in the file, one for each."""
    despeckle: bool = True
    """Grains of dust are taken away."""


def is_way(way: ScanWay) -> bool:
    """Whether a named way of scanning can be carried out."""
    is_known = way.colour in SCAN_COLOURS and way.page in SCAN_PAGES
    return bool(way.name.strip()) and 50 <= way.resolution <= 1200 and is_known


def is_fingerprint(text: str) -> bool:
    return re.fullmatch(r"(?:[0-9A-Fa-f]{64})?", text) is not None
