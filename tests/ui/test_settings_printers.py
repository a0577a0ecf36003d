"""The printers in the settings: each kind of paper with its printer, tray and sides; what printers tell; test pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select

from counter_app.app import RunningApp
from counter_app.models import PrintJob
from counter_app.services.papers import print_paper
from counter_app.services.print_jobs import list_jobs
from counter_app.services.values import Received
from counter_app.settings import PrinterSettings, SheetSettings, load_settings, with_changes
from counter_app.ui.settings_page import SettingsPage
from counter_app.ui.settings_page_sheets import tray_words
from printing.outcome import printer_off
from printing.printers import Abilities, PrinterAddress, Tray
from tests.ui.window_fixtures import settings_page, settle

TakeIn = Callable[..., Received]
OFFICE, LEADERS = "ipp://10.0.0.4/ipp/print", "cups:Van_phong"
ABLE = Abilities("Canon LBP", (Tray("tray-1", paper="A4"), Tray("by-pass-tray", paper="A5")), two_sided=True)


@pytest.fixture
def page(running: RunningApp, qtbot: Any) -> SettingsPage:
    shown = settings_page(running, qtbot)
    shown.tabs.setCurrentWidget(shown.printers_form)
    return shown


@pytest.fixture
def printers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Abilities | Exception]:
    """What each printer answers when it is asked."""
    answers: dict[str, Abilities | Exception] = {OFFICE: ABLE}

    def answer(address: PrinterAddress) -> Abilities:
        told = answers[address.uri]
        if isinstance(told, Exception):
            raise told
        return told

    monkeypatch.setattr("printing.printers.ask_abilities", answer)
    return answers


def ask(page: SettingsPage, qtbot: Any) -> str:
    with qtbot.waitSignal(page.printers_form.asking.done, timeout=10_000):
        page.printers_form.ask_button.click()
    qtbot.waitUntil(page.printers_form.ask_button.isEnabled)
    return page.printers_form.answer.text()


def choices(page: SettingsPage, kind: str) -> list[str]:
    tray = page.printers_form.rows[kind].tray
    return [tray.itemText(at) for at in range(tray.count())]


def test_printer_tells_its_trays_and_what_is_chosen_is_saved(
    page: SettingsPage, running: RunningApp, printers: dict[str, Abilities | Exception], qtbot: Any
) -> None:
    form = page.printers_form
    qtbot.keyClicks(form.office, OFFICE)
    assert ask(page, qtbot) == "Canon LBP: Khay 1 (A4), Khay đa năng (A5); in được hai mặt."
    assert choices(page, "slips") == ["Máy in tự chọn khay", "Khay 1 (A4)", "Khay đa năng (A5)"]
    slips = form.rows["slips"].tray
    slips.setCurrentIndex(2)
    slips.activated.emit(2)
    form.rows["lists"].two_sided.click()
    qtbot.keyClicks(form.rows["letters"].printer, LEADERS)
    assert page.dirty
    page.save_button.click()
    settle(qtbot, running.executor)
    saved = load_settings(running.desk.directory).printers
    assert saved.slips == SheetSettings("", "by-pass-tray", two_sided=False)
    assert saved.lists == SheetSettings("", "", two_sided=True)
    assert saved.for_form("receipt") == SheetSettings(OFFICE, "by-pass-tray")
    assert saved.for_form("apology").printer == LEADERS
    assert saved.for_form("register").two_sided
    assert not page.dirty
    assert slips.currentData() == "by-pass-tray"


def test_printer_that_does_not_answer_is_said_and_nothing_chosen_is_lost(
    page: SettingsPage, printers: dict[str, Abilities | Exception], qtbot: Any
) -> None:
    form = page.printers_form
    qtbot.keyClicks(form.office, OFFICE)
    qtbot.keyClicks(form.rows["letters"].printer, LEADERS)
    printers[LEADERS] = printer_off("«Van_phong»", "timed out")
    form.rows["letters"].show_settings(SheetSettings(LEADERS, "InputSlot=Tray2", two_sided=True))
    answer = ask(page, qtbot)
    assert "Canon LBP" in answer
    assert "Không kết nối được máy in «Van_phong»" in answer
    assert form.rows["letters"].settings() == SheetSettings(LEADERS, "InputSlot=Tray2", two_sided=True)
    assert choices(page, "letters") == ["Máy in tự chọn khay", "Khay 2"]


def test_printer_with_one_side_has_no_tick_to_set(
    page: SettingsPage, printers: dict[str, Abilities | Exception], qtbot: Any
) -> None:
    printers[OFFICE] = Abilities("Máy cũ")
    qtbot.keyClicks(page.printers_form.office, OFFICE)
    assert "chỉ in một mặt" in ask(page, qtbot)
    assert not page.printers_form.rows["lists"].two_sided.isEnabled()
    assert "không tự in hai mặt" in page.printers_form.rows["lists"].two_sided.toolTip()


def test_trays_of_one_printer_are_not_those_of_another(
    page: SettingsPage, printers: dict[str, Abilities | Exception], qtbot: Any
) -> None:
    row = page.printers_form.rows["slips"]
    row.show_settings(SheetSettings("", "tray-1"))
    qtbot.keyClicks(row.printer, LEADERS)
    assert row.settings() == SheetSettings(LEADERS, "")


def test_without_an_address_it_is_said_what_to_do(page: SettingsPage, running: RunningApp, qtbot: Any) -> None:
    with qtbot.waitSignal(running.context.message) as told:
        page.printers_form.ask_button.click()
    assert "Hãy nhập địa chỉ máy in" in told.args[0]
    with qtbot.waitSignal(running.context.message) as told:
        page.printers_form.rows["labels"].test.click()
    assert "Hãy nhập địa chỉ máy in" in told.args[0]


@pytest.mark.parametrize(
    ("kind", "size", "sides"),
    [
        ("slips", (420, 595), "one-sided"),
        ("letters", (595, 842), "one-sided"),
        ("lists", (842, 595), "two-sided-short-edge"),
        ("labels", (283, 425), "one-sided"),
    ],
)
def test_test_page_of_each_kind_goes_to_its_printer_on_its_paper(
    kind: str, size: tuple[int, int], sides: str, page: SettingsPage, running: RunningApp, qtbot: Any
) -> None:
    form = page.printers_form
    qtbot.keyClicks(form.office, OFFICE)
    qtbot.keyClicks(form.rows["letters"].printer, LEADERS)
    form.rows["lists"].two_sided.click()
    form.rows[kind].test.click()
    settle(qtbot, running.executor)
    with running.desk.database.read() as session:
        job = session.scalars(select(PrintJob)).one()
        assert (job.printer, job.sides) == (LEADERS if kind == "letters" else OFFICE, sides)
        with pikepdf.open(BytesIO(job.payload)) as document:
            assert [round(float(edge)) for edge in document.pages[0].mediabox][2:] == list(size)
            assert len(document.pages) == (2 if kind == "lists" else 1)


@pytest.mark.parametrize(
    ("tray", "words"),
    [
        (Tray("tray-3"), "Khay 3"),
        (Tray("InputSlot=Tray2", "Tray2"), "Khay 2"),
        (Tray("InputSlot=ByPassTray", "ByPassTray"), "Khay đa năng"),
        (Tray("manual"), "Nạp tay từng tờ"),
        (Tray("large-capacity", paper="A4"), "Khay dung lượng lớn (A4)"),
        (Tray("260", "Khay giấy dày"), "Khay giấy dày"),
    ],
)
def test_trays_have_vietnamese_names_where_they_are_known(tray: Tray, words: str) -> None:
    assert tray_words(tray) == words


def test_waiting_job_can_go_to_the_printer_that_is_set_now(
    page: SettingsPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in().code
    print_paper(running.desk, code, "receipt", "ipp://may-in-cu/ipp/print")
    settings = with_changes(running.desk.settings, printers={"office": OFFICE, "slips": SheetSettings(tray="tray-1")})
    running.context.desk = replace(running.desk, settings=settings)
    page.show_jobs()
    settle(qtbot, running.executor)
    assert page.jobs.move_button.isVisible()
    item = page.jobs.table.item(0, 1)
    assert item is not None
    assert item.text() == "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
    page.jobs.move_button.click()
    settle(qtbot, running.executor)
    (job,) = list_jobs(running.desk.database)
    assert (job.printer, job.state, job.reprint) == (OFFICE, "waiting", False)
    with running.desk.database.read() as session:
        assert session.scalars(select(PrintJob.tray)).one() == "tray-1"
    assert not page.jobs.move_button.isVisible()


def test_test_page_prints_again_as_it_was(page: SettingsPage, running: RunningApp, qtbot: Any) -> None:
    page.printers_form.test(SheetSettings("tcp://127.0.0.1:9"), "thermal")
    settle(qtbot, running.executor)
    (first,) = list_jobs(running.desk.database)
    page.show_jobs()
    settle(qtbot, running.executor)
    page.jobs.cancel.click()
    settle(qtbot, running.executor)
    page.jobs.all.click()
    settle(qtbot, running.executor)
    page.jobs.reprint.click()
    settle(qtbot, running.executor)
    (again,) = list_jobs(running.desk.database)
    assert again.id != first.id
    assert (again.form, again.printer, again.reprint) == ("test", first.printer, False)


def test_any_printer_for_sheets_lets_papers_be_printed() -> None:
    assert not PrinterSettings(thermal="tcp://h").prints_sheets
    assert PrinterSettings(office=OFFICE).prints_sheets
    assert PrinterSettings(labels=SheetSettings(OFFICE)).prints_sheets
