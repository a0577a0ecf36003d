"""Where scanned pages belong: the dossier and its paper, as a strip above the pages."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import astuple, dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from counter_app.rules.digitising import MOST_IMAGES
from counter_app.services.scan_checks import Place
from counter_app.services.scan_form_key import is_form_key
from counter_app.services.scan_papers import DONE, IN_WORK, MISSING, NOT_ASKED, PaperLine, PaperList, papers_to_scan
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.one_line import OneLine
from counter_app.ui.search_box import SearchBox
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext


class Words:
    """What the strip says."""

    FIND = QT_TRANSLATE_NOOP("ScanTarget", "Hồ sơ để gắn trang quét")
    FIND_HINT = QT_TRANSLATE_NOOP("ScanTarget", "Hồ sơ: quét hoặc gõ mã, tên (Ctrl+H)")
    OPENING = QT_TRANSLATE_NOOP("ScanTarget", "Đang mở hồ sơ {code}…")
    STACK = QT_TRANSLATE_NOOP("ScanTarget", "Chưa chọn hồ sơ: cả chồng giấy được chia theo tờ ngăn, nhãn.")
    DOSSIER = QT_TRANSLATE_NOOP("ScanTarget", "{code} · {name} · {procedure}")
    PAPER = QT_TRANSLATE_NOOP("ScanTarget", "Giấy tờ của trang quét (Ctrl+↑, Ctrl+↓ để đổi)")
    RESULT = QT_TRANSLATE_NOOP("ScanTarget", "Kết quả: {name}")
    LINE = QT_TRANSLATE_NOOP("ScanTarget", "{state}  {code}. {name}")
    DONE = QT_TRANSLATE_NOOP("ScanTarget", "✓ đã có")
    IN_WORK = QT_TRANSLATE_NOOP("ScanTarget", "… đang xử lý")
    HERE = QT_TRANSLATE_NOOP("ScanTarget", "□ trong khay")
    MISSING = QT_TRANSLATE_NOOP("ScanTarget", "○ chưa quét")
    NOT_ASKED = QT_TRANSLATE_NOOP("ScanTarget", "– không phải quét")
    FORM = QT_TRANSLATE_NOOP("ScanTarget", "Hồ sơ đang nhập · {name} · {procedure}")
    NO_PAPERS = QT_TRANSLATE_NOOP("ScanTarget", "Chọn hồ sơ để thấy giấy tờ")
    NONE = QT_TRANSLATE_NOOP("ScanTarget", "Bỏ chọn hồ sơ (Ctrl+Shift+H)")
    COUNT = QT_TRANSLATE_NOOP(
        "ScanTarget", "Đếm được bao nhiêu trang giấy (Ctrl+E); không đếm thì để trống. Trang có ghi chú đếm một."
    )
    PAGES = QT_TRANSLATE_NOOP("ScanTarget", " trang")
    NOT_COUNTED = QT_TRANSLATE_NOOP("ScanTarget", "Chưa đếm")
    ASSIGN = QT_TRANSLATE_NOOP("ScanTarget", "Gán trang đang chọn (Ctrl+B)")


COUNT_WIDTH = 116
LINE_LETTERS = 88
"""Of a paper in the list; the whole name is in its tool tip."""

STATES = {
    DONE: Words.DONE,
    IN_WORK: Words.IN_WORK,
    MISSING: Words.MISSING,
    NOT_ASKED: Words.NOT_ASKED,
}

Paper = tuple[str, str]
"""Code of the component and code of the result; one of them is empty."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where pages belong; all empty: their separator sheets say."""

    dossier: str = ""
    component: str = ""
    result: str = ""

    @property
    def is_whole(self) -> bool:
        """Nothing is missing to make a document of the pages."""
        return bool(self.dossier and (self.component or self.result))


@dataclass(frozen=True, slots=True)
class _Wish:
    """A dossier asked for, and the paper to choose in it; without a paper the choice of then stays."""

    code: str
    paper: Paper | None


