"""What scanners, folders and cameras have in common: a page that was read, a profile, a source, a trouble."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from counter_app.errors import KnownError

PAGE_SIZES_MM = {"A3": (297.0, 420.0), "A4": (210.0, 297.0), "A5": (148.0, 210.0)}
"""Width and height of the pages that a profile can name; ``max`` is whatever the glass or the feeder takes."""
LOST_MM = 15.0
"""By how much a device may be smaller than the page: many a glass ends a little before A4 does."""
USUAL_RESOLUTIONS = (75, 100, 150, 200, 300, 400, 600, 1200)
"""What is offered of a device that takes any resolution between two."""


class ColourMode(StrEnum):
    """How a page is read. Seals are red: colour is what a desk uses unless it says otherwise."""

    COLOUR = "colour"
    GRAY = "gray"
    LINEART = "lineart"


@dataclass(frozen=True, slots=True)
class ScanProfile:
    """How a batch is to be scanned; ``name`` is what the clerk chooses by."""

    name: str
    resolution: int = 200
    """Dots per inch."""
    colour: ColourMode = ColourMode.COLOUR
    feeder: bool = True
    duplex: bool = False
    page: str = "A4"
    """One of PAGE_SIZES_MM, or ``max``."""
    source_id: str = ""
    """``SourceInfo.id``; empty: whichever source is chosen in the window."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source is and can do. No resolutions: it does not say, or reads whatever it is given."""

    id: str
    name: str
    kind: str
    """``sane``, ``escl``, ``wia``, ``folder`` or ``camera``."""
    has_feeder: bool
    has_duplex: bool
    resolutions: tuple[int, ...] = ()
    trouble: ScanTrouble | None = None
    """Why it did not say what it can do when it was asked."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One side of one sheet as the source gave it."""

    data: bytes
    """A whole PNG or JPEG."""
    dpi: int
    note: str = ""
    """A warning of the source about this page, in the clerk's language; it becomes the page's ``trouble``."""


class ScanTrouble(KnownError):  # noqa: N818 - a state of a device, not a fault
    """Why scanning ended before its end; the pages taken before stay.

    Kinds: ``jam``, ``cover_open``, ``no_paper``, ``busy``, ``offline``, ``unsupported``, ``driver_missing``,
    ``stopped``, ``disk_full``, ``bad_page``; ``files_left``: files that were added were left out, and adding ended;
    ``untrusted``: a certificate whose fingerprint (in ``details``) nobody has
    compared yet.
    """


class ScanSource(Protocol):
    """Something that gives pages."""

    @property
    def info(self) -> SourceInfo: ...

    def scan(self, profile: ScanProfile, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        """Read until the feeder is empty (one page from the glass); blocking, meant for a worker.

        ``take`` is called once a page, as soon as it is read, and returns only when the page lies safely on disk;
        the next one is asked for after that. ``stop`` is asked several times a second; when it says yes the device
        is told to stop. Raises ScanTrouble.
        """
        ...
