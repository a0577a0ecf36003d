"""The panel of the reconciliation on a real desk and a real practice portal: compare, send again, follow, accept."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from counter_app.services.portal_link import make_client
from counter_app.services.reconcile import Report
from counter_app.services.reconcile_daily import DailyReconciliation
from counter_app.services.reconcile_mend import mend
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.executor import Executor
from counter_app.ui.reconcile_panel import ReconcilePanel
from tests.services.reconcile_world import Office, never, office_at_work
from tests.ui.test_longer_words import Stretcher, cut
from tests.ui.window_fixtures import WAIT_MS, Clock, drain, settle


@pytest.fixture
def office(prepared_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    import shutil

    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    directory = Path(shutil.copytree(prepared_directory, tmp_path / "đối soát"))
    with office_at_work(directory, tmp_path / "portal", Clock()) as made:
        yield made


@pytest.fixture
def panel(office: Office, executor: Executor, qtbot: Any) -> Iterator[ReconcilePanel]:
    context = AppContext(office.desk, executor)
    made = ReconcilePanel(context)
    qtbot.addWidget(made)
    made.resize(1150, 620)
    made.show()
    qtbot.waitExposed(made)
    made.refresh()
    settle(qtbot, executor)
    yield made
    made.closing()
    context.deleteLater()
    drain()


def compare(panel: ReconcilePanel, qtbot: Any) -> None:
    with qtbot.waitSignal(panel.work.done, timeout=WAIT_MS):
        panel.compare_button.click()
    settled(panel, qtbot)


def settled(panel: ReconcilePanel, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not panel.work.running, timeout=WAIT_MS)
    settle(qtbot, panel.context.executor)
    if panel.model.rowCount():
        qtbot.waitUntil(lambda: panel.table.current_row() is not None, timeout=WAIT_MS)


def cells(panel: ReconcilePanel, row: int) -> list[str]:
    return [panel.model.index(row, column).data() for column in range(panel.model.columnCount())]


def numbers(panel: ReconcilePanel) -> dict[str, str]:
    return {name: label.text() for name, label in panel.numbers.items()}


def test_at_first_nothing_was_compared(panel: ReconcilePanel) -> None:
    assert "Chưa đối soát lần nào" in panel.run_words.text()
    assert "Chưa tự đối soát" in panel.automatic_words.text()
    assert panel.actions_box.said.text() == "Không có sai lệch nào phải xử lý."
    assert not panel.cancel_button.isVisible()
    assert not panel.actions_box.mend_button.isEnabled()
    assert not panel.actions_box.mend_all_button.isEnabled()
    assert not panel.actions_box.export_button.isEnabled()


def test_compare_and_send_again(panel: ReconcilePanel, office: Office, qtbot: Any) -> None:
    code, other = office.take_in(), office.take_in()
    office.send()
    office.change(code, SoDienThoai="0999")
    heard: list[Changed] = []
    panel.context.changed.connect(heard.append)
    opened: list[int] = []
    panel.open_changed.connect(opened.append)
    compare(panel, qtbot)
    assert numbers(panel) == {"compared": "2", "equal": "1", "accepted": "0", "on_the_way": "0", "different": "1"}
    assert "Đã tiếp nhận 2 / 2" in panel.run_words.text()
    assert cells(panel, 0)[:5] == [code, "Số điện thoại", "0912345678", "0999", "≠ chưa xử lý"]
    assert "Ở quầy: 0912345678. Trên cổng: 0999." in panel.actions_box.said.text()
    assert "Bên quầy là đúng" in panel.actions_box.advice.text()
    assert opened[-1] == 1
    panel.actions_box.mend_button.click()
    settled(panel, qtbot)
    assert cells(panel, 0)[4] == "… đang sửa"
    assert [one for one in heard if "outbox" in one.kinds and one.dossiers == {code}]
    office.send()
    compare(panel, qtbot)
    assert (panel.model.rowCount(), opened[-1]) == (0, 0)
    assert office.held(code)["SoDienThoai"] == office.held(other)["SoDienThoai"]


def test_all_is_sent_again_but_what_a_person_has_to_decide(panel: ReconcilePanel, office: Office, qtbot: Any) -> None:
    code, other = office.take_in(), office.take_in()
    office.send()
    office.change(code, GhiChu="Khác")
    office.change(other, TrangThaiHoSo="7", GhiChu="Khác")
    compare(panel, qtbot)
    said: list[str] = []
    panel.context.message.connect(lambda text, _tone: said.append(text))
    with qtbot.waitSignal(panel.work.done, timeout=WAIT_MS):
        panel.actions_box.mend_all_button.click()
    settled(panel, qtbot)
    assert said == ["Đã xếp hàng gửi lại 1 sai lệch. Còn 1 hồ sơ phải quyết định trước nên chưa gửi lại."]
    panel.actions_box.choice.setCurrentIndex(1)
    settled(panel, qtbot)
    assert [cells(panel, row)[:2] for row in range(panel.model.rowCount())] == [[other, "Trạng thái"]]
    assert cells(panel, 0)[4] == "! cần quyết định"
    assert not panel.actions_box.mend_button.isEnabled()
    assert panel.actions_box.follow_button.isEnabled()
    panel.actions_box.follow_button.click()
    settled(panel, qtbot)
    assert said[-1] == f"Hồ sơ {other} đã ghi theo cổng."


def test_accept_by_the_keyboard_with_a_reason(panel: ReconcilePanel, office: Office, qtbot: Any) -> None:
    code = office.take_in()
    office.send()
    office.change(code, GhiChu="Khác")
    compare(panel, qtbot)
    assert not panel.actions_box.accept_button.isEnabled(), "not without a reason"
    panel.actions_box.reason.setFocus()
    qtbot.keyClicks(panel.actions_box.reason, "Cong ghi them")
    qtbot.keyClick(panel.actions_box.reason, Qt.Key.Key_Return)
    settled(panel, qtbot)
    assert (panel.model.rowCount(), panel.actions_box.reason.text()) == (0, "")
    panel.actions_box.choice.setCurrentIndex(2)
    settled(panel, qtbot)
    assert cells(panel, 0)[4] == "– đã chấp nhận"
    assert "Cong ghi them" in panel.actions_box.advice.text()


def test_what_was_settled_elsewhere_is_told_and_the_list_read_again(
    panel: ReconcilePanel, office: Office, qtbot: Any
) -> None:
    code = office.take_in()
    office.send()
    office.change(code, GhiChu="Khác")
    compare(panel, qtbot)
    said: list[tuple[str, str]] = []
    panel.context.message.connect(lambda text, tone: said.append((text, tone)))
    mend(office.desk, office.rows()[0].id)
    panel.actions_box.mend_button.click()
    settled(panel, qtbot)
    assert said == [("Phần này đang được gửi lại. Đợi gửi xong rồi đối soát lại để xem kết quả.", "warning")]
    assert cells(panel, 0)[4] == "… đang sửa"


def test_a_dead_line_is_told_and_everything_can_be_pressed_again(
    panel: ReconcilePanel, office: Office, qtbot: Any
) -> None:
    office.take_in()
    office.send()
    office.portal.stop()
    said: list[str] = []
    panel.context.message.connect(lambda _text, tone: said.append(tone))
    with qtbot.waitSignal(panel.work.failed, timeout=WAIT_MS):
        panel.compare_button.click()
    settled(panel, qtbot)
    assert said == ["error"]
    assert panel.compare_button.isEnabled()
    assert "dừng trước khi hết" in panel.run_words.text()


def test_it_can_be_stopped_and_the_rest_stays(panel: ReconcilePanel, office: Office, qtbot: Any) -> None:
    for _ in range(51):
        office.take_in(files=0)
    office.send()
    asked, go_on = threading.Event(), threading.Event()

    def hold() -> float:
        """The portal's clock, asked for each call: it stands until the test has pressed the key."""
        asked.set()
        assert go_on.wait(WAIT_MS / 1000)
        return office.clock.now.timestamp()

    office.portal._running().clock = hold
    office.portal._running().sessions._clock = hold
    panel.compare_button.click()
    qtbot.waitUntil(asked.is_set, timeout=WAIT_MS)
    assert not panel.compare_button.isEnabled()
    panel.refresh()
    settle(qtbot, panel.context.executor)
    assert panel.work.running, "the window's own worker serves every page while the portal is silent"
    with qtbot.waitSignal(panel.work.done, timeout=WAIT_MS) as told:
        panel.cancel_button.click()
        go_on.set()
    report = told.args[0]
    assert isinstance(report, Report)
    assert (report.complete, report.compared) == (False, 50)
    settled(panel, qtbot)
    assert numbers(panel)["compared"] == "50"


