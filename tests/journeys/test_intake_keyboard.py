"""A dossier from the applicant's hands into the queue, on the keyboard alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QCheckBox

from counter_app.app import RunningApp
from counter_app.services.catalogue import get_procedure
from counter_app.services.drafts import load_draft
from counter_app.services.papers import make_paper
from counter_app.services.papers_steps import asked_for
from counter_app.services.reading import show
from counter_app.services.values import DossierView
from counter_app.settings import with_changes
from counter_app.ui.intake.page import IntakePage
from counter_app.ui.main_window import MainWindow
from tests.pdf_words import said
from tests.ui.window_fixtures import Clock, press, settle, type_text

ENTER = Qt.Key.Key_Return
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


class Clerk:
    """Works at the keyboard and looks at the screen."""

    def __init__(self, window: MainWindow, running: RunningApp, qtbot: Any) -> None:
        self.window = window
        self.running = running
        self.qtbot = qtbot
        self.page: IntakePage = window.page("intake")  # type: ignore[assignment]

    @property
    def form(self) -> Any:
        return self.page.form

    def wait(self) -> None:
        settle(self.qtbot, self.running.executor)

    def choose(self, text: str) -> None:
        """Type in the procedure field, Enter, wait for the papers."""
        type_text(text)
        press(ENTER)
        self.wait()

    def focused(self) -> str:
        widget = QApplication.focusWidget()
        return widget.accessibleName() if widget is not None else ""

    def enter(self, *texts: str) -> None:
        """Fill fields one after the other; Enter goes on to the next."""
        for text in texts:
            type_text(text)
            press(ENTER)

    def tick_all(self) -> None:
        """Alt+Y; a button pressed by its letter acts a moment later, as it is drawn pressed."""
        press(Qt.Key.Key_Y, ALT)
        required = [row for row in self.form.checklist.rows if row.component.required]
        self.qtbot.waitUntil(lambda: all(row.tick.isChecked() for row in required))

    def receive(self) -> None:
        press(ENTER, CONTROL)
        self.wait()

    def dossier(self) -> DossierView:
        return show(self.running.desk, self.page.panel.code.text())


@pytest.fixture
def clerk(window: MainWindow, running: RunningApp, qtbot: Any) -> Clerk:
    return Clerk(window, running, qtbot)


def test_intake_by_keyboard_alone(clerk: Clerk) -> None:
    assert clerk.focused() == "Thủ tục hành chính"
    clerk.choose("dien tich binh quan")
    assert clerk.form.due.text == "17:00 thứ Năm, 12/03/2026"
    assert clerk.focused() == "Chủ hồ sơ: Số định danh"
    clerk.enter("066190012345", "H' Ngăm Niê Kdăm", "8/3/1990")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(ENTER)
    clerk.enter("0912 345 678", "", "Buôn Akõ Dhông, xã Ea Kao")
    press(Qt.Key.Key_P, ALT)
    assert clerk.focused().startswith("Đã nhận giấy tờ 1: Tờ khai xác nhận")
    press(Qt.Key.Key_Space)
    clerk.receive()
    assert clerk.page.panel.isVisible()
    assert clerk.page.panel.code.text() == "H15.36-260310-1001"
    assert clerk.page.panel.due.text() == "17:00 thứ Năm, 12/03/2026"
    saved = clerk.dossier()
    assert saved.applicant.name == "H' Ngăm Niê Kdăm"
    assert saved.applicant.birth_date == date(1990, 3, 8)
    assert saved.applicant.sex == "female"
    assert saved.applicant.phone == "0912345678"
    assert saved.applicant.address == "Buôn Akõ Dhông, xã Ea Kao"
    assert [(item.originals, item.copies) for item in saved.components] == [(1, 0)]
    press(ENTER)
    clerk.wait()
    assert clerk.focused() == "Thủ tục hành chính"
    assert clerk.form.is_empty()
    assert load_draft(clerk.running.desk, "intake") is None


def test_the_next_one_in_the_queue_gets_the_next_number(clerk: Clerk) -> None:
    for number in (1001, 1002, 1003):
        clerk.choose("dien tich")
        clerk.enter("", f"Người Thứ {number}")
        clerk.tick_all()
        clerk.receive()
        assert clerk.page.panel.code.text() == f"H15.36-260310-{number}"
        press(Qt.Key.Key_Escape)
        clerk.wait()


def test_typos_and_missing_accents_still_find_the_procedure(clerk: Clerk) -> None:
    type_text("khia sinh")
    assert "khai sinh" in clerk.form.procedure.list.texts()[0]
    clerk.form.procedure.search.clear()
    type_text("chung thuc ban sao")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Up)
    press(ENTER)
    clerk.wait()
    assert clerk.form.procedure.procedure.code == "2.000815"


def test_a_missing_paper_is_named_and_received_with_a_supplement_request(clerk: Clerk) -> None:
    clerk.choose("dien tich")
    clerk.enter("", "Nguyễn Văn Đức")
    clerk.receive()
    assert not clerk.page.panel.isVisible()
    assert "Thiếu 1 giấy tờ bắt buộc" in clerk.form.problem.text()
    assert "Tờ khai xác nhận tình trạng chỗ ở" in clerk.form.problem.text()
    assert clerk.focused().startswith("Đã nhận giấy tờ 1")
    (name,) = [
        paper.name for paper in get_procedure(clerk.running.desk, clerk.form.procedure.procedure.code).components
    ]
    assert clerk.form.supplement.items.toPlainText() == name, "the whole name"
    press(Qt.Key.Key_C, ALT)
    assert clerk.focused() == "Giấy tờ cần bổ sung, mỗi dòng một thứ"
    press(Qt.Key.Key_End, CONTROL)
    press(ENTER)
    type_text("Bản sao thẻ căn cước")
    press(Qt.Key.Key_Tab)
    assert clerk.focused() == "Lý do (in trên phiếu)"
    press(Qt.Key.Key_A, CONTROL)
    type_text("Tờ khai chưa ký")
    press(Qt.Key.Key_B, ALT)
    clerk.qtbot.waitUntil(clerk.page.panel.isVisible)
    saved = clerk.dossier()
    assert clerk.page.panel.due.isHidden(), "no day is promised while the clock stands"
    assert saved.row.status == "supplement_requested"
    assert asked_for(saved.events[-1].reason) == ((name, "Bản sao thẻ căn cước"), "Tờ khai chưa ký")
    text = said(make_paper(clerk.running.desk, saved.row.code, "supplement_request").pdf)
    assert f"1. {name}" in text
    assert "2. Bản sao thẻ căn cước" in text


def test_each_missing_paper_has_a_line_of_its_own_with_its_whole_name(clerk: Clerk) -> None:
    clerk.choose("1.001193")
    clerk.enter("", "Nguyễn Văn Đức")
    clerk.receive()
    lines = clerk.form.supplement.items.toPlainText().splitlines()
    whole = [" ".join(row.component.name.split()) for row in clerk.form.checklist.rows]
    assert len(lines) > 1
    assert set(lines) <= set(whole)
    assert max(map(len, lines)) > 90, "longer than what used to be cut"
    clerk.form.supplement.items.clear()
    press(Qt.Key.Key_B, ALT)
    clerk.qtbot.waitUntil(lambda: "mỗi dòng một thứ" in clerk.form.problem.text())
    assert not clerk.page.panel.isVisible()


def test_ticking_the_missing_paper_is_enough(clerk: Clerk) -> None:
    clerk.choose("dien tich")
    clerk.enter("", "Nguyễn Văn Đức")
    clerk.receive()
    press(Qt.Key.Key_Space)
    clerk.receive()
    assert clerk.dossier().row.status == "received"


def test_an_unknown_limit_asks_for_a_date_and_a_reason(clerk: Clerk) -> None:
    clerk.choose("thanh lap ho kinh doanh")
    assert clerk.form.due.date.isVisible()
    clerk.enter("", "Trần Thị Hồng Ánh")
    clerk.tick_all()
    clerk.receive()
    assert clerk.focused() == "Ngày hẹn trả"
    clerk.enter("16/3/2026")
    assert clerk.form.due.text == "17:00 thứ Hai, 16/03/2026"
    clerk.receive()
    assert clerk.focused() == "Lý do chọn ngày hẹn"
    type_text("Thỏa thuận với người nộp")
    clerk.receive()
    saved = clerk.dossier()
    assert saved.row.due is not None
    assert saved.row.due.isoformat() == "2026-03-16T10:00:00+00:00"
    assert saved.events[0].reason == "Thỏa thuận với người nộp"


def test_fees_channel_way_of_return_sets_and_note(clerk: Clerk) -> None:
    clerk.choose("trich luc ho tich")
    clerk.enter("", "Y Thắng Êban")
    press(Qt.Key.Key_K, ALT)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(ENTER)
    press(Qt.Key.Key_Down)
    press(ENTER)
    clerk.form.terms.sets.selectAll()
    type_text("2")
    press(ENTER)
    clerk.enter("Gửi về thôn 3")
    press(Qt.Key.Key_L, ALT)
    press(Qt.Key.Key_Space)
    clerk.tick_all()
    clerk.receive()
    saved = clerk.dossier()
    assert (saved.channel, saved.return_by, saved.sets, saved.note) == ("postal", "post", 2, "Gửi về thôn 3")
    assert saved.money_state == "paid"
    assert [(fee.amount, fee.method) for fee in saved.fees] == [(8000, "cash")]


def test_somebody_else_hands_in(clerk: Clerk) -> None:
    clerk.choose("dien tich")
    clerk.enter("", "Nguyễn Văn Đức")
    press(Qt.Key.Key_N, ALT)
    clerk.qtbot.waitUntil(clerk.form.submitter.isVisible)
    assert clerk.focused() == "Người nộp: Số định danh"
    clerk.enter("066300001122", "Trần Thị Hồng Ánh", "0978111222")
    clerk.tick_all()
    clerk.receive()
    saved = clerk.dossier()
    assert saved.applicant.name == "Nguyễn Văn Đức"
    assert saved.submitter is not None
    assert (saved.submitter.name, saved.submitter.phone) == ("Trần Thị Hồng Ánh", "0978111222")


def test_people_known_from_before_are_offered(clerk: Clerk, take_in: Any) -> None:
    take_in(0)
    clerk.choose("dien tich")
    type_text("066190")
    clerk.qtbot.waitUntil(lambda: clerk.form.applicant._lists[clerk.form.applicant.number].isVisible())
    press(Qt.Key.Key_Down)
    press(ENTER)
    person = clerk.form.applicant.data()
    assert (person.name, person.phone) == ("H' Ngăm Niê Kdăm", "0912345678")
    assert clerk.focused() == "Chủ hồ sơ: Điện thoại"


def test_what_is_unlikely_is_warned_of_while_typing_and_not_refused(clerk: Clerk) -> None:
    clerk.choose("dien tich")
    clerk.enter("066190012345", "Y Thắng Êban", "8/3/1991")
    assert "1990" in clerk.form.applicant._number_note.text()
    clerk.tick_all()
    clerk.receive()
    assert clerk.page.panel.isVisible()
    assert "1990" in clerk.page.panel.warnings.text()


def test_a_birth_date_that_is_none_stops_with_advice(clerk: Clerk) -> None:
    clerk.choose("dien tich")
    clerk.enter("", "Y Thắng Êban", "31/2/1990")
    clerk.tick_all()
    clerk.receive()
    assert not clerk.page.panel.isVisible()
    assert "ngày/tháng/năm" in clerk.form.problem.text()
    assert clerk.focused() == "Chủ hồ sơ: Ngày sinh"


def test_without_procedure_or_name_it_says_what_to_do(clerk: Clerk) -> None:
    clerk.receive()
    assert "Chưa chọn thủ tục" in clerk.form.problem.text()
    clerk.choose("dien tich")
    clerk.tick_all()
    clerk.receive()
    assert "tên" in clerk.form.problem.text()
    assert clerk.focused() == "Chủ hồ sơ: Họ và tên"


def test_arrows_move_in_the_checklist_and_numbers_tick(clerk: Clerk) -> None:
    clerk.choose("dang ky tam tru")
    press(Qt.Key.Key_P, ALT)
    press(Qt.Key.Key_Down)
    second = clerk.form.checklist.rows[1]
    assert second.tick.hasFocus()
    press(Qt.Key.Key_Tab)
    type_text("3")
    assert second.tick.isChecked()
    value = second.value()
    assert value is not None
    assert value.originals == 3


def test_a_note_of_the_catalogue_is_guidance_not_a_paper(clerk: Clerk) -> None:
    clerk.choose("1.001193")
    procedure = get_procedure(clerk.running.desk, "1.001193")
    notes = [item for item in procedure.components if item.originals + item.copies == 0]
    assert len(notes) > 5
    assert len(clerk.form.checklist.rows) == len(procedure.components) - len(notes)


def test_a_required_paper_that_does_not_apply(clerk: Clerk) -> None:
    clerk.choose("dang ky tam tru")
    clerk.enter("", "Nguyễn Văn Đức")
    rows = clerk.form.checklist.rows
    clerk.form.checklist.tick_all()
    doubtful = [row for row in rows if not row.not_applicable.isHidden()]
    assert doubtful
    assert len(doubtful) < len(rows)
    boxes: list[QCheckBox] = [row.not_applicable for row in doubtful]
    boxes[0].setFocus()
    press(Qt.Key.Key_Space)
    assert not doubtful[0].tick.isChecked()
    clerk.receive()
    assert clerk.page.panel.isVisible()
    given = {item.code: item.originals for item in clerk.dossier().components}
    assert given[doubtful[0].component.code] == 0


def test_scans_are_attached_by_dropping_and_anything_else_is_refused(clerk: Clerk, tmp_path: Path) -> None:
    scan = tmp_path / "don.pdf"
    scan.write_bytes(_small_pdf())
    photo = tmp_path / "anh.jpg"
    photo.write_bytes(b"\xff\xd8")
    clerk.choose("dien tich")
    clerk.enter("", "Nguyễn Văn Đức")
    row = clerk.form.checklist.rows[0]
    _drop(row, photo)
    assert "PDF" in clerk.form.problem.text()
    _drop(row, scan)
    assert row.tick.isChecked()
    clerk.receive()
    assert [item.file_name for item in clerk.dossier().documents] == ["don.pdf"]


def test_a_file_that_went_missing_keeps_the_form(clerk: Clerk, tmp_path: Path) -> None:
    clerk.choose("dien tich")
    clerk.enter("", "Nguyễn Văn Đức")
    clerk.form.checklist.rows[0].add_files([tmp_path / "mat.pdf"])
    clerk.receive()
    assert "mat.pdf" in clerk.form.problem.text()
    assert clerk.form.applicant.name.text() == "Nguyễn Văn Đức"


def test_the_promise_follows_the_clock_and_the_channel(clerk: Clerk, clock: Clock) -> None:
    clerk.choose("1.001193")
    assert clerk.form.due.text == "17:00 thứ Ba, 10/03/2026"
    clock.move(hours=7)
    clerk.form.due._timer.timeout.emit()
    clerk.wait()
    assert clerk.form.due.text == "17:00 thứ Tư, 11/03/2026"


def test_control_n_asks_before_it_empties_a_form(clerk: Clerk) -> None:
    clerk.choose("dien tich")
    clerk.enter("", "Nguyễn Văn Đức")
    press(Qt.Key.Key_N, CONTROL)
    assert "lần nữa" in clerk.form.problem.text()
    assert not clerk.form.is_empty()
    press(Qt.Key.Key_N, CONTROL)
    clerk.wait()
    assert clerk.form.is_empty()


def test_the_receipt_is_shown_with_control_p_when_there_is_no_printer(clerk: Clerk) -> None:
    clerk.choose("dien tich")
    clerk.enter("", "Nguyễn Văn Đức")
    clerk.tick_all()
    clerk.receive()
    assert "Chưa cài máy in" in clerk.page.panel.printing.text()
    assert not clerk.page.panel.preview.isVisible(), "nothing to look at yet"
    press(Qt.Key.Key_P, CONTROL)
    clerk.qtbot.waitUntil(lambda: clerk.page.panel.preview.picture(0) is not None, timeout=10_000)
    assert clerk.page.panel.preview.page_count == 2
    assert clerk.page.panel.preview.isVisible()
    clerk.page.next_applicant()
    clerk.choose("dien tich")
    clerk.enter("", "Y Thắng Êban")
    clerk.tick_all()
    clerk.receive()
    assert not clerk.page.panel.preview.isVisible(), "not the paper of the one before"


def test_what_is_owed_is_said_and_taken_from_there(clerk: Clerk) -> None:
    clerk.choose("trich luc ho tich")
    clerk.enter("", "Y Thắng Êban")
    clerk.tick_all()
    clerk.receive()
    owed = clerk.page.panel.owed
    assert owed.note.text() == "Còn phải thu 8.000 đ."
    press(Qt.Key.Key_6, ALT)
    clerk.qtbot.waitUntil(lambda: owed.payment is not None)
    clerk.wait()
    dialog = owed.payment
    assert dialog is not None
    clerk.qtbot.waitUntil(dialog.isActiveWindow)
    press(ENTER, CONTROL)
    clerk.qtbot.waitUntil(lambda: dialog.paper is not None)
    clerk.wait()
    assert clerk.dossier().money_state == "paid"
    assert not owed.isVisible(), "nothing is owed any more"
    dialog.paper.reject()
    clerk.wait()
    assert clerk.window.focusWidget() is clerk.page.panel.next, "Enter goes on to the next applicant"


def test_nothing_is_said_of_money_where_none_is_owed(clerk: Clerk) -> None:
    clerk.choose("dien tich")
    clerk.enter("", "Y Thắng Êban")
    clerk.tick_all()
    clerk.receive()
    assert clerk.page.panel.isVisible()
    assert not clerk.page.panel.owed.isVisible()


def test_the_receipt_goes_to_the_spool_when_there_is_a_printer(clerk: Clerk) -> None:
    from sqlalchemy import select

    from counter_app.models import PrintJob

    context = clerk.running.context
    settings = with_changes(context.desk.settings, printers={"office": "tcp://127.0.0.1:9"})
    context.desk = type(context.desk)(
        context.desk.directory, context.desk.database, context.desk.documents, settings, context.desk.clock
    )
    clerk.choose("dien tich")
    clerk.enter("", "Nguyễn Văn Đức")
    clerk.tick_all()
    clerk.receive()
    assert "chuyển tới máy in" in clerk.page.panel.printing.text()
    with context.desk.database.read() as session:
        jobs = session.scalars(select(PrintJob)).all()
        assert len(jobs) == 1


def test_pressing_control_enter_twice_receives_once(clerk: Clerk) -> None:
    clerk.choose("dien tich")
    clerk.enter("", "Nguyễn Văn Đức")
    clerk.tick_all()
    press(ENTER, CONTROL)
    clerk.page.receive()
    press(ENTER, CONTROL)
    clerk.wait()
    clerk.page.receive()
    clerk.wait()
    from counter_app.services.reading import counts

    assert counts(clerk.running.desk).open == 1


def _drop(row: Any, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    row.dropEvent(
        QDropEvent(
            QPoint(5, 5).toPointF(),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def _small_pdf() -> bytes:
    from io import BytesIO

    from reportlab.pdfgen.canvas import Canvas

    target = BytesIO()
    canvas = Canvas(target)
    canvas.drawString(50, 50, "don")
    canvas.save()
    return target.getvalue()
