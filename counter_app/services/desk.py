"""What every service needs: the database, the document store, the settings and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from counter_app.database import Database
from counter_app.services.document_store import DocumentStore
from counter_app.services.signing_keys import KeyRing
from counter_app.settings import Settings, load_settings
from counter_app.storage import open_database


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class DeskContext:
    """One desk at work on one data directory; given to each service as its first argument."""

    directory: Path
    database: Database
    documents: DocumentStore
    settings: Settings
    clock: Callable[[], datetime] = system_clock
    keys: KeyRing = field(default_factory=KeyRing, compare=False)
    """Keys that were unlocked for signing; the same through changes of the settings."""

    def close(self) -> None:
        self.database.close()


def open_desk(directory: Path, clock: Callable[[], datetime] = system_clock) -> DeskContext:
    """Open an initialised data directory.

    Raises KnownError (storage) or UserError (settings) as ``open_database`` and ``load_settings`` do.
    """
    settings = load_settings(directory)
    database = open_database(directory)
    return DeskContext(directory, database, DocumentStore(directory / "documents"), settings, clock)
