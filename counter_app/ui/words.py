"""Words on the screen: constants marked for translation, shown through :func:`translate`."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802  the name that lupdate looks for
    """Mark a constant for the translation tools; the text itself is returned unchanged."""
    return text


def translate(context: str, text: str) -> str:
    """``text`` in the language of the window (Vietnamese is the source language)."""
    return QCoreApplication.translate(context, text)
