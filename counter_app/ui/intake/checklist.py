"""The papers of a procedure as a checklist: what lies on the desk, how many, with which scans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from counter_app.services.values import ComponentIn, ComponentView, ProcedureView
from counter_app.ui.intake.clamped_label import ClampedLabel
from counter_app.ui.theme import icon, set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

MAX_COUNT = 99
TICK_WIDTH = 48
COUNT_WIDTH = 58
FILES_WIDTH = 84


class Words:
    GIVEN = QT_TRANSLATE_NOOP("Checklist", "Đã nhận giấy tờ {number}: {name}")
    ORIGINALS = QT_TRANSLATE_NOOP("Checklist", "bản chính")
    COPIES = QT_TRANSLATE_NOOP("Checklist", "bản sao")
    COUNT_OF = QT_TRANSLATE_NOOP("Checklist", "Giấy tờ {number}: số {what}")
    ATTACH = QT_TRANSLATE_NOOP("Checklist", "Tệp")
    ATTACHED = QT_TRANSLATE_NOOP("Checklist", "{count} tệp")
    ATTACH_TO = QT_TRANSLATE_NOOP("Checklist", "Giấy tờ {number}: đính kèm tệp PDF")
    ATTACH_HINT = QT_TRANSLATE_NOOP("Checklist", "Đính kèm tệp PDF (hoặc kéo tệp vào dòng này)")
    CLEAR_FILES = QT_TRANSLATE_NOOP("Checklist", "Bỏ tệp")
    CLEAR_OF = QT_TRANSLATE_NOOP("Checklist", "Giấy tờ {number}: bỏ các tệp đã đính kèm")
    NOT_THIS_CASE = QT_TRANSLATE_NOOP("Checklist", "Không thuộc trường hợp này")
    NOT_OF = QT_TRANSLATE_NOOP("Checklist", "Giấy tờ {number}: không thuộc trường hợp này")
    REQUIRED = QT_TRANSLATE_NOOP("Checklist", "bắt buộc")
    OPTIONAL = QT_TRANSLATE_NOOP("Checklist", "nếu có")
    CHOOSE = QT_TRANSLATE_NOOP("Checklist", "Chọn tệp PDF của giấy tờ này")
    PDF = QT_TRANSLATE_NOOP("Checklist", "Tệp PDF (*.pdf)")
    NOT_PDF = QT_TRANSLATE_NOOP(
        "Checklist", "Chỉ đính kèm được tệp PDF. Hãy quét hoặc lưu «{name}» thành PDF rồi thử lại."
    )
    NOTES = QT_TRANSLATE_NOOP("Checklist", "Hướng dẫn kèm theo ({count})")
    MISSING = QT_TRANSLATE_NOOP("Checklist", "Thiếu giấy tờ này")


def is_note(component: ComponentView) -> bool:
    """The catalogue writes guidance among the papers: nothing is asked for, so nothing can be ticked."""
    return component.originals == 0 and component.copies == 0


def may_not_apply(component: ComponentView) -> bool:
    """Whether the rules let a clerk say that this required paper is not asked of this applicant."""
    from counter_app.services.completeness import depends_on_circumstances

    return component.required and depends_on_circumstances(component.name)


class CountBox(QSpinBox):
    """A number of sheets; the wheel scrolls the list instead of changing a number by mistake."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setRange(0, MAX_COUNT)
        self.setAccessibleName(name)
        set_role(self, "count")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedWidth(COUNT_WIDTH)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ComponentRow(QFrame):
    """One paper: ticked or not, originals, copies, scans, "does not apply"."""

    changed = Signal()
    refused = Signal(str)
    """A file that is no PDF: what to do."""
    stepped = Signal(int)
    """Down (1) or Up (-1) in the check box."""

    def __init__(self, component: ComponentView, number: int) -> None:
        super().__init__()
        self.component = component
        self.number = number
        self.files: tuple[Path, ...] = ()
        self._dialog: QFileDialog | None = None
        set_role(self, "row")
        self.setAcceptDrops(True)
        self._make_controls()
        self._lay_out()
        for control in self.controls():
            control.installEventFilter(self)
        self.tick.toggled.connect(self._ticked)
        self.originals.valueChanged.connect(self._counted)
        self.copies.valueChanged.connect(self._counted)
        self.attach.clicked.connect(self._choose_files)
        self.drop_files.clicked.connect(self._clear_files)
        self.not_applicable.toggled.connect(self._set_not_applicable)

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of Tab."""
        return (self.tick, self.originals, self.copies, self.attach, self.drop_files, self.not_applicable)

    def value(self) -> ComponentIn | None:
        """What is received of this paper; None: nothing was said of it."""
        code = self.component.code
        if self.not_applicable.isChecked():
            return ComponentIn(code, 0, 0)
        if self.tick.isChecked() or self.files:
            return ComponentIn(code, self.originals.value(), self.copies.value(), self.files)
        return None

    def draft(self) -> dict[str, Any]:
        """For the draft."""
        return {
            "ticked": self.tick.isChecked(),
            "originals": self.originals.value(),
            "copies": self.copies.value(),
            "files": [str(path) for path in self.files],
            "not_applicable": self.not_applicable.isChecked(),
        }

    def restore(self, draft: dict[str, Any]) -> None:
        """Back from the draft."""
        self.tick.setChecked(bool(draft.get("ticked")))
        self.originals.setValue(int(draft.get("originals", 0)))
        self.copies.setValue(int(draft.get("copies", 0)))
        self._set_files(tuple(Path(name) for name in draft.get("files", [])))
        self.not_applicable.setChecked(bool(draft.get("not_applicable")))

    def mark_missing(self, missing: bool) -> None:
        """Show that the rules ask for this paper."""
        set_tone(self, "late" if missing else "")
        self._missing.setVisible(missing)

    def add_files(self, paths: list[Path]) -> None:
        """Attach PDFs; anything else is refused with advice."""
        for path in paths:
            if path.suffix.lower() != ".pdf":
                self.refused.emit(translate("Checklist", Words.NOT_PDF).format(name=path.name))
                return
        if paths:
            self._set_files(tuple(dict.fromkeys((*self.files, *paths))))
            self.tick.setChecked(True)
            self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._text.expand(kind == QEvent.Type.FocusIn)
        elif kind == QEvent.Type.KeyPress and watched is self.tick and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                self.stepped.emit(step)
                return True
        return False

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.add_files([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def _make_controls(self) -> None:
        def named(words: str, **values: str) -> str:
            return translate("Checklist", words).format(number=self.number, **values)

        self.tick = QCheckBox(f"{self.number}")
        self.tick.setAccessibleName(named(Words.GIVEN, name=self.component.name))
        self.originals = CountBox(named(Words.COUNT_OF, what=translate("Checklist", Words.ORIGINALS)))
        self.copies = CountBox(named(Words.COUNT_OF, what=translate("Checklist", Words.COPIES)))
        self.attach = QPushButton(icon("attach"), translate("Checklist", Words.ATTACH))
        self.attach.setAccessibleName(named(Words.ATTACH_TO))
        self.attach.setToolTip(translate("Checklist", Words.ATTACH_HINT))
        self.attach.setFixedWidth(FILES_WIDTH)
        set_role(self.attach, "quiet")
        self.drop_files = QPushButton(translate("Checklist", Words.CLEAR_FILES))
        self.drop_files.setAccessibleName(named(Words.CLEAR_OF))
        set_role(self.drop_files, "quiet")
        self.drop_files.hide()
        self.not_applicable = QCheckBox(translate("Checklist", Words.NOT_THIS_CASE))
        self.not_applicable.setAccessibleName(named(Words.NOT_OF))
        if not may_not_apply(self.component):
            self.not_applicable.hide()

    def _lay_out(self) -> None:
        self._text = ClampedLabel(self.component.name)
        kind = Words.REQUIRED if self.component.required else Words.OPTIONAL
        self._kind = QLabel(translate("Checklist", kind))
        set_role(self._kind, "hint")
        self._missing = QLabel(translate("Checklist", Words.MISSING))
        set_role(self._missing, "inline")
        set_tone(self._missing, "late")
        self._missing.hide()
        foot = QHBoxLayout()
        foot.setSpacing(10)
        for part in (self._kind, self._missing, self.not_applicable, self.drop_files):
            foot.addWidget(part)
        foot.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 5, 8, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.tick, 0, 0, top)
        grid.addWidget(self._text, 0, 1)
        grid.addWidget(self.originals, 0, 2, top)
        grid.addWidget(self.copies, 0, 3, top)
        grid.addWidget(self.attach, 0, 4, top)
        grid.addLayout(foot, 1, 1, 1, 4)
        grid.setColumnMinimumWidth(0, TICK_WIDTH)
        grid.setColumnStretch(1, 1)

    def _ticked(self, ticked: bool) -> None:
        with QSignalBlocker(self.originals), QSignalBlocker(self.copies):
            self.originals.setValue(self.component.originals if ticked else 0)
            self.copies.setValue(self.component.copies if ticked else 0)
        if ticked:
            self.not_applicable.setChecked(False)
            self.mark_missing(False)
        self.changed.emit()

    def _counted(self) -> None:
        given = self.originals.value() + self.copies.value() > 0
        if given != self.tick.isChecked() and (given or not self.files):
            with QSignalBlocker(self.tick):
                self.tick.setChecked(given)
            if given:
                self.not_applicable.setChecked(False)
                self.mark_missing(False)
        self.changed.emit()

    def _set_not_applicable(self, checked: bool) -> None:
        if checked:
            self.tick.setChecked(False)
            self._set_files(())
            self.mark_missing(False)
        for part in (self.originals, self.copies, self.attach):
            part.setEnabled(not checked)
        self.changed.emit()

    def _choose_files(self) -> None:
        self._dialog = QFileDialog(self, translate("Checklist", Words.CHOOSE), "", translate("Checklist", Words.PDF))
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._dialog.filesSelected.connect(self._files_chosen)
        self._dialog.open()

    def _files_chosen(self, names: list[str]) -> None:
        self.add_files([Path(name) for name in names])

    def _clear_files(self) -> None:
        self._set_files(())
        self.attach.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _set_files(self, files: tuple[Path, ...]) -> None:
        self.files = files
        words = translate("Checklist", Words.ATTACHED).format(count=len(files)) if files else ""
        self.attach.setText(words or translate("Checklist", Words.ATTACH))
        self.attach.setToolTip("\n".join(path.name for path in files) or translate("Checklist", Words.ATTACH_HINT))
        self.drop_files.setVisible(bool(files))


class Checklist(QWidget):
    """All papers of the chosen procedure and case, then the guidance that the catalogue mixes in."""

    changed = Signal()
    refused = Signal(str)
    rows_made = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._procedure: ProcedureView | None = None
        self._case = ""
        self.rows: list[ComponentRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addStretch(1)
        set_role(self, "canvas")

    def show_procedure(self, procedure: ProcedureView | None, case: str = "") -> None:
        """Lay out the papers of ``procedure`` in ``case``; ticks of papers that stay are kept."""
        kept = self.draft() if procedure is not None and self._same(procedure) else {}
        self._procedure, self._case = procedure, case
        self._clear()
        if procedure is None:
            self.rows_made.emit()
            return
        mine = [item for item in procedure.components if item.case_name in ("", case)]
        for number, component in enumerate((item for item in mine if not is_note(item)), start=1):
            row = ComponentRow(component, number)
            row.changed.connect(self.changed)
            row.refused.connect(self.refused)
            row.stepped.connect(self._move)
            self.rows.append(row)
            self._layout.insertWidget(self._layout.count() - 1, row)
        notes = [item for item in mine if is_note(item)]
        if notes:
            self._layout.insertWidget(self._layout.count() - 1, _Guidance(notes))
        self.restore(kept)
        self.rows_made.emit()

    def values(self) -> tuple[ComponentIn, ...]:
        """What is received."""
        return tuple(value for row in self.rows if (value := row.value()) is not None)

    def draft(self) -> dict[str, Any]:
        """For the draft, by code of component."""
        return {row.component.code: row.draft() for row in self.rows if row.value() is not None}

    def restore(self, draft: dict[str, Any]) -> None:
        """Back from the draft."""
        for row in self.rows:
            if row.component.code in draft:
                row.restore(draft[row.component.code])

    def tick_all(self) -> None:
        """All required papers are here."""
        for row in self.rows:
            if row.component.required and not row.not_applicable.isChecked():
                row.tick.setChecked(True)

    def mark_missing(self, codes: tuple[str, ...]) -> None:
        """Point at the papers that the rules miss; the first one gets the focus."""
        first: ComponentRow | None = None
        for row in self.rows:
            missing = row.component.code in codes
            row.mark_missing(missing)
            first = first or (row if missing else None)
        if first is not None:
            first.tick.setFocus(Qt.FocusReason.OtherFocusReason)

    def focused_code(self) -> str:
        """Code of the paper in whose row the focus is; "" anywhere else."""
        return next((row.component.code for row in self.rows if any(part.hasFocus() for part in row.controls())), "")

    def focus_first(self) -> None:
        """To the first paper."""
        if self.rows:
            self.rows[0].tick.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _same(self, procedure: ProcedureView) -> bool:
        return self._procedure is not None and self._procedure.code == procedure.code

    def _clear(self) -> None:
        self.rows = []
        while self._layout.count() > 1:
            item = self._layout.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _move(self, step: int) -> None:
        sender = self.sender()
        places = [place for place, row in enumerate(self.rows) if row is sender]
        if places and 0 <= places[0] + step < len(self.rows):
            self.rows[places[0] + step].tick.setFocus(Qt.FocusReason.TabFocusReason)


class _Guidance(QFrame):
    """What the catalogue says besides the papers: to read, not to tick."""

    def __init__(self, notes: list[ComponentView]) -> None:
        super().__init__()
        self._button = QPushButton("▸ " + translate("Checklist", Words.NOTES).format(count=len(notes)))
        self._title = translate("Checklist", Words.NOTES).format(count=len(notes))
        set_role(self._button, "quiet")
        self._button.setCheckable(True)
        self._button.setAccessibleName(self._title)
        self._text = QLabel("\n".join(f"• {item.name}" for item in notes))
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        set_role(self._text, "hint")
        self._text.hide()
        self._button.toggled.connect(self._toggle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 6)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._text)

    def _toggle(self, shown: bool) -> None:
        self._button.setText(("▾ " if shown else "▸ ") + self._title)
        self._text.setVisible(shown)
