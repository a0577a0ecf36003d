"""A small day of ``desk_day``: what the command line took in arrives at the portal once, whatever broke."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.desk_day import KILLS, run_day


@pytest.mark.timeout(300)
@pytest.mark.parametrize("knows_idempotency", [True, False])
def test_everything_arrives_once(tmp_path: Path, knows_idempotency: bool) -> None:
    day = run_day(5, knows_idempotency, seed=11, directory=tmp_path)

    assert day.problems == []
    assert (day.kills, day.apologies) == (KILLS, 1)
    assert day.counts["dossiers"] >= 5
    assert day.counts["documents"] == day.counts["dossiers"], "one scan each"
    assert day.counts["steps"] == 5, "an apology, two hand-overs, one finished and returned"
