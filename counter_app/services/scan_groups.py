"""The pages of a tray as the documents that they will become, or have become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counter_app.rules.backlog import read_backlog_code
from counter_app.services.scan_form_key import is_form_key
from counter_app.services.scan_jobs import DONE, IN_WORK, TROUBLE, JobRow
from counter_app.services.scan_pages import JobPage, ScanGroup
from counter_app.services.scan_trays import loose_pages

if TYPE_CHECKING:
    from counter_app.scanning.tray import TrayPage

UNDECIDED = "undecided"
"""Something was not read for certain: a person looks before it goes into a dossier."""
UNASSIGNED = "unassigned"
READY = "ready"
KEPT = "kept"
"""For a form that is being filled in: it goes off when the dossier has been received."""


@dataclass(frozen=True, slots=True)
class TrayGroup:
    """Pages that make one document. ``state``: undecided, unassigned, kept, ready, or that of its job."""

    dossier: str
    component: str
    result: str
    page_ids: tuple[str, ...]
    state: str
    message: str = ""
    job: int | None = None

    @property
    def is_loose(self) -> bool:
        """Nobody has sent it yet."""
        return self.job is None

    @property
    def is_in_work(self) -> bool:
        return self.state in IN_WORK

    @property
    def needs_a_person(self) -> bool:
        return self.state in (UNDECIDED, UNASSIGNED, TROUBLE)


def groups_of(pages: Sequence[TrayPage], jobs: Sequence[JobRow]) -> tuple[TrayGroup, ...]:
    """The documents of a tray in the order of their first pages; dropped pages belong to none."""
    # Two dossiers never make one document, whatever happened to the numbers of their groups.
    members: dict[tuple[int, str, str, str], list[TrayPage]] = {}
    for page in loose_pages(pages, jobs):
        members.setdefault((page.group, *page.place), []).append(page)
    places = {page.id: place for place, page in enumerate(pages)}
    found = [_loose_group(group) for group in members.values()] + [
        TrayGroup(job.dossier_code, job.component_code, job.result_code, job.page_ids, job.state, job.message, job.id)
        for job in jobs
    ]
    return tuple(sorted(found, key=lambda group: min(places.get(page_id, 0) for page_id in group.page_ids)))


def _loose_group(pages: Sequence[TrayPage]) -> TrayGroup:
    first = pages[0]
    troubles = list(dict.fromkeys(concern for page in pages for concern in page.concerns))
    is_whole = bool(first.component or first.result) or read_backlog_code(first.dossier) is not None
    state = UNDECIDED if troubles else READY if first.dossier and is_whole else UNASSIGNED
    if state == READY and is_form_key(first.dossier):
        state = KEPT
    ids = tuple(page.id for page in pages)
    return TrayGroup(first.dossier, first.component, first.result, ids, state, " ".join(troubles))


def ready_groups(pages: Sequence[TrayPage], jobs: Sequence[JobRow], dossier: str = "") -> tuple[ScanGroup, ...]:
    """What can be sent now, of one dossier or of all; pages in the order of the tray.

    Pages whose run has not been sorted wait: a separator among them may say that they belong elsewhere.
    """
    by_id = {page.id: page for page in pages}
    return tuple(
        ScanGroup(
            group.dossier, group.component, group.result, tuple(JobPage.of(by_id[page]) for page in group.page_ids)
        )
        for group in groups_of(pages, jobs)
        if group.state == READY
        and dossier in ("", group.dossier)
        and all(by_id[page].aim is None for page in group.page_ids)
    )


def settled_pages(jobs: Sequence[JobRow]) -> frozenset[str]:
    """Pages that lie in their dossiers."""
    return frozenset(page for job in jobs if job.state == DONE for page in job.page_ids)
