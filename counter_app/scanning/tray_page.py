"""A page of a tray: what is known of it, what the machine found on it and what the clerk decided about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from typing import Any, Final

Aim = tuple[str, str, str]
"""Dossier, component and result."""

PLACE: Final = "place"
DOUBT: Final = "doubt"
"""In ``by_hand``: the clerk said where the page belongs; the clerk looked at it and it is in order."""

WITH_NOTE: Final = "with"
WITHOUT_NOTE: Final = "without"

_FIXED: Final = frozenset({"id", "file", "dpi", "width", "height", "in_colour", "run", "aim", "by_hand"})
"""What a page is; it cannot be edited."""
_FOUND: Final = {
    "turn": ("turn",),
    "is_dropped": ("is_dropped",),
    # A crop is one of the page as it was straightened.
    "angle": ("angle", "crop"),
    "crop": ("angle", "crop"),
}
"""What the machine finds and the clerk may decide otherwise, and what goes with it."""


@dataclass(frozen=True, slots=True)
class TrayPage:
    """One page of a tray: which image, and what the machine found or the clerk decided."""

    id: str
    """Its number in the order in which pages were read."""
    file: str
    dpi: int
    width: int
    height: int
    in_colour: bool = True
    """Whether the image can show colours."""
    turn: int = 0
    """Quarter turns clockwise, 0 to 3."""
    angle: float = 0.0
    """By how many degrees it was found to lie askew."""
    crop: tuple[int, int, int, int] | None = None
    is_seen: bool = False
    """The machine has looked at it; what it did not see may be a separator."""
    is_blank: bool = False
    is_dropped: bool = False
    marks: tuple[str, ...] = ()
    """Barcodes read on it."""
    has_sticker: bool = False
    run: int = 0
    """Pages that went through the feeder together: a separator among them tells of those after it."""
    aim: Aim | None = None
    """Where the clerk meant its run to go, until the run has been sorted by its separators; None from then on."""
    dossier: str = ""
    component: str = ""
    result: str = ""
    group: int = 0
    """Pages of one group make one document, and have the same dossier, component and result."""
    trouble: str = ""
    """What is amiss with the page itself."""
    doubt: str = ""
    """Why it is not certain that the page belongs where the separators put it."""
    note: str = ""
    """WITH_NOTE: something lies on the page; WITHOUT_NOTE: the page before it once more, bare (01/2023 art. 8)."""
    by_hand: tuple[str, ...] = ()
    """What the clerk decided: names of values, PLACE and DOUBT. What the machine finds afterwards leaves it."""

    @property
    def place(self) -> Aim:
        return self.dossier, self.component, self.result

    @property
    def concerns(self) -> tuple[str, ...]:
        """All for which a person must look at the page before it goes into a dossier."""
        return tuple(filter(None, (self.trouble, self.doubt)))


Pages = tuple[TrayPage, ...]


def changed(pages: Pages, page_ids: Collection[str], values: dict[str, Any], by_hand: Collection[str] = ()) -> Pages:
    """The clerk's change. TypeError for what cannot be changed."""
    _check(values)
    decided = {name for value in values for name in _FOUND.get(value, ())} | set(by_hand)
    return tuple(_decided(page, decided, values) if page.id in page_ids else page for page in pages)


def recorded(pages: Pages, page_id: str, values: dict[str, Any]) -> Pages:
    """What the machine found on a page, beside what the clerk decided. TypeError for what cannot be changed."""
    _check(values)
    return tuple(_found(page, values) if page.id == page_id else page for page in pages)


def renamed(pages: Pages, dossier: str, code: str) -> Pages:
    """Pages of ``dossier`` in ``code``, or in none."""
    return tuple(_renamed(page, dossier, code) for page in pages)


def settled(pages: Pages, page_ids: Collection[str]) -> Pages:
    """Pages at which a person has looked. What separators will say of a run is still to be heard."""
    return tuple(_settled(page) if page.id in page_ids else page for page in pages)


def page_from(entry: dict[str, Any]) -> TrayPage:
    """A page from its entry; what another release wrote beside it is left out. TypeError, ValueError, KeyError."""
    values = {field.name: entry[field.name] for field in fields(TrayPage) if field.name in entry}
    for name in ("crop", "aim", "marks", "by_hand"):
        if values.get(name) is not None:
            values[name] = tuple(values[name])
    return TrayPage(**values)


def _check(values: dict[str, Any]) -> None:
    wrong = _FIXED & values.keys()
    if wrong:
        raise TypeError(f"a page's {', '.join(sorted(wrong))} cannot be changed")


def _decided(page: TrayPage, decided: set[str], values: dict[str, Any]) -> TrayPage:
    return replace(page, by_hand=tuple(sorted(decided.union(page.by_hand))), **values)


def _found(page: TrayPage, values: dict[str, Any]) -> TrayPage:
    return replace(page, **{name: value for name, value in values.items() if name not in page.by_hand})


def _renamed(page: TrayPage, dossier: str, code: str) -> TrayPage:
    if page.aim is not None and page.aim[0] == dossier:
        page = replace(page, aim=(code, *page.aim[1:]) if code else ("", "", ""))
    if page.dossier != dossier:
        return page
    return replace(page, dossier=code) if code else replace(page, dossier="", component="", result="")


def _settled(page: TrayPage) -> TrayPage:
    decided = {DOUBT} if page.aim is None else set()
    return _decided(page, decided, {"trouble": "", "doubt": ""})
