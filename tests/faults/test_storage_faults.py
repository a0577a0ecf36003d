"""Broken storage under the real program: full disk, read-only folder, damaged or newer database.

Each gives a clear word in Vietnamese and exit status 3, and what was committed before is there after.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from counter_app import database as database_module
from counter_app.database import Database
from counter_app.errors import CounterError, KnownError
from counter_app.services.desk import open_desk
from counter_app.services.reading import list_dossiers, show
from counter_app.services.receive import receive
from counter_app.services.values import QueueFilter
from counter_app.services.verify import verify
from tests.catalogue_samples import receive_document, request, write_pdf
from tests.conftest import Clock
from tests.services.inspect_desk import refused


def run(directory: Path, *arguments: str, document: object = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "counter_app", "--data", str(directory), "--json", *arguments],
        input=None if document is None else json.dumps(document),
        stdin=subprocess.DEVNULL if document is None else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def error_of(done: subprocess.CompletedProcess[str], status: int = 3) -> str:
    """The kind of error, once the contract is kept: status, words, one document, no traceback."""
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    error = json.loads(done.stdout)["error"]
    assert error["message"] in done.stderr
    assert "Hãy" in error["message"], "says what to do"
    return str(error["kind"])


@pytest.fixture
def lived_in(directory: Path, clock: Clock, tmp_path: Path) -> tuple[Path, list[str]]:
    """A closed desk with some dossiers and scans."""
    desk = open_desk(directory, clock)
    codes = [receive(desk, request(files=(write_pdf(tmp_path / f"{n}.pdf"),))).code for n in range(3)]
    desk.close()
    return directory, codes


def codes_of(directory: Path) -> list[str]:
    desk = open_desk(directory)
    try:
        assert verify(desk).problems == ()
        return [row.code for row in list_dossiers(desk, QueueFilter(newest_first=False))[0]]
    finally:
        desk.close()


def mounted(target: Path, *options: str) -> None:
    done = subprocess.run(["mount", *options, str(target)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine does not let us mount: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    if shutil.which("mount") is None:
        pytest.skip("no mount on this machine")
    place = tmp_path / "đĩa nhỏ"
    place.mkdir()
    mounted(place, "-t", "tmpfs", "-o", "size=3m", "tmpfs")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Take all the room that is left."""
    filler = disk / "đầy"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"\0" * 4096):
            pass
    return filler


def test_full_disk_is_told_loses_nothing_and_works_again_once_there_is_room(
    small_disk: Path, lived_in: tuple[Path, list[str]], tmp_path: Path
) -> None:
    origin, codes = lived_in
    directory = Path(shutil.copytree(origin, small_disk / "quầy"))
    filler = fill(small_disk)
    scan = write_pdf(tmp_path / "mới.pdf")
    assert error_of(run(directory, "receive", "-", document=receive_document())) == "disk_full"
    assert error_of(run(directory, "finish", codes[0])) == "disk_full"
    assert error_of(run(directory, "attach", codes[0], str(scan), "--component", "TP01")) == "disk_full"
    assert error_of(run(directory, "backup", str(small_disk / "sao lưu.db"))) == "disk_full"
    assert error_of(run(small_disk / "khác", *INIT)) == "disk_full"
    assert sorted(path.name for path in small_disk.rglob("*.part")) == []
    filler.unlink()
    assert codes_of(directory) == codes
    assert run(directory, "receive", "-", document=receive_document()).returncode == 0
    assert error_of(run(directory, "attach", codes[0], str(scan), "--component", "TP01")) == "disk_reserved", (
        "the little room that there is on this disk is for records"
    )
    assert len(codes_of(directory)) == len(codes) + 1
    assert run(small_disk / "khác", *INIT).returncode == 0, "a start that was cut short can be repeated"


INIT = ("init", "--office", "H15.36", "--office-name", "UBND xã Ea Kao", "--desk", "1")


def test_full_disk_in_the_middle_of_a_receive_keeps_what_was_committed(
    small_disk: Path, lived_in: tuple[Path, list[str]]
) -> None:
    """Received until the disk is full: each code that was answered is there, and nothing besides."""
    origin, codes = lived_in
    directory = Path(shutil.copytree(origin, small_disk / "quầy"))
    (small_disk / "đầy").write_bytes(b"\0" * 1_400_000)
    desk = open_desk(directory)
    answered = list(codes)
    with refused("disk_full", error=KnownError):
        for _ in range(2000):
            answered.append(receive(desk, request(note="x" * 2000)).code)
    assert len(answered) > len(codes)
    desk.close()
    (small_disk / "đầy").unlink()
    assert sorted(codes_of(directory)) == sorted(answered)


@pytest.fixture
def read_only(lived_in: tuple[Path, list[str]], tmp_path: Path) -> Iterator[tuple[Path, list[str]]]:
    """The desk's folder on a read-only mount: even root cannot write there."""
    if shutil.which("mount") is None:
        pytest.skip("no mount on this machine")
    directory, codes = lived_in
    place = tmp_path / "chỉ đọc"
    place.mkdir()
    mounted(place, "--bind", str(directory))
    done = subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], capture_output=True, check=False)
    try:
        if done.returncode:
            pytest.skip("this machine does not let us mount read-only")
        yield place, codes
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_read_only_folder_is_told(read_only: tuple[Path, list[str]], tmp_path: Path) -> None:
    directory, codes = read_only
    scan = write_pdf(tmp_path / "mới.pdf")
    for arguments, document in (
        (("receive", "-"), receive_document()),
        (("finish", codes[0]), None),
        (("attach", codes[0], str(scan), "--component", "TP01"), None),
        (("restore", str(directory / "counter.db")), None),
        (("backup", str(directory / "sao lưu.db")), None),
    ):
        kind = error_of(run(directory, *arguments, document=document), 1 if "restore" in arguments else 3)
        assert kind == ("backup_target_invalid" if "restore" in arguments else "read_only")
    assert error_of(run(directory / "mới", *INIT)) == "read_only"


