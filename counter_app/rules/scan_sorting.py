"""Where the pages of a stack belong, told by the separators among them.

The one thing that must never happen is that the papers of two dossiers run together unseen. So a separator that was
seen and could not be read still parts the stack, and what it parts waits for a person; so do a separator without
pages, two that contradict each other, and a numbered one that never came out of the feeder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from .scan_sheets import Separator, SheetKind, decode

SEEN_COVER: Final = "SEEN:C"
SEEN_STICKER: Final = "SEEN:S"
"""Marks of a page on which a cover sheet or a sticker was recognised, whether or not its QR could be read."""

PAPER: Final = "PAPER:"
"""Mark of a paper that the system issued, followed by its dossier code."""

TURN: Final = "TURN:"
"""How many quarter turns clockwise set the page upright, as its separator or paper tells."""


@dataclass(frozen=True, slots=True)
class PageMarks:
    """What was read on one page. ``turn``: quarter turns clockwise that set it upright, as its mark tells."""

    page: str
    separators: tuple[Separator, ...] = ()
    papers: tuple[str, ...] = ()
    is_cover_seen: bool = False
    is_sticker_seen: bool = False
    is_blank: bool = False
    turn: int = 0
    is_unseen: bool = False
    """The page could not be looked at: nobody knows what stands on it."""

    @classmethod
    def of(cls, page: str, marks: Iterable[str], *, is_blank: bool, is_unseen: bool = False) -> PageMarks:
        """From the marks as they are kept with the page."""
        kept = tuple(marks)
        return cls(
            page,
            separators=tuple(found for found in map(decode, kept) if found),
            papers=tuple(mark.removeprefix(PAPER) for mark in kept if mark.startswith(PAPER)),
            is_cover_seen=SEEN_COVER in kept,
            is_sticker_seen=SEEN_STICKER in kept,
            is_blank=is_blank,
            turn=next((int(mark.removeprefix(TURN)) for mark in kept if mark.startswith(TURN)), 0),
            is_unseen=is_unseen,
        )

    @property
    def has_marks(self) -> bool:
        """Whether anything at all was recognised on the page."""
        return bool(self.separators or self.papers or self.is_cover_seen or self.is_sticker_seen)


@dataclass(frozen=True, slots=True)
class SortTrouble:
    """Why pages wait for a person: a short English word, and a sentence for the clerk."""

    kind: str
    message: str


UNREADABLE = SortTrouble(
    "unreadable",
    "Có tờ ngăn (nhãn) ở đầu nhóm này nhưng không đọc được mã. Hãy chọn hồ sơ và thành phần cho nhóm.",
)
BEFORE_UNREADABLE = SortTrouble(
    "before_unreadable",
    "Ngay sau nhóm này là tờ ngăn không đọc được. Hãy xem các trang cuối có đúng của hồ sơ này không.",
)
NO_SEPARATOR = SortTrouble(
    "no_separator", "Các trang này nằm trước tờ ngăn đầu tiên. Hãy chọn hồ sơ và thành phần cho nhóm."
)
CONFLICT = SortTrouble(
    "conflict",
    "Một trang có hai mã ngăn khác nhau. Hãy chọn hồ sơ và thành phần cho nhóm, hoặc gỡ nhãn thừa rồi quét lại.",
)
EMPTY = SortTrouble(
    "empty",
    "Nhóm này không có trang nào ngoài tờ ngăn và trang trắng. Hãy xem có hai tờ dính nhau không rồi quét lại, "
    "hoặc bỏ nhóm.",
)
DOUBTFUL = SortTrouble(
    "doubtful",
    "Trang đầu của nhóm này có mã tờ ngăn nhưng trông không giống tờ ngăn. Hãy giữ hoặc bỏ trang đó rồi xác nhận nhóm.",
)
OTHER_DOSSIER = SortTrouble(
    "other_dossier",
    "Nhóm bắt đầu bằng giấy của hồ sơ khác với các trang trước. Hãy chọn thành phần, hoặc ghép lại với nhóm trước.",
)

UNSEEN = SortTrouble(
    "unseen",
    "Có trang chưa xem được nên không biết đó có phải tờ ngăn không. Hãy xem các trang của nhóm có cùng một giấy tờ "
    "không rồi xác nhận, hoặc quét lại.",
)
OVERRULED = SortTrouble(
    "overruled",
    "Tờ ngăn trước các trang này ghi hồ sơ khác với hồ sơ đã gán. Hãy xem các trang thuộc hồ sơ nào rồi xác nhận hoặc "
    "gán lại.",
)
REASSIGNED = SortTrouble(
    "reassigned",
    "Các trang trước của cùng tờ ngăn này đã được gán sang chỗ khác. Hãy xem các trang này có đi cùng không rồi xác "
    "nhận hoặc gán lại.",
)


@dataclass(frozen=True, slots=True)
class SortedGroup:
    """Pages between two separators: one document.

    ``pages`` and ``dropped`` hold ids in the order of the stack; dropped are sheets and their blank backs. Empty
    ``dossier``: not known. Empty ``component`` and ``result``: still to be chosen. ``turn``: as ``PageMarks.turn``,
    told by the cover sheet for all pages that lie like it. ``goes_on``: pages before the first separator of a stack
    for which the clerk chose a place; they stay where they are.
    """

    dossier: str
    component: str
    result: str
    pages: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    troubles: tuple[SortTrouble, ...] = ()
    turn: int = 0
    goes_on: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether the pages can be attached without asking anybody."""
        return bool(self.dossier and (self.component or self.result) and not self.troubles)

    @property
    def trouble(self) -> str:
        """All that keeps the group waiting, for the clerk; "" when nothing does."""
        return " ".join(trouble.message for trouble in self.troubles)


