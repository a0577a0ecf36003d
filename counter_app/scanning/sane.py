"""Scanners of SANE, driven by ``scanimage`` in a process of its own (decision 006)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from counter_app.scanning.model import (
    LOST_MM,
    PAGE_SIZES_MM,
    USUAL_RESOLUTIONS,
    ColourMode,
    ReadPage,
    ScanProfile,
    SourceInfo,
)
from counter_app.scanning.paged_program import SILENCE_SECONDS, PagedProgram
from counter_app.scanning.troubles import trouble

PROGRAM: Final = "scanimage"
LIST_SECONDS: Final = 30.0
"""How long looking for devices may take: drivers for the network ask around."""
_ENGLISH: Final = {"LC_ALL": "C"}
_EXTENTS: Final = (("-x", "--page-width"), ("-y", "--page-height"))
_DUPLEX_SWITCHES: Final = frozenset({"--duplex", "--adf-mode"})
"""Inactive while the glass is chosen, which is how a device is found."""

_OPTION = re.compile(r"^ {4}(--?[a-z0-9-]+)(\[=\((?P<switch>[^)]*)\)\])?(?: (?P<values>.*?))? \[(?P<now>[^\]]*)\]")
_RANGE = re.compile(r"^(?:auto\|)?(-?[\d.]+)\.\.(-?[\d.]+)")
_NUMBER = re.compile(r"^\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class DeviceOption:
    """One setting of a device: the values it takes, or the ends of a range."""

    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0


Options = Mapping[str, DeviceOption]


class SaneSource:
    """A device of SANE; its settings are asked for once, when first needed."""

    def __init__(self, device: str, name: str, silence_seconds: float = SILENCE_SECONDS) -> None:
        self.device = device
        self.id = f"sane:{device}"
        self.name = name
        self._silence_seconds = silence_seconds
        self._options: Options | None = None

    @property
    def info(self) -> SourceInfo:
        """Raises ScanTrouble ``busy``, ``offline`` or ``driver_missing`` when the device cannot be asked."""
        options = self.options()
        sources = options.get("--source", DeviceOption()).choices
        return SourceInfo(
            self.id,
            self.name,
            "sane",
            has_feeder=any(map(_is_feeder, sources)),
            has_duplex=_has_duplex(options),
            resolutions=_resolutions(options),
        )

    def options(self) -> Options:
        if self._options is None:
            self._options = parse_options(_output("--device-name=" + self.device, "--all-options"))
        return self._options

    def scan(self, profile: ScanProfile, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        options = self.options()
        dpi = resolution(options, profile.resolution)
        arguments = [
            _program(),
            "--device-name=" + self.device,
            "--format=pnm",
            "--batch=%d.pnm",
            "--batch-print",
            "--batch-prompt",
            "--progress",
            *profile_arguments(options, profile, dpi),
        ]
        if not profile.feeder:
            arguments.append("--batch-count=1")
        PagedProgram(arguments, dpi, _ENGLISH, self._silence_seconds).run(take, stop)


def list_devices() -> tuple[SaneSource, ...]:
    """The devices that SANE knows, not asked yet. Raises ScanTrouble ``driver_missing``."""
    lines = _output("--formatted-device-list=%d\t%v %m%n").splitlines()
    found = (line.split("\t", 1) for line in lines if "\t" in line)
    return tuple(SaneSource(device, name.strip()) for device, name in found)


def _program() -> str:
    found = shutil.which(PROGRAM)
    if found is None:
        raise trouble("driver_missing")
    return found


def _output(*arguments: str) -> str:
    """What scanimage prints; raises ScanTrouble."""
    try:
        done = subprocess.run(
            [_program(), *arguments],
            env={**os.environ, **_ENGLISH},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIST_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise trouble("hanging", seconds=round(LIST_SECONDS)) from error
    words = done.stderr.decode("utf-8", "replace")
    if done.returncode < 0:
        raise trouble("driver_crashed", status=done.returncode)
    if done.returncode:
        raise trouble("busy" if "Device busy" in words else "denied" if "denied" in words else "offline")
    return done.stdout.decode("utf-8", "replace")


def parse_options(text: str) -> Options:
    """The settings that can be made, out of ``scanimage --all-options``; inactive ones are left out."""
    found: dict[str, DeviceOption] = {}
    for line in text.splitlines():
        match = _OPTION.match(line)
        if match is None or (match["now"] == "inactive" and match[1] not in _DUPLEX_SWITCHES):
            continue
        found[match[1]] = _option(match["switch"] or match["values"] or "")
    return found


def _option(values: str) -> DeviceOption:
    ends = _RANGE.match(values)
    if ends is not None:
        return DeviceOption(low=float(ends[1]), high=float(ends[2]))
    return DeviceOption(choices=tuple(values.split("|")))


def _is_feeder(choice: str) -> bool:
    return bool(re.search(r"adf|feeder|duplex", choice, re.IGNORECASE))


def _is_duplex(choice: str) -> bool:
    return "duplex" in choice.lower()


def _has_duplex(options: Options) -> bool:
    choices = options.get("--source", DeviceOption()).choices + options.get("--adf-mode", DeviceOption()).choices
    return "--duplex" in options or any(map(_is_duplex, choices))


def _resolutions(options: Options) -> tuple[int, ...]:
    option = options.get("--resolution", DeviceOption())
    if option.choices:
        numbers = (_NUMBER.match(choice) for choice in option.choices)
        return tuple(sorted(round(float(number[0])) for number in numbers if number is not None))
    return tuple(dpi for dpi in USUAL_RESOLUTIONS if option.low <= dpi <= option.high)


def resolution(options: Options, wanted: int) -> int:
    """The device's resolution for a wanted one: the next one above, or its highest; ``wanted`` if it has no choice."""
    option = options.get("--resolution")
    if option is None:
        return wanted
    if option.choices:
        offered = _resolutions(options)
        return min((dpi for dpi in offered if dpi >= wanted), default=offered[-1] if offered else wanted)
    return round(min(max(wanted, option.low), option.high))