def test_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    place = tmp_path / "quầy"
    place.write_text("một tệp", encoding="utf-8")
    assert error_of(run(place, *INIT)) == "not_a_directory"
    assert place.read_text(encoding="utf-8") == "một tệp"
    assert error_of(run(place, "list")) in ("not_initialised", "not_a_directory")


def test_no_folder_at_all(tmp_path: Path) -> None:
    assert error_of(run(tmp_path / "chưa có", "list")) == "not_initialised"
    assert not (tmp_path / "chưa có").exists(), "reading makes nothing"


@pytest.mark.parametrize("damage", ["header", "everything", "tail"])
def test_damaged_database_is_told_and_left_for_the_repair(lived_in: tuple[Path, list[str]], damage: str) -> None:
    directory, _ = lived_in
    path = directory / "counter.db"
    content = bytearray(path.read_bytes())
    if damage == "header":
        content[:100] = b"\0" * 100
    elif damage == "everything":
        content[4096:] = b"\xa5" * (len(content) - 4096)
    else:
        del content[len(content) // 2 :]
    path.write_bytes(bytes(content))
    assert error_of(run(directory, "receive", "-", document=receive_document())) == "database_damaged"
    verified = run(directory, "verify")
    assert verified.returncode == 3
    assert "Traceback" not in verified.stderr
    assert len(path.read_bytes()) >= len(content) - 4096, "nothing is thrown away"


def test_damage_anywhere_never_ends_in_a_traceback(lived_in: tuple[Path, list[str]], tmp_path: Path) -> None:
    """A kilobyte of rubbish at seeded places: each use works or says what is wrong."""
    directory, codes = lived_in
    good = (directory / "counter.db").read_bytes()
    chance = random.Random(36)
    told: list[CounterError] = []
    for _ in range(40):
        content = bytearray(good)
        start = chance.randrange(0, len(good) - 1024)
        content[start : start + 1024] = chance.randbytes(1024)
        for leftover in directory.glob("counter.db-*"):
            leftover.unlink()
        (directory / "counter.db").write_bytes(bytes(content))
        try:
            desk = open_desk(directory)
            try:
                for code in codes:
                    show(desk, code)
                receive(desk, request())
                verify(desk)
            finally:
                desk.close()
        except CounterError as error:
            told.append(error)
        shutil.rmtree(directory / "backups", ignore_errors=True)
    assert {error.kind for error in told} <= {"database_damaged", "disk_fault", "not_initialised", "dossier_unknown"}
    assert all("Hãy" in error.message for error in told)
    assert sum(error.kind == "database_damaged" for error in told) > 5


def test_newer_database_is_refused_and_left_byte_for_byte(lived_in: tuple[Path, list[str]]) -> None:
    directory, _ = lived_in
    with closing(sqlite3.connect(directory / "counter.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    before = (directory / "counter.db").read_bytes()
    done = run(directory, "list")
    assert error_of(done) == "database_newer"
    assert "cập nhật chương trình" in done.stderr
    assert error_of(run(directory, "receive", "-", document=receive_document())) == "database_newer"
    assert (directory / "counter.db").read_bytes() == before
    assert not (directory / "backups").exists()


def test_folder_in_the_place_of_the_database(directory: Path) -> None:
    (directory / "counter.db").unlink()
    (directory / "counter.db").mkdir()
    assert error_of(run(directory, "list")) in ("read_only", "disk_fault")


def test_database_held_by_another_program(directory: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_SECONDS", 0.1)
    desk = open_desk(directory, clock)
    with closing(sqlite3.connect(directory / "counter.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with refused("database_busy", "thử lại", error=KnownError):
            receive(desk, request())
        assert list_dossiers(desk, QueueFilter())[0] == [], "reading goes on"
        other.execute("ROLLBACK")
    assert receive(desk, request()).code.endswith("-1001")
    desk.close()


def test_unit_of_work_that_writes_holds_the_file_from_its_first_read(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else another could commit between its reading and its writing, and it would fail after all its work."""
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_SECONDS", 0.1)
    first, second = Database(directory / "counter.db"), Database(directory / "counter.db")
    insert = "INSERT INTO draft VALUES ('{}', '{{}}', '2026-01-01')"
    with first.write() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM draft").scalar() == 0
        with refused("database_busy", error=KnownError), second.write() as other:
            other.connection().exec_driver_sql(insert.format("b"))
        session.connection().exec_driver_sql(insert.format("a"))
    with second.read() as session:
        assert session.connection().exec_driver_sql("SELECT name FROM draft").scalars().all() == ["a"]
    first.close()
    second.close()


def test_file_that_may_not_grow_is_a_full_disk(lived_in: tuple[Path, list[str]]) -> None:
    """The system's limit on the size of a file, on machines where nothing can be mounted."""
    resource = pytest.importorskip("resource")
    directory, codes = lived_in

    def cap() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        [sys.executable, "-m", "counter_app", "--data", str(directory), "--json", "finish", codes[0]],
        capture_output=True,
        text=True,
        preexec_fn=cap,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=60,
        check=False,
    )
    assert error_of(done) in ("disk_full", "disk_fault")
    assert codes_of(directory) == codes


def test_every_unit_of_work_is_all_or_nothing(directory: Path) -> None:
    database = Database(directory / "counter.db")

    def cut_in_the_middle() -> None:
        with database.write() as session:
            session.connection().exec_driver_sql("INSERT INTO draft VALUES ('a', '{}', '2026-01-01')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cut_in_the_middle()
    with database.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM draft").scalar() == 0
    database.close()
