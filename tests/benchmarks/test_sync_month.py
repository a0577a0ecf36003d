"""A very short month; nothing here looks at how long anything took."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks import sync_month
from benchmarks.sync_month_corpus import month

DOSSIERS = 70
"""More than one call of records."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("months")


def test_the_bare_loop_leaves_the_same_at_its_portal(root: Path, tmp_path: Path) -> None:
    outcome = sync_month.measure(month(DOSSIERS, root), tmp_path)
    ours, bare = _held(tmp_path / "ours.db"), _held(tmp_path / "bare.db")
    assert ours == bare
    assert len(ours["dossiers"]) == len(ours["uploads"]) == DOSSIERS
    assert outcome.calls > 2 * DOSSIERS
    assert outcome.memory


def test_it_gives_its_lines(root: Path) -> None:
    lines = sync_month.run(DOSSIERS, root)
    assert len(lines) == 5
    assert all(line.ours > 0 and line.baseline > 0 for line in lines)


def _held(path: Path) -> dict[str, Any]:
    """What a portal holds, without the addresses and moments of its own."""
    with closing(sqlite3.connect(path)) as database:
        dossiers = {}
        for code, body, updates in database.execute("SELECT code, body, updates FROM dossier"):
            content = json.loads(body)
            (named,) = content["TaiLieuNop"]
            assert named.pop("DuongDanTaiTepTin")
            dossiers[code] = (content, updates)
        uploads = database.execute("SELECT sha256, name, length, received, state FROM upload ORDER BY sha256")
        calls = database.execute("SELECT count(*) FROM first_answer").fetchone()
        return {"dossiers": dossiers, "uploads": uploads.fetchall(), "writing calls": calls}
