"""Which source reads and how: chosen once, remembered for the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from counter_app.rules.digitising import LEAST_DPI, flaw_of
from counter_app.scan_settings import ScanWay
from counter_app.services.drafts import load_draft, save_draft
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.one_line import OneLine
from counter_app.ui.own_thread import OwnThread
from counter_app.ui.scan_ways import WayBar
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.scan_settings import ScanSettings
    from counter_app.scanning.model import ScanProfile, ScanSource, SourceInfo
    from counter_app.services.desk import DeskContext

DRAFT_NAME = "scan"
_SHORT = 5
"""Letters of a choice that are always seen."""
RESOLUTIONS = (150, 200, 300, 600)


class Words:
    """Captions of the strip."""

    SOURCE = QT_TRANSLATE_NOOP("ScanControls", "Máy quét")
    LOOKING = QT_TRANSLATE_NOOP("ScanControls", "Đang tìm máy quét…")
    NO_SOURCE = QT_TRANSLATE_NOOP("ScanControls", "Không thấy máy quét. Bật máy, cắm cáp rồi bấm «Tìm lại».")
    AGAIN = QT_TRANSLATE_NOOP("ScanControls", "Tìm lại")
    SCAN = QT_TRANSLATE_NOOP("ScanControls", "Quét (F5)")
    GO_ON = QT_TRANSLATE_NOOP("ScanControls", "Quét tiếp (F5)")
    STOP = QT_TRANSLATE_NOOP("ScanControls", "Dừng (Esc)")
    FILES = QT_TRANSLATE_NOOP("ScanControls", "Thêm tệp… (Ctrl+O)")
    RESOLUTION = QT_TRANSLATE_NOOP("ScanControls", "Độ phân giải")
    DPI = QT_TRANSLATE_NOOP("ScanControls", "{dpi} dpi")
    COLOUR = QT_TRANSLATE_NOOP("ScanControls", "Màu sắc")
    IN_COLOUR = QT_TRANSLATE_NOOP("ScanControls", "Màu")
    GRAY = QT_TRANSLATE_NOOP("ScanControls", "Xám")
    LINEART = QT_TRANSLATE_NOOP("ScanControls", "Đen trắng")
    PAGE = QT_TRANSLATE_NOOP("ScanControls", "Khổ giấy")
    WHOLE = QT_TRANSLATE_NOOP("ScanControls", "Cả mặt kính")
    FEEDER = QT_TRANSLATE_NOOP("ScanControls", "Khay nạp")
    DUPLEX = QT_TRANSLATE_NOOP("ScanControls", "Hai mặt")
    UNFIT = QT_TRANSLATE_NOOP(
        "ScanControls", "Dưới chuẩn số hóa: phải quét màu, từ {dpi} dpi (Thông tư 01/2023/TT-VPCP, Điều 8)."
    )


class SourceFinder(OwnThread):
    """Asks which sources there are; devices and the network take seconds to answer. ``done`` tells them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("scan-sources", parent)

    def look(self, desk: DeskContext) -> None:
        """Look once more; nothing while it is being looked."""
        self.begin(partial(_sources, desk))


