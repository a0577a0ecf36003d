"""Addresses of printers, and the queues of the machine: which word comes when nothing arrives."""

from __future__ import annotations

import os
import stat
from datetime import date
from pathlib import Path

import pytest
from paper_samples import RECEIPT, THERMAL

from counter_app.errors import UserError
from printing.forms import form_set_for, render
from printing.outcome import PrinterUnavailable
from printing.printers import (
    ESCPOS,
    LONG_EDGE,
    ONE_SIDED,
    PDF,
    Abilities,
    Handling,
    ask_abilities,
    parse_printer,
    send,
)
from printing.thermal import render_thermal

RECEIPT_PDF = render(RECEIPT, form_set_for(date(2026, 2, 5)))
SLIP = render_thermal(THERMAL, 80)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ipp://may-in/ipp/print", ("ipp", "may-in", 631, "/ipp/print")),
        ("ipps://10.0.0.7:8631/p", ("ipps", "10.0.0.7", 8631, "/p")),
        ("tcp://10.0.0.8", ("tcp", "10.0.0.8", 9100, "/")),
        ("TCP://10.0.0.8:9101", ("tcp", "10.0.0.8", 9101, "/")),
    ],
)
def test_network_addresses(text: str, expected: tuple[str, str, int, str]) -> None:
    address = parse_printer(text)
    assert (address.scheme, address.host, address.port, address.path) == expected


def test_local_addresses() -> None:
    assert parse_printer("cups:Van_phong").name == "Van_phong"
    assert parse_printer("win:Máy in quầy 1").name == "Máy in quầy 1"
    usb = parse_printer("usb:04B8:0e15")
    assert (usb.vendor, usb.product, usb.uri) == (0x04B8, 0x0E15, "usb:04b8:0e15")
    serial = parse_printer("serial:COM3?baud=19200")
    assert (serial.name, serial.baud) == ("COM3", 19200)
    assert parse_printer("serial:/dev/ttyUSB0").baud == 9600


@pytest.mark.parametrize(
    "text",
    ["", "may-in", "ftp://may-in", "ipp://", "tcp://h:99999", "usb:04b8", "usb:xyz:1", "cups:", "serial:C?baud=x",
     "ipps://h/p#sha256=12"],
)  # fmt: skip
def test_bad_addresses_are_refused_with_the_forms_that_work(text: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_printer(text)
    assert refused.value.kind == "printer_unknown"
    assert "tcp://MÁY:9100" in refused.value.message


OPTIONS = """PageSize/Media Size: *A4 A5 Letter
InputSlot/Media Source: *Auto Tray1 Tray2 Manual
Duplex/2-Sided Printing: *None DuplexNoTumble DuplexTumble
"""


def cups(folder: Path, monkeypatch: pytest.MonkeyPatch, *, lp: str, lpstat: str = "", options: str = OPTIONS) -> None:
    """The three commands of CUPS as scripts, in front of those of the machine."""
    (folder / "options").write_text(options)
    for name, script in (("lp", lp), ("lpstat", lpstat), ("lpoptions", f"cat {folder}/options")):
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_cups_is_asked_for_tray_and_sides_that_the_queue_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, lp=f'printf "%s\\n" "$@" > {tmp_path}/arguments; cat > {tmp_path}/document')
    address = parse_printer("cups:Van_phong")
    able = ask_abilities(address)
    assert [(tray.key, tray.words) for tray in able.trays] == [
        ("InputSlot=Tray1", "Tray1"), ("InputSlot=Tray2", "Tray2"), ("InputSlot=Manual", "Manual")
    ]  # fmt: skip
    assert able.two_sided
    send(address, RECEIPT_PDF, PDF, "Giấy 8", handling=Handling("InputSlot=Tray2", LONG_EDGE))
    assert (tmp_path / "document").read_bytes() == RECEIPT_PDF
    options = (tmp_path / "arguments").read_text().split()
    assert options[-4:] == ["-o", "sides=two-sided-long-edge", "-o", "InputSlot=Tray2"]
    send(address, RECEIPT_PDF, PDF, "Giấy 9", handling=Handling("InputSlot=Tray7", ONE_SIDED))
    assert (tmp_path / "arguments").read_text().split()[-2:] == ["-o", "sides=one-sided"]


def test_cups_without_trays_and_duplex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, lp="true", options="PageSize/Media Size: *A4\nDuplex/Duplex: *None\n")
    assert ask_abilities(parse_printer("cups:Van_phong")) == Abilities()


def test_cups_queue_that_is_not_there_is_refused_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, lp="true", lpstat="exit 1")
    with pytest.raises(PrinterUnavailable) as refused:
        ask_abilities(parse_printer("cups:Khong_co"))
    assert refused.value.kind == "printer_refused"
    assert "không có hàng đợi tên này" in refused.value.message


def test_cups_queue_that_was_stopped_takes_nothing_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "printf 'printer Van_phong disabled since Wed 25 Nov 2026 -\\n\\tPaper jam\\n'"
    cups(tmp_path, monkeypatch, lp=f"touch {tmp_path}/printed", lpstat=said)
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer("cups:Van_phong"), RECEIPT_PDF, PDF, "Giấy")
    assert refused.value.kind == "printer_stopped"
    assert "Paper jam" in refused.value.message
    assert not (tmp_path / "printed").exists()


def test_cups_gets_the_document_on_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, lp=f'printf "%s\\n" "$@" > {tmp_path}/arguments; cat > {tmp_path}/document')
    send(parse_printer("cups:Van_phong"), SLIP, ESCPOS, "Phiếu 8")
    assert (tmp_path / "document").read_bytes() == SLIP
    assert (tmp_path / "arguments").read_text().split("\n")[:-1] == ["-d", "Van_phong", "-t", "Phiếu 8", "-o", "raw"]


def test_cups_refusal_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, lp="echo 'lp: The printer or class does not exist.' >&2; exit 1")
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer("cups:Khong_co"), SLIP, ESCPOS, "Phiếu 9")
    assert refused.value.kind == "printer_refused"
    assert "does not exist" in refused.value.message


def test_cups_missing_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer("cups:Van_phong"), SLIP, ESCPOS, "Phiếu 10")
    assert refused.value.kind == "printer_driver_missing"


@pytest.mark.parametrize("uri", ["serial:/dev/khong-co", "usb:ffff:fffe"])
def test_unplugged_device_is_a_printer_that_is_off(uri: str) -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer(uri), SLIP, ESCPOS, "Phiếu")
    assert refused.value.kind == "printer_off"


@pytest.mark.skipif(os.name == "nt", reason="has the Windows library")
def test_windows_queue_elsewhere_names_what_is_missing() -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        send(parse_printer("win:Máy in quầy"), SLIP, ESCPOS, "Phiếu")
    assert refused.value.kind == "printer_driver_missing"
    assert "pywin32" in refused.value.message
