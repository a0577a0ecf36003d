"""The diagnosis on the sync page: the line is checked beside the window, stopped by the same key, kept for support."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.services import line_probe
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.sync.client import Exchange
from counter_app.sync.engine import Light
from counter_app.ui.sync_diagnosis_tab import DiagnosisTab
from tests.services.line_server import answering, serving
from tests.ui.sync_page_parts import Syncer, open_page
from tests.ui.window_fixtures import TUESDAY_MORNING, WAIT_MS, press, settle

TakeIn = Callable[..., Received]
CALLS = (
    Exchange(TUESDAY_MORNING, "DongBoHoSoMC", 200, 412, 18_240, 96, ""),
    Exchange(TUESDAY_MORNING, "PATCH /files", None, 10_004, 65_536, 0, "portal_timeout"),
)


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring of the machine is left alone."""
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "mat-khau")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No step ends by itself, however slow the machine of the tests is."""
    monkeypatch.setattr(line_probe, "STEP_SECONDS", 600.0)


def join(running: RunningApp, port: int) -> Syncer:
    """Settings with a portal on this machine, and a syncer that talks to it."""
    desk = running.context.desk
    portal = {"url": f"http://127.0.0.1:{port}", "user": "canbo"}
    running.context.desk = replace(desk, settings=with_changes(desk.settings, portal=portal))
    syncer = Syncer(running)
    syncer.answers = CALLS
    running.context.sync = syncer
    syncer.tell(light=Light.ONLINE)
    return syncer


@contextmanager
def silent_portal() -> Iterator[int]:
    """A portal that takes the call and never answers."""
    ended = threading.Event()
    with serving(lambda _: ended.wait(60) and None) as port:
        try:
            yield port
        finally:
            ended.set()


def tab(running: RunningApp, qtbot: Any) -> DiagnosisTab:
    page = open_page(running, qtbot)
    page.tabs.setCurrentWidget(page.diagnosis)
    settle(qtbot, running.executor)
    page.diagnosis.focus()
    return page.diagnosis


def facts(shown: DiagnosisTab) -> dict[str, str]:
    heads = [shown.facts.topLevelItem(place) for place in range(shown.facts.topLevelItemCount())]
    lines = [head.child(place) for head in heads if head is not None for place in range(head.childCount())]
    return {line.text(0): line.text(1) for line in lines}


def test_the_line_is_checked_when_the_tab_is_first_shown_and_by_its_key(running: RunningApp, qtbot: Any) -> None:
    seen: list[bytes] = []
    with serving(answering(seen=seen)) as port:
        join(running, port)
        shown = tab(running, qtbot)
        qtbot.waitUntil(lambda: "Trả lời" in facts(shown), timeout=WAIT_MS)
        found = facts(shown)
        assert found["Địa chỉ"] == f"http://127.0.0.1:{port}"
        assert found["Trả lời"].startswith("Cổng trả lời (HTTP 404).")
        assert found["Đồng hồ máy"] == "lệch 12 phút, chậm hơn cổng"
        assert found["Mật khẩu"] == "có trong kho mật khẩu"
        assert len(seen) == 1
        press(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: len(seen) == 2 and not shown.check.running, timeout=WAIT_MS)
        settle(qtbot, running.executor)


def test_without_a_portal_there_is_nothing_to_check(running: RunningApp, qtbot: Any) -> None:
    shown = tab(running, qtbot)
    assert not shown.check.running
    assert facts(shown)["Địa chỉ"].startswith("Chưa nhập")
    assert facts(shown)["Kiểm tra"] == "Chưa kiểm tra."


def test_a_check_that_takes_long_is_stopped_by_the_same_key(running: RunningApp, qtbot: Any) -> None:
    with silent_portal() as port:
        join(running, port)
        shown = tab(running, qtbot)
        assert shown.check.running
        assert shown.check_button.text() == "Dừng kiểm tra (Ctrl+T)"
        assert shown.hint.text() == "Đang kiểm tra đường truyền…"
        press(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: shown.check_button.text() == "Kiểm tra lại (Ctrl+T)", timeout=WAIT_MS)
        settle(qtbot, running.executor)
        assert not shown.check.running


def test_the_window_closes_while_the_line_is_checked(running: RunningApp, qtbot: Any) -> None:
    with silent_portal() as port:
        join(running, port)
        shown = tab(running, qtbot)
        assert shown.check.running
        running.window.close()
        assert not shown.check.running


def test_other_settings_are_checked_anew(running: RunningApp, qtbot: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        dead = listening.getsockname()[1]
    with serving(answering()) as port:
        join(running, dead)
        shown = tab(running, qtbot)
        qtbot.waitUntil(lambda: "từ chối kết nối" in facts(shown).get("Kết nối", ""), timeout=WAIT_MS)
        join(running, port)
        running.context.announce("settings")
        shown.refresh()
        qtbot.waitUntil(lambda: "Cổng trả lời" in facts(shown).get("Trả lời", ""), timeout=WAIT_MS)
        settle(qtbot, running.executor)


def test_what_is_found_of_the_old_portal_does_not_count_for_the_new_one(running: RunningApp, qtbot: Any) -> None:
    with silent_portal() as old, serving(answering()) as port:
        join(running, old)
        shown = tab(running, qtbot)
        assert shown.check.running
        join(running, port)
        running.context.announce("settings")
        qtbot.waitUntil(lambda: "Cổng trả lời" in facts(shown).get("Trả lời", ""), timeout=WAIT_MS)
        assert facts(shown)["Địa chỉ"].endswith(f":{port}")
        settle(qtbot, running.executor)


def test_the_newest_calls_are_listed_with_what_failed(running: RunningApp, qtbot: Any) -> None:
    with serving(answering()) as port:
        join(running, port)
        shown = tab(running, qtbot)
        rows = [
            [item.text() if (item := shown.calls.item(row, column)) else "" for column in range(6)]
            for row in range(shown.calls.rowCount())
        ]
        qtbot.waitUntil(lambda: not shown.check.running)
        settle(qtbot, running.executor)
    assert rows == [
        ["08:30:00", "PATCH /files", "không trả lời kịp", "10.004 ms", "64 KB", "0 KB"],
        ["08:30:00", "DongBoHoSoMC", "HTTP 200", "412 ms", "18 KB", "1 KB"],
    ]


def test_the_file_for_the_support_has_what_the_screen_has_and_nobody_s_name(
    running: RunningApp, take_in: TakeIn, tmp_path: Path, qtbot: Any
) -> None:
    code = take_in(0).code
    with serving(answering()) as port:
        join(running, port)
        shown = tab(running, qtbot)
        qtbot.waitUntil(lambda: "Trả lời" in facts(shown), timeout=WAIT_MS)
        press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: shown.dialog is not None)
        assert shown.dialog is not None
        assert shown.dialog.selectedFiles()[0].endswith("ho-tro-20260310-0830.txt")
        shown.dialog.reject()
        shown.save(str(tmp_path / "ho-tro.txt"))
        settle(qtbot, running.executor)
    text = (tmp_path / "ho-tro.txt").read_text(encoding="utf-8-sig")
    for label, value in facts(shown).items():
        if label not in ("Cơ sở dữ liệu", "Ổ đĩa còn trống"):  # these go on changing
            assert f"{label}: {value}" in text
    assert "PATCH /files |  | 10004" in text
    for secret in (code, "Niê", "066190012345", "canbo", "mat-khau"):
        assert secret not in text
    assert "Đã lưu" in running.window.message_bar.text
