"""The sync page: the light in words, the pause, the messages that are not done, what to do about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from sqlalchemy import select, update

from counter_app.app import RunningApp
from counter_app.models import OutboxMessage
from counter_app.services import outbox
from counter_app.services.attach import attach
from counter_app.services.catalogue import get_procedure
from counter_app.services.outbox import Shown, list_outbox
from counter_app.services.values import Received
from counter_app.sync.engine import Light
from counter_app.sync.worker import Transfer
from counter_app.ui import paged_table
from counter_app.ui.sync_page import SyncPage
from tests.catalogue_samples import write_pdf
from tests.ui.sync_page_parts import Syncer, cells, come_to_rest, open_page, refuse
from tests.ui.window_fixtures import TUESDAY_MORNING, Clock, press, settle

TakeIn = Callable[..., Received]


@pytest.fixture
def syncer(running: RunningApp) -> Syncer:
    made = Syncer(running)
    running.context.sync = made
    return made


def paper(running: RunningApp) -> str:
    """The code of a paper of the procedure that ``take_in`` receives."""
    return get_procedure(running.desk, "1.013314").components[0].code


def test_without_a_portal_the_page_says_so_and_leads_to_the_settings(
    running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in().code
    page = open_page(running, qtbot)
    assert page.head.light.text() == "– Chưa nối cổng"
    assert not page.head.send_button.isVisible()
    assert not page.head.pause_button.isVisible()
    assert cells(page, 0)[:3] == [code, "Hồ sơ mới", "… chờ gửi"]
    assert page.outbox.advice.text() == "Được giữ an toàn ở máy này, sẽ gửi khi đã nối cổng."
    page.head.settings_button.click()
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
    syncer.tell(
        light=light,
        last_success_at=TUESDAY_MORNING,
        next_try_at=TUESDAY_MORNING + timedelta(minutes=2),
        error="Cổng bận.",
        warnings=("Ổ đĩa sắp đầy.",),
    )
    assert page.head.light.text() == words
    assert hint in page.head.hint.text()
    assert "Lần cuối liên lạc được: 08:30 10/03/2026" in page.head.times.text()
    assert ("thử lại lúc 08:32" in page.head.times.text()) == (light is not Light.ONLINE)
    assert page.head.trouble.text() == "Cổng bận.\nỔ đĩa sắp đầy."


def test_the_numbers_say_what_waits(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, tmp_path: Path, qtbot: Any
) -> None:
    code = take_in(0).code
    refuse(running, take_in(1).code)
    attach(running.desk, code, [write_pdf(tmp_path / "đơn.pdf")], component=paper(running))
    page = open_page(running, qtbot)
    texts = {name: label.text() for name, label in page.head.numbers.items()}
    assert texts == {"dossiers": "1", "documents": "1", "bytes": "2 KB", "needs_attention": "1"}
    assert page.tabs.tabText(0) == "&1 Chờ gửi và cần xử lý (1)"


def test_a_pause_stands_out_on_the_page_and_on_the_light_and_ends_by_the_same_key(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    take_in()
    page = open_page(running, qtbot)
    syncer.tell(light=Light.ONLINE)
    press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: syncer.status.paused)  # a button pressed by its key goes down first
    assert page.head.light.text() == "■ ĐANG TẠM DỪNG GỬI"
    assert "■ ĐANG TẠM DỪNG GỬI" in running.window.light.text()
    assert running.window.light.property("tone") == page.head.property("tone") == "halted"
    assert page.head.pause_button.text() == "Tiếp tục gửi (Ctrl+P)"
    assert "bấm «Tiếp tục»" in page.outbox.advice.text()
    assert not page.head.send_button.isEnabled()
    page.head.send_now()
    assert syncer.woken == [], "nothing is sent in a pause"
    press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not syncer.status.paused)
    assert page.head.light.text() == "● Trực tuyến"
    assert "TẠM DỪNG" not in running.window.light.text()
    assert page.head.property("tone") == ""
    assert syncer.woken == [True]


def test_a_document_on_its_way_shows_how_far_it_is_how_fast_and_how_long_it_takes(
    running: RunningApp, syncer: Syncer, clock: Clock, take_in: TakeIn, tmp_path: Path, qtbot: Any
) -> None:
    code = take_in().code
    attach(running.desk, code, [write_pdf(tmp_path / "đơn.pdf")], component=paper(running))
    page = open_page(running, qtbot)
    assert page.head.under_way.text() == "Lúc này không gửi gì."
    syncer.tell(light=Light.ONLINE, sending="Gửi", transfer=Transfer("đơn.pdf", code, 512, 2048, 8.0))
    come_to_rest(running, page, qtbot)
    assert page.head.under_way.text() == f"Tài liệu đơn.pdf của hồ sơ {code}: 1 KB / 2 KB"
    assert page.head.progress.isVisible()
    assert page.head.progress.value() == 250
    assert page.head.speed.text().startswith("1 KB/giây · tất cả xong sau ")
    syncer.tell(sending="", transfer=None)
    assert not page.head.progress.isVisible()
    assert page.head.speed.text() == ""


def test_what_needs_a_hand_is_on_top_with_the_portals_words_and_what_to_do(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    take_in(0)
    stuck = take_in(1).code
    refuse(running, stuck)
    page = open_page(running, qtbot)
    assert cells(page, 0)[0] == stuck
    assert cells(page, 0)[2] == "! cần xử lý"
    assert page.outbox.said.text() == "Lời của cổng: Số điện thoại không hợp lệ (mục số điện thoại)"
    assert "bấm «Sửa và gửi lại»" in page.outbox.advice.text()


@pytest.mark.parametrize(
    ("code", "does"),
    [
        ("02", "cấp quyền"),
        ("04", "mã trùng"),
        ("too_large", "Rút gọn"),
        ("http_413", "độ phân giải thấp hơn"),
        ("document_damaged", "bản sao lưu"),
        ("not_offered", "bằng cách khác"),
        ("-7", "Đọc lời của cổng"),
    ],
)
def test_each_refusal_says_what_to_do(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any, code: str, does: str
) -> None:
    refuse(running, take_in().code, error_code=code)
    page = open_page(running, qtbot)
    assert does in page.outbox.advice.text()


def test_the_list_can_be_held_to_what_needs_a_person(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    take_in(0)
    stuck = take_in(1).code
    page = open_page(running, qtbot)
    page.outbox.choice.setCurrentIndex(1)
    settle(qtbot, running.executor)
    assert page.outbox.model.shown is Shown.ATTENTION
    assert page.outbox.said.text() == "Không có tin nào như vậy."
    refuse(running, stuck)
    running.context.announce("outbox")
    come_to_rest(running, page, qtbot)
    assert page.outbox.model.rowCount() == 1
    assert cells(page, 0)[0] == stuck


def test_what_was_refused_is_mended_and_sent_again_in_place(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    take_in(0)
    stuck = take_in(1).code
    refuse(running, stuck)
    page = open_page(running, qtbot)
    press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.outbox.dialog is not None)
    dialog = page.outbox.dialog
    assert dialog is not None
    settle(qtbot, running.executor)
    qtbot.waitUntil(dialog.isActiveWindow)
    phone = dialog.entries.applicant.fields.phone
    assert QApplication.focusWidget() is phone
    phone.setText("0987000111")
    dialog.reason.setText("Cổng báo sai số")
    dialog.submit()
    come_to_rest(running, page, qtbot)
    assert {row.state for row in list_outbox(running.desk)} == {"waiting"}
    assert page.head.numbers["needs_attention"].text() == "0"
    with running.desk.database.read() as session:
        payload = session.scalar(
            select(OutboxMessage.payload).where(OutboxMessage.dossier_code == stuck, OutboxMessage.kind == "create")
        )
    assert b"0987000111" in (payload or b"")
    if dialog.paper is not None:
        dialog.paper.reject()


def test_a_document_is_not_mended_by_entries(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, tmp_path: Path, qtbot: Any
) -> None:
    code = take_in().code
    attach(running.desk, code, [write_pdf(tmp_path / "đơn.pdf")], component=paper(running))
    refuse(running, code, kind="upload", error_code="http_413", error_field="", last_error="Tệp quá lớn")
    page = open_page(running, qtbot)
    assert cells(page, 0)[1] == "Tài liệu quét: đơn.pdf (1 KB)"
    assert not page.outbox.correct_button.isEnabled()
    assert page.outbox.retry_button.isEnabled()


def test_retry_puts_the_message_back_and_wakes_the_syncer(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    stuck = take_in(1).code
    refuse(running, stuck)
    page = open_page(running, qtbot)
    press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: syncer.woken == [True])
    come_to_rest(running, page, qtbot)
    assert [row.state for row in list_outbox(running.desk)] == ["waiting"]
    assert page.head.numbers["needs_attention"].text() == "0"


def test_all_that_was_refused_can_be_sent_again_at_once(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    for person in range(3):
        refuse(running, take_in(person).code)
    page = open_page(running, qtbot)
    press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: syncer.woken == [True])
    come_to_rest(running, page, qtbot)
    assert {row.state for row in list_outbox(running.desk)} == {"waiting"}
    assert running.window.message_bar.text.endswith("3 tin cần xử lý được gửi lại.")
    assert not page.outbox.retry_all_button.isEnabled()


def test_send_now_insists(running: RunningApp, syncer: Syncer, qtbot: Any) -> None:
    page = open_page(running, qtbot)
    page.head.send_button.click()
    assert syncer.woken == [True]


def test_the_chosen_message_stays_chosen_when_the_list_changes(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    take_in(0)
    second = take_in(1).code
    page = open_page(running, qtbot)
    page.outbox.table.selectRow(1)
    third = take_in(2).code
    refuse(running, third)
    running.context.announce("outbox")
    come_to_rest(running, page, qtbot)
    row = page.outbox.table.current_row()
    assert row is not None
    assert row.dossier_code == second
    assert page.outbox.table.currentIndex().row() == 2


def test_when_the_chosen_message_has_gone_the_next_one_is_chosen(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    codes = [take_in(person).code for person in range(3)]
    for code in codes:
        refuse(running, code)
    page = open_page(running, qtbot)
    page.outbox.choice.setCurrentIndex(1)
    settle(qtbot, running.executor)
    page.outbox.table.selectRow(1)
    page.outbox.retry_button.click()
    settle(qtbot, running.executor)
    come_to_rest(running, page, qtbot)
    row = page.outbox.table.current_row()
    assert row is not None
    assert row.dossier_code == codes[2]


def test_all_sent_says_that_nothing_is_left(running: RunningApp, syncer: Syncer, qtbot: Any) -> None:
    page = open_page(running, qtbot)
    assert page.outbox.said.text() == "Không còn gì chờ gửi: cổng đã nhận tất cả."
    assert not page.outbox.retry_button.isEnabled()


def test_a_long_queue_is_paged(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paged_table, "PAGE_ROWS", 4)
    for person in range(12):
        take_in(person)
    read: list[int] = []
    page = open_page(running, qtbot)
    page.outbox.table.setFixedHeight(100)  # the height of its head and a row
    monkeypatch.setattr(
        "counter_app.ui.sync_outbox_tab.outbox_items",
        lambda desk, ids: read.append(len(ids)) or outbox.outbox_items(desk, ids),
    )
    running.context.announce("outbox")
    come_to_rest(running, page, qtbot)
    assert page.outbox.model.rowCount() == 12
    assert page.outbox.count.text() == "12 tin"
    assert 0 < sum(read) < 12


def test_a_stream_of_news_does_not_read_the_tables_each_time(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in()
    page = open_page(running, qtbot)
    reads: list[int] = []
    monkeypatch.setattr(
        "counter_app.ui.sync_page.outbox_load", lambda desk: reads.append(1) or outbox.outbox_load(desk)
    )
    for number in range(300):
        syncer.tell(light=Light.ONLINE, sending=f"Gửi hồ sơ {number}")
    settle(qtbot, running.executor)
    assert len(reads) == 1
    come_to_rest(running, page, qtbot)
    assert len(reads) == 2, "the last word is read as well"


def test_what_a_rescue_file_carries_is_not_taken_for_sent(
    running: RunningApp, syncer: Syncer, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in().code
    with running.desk.database.write() as session:
        session.execute(update(OutboxMessage).values(state="held"))
    page = open_page(running, qtbot)
    assert cells(page, 0)[::2] == [code, "■ trong tệp cứu hộ", "0"]
    assert "(Ctrl+U)" in page.outbox.advice.text()
    assert "Thêm 1 tin nằm trong tệp cứu hộ" in page.head.under_way.text()
    assert not page.outbox.retry_button.isEnabled()


def test_the_rescue_window_opens_by_its_key(running: RunningApp, syncer: Syncer, qtbot: Any) -> None:
    page = open_page(running, qtbot)
    press(Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.outbox.rescue is not None and page.outbox.rescue.isVisible())
    assert page.outbox.rescue is not None
    page.outbox.rescue.reject()
    settle(qtbot, running.executor)


def test_a_portal_that_was_taken_out_of_the_settings_is_gone_from_the_head(
    running: RunningApp, syncer: Syncer, qtbot: Any
) -> None:
    page = open_page(running, qtbot)
    syncer.tell(light=Light.ONLINE)
    running.context.sync = None
    running.context.announce("settings")
    assert page.head.light.text() == "– Chưa nối cổng"
    assert not page.head.pause_button.isVisible()


def test_captions_count_what_waits_for_a_person(running: RunningApp, syncer: Syncer, qtbot: Any) -> None:
    page = open_page(running, qtbot)
    page.clashes.open_count.emit(3)
    page.reconcile.open_changed.emit(1200)
    assert [page.tabs.tabText(place) for place in range(page.tabs.count())] == [
        "&1 Chờ gửi và cần xử lý",
        "&2 Lịch sử",
        "&3 Sai lệch từ cổng (3)",
        "&4 Đối soát (1.200)",
        "&5 Chẩn đoán",
    ]


def test_tabs_are_reached_by_keys(running: RunningApp, syncer: Syncer, qtbot: Any) -> None:
    page: SyncPage = open_page(running, qtbot)
    for place in range(page.tabs.count()):
        press(Qt.Key(Qt.Key.Key_1 + place), Qt.KeyboardModifier.AltModifier)
        assert page.tabs.currentIndex() == place
    settle(qtbot, running.executor)
