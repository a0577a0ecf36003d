"""A stack in a tray, put into groups by what was read on its pages."""

from __future__ import annotations

from collections.abc import Collection

from counter_app.rules.scan_sorting import PageMarks, SortedGroup, Target, sort_pages
from counter_app.scanning.tray import Tray, TrayPage


def sort_tray(
    tray: Tray, start: Target | None = None, page_ids: Collection[str] | None = None
) -> tuple[SortedGroup, ...]:
    """Sort pages of one run through the feeder (by default all of the tray) by their ``marks`` and ``is_blank``.

    Each group becomes a document of the tray, in one step that ``undo`` takes back: its number, its dossier,
    component and result, its trouble on its first page; sheets are dropped; pages that lie as their cover sheet does
    are turned with it, unless something told already how they lie. A run that a jam cut in two is sorted with both its
    parts. What the clerk decided about these pages before is decided anew. KeyError for a page that is not there.
    """
    pages = {page.id: page for page in tray.pages() if page_ids is None or page.id in page_ids}
    if page_ids is not None and (unknown := set(page_ids) - set(pages)):
        raise KeyError(min(unknown))
    marked = [PageMarks.of(page.id, page.marks, is_blank=page.is_blank) for page in pages.values()]
    groups = sort_pages(marked, start)
    first = 1 + max((page.group for page in tray.pages()), default=-1)
    with tray.one_step():
        for number, group in enumerate(groups, first):
            _apply(tray, group, number, pages)
    return groups


def _apply(tray: Tray, group: SortedGroup, number: int, pages: dict[str, TrayPage]) -> None:
    place = {"group": number, "dossier": group.dossier, "component": group.component, "result": group.result}
    cover = pages[group.dropped[0]] if group.dropped else None
    for at, page_id in enumerate((*group.pages, *group.dropped)):
        values: dict[str, object] = dict(place)
        if page_id in group.dropped:
            values["is_dropped"] = True
        elif cover is not None and not pages[page_id].turn and _lie_alike(cover, pages[page_id]):
            values["turn"] = group.turn
        if at == 0 and group.trouble:
            values["trouble"] = _joined(pages[page_id].trouble, group.trouble)
        tray.change(page_id, **values)


def _lie_alike(one: TrayPage, other: TrayPage) -> bool:
    """Both upright or both lengthwise: an A5 sheet fed sideways says nothing of A4 papers fed upright."""
    return (one.width > one.height) == (other.width > other.height)


def _joined(before: str, trouble: str) -> str:
    return before if trouble in before else f"{before} {trouble}".strip()
