"""Qt's own words in Vietnamese, and a binding that lasts all day."""

from __future__ import annotations

import sys
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from counter_app.ui.qt_words import QtWords


class _Told(QObject):
    told = Signal()


def test_words_and_signals_do_not_wear_python_out(qapp: Any) -> None:
    """PySide 6.12.0 on Python 3.11 loses a reference to None or True at each; with the last one the program falls."""
    words, sender = QtWords(qapp), _Told()
    qapp.installTranslator(words)
    try:
        before = sys.getrefcount(None), sys.getrefcount(True)
        for _ in range(200):
            assert QCoreApplication.translate("QFileDialog", "Files of &type:") == "&Loại tệp:"
            sender.told.emit()
        assert sys.getrefcount(None) > before[0] - 100
        assert sys.getrefcount(True) > before[1] - 100
    finally:
        qapp.removeTranslator(words)
