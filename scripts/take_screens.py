"""Drives the real window over a desk with a fortnight's work and keeps a picture of every page."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from PIL import Image
from PySide6.QtCore import QEventLoop, QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog
from scan_scene import scanned_papers
from sync_scene import TODAY, FacelessWorker, be_at_odds, remember_line, set_right_clock

from counter_app.app import RunningApp, make_application
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.sandbox import PracticePortal
from counter_app.services.calendars import read_calendar
from counter_app.services.catalogue import get_procedure, import_starter_catalogue, starter_catalogue
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.offices import init_desk
from counter_app.services.portal_link import make_engine
from counter_app.services.print_job_store import DatabaseJobStore
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import ApplicantData, ComponentIn, FeeIn, OfficeData, ReceiveRequest
from counter_app.settings import PortalSettings, PrinterSettings, Settings
from counter_app.sync import outbox
from counter_app.sync.messages import MessageKind
from printing.spool import Spooler

FOLDER = Path(__file__).parents[1] / "docs" / "screens"
WAIT_SECONDS = 30.0
COLOURS = 160
CARD = "066190012345|240987654|H' Ngăm Niê Kdăm|15081990|Nữ|Buôn Akõ Dhông, xã Ea Kao, tỉnh Đắk Lắk|20012022"
PEOPLE = (
    ("H' Ngăm Niê Kdăm", "066190012345", "0912345678"),
    ("Nguyễn Văn Đức", "066089004567", "0935123456"),
    ("Trần Thị Hồng Ánh", "066300001122", "0978111222"),
    ("Y Thắng Êban", "066204003344", "0905333444"),
    ("Lò Thị Mẩy", "014192005566", "0356777888"),
    ("Phạm Quốc Khánh", "037079001188", "0914222333"),
    ("H' Bông Ayun", "066185007799", "0983444555"),
    ("Đặng Thị Tuyết Nhung", "066188002244", "0906555666"),
)
ADDRESS = "Buôn Akõ Dhông, xã Ea Kao, tỉnh Đắk Lắk"
CIVIL, ECONOMY = "Phòng Văn hóa - Xã hội", "Phòng Kinh tế"
REFUSED = 4
REFUSAL = "Đơn vị xử lý không có trong danh mục của cổng."
Work = tuple[float, str, tuple[tuple[Step, StepInput], ...]]
WORK: tuple[Work, ...] = (
    (13, "1.004884", ((Step.HAND_OVER, StepInput(unit=CIVIL)), (Step.ACCEPT, StepInput()))),
    (12, "1.004222", ((Step.HAND_OVER, StepInput(unit="Công an xã")), (Step.ACCEPT, StepInput()))),
    (12, "1.001193", ((Step.FINISH, StepInput()), (Step.RETURN, StepInput(by="counter")))),
    (11, "1.004873", ((Step.HAND_OVER, StepInput(unit=CIVIL)),)),
    (8, "1.013227", ((Step.HAND_OVER, StepInput(unit=ECONOMY)), (Step.ACCEPT, StepInput()))),
    (7, "1.013225", ((Step.HAND_OVER, StepInput(unit=ECONOMY)), (Step.ACCEPT, StepInput()))),
    (7, "1.004746", ((Step.REQUEST_SUPPLEMENT, StepInput(reason="Bổ sung bản sao giấy chứng nhận kết hôn cũ")),)),
    (6, "1.003583", ((Step.HAND_OVER, StepInput(unit=CIVIL)), (Step.ACCEPT, StepInput()))),
    (5, "2.000635", ((Step.FINISH, StepInput()), (Step.RETURN, StepInput(by="counter")))),
    (4, "1.004884", ((Step.HAND_OVER, StepInput(unit=CIVIL)), (Step.ACCEPT, StepInput()), (Step.FINISH, StepInput()))),
    (4, "1.004873", ((Step.HAND_OVER, StepInput(unit=CIVIL)), (Step.FINISH, StepInput()))),
    (1, "1.013314", ((Step.HAND_OVER, StepInput(unit=CIVIL)),)),
    (1, "1.003197", ()),
    (1, "1.013228", ()),
    (0.06, "2.000815", ((Step.FINISH, StepInput()),)),
    (0.04, "1.000894", ()),
)
WAITING = 2
"""The last dossiers of the list have not gone to the portal yet."""


class Clock:
    """A clock that the script sets."""

    def __init__(self) -> None:
        self.now = TODAY

    def __call__(self) -> datetime:
        return self.now


def wait_for(what: Callable[[], bool]) -> None:
    """Let the window work until ``what`` holds."""
    end = monotonic() + WAIT_SECONDS
    while not what():
        if monotonic() > end:
            raise TimeoutError("the window did not come so far")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)


def take_in(desk: DeskContext, number: int, procedure: str) -> str:
    """Receive one dossier with all papers of its first case."""
    view = get_procedure(desk, procedure)
    case = view.cases()[0] if view.cases() else ""
    name, identifier, phone = PEOPLE[number % len(PEOPLE)]
    papers = tuple(
        ComponentIn(paper.code, max(paper.originals, 1), paper.copies)
        for paper in view.components
        if not case or paper.case_name in ("", case)
    )
    return receive(
        desk,
        ReceiveRequest(
            procedure=procedure,
            applicant=ApplicantData(name=name, personal_number=identifier, phone=phone, address=ADDRESS),
            case_name=case,
            components=papers,
            fees=tuple(FeeIn(fee.code, paid=True, method="cash") for fee in view.fees[:1]),
        ),
    ).code


def fill(desk: DeskContext, clock: Clock) -> list[str]:
    """A fortnight at the desk; the codes in the order of reception."""
    codes = []
    for number, (days, procedure, steps) in enumerate(WORK):
        if number == len(WORK) - WAITING:
            clock.now = TODAY.replace(hour=8, minute=5)
            send(desk)
        start = TODAY - timedelta(days=days)
        clock.now = start if days < 1 else datetime.combine(start.date(), time(8, 10 + number), tzinfo=VIETNAM)
        codes.append(take_in(desk, number, procedure))
        for step, given in steps:
            clock.now += timedelta(minutes=25)
            take_step(desk, codes[-1], step, given)
    refuse(desk, codes[REFUSED])
    clock.now = TODAY
    return codes


def refuse(desk: DeskContext, code: str) -> None:
    """What the portal refuses holds the dossier back until a clerk has looked at it."""
    take_step(desk, code, Step.HAND_OVER, StepInput(unit=ECONOMY))
    with desk.database.write() as session:
        (message,) = outbox.to_send(session, desk.clock(), MessageKind.STEP, 1)
        outbox.mark_needs_attention(session, message, reason=REFUSAL, code="03", field="DonViXuLy")


def send(desk: DeskContext) -> None:
    """Everything that waits goes to the practice portal."""
    engine = make_engine(desk)
    while engine.run_pass().sent:
        pass
    engine.close()


class Camera:
    """The window and where its pictures go."""

    def __init__(self, running: RunningApp, folder: Path, width: int, height: int) -> None:
        self.running = running
        self.window = running.window
        self.folder = folder
        self.width = width
        self.window.resize(width, height)
        self.window.show()
        self.settle()

    def settle(self) -> None:
        wait_for(lambda: self.running.executor.pending == 0)
        for _ in range(5):
            QApplication.processEvents()
        wait_for(lambda: self.running.executor.pending == 0)

    def show(self, name: str) -> Any:
        self.window.show_page(name)
        self.settle()
        return self.window.page(name)

    def shoot(self, name: str, dialog: QDialog | None = None) -> None:
        """Keep what is on the screen, with the dialog over the middle."""
        self.window.message_bar.hide()
        self.settle()
        picture = self.window.grab()
        if dialog is not None:
            lay_over(picture, dialog)
        path = self.folder / f"{name}-{self.width}.png"
        picture.toImage().convertToFormat(QImage.Format.Format_RGB888).save(str(path))
        with Image.open(path) as image:
            image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def lay_over(picture: QPixmap, dialog: QDialog) -> None:
    """Draw a dialog with a title bar, as a desktop does."""
    inside, bar = dialog.grab(), 30
    left = (picture.width() - inside.width()) // 2
    top = max(0, (picture.height() - inside.height() - bar) // 2)
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), QColor(16, 34, 47, 90))
    painter.fillRect(left - 1, top, inside.width() + 2, inside.height() + bar + 1, QColor("#0f2f44"))
    painter.setPen(Qt.GlobalColor.white)
    painter.setFont(dialog.font())
    painter.drawText(QPoint(left + 12, top + 21), dialog.windowTitle())
    painter.drawPixmap(left, top + bar, inside)
    painter.end()


def intake(camera: Camera) -> None:
    page = camera.show("intake")
    wait_for(lambda: page.form.procedure._index is not None)
    camera.shoot("intake-empty")
    page.form.procedure.search.setFocus()
    page.form.procedure.search.setText("dang ky khai sinh")
    page.form.procedure._offer()
    camera.shoot("intake-procedures")
    page._procedure_chosen("1.001193")
    camera.settle()
    page.scanner.read(CARD, page.form.applicant.number)
    page.form.applicant.phone.setText("0912345678")
    page.form.checklist.tick_all()
    page.form.applicant.phone.setFocus()
    camera.shoot("intake")
    page.receive()
    camera.settle()
    page.panel.show_paper.click()
    wait_for(lambda: page.panel.preview.picture(0) is not None)
    camera.shoot("received")
    page.next_applicant()


def dossiers(camera: Camera, codes: list[str]) -> None:
    camera.show("queue")
    camera.shoot("queue")
    camera.window.show_dossier(codes[7])
    camera.settle()
    camera.shoot("dossier")
    page = camera.window.page("dossier")
    page.take_step(Step.REQUEST_SUPPLEMENT)
    camera.settle()
    camera.shoot("dossier-step", page._dialog)
    page._dialog.reject()
    page.show_receipt()
    wait_for(lambda: page._dialog.preview.picture(0) is not None)
    camera.shoot("receipt-preview", page._dialog)
    page._dialog.reject()


def search(camera: Camera) -> None:
    camera.window.search_box.take_focus()
    camera.window.search_box.setText("nie kdam")
    wait_for(lambda: camera.window.search_box.results.isVisible())
    camera.shoot("search")
    camera.window.search_box.clear()


def give_back(camera: Camera, codes: list[str]) -> None:
    page = camera.show("return")
    page.code.setText(codes[9])
    page.look()
    camera.shoot("return")


def late(camera: Camera) -> None:
    page = camera.show("overdue")
    camera.shoot("overdue")
    page.apologise()
    camera.settle()
    dialog = page._dialog
    dialog.reason.setPlainText("Chờ kết quả xác minh của Ủy ban nhân dân nơi đăng ký trước đây")
    dialog.unit.setText(CIVIL)
    camera.shoot("apology", dialog)
    dialog.submit()
    camera.settle()
    wait_for(lambda: page._dialog is not dialog and page._dialog.preview.picture(0) is not None)
    camera.shoot("apology-preview", page._dialog)
    page._dialog.reject()
    page.model.mark_all()
    page.apologise()
    camera.settle()
    batch = page._dialog
    batch.reason.text.setPlainText("Hệ thống của cơ quan chuyên môn gián đoạn")
    camera.shoot("apology-batch", batch)
    batch.submit_unsigned()
    wait_for(lambda: page._dialog is not batch and page._dialog.report is not None and page._dialog.report.finished)
    page._dialog.reject()
    page.groups.choose("letters")
    camera.settle()
    camera.shoot("apology-letters")


def line(camera: Camera) -> None:
    worker = camera.running.context.sync
    page = camera.show("sync")
    page.outbox.table.selectRow(0)
    camera.shoot("sync")
    worker.show_sending(page.outbox.table.current_row().dossier_code)
    camera.shoot("sync-sending")
    worker.show(paused=True)
    camera.shoot("sync-paused")
    worker.show(paused=False)
    page.tabs.setCurrentWidget(page.history)
    camera.settle()
    page.history.tree.topLevelItem(4).setExpanded(True)
    camera.shoot("sync-history")
    page.tabs.setCurrentWidget(page.clashes)
    camera.shoot("sync-clashes")
    page.tabs.setCurrentWidget(page.reconcile)
    page.reconcile.period.choice.setCurrentIndex(2)
    page.reconcile.compare()
    wait_for(lambda: not page.reconcile.work.running)
    camera.settle()
    camera.shoot("sync-reconcile")
    page.tabs.setCurrentWidget(page.diagnosis)
    wait_for(lambda: page.diagnosis._checked is not None)
    page.diagnosis._checked = set_right_clock(page.diagnosis._checked)
    page.diagnosis.refresh()
    camera.shoot("sync-diagnosis")
    page.tabs.setCurrentWidget(page.outbox)


def settings(camera: Camera) -> None:
    page = camera.show("settings")
    machines = ("printers", "print-jobs", "scan", "signing")
    for place, name in enumerate(("office", "portal", *machines, "rules", "payment", "wording", "catalogue")):
        page.tabs.setCurrentIndex(place)
        if name == "wording":
            camera.settle()
            page.wording_form.form_choice.setCurrentIndex(page.wording_form.form_choice.findData("apology"))
            camera.settle()
            wait_for(lambda: page.wording_form.preview.picture(0) is not None)
        camera.shoot(f"settings-{name}")


def reports(camera: Camera) -> None:
    page = camera.show("reports")
    camera.shoot("reports")
    page.look()
    wait_for(lambda: page._dialog is not None and page._dialog.preview.picture(0) is not None)
    camera.shoot("register-preview", page._dialog)
    page._dialog.reject()


def scanning(camera: Camera, codes: list[str], folder: Path) -> None:
    page = camera.show("digitising")
    wait_for(lambda: not page._working)
    camera.shoot("digitising")
    for name, panel in (("rate", page.rate), ("rules", page.rules), ("backlog", page.backlog)):
        next(page.buttons[words] for words, known in page.panels.items() if known is panel).click()
        camera.shoot(f"digitising-{name}")
    camera.running.context.open_scan.emit(codes[12], "", "")
    camera.settle()
    page = camera.window.page("scan")
    page.add_files(scanned_papers(camera.running.desk, [codes[12]] * 4, folder))
    wait_for(lambda: len(page.session.pages) == 4 and not page.session.is_reading and not page.session.work.unseen)
    camera.shoot("scan")


def with_status(running: RunningApp) -> None:
    """The workers' faces; no thread of theirs runs while pictures are taken."""
    running.context.sync = FacelessWorker(running)
    running.context.spooler = Spooler(DatabaseJobStore(running.desk.database), running.desk.clock)
    running.context.sync.show()


