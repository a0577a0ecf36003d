"""From the feeder into the dossier and back by a word of the paper: real drivers, real worker, the keyboard alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.scan_settings import ScanSettings
from counter_app.services.catalogue import get_procedure
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.document_text import find_in_documents
from counter_app.services.outbox import list_outbox
from counter_app.services.reading import show
from counter_app.services.values import Received
from counter_app.services.verify import verify
from counter_app.settings import load_settings, save_settings, with_changes
from counter_app.ui.scan_page import ScanPage
from tests.services.scan_samples import scanned
from tests.ui.window_fixtures import Clock, settle

TakeIn = Callable[..., Received]
CTRL = Qt.KeyboardModifier.ControlModifier
LONG_MS = 90_000
TWO_PAPERS = "2.000884"

needs_sane = pytest.mark.skipif(shutil.which("scanimage") is None, reason="scanimage is missing (package sane-utils)")
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is missing")


@pytest.fixture
def copier(tmp_path: Path) -> Path:
    """The folder into which the office's copier scans."""
    folder = tmp_path / "máy photocopy"
    folder.mkdir()
    return folder


@pytest.fixture
def desk(
    directory: Path, clock: Clock, copier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DeskContext]:
    """A desk with SANE's own test scanner (a feeder of ten sheets) and a watched folder."""
    drivers = tmp_path / "sane.d"
    drivers.mkdir()
    (drivers / "dll.conf").write_text("test\n")
    (drivers / "test.conf").write_text("number_of_devices 1\ntest-picture Grid\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(drivers))
    settings = with_changes(load_settings(directory), scan=ScanSettings(folder=str(copier), discover=False))
    save_settings(directory, settings)
    opened = open_desk(directory, clock)
    yield opened
    opened.close()


@pytest.fixture
def at_work(running: RunningApp, qtbot: Any) -> RunningApp:
    """The window in front, with the worker that makes documents of pages."""
    running.context.scans = running._new_scan_queue()
    running.context.scans.start()
    running.window.show()
    qtbot.waitExposed(running.window)
    qtbot.waitUntil(running.window.isActiveWindow)
    settle(qtbot, running.executor)
    return running


def press(qtbot: Any, key: Any, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def choose(qtbot: Any, combo: Any, wanted: str) -> None:
    """Tab to a list and go down it to the line that begins so."""
    combo.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Qt.Key.Key_Home)
    while not combo.currentText().startswith(wanted):
        before = combo.currentIndex()
        press(qtbot, Qt.Key.Key_Down)
        assert combo.currentIndex() > before, f"{wanted} is not offered"


def open_by_code(at_work: RunningApp, code: str, qtbot: Any) -> None:
    """Ctrl+K, the code as a barcode scanner types it."""
    press(qtbot, Qt.Key.Key_K, CTRL)
    qtbot.keyClicks(QApplication.focusWidget(), code)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: at_work.window.current_page == "dossier")
    settle(qtbot, at_work.executor)


def scan_page(at_work: RunningApp, qtbot: Any, code: str) -> ScanPage:
    """Ctrl+Q on the dossier's page; the scanners have answered."""
    press(qtbot, Qt.Key.Key_Q, CTRL)
    page = at_work.window.page("scan")
    assert isinstance(page, ScanPage)
    qtbot.waitUntil(lambda: page.target.target.dossier == code)
    qtbot.waitUntil(page.controls.scan.isEnabled, timeout=LONG_MS)
    return page


def scan(page: ScanPage, qtbot: Any, pages: int) -> None:
    """F5, and wait until so many pages are there and looked at."""
    press(qtbot, Qt.Key.Key_F5)
    session = page.session
    qtbot.waitUntil(lambda: len(session.pages) == pages or bool(page.note.text()), timeout=LONG_MS)
    qtbot.waitUntil(lambda: not session.is_reading and not session.work.unseen, timeout=LONG_MS)
    settle(qtbot, page.context.executor)
    assert len(session.pages) == pages, page.note.text()


@needs_sane
@needs_tesseract
@pytest.mark.timeout(240)
def test_ten_pages_by_feeder_then_a_paper_that_is_found_by_its_words(
    at_work: RunningApp, take_in: TakeIn, copier: Path, qtbot: Any
) -> None:
    desk = at_work.desk
    code = take_in(procedure=TWO_PAPERS).code
    first, second = (item.code for item in get_procedure(desk, TWO_PAPERS).components)
    open_by_code(at_work, code, qtbot)
    page = scan_page(at_work, qtbot, code)
    assert page.target.target.component == first
    choose(qtbot, page.controls.sources, page.controls.sources.itemText(0))
    choose(qtbot, page.controls.page, "A5")
    choose(qtbot, page.controls.resolution, "200")
    scan(page, qtbot, 10)
    assert page.target.target.component == second, "the next missing paper is offered"
    press(qtbot, Qt.Key.Key_G, CTRL)
    qtbot.waitUntil(lambda: show(desk, code).scans_in_work == {(first, "")}, timeout=LONG_MS)
    qtbot.waitUntil(lambda: len(show(desk, code).documents) == 1, timeout=LONG_MS)
    (document,) = show(desk, code).documents
    assert (document.component_code, document.pages) == (first, 10)
    with pikepdf.open(desk.documents.path_of(document.sha256)) as pdf, pdf.open_metadata() as facts:
        assert (facts["pdfaid:part"], facts["pdfaid:conformance"]) == ("2", "B")
        width, height = (float(edge) / 72 * 25.4 for edge in pdf.pages[0].MediaBox[2:])
        assert (round(width), round(height)) == (148, 200), "as large as the paper; the glass ends at 200 mm"
    assert [row.kind for row in list_outbox(desk) if row.dossier_code == code] == ["create", "upload"]

    # The copier puts a paper into its folder meanwhile.
    (copier / "scan0001.png").write_bytes(scanned("Giấy chứng nhận quyền sử dụng đất\nThửa đất số 127").data)
    choose(qtbot, page.controls.sources, "Thư mục")
    scan(page, qtbot, 1)
    press(qtbot, Qt.Key.Key_G, CTRL)
    assert "dưới chuẩn" in page.note.text(), "the picture is one of 100 dpi: said once before it goes"
    press(qtbot, Qt.Key.Key_G, CTRL)
    qtbot.waitUntil(lambda: len(show(desk, code).documents) == 2, timeout=LONG_MS)
    qtbot.waitUntil(lambda: bool(find_in_documents(desk, "quyen su dung dat")), timeout=LONG_MS)
    assert not list(copier.iterdir())

    press(qtbot, Qt.Key.Key_F3)
    press(qtbot, Qt.Key.Key_K, CTRL)
    qtbot.keyClicks(QApplication.focusWidget(), "quyen su dung dat")
    qtbot.waitUntil(lambda: at_work.window.search_box.results.count == 1)
    assert f"{code}-{second}.pdf" in at_work.window.search_box.results.texts()[0]
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: at_work.window.current_page == "dossier")
    settle(qtbot, at_work.executor)
    assert verify(desk).problems == ()
