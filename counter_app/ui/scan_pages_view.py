"""The pages of a tray as small pictures: in their order, chosen, dragged and struck out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from counter_app.ui.scan_pictures import PictureKey, PictureLoader
from counter_app.ui.theme import tone_colours
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.scanning.tray import TrayPage

Index = QModelIndex | QPersistentModelIndex
PAGE = int(Qt.ItemDataRole.UserRole)
PICTURE = PAGE + 1
LOOK = PAGE + 2
SIDE = 260
"""Longer side of the pictures that are kept, in pixels: twice what is shown, for sharp screens."""
CELL = QSize(142, 196)
BAND = 22
MOST_PICTURES = 600
PAGES_MIME = "application/x-scan-pages"


class Words:
    """Captions of the pages."""

    LIST = QT_TRANSLATE_NOOP("ScanPages", "Các trang đã quét")
    PAGE = QT_TRANSLATE_NOOP("ScanPages", "Trang {number}, tài liệu {group}")
    NUMBER = QT_TRANSLATE_NOOP("ScanPages", "{number} · TL {group}")
    BLANK = QT_TRANSLATE_NOOP("ScanPages", "trang trắng")
    DROPPED = QT_TRANSLATE_NOOP("ScanPages", "đã bỏ")
    TROUBLE = QT_TRANSLATE_NOOP("ScanPages", "! cần xem")
    IN_WORK = QT_TRANSLATE_NOOP("ScanPages", "đang xử lý")
    DONE = QT_TRANSLATE_NOOP("ScanPages", "✓ đã gắn")
    COARSE = QT_TRANSLATE_NOOP("ScanPages", "dưới 200 dpi")
    GRAY = QT_TRANSLATE_NOOP("ScanPages", "không màu")
    NOTED = QT_TRANSLATE_NOOP("ScanPages", "có ghi chú")
    BARE = QT_TRANSLATE_NOOP("ScanPages", "bỏ ghi chú")


class Look:
    """How a page stands: number, document, words and tone of its badge."""

    __slots__ = ("badge", "group", "number", "tone")

    def __init__(self, number: int, group: int, badge: str = "", tone: str = "neutral") -> None:
        self.number = number
        self.group = group
        self.badge = badge
        self.tone = tone


class PagesModel(QAbstractListModel):
    """Pages by their place; pictures come when they are painted."""

    def __init__(self, loader: PictureLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = Path()
        self._pages: tuple[TrayPage, ...] = ()
        self._looks: dict[str, Look] = {}
        self._pictures: dict[PictureKey, QPixmap] = {}
        self._loader = loader
        loader.drawn.connect(self._drawn)

    def show_pages(self, folder: Path, pages: Sequence[TrayPage], looks: dict[str, Look]) -> None:
        """Other pages, another order, or other badges; what is chosen stays chosen where only pages were added."""
        new = tuple(pages)
        old_ids = [page.id for page in self._pages]
        new_ids = [page.id for page in new]
        same_folder = folder == self._folder
        self._folder, self._looks = folder, looks
        if same_folder and new_ids[: len(old_ids)] == old_ids:
            if len(new_ids) > len(old_ids):
                self.beginInsertRows(QModelIndex(), len(old_ids), len(new_ids) - 1)
                self._pages = new
                self.endInsertRows()
            self._pages = new
            if new:
                self.dataChanged.emit(self.index(0), self.index(len(new) - 1))
            return
        self.beginResetModel()
        self._pages = new
        self.endResetModel()

    @property
    def pages(self) -> tuple[TrayPage, ...]:
        return self._pages

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._pages)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self._pages):
            return None
        page = self._pages[index.row()]
        if role == PAGE:
            return page
        if role == LOOK:
            return self._looks.get(page.id, Look(index.row() + 1, 0))
        if role == PICTURE:
            return self._picture(page)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            look = self._looks.get(page.id, Look(index.row() + 1, 0))
            words = _tr(Words.PAGE).format(number=look.number, group=look.group)
            return ". ".join(part for part in (words, look.badge, *page.concerns) if part)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        kept = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return kept | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def mimeTypes(self) -> list[str]:  # noqa: N802  Qt's own name
        return [PAGES_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802  Qt's own name
        made = QMimeData()
        made.setData(PAGES_MIME, ",".join(self._pages[index.row()].id for index in indexes).encode())
        return made

    def _picture(self, page: TrayPage) -> QPixmap | None:
        key = PictureKey.of(self._folder, page, SIDE)
        found = self._pictures.get(key)
        if found is None:
            self._loader.ask(key)
        return found

    @Slot(object, object)
    def _drawn(self, key: PictureKey, image: QImage) -> None:
        if key.side != SIDE or key.file.parent != self._folder:
            return
        if len(self._pictures) >= MOST_PICTURES:
            self._pictures.pop(next(iter(self._pictures)))
        self._pictures[key] = QPixmap.fromImage(image)
        for row, page in enumerate(self._pages):
            if page.file == key.file.name:
                self.dataChanged.emit(self.index(row), self.index(row), [PICTURE])


class _PagePainter(QStyledItemDelegate):
    """A picture with its number below and its badge across; a dropped page is struck out."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        page, look = index.data(PAGE), index.data(LOOK)
        box = option.rect.adjusted(5, 4, -5, -4)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.highlight())
        sheet = _fitted(page, box.adjusted(0, 0, 0, -BAND))
        painter.fillRect(sheet, Qt.GlobalColor.white)
        picture = index.data(PICTURE)
        if picture is not None and not picture.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            sheet = _centred(picture.size().scaled(box.size() - QSize(0, BAND), _KEEP), box.adjusted(0, 0, 0, -BAND))
            painter.setOpacity(0.35 if page.is_dropped else 1.0)
            painter.drawPixmap(sheet, picture)
            painter.setOpacity(1.0)
        painter.setPen(QPen(tone_colours("neutral")[0].lighter(190)))
        painter.drawRect(sheet.adjusted(0, 0, -1, -1))
        if page.is_dropped:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(tone_colours("late")[0], 2))
            painter.drawLine(sheet.topLeft(), sheet.bottomRight())
            painter.drawLine(sheet.topRight(), sheet.bottomLeft())
        if look.badge:
            self._badge(painter, sheet, look)
        painter.setPen(option.palette.text().color())
        below = QRect(box.left(), box.bottom() - BAND + 2, box.width(), BAND)
        number = _tr(Words.NUMBER).format(number=look.number, group=look.group) if look.group else str(look.number)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, number)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(tone_colours("info")[0], 2))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _badge(self, painter: QPainter, sheet: QRect, look: Look) -> None:
        text, ground = tone_colours(look.tone)
        band = QRect(sheet.left(), sheet.bottom() - BAND + 1, sheet.width(), BAND)
        painter.fillRect(band, ground)
        painter.setPen(text)
        painter.drawText(
            band,
            Qt.AlignmentFlag.AlignCenter,
            painter.fontMetrics().elidedText(look.badge, Qt.TextElideMode.ElideRight, band.width() - 4),
        )


