"""Where desk and portal differ: both sides next to each other, and a person who decides."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from counter_app.errors import UserError
from counter_app.services.clashes import (
    ClashView,
    Decided,
    Decision,
    OpenEntry,
    decide,
    list_open,
    mark_seen,
    side_by_side,
    try_again,
)
from counter_app.ui.clash_panel_tables import EntryTable, SidesTable
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.page import commit_preedit, nfc
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the panel says."""

    TITLE = QT_TRANSLATE_NOOP("ClashPanel", "Sai lệch từ cổng")
    NOTHING = QT_TRANSLATE_NOOP("ClashPanel", "Không có sai lệch nào: mọi thay đổi từ cổng đã được ghi nhận.")
    REASON = QT_TRANSLATE_NOOP("ClashPanel", "&Lý do")
    REASON_HINT = QT_TRANSLATE_NOOP("ClashPanel", "Vì sao chọn bên này; được giữ trong diễn biến hồ sơ")
    SEEN_HINT = QT_TRANSLATE_NOOP("ClashPanel", "Ghi chú, nếu cần")
    KEEP = QT_TRANSLATE_NOOP("ClashPanel", "Giữ của quầy (Ctrl+1)")
    TAKE = QT_TRANSLATE_NOOP("ClashPanel", "Lấy của cổng (Ctrl+2)")
    AGAIN = QT_TRANSLATE_NOOP("ClashPanel", "Thử lại (Ctrl+1)")
    SEEN = QT_TRANSLATE_NOOP("ClashPanel", "Đã xem, cất đi (Ctrl+2)")
    OPEN = QT_TRANSLATE_NOOP("ClashPanel", "Mở hồ sơ (Ctrl+3)")
    KEPT = QT_TRANSLATE_NOOP("ClashPanel", "Hồ sơ {code}: giữ của quầy, quầy gửi lại cho cổng.")
    TAKEN = QT_TRANSLATE_NOOP("ClashPanel", "Hồ sơ {code}: đã lấy của cổng, có ghi trong diễn biến.")
    ALSO = QT_TRANSLATE_NOOP("ClashPanel", "{count} sai lệch cũ hơn của hồ sơ này cũng xong theo.")
    APPLIED = QT_TRANSLATE_NOOP("ClashPanel", "Đã đọc được và ghi nhận thay đổi từ cổng.")
    STILL = QT_TRANSLATE_NOOP("ClashPanel", "Vẫn chưa ghi nhận được: {reason}")
    PUT_AWAY = QT_TRANSLATE_NOOP("ClashPanel", "Đã cất mục thay đổi này, không áp dụng.")


