"""What a person should know of scanned pages before they go into a dossier, though it stops nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counter_app.rules.digitising import PaperKind, expected_images, flaw_of
from counter_app.services.desk import DeskContext
from counter_app.services.digitising import count_pages
from counter_app.services.scan_groups import READY, TrayGroup
from counter_app.services.scan_pages import ScanGroup

if TYPE_CHECKING:
    from counter_app.scanning.tray import TrayPage

Place = tuple[str, str, str]
"""Dossier, component, result."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A document that has not as many images as its paper."""

    page_ids: tuple[str, ...]
    images: int
    expected: int


@dataclass(frozen=True, slots=True)
class Checked:
    """``unfit``: pages without colour or below 200 dpi; ``bare``: pages with a note that lack the one without it."""

    unfit: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    misfits: tuple[Misfit, ...] = ()


def is_unfit(page: TrayPage) -> bool:
    """Below what is asked for: in colour, 200 dpi or more (01/2023/TT-VPCP art. 8)."""
    return flaw_of(page.dpi, page.in_colour) is not None


def check(pages: Sequence[TrayPage], groups: Iterable[TrayGroup], counts: Mapping[Place, int]) -> Checked:
    """Look over the documents that are ready; ``counts`` says how many pages of paper a clerk counted."""
    by_id = {page.id: page for page in pages}
    unfit: list[str] = []
    bare: list[str] = []
    misfits = []
    for group in groups:
        if group.state != READY:
            continue
        members = [by_id[page_id] for page_id in group.page_ids]
        unfit += [page.id for page in members if is_unfit(page)]
        bare += _bare(members)
        counted = counts.get((group.dossier, group.component, group.result), 0)
        wanted = _wanted(counted, members)
        if counted and wanted != len(members):
            misfits.append(Misfit(group.page_ids, len(members), wanted))
    return Checked(tuple(unfit), tuple(bare), tuple(misfits))


def keep_counts(
    desk: DeskContext, pages: Sequence[TrayPage], groups: Iterable[ScanGroup], counts: Mapping[Place, int]
) -> None:
    """Write down how many pages the papers of documents that were sent have: the rate counts against it."""
    by_id = {page.id: page for page in pages}
    for group in groups:
        counted = counts.get((group.dossier, group.component, group.result), 0)
        if not counted or not (group.component or group.result):
            continue
        noted = min(counted, _noted([by_id[page.id] for page in group.pages]))
        kind = PaperKind.RESULT if group.result else PaperKind.COMPONENT
        count_pages(desk, group.dossier, kind, group.component or group.result, counted, noted)


def _wanted(counted: int, pages: Sequence[TrayPage]) -> int:
    return expected_images(counted, min(counted, _noted(pages))) if counted else 0


def _noted(pages: Sequence[TrayPage]) -> int:
    from counter_app.scanning.tray_page import WITH_NOTE

    return sum(page.note == WITH_NOTE for page in pages)


def _bare(pages: Sequence[TrayPage]) -> list[str]:
    from counter_app.scanning.tray_page import WITH_NOTE, WITHOUT_NOTE

    following = [*[page.note for page in pages[1:]], ""]
    return [
        page.id
        for page, after in zip(pages, following, strict=True)
        if page.note == WITH_NOTE and after != WITHOUT_NOTE
    ]
