"""A long register: every line once and in order, the head on each page, and no page dearer than another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from form_samples import SAMPLES
from reportlab.platypus import Table

from printing.content import RegisterContent
from printing.forms import form_set_for, render

SET = form_set_for(date(2026, 3, 1))


def register(lines: int) -> RegisterContent:
    """A register of so many lines, some of them taller than others."""
    sample = SAMPLES["register"]
    assert isinstance(sample, RegisterContent)
    rows = tuple(
        replace(sample.rows[0], number=at, dossier_code=f"H15.36-260205-{at:04d}", note="ghi chú " * (at % 5))
        for at in range(1, lines + 1)
    )
    return replace(sample, rows=rows)


def texts(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(BytesIO(pdf)) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_each_line_stands_once_in_its_place_under_a_head() -> None:
    pages = texts(render(register(90), SET))
    assert len(pages) > 3
    whole = "\n".join(pages)
    places = [whole.index(f"H15.36-260205-{at:04d}") for at in range(1, 91)]
    assert places == sorted(places)
    assert whole.count("H15.36-260205-") == 90
    assert all("Cơ quan chủ trì" in " ".join(page.split()) for page in pages)


def test_a_line_costs_the_same_in_a_long_register(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    make = Table.__init__

    def counted(self: Table, data: Sequence[Any], *given: Any, **named: Any) -> None:
        nonlocal made
        made += len(data)
        make(self, data, *given, **named)

    monkeypatch.setattr(Table, "__init__", counted)
    costs = []
    for lines in (100, 400):
        made = 0
        render(register(lines), SET)
        costs.append(made / lines)
    assert costs[1] <= costs[0] * 1.05


def test_pages_are_told_and_the_work_ends_at_a_word() -> None:
    heard: list[int] = []
    render(register(60), SET, heard.append)
    assert heard == list(range(1, len(heard) + 1))
    assert len(heard) > 2

    def enough(page: int) -> None:
        if page == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        render(register(60), SET, enough)
