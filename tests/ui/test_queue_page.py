"""The queue page on a real database, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import update

from counter_app.app import RunningApp
from counter_app.models import OutboxMessage
from counter_app.rules.lifecycle import Step
from counter_app.services import reading
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.sync.outbox_view import DossierSyncState
from counter_app.ui import queue_page
from counter_app.ui.formatting import PORTAL_WORDS
from counter_app.ui.queue_page import QueuePage
from tests.ui.vietnamese_typing import type_vietnamese
from tests.ui.window_fixtures import Clock, settle

TakeIn = Callable[..., Received]


@pytest.fixture
def page(running: RunningApp, take_in: TakeIn, clock: Clock, qtbot: Any) -> QueuePage:
    """The queue with four dossiers, received a minute apart; the second has its result."""
    for number in range(4):
        take_in(number)
        clock.move(minutes=1)
    window = running.window
    window.show_page("queue")
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    shown = window.page("queue")
    assert isinstance(shown, QueuePage)
    return shown


def names(page: QueuePage, qtbot: Any) -> list[str]:
    """The applicants on the screen, from top to bottom."""
    model = page.model
    qtbot.waitUntil(lambda: all(model.row_at(row) is not None for row in range(model.rowCount())))
    return [str(model.data(model.index(row, 1))) for row in range(model.rowCount())]


def test_open_dossiers_come_first_with_the_newest_on_top(page: QueuePage, qtbot: Any) -> None:
    assert page.scope() == "open"
    assert names(page, qtbot) == ["Y Thắng Êban", "Trần Thị Hồng Ánh", "Nguyễn Văn Đức", "H' Ngăm Niê Kdăm"]
    assert page.scopes["open"].text() == "Đang mở: 4 (Alt+1)"
    assert page.footer.text().startswith("4 hồ sơ")


def test_numbers_on_top_are_filters(page: QueuePage, running: RunningApp, clock: Clock, qtbot: Any) -> None:
    names(page, qtbot)
    row = page.model.row_at(0)
    assert row is not None
    take_step(running.desk, row.code, Step.FINISH, StepInput())
    clock.move(days=60)
    running.context.announce("dossier", dossiers=(row.code,))
    settle(qtbot, running.executor)
    assert page.scopes["overdue"].text() == "Quá hạn: 3 (Alt+3)"
    qtbot.keyClick(page.table, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, running.executor)
    assert page.scope() == "overdue"
    assert page.model.rowCount() == 3
    names(page, qtbot)
    texts = [str(page.model.data(page.model.index(line, 4))) for line in range(3)]
    assert all(text.startswith("quá hạn") for text in texts)
    qtbot.mouseClick(page.scopes["all"], Qt.MouseButton.LeftButton)
    settle(qtbot, running.executor)
    assert page.model.rowCount() == 4


def test_typing_narrows_the_list_without_accents(page: QueuePage, running: RunningApp, qtbot: Any) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.text.hasFocus()
    qtbot.keyClicks(page.text, "hong anh")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    settle(qtbot, running.executor)
    assert names(page, qtbot) == ["Trần Thị Hồng Ánh"]
    qtbot.keyClick(page.text, Qt.Key.Key_Return)
    assert page.table.hasFocus()


def test_what_matches_nothing_says_so(page: QueuePage, running: RunningApp, qtbot: Any) -> None:
    type_vietnamese(page.text, "không ai như vậy")
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    assert page.footer.text() == "Không có hồ sơ nào khớp. Hãy bỏ bớt điều kiện lọc."


def test_status_filter_carries_its_numbers(page: QueuePage, running: RunningApp, qtbot: Any) -> None:
    names(page, qtbot)
    row = page.model.row_at(1)
    assert row is not None
    take_step(running.desk, row.code, Step.HAND_OVER, StepInput(unit="Phòng Kinh tế"))
    running.context.announce("dossier", dossiers=(row.code,))
    settle(qtbot, running.executor)
    place = page.status.findData("processing")
    assert page.status.itemText(place) == "Đang xử lý (1)"
    page.status.setCurrentIndex(place)
    settle(qtbot, running.executor)
    assert names(page, qtbot) == ["Trần Thị Hồng Ánh"]


def test_enter_opens_the_chosen_dossier(page: QueuePage, running: RunningApp, qtbot: Any) -> None:
    names(page, qtbot)
    page.table.selectRow(2)
    row = page.model.row_at(2)
    assert row is not None
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    settle(qtbot, running.executor)
    assert running.window.current_page == "dossier"
    assert running.window.page("dossier").code == row.code  # type: ignore[attr-defined]


def test_rows_are_read_before_the_numbers(
    page: QueuePage, running: RunningApp, take_in: TakeIn, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def read(*given: Any) -> Any:
            asked.append(name)
            return work(*given)

        return read

    monkeypatch.setattr(queue_page, "counts", noted("numbers", queue_page.counts))
    monkeypatch.setattr(reading, "queue_rows", noted("rows", reading.queue_rows))
    monkeypatch.setattr(reading, "queue_ids", noted("ids", reading.queue_ids))
    take_in(0)
    page.apply()
    settle(qtbot, running.executor)
    assert asked == ["ids", "rows", "numbers"]
    assert page.scopes["open"].text() == "Đang mở: 5 (Alt+1)"


def test_a_dossier_changed_since_it_was_sent_says_so(page: QueuePage, running: RunningApp, qtbot: Any) -> None:
    row = page.model.row_at(0)
    assert row is not None
    with running.desk.database.write() as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.dossier_id == row.id).values(state="done"))
    take_step(running.desk, row.code, Step.HAND_OVER, StepInput(unit="Phòng Kinh tế"))
    page.apply()
    settle(qtbot, running.executor)
    names(page, qtbot)
    assert page.model.data(page.model.index(0, 6)) == "↻ chờ gửi tiếp"


def test_every_state_that_the_syncer_tells_has_its_words() -> None:
    assert set(PORTAL_WORDS) == {state.value for state in DossierSyncState}
