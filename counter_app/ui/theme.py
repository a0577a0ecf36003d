"""How the window looks: shipped fonts, one light style sheet, icons, and colours by tone."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from resources import read_bytes

FONT_FILES = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf")
FONT_FAMILY = "Noto Sans"
FONT_PIXELS = 15

TONE_COLOURS = {
    "late": ("#9b1c1c", "#fde8e8"),
    "soon": ("#8a4b00", "#fef0d5"),
    "paused": ("#4b3f8f", "#ece9fb"),
    "good": ("#11623a", "#e0f4e8"),
    "neutral": ("#33424f", "#eaeff3"),
}
"""Text and background of each tone; contrast at least 4.5 : 1. Words always go along."""

PALETTE = {
    QPalette.ColorRole.Window: "#f3f6f8",
    QPalette.ColorRole.WindowText: "#1b2733",
    QPalette.ColorRole.Base: "#ffffff",
    QPalette.ColorRole.AlternateBase: "#f7fafc",
    QPalette.ColorRole.Text: "#1b2733",
    QPalette.ColorRole.Button: "#ffffff",
    QPalette.ColorRole.ButtonText: "#1b2733",
    QPalette.ColorRole.Highlight: "#d3e7f5",
    QPalette.ColorRole.HighlightedText: "#10222f",
    QPalette.ColorRole.PlaceholderText: "#6b7a87",
    QPalette.ColorRole.ToolTipBase: "#10222f",
    QPalette.ColorRole.ToolTipText: "#ffffff",
    QPalette.ColorRole.Link: "#0b5c8a",
}


def apply_theme(app: QApplication) -> None:
    """Fonts, palette and style sheet for the whole program: the same on every machine."""
    for name in FONT_FILES:
        QFontDatabase.addApplicationFontFromData(read_bytes("fonts", name))
    font = QFont(FONT_FAMILY)
    font.setPixelSize(FONT_PIXELS)
    app.setStyle("Fusion")
    app.setFont(font)
    palette = QPalette()
    for role, colour in PALETTE.items():
        palette.setColor(role, QColor(colour))
    app.setPalette(palette)
    QDir.addSearchPath("icons", str(files("resources").joinpath("icons")))
    app.setStyleSheet(read_bytes("style", "light.qss").decode("utf-8"))


@cache
def _icon_bytes(name: str) -> bytes:
    return read_bytes("icons", f"{name}.svg")


def icon(name: str) -> QIcon:
    """The shipped icon ``name``."""
    return QIcon(pixmap(name, 48))


def pixmap(name: str, size: int) -> QPixmap:
    """The shipped icon ``name``, ``size`` pixels wide."""
    picture = QPixmap()
    picture.loadFromData(_icon_bytes(name), "SVG")
    return picture.scaled(size, size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def tone_colours(tone: str) -> tuple[QColor, QColor]:
    """Text and background colour of a tone."""
    text, background = TONE_COLOURS.get(tone, TONE_COLOURS["neutral"])
    return QColor(text), QColor(background)


def set_tone(widget: QWidget, tone: str) -> None:
    """Give a widget the look of a tone (style sheet property ``tone``)."""
    if widget.property("tone") == tone:
        return
    widget.setProperty("tone", tone)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def set_role(widget: QWidget, role: str) -> None:
    """Mark what a widget is for the style sheet: primary, quiet, badge, title, hint, card …"""
    widget.setProperty("role", role)


def badge(text: str, tone: str) -> QLabel:
    """A small coloured label with words in it."""
    made = QLabel(text)
    set_role(made, "badge")
    set_tone(made, tone)
    return made
