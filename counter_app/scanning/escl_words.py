"""The XML of eSCL: what a scanner can do, how it is, what it is to do (Mopria eSCL specification 2.97)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from counter_app.scanning.model import LOST_MM, PAGE_SIZES_MM, ColourMode, ScanProfile, ScanTrouble
from counter_app.scanning.troubles import trouble

MAX_XML: Final = 1024 * 1024
UNITS_PER_MM: Final = 300 / 25.4
"""Regions are given in 300ths of an inch, whatever the resolution."""
_COLOURS: Final = {
    ColourMode.COLOUR: ("RGB24",),
    ColourMode.GRAY: ("Grayscale8",),
    ColourMode.LINEART: ("BlackAndWhite1", "Grayscale8"),
}
_FORMATS: Final = ("image/png", "image/jpeg", "application/pdf")
"""Those we can read, the best first: without loss, then a picture, then what must be taken apart."""
_ADF_TROUBLES: Final = {
    "ScannerAdfJam": "jam",
    "ScannerAdfMispick": "mispick",
    "ScannerAdfMultipickDetected": "mispick",
    "ScannerAdfHatchOpen": "cover_open",
    "ScannerAdfDoorOpen": "cover_open",
    "ScannerAdfCoverOpen": "cover_open",
    "ScannerAdfInputTrayFailed": "offline",
}


@dataclass(frozen=True, slots=True)
class InputCaps:
    """What the glass or the feeder can do; sizes in 300ths of an inch."""

    max_width: int
    max_height: int
    resolutions: tuple[int, ...]
    range: tuple[int, int] | None
    colours: tuple[str, ...]
    formats: tuple[str, ...]

    def dpi(self, wanted: int) -> int:
        """The next resolution above the wanted one, or the highest."""
        if self.range is not None:
            return min(max(wanted, self.range[0]), self.range[1])
        return min((dpi for dpi in self.resolutions if dpi >= wanted), default=max(self.resolutions, default=wanted))


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """How the device and our job are."""

    wrong: str | None = None
    """A key of ``troubles``: what is wrong with the feeder or with the job."""
    is_empty: bool = False
    """Nothing lies in the feeder (some say so too while nobody scans: no reason to refuse a job beforehand)."""
    is_running: bool = False
    """The job has not ended."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a scanner says of itself; None: it has no such thing."""

    name: str
    version: str
    glass: InputCaps | None
    one_sided: InputCaps | None
    two_sided: InputCaps | None


def parse_capabilities(data: bytes) -> Capabilities:
    """Read ScannerCapabilities. Raises ScanTrouble ``offline`` for what is none."""
    root = _root(data, "ScannerCapabilities")
    return Capabilities(
        name=_text(root, "MakeAndModel"),
        version=_text(root, "Version") or "2.0",
        glass=_caps(root, "PlatenInputCaps"),
        one_sided=_caps(root, "AdfSimplexInputCaps"),
        two_sided=_caps(root, "AdfDuplexInputCaps"),
    )


def parse_status(data: bytes, job: str) -> DeviceStatus:
    """Read ScannerStatus; ``job`` is the path of our job, "" while there is none. Raises ScanTrouble ``offline``."""
    root = _root(data, "ScannerStatus")
    feeder = _text(root, "AdfState")
    state, wrong = "", _ADF_TROUBLES.get(feeder)
    for info in _all(root, "JobInfo"):
        if job and _text(info, "JobUri").rstrip("/").endswith(job.rstrip("/").rsplit("/", 1)[-1]):
            state = _text(info, "JobState")
            wrong = wrong or _job_trouble(state, " ".join(_texts(info, "JobStateReason")))
    return DeviceStatus(wrong, feeder == "ScannerAdfEmpty", state in ("Pending", "Processing"))


def _job_trouble(state: str, reasons: str) -> str | None:
    if state == "Canceled":
        return "stopped_at_device"
    if re.search(r"jam|mispick", reasons, re.IGNORECASE):
        return "jam"
    return "cover_open" if re.search(r"cover|door|hatch", reasons, re.IGNORECASE) else None


def chosen_input(capabilities: Capabilities, profile: ScanProfile) -> InputCaps:
    """The glass or the feeder for a profile. Raises ScanTrouble ``unsupported``, naming what the device lacks."""
    if not profile.feeder:
        if capabilities.glass is None:
            raise trouble("no_glass")
        return capabilities.glass
    if capabilities.one_sided is None and capabilities.two_sided is None:
        raise trouble("no_feeder")
    if profile.duplex and capabilities.two_sided is None:
        raise trouble("no_duplex")
    found = capabilities.two_sided if profile.duplex else capabilities.one_sided or capabilities.two_sided
    assert found is not None
    return found


