"""eSCL scanners: a server that gets things wrong as devices do, itself tried by a client that is not ours."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.scanning.escl import EsclSource
from counter_app.scanning.escl_device import Patience, certificate_fingerprint, root_address
from counter_app.scanning.escl_words import parse_capabilities, parse_status
from counter_app.scanning.model import ColourMode, ReadPage, ScanProfile, ScanTrouble
from counter_app.scanning.pictures import picture_facts
from counter_app.scanning.sane import SaneSource
from counter_app.scanning.tray import Tray
from tests.scanning.escl_printer import EsclPrinter, Faults, escl_printer, own_certificate

PATIENT = Patience(retry=0.02)
QUICK = Patience(answer=2.0, busy=0.5, page=1.0, settle=0.3, retry=0.02)
"""For devices that never come to an end; others are given time, for the machine of a test may be a busy one."""
FEEDER = ScanProfile("Khay nạp", resolution=50)
DUPLEX = ScanProfile("Hai mặt", resolution=50, duplex=True)
GLASS = ScanProfile("Mặt kính", resolution=50, feeder=False)


@pytest.fixture
def printer() -> Iterator[EsclPrinter]:
    with escl_printer(EsclPrinter()) as running:
        yield running


def _source(printer: EsclPrinter, fingerprint: str = "") -> EsclSource:
    return EsclSource(printer.address, fingerprint=fingerprint, patience=PATIENT)


def _scan(source: EsclSource | SaneSource, profile: ScanProfile = FEEDER) -> list[ReadPage]:
    pages: list[ReadPage] = []
    source.scan(profile, pages.append, lambda: False)
    return pages


def _trouble(printer: EsclPrinter, profile: ScanProfile = FEEDER) -> tuple[str, int]:
    """Its kind and how many pages were read before it."""
    pages: list[ReadPage] = []
    with pytest.raises(ScanTrouble) as caught:
        EsclSource(printer.address, patience=QUICK).scan(profile, pages.append, lambda: False)
    return caught.value.kind, len(pages)


def test_a_scanner_says_what_it_can_do(printer: EsclPrinter) -> None:
    info = _source(printer).info
    assert info.id == f"escl:http://127.0.0.1:{printer.port}/eSCL"
    assert (info.name, info.kind, info.has_feeder, info.has_duplex) == ("Máy thử eSCL", "escl", True, True)
    assert info.resolutions == (50, 75, 150, 200, 300, 600)


@pytest.mark.parametrize(("profile", "pages"), [(FEEDER, 3), (DUPLEX, 6), (GLASS, 1)])
def test_pages_come_as_they_were_sent(printer: EsclPrinter, profile: ScanProfile, pages: int) -> None:
    read = _scan(_source(printer), profile)
    assert [page.data for page in read] == [printer.picture(number) for number in range(pages)]
    assert {page.dpi for page in read} == {50}
    assert "Processing" not in printer.jobs.values()


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        (
            ScanProfile("x", 150, ColourMode.GRAY, page="A5", feeder=False),
            {
                "InputSource": "Platen",
                "ColorMode": "Grayscale8",
                "XResolution": "150",
                "Width": "1748",
                "Duplex": "false",
            },
        ),
        (ScanProfile("x", 200, duplex=True), {"InputSource": "Feeder", "ColorMode": "RGB24", "Duplex": "true"}),
        (ScanProfile("x", 100, ColourMode.LINEART), {"ColorMode": "BlackAndWhite1", "XResolution": "150"}),
        (ScanProfile("x", 9999, page="max"), {"XResolution": "600", "Width": "2480", "Height": "3508"}),
    ],
)
def test_the_profile_becomes_the_order(printer: EsclPrinter, profile: ScanProfile, told: dict[str, str]) -> None:
    printer.sheets = 1
    _scan(_source(printer), profile)
    assert {name: printer.settings[name] for name in told} == told


def test_a_page_is_asked_for_when_the_last_one_is_on_the_disk(printer: EsclPrinter, tmp_path: Path) -> None:
    tray = Tray.create(tmp_path / "scans")

    def take(page: ReadPage) -> None:
        assert printer.given == len(tray.pages()) + 1
        tray.add(page)

    _source(printer).scan(FEEDER, take, lambda: False)
    assert len(Tray.open(tray.directory).pages()) == 3


def test_a_scanner_that_gives_only_pdf_is_read(printer: EsclPrinter) -> None:
    printer.formats = ("application/pdf",)
    read = _scan(_source(printer))
    assert [picture_facts(page.data).suffix for page in read] == [".jpg"] * 3
    assert {page.dpi for page in read} == {50}


@pytest.mark.parametrize(
    "faults",
    [
        Faults(busy=2),
        Faults(not_ready=3),
        Faults(too_early=2),
        Faults(end_status=409),
        Faults(always_says_empty=True),
        Faults(names_itself=True),
    ],
    ids=[
        "busy at first",
        "pages take their time",
        "404 too early",
        "409 at the end",
        "always says empty",
        "a name of its own",
    ],
)
def test_what_devices_do_otherwise_costs_no_page(printer: EsclPrinter, faults: Faults) -> None:
    printer.faults = faults
    assert len(_scan(_source(printer))) == 3


@pytest.mark.parametrize(
    ("faults", "kind", "pages"),
    [
        (Faults(wrong_after=2), "jam", 2),
        (Faults(wrong_after=2, says_409=False), "jam", 2),
        (Faults(wrong_after=1, adf_state="ScannerAdfMispick"), "jam", 1),
        (Faults(wrong_after=2, adf_state="ScannerAdfHatchOpen"), "cover_open", 2),
        (Faults(wrong_after=0, adf_state="ScannerAdfDoorOpen"), "cover_open", 0),
        (Faults(cut_after=1), "bad_page", 1),
        (Faults(cut_after=1, wrong_after=2), "jam", 1),
        (Faults(drop_after=2), "offline", 2),
        (Faults(silent_after=1), "offline", 1),
        (Faults(not_ready=10**6), "offline", 0),
        (Faults(busy=10**6), "busy", 0),
        (Faults(refuses=409), "unsupported", 0),
        (Faults(refuses=401), "unsupported", 0),
        (Faults(denied_after=2, denied_status=500), "offline", 2),
        (Faults(denied_after=2, denied_status=410), "stopped", 2),
        (Faults(denied_after=2, denied_status=404), "offline", 2),
    ],
)
def test_a_trouble_is_told_and_the_pages_before_it_stay(
    printer: EsclPrinter, faults: Faults, kind: str, pages: int
) -> None:
    printer.faults = faults
    assert _trouble(printer) == (kind, pages)
    assert "Processing" not in printer.jobs.values()


def test_a_job_that_never_ends_is_over_when_the_feeder_is_empty(printer: EsclPrinter) -> None:
    printer.faults.never_ends = True
    pages: list[ReadPage] = []
    EsclSource(printer.address, patience=QUICK).scan(FEEDER, pages.append, lambda: False)
    assert len(pages) == 3


def test_an_empty_feeder_is_told(printer: EsclPrinter) -> None:
    printer.sheets = 0
    assert _trouble(printer) == ("no_paper", 0)


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (GLASS, "mặt kính"),
        (DUPLEX, "hai mặt"),
        (ScanProfile("x", page="A3"), "khổ A3"),
    ],
)
def test_what_the_scanner_lacks_is_named(printer: EsclPrinter, profile: ScanProfile, words: str) -> None:
    printer.has_glass = printer.has_duplex = False
    with pytest.raises(ScanTrouble, match=words):
        _scan(_source(printer), profile)
    assert not any(call.startswith("POST") for call in printer.asked)


def test_a_stop_in_the_midst_of_a_page_takes_effect_at_once(printer: EsclPrinter) -> None:
    printer.faults.silent_after = 1
    pages: list[ReadPage] = []
    stopping_since: list[float] = []

    def stop() -> bool:
        if pages and not stopping_since:
            stopping_since.append(time.monotonic())
        return bool(stopping_since) and time.monotonic() - stopping_since[0] > 0.2

    with pytest.raises(ScanTrouble) as caught:
        _source(printer).scan(FEEDER, pages.append, stop)
    assert (caught.value.kind, len(pages)) == ("stopped", 1)
    assert time.monotonic() - stopping_since[0] < 1.5
    assert printer.jobs == {"job-1": "Canceled"}


def test_a_page_that_has_come_is_kept_whoever_says_stop_meanwhile(printer: EsclPrinter) -> None:
    printer.faults.seconds = 0.05  # less than it takes to notice the stop
    pages: list[ReadPage] = []
    with pytest.raises(ScanTrouble, match="Đã dừng"):
        _source(printer).scan(FEEDER, pages.append, lambda: printer.given == 2)
    assert len(pages) == 2
    assert printer.jobs == {"job-1": "Canceled"}


def test_a_page_that_cannot_be_kept_ends_the_job(printer: EsclPrinter) -> None:
    def take(_page: ReadPage) -> None:
        raise ScanTrouble("disk_full", "đầy")

    with pytest.raises(ScanTrouble, match="đầy"):
        _source(printer).scan(FEEDER, take, lambda: False)
    assert printer.jobs == {"job-1": "Canceled"}


def test_nobody_at_the_address_is_told() -> None:
    with escl_printer(EsclPrinter()) as printer:
        source = _source(printer)
    with pytest.raises(ScanTrouble, match="Không liên lạc được") as caught:
        _ = source.info
    assert caught.value.kind == "offline"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>not a scanner</html>",
        b"nothing",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><ScannerCapabilities>&a;</ScannerCapabilities>',
        b"<ScannerCapabilities>" + b" " * 2_000_000 + b"</ScannerCapabilities>",
    ],
    ids=["a web page", "text", "entities", "too long"],
)
def test_what_is_no_scanner_is_not_read(body: bytes) -> None:
    with pytest.raises(ScanTrouble, match="eSCL"):
        parse_capabilities(body)


def test_only_our_own_job_counts() -> None:
    status = b"""<s:ScannerStatus xmlns:s="s" xmlns:p="p"><p:State>Idle</p:State><s:Jobs>
      <s:JobInfo><p:JobUri>/eSCL/ScanJobs/1</p:JobUri><p:JobState>Canceled</p:JobState></s:JobInfo>
      <s:JobInfo><p:JobUri>http://x/eSCL/ScanJobs/2</p:JobUri><p:JobState>Aborted</p:JobState>
      <p:JobStateReasons><p:JobStateReason>DocumentJam</p:JobStateReason></p:JobStateReasons></s:JobInfo>
      <s:JobInfo><p:JobUri>/eSCL/ScanJobs/3</p:JobUri><p:JobState>Processing</p:JobState></s:JobInfo>
      </s:Jobs></s:ScannerStatus>"""
    found = {job: parse_status(status, f"/eSCL/ScanJobs/{job}") for job in "1234"}
    assert [found[job].wrong for job in "1234"] == ["stopped_at_device", "jam", None, None]
    assert [found[job].is_running for job in "1234"] == [False, False, True, False]


@pytest.mark.parametrize(
    ("entered", "root"),
    [
        ("192.0.2.7", "http://192.0.2.7/eSCL"),
        (" scanner.local:8080/ ", "http://scanner.local:8080/eSCL"),
        ("https://scanner.local", "https://scanner.local/eSCL"),
        ("http://scanner.local/other/eSCL", "http://scanner.local/other/eSCL"),
    ],
)
def test_an_address_is_taken_as_people_enter_it(entered: str, root: str) -> None:
    assert root_address(entered) == root


def test_a_certificate_is_trusted_only_by_its_fingerprint(tmp_path: Path) -> None:
    with escl_printer(EsclPrinter(), own_certificate(tmp_path, "PRINTER")) as printer:
        with pytest.raises(ScanTrouble, match="Chưa tin cậy") as caught:
            _ = _source(printer).info
        assert caught.value.kind == "untrusted"
        fingerprint = str(caught.value.details["fingerprint"])
        assert fingerprint == certificate_fingerprint(printer.address)
        assert not printer.asked
        assert len(_scan(_source(printer, fingerprint))) == 3
    with escl_printer(EsclPrinter(), own_certificate(tmp_path, "OTHER")) as other:
        with pytest.raises(ScanTrouble) as caught:
            _scan(_source(other, fingerprint))
        assert caught.value.kind == "untrusted"
        assert not other.asked


@pytest.fixture
def foreign_client(printer: EsclPrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SaneSource:
    """sane-airscan, which fetches ahead: a page that takes no time at all is more than it can bear."""
    if shutil.which("scanimage") is None or not any(Path("/usr/lib").glob("*/sane/libsane-airscan.so*")):
        pytest.skip("sane-airscan is missing (packages sane-utils, sane-airscan)")
    (tmp_path / "dll.conf").write_text("airscan\n")
    (tmp_path / "airscan.conf").write_text(
        f"[devices]\nThu = {printer.address}/eSCL, eSCL\n[options]\ndiscovery = disable\n"
    )
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path))
    printer.faults.seconds = 0.2
    return SaneSource("airscan:e0:Thu", "Máy thử")


@pytest.mark.parametrize(("profile", "pages"), [(FEEDER, 3), (DUPLEX, 6), (GLASS, 1)])
def test_the_server_of_these_tests_suits_a_client_that_is_not_ours(
    printer: EsclPrinter, foreign_client: SaneSource, profile: ScanProfile, pages: int
) -> None:
    assert (foreign_client.info.has_feeder, foreign_client.info.has_duplex) == (True, True)
    read = _scan(foreign_client, profile)
    assert [picture_facts(page.data).width for page in read] == [413] * pages


def test_that_client_too_sees_the_jam_of_the_server(printer: EsclPrinter, foreign_client: SaneSource) -> None:
    printer.faults.wrong_after = 2
    pages: list[ReadPage] = []
    with pytest.raises(ScanTrouble) as caught:
        foreign_client.scan(FEEDER, pages.append, lambda: False)
    assert (caught.value.kind, len(pages)) == ("jam", 2)
