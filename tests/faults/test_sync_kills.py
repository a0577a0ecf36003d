"""A small run of ``sync_kills``: killed five times in one sync, everything is on the portal once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.faults.sync_kills import run


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_five_times_in_one_sync_nothing_is_there_twice(tmp_path: Path) -> None:
    trial = run(20, 5, seed=3, directory=tmp_path)

    assert trial.problems == []
    assert trial.kills == 5
    assert trial.counts["dossiers"] == trial.counts["documents"] == 20
    assert 20 < trial.counts["steps"] < 40
