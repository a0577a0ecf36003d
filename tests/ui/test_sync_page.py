"""The sync page: the light in words, the messages that are not done, what to do about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from counter_app.app import RunningApp
from counter_app.models import OutboxMessage
from counter_app.services.outbox import list_outbox
from counter_app.services.values import Received
from counter_app.sync.engine import Light
from counter_app.sync.worker import SyncStatus
from counter_app.ui.sync_page import SyncPage
from tests.ui.window_fixtures import TUESDAY_MORNING, settle

TakeIn = Callable[..., Received]


class Syncer:
    """Stands where the worker stands and remembers how it was woken."""

    def __init__(self) -> None:
        self.status = SyncStatus()
        self.woken: list[bool] = []

    def wake(self, *, insist: bool = False) -> None:
        self.woken.append(insist)

    def stop(self) -> None: ...


@pytest.fixture
def syncer(running: RunningApp) -> Syncer:
    made = Syncer()
    running.context.sync = made
    return made


def open_page(running: RunningApp, qtbot: Any) -> SyncPage:
    window = running.window
    window.show_page("sync")
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    shown = window.page("sync")
    assert isinstance(shown, SyncPage)
    return shown


def refuse(running: RunningApp, code: str) -> None:
    """As if the portal had refused the dossier's record."""
    with running.desk.database.write() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.dossier_code == code, OutboxMessage.kind == "create")
            .values(
                state="needs_attention",
                attempts=1,
                error_code="03",
                error_field="SoDienThoai",
                last_error="Số điện thoại không hợp lệ",
            )
        )


def cells(page: SyncPage, row: int) -> list[str]:
    items = [page.outbox.item(row, column) for column in range(page.outbox.columnCount())]
    return ["" if item is None else item.text() for item in items]


def test_without_a_portal_the_page_says_so_and_leads_to_the_settings(
    running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in().code
    page = open_page(running, qtbot)
    assert page.light.text() == "– Chưa nối cổng"
    assert not page.send_button.isVisible()
    assert cells(page, 0)[:3] == [code, "Hồ sơ mới", "… chờ gửi"]
    assert page.advice.text() == "Được giữ an toàn ở máy này, sẽ gửi khi đã nối cổng."
    page.settings_button.click()
    assert running.window.current_page == "settings"


@pytest.mark.parametrize(
    ("light", "words", "hint"),
    [
        (Light.ONLINE, "● Trực tuyến", "gửi ngay khi tiếp nhận"),
        (Light.OFFLINE, "○ Mất kết nối", "tự gửi khi có mạng lại"),
        (Light.SIGN_IN_NEEDED, "! Cần đăng nhập cổng", "Nhập lại ở Cài đặt"),
    ],
)
def test_the_light_says_the_state_in_words(
    running: RunningApp, syncer: Syncer, qtbot: Any, light: Light, words: str, hint: str
) -> None:
    page = open_page(running, qtbot)
    status = SyncStatus(light=light, last_success_at=TUESDAY_MORNING, next_try_at=TUESDAY_MORNING, error="Cổng bận.")
    running.context.take_sync_status(status)
    assert page.light.text() == words
    assert hint in page.hint.text()
    assert "Lần cuối liên lạc được: 08:30 10/03/2026" in page.times.text()
    assert page.trouble.text() == "Cổng bận."


def test_what_needs_a_hand_is_on_top_with_the_portals_words_and_what_to_do(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    take_in(0)
    stuck = take_in(1).code
    refuse(running, stuck)
    page = open_page(running, qtbot)
    assert cells(page, 0)[0] == stuck
    assert cells(page, 0)[2] == "! cần xử lý"
    assert page.numbers["needs_attention"].text() == "1"
    assert page.said.text() == "Lời của cổng: Số điện thoại không hợp lệ (mục SoDienThoai)"
    assert "sửa được thì sửa rồi gửi lại" in page.advice.text()


def test_retry_puts_the_message_back_and_wakes_the_syncer(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    stuck = take_in(1).code
    refuse(running, stuck)
    page = open_page(running, qtbot)
    page.retry_button.click()
    settle(qtbot, running.executor)
    assert [row.state for row in list_outbox(running.desk)] == ["waiting"]
    assert page.numbers["needs_attention"].text() == "0"
    assert syncer.woken == [True]


def test_send_now_insists(running: RunningApp, syncer: Syncer, qtbot: Any) -> None:
    page = open_page(running, qtbot)
    page.send_button.click()
    assert syncer.woken == [True]


def test_the_chosen_message_stays_chosen_when_the_list_changes(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    take_in(0)
    second = take_in(1).code
    page = open_page(running, qtbot)
    page.outbox.setCurrentCell(1, 0)
    third = take_in(2).code
    refuse(running, third)
    running.context.announce("outbox")
    settle(qtbot, running.executor)
    row = page.outbox.current()
    assert row is not None
    assert row.dossier_code == second
    assert page.outbox.currentRow() == 2


def test_all_sent_says_that_nothing_is_left(running: RunningApp, syncer: Syncer, qtbot: Any) -> None:
    page = open_page(running, qtbot)
    assert page.said.text() == "Không còn gì chờ gửi: cổng đã nhận tất cả."
    assert not page.retry_button.isEnabled()
