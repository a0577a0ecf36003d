"""The panel of clashes, by keyboard: both sides, a reason, one key; what could not be read is seen or tried again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Status, Step, portal_number
from counter_app.services.catalogue_import import CatalogueImporter
from counter_app.services.portal_feed import FeedApplier
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.sync.client import FeedPage
from counter_app.sync.inbox import take_page
from counter_app.ui.clash_panel import ClashPanel
from tests.catalogue_samples import procedure
from tests.ui.window_fixtures import WAIT_MS, drain, press, settle, type_text

TakeIn = Callable[..., Received]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


def feed(running: RunningApp, kind: str, code: str, data: Any) -> None:
    raw = json.dumps({"Loai": kind, "MaHoSo": code, "DuLieu": data}).encode()
    desk = running.desk
    with desk.database.write() as session:
        take_page(session, "portal", FeedPage((raw,), "c1", False), FeedApplier(desk), desk.clock())


def told(status: Status, at: str = "20260310083000") -> dict[str, str]:
    return {
        "ThoiDiemXuLy": at,
        "TrangThai": str(portal_number(status)),
        "NguoiXuLy": "Y Bhiăo Êban",
        "PhongBanXuLy": "Phòng Kinh tế",
        "NoiDungXuLy": "Thiếu bản sao giấy khai sinh",
    }


def clash(running: RunningApp, take_in: TakeIn, person: int = 0) -> str:
    code = take_in(person).code
    take_step(running.desk, code, Step.FINISH, StepInput())
    feed(running, "TienDo", code, told(Status.SUPPLEMENT_REQUESTED))
    return code


@pytest.fixture
def counts() -> list[int]:
    return []


@pytest.fixture
def panel(running: RunningApp, counts: list[int], qtbot: Any) -> Any:
    """The panel in a window of its own."""
    made = ClashPanel(running.context)
    made.open_count.connect(counts.append)
    made.resize(1100, 520)
    made.show()
    made.activateWindow()
    qtbot.waitActive(made)
    settle(qtbot, running.executor)
    yield made
    made.close()
    made.deleteLater()
    drain()


def read(panel: ClashPanel, running: RunningApp, qtbot: Any) -> None:
    running.context.announce("clash")
    settle(qtbot, running.executor)


def lines(panel: ClashPanel) -> list[tuple[str, ...]]:
    table = panel.sides
    return [
        tuple(table.item(row, column).text() for column in range(3))  # type: ignore[union-attr]
        for row in range(table.rowCount())
    ]


def test_nothing_to_decide_says_so(panel: ClashPanel, counts: list[int]) -> None:
    assert panel.nothing.isVisible()
    assert not panel.body.isVisible()
    assert counts == [0]


def test_both_sides_stand_next_to_each_other(
    panel: ClashPanel, running: RunningApp, take_in: TakeIn, counts: list[int], qtbot: Any
) -> None:
    code = clash(running, take_in)
    read(panel, running, qtbot)
    assert counts[-1] == 1
    assert panel.entries.item(0, 0).text() == code  # type: ignore[union-attr]
    assert lines(panel)[0] == ("≠ Trạng thái", "Đã có kết quả", "Chờ bổ sung hồ sơ")
    assert "Hãy so hai bên" in panel.why.text()
    assert panel.keep_button.isVisible()
    assert not panel.again_button.isVisible()


def test_a_reason_is_asked_for_then_the_portal_s_side_is_taken(
    panel: ClashPanel, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = clash(running, take_in)
    read(panel, running, qtbot)
    panel.focus()
    hit(panel.take_button, Qt.Key.Key_2, qtbot)
    settle(qtbot, running.executor)
    assert panel.reason.hasFocus()
    assert show(running.desk, code).row.status == "finished", "nothing without a reason"
    type_text("Phòng Kinh tế xác nhận")
    hit(panel.take_button, Qt.Key.Key_2, qtbot)
    settle(qtbot, running.executor)
    view = show(running.desk, code)
    assert (view.row.status, view.events[-1].reason) == ("supplement_requested", "Phòng Kinh tế xác nhận")
    assert panel.nothing.isVisible()


def test_keeping_ours_goes_on_to_the_next(
    panel: ClashPanel, running: RunningApp, take_in: TakeIn, counts: list[int], qtbot: Any
) -> None:
    first, second = clash(running, take_in, 0), clash(running, take_in, 1)
    read(panel, running, qtbot)
    assert panel.entries.current().dossier_code == second  # type: ignore[union-attr]
    panel.reason.setFocus()
    type_text("Kết quả đã về quầy")
    hit(panel.keep_button, Qt.Key.Key_1, qtbot)
    settle(qtbot, running.executor)
    assert counts[-1] == 1
    assert panel.entries.current().dossier_code == first  # type: ignore[union-attr]
    assert panel.reason.text() == "", "a reason is for one decision"
    assert show(running.desk, second).events[-1].details["decision"] == "keep_ours"


def hit(button: QPushButton, key: Qt.Key, qtbot: Any) -> None:
    """The button's key, pressed where the focus is; a button shows that it was pressed before it acts."""
    with qtbot.waitSignal(button.clicked, timeout=WAIT_MS):
        press(key, CTRL)


