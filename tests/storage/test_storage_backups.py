"""Backups: of a database in use, once a day, and restoring one without losing what was there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from counter_app import storage
from counter_app.errors import CounterError, KnownError
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.reading import list_dossiers
from counter_app.services.receive import receive
from counter_app.services.values import QueueFilter
from counter_app.services.verify import verify
from tests.catalogue_samples import request
from tests.conftest import Clock
from tests.services.inspect_desk import refused


def codes(desk: DeskContext) -> list[str]:
    return [row.code for row in list_dossiers(desk, QueueFilter())[0]]


def codes_in(directory: Path, clock: Clock) -> list[str]:
    desk = open_desk(directory, clock)
    try:
        assert verify(desk).problems == ()
        return codes(desk)
    finally:
        desk.close()


def test_backup_of_a_database_in_use_holds_what_was_committed(desk: DeskContext, tmp_path: Path) -> None:
    made = [receive(desk, request()).code for _ in range(3)]
    target = tmp_path / "thẻ nhớ #1" / "sao lưu.db"
    with desk.database.read() as reading:
        reading.connection()
        assert storage.backup(desk.database.path, target) == target
    receive(desk, request())
    with closing(sqlite3.connect(target)) as connection:
        assert sorted(row[0] for row in connection.execute("SELECT code FROM dossier")) == made
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert storage.integrity_problems(target) == []
    assert sorted(path.name for path in target.parent.iterdir()) == ["sao lưu.db"], "one file, ready to be carried away"


def test_backup_over_an_older_one_and_over_rubbish_left_by_a_cut(desk: DeskContext, tmp_path: Path) -> None:
    target = tmp_path / "a.db"
    target.write_bytes(b"older")
    (tmp_path / "a.db.part").write_bytes(b"torn" * 1000)
    storage.backup(desk.database.path, target)
    assert storage.integrity_problems(target) == []


def test_backup_onto_the_database_itself_is_refused(desk: DeskContext) -> None:
    code = receive(desk, request()).code
    with refused("backup_target_invalid", "counter.db", error=CounterError):
        storage.backup(desk.database.path, desk.database.path.parent / "." / "counter.db")
    assert codes(desk) == [code]
    receive(desk, request())
    assert verify(desk).problems == ()


def test_backup_of_a_damaged_database_is_refused_and_the_old_backup_stays(
    directory: Path, clock: Clock, tmp_path: Path
) -> None:
    target = storage.backup(directory / "counter.db", tmp_path / "a.db")
    good = target.read_bytes()
    damage(directory / "counter.db")
    with refused("database_damaged", error=KnownError):
        storage.backup(directory / "counter.db", target)
    assert target.read_bytes() == good
    assert not list(tmp_path.glob("*.part"))


def damage(path: Path) -> None:
    """Overwrite the middle of a database, as a failing disk does; the first page still names it one."""
    content = bytearray(path.read_bytes())
    content[4096 : len(content) - 4096] = b"\xa5" * (len(content) - 8192)
    path.write_bytes(bytes(content))


def test_daily_backup_is_made_once_a_day_and_the_newest_are_kept(directory: Path, clock: Clock) -> None:
    desk = open_desk(directory, clock)
    folder = directory / "backups"
    folder.mkdir()
    for day in range(1, 21):
        (folder / f"hang-ngay-202001{day:02d}.db").write_bytes(b"x")
    (folder / "truoc-nang-cap-20200101-000000-0.db").write_bytes(b"x")
    made = storage.daily_backup(desk.database)
    assert made is not None
    assert storage.integrity_problems(made) == []
    kept = sorted(path.name for path in folder.glob("hang-ngay-*.db"))
    assert len(kept) == storage.KEPT_BACKUPS
    assert kept[-1] == made.name
    assert kept[0] == "hang-ngay-20200108.db"
    assert (folder / "truoc-nang-cap-20200101-000000-0.db").exists(), "backups before a migration are not thinned"
    assert storage.daily_backup(desk.database) is None
    desk.close()


def test_restore_brings_back_the_day_and_keeps_what_was_there(directory: Path, clock: Clock, tmp_path: Path) -> None:
    desk = open_desk(directory, clock)
    first = receive(desk, request()).code
    saved = storage.backup(desk.database.path, tmp_path / "a.db")
    second = receive(desk, request()).code
    desk.close()
    storage.restore(directory, saved)
    assert codes_in(directory, clock) == [first]
    (kept,) = (directory / "backups").glob("truoc-phuc-hoi-*.db")
    storage.restore(directory, kept)
    assert codes_in(directory, clock) == [second, first], "a restore can be taken back"
    assert not list(directory.glob("*.restore"))


def test_desk_open_during_a_restore_goes_on_with_what_was_restored(
    directory: Path, clock: Clock, tmp_path: Path
) -> None:
    desk = open_desk(directory, clock)
    first = receive(desk, request()).code
    saved = storage.backup(desk.database.path, tmp_path / "a.db")
    second = receive(desk, request()).code
    storage.restore(directory, saved)
    after = receive(desk, request()).code
    desk.close()
    assert after == second, "the number is free again"
    assert codes_in(directory, clock) == [after, first], "nothing went into a file set aside"


def test_log_left_behind_is_not_read_into_the_restored_database(directory: Path, clock: Clock, tmp_path: Path) -> None:
    desk = open_desk(directory, clock)
    first = receive(desk, request()).code
    saved = storage.backup(desk.database.path, tmp_path / "a.db")
    receive(desk, request())
    log = (directory / "counter.db-wal").read_bytes()
    desk.close()
    (directory / "counter.db").unlink()
    (directory / "counter.db-wal").write_bytes(log)
    storage.restore(directory, saved)
    assert codes_in(directory, clock) == [first]


def test_restore_takes_what_lies_in_the_write_ahead_log_too(directory: Path, clock: Clock, tmp_path: Path) -> None:
    """A program killed at work leaves its last dossiers in the log; both directions must carry it."""
    desk = open_desk(directory, clock)
    code = receive(desk, request()).code
    killed = tmp_path / "killed"
    killed.mkdir()
    found = {name: (directory / name).read_bytes() for name in ("counter.db", "counter.db-wal")}
    for name, content in found.items():
        (killed / name).write_bytes(content)
    desk.close()
    saved = storage.backup(directory / "counter.db", tmp_path / "later.db")
    target = tmp_path / "máy mới"
    storage.restore(target, killed / "counter.db")
    (target / "settings.toml").write_bytes((directory / "settings.toml").read_bytes())
    assert codes_in(target, clock) == [code]
    for name, content in found.items():
        (target / name).write_bytes(content)
    storage.restore(target, saved)
    (kept,) = (target / "backups").glob("truoc-phuc-hoi-*.db")
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM dossier").fetchone() == (1,)


def test_restore_over_a_damaged_database(directory: Path, clock: Clock, tmp_path: Path) -> None:
    desk = open_desk(directory, clock)
    code = receive(desk, request()).code
    saved = storage.backup(desk.database.path, tmp_path / "a.db")
    desk.close()
    damage(directory / "counter.db")
    storage.restore(directory, saved)
    assert codes_in(directory, clock) == [code]


@pytest.mark.parametrize("what", ["missing", "empty", "text", "damaged", "other", "newer", "folder"])
def test_restore_refuses_what_is_no_sound_backup(directory: Path, clock: Clock, tmp_path: Path, what: str) -> None:
    desk = open_desk(directory, clock)
    code = receive(desk, request()).code
    source = tmp_path / "a.db"
    if what in ("damaged", "newer"):
        storage.backup(desk.database.path, source)
    desk.close()
    if what == "empty":
        source.write_bytes(b"")
    elif what == "text":
        source.write_text("không phải cơ sở dữ liệu" * 100, encoding="utf-8")
    elif what == "damaged":
        damage(source)
    elif what == "folder":
        source.mkdir()
    elif what == "other":
        with closing(sqlite3.connect(source)) as connection, connection:
            connection.execute("CREATE TABLE album (title TEXT)")
    elif what == "newer":
        with closing(sqlite3.connect(source)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = (directory / "counter.db").read_bytes()
    kind = {"missing": "file_missing", "folder": "file_missing", "newer": "database_newer"}.get(what, "backup_damaged")
    with refused(kind, error=KnownError):
        storage.restore(directory, source)
    assert (directory / "counter.db").read_bytes() == before
    assert not (directory / "backups").exists()
    assert codes_in(directory, clock) == [code]


def test_restore_from_the_database_itself_is_refused(directory: Path, clock: Clock) -> None:
    desk = open_desk(directory, clock)
    code = receive(desk, request()).code
    with refused("backup_target_invalid", error=CounterError):
        storage.restore(directory, directory / "counter.db")
    desk.close()
    assert codes_in(directory, clock) == [code]
