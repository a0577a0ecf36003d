"""The serial executor: order, threads, dead receivers, errors, closing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QObject

from counter_app.errors import KnownError, UserError
from counter_app.ui.context import AppContext
from counter_app.ui.executor import Executor
from tests.ui.window_fixtures import drain, settle


class Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[Any] = []
        self.errors: list[Exception] = []
        self.threads: list[threading.Thread] = []

    def take(self, value: Any) -> None:
        self.got.append(value)
        self.threads.append(threading.current_thread())

    def fail(self, error: Exception) -> None:
        self.errors.append(error)
        self.threads.append(threading.current_thread())


def _raise(error: Exception) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def test_work_runs_in_order_on_one_other_thread_and_answers_come_on_the_gui_thread(
    executor: Executor, qtbot: Any
) -> None:
    receiver = Receiver()
    for number in range(20):
        executor.submit(lambda number=number: (number, threading.current_thread()), receiver.take)
    settle(qtbot, executor)
    assert [number for number, _ in receiver.got] == list(range(20))
    assert {thread.name for _, thread in receiver.got} == {"window-executor"}
    assert set(receiver.threads) == {threading.main_thread()}


def test_an_error_goes_to_failed_on_the_gui_thread(executor: Executor, qtbot: Any) -> None:
    receiver = Receiver()
    error = UserError("refused", "Không được.")
    executor.submit(_raise(error), receiver.take, receiver.fail)
    settle(qtbot, executor)
    assert receiver.errors == [error]
    assert receiver.got == []
    assert receiver.threads == [threading.main_thread()]


@pytest.mark.parametrize(
    ("error", "tone"), [(UserError("k", "Luật không cho."), "warning"), (KnownError("k", "Đĩa đầy."), "error")]
)
def test_an_error_without_a_receiver_is_told_to_the_clerk(
    context: AppContext, qtbot: Any, error: Exception, tone: str
) -> None:
    receiver = Receiver()
    with qtbot.waitSignal(context.message) as told:
        context.executor.submit(_raise(error), receiver.take)
    assert told.args == [str(error), tone]


def test_an_unforeseen_error_is_a_bug(context: AppContext, qtbot: Any) -> None:
    receiver = Receiver()
    error = ZeroDivisionError("x")
    with qtbot.waitSignal(context.bug) as told:
        context.executor.submit(_raise(error), receiver.take)
    assert told.args == [error]


def test_work_for_a_dead_receiver_is_done_but_its_answer_dropped(executor: Executor, qtbot: Any) -> None:
    """A page closed in the meantime: the draft is saved all the same."""
    done: list[int] = []
    gate = threading.Event()
    deleted, collected, alive = Receiver(), Receiver(), Receiver()
    executor.submit(lambda: done.append(0) if gate.wait(10) else None, alive.take)
    executor.submit(lambda: done.append(1), deleted.take)
    executor.submit(lambda: done.append(2), collected.take)
    shiboken6.delete(deleted)
    del collected
    drain()
    gate.set()
    settle(qtbot, executor)
    assert done == [0, 1, 2]
    assert len(alive.got) == 1
    assert deleted.got == []


def test_a_failed_write_of_a_dead_page_is_still_told(executor: Executor, qtbot: Any) -> None:
    receiver = Receiver()
    error = KnownError("disk_full", "Ổ đĩa đã đầy.")
    executor.submit(_raise(error), receiver.take, receiver.fail)
    shiboken6.delete(receiver)
    with qtbot.waitSignal(executor.error_left) as left:
        pass
    assert left.args == [error]


def test_only_bound_methods_of_qobjects_are_taken(executor: Executor) -> None:
    with pytest.raises(TypeError):
        executor.submit(lambda: 1, print)
    with pytest.raises(TypeError):
        executor.submit(lambda: 1, [].append)
    assert executor.pending == 0


def test_close_finishes_what_was_submitted_and_takes_no_more(qapp: object) -> None:
    executor = Executor()
    receiver = Receiver()
    done: list[int] = []
    for number in range(50):
        executor.submit(lambda number=number: done.append(number), receiver.take)
    executor.close()
    executor.submit(lambda: done.append(99), receiver.take)
    drain()
    assert done == list(range(50))
    assert receiver.got == []
    executor.close()


def test_what_a_job_holds_is_released_on_the_gui_thread(executor: Executor, qtbot: Any) -> None:
    released: list[threading.Thread] = []

    class Held:
        def __del__(self) -> None:
            released.append(threading.current_thread())

    receiver = Receiver()
    held = Held()
    executor.submit(lambda held=held: None, receiver.take)
    del held
    settle(qtbot, executor)
    drain()
    assert released == [threading.main_thread()]