def test_somebody_else_s_dossier_cannot_be_taken(
    panel: ClashPanel, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in().code
    feed(running, "HoSoMoi", code, {"MaHoSo": code, "MaTTHC": "1.013314", "ChuHoSo": "Người khác"})
    read(panel, running, qtbot)
    assert not panel.take_button.isEnabled()
    assert panel.keep_button.isEnabled()
    assert "giấy hẹn đã giao" in panel.no_taking.text()


def test_unreadable_entry_is_tried_again_or_put_away(
    panel: ClashPanel, running: RunningApp, counts: list[int], qtbot: Any
) -> None:
    code = "H15.36-260310-90001"
    filed = {"MaHoSo": code, "MaTTHC": "9.999999", "ChuHoSo": "H' Ngăm", "NgayNopHoSo": "20260310083000"}
    feed(running, "HoSoMoi", code, filed)
    read(panel, running, qtbot)
    assert panel.again_button.isVisible()
    assert not panel.keep_button.isVisible()
    assert panel.sides.isColumnHidden(1)
    assert not panel.open_button.isEnabled()
    panel.focus()
    hit(panel.again_button, Qt.Key.Key_1, qtbot)
    settle(qtbot, running.executor)
    assert counts[-1] == 1
    with running.desk.database.write() as session:
        CatalogueImporter(session, running.desk.clock()).take(procedure("9.999999", "Mới", 3, "working_day"))
    hit(panel.again_button, Qt.Key.Key_1, qtbot)
    settle(qtbot, running.executor)
    assert (counts[-1], show(running.desk, code).row.status) == (0, "registered")
    feed(running, "TinNhan", "", {"x": "y"})
    read(panel, running, qtbot)
    panel.focus()
    hit(panel.seen_button, Qt.Key.Key_2, qtbot)
    settle(qtbot, running.executor)
    assert counts[-1] == 0


def test_enter_opens_the_dossier(panel: ClashPanel, running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    code = clash(running, take_in)
    read(panel, running, qtbot)
    opened: list[str] = []
    running.context.open_dossier.connect(opened.append)
    panel.focus()
    press(Qt.Key.Key_Return)
    hit(panel.open_button, Qt.Key.Key_3, qtbot)
    settle(qtbot, running.executor)
    assert opened == [code, code]


def test_what_another_clerk_decided_is_told_and_leaves_the_list(
    panel: ClashPanel, running: RunningApp, take_in: TakeIn, counts: list[int], qtbot: Any
) -> None:
    from counter_app.services.clashes import Decision, decide

    clash(running, take_in)
    read(panel, running, qtbot)
    entry = panel.entries.current()
    assert entry is not None
    decide(running.desk, entry.id, Decision.KEEP_OURS, "Quầy khác đã chọn")
    said: list[str] = []
    running.context.message.connect(lambda text, _tone: said.append(text))
    panel.reason.setFocus()
    type_text("Muộn")
    hit(panel.take_button, Qt.Key.Key_2, qtbot)
    settle(qtbot, running.executor)
    assert "đã xử lý mục này" in said[-1]
    assert counts[-1] == 0
