"""The paged table of dossiers on a real database."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from counter_app.services.reading import queue_ids
from counter_app.services.values import LimitView, QueueFilter, QueueRow, Received
from counter_app.ui import dossier_table, paged_table
from counter_app.ui.context import AppContext
from counter_app.ui.dossier_table import DossierTable, DossierTableModel
from counter_app.ui.formatting import due_words, limit_words, local_time, money, weekday_time
from counter_app.ui.paged_table import WAITING_TEXT
from tests.ui.window_fixtures import TUESDAY_MORNING, Clock, settle

TakeIn = Callable[..., Received]


@pytest.fixture
def model(context: AppContext, qtbot: Any) -> DossierTableModel:
    made = DossierTableModel(context)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


def load(model: DossierTableModel, queue_filter: QueueFilter, context: AppContext, qtbot: Any) -> None:
    model.set_filter(queue_filter)
    settle(qtbot, context.executor)


def test_rows_are_read_as_they_are_painted(
    model: DossierTableModel, context: AppContext, take_in: TakeIn, qtbot: Any
) -> None:
    taken = [take_in(number) for number in range(3)]
    load(model, QueueFilter(newest_first=False), context, qtbot)
    assert model.rowCount() == 3
    settle(qtbot, context.executor)
    assert [model.data(model.index(row, 0)) for row in range(3)] == [item.code for item in taken]
    assert model.data(model.index(1, 1)) == "Nguyễn Văn Đức"


def test_a_row_that_is_not_read_yet_is_asked_for_and_shows_a_sign(
    context: AppContext, take_in: TakeIn, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paged_table, "PAGE_ROWS", 2)
    taken = [take_in(number) for number in range(3)]
    untouched = DossierTableModel(context)
    load(untouched, QueueFilter(newest_first=False), context, qtbot)
    # The first page comes with the ids; further ones when they are looked at.
    assert untouched.data(untouched.index(0, 0)) == taken[0].code
    assert untouched.data(untouched.index(2, 0)) == WAITING_TEXT
    settle(qtbot, context.executor)
    assert untouched.data(untouched.index(2, 0)) == taken[2].code


def test_due_is_said_in_words_and_in_colour(
    model: DossierTableModel, context: AppContext, take_in: TakeIn, clock: Clock, qtbot: Any
) -> None:
    take_in(0)
    clock.move(days=5)
    load(model, QueueFilter(), context, qtbot)
    model.row_at(0)
    settle(qtbot, context.executor)
    left = [column.key for column in dossier_table.COLUMNS].index("left")
    index = model.index(0, left)
    assert model.data(index) == "quá hạn 1 ngày làm việc"
    assert model.data(index, Qt.ItemDataRole.ForegroundRole).color().name() == "#9b1c1c"
    assert model.data(index, Qt.ItemDataRole.AccessibleTextRole) == "quá hạn 1 ngày làm việc"


def test_an_answer_to_an_older_filter_is_dropped(
    model: DossierTableModel, context: AppContext, take_in: TakeIn, qtbot: Any
) -> None:
    take_in(0)
    take_in(1)
    model.set_filter(QueueFilter())
    model.set_filter(QueueFilter(text="duc"))
    counts: list[int] = []
    model.loaded.connect(counts.append)
    settle(qtbot, context.executor)
    assert counts == [1]
    assert model.rowCount() == 1


def test_rows_asked_for_under_the_old_ids_never_land_under_the_new_ones(
    context: AppContext, take_in: TakeIn, qtbot: Any
) -> None:
    take_in(0)
    model = DossierTableModel(context)
    load(model, QueueFilter(), context, qtbot)
    newest = take_in(1)
    model.refresh()
    model.row_at(0)  # painted while the new ids are still under way
    settle(qtbot, context.executor)
    model.row_at(0)
    settle(qtbot, context.executor)
    assert model.data(model.index(0, 0)) == newest.code
    assert model.rowCount() == 2


def test_few_pages_are_kept_and_rows_scrolled_past_are_not_read(
    context: AppContext, take_in: TakeIn, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paged_table, "PAGE_ROWS", 2)
    monkeypatch.setattr(paged_table, "PAGES_KEPT", 4)
    for number in range(16):
        take_in(number)
    model = DossierTableModel(context)
    load(model, QueueFilter(), context, qtbot)
    for row in range(0, 16, 2):
        model.row_at(row)
    settle(qtbot, context.executor)
    assert set(model._pages) == {4, 5, 6, 7}
    ids = queue_ids(context.desk, QueueFilter())
    assert [model.id_at(row) for row in range(16)] == list(ids)


def test_enter_opens_and_the_choice_stays_over_a_refresh(
    model: DossierTableModel, context: AppContext, take_in: TakeIn, qtbot: Any
) -> None:
    first = take_in(0)
    take_in(1)
    table = DossierTable(model)
    qtbot.addWidget(table)
    table.resize(1100, 400)
    table.show()
    load(model, QueueFilter(), context, qtbot)
    qtbot.waitUntil(lambda: model.row_at(1) is not None)
    table.selectRow(1)
    assert table.current_row() == model.row_at(1)
    take_in(2)
    model.refresh()
    settle(qtbot, context.executor)
    qtbot.waitUntil(lambda: table.current_row() is not None)
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [first.code]


ROW = QueueRow(
    id=1,
    code="H15.36-260310-1001",
    portal_code=None,
    applicant_name="A",
    procedure_name="B",
    status="processing",
    is_open=True,
    received_at=TUESDAY_MORNING,
    due=TUESDAY_MORNING + timedelta(days=7),
    due_soon_from=TUESDAY_MORNING + timedelta(days=5),
    finished_at=None,
    paused_at=None,
    unit="",
    apology_count=0,
    portal_state="sent",
)


def test_due_words_count_working_days(context: AppContext) -> None:
    assert due_words(ROW, TUESDAY_MORNING, context.calendar) == ("còn 5 ngày làm việc", "neutral")
    assert due_words(ROW, TUESDAY_MORNING) == ("còn 7 ngày", "neutral")
    assert due_words(ROW, TUESDAY_MORNING + timedelta(days=6), context.calendar) == ("còn 1 ngày làm việc", "soon")
    assert due_words(ROW, TUESDAY_MORNING + timedelta(days=7), context.calendar)[0] == "hạn hôm nay, 08:30"
    assert due_words(ROW, TUESDAY_MORNING + timedelta(days=7, hours=2)) == ("quá hạn 2 giờ", "late")
    assert due_words(ROW, TUESDAY_MORNING + timedelta(days=9)) == ("quá hạn 2 ngày", "late")


def test_days_late_are_working_days_as_days_left_are(context: AppContext) -> None:
    """Due on a Tuesday, seen on the Monday after."""
    monday = TUESDAY_MORNING + timedelta(days=13)
    assert due_words(ROW, monday, context.calendar) == ("quá hạn 4 ngày làm việc", "late")
    assert due_words(ROW, monday - timedelta(days=2), context.calendar)[0] == "quá hạn 3 ngày làm việc"
    done = replace(ROW, status="finished", finished_at=monday)
    assert due_words(done, monday, context.calendar) == ("xong trễ 4 ngày làm việc", "late")


def test_a_day_off_alone_is_less_than_a_working_day(context: AppContext) -> None:
    friday = TUESDAY_MORNING + timedelta(days=3)
    assert due_words(replace(ROW, due=friday), friday + timedelta(days=1), context.calendar) == (
        "quá hạn dưới 1 ngày làm việc",
        "late",
    )


def test_what_is_very_far_is_more_than_was_counted(context: AppContext) -> None:
    for due, before in (
        (TUESDAY_MORNING + timedelta(days=900), "còn"),
        (TUESDAY_MORNING - timedelta(days=900), "quá hạn"),
    ):
        words, _ = due_words(replace(ROW, due=due), TUESDAY_MORNING, context.calendar)
        assert re.fullmatch(f"{before} hơn 2[0-9][0-9] ngày làm việc", words), words


def test_due_words_of_what_is_over_or_stands_still() -> None:
    late = replace(ROW, finished_at=TUESDAY_MORNING + timedelta(days=8), is_open=False, status="finished")
    assert due_words(late, TUESDAY_MORNING) == ("xong trễ 1 ngày", "late")
    in_time = replace(late, finished_at=TUESDAY_MORNING + timedelta(days=6))
    assert due_words(in_time, TUESDAY_MORNING + timedelta(days=60)) == ("xong đúng hạn", "good")
    paused = replace(ROW, status="supplement_requested", paused_at=TUESDAY_MORNING)
    assert due_words(paused, TUESDAY_MORNING + timedelta(days=60)) == ("tạm dừng tính giờ", "paused")
    assert due_words(replace(ROW, due=None), TUESDAY_MORNING) == ("chưa có hạn trả", "neutral")


def test_times_and_money_as_the_desk_writes_them() -> None:
    assert local_time(TUESDAY_MORNING) == "08:30 10/03/2026"
    assert local_time(None) == ""
    assert weekday_time(TUESDAY_MORNING) == "08:30 thứ Ba, 10/03/2026"
    assert money(70000) == "70.000 đ"
    assert limit_words(LimitView(20, "working_day")) == "20 ngày làm việc"
    assert limit_words(LimitView(0, "unknown")) == "chưa xác định"
