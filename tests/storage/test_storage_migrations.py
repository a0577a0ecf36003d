"""Migrations: from nothing, up and down with data, equal to the models, and a backup before each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from counter_app import storage
from counter_app.database import Database
from counter_app.errors import KnownError
from counter_app.migrations import HEAD_REVISION
from counter_app.models import Base
from counter_app.services.desk import open_desk
from counter_app.services.drafts import load_draft, save_draft
from counter_app.services.offices import get_office
from counter_app.services.reading import find, show
from counter_app.services.receive import receive
from counter_app.services.verify import verify
from tests.catalogue_samples import HNGAM, OFFICE, request, write_pdf
from tests.conftest import Clock
from tests.services.inspect_desk import refused


def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(storage.__file__).parent / "migrations"))


def revisions() -> list[str]:
    """All revisions, the oldest first."""
    return [script.revision for script in reversed(list(scripts().walk_revisions()))]


@contextmanager
def migrating(path: Path) -> Iterator[Connection]:
    """A connection as `migrate` opens it."""
    database = Database(path)
    with database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        with connection.execution_options(writing=True).begin():
            yield connection
    database.close()


def downgrade(path: Path, target: str) -> None:
    with migrating(path) as connection:
        command.downgrade(storage._alembic_config(connection), target)


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")}


def columns(path: Path) -> set[str]:
    """Tables, indexes and triggers, and besides them ``table.column``."""
    query = "SELECT t.name || '.' || c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c"
    with closing(sqlite3.connect(path)) as connection:
        return tables(path) | {row[0] for row in connection.execute(query)}


def test_head_is_known_without_alembic() -> None:
    assert scripts().get_current_head() == HEAD_REVISION
    assert len(scripts().get_heads()) == 1


def test_revisions_sort_as_text(tmp_path: Path) -> None:
    """`current_revision` tells a newer database by comparing the words."""
    assert revisions() == sorted(revisions())


def test_models_equal_the_migrated_schema(tmp_path: Path) -> None:
    storage.create_database(tmp_path).close()
    with migrating(tmp_path / "counter.db") as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _parents: (
                    not (kind == "table" and str(name).startswith(("dossier_search", "document_search")))
                ),
            },
        )
        assert compare_metadata(context, Base.metadata) == []
    assert {table for table in tables(tmp_path / "counter.db") if table in Base.metadata.tables} == set(
        Base.metadata.tables
    )


def test_new_database_is_as_the_design_has_it(tmp_path: Path) -> None:
    database = storage.create_database(tmp_path)
    with database.read() as session:
        connection = session.connection()
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert storage.integrity_problems(tmp_path / "counter.db") == []
    assert not (tmp_path / "backups").exists(), "there was nothing to back up"


@pytest.mark.parametrize("revision", revisions())
def test_each_revision_up_down_and_up_again(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "counter.db"
    storage.migrate(path, revision)
    whole = columns(path)
    downgrade(path, "-1")
    before = columns(path)
    assert before < whole
    storage.migrate(path, revision)
    assert columns(path) == whole


def test_down_to_nothing_with_data_and_up_again(directory: Path, clock: Clock) -> None:
    desk = open_desk(directory, clock)
    for _ in range(3):
        receive(desk, request())
    desk.close()
    path = directory / "counter.db"
    downgrade(path, "base")
    assert tables(path) == {"alembic_version"}
    storage.migrate(path)
    database = storage.open_database(directory)
    database.close()
    assert storage.integrity_problems(path) == []
    assert set(Base.metadata.tables) <= tables(path)


def test_older_file_is_backed_up_then_migrated(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose schema the program does not know as the newest: here an empty one left by a cut start."""
    path = directory / "counter.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    downgrade(path, "base")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE keepsake (word TEXT)")
        connection.execute("INSERT INTO keepsake VALUES ('H'' Ngăm')")
    storage.open_database(directory).close()
    (made,) = (directory / "backups").glob("truoc-nang-cap-*.db")
    for file in (path, made):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT word FROM keepsake").fetchone() == ("H' Ngăm",)
    assert storage.current_revision(path) == HEAD_REVISION
    assert "dossier" not in tables(made)


def test_failed_migration_leaves_the_old_schema_and_data(
    directory: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = directory / "counter.db"
    desk = open_desk(directory, clock)
    save_draft(desk, "intake", {"name": "H' Ngăm"})
    desk.close()
    whole = tables(path)

    def half(connection_config: object, _target: str) -> None:
        connection: Connection = connection_config.attributes["connection"]  # type: ignore[attr-defined]
        connection.exec_driver_sql("CREATE TABLE half_done (x)")
        connection.exec_driver_sql("INSERT INTO no_such_table VALUES (1)")

    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", half)
        with refused("storage_fault", error=KnownError):
            storage.migrate(path)
    assert tables(path) == whole
    desk = open_desk(directory, clock)
    assert load_draft(desk, "intake") == {"name": "H' Ngăm"}
    desk.close()


def test_migration_that_breaks_references_is_taken_back(
    directory: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(directory, clock)
    code = receive(desk, request()).code
    desk.close()

    def orphan(connection_config: object, _target: str) -> None:
        connection: Connection = connection_config.attributes["connection"]  # type: ignore[attr-defined]
        connection.exec_driver_sql("DELETE FROM applicant")

    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", orphan)
        with refused("migration_failed", "giữ nguyên", error=KnownError):
            storage.migrate(directory / "counter.db")
    desk = open_desk(directory, clock)
    assert show(desk, code).applicant == HNGAM
    desk.close()


def test_everything_written_is_there_after_closing_and_opening(directory: Path, clock: Clock, tmp_path: Path) -> None:
    desk = open_desk(directory, clock)
    codes = [receive(desk, request(files=(write_pdf(tmp_path / f"{n}.pdf"),))).code for n in range(5)]
    views = [show(desk, code) for code in codes]
    desk.close()
    again = open_desk(directory, clock)
    assert [show(again, code) for code in codes] == views
    assert [row.code for row in find(again, "ngam")] == codes[::-1]
    assert get_office(again) == OFFICE
    assert verify(again).problems == ()
    again.close()
