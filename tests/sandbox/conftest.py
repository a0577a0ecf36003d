"""A practice portal with a clock that stands still, and a desk signed in to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_desk import CATALOGUE, Clock, Desk

from counter_app.sandbox import PracticePortal


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def portal(tmp_path: Path, clock: Clock) -> Iterator[PracticePortal]:
    with PracticePortal(tmp_path / "cong.db", catalogue=CATALOGUE, seed=1, clock=clock) as running:
        yield running


@pytest.fixture
def desk(portal: PracticePortal) -> Iterator[Desk]:
    client = Desk(portal)
    yield client
    client.http.close()
