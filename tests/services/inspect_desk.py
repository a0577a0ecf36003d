"""What a desk's database holds, counted or read directly, to see that nothing half was stored."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from counter_app.errors import CounterError
from counter_app.models import Base, OutboxMessage
from counter_app.services.desk import DeskContext


def row_counts(desk: DeskContext) -> dict[str, int]:
    """Number of rows of every table."""
    with desk.database.read() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def messages(desk: DeskContext, code: str) -> list[OutboxMessage]:
    """The messages of a dossier in their order."""
    with desk.database.read() as session:
        found = select(OutboxMessage).where(OutboxMessage.dossier_code == code).order_by(OutboxMessage.number)
        return list(session.scalars(found))


def kinds(desk: DeskContext, code: str) -> list[str]:
    return [message.kind for message in messages(desk, code)]


def payloads(desk: DeskContext, code: str, kind: str) -> list[dict[str, Any]]:
    return [json.loads(message.payload) for message in messages(desk, code) if message.kind == kind]


@contextmanager
def refused(kind: str, *words: str, error: type[CounterError] = CounterError) -> Iterator[pytest.ExceptionInfo[Any]]:
    """The block is refused with this kind; the message names each of ``words``."""
    with pytest.raises(error) as caught:
        yield caught
    assert caught.value.kind == kind, caught.value.message
    for word in words:
        assert word in caught.value.message


@contextmanager
def nothing_stored(desk: DeskContext) -> Iterator[None]:
    """The block leaves every table as it was."""
    before = row_counts(desk)
    yield
    assert row_counts(desk) == before


def tamper(path: Path, *statements: str) -> None:
    """Change the file behind the program's back, its triggers taken away first."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for name in ("event_no_update", "event_no_delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        for statement in statements:
            connection.execute(statement)
