"""A desk with a month's dossiers of a province, one scan each, nothing sent: received by the services themselves."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

from sqlalchemy import Engine, event

from benchmarks.corpus import DATA, SEED, new_desk, recipe
from benchmarks.noise_pdf import noise_pdf
from benchmarks.receive import requests
from counter_app.rules.calendar import VIETNAM
from counter_app.services.desk import open_desk
from counter_app.services.receive import receive
from counter_app.storage import DATABASE_NAME

SMALLEST, LARGEST = 30_000, 60_000
"""Bytes of a scan."""
PER_DAY = 900
"""Fewer than a desk has numbers; the month gets as many days as it needs."""
FIRST_DAY = datetime(2025, 3, 3, 7, 30, tzinfo=VIETNAM)


def month(dossiers: int, root: Path = DATA) -> Path:
    """A data directory with that many dossiers; made on first use and kept, for the schema at hand."""
    directory = root / f"month-{dossiers}-{_recipe()}"
    if not directory.exists():
        sys.stderr.write(f"receiving {dossiers:,} dossiers in {directory} (once)\n")
        making = directory.with_name(directory.name + ".part")
        shutil.rmtree(making, ignore_errors=True)
        _fill(new_desk(making), dossiers)
        making.rename(directory)
    return directory


def desk_of_its_own(source: Path, target: Path) -> Path:
    """A copy of the database, with the documents of the original, which are only read."""
    target.mkdir()
    for path in source.iterdir():
        if path.is_file():
            shutil.copy2(path, target)
    (target / "documents").symlink_to(source / "documents", target_is_directory=True)
    return target


def _recipe() -> str:
    return hashlib.sha256(f"{recipe()} {Path(__file__).read_text(encoding='utf-8')}".encode()).hexdigest()[:10]


def _fill(directory: Path, dossiers: int) -> None:
    random = Random(SEED)
    now = FIRST_DAY
    desk = open_desk(directory, lambda: now)
    _without_syncing(desk.database.engine)
    make = requests(directory / DATABASE_NAME)
    scan = directory / "scan.pdf"
    with ExitStack() as undo:
        undo.callback(scan.unlink, missing_ok=True)
        undo.callback(desk.close)
        undo.enter_context(patch.object(os, "fsync", lambda _: None))
        for number in range(dossiers):
            day, of_day = divmod(number, PER_DAY)
            now = FIRST_DAY + timedelta(days=day, seconds=of_day * 30)
            scan.write_bytes(noise_pdf(random, random.randint(SMALLEST, LARGEST)))
            request = make()
            first = replace(request.components[0], files=(scan,))
            receive(desk, replace(request, components=(first, *request.components[1:])))


def _without_syncing(engine: Engine) -> None:
    """What is made once may be made again: no waiting for the disk."""
    engine.dispose()

    @event.listens_for(engine, "connect")
    def relax(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")