class TargetStrip(QFrame):
    """``target`` is where pages go that are read or assigned now; the next missing paper is offered by itself."""

    changed = Signal()
    assign_asked = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.view: PaperList | None = None
        self._wish: _Wish | None = None
        """What is being read; None once it has been shown."""
        self._then: list[Callable[[], None]] = []
        self._here: frozenset[Paper] = frozenset()
        self._papers: tuple[Paper, ...] = ()
        self.counts: dict[Place, int] = {}
        """How many pages of paper the clerk counted, by dossier, component and result."""
        set_role(self, "strip")
        self.search = SearchBox(context, self)
        self.search.setAccessibleName(_tr(Words.FIND))
        self.search.setPlaceholderText(_tr(Words.FIND_HINT))
        self.search.setMaximumWidth(360)
        self.search.opened.connect(self.choose)
        self.dossier = OneLine(self)
        self.drop = QPushButton("✕", self)
        set_role(self.drop, "quiet")
        self.drop.setAccessibleName(_tr(Words.NONE))
        self.drop.setToolTip(_tr(Words.NONE))
        self.drop.setFixedWidth(36)
        self.drop.clicked.connect(self.clear)
        self.paper = QComboBox(self)
        self.paper.setAccessibleName(_tr(Words.PAPER))
        self.paper.setToolTip(_tr(Words.PAPER))
        self.paper.setMinimumContentsLength(24)
        self.paper.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.paper.currentIndexChanged.connect(self._paper_chosen)
        self.count = QSpinBox(self)
        self.count.setRange(0, MOST_IMAGES)
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count.setFixedWidth(COUNT_WIDTH)
        self.count.setSuffix(_tr(Words.PAGES))
        self.count.setSpecialValueText(_tr(Words.NOT_COUNTED))
        self.count.setAccessibleName(_tr(Words.COUNT))
        self.count.setToolTip(_tr(Words.COUNT))
        self.count.valueChanged.connect(self._counted)
        self.assign = QPushButton(_tr(Words.ASSIGN), self)
        self.assign.setAccessibleName(_tr(Words.ASSIGN))
        self.assign.clicked.connect(self.assign_asked)
        self._lay_out()
        self._show()
        context.changed.connect(self._announced)
        context.form_ended.connect(self._form_ended)

    @property
    def target(self) -> Target:
        if self.view is None:
            return Target()
        return Target(self.view.code, *self._chosen())

    @Slot(str)
    def choose(self, code: str, component: str = "", result: str = "") -> None:
        """Take a dossier; without a paper its next missing one is chosen. Until it is there no other one is chosen."""
        self._then.clear()
        if self.view is not None and self.view.code != code:
            self.view = None
        self._ask(_Wish(code, (component, result)))
        if self.view is None:
            self._show()
            self.changed.emit()

    def when_ready(self, then: Callable[[], None]) -> None:
        """Do it now, or once the dossier asked for is there; not at all when another one is asked for, or none is."""
        if self._wish is None or self._wish.paper is None:
            then()
        else:
            self._then.append(then)

    @Slot()
    def clear(self) -> None:
        """No dossier: the separators of the stack decide."""
        self.view = None
        self._wish = None
        self._then.clear()
        self._show()
        self.changed.emit()

    def show_here(self, papers: Collection[Paper]) -> None:
        """Papers of the dossier that lie in the tray."""
        if frozenset(papers) != self._here:
            self._here = frozenset(papers)
            self._fill(self._chosen())

    def offer_next(self) -> None:
        """The paper chosen now has been read: choose the next missing one after it, if there is one."""
        following = self._next_missing(self.paper.currentIndex() + 1)
        if following is not None:
            self.paper.setCurrentIndex(following)

    def step(self, by: int) -> None:
        """Choose the paper before or after."""
        row = self.paper.currentIndex() + by
        if 0 <= row < self.paper.count():
            self.paper.setCurrentIndex(row)

    @Slot()
    def count_pages(self) -> None:
        """Take the focus for the number of pages: what is typed replaces what stands there."""
        self.count.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.count.selectAll()

    def name_of(self, paper: Paper) -> str:
        """The name of a paper of the chosen dossier; "" for one that it does not have."""
        lines = self.view.papers if self.view is not None else ()
        return next((_name(line) for line in lines if (line.component, line.result) == paper), "")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.dossier, 2)
        top.addWidget(self.drop)
        self.below = QHBoxLayout()
        self.below.addWidget(self.paper, 1)
        self.below.addWidget(self.count)
        self.below.addWidget(self.assign)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(self.below)

    def _ask(self, wish: _Wish) -> None:
        self._wish = wish
        self.context.executor.submit(partial(_read, self.context.desk, wish), self._take)

    def _take(self, answer: tuple[_Wish, PaperList | Exception]) -> None:
        wish, view = answer
        if wish is not self._wish:
            return
        self._wish = None
        waiting, self._then = self._then, []
        paper = self._chosen() if wish.paper is None else wish.paper
        if isinstance(view, Exception):
            self._show(self._chosen())
            self.context.show_error(view)
            return
        self.view = view
        self._show(paper)
        self.changed.emit()
        for then in waiting:
            then()

    def _show(self, paper: Paper = ("", "")) -> None:
        view = self.view
        if view is None and self._wish is not None:
            code = "" if is_form_key(self._wish.code) else self._wish.code
            self.dossier.say(_tr(Words.OPENING).format(code=code))
        elif view is None:
            self.dossier.say(_tr(Words.STACK))
        else:
            words = _tr(Words.FORM if view.is_form else Words.DOSSIER)
            self.dossier.say(words.format(code=view.code, name=view.applicant, procedure=view.procedure))
        self.drop.setVisible(view is not None or self._wish is not None)
        self._fill(paper)

    def _fill(self, chosen: Paper) -> None:
        view = self.view
        lines = view.papers if view is not None else ()
        self._papers = tuple((line.component, line.result) for line in lines)
        with QSignalBlocker(self.paper):
            self.paper.clear()
            if view is None:
                self.paper.addItem(_tr(Words.NO_PAPERS))
            for line in lines:
                text = self._line(line)
                self.paper.addItem(text if len(text) <= LINE_LETTERS else text[: LINE_LETTERS - 1].rstrip() + "…")
                self.paper.setItemData(self.paper.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
            row = self._papers.index(chosen) if chosen in self._papers else self._next_missing(0) or 0
            self.paper.setCurrentIndex(row)
        self.paper.setEnabled(view is not None)
        self._show_count()

    def _line(self, line: PaperLine) -> str:
        is_here = line.state in (MISSING, NOT_ASKED) and (line.component, line.result) in self._here
        state = _tr(Words.HERE if is_here else STATES[line.state])
        if line.reason and not is_here:
            state = f"{state} ({line.reason.lower()})"
        return _tr(Words.LINE).format(state=state, code=line.component or line.result, name=_name(line))

    def _chosen(self) -> Paper:
        row = self.paper.currentIndex()
        return self._papers[row] if 0 <= row < len(self._papers) else ("", "")

    def _next_missing(self, start: int) -> int | None:
        lines = self.view.papers if self.view is not None else ()
        for row, line in enumerate(lines):
            if row >= start and line.state == MISSING and self._papers[row] not in self._here:
                return row
        return None

    @Slot()
    def _paper_chosen(self) -> None:
        self._show_count()
        self.changed.emit()

    @Slot(int)
    def _counted(self, pages: int) -> None:
        self.counts[astuple(self.target)] = pages

    def _show_count(self) -> None:
        with QSignalBlocker(self.count):
            self.count.setValue(self.counts.get(astuple(self.target), 0))
        self.count.setEnabled(self.target.is_whole)

    @Slot(str, str)
    def _form_ended(self, key: str, code: str) -> None:
        """The form has become a dossier, or has been given up."""
        asked = self._wish.code if self._wish is not None else ""
        if key in (asked, self.view.code if self.view is not None else ""):
            paper = self._chosen()
            for place in [place for place in self.counts if place[0] == key]:
                self.counts[code, place[1], place[2]] = self.counts.pop(place)
            self.clear()
            if code:
                self.choose(code, *paper)

    @Slot(object)
    def _announced(self, changed: Changed) -> None:
        """Documents have come or are under way: the signs before the papers change, the choice stays."""
        view = self.view
        about = "dossier" in changed.kinds or "scan_jobs" in changed.kinds
        if view is not None and about and (not changed.dossiers or view.code in changed.dossiers):
            self._ask(_Wish(view.code, self._wish.paper if self._wish is not None else None))


def _read(desk: DeskContext, wish: _Wish) -> tuple[_Wish, PaperList | Exception]:
    try:
        return wish, papers_to_scan(desk, wish.code)
    except Exception as error:  # only whoever still wishes it is told
        return wish, error


def _name(line: PaperLine) -> str:
    return _tr(Words.RESULT).format(name=line.name) if line.result else line.name


def _tr(text: str) -> str:
    return translate("ScanTarget", text)
