"""Fixtures of the printing tests: one real IPP printer for all, and a database a test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_printers import IppPrinter, ipp_printer

from counter_app.database import Database
from counter_app.storage import create_database


@pytest.fixture(scope="module")
def office_printer() -> Iterator[IppPrinter]:
    # A short path: a bus address must fit into 108 letters.
    with tempfile.TemporaryDirectory(prefix="ipp") as folder, ipp_printer(Path(folder)) as printer:
        yield printer


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = create_database(tmp_path / "data")
    yield database
    database.close()
