"""Work in a thread of its own: one at a time, its end told on the GUI thread, nothing told after the window closed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from counter_app.ui.own_thread import OwnThread, StoppedError

WAIT_MS = 10_000


@pytest.fixture
def thread(qapp: Any) -> Iterator[OwnThread]:
    made = OwnThread("tried")
    yield made
    made.stop()


@pytest.fixture
def told(thread: OwnThread) -> list[tuple[str, Any]]:
    heard: list[tuple[str, Any]] = []
    thread.done.connect(lambda answer: heard.append(("done", answer)))
    thread.failed.connect(lambda error: heard.append(("failed", error)))
    thread.stopped.connect(lambda: heard.append(("stopped", None)))
    return heard


def test_the_answer_is_told_on_the_gui_thread(thread: OwnThread, qtbot: Any) -> None:
    heard_in: list[threading.Thread] = []
    thread.done.connect(lambda _answer: heard_in.append(threading.current_thread()))
    with qtbot.waitSignal(thread.done, timeout=WAIT_MS) as told:
        thread.begin(threading.current_thread)
    assert told.args[0] is not threading.current_thread()
    assert told.args[0].name == "tried"
    assert heard_in == [threading.current_thread()]


def test_what_went_wrong_is_told(thread: OwnThread, told: list[tuple[str, Any]], qtbot: Any) -> None:
    error = ValueError("broken")

    def work() -> None:
        raise error

    thread.begin(work)
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    assert told == [("failed", error)]


def test_one_at_a_time(thread: OwnThread, told: list[tuple[str, Any]], qtbot: Any) -> None:
    go_on = threading.Event()
    thread.begin(lambda: go_on.wait() and "first")
    thread.begin(lambda: "second")
    go_on.set()
    qtbot.waitUntil(lambda: not thread.running, timeout=WAIT_MS)
    assert told == [("done", "first")]


def test_it_runs_until_its_end_is_told_and_may_then_begin_again(thread: OwnThread, qtbot: Any) -> None:
    ended = threading.Event()
    seen: list[bool] = []

    def again(_answer: object) -> None:
        seen.append(thread.running)
        if len(seen) == 1:
            thread.begin(lambda: "second")

    thread.done.connect(again)
    thread.begin(ended.set)
    assert ended.wait(WAIT_MS / 1000)
    assert thread.running
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=WAIT_MS)
    assert seen == [False, False]


def test_work_that_is_told_to_end_gives_nothing(thread: OwnThread, told: list[tuple[str, Any]], qtbot: Any) -> None:
    begun = threading.Event()

    def work() -> None:
        begun.set()
        while not thread.told_to_end():
            pass
        thread.end_if_told()

    thread.begin(work)
    assert begun.wait(WAIT_MS / 1000)
    thread.cancel()
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    assert told == [("stopped", None)]
    thread.begin(lambda: thread.told_to_end())
    qtbot.waitUntil(lambda: len(told) == 2, timeout=WAIT_MS)
    assert told[1] == ("done", False), "the word to end holds for the work that was under way"


def test_after_a_stop_nothing_is_told(thread: OwnThread, told: list[tuple[str, Any]], qtbot: Any) -> None:
    finished = threading.Event()

    def work() -> None:
        while not thread.told_to_end():
            pass
        finished.set()
        raise StoppedError

    thread.begin(work)
    thread.stop()
    assert finished.is_set()
    assert not thread.running
    thread.begin(lambda: "next")
    qtbot.waitUntil(lambda: not thread.running, timeout=WAIT_MS)
    assert told == [("done", "next")]


def test_a_stop_waits_no_longer_than_asked(thread: OwnThread, told: list[tuple[str, Any]]) -> None:
    go_on = threading.Event()
    thread.begin(go_on.wait)
    thread.stop(0.01)
    assert not thread.running
    assert told == []
    go_on.set()