def test_own_days_and_a_period_that_cannot_be(panel: ReconcilePanel, office: Office, qtbot: Any) -> None:
    office.take_in()
    office.clock.move(days=3)
    office.send()
    compare(panel, qtbot)
    assert numbers(panel)["compared"] == "0"
    panel.period.choice.setCurrentIndex(1)
    assert panel.period.period().first == date(2026, 3, 9)
    panel.period.choice.setCurrentIndex(2)
    assert panel.period.period().first == date(2026, 3, 1)
    panel.period.choice.setCurrentIndex(3)
    assert (panel.period.period().first, panel.period.period().last) == (date(2026, 3, 1), date(2026, 3, 13))
    compare(panel, qtbot)
    assert numbers(panel)["compared"] == "1"
    said: list[str] = []
    panel.context.message.connect(lambda text, _tone: said.append(text))
    panel.period.first.setDate(panel.period.last.date().addDays(1))
    panel.compare_button.click()
    assert "Ngày cuối của kỳ đối soát trước ngày đầu" in said[0]


def test_the_list_is_written_for_a_spreadsheet(
    panel: ReconcilePanel, office: Office, qtbot: Any, tmp_path: Path
) -> None:
    code = office.take_in()
    office.send()
    office.change(code, GhiChu="Khác")
    compare(panel, qtbot)
    path = tmp_path / "sai lệch.csv"
    panel.export(str(path))
    settled(panel, qtbot)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row["Mã hồ sơ"] for row in csv.DictReader(file)] == [code]


