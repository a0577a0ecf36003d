"""Words half as long again still fit on a clerk's screen: what a button says is never cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QRadioButton, QWidget

from counter_app.app import RunningApp
from counter_app.services.desk import DeskContext
from counter_app.ui.main_window import PAGES
from tests.ui.window_fixtures import drain, settle

STRETCH = 1.5
SLACK = 2
"""Pixels by which rounding may differ."""


class Stretcher(QTranslator):
    """Every text of the program with half as many letters again; fields to fill in stay as they are."""

    def isEmpty(self) -> bool:  # noqa: N802  Qt's own name
        return False

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return text + "~" * int(len(text) * (STRETCH - 1))


@pytest.fixture
def stretched(qapp: Any, desk: DeskContext, qtbot: Any) -> Iterator[RunningApp]:
    stretcher = Stretcher()
    QCoreApplication.installTranslator(stretcher)
    running = RunningApp(desk, workers=False)
    running.window.resize(1366, 768)
    running.window.show()
    qtbot.waitExposed(running.window)
    yield running
    running.shutdown()
    running.deleteLater()
    drain()
    QCoreApplication.removeTranslator(stretcher)


def cut(root: QWidget) -> list[str]:
    """What is shown narrower than it asks for; labels that wrap grow downwards instead."""
    found = []
    for kind in (QPushButton, QCheckBox, QRadioButton, QLabel):
        for widget in root.findChildren(kind):
            if not widget.isVisibleTo(root) or not widget.text():
                continue
            if isinstance(widget, QLabel) and widget.wordWrap():
                continue
            if widget.width() + SLACK < widget.minimumSizeHint().width():
                found.append(f"{type(widget).__name__} «{widget.text()}» {widget.width()}")
    return found


@pytest.mark.parametrize("name", [entry.name for entry in PAGES if entry.keys])
def test_longer_words_are_not_cut(stretched: RunningApp, name: str, qtbot: Any) -> None:
    window = stretched.window
    window.show_page(name)
    settle(qtbot, stretched.executor)
    drain()  # the answers have come, the layouts they ask for come after them
    assert any("~" in button.text() for button in window.findChildren(QPushButton))
    assert window.width() == 1366
    assert cut(window.page(name)) == []
