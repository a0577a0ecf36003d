"""What was typed survives the program: closed, killed, or refused by the rules."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.services.desk import DeskContext
from counter_app.services.drafts import load_draft
from counter_app.ui.intake.page import IntakePage
from counter_app.ui.main_window import MainWindow
from tests.ui.window_fixtures import drain, press, settle, type_text

TYPIST = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt, QTimer
from counter_app.app import RunningApp, make_application
from counter_app.services.desk import open_desk
from tests.ui.window_fixtures import press, type_text

app = make_application()
desk = open_desk(Path(sys.argv[1]))
running = RunningApp(desk, workers=False)
running.window.show()

class Typist(QTimer):
    step = 0
    def work(self):
        from counter_app.services.drafts import load_draft
        form = running.window.page("intake").form
        if running.executor.pending:
            return
        if self.step == 0:
            type_text("dang ky tam tru")
            press(Qt.Key.Key_Return)
        elif self.step == 1:
            type_text("066190012345")
            press(Qt.Key.Key_Return)
            type_text("H' Ngăm Niê Kdăm")
            press(Qt.Key.Key_Return)
            type_text("8/3/19")
            form.checklist.rows[1].originals.setValue(2)
        elif self.step > 2 and not running.window.page("intake")._draft_timer.isActive() and load_draft(desk, "intake"):
            print("typed", flush=True)
        self.step += 1

typist = Typist()
typist.timeout.connect(typist.work)
typist.start(50)
app.exec()
"""


def window_of(running: RunningApp, qtbot: Any) -> IntakePage:
    running.window.show()
    qtbot.waitExposed(running.window)
    settle(qtbot, running.executor)
    page = running.window.page("intake")
    assert isinstance(page, IntakePage)
    return page


def test_a_draft_survives_a_kill(directory: Path, qtbot: Any) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", TYPIST, str(directory)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line == "typed\n", process.stderr.read() if process.stderr else ""
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    from counter_app.services.desk import open_desk

    desk = open_desk(directory)
    running = RunningApp(desk, workers=False)
    try:
        page = window_of(running, qtbot)
        assert page.form.procedure.procedure is not None
        assert page.form.procedure.procedure.code == "1.004194"
        assert page.form.applicant.name.text() == "H' Ngăm Niê Kdăm"
        assert page.form.applicant.number.text() == "066190012345"
        assert page.form.applicant.birth.text() == "8/3/19"
        row = page.form.checklist.rows[1]
        assert (row.tick.isChecked(), row.originals.value()) == (True, 2)
        assert "Đã khôi phục" in running.window.message_bar.text
    finally:
        running.shutdown()
        drain()


def test_closing_the_window_keeps_the_last_letters(desk: DeskContext, qtbot: Any) -> None:
    first = RunningApp(desk, workers=False)
    page = window_of(first, qtbot)
    page.form.applicant.name.setFocus()
    type_text("Nguyễn Văn Đ")
    assert page._draft_timer.isActive()
    first.window.close()
    first.executor.close()
    draft = load_draft(desk, "intake")
    assert draft is not None
    assert draft["applicant"]["name"] == "Nguyễn Văn Đ"
    first.shutdown()
    drain()


def test_no_draft_is_left_of_a_dossier_that_was_received(
    window: MainWindow, running: RunningApp, desk: DeskContext, qtbot: Any
) -> None:
    """Killed while the code is on the screen, the program must not offer the same dossier again."""
    page = window.page("intake")
    assert isinstance(page, IntakePage)
    type_text("dien tich")
    press(Qt.Key.Key_Return)
    settle(qtbot, running.executor)
    press(Qt.Key.Key_Return)
    type_text("Nguyễn Văn Đức")
    page.form.checklist.tick_all()
    qtbot.waitUntil(lambda: not page._draft_timer.isActive())
    settle(qtbot, running.executor)
    assert load_draft(desk, "intake") is not None
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, running.executor)
    assert page.panel.isVisible()
    assert load_draft(desk, "intake") is None


def test_no_draft_is_left_of_an_empty_form(
    window: MainWindow, running: RunningApp, desk: DeskContext, qtbot: Any
) -> None:
    page = window.page("intake")
    assert isinstance(page, IntakePage)
    page.form.applicant.name.setFocus()
    type_text("A")
    qtbot.waitUntil(lambda: not page._draft_timer.isActive())
    settle(qtbot, running.executor)
    assert load_draft(desk, "intake") is not None
    press(Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: not page._draft_timer.isActive())
    settle(qtbot, running.executor)
    assert load_draft(desk, "intake") is None


def test_a_draft_of_a_procedure_that_is_gone_brings_back_the_person(
    desk: DeskContext, running: RunningApp, qtbot: Any
) -> None:
    from counter_app.services.drafts import save_draft

    save_draft(desk, "intake", {"procedure": "9.999999", "applicant": {"name": "Y Thắng Êban"}})
    page = window_of(running, qtbot)
    assert page.form.applicant.name.text() == "Y Thắng Êban"
    assert page.form.procedure.procedure is None


@pytest.mark.parametrize("kind", ["enterprise", "organisation"])
def test_a_draft_keeps_the_kind_of_applicant(
    window: MainWindow, running: RunningApp, desk: DeskContext, qtbot: Any, kind: str
) -> None:
    page = window.page("intake")
    assert isinstance(page, IntakePage)
    page.form.applicant.kind.setCurrentIndex(page.form.applicant.kind.findData(kind))
    page.form.applicant.name.setText("Công ty TNHH Cà phê Ea Kao")
    page._save_draft()
    settle(qtbot, running.executor)
    draft = load_draft(desk, "intake")
    assert draft is not None
    page.form.clear()
    page.form.restore(draft, None)
    assert page.form.applicant.data().kind == kind
