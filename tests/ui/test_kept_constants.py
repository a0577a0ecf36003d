"""The program outlives any number of signals and calls (PySide6 6.12 drops a reference to True or None in each)."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, Signal
from counter_app.ui.kept_constants import keep_constants
class Sender(QObject):
    sent = Signal(int)
    def take(self, value): pass
app = QCoreApplication([])
keep_constants()
keep_constants()
sender = Sender()
sender.sent.connect(sender.take)
for number in range(20_000):
    sender.sent.emit(number)
for number in range(200_000):
    sender.setObjectName("")
print("alive")
"""


def test_many_signals_and_calls_do_not_end_the_program() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60)
    assert done.stdout == "alive\n", done.stderr
    assert done.returncode == 0, done.stderr
