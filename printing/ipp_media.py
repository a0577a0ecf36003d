"""Trays, paper and sides over IPP: what a printer offers (RFC 8011; PWG 5100.7, media-col), and what a job asks.

Only what the printer says it has is asked for; the rest is left to the printer, so that a tray that is gone or a
missing duplexer never keeps a paper from coming out.
"""

from __future__ import annotations

from printing.ipp_message import Attributes, Collection, Group
from printing.printers import ONE_SIDED, Abilities, Handling, Tray

_OWN_CHOICE = "auto"
_HUNDREDTHS = 100  # media dimensions are in hundredths of a millimetre


def abilities(printer: Group) -> Abilities:
    """From the printer's answer to Get-Printer-Attributes."""
    sides = _words(printer, "sides-supported")
    ready = {str(source): _size_words(entry) for entry in _ready(printer) for source in entry.get("media-source", [])}
    return Abilities(
        model=next(iter(_words(printer, "printer-make-and-model")), ""),
        trays=tuple(
            Tray(key, paper=ready.get(key, ""))
            for key in _words(printer, "media-source-supported")
            if key != _OWN_CHOICE
        ),
        two_sided=any(each != ONE_SIDED for each in sides),
    )


def job_attributes(printer: Group, handling: Handling, size_mm: tuple[int, int] | None) -> Attributes:
    """How a document whose pages are of this size is to be printed; ``media`` and ``media-col`` exclude each other."""
    job: dict[str, str | Collection] = {}
    if handling.sides in _words(printer, "sides-supported"):
        job["sides"] = handling.sides
    if handling.tray and handling.tray in _words(printer, "media-source-supported"):
        job["media-col"] = _from_tray(printer, handling.tray)
    elif size_mm is not None and (name := _lying_ready(printer, size_mm)):
        job["media"] = name
    return job


def _from_tray(printer: Group, tray: str) -> Collection:
    """The tray with the size that lies in it: a size that is not there would make the printer wait for it."""
    for entry in _ready(printer):
        if tray in entry.get("media-source", []) and (size := _dimensions(entry)):
            return {"media-size": {"x-dimension": size[0], "y-dimension": size[1]}, "media-source": tray}
    return {"media-source": tray}


def _lying_ready(printer: Group, size_mm: tuple[int, int]) -> str:
    """The name (PWG 5101.1) of this size where it lies in a tray, empty otherwise.

    An A5 paper then comes out on A5; without any it comes out on what there is.
    """
    width, height = sorted(size_mm)
    ending = f"_{width}x{height}mm"
    return next((name for name in _words(printer, "media-ready") if name.endswith(ending)), "")


def _ready(printer: Group) -> list[Group]:
    return [entry for entry in printer.get("media-col-ready", []) if isinstance(entry, dict)]


def _dimensions(entry: Group) -> tuple[int, int] | None:
    """Width and height in hundredths of a millimetre; None for a range or for nothing."""
    for size in entry.get("media-size", []):
        if isinstance(size, dict):
            width, height = size.get("x-dimension", [None])[0], size.get("y-dimension", [None])[0]
            if isinstance(width, int) and isinstance(height, int):
                return width, height
    return None


_NAMES = {(210, 297): "A4", (148, 210): "A5", (297, 420): "A3", (176, 250): "B5", (216, 279): "Letter"}


def _size_words(entry: Group) -> str:
    """``A4``, or the measures; empty when not known."""
    size = _dimensions(entry)
    if size is None:
        return ""
    measures = round(size[0] / _HUNDREDTHS), round(size[1] / _HUNDREDTHS)
    return _NAMES.get(measures, f"{measures[0]} × {measures[1]} mm")


def _words(printer: Group, name: str) -> list[str]:
    return [each for each in printer.get(name, []) if isinstance(each, str)]
