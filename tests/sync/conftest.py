"""Fixtures of the sync tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sync_desk import SyncDesk

from counter_app.sandbox.portal import PracticePortal


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SyncDesk]:
    directory = tmp_path / "desk"
    made = SyncDesk.create(directory)
    yield made
    made.database.close()


@pytest.fixture(params=[True, False], ids=["knows-keys", "knows-no-keys"])
def portal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[PracticePortal]:
    with PracticePortal(tmp_path / "portal.db", knows_idempotency=request.param, seed=7) as running:
        yield running