def profile_arguments(options: Options, profile: ScanProfile, dpi: int) -> list[str]:
    """What scanimage must be told for a profile. Raises ScanTrouble ``unsupported``, naming what the device lacks."""
    arguments = _paper_arguments(options, profile)
    mode = _mode(options.get("--mode", DeviceOption()).choices, profile.colour)
    if mode:
        arguments.append(f"--mode={mode}")
    if "8" in options.get("--depth", DeviceOption()).choices and profile.colour is not ColourMode.LINEART:
        arguments.append("--depth=8")
    if "--resolution" in options:
        arguments.append(f"--resolution={dpi}")
    return arguments + _size_arguments(options, profile.page)


def _paper_arguments(options: Options, profile: ScanProfile) -> list[str]:
    """From the glass or the feeder, one side or both; every family of drivers says it in its own way."""
    sources = options.get("--source", DeviceOption()).choices
    if profile.duplex and profile.feeder and not _has_duplex(options):
        raise trouble("no_duplex")
    if not profile.feeder:
        glass = [choice for choice in sources if not _is_feeder(choice)]
        if sources and not glass:
            raise trouble("no_glass")
        named = [choice for choice in glass if choice.lower() in ("flatbed", "normal")]  # not "Auto"
        return [f"--source={(named or glass)[0]}"] if glass else []
    feeders = [choice for choice in sources if _is_feeder(choice)]
    if not feeders:
        raise trouble("no_feeder")
    one_sided = [choice for choice in feeders if not _is_duplex(choice)]
    two_sided = [choice for choice in feeders if _is_duplex(choice)]
    wanted = two_sided if profile.duplex else one_sided
    arguments = [f"--source={(wanted or feeders)[0]}"]
    if "--adf-mode" in options:
        modes = [one for one in options["--adf-mode"].choices if _is_duplex(one) == profile.duplex]
        arguments += [f"--adf-mode={modes[0]}"] if modes else []
    if "--duplex" in options:
        arguments.append(f"--duplex={'yes' if profile.duplex else 'no'}")
    return arguments


def _mode(choices: tuple[str, ...], colour: ColourMode) -> str:
    """The device's word for a colour mode ("" when it has none such: it stays at its own)."""
    words = {
        ColourMode.COLOUR: ("color", "colour"),
        ColourMode.GRAY: ("gray", "grey"),
        ColourMode.LINEART: ("lineart", "black", "binary"),
    }[colour]
    fitting = [choice for choice in choices if any(word in choice.lower() for word in words)]
    plain = [choice for choice in fitting if "[" not in choice]  # not "Gray[Error Diffusion]"
    return (plain or fitting or [""])[0]


def _size_arguments(options: Options, page: str) -> list[str]:
    wanted = PAGE_SIZES_MM.get(page)
    arguments = []
    for size, (name, sheet_name) in zip(wanted or (None, None), _EXTENTS, strict=True):
        sheet, extent = options.get(sheet_name, DeviceOption()), options.get(name, DeviceOption())
        most = max(sheet.high, extent.high)  # telling the sheet's height raises the end of -y
        if not most:
            continue
        if size is not None and size - most > LOST_MM:
            raise trouble("page_too_large", page=page)
        length = min(size or most, most)
        if sheet.high:  # where sheets lie in the middle of the feeder
            arguments.append(f"{sheet_name}={min(length, sheet.high):g}")
        if extent.high:
            arguments.append(f"{name}{length:g}")
    return [*arguments, *(f"{corner}0" for corner in ("-l", "-t") if corner in options)]
