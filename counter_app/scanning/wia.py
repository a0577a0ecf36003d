"""Windows' scanners, driven by ``wia_driver`` in a process of its own (decision 006)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from counter_app.scanning.model import (
    LOST_MM,
    PAGE_SIZES_MM,
    USUAL_RESOLUTIONS,
    ReadPage,
    ScanProfile,
    ScanTrouble,
    SourceInfo,
)
from counter_app.scanning.paged_program import SILENCE_SECONDS, PagedProgram
from counter_app.scanning.troubles import trouble

LIST_SECONDS: Final = 30.0
_DRIVER: Final = (sys.executable, "-m", "counter_app.scanning.wia_driver")
_BUSY: Final = 3


@dataclass(frozen=True, slots=True)
class _Device:
    """What ``wia_driver describe`` says; ``size`` in millimetres."""

    feeder: bool
    glass: bool
    duplex: bool
    size: tuple[float, float]
    resolutions: tuple[int, ...]

    def dpi(self, wanted: int) -> int:
        """The next resolution above the wanted one, or the highest."""
        return min((dpi for dpi in self.resolutions if dpi >= wanted), default=max(self.resolutions, default=wanted))


class WiaSource:
    """A scanner of Windows; it is asked once what it can do, when first needed."""

    def __init__(self, device: str, name: str, silence_seconds: float = SILENCE_SECONDS) -> None:
        self.device = device
        self.id = f"wia:{device}"
        self.name = name
        self._silence_seconds = silence_seconds
        self._found: _Device | None = None

    @property
    def info(self) -> SourceInfo:
        """Raises ScanTrouble ``busy``, ``offline`` or ``driver_missing`` when the device cannot be asked."""
        found = self._described()
        return SourceInfo(self.id, self.name, "wia", found.feeder, found.duplex, found.resolutions)

    def scan(self, profile: ScanProfile, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        found = self._described()
        _check(found, profile)
        dpi = found.dpi(profile.resolution)
        arguments = [*_DRIVER, "scan", self.device, f"--resolution={dpi}", f"--colour={profile.colour}"]
        if profile.feeder:
            arguments.append("--feeder")
        if profile.duplex and profile.feeder:
            arguments.append("--duplex")
        size = PAGE_SIZES_MM.get(profile.page)
        if size is not None:
            arguments += ["--size", *(f"{min(one, most or one):g}" for one, most in zip(size, found.size, strict=True))]
        PagedProgram(arguments, dpi, {}, self._silence_seconds).run(take, stop)

    def _described(self) -> _Device:
        if self._found is None:
            said = _output("describe", self.device)
            low_high = said["range"]
            within = [dpi for dpi in USUAL_RESOLUTIONS if low_high and low_high[0] <= dpi <= low_high[1]]
            self._found = _Device(
                said["feeder"],
                said["glass"],
                said["duplex"],
                (said["size"][0], said["size"][1]),
                tuple(sorted(said["resolutions"] or within)),
            )
        return self._found


def list_devices() -> tuple[WiaSource, ...]:
    """The scanners that Windows knows. Raises ScanTrouble ``driver_missing``."""
    return tuple(WiaSource(found["id"], found["name"]) for found in _output("list"))


def _check(found: _Device, profile: ScanProfile) -> None:
    if profile.feeder and not found.feeder:
        raise trouble("no_feeder")
    if not profile.feeder and not found.glass:
        raise trouble("no_glass")
    if profile.feeder and profile.duplex and not found.duplex:
        raise trouble("no_duplex")
    size = PAGE_SIZES_MM.get(profile.page, (0.0, 0.0))
    if any(most and one - most > LOST_MM for one, most in zip(size, found.size, strict=True)):
        raise trouble("page_too_large", page=profile.page)


def _output(*arguments: str) -> Any:
    """What the driver prints; raises ScanTrouble."""
    try:
        done = subprocess.run(
            [*_DRIVER, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIST_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as error:
        raise trouble("hanging", seconds=round(LIST_SECONDS)) from error
    if done.returncode == 0:
        return json.loads(done.stdout)
    raise _failed(done.returncode, done.stderr)


def _failed(status: int, words: bytes) -> ScanTrouble:
    if b"ImportError" in words or b"ModuleNotFoundError" in words:
        return trouble("driver_missing")
    if status < 0 or status > 255:  # a crash, as Linux and as Windows number it
        return trouble("driver_crashed", status=status)
    return trouble("busy" if status == _BUSY else "offline")
