"""Several dossiers as one stack: sheets printed from F7, all of it through the copier, each paper where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.pdfium import PDFIUM
from counter_app.scan_settings import ScanSettings
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.reading import show
from counter_app.services.values import Received
from counter_app.services.verify import verify
from counter_app.settings import load_settings, save_settings, with_changes
from counter_app.ui.digitising_page import DigitisingPage
from counter_app.ui.scan_page import ScanPage
from tests.services.scan_samples import scanned
from tests.ui.window_fixtures import Clock, press, settle

TakeIn = Callable[..., Received]
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
LONG_MS = 120_000
DPI = 200
A4 = (1240, 1754)
PROCEDURES = ("2.000884", "1.013314", "1.010028")
SKEWS = (4.5, -2.0, 0.0, 3.0, -5.0, 1.5)
"""Degrees, in turn, by which the feeder draws sheets in askew."""


@pytest.fixture
def copier(tmp_path: Path) -> Path:
    """The folder into which the office's copier scans."""
    folder = tmp_path / "máy photocopy"
    folder.mkdir()
    return folder


@pytest.fixture
def desk(directory: Path, clock: Clock, copier: Path) -> Iterator[DeskContext]:
    settings = with_changes(load_settings(directory), scan=ScanSettings(folder=str(copier), discover=False))
    save_settings(directory, settings)
    opened = open_desk(directory, clock)
    yield opened
    opened.close()


@pytest.fixture
def codes(take_in: TakeIn) -> tuple[str, ...]:
    """Three dossiers of three applicants: two papers to be scanned, one, and one of two."""
    return tuple(take_in(person, procedure).code for person, procedure in enumerate(PROCEDURES))


@pytest.fixture
def at_work(running: RunningApp, codes: tuple[str, ...], qtbot: Any) -> RunningApp:
    """The window in front, with the worker that makes documents of pages."""
    running.context.scans = running._new_scan_queue()
    running.context.scans.start()
    running.window.show()
    qtbot.waitExposed(running.window)
    qtbot.waitUntil(running.window.isActiveWindow)
    settle(qtbot, running.executor)
    return running


def digitising(at_work: RunningApp, qtbot: Any) -> DigitisingPage:
    """F7, its list read."""
    press(Qt.Key.Key_F7)
    page = at_work.window.page("digitising")
    assert isinstance(page, DigitisingPage)
    qtbot.waitUntil(page.isVisible)
    settle(qtbot, at_work.executor)
    press(Qt.Key.Key_1, ALT)
    settle(qtbot, at_work.executor)
    return page


def rate(page: DigitisingPage, qtbot: Any) -> str:
    """Alt+2: the rate of the month."""
    press(Qt.Key.Key_2, ALT)
    settle(qtbot, page.context.executor)
    qtbot.waitUntil(lambda: page.rate.report is not None)
    return page.rate.total.text()


def covers(at_work: RunningApp, folder: Path, qtbot: Any) -> list[Image.Image]:
    """Ctrl+A on the list, the sheets for all of it looked at and printed into a file; what comes out of the printer."""
    page = digitising(at_work, qtbot)
    qtbot.waitUntil(lambda: page.todo.model.rowCount() == 4 and page.todo.table.hasFocus())
    press(Qt.Key.Key_A, CTRL)
    press(Qt.Key.Key_Q, CTRL | SHIFT)
    qtbot.waitUntil(lambda: page.todo.sheets.dialog is not None)
    dialog = page.todo.sheets.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.preview.picture(0) is not None, timeout=LONG_MS)
    dialog.save_to(str(folder / "to-ngan.pdf"))
    settle(qtbot, at_work.executor)
    dialog.reject()
    at_work.window.activateWindow()
    qtbot.waitUntil(at_work.window.isActiveWindow)
    with PDFIUM:
        document = pypdfium2.PdfDocument(folder / "to-ngan.pdf")
        pictures = [page.render(scale=DPI / 72).to_pil().convert("RGB") for page in document]
        document.close()
    return pictures


def through_the_copier(folder: Path, sheets: Sequence[Image.Image]) -> None:
    """The stack as one PDF, as copiers make it, every sheet a little askew."""
    pages = [
        sheet.rotate(SKEWS[place % len(SKEWS)], Image.Resampling.BICUBIC, fillcolor="white")
        for place, sheet in enumerate(sheets)
    ]
    pages[0].save(folder.parent / "scan.pdf", save_all=True, append_images=pages[1:], resolution=DPI, quality=85)
    (folder.parent / "scan.pdf").rename(folder / "scan0001.pdf")


def paper(text: str) -> Image.Image:
    """A page of A4 with these lines on it."""
    return Image.open(BytesIO(scanned(text, blank=not text).data)).convert("RGB").resize(A4)


def stack(sheets: Sequence[Image.Image]) -> list[Image.Image]:
    """Each sheet before a page of its paper; the second paper has two pages, the first of them a blank back."""
    pages = []
    for number, sheet in enumerate(sheets, 1):
        pages += [sheet, paper(f"Giấy tờ số {number}\nTrang một của giấy tờ này")]
        if number == 2:
            pages += [paper(""), paper(f"Giấy tờ số {number}\nTrang hai")]
    return pages


