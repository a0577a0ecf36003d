"""Queues of the machine's own print system (CUPS), through its ``lp``, ``lpstat`` and ``lpoptions`` commands."""

from __future__ import annotations

import os
import re
import subprocess

from printing.outcome import PrinterUnavailable, PrintOutcomeUnknown, driver_missing, refused, stopped
from printing.printers import ESCPOS, Abilities, Handling, PrinterAddress, Tray

_SECONDS = 60
_ASK_SECONDS = 10
_DISABLED = re.compile(r"^printer \S+ disabled since [^\n]*(?:\n\s+(?P<why>[^\n]+))?", re.MULTILINE)
_OPTION = re.compile(r"^(?P<key>[^/:\s]+)(?:/(?P<words>[^:]*))?: (?P<values>.*)$", re.MULTILINE)
_TRAYS, _DUPLEX = ("InputSlot", "media-source"), ("Duplex", "sides")
_OWN_CHOICES = ("auto", "automatic", "autoselect", "default", "printerdefault")
_ONE_SIDED = ("none", "off", "one-sided", "simplex")


def send(address: PrinterAddress, document: bytes, mime: str, job_name: str, handling: Handling) -> None:
    """Hand the document to the queue; CUPS keeps it from there on. A queue that was stopped takes nothing."""
    _check_runs(address)
    command = ["lp", "-d", address.name, "-t", job_name]
    if mime == ESCPOS:
        command += ["-o", "raw"]
    else:
        command += _options(address, handling)
    try:
        run = subprocess.run(command, input=document, capture_output=True, timeout=_SECONDS, check=False)
    except FileNotFoundError as error:
        raise _missing() from error
    except subprocess.TimeoutExpired as error:
        raise PrintOutcomeUnknown(f"Hàng đợi in {address.label} không trả lời") from error
    if run.returncode != 0:
        raise refused(address.label, run.stderr.decode(errors="replace").strip() or f"lp: {run.returncode}")


def ask_abilities(address: PrinterAddress) -> Abilities:
    """Trays and sides from the queue's options."""
    # lpoptions ends well whether or not the queue is there.
    if _ask(["lpstat", "-p", address.name]).returncode != 0:
        raise refused(address.label, "CUPS trên máy này không chạy, hoặc không có hàng đợi tên này")
    run = _ask(["lpoptions", "-p", address.name, "-l"])
    trays: tuple[Tray, ...] = ()
    two_sided = False
    for found in _OPTION.finditer(run.stdout):
        values = [value.removeprefix("*") for value in found["values"].split()]
        if found["key"] in _TRAYS:
            trays = tuple(Tray(f"{found['key']}={each}", each) for each in values if each.lower() not in _OWN_CHOICES)
        elif found["key"] in _DUPLEX:
            two_sided = any(each.lower() not in _ONE_SIDED for each in values)
    return Abilities(trays=trays, two_sided=two_sided)


def _options(address: PrinterAddress, handling: Handling) -> list[str]:
    """The queue would refuse nothing that it does not have, but a tray of another driver might mean another thing."""
    chosen = []
    if handling.sides:
        chosen += ["-o", f"sides={handling.sides}"]
    if handling.tray and any(tray.key == handling.tray for tray in ask_abilities(address).trays):
        chosen += ["-o", handling.tray]
    return chosen


def _check_runs(address: PrinterAddress) -> None:
    found = _DISABLED.search(_ask(["lpstat", "-p", address.name]).stdout)
    if found is not None:
        raise stopped(address.label, (found["why"] or "hàng đợi in đang tạm dừng").strip())


def _ask(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command that prints nothing on paper, with English words to read."""
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ASK_SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise _missing() from error
    except subprocess.TimeoutExpired as error:
        raise PrinterUnavailable(
            "printer_stopped",
            "Hệ thống in CUPS trên máy này không trả lời. Khởi động lại máy, hoặc gọi người quản trị.",
        ) from error


def _missing() -> PrinterUnavailable:
    return driver_missing("trong hệ thống in CUPS", "gói cups-client")
