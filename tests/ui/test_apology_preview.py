"""``preview_apology``: the letter before the step, with nothing kept of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.papers import make_paper, preview_apology
from counter_app.services.reading import show
from counter_app.services.steps import StepInput
from counter_app.services.values import Received
from tests.pdf_words import said

TakeIn = Callable[..., Received]


def test_the_letter_carries_the_answers_a_blank_number_and_leaves_nothing(desk: DeskContext, take_in: TakeIn) -> None:
    received = take_in()
    assert received.due is not None
    before = show(desk, received.code)
    given = StepInput(reason="Chờ xác minh", unit="Phòng Kinh tế", new_due=received.due + timedelta(days=1))
    paper = preview_apology(desk, received.code, given)
    text = said(paper.pdf)
    assert "Chờ xác minh" in text
    assert "Phòng Kinh tế" in text
    assert "Số: ." in text
    assert (paper.form, paper.code) == ("apology", received.code)
    assert show(desk, received.code) == before
    with pytest.raises(UserError) as refused:
        make_paper(desk, received.code, "apology")
    assert refused.value.kind == "form_not_issued"


def test_without_a_new_date_there_is_no_letter(desk: DeskContext, take_in: TakeIn) -> None:
    with pytest.raises(UserError) as refused:
        preview_apology(desk, take_in().code, StepInput(reason="Chờ xác minh", unit="Phòng Kinh tế"))
    assert refused.value.kind == "new_due_missing"
