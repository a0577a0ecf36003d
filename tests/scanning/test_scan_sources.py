"""Which sources a desk is shown, and the settings that they come from."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import zeroconf
from zeroconf import ServiceInfo, Zeroconf

from counter_app.errors import UserError
from counter_app.scan_settings import NetworkScanner, ScanSettings
from counter_app.scanning import mdns, sane, sources, wia
from counter_app.scanning.escl import EsclSource
from counter_app.scanning.mdns import Announced, announced_scanners
from counter_app.scanning.model import ReadPage, ScanProfile, ScanTrouble, SourceInfo
from counter_app.scanning.sane import SaneSource
from counter_app.scanning.sources import list_sources, open_source
from counter_app.scanning.wia import WiaSource
from counter_app.settings import Settings, load_settings, save_settings, with_changes
from tests.scanning.escl_printer import EsclPrinter, escl_printer

QUIET = ScanSettings(discover=False)


@pytest.fixture(autouse=True)
def nothing_asked_before() -> Iterator[None]:
    sources._asked.clear()
    yield
    sources._asked.clear()


@pytest.fixture
def printer() -> Iterator[EsclPrinter]:
    with escl_printer(EsclPrinter()) as running:
        yield running


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> list[SaneSource]:
    """What SANE shows."""
    shown: list[SaneSource] = []
    monkeypatch.setattr(sane, "list_devices", lambda: tuple(shown))
    return shown


def test_every_kind_of_source_is_listed_and_can_be_opened(
    devices: list[SaneSource], printer: EsclPrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    devices.append(SaneSource("epson2:libusb:001:004", "Epson"))
    settings = ScanSettings(str(tmp_path), 1, False, (NetworkScanner(printer.address, "Tầng 2"),))
    found = list_sources(settings)
    assert [(one.kind, one.name) for one in found] == [
        ("sane", "Epson"),
        ("escl", "Tầng 2"),
        ("folder", f"Thư mục {tmp_path.name}"),
        ("camera", "Máy ảnh 1"),
    ]
    assert [type(open_source(one.id, settings)).__name__ for one in found] == [
        "SaneSource",
        "EsclSource",
        "FolderSource",
        "CameraSource",
    ]
    pages: list[ReadPage] = []
    open_source(found[1].id, settings).scan(ScanProfile("x", 50), pages.append, lambda: False)
    assert len(pages) == 3


def test_a_scanner_that_does_not_answer_is_named_all_the_same(devices: list[SaneSource]) -> None:
    with escl_printer(EsclPrinter()) as printer:
        address = printer.address
    (found,) = list_sources(ScanSettings(discover=False, network=(NetworkScanner(address, "Tầng 2"),)))
    assert (found.name, found.has_feeder, found.has_duplex, found.resolutions) == ("Tầng 2", True, True, ())


def test_a_scanner_is_not_asked_anew_before_each_batch(devices: list[SaneSource], printer: EsclPrinter) -> None:
    settings = ScanSettings(discover=False, network=(NetworkScanner(printer.address),))
    (found,) = list_sources(settings)
    for _batch in range(2):
        open_source(found.id, settings).scan(ScanProfile("x", 50), lambda _page: None, lambda: False)
    assert printer.asked.count("GET /eSCL/ScannerCapabilities") == 1


def test_a_machine_without_drivers_has_its_other_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert list_sources(QUIET) == ()
    assert len(list_sources(ScanSettings(folder=str(tmp_path), discover=False))) == 1


def test_a_scanner_shown_by_two_ways_is_listed_once(
    devices: list[SaneSource], printer: EsclPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    devices += [
        SaneSource("airscan:e0:Kyocera M2040dn", "eSCL Kyocera M2040dn"),
        SaneSource("airscan:w1:Kyocera M2040dn", "WSD Kyocera M2040dn"),
        SaneSource("airscan:e2:Canon", "eSCL Canon"),
        SaneSource(f"escl:{printer.address}", "eSCL"),
    ]
    said = (Announced(f"{printer.address}/eSCL", "Kyocera M2040dn"),)
    monkeypatch.setattr(mdns, "announced_scanners", lambda: said)
    found = list_sources(ScanSettings(network=(NetworkScanner(f"{printer.address}/eSCL"),)))
    assert [one.kind for one in found] == ["sane", "sane", "sane", "escl"]
    found = list_sources(ScanSettings())
    assert [one.id for one in found] == [
        "sane:airscan:w1:Kyocera M2040dn",
        "sane:airscan:e2:Canon",
        f"escl:{printer.address}/eSCL",
    ]


@pytest.mark.parametrize("source_id", ["", "sane:", "twain:x", "camera:x"])
def test_an_id_of_no_kind_is_told(source_id: str) -> None:
    with pytest.raises(ScanTrouble, match="Tìm lại") as caught:
        open_source(source_id, QUIET)
    assert caught.value.kind == "unsupported"


def test_a_certificate_that_is_trusted_now_counts_from_now_on(devices: list[SaneSource]) -> None:
    address = "https://127.0.0.1:9"
    (found,) = list_sources(ScanSettings(discover=False, network=(NetworkScanner(address),)))
    trusting = ScanSettings(discover=False, network=(NetworkScanner(address, fingerprint="ab" * 32),))
    opened = open_source(found.id, trusting)
    assert isinstance(opened, EsclSource)
    assert opened.fingerprint == "ab" * 32
    other = open_source("escl:https://127.0.0.1:8/eSCL", trusting)
    assert isinstance(other, EsclSource)
    assert other.fingerprint == ""


def test_scanners_that_announce_themselves_are_found_once() -> None:
    services = [
        ("_uscan._tcp.local.", "Máy quét tầng 2", 8080, {"rs": "eSCL", "ty": "Kyocera M2040dn", "UUID": "1"}),
        ("_uscans._tcp.local.", "Máy quét tầng 2", 8443, {"rs": "eSCL", "ty": "Kyocera M2040dn", "UUID": "1"}),
        ("_uscans._tcp.local.", "Only safe", 443, {"rs": "/other/eSCL/", "uuid": "2"}),
        ("_ipp._tcp.local.", "A printer", 631, {"rs": "eSCL"}),
    ]
    with Zeroconf(interfaces=["127.0.0.1"]) as network:
        for kind, name, port, properties in services:
            info = ServiceInfo(
                kind, f"{name}.{kind}", port, properties=properties, server="s.local.", parsed_addresses=["127.0.0.1"]
            )
            network.register_service(info, cooperating_responders=True)
        ends = time.monotonic() + 10
        found: tuple[Announced, ...] = ()
        while len(found) < 2 and time.monotonic() < ends:  # a busy machine may miss the first answers
            heard = announced_scanners(interfaces=["127.0.0.1"])
            found = tuple(one for one in heard if one.name in ("Kyocera M2040dn", "Only safe"))
    assert found == (
        Announced("http://127.0.0.1:8080/eSCL", "Kyocera M2040dn"),
        Announced("https://127.0.0.1:443/other/eSCL", "Only safe"),
    )


def test_a_machine_without_a_network_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(interfaces: object) -> None:
        raise OSError(19, "No such device")

    monkeypatch.setattr(zeroconf, "Zeroconf", no_network)
    assert announced_scanners(0.1) == ()


def test_on_windows_the_scanners_of_windows_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(wia, "list_devices", lambda: (WiaSource("{A}", "Canon"),))
    monkeypatch.setattr(WiaSource, "info", SourceInfo("wia:{A}", "Canon", "wia", True, False))
    assert [one.id for one in list_sources(QUIET)] == ["wia:{A}"]


def test_sources_are_kept_in_the_settings(tmp_path: Path) -> None:
    scan = ScanSettings("/srv/quét", 2, False, (NetworkScanner("a.local", "Máy A"), NetworkScanner("b", "", "0f" * 32)))
    save_settings(tmp_path, with_changes(Settings(), scan={"network": scan.network}))
    assert load_settings(tmp_path).scan.network == scan.network
    save_settings(tmp_path, Settings(scan=scan))
    assert load_settings(tmp_path).scan == scan
    save_settings(tmp_path, Settings())
    assert load_settings(tmp_path).scan == ScanSettings()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[scan]\nnetwork = ["a"]\n', r"\[\[scan.network\]\]"),
        ("[scan]\nnetwork = 1\n", r"\[\[scan.network\]\]"),
        ("[[scan.network]]\nhost = 'a'\n", "scan.network.host"),
        ("[[scan.network]]\nname = 'a'\n", "scan.network.address"),
        ("[[scan.network]]\naddress = 'a'\nfingerprint = 'ab'\n", "SHA-256"),
        ("[scan]\ncameras = 11\n", "scan.cameras"),
        ("[[pages.ways]]\nname = 'a'\ncolour = 'blue'\n", "pages.ways"),
        ("[[pages.ways]]\nname = 'a'\n[[pages.ways]]\nname = 'a'\n", "pages.ways.name"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=words):
        load_settings(tmp_path)