@dataclass(frozen=True, slots=True)
class Target:
    """Where pages belong that come before any separator."""

    dossier: str
    component: str = ""
    result: str = ""


@dataclass(slots=True)
class _Group:
    """A group while it grows. ``has_content``: a page that is not blank is in it."""

    dossier: str = ""
    component: str = ""
    result: str = ""
    separator: Separator | None = None
    turn: int = 0
    pages: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    troubles: list[SortTrouble] = field(default_factory=list)
    has_content: bool = False
    goes_on: bool = False

    def add_trouble(self, trouble: SortTrouble) -> None:
        if trouble not in self.troubles:
            self.troubles.append(trouble)


def sort_pages(pages: Sequence[PageMarks], start: Target | None = None) -> tuple[SortedGroup, ...]:
    """The groups of a stack in its order; each page is in exactly one of them.

    ``start`` is where the pages before the first separator belong, where the clerk chose it. Without it a paper
    that the system issued, lying on top of the stack, serves as the cover of its dossier.
    """
    sorting = _Sorting(start)
    for page in pages:
        sorting.take(page)
    return sorting.finish()


class _Sorting:
    def __init__(self, start: Target | None) -> None:
        self._groups: list[_Group] = []
        self._start = start
        self._leading: list[str] = []
        self._opener: PageMarks | None = None

    def take(self, page: PageMarks) -> None:
        """Put the next page where it belongs."""
        opener, self._opener = self._opener, None
        if opener is not None and _is_back(page, opener):
            if self._groups[-1].pages:
                self._groups[-1].pages.append(page.page)
            else:
                self._groups[-1].dropped.append(page.page)
            return
        opened = self._opened_by(page)
        if opened is not None:
            self._open(opened)
            self._opener = page
            return
        if not self._groups:
            if page.is_blank and self._start is None:
                self._leading.append(page.page)
                return
            self._open(self._before_the_first())
        group = self._groups[-1]
        group.pages.append(page.page)
        group.has_content = group.has_content or not page.is_blank
        if page.is_unseen:
            group.add_trouble(UNSEEN)

    def finish(self) -> tuple[SortedGroup, ...]:
        """The groups, with what became clear only at the end."""
        if self._leading:
            self._groups.append(replace(self._before_the_first(), pages=list(self._leading)))
        for before, group in zip(self._groups, self._groups[1:], strict=False):
            if {UNREADABLE, CONFLICT, OTHER_DOSSIER} & set(group.troubles):
                before.add_trouble(BEFORE_UNREADABLE)
        self._report_missing()
        return tuple(map(_finished, self._groups))

    def _before_the_first(self) -> _Group:
        if self._start is None:
            return _Group(troubles=[NO_SEPARATOR])
        return _Group(self._start.dossier, self._start.component, self._start.result, goes_on=True)

    def _opened_by(self, page: PageMarks) -> _Group | None:
        """A new group, when the page begins one; the page is in it already."""
        targets = {separator.target for separator in page.separators}
        if len(targets) > 1:
            return _Group(pages=[page.page], troubles=[CONFLICT], has_content=True)
        if targets:
            return _by_separator(page)
        if page.is_cover_seen or page.is_sticker_seen:
            return _Group(pages=[page.page], troubles=[UNREADABLE], has_content=True)
        return self._by_paper(page)

    def _by_paper(self, page: PageMarks) -> _Group | None:
        """A paper of the system parts nothing, unless it lies on top or is about another dossier."""
        if len(set(page.papers)) != 1:
            return None
        dossier = page.papers[0]
        if not self._groups and self._start is None:
            return _Group(dossier, dropped=[page.page], turn=page.turn)
        current = self._groups[-1].dossier if self._groups else self._start.dossier if self._start else ""
        if not current or current == dossier:
            return None
        return _Group(dossier, pages=[page.page], troubles=[OTHER_DOSSIER], has_content=True)

    def _open(self, group: _Group) -> None:
        """Begin a group; one that is still empty and says no more than the new one goes into it."""
        if self._leading:
            group.dropped[:0] = self._leading
            self._leading = []
        last = self._groups[-1] if self._groups else None
        if last is not None and _is_taken_over(last, group):
            group.dropped[:0] = [*last.dropped, *last.pages]
            self._groups.pop()
        self._groups.append(group)

    def _report_missing(self) -> None:
        """A numbered separator that was not seen may have stuck to another sheet: where it should have been waits."""
        sets: defaultdict[tuple[str, SheetKind, int], dict[int, int]] = defaultdict(dict)
        for index, group in enumerate(self._groups):
            of = group.separator
            if of is not None and of.total > 1:
                sets[of.dossier, of.kind, of.total].setdefault(of.number, index)
        for (dossier, kind, total), seen in sets.items():
            for number in sorted(set(range(1, total + 1)) - set(seen)):
                for where in _where_missed(seen, number):
                    if UNREADABLE not in self._groups[where].troubles:
                        self._groups[where].add_trouble(_missing(dossier, kind, number, total))


