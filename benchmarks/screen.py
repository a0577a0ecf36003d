"""A screen for the child processes: the one there is, a virtual one, or none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SIZE = "1920x1080x24"


@contextmanager
def screen() -> Iterator[tuple[dict[str, str], str]]:
    """The environment for a window process and the name of the screen it will use; byte code is kept, as installed.

    On Linux without DISPLAY an Xvfb of our own is started; where there is none, Qt paints off screen.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if not sys.platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        yield environment, environment.get("QT_QPA_PLATFORM", sys.platform)
    elif environment.get("DISPLAY"):
        yield environment, f"X11 {environment['DISPLAY']}"
    elif shutil.which("Xvfb"):
        with _xvfb() as display:
            yield {**environment, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}, "Xvfb"
    else:
        yield {**environment, "QT_QPA_PLATFORM": "offscreen"}, "offscreen"


@contextmanager
def _xvfb() -> Iterator[str]:
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", SIZE, "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait()
