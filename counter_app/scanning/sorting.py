"""A stack in a tray, put into groups by what was read on its pages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count

from counter_app.rules.scan_sorting import (
    OVERRULED,
    REASSIGNED,
    SEEN_COVER,
    UNSEEN,
    PageMarks,
    SortedGroup,
    Target,
    sort_pages,
)
from counter_app.scanning.tray import Tray
from counter_app.scanning.tray_page import DOUBT, PLACE, Aim, Pages, TrayPage


def sort_tray(tray: Tray, page_ids: Collection[str] | None = None) -> tuple[SortedGroup, ...]:
    """Sort the runs that have pages which were not sorted (by default of all the tray), by what was seen on them.

    The pages of each group become a document, with its trouble as the doubt of every one of them; cover sheets are
    dropped; pages that lie as their cover does are turned with it. A run that went on after a jam is read as a whole:
    pages sorted before stay where they are, whatever the clerk made of them, and only their doubts are told anew.
    A run without anything to tell stays as it was put. This is no edit: ``undo`` leaves it.
    """
    pages = [page for page in tray.pages() if page_ids is None or page.id in page_ids]
    sorted_now: list[SortedGroup] = []
    for number in sorted({page.run for page in pages if page.aim is not None}):
        # As they were read: a page that the clerk moved lay behind the same separator all the same.
        run = sorted((page for page in pages if page.run == number), key=lambda page: int(page.id))
        groups = _groups(run)
        tray.revise(partial(_applied, groups=groups))
        sorted_now += groups
    return tuple(sorted_now)


def _groups(pages: Sequence[TrayPage]) -> tuple[SortedGroup, ...]:
    aim = next(page.aim for page in pages if page.aim is not None)
    marked = [PageMarks.of(page.id, page.marks, is_blank=page.is_blank, is_unseen=not page.is_seen) for page in pages]
    if any(page.has_marks for page in marked):
        return sort_pages(marked, Target(*aim) if aim[0] else None)
    troubles = (UNSEEN,) if any(page.is_unseen for page in marked) else ()
    return (SortedGroup(*aim, tuple(page.page for page in marked), troubles=troubles, goes_on=True),)


def _applied(pages: Pages, groups: Sequence[SortedGroup]) -> Pages:
    """A state of the tray with the run sorted; it may be an earlier one, which has not all of its pages."""
    by_id = {page.id: page for page in pages}
    free = count(1 + max((page.group for page in pages), default=-1))
    for group in groups:
        members = [by_id[page_id] for page_id in (*group.dropped, *group.pages) if page_id in by_id]
        by_id |= {page.id: page for page in _placed(members, group, free)}
    return tuple(by_id[page.id] for page in pages)


def _placed(members: Sequence[TrayPage], group: SortedGroup, free: Iterator[int]) -> Iterator[TrayPage]:
    """The pages of a group; what the clerk parted before it was sorted stays parted."""
    earlier = [page for page in members if page.aim is None and page.id in group.pages]
    new = [page for page in members if page.aim is not None]
    last = earlier[-1] if earlier else None
    is_moved = last is not None and (_is_elsewhere(last, group) or REASSIGNED.message in last.doubt)
    numbers = {new[0].group: last.group} if new and last is not None and last.place == _place(group) else {}
    for page in members:
        if page.aim is None:
            yield _told_anew(page, group)
        elif PLACE in page.by_hand:
            is_overruled = page.dossier != group.dossier and bool(group.dossier) and not group.goes_on
            yield replace(_sheet_dropped(page, group), aim=None, doubt=OVERRULED.message if is_overruled else "")
        else:
            if not group.goes_on:
                if page.group not in numbers:
                    numbers[page.group] = next(free)
                dossier, component, result = _place(group)
                page = replace(page, group=numbers[page.group], dossier=dossier, component=component, result=result)
            doubt = _joined(group.trouble, REASSIGNED.message if is_moved else "")
            page = _turned(page, members, group)
            yield replace(_sheet_dropped(page, group), aim=None, doubt=doubt)


def _told_anew(page: TrayPage, group: SortedGroup) -> TrayPage:
    """A page that was sorted before, now that more of its run is known."""
    if SEEN_COVER in page.marks:
        page = _sheet_dropped(page, group)
    if {PLACE, DOUBT} & set(page.by_hand):
        return page
    return replace(page, doubt=_joined(group.trouble, REASSIGNED.message if REASSIGNED.message in page.doubt else ""))


def _sheet_dropped(page: TrayPage, group: SortedGroup) -> TrayPage:
    is_left = page.id not in group.dropped or "is_dropped" in page.by_hand
    return page if is_left else replace(page, is_dropped=True)


def _turned(page: TrayPage, members: Sequence[TrayPage], group: SortedGroup) -> TrayPage:
    """Turned as its cover sheet is, if it lies like it and nothing told already how it lies.

    An A5 sheet fed sideways says nothing of A4 papers fed upright.
    """
    if not group.dropped or page.id in group.dropped or page.turn or "turn" in page.by_hand:
        return page
    cover = members[0]
    lie_alike = (cover.width > cover.height) == (page.width > page.height)
    return replace(page, turn=group.turn) if lie_alike else page


def _is_elsewhere(page: TrayPage, group: SortedGroup) -> bool:
    """Whether the clerk put a page elsewhere than its separator says; a component may have been left to the clerk."""
    if not group.dossier or group.goes_on:
        return False
    is_whole = bool(group.component or group.result)
    return page.dossier != group.dossier or (is_whole and page.place != _place(group))


def _place(group: SortedGroup) -> Aim:
    return group.dossier, group.component, group.result


def _joined(*doubts: str) -> str:
    return " ".join(filter(None, doubts))
