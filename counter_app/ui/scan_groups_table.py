"""The documents of a tray as rows: dossier, paper, pages, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from counter_app.services.scan_form_key import is_form_key
from counter_app.services.scan_groups import KEPT, READY, UNASSIGNED, UNDECIDED, TrayGroup
from counter_app.services.scan_jobs import DONE, STATE_LABELS, TROUBLE
from counter_app.ui.plain_table import PlainTable
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """Captions of the table."""

    TABLE = QT_TRANSLATE_NOOP("ScanGroups", "Tài liệu trong khay")
    NUMBER = QT_TRANSLATE_NOOP("ScanGroups", "TL")
    DOSSIER = QT_TRANSLATE_NOOP("ScanGroups", "Hồ sơ")
    PAPER = QT_TRANSLATE_NOOP("ScanGroups", "Giấy tờ")
    PAGES = QT_TRANSLATE_NOOP("ScanGroups", "Trang")
    STATE = QT_TRANSLATE_NOOP("ScanGroups", "Tình trạng")
    READY = QT_TRANSLATE_NOOP("ScanGroups", "Sẵn sàng gắn")
    KEPT = QT_TRANSLATE_NOOP("ScanGroups", "Chờ tiếp nhận hồ sơ")
    FORM = QT_TRANSLATE_NOOP("ScanGroups", "Hồ sơ đang nhập")
    NO_DOSSIER = QT_TRANSLATE_NOOP("ScanGroups", "Chưa có hồ sơ")
    NO_PAPER = QT_TRANSLATE_NOOP("ScanGroups", "Chưa chọn giấy tờ")
    WITH_WORDS = QT_TRANSLATE_NOOP("ScanGroups", "{state}: {words}")
    LOOK = QT_TRANSLATE_NOOP("ScanGroups", "Cần xem")


TONES = {KEPT: "paused", READY: "good", UNASSIGNED: "soon", UNDECIDED: "late", TROUBLE: "late", DONE: "good"}


def state_words(group: TrayGroup) -> str:
    """What stands in the way of a document, or how far it is."""
    if group.state == READY:
        return _tr(Words.READY)
    if group.state == KEPT:
        return _tr(Words.KEPT)
    if group.state == UNASSIGNED:
        return _tr(Words.NO_PAPER if group.dossier else Words.NO_DOSSIER)
    state = _tr(Words.LOOK) if group.state == UNDECIDED else STATE_LABELS[group.state]
    return _tr(Words.WITH_WORDS).format(state=state, words=group.message) if group.message else state


def state_tone(group: TrayGroup) -> str:
    """Its tone; one that was attached and of which there is something to know (it is not signed) is not all well."""
    return "soon" if group.state == DONE and group.message else TONES.get(group.state, "neutral")


class GroupsTable(PlainTable):
    """One row a document, numbered as its pages are."""

    chosen = Signal(object)
    """The TrayGroup of the row with the cursor."""

    def __init__(self, name_of: Callable[[TrayGroup], str], parent: QWidget) -> None:
        heads = [_tr(words) for words in (Words.NUMBER, Words.DOSSIER, Words.PAPER, Words.PAGES, Words.STATE)]
        super().__init__(_tr(Words.TABLE), heads, (38, 172, 150, 66, 150), 4, parent)
        self._name_of = name_of
        self._groups: tuple[TrayGroup, ...] = ()
        self._filling = False
        self.itemSelectionChanged.connect(self._tell)

    def show_groups(self, groups: Sequence[TrayGroup]) -> None:
        """Fill the table; the row with the cursor stays."""
        row = self.currentRow()
        self._groups = tuple(groups)
        self._filling = True
        self.setRowCount(len(groups))
        for place, group in enumerate(groups):
            words = state_words(group)
            dossier = _tr(Words.FORM) if is_form_key(group.dossier) else group.dossier
            texts = (str(place + 1), dossier, self._name_of(group), str(len(group.page_ids)), words)
            for column, text in enumerate(texts):
                self.put(place, column, text, state_tone(group) if column == len(texts) - 1 else "")
        if 0 <= row < len(groups):
            self.selectRow(row)
        self._filling = False

    def current(self) -> TrayGroup | None:
        """The document of the row with the cursor."""
        row = self.currentRow()
        return self._groups[row] if 0 <= row < len(self._groups) and self.selectedItems() else None

    @Slot()
    def _tell(self) -> None:
        group = self.current()
        if group is not None and not self._filling:
            self.chosen.emit(group)


def _tr(text: str) -> str:
    return translate("ScanGroups", text)