class ControlStrip(QFrame):
    """``profile()`` and ``opener()`` are what ``ScanSession.scan`` needs."""

    scan_asked = Signal()
    stop_asked = Signal()
    files_asked = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._sources: tuple[SourceInfo, ...] = ()
        self._wanted = ""
        self._looking = False
        self._looked_for: ScanSettings | None = None
        self._finder = SourceFinder(self)
        self._finder.done.connect(self.show_sources)
        self._finder.failed.connect(self._not_found)
        set_role(self, "strip")
        self._make_parts()
        self._lay_out()
        self.show_reading(False)
        context.changed.connect(self._announced)
        context.executor.submit(partial(load_draft, context.desk, DRAFT_NAME), self._restore)

    def source(self) -> SourceInfo | None:
        """The chosen source."""
        row = self.sources.currentIndex()
        return self._sources[row] if 0 <= row < len(self._sources) else None

    def opener(self) -> Callable[[], ScanSource]:
        """Opens the chosen source, in the thread that reads."""
        chosen = self.source()
        assert chosen is not None
        return partial(_open, self.context.desk, chosen.id)

    def profile(self) -> ScanProfile:
        """How pages are to be read."""
        from counter_app.scanning.model import ColourMode, ScanProfile

        chosen = self.source()
        return ScanProfile(
            name="",
            resolution=int(self.resolution.currentData()),
            colour=ColourMode(self.colour.currentData()),
            feeder=self.feeder.isChecked() and self.feeder.isEnabled(),
            duplex=self.duplex.isChecked() and self.duplex.isEnabled(),
            page=str(self.page.currentData()),
            source_id=chosen.id if chosen is not None else "",
        )

    def way(self) -> ScanWay:
        """What is chosen now, without a name."""
        return ScanWay(
            resolution=int(self.resolution.currentData()),
            colour=str(self.colour.currentData()),
            feeder=self.feeder.isChecked(),
            duplex=self.duplex.isChecked(),
            page=str(self.page.currentData()),
        )

    @Slot(object)
    def take_way(self, way: ScanWay) -> None:
        """Choose what a way of scanning says, as near as the source can."""
        able = [int(self.resolution.itemData(row)) for row in range(self.resolution.count())]
        self.resolution.setCurrentIndex(_nearest(able, way.resolution))
        for combo, value in ((self.colour, way.colour), (self.page, way.page)):
            combo.setCurrentIndex(combo.findData(value))
        self.feeder.setChecked(way.feeder)
        self.duplex.setChecked(way.duplex)
        self._changed()

    def remember(self) -> None:
        """Keep what is chosen for the next time."""
        chosen = self.source()
        values = {
            "source": chosen.id if chosen is not None else self._wanted,
            "resolution": self.resolution.currentData(),
            "colour": self.colour.currentData(),
            "page": self.page.currentData(),
            "feeder": self.feeder.isChecked(),
            "duplex": self.duplex.isChecked(),
        }
        self.context.executor.submit(partial(save_draft, self.context.desk, DRAFT_NAME, values), self._remembered)

    def show_reading(self, reading: bool, *, cut: bool = False) -> None:
        """The source reads, or has ended; ``cut``: before its end, so that one may go on."""
        self.scan.setEnabled(not reading and self.source() is not None)
        self.scan.setText(_tr(Words.GO_ON if cut else Words.SCAN))
        self.scan.setAccessibleName(self.scan.text())
        self.stop.setEnabled(reading)
        for part in (self.sources, self.again, self.files):
            part.setEnabled(not reading)

    @Slot()
    def look_for_sources(self) -> None:
        """Ask which sources there are; it takes seconds, and the window goes on meanwhile."""
        if self._looking:
            return
        self._looking = True
        self._looked_for = self.context.desk.settings.scan
        self.again.setEnabled(False)
        if not self._sources:
            self._say(_tr(Words.LOOKING))
        self._finder.look(self.context.desk)

    @Slot(object)
    def show_sources(self, sources: Sequence[SourceInfo]) -> None:
        """Offer these; the one used last is chosen."""
        self._looking = False
        self.again.setEnabled(True)
        chosen = self.source()
        wanted = chosen.id if chosen is not None else self._wanted
        self._sources = tuple(sources)
        with QSignalBlocker(self.sources):
            self.sources.clear()
            self.sources.addItems([source.name for source in sources])
            self.sources.setCurrentIndex(next((row for row, item in enumerate(sources) if item.id == wanted), 0))
        if not sources:
            self._say(_tr(Words.NO_SOURCE))
        self._source_chosen()

    def closing(self) -> None:
        """The program ends: a look under way is waited for."""
        self._finder.stop()

    def _make_parts(self) -> None:
        self.sources = self._combo(Words.SOURCE)
        self.sources.setMinimumContentsLength(28)
        self.sources.currentIndexChanged.connect(self._source_chosen)
        self.again = self._button(Words.AGAIN, self.look_for_sources)
        self.scan = self._button(Words.SCAN, self.scan_asked)
        set_role(self.scan, "primary")
        self.stop = self._button(Words.STOP, self.stop_asked)
        self.files = self._button(Words.FILES, self.files_asked)
        self.resolution = self._combo(Words.RESOLUTION)
        self.colour = self._combo(Words.COLOUR)
        for words, value in ((Words.IN_COLOUR, "colour"), (Words.GRAY, "gray"), (Words.LINEART, "lineart")):
            self.colour.addItem(_tr(words), value)
        self.page = self._combo(Words.PAGE)
        for value in ("A4", "A5", "A3"):
            self.page.addItem(value, value)
        self.page.addItem(_tr(Words.WHOLE), "max")
        self.feeder = QCheckBox(_tr(Words.FEEDER), self)
        self.feeder.setChecked(True)
        self.duplex = QCheckBox(_tr(Words.DUPLEX), self)
        self._offer_resolutions(RESOLUTIONS, LEAST_DPI)
        self.ways = WayBar(self.context, self.way, self)
        self.ways.chosen.connect(self.take_way)
        self.unfit = QLabel(_tr(Words.UNFIT).format(dpi=LEAST_DPI), self)
        self.unfit.setWordWrap(True)
        set_role(self.unfit, "inline")
        set_tone(self.unfit, "warning")
        self.told = OneLine(self)
        self.told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_role(self.told, "hint")
        for combo in (self.resolution, self.colour, self.page):
            combo.currentIndexChanged.connect(self._changed)
        for box in (self.feeder, self.duplex):
            box.toggled.connect(self._changed)
        self._changed()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.sources, 1)
        for part in (self.again, self.files, self.stop, self.scan):
            top.addWidget(part)
        below = QHBoxLayout()
        below.addWidget(self.ways)
        for choice in (self.resolution, self.colour, self.page, self.feeder, self.duplex):
            below.addWidget(choice)
        below.addWidget(self.told, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(below)
        layout.addWidget(self.unfit)

    def _combo(self, name: str) -> QComboBox:
        made = QComboBox(self)
        made.setAccessibleName(_tr(name))
        made.setToolTip(_tr(name))
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(_SHORT)
        return made

    def _button(self, words: str, slot: Any) -> QPushButton:
        made = QPushButton(_tr(words), self)
        made.setAccessibleName(_tr(words))
        made.clicked.connect(slot)
        return made

    def _say(self, words: str) -> None:
        with QSignalBlocker(self.sources):
            self.sources.clear()
            self.sources.addItem(words)

    def _offer_resolutions(self, offered: Sequence[int], wanted: int) -> None:
        self.resolution.clear()
        for dpi in offered:
            self.resolution.addItem(_tr(Words.DPI).format(dpi=dpi), dpi)
        self.resolution.setCurrentIndex(_nearest(offered, wanted))

    @Slot()
    def _changed(self) -> None:
        """Show which way of scanning this is, and whether it is fit for an official copy."""
        if self.resolution.count():
            way = self.way()
            self.ways.show_way(way)
            self.unfit.setVisible(flaw_of(way.resolution, way.colour == "colour") is not None)

    @Slot()
    def _source_chosen(self) -> None:
        """What the source cannot do is not offered."""
        chosen = self.source()
        self.scan.setEnabled(chosen is not None and not self.stop.isEnabled())
        if chosen is None:
            return
        self.feeder.setEnabled(chosen.has_feeder)
        self.duplex.setEnabled(chosen.has_duplex)
        able = [dpi for dpi in RESOLUTIONS if not chosen.resolutions or dpi in chosen.resolutions]
        self._offer_resolutions(able or chosen.resolutions, int(self.resolution.currentData() or LEAST_DPI))

    @Slot(object)
    def _announced(self, changed: Changed) -> None:
        """Sources that were set anew are looked for, unless one of them reads."""
        is_new = self._looked_for is not None and self._looked_for != self.context.desk.settings.scan
        if "settings" in changed.kinds and is_new and self.again.isEnabled():
            self.look_for_sources()

    @Slot(object)
    def _restore(self, values: dict[str, Any] | None) -> None:
        kept = values or {}
        self._wanted = str(kept.get("source", ""))
        for combo, name in ((self.resolution, "resolution"), (self.colour, "colour"), (self.page, "page")):
            row = combo.findData(kept.get(name))
            if row >= 0:
                combo.setCurrentIndex(row)
        self.feeder.setChecked(bool(kept.get("feeder", True)))
        self.duplex.setChecked(bool(kept.get("duplex", False)))
        self.look_for_sources()

    def _remembered(self, _nothing: None) -> None:
        """Nothing to show."""

    @Slot(object)
    def _not_found(self, error: Exception) -> None:
        self.show_sources(())
        self.context.show_error(error)


def _sources(desk: DeskContext) -> tuple[SourceInfo, ...]:
    from counter_app.scanning.sources import list_sources

    return tuple(list_sources(desk.settings.scan))


def _open(desk: DeskContext, source_id: str) -> ScanSource:
    from counter_app.scanning.sources import open_source

    return open_source(source_id, desk.settings.scan)


def _nearest(offered: Sequence[int], wanted: int) -> int:
    """The place of the resolution that is nearest to the wanted one."""
    return min(range(len(offered)), key=lambda row: abs(offered[row] - wanted))


def _tr(text: str) -> str:
    return translate("ScanControls", text)