def take_all(folder: Path, width: int, height: int) -> None:
    clock = Clock()
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made)
        portal = PracticePortal(
            directory / "portal.db", catalogue=starter_catalogue(), clock=lambda: clock.now.timestamp()
        ).start()
        os.environ["COUNTER_PORTAL_PASSWORD"] = "thuchanh"
        init_desk(
            directory / "desk",
            OfficeData("H15.36", "UBND xã Ea Kao", "UBND tỉnh Đắk Lắk", place="Ea Kao", phone="0262 3812 345"),
            Settings(
                office="H15.36",
                clerk="Lê Thị Hạnh",
                portal=PortalSettings(url=portal.url, user="canbo"),
                printers=PrinterSettings(office="ipp://192.168.1.20/ipp/print", thermal="tcp://192.168.1.21:9100"),
            ),
        )
        desk = open_desk(directory / "desk", clock)
        import_starter_catalogue(desk)
        codes = fill(desk, clock)
        running = RunningApp(desk, workers=False)
        running.context.calendar = read_calendar(desk)
        running._read_office()
        remember_line(desk)
        be_at_odds(desk, portal, codes)
        with_status(running)
        camera = Camera(running, folder, width, height)
        for part in (intake, search, late, line, settings, reports):
            part(camera)
        dossiers(camera, codes)
        give_back(camera, codes)
        scanning(camera, codes, directory / "trang")
        running.shutdown()
        portal.stop()


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    width, height = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else (1366, 768)
    folder.mkdir(parents=True, exist_ok=True)
    app = make_application()
    take_all(folder, width, height)
    del app


if __name__ == "__main__":
    main()
