"""SANE scanners, driven for real: scanimage with SANE's own test device, and stand-ins for drivers that misbehave."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from counter_app.scanning import paged_program, sane
from counter_app.scanning.model import ColourMode, ReadPage, ScanProfile, ScanTrouble
from counter_app.scanning.sane import SaneSource, list_devices, parse_options, profile_arguments, resolution
from counter_app.scanning.tray import Tray

REAL = shutil.which("scanimage")
needs_sane = pytest.mark.skipif(REAL is None, reason="scanimage is missing (package sane-utils)")
A5 = ScanProfile("A5", resolution=50, page="A5")
HALF_WAY = "printf '\\rProgress: 50.0%%\\rProgress: 51.0%%\\nscanimage: sane_read: "
GLASS = ScanProfile("Mặt kính", resolution=50, page="A5", feeder=False)


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SaneSource:
    """SANE's frontend tester alone: a feeder of ten sheets."""
    folder = tmp_path / "sane.d"
    folder.mkdir()
    (folder / "dll.conf").write_text("test\n")
    (folder / "test.conf").write_text("number_of_devices 1\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(folder))
    return SaneSource("test:0", "Thử")


class Driver:
    """Puts a script in the place of scanimage; ``$REAL`` is the true one."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._path = folder / "scanimage"
        folder.mkdir()
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setattr(paged_program, "END_SECONDS", 1.0)

    def behaves(self, script: str) -> None:
        self._path.write_text(f'#!/bin/bash\nREAL="{REAL}"\n{script}\n')
        self._path.chmod(0o755)


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    return Driver(tmp_path / "bin", monkeypatch)


def _scan(source: SaneSource, profile: ScanProfile = A5) -> list[ReadPage]:
    pages: list[ReadPage] = []
    source.scan(profile, pages.append, lambda: False)
    return pages


def _trouble(source: SaneSource, pages: list[ReadPage], profile: ScanProfile = A5) -> str:
    with pytest.raises(ScanTrouble) as caught:
        source.scan(profile, pages.append, lambda: False)
    return caught.value.kind


@needs_sane
def test_devices_are_listed_with_what_they_can_do(device: SaneSource) -> None:
    (found,) = list_devices()
    info = found.info
    assert (info.id, info.kind, info.has_feeder, info.has_duplex) == ("sane:test:0", "sane", True, False)
    assert info.resolutions == (75, 100, 150, 200, 300, 400, 600, 1200)


@needs_sane
def test_a_feeder_gives_its_sheets_one_by_one(device: SaneSource, tmp_path: Path) -> None:
    tray = Tray.create(tmp_path / "scans")
    held = []

    def take(page: ReadPage) -> None:
        tray.add(page)
        held.append(len(Tray.open(tray.directory).pages()))

    device.scan(A5, take, lambda: False)
    assert held == list(range(1, 11))
    first = tray.pages()[0]
    assert (first.dpi, first.width, first.height) == (50, 291, 393)  # 148 x 200 mm: the device ends there


@needs_sane
@pytest.mark.parametrize(("colour", "mode"), [(ColourMode.COLOUR, "RGB"), (ColourMode.GRAY, "L")])
def test_the_glass_gives_one_page_as_the_profile_wants_it(
    device: SaneSource, tmp_path: Path, colour: ColourMode, mode: str
) -> None:
    (page,) = _scan(device, ScanProfile("x", 100, colour, feeder=False, page="max"))
    path = tmp_path / "page.png"
    path.write_bytes(page.data)
    with Image.open(path) as image:
        assert (image.mode, image.size) == (mode, (787, 787))
    assert page.dpi == 100


@needs_sane
def test_no_sheet_is_drawn_in_before_the_last_one_is_safe(device: SaneSource, driver: Driver, tmp_path: Path) -> None:
    driver.behaves(f'exec "$REAL" "$@" 2> >(tee {tmp_path}/said >&2)')
    said = tmp_path / "said"
    begun: list[int] = []

    def take(_page: ReadPage) -> None:
        time.sleep(0.1)  # time in which a driver that runs ahead would begin
        begun.append(said.read_text().count("Scanning page"))

    device.scan(A5, take, lambda: False)
    assert begun == list(range(1, 11))


@needs_sane
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("JAMMED", "jam"),
        ("COVER_OPEN", "cover_open"),
        ("NO_DOCS", "no_paper"),
        ("IO_ERROR", "offline"),
        ("DEVICE_BUSY", "busy"),
        ("CANCELLED", "stopped"),
        ("ACCESS_DENIED", "offline"),
        ("INVAL", "unsupported"),
        ("UNSUPPORTED", "unsupported"),
    ],
)
def test_each_trouble_of_a_device_has_its_kind(device: SaneSource, driver: Driver, status: str, kind: str) -> None:
    driver.behaves(f'exec "$REAL" "$@" --read-return-value SANE_STATUS_{status}')
    pages: list[ReadPage] = []
    assert _trouble(device, pages) == kind
    assert pages == []


@needs_sane
@pytest.mark.parametrize(
    ("end", "kind"),
    [
        ('echo "scanimage: sane_start: Document feeder jammed" >&2; exit 6', "jam"),
        ('echo "scanimage: sane_start: Scanner cover is open" >&2; exit 8', "cover_open"),
        ('echo "scanimage: sane_read: Error during device I/O" >&2; exit 9', "offline"),
        ("kill -SEGV $$", "offline"),
        (f"{HALF_WAY}Document feeder jammed\\n' >&2; sleep 60", "jam"),
    ],
    ids=["jam", "cover", "pulled out", "driver crashes", "driver hangs after a jam"],
)
def test_what_was_read_before_a_trouble_stays(
    device: SaneSource, driver: Driver, tmp_path: Path, end: str, kind: str
) -> None:
    device.options()
    driver.behaves(f'"$REAL" "$@" --batch-count=3; {end}')
    tray = Tray.create(tmp_path / "scans")
    with pytest.raises(ScanTrouble) as caught:
        device.scan(A5, tray.add, lambda: False)
    assert caught.value.kind == kind
    assert len(Tray.open(tray.directory).pages()) == 3


@needs_sane
def test_a_driver_that_hangs_after_the_last_sheet_has_ended_well(device: SaneSource, driver: Driver) -> None:
    device.options()
    driver.behaves('"$REAL" "$@"; echo "scanimage: sane_start: Document feeder out of documents" >&2; sleep 60')
    assert len(_scan(device)) == 10


@needs_sane
def test_a_hanging_device_ends_by_a_time_out_that_tells(device: SaneSource, driver: Driver) -> None:
    device.options()
    driver.behaves("trap '' INT; sleep 60")
    hanging = SaneSource("test:0", "Thử", silence_seconds=0.3)
    hanging._options = device.options()
    began = time.monotonic()
    with pytest.raises(ScanTrouble, match="không trả lời") as caught:
        _scan(hanging)
    assert caught.value.kind == "offline"
    assert time.monotonic() - began < 10


@needs_sane
def test_a_scan_is_stopped_in_the_midst_of_a_page(device: SaneSource, driver: Driver, tmp_path: Path) -> None:
    device.options()
    driver.behaves(f'echo $$ > {tmp_path}/pid; exec "$REAL" "$@" --read-delay=yes --read-delay-duration=200000')
    slow = ScanProfile("x", resolution=300, page="max", feeder=False)
    began = time.monotonic()
    with pytest.raises(ScanTrouble) as caught:
        device.scan(slow, lambda _page: None, lambda: time.monotonic() - began > 0.5)
    assert caught.value.kind == "stopped"
    assert time.monotonic() - began < 4
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


@needs_sane
def test_between_pages_a_scan_stops_with_what_it_has(device: SaneSource) -> None:
    pages: list[ReadPage] = []
    with pytest.raises(ScanTrouble) as caught:
        device.scan(A5, pages.append, lambda: len(pages) == 4)
    assert (caught.value.kind, len(pages)) == ("stopped", 4)


@needs_sane
def test_a_page_that_cannot_be_kept_ends_the_scan(device: SaneSource, driver: Driver, tmp_path: Path) -> None:
    device.options()
    driver.behaves(f'echo $$ > {tmp_path}/pid; exec "$REAL" "$@"')

    def take(_page: ReadPage) -> None:
        raise ScanTrouble("disk_full", "đầy")

    with pytest.raises(ScanTrouble) as caught:
        device.scan(A5, take, lambda: False)
    assert caught.value.kind == "disk_full"
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


CHILD = """
import time
from counter_app.scanning.model import ScanProfile
from counter_app.scanning.sane import SaneSource

def take(page):
    print("page", flush=True)
    time.sleep(60)

SaneSource("test:0", "x").scan(ScanProfile("x", 50, page="A5"), take, lambda: False)
"""


@needs_sane
def test_a_desk_that_is_killed_leaves_no_driver_behind(device: SaneSource, driver: Driver, tmp_path: Path) -> None:
    driver.behaves(f'echo $$ > {tmp_path}/pid; exec "$REAL" "$@"')
    desk = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE)
    assert desk.stdout is not None
    with desk.stdout as said:
        assert said.readline() == b"page\n"
    desk.kill()
    desk.wait()
    running = Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}/stat")
    ends = time.monotonic() + 10
    while _is_running(running) and time.monotonic() < ends:
        time.sleep(0.02)
    assert not _is_running(running)


def _is_running(stat: Path) -> bool:
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@needs_sane
def test_a_driver_that_writes_half_a_page_is_told_of(device: SaneSource, driver: Driver) -> None:
    device.options()
    driver.behaves('read; echo "P6 400 400 255" > 1.pnm; echo 1.pnm; read')
    pages: list[ReadPage] = []
    assert _trouble(device, pages) == "bad_page"


@needs_sane
def test_a_device_that_is_gone_or_taken_is_told_of(device: SaneSource, driver: Driver) -> None:
    with pytest.raises(ScanTrouble) as caught:
        _ = SaneSource("test:7", "Không có").info
    assert caught.value.kind == "offline"
    driver.behaves('echo "scanimage: open of device x failed: Device busy" >&2; exit 1')
    with pytest.raises(ScanTrouble) as caught:
        _ = device.info
    assert caught.value.kind == "busy"


def test_a_machine_without_sane_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ScanTrouble, match="sane-utils") as caught:
        list_devices()
    assert caught.value.kind == "driver_missing"


FUJITSU = """
Options specific to device `fujitsu:fi-7030:211822':
  Standard:
    --source ADF Front|ADF Back|ADF Duplex|Card Duplex [ADF Front]
        Selects the scan source (such as a document-feeder).
    --mode Lineart|Halftone|Gray|Color [Lineart]
    --resolution 50..600dpi (in steps of 1) [600]
  Geometry:
    --page-width 0..221.121mm (in steps of 0.0211639) [215.872]
    --page-height 0..2712.88mm (in steps of 0.0211639) [279.364]
    -l 0..215.872mm (in steps of 0.0211639) [0]
    -t 0..279.364mm (in steps of 0.0211639) [0]
    -x 0..215.872mm (in steps of 0.0211639) [215.872]
    -y 0..279.364mm (in steps of 0.0211639) [279.364]
"""
BROTHER = """
    --mode Black & White|Gray[Error Diffusion]|True Gray|24bit Color|24bit Color[Fast] [24bit Color[Fast]]
    --resolution 100|150|200|300|400|600|1200dpi [200]
    --source FlatBed|Automatic Document Feeder(left aligned)|Automatic Document Feeder(left aligned,Duplex) [FlatBed]
    -l 0..215.9mm (in steps of 0.0999908) [0]
    -t 0..355.6mm (in steps of 0.0999908) [0]
    -x 0..215.9mm (in steps of 0.0999908) [215.88]
    -y 0..355.6mm (in steps of 0.0999908) [355.567]
"""
EPSON = """
    --mode Lineart|Gray|Color [Lineart]
    --depth 8|16 [inactive]
    --resolution 75|150|300|600dpi [75]
    -l 0..215.9mm [0]
    -t 0..297.18mm [0]
    -x 0..215.9mm [215.9]
    -y 0..297.18mm [297.18]
    --source Flatbed|Automatic Document Feeder [Flatbed]
    --auto-eject[=(yes|no)] [inactive]
    --adf-mode Simplex|Duplex [inactive]
"""
HP = """
    --mode Lineart|Gray|Color [Color]
    --resolution 75|100|200|300dpi [75]
    --source Auto|Flatbed|ADF|Duplex [Auto]
    -x 0..215.9mm [215.9]
    -y 0..381mm [381]
"""
EPJITSU = """
    --source ADF Front|ADF Back|ADF Duplex [ADF Front]
    --mode Lineart|Gray|Color [Lineart]
    --resolution 50..600dpi (in steps of 1) [300]
    -t 0..289.353mm (in steps of 0.0211639) [0]
    --page-width 2.70898..219.428mm (in steps of 0.0211639) [215.872]
    --page-height 0..450.707mm (in steps of 0.0211639) [292.062]
"""
DUPLEX = ScanProfile("Hai mặt", 200, duplex=True)


@pytest.mark.parametrize(
    ("text", "profile", "expected"),
    [
        (FUJITSU, DUPLEX, "--source=ADF Duplex --mode=Color --resolution=200 --page-width=210 -x210 --page-height=297"),
        (FUJITSU, ScanProfile("x", colour=ColourMode.GRAY), "--source=ADF Front --mode=Gray"),
        (
            BROTHER,
            DUPLEX,
            "--source=Automatic Document Feeder(left aligned,Duplex) --mode=24bit Color --resolution=200",
        ),
        (BROTHER, ScanProfile("x", colour=ColourMode.GRAY), "--source=Automatic Document Feeder(left aligned) --mode="),
        (BROTHER, ScanProfile("x", colour=ColourMode.LINEART, feeder=False), "--source=FlatBed --mode=Black & White"),
        (EPSON, DUPLEX, "--source=Automatic Document Feeder --adf-mode=Duplex --mode=Color --resolution=300 -x210"),
        (EPSON, ScanProfile("x"), "--source=Automatic Document Feeder --adf-mode=Simplex"),
        (HP, DUPLEX, "--source=Duplex --mode=Color --resolution=200 -x210 -y297"),
        (HP, ScanProfile("x", feeder=False), "--source=Flatbed"),
        (EPJITSU, DUPLEX, "--source=ADF Duplex --mode=Color --resolution=200 --page-width=210 --page-height=297 -t0"),
    ],
)
def test_every_family_of_drivers_is_told_in_its_own_words(text: str, profile: ScanProfile, expected: str) -> None:
    options = parse_options(text)
    told = " ".join(profile_arguments(options, profile, resolution(options, profile.resolution)))
    assert told.startswith(expected)


@pytest.mark.parametrize(
    ("text", "profile", "words"),
    [
        (FUJITSU, ScanProfile("x", feeder=False), "không có mặt kính"),
        (EPJITSU, ScanProfile("x", page="A3"), "khổ A3"),
        ("    --source Flatbed [Flatbed]\n", ScanProfile("x"), "không có khay nạp"),
        ("    --mode Gray [Gray]\n", ScanProfile("x"), "không có khay nạp"),
        ("    --source Flatbed|ADF [Flatbed]\n", DUPLEX, "hai mặt"),
    ],
)
def test_what_a_device_lacks_is_named(text: str, profile: ScanProfile, words: str) -> None:
    with pytest.raises(ScanTrouble, match=words) as caught:
        profile_arguments(parse_options(text), profile, 200)
    assert caught.value.kind == "unsupported"


@pytest.mark.parametrize(("wanted", "found"), [(50, 100), (200, 200), (250, 300), (2400, 1200)])
def test_the_next_resolution_above_is_taken(wanted: int, found: int) -> None:
    assert resolution(parse_options(BROTHER), wanted) == found


def test_a_device_that_was_asked_once_is_not_asked_again(driver: Driver, tmp_path: Path) -> None:
    driver.behaves(f"echo asked >> {tmp_path}/asked; echo '    --source Flatbed [Flatbed]'")
    source = SaneSource("x", "x")
    assert source.info == source.info
    assert (tmp_path / "asked").read_text().count("asked") == 1


def test_looking_for_devices_ends_by_a_time_out(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.behaves("exec sleep 60")
    monkeypatch.setattr(sane, "LIST_SECONDS", 0.3)
    with pytest.raises(ScanTrouble, match="không trả lời"):
        list_devices()
