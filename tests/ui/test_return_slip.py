"""The slip that is signed at the return desk: printed first, and new whenever what it says has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Step
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.ui.dossier_page_paper import PrintDialog
from counter_app.ui.return_page import ReturnPage
from tests.printing.paper_samples import text_of
from tests.ui.test_return_page import look, return_page, tick, to_somebody_else
from tests.ui.window_fixtures import press, settle

TakeIn = Callable[..., Received]


@pytest.fixture
def page(running: RunningApp, qtbot: Any) -> ReturnPage:
    return return_page(running, qtbot)


def test_the_slip_is_signed_before_the_return_is_entered(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any, tmp_path: Path
) -> None:
    """By keyboard alone: Alt+8, look, close, tick the signature, Ctrl+Enter."""
    code = take_in(procedure="1.001193").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    press(Qt.Key.Key_8, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: page._dialog is not None)  # a button pressed by its key clicks a moment later
    settle(qtbot, running.executor)
    paper = page._dialog
    assert isinstance(paper, PrintDialog)
    said = text_of(paper.pdf, tmp_path)
    assert "PHIẾU GIAO NHẬN" in said
    assert "H' Ngăm Niê Kdăm" in said
    paper.reject()
    assert show(running.desk, code).row.status == "finished", "nothing was entered yet"
    assert running.window.focusWidget() is page.card.evidence.signed, "what comes next"
    running.window.activateWindow()
    qtbot.waitUntil(page.card.evidence.signed.hasFocus)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, running.executor)
    assert show(running.desk, code).row.status == "returned"


@pytest.fixture
def printing(running: RunningApp) -> None:
    """A printer that nobody listens at: what is printed waits in the spool."""
    settings = with_changes(running.desk.settings, printers={"office": "tcp://127.0.0.1:9"})
    running.context.desk = replace(running.desk, settings=settings)


@pytest.fixture
def signed(page: ReturnPage, running: RunningApp, take_in: TakeIn, printing: None, qtbot: Any) -> str:
    """The slip for the owner, with one original, was printed and signed; nothing is entered yet. The code."""
    code = take_in(procedure="1.001193").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    tick(page, 0)
    print_slip(page, qtbot)
    page.card.evidence.signed.setChecked(True)
    return code


def print_slip(page: ReturnPage, qtbot: Any) -> None:
    page.card.evidence.slip.click()
    settle(qtbot, page.context.executor)
    paper = page._dialog
    assert isinstance(paper, PrintDialog)
    paper.print_now()
    settle(qtbot, page.context.executor)
    assert not paper.isVisible(), paper.note.text()


CHANGES: dict[str, tuple[Callable[[ReturnPage], None], str]] = {
    "receiver": (to_somebody_else, "người nhận, giấy ủy quyền"),
    "result": (lambda page: page.card.evidence.results.setPlainText("Giấy khai sinh | 17/2026/KS"), "kết quả giao"),
    "original": (lambda page: tick(page, 1), "bản chính trả lại"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_after_the_slip_was_printed_takes_the_signature_away(
    page: ReturnPage, running: RunningApp, signed: str, what: str, qtbot: Any
) -> None:
    change, words = CHANGES[what]
    box = page.card.evidence
    assert box.signed.isChecked()
    change(page)
    assert not box.signed.isChecked()
    assert not box.signed.isEnabled(), "nobody can have signed what was not printed"
    assert f"ghi khác: {words}" in box.notice.text()
    page.give()
    assert f"ghi khác: {words}" in page.line.text()
    assert running.window.focusWidget() is box.slip, "what comes next"
    assert show(running.desk, signed).row.status == "finished"
    print_slip(page, qtbot)
    assert box.notice.isHidden()
    assert running.window.focusWidget() is box.signed
    box.signed.setChecked(True)
    page.give()
    settle(qtbot, running.executor)
    assert show(running.desk, signed).row.status == "returned"
    assert show(running.desk, signed).events[-1].details["slip"]


def test_a_slip_printed_before_the_window_was_opened_anew_still_binds(
    page: ReturnPage, running: RunningApp, signed: str, qtbot: Any
) -> None:
    page.next_one()
    look(page, signed, qtbot)
    box = page.card.evidence
    assert not box.signed.isEnabled()
    assert "bản chính trả lại" in box.notice.text(), "the printed slip has one original, here none is ticked"
    tick(page, 0)
    assert box.signed.isEnabled()
    assert box.notice.isHidden()


def test_by_post_no_signature_is_asked_for(page: ReturnPage, running: RunningApp, signed: str, qtbot: Any) -> None:
    page.card.ways["post"].click()
    page.card.tracking.setText("EB123456789VN")
    assert page.card.evidence.notice.isHidden()
    page.give()
    settle(qtbot, running.executor)
    assert show(running.desk, signed).delivery_state == "posted"


def test_a_signature_without_a_printed_slip_goes_when_the_receiver_changes(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    """The slip may have been kept as a file and printed elsewhere."""
    code = take_in(procedure="1.001193").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    page.card.evidence.signed.setChecked(True)
    to_somebody_else(page)
    assert not page.card.evidence.signed.isChecked()
    assert "cho người nhận ký" in page.card.evidence.notice.text()
    page.card.evidence.signed.setChecked(True)
    assert page.card.evidence.notice.isHidden()
    page.give()
    settle(qtbot, running.executor)
    assert show(running.desk, code).row.status == "returned"


def test_no_slip_before_there_is_a_result(page: ReturnPage, take_in: TakeIn, qtbot: Any) -> None:
    look(page, take_in().code, qtbot)
    assert not page.card.evidence.slip.isEnabled()


def test_what_the_slip_lacks_is_asked_for_first(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in(procedure="1.001193").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    page.card.authorised.setChecked(True)
    page.card.evidence.slip.click()
    assert page._dialog is None
    assert "họ tên người được ủy quyền" in page.line.text()
    assert page.card.to_name.hasFocus()