def _by_separator(page: PageMarks) -> _Group:
    covers = [separator for separator in page.separators if separator.kind is SheetKind.COVER]
    separator = (covers or list(page.separators))[0]
    group = _Group(*separator.target, separator=separator)
    if covers and page.is_cover_seen:
        group.dropped.append(page.page)
        group.turn = page.turn
        return group
    group.pages.append(page.page)
    group.has_content = True
    if covers or page.is_cover_seen:
        group.troubles.append(DOUBTFUL)
    return group


def _is_back(page: PageMarks, opener: PageMarks) -> bool:
    """Tell whether a page is the other side of the sheet before it, which opened a group.

    Either blank, or its separator seen through the paper: QR codes are read from behind too, tags are not.
    """
    if page.is_cover_seen or page.is_sticker_seen:
        return False
    return (page.is_blank and not page.has_marks) or (bool(page.separators) and page.separators == opener.separators)


def _is_taken_over(last: _Group, following: _Group) -> bool:
    """A sheet of the same paper twice in a row, or a cover of the whole dossier before that of a component."""
    says_no_more = (last.component, last.result) in (("", ""), (following.component, following.result))
    return (
        not last.has_content
        and not last.troubles
        and bool(last.dossier)
        and following.separator is not None
        and last.dossier == following.dossier
        and says_no_more
    )


def _where_missed(seen: Mapping[int, int], number: int) -> range:
    """The groups in which the pages of a sheet may lie that never came: between its neighbours in the set."""
    earlier = max((seen[other] for other in seen if other < number), default=None)
    later = min((seen[other] for other in seen if other > number), default=None)
    if later is None:
        return range(seen[max(seen)], seen[max(seen)] + 1)
    last = max(later - 1, 0)
    return range(last if earlier is None else min(earlier, last), last + 1)


def _missing(dossier: str, kind: SheetKind, number: int, total: int) -> SortTrouble:
    what = "tờ ngăn" if kind is SheetKind.COVER else "nhãn"
    return SortTrouble(
        "missing",
        f"Không thấy {what} số {number}/{total} của hồ sơ {dossier}: có thể hai tờ đã dính nhau khi quét. "
        "Hãy xem các trang của nhóm này; nếu thiếu hoặc lẫn thì tách ra hoặc quét lại.",
    )


def _finished(group: _Group) -> SortedGroup:
    pages, dropped, troubles = group.pages, group.dropped, group.troubles
    if not group.has_content and NO_SEPARATOR not in troubles:
        # Shown, not dropped: a sheet alone is all that there is to see.
        pages, dropped, troubles = [*dropped, *pages], [], [*troubles, EMPTY]
    return SortedGroup(
        group.dossier,
        group.component,
        group.result,
        tuple(pages),
        tuple(dropped),
        tuple(troubles),
        group.turn,
        group.goes_on,
    )
