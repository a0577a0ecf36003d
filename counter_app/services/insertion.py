"""Inserting new rows by plain statements, for the one use case where milliseconds count: a reception.

The objects are built like any others but never join the session: its unit of work would cost several times what
the database itself needs. After this the dossier is in the database and can be read through the session.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, insert
from sqlalchemy.orm import Session

from counter_app.models import Base, Dossier


def insert_row(session: Session, row: Base) -> int:
    """Insert one new object; answers its id. Columns that were not set take their defaults."""
    done = session.connection().execute(_insert(row.__table__), _columns(row))
    key = done.inserted_primary_key
    assert key is not None
    return int(key[0])


def insert_rows(session: Session, rows: Sequence[Base]) -> None:
    """Insert new objects of one class, which have the same columns set, by one statement."""
    if rows:
        session.connection().execute(_insert(rows[0].__table__), [_columns(row) for row in rows])


def insert_dossier(session: Session, dossier: Dossier) -> None:
    """Insert a new dossier with its papers, fees, documents and events; its people are there already."""
    dossier.procedure_id = dossier.procedure.id
    dossier.applicant_id = dossier.applicant.id
    dossier.submitter_id = dossier.submitter.id if dossier.submitter else None
    dossier.id = insert_row(session, dossier)
    for rows in (dossier.components, dossier.fees, dossier.documents, dossier.events):
        _insert_children(session, dossier.id, rows)


def _insert_children(session: Session, dossier_id: int, rows: Sequence[Base]) -> None:
    if rows:
        values = [{**_columns(row), "dossier_id": dossier_id} for row in rows]
        session.connection().execute(_insert(rows[0].__table__), values)


def _columns(row: Base) -> dict[str, Any]:
    """What was set of a new object, relationships left out; every attribute bears its column's name."""
    columns = row.__table__.columns
    return {name: value for name, value in row.__dict__.items() if name in columns}


@cache
def _insert(table: Any) -> Insert:
    assert isinstance(table, Table)
    return insert(table)
