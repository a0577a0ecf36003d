"""An online dossier on its page: received by one key, its files fetched by another and looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.sandbox import PracticePortal
from counter_app.services.calendars import read_calendar
from counter_app.services.catalogue import list_procedures
from counter_app.services.catalogue_import import CatalogueImporter
from counter_app.services.desk import DeskContext
from counter_app.services.portal_link import make_engine
from counter_app.services.reading import show
from counter_app.settings import with_changes
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.dossier_page_paper import DocumentDialog
from counter_app.ui.receive_online_dialog import ReceiveOnlineDialog
from tests.catalogue_samples import procedure
from tests.ui.window_fixtures import CATALOGUE, WAIT_MS, Clock, drain, press, settle, type_text

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
UNKNOWN = "9.000001"


@pytest.fixture
def portal(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[PracticePortal]:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    with PracticePortal(tmp_path / "portal.db", catalogue=CATALOGUE, clock=lambda: clock.now.timestamp()) as running:
        yield running


@pytest.fixture
def running(desk: DeskContext, portal: PracticePortal, qtbot: Any) -> Iterator[RunningApp]:
    settings = with_changes(desk.settings, portal={"url": portal.url, "user": "canbo"})
    made = RunningApp(replace(desk, settings=settings), workers=False)
    made.context.calendar = read_calendar(desk)
    yield made
    made.shutdown()
    made.deleteLater()
    drain()


def filed(running: RunningApp, portal: PracticePortal) -> str:
    """An online dossier, as the syncer brings it."""
    code = portal.push_sample("HoSoMoi", office="H15.36", procedure=list_procedures(running.desk)[0].code)
    engine = make_engine(running.desk)
    # Only the feed: the files are left for the page to fetch.
    engine._around = replace(engine._around, chores=())
    engine.run_pass()
    engine.close()
    return code


def open_page(running: RunningApp, code: str, qtbot: Any) -> DossierPage:
    window = running.window
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    qtbot.waitActive(window)
    window.show_dossier(code)
    settle(qtbot, running.executor)
    page = window.page("dossier")
    assert isinstance(page, DossierPage)
    return page


def test_files_are_fetched_by_a_key_and_the_button_goes(
    running: RunningApp, portal: PracticePortal, qtbot: Any
) -> None:
    code = filed(running, portal)
    page = open_page(running, code, qtbot)
    count = len(show(running.desk, code).portal_files)
    assert page.fetch_button.isVisible()
    assert page.fetch_button.text() == f"Tải {count} tệp từ cổng (Ctrl+D)"
    said: list[tuple[str, str]] = []
    running.context.message.connect(lambda text, tone: said.append((text, tone)))
    press(Qt.Key.Key_D, CTRL)
    qtbot.waitUntil(lambda: len(show(running.desk, code).documents) == count, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not page.fetch_button.isVisible(), timeout=WAIT_MS)
    assert said[-1] == (f"Đã tải {count} tệp từ cổng cho hồ sơ {code}.", "success")


def test_enter_on_a_file_fetches_and_opens_it(running: RunningApp, portal: PracticePortal, qtbot: Any) -> None:
    code = filed(running, portal)
    page = open_page(running, code, qtbot)
    item = page.papers.topLevelItem(0).child(0)  # type: ignore[union-attr]
    assert (item.text(0), item.text(2)) == ("don-1.pdf", "↓ chưa tải về")  # type: ignore[union-attr]
    page.papers.setCurrentItem(item)
    page.papers.setFocus()
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(page._dialog, DocumentDialog), timeout=WAIT_MS)
    settle(qtbot, running.executor)
    assert page.papers.topLevelItem(0).child(0).text(2) == "✓ từ cổng"  # type: ignore[union-attr]
    page._dialog.reject()  # type: ignore[union-attr]


def test_line_down_is_said_and_the_files_stay_to_be_fetched(
    running: RunningApp, portal: PracticePortal, qtbot: Any
) -> None:
    code = filed(running, portal)
    page = open_page(running, code, qtbot)
    portal.stop()
    said: list[str] = []
    running.context.message.connect(lambda _text, tone: said.append(tone))
    press(Qt.Key.Key_D, CTRL)
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT_MS)
    settle(qtbot, running.executor)
    assert said == ["error"]
    assert page.fetch_button.text().startswith("Tải ")


def test_online_dossier_is_received_by_keyboard(running: RunningApp, portal: PracticePortal, qtbot: Any) -> None:
    code = filed(running, portal)
    page = open_page(running, code, qtbot)
    assert page.steps.buttons[0].text() == "Tiếp nhận (Alt+2)"
    assert not any("Xác nhận" in button.text() for button in page.steps.buttons)
    press(Qt.Key.Key_2, ALT)
    dialog = page._dialog
    assert isinstance(dialog, ReceiveOnlineDialog)
    assert dialog.due is None
    dialog.submit()
    settle(qtbot, running.executor)
    view = show(running.desk, code)
    assert (view.row.status, view.events[-1].step) == ("received", "receive")


def test_date_is_asked_for_where_the_limit_is_unknown(running: RunningApp, portal: PracticePortal, qtbot: Any) -> None:
    entry = procedure(UNKNOWN, "Chưa rõ thời hạn", 0, "unknown")
    with running.desk.database.write() as session:
        CatalogueImporter(session, running.desk.clock()).take(entry)
    sample = filed(running, portal)
    code = "H15.36-260310-90009"
    portal.push("HoSoMoi", code, {**portal.dossiers()[sample], "MaHoSo": code, "MaTTHC": UNKNOWN})
    engine = make_engine(running.desk)
    engine.run_pass()
    engine.close()
    page = open_page(running, code, qtbot)
    press(Qt.Key.Key_2, ALT)
    dialog = page._dialog
    assert isinstance(dialog, ReceiveOnlineDialog)
    assert dialog.due is not None
    assert "chưa rõ thời hạn" in dialog.heading.text()
    type_text("Theo hướng dẫn của Sở", at=dialog.inputs["reason"])
    promised = dialog.due.moment()
    dialog.submit()
    settle(qtbot, running.executor)
    assert show(running.desk, code).row.due == promised