def test_the_run_that_came_by_itself_is_told(panel: ReconcilePanel, office: Office, qtbot: Any) -> None:
    office.take_in()
    office.send()
    office.clock.move(hours=10)
    client = make_client(office.desk)
    DailyReconciliation(office.desk)(client, never)
    client.close()
    panel.refresh()
    settle(qtbot, panel.context.executor)
    assert panel.automatic_words.text().endswith("kỳ 04/03/2026–10/03/2026, 1 hồ sơ, sai lệch 0.")


def test_enter_opens_the_dossier(panel: ReconcilePanel, office: Office, qtbot: Any) -> None:
    code = office.take_in()
    office.send()
    office.change(code, GhiChu="Khác")
    compare(panel, qtbot)
    panel.focus()
    with qtbot.waitSignal(panel.context.open_dossier) as told:
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert told.args == [code]


def test_longer_words_still_fit(office: Office, executor: Executor, qtbot: Any) -> None:
    stretcher = Stretcher()
    QCoreApplication.installTranslator(stretcher)
    context = AppContext(office.desk, executor)
    made = ReconcilePanel(context)
    qtbot.addWidget(made)
    made.resize(1150, 620)
    made.period.choice.setCurrentIndex(3)
    made.show()
    qtbot.waitExposed(made)
    made.refresh()
    settle(qtbot, executor)
    # The words of the answers are laid out with the next events.
    qtbot.waitUntil(lambda: cut(made) == [], timeout=WAIT_MS)
    QCoreApplication.removeTranslator(stretcher)
    context.deleteLater()


def test_every_key_has_a_name_and_no_letter_is_taken_twice(panel: ReconcilePanel) -> None:
    buttons = panel.findChildren(QPushButton)
    assert all(button.accessibleName() for button in buttons)
    captions = [button.text() for button in buttons] + [label.text() for label in panel.findChildren(QLabel)]
    letters = [text[text.index("&") + 1].lower() for text in captions if "&" in text]
    assert len(letters) == len(set(letters)) >= 9
