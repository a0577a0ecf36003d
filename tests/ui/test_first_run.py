"""The first start: the clerk's answers make the data directory, the shipped catalogue follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.services.catalogue import list_procedures
from counter_app.services.desk import open_desk
from counter_app.services.offices import get_office
from counter_app.settings import load_settings
from counter_app.ui.first_run import FirstRunDialog
from tests.ui.vietnamese_typing import type_vietnamese
from tests.ui.window_fixtures import drain


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "quầy"


@pytest.fixture
def dialog(target: Path, qtbot: Any) -> Iterator[FirstRunDialog]:
    made = FirstRunDialog(target)
    made.open()
    qtbot.waitExposed(made)
    yield made
    made.deleteLater()
    drain()


def test_office_and_desk_are_made_and_the_catalogue_is_there(dialog: FirstRunDialog, target: Path, qtbot: Any) -> None:
    qtbot.keyClicks(dialog.code, "H15.36")
    type_vietnamese(dialog.name, "UBND xã Ea Kao")
    dialog.desk.setValue(2)
    with qtbot.waitSignal(dialog.accepted, timeout=30_000):
        qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
        assert dialog.progress.isVisible()
        assert not dialog.cancel.isEnabled()
    settings = load_settings(target)
    assert (settings.office, settings.desk, settings.portal.url) == ("H15.36", 2, "")
    desk = open_desk(target)
    assert (get_office(desk).name, get_office(desk).place) == ("UBND xã Ea Kao", "Ea Kao")
    assert len(list_procedures(desk, "khai sinh")) > 5
    desk.close()


def test_a_wrong_code_is_told_and_may_be_mended(dialog: FirstRunDialog, target: Path, qtbot: Any) -> None:
    qtbot.keyClicks(dialog.code, "Ea Kao")
    type_vietnamese(dialog.name, "UBND xã Ea Kao")
    dialog.start.click()
    qtbot.waitUntil(dialog.problem.isVisible, timeout=10_000)
    assert "H15.36" in dialog.problem.text()
    assert dialog.start.isEnabled()
    assert dialog.name.text() == "UBND xã Ea Kao"
    assert not (target / "settings.toml").exists()


def test_leaving_makes_nothing(dialog: FirstRunDialog, target: Path, qtbot: Any) -> None:
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.code, Qt.Key.Key_Escape)
    assert not target.exists()
