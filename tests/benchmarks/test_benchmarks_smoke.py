"""Each benchmark runs at a tiny size and gives its ratios; nothing here looks at how long anything took."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import receive, search
from benchmarks.corpus import corpus
from benchmarks.measuring import Aim, Line, as_table, percentile
from counter_app.models import Dossier
from counter_app.rules.identity import fold
from counter_app.services.desk import open_desk
from counter_app.services.search_text import search_text
from counter_app.storage import DATABASE_NAME

DOSSIERS = 600
TINY = ["--dossiers", str(DOSSIERS), "--small", str(DOSSIERS), "--repeats", "1", "--people", "7"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("benchmarks")


@pytest.fixture(autouse=True)
def off_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@pytest.mark.parametrize(("name", "lines"), [("start", 2), ("search", 3), ("receive", 2), ("memory", 1)])
def test_each_gives_ratios(name: str, lines: int, root: Path) -> None:
    found = command.run(command.parser().parse_args([name, *TINY]), root)
    assert len(found) == lines
    assert all(line.ours > 0 and line.baseline > 0 and line.ratio == line.ours / line.baseline for line in found)


def test_database_made_in_bulk_is_as_the_services_make_it(root: Path) -> None:
    desk = open_desk(corpus(DOSSIERS, root))
    try:
        with desk.database.read() as session:
            for number in (1, DOSSIERS // 2, DOSSIERS):
                dossier = session.get_one(Dossier, number)
                assert dossier.search_text == search_text(dossier)
        for text in search.typed_texts(desk.database.path, 3):
            assert fold(text)
    finally:
        desk.close()
    with closing(sqlite3.connect(desk.database.path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        database.execute("INSERT INTO dossier_search(dossier_search, rank) VALUES ('integrity-check', 1)")


def test_baseline_of_receive_writes_the_same_rows(root: Path, tmp_path: Path) -> None:
    """What the two databases hold afterwards is equal, row by row."""
    ours, theirs = tmp_path / "ours", tmp_path / "raw"
    for target in (ours, theirs):
        shutil.copytree(corpus(DOSSIERS, root), target)
    desk = open_desk(ours)
    raw = receive.RawReceive(theirs / DATABASE_NAME)
    try:
        with closing(sqlite3.connect(ours / DATABASE_NAME)) as reader:
            reader.row_factory = sqlite3.Row
            got = receive.receive(desk, receive.requests(ours / DATABASE_NAME)())
            raw.write(*receive.written_rows(reader, got.dossier_id))
        assert _content(ours / DATABASE_NAME) == _content(theirs / DATABASE_NAME)
        assert len(_content(ours / DATABASE_NAME)["dossier_component"]) == receive.COMPONENTS
    finally:
        raw.close()
        desk.close()


def test_table_tells_a_missed_aim() -> None:
    late = Line("start", 30.0, 10.0, "ms", "a bare window", Aim(1.5))
    quick = Line("search", 3.0, 2.0, "ms", "sqlite3", Aim(2.0), Aim(16.0, "ms"))
    table = as_table([late, quick])
    assert late.missed()
    assert not quick.missed()
    assert "3.00×" in table
    assert "≤ 1.5×: MISSED" in table
    assert "≤ 2×: met; ≤ 16 ms: met" in table


def test_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, 0.95) == 96.0
    assert percentile(values, 0.5) == 51.0
    assert percentile([7.0], 0.95) == 7.0


def test_unknown_name_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["stat"])
    assert "no such benchmark: stat" in capsys.readouterr().err


def _content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    tables = ("applicant", "dossier", "dossier_component", "dossier_fee", "dossier_event", "outbox", "number_series")
    with closing(sqlite3.connect(path)) as database:
        return {table: sorted(database.execute(f"SELECT * FROM {table}"), key=repr) for table in tables}
