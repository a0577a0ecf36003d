"""The program outlives any number of signals (each emission of PySide6 6.12 drops a reference to True)."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, Signal
from counter_app.ui.kept_true import keep_true
class Sender(QObject):
    sent = Signal(int)
    def take(self, value): pass
app = QCoreApplication([])
if "keep" in sys.argv:
    keep_true()
    keep_true()
sender = Sender()
sender.sent.connect(sender.take)
for number in range(20_000):
    sender.sent.emit(number)
print("alive")
"""


def test_twenty_thousand_signals_do_not_end_the_program() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, "keep"], capture_output=True, text=True, timeout=60)
    assert done.stdout == "alive\n", done.stderr
    assert done.returncode == 0, done.stderr
