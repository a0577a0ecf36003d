"""Words half as long again still fit into the windows that correct and complete a dossier, and take one back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog, QScrollArea

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Step
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.ui.correct_dialog import CorrectDialog
from counter_app.ui.handover_dialogs import TakeBackDialog
from counter_app.ui.supplement_dialog import SupplementDialog
from tests.ui.test_longer_words import cut, stretched  # noqa: F401  the fixture is used by its name
from tests.ui.window_fixtures import settle


@pytest.mark.parametrize("which", ["correct", "supplement", "take_back"])
def test_longer_words_are_not_cut(
    stretched: RunningApp,  # noqa: F811
    take_in: Callable[..., Received],
    which: str,
    qtbot: Any,
) -> None:
    code = take_in(procedure="1.001193").code
    take_step(stretched.desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    dialog: QDialog
    if which == "correct":
        dialog = CorrectDialog(stretched.context, code, "", stretched.window)
    elif which == "take_back":
        dialog = TakeBackDialog(stretched.context, [code], [], stretched.window)
        dialog.from_other.setChecked(True)
    else:
        dialog = SupplementDialog(stretched.context, show(stretched.desk, code), stretched.window)
    dialog.open()
    settle(qtbot, stretched.executor)
    if isinstance(dialog, CorrectDialog):
        dialog.entries.with_submitter.setChecked(True)
    qtbot.waitExposed(dialog)
    assert dialog.width() <= 1366
    assert dialog.height() <= 768
    assert cut(dialog) == []
    for area in dialog.findChildren(QScrollArea):
        inside = area.widget()
        assert inside is not None
        assert inside.width() <= area.viewport().width(), "no column is wider than what is seen of it"
    dialog.reject()
