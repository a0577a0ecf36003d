"""The papers of a dossier: what was handed in, and the scans of each; files are dropped on the paper they show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QWidget,
)

from counter_app.services.values import ComponentView, DocumentView, DossierView, PortalFileView
from counter_app.ui.formatting import local_time
from counter_app.ui.signing_words import signature_state
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.ui.signing_document import SignatureBook

COMPONENT = int(Qt.ItemDataRole.UserRole)
RESULT = COMPONENT + 1
DOCUMENT = COMPONENT + 2
PORTAL_FILE = COMPONENT + 3
LINES_SHOWN = 3
PADDING = 5


class Words:
    """Captions of the list of papers."""

    NAME = QT_TRANSLATE_NOOP("DossierPapers", "Giấy tờ")
    GIVEN = QT_TRANSLATE_NOOP("DossierPapers", "Đã nộp")
    STATE = QT_TRANSLATE_NOOP("DossierPapers", "Bản quét")
    ORIGINALS = QT_TRANSLATE_NOOP("DossierPapers", "{count} bản chính")
    COPIES = QT_TRANSLATE_NOOP("DossierPapers", "{count} bản sao")
    NOTHING = QT_TRANSLATE_NOOP("DossierPapers", "không nộp")
    NO_SCAN = QT_TRANSLATE_NOOP("DossierPapers", "chưa có")
    SCANS = QT_TRANSLATE_NOOP("DossierPapers", "{count} tệp")
    IN_WORK = QT_TRANSLATE_NOOP("DossierPapers", "đang xử lý")
    RESULTS = QT_TRANSLATE_NOOP("DossierPapers", "Kết quả giải quyết")
    PAGES = QT_TRANSLATE_NOOP("DossierPapers", "{pages} trang, {size} KB")
    ON_PORTAL = QT_TRANSLATE_NOOP("DossierPapers", "✓ đã lên cổng")
    NOT_YET = QT_TRANSLATE_NOOP("DossierPapers", "… chờ lên cổng")
    FROM_PORTAL = QT_TRANSLATE_NOOP("DossierPapers", "✓ từ cổng")
    NOT_FETCHED = QT_TRANSLATE_NOOP("DossierPapers", "↓ chưa tải về")
    NOT_FETCHABLE = QT_TRANSLATE_NOOP("DossierPapers", "! không tải được")
    FETCH_HINT = QT_TRANSLATE_NOOP("DossierPapers", "Cổng giữ tệp này. Nhấn Enter để tải về và xem.")
    ON_PORTAL_ONLY = QT_TRANSLATE_NOOP("DossierPapers", "{count} tệp trên cổng")
    ADDED = QT_TRANSLATE_NOOP("DossierPapers", "{name}, thêm lúc {time}")
    LIST = QT_TRANSLATE_NOOP("DossierPapers", "Danh sách giấy tờ và bản quét")


class _WrappedName(QStyledItemDelegate):
    """Names of papers are long: they wrap to a few lines, the rest is in the tool tip."""

    def __init__(self, tree: QTreeWidget) -> None:
        super().__init__(tree)
        self._tree = tree

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        depth = 2 if index.parent().isValid() else 1
        width = self._tree.columnWidth(0) - depth * self._tree.indentation() - 2 * PADDING
        metrics = self._tree.fontMetrics()
        box = metrics.boundingRect(QRect(0, 0, max(width, 60), 10_000), Qt.TextFlag.TextWordWrap, str(index.data()))
        height = min(box.height(), LINES_SHOWN * metrics.lineSpacing()) + 2 * PADDING
        return QSize(hint.width(), max(height, hint.height()))


class PapersTree(QTreeWidget):
    """Components with their scans, then the results with theirs."""

    files_dropped = Signal(list, str, str)
    """Paths, component code, result code; the codes are empty when dropped beside every paper."""
    document_chosen = Signal(object)
    """A DocumentView, by Enter or a double click."""
    file_wanted = Signal(object)
    """A PortalFileView that is not here yet, by Enter or a double click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._in_work: frozenset[tuple[str, str]] = frozenset()
        self._signatures: SignatureBook | None = None
        self.setColumnCount(3)
        self.setHeaderLabels([_tr(Words.NAME), _tr(Words.GIVEN), _tr(Words.STATE)])
        header = self.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        self.setWordWrap(True)
        self.setUniformRowHeights(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setIndentation(18)
        self.setAlternatingRowColors(True)
        self._names = _WrappedName(self)
        self.setItemDelegateForColumn(0, self._names)
        header.sectionResized.connect(self.scheduleDelayedItemsLayout)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.setDropIndicatorShown(True)
        self.setAccessibleName(_tr(Words.LIST))
        self.itemActivated.connect(self._activated)

    def show_papers(self, view: DossierView) -> None:
        """Fill the list, keeping the paper or scan that was chosen."""
        chosen, scan = self.target(), self.document()
        self._in_work = view.scans_in_work
        self.clear()
        known = {component.code for component in view.components}
        for component in view.components:
            files = [f for f in view.portal_files if f.component_code == component.code]
            self._add_component(component, [d for d in view.documents if d.component_code == component.code], files)
        results = dict(view.procedure.results)
        for document in view.documents:
            if document.result_code:
                results.setdefault(document.result_code, _tr(Words.RESULTS))
            elif document.component_code not in known:
                self._add_document(self.invisibleRootItem(), document)
        for file in view.portal_files:
            if file.result_code:
                results.setdefault(file.result_code, _tr(Words.RESULTS))
            elif file.component_code not in known:
                self._add_portal_file(self.invisibleRootItem(), file)
        for code, name in results.items():
            files = [f for f in view.portal_files if f.result_code == code]
            documents = [d for d in view.documents if d.result_code == code]
            self._add_result(code, name or _tr(Words.RESULTS), documents, files)
        self.expandAll()
        self._choose(*chosen)
        if scan is not None:
            self._choose_scan(scan.file_name)
        self._show_signatures()
        if self._signatures is not None:
            self._signatures.ask(document.sha256 for document in view.documents)

    def follow(self, signatures: SignatureBook) -> None:
        """Say of each scan whether it is signed, as soon as that is known."""
        self._signatures = signatures
        signatures.found.connect(self._show_signatures)

    @Slot()
    def _show_signatures(self) -> None:
        if self._signatures is None:
            return
        items = QTreeWidgetItemIterator(self)
        while (item := items.value()) is not None:
            document = item.data(0, DOCUMENT)
            if document is not None:
                views = self._signatures.of(document.sha256)
                words = " · ".join(filter(None, (self._state_of(document), signature_state(views)[0])))
                item.setText(2, words)
                item.setToolTip(2, "\n".join(view.words for view in views))
            items += 1

    def target(self) -> tuple[str, str]:
        """Component and result code of the chosen paper; both empty when none is chosen."""
        return self._codes(self.currentItem())

    def document(self) -> DocumentView | None:
        """The chosen scan."""
        item = self.currentItem()
        return None if item is None else item.data(0, DOCUMENT)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasUrls():
            item = self.itemAt(event.position().toPoint())
            if item is not None:
                self.setCurrentItem(item)
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths, *self._codes(self.itemAt(event.position().toPoint())))

    def _codes(self, item: QTreeWidgetItem | None) -> tuple[str, str]:
        return ("", "") if item is None else (item.data(0, COMPONENT) or "", item.data(0, RESULT) or "")

    def _choose(self, component: str, result: str) -> None:
        items = [item for row in range(self.topLevelItemCount()) if (item := self.topLevelItem(row)) is not None]
        wanted = [item for item in items if (component or result) and self._codes(item) == (component, result)]
        if wanted or items:
            self.setCurrentItem((wanted or items)[0])

    def _choose_scan(self, name: str) -> None:
        """Of the chosen paper; it may be gone."""
        paper = self.currentItem()
        scans = [paper.child(row) for row in range(paper.childCount())] if paper is not None else []
        for scan in filter(None, scans):
            document = scan.data(0, DOCUMENT)
            if document is not None and document.file_name == name:
                self.setCurrentItem(scan)

    def _add_component(
        self, component: ComponentView, documents: list[DocumentView], files: list[PortalFileView]
    ) -> None:
        counts = ((Words.ORIGINALS, component.originals), (Words.COPIES, component.copies))
        given = ", ".join(_tr(words).format(count=count) for words, count in counts if count)
        online = _tr(Words.ON_PORTAL_ONLY).format(count=len(files)) if files else ""
        in_work = (component.code, "") in self._in_work
        item = self._add_paper(component.name, given or online or _tr(Words.NOTHING), documents, files, in_work)
        item.setData(0, COMPONENT, component.code)

    def _add_result(self, code: str, name: str, documents: list[DocumentView], files: list[PortalFileView]) -> None:
        title = _tr(Words.RESULTS)
        in_work = ("", code) in self._in_work
        item = self._add_paper(name if name == title else f"{title}: {name}", "", documents, files, in_work)
        item.setData(0, RESULT, code)

    def _add_paper(
        self, name: str, given: str, documents: list[DocumentView], files: list[PortalFileView], in_work: bool
    ) -> QTreeWidgetItem:
        there = [_tr(Words.SCANS).format(count=len(documents))] if documents else []
        state = ", ".join(there + [_tr(Words.IN_WORK)] * in_work) or _tr(Words.NO_SCAN)
        item = QTreeWidgetItem(self.invisibleRootItem(), [name, given, state])
        item.setToolTip(0, name)
        for document in documents:
            self._add_document(item, document)
        for file in files:
            self._add_portal_file(item, file)
        return item

    def _add_document(self, parent: QTreeWidgetItem, document: DocumentView) -> None:
        size = _tr(Words.PAGES).format(pages=document.pages or "?", size=max(1, document.size // 1024))
        item = QTreeWidgetItem(parent, [document.file_name, size, self._state_of(document)])
        added = _tr(Words.ADDED).format(name=document.file_name, time=local_time(document.added_at))
        item.setToolTip(0, added)
        item.setData(0, DOCUMENT, document)
        item.setData(0, COMPONENT, document.component_code)
        item.setData(0, RESULT, document.result_code)

    def _state_of(self, document: DocumentView) -> str:
        there = Words.FROM_PORTAL if document.from_portal else Words.ON_PORTAL
        return _tr(there if document.uploaded_at else Words.NOT_YET)

    def _add_portal_file(self, parent: QTreeWidgetItem, file: PortalFileView) -> None:
        state = Words.NOT_FETCHABLE if file.state == "failed" else Words.NOT_FETCHED
        item = QTreeWidgetItem(parent, [file.file_name, "", _tr(state)])
        for column in range(3):
            item.setToolTip(column, file.error or _tr(Words.FETCH_HINT))
        item.setData(0, PORTAL_FILE, file)
        item.setData(0, COMPONENT, file.component_code)
        item.setData(0, RESULT, file.result_code)

    def _activated(self, item: QTreeWidgetItem, column: int) -> None:
        document, file = item.data(0, DOCUMENT), item.data(0, PORTAL_FILE)
        if document is not None:
            self.document_chosen.emit(document)
        elif file is not None:
            self.file_wanted.emit(file)


def _tr(text: str) -> str:
    return translate("DossierPapers", text)
