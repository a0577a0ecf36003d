"""F11: pages as they come, put right by keyboard and mouse, and sent; nothing read is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.rules.scan_sheets import Separator, SheetKind, encode
from counter_app.scanning.folder import FolderSource
from counter_app.scanning.model import ScanTrouble
from counter_app.services.desk import DeskContext
from counter_app.services.document_text import read_documents
from counter_app.services.reading import show
from counter_app.services.scan_jobs import open_jobs
from counter_app.services.values import Received
from counter_app.settings import load_settings, with_changes
from counter_app.ui.main_window import MainWindow
from counter_app.ui.scan_page import ScanPage
from counter_app.ui.scan_pages_view import PAGES_MIME
from tests.services.scan_samples import printed_pdf, scanned
from tests.ui.scan_fixtures import FedScanner, at_rest, choose_dossier, key, order, rows, scan, work_off
from tests.ui.window_fixtures import drain, settle

TakeIn = Callable[..., Received]
CTRL = Qt.KeyboardModifier.ControlModifier


def test_pages_appear_while_the_next_ones_are_read(scan_page: ScanPage, scanner: FedScanner, qtbot: Any) -> None:
    page = scan_page
    scanner.gate.clear()
    scanner.feeder = [scanned("một"), scanned("hai")]
    qtbot.keyClick(page.view, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: page.session.is_reading)
    assert not page.controls.scan.isEnabled()
    scanner.gate.set()
    at_rest(page, qtbot)
    assert page.view.model().rowCount() == 2
    qtbot.waitUntil(lambda: page.view.pages.data(page.view.pages.index(0), 258) is not None)
    assert "Đã quét 2 trang" in page.note.text()
    assert scanner.profiles[0].resolution == 200


def test_one_paper_after_the_other_into_the_dossier(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, desk: DeskContext, qtbot: Any
) -> None:
    page = scan_page
    code = take_in(procedure="2.000884").code
    papers = [item.code for item in show(desk, code).components]
    choose_dossier(page, qtbot, code)
    assert page.target.target.component == papers[0], "the first missing paper is offered"
    scan(page, scanner, qtbot, ["Đơn trang 1", "Đơn trang 2"])
    assert page.target.target.component == papers[1], "then the next one"
    scan(page, scanner, qtbot, ["Giấy tờ khác"])
    assert rows(page) == ["2 Sẵn sàng gắn", "1 Sẵn sàng gắn"]
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert rows(page) == ["2 Đang chờ xử lý", "1 Đang chờ xử lý"]
    assert show(desk, code).scans_in_work == {(papers[0], ""), (papers[1], "")}
    work_off(page, qtbot)
    assert rows(page) == ["2 Đã gắn", "1 Đã gắn"]
    assert [(item.component_code, item.pages) for item in show(desk, code).documents] == [
        (papers[0], 2),
        (papers[1], 1),
    ]
    assert "✓ đã có" in page.target.paper.itemText(0)


def test_a_trouble_says_what_to_do_and_scanning_goes_on_where_it_was(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, qtbot: Any
) -> None:
    page = scan_page
    choose_dossier(page, qtbot, take_in().code)
    scanner.trouble = ScanTrouble("jam", "Kẹt giấy. Hãy mở nắp, lấy giấy ra rồi đóng lại.")
    scan(page, scanner, qtbot, ["một", "hai"])
    assert "Kẹt giấy" in page.note.text()
    assert "giữ 2 trang" in page.note.text()
    assert "Quét tiếp" in page.controls.scan.text()
    scan(page, scanner, qtbot, ["ba"])
    assert rows(page) == ["3 Sẵn sàng gắn"], "the paper goes on"


def test_escape_stops_and_what_was_read_stays(scan_page: ScanPage, scanner: FedScanner, qtbot: Any) -> None:
    page = scan_page
    scanner.gate.clear()
    scanner.feeder = [scanned("một"), scanned("hai")]
    qtbot.keyClick(page.view, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: bool(scanner.profiles))
    qtbot.keyClick(page.view, Qt.Key.Key_Escape)
    at_rest(page, qtbot)
    assert "Đã dừng" in page.note.text()
    assert len(scanner.feeder) == 2


def test_blank_pages_are_struck_out_and_can_be_taken_back(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, qtbot: Any
) -> None:
    page = scan_page
    choose_dossier(page, qtbot, take_in().code)
    scan(page, scanner, qtbot, ["một", scanned("", blank=True), "ba"])
    assert [item.is_dropped for item in page.session.pages] == [False, True, False]
    assert rows(page) == ["2 Sẵn sàng gắn"]
    page.view.choose(order(page)[1:2])
    key(page, qtbot, Qt.Key.Key_Delete)
    assert rows(page) == ["3 Sẵn sàng gắn"]
    key(page, qtbot, Qt.Key.Key_Z, CTRL)
    assert rows(page) == ["2 Sẵn sàng gắn"]


def test_pages_are_turned_dropped_split_joined_and_moved_by_keys_and_all_is_undone(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, qtbot: Any
) -> None:
    page = scan_page
    choose_dossier(page, qtbot, take_in().code)
    scan(page, scanner, qtbot, ["một", "hai", "ba", "bốn"])
    before = page.session.pages
    first, second, third, fourth = order(page)
    page.view.choose([second])
    key(page, qtbot, Qt.Key.Key_E)
    key(page, qtbot, Qt.Key.Key_E)
    key(page, qtbot, Qt.Key.Key_Q)
    assert page.session.pages[1].turn == (before[1].turn + 1) % 4
    key(page, qtbot, Qt.Key.Key_Right, CTRL)
    assert order(page) == [first, third, second, fourth]
    assert page.view.chosen() == (second,), "the page that was moved stays chosen"
    key(page, qtbot, Qt.Key.Key_End, CTRL)
    assert order(page) == [first, third, fourth, second]
    key(page, qtbot, Qt.Key.Key_Left, CTRL)
    key(page, qtbot, Qt.Key.Key_Home, CTRL)
    assert order(page) == [second, first, third, fourth]
    page.view.choose([third])
    key(page, qtbot, Qt.Key.Key_T)
    assert rows(page) == ["2 Sẵn sàng gắn", "2 Sẵn sàng gắn"]
    page.view.choose([fourth])
    key(page, qtbot, Qt.Key.Key_Delete)
    assert rows(page) == ["2 Sẵn sàng gắn", "1 Sẵn sàng gắn"]
    page.view.choose([third])
    key(page, qtbot, Qt.Key.Key_G)
    assert rows(page) == ["3 Sẵn sàng gắn"]
    for _ in range(10):
        key(page, qtbot, Qt.Key.Key_Z, CTRL)
    assert page.session.pages == before


def test_pages_are_dragged_and_files_are_dropped(
    scan_page: ScanPage, scanner: FedScanner, tmp_path: Path, qtbot: Any
) -> None:
    page = scan_page
    scan(page, scanner, qtbot, ["một", "hai", "ba"])
    first, second, third = order(page)
    mime = QMimeData()
    mime.setData(PAGES_MIME, third.encode())
    corner = page.view.visualRect(page.view.pages.index(0)).topLeft() + QPoint(4, 40)
    drop(page, mime, corner)
    at_rest(page, qtbot)
    assert order(page) == [third, first, second]
    picture = tmp_path / "ảnh.png"
    picture.write_bytes(scanned("ảnh chụp").data)
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(picture))])
    drop(page, files, corner)
    qtbot.waitUntil(lambda: len(page.session.pages) == 4)
    at_rest(page, qtbot)


def drop(page: ScanPage, mime: QMimeData, at: QPoint) -> None:
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.view.dropEvent(QDropEvent(QPointF(at), Qt.DropAction.CopyAction, mime, buttons, none))


def test_a_picture_is_pasted_and_nothing_is_said_to_be_nothing(scan_page: ScanPage, qtbot: Any) -> None:
    page = scan_page
    image = QImage.fromData(scanned("dán").data)
    QGuiApplication.clipboard().setImage(image)
    key(page, qtbot, Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: len(page.session.pages) == 1)
    at_rest(page, qtbot)
    QGuiApplication.clipboard().setText("chữ")
    key(page, qtbot, Qt.Key.Key_V, CTRL)
    assert "không có ảnh" in page.note.text()


def test_a_pdf_of_words_is_attached_whole_to_the_chosen_paper(
    scan_page: ScanPage, take_in: TakeIn, desk: DeskContext, tmp_path: Path, qtbot: Any
) -> None:
    page = scan_page
    file = printed_pdf(tmp_path / "giấy ủy quyền.pdf", ["Văn bản ủy quyền"])
    with qtbot.waitSignal(page.context.message, check_params_cb=lambda text, _tone: "nguyên tệp" in text):
        page.add_files([file])
    at_rest(page, qtbot)
    code = take_in().code
    choose_dossier(page, qtbot, code)
    page.add_files([file])
    qtbot.waitUntil(lambda: bool(show(desk, code).documents))
    at_rest(page, qtbot)
    assert page.session.pages == ()
    assert show(desk, code).documents[0].file_name == "giấy ủy quyền.pdf"


def test_what_comes_as_a_file_is_examined_before_it_is_opened(
    scan_page: ScanPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    page = scan_page
    program, locked, paper = tmp_path / "hóa đơn.pdf", tmp_path / "khóa.pdf", tmp_path / "sai đuôi.pdf"
    program.write_bytes(b"MZ\x90\x00" + printed_pdf(tmp_path / "chữ.pdf", ["một"]).read_bytes())
    with pikepdf.open(tmp_path / "chữ.pdf") as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    paper.write_bytes(scanned("giấy tờ").data)
    opened: list[Path] = []
    monkeypatch.setattr("counter_app.scanning.picture_pdf.pages_of_pdf", lambda file: opened.append(file) or ())
    blank = tmp_path / "trắng.png"
    blank.write_bytes(scanned("", blank=True).data)
    page.add_files([program, locked, paper, blank])
    at_rest(page, qtbot)
    assert "1 trang trắng" in page.note.text(), "what is said of the pages does not push away what was refused"
    assert "«hóa đơn.pdf» là chương trình chạy được" in page.note.text()
    assert "«khóa.pdf» đặt mật khẩu" in page.note.text()
    assert opened == [], "neither is opened by anything of ours"
    assert len(page.session.pages) == 2, "the papers behind them are taken, for what they are"


def test_pages_without_a_dossier_are_not_sent_until_they_are_assigned(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, desk: DeskContext, qtbot: Any
) -> None:
    page = scan_page
    scan(page, scanner, qtbot, ["một", "hai"])
    assert rows(page) == ["2 Chưa có hồ sơ"]
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert "Chưa có tài liệu nào sẵn sàng" in page.note.text()
    key(page, qtbot, Qt.Key.Key_B, CTRL)
    assert "Hãy chọn hồ sơ" in page.note.text()
    choose_dossier(page, qtbot, take_in().code)
    page.view.choose(order(page)[:1])
    key(page, qtbot, Qt.Key.Key_B, CTRL)
    assert rows(page) == ["1 Sẵn sàng gắn", "1 Chưa có hồ sơ"]
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert "Đã gửi 1 tài liệu" in page.note.text()
    assert "Còn 1 tài liệu" in page.note.text()
    assert len(open_jobs(desk)) == 1


def test_a_stack_is_parted_by_its_marks_and_a_doubt_waits_for_a_person(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read on real sheets is tested with the sorting; here the marks are given."""
    page = scan_page
    one, two = take_in(0).code, take_in(1).code
    component = "TP01"
    marks = iter(
        [
            (encode(Separator(SheetKind.COVER, one, component)), "SEEN:C"),
            (),
            ("SEEN:C",),
            (),
            (encode(Separator(SheetKind.COVER, two, component)), "SEEN:C"),
            (),
        ]
    )
    monkeypatch.setattr("counter_app.scanning.marks.read_marks", lambda _path, _dpi: next(marks))
    scan(page, scanner, qtbot, [f"trang {number}" for number in range(6)])
    assert [row.split(":")[0] for row in rows(page)] == ["1 Cần xem", "2 Cần xem", "1 Sẵn sàng gắn"]
    key(page, qtbot, Qt.Key.Key_G, CTRL)
    assert [row.split(":")[0] for row in rows(page)] == ["1 Cần xem", "2 Cần xem", "1 Đang chờ xử lý"]
    page.groups.selectRow(0)
    at_rest(page, qtbot)
    assert page.view.chosen() == (order(page)[1],), "its pages are chosen with the row"
    qtbot.keyClick(page.groups, Qt.Key.Key_X)
    at_rest(page, qtbot)
    assert rows(page)[0] == "1 Sẵn sàng gắn", "the key works where the document was chosen"
    choose_dossier(page, qtbot, one, component)
    page.groups.selectRow(1)
    key(page, qtbot, Qt.Key.Key_B, CTRL)
    assert rows(page)[1] == "2 Sẵn sàng gắn"
    key(page, qtbot, Qt.Key.Key_H, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert page.target.target.dossier == "", "the next stack is parted by its separators"


def test_what_is_chosen_is_remembered(
    scan_page: ScanPage, scanner: FedScanner, running: RunningApp, qtbot: Any
) -> None:
    page = scan_page
    page.controls.resolution.setCurrentIndex(page.controls.resolution.findData(300))
    page.controls.feeder.setChecked(False)
    scan(page, scanner, qtbot, ["một"])
    again = ScanPage(running.context)
    qtbot.addWidget(again)
    settle(qtbot, running.executor)
    assert again.controls.profile().resolution == 300
    assert not again.controls.profile().feeder
    again.closing()


def test_a_way_of_scanning_is_chosen_kept_and_forgotten_by_keys(
    scan_page: ScanPage, scanner: FedScanner, desk: DeskContext, running: RunningApp, qtbot: Any
) -> None:
    page, controls = scan_page, scan_page.controls
    assert controls.ways.combo.currentText() == "1. Giấy tờ một mặt"
    key(page, qtbot, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert (controls.profile().resolution, controls.feeder.isChecked()) == (300, False)
    assert controls.ways.combo.currentText() == "3. Ảnh màu 300"
    controls.colour.setCurrentIndex(controls.colour.findData("gray"))
    assert controls.ways.combo.currentText() == "Tự chọn"
    assert controls.unfit.isVisible(), "law: colour, 200 dpi or more"
    key(page, qtbot, Qt.Key.Key_S, CTRL)
    dialog = controls.ways.dialog
    assert dialog is not None
    dialog.name.setText("Xám nhanh")
    dialog.submit()
    at_rest(page, qtbot)
    kept = load_settings(desk.directory).pages.ways
    assert [way.name for way in kept] == ["Giấy tờ một mặt", "Giấy tờ hai mặt", "Ảnh màu 300", "Xám nhanh"]
    assert (kept[3].colour, kept[3].resolution, kept[3].feeder) == ("gray", 300, False)
    controls.ways.choose(1)
    assert controls.duplex.isChecked()
    assert not controls.unfit.isVisible()
    controls.ways.choose(3)
    assert controls.profile().colour == "gray"
    controls.ways.forget()
    at_rest(page, qtbot)
    assert load_settings(desk.directory).pages.ways == kept[:3]
    assert controls.ways.combo.currentText() == "Tự chọn"


def test_words_of_a_document_find_its_dossier_in_the_search_box(
    window: MainWindow, running: RunningApp, take_in: TakeIn, desk: DeskContext, tmp_path: Path, qtbot: Any
) -> None:
    from counter_app.services.attach import attach

    code = take_in().code
    attach(desk, code, [printed_pdf(tmp_path / "sổ.pdf", ["Thửa đất số 127 tờ bản đồ 45"])], component="TP01")
    read_documents(desk)
    window.search_box.take_focus()
    qtbot.keyClicks(window.search_box, "thua dat so 127")
    qtbot.waitUntil(lambda: window.search_box.results.count == 1)
    (line,) = window.search_box.results.texts()
    assert line.startswith(code)
    assert "trong «sổ.pdf», trang 1" in line
    assert "Thửa đất số 127" in line
    opened: list[str] = []
    window.search_box.opened.connect(opened.append)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened == [code])
    settle(qtbot, running.executor)
    drain()


def test_what_comes_into_the_watched_folder_is_told_and_taken_by_a_key(
    scan_page: ScanPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    monkeypatch.setattr("counter_app.ui.scan_folder_news._open", lambda folder: FolderSource(folder, 0.0))
    page, news = scan_page, scan_page.folder_news
    page.context.desk = replace(
        page.context.desk, settings=with_changes(page.context.desk.settings, scan={"folder": str(tmp_path)})
    )
    (tmp_path / "a.png").write_bytes(scanned("giấy tờ").data)
    for _ in range(2):
        news.look()
        qtbot.waitUntil(lambda: not news._thread.running)
    assert (news.isVisible(), news.text()) == (True, "Lấy 1 tệp mới từ thư mục quét (Ctrl+M)")
    key(page, qtbot, Qt.Key.Key_M, CTRL)
    assert len(page.session.pages) == 1
    assert not news.isVisible()
    assert list(tmp_path.glob("*.png")) == []