def scan_settings(capabilities: Capabilities, profile: ScanProfile) -> tuple[bytes, int]:
    """The order for a job and the resolution in it. Raises ScanTrouble ``unsupported``."""
    caps = chosen_input(capabilities, profile)
    dpi = caps.dpi(profile.resolution)
    width, height = _region(caps, profile.page)
    colour = next((one for one in _COLOURS[profile.colour] if one in caps.colours), "")
    if not colour:
        raise trouble("unsupported", words=f"màu «{profile.colour}»")
    form = next((one for one in _FORMATS if one in caps.formats), "image/jpeg")
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<scan:ScanSettings xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"
    xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03">
  <pwg:Version>{escape(capabilities.version)}</pwg:Version>
  <pwg:ScanRegions>
    <pwg:ScanRegion>
      <pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
      <pwg:Height>{height}</pwg:Height>
      <pwg:Width>{width}</pwg:Width>
      <pwg:XOffset>0</pwg:XOffset>
      <pwg:YOffset>0</pwg:YOffset>
    </pwg:ScanRegion>
  </pwg:ScanRegions>
  <pwg:InputSource>{"Feeder" if profile.feeder else "Platen"}</pwg:InputSource>
  <scan:ColorMode>{colour}</scan:ColorMode>
  <pwg:DocumentFormat>{form}</pwg:DocumentFormat>
  <scan:DocumentFormatExt>{form}</scan:DocumentFormatExt>
  <scan:XResolution>{dpi}</scan:XResolution>
  <scan:YResolution>{dpi}</scan:YResolution>
  <scan:Duplex>{"true" if profile.duplex and profile.feeder else "false"}</scan:Duplex>
</scan:ScanSettings>
"""
    return text.encode(), dpi


def _region(caps: InputCaps, page: str) -> tuple[int, int]:
    wanted = PAGE_SIZES_MM.get(page)
    if wanted is None:
        return caps.max_width, caps.max_height
    width, height = (round(size * UNITS_PER_MM) for size in wanted)
    lost = max(width - caps.max_width, height - caps.max_height)
    if lost > LOST_MM * UNITS_PER_MM:
        raise trouble("page_too_large", page=page)
    return min(width, caps.max_width), min(height, caps.max_height)


def _root(data: bytes, name: str) -> ElementTree.Element:
    """The document's root; what is too long, has entities of its own or is something else is not read."""
    try:
        if len(data) > MAX_XML or b"<!" in data.replace(b"<!--", b""):
            raise ValueError("not a document of a scanner")
        root = ElementTree.fromstring(data)
        if _name(root.tag) != name:
            raise ValueError("another document")
    except (ElementTree.ParseError, ValueError) as error:
        raise ScanTrouble(
            "offline",
            "Thiết bị ở địa chỉ này không trả lời như máy quét eSCL. Hãy kiểm tra địa chỉ trong Cài đặt, và bật "
            "«AirScan/eSCL» hay «Mopria» trong cài đặt của máy quét.",
        ) from error
    return root


def _caps(root: ElementTree.Element, name: str) -> InputCaps | None:
    caps = next(_all(root, name), None)
    if caps is None:
        return None
    numbers = tuple(sorted({int(text) for text in _texts(caps, "XResolution") if text.isdecimal()}))
    ranges = [(_number(one, "Min"), _number(one, "Max")) for one in _all(caps, "XResolutionRange")]
    return InputCaps(
        max_width=_number(caps, "MaxWidth"),
        max_height=_number(caps, "MaxHeight"),
        resolutions=numbers,
        range=ranges[0] if ranges and not numbers else None,
        colours=tuple(_texts(caps, "ColorMode")),
        formats=tuple({*_texts(caps, "DocumentFormat"), *_texts(caps, "DocumentFormatExt")}),
    )


def _name(tag: str) -> str:
    """A name without its namespace: devices differ in theirs."""
    return tag.rsplit("}", 1)[-1]


def _all(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (one for one in element.iter() if _name(one.tag) == name)


def _texts(element: ElementTree.Element, name: str) -> list[str]:
    return [(one.text or "").strip() for one in _all(element, name)]


def _text(element: ElementTree.Element, name: str) -> str:
    return next(iter(_texts(element, name)), "")


def _number(element: ElementTree.Element, name: str) -> int:
    text = _text(element, name)
    return int(text) if text.isdecimal() else 0
