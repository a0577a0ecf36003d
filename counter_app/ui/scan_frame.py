"""The parts of the page of scanning and where they stand."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from counter_app.services.scan_groups import TrayGroup
from counter_app.ui.context import AppContext
from counter_app.ui.digitising_offer import OfferLine
from counter_app.ui.digitising_reuse import PaperPlace, ReuseDialog
from counter_app.ui.page import PAGE_MARGINS, Page
from counter_app.ui.scan_controls import ControlStrip
from counter_app.ui.scan_folder_news import FolderNews
from counter_app.ui.scan_groups_table import GroupsTable
from counter_app.ui.scan_page_words import Words, tr
from counter_app.ui.scan_pages_view import PagesView
from counter_app.ui.scan_pictures import PictureLoader
from counter_app.ui.scan_preview import PagePreview
from counter_app.ui.scan_target import TargetStrip
from counter_app.ui.theme import set_role, set_tone

EDIT_KEYS = (
    ("Q", Words.TURN_LEFT),
    ("E", Words.TURN_RIGHT),
    ("C", Words.CROP),
    ("N", Words.NOTE),
    ("Del", Words.DROP),
    ("T", Words.SPLIT),
    ("G", Words.JOIN),
    ("X", Words.LOOKED),
)
"""Keys of the lists of pages and documents; they type letters everywhere else."""
EDITS = (*(words for _, words in EDIT_KEYS), Words.UNDO)
_HINTS = {
    Words.CROP: Words.CROP_HINT,
    Words.NOTE: Words.NOTE_HINT,
    Words.DROP: Words.DROP_HINT,
    Words.SPLIT: Words.SPLIT_HINT,
    Words.JOIN: Words.JOIN_HINT,
    Words.LOOKED: Words.LOOKED_HINT,
    Words.UNDO: Words.UNDO_HINT,
}
_BESIDE_NOTE = (Words.OTHERS, Words.TROUBLES, Words.RETRY, Words.GIVE_UP)


class ScanFrame(Page):
    """Source, target, pages, documents and preview; what they do is the page's business."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.loader = PictureLoader(self)
        self.controls = ControlStrip(context, self)
        self.target = TargetStrip(context, self)
        self.offer = OfferLine(context, self, has_key=True)
        self.folder_news = FolderNews(context, self)
        self.reuse: ReuseDialog | None = None
        self.view = PagesView(self.loader, self)
        self.preview = PagePreview(self.loader, self)
        self.groups = GroupsTable(self._paper_name, self)
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.note, "inline")
        self.note.hide()
        self.buttons = {words: self._button(words) for words in (*EDITS, *_BESIDE_NOTE, Words.SEND)}
        set_role(self.buttons[Words.SEND], "primary")
        for words, hint in _HINTS.items():
            self.buttons[words].setToolTip(tr(hint))
        self._lay_out()
        self.target.changed.connect(self._look_for_offer)
        self.offer.clicked.connect(self._offer_chosen)

    def say(self, text: str, tone: str) -> None:
        """Show a line above the pages; an empty one hides it."""
        self.note.setText(text)
        set_tone(self.note, tone)
        self.note.setVisible(bool(text))

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(tr(words), self)
        button.setAccessibleName(tr(words))
        return button

    def _paper_name(self, group: TrayGroup) -> str:
        code = group.component or group.result
        view = self.target.view
        if view is None or view.code != group.dossier or not code:
            return code
        return self.target.name_of((group.component, group.result)) or code

    @Slot()
    def _look_for_offer(self) -> None:
        """A form that is being filled in is no dossier yet: nothing can be linked to it."""
        target, view = self.target.target, self.target.view
        is_paper = view is not None and not view.is_form and bool(target.component)
        self.offer.look(PaperPlace(view.code, view.applicant, target.component) if view and is_paper else None)

    @Slot()
    def _offer_chosen(self) -> None:
        if self.offer.place is not None:
            self.reuse = ReuseDialog(self.context, self.offer.place, self)
            self.reuse.done_with.connect(self._reused)
            self.reuse.open()

    @Slot(object)
    def _reused(self, _document: object) -> None:
        self.target.offer_next()

    def _lay_out(self) -> None:
        left = QSplitter(Qt.Orientation.Vertical, self)
        left.setChildrenCollapsible(False)
        left.addWidget(self.view)
        left.addWidget(self.groups)
        left.setSizes([310, 170])
        body = QSplitter(Qt.Orientation.Horizontal, self)
        body.setChildrenCollapsible(False)
        body.addWidget(left)
        body.addWidget(self.preview)
        body.setSizes([620, 500])
        bar = QHBoxLayout()
        bar.setSpacing(4)
        for words in EDITS:
            set_role(self.buttons[words], "compact")
            bar.addWidget(self.buttons[words])
        bar.addStretch(1)
        below = QHBoxLayout()
        below.addWidget(self.note, 1)
        below.addWidget(self.folder_news)
        for words in _BESIDE_NOTE:
            below.addWidget(self.buttons[words])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*PAGE_MARGINS)
        layout.setSpacing(6)
        layout.addWidget(self.controls)
        self.target.below.addWidget(self.buttons[Words.SEND])
        layout.addWidget(self.target)
        layout.addWidget(self.offer)
        layout.addLayout(below)
        layout.addWidget(body, 1)
        layout.addLayout(bar)