def scan_stack(at_work: RunningApp, pages: int, qtbot: Any) -> ScanPage:
    """F11, the folder of the copier as the source, F5; all is read, looked at and sorted."""
    press(Qt.Key.Key_F11)
    page = at_work.window.page("scan")
    assert isinstance(page, ScanPage)
    qtbot.waitUntil(page.controls.scan.isEnabled, timeout=LONG_MS)
    names = [page.controls.sources.itemText(row) for row in range(page.controls.sources.count())]
    page.controls.sources.setCurrentIndex(next(row for row, name in enumerate(names) if name.startswith("Thư mục")))
    with qtbot.waitSignal(page.session.looked, timeout=LONG_MS):
        press(Qt.Key.Key_F5)
    settle(qtbot, at_work.executor)
    assert len(page.session.pages) == pages
    return page


def send(page: ScanPage, documents: int, qtbot: Any) -> None:
    """Ctrl+G, and wait until so many documents are attached in all."""
    press(Qt.Key.Key_G, CTRL)
    table = page.groups

    def attached() -> int:
        return sum(table.item(row, 4).text() == "Đã gắn" for row in range(table.rowCount()))

    qtbot.waitUntil(lambda: attached() == documents, timeout=LONG_MS)
    settle(qtbot, page.context.executor)


def documents(desk: DeskContext, code: str) -> list[tuple[str, int]]:
    return [(item.component_code, item.pages) for item in show(desk, code).documents]


@pytest.mark.timeout(300)
def test_three_dossiers_in_one_stack(
    at_work: RunningApp, codes: tuple[str, ...], copier: Path, tmp_path: Path, qtbot: Any
) -> None:
    desk = at_work.desk
    sheets = covers(at_work, tmp_path, qtbot)
    assert len(sheets) == 4
    assert rate(at_work.window.page("digitising"), qtbot).startswith("Số hóa: 0,0 % (0 / 3)")  # type: ignore[arg-type]
    through_the_copier(copier, stack(sheets))
    page = scan_stack(at_work, 10, qtbot)
    found = [(group.dossier, group.component, len(group.page_ids), group.state) for group in page.session.groups]
    one, two, three = codes
    assert found == [
        (one, "TP01", 1, "ready"),
        (one, "TP02", 2, "ready"),
        (two, "TP01", 1, "ready"),
        (three, "TP02", 1, "ready"),
    ]
    send(page, 4, qtbot)
    assert documents(desk, one) == [("TP01", 1), ("TP02", 2)]
    assert documents(desk, two) == [("TP01", 1)]
    assert documents(desk, three) == [("TP02", 1)]
    todo = digitising(at_work, qtbot)
    qtbot.waitUntil(lambda: todo.todo.model.rowCount() == 0)
    assert "Không còn giấy tờ nào phải quét" in todo.todo.detail.text()
    assert rate(todo, qtbot).startswith("Số hóa: 100,0 % (3 / 3)")
    assert verify(desk).problems == ()


@pytest.mark.timeout(300)
def test_a_spoilt_sheet_waits_for_a_person(
    at_work: RunningApp, codes: tuple[str, ...], copier: Path, tmp_path: Path, qtbot: Any
) -> None:
    desk = at_work.desk
    one, two, three = codes
    sheets = covers(at_work, tmp_path, qtbot)
    sheets[2] = spoilt(sheets[2])
    through_the_copier(copier, stack(sheets))
    page = scan_stack(at_work, 10, qtbot)
    groups = page.session.groups
    assert [group.state for group in groups] == ["ready", "undecided", "undecided", "ready"]
    assert (groups[2].dossier, groups[2].component) == ("", "")
    send(page, 2, qtbot)
    assert "Còn 2 tài liệu cần xem" in page.note.text()
    assert documents(desk, two) == []
    assert documents(desk, one) == [("TP01", 1)], "what lies before it waits too: it may hold pages of both"

    page.groups.selectRow(1)
    assert "tờ ngăn không đọc được" in page.note.text()
    page.view.setFocus()
    press(Qt.Key.Key_X)
    settle(qtbot, at_work.executor)
    page.groups.selectRow(2)
    assert "không đọc được mã" in page.note.text()
    press(Qt.Key.Key_H, CTRL)
    qtbot.keyClicks(QApplication.focusWidget(), two)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.target.target.dossier == two)
    press(Qt.Key.Key_B, CTRL)
    settle(qtbot, at_work.executor)
    sheet = page.session.groups[2].page_ids[0]
    page.view.choose([sheet])
    page.view.setFocus()
    press(Qt.Key.Key_Delete)
    settle(qtbot, at_work.executor)
    send(page, 4, qtbot)
    assert documents(desk, one) == [("TP01", 1), ("TP02", 2)]
    assert documents(desk, two) == [("TP01", 1)], "its page alone, without the sheet"
    assert documents(desk, three) == [("TP02", 1)]


def spoilt(sheet: Image.Image) -> Image.Image:
    """Every QR on it crossed out with a felt pen."""
    made = sheet.copy()
    draw = ImageDraw.Draw(made)
    codes = zxingcpp.read_barcodes(made, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    for code in codes:
        place = code.position
        corners = [
            (corner.x, corner.y) for corner in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        ]
        draw.line((corners[0], corners[2]), "black", 30)
        draw.line((corners[1], corners[3]), "black", 30)
    return made
