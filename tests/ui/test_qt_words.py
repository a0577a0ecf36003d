"""Qt's own words in Vietnamese."""

from __future__ import annotations

import sys
from typing import Any

from PySide6.QtCore import QCoreApplication

from counter_app.ui.qt_words import QtWords


def test_words_are_looked_up_all_day_without_wearing_python_out(qapp: Any) -> None:
    """A reference to None was lost at each word; with the last one the program fell."""
    words = QtWords(qapp)
    qapp.installTranslator(words)
    try:
        before = sys.getrefcount(None)
        for _ in range(500):
            QCoreApplication.translate("ScanPage", "Quét")
        assert QCoreApplication.translate("QFileDialog", "Files of &type:") == "&Loại tệp:"
        assert sys.getrefcount(None) > before - 100
    finally:
        qapp.removeTranslator(words)
