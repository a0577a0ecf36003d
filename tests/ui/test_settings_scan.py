"""The scanners in the settings: what is found, an address or a folder that is tried, a page that is scanned."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QWidget

from counter_app.app import RunningApp
from counter_app.scan_settings import NetworkScanner, PageSettings, ScanSettings
from counter_app.scanning import mdns, sane
from counter_app.scanning.mdns import Announced
from counter_app.scanning.model import ReadPage, ScanProfile, ScanTrouble, SourceInfo
from counter_app.settings import load_settings, save_settings
from counter_app.ui.scan_page import ScanPage
from counter_app.ui.settings_page import SettingsPage
from counter_app.ui.settings_page_scan import ScanForm
from counter_app.ui.settings_page_scan_page import PageTrialDialog
from counter_app.ui.settings_page_scan_trust import TrustDialog, grouped
from tests.scanning.escl_printer import EsclPrinter, escl_printer, own_certificate
from tests.services.scan_samples import scanned
from tests.ui.window_fixtures import press, settings_page, settle, type_text

WAIT_MS = 20_000
Dialog = TypeVar("Dialog", bound=QDialog)
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
USB = SourceInfo("sane:epson2:1", "Epson DS-530", "sane", has_feeder=True, has_duplex=True, resolutions=(100, 300, 600))


class Device:
    """A scanner at a cable; ``troubles`` come one after the other, then pages. ``gate`` shut: it waits."""

    id, name, info = USB.id, USB.name, USB

    def __init__(self) -> None:
        self.troubles: list[ScanTrouble] = []
        self.profiles: list[ScanProfile] = []
        self.sheets = 3
        self.gate = threading.Event()
        self.gate.set()

    def scan(self, profile: ScanProfile, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        self.profiles.append(profile)
        if self.troubles:
            raise self.troubles.pop(0)
        while self.sheets:
            while not self.gate.wait(0.01) and not stop():
                pass
            if stop():
                raise ScanTrouble("stopped", "Đã dừng quét.")
            self.sheets -= 1
            take(scanned("trang thử"))


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    """The only scanner at this machine; nothing announces itself in the network."""
    made = Device()
    monkeypatch.setattr(sane, "list_devices", lambda: (made,))
    monkeypatch.setattr(mdns, "announced_scanners", lambda: ())
    yield made
    made.gate.set()


@pytest.fixture
def page(running: RunningApp, device: Device, qtbot: Any) -> SettingsPage:
    return opened(running, qtbot)


@pytest.fixture
def form(page: SettingsPage) -> ScanForm:
    return page.scan_form


@pytest.fixture
def printer() -> Iterator[EsclPrinter]:
    with escl_printer(EsclPrinter()) as made:
        yield made


def opened(running: RunningApp, qtbot: Any) -> SettingsPage:
    """The page with the scanners in front, all found."""
    shown = settings_page(running, qtbot)
    shown.tabs.setCurrentWidget(shown.scan_form)
    at_rest(shown.scan_form, qtbot)
    return shown


def at_rest(form: ScanForm, qtbot: Any) -> None:
    """Wait until nothing is looked for, tried or read."""
    qtbot.waitUntil(
        lambda: form.again_button.isEnabled() and form.add_button.isEnabled() and not form.context.executor.pending,
        timeout=WAIT_MS,
    )


def key(page: QWidget, qtbot: Any, letter: Qt.Key, modifier: Any = ALT) -> None:
    """Press a key in the window."""
    be_active(page.window(), qtbot)
    press(letter, modifier)


def be_active(window: QWidget, qtbot: Any) -> None:
    """Off screen nobody hands the keyboard from one window to the next."""
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window, timeout=WAIT_MS)


def rows(form: ScanForm) -> list[list[str]]:
    model = form.table.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def is_told(form: ScanForm, words: str, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: words in form.folder_words.text(), timeout=WAIT_MS)


def choose(form: ScanForm, qtbot: Any, row: int) -> None:
    form.table.setFocus()
    qtbot.keyClick(form.table, Qt.Key.Key_Home, CTRL)
    for _step in range(row):
        qtbot.keyClick(form.table, Qt.Key.Key_Down)


def enter(form: ScanForm, qtbot: Any, address: str, name: str = "") -> None:
    """Type an address and a name, and press Enter."""
    form.address.clear()
    type_text(address, at=form.address)
    form.scanner_name.setText(name)
    qtbot.keyClick(form.scanner_name, Qt.Key.Key_Return)
    at_rest(form, qtbot)


def saved(page: SettingsPage, running: RunningApp, qtbot: Any) -> ScanSettings:
    key(page, qtbot, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: not page.dirty, timeout=WAIT_MS)
    at_rest(page.scan_form, qtbot)
    return load_settings(running.desk.directory).scan


def dialog_of(form: ScanForm, kind: type[Dialog], qtbot: Any) -> Dialog:
    """The window of this kind that has come up."""

    def visible() -> list[Dialog]:
        return [one for one in form.findChildren(kind) if one.isVisible()]

    qtbot.waitUntil(lambda: bool(visible()), timeout=WAIT_MS)
    (found,) = visible()
    be_active(found, qtbot)
    return found


def compare_and_trust(form: ScanForm, qtbot: Any) -> TrustDialog:
    """By the keyboard alone."""
    dialog = dialog_of(form, TrustDialog, qtbot)
    qtbot.keyClick(dialog.compared, Qt.Key.Key_Space)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=WAIT_MS)
    at_rest(form, qtbot)
    return dialog


def test_what_is_found_is_listed_with_what_it_can_do(form: ScanForm, page: SettingsPage) -> None:
    assert rows(form) == [["Epson DS-530", "Cáp vào máy này", "Có", "Có", "100–600", "✓ Sẵn sàng"]]
    assert form.state_words.text() == "Tìm thấy 1 nguồn quét, 0 không dùng được ngay."
    assert not page.dirty
    assert not form.remove_button.isEnabled(), "nobody entered it"
    assert not form.trust_button.isEnabled()


def test_a_scanner_is_tried_by_its_address_then_kept_and_used_on_the_page_of_scanning(
    form: ScanForm, page: SettingsPage, running: RunningApp, printer: EsclPrinter, qtbot: Any
) -> None:
    running.window.show_page("scan")
    scan_page = running.window.page("scan")
    assert isinstance(scan_page, ScanPage)
    qtbot.waitUntil(lambda: scan_page.controls.sources.count() == 1, timeout=WAIT_MS)
    running.window.show_page("settings")
    settle(qtbot, running.executor)
    enter(form, qtbot, f"127.0.0.1:{printer.port}", "Máy tầng 2")
    assert "Máy tầng 2, có khay nạp, quét được hai mặt" in form.add_words.text()
    assert rows(form)[1] == ["Máy tầng 2", "Mạng", "Có", "Có", "50–600", "✓ Sẵn sàng"]
    assert form.address.text() == ""
    assert page.dirty
    assert load_settings(running.desk.directory).scan.network == (), "nothing is kept before it is saved"
    expected = NetworkScanner(f"http://127.0.0.1:{printer.port}/eSCL", "Máy tầng 2")
    assert saved(page, running, qtbot).network == (expected,)
    qtbot.waitUntil(lambda: scan_page.controls.sources.count() == 2, timeout=WAIT_MS)
    choose(form, qtbot, 1)
    form.remove_button.click()
    assert len(rows(form)) == 1
    assert saved(page, running, qtbot).network == ()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Địa chỉ máy quét chưa đúng"),
        ("ipp://127.0.0.1/ipp/print", "Địa chỉ máy quét chưa đúng"),
        ("http://canbo:mat-khau@127.0.0.1", "không kèm tên và mật khẩu"),
        ("127.0.0.1:cổng", "Địa chỉ máy quét chưa đúng"),
        ("127.0.0.1:9", "Không có máy quét AirScan/eSCL nào trả lời ở «127.0.0.1:9»"),
    ],
)
def test_an_address_without_a_scanner_is_told_and_not_kept(
    form: ScanForm, page: SettingsPage, qtbot: Any, address: str, words: str
) -> None:
    enter(form, qtbot, address)
    assert words in form.add_words.text()
    assert form.add_words.property("tone") == "error"
    assert form.address.text() == address, "it can be mended"
    assert not page.dirty


def test_a_certificate_is_trusted_only_when_somebody_has_compared_it(
    form: ScanForm, page: SettingsPage, running: RunningApp, tmp_path: Path, qtbot: Any
) -> None:
    with escl_printer(EsclPrinter(), own_certificate(tmp_path, "PRINTER")) as printer:
        address = f"127.0.0.1:{printer.port}"
        form.address.setText(address)
        qtbot.keyClick(form.address, Qt.Key.Key_Return)
        dialog = dialog_of(form, TrustDialog, qtbot)
        assert dialog.code.text() == grouped(dialog.fingerprint)
        assert not dialog.changed.isVisible()
        assert not dialog.trust.isEnabled(), "not before it has been compared"
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert dialog.isVisible()
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert "Chưa thêm" in form.add_words.text()
        assert not page.dirty
        assert printer.asked == [], "nothing was said to it yet"
        qtbot.keyClick(form.address, Qt.Key.Key_Return)
        dialog = compare_and_trust(form, qtbot)
        assert "Máy thử eSCL" in form.add_words.text()
        expected = NetworkScanner(f"https://{address}/eSCL", "", dialog.fingerprint)
        assert saved(page, running, qtbot).network == (expected,)


def test_a_scanner_that_changed_its_certificate_is_shown_and_compared_anew(
    running: RunningApp, device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    with escl_printer(EsclPrinter(), own_certificate(tmp_path, "PRINTER")) as printer:
        entered = NetworkScanner(f"https://127.0.0.1:{printer.port}", "Máy tầng 2", "ab" * 32)
        be_set(running, ScanSettings(network=(entered,)))
        page = opened(running, qtbot)
        form = page.scan_form
        assert rows(form)[1] == ["Máy tầng 2", "Mạng", "–", "–", "–", "⚠ Chưa tin chứng thư"]
        choose(form, qtbot, 1)
        assert not form.test_button.isEnabled()
        qtbot.keyClick(form.trust_button, Qt.Key.Key_Space)
        assert dialog_of(form, TrustDialog, qtbot).changed.isVisible()
        dialog = compare_and_trust(form, qtbot)
        assert rows(form)[1][-1] == "✓ Sẵn sàng"
        (kept,) = saved(page, running, qtbot).network
        assert (kept.name, kept.fingerprint) == ("Máy tầng 2", dialog.fingerprint), "in the place of the old one"


def test_a_scanner_that_announces_itself_can_be_trusted_too(
    running: RunningApp, device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    with escl_printer(EsclPrinter(), own_certificate(tmp_path, "PRINTER")) as printer:
        said = (Announced(f"{printer.address}/eSCL", "Kyocera M2040dn"),)
        monkeypatch.setattr(mdns, "announced_scanners", lambda: said)
        page = opened(running, qtbot)
        form = page.scan_form
        choose(form, qtbot, 1)
        form.trust_button.click()
        dialog = compare_and_trust(form, qtbot)
        assert saved(page, running, qtbot).network == (
            NetworkScanner(f"{printer.address}/eSCL", "", dialog.fingerprint),
        )
        assert len(rows(form)) == 2


def test_a_scanner_that_is_off_is_listed_with_what_is_wrong(running: RunningApp, device: Device, qtbot: Any) -> None:
    be_set(running, ScanSettings(network=(NetworkScanner("http://127.0.0.1:9", "Máy cũ"),)))
    form = opened(running, qtbot).scan_form
    assert rows(form)[1][-1] == "✗ Không trả lời"
    assert "1 không dùng được ngay" in form.state_words.text()
    choose(form, qtbot, 1)
    assert "Không liên lạc được với máy quét" in form.trouble_words.text()
    choose(form, qtbot, 0)
    assert not form.trouble_words.isVisible()


def test_one_page_is_scanned_shown_and_forgotten(
    form: ScanForm, device: Device, running: RunningApp, qtbot: Any
) -> None:
    before = {path for path in running.desk.directory.rglob("*") if path.suffix in (".png", ".jpg")}
    device.troubles.append(ScanTrouble("no_paper", "Khay nạp không có giấy."))
    key(form, qtbot, Qt.Key.Key_Q)
    dialog = dialog_of(form, PageTrialDialog, qtbot)
    qtbot.waitUntil(dialog.again.isEnabled, timeout=WAIT_MS)
    assert dialog.told.text() == "Khay nạp không có giấy."
    qtbot.keyClick(dialog, Qt.Key.Key_K, ALT)
    qtbot.waitUntil(lambda: not dialog.feeder.isChecked(), timeout=WAIT_MS)
    qtbot.keyClick(dialog, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "Quét được: " in dialog.told.text(), timeout=WAIT_MS)
    assert not dialog.sheet.pixmap().isNull()
    assert [(one.feeder, one.resolution) for one in device.profiles] == [(True, 300), (False, 300)]
    assert device.sheets == 2, "one sheet and no more"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert {path for path in running.desk.directory.rglob("*") if path.suffix in (".png", ".jpg")} == before


def test_leaving_stops_the_scanner_first(form: ScanForm, device: Device, qtbot: Any) -> None:
    device.gate.clear()
    form.test_button.click()
    dialog = dialog_of(form, PageTrialDialog, qtbot)
    qtbot.waitUntil(lambda: bool(device.profiles), timeout=WAIT_MS)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert "Đang dừng" in dialog.told.text()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=WAIT_MS)
    assert device.sheets == 3


def test_a_folder_is_examined_before_it_is_watched(
    form: ScanForm, page: SettingsPage, running: RunningApp, tmp_path: Path, qtbot: Any
) -> None:
    form.take_folder(str(tmp_path / "chưa có"))
    is_told(form, "Không mở được thư mục quét", qtbot)
    key(page, qtbot, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: "Không mở được thư mục quét" in page.state.text(), timeout=WAIT_MS)
    assert page.dirty, "a folder that cannot be used is not kept"
    form.take_folder(str(running.desk.directory))
    is_told(form, "chứa dữ liệu của chương trình", qtbot)
    empty, folder = tmp_path / "trống", tmp_path / "quét"
    empty.mkdir()
    folder.mkdir()
    for name in ("một.pdf", "hai.JPG", "chữ.txt", ".ẩn.pdf"):
        (folder / name).write_bytes(b"1")
    form.take_folder(str(empty))
    form.take_folder(str(folder))
    is_told(form, "đang có 2 tệp chờ", qtbot)
    form.take_folder(str(empty))
    is_told(form, "chưa có tệp nào", qtbot)
    form.take_folder(str(folder))
    is_told(form, "đang có 2 tệp chờ", qtbot)
    form.cameras.setValue(1)
    for box in (form.discover, form.despeckle):
        qtbot.keyClick(box, Qt.Key.Key_Space)
    assert saved(page, running, qtbot) == ScanSettings(str(folder), 1, discover=False)
    assert running.context.desk.settings.pages == PageSettings(despeckle=False)
    assert [row[0] for row in rows(form)] == ["Epson DS-530", "Thư mục quét", "Máy ảnh 1"]
    choose(form, qtbot, 1)
    assert not form.test_button.isEnabled(), "what is taken from a folder is deleted"
    assert len(list(folder.iterdir())) == 4


def test_taking_changes_back_brings_the_list_back(
    running: RunningApp, device: Device, printer: EsclPrinter, qtbot: Any
) -> None:
    be_set(running, ScanSettings(network=(NetworkScanner(printer.address, "Tầng 2"),)))
    page = opened(running, qtbot)
    form = page.scan_form
    choose(form, qtbot, 1)
    form.remove_button.click()
    assert len(rows(form)) == 1
    page.undo_button.click()
    settle(qtbot, running.executor)
    qtbot.waitUntil(lambda: len(rows(form)) == 2, timeout=WAIT_MS)
    at_rest(form, qtbot)
    assert form.changes(running.desk.settings).scan.network == (NetworkScanner(printer.address, "Tầng 2"),)


def test_a_machine_without_any_scanner_is_told_what_to_do(
    running: RunningApp, device: Device, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    monkeypatch.setattr(sane, "list_devices", lambda: ())
    form = opened(running, qtbot).scan_form
    assert "bấm «Tìm lại»" in form.state_words.text()
    monkeypatch.setattr(sane, "list_devices", lambda: (device,))
    key(form, qtbot, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: len(rows(form)) == 1, timeout=WAIT_MS)


def be_set(running: RunningApp, scan: ScanSettings) -> None:
    """As if this had been saved at another time."""
    context = running.context
    settings = replace(context.desk.settings, scan=scan)
    save_settings(context.desk.directory, settings)
    context.desk = replace(context.desk, settings=settings)


def test_each_letter_leads_to_one_place_only(form: ScanForm) -> None:
    labelled = [*form.findChildren(QLabel), *form.findChildren(QAbstractButton)]
    texts = [one.text() for one in labelled]
    letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert len(letters) >= 10
    assert len(letters) == len(set(letters))
