"""Interlinked handing over and back again, by keyboard and scanner alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Step
from counter_app.services.handover_shelf import on_shelf, put_on_shelf
from counter_app.services.handover_slip import control_slip
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.dossier_page_text import history_html
from counter_app.ui.handover_dialogs import (
    ConfirmDialog,
    FinishDialog,
    GiveDialog,
    HandOverStepDialog,
    RedirectDialog,
    SendDialog,
    TakeBackDialog,
)
from counter_app.ui.handover_page import HandoverPage
from tests.ui.window_fixtures import press, settle, type_text

TakeIn = Callable[..., Received]
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
LAND, CIVIL = "Chi nhánh Văn phòng đăng ký đất đai", "Phòng Văn hóa - Xã hội"


def opened(running: RunningApp, qtbot: Any) -> HandoverPage:
    window = running.window
    window.show_page("queue")
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F10)
    page = window.page("handover")
    assert isinstance(page, HandoverPage)
    qtbot.waitUntil(page.code.hasFocus)
    settle(qtbot, running.executor)
    return page


def scan(page: HandoverPage, codes: list[str], qtbot: Any) -> None:
    for code in codes:
        qtbot.keyClicks(QApplication.focusWidget(), code)
        press(Qt.Key.Key_Return)
        settle(qtbot, page.context.executor)
    assert list(page.chosen) == codes


def asked(page: HandoverPage, kind: type[QDialog], key: Qt.Key, modifier: Qt.KeyboardModifier, qtbot: Any) -> Any:
    """The window that a key of the page opens."""
    page.window().activateWindow()  # off screen no window manager gives the keyboard back to it
    qtbot.waitUntil(page.window().isActiveWindow)
    page.code.setFocus()
    press(key, modifier)
    qtbot.waitUntil(lambda: isinstance(page._dialog, kind))
    dialog = page._dialog
    qtbot.waitUntil(lambda: dialog.isActiveWindow())  # type: ignore[union-attr]
    return dialog


def done(dialog: Any, qtbot: Any, page: HandoverPage) -> None:
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle(qtbot, page.context.executor)


def test_dossiers_go_to_another_office_and_come_back(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    codes = [take_in(person).code for person in (0, 1)]
    page = opened(running, qtbot)
    scan(page, codes, qtbot)
    dialog = asked(page, GiveDialog, Qt.Key.Key_Return, CTRL, qtbot)
    type_text(CIVIL)
    done(dialog, qtbot, page)
    assert page.lists[0].state == "draft", "made, and still here"
    assert [show(running.desk, code).row.status for code in codes] == ["received", "received"]

    dialog = asked(page, SendDialog, Qt.Key.Key_3, ALT, qtbot)
    assert "2 hồ sơ" in dialog.heading.text(), "how many go"
    assert dialog.giver.text() == "Lê Thị Hạnh"
    assert page.lists[0].state == "draft", "nothing goes unasked"
    done(dialog, qtbot, page)
    assert page.lists[0].state == "sent"
    assert [show(running.desk, code).row.unit for code in codes] == ["", ""]

    dialog = asked(page, ConfirmDialog, Qt.Key.Key_4, ALT, qtbot)
    type_text("Y Thắng Êban")
    done(dialog, qtbot, page)
    assert [show(running.desk, code).row.unit for code in codes] == [CIVIL, CIVIL]
    history = history_html(show(running.desk, codes[0]).events)
    assert "Bên giao ký: Lê Thị Hạnh<br>Bên nhận ký: Y Thắng Êban" in history

    dues = [show(running.desk, code).row.due for code in codes]
    dialog = asked(page, RedirectDialog, Qt.Key.Key_6, ALT, qtbot)
    type_text(LAND)
    press(Qt.Key.Key_Tab)
    type_text("Gửi nhầm phòng")
    assert dialog.giver.text() == "Y Thắng Êban", "who signed for it gives it"
    done(dialog, qtbot, page)
    assert page.lists[0].to_unit == LAND
    dialog = asked(page, ConfirmDialog, Qt.Key.Key_4, ALT, qtbot)
    type_text("H' Bông Ayun")
    done(dialog, qtbot, page)
    assert show(running.desk, codes[0]).row.unit == LAND
    assert [show(running.desk, code).row.due for code in codes] == dues

    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    page.code.setFocus()
    scan(page, codes[:1], qtbot)
    dialog = asked(page, TakeBackDialog, Qt.Key.Key_1, ALT, qtbot)
    type_text("H' Bông Ayun")
    press(Qt.Key.Key_Tab)
    type_text("k2-n3")
    done(dialog, qtbot, page)
    assert [row.code for row in on_shelf(running.desk, "K2")] == codes[:1]
    slip = control_slip(running.desk, codes[0])
    assert [(row.to_unit, row.complete) for row in slip.rows] == [
        (CIVIL, True),
        (LAND, True),
        ("Bộ phận tiếp nhận và trả kết quả", True),
    ]


def test_what_is_sent_back_needs_a_reason(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    code = take_in().code
    page = opened(running, qtbot)
    scan(page, [code], qtbot)
    dialog = asked(page, GiveDialog, Qt.Key.Key_Return, CTRL, qtbot)
    type_text(CIVIL)
    done(dialog, qtbot, page)
    done(asked(page, SendDialog, Qt.Key.Key_3, ALT, qtbot), qtbot, page)
    dialog = asked(page, ConfirmDialog, Qt.Key.Key_4, ALT, qtbot)
    type_text("Y Thắng Êban")
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(dialog.problem.isVisible)
    press(Qt.Key.Key_Tab)
    type_text("Không thuộc thẩm quyền")
    done(dialog, qtbot, page)
    assert page.lists[0].lines[0].state == "turned_back"
    assert show(running.desk, code).row.unit == ""


def test_one_dossier_goes_from_its_own_page(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    desk = running.desk
    earlier, code = (take_in(person).code for person in (0, 1))
    take_step(desk, earlier, Step.HAND_OVER, StepInput(unit=CIVIL))
    put_on_shelf(desk, (code,), "K2-N3")
    window = running.window
    window.show_dossier(code)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    page = window.page("dossier")
    assert isinstance(page, DossierPage)
    qtbot.waitUntil(window.isActiveWindow)
    press(Qt.Key.Key_1, ALT)
    qtbot.waitUntil(lambda: isinstance(page._dialog, HandOverStepDialog) and page._dialog.isActiveWindow())
    dialog: Any = page._dialog
    assert "K2-N3" in dialog.heading.text(), "the clerk sees where the papers lie"
    settle(qtbot, running.executor)
    assert dialog.inputs["unit"].currentText() == "", "nothing is chosen for the clerk"
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle(qtbot, running.executor)
    view = show(desk, code)
    assert (view.row.status, view.row.unit) == ("processing", CIVIL), "a unit that dossiers went to before"

    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    press(Qt.Key.Key_7, ALT)
    qtbot.waitUntil(lambda: isinstance(page._dialog, FinishDialog) and page._dialog.isActiveWindow())
    dialog = page._dialog
    type_text("Y Thắng Êban")
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle(qtbot, running.executor)
    view = show(desk, code)
    assert (view.row.status, view.row.unit) == ("finished", ""), "the result came with its papers"


def test_papers_that_another_office_brings(running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    code = take_in().code
    page = opened(running, qtbot)
    scan(page, [code], qtbot)
    dialog = asked(page, TakeBackDialog, Qt.Key.Key_1, ALT, qtbot)
    type_text("Nguyễn Thị Lan")
    assert not dialog.sender_name.isVisible()
    dialog.from_other.setFocus()
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Tab)
    type_text("Sở Tư pháp")
    press(Qt.Key.Key_Tab)
    type_text("H15.10")
    done(dialog, qtbot, page)
    assert (page.lists[0].from_unit, page.lists[0].office_code, page.lists[0].state) == (
        "Sở Tư pháp",
        "H15.10",
        "closed",
    )
    place = page.table.model().index(0, 1)
    assert place.data() == "Từ Sở Tư pháp"
    assert page.record_button.isEnabled(), "a record for both sides"
