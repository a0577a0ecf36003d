"""The trays of a desk: which pages have been read and belong to no dossier yet, and which trays are done with."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from counter_app.errors import CounterError
from counter_app.services.desk import DeskContext
from counter_app.services.scan_jobs import DONE, TRAYS, TROUBLE, JobRow, jobs_of_tray
from counter_app.sync.warnings import DISK_STOP

if TYPE_CHECKING:
    from counter_app.scanning.tray import Tray, TrayPage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LooseTray:
    """A tray that needs a person: pages that nobody has sent, or documents that could not be attached."""

    id: str
    pages: int
    troubles: int = 0


def trays_folder(desk: DeskContext) -> Path:
    return desk.directory / TRAYS


def new_tray(desk: DeskContext) -> Tray:
    """An empty tray; it leaves free what the disk keeps for records."""
    from counter_app.scanning.tray import Tray

    return Tray.create(trays_folder(desk), keep_free=DISK_STOP)


def open_tray(desk: DeskContext, tray: str) -> Tray:
    """A tray of an earlier time; KnownError ``tray_missing``."""
    from counter_app.scanning.tray import Tray

    return Tray.open(trays_folder(desk) / tray, keep_free=DISK_STOP)


def loose_pages(pages: Sequence[TrayPage], jobs: Sequence[JobRow]) -> tuple[TrayPage, ...]:
    """Pages that are neither dropped nor sent."""
    sent = {page for job in jobs for page in job.page_ids}
    return tuple(page for page in pages if not page.is_dropped and page.id not in sent)


def clear_up(desk: DeskContext, in_use: Collection[str] = ()) -> tuple[LooseTray, ...]:
    """Delete the trays whose pages are all in their dossiers or dropped; name those that need a person, oldest first.

    Trays ``in_use`` are left alone. One that cannot be opened is left for another time.
    """
    from counter_app.scanning.tray import tray_folders

    found = []
    for folder in tray_folders(trays_folder(desk)):
        if folder.name in in_use:
            continue
        try:
            tray = open_tray(desk, folder.name)
            jobs = jobs_of_tray(desk, folder.name)
            loose = loose_pages(tray.pages(), jobs)
            troubles = sum(job.state == TROUBLE for job in jobs)
            if loose or troubles:
                found.append(LooseTray(folder.name, len(loose), troubles))
            elif all(job.state == DONE for job in jobs):
                tray.discard()
        except CounterError as error:
            log.warning("tray %s: %s", folder.name, error.message)
    return tuple(found)
