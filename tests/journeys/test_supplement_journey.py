"""Papers asked for in writing, the clock stands, they come, a new receipt; and a refusal. By keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.outbox import list_outbox
from counter_app.services.papers import make_paper
from counter_app.services.reading import show
from counter_app.services.values import Received
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.ending_dialog import EndingDialog
from counter_app.ui.step_dialogs import StepDialog
from counter_app.ui.supplement_dialog import SupplementDialog, SupplementRequestDialog
from tests.pdf_words import said
from tests.services.test_services_portal_feed import ONLINE_CODE, feed, online
from tests.ui.window_fixtures import Clock, press, settle, type_text

TakeIn = Callable[..., Received]
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
PROCEDURE = "1.001193"
ASKED = "Giấy chứng sinh bản chính có dấu của bệnh viện"


def opened(running: RunningApp, code: str, qtbot: Any) -> DossierPage:
    window = running.window
    window.resize(1366, 768)
    window.show_dossier(code)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    qtbot.waitUntil(window.isActiveWindow)
    page = window.page("dossier")
    assert isinstance(page, DossierPage)
    return page


def asked(page: DossierPage, kind: type[StepDialog], key: Qt.Key, modifier: Qt.KeyboardModifier, qtbot: Any) -> Any:
    """The window that a key of the page opens."""
    page.window().activateWindow()  # off screen no window manager gives the keyboard back to it
    qtbot.waitUntil(page.window().isActiveWindow)
    press(key, modifier)
    qtbot.waitUntil(lambda: isinstance(page._dialog, kind))
    settle(qtbot, page.context.executor)
    qtbot.waitUntil(lambda: page._dialog is not None and page._dialog.isActiveWindow())
    return page._dialog


def paper_of(dialog: Any, page: DossierPage, qtbot: Any) -> PaperDialog:
    """Confirm; the paper that the step issues comes up by itself."""
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: dialog.paper is not None)
    settle(qtbot, page.context.executor)
    paper = dialog.paper
    assert isinstance(paper, PaperDialog)
    assert paper.preview.page_count >= 1
    return paper


def test_supplement_and_back(running: RunningApp, take_in: TakeIn, clock: Clock, qtbot: Any) -> None:
    desk = running.desk
    code = take_in(procedure=PROCEDURE).code
    first_due = show(desk, code).row.due
    assert first_due is not None
    page = opened(running, code, qtbot)

    dialog = asked(page, StepDialog, Qt.Key.Key_3, ALT, qtbot)
    type_text(ASKED)
    paper_of(dialog, page, qtbot).reject()
    settle(qtbot, running.executor)
    view = show(desk, code)
    assert view.row.status == "supplement_requested"
    assert view.row.paused_at == clock.now, "the clock stands"
    assert not view.fees
    assert not page.steps.step_actions[Step.PAY].isEnabled(), "there is no money to take"
    assert ASKED in said(make_paper(desk, code, "supplement_request").pdf)

    # The applicant takes a week, all of it working time that does not count.
    clock.move(days=7)
    page.reload()
    settle(qtbot, running.executor)
    dialog = asked(page, SupplementDialog, Qt.Key.Key_4, ALT, qtbot)
    assert ASKED in dialog.heading.text()
    press(Qt.Key.Key_Space)
    paper_of(dialog, page, qtbot).reject()
    settle(qtbot, running.executor)

    view = show(desk, code)
    assert (view.row.status, view.row.paused_at) == ("received", None)
    assert view.row.due == first_due + timedelta(days=7), "as much time as was left"
    receipt = said(make_paper(desk, code, "receipt").pdf)
    assert view.row.due is not None
    assert f"{view.row.due.astimezone(VIETNAM):%d/%m/%Y}" in receipt or f"ngày {view.row.due.day:02d}" in receipt
    steps = [row.kind for row in list_outbox(desk) if row.dossier_code == code]
    assert steps.count("step") == 2


def test_refusal_with_its_law(running: RunningApp, qtbot: Any) -> None:
    desk = running.desk
    feed(desk, "HoSoMoi", ONLINE_CODE, online(procedure=PROCEDURE))
    page = opened(running, ONLINE_CODE, qtbot)
    dialog = asked(page, EndingDialog, Qt.Key.Key_T, ALT | SHIFT, qtbot)
    type_text("Hồ sơ không thuộc thẩm quyền của Ủy ban nhân dân xã")
    press(Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: dialog.law.hasFocus() or dialog.law.lineEdit().hasFocus())
    type_text("Khoản 2 Điều 17 Nghị định 61/2018/NĐ-CP")
    paper = paper_of(dialog, page, qtbot)

    view = show(desk, ONLINE_CODE)
    assert view.row.status == "refused"
    text = said(make_paper(desk, ONLINE_CODE, "refusal").pdf)
    assert "Hồ sơ không thuộc thẩm quyền của Ủy ban nhân dân xã" in text
    assert "Khoản 2 Điều 17 Nghị định 61/2018/NĐ-CP" in text
    paper.reject()
    settle(qtbot, running.executor)
    assert "Khoản 2 Điều 17" in page.history.toPlainText()
    assert [row.kind for row in list_outbox(desk) if row.dossier_code == ONLINE_CODE].count("step") == 1
    assert page.steps.no_steps.isVisible(), "nothing follows a refusal"
    running.window.search_box.take_focus()
    running.window.show_dossier(ONLINE_CODE)
    settle(qtbot, running.executor)
    assert running.window.focusWidget() is page.papers, "the keys of the page work on a dossier without steps too"


def test_what_is_missing_is_asked_for_and_why_is_on_the_paper(running: RunningApp, qtbot: Any) -> None:
    desk = running.desk
    feed(desk, "HoSoMoi", ONLINE_CODE, online(procedure=PROCEDURE))
    page = opened(running, ONLINE_CODE, qtbot)
    dialog = asked(page, SupplementRequestDialog, Qt.Key.Key_3, ALT, qtbot)
    missing = dialog.items.toPlainText().splitlines()
    view = show(desk, ONLINE_CODE)
    required = [paper.name for paper in view.procedure.components if paper.required]
    assert missing, "required papers that did not come are there already"
    assert set(missing) < set(required), "not those of which the rules say that they may not be asked"

    known, other = dialog.menu.actions()[-1], dialog.menu.actions()[0]
    for action in (known, other, other):
        action.trigger()
    lines = dialog.items.toPlainText().splitlines()
    assert [line for line in lines if line not in missing] == [
        action.data() for action in (known, other) if action.data() not in missing
    ], "each paper once"
    dialog.why.setFocus()
    type_text("Tờ khai chưa ký")
    paper_of(dialog, page, qtbot).reject()
    settle(qtbot, running.executor)
    assert "\nLý do: Tờ khai chưa ký" in page.history.toPlainText(), "a line of its own there too"
    text = said(make_paper(desk, ONLINE_CODE, "supplement_request").pdf)
    assert "Lý do: Tờ khai chưa ký" in text
    assert f"{len(lines)}. " in text
    assert f"{len(lines) + 1}. {lines[0][:10]}" not in text


def test_withdrawn_with_an_original_given_back(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    desk = running.desk
    code = take_in(procedure=PROCEDURE).code
    page = opened(running, code, qtbot)
    dialog = asked(page, EndingDialog, Qt.Key.Key_R, ALT | SHIFT, qtbot)
    type_text("Người nộp không còn nhu cầu")
    for _ in range(2):
        press(Qt.Key.Key_Tab)
    qtbot.waitUntil(dialog.originals.hasFocus)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle(qtbot, running.executor)
    view = show(desk, code)
    assert view.row.status == "withdrawn"
    paper = next(paper for paper in view.components if paper.originals)
    history = page.history.toPlainText()
    assert "Người nộp không còn nhu cầu" in history
    assert f"Trả lại: {paper.name[:30]}" in history, "what left the desk is in the history"
    assert history.count("Trả lại: ") == 1, "what was not ticked stays"