class ClashPanel(QWidget):
    """The list on the left, both sides on the right; everything has a key."""

    open_count = Signal(int)
    """How many entries wait for a person, whenever it was read."""

    title = Words.TITLE

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._entry: OpenEntry | None = None
        self._decision = Decision.KEEP_OURS
        self._build_list()
        self._build_sides()
        body = QSplitter(Qt.Orientation.Horizontal, self)
        body.setChildrenCollapsible(False)
        body.addWidget(self.entries)
        body.addWidget(self.sides_side)
        body.setStretchFactor(1, 1)
        body.setSizes([510, 640])
        self.body = body
        self.nothing = QLabel(_tr(Words.NOTHING), self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addWidget(body, 1)
        layout.addWidget(self.nothing, 1)
        context.changed.connect(self._changed)
        self._take([])
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read what waits again."""
        self.context.executor.submit(partial(list_open, self.context.desk), self._take)

    def focus(self) -> None:
        """Focus the list."""
        self.entries.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def keep_ours(self) -> None:
        """The desk's version stands."""
        self._decide(Decision.KEEP_OURS)

    @Slot()
    def take_theirs(self) -> None:
        """The portal's version stands."""
        self._decide(Decision.TAKE_THEIRS)

    @Slot()
    def try_again(self) -> None:
        """Apply the chosen entry, which could not be read."""
        if self._entry is not None:
            self._enable(False)
            work = partial(try_again, self.context.desk, self._entry.id)
            self.context.executor.submit(work, self._tried, self._refused)

    @Slot()
    def put_away(self) -> None:
        """The chosen entry was seen; nothing is applied."""
        if self._entry is not None:
            self._enable(False)
            work = partial(mark_seen, self.context.desk, self._entry.id, self._typed())
            self.context.executor.submit(work, self._put_away, self._refused)

    def _build_list(self) -> None:
        self.entries = EntryTable(self)
        self.entries.setMinimumWidth(500)
        self.entries.chosen.connect(self._chosen)
        self.entries.opened.connect(self.context.open_dossier)

    def _build_sides(self) -> None:
        self.why, self.since, self.no_taking = (self._line() for _ in range(3))
        set_tone(self.since, "info")
        set_tone(self.no_taking, "warning")
        self.sides = SidesTable(self)
        self.reason = QLineEdit(self)
        caption = QLabel(_tr(Words.REASON), self)
        caption.setBuddy(self.reason)
        self.reason.setAccessibleName(caption.text().replace("&", ""))
        self.reason.textEdited.connect(self._reason_typed)
        typed = QHBoxLayout()
        typed.addWidget(caption)
        typed.addWidget(self.reason, 1)
        self.keep_button = self._button(Words.KEEP, "Ctrl+1", self.keep_ours)
        self.take_button = self._button(Words.TAKE, "Ctrl+2", self.take_theirs)
        self.again_button = self._button(Words.AGAIN, "Ctrl+1", self.try_again)
        self.seen_button = self._button(Words.SEEN, "Ctrl+2", self.put_away)
        self.open_button = self._button(Words.OPEN, "Ctrl+3", self._open_chosen)
        # They share the keys of the other two: one pair is shown at a time.
        for button in (self.again_button, self.seen_button):
            button.hide()
        buttons = QHBoxLayout()
        for button in (self.keep_button, self.take_button, self.again_button, self.seen_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.open_button)
        self.sides_side = QWidget(self)
        column = QVBoxLayout(self.sides_side)
        column.setContentsMargins(8, 0, 0, 0)
        for part in (self.why, self.since, self.no_taking):
            column.addWidget(part)
        column.addWidget(self.sides, 1)
        column.addLayout(typed)
        column.addLayout(buttons)

    def _line(self) -> QLabel:
        label = QLabel(self)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(label, "inline")
        label.hide()
        return label

    def _button(self, words: str, keys: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text())
        button.setShortcut(keys)
        button.clicked.connect(slot)
        return button

    def _take(self, entries: list[OpenEntry]) -> None:
        self.body.setVisible(bool(entries))
        self.nothing.setVisible(not entries)
        self.entries.show_rows(entries)
        self.open_count.emit(len(entries))

    @Slot(object)
    def _chosen(self, entry: OpenEntry | None) -> None:
        if entry is None or self._entry is None or entry.id != self._entry.id:
            self.reason.clear()
            set_tone(self.reason, "")
        self._entry = entry
        self._enable(False)
        if entry is not None:
            self.context.executor.submit(partial(side_by_side, self.context.desk, entry.id), self._show, self._refused)

    def _show(self, view: ClashView) -> None:
        if self._entry is None or view.entry.id != self._entry.id:
            return
        clash = view.entry.is_clash
        for label, text in ((self.why, view.entry.reason), (self.since, view.since), (self.no_taking, view.no_taking)):
            label.setText(text)
            label.setVisible(bool(text))
        set_tone(self.why, "late" if clash else "soon")
        self.sides.show_rows(view.rows, compare=clash)
        self.reason.setPlaceholderText(_tr(Words.REASON_HINT if clash else Words.SEEN_HINT))
        for button in (self.keep_button, self.take_button):
            button.setVisible(clash)
        for button in (self.again_button, self.seen_button):
            button.setVisible(not clash)
        self._enable(True)
        self.take_button.setEnabled(not view.no_taking)
        self.open_button.setEnabled(view.has_dossier)

    def _enable(self, on: bool) -> None:
        for button in (self.keep_button, self.take_button, self.again_button, self.seen_button, self.open_button):
            button.setEnabled(on)

    def _typed(self) -> str:
        commit_preedit()
        return nfc(self.reason.text())

    def _decide(self, decision: Decision) -> None:
        if self._entry is None:
            return
        self._enable(False)
        self._decision = decision
        work = partial(decide, self.context.desk, self._entry.id, decision, self._typed())
        self.context.executor.submit(work, self._decided, self._refused)

    def _decided(self, decided: Decided) -> None:
        words = Words.KEPT if self._decision is Decision.KEEP_OURS else Words.TAKEN
        text = _tr(words).format(code=decided.dossier_code)
        if decided.settled:
            text = f"{text} {_tr(Words.ALSO).format(count=decided.settled)}"
        self._done(text, "dossier", code=decided.dossier_code)
        self.context.wake_sync()

    def _tried(self, still: OpenEntry | None) -> None:
        if still is None:
            self._done(_tr(Words.APPLIED), "dossier", "catalogue", "calendar")
        else:
            self.context.tell(_tr(Words.STILL).format(reason=still.reason), "warning")
            self.refresh()

    def _put_away(self, _nothing: None) -> None:
        self._done(_tr(Words.PUT_AWAY))

    def _done(self, text: str, *kinds: str, code: str = "") -> None:
        """Whoever shows what has changed reads again, this panel as well."""
        self.reason.clear()
        self.context.announce("outbox", "clash", *kinds, dossiers=(code,) if code else ())
        self.context.tell(text, "success")
        self.focus()

    def _refused(self, error: Exception) -> None:
        self.context.show_error(error)
        if isinstance(error, UserError) and error.kind == "reason_missing":
            set_tone(self.reason, "error")
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            self._enable(True)
        else:
            self.refresh()

    @Slot()
    def _reason_typed(self) -> None:
        set_tone(self.reason, "")

    @Slot()
    def _open_chosen(self) -> None:
        if self._entry is not None and self._entry.dossier_code:
            self.context.open_dossier.emit(self._entry.dossier_code)

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if "clash" in changed.kinds or ("dossier" in changed.kinds and self.isVisible()):
            self.refresh()


def _tr(text: str) -> str:
    return translate("ClashPanel", text)