_KEEP = Qt.AspectRatioMode.KeepAspectRatio


def _fitted(page: TrayPage, box: QRect) -> QRect:
    size = QSize(page.width, page.height)
    if page.turn % 2:
        size.transpose()
    return _centred(size.scaled(box.size(), _KEEP), box)


def _centred(size: QSize, box: QRect) -> QRect:
    corner = QPoint(box.left() + (box.width() - size.width()) // 2, box.top() + (box.height() - size.height()) // 2)
    return QRect(corner, size)


class PagesView(QListView):
    """Ctrl+arrows and the mouse move pages; files that are dropped are told."""

    move_asked = Signal(list, object)
    """Ids of the pages, and the id of the page before which they go (None: at the end)."""
    files_dropped = Signal(list)
    current_page = Signal(object)
    """The page with the cursor, or None."""

    def __init__(self, loader: PictureLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pages = PagesModel(loader, self)
        self.setModel(self.pages)
        self._painter = _PagePainter(self)
        self.setItemDelegate(self._painter)
        self.setAccessibleName(_tr(Words.LIST))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setGridSize(CELL)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QListView.DragDropMode.DragDrop)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.pages.dataChanged.connect(self._told_again)
        self.pages.modelReset.connect(self._told_again)

    def show_pages(self, folder: Path, pages: Sequence[TrayPage], looks: dict[str, Look]) -> None:
        """Show these pages; those that were chosen stay chosen wherever they lie now."""
        chosen, current = self.chosen(), self.current()
        self.pages.show_pages(folder, pages, looks)
        if chosen and not self.chosen():
            first = [current.id] if current is not None and current.id in chosen else []
            self.choose([*first, *chosen])

    def chosen(self) -> tuple[str, ...]:
        """Ids of the chosen pages in their order."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return tuple(self.pages.pages[row].id for row in rows)

    def current(self) -> TrayPage | None:
        """The page with the cursor."""
        row = self.currentIndex().row()
        return self.pages.pages[row] if 0 <= row < len(self.pages.pages) else None

    def choose(self, ids: Sequence[str]) -> None:
        """Choose these pages and go to the first of them."""
        wanted = set(ids)
        self.clearSelection()
        rows = [row for row, page in enumerate(self.pages.pages) if page.id in wanted]
        if rows:
            self.setCurrentIndex(self.pages.index(rows[0]))
            for row in rows[1:]:
                self.selectionModel().select(self.pages.index(row), self.selectionModel().SelectionFlag.Select)
            self.scrollTo(self.pages.index(rows[0]))

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802  Qt's own name
        super().currentChanged(current, previous)
        self.current_page.emit(self.current())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Left and Ctrl+Right move the chosen pages by one place, Ctrl+Home and Ctrl+End to an end."""
        ways: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left.value: self._move_left,
            Qt.Key.Key_Right.value: self._move_right,
            Qt.Key.Key_Home.value: self._move_first,
            Qt.Key.Key_End.value: self._move_last,
        }
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() in ways:
            ways[event.key()]()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802  Qt's own name
        """Letters are keys of the page, not the beginning of a name."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasFormat(PAGES_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasFormat(PAGES_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        mime = event.mimeData()
        if mime.hasUrls():
            self.files_dropped.emit([Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()])
            event.acceptProposedAction()
        elif mime.hasFormat(PAGES_MIME):
            ids = bytes(mime.data(PAGES_MIME).data()).decode().split(",")
            self.move_asked.emit(ids, self._before(event.position().toPoint()))
            # Not a move of Qt's own: the tray is told, and shows the new order.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def _before(self, point: QPoint) -> str | None:
        """The page before which something dropped at ``point`` goes: the one there, or the next one."""
        index = self.indexAt(point)
        if not index.isValid():
            return None
        row = index.row() + (point.x() > self.visualRect(index).center().x())
        return self.pages.pages[row].id if row < len(self.pages.pages) else None

    def _rows(self) -> list[int]:
        return sorted(index.row() for index in self.selectedIndexes())

    def _move_left(self) -> None:
        rows = self._rows()
        if rows and rows[0] > 0:
            self._move(self.pages.pages[rows[0] - 1].id)

    def _move_right(self) -> None:
        rows = self._rows()
        if rows and rows[-1] + 1 < len(self.pages.pages):
            after = rows[-1] + 2
            self._move(self.pages.pages[after].id if after < len(self.pages.pages) else None)

    def _move_first(self) -> None:
        if self._rows():
            self._move(next((page.id for page in self.pages.pages if page.id not in self.chosen()), None))

    def _move_last(self) -> None:
        if self._rows():
            self._move(None)

    def _move(self, before: str | None) -> None:
        self.move_asked.emit(list(self.chosen()), before)

    @Slot()
    def _told_again(self) -> None:
        self.current_page.emit(self.current())


def _tr(text: str) -> str:
    return translate("ScanPages", text)
