"""Queues of the machine's own print system (CUPS), through its ``lp`` command."""

from __future__ import annotations

import subprocess

from printing.outcome import PrinterUnavailable, PrintOutcomeUnknown, refused
from printing.printers import ESCPOS, PrinterAddress

_SECONDS = 60


def send(address: PrinterAddress, document: bytes, mime: str, job_name: str) -> None:
    """Hand the document to the queue; CUPS keeps it from there on."""
    command = ["lp", "-d", address.name, "-t", job_name]
    if mime == ESCPOS:
        command += ["-o", "raw"]
    try:
        run = subprocess.run(command, input=document, capture_output=True, timeout=_SECONDS, check=False)
    except FileNotFoundError as error:
        raise PrinterUnavailable(
            "printer_driver_missing",
            "Máy này chưa cài hệ thống in CUPS (lệnh lp). Cài gói cups-client, hoặc dùng địa chỉ ipp:// của máy in.",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise PrintOutcomeUnknown(f"Hàng đợi in {address.label} không trả lời") from error
    if run.returncode != 0:
        raise refused(address.label, run.stderr.decode(errors="replace").strip() or f"lp: {run.returncode}")
